//! Transfers over memory with two sides.

use std::vec;

use super::model::{GRANULE, LINE, Maintenance, Model};
use super::{Coherence, Device, Direction, DmaError, Reach, ReachWindow, Way};

const BASE: u64 = 0x4000_0000;

fn device(memory: &Model) -> Device<'_, Model> {
    Device::new(memory, Reach::ALL, Coherence::NonCoherent)
}

/// The CPU writes `a`, the device reads it and answers `b` in place; true if both saw the other's bytes.
fn exchange(memory: &Model, size: usize) -> bool {
    let device = device(memory);
    let (a, b) = (vec![0xa5; size], vec![0x5b; size]);
    let mut buffer = device.buffer(size, 4).unwrap();
    buffer[..size].copy_from_slice(&a);
    let given = buffer.give(Direction::Both);
    let seen = memory.read(given.address(), size) == a;
    memory.write(given.address(), &b);
    memory.evict();
    seen && given.take()[..size] == b
}

/// The device only writes, over bytes that the CPU left dirty.
fn receive(memory: &Model) -> bool {
    let device = device(memory);
    let mut buffer = device.buffer(100, 4).unwrap();
    buffer.fill(0xee);
    let given = buffer.give(Direction::FromDevice);
    memory.write(given.address(), &[7; 100]);
    memory.evict();
    given.take()[..100] == [7; 100]
}

/// The device only reads.
fn send(memory: &Model) -> bool {
    let device = device(memory);
    let mut buffer = device.buffer(100, 4).unwrap();
    buffer[..100].fill(0xcd);
    let given = buffer.give(Direction::ToDevice);
    let seen = memory.read(given.address(), 100);
    seen == [0xcd; 100] && given.take()[..100] == [0xcd; 100]
}

#[test]
fn both_sides_see_each_other() {
    for size in [1, LINE - 1, LINE, LINE + 1, 1000] {
        let memory = Model::new(BASE, 64);
        assert!(exchange(&memory, size) && receive(&memory) && send(&memory), "{size} bytes");
        assert_eq!(memory.in_use(), 0, "a buffer that was dropped is free");
    }
}

#[test]
fn what_is_left_out_is_missed() {
    type Transfer = fn(&Model) -> bool;
    let transfers: [(Maintenance, Transfer); 4] = [
        (Maintenance::Clean, send),
        (Maintenance::CleanAndInvalidate, receive),
        (Maintenance::CleanAndInvalidate, |memory| exchange(memory, 100)),
        (Maintenance::Invalidate, receive),
    ];
    for (maintenance, transfer) in transfers {
        let memory = Model::new(BASE, 64);
        memory.leave_out(maintenance);
        assert!(!transfer(&memory), "{maintenance:?} isn't needed, or the model doesn't notice");
    }
}

#[test]
fn a_coherent_device_needs_no_maintenance() {
    let memory = Model::new(BASE, 8);
    for maintenance in [Maintenance::Clean, Maintenance::CleanAndInvalidate, Maintenance::Invalidate] {
        memory.leave_out(maintenance);
    }
    let device = Device::new(&memory, Reach::ALL, Coherence::Coherent);
    let mut buffer = device.buffer(10, 1).unwrap();
    assert_eq!(buffer.len(), 10, "it needs no lines of its own");
    buffer[0] = 1;
    assert_eq!(buffer.give(Direction::ToDevice).take()[0], 1);
}

#[test]
fn a_buffer_that_is_not_taken_back_is_never_given_again() {
    let memory = Model::new(BASE, 8);
    drop(device(&memory).buffer(LINE, LINE).unwrap().give(Direction::FromDevice));
    assert_eq!(memory.in_use(), 1);
}

#[test]
fn the_device_s_own_addresses_are_told() {
    let memory = Model::new(BASE, 16);
    let windows = [ReachWindow { bus: 0xc000_0000, physical: BASE + 0x200, size: 0x100 }];
    let device = Device::new(&memory, Reach::new(&windows, 32), Coherence::NonCoherent);
    let buffer = device.buffer(0x100, LINE).unwrap();
    let given = buffer.give(Direction::ToDevice);
    assert_eq!(given.address(), 0xc000_0000);
    assert_eq!(device.buffer(1, 1).unwrap_err(), DmaError::NoMemory { size: 1 }, "all it reaches is taken");
    drop(given.take());
    assert!(device.buffer(1, 1).is_ok());
}

