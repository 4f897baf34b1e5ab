//! virtio-blk's reads (virtio 1.2, 5.2.6): what asks for one, whether an answer is one, and who waits for which.
//!
//! [`header`] makes the bytes that ask. [`check`] holds an answer against what was asked. [`Requests`] knows which of the device's
//! answers belongs to whom: the device names a descriptor, and may name one that nobody waits for.

/// Bytes of a request's header.
pub const HEADER: usize = 16;
/// What the status byte holds until the device has written it: none of 5.2.6's values.
pub const UNWRITTEN: u8 = 0xff;

/// What the device says of how much it wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lengths {
    /// The truth: it has to (2.7.8.2).
    Exact,
    /// Anything: many legacy devices did (2.7.8.1).
    Doubtful,
}

/// Why an answer isn't the blocks that were asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// VIRTIO_BLK_S_IOERR.
    #[error("the device failed to read")]
    Failed,
    /// VIRTIO_BLK_S_UNSUPP.
    #[error("the device doesn't know how to read")]
    Unsupported,
    /// It says that it is done, and wrote no status.
    #[error("the device left no status")]
    NoStatus,
    /// A status that there isn't.
    #[error("the device left the status {0:#04x}, which means nothing")]
    Status(u8),
    /// It wrote less than was asked for, or claims to have written more than it had room for.
    #[error("the device wrote {written} of {due} bytes")]
    Length {
        /// Bytes that it says it wrote, the status among them.
        written: u32,
        /// Bytes that there was room for.
        due: u32,
    },
}

/// The header of a read from the block `first` on: type VIRTIO_BLK_T_IN, which is 0, four reserved bytes, the block.
pub fn header(first: u64) -> [u8; HEADER] {
    let mut header = [0; HEADER];
    if let Some((_, block)) = header.split_last_chunk_mut() {
        *block = first.to_le_bytes();
    }
    header
}

/// Whether the device gave `asked` bytes, by the status that it left and by how much it says it wrote.
pub const fn check(status: u8, written: u32, asked: u32, lengths: Lengths) -> Result<(), AnswerError> {
    let due = asked.saturating_add(1);
    match (status, lengths) {
        (0, Lengths::Exact) if written != due => Err(AnswerError::Length { written, due }),
        (0, _) => Ok(()),
        (1, _) => Err(AnswerError::Failed),
        (2, _) => Err(AnswerError::Unsupported),
        (UNWRITTEN, _) => Err(AnswerError::NoStatus),
        (other, _) => Err(AnswerError::Status(other)),
    }
}

/// `N` places for requests. Each is free, asked for with a `T` until the device answers, or ended with an `O` until who waits
/// for it takes that: a descriptor that is used again meanwhile belongs to another place.
#[derive(Debug)]
pub struct Requests<T, O, const N: usize> {
    places: [Place<T, O>; N],
}

#[derive(Debug)]
enum Place<T, O> {
    Free,
    Asked { token: u16, request: T },
    Ended(O),
}

impl<T, O, const N: usize> Requests<T, O, N> {
    /// All free.
    pub const fn new() -> Self {
        Self { places: [const { Place::Free }; N] }
    }

    /// A place for a request.
    pub fn free(&self) -> Option<usize> {
        self.places.iter().position(|place| matches!(place, Place::Free))
    }

    /// The device was asked for `request` and will answer with `token`.
    pub fn ask(&mut self, place: usize, token: u16, request: T) {
        if let Some(place) = self.places.get_mut(place) {
            *place = Place::Asked { token, request };
        }
    }

    /// The place whose answer `token` is, and what was asked; `None` where nothing was.
    pub fn asked(&mut self, token: u16) -> Option<(usize, &mut T)> {
        let mut places = self.places.iter_mut().enumerate();
        places.find_map(|(index, place)| match place {
            Place::Asked { token: asked, request } if *asked == token => Some((index, request)),
            Place::Free | Place::Asked { .. } | Place::Ended(_) => None,
        })
    }

    /// The request at `place` has ended.
    pub fn end(&mut self, place: usize, outcome: O) {
        if let Some(place) = self.places.get_mut(place) {
            *place = Place::Ended(outcome);
        }
    }

    /// No request that the device still has will be answered: each ends with `outcome`; which ones did.
    pub fn end_all(&mut self, outcome: O) -> impl Iterator<Item = usize>
    where
        O: Clone,
    {
        self.places.iter_mut().enumerate().filter_map(move |(index, place)| {
            let asked = matches!(place, Place::Asked { .. });
            asked.then(|| {
                *place = Place::Ended(outcome.clone());
                index
            })
        })
    }

