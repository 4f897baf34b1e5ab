//! A device tree read with its meaning.
