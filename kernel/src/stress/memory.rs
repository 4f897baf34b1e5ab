//! Pieces of the heap and runs of frames that come and go, each full of numbers of its own.

use alloc::vec::Vec;

use kernel_core::frames::{Order, Zone};

use crate::mm::frames::{self, Frames};

use super::crowd::{Added, Crowd, Me};

/// Pieces that a worker has at once.
const PIECES: usize = 16;
/// Words of the largest piece of the heap.
const WORDS: u64 = 1024;
/// The largest run of frames: 32 KiB.
const ORDERS: u64 = 4;

/// The workers of a core.
pub(super) fn start(crowd: &mut Crowd, cpu: usize) -> Added {
    crowd.add("heap pieces", cpu, come_and_go::<Vec<u64>>)?;
    crowd.add("frame runs", cpu, come_and_go::<Frames>)
}

/// Memory of some sort.
trait Piece: Sized {
    /// Of a size that `choice` decides.
    fn take(choice: u64) -> Option<Self>;
    fn words(&mut self) -> &mut [u64];
}

impl Piece for Vec<u64> {
    fn take(choice: u64) -> Option<Self> {
        let count = 1 + (choice % WORDS) as usize;
        let mut words = Self::new();
        words.try_reserve_exact(count).ok()?;
        words.resize(count, 0);
        Some(words)
    }

    fn words(&mut self) -> &mut [u64] {
        self
    }
}

impl Piece for Frames {
    fn take(choice: u64) -> Option<Self> {
        frames::alloc(Order::new((choice % ORDERS) as u8)?, Zone::Any).ok()
    }

    fn words(&mut self) -> &mut [u64] {
        self.words()
    }
}

fn come_and_go<P: Piece>(mut me: Me) {
    let mut pieces: [Option<(u64, P)>; PIECES] = [const { None }; PIECES];
    while me.goes_on() {
        let (choice, first) = (me.random.next(), me.random.next());
        let Some(place) = pieces.get_mut((choice >> 32) as usize % PIECES) else { return };
        match place.take() {
            Some(piece) => {
                if !is_whole(&me, piece) {
                    return;
                }
            }
            None => {
                let Some(mut piece) = P::take(choice >> 8) else { return me.fails(format_args!("no memory")) };
                piece.words().iter_mut().zip(first..=u64::MAX).for_each(|(word, number)| *word = number);
                *place = Some((first, piece));
            }
        }
        me.did(1);
    }
    let _ = pieces.into_iter().flatten().all(|piece| is_whole(&me, piece));
}

/// Whether it holds what was written into it; else that is told.
fn is_whole<P: Piece>(me: &Me, (first, mut piece): (u64, P)) -> bool {
    let words = piece.words();
    let wrong = words.iter().zip(first..=u64::MAX).find(|(word, number)| **word != *number);
    if let Some((word, number)) = wrong {
        me.fails(format_args!("{:p} holds {word:#x} instead of {number:#x}", core::ptr::from_ref(word)));
    }
    wrong.is_none()
}
