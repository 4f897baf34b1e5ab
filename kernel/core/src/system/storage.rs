//! Disks.

/// The disks that the kernel drives.
pub trait Storage {
    /// The nth disk; `None` past the last.
    fn disk(&self, index: usize) -> Option<Disk<'_>>;

    /// Reads whole blocks from the block `first` on into `into`, whose length is a multiple of [`BLOCK`]; the calling
    /// thread sleeps meanwhile.
    fn read(&self, disk: usize, first: u64, into: &mut [u8]) -> Result<(), DiskError>;
}

/// Bytes of a block.
pub const BLOCK: usize = 512;

/// A disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Disk<'s> {
    /// The device's name in the board's tables.
    pub device: &'s str,
    /// What it is and how it is reached: `virtio-blk (modern)`.
    pub kind: &'static str,
    /// How many blocks it has.
    pub blocks: u64,
    /// Whether it takes no writes.
    pub read_only: bool,
    /// Reads that came back.
    pub reads: u64,
    /// Reads that failed.
    pub errors: u64,
}

/// Why nothing was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DiskError {
    /// There is no such disk.
    #[error("there is no disk {0}")]
    NoDisk(usize),
    /// The disk ends before.
    #[error("block {0} is past the disk's end")]
    PastTheEnd(u64),
    /// Not whole blocks, or none.
    #[error("{0} bytes aren't whole blocks")]
    Length(usize),
    /// The disk says that it failed.
    #[error("the disk reports an error at block {0}")]
    Device(u64),
    /// The disk says that it is done, and has written fewer bytes, or claims more than there was room for.
    #[error("the disk gave {written} of {due} bytes at block {first}")]
    Short {
        /// The first block of the read.
        first: u64,
        /// Bytes that it says it wrote, its status among them.
        written: u32,
        /// Bytes that it should have written.
        due: u32,
    },
    /// The disk says that it is done, and neither that it worked nor that it failed.
    #[error("the disk's answer about block {0} makes no sense")]
    Nonsense(u64),
    /// The disk doesn't answer; it is left alone from now on.
    #[error("the disk doesn't answer")]
    TimedOut,
    /// It was given up: it didn't answer an earlier request, or answered what nobody had asked.
    #[error("the disk is gone: it was given up at an earlier request")]
    Gone,
    /// There are no bytes that the disk can reach.
    #[error("no memory for the request")]
    NoMemory,
}
