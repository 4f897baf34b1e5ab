//! CPUs, and the firmware interface that starts them.

use super::node::Children;
use super::record::flag;
use super::{Node, Tree, TreeError};
use crate::board::{Conduit, Mpidr};

/// A child of `/cpus` that is a CPU.
#[derive(Debug, Clone, Copy)]
pub struct Cpu<'t> {
    /// The node.
    pub node: Node<'t>,
    /// Its affinity fields.
    pub mpidr: Mpidr,
    /// How it is started.
    pub enable_method: EnableMethod<'t>,
    /// Whether its `status` lets it be used at once; a disabled one is off until `enable_method` starts it.
    pub enabled: bool,
}

/// `enable-method` (v0.4, 3.8.1; Linux' binding `arm/cpus.yaml`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EnableMethod<'t> {
    /// The property is absent.
    None,
    /// `psci`.
    Psci,
    /// `spin-table`.
    SpinTable {
        /// The address that the CPU polls for where to jump; `None` where firmware should have filled it in.
        release: Option<u64>,
    },
    /// Anything else.
    Other(&'t str),
}

/// The CPUs in blob order.
#[derive(Debug, Clone)]
pub struct Cpus<'t> {
    children: Option<Children<'t>>,
}

/// The PSCI node.
#[derive(Debug, Clone, Copy)]
pub struct Psci<'t> {
    /// The node.
    pub node: Node<'t>,
    /// How it is called.
    pub conduit: Conduit,
    /// The newest version that it claims: `arm,psci-1.0`. Only `arm,psci` has its function numbers as properties.
    pub compatible: &'t str,
}

/// Newest first (Linux' binding `arm/psci.yaml`).
const PSCI: [&str; 3] = ["arm,psci-1.0", "arm,psci-0.2", "arm,psci"];

/// MPIDR_EL1's affinity fields: Aff3 at 39:32, Aff2..Aff0 at 23:0 (DDI 0487, D19.2.98).
const AFFINITY: u64 = 0xff_00ff_ffff;

impl Tree<'_> {
    /// The CPUs.
    pub fn cpus(&self) -> Cpus<'_> {
        Cpus { children: self.find("/cpus").map(Node::children) }
    }

    /// PSCI; `Ok(None)` where the firmware hasn't it.
    pub fn psci(&self) -> Result<Option<Psci<'_>>, TreeError> {
        // Bindings put it under the root, or under /firmware.
        let firmware = self.find("/firmware").into_iter().flat_map(Node::children);
        let mut nodes = self.root().children().chain(firmware).filter(|node| node.enabled());
        let found = nodes.find_map(|node| {
            let compatible = PSCI.iter().find(|&&psci| node.is_compatible(psci))?;
            Some((node, *compatible))
        });
        let Some((node, compatible)) = found else { return Ok(None) };
        Ok(Some(Psci { node, conduit: node.conduit()?, compatible }))
    }
}

impl<'t> Node<'t> {
    /// Whether it is a CPU. Like Linux: a child of `/cpus` by type, or by name where the type is left out.
    pub fn is_cpu(self) -> bool {
        let below_cpus = self.depth() == 2 && self.parent().is_some_and(|parent| parent.name() == "cpus");
        below_cpus && (self.record().has(flag::CPU) || self.base_name() == "cpu")
    }

    /// How the PSCI that this node is gets called.
    pub fn conduit(self) -> Result<Conduit, TreeError> {
        let method = self.require("method")?;
        match method.as_str()? {
            "hvc" => Ok(Conduit::Hvc),
            "smc" => Ok(Conduit::Smc),
            _ => Err(TreeError::Value { at: method.at(), name: "method" }),
        }
    }

    /// The affinity of the CPU that this node is.
    pub fn mpidr(self) -> Result<Mpidr, TreeError> {
        let (affinity, _) = self.regs().next_raw().ok_or(TreeError::Missing { at: self.at(), name: "reg" })??;
        match u64::try_from(affinity) {
            Ok(affinity) if affinity & !AFFINITY == 0 => Ok(Mpidr(affinity)),
            _ => Err(TreeError::Value { at: self.at(), name: "reg" }),
        }
    }

    /// How the CPU that this node is gets started.
    pub fn enable_method(self) -> Result<EnableMethod<'t>, TreeError> {
        let Some(method) = self.property("enable-method") else { return Ok(EnableMethod::None) };
        match method.as_str()? {
            "psci" => Ok(EnableMethod::Psci),
            "spin-table" => {
                let release = self.property("cpu-release-addr").map(|address| address.as_u64()).transpose()?;
                Ok(EnableMethod::SpinTable { release })
            }
            other => Ok(EnableMethod::Other(other)),
        }
    }
}

impl<'t> Iterator for Cpus<'t> {
    type Item = Result<Cpu<'t>, TreeError>;

    fn next(&mut self) -> Option<Self::Item> {
        let node = self.children.as_mut()?.find(|node| node.is_cpu())?;
        Some(
            node.mpidr().and_then(|mpidr| {
                Ok(Cpu { node, mpidr, enable_method: node.enable_method()?, enabled: node.enabled() })
            }),
        )
    }
}
