//! The allocator against a bitmap: one bit a frame, and no idea of buddies.

use std::boxed::Box;
use std::collections::BTreeMap;
use std::vec::Vec;

use proptest::prelude::*;

use super::*;

const BLOCK: u64 = Order::BLOCK.bytes();

/// RAM with nothing behind it but what tests look at.
#[derive(Debug, Default)]
struct Model {
    /// Each frame that the tree names: whether it is in use.
    used: BTreeMap<u64, bool>,
    /// From here on nothing answers.
    absent: Option<u64>,
    tried: Vec<u64>,
    lost: Vec<(Range<u64>, LeftOut)>,
}

impl Model {
    fn new(ranges: &[Range<u64>]) -> Self {
        let frames = ranges.iter().flat_map(|range| range.clone().step_by(FRAME as usize));
        Self { used: frames.map(|frame| (frame, false)).collect(), ..Self::default() }
    }

    fn mark(&mut self, range: Range<u64>, used: bool) {
        for frame in range.step_by(FRAME as usize) {
            let was = self.used.insert(frame, used);
            assert_eq!(was, Some(!used), "{frame:#x}");
        }
    }

    /// Whether some aligned run of `order` in `within` is free, and all there.
    fn has(&self, order: Order, within: &Range<u64>) -> bool {
        let absent = self.absent.unwrap_or(u64::MAX);
        let starts = self.used.keys().filter(|start| start.is_multiple_of(order.bytes()));
        let runs = starts.map(|start| *start..start + order.bytes());
        let mut reachable = runs.filter(|run| within.start <= run.start && run.end <= within.end.min(absent));
        reachable.any(|run| {
            let mut frames = run.clone().step_by(FRAME as usize);
            frames.all(|frame| self.used.get(&frame) == Some(&false))
        })
    }

    fn free(&self) -> u64 {
        self.used.values().filter(|used| !**used).count() as u64 * FRAME
    }
}

impl Ram<'static> for Model {
    fn forgets(&mut self, block: Range<u64>) -> Option<u64> {
        assert!(block.start.is_multiple_of(BLOCK) && block.end - block.start == BLOCK);
        assert!(block.clone().step_by(FRAME as usize).all(|frame| self.used.get(&frame) == Some(&false)), "{block:x?}");
        assert!(!self.tried.contains(&block.start), "{:#x} is tried twice", block.start);
        self.tried.push(block.start);
        self.absent.filter(|absent| *absent < block.end).map(|absent| absent.max(block.start))
    }

    fn entries(&mut self, at: u64, count: usize) -> &'static mut [Entry] {
        self.mark(at..(at + 8 * count as u64).next_multiple_of(FRAME), true);
        // A free frame of order 0 whose neighbours are all the same: what an allocator that believes it trips over.
        Box::leak(std::vec![Entry::free(Order::FRAME, 3, 3); count].into_boxed_slice())
    }

    fn left_out(&mut self, range: Range<u64>, why: LeftOut) {
        self.used.retain(|frame, _| !range.contains(frame));
        self.lost.push((range, why));
    }
}

fn allocator(ranges: &[Range<u64>]) -> (FrameAllocator<'static>, Model) {
    let mut map = RamMap::new();
    ranges.iter().for_each(|range| map.add(range.clone()).unwrap());
    let mut frames = FrameAllocator::empty();
    frames.start(map);
    (frames, Model::new(ranges))
}

fn of_range(range: Range<u64>) -> FrameAllocator<'static> {
    let mut map = RamMap::new();
    map.add(range).unwrap();
    let mut frames = FrameAllocator::empty();
    frames.start(map);
    frames
}

fn order(order: u8) -> Order {
    Order::new(order).unwrap()
}

#[derive(Debug, Clone)]
enum Step {
    Alloc(u8, Zone),
    /// In the frames from the first number on, counted from where the zone's RAM may begin; so many.
    Within(u8, Zone, u64, u64),
    /// Gives back one of those that are held.
    Free(prop::sample::Index),
}

/// Does what an allocating step says; the order and the addresses that it asked for, too.
fn ask(
    frames: &mut FrameAllocator<'static>,
    model: &mut Model,
    step: &Step,
) -> (Order, Range<u64>, Result<Frames, FrameError>) {
    match *step {
        Step::Within(size, zone, start, count) => {
            let start = zone.addresses().start + start * FRAME;
            let within = start..start + count * FRAME;
            (order(size), within.clone(), frames.alloc_within(order(size), &within, model))
        }
        Step::Alloc(size, zone) => (order(size), 0..zone.addresses().end, frames.alloc(order(size), zone, model)),
        Step::Free(_) => unreachable!("nothing is asked for"),
    }
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let zone = prop::sample::select(&Zone::ALL[..]);
    let order = prop_oneof![4 => 0u8..4, 2 => 4u8..10, 1 => 10u8..=15];
    let reach = (0..64 * 512u64, 1..24 * 512u64);
    let step = prop_oneof![
        3 => (order.clone(), zone.clone()).prop_map(|(order, zone)| Step::Alloc(order, zone)),
        2 => (order, zone, reach).prop_map(|(order, zone, (start, count))| Step::Within(order, zone, start, count)),
        2 => any::<prop::sample::Index>().prop_map(Step::Free),
    ];
    prop::collection::vec(step, 1..120)
}

