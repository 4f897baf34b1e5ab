//! The one place where errors become numbers: Linux' (`include/uapi/asm-generic/errno-base.h` and `errno.h`).

use core::fmt;

use crate::frames::FrameError;
use crate::system::{DiskError, PowerError};
use crate::vfs::FsError;

/// An error number as Linux has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub enum Errno {
    /// No such file or directory.
    ENOENT = 2,
    /// Input/output error.
    EIO = 5,
    /// Cannot allocate memory.
    ENOMEM = 12,
    /// No such device.
    ENODEV = 19,
    /// Not a directory.
    ENOTDIR = 20,
    /// Is a directory.
    EISDIR = 21,
    /// Invalid argument.
    EINVAL = 22,
    /// File name too long.
    ENAMETOOLONG = 36,
    /// Connection timed out.
    ETIMEDOUT = 110,
}

impl FsError {
    /// The number for it.
    pub const fn errno(self) -> Errno {
        match self {
            Self::NotFound => Errno::ENOENT,
            Self::NotADirectory => Errno::ENOTDIR,
            Self::IsADirectory => Errno::EISDIR,
            Self::PathTooLong => Errno::ENAMETOOLONG,
            Self::BadPath => Errno::EINVAL,
            Self::NothingBehind => Errno::ENODEV,
            Self::Damaged | Self::Output => Errno::EIO,
        }
    }
}

impl DiskError {
    /// The number for it.
    pub const fn errno(self) -> Errno {
        match self {
            Self::NoDisk(_) | Self::Gone => Errno::ENODEV,
            Self::PastTheEnd(_) | Self::Length(_) => Errno::EINVAL,
            Self::Device(_) | Self::Short { .. } | Self::Nonsense(_) => Errno::EIO,
            Self::TimedOut => Errno::ETIMEDOUT,
            Self::NoMemory => Errno::ENOMEM,
        }
    }
}

impl FrameError {
    /// The number for it.
    pub const fn errno(self) -> Errno {
        match self {
            Self::Exhausted { .. } | Self::TooLarge(_) => Errno::ENOMEM,
            Self::Foreign(_) => Errno::EINVAL,
        }
    }
}

impl PowerError {
    /// The number for it.
    pub const fn errno(self) -> Errno {
        match self {
            Self::NoPsci => Errno::ENODEV,
            Self::Refused(_) => Errno::EIO,
        }
    }
}

/// Its name, `ENOENT`.
impl fmt::Display for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}
