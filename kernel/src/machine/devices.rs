//! Devices start: each row of the init table meets its driver here, and nowhere else.

use drivers::InterruptError;
use hardware::board::{Claim, Class, Conduit, Device, Driver, Hertz, Interrupt, Window};
use hardware::check::Checked;
use hardware::tree::Node;
use kernel_core::text::Chain;

use crate::arch::mmio;
use crate::arch::mmu::Memory;
use crate::arch::{counter, cpu};
use crate::log::{error, info, warning};
use crate::mm::device::map_device;
use crate::sched;

use super::controller::Controller;
use super::init_error::InitError;
#[cfg(driver = "virtio-mmio")]
use super::virtio;
use super::{Machine, console, irq, power, rtc};

/// Which of `arm,armv8-timer`'s `interrupts` (secure, physical, virtual, hypervisor) is the virtual timer's, which is
/// EL1's wherever the kernel was entered.
pub const VIRTUAL_TIMER: usize = 2;

/// What a row of the init table turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    /// A device, which runs.
    Device,
    /// An empty slot.
    #[cfg_attr(not(driver = "virtio-mmio"), expect(dead_code, reason = "only slots are empty"))]
    Nothing,
    /// A virtio device of a type that nothing drives.
    #[cfg_attr(not(driver = "virtio-mmio"), expect(dead_code, reason = "only slots hold strangers"))]
    Stranger(u32),
}

impl Machine<'_> {
    /// Starts every device of the init table that has a driver, dependencies first, then lets interrupts in.
    ///
    /// One that fails is reported, and the rest goes on: what needs it fails in turn, with that reason.
    pub fn start_devices(&mut self) {
        let rows = self.board.init.iter().filter_map(|&index| self.board.devices.get(usize::from(index)));
        for device in rows {
            let Some(driver) = device.driver.filter(|_| !is_idle_console(device)) else { continue };
            match self.start(device, driver) {
                Ok(Found::Device) => info!("{}: started", device.name),
                Ok(Found::Nothing) => {}
                Ok(Found::Stranger(kind)) => info!("{}: no driver for virtio device type {kind}", device.name),
                Err(cause) => {
                    error!("{}: not started: {}", device.name, Chain(&cause));
                    // When the list is full the summary marks no more; the log has them all.
                    let _ = self.failures.push(device);
                }
            }
        }
        match irq::lines() {
            Some(_) => cpu::unmask_interrupts(),
            None => warning!("no interrupt controller runs: the console is polled, nothing ticks"),
        }
    }

    /// Every driver has its line here, and code only where a table of this image names it.
    fn start(&mut self, device: &'static Device, driver: Driver) -> Result<Found, InitError> {
        match driver {
            #[cfg(driver = "gicv2")]
            Driver::GicV2 => self.start_controller(device, Controller::gicv2),
            #[cfg(driver = "gicv3")]
            Driver::GicV3 => self.start_controller(device, Controller::gicv3),
            Driver::ArmTimer if cfg!(driver = "arm-timer") => self.start_timer(device),
            Driver::Pl011 if cfg!(driver = "pl011") => self.start_console_input(device),
            Driver::Psci if cfg!(driver = "psci") => self.start_psci(device),
            Driver::Pl031 if cfg!(driver = "pl031") => self.start_rtc(device),
            #[cfg(driver = "virtio-mmio")]
            Driver::VirtioMmio => return self.start_virtio(device),
            #[allow(unreachable_patterns, reason = "those with a cfg have a line above where their driver is")]
            Driver::GicV2
            | Driver::GicV3
            | Driver::ArmTimer
            | Driver::Pl011
            | Driver::Psci
            | Driver::Pl031
            | Driver::VirtioMmio => Err(InitError::NotBuilt(driver)),
        }?;
        Ok(Found::Device)
    }

    /// What is in the slot is known only once its registers are mapped.
    #[cfg(driver = "virtio-mmio")]
    fn start_virtio(&mut self, device: &'static Device) -> Result<Found, InitError> {
        let (window, line) = (self.window(device, 0)?, self.interrupt(device, 0)?);
        Ok(match virtio::start(device, window, line, self.tree)? {
            virtio::Slot::Started => Found::Device,
            virtio::Slot::Empty => Found::Nothing,
            virtio::Slot::NoDriver(kind) => Found::Stranger(kind),
        })
    }

    /// `reg` of a GIC: the distributor, then the CPU interfaces of a GICv2 or the redistributors of a GICv3.
    fn start_controller(
        &mut self,
        device: &'static Device,
        make: fn(mmio::Window, mmio::Window) -> Result<Controller, InterruptError>,
    ) -> Result<(), InitError> {
        let distributor = self.window(device, 0)?;
        Ok(irq::use_controller(make(distributor, self.window(device, 1)?)?)?)
    }

    fn start_timer(&mut self, device: &'static Device) -> Result<(), InitError> {
        let line = self.interrupt(device, VIRTUAL_TIMER)?;
        irq::handle(line, device.name, sched::timer_interrupt)?;
        self.compare_rates(device);
        // Last: from then on threads rely on its interrupts.
        Ok(sched::start_clock()?)
    }

    /// A tree says the counter's rate only where firmware gets CNTFRQ_EL0 wrong (Linux' arm,arch_timer binding); which of the
    /// two is right can't be known here.
    fn compare_rates(&self, timer: &'static Device) {
        let node = self.tree.and_then(|tree| tree.find(timer.path));
        match node.and_then(Node::clock_frequency) {
            Some(Ok(told)) if told.0 != counter::frequency() => {
                let counts = Hertz(counter::frequency());
                warning!("{}: clock-frequency is {told}, CNTFRQ_EL0 says {counts}, which is used", timer.name);
            }
            Some(Err(error)) => warning!("{}: clock-frequency: {error}", timer.name),
            Some(Ok(_)) | None => {}
        }
    }

    fn start_console_input(&mut self, device: &'static Device) -> Result<(), InitError> {
        console::receive_by_interrupt(self.interrupt(device, 0)?, device.name)?;
        Ok(())
    }

    fn start_psci(&mut self, device: &'static Device) -> Result<(), InitError> {
        let claim: &Claim<Conduit> = device.conduit.as_ref().ok_or(InitError::Without("conduit"))?;
        let conduit = self.ledger.accept(claim)?;
        let version = power::start(conduit)?;
        self.psci = Some((version, conduit.get()));
        Ok(())
    }

    fn start_rtc(&mut self, device: &'static Device) -> Result<(), InitError> {
        Ok(rtc::start(self.window(device, 0)?)?)
    }

    /// The device's nth window, checked and mapped.
    fn window(&self, device: &'static Device, index: usize) -> Result<mmio::Window, InitError> {
        let claim: &Claim<Window> = device.windows.get(index).ok_or(InitError::Without("window"))?;
        Ok(map_device(device.name, self.ledger.accept(claim)?, Memory::Device)?)
    }

    /// The device's nth interrupt line, checked.
    fn interrupt(&self, device: &'static Device, index: usize) -> Result<Checked<Interrupt>, InitError> {
        let claim: &Claim<Interrupt> = device.interrupts.get(index).ok_or(InitError::Without("interrupt"))?;
        Ok(self.ledger.accept(claim)?)
    }
}

/// Consoles that weren't chosen are left as firmware left them.
fn is_idle_console(device: &Device) -> bool {
    device.class == Class::Console && console::device().is_none_or(|console| console.path != device.path)
}