/// Two or three ranges, one in each zone, which begin and end on some block.
fn ranges() -> impl Strategy<Value = Vec<Range<u64>>> {
    let range = |base: u64| {
        (0..40u64, 1..24u64).prop_map(move |(start, size)| base + start * BLOCK..base + (start + size) * BLOCK)
    };
    (range(0x10_0000 * 2), range(0x4000_0000), range(0x1_0000_0000)).prop_map(|(a, b, c)| std::vec![a, b, c])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_run_is_free_and_none_is_denied(ranges in ranges(), steps in steps(), absent in prop::option::of(0..40u64)) {
        let (mut frames, mut model) = allocator(&ranges);
        model.absent = absent.map(|block| 0x1_0000_0000 + block * BLOCK + FRAME);
        let mut held: Vec<Frames> = Vec::new();
        for step in steps {
            match step {
                Step::Alloc(..) | Step::Within(..) => {
                    let (order, within, got) = ask(&mut frames, &mut model, &step);
                    match got {
                        Ok(run) => {
                            prop_assert!(run.base().is_multiple_of(run.order().bytes()) && run.order() == order);
                            prop_assert!(within.start <= run.base() && run.range().end <= within.end);
                            prop_assert!(model.absent.is_none_or(|absent| run.range().end <= absent));
                            model.mark(run.range(), true);
                            held.push(run);
                        }
                        Err(FrameError::Exhausted { .. }) => prop_assert!(!model.has(order, &within)),
                        Err(error) => prop_assert!(false, "{error}"),
                    }
                }
                Step::Free(which) if !held.is_empty() => {
                    let run = held.swap_remove(which.index(held.len()));
                    model.mark(run.range(), false);
                    prop_assert_eq!(frames.free(run), Ok(()));
                }
                Step::Free(_) => {}
            }
            let free: u64 = Zone::ALL.iter().map(|zone| frames.usage(*zone).free).sum();
            prop_assert_eq!(free, model.free());
        }
        for run in held {
            model.mark(run.range(), false);
            prop_assert_eq!(frames.free(run), Ok(()));
        }
        // What was opened on the way has lost its first frames to entries, so the model is asked afterwards.
        for size in (0..=15).rev() {
            match frames.alloc(order(size), Zone::Any, &mut model) {
                Ok(_) => break,
                Err(_) => prop_assert!(!model.has(order(size), &(0..u64::MAX)), "the halves of {size} weren't joined"),
            }
        }
    }
}

#[test]
fn low_memory_is_kept_for_those_who_need_it() {
    let (mut frames, mut ram) = allocator(&[0..BLOCK, 0x4000_0000..0x4000_0000 + BLOCK, 1 << 32..(1 << 32) + BLOCK]);
    let mut base = |zone| frames.alloc(Order::FRAME, zone, &mut ram).map(|run| run.base());
    assert_eq!(base(Zone::Any), Ok((1 << 32) + FRAME));
    assert_eq!(base(Zone::Dma32), Ok(0x4000_0000 + FRAME));
    assert_eq!(base(Zone::Low), Ok(FRAME));
    let usage = frames.usage(Zone::Low);
    assert_eq!(usage, Usage { total: BLOCK, free: BLOCK - 2 * FRAME });
}

#[test]
fn a_limit_inside_a_zone_is_kept_and_not_taken_for_the_one_below() {
    // What a device of 31 address bits reaches of RAM that begins at 1 GiB and goes on to 3: the first of two sections.
    let (first, second) = (0x4000_0000..0x4000_0000 + 2 * BLOCK, 0xa000_0000..0xa000_0000 + 2 * BLOCK);
    let (mut frames, mut ram) = allocator(&[first.clone(), second.clone()]);
    let mut within = |range: Range<u64>| frames.alloc_within(Order::BLOCK, &range, &mut ram).map(|run| run.base());
    assert_eq!(within(0..0x8000_0000), Ok(first.start + BLOCK));
    assert_eq!(within(0x8000_0000..u64::MAX), Ok(second.start + BLOCK));
    let exhausted = |zone| Err(FrameError::Exhausted { size: BLOCK, zone });
    assert_eq!(within(0..0x8000_0000), exhausted(Zone::Dma32));
    assert_eq!(within(0..1 << 30), exhausted(Zone::Low));
    let free = |frames: &FrameAllocator<'_>| frames.usage(Zone::Dma32).free;
    let before = free(&frames);
    let refused = frames.alloc_within(Order::FRAME, &(0..first.start + FRAME), &mut ram);
    assert_eq!((refused, free(&frames)), (exhausted_frame(), before), "entries have all that is in reach");
}

