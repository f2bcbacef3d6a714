//! What is wrong with an input: where, what, and what to do. An input returns all of them at once.

use crate::{Field, Group};
use serde::Serialize;

/// Whether a problem stops the row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The certificate is not taken.
    Error,
    /// Taken all the same; a person should look.
    Warning,
    /// What was understood out of an unclear cell.
    Notice,
}

impl Severity {
    /// The word for people.
    pub fn label(self) -> &'static str {
        match self {
            Severity::Error => "错误",
            Severity::Warning => "提醒",
            Severity::Notice => "说明",
        }
    }
}

/// Where a problem is. Rows are 1-based as people count them; columns 0-based.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// Which sheet or section.
    pub group: Group,
    /// 1-based row; 0 where the input has none.
    pub row: u32,
    /// 0-based column; `None` where the input has none (form, interface) or the whole row is meant.
    pub column: Option<u16>,
    /// The field, where it is about one.
    pub field: Option<Field>,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// How grave.
    pub severity: Severity,
    /// Where.
    pub place: Place,
    /// Stable word for machines, such as `uscc_check`.
    pub code: &'static str,
    /// The value as [`crate::Raw::shown`] gives it, at most 60 characters of it; empty for personal fields.
    pub value: String,
    /// What is wrong, in Chinese.
    pub message: String,
    /// What to do, in Chinese.
    pub hint: String,
}

impl Place {
    /// The place of one cell.
    pub fn cell(group: Group, row: u32, column: Option<u16>, field: Field) -> Place {
        Place { group, row, column, field: Some(field) }
    }

    /// The place of a whole row.
    pub fn row(group: Group, row: u32) -> Place {
        Place { group, row, column: None, field: None }
    }

    /// Column in letters, as spreadsheets show it: 0 is A.
    pub fn column_letters(&self) -> String {
        self.column.map(column_letters).unwrap_or_default()
    }
}

/// A 0-based column in letters, as spreadsheets show it: 0 is A.
pub fn column_letters(column: u16) -> String {
    let mut n = u32::from(column) + 1;
    let mut out = Vec::new();
    while n > 0 {
        n -= 1;
        out.push(b'A' + (n % 26) as u8);
        n /= 26;
    }
    out.reverse();
    String::from_utf8_lossy(&out).into_owned()
}

impl Problem {
    /// Whether the certificate cannot be taken because of it.
    pub fn stops(&self) -> bool {
        self.severity == Severity::Error
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_lettered_as_spreadsheets_do() {
        let at =
            |column| Place { group: Group::Site, row: 1, column: Some(column), field: None }.column_letters();
        assert_eq!([at(0), at(25), at(26), at(701), at(702)].join(" "), "A Z AA ZZ AAA");
    }
}
