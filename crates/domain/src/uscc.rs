//! The two codes of an organisation: 统一社会信用代码 (GB 32100-2015) and the 组织机构代码 inside it (GB 11714).
//!
//! Facts and vectors: domain.md 4. The place of registration in a code says nothing about who certifies.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::text::{fold_char, is_space, shown};

/// Characters of a USCC.
const LENGTH: usize = 18;
/// GB 32100 table 2: 31 characters, without I, O, S, V, Z.
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
/// GB 11714: digits, then all letters.
const ORG_ALPHABET: &[u8; 36] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
/// GB 11714 weights of the eight characters before the check character.
const ORG_WEIGHTS: [usize; 8] = [3, 7, 9, 10, 5, 8, 4, 2];

/// 统一社会信用代码: 18 characters whose check character fits (GB 32100-2015).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Uscc([u8; LENGTH]);

/// Why a text is not a USCC. Positions count from 1, spaces aside.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UsccError {
    /// Not 18 characters.
    #[error("统一社会信用代码应为18位，现为{got}位，请对照营业执照或登记证书补全后重新填写")]
    Length {
        /// Characters found.
        got: usize,
    },
    /// A character outside the alphabet.
    #[error(
        "统一社会信用代码第{at}位{}不合规（只用数字和大写字母，不用I、O、S、V、Z），请核对，注意数字0、1、2、5与字母的区别",
        shown(*.found)
    )]
    Letter {
        /// Position from 1.
        at: usize,
        /// The character.
        found: char,
    },
    /// All characters are possible, but the check character does not fit the others.
    #[error(
        "统一社会信用代码校验不通过（按前17位计算，第18位应为“{expected}”），请对照营业执照或登记证书逐位核对"
    )]
    Check {
        /// The check character of the first 17.
        expected: char,
    },
    /// A spreadsheet kept the code as a number and lost its last digits.
    #[error(
        "统一社会信用代码“{0}”已被表格软件当作数字而丢失末几位，请将该列设为“文本”格式后重新填写18位代码"
    )]
    Scientific(String),
}

impl Uscc {
    /// Reads a USCC; case, width and spaces are folded.
    ///
    /// # Errors
    /// Says which position is wrong, or that a spreadsheet spoilt the value.
    pub fn parse(text: &str) -> Result<Uscc, UsccError> {
        let letters: [char; LENGTH] = folded(text).map_err(|got| {
            let short: String = text.trim_matches(is_space).chars().take(40).map(fold_char).collect();
            if is_float(&short) { UsccError::Scientific(short) } else { UsccError::Length { got } }
        })?;
        let mut code = [0; LENGTH];
        let mut values = [0; LENGTH];
        for (i, &found) in letters.iter().enumerate() {
            values[i] = value_in(ALPHABET, found).ok_or(UsccError::Letter { at: i + 1, found })?;
            code[i] = ALPHABET[values[i]];
        }
        let expected = check_value(&values);
        if values[LENGTH - 1] == expected {
            return Ok(Uscc(code));
        }
        // A double holds 15 digits; a spreadsheet fills the rest of 18 with zeros.
        if code.iter().all(u8::is_ascii_digit) && code.ends_with(b"000") {
            return Err(UsccError::Scientific(letters.iter().collect()));
        }
        Err(UsccError::Check { expected: char::from(ALPHABET[expected]) })
    }

    /// The 18 characters.
    pub fn as_str(&self) -> &str {
        ascii(&self.0)
    }

    /// Whether characters 9 to 17 are an organisation code whose own check fits. Only a warning if not: GB 32100 does
    /// not demand it of every registering authority.
    pub fn inner_org_code_ok(&self) -> bool {
        self.org_code().is_some()
    }

    /// Characters 3 to 8: division of the registering authority (GB/T 2260), not necessarily of the body.
    pub fn division(&self) -> &str {
        &self.as_str()[2..8]
    }

    /// Characters 9 to 17 as an organisation code; none if its own check fails.
    pub fn org_code(&self) -> Option<OrgCode> {
        OrgCode::parse(&self.as_str()[8..17]).ok()
    }
}

/// The codes from which a text that is none comes by one slip of the hand: one character exchanged, left out, doubled or
/// put in, or two neighbours swapped. Empty if the text is a code, or more than one slip away from every code: the check
/// character leaves few to choose from, and two right codes are never one slip apart.
pub fn uscc_slips(text: &str) -> Vec<Uscc> {
    let mut letters = Vec::with_capacity(LENGTH + 2);
    for c in text.chars().map(fold_char).filter(|&c| !is_space(c)).take(LENGTH + 2) {
        // A character that no code has is one that was exchanged: any stands for it.
        letters.push(value_in(ALPHABET, c.to_ascii_uppercase()).unwrap_or(ALPHABET.len()));
    }
    let mut tried: Vec<Vec<usize>> = Vec::new();
    match letters.len() {
        18 if fits(&letters).is_some() => {}
        18 => {
            tried.extend((0..LENGTH).flat_map(|at| exchanged(&letters, at)));
            tried.extend((1..LENGTH).map(|at| {
                let mut swapped = letters.clone();
                swapped.swap(at - 1, at);
                swapped
            }));
        }
        17 => tried.extend((0..LENGTH).flat_map(|at| {
            let mut longer = letters.clone();
            longer.insert(at, 0);
            exchanged(&longer, at)
        })),
        19 => tried.extend((0..=LENGTH).map(|at| {
            let mut shorter = letters.clone();
            shorter.remove(at);
            shorter
        })),
        _ => {}
    }
    let mut out: Vec<Uscc> = tried.iter().filter_map(|letters| fits(letters)).collect();
    out.sort_unstable();
    out.dedup();
    out
}

