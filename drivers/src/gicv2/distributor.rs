//! The distributor: all lines, and which CPU they go to.

use hardware::board::Trigger;
use tock_registers::interfaces::{ReadWriteable, Readable, Writeable};

use super::cpu_interface::ONLY;
use crate::gic_array as array;
use crate::gic_line::{self as line, Line, Shared};
use crate::mmio::Bus;
use crate::registers::gicv2::gicd::{CTLR, ICPIDR2, Registers, TYPER};
use crate::{CpuTarget, InterruptError, LineState, Priority};

/// INTIDs from here on are special (IHI 0048B, 2.2.1).
const MOST_LINES: u32 = 1020;
/// One CPU's private lines in words of one bit a line, and in words of one byte a line.
const PRIVATE_WORDS: usize = 1;
const PRIVATE_PRIORITIES: usize = 8;
/// CPENDSGIR's words.
const SGI_WORDS: usize = 4;

/// The distributor.
#[derive(Debug)]
pub struct Distributor<D: Bus> {
    registers: Registers<D>,
    lines: u32,
    cpus: u32,
}

impl<D: Bus> Distributor<D> {
    /// Takes the window.
    pub(super) fn new(bus: D) -> Result<Self, InterruptError> {
        let registers = Registers::new(bus)?;
        if registers.icpidr2().read(ICPIDR2::ArchRev) != 2 {
            return Err(InterruptError::NotThere);
        }
        let typer = registers.typer().extract();
        let lines = ((typer.read(TYPER::ITLinesNumber) + 1) * 32).min(MOST_LINES);
        Ok(Self { registers, lines, cpus: typer.read(TYPER::CPUNumber) + 1 })
    }

    /// How many lines there are, private ones included.
    pub(super) fn lines(&self) -> u32 {
        self.lines
    }

    /// How many CPU interfaces there are.
    pub(super) fn cpus(&self) -> u32 {
        self.cpus
    }

    /// Every shared line off and in Group 0, at the default priority; then the group on.
    pub(super) fn start(&mut self) -> Result<(), InterruptError> {
        self.registers.ctlr().modify(CTLR::EnableGrp0::CLEAR + CTLR::EnableGrp1::CLEAR);
        let words = self.lines.div_ceil(32) as usize;
        for word in PRIVATE_WORDS..words {
            self.reset_word(word)?;
        }
        self.reset_priorities(PRIVATE_PRIORITIES..words * 8);
        self.registers.ctlr().modify(CTLR::EnableGrp0::SET);
        Ok(())
    }

    /// The calling CPU's private lines off and in Group 0, at the default priority.
    pub(super) fn start_private(&mut self) -> Result<(), InterruptError> {
        for word in 0..PRIVATE_WORDS {
            self.reset_word(word)?;
        }
        // ICPENDR has no effect on SGIs, which are pending by sender (IHI 0048B, 4.3.8).
        for register in (0..SGI_WORDS).map_while(|index| self.registers.cpendsgir(index)) {
            register.clear_mask(!0);
        }
        self.reset_priorities(0..PRIVATE_PRIORITIES);
        Ok(())
    }

    /// The calling CPU's private lines off.
    pub(super) fn stop_private(&mut self) -> Result<(), InterruptError> {
        for word in 0..PRIVATE_WORDS {
            array::clear(self.registers.icenabler(word), !0)?;
        }
        Ok(())
    }

    /// Whether the group is on.
    pub(super) fn forwards(&self) -> bool {
        self.registers.ctlr().is_set(CTLR::EnableGrp0)
    }

    /// 32 lines.
    fn reset_word(&mut self, word: usize) -> Result<(), InterruptError> {
        let gicd = &self.registers;
        array::clear(gicd.icenabler(word), !0)?;
        array::clear(gicd.icpendr(word), !0)?;
        array::clear(gicd.icactiver(word), !0)?;
        gicd.igroupr(word).ok_or(InterruptError::NoSuchLine)?.set(0);
        Ok(())
    }

