//! Mismatch coverage: every fact of every board has a detector that was seen to work, on the host and in the kernel.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use hardware::board::{Board, Fact, Origin, Policy};
use tests::mismatch::{self, Mutation, Reference, guest, host};
use tests::{Failure, Image, paths};

#[expect(unreachable_pub, reason = "written for the kernel, which has it in a public module")]
mod tables {
    //! The tables of all boards, as the kernel has them.
    include!(concat!(env!("OUT_DIR"), "/tables.rs"));
}

#[expect(unreachable_pub, reason = "written for the kernel, which has it in a public module")]
mod fixtures {
    //! The tables of the tests' own boards.
    include!(concat!(env!("OUT_DIR"), "/fixtures.rs"));
}

/// Every board there is.
fn boards() -> impl Iterator<Item = &'static Board> {
    tables::BOARDS.iter().chain(fixtures::BOARDS).copied()
}

/// Boards that QEMU shows, so that their kernel can be booted.
fn bootable() -> impl Iterator<Item = &'static Board> {
    boards().filter(|board| board.name.starts_with("qemu-") || board.name == "rpi4")
}

/// The tables of a board: its own, and those of its variants.
fn of(board: &'static Board) -> impl Iterator<Item = &'static Board> {
    std::iter::once(board).chain(board.variants.iter().map(|variant| variant.board))
}

/// Every table there is.
fn kinds() -> impl Iterator<Item = &'static Board> {
    boards().flat_map(of)
}

/// What the board file puts right matches, although the firmware's tree still has it wrong.
#[test]
fn the_tree_that_firmware_hands_over_matches_the_table_of_its_kind() -> Result<(), Failure> {
    let mut fixed = 0;
    for board in kinds() {
        let reference = Reference::read(board)?;
        let ledger = host::ledger(&reference, &reference.tree)?;
        assert_eq!(ledger.counts().matched, board.facts.len(), "{}: {}", board.name, ledger.summary());
        assert_eq!(ledger.differences().count(), 0, "{}: {}", board.name, ledger.summary());
        let by_fix = |fact: &&Fact| matches!(fact.origin, Origin::Fix(_));
        assert_eq!(ledger.counts().fixed, board.facts.iter().filter(by_fix).count(), "{}", board.title());
        fixed += ledger.counts().fixed;
    }
    assert!(fixed > 0, "no board fixes anything: the Pi 5 should");
    Ok(())
}

/// Each kind's tree chooses that kind's table, also when one value in it is another.
#[test]
fn the_kind_is_chosen_by_its_tree() -> Result<(), Failure> {
    let mut told = 0;
    for board in boards() {
        let only: &'static [&'static Board] = vec![board].leak();
        for kind in of(board) {
            let reference = Reference::read(kind)?;
            assert_eq!(host::kind(only, &reference.tree)?, kind.variant, "{}", board.name);
            told += kind.variant.map_or(0, |_| 1);
        }
    }
    assert!(told > 0, "no board has variants: the Pi 5 should");
    Ok(())
}

/// The host's checks speak for the kernel because they run on the same data.
#[test]
fn the_table_in_memory_is_the_one_that_the_kernel_is_built_with() {
    for board in boards() {
        let model = codegen::board(&paths::root(), board.file).unwrap_or_else(|findings| panic!("{findings}"));
        let table = codegen::emit::memory::board(&model.board, model.bindings.as_slice());
        let (table, board) = (format!("{table:#?}"), format!("{board:#?}"));
        let differs = table.lines().zip(board.lines()).enumerate().find(|(_, (table, board))| table != board);
        assert!(table == board, "in memory, then in the kernel: {differs:?}");
    }
}

#[test]
fn the_check_detects_every_mismatch() -> Result<(), Failure> {
    for board in kinds() {
        let reference = Reference::read(board)?;
        let mutations = [mismatch::of_facts(&reference)?, mismatch::of_devices(&reference)?].concat();
        mutations.iter().try_for_each(|mutation| host::verify(&reference, mutation))?;
        let (n, m) = (mutations.iter().filter(|mutation| mutation.proves.is_some()).count(), board.facts.len());
        println!("figure: mismatch coverage on the host: {n} of {m} facts ({})", board.title());
        assert_eq!(n, m, "{}", board.title());
    }
    Ok(())
}

