//! What differs between two boards, two trees, or a board and a tree, in what it means.
//!
//! - [`pair`] finds the node of one tree that is a node of the other: by path, then alias, then kind.
//! - [`node`] compares the two: what a device is, whether it is enabled, where its registers are, its lines and clocks,
//!   then every property that is left.
//! - [`reservation`] compares the memory that the blobs' headers reserve.
//! - [`sharing`] looks for interrupt lines that more than one device uses, [`settings`] at what board files decide.
//! - [`show`] is for people, [`json`] for programs: an object a line.
//!
//! How a value is written isn't what it means: cells, `ranges` and phandles may differ as they like. Values that change
//! with every boot or every board of a kind are left out: see [`volatile`].

mod node;
mod pair;
mod reservation;
mod settings;
mod sharing;
mod show;
mod volatile;

use hardware::board::Board;
use hardware::tree::Tree;
use serde::Serialize;

pub use show::text;

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// What kind of difference.
    pub kind: Kind,
    /// The node's path, or the board file's key; in the first tree where it is in both.
    pub node: String,
    /// What people call the node: its alias, else its path.
    #[serde(skip)]
    pub name: String,
    /// What of it: `window[0]`, `interrupt[1]`, a property's name.
    pub item: Option<String>,
    /// In the first; `null` where it isn't there.
    pub from: Option<String>,
    /// In the second.
    pub to: Option<String>,
}

/// Kinds of differences.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A node that only the second has.
    Added,
    /// A node that only the first has.
    Removed,
    /// A node at another path.
    Moved,
    /// What the node is.
    Compatible,
    /// Whether it may be used.
    Status,
    /// A register window, CPU-physical.
    Window,
    /// An interrupt line.
    Interrupt,
    /// A clock's rate.
    Clock,
    /// Any other property.
    Property,
    /// Memory that the blob's header reserves.
    Reservation,
    /// The devices on one interrupt line.
    Sharing,
    /// What a board file decides.
    Setting,
}

/// What differs between two trees.
pub fn trees(first: &Tree<'_>, second: &Tree<'_>) -> Vec<Change> {
    let pairs = pair::Pairs::new(first, second);
    let mut changes = node::differences(&pairs);
    changes.extend(reservation::differences(first, second));
    changes.extend(sharing::differences(first, second));
    changes
}

/// What two board files decide differently.
pub fn boards(first: &Board, second: &Board) -> Vec<Change> {
    settings::differences(first, second)
}

/// The changes for programs.
pub fn json(changes: &[Change]) -> String {
    // Texts always have a JSON form.
    changes.iter().map(|change| serde_json::to_string(change).unwrap_or_default() + "\n").collect()
}
