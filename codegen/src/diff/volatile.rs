//! Values that say nothing about the machine's kind: seeds, command lines, initrds, addresses and serial numbers.

/// Properties of `/chosen` that every boot may set anew (Devicetree Specification 0.4, 3.6; Linux,
/// Documentation/arch/arm/uefi.rst).
const CHOSEN: [&str; 4] = ["bootargs", "linux,initrd-start", "linux,initrd-end", "u-boot,version"];
/// How the names of volatile properties end: `kaslr-seed`, `local-mac-address`, `local-bd-address`, `serial-number`.
const ENDINGS: [&str; 5] = ["-seed", "mac-address", "bd-address", "serial-number", "linux,serial"];

/// Whether a property's value is left out of the comparison.
pub(super) fn is_volatile(node: &str, property: &str) -> bool {
    let chosen = node == "chosen" && (CHOSEN.contains(&property) || property.starts_with("linux,uefi-"));
    chosen || ENDINGS.iter().any(|ending| property.ends_with(ending))
}
