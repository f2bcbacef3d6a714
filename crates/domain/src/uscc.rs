//! Unified social credit codes.
use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// 统一社会信用代码, GB 32100-2015, checked.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Uscc([u8; 18]);
/// Why a text is not a USCC.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UsccError {
    /// Not 18 characters.
    #[error("统一社会信用代码应为18位")]
    Length {
        /// Characters found.
        got: usize,
    },
    /// Not a letter of the alphabet.
    #[error("第{at}位")]
    Letter {
        /// Position from 1.
        at: usize,
        /// The character.
        found: char,
    },
    /// Wrong check character.
    #[error("校验码")]
    Check {
        /// What it would be.
        expected: char,
    },
    /// A number that lost digits.
    #[error("科学计数法")]
    Scientific(String),
}
/// 组织机构代码, GB 11714, nine characters, checked.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct OrgCode([u8; 9]);
/// Why a text is not an organisation code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OrgCodeError {
    /// Not 9 characters.
    #[error("组织机构代码应为9位")]
    Length {
        /// Characters found.
        got: usize,
    },
    /// Not a letter of the alphabet.
    #[error("第{at}位")]
    Letter {
        /// Position from 1.
        at: usize,
        /// The character.
        found: char,
    },
    /// Wrong check character.
    #[error("校验码")]
    Check {
        /// What it would be.
        expected: char,
    },
}
impl Uscc {
    /// Reads a USCC.
    pub fn parse(_text: &str) -> Result<Uscc, UsccError> {
        unimplemented!()
    }
    /// The 18 characters.
    pub fn as_str(&self) -> &str {
        unimplemented!()
    }
    /// Whether the GB 11714 check inside holds; only a warning if not.
    pub fn inner_org_code_ok(&self) -> bool {
        self.org_code().is_some()
    }
    /// Characters 3-8.
    pub fn division(&self) -> &str {
        unimplemented!()
    }
    /// Characters 9-17; None if its own check fails.
    pub fn org_code(&self) -> Option<OrgCode> {
        unimplemented!()
    }
}
impl OrgCode {
    /// Reads an organisation code, with or without dash.
    pub fn parse(_text: &str) -> Result<OrgCode, OrgCodeError> {
        unimplemented!()
    }
    /// The nine characters.
    pub fn as_str(&self) -> &str {
        unimplemented!()
    }
}
impl FromStr for Uscc {
    type Err = UsccError;
    fn from_str(s: &str) -> Result<Uscc, UsccError> {
        Uscc::parse(s)
    }
}
impl FromStr for OrgCode {
    type Err = OrgCodeError;
    fn from_str(s: &str) -> Result<OrgCode, OrgCodeError> {
        OrgCode::parse(s)
    }
}
impl TryFrom<String> for Uscc {
    type Error = UsccError;
    fn try_from(s: String) -> Result<Uscc, UsccError> {
        Uscc::parse(&s)
    }
}
impl TryFrom<String> for OrgCode {
    type Error = OrgCodeError;
    fn try_from(s: String) -> Result<OrgCode, OrgCodeError> {
        OrgCode::parse(&s)
    }
}
impl From<Uscc> for String {
    fn from(u: Uscc) -> String {
        u.as_str().to_owned()
    }
}
impl From<OrgCode> for String {
    fn from(u: OrgCode) -> String {
        u.as_str().to_owned()
    }
}
impl fmt::Display for Uscc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
impl fmt::Display for OrgCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
impl fmt::Debug for Uscc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Uscc({})", self.as_str())
    }
}
impl fmt::Debug for OrgCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OrgCode({})", self.as_str())
    }
}
