//! The GIC's interrupt specifiers.

use crate::board::{Interrupt, InterruptType, Trigger};

/// Controllers whose specifiers are `<type number flags>` (bindings `arm,gic.yaml`, `arm,gic-v3.yaml`).
pub(super) const COMPATIBLE: [&[u8]; 13] = [
    b"arm,gic-v3",
    b"arm,gic-400",
    b"arm,cortex-a15-gic",
    b"arm,cortex-a7-gic",
    b"arm,cortex-a9-gic",
    b"arm,cortex-a5-gic",
    b"arm,pl390",
    b"arm,arm11mp-gic",
    b"arm,eb11mp-gic",
    b"arm,tc11mp-gic",
    b"nvidia,tegra210-agic",
    b"qcom,msm-8660-qgic",
    b"qcom,msm-qgic2",
];

/// The line that a specifier's first three cells name (a fourth is a PPI's affinity); `None` for one that no GIC has.
pub(super) fn decode(kind: u32, number: u32, flags: u32) -> Option<Interrupt> {
    // How many there are of each: IHI 0069H.b, table 2-1.
    let (kind, count) = match kind {
        0 => (InterruptType::Spi, 988),
        1 => (InterruptType::Ppi, 16),
        2 => (InterruptType::Espi, 1024),
        3 => (InterruptType::Eppi, 64),
        _ => return None,
    };
    (number < count).then(|| Interrupt { kind, number: number as u16, trigger: Trigger::from_flags(flags) })
}
