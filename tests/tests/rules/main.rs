//! The rules of docs/architecture.md that a machine can hold: who may use whom, and what may stand where.

mod addresses;
mod audit;
mod commands;
mod edges;
mod errors;
mod sources;
