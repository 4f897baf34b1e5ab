//! The committed reference trees are what they say they are: QEMU's are what QEMU hands over, ours are what their sources
//! say, and the Raspberry Pis' differ from mainline Linux' only where a list says why, or from older firmware's in nothing that
//! is a fact.

mod mainline;
mod meaning;
mod older;
mod qemu;
mod sources;
