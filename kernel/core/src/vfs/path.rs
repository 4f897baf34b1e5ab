//! Normalised paths.

use super::FsError;

/// Bytes in the longest path; a shell line is no longer.
pub const MAX_PATH: usize = 256;

/// An absolute path without `.`, `..`, empty parts or a slash at the end; the root is `/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path(heapless::String<MAX_PATH>);

impl Path {
    /// `path` normalised; a relative one starts at the root, and the root's `..` is the root.
    pub fn new(path: &str) -> Result<Self, FsError> {
        if path.is_empty() {
            return Err(FsError::NotFound);
        }
        if path.chars().any(char::is_control) {
            return Err(FsError::BadPath);
        }
        let mut normal = heapless::String::new();
        for part in path.split('/') {
            match part {
                "" | "." => {}
                ".." => normal.truncate(normal.rfind('/').unwrap_or(0)),
                _ => push(&mut normal, part)?,
            }
        }
        if normal.is_empty() {
            // Cannot fail: it is empty.
            let _ = normal.push('/');
        }
        Ok(Self(normal))
    }

    /// The path.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn push(path: &mut heapless::String<MAX_PATH>, part: &str) -> Result<(), FsError> {
    path.push('/').and_then(|()| path.push_str(part)).map_err(|_| FsError::PathTooLong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normalises() {
        let cases = [
            ("/", "/"),
            ("//", "/"),
            (".", "/"),
            ("proc", "/proc"),
            ("/proc/", "/proc"),
            ("//proc/./bootlog", "/proc/bootlog"),
            ("/proc/x/../bootlog", "/proc/bootlog"),
            ("/../../proc/..", "/"),
            ("/a/.../b", "/a/.../b"),
        ];
        for (path, normal) in cases {
            assert_eq!(Path::new(path).unwrap().as_str(), normal, "{path}");
        }
    }

    #[test]
    fn refuses() {
        assert_eq!(Path::new(""), Err(FsError::NotFound));
        assert_eq!(Path::new("/a\u{7}"), Err(FsError::BadPath));
        assert_eq!(Path::new(&"x".repeat(256)), Err(FsError::PathTooLong));
        assert!(Path::new(&"x".repeat(255)).is_ok());
    }
}
