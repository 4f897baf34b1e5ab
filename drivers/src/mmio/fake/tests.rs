//! The fakes themselves: a fake that lets a wrong access through proves nothing.

use super::*;
use crate::mmio::{Bus, Offset};

#[test]
fn a_script_answers_in_order() {
    let script = Script::new(0x10, [Op::load32(0x0, 7), Op::Store(0x8, 8, 9), Op::Load(0x3, 1, 0xab)]);
    assert_eq!(script.read32(0x0), 7);
    script.write64(0x8, 9);
    assert_eq!(script.read8(0x3), 0xab);
}

#[test]
#[should_panic = "expected Some(Store(0, 4, 1))"]
fn another_value_is_refused() {
    Script::new(0x10, [Op::store32(0x0, 1)]).write32(0x0, 2);
}

#[test]
#[should_panic = "load of 2 at 0x0"]
fn another_width_is_refused() {
    Script::new(0x10, [Op::load32(0x0, 1)]).read16(0x0);
}

#[test]
#[should_panic = "expected None"]
fn an_access_past_the_script_is_refused() {
    Script::new(0x10, []).read32(0x0);
}

#[test]
#[should_panic = "accesses not made"]
fn a_script_must_be_played_to_its_end() {
    drop(Script::new(0x10, [Op::load32(0x0, 1)]));
}

#[test]
#[should_panic = "outside a window"]
fn a_model_knows_its_window() {
    Model::new(|_, _| 0, 0x10).read32(0x10);
}

#[test]
#[should_panic = "isn't aligned"]
fn a_model_refuses_unaligned_accesses() {
    Model::new(|_, _| 0, 0x10).read32(0x2);
}

#[test]
fn a_closure_is_a_device() {
    let mut last = 0;
    let bus = Model::new(
        move |offset, store: Option<u64>| {
            last = store.unwrap_or(last);
            last + offset as u64
        },
        0x100,
    );
    bus.write16(0x20, 0x100);
    assert_eq!(bus.read32(0x4), 0x104);
    assert_eq!(Offset::new(&bus, 0x40).read64(0x8), 0x148);
}

#[test]
fn an_offset_past_the_end_has_no_bytes() {
    let bus = Model::new(|_, _| panic!("no access"), 0x10);
    assert_eq!(Offset::new(&bus, 0x10).size(), 0);
    assert_eq!(Offset::new(&bus, usize::MAX).size(), 0);
}
