//! The certificate number (证书编号).
use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A certificate number in its normal form.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Number(Box<str>);
/// Modern 12 digits or a legacy form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NumberKind {
    /// 12 digits.
    Modern,
    /// Anything else, kept as received.
    Legacy,
}
/// The parts of a modern number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NumberParts {
    /// Year of issue, 2000 + YY.
    pub year: u16,
    /// AA.
    pub authority: Two,
    /// DD.
    pub domain: Two,
    /// II.
    pub industry: Two,
    /// SSSS, from 1.
    pub serial: u16,
}
/// A two-digit code.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Two([u8; 2]);
/// Not two digits.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}”不是两位数字代码，请填写00至99的两位数字")]
pub struct TwoError(pub String);
/// Why a text is not one certificate number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    /// Nothing there.
    #[error("证书编号为空")]
    Empty,
    /// Longer than 30 characters.
    #[error("证书编号超过30个字符")]
    TooLong {
        /// Characters found.
        got: usize,
    },
    /// Several numbers in one cell.
    #[error("一格中有多个证书编号")]
    Several(Vec<Number>),
    /// A control or invisible character.
    #[error("证书编号含不可见字符")]
    Control {
        /// Position from 1.
        at: usize,
        /// The character.
        found: char,
    },
    /// Scientific notation that lost digits.
    #[error("证书编号丢失位数")]
    Scientific(String),
    /// Serial 0000.
    #[error("流水号为0000")]
    SerialZero(String),
    /// compose: year outside 2000..=2099.
    #[error("年份")]
    Year(u16),
    /// compose: serial outside 1..=9999.
    #[error("流水号")]
    Serial(u16),
}
impl Number {
    /// Reads one number.
    pub fn parse(_text: &str) -> Result<Number, NumberError> {
        unimplemented!()
    }
    /// Builds a modern number.
    pub fn compose(
        _year: u16,
        _authority: Two,
        _domain: Two,
        _industry: Two,
        _serial: u16,
    ) -> Result<Number, NumberError> {
        unimplemented!()
    }
    /// Modern or legacy.
    pub fn kind(&self) -> NumberKind {
        unimplemented!()
    }
    /// The parts of a modern number.
    pub fn parts(&self) -> Option<NumberParts> {
        unimplemented!()
    }
    /// "2300 2034 9767"; a legacy number as it is.
    pub fn grouped(&self) -> String {
        unimplemented!()
    }
    /// The normal form.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}
impl FromStr for Number {
    type Err = NumberError;
    fn from_str(s: &str) -> Result<Number, NumberError> {
        Number::parse(s)
    }
}
impl TryFrom<String> for Number {
    type Error = NumberError;
    fn try_from(s: String) -> Result<Number, NumberError> {
        Number::parse(&s)
    }
}
impl From<Number> for String {
    fn from(n: Number) -> String {
        n.0.into()
    }
}
impl Two {
    /// Two digits as text.
    pub fn as_str(&self) -> &str {
        unimplemented!()
    }
    /// 0..=99.
    pub fn value(self) -> u8 {
        unimplemented!()
    }
}
impl FromStr for Two {
    type Err = TwoError;
    fn from_str(_s: &str) -> Result<Two, TwoError> {
        unimplemented!()
    }
}
impl TryFrom<String> for Two {
    type Error = TwoError;
    fn try_from(s: String) -> Result<Two, TwoError> {
        s.parse()
    }
}
impl From<Two> for String {
    fn from(t: Two) -> String {
        t.as_str().to_owned()
    }
}
impl fmt::Display for Two {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
impl fmt::Debug for Two {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