#[test]
fn bytes_out_of_reach_are_bounced() {
    let memory = Model::new(BASE, 16);
    let windows = [ReachWindow { bus: 0, physical: BASE + 0x200, size: 0x100 }];
    let device = Device::new(&memory, Reach::new(&windows, 32), Coherence::NonCoherent);
    // SAFETY: no block of this model is below BASE + 0x200, because the device reaches none.
    let bytes = unsafe { memory.own(BASE, LINE) };
    bytes.fill(3);
    let mapping = device.map(bytes, Direction::Both).unwrap();
    assert_eq!(mapping.way(), Way::Bounced);
    let at = BASE + 0x200 + mapping.address();
    assert_eq!(memory.read(at, LINE), [3; LINE]);
    memory.write(at, &[4; 10]);
    memory.evict();
    let bytes = mapping.finish();
    assert_eq!((&bytes[..10], &bytes[10..]), (&[4; 10][..], &[3; LINE - 10][..]), "what it didn't write stays");
    assert_eq!(memory.in_use(), 0);
}

#[test]
fn bytes_that_share_a_line_are_bounced() {
    let memory = Model::new(BASE, 16);
    // SAFETY: lines that `buffer` isn't asked for while they are used: the first free ones are taken, and these are
    // the last.
    let bytes = unsafe { memory.own(BASE + 15 * LINE as u64, LINE) };
    let (ours, neighbour) = bytes.split_at_mut(10);
    neighbour[0] = 1;
    let mapping = device(&memory).map(ours, Direction::FromDevice).unwrap();
    assert_eq!(mapping.way(), Way::Bounced);
    neighbour[0] = 2;
    memory.write(mapping.address(), &[9; 10]);
    assert_eq!(mapping.finish(), [9; 10]);
    assert_eq!(neighbour[0], 2, "forgetting the line would have lost this");
}

#[test]
fn bytes_that_share_a_granule_are_bounced() {
    let memory = Model::new(BASE, 16);
    // SAFETY: as above, the last lines are never asked for.
    let bytes = unsafe { memory.own(BASE + 14 * LINE as u64, GRANULE) };
    let (ours, neighbour) = bytes.split_at_mut(LINE);
    let mapping = device(&memory).map(ours, Direction::FromDevice).unwrap();
    memory.write(mapping.address(), &[9; LINE]);
    neighbour[0] = 2;
    memory.evict();
    assert_eq!(mapping.way(), Way::Bounced);
    assert_eq!(mapping.finish(), [9; LINE], "a neighbour's eviction would have covered this");
}

#[test]
fn bytes_in_granules_of_their_own_go_as_they_are() {
    let memory = Model::new(BASE, 16);
    // SAFETY: nothing else is taken from this model.
    let bytes = unsafe { memory.own(BASE + GRANULE as u64, 2 * GRANULE) };
    bytes.fill(1);
    let mapping = device(&memory).map(bytes, Direction::Both).unwrap();
    assert_eq!((mapping.way(), mapping.address()), (Way::Direct, BASE + GRANULE as u64));
    assert_eq!(memory.read(mapping.address(), 2 * GRANULE), [1; 2 * GRANULE]);
    memory.write(mapping.address(), &[2; 2 * GRANULE]);
    memory.evict();
    assert_eq!(mapping.finish(), [2; 2 * GRANULE]);
}

#[test]
fn both_use_shared_words_at_once() {
    let memory = Model::new(BASE, 4);
    let ring = device(&memory).shared(16, 16).unwrap();
    ring.store(0, 1).unwrap();
    ring.publish(4, 2).unwrap();
    assert_eq!(memory.read(ring.address(), 8), [1, 0, 0, 0, 2, 0, 0, 0]);
    memory.write(ring.address() + 8, &[3, 0, 0, 0]);
    assert_eq!((ring.observe(8), ring.load(0)), (Ok(3), Ok(1)));
    for offset in [2, GRANULE, usize::MAX - 3] {
        assert!(ring.store(offset, 0).is_err() && ring.observe(offset).is_err(), "{offset:#x}");
    }
    ring.end();
    assert_eq!(memory.in_use(), 0);
}

#[test]
fn a_ring_is_free_only_once_the_device_was_stopped() {
    let memory = Model::new(BASE, 4);
    drop(device(&memory).shared(16, 16).unwrap());
    assert_eq!(memory.in_use(), 1);
}

#[test]
fn what_cannot_be_given_is_refused() {
    let memory = Model::new(BASE, 4);
    let device = device(&memory);
    assert_eq!(device.buffer(0, 1).unwrap_err(), DmaError::Empty);
    assert_eq!(device.buffer(1, 3).unwrap_err(), DmaError::Alignment(3));
    assert_eq!(device.buffer(usize::MAX, 1).unwrap_err(), DmaError::NoMemory { size: usize::MAX });
    assert!(matches!(device.map(&mut [], Direction::Both), Err(DmaError::Empty)));
    let unreachable = Device::new(&memory, Reach::new(&[], 0), Coherence::Coherent);
    assert_eq!(unreachable.buffer(8, 8).unwrap_err(), DmaError::NoMemory { size: 8 });
}
