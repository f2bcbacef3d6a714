//! What a door hands to the funnel: cells with their places, not yet judged.

use crate::{Field, Group, visible};

/// One cell as the door read it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Raw<'a> {
    /// Text, untouched.
    Text(&'a str),
    /// A number; `shown` is how the file displays it (1.10), where the file tells.
    Number {
        /// The value.
        value: f64,
        /// The text the file's format gives it, or empty.
        shown: &'a str,
    },
    /// A day the file marks as one.
    Day(crate::Day),
    /// A formula or an error value: nothing to read.
    Unreadable(&'a str),
}

/// Characters of a cell that a problem repeats.
const SHOWN: usize = 60;

impl Raw<'_> {
    /// The cell as a list of problems shows it: shortened, and nothing in it hidden ([`visible`]).
    pub fn shown(self) -> String {
        let text = match self {
            Raw::Text(text) => text.to_owned(),
            Raw::Number { shown: "", value } => format!("{value}"),
            Raw::Number { shown, .. } => shown.to_owned(),
            Raw::Day(day) => day.to_string(),
            Raw::Unreadable(what) => what.to_owned(),
        };
        match text.char_indices().nth(SHOWN) {
            Some((at, _)) => format!("{}…", visible(&text[..at])),
            None => visible(&text).into_owned(),
        }
    }
}

/// One row of one sheet, form section or JSON array.
#[derive(Clone, Debug, Default)]
pub struct RawRow<'a> {
    /// 1-based row in its sheet, or index in its section.
    pub row: u32,
    /// The cells that are not empty: field, 0-based column, value.
    pub cells: Vec<(Field, u16, Raw<'a>)>,
}

impl<'a> RawRow<'a> {
    /// The cell of a field, if not empty.
    pub fn get(&self, field: Field) -> Option<(u16, Raw<'a>)> {
        self.cells.iter().find(|(f, _, _)| *f == field).map(|(_, column, raw)| (*column, *raw))
    }
}

/// Everything one door says of one certificate.
#[derive(Clone, Debug, Default)]
pub struct RawCertificate<'a> {
    /// The row of sheet 证书.
    pub head: RawRow<'a>,
    /// Rows of 场所.
    pub sites: Vec<RawRow<'a>>,
    /// Rows of 检测能力, in the order of the annex.
    pub capabilities: Vec<RawRow<'a>>,
    /// Rows of 授权签字人.
    pub signatories: Vec<RawRow<'a>>,
    /// Rows of 仪器设备.
    pub instruments: Vec<RawRow<'a>>,
    /// Rows of 人员.
    pub staff: Vec<RawRow<'a>>,
    /// Groups the door did not carry at all: on a change, these stay as they are.
    pub absent: Vec<Group>,
}

impl<'a> RawCertificate<'a> {
    /// The rows of a group; the head is the one row of [`Group::Certificate`].
    pub fn rows(&self, group: Group) -> &[RawRow<'a>] {
        match group {
            Group::Certificate => std::slice::from_ref(&self.head),
            Group::Site => &self.sites,
            Group::Capability => &self.capabilities,
            Group::Signatory => &self.signatories,
            Group::Instrument => &self.instruments,
            Group::Staff => &self.staff,
        }
    }
}