/// The letters with every other value at one place.
fn exchanged(letters: &[usize], at: usize) -> Vec<Vec<usize>> {
    let with = |value| {
        let mut other = letters.to_vec();
        other[at] = value;
        other
    };
    (0..ALPHABET.len()).map(with).collect()
}

/// The code that these values are, if they are one.
fn fits(letters: &[usize]) -> Option<Uscc> {
    let values: [usize; LENGTH] = letters.try_into().ok()?;
    let known = values.iter().all(|value| *value < ALPHABET.len());
    (known && values[LENGTH - 1] == check_value(&values)).then(|| Uscc(values.map(|value| ALPHABET[value])))
}

/// GB 32100 4.4: (31 − Σ value·3^(i−1) mod 31) mod 31 over the first 17 characters.
fn check_value(values: &[usize; LENGTH]) -> usize {
    let mut weight = 1;
    let mut sum = 0;
    for value in &values[..LENGTH - 1] {
        sum += value * weight;
        weight = weight * 3 % 31;
    }
    (31 - sum % 31) % 31
}

/// 组织机构代码: 8 characters and their check character (GB 11714); the legacy key of old institutions.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct OrgCode([u8; 9]);

/// Why a text is not an organisation code. Positions count from 1, spaces and dash aside.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OrgCodeError {
    /// Not 9 characters.
    #[error("组织机构代码应为9位（可在第8位后加“-”），现为{got}位，请对照组织机构代码证补全后重新填写")]
    Length {
        /// Characters found.
        got: usize,
    },
    /// Neither digit nor capital letter.
    #[error("组织机构代码第{at}位{}不合规，只能使用数字和大写字母，请核对后重新填写", shown(*.found))]
    Letter {
        /// Position from 1.
        at: usize,
        /// The character.
        found: char,
    },
    /// The check character does not fit the others.
    #[error("组织机构代码校验不通过（按前8位计算，第9位应为“{expected}”），请对照组织机构代码证逐位核对")]
    Check {
        /// The check character of the first 8.
        expected: char,
    },
}

impl OrgCode {
    /// Reads an organisation code with or without its dash; case, width and spaces are folded.
    ///
    /// # Errors
    /// Says which position is wrong.
    pub fn parse(text: &str) -> Result<OrgCode, OrgCodeError> {
        let letters: [char; 9] =
            folded_where(text, |c| c != '-').map_err(|got| OrgCodeError::Length { got })?;
        let mut code = [0; 9];
        let mut sum = 0;
        for (i, &found) in letters.iter().enumerate() {
            let value = value_in(ORG_ALPHABET, found).ok_or(OrgCodeError::Letter { at: i + 1, found })?;
            code[i] = ORG_ALPHABET[value];
            sum += ORG_WEIGHTS.get(i).map_or(0, |weight| weight * value);
        }
        // 11 − remainder: 10 is written X, 11 is written 0.
        let expected = b"0X987654321"[sum % 11];
        if code[8] == expected {
            Ok(OrgCode(code))
        } else {
            Err(OrgCodeError::Check { expected: char::from(expected) })
        }
    }

    /// The nine characters without dash.
    pub fn as_str(&self) -> &str {
        ascii(&self.0)
    }
}

fn ascii(code: &[u8]) -> &str {
    str::from_utf8(code).expect("a checked code holds ASCII letters and digits only")
}

fn value_in(alphabet: &[u8], c: char) -> Option<usize> {
    let byte = u8::try_from(c).ok()?;
    alphabet.iter().position(|&letter| letter == byte)
}

fn folded<const N: usize>(text: &str) -> Result<[char; N], usize> {
    folded_where(text, |_| true)
}

/// The characters without spaces, folded; or how many there are, if not N.
fn folded_where<const N: usize>(text: &str, keep: impl Fn(char) -> bool) -> Result<[char; N], usize> {
    let mut letters = ['\0'; N];
    let mut got = 0;
    for c in text.chars().map(fold_char).filter(|&c| !is_space(c) && keep(c)) {
        if let Some(letter) = letters.get_mut(got) {
            *letter = c.to_ascii_uppercase();
        }
        got += 1;
    }
    if got == N { Ok(letters) } else { Err(got) }
}

/// `9.15E+17`, `915001080000000000.0`: text that only a floating-point number is written as.
fn is_float(text: &str) -> bool {
    let numeric = text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'+' | b'E' | b'e'));
    let pointed = text.contains(['.', 'e', 'E']);
    numeric && pointed && text.parse::<f64>().is_ok_and(|value| value >= 1e15)
}

impl FromStr for Uscc {
    type Err = UsccError;

    fn from_str(text: &str) -> Result<Uscc, UsccError> {
        Uscc::parse(text)
    }
}

impl FromStr for OrgCode {
    type Err = OrgCodeError;

    fn from_str(text: &str) -> Result<OrgCode, OrgCodeError> {
        OrgCode::parse(text)
    }
}

impl TryFrom<String> for Uscc {
    type Error = UsccError;

    fn try_from(text: String) -> Result<Uscc, UsccError> {
        Uscc::parse(&text)
    }
}

impl TryFrom<String> for OrgCode {
    type Error = OrgCodeError;

    fn try_from(text: String) -> Result<OrgCode, OrgCodeError> {
        OrgCode::parse(&text)
    }
}

impl From<Uscc> for String {
    fn from(uscc: Uscc) -> String {
        uscc.as_str().to_owned()
    }
}

impl From<OrgCode> for String {
    fn from(code: OrgCode) -> String {
        code.as_str().to_owned()
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
        write!(f, "Uscc({self})")
    }
}

impl fmt::Debug for OrgCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OrgCode({self})")
    }
}

#[cfg(test)]
#[path = "uscc_tests.rs"]
mod tests;