#[test]
fn a_reach_in_the_midst_of_a_section_is_served_from_there() {
    let all = 0x4000_0000..0x4000_0000 + 16 * BLOCK;
    let (mut frames, mut ram) = allocator(std::slice::from_ref(&all));
    let reach = all.start + 9 * BLOCK + 3 * FRAME..all.start + 9 * BLOCK + 6 * FRAME;
    let mut base = |order| frames.alloc_within(order, &reach, &mut ram).map(|run| run.base());
    assert_eq!(base(order(1)), Ok(reach.start + FRAME));
    assert_eq!(base(Order::FRAME), Ok(reach.start));
    assert_eq!(base(Order::FRAME), exhausted_frame().map(|run| run.base()));
    // What lies around it is whole.
    let before = frames.usage(Zone::Dma32).free;
    let around =
        [reach.end, reach.start - FRAME].map(|at| frames.alloc_within(Order::FRAME, &(at..at + FRAME), &mut ram));
    assert!(around.iter().all(Result::is_ok), "{around:?}");
    assert_eq!(frames.usage(Zone::Dma32).free, before - 2 * FRAME);
}

fn exhausted_frame() -> Result<Frames, FrameError> {
    Err(FrameError::Exhausted { size: FRAME, zone: Zone::Dma32 })
}

#[test]
fn nothing_is_touched_before_it_is_wanted() {
    let all = 32 << 30..(32 << 30) + (512 << 30);
    let mut ram = Model::new(&[all.start..all.start + 33 * BLOCK]);
    let mut frames = of_range(all);
    assert_eq!(frames.usage(Zone::Any), Usage { total: 512 << 30, free: 512 << 30 });
    // 512 GiB in 16 sections: each has 64 MiB of entries.
    let _ = frames.alloc(Order::FRAME, Zone::Any, &mut ram).unwrap();
    assert_eq!(ram.tried.len(), 33);
}

#[test]
fn memory_that_is_not_there_is_left_out_to_its_end() {
    // The tree names 64 GiB; a quarter of the first section is there.
    let all = 1 << 32..(1 << 32) + (64 << 30);
    let mut frames = of_range(all.clone());
    let mut ram = Model::new(&[all.start..all.start + (256 << 20)]);
    ram.absent = Some(all.start + (256 << 20) - BLOCK);
    let mut got = 0;
    while let Ok(run) = frames.alloc(Order::BLOCK, Zone::Any, &mut ram) {
        got += run.order().bytes();
    }
    // 4 GiB have entries of 8 MiB.
    assert_eq!(got, (256 << 20) - BLOCK - (8 << 20));
    let absent = all.start + (256 << 20) - BLOCK;
    assert_eq!(ram.lost, [(absent..all.end, LeftOut::Forgets(absent))]);
    assert_eq!(frames.usage(Zone::Any), Usage { total: (256 << 20) - BLOCK, free: 0 });
    assert_eq!(frames.failures(), 1);
}

#[test]
fn ram_in_more_pieces_than_there_are_sections_is_told_and_not_counted() {
    // Each range is on both sides of a gigabyte's end, and so in two sections.
    let across = |index: u64| ((2 * index + 1) << 30) - BLOCK..((2 * index + 1) << 30) + BLOCK;
    let (mut frames, mut ram) = allocator(&(0..RANGES as u64).map(across).collect::<Vec<_>>());
    while frames.alloc(Order::FRAME, Zone::Any, &mut ram).is_ok() {}
    assert!(!ram.lost.is_empty() && ram.lost.iter().all(|(_, why)| *why == LeftOut::NoSection), "{:x?}", ram.lost);
    let usage = Zone::ALL.map(|zone| frames.usage(zone));
    assert_eq!(usage.iter().map(|usage| usage.free).sum::<u64>(), 0, "what can't be had isn't free");
}

#[test]
fn what_was_not_handed_out_is_not_taken_back() {
    let (mut frames, mut ram) = allocator(&[0..4 * BLOCK]);
    let run = frames.alloc(order(3), Zone::Any, &mut ram).unwrap();
    let (base, size) = (run.base(), run.order());
    let wrong = [
        (base, order(2)),
        (base + FRAME, order(0)),
        (base ^ (8 * FRAME), order(3)),
        (0, order(0)),
        (1 << 40, order(0)),
    ];
    for (base, order) in wrong {
        assert_eq!(frames.free(Frames { base, order }), Err(FrameError::Foreign(base)));
    }
    assert_eq!(frames.free(run), Ok(()));
    assert_eq!(frames.free(Frames { base, order: size }), Err(FrameError::Foreign(base)));
}

#[test]
fn fragments_of_blocks_are_not_ram() {
    let (mut frames, mut ram) = allocator(&[FRAME..2 * BLOCK - FRAME, 5 * BLOCK - FRAME..6 * BLOCK + FRAME]);
    ram = Model { used: ram.used.split_off(&(5 * BLOCK)), ..Model::default() };
    let _ = frames.alloc(order(8), Zone::Any, &mut ram).unwrap();
    assert_eq!(frames.usage(Zone::Low).total, BLOCK);
}
