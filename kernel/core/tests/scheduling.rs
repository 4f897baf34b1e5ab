//! The scheduler's queues against simple models of them.

use std::collections::{BTreeMap, VecDeque};

use kernel_core::sched::{CpuSet, Priority, RunQueue, ThreadId, Timers, least_loaded, most_loaded};
use proptest::prelude::*;

const N: usize = 16;

fn priority(level: u8) -> Priority {
    Priority::new(level).expect("below 32")
}

/// What is done to a run queue, to whom.
#[derive(Debug, Clone)]
enum Step {
    Back(u16, u8),
    Front(u16, u8),
    Pop,
    Rotate(u16, u8),
    Remove(u16),
    TakeEven,
}

fn step() -> impl Strategy<Value = Step> {
    let thread = 0..N as u16;
    // Few levels, so that lists get long; the ends of the range among them.
    let level = prop::sample::select(vec![0u8, 1, 12, 31]);
    prop_oneof![
        3 => (thread.clone(), level.clone()).prop_map(|(thread, level)| Step::Back(thread, level)),
        1 => (thread.clone(), level.clone()).prop_map(|(thread, level)| Step::Front(thread, level)),
        2 => Just(Step::Pop),
        2 => (thread.clone(), level).prop_map(|(thread, level)| Step::Rotate(thread, level)),
        1 => thread.prop_map(Step::Remove),
        1 => Just(Step::TakeEven),
    ]
}

/// A list for each level.
#[derive(Debug, Default)]
struct Model(BTreeMap<u8, VecDeque<u16>>);

impl Model {
    fn level_of(&self, thread: u16) -> Option<u8> {
        self.0.iter().find(|(_, list)| list.contains(&thread)).map(|(level, _)| *level)
    }

    fn pop(&mut self) -> Option<u16> {
        let level = self.highest()?;
        self.0.get_mut(&level)?.pop_front()
    }

    fn highest(&self) -> Option<u8> {
        self.0.iter().rev().find(|(_, list)| !list.is_empty()).map(|(level, _)| *level)
    }

    fn take(&mut self, may_go: impl Fn(u16) -> bool) -> Option<u16> {
        let list = self.0.values_mut().rev().find(|list| list.iter().any(|&thread| may_go(thread)))?;
        let index = list.iter().position(|&thread| may_go(thread))?;
        list.remove(index)
    }
}

proptest! {
    #[test]
    fn a_run_queue_is_a_list_for_each_priority(steps in prop::collection::vec(step(), 0..200)) {
        let (mut queue, mut model) = (RunQueue::<N>::new(), Model::default());
        for step in steps {
            match step {
                Step::Back(thread, level) if model.level_of(thread).is_none() => {
                    queue.push_back(ThreadId(thread), priority(level));
                    model.0.entry(level).or_default().push_back(thread);
                }
                Step::Front(thread, level) if model.level_of(thread).is_none() => {
                    queue.push_front(ThreadId(thread), priority(level));
                    model.0.entry(level).or_default().push_front(thread);
                }
                Step::Rotate(thread, level) if model.level_of(thread).is_none() => {
                    let expected = model.highest().filter(|&highest| highest >= level).and_then(|_| {
                        model.0.entry(level).or_default().push_back(thread);
                        model.pop()
                    });
                    prop_assert_eq!(queue.rotate(ThreadId(thread), priority(level)), expected.map(ThreadId));
                }
                Step::Back(..) | Step::Front(..) | Step::Rotate(..) => {}
                Step::Pop => prop_assert_eq!(queue.pop(), model.pop().map(ThreadId)),
                Step::Remove(thread) => {
                    let level = model.level_of(thread);
                    prop_assert_eq!(queue.remove(ThreadId(thread), priority(level.unwrap_or(1))), level.is_some());
                    model.take(|other| other == thread);
                }
                Step::TakeEven => {
                    let taken = queue.take(|thread| thread.0 % 2 == 0);
                    prop_assert_eq!(taken, model.take(|thread| thread % 2 == 0).map(ThreadId));
                }
            }
            prop_assert_eq!(queue.len(), model.0.values().map(VecDeque::len).sum::<usize>());
            let is_third = |thread: u16| thread.is_multiple_of(3);
            prop_assert_eq!(queue.any(|thread| is_third(thread.0)), model.0.values().flatten().any(|&thread| is_third(thread)));
            prop_assert_eq!(queue.highest(), model.highest().map(priority));
            prop_assert_eq!(queue.is_empty(), model.highest().is_none());
            prop_assert_eq!(queue.has_at_least(priority(12)), model.highest() >= Some(12));
        }
    }

    #[test]
    fn timers_come_in_the_order_of_their_times(steps in prop::collection::vec((0..3u8, 0..N as u16, 0..50u64), 0..200)) {
        let (mut timers, mut model) = (Timers::<N>::new(), BTreeMap::new());
        for (what, thread, time) in steps {
            match what {
                0 if !model.contains_key(&thread) => {
                    timers.insert(ThreadId(thread), time);
                    model.insert(thread, time);
                }
                1 => prop_assert_eq!(timers.remove(ThreadId(thread)), model.remove(&thread).is_some()),
                _ => {
                    let earliest = model.values().min().copied().filter(|&at| at <= time);
                    let popped = timers.pop_due(time);
                    // Of several with one time, any may come first.
                    prop_assert_eq!(popped.and_then(|thread| model.remove(&thread.0)), earliest);
                }
            }
            prop_assert_eq!(timers.len(), model.len());
            prop_assert_eq!(timers.next(), model.values().min().copied());
        }
    }
}

#[test]
fn a_thread_that_wakes_stays_home_unless_that_is_worth_a_move() {
    let loads = |loads: [u32; 4]| move |cpu: usize| loads[cpu];
    let four = CpuSet(0b1111);
    assert_eq!(least_loaded(2, four, loads([0, 0, 0, 0])), Some(2));
    assert_eq!(least_loaded(2, four, loads([0, 0, 1, 0])), Some(2), "one thread isn't worth cold caches");
    assert_eq!(least_loaded(2, four, loads([1, 0, 2, 1])), Some(1));
    assert_eq!(least_loaded(2, CpuSet(0b1001), loads([3, 0, 0, 3])), Some(0), "it may not run at home");
    assert_eq!(least_loaded(2, CpuSet(0), loads([0; 4])), None);
}

#[test]
fn an_idle_core_takes_from_the_busiest_that_has_something_to_give() {
    let others = CpuSet(0b1110);
    assert_eq!(most_loaded(others, |cpu| [9, 1, 3, 2][cpu]), Some(2));
    assert_eq!(most_loaded(others, |_| 1), None, "who has one thread runs it");
    assert_eq!(CpuSet::only(3).and(others).iter().collect::<Vec<_>>(), [3]);
    assert!(!CpuSet::ALL.has(64));
}