    /// Four lines a register. The last word of 32 lines has only 28 where there are most.
    fn reset_priorities(&mut self, registers: core::ops::Range<usize>) {
        array::reset_priorities(registers.map_while(|index| self.registers.ipriorityr(index)));
    }

    /// How the calling CPU is named: what it reads of its SGIs' targets is itself (IHI 0048B, 4.3.12).
    pub(super) fn own_target(&self) -> Result<CpuTarget, InterruptError> {
        if self.cpus == 1 {
            return Ok(ONLY);
        }
        let targets = self.registers.itargetsr(0).ok_or(InterruptError::NoInterface)?.get();
        let own = targets & 0xff;
        if own.is_power_of_two() { Ok(CpuTarget(own.into())) } else { Err(InterruptError::NoInterface) }
    }

    /// Leaves the line disabled: its trigger mustn't change while it is enabled (IHI 0048B, 4.3.13).
    pub(super) fn configure(&mut self, line: Line, trigger: Trigger, priority: Priority) -> Result<(), InterruptError> {
        let trigger = match line {
            Line::Shared(_) => line::shared_trigger(trigger)?,
            Line::Private(private) => line::private_trigger(trigger).filter(|_| !private.is_sgi()),
        };
        self.disable(line)?;
        if let Some(bits) = trigger {
            let (index, shift) = line.pair();
            array::replace(self.registers.icfgr(index), shift, 0b11, bits)?;
            // A line's trigger may be wired, and of PPIs it often is; the low bit of the pair is reserved.
            if matches!(line, Line::Shared(_)) && array::read(self.registers.icfgr(index), shift)? & 0b10 != bits {
                return Err(InterruptError::NotPossible);
            }
        }
        let (index, shift) = line.byte();
        array::replace(self.registers.ipriorityr(index), shift, 0xff, priority.0.into())
    }

    pub(super) fn route(&mut self, line: Shared, cpu: CpuTarget) -> Result<(), InterruptError> {
        // The only interface gets everything.
        if cpu == ONLY {
            return Ok(());
        }
        let (index, shift) = line.byte();
        array::replace(self.registers.itargetsr(index), shift, 0xff, cpu.0 as u32)
    }

    pub(super) fn enable(&mut self, line: Line) -> Result<(), InterruptError> {
        let (index, mask) = line.bit();
        array::raise(self.registers.isenabler(index), mask)
    }

    pub(super) fn disable(&mut self, line: Line) -> Result<(), InterruptError> {
        let (index, mask) = line.bit();
        array::clear(self.registers.icenabler(index), mask)?;
        // Nothing says when it is done, but a read comes back only after the write before it. What it says doesn't
        // matter: SGIs may stay enabled whatever is written (IHI 0048B, 4.3.6).
        self.registers.icenabler(index).ok_or(InterruptError::NoSuchLine)?.get();
        Ok(())
    }

    pub(super) fn set_pending(&mut self, line: Line) -> Result<(), InterruptError> {
        if let Some(sgi) = line.sgi() {
            let (index, shift) = sgi.byte();
            // The only interface is the first.
            let sender = self.own_target()?.0.max(1) as u32;
            return array::raise(self.registers.spendsgir(index), sender << shift);
        }
        let (index, mask) = line.bit();
        array::raise(self.registers.ispendr(index), mask)
    }

    pub(super) fn clear_pending(&mut self, line: Line) -> Result<(), InterruptError> {
        if let Some(sgi) = line.sgi() {
            let (index, shift) = sgi.byte();
            return array::clear(self.registers.cpendsgir(index), 0xff << shift);
        }
        let (index, mask) = line.bit();
        array::clear(self.registers.icpendr(index), mask)
    }

    pub(super) fn priority(&self, line: Line) -> Result<Priority, InterruptError> {
        let (index, shift) = line.byte();
        Ok(Priority(array::read(self.registers.ipriorityr(index), shift)? as u8))
    }

    pub(super) fn state(&self, line: Line) -> Result<LineState, InterruptError> {
        let (index, mask) = line.bit();
        let gicd = &self.registers;
        array::state(mask, [gicd.isenabler(index), gicd.ispendr(index), gicd.isactiver(index)])
    }
}
