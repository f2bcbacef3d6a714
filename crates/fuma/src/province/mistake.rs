//! The mistakes that people make when they type a case (domain.md 3.6), and how an officer puts them right: with the answer
//! before him, value by value from the paper file.

use super::deed::Deed;
use domain::Field as F;
use serde_json::{Value, json};

/// One mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Mistake {
    /// The last character of the USCC is another.
    UsccCheck,
    /// The USCC went through a spreadsheet and came out as a number.
    UsccScientific,
    /// A day that no calendar has.
    ImpossibleDay,
    /// A field that must be there is not.
    Missing,
    /// The number of another province.
    ForeignNumber,
    /// 有效期至 is five years off, not six: coded with a warning, and corrected by an act of its own.
    FiveYears,
    /// The same case is reported twice.
    Twice,
}

impl Mistake {
    /// All of them.
    pub const ALL: [Mistake; 7] = [
        Mistake::UsccCheck,
        Mistake::UsccScientific,
        Mistake::ImpossibleDay,
        Mistake::Missing,
        Mistake::ForeignNumber,
        Mistake::FiveYears,
        Mistake::Twice,
    ];

    /// The words people read.
    pub fn label(self) -> &'static str {
        match self {
            Mistake::UsccCheck => "统一社会信用代码校验位错误",
            Mistake::UsccScientific => "统一社会信用代码成为科学计数法",
            Mistake::ImpossibleDay => "不存在的日期",
            Mistake::Missing => "必填项缺失",
            Mistake::ForeignNumber => "编号属于其他省",
            Mistake::FiveYears => "有效期不是六年",
            Mistake::Twice => "同一案件重复报送",
        }
    }

    /// The word in the document.
    pub fn key(self) -> &'static str {
        match self {
            Mistake::UsccCheck => "uscc_check",
            Mistake::UsccScientific => "uscc_scientific",
            Mistake::ImpossibleDay => "impossible_day",
            Mistake::Missing => "missing",
            Mistake::ForeignNumber => "foreign_number",
            Mistake::FiveYears => "five_years",
            Mistake::Twice => "twice",
        }
    }

    /// The mistakes that can be made with a deed.
    pub fn of(deed: Deed) -> &'static [Mistake] {
        match deed {
            Deed::Grant => &Mistake::ALL,
            Deed::Renew => &[
                Mistake::UsccCheck,
                Mistake::UsccScientific,
                Mistake::ImpossibleDay,
                Mistake::Missing,
                Mistake::ForeignNumber,
            ],
            Deed::Extend | Deed::Standard | Deed::Rename | Deed::Correct => {
                &[Mistake::ImpossibleDay, Mistake::Missing]
            }
            Deed::Revoke | Deed::Cancel | Deed::Again => &[],
        }
    }

    /// Makes the mistake in an item. `n` says which of several fields it hits.
    pub fn make(self, item: &mut Value, n: u64) {
        let certificate = &mut item["certificate"];
        // A body that is not independent has the code of its parent.
        let code = if certificate[F::Uscc.key()].is_string() { F::Uscc } else { F::ParentUscc };
        match self {
            Mistake::UsccCheck => {
                let text = certificate[code.key()].as_str().unwrap_or_default();
                let last = if text.ends_with('8') { '9' } else { '8' };
                certificate[code.key()] = json!(format!("{}{last}", &text[..text.len().saturating_sub(1)]));
            }
            Mistake::UsccScientific => certificate[code.key()] = json!("9.16101E+17"),
            Mistake::ImpossibleDay => certificate[F::DecisionDay.key()] = json!("2026-02-30"),
            Mistake::Missing => leave_out(certificate, n),
            Mistake::ForeignNumber => {
                let word = |field: F| certificate[field.key()].as_str().unwrap_or_default();
                // Guangdong's code where the case is not Guangdong's, else Beijing's: both are in the table.
                let other = if word(F::Division).starts_with("44") { "01" } else { "19" };
                let year = &word(F::IssuedOn)[2..4];
                let number =
                    format!("{year}{other}{}{}{:04}", word(F::Domain), word(F::Industry), n % 9_999 + 1);
                certificate[F::Number.key()] = json!(number);
            }
            // These are cases of their own.
            Mistake::FiveYears | Mistake::Twice => {}
        }
    }
}

/// Takes a field away that must be there; of a change only what every act must say.
fn leave_out(certificate: &mut Value, n: u64) {
    let is = |field: F| certificate[field.key()].is_string();
    let fields: &[F] = match (is(F::Domain), is(F::Reason)) {
        (true, _) => {
            &[F::Department, F::Address, F::LegalKind, F::DecisionNumber, F::Procedure, F::ValidFrom]
        }
        // A correction stands under the decision that is there.
        (false, true) => &[F::Reason],
        (false, false) => &[F::Procedure, F::DecisionNumber, F::DecisionDay],
    };
    if let Some(members) = certificate.as_object_mut() {
        members.remove(fields[(n % fields.len() as u64) as usize].key());
    }
}

/// What an officer sends after an answer: the item with every value that the answer names as wrong taken from the right
/// one. Values nobody named stay as they were typed.
pub fn mended(wrong: &Value, right: &Value, problems: &Value) -> Value {
    let mut item = wrong.clone();
    let all = problems.as_array().map(Vec::as_slice).unwrap_or_default();
    for problem in all.iter().filter(|it| it["severity"] == "error") {
        let pointer = problem["pointer"].as_str().unwrap_or_default();
        let Some((parent, key)) = pointer.rsplit_once('/').filter(|(_, key)| !key.is_empty()) else {
            continue;
        };
        let Some(Value::Object(members)) = item.pointer_mut(parent) else { continue };
        match right.pointer(pointer) {
            Some(value) => drop(members.insert(key.to_owned(), value.clone())),
            None => drop(members.remove(key)),
        }
    }
    item
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_answer_names_is_mended() {
        let right =
            json!({ "certificate": { "uscc": "A", "department": "无" }, "sites": [{ "name": "甲" }] });
        let wrong = json!({ "certificate": { "uscc": "B", "number": "1" }, "sites": [{ "name": "乙" }] });
        let problem = |severity: &str, pointer: &str| json!({ "severity": severity, "pointer": pointer });
        let told = json!([
            problem("error", "/certificate/number"),
            problem("error", "/certificate/department"),
            problem("warning", "/certificate/uscc"),
            problem("error", "/sites/0/name"),
            problem("error", ""),
        ]);
        let sent = json!({ "certificate": { "uscc": "B", "department": "无" }, "sites": [{ "name": "甲" }] });
        assert_eq!(mended(&wrong, &right, &told), sent);
    }
}
