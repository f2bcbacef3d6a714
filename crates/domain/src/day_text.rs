//! Reads the spellings of a day that stand in real workbooks and forms (domain.md 3.6).
//!
//! The order is always year, month, day; what could be read in two ways is refused, never guessed.

use crate::{
    day::{Day, DayError},
    text::{fold_char, is_space},
};

/// Characters of a refused text that its message repeats.
const SHOWN: usize = 24;

/// Reads one day.
pub(crate) fn read(text: &str) -> Result<Day, DayError> {
    if let Some(day) = plain(text.as_bytes()) {
        return day;
    }
    let text = text.trim_matches(is_space);
    if text.is_empty() {
        return Err(DayError::Empty);
    }
    let mut rest = Rest(text);
    let year = rest.number();
    match (year.digits, rest.peek()) {
        (8, next) if ends_a_day(next) => {
            let (year, month, dom) = (year.value / 10_000, year.value / 100 % 100, year.value % 100);
            rest.end(text)?;
            day(year, month, dom, text)
        }
        // Serials of five digits are the days from 1927 to 2173; shorter or longer ones are other things.
        (5, next) if ends_a_day(next) => {
            rest.end(text)?;
            Err(DayError::Serial(year.value))
        }
        (4, Some(separator @ ('-' | '/' | '.' | '年'))) => parted(year.value, separator, rest, text),
        (1 | 2, Some('-' | '/' | '.' | '年')) => Err(DayError::Ambiguous(shortened(text))),
        (6, next) if ends_a_day(next) => Err(DayError::Ambiguous(shortened(text))),
        _ => Err(DayError::Format(shortened(text))),
    }
}

/// The commonest spellings, `2026-03-05` alone or with the midnight that programs add, without detours.
fn plain(bytes: &[u8]) -> Option<Result<Day, DayError>> {
    let bytes = bytes.strip_suffix(b" 00:00:00").or(bytes.strip_suffix(b"T00:00:00")).unwrap_or(bytes);
    let &[a, b, c, d, b'-', e, f, b'-', g, h] = bytes else { return None };
    let digits = [a, b, c, d, e, f, g, h];
    if !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let two = |tens: u8, ones: u8| (tens - b'0') * 10 + (ones - b'0');
    let year = u16::from(two(a, b)) * 100 + u16::from(two(c, d));
    Some(Day::new(year, two(e, f), two(g, h)))
}

/// Month and day behind a year of four digits.
fn parted(year: u32, separator: char, mut rest: Rest<'_>, text: &str) -> Result<Day, DayError> {
    let format = || DayError::Format(shortened(text));
    let second = if separator == '年' { '月' } else { separator };
    rest.next();
    let month = rest.number();
    if rest.next() != Some(second) {
        return Err(format());
    }
    let dom = rest.number();
    if !(1..=2).contains(&month.digits) || !(1..=2).contains(&dom.digits) {
        return Err(format());
    }
    if separator == '年' && matches!(rest.peek(), Some('日' | '号')) {
        rest.next();
    }
    rest.end(text)?;
    day(year, month.value, dom.value, text)
}

fn day(year: u32, month: u32, dom: u32, text: &str) -> Result<Day, DayError> {
    let format = |_| DayError::Format(shortened(text));
    Day::new(
        u16::try_from(year).map_err(format)?,
        u8::try_from(month).map_err(format)?,
        u8::try_from(dom).map_err(format)?,
    )
}

fn ends_a_day(next: Option<char>) -> bool {
    next.is_none_or(|c| c == 'T' || is_space(c))
}

fn shortened(text: &str) -> String {
    text.chars().take(SHOWN).collect()
}

/// Digits read as a number; more than nine digits do not occur and read as 0.
struct Digits {
    value: u32,
    digits: u32,
}

/// What has not been read yet; characters come folded to half width, and spaces between the parts of a day are skipped.
struct Rest<'a>(&'a str);

impl Rest<'_> {
    fn peek(&self) -> Option<char> {
        self.0.chars().next().map(fold_char)
    }

    fn next(&mut self) -> Option<char> {
        let mut chars = self.0.chars();
        let next = chars.next().map(fold_char);
        self.0 = chars.as_str();
        next
    }

    fn number(&mut self) -> Digits {
        self.0 = self.0.trim_start_matches(is_space);
        let mut number = Digits { value: 0, digits: 0 };
        while let Some(digit) = self.peek().and_then(|c| c.to_digit(10)) {
            self.next();
            number.digits += 1;
            number.value = if number.digits > 9 { 0 } else { number.value * 10 + digit };
        }
        // `2026 年 3 月 5 日`: a space stands between number and unit, but a space before a time ends the day.
        let ahead = self.0.trim_start_matches(is_space);
        if ahead.starts_with(['年', '月', '日', '号', '-', '/', '.', '－', '／', '．']) {
            self.0 = ahead;
        }
        number
    }

    /// Only a time of day may follow: `00:00:00`, `T08:30`, `16:05:09.123`, `T00:00:00Z`.
    fn end(mut self, text: &str) -> Result<(), DayError> {
        let is_time = match self.peek() {
            None => true,
            Some(c) if c == 'T' || is_space(c) => {
                self.next();
                self.0 = self.0.trim_start_matches(is_space);
                self.time()
            }
            Some(_) => false,
        };
        if is_time { Ok(()) } else { Err(DayError::Format(shortened(text))) }
    }

    fn time(&mut self) -> bool {
        let hour = self.number();
        let mut fits = hour.digits > 0 && hour.value < 24;
        let mut parts = 0;
        while fits && self.peek() == Some(':') {
            self.next();
            let part = self.number();
            fits = part.digits == 2 && part.value < 60;
            parts += 1;
        }
        if self.peek() == Some('.') {
            self.next();
            fits &= self.number().digits > 0;
        }
        fits && (1..=2).contains(&parts) && matches!(self.0, "" | "Z" | "+08:00")
    }
}
