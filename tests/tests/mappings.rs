//! The translation tables of a kernel at its prompt, walked entry by entry: what is mapped has the rights that it should.

use tests::stub::{Socket, Stub};
use tests::{Failure, Guest, Image, Machine};

/// Where QEMU loads the image.
const LOADED: u64 = 0x4020_0000;
/// Where the linear map, the device windows and the stacks start.
const LINEAR: u64 = 0xffff_0000_0000_0000;
const DEVICE: u64 = 0xffff_8000_0000_0000;
const STACKS: u64 = 0xffff_c000_0000_0000;
const PAGE: u64 = 0x1000;

/// Fields of descriptors (DDI 0487, D8.3).
const VALID: u64 = 1;
const TABLE: u64 = 0b11;
const ADDRESS: u64 = 0x0000_ffff_ffff_f000;
const READ_ONLY: u64 = 1 << 7;
const EL0: u64 = 1 << 6;
const PXN: u64 = 1 << 53;
const UXN: u64 = 1 << 54;

/// A leaf: what it maps, and its rights.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Leaf {
    from: u64,
    size: u64,
    writable: bool,
    executable: bool,
    /// Its index into MAIR_EL1: 0 is memory, 1 is registers.
    kind: u64,
}

impl Leaf {
    fn new(from: u64, level: u32, descriptor: u64) -> Self {
        assert!(descriptor & UXN != 0 && descriptor & EL0 == 0, "{from:#x} is EL0's: {descriptor:#x}");
        Self {
            from,
            size: 1 << (39 - 9 * level),
            writable: descriptor & READ_ONLY == 0,
            executable: descriptor & PXN == 0,
            kind: descriptor >> 2 & 0b111,
        }
    }

    fn rights(&self) -> (bool, bool, u64) {
        (self.writable, self.executable, self.kind)
    }
}

/// Adds the leaves below the table at `table`, a virtual address of the image.
fn walk(stub: &mut Stub, image: u64, table: u64, level: u32, base: u64, leaves: &mut Vec<Leaf>) -> Result<(), Failure> {
    for quarter in 0..4 {
        for (index, entry) in stub.words(table + quarter * 0x400, 128)?.into_iter().enumerate() {
            let from = base + ((quarter * 128 + index as u64) << (39 - 9 * level));
            if entry & VALID == 0 {
                continue;
            }
            if level < 3 && entry & TABLE == TABLE {
                walk(stub, image, (entry & ADDRESS) - LOADED + image, level + 1, from, leaves)?;
            } else {
                leaves.push(Leaf::new(from, level, entry));
            }
        }
    }
    Ok(())
}

#[test]
fn every_mapping_has_its_rights() -> Result<(), Failure> {
    let image = Image::under_test()?;
    let socket = Socket::new("mappings");
    let arguments = socket.arguments();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let mut guest = Machine::virt().extra(&arguments).boot("mappings", image)?;
    guest.wait_for_prompt()?;
    let mut stub = socket.connect()?;
    let start = image.symbol("__image_start")?;
    let mut leaves = Vec::new();
    walk(&mut stub, start, image.symbol("__boot_tables")?, 0, LINEAR, &mut leaves)?;

    let [text, rodata, end] = ["__text_end", "__rodata_end", "__image_end"].map(|symbol| image.symbol(symbol));
    let (text, rodata, end) = (text?, rodata?, end?);
    let guards = ["__stack_guard", "__exception_stack_guard", "__emergency_stack_guard"];
    let guards = guards.into_iter().map(|guard| image.symbol(guard)).collect::<Result<Vec<u64>, _>>()?;
    for leaf in &leaves {
        let wanted: &[(bool, bool, u64)] = match leaf.from {
            from if from < DEVICE => &[(true, false, 0), (false, false, 0)],
            from if from < STACKS => &[(true, false, 1)],
            from if from < start => &[(true, false, 0)],
            from if from < text => &[(false, true, 0)],
            from if from < rodata => &[(false, false, 0)],
            _ => &[(true, false, 0)],
        };
        assert!(wanted.contains(&leaf.rights()), "{leaf:x?} isn't {wanted:?}");
    }
    let of_image: Vec<u64> = leaves.iter().map(|leaf| leaf.from).filter(|&from| from >= start).collect();
    let pages = (start..end).step_by(PAGE as usize).filter(|page| !guards.contains(page));
    assert_eq!(of_image, pages.collect::<Vec<_>>(), "all of the image, and no guard page {guards:x?}");
    // The tree, which nothing may write, is all of the linear map that is mapped by pages.
    let linear = || leaves.iter().filter(|leaf| leaf.from < DEVICE);
    assert!(linear().any(|leaf| leaf.size == PAGE) && linear().any(|leaf| leaf.size > PAGE));
    assert!(linear().all(|leaf| leaf.writable == (leaf.size > PAGE)), "{leaves:x?}");
    assert!(leaves.iter().any(|leaf| leaf.kind == 1), "no device is mapped");
    Ok(())
}

