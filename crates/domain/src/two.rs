//! Two-digit codes: AA, DD and II of a certificate number (domain.md 2.1).

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::text::{fold_char, is_space};

/// A two-digit code, `00` to `99`. What it means is data an administrator edits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Two([u8; 2]);

/// The text is not two digits; it holds the text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}”不是两位数字代码，请填写00至99的两位数字，不足两位的前面补0")]
pub struct TwoError(pub String);

impl Two {
    /// The two digits.
    pub fn as_str(&self) -> &str {
        str::from_utf8(&self.0).expect("a code holds two ASCII digits only")
    }
}

impl FromStr for Two {
    type Err = TwoError;

    fn from_str(text: &str) -> Result<Two, TwoError> {
        let refuse = || TwoError(text.chars().take(20).collect());
        let mut digits = text.trim_matches(is_space).chars().map(fold_char);
        let mut next = || {
            let digit = digits.next().filter(char::is_ascii_digit);
            digit.and_then(|c| u8::try_from(c).ok())
        };
        let (Some(tens), Some(ones)) = (next(), next()) else { return Err(refuse()) };
        if digits.next().is_some() { Err(refuse()) } else { Ok(Two([tens, ones])) }
    }
}

impl TryFrom<String> for Two {
    type Error = TwoError;

    fn try_from(text: String) -> Result<Two, TwoError> {
        text.parse()
    }
}

impl From<Two> for String {
    fn from(two: Two) -> String {
        two.as_str().to_owned()
    }
}

impl fmt::Display for Two {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Two {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Two({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_two_digits_are_a_code() {
        assert_eq!("06".parse::<Two>().unwrap().as_str(), "06");
        assert_eq!(" ０６ ".parse::<Two>().unwrap().as_str(), "06");
        for bad in ["", "6", "006", "0a", "六", "1-"] {
            assert_eq!(bad.parse::<Two>(), Err(TwoError(bad.to_owned())));
        }
    }

    #[test]
    fn json_is_a_string_that_keeps_its_zero() {
        let two: Two = "00".parse().unwrap();
        assert_eq!(serde_json::to_string(&two).unwrap(), "\"00\"");
        assert_eq!(serde_json::from_str::<Two>("\"00\"").unwrap(), two);
        assert!(serde_json::from_str::<Two>("\"0\"").is_err());
    }
}