/// What a stopped boot proposes is a change that the board file takes, and that keeps the boot from stopping.
#[test]
fn the_way_out_that_a_stop_prints_works() -> Result<(), Failure> {
    for board in boards() {
        let reference = Reference::read(board)?;
        for mutation in mismatch::of_facts(&reference)?.iter().filter(|mutation| mutation.stops(&reference)) {
            let story = host::ledger(&reference, &mutation.tree)?.stop().expect("it stops").to_string();
            let change = &story[story.find("\n[verify.").expect("a change to the board file")..];
            let changed = changed_board(board, change)?;
            let proposed = changed.facts.iter().filter(|fact| change.contains(&format!(".\"{}\"]", fact.name)));
            let mut policies = proposed.map(|fact| fact.policy).peekable();
            assert!(policies.peek().is_some(), "{}: {story}", mutation.name);
            assert!(policies.all(|policy| policy != Policy::Fatal), "{}: {story}", mutation.name);
        }
    }
    Ok(())
}

/// What codegen makes of the board whose file ends with `change`.
fn changed_board(board: &Board, change: &str) -> Result<codegen::model::board::Board, Failure> {
    let root = paths::scratch("mismatch-way-out")?;
    paths::copy_project(&root)?;
    let file = root.join(board.file);
    let text = std::fs::read_to_string(&file)?;
    let text = text + change;
    std::fs::write(&file, text)?;
    let generated = codegen::board(&root, board.file).unwrap_or_else(|findings| panic!("{}", findings.render()));
    Ok(generated.board)
}

#[test]
fn the_booted_kernel_detects_every_mismatch() -> Result<(), Failure> {
    for board in bootable() {
        let image = Image::of(board.file)?;
        for kind in of(board) {
            let reference = Reference::of_kind(board, kind)?;
            guest::matches(&reference, &image)?;
            guest::refuses(&reference, &mismatch::of_another_machine(&reference)?, &image)?;
            let mutations = [mismatch::of_facts(&reference)?, mismatch::of_devices(&reference)?].concat();
            let proven = prove(&reference, &mutations, &image);
            let hidden = mutations.iter().filter(|mutation| !guest::can_prove(&reference, mutation)).count();
            report(kind, &proven, hidden);
        }
    }
    Ok(())
}

#[test]
fn a_detector_that_says_something_else_is_noticed() -> Result<(), Failure> {
    let reference = Reference::read(bootable().next().expect("a board for QEMU"))?;
    let mut mutations = mismatch::of_facts(&reference)?;
    let window =
        mutations.iter_mut().find(|mutation| mutation.name.contains("pl031") && mutation.name.contains("window"));
    let mutation = window.expect("qemu-virt has a PL031");
    host::verify(&reference, mutation)?;
    guest::verify(&reference, mutation, Image::under_test()?)?;
    mutation.name += ", wrongly told";
    let expected = mutation.expected.values_mut().next().expect("one row");
    expected.live = Some("0x902_0000+0x2000".to_owned());
    assert!(host::verify(&reference, mutation).is_err());
    assert!(guest::verify(&reference, mutation, Image::under_test()?).is_err());
    mutation.expected.clear();
    assert!(host::verify(&reference, mutation).is_err());
    assert!(guest::verify(&reference, mutation, Image::under_test()?).is_err());
    Ok(())
}

/// What came of the mutations: facts with a proven detector, and what went wrong with others.
#[derive(Default)]
struct Proven {
    facts: Vec<&'static Fact>,
    failures: Vec<Failure>,
}

/// Boots all mutations, as many at once as there are CPUs.
fn prove(reference: &Reference, mutations: &[Mutation], image: &Image) -> Proven {
    let proven = Mutex::new(Proven::default());
    let next = AtomicUsize::new(0);
    let work = || {
        while let Some(mutation) = mutations.get(next.fetch_add(1, Ordering::Relaxed)) {
            let outcome = guest::verify(reference, mutation, image);
            let mut proven = proven.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
            match outcome {
                Ok(()) if guest::can_prove(reference, mutation) => proven.facts.extend(mutation.proves),
                Ok(()) => {}
                Err(failure) => proven.failures.push(failure),
            }
        }
    };
    std::thread::scope(|scope| {
        let workers = std::thread::available_parallelism().map_or(1, usize::from);
        (0..workers).for_each(|_| drop(scope.spawn(work)));
    });
    proven.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// `hidden` facts are about devices that the machine takes out of every tree.
fn report(board: &Board, proven: &Proven, hidden: usize) {
    let (n, m) = (proven.facts.len(), board.facts.len());
    println!(
        "figure: mismatch coverage: {n} of {m} facts have a proven detector, {hidden} can't be shown ({})",
        board.title()
    );
    proven.failures.iter().take(5).for_each(|failure| println!("{failure}"));
    let failures = proven.failures.len();
    assert!(n + hidden == m && failures == 0, "{n} of {m}, {hidden} can't be shown, {failures} failures");
    // What QEMU lacks of a Pi is little; more would be a test that proves nothing.
    assert!(hidden * 10 < m, "{hidden} of {m} can't be shown");
}