/// Where the entry of the image's page at `address` is: one level 3 table maps the image, by pages from its first on.
fn entry_of(image: &Image, address: u64) -> Result<u64, Failure> {
    Ok(image.symbol("__boot_tables")? + 0x3000 + (address - image.symbol("__image_start")?) / PAGE * 8)
}

/// Boots, lets `harm` change the tables as soon as the core comes to `at`, and goes on.
fn harmed(name: &str, at: Option<u64>, harm: impl FnOnce(&mut Stub) -> Result<(), Failure>) -> Result<Guest, Failure> {
    let socket = Socket::new(name);
    let mut arguments = socket.arguments().to_vec();
    if at.is_some() {
        arguments.push("-S".to_owned());
    }
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let mut guest = Machine::virt().extra(&arguments).boot(name, Image::under_test()?)?;
    if at.is_none() {
        guest.wait_for_prompt()?;
    }
    let mut stub = socket.connect()?;
    at.map_or(Ok(()), |address| stub.run_to(address))?;
    harm(&mut stub)?;
    stub.go()?;
    Ok(guest)
}

/// Makes the first page of the image, which is code, writable.
fn make_code_writable(image: &Image, stub: &mut Stub) -> Result<(), Failure> {
    let at = entry_of(image, image.symbol("__image_start")?)?;
    let entry = stub.words(at, 1)?[0];
    assert!(entry & READ_ONLY != 0 && entry & PXN == 0, "{entry:#x} is no code");
    stub.set_word(at, entry & !READ_ONLY)
}

#[test]
fn a_boot_with_writable_code_ends_in_a_panic_that_says_so() -> Result<(), Failure> {
    let image = Image::under_test()?;
    let check = image.symbol("keel::mm::map::check")?;
    let mut guest = harmed("mappings-boot", Some(check), |stub| make_code_writable(image, stub))?;
    guest.wait_for("PANIC: mapping 0xffffffff80000000 to 0x40200000, 0x1000 bytes, attributes ")?;
    guest.wait_for(": text may have ")?;
    guest.wait_for("panic: ").map(drop)
}

#[test]
fn a_mapping_that_breaks_the_policy_is_found_later_too() -> Result<(), Failure> {
    let image = Image::under_test()?;
    let mut guest = harmed("mappings-code", None, |stub| make_code_writable(image, stub))?;
    found(&mut guest, &["mapping 0xffffffff80000000 to 0x40200000, 0x1000 bytes", "text may have"])?;

    // A guard page with a mapping, that of the page above it.
    let guard = image.symbol("__emergency_stack_guard")?;
    let mut guest = harmed("mappings-guard", None, |stub| {
        let above = stub.words(entry_of(image, guard + PAGE)?, 1)?[0];
        stub.set_word(entry_of(image, guard)?, above)
    })?;
    found(&mut guest, &[&format!("mapping {guard:#x} to "), "nobody's"])?;

    // A page of the emergency stack that is another's.
    let page = guard + PAGE;
    let mut guest = harmed("mappings-elsewhere", None, |stub| {
        let below = stub.words(entry_of(image, page + PAGE)?, 1)?[0];
        stub.set_word(entry_of(image, page)?, below)
    })?;
    found(&mut guest, &[&format!("mapping {page:#x} to "), "emergency stack of CPU 0 may have", " at 0x"])
}

/// The kernel tells all of `parts` of a mapping when it looks for itself.
fn found(guest: &mut Guest, parts: &[&str]) -> Result<(), Failure> {
    let map = guest.run("mem map")?;
    guest.expect(&map, "WXN on, PAN on")?;
    let told = guest.command("selftest mappings")?;
    assert_eq!(told.status, 1, "{}", told.output);
    guest.expect(&told.output, "[FAIL] mappings (")?;
    parts.iter().try_for_each(|part| guest.expect(&told.output, part))
}
