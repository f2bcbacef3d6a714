//! Days and instants. A day is a civil day in Asia/Shanghai, an instant is µs UTC (architecture.md 5).
//!
//! Nothing here reads a clock or a zone: the offset is +08:00, fixed. China has had no daylight saving since 1991, so
//! this is exact for every instant this system records, whatever the zone of machine or database.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::day_text;

const MICROS_PER_SECOND: i64 = 1_000_000;
const SECONDS_PER_DAY: i64 = 86_400;
const SHANGHAI_SECONDS: i64 = 8 * 3_600;

/// A civil day in Asia/Shanghai from 1949-10-01 to 2199-12-31, kept as days since 1970-01-01.
///
/// The bounds catch slips of the keyboard: no document of the registry is older than the state or runs that long.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Day(i32);

/// The day a spreadsheet counts its date serials from; a property of the workbook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DateSystem {
    /// Serial 1 is 1900-01-01, and serial 60 a 29 February 1900 that never was.
    Y1900,
    /// Serial 0 is 1904-01-01 (workbooks from old Macintosh versions).
    Y1904,
}

/// Why a text or number is not a day.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DayError {
    /// Nothing there.
    #[error("日期为空，请按“2026-03-05”的格式填写")]
    Empty,
    /// Not a form that is understood; holds the text, shortened.
    #[error("“{0}”不是可识别的日期，请按“2026-03-05”的格式填写")]
    Format(String),
    /// A form of a day, but the calendar has no such day.
    #[error("{year}年{month}月{dom}日不存在，请核对年月日后重新填写")]
    Impossible {
        /// Year.
        year: u16,
        /// Month as written.
        month: u8,
        /// Day of month as written.
        dom: u8,
    },
    /// A year of two digits, or a day before its year: several days could be meant. Holds the text, shortened.
    #[error("日期“{0}”有多种读法，请写四位年份并按年、月、日的顺序填写，例如“2026-03-05”")]
    Ambiguous(String),
    /// Outside [`Day::MIN`] to [`Day::MAX`].
    #[error("日期超出1949年10月1日至2199年12月31日的范围，请核对年份后重新填写")]
    Range,
    /// A bare spreadsheet serial in a text whose date system is not known here.
    #[error("“{0}”是表格软件的日期序列号，请将单元格设为日期格式，或按“2026-03-05”的格式填写")]
    Serial(u32),
}

impl Day {
    /// The first day allowed: 1949-10-01.
    pub const MIN: Day = Day(days_from_civil(1949, 10, 1));
    /// The last day allowed: 2199-12-31.
    pub const MAX: Day = Day(days_from_civil(2199, 12, 31));

    /// The day of this year, month (1 to 12) and day of month (from 1).
    ///
    /// # Errors
    /// [`DayError::Impossible`] if the calendar has no such day, [`DayError::Range`] outside the bounds.
    pub const fn new(year: u16, month: u8, dom: u8) -> Result<Day, DayError> {
        if month < 1 || month > 12 || dom < 1 || dom > days_in_month(year as i32, month) {
            return Err(DayError::Impossible { year, month, dom });
        }
        Day::from_number(days_from_civil(year as i32, month, dom))
    }

    /// The day this many days after 1970-01-01, as stored.
    ///
    /// # Errors
    /// [`DayError::Range`] outside the bounds.
    pub const fn from_number(number: i32) -> Result<Day, DayError> {
        if number < Day::MIN.0 || number > Day::MAX.0 { Err(DayError::Range) } else { Ok(Day(number)) }
    }

    /// Days since 1970-01-01, negative before it.
    pub const fn number(self) -> i32 {
        self.0
    }

    /// The year, 1949 to 2199.
    pub fn year(self) -> u16 {
        self.civil().0
    }

    /// The month, 1 to 12.
    pub fn month(self) -> u8 {
        self.civil().1
    }

    /// The day of the month, from 1.
    pub fn dom(self) -> u8 {
        self.civil().2
    }

    fn civil(self) -> (u16, u8, u8) {
        let (year, month, dom) = civil_from_days(i64::from(self.0));
        (u16::try_from(year).expect("a day's year is 1949 to 2199"), month, dom)
    }

    /// This many days later, or earlier if negative.
    ///
    /// # Errors
    /// [`DayError::Range`] outside the bounds.
    pub fn plus_days(self, days: i32) -> Result<Day, DayError> {
        Day::from_number(self.0.saturating_add(days))
    }

    /// This many months later, or earlier if negative; where the month is too short, its last day.
    ///
    /// # Errors
    /// [`DayError::Range`] outside the bounds.
    pub fn plus_months(self, months: i32) -> Result<Day, DayError> {
        let (year, month, dom) = self.civil();
        let total = (i32::from(year) * 12 + i32::from(month) - 1).saturating_add(months);
        let year = u16::try_from(total.div_euclid(12)).map_err(|_| DayError::Range)?;
        let month = u8::try_from(total.rem_euclid(12) + 1).map_err(|_| DayError::Range)?;
        Day::new(year, month, dom.min(days_in_month(i32::from(year), month)))
    }

    /// This many years later, or earlier if negative; 29 February becomes the 28th in a common year.
    ///
    /// # Errors
    /// [`DayError::Range`] outside the bounds.
    pub fn plus_years(self, years: i32) -> Result<Day, DayError> {
        self.plus_months(years.saturating_mul(12))
    }

