//! Standard numbers.

/// One standard number taken apart.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct StandardNumber {
    /// "GB/T 5750.6".
    pub family: String,
    /// 2023.
    pub year: Option<u16>,
    /// What follows the year after "/".
    pub clause: Option<String>,
}
/// A combined cell taken apart; no letter or digit of the cell is lost.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct StandardText {
    /// Name of the standard.
    pub name: String,
    /// Number with year; several joined by "；".
    pub number: String,
    /// Clause or method.
    pub clause: String,
}
impl StandardNumber {
    /// "GB/T5750.6-2023".
    pub fn exact_key(&self) -> String {
        unimplemented!()
    }
    /// "GB5750.6".
    pub fn hint_key(&self) -> String {
        unimplemented!()
    }
}
/// The first standard number in a text.
pub fn normalise_standard(_text: &str) -> Option<StandardNumber> {
    unimplemented!()
}
/// Every standard number in a text, in order.
pub fn standard_numbers(_text: &str) -> Vec<StandardNumber> {
    unimplemented!()
}
/// Splits a combined cell.
pub fn split_standard_text(_text: &str) -> StandardText {
    unimplemented!()
}
