//! The stable codes: each names one rule, has a page in `docs/errors/` and a rejecting and an accepting fixture.
//!
//! `K00` is about files and their notation, `K01` about boards and their trees, `K02` about bindings, `K03` about live
//! trees and logs, `K04` about SVD files. A code never changes its meaning, and a retired one isn't used again.

use std::fmt;

/// A rule's stable name, `K0107`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(&'static str);

impl Code {
    /// `K0107`.
    pub const fn as_str(self) -> &'static str {
        self.0
    }

    /// The page that explains it, relative to the project's root.
    pub fn page(self) -> String {
        format!("docs/errors/{}.md", self.0)
    }

    /// What the page says.
    #[cfg(feature = "cli")]
    pub fn text(self) -> &'static str {
        ALL.iter().position(|code| *code == self).map_or("", |index| TEXTS[index])
    }

    /// The page's heading, `window is smaller than its register map`.
    #[cfg(feature = "cli")]
    pub fn title(self) -> &'static str {
        let heading = self.text().lines().next().unwrap_or_default();
        heading.split_once(": ").map_or(heading, |(_, title)| title)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $code:literal;)+) => {
        $($(#[doc = $doc])+ pub const $name: Code = Code($code);)+

        /// Every code, in order.
        pub const ALL: &[Code] = &[$($name),+];

        /// The pages' texts in the order of [`ALL`].
        #[cfg(feature = "cli")]
        const TEXTS: &[&str] =
            &[$(include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/errors/", $code, ".md"))),+];
    };
}

codes! {
    /// A file that is named can't be read.
    UNREADABLE_FILE = "K0001";
    /// A file is larger than any board file, binding or device tree can be.
    FILE_TOO_LARGE = "K0002";
    /// A text file isn't UTF-8.
    NOT_UTF8 = "K0003";
    /// The text isn't TOML.
    TOML_SYNTAX = "K0004";
    /// A key or table stands twice.
    DUPLICATE_KEY = "K0005";
    /// A key that nobody reads.
    UNKNOWN_KEY = "K0006";
    /// A key that has to be there isn't.
    MISSING_KEY = "K0007";
    /// A value of another type than its key takes.
    WRONG_TYPE = "K0008";
    /// A word that isn't one of the words its key takes.
    UNKNOWN_WORD = "K0009";
    /// A value of the right type that can't be meant.
    INVALID_VALUE = "K0010";

    /// A blob that isn't a whole, well-formed device tree.
    NOT_A_TREE = "K0101";
    /// A property of the reference tree from which a needed value can't be worked out.
    MEANINGLESS_PROPERTY = "K0102";
    /// A reference to a node that isn't there.
    UNRESOLVED_PHANDLE = "K0103";
    /// A board isn't called as its file is.
    BOARD_NAME = "K0104";
    /// `[verify]` names a fact that the board hasn't.
    UNKNOWN_FACT = "K0105";
    /// Two devices claim the same addresses.
    OVERLAPPING_WINDOWS = "K0106";
    /// A window that ends before its binding's registers do.
    WINDOW_TOO_SMALL = "K0107";
    /// A board for another instruction set, or for one that Keel doesn't know.
    WRONG_ARCH = "K0108";
    /// Devices that wait for each other.
    DEPENDENCY_CYCLE = "K0109";
    /// The reference tree is another machine's.
    FOREIGN_TREE = "K0110";
    /// A console preference that names no console.
    UNKNOWN_CONSOLE = "K0111";
    /// Two devices on one interrupt line.
    SHARED_INTERRUPT = "K0112";
    /// A node that doesn't bring what its binding needs.
    NEED_UNMET = "K0113";
    /// A preset that isn't there.
    UNKNOWN_PRESET = "K0114";
    /// The presets name a driver, command or feature that isn't there.
    UNKNOWN_CHOICE = "K0115";
    /// Nothing can drive a part without which no kernel runs.
    NO_DRIVER = "K0116";
    /// The reference tree names a console that isn't there.
    DANGLING_STDOUT = "K0117";
    /// No board was chosen, or one that isn't there.
    NO_BOARD = "K0118";
    /// Two boards of one image that a live tree couldn't tell apart.
    AMBIGUOUS_BOARDS = "K0119";
    /// A policy without a reason.
    NO_REASON = "K0120";
    /// Two facts that the live tree has one place for.
    FACT_TWICE = "K0121";
    /// A window that starts where its registers can't.
    MISALIGNED_WINDOW = "K0122";
    /// Two CPUs of one affinity.
    AFFINITY_TWICE = "K0123";
    /// A tree with more devices than any machine has.
    TOO_MANY_FACTS = "K0124";
    /// A board's name that can't be a feature's, too.
    BAD_BOARD_NAME = "K0130";
    /// A draft that would take the place of files that are there.
    BOARD_EXISTS = "K0131";
    /// A tree whose root doesn't say what machine it is.
    NO_ROOT_COMPATIBLE = "K0132";

    /// A board that inherits from itself.
    INHERIT_CYCLE = "K0140";
    /// A fix, an override or evidence names a node that the tree hasn't.
    UNKNOWN_NODE = "K0141";
    /// A fix that changes nothing.
    USELESS_FIX = "K0142";
    /// A fix that is only a guess.
    GUESSED_FIX = "K0143";
    /// Two fixes of one property.
    FIXED_TWICE = "K0144";
    /// A fix that doesn't say who says so.
    NO_SOURCE = "K0145";
    /// Evidence that can't be looked for.
    BAD_EVIDENCE = "K0146";
    /// A variant whose own tree doesn't show its evidence.
    EVIDENCE_ABSENT = "K0147";
    /// Evidence that doesn't tell which variant it is.
    AMBIGUOUS_VARIANTS = "K0148";
    /// Two variants of one name.
    VARIANT_TWICE = "K0149";
    /// Choices of a preset that can't be together, or one without what it needs.
    CHOICE_CONFLICT = "K0150";
    /// A preset leaves out a driver that its board can't do without.
    LEFT_OUT = "K0151";

    /// A binding isn't called as its file is.
    BINDING_NAME = "K0201";
    /// A binding without a `compatible`, or with an empty one: no node could be it.
    NO_COMPATIBLE = "K0202";
    /// Two bindings claim one `compatible`.
    COMPATIBLE_TWICE = "K0203";
    /// `needs.window` and `[[window]]` both say what the windows are.
    WINDOW_TWICE = "K0204";
    /// A register or probe without a window, or with one that isn't there.
    UNKNOWN_WINDOW = "K0205";
    /// A name that generated Rust can't have.
    BAD_NAME = "K0206";
    /// Two windows, registers, fields or values of one name.
    NAME_TWICE = "K0207";
    /// A width that no bus access has.
    BAD_WIDTH = "K0208";
    /// Not an access kind, or kinds that don't go together.
    BAD_ACCESS = "K0209";
    /// An array of no registers.
    EMPTY_ARRAY = "K0210";
    /// A stride that is smaller than its register.
    BAD_STRIDE = "K0211";
    /// Not a bit or a range of bits.
    BAD_BITS = "K0212";
    /// An offset or stride that isn't a multiple of the width.
    MISALIGNED = "K0213";
    /// A register past the end of its window.
    OUTSIDE_WINDOW = "K0214";
    /// Two registers that share bytes, and aren't a read-only and a write-only one.
    REGISTERS_OVERLAP = "K0215";
    /// A field past its register's width.
    OUTSIDE_REGISTER = "K0216";
    /// Two fields that share bits.
    FIELDS_OVERLAP = "K0217";
    /// A value that its field, register or mask can't hold.
    VALUE_TOO_LARGE = "K0218";
    /// One value with two names.
    VALUE_TWICE = "K0219";
    /// A probe of a register that isn't there, or that can't be read without an effect.
    BAD_PROBE = "K0220";
    /// A window of no bytes.
    EMPTY_WINDOW = "K0221";

    /// The tree to verify is another machine's.
    FOREIGN_MACHINE = "K0301";
    /// A log without a single row of a ledger.
    NO_LEDGER = "K0302";
    /// A log of another board, or of other tables.
    FOREIGN_LEDGER = "K0303";
    /// A row of a ledger that breaks off.
    TORN_ROW = "K0304";

    /// An SVD file that isn't XML, or whose elements don't say what they have to.
    MALFORMED_SVD = "K0401";
    /// A peripheral that an SVD file hasn't.
    UNKNOWN_PERIPHERAL = "K0402";
    /// A `derivedFrom` that leads nowhere, or in a circle.
    UNRESOLVED_DERIVATION = "K0403";
}

#[cfg(test)]
mod tests {
    use super::ALL;

    #[test]
    fn codes_are_unique_and_in_order() {
        assert!(ALL.windows(2).all(|pair| pair[0] < pair[1]), "{ALL:?}");
    }
}
