//! Days and instants.
use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A civil day in Asia/Shanghai, 1949-10-01..=2199-12-31.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Day(i32);
/// µs UTC since 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Instant(i64);
/// Which day an Excel serial counts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DateSystem {
    /// 1 = 1900-01-01, with the 29 February 1900 that never was.
    Y1900,
    /// 0 = 1904-01-01.
    Y1904,
}
/// Why a text is not a day.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DayError {
    /// Nothing there.
    #[error("日期为空")]
    Empty,
    /// Not a form we know.
    #[error("日期格式")]
    Format(String),
    /// No such day.
    #[error("不存在")]
    Impossible {
        /// Year.
        year: u16,
        /// Month.
        month: u8,
        /// Day of month.
        dom: u8,
    },
    /// Two-digit year or day/month order unknown.
    #[error("有歧义")]
    Ambiguous(String),
    /// Before 1949-10-01 or after 2199-12-31.
    #[error("范围")]
    Range,
    /// A bare Excel serial: ask `Day::parse_cell` or `Day::from_serial` with the workbook's date system.
    #[error("序列号")]
    Serial(u32),
}
impl Day {
    /// The first day allowed.
    pub const MIN: Day = Day(-7397);
    /// The last day allowed.
    pub const MAX: Day = Day(84005);
    /// From year, month, day of month.
    pub fn new(_year: u16, _month: u8, _dom: u8) -> Result<Day, DayError> {
        unimplemented!()
    }
    /// From days since 1970-01-01.
    pub fn from_number(_number: i32) -> Result<Day, DayError> {
        unimplemented!()
    }
    /// Days since 1970-01-01.
    pub fn number(self) -> i32 {
        self.0
    }
    /// Year.
    pub fn year(self) -> u16 {
        unimplemented!()
    }
    /// Month 1..=12.
    pub fn month(self) -> u8 {
        unimplemented!()
    }
    /// Day of month 1..=31.
    pub fn dom(self) -> u8 {
        unimplemented!()
    }
    /// n days later (earlier if negative).
    pub fn plus_days(self, _n: i32) -> Result<Day, DayError> {
        unimplemented!()
    }
    /// n months later; the last day of the month if the day does not exist there.
    pub fn plus_months(self, _n: i32) -> Result<Day, DayError> {
        unimplemented!()
    }
    /// n years later.
    pub fn plus_years(self, _n: i32) -> Result<Day, DayError> {
        unimplemented!()
    }
    /// Reads the forms people type.
    pub fn parse(_text: &str) -> Result<Day, DayError> {
        unimplemented!()
    }
    /// As parse, and bare Excel serials too.
    pub fn parse_cell(_text: &str, _system: DateSystem) -> Result<Day, DayError> {
        unimplemented!()
    }
    /// From an Excel serial; the time of day is dropped.
    pub fn from_serial(_serial: f64, _system: DateSystem) -> Result<Day, DayError> {
        unimplemented!()
    }
    /// 2026年3月5日.
    pub fn chinese(self) -> String {
        unimplemented!()
    }
    /// 2026年03月05日.
    pub fn chinese_padded(self) -> String {
        unimplemented!()
    }
}
impl FromStr for Day {
    type Err = DayError;
    fn from_str(s: &str) -> Result<Day, DayError> {
        Day::parse(s)
    }
}
impl TryFrom<String> for Day {
    type Error = DayError;
    fn try_from(s: String) -> Result<Day, DayError> {
        Day::parse(&s)
    }
}
impl From<Day> for String {
    fn from(d: Day) -> String {
        d.to_string()
    }
}
impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year(), self.month(), self.dom())
    }
}
impl fmt::Debug for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Day({self})")
    }
}
impl Instant {
    /// From µs UTC since 1970.
    pub const fn from_micros(micros: i64) -> Instant {
        Instant(micros)
    }
    /// µs UTC since 1970.
    pub const fn micros(self) -> i64 {
        self.0
    }
    /// The day in Asia/Shanghai, kept inside Day::MIN..=Day::MAX.
    pub fn day(self) -> Day {
        unimplemented!()
    }
    /// 2026-11-22 16:05:09 in Asia/Shanghai.
    pub fn shanghai(self) -> String {
        unimplemented!()
    }
    /// 2026-11-22T16:05:09.000000+08:00.
    pub fn rfc3339(self) -> String {
        unimplemented!()
    }
    /// n seconds later.
    pub const fn plus_seconds(self, n: i64) -> Instant {
        Instant(self.0.saturating_add(n.saturating_mul(1_000_000)))
    }
}