    /// Reads a day as people write it: `2026-3-5`, `2026/03/05`, `2026.3.5`, `2026年3月5日`, `20260305`, full width, with
    /// spaces around it or a time of day behind it (domain.md 3.6).
    ///
    /// # Errors
    /// Says what is wrong; never guesses between two readings.
    pub fn parse(text: &str) -> Result<Day, DayError> {
        day_text::read(text)
    }

    /// As [`Day::parse`], for the text of a cell in a workbook whose date system is known: bare serials are read too.
    ///
    /// # Errors
    /// As [`Day::parse`], but never [`DayError::Serial`].
    pub fn parse_cell(text: &str, system: DateSystem) -> Result<Day, DayError> {
        match Day::parse(text) {
            Err(DayError::Serial(serial)) => Day::from_serial(f64::from(serial), system),
            other => other,
        }
    }

    /// The day of a spreadsheet's date serial; its time of day is dropped.
    ///
    /// # Errors
    /// [`DayError::Range`] outside the bounds, so also for every serial of the year 1900 with its extra day.
    pub fn from_serial(serial: f64, system: DateSystem) -> Result<Day, DayError> {
        if !(0.0..1_000_000.0).contains(&serial) {
            return Err(DayError::Range);
        }
        // From 1900-03-01 on, the day that never was moves the origin one day back, to 1899-12-30.
        let origin = match system {
            DateSystem::Y1900 => days_from_civil(1899, 12, 30),
            DateSystem::Y1904 => days_from_civil(1904, 1, 1),
        };
        Day::from_number(origin + serial as i32)
    }

    /// As in running text: `2026年3月5日`.
    pub fn chinese(self) -> String {
        let (year, month, dom) = self.civil();
        format!("{year}年{month}月{dom}日")
    }

    /// As on the certificate: `2026年03月05日`.
    pub fn chinese_padded(self) -> String {
        let (year, month, dom) = self.civil();
        format!("{year}年{month:02}月{dom:02}日")
    }
}

const fn is_leap(year: i32) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

const fn days_in_month(year: i32, month: u8) -> u8 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01 in the Gregorian calendar, years counted from March so that the leap day comes last.
const fn days_from_civil(year: i32, month: u8, dom: u8) -> i32 {
    let year = if month > 2 { year } else { year - 1 };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let month_from_march = (month as i32 + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + dom as i32 - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// The inverse of [`days_from_civil`].
const fn civil_from_days(days: i64) -> (i64, u8, u8) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let dom = (day_of_year - (153 * month_from_march + 2) / 5 + 1) as u8;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 } as u8;
    let year = era * 400 + year_of_era + if month > 2 { 0 } else { 1 };
    (year, month, dom)
}

impl FromStr for Day {
    type Err = DayError;

    fn from_str(text: &str) -> Result<Day, DayError> {
        Day::parse(text)
    }
}

impl TryFrom<String> for Day {
    type Error = DayError;

    fn try_from(text: String) -> Result<Day, DayError> {
        Day::parse(&text)
    }
}

impl From<Day> for String {
    fn from(day: Day) -> String {
        day.to_string()
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, dom) = self.civil();
        write!(f, "{year:04}-{month:02}-{dom:02}")
    }
}

impl fmt::Debug for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Day({self})")
    }
}

/// A moment: µs UTC since 1970-01-01T00:00:00Z. Stored as such, shown in +08:00.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Instant(i64);

impl Instant {
    /// The moment this many µs after 1970-01-01T00:00:00Z.
    pub const fn from_micros(micros: i64) -> Instant {
        Instant(micros)
    }

    /// µs since 1970-01-01T00:00:00Z.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// The first moment of a day in Shanghai.
    pub fn begin_of(day: Day) -> Instant {
        Instant((i64::from(day.0) * SECONDS_PER_DAY - SHANGHAI_SECONDS) * MICROS_PER_SECOND)
    }

    /// The day in Shanghai; moments outside the bounds of [`Day`] give its first or last day.
    pub fn day(self) -> Day {
        let days = self.shanghai_seconds().div_euclid(SECONDS_PER_DAY);
        let days = days.clamp(i64::from(Day::MIN.0), i64::from(Day::MAX.0));
        Day(i32::try_from(days).expect("clamped to the bounds of a day"))
    }

    /// Shanghai time for people: `2026-11-22 16:05:09`.
    pub fn shanghai(self) -> String {
        self.written(' ')
    }

    /// Shanghai time for machines, to the second: `2026-11-22T16:05:09+08:00`. No fraction: readers of old systems take
    /// its digits for thousands, and the order of acts is told by positions, not by instants.
    pub fn rfc3339(self) -> String {
        format!("{}+08:00", self.written('T'))
    }

    /// This many seconds later, or earlier if negative.
    pub const fn plus_seconds(self, seconds: i64) -> Instant {
        Instant(self.0.saturating_add(seconds.saturating_mul(MICROS_PER_SECOND)))
    }

    fn shanghai_seconds(self) -> i64 {
        self.0.div_euclid(MICROS_PER_SECOND) + SHANGHAI_SECONDS
    }

    fn written(self, between: char) -> String {
        let seconds = self.shanghai_seconds();
        let (year, month, dom) = civil_from_days(seconds.div_euclid(SECONDS_PER_DAY));
        let of_day = seconds.rem_euclid(SECONDS_PER_DAY);
        let (hour, minute, second) = (of_day / 3_600, of_day / 60 % 60, of_day % 60);
        format!("{year:04}-{month:02}-{dom:02}{between}{hour:02}:{minute:02}:{second:02}")
    }
}

#[cfg(test)]
#[path = "day_tests.rs"]
mod tests;
