//! Archives as Linux unpacks them at its start: cpio, "newc" (Linux, Documentation/driver-api/early-userspace/buffer-format.rst).

/// A character device, a folder, a file (POSIX `st_mode`).
const CHARACTER: u32 = 0o020_000;
const FOLDER: u32 = 0o040_000;
const FILE: u32 = 0o100_000;
/// The system console (Linux, Documentation/admin-guide/devices.txt: 5 char, 1).
const CONSOLE: (u32, u32) = (5, 1);

/// Something in the archive.
pub(crate) struct Entry<'e> {
    name: &'e str,
    mode: u32,
    device: (u32, u32),
    content: &'e [u8],
}

impl<'e> Entry<'e> {
    /// A folder.
    pub(crate) const fn folder(name: &'e str) -> Self {
        Self { name, mode: FOLDER | 0o755, device: (0, 0), content: &[] }
    }

    /// The device that a program's standard streams are.
    pub(crate) const fn console(name: &'e str) -> Self {
        Self { name, mode: CHARACTER | 0o600, device: CONSOLE, content: &[] }
    }

    /// A file that can be run.
    pub(crate) const fn program(name: &'e str, content: &'e str) -> Self {
        Self { name, mode: FILE | 0o755, device: (0, 0), content: content.as_bytes() }
    }
}

/// An archive; its length is a multiple of four, so another may follow.
pub(crate) fn archive(entries: &[Entry<'_>]) -> Vec<u8> {
    let end = Entry { name: "TRAILER!!!", mode: 0, device: (0, 0), content: &[] };
    let mut bytes = Vec::new();
    for (index, entry) in entries.iter().chain([&end]).enumerate() {
        let (length, name) = (entry.content.len() as u32, entry.name.len() as u32 + 1);
        let (major, minor) = entry.device;
        // c_ino, c_mode, c_uid, c_gid, c_nlink, c_mtime, c_filesize, c_maj, c_min, c_rmaj, c_rmin, c_namesize, c_chksum
        let header = [index as u32 + 1, entry.mode, 0, 0, 1, 0, length, 0, 0, major, minor, name, 0];
        bytes.extend(b"070701");
        header.iter().for_each(|field| bytes.extend(format!("{field:08x}").bytes()));
        bytes.extend(entry.name.bytes());
        bytes.push(0);
        bytes.resize(bytes.len().next_multiple_of(4), 0);
        bytes.extend(entry.content);
        bytes.resize(bytes.len().next_multiple_of(4), 0);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_and_the_end() {
        let bytes = archive(&[Entry::program("init", "#!sh\n")]);
        let text = str::from_utf8(&bytes).unwrap();
        let first = "070701000000010000\
             81ed000000000000000000000001000000000000000500000000000000000000000000000000000000050000\
             0000init\0\0#!sh\n\0\0\0";
        assert!(text.starts_with(first), "{text:?}");
        assert!(text.contains("TRAILER!!!\0") && bytes.len().is_multiple_of(4), "{text:?}");
    }
}
