//! The code tables: data that an administrator edits, handed to the rules as a value.

use crate::{Day, Division, Two};
use std::collections::HashMap;

/// Key of an authority: its row in the register.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct AuthorityId(pub i64);

/// 级别.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// 国家级: issues with code 00 and reads all.
    National,
    /// 省级, XPCC included.
    Provincial,
}

/// 发证机关, as the rules need it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authority {
    /// Its key.
    pub id: AuthorityId,
    /// Full name.
    pub name: String,
    /// Short name, such as 陕西.
    pub short_name: String,
    /// Level.
    pub level: Level,
    /// First two digits of its area (GB/T 2260); empty for the national one.
    pub area: String,
}

/// A two-digit code of an authority, many to many, with the days from and to which it is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorityCode {
    /// Whose.
    pub authority: AuthorityId,
    /// AA.
    pub code: Two,
    /// First day of use; none: always.
    pub from: Option<Day>,
    /// Last day of use; none: still.
    pub to: Option<Day>,
}

/// All tables at one moment.
#[derive(Clone, Debug, Default)]
pub struct Tables {
    /// Authorities.
    pub authorities: Vec<Authority>,
    /// Their codes.
    pub authority_codes: Vec<AuthorityCode>,
    /// 专业领域.
    pub domains: HashMap<Two, String>,
    /// 行业主管部门.
    pub industries: HashMap<Two, String>,
    /// 行政区划.
    pub divisions: HashMap<Division, String>,
}

impl Tables {
    /// The authority of a key.
    pub fn authority(&self, id: AuthorityId) -> Option<&Authority> {
        self.authorities.iter().find(|a| a.id == id)
    }

    /// The authorities that may use a code on a day; a number without a known day passes `None`.
    pub fn holders(&self, code: Two, on: Option<Day>) -> impl Iterator<Item = AuthorityId> {
        self.authority_codes
            .iter()
            .filter(move |c| c.code == code)
            .filter(move |c| {
                on.is_none_or(|day| c.from.is_none_or(|from| from <= day) && c.to.is_none_or(|to| day <= to))
            })
            .map(|c| c.authority)
    }

    /// The code an authority numbers with on a day: the first of those it holds.
    pub fn code_of(&self, authority: AuthorityId, on: Day) -> Option<Two> {
        let held = |c: &&AuthorityCode| {
            c.authority == authority && c.from.is_none_or(|from| from <= on) && c.to.is_none_or(|to| on <= to)
        };
        self.authority_codes.iter().filter(held).map(|c| c.code).min()
    }

    /// The full name of a division, province first: 陕西省西安市雁塔区.
    pub fn division_name(&self, division: Division) -> String {
        let digits = division.as_str();
        let mut name = String::new();
        for (prefix, zeros) in [(2, "0000"), (4, "00"), (6, "")] {
            let code = format!("{}{zeros}", &digits[..prefix]);
            let here = Division::parse(&code).and_then(|d| self.divisions.get(&d));
            if let Some(part) = here.filter(|part| !name.ends_with(part.as_str())) {
                name.push_str(part);
            }
        }
        name
    }
}
