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

/// A table: where it is in the image, and what its first entry is for.
#[derive(Debug, Clone)]
struct Table {
    at: u64,
    level: u32,
    base: u64,
    entries: Vec<u64>,
}

impl Table {
    /// The root.
    fn root(stub: &mut Stub, image: &Image) -> Result<Self, Failure> {
        Self::read(stub, image.symbol("__boot_tables")?, 0, LINEAR)
    }

    fn read(stub: &mut Stub, at: u64, level: u32, base: u64) -> Result<Self, Failure> {
        let quarters = (0..4).map(|quarter| stub.words(at + quarter * 0x400, 128));
        let entries = quarters.collect::<Result<Vec<_>, _>>()?.concat();
        Ok(Self { at, level, base, entries })
    }

    /// The first address of the entry numbered `index`.
    fn address(&self, index: usize) -> u64 {
        self.base + ((index as u64) << (39 - 9 * self.level))
    }

    /// Itself and all tables below it.
    fn all(self, stub: &mut Stub, start: u64) -> Result<Vec<Self>, Failure> {
        let mut all = vec![self.clone()];
        for (index, &entry) in self.entries.iter().enumerate() {
            if self.level < 3 && entry & TABLE == TABLE {
                let at = (entry & ADDRESS) - LOADED + start;
                all.extend(Self::read(stub, at, self.level + 1, self.address(index))?.all(stub, start)?);
            }
        }
        Ok(all)
    }

    fn leaves(&self) -> impl Iterator<Item = Leaf> {
        let is_leaf = |entry: &u64| entry & VALID != 0 && (self.level == 3 || entry & TABLE != TABLE);
        let entries = self.entries.iter().enumerate().filter(move |(_, entry)| is_leaf(entry));
        entries.map(|(index, &entry)| Leaf::new(self.address(index), self.level, entry))
    }
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
    let tables = Table::root(&mut stub, image)?.all(&mut stub, start)?;
    let mut leaves: Vec<Leaf> = tables.iter().flat_map(Table::leaves).collect();
    leaves.sort_by_key(|leaf| leaf.from);

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

#[test]
fn a_leaf_in_any_corner_of_any_table_is_found() -> Result<(), Failure> {
    let image = Image::under_test()?;
    let socket = Socket::new("mappings-corners");
    let arguments = socket.arguments();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let mut guest = Machine::virt().extra(&arguments).boot("mappings-corners", image)?;
    guest.wait_for_prompt()?;
    let mut stub = socket.connect()?;
    let start = image.symbol("__image_start")?;
    let tables = Table::root(&mut stub, image)?.all(&mut stub, start)?;
    let code = stub.words(entry_of(image, start)?, 1)?[0];
    stub.go()?;
    // A root's entry can only be a table's (DDI 0487, D8.3.1).
    let below: Vec<&Table> = tables.iter().filter(|table| table.level > 0).collect();
    assert!(below.len() > 8, "{} tables", below.len());
    for table in below {
        // The first and the last entry that nothing has, and one between, as executable memory.
        let free: Vec<usize> = (0..512).filter(|&index| table.entries[index] & VALID == 0).collect();
        for &index in [free.first(), free.get(free.len() / 2), free.last()].into_iter().flatten() {
            let kind = if table.level == 3 { TABLE } else { VALID };
            let place = table.at + index as u64 * 8;
            change(&socket, place, code & !(ADDRESS | TABLE) | kind)?;
            let told = guest.command("selftest mappings")?;
            change(&socket, place, table.entries[index])?;
            let wanted =
                format!("mapping {:#x} to 0x0, {:#x} bytes", table.address(index), 1u64 << (39 - 9 * table.level));
            assert!(told.status == 1 && told.output.contains(&wanted), "{wanted} in {}", told.output);
        }
    }
    guest.run("selftest mappings").map(drop)
}

/// Stops the machine for as long as it takes to write a word.
fn change(socket: &Socket, at: u64, word: u64) -> Result<(), Failure> {
    let mut stub = socket.connect()?;
    stub.set_word(at, word)?;
    stub.go()
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
