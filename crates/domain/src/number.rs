//! The certificate number (证书编号): 12 digits `YY AA DD II SSSS`, or a legacy form (domain.md 2).
//!
//! A number names one certificate for ever, so every spelling of it must reach one normal form here.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{
    text::{TextError, clean, fold_width},
    two::Two,
};

/// Digits of a modern number.
const DIGITS: usize = 12;
/// Approval systems in the field allow legacy numbers of 1 to 30 characters (domain.md 2.2).
const MAX_LEGACY: usize = 30;
/// Longest cell that is searched for several numbers; anything longer is not a number.
const MAX_CELL: usize = 4096;
/// Fewer digits than this before the exponent and the value was rounded: Excel shows six, exact writers at least nine.
const EXACT_MANTISSA: usize = 9;

/// A certificate number in its normal form: 12 digits, or a legacy number as received, with spaces trimmed, full width
/// folded and ASCII letters in upper case.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Number(Box<str>);

/// The two families of numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NumberKind {
    /// 12 digits, the rule since 2015.
    Modern,
    /// Any other form, older or kept by one authority.
    Legacy,
}

/// What the 12 digits of a modern number say. The meaning of the codes is data (domain.md 2.1), not known here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NumberParts {
    /// Year of issue: 2000 + YY.
    pub year: u16,
    /// AA, the code of the issuing authority.
    pub authority: Two,
    /// DD, the professional domain.
    pub domain: Two,
    /// II, the industry.
    pub industry: Two,
    /// SSSS, 1 to 9999.
    pub serial: u16,
}

/// Why a text is not one certificate number, or why one cannot be composed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    /// Nothing there, or only a prefix.
    #[error("证书编号为空，请填写12位证书编号")]
    Empty,
    /// Longer than any number in use.
    #[error("证书编号有{got}个字符，超过{MAX_LEGACY}个字符的上限，请只填写证书编号本身")]
    TooLong {
        /// Characters found.
        got: usize,
    },
    /// Several numbers in one cell, here already split, each in its normal form.
    #[error("一格中有{}个证书编号（{}），请拆成多行，每行填写一个", .0.len(), joined(.0))]
    Several(Vec<Number>),
    /// A character that nobody can see or print.
    #[error("证书编号含有不允许的字符：{0}")]
    Control(#[from] TextError),
    /// A spreadsheet turned the number into scientific notation and lost digits.
    #[error(
        "证书编号“{0}”已被表格软件改成科学计数法并丢失了数字，请将该列设为“文本”格式后重新填写12位证书编号"
    )]
    Scientific(String),
    /// Serials count from 0001 (domain.md 2.1).
    #[error("证书编号{0}的流水号为0000，流水号应从0001开始，请核对后重新填写")]
    SerialZero(String),
    /// No digit in it, such as 无 or a dash.
    #[error("“{0}”不含数字，不是证书编号，请填写12位证书编号；没有编号时请留空")]
    NoDigit(String),
    /// Composing: YY can only say 2000 to 2099.
    #[error("年份{0}不能编入证书编号，证书编号只能表示2000年至2099年")]
    Year(u16),
    /// Composing: SSSS can only say 1 to 9999.
    #[error("流水号{0}不能编入证书编号，流水号应为1至9999")]
    Serial(u16),
}

impl NumberError {
    /// The same for somebody who copies a number off paper: advice for reading, none for filling a form in.
    pub fn public(&self) -> String {
        match self {
            NumberError::Empty => "没有输入证书编号，请照纸面输入。".into(),
            NumberError::TooLong { got } => {
                format!("输入了{got}个字符，证书编号没有这样长，请只输入编号本身。")
            }
            NumberError::Several(all) => format!("输入了{}个证书编号，请一次查一个。", all.len()),
            NumberError::Control(_) => "输入中有看不见的字符，请不要粘贴，照纸面逐位输入。".into(),
            NumberError::Scientific(text) => {
                format!("“{text}”是表格软件改写过的数字，丢失了几位，请照纸面输入证书编号。")
            }
            NumberError::SerialZero(text) => {
                format!("没有编号为{text}的证书（末四位从0001开始），请对照纸面逐位核对。")
            }
            NumberError::NoDigit(text) => format!(
                "“{text}”不是证书编号，也不是码。证书编号在资质认定标志下方，多为12位数字；码在二维码旁，共16位。"
            ),
            NumberError::Year(_) | NumberError::Serial(_) => "这不是证书编号，请对照纸面核对。".into(),
        }
    }
}

