//! From a blob through `dtc`'s text to nodes.

use std::collections::HashMap;
use std::path::Path;
use std::process::Command;

use super::{Node, Oracle};

impl Oracle {
    /// Has `dtc` take a blob apart.
    pub(crate) fn read(blob: &Path) -> Self {
        let output = Command::new("dtc").args(["-q", "-I", "dtb", "-O", "dts"]).arg(blob).output().expect("dtc runs");
        assert!(output.status.success(), "dtc refuses {}", blob.display());
        Self::parse(&String::from_utf8(output.stdout).expect("dtc prints text"))
    }

    fn parse(text: &str) -> Self {
        let mut oracle =
            Self { nodes: vec![], reservations: vec![], by_phandle: HashMap::new(), by_path: HashMap::new() };
        let mut open = vec![];
        for line in text.lines().map(str::trim) {
            if let Some(name) = line.strip_suffix(" {") {
                open.push(oracle.begin(open.last().copied(), name));
            } else if line == "};" {
                open.pop().expect("a node to end");
            } else if let Some(entry) = line.strip_prefix("/memreserve/") {
                let numbers: Vec<_> = entry.trim_end_matches(';').split_whitespace().map(hex).collect();
                oracle.reservations.push((numbers[0], numbers[1]));
            } else if let Some((&node, property)) = open.last().zip(line.strip_suffix(';')) {
                let (name, value) = property.split_once(" = ").unwrap_or((property, ""));
                oracle.nodes[node].properties.push((name.into(), bytes(value)));
            } else {
                assert!(line.is_empty() || line.starts_with("/dts-v1/"), "dtc printed {line}");
            }
        }
        oracle.link();
        oracle
    }

    fn begin(&mut self, parent: Option<usize>, name: &str) -> usize {
        let path = match parent {
            None => "/".into(),
            Some(parent) => format!("{}/{name}", self.nodes[parent].path.trim_end_matches('/')),
        };
        self.nodes.push(Node { path, parent, properties: vec![] });
        self.nodes.len() - 1
    }

    fn link(&mut self) {
        for node in 0..self.nodes.len() {
            for name in ["phandle", "linux,phandle"] {
                if let Some(phandle) = self.number(node, name) {
                    self.by_phandle.entry(phandle as u32).or_insert(node);
                }
            }
            self.by_path.insert(self.nodes[node].path.clone(), node);
        }
    }
}

fn hex(number: &str) -> u64 {
    u64::from_str_radix(number.trim_start_matches("0x"), 16).expect("a hexadecimal number")
}

/// The bytes that a DTS value stands for: `<cells>`, `[bytes]` and `"strings"`, separated by commas.
fn bytes(value: &str) -> Vec<u8> {
    let mut bytes = vec![];
    let mut rest = value;
    while !rest.is_empty() {
        rest = match rest.as_bytes()[0] {
            b'<' => {
                let (cells, rest) = rest[1..].split_once('>').expect("cells end");
                bytes.extend(cells.split_whitespace().flat_map(|cell| (hex(cell) as u32).to_be_bytes()));
                rest
            }
            b'[' => {
                let (digits, rest) = rest[1..].split_once(']').expect("bytes end");
                let digits: Vec<u8> = digits.bytes().filter(|digit| !digit.is_ascii_whitespace()).collect();
                bytes.extend(digits.chunks(2).map(|pair| hex(std::str::from_utf8(pair).unwrap()) as u8));
                rest
            }
            b'"' => string(&rest[1..], &mut bytes),
            b',' | b' ' => &rest[1..],
            _ => panic!("dtc printed {rest}"),
        };
    }
    bytes
}

/// Reads a string up to its closing quote; what follows.
fn string<'t>(text: &'t str, bytes: &mut Vec<u8>) -> &'t str {
    let mut chars = text.char_indices();
    while let Some((at, char)) = chars.next() {
        match char {
            '"' => {
                bytes.push(0);
                return &text[at + 1..];
            }
            '\\' => match chars.next().expect("an escape").1 {
                'x' => {
                    let digits: String = chars.by_ref().take(2).map(|(_, digit)| digit).collect();
                    bytes.push(hex(&digits) as u8);
                }
                '0' => bytes.push(0),
                'a' => bytes.push(7),
                'b' => bytes.push(8),
                't' => bytes.push(9),
                'n' => bytes.push(10),
                'v' => bytes.push(11),
                'f' => bytes.push(12),
                'r' => bytes.push(13),
                other => bytes.push(other as u8),
            },
            char => bytes.extend(char.to_string().bytes()),
        }
    }
    panic!("a string without an end")
}
