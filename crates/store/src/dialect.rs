//! Every difference between the engines.
/// Advisory locks.
#[derive(Debug, Clone, Copy)]
pub enum Lock {
    /// Positions.
    Positions,
}