fn joined(numbers: &[Number]) -> String {
    numbers.iter().map(Number::as_str).collect::<Vec<_>>().join("、")
}

impl Number {
    /// Reads one number as people and spreadsheets write it: grouped by spaces or dashes, full width, after `CMA`,
    /// `No.` or `证书编号：`, with the letter O for 0, as the text of a float.
    ///
    /// # Errors
    /// Says what is wrong; a cell with two numbers comes back as [`NumberError::Several`], already split.
    pub fn parse(text: &str) -> Result<Number, NumberError> {
        if text.len() == DIGITS && text.bytes().all(|b| b.is_ascii_digit()) {
            return modern(text.to_owned());
        }
        let cleaned = clean(text, usize::MAX)?;
        let folded = fold_width(&cleaned).to_ascii_uppercase();
        let body = without_prefix(&folded);
        if body.len() > MAX_CELL {
            return Err(NumberError::TooLong { got: body.chars().count() });
        }
        match several(body) {
            Some(numbers) => Err(NumberError::Several(numbers?)),
            None => one(body),
        }
    }

    /// The number made of its parts, as a counter assigns it.
    ///
    /// # Errors
    /// [`NumberError::Year`] outside 2000 to 2099, [`NumberError::Serial`] outside 1 to 9999.
    pub fn compose(
        year: u16,
        authority: Two,
        domain: Two,
        industry: Two,
        serial: u16,
    ) -> Result<Number, NumberError> {
        if !(2000..=2099).contains(&year) {
            return Err(NumberError::Year(year));
        }
        if !(1..=9999).contains(&serial) {
            return Err(NumberError::Serial(serial));
        }
        Ok(Number(format!("{:02}{authority}{domain}{industry}{serial:04}", year - 2000).into()))
    }

    /// Modern or legacy.
    pub fn kind(&self) -> NumberKind {
        if self.0.len() == DIGITS && self.0.bytes().all(|b| b.is_ascii_digit()) {
            NumberKind::Modern
        } else {
            NumberKind::Legacy
        }
    }

    /// The parts of a modern number; none for a legacy one.
    pub fn parts(&self) -> Option<NumberParts> {
        if self.kind() == NumberKind::Legacy {
            return None;
        }
        Some(NumberParts {
            year: 2000 + self.0[..2].parse::<u16>().ok()?,
            authority: self.0[2..4].parse().ok()?,
            domain: self.0[4..6].parse().ok()?,
            industry: self.0[6..8].parse().ok()?,
            serial: self.0[8..].parse().ok()?,
        })
    }

    /// As printed: `2300 2034 9767`; a legacy number as it is.
    pub fn grouped(&self) -> String {
        match self.kind() {
            NumberKind::Modern => format!("{} {} {}", &self.0[..4], &self.0[4..8], &self.0[8..]),
            NumberKind::Legacy => self.0.to_string(),
        }
    }

    /// The normal form.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn modern(digits: String) -> Result<Number, NumberError> {
    if digits.ends_with("0000") { Err(NumberError::SerialZero(digits)) } else { Ok(Number(digits.into())) }
}

/// One number, prefixes and separators set aside.
fn one(body: &str) -> Result<Number, NumberError> {
    if body.is_empty() {
        return Err(NumberError::Empty);
    }
    if let Some(digits) = twelve(body) {
        return modern(digits);
    }
    if let Some(exact) = float(body) {
        return modern(exact.ok_or_else(|| NumberError::Scientific(body.to_owned()))?);
    }
    let got = body.chars().count();
    if got > MAX_LEGACY {
        return Err(NumberError::TooLong { got });
    }
    if !body.bytes().any(|b| b.is_ascii_digit()) {
        return Err(NumberError::NoDigit(body.to_owned()));
    }
    Ok(Number(body.into()))
}

/// Words people put before a number, longest first; upper case, as the text was folded.
const PREFIXES: [&str; 8] =
    ["资质认定证书编号", "计量认证证书编号", "证书编号", "证书号", "编号", "CMA", "№", "NO"];