    /// How the request at `place` ended, if it has; the place is free from then on.
    pub fn take(&mut self, place: usize) -> Option<O> {
        let place = self.places.get_mut(place)?;
        match core::mem::replace(place, Place::Free) {
            Place::Ended(outcome) => Some(outcome),
            other => {
                *place = other;
                None
            }
        }
    }
}

impl<T, O, const N: usize> Default for Requests<T, O, N> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_read_is_asked_for_in_little_endian() {
        assert_eq!(header(0x0102_0304_0506_0708), [0, 0, 0, 0, 0, 0, 0, 0, 8, 7, 6, 5, 4, 3, 2, 1]);
    }

    #[test]
    fn only_all_bytes_and_a_good_status_are_an_answer() {
        assert_eq!(check(0, 4097, 4096, Lengths::Exact), Ok(()));
        for written in [0, 1, 512, 4096, 4098, u32::MAX] {
            assert_eq!(check(0, written, 4096, Lengths::Exact), Err(AnswerError::Length { written, due: 4097 }));
            assert_eq!(check(0, written, 4096, Lengths::Doubtful), Ok(()), "2.7.8.1: of no use");
        }
    }

    #[test]
    fn each_status_has_its_meaning_whatever_the_length() {
        for lengths in [Lengths::Exact, Lengths::Doubtful] {
            for written in [0, 1, 513] {
                let told = |status| check(status, written, 512, lengths);
                assert_eq!(told(1), Err(AnswerError::Failed));
                assert_eq!(told(2), Err(AnswerError::Unsupported));
                assert_eq!(told(UNWRITTEN), Err(AnswerError::NoStatus));
                assert_eq!(told(3), Err(AnswerError::Status(3)));
            }
        }
    }

    #[test]
    fn an_answer_that_nobody_waits_for_is_nobodys() {
        let mut requests: Requests<char, u8, 2> = Requests::new();
        assert_eq!(requests.asked(0), None);
        requests.ask(0, 3, 'a');
        assert_eq!(requests.asked(4), None, "another descriptor");
        assert_eq!(requests.asked(3), Some((0, &mut 'a')));
        requests.end(0, 7);
        assert_eq!(requests.asked(3), None, "answered twice");
    }

    #[test]
    fn a_descriptor_may_be_used_again_before_its_last_answer_is_taken() {
        let mut requests: Requests<char, u8, 2> = Requests::new();
        requests.ask(0, 3, 'a');
        requests.end(0, 7);
        assert_eq!(requests.free(), Some(1), "place 0 waits to be taken");
        requests.ask(1, 3, 'b');
        assert_eq!(requests.asked(3), Some((1, &mut 'b')));
        assert_eq!((requests.take(1), requests.take(0), requests.take(0)), (None, Some(7), None));
    }

    #[test]
    fn a_disk_that_is_given_up_ends_what_it_has_and_nothing_else() {
        let mut requests: Requests<char, u8, 4> = Requests::new();
        requests.ask(0, 0, 'a');
        requests.ask(1, 3, 'b');
        requests.ask(3, 6, 'c');
        requests.end(1, 1);
        assert_eq!(requests.end_all(9).collect::<Vec<usize>>(), [0, 3]);
        assert_eq!([0, 1, 2, 3].map(|place| requests.take(place)), [Some(9), Some(1), None, Some(9)]);
    }

    proptest! {
        /// Whatever a device answers, in whatever order and how often: each request ends once, with its own outcome.
        #[test]
        fn each_request_ends_once(answers in proptest::collection::vec(0u16..8, 0..40)) {
            let mut requests: Requests<u16, u16, 4> = Requests::new();
            (0..4).for_each(|place| requests.ask(place.into(), place * 2, place));
            let mut ended = Vec::new();
            for token in answers {
                let Some((place, request)) = requests.asked(token) else {
                    prop_assert!(token % 2 == 1 || ended.contains(&(token / 2)));
                    continue;
                };
                let request = *request;
                prop_assert_eq!((usize::from(request), token), (place, request * 2));
                requests.end(place, request + 100);
                ended.push(request);
            }
            for place in 0..4u16 {
                let outcome = ended.contains(&place).then_some(place + 100);
                prop_assert_eq!(requests.take(place.into()), outcome);
            }
        }
    }
}
