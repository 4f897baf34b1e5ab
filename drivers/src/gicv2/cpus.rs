//! CPUs by the numbers that the distributor has for them.

use hardware::board::Mpidr;

use crate::InterruptError;

/// Most CPU interfaces of a GICv2: a target is a bit of a byte (IHI 0048B, 4.3.12).
const MOST: usize = 8;

/// A CPU interface, as ITARGETSR and SGIR name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Interface {
    /// The only one there is: such a distributor's targets are read-as-zero and ignore writes (IHI 0048B, 4.3.12).
    Only,
    /// The bit of one of several.
    Bit(u8),
}

/// The CPUs that have started, with their interfaces. Which number a CPU has isn't to be told from its MPIDR: it learns
/// that itself, from the distributor.
#[derive(Debug, Default)]
pub(super) struct Cpus([Option<(Mpidr, Interface)>; MOST]);

impl Cpus {
    /// Takes note of a CPU; one that starts again has the interface it had.
    pub(super) fn add(&mut self, cpu: Mpidr, interface: Interface) -> Result<(), InterruptError> {
        let known = self.0.iter().flatten().find(|(known, taken)| *known == cpu || *taken == interface);
        match known {
            Some(known) if *known == (cpu, interface) => Ok(()),
            Some(_) => Err(InterruptError::NoInterface),
            None => {
                let free = self.0.iter_mut().find(|place| place.is_none()).ok_or(InterruptError::NoInterface)?;
                *free = Some((cpu, interface));
                Ok(())
            }
        }
    }

    /// The interface of a CPU that has started.
    pub(super) fn interface(&self, cpu: Mpidr) -> Result<Interface, InterruptError> {
        // Only the affinity fields tell CPUs apart.
        let wanted = Mpidr(cpu.0 & 0xff_00ff_ffff);
        let known = self.0.iter().flatten().find(|(known, _)| *known == wanted);
        known.map(|&(_, interface)| interface).ok_or(InterruptError::NoSuchCpu)
    }
}