fn without_prefix(folded: &str) -> &str {
    let mut body = folded.trim();
    while let Some(rest) = PREFIXES.iter().find_map(|prefix| strip_word(body, prefix)) {
        body = rest.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, ':' | '.' | '#' | '-'));
    }
    body
}

/// A Latin prefix counts only where no further letter follows: `CMAS…` and `NORTH…` are other words.
fn strip_word<'a>(body: &'a str, prefix: &str) -> Option<&'a str> {
    let rest = body.strip_prefix(prefix)?;
    let part_of_word = prefix.is_ascii() && rest.starts_with(|c: char| c.is_ascii_alphabetic());
    (!part_of_word).then_some(rest)
}

/// Twelve digits, grouping dropped, O read as 0.
fn twelve(body: &str) -> Option<String> {
    let mut digits = String::with_capacity(DIGITS);
    for c in body.chars().filter(|c| !matches!(c, ' ' | '-')) {
        let digit = if c == 'O' { '0' } else { c };
        if !digit.is_ascii_digit() || digits.len() == DIGITS {
            return None;
        }
        digits.push(digit);
    }
    (digits.len() == DIGITS).then_some(digits)
}

/// A number that went through a float (`230020349767.0`, `2.30020349767E11`): `Some(None)` if digits were lost.
fn float(body: &str) -> Option<Option<String>> {
    let (mantissa, exponent) = match body.split_once('E') {
        Some((mantissa, exponent)) => (mantissa, Some(exponent.strip_prefix('+').unwrap_or(exponent))),
        None => (body, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all_digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !all_digits(whole) || !all_digits(fraction) {
        return None;
    }
    let Some(exponent) = exponent else {
        let integer = whole.len() == DIGITS && mantissa.len() > DIGITS && fraction.bytes().all(|b| b == b'0');
        return integer.then(|| Some(whole.to_owned()));
    };
    // `2013E0123` is somebody's legacy number, `2.013E11` is not.
    if whole.len() != 1 || exponent.is_empty() || !all_digits(exponent) {
        return None;
    }
    let kept = 1 + fraction.len();
    let exact = exponent.parse() == Ok(DIGITS - 1) && (EXACT_MANTISSA..=DIGITS).contains(&kept);
    Some(exact.then(|| format!("{whole}{fraction:0<width$}", width = DIGITS - 1)))
}

/// The numbers of a cell that holds more than one (`162721110151、172721110020`).
fn several(body: &str) -> Option<Result<Vec<Number>, NumberError>> {
    let digits: String = body.chars().filter(|c| *c != ' ').collect();
    if digits.len() > DIGITS
        && digits.len().is_multiple_of(DIGITS)
        && digits.bytes().all(|b| b.is_ascii_digit())
    {
        let at = (0..digits.len()).step_by(DIGITS);
        return Some(at.map(|i| modern(digits[i..i + DIGITS].to_owned())).collect());
    }
    let listed = |c: char| matches!(c, '、' | ',' | ';' | '/' | '|' | '和' | '及' | '与');
    let parts = |spaces: bool| {
        let parts: Vec<&str> = body
            .split(|c| listed(c) || (spaces && c == ' '))
            .map(without_prefix)
            .filter(|part| !part.is_empty())
            .collect();
        (parts.len() > 1 && parts.iter().all(|part| like_a_number(part))).then_some(parts)
    };
    let found = parts(false).or_else(|| parts(true))?;
    Some(found.into_iter().map(one).collect())
}

/// Long enough to stand alone: `2013/0123` is one legacy number, `2013000123Z/2013000124Z` are two.
fn like_a_number(part: &str) -> bool {
    twelve(part).is_some() || part.bytes().filter(u8::is_ascii_digit).count() >= 8
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl FromStr for Number {
    type Err = NumberError;

    fn from_str(text: &str) -> Result<Number, NumberError> {
        Number::parse(text)
    }
}

impl TryFrom<String> for Number {
    type Error = NumberError;

    fn try_from(text: String) -> Result<Number, NumberError> {
        Number::parse(&text)
    }
}

impl From<Number> for String {
    fn from(number: Number) -> String {
        number.0.into()
    }
}

#[cfg(test)]
#[path = "number_tests.rs"]
mod tests;
