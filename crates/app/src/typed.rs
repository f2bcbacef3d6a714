//! What people type into a short form: read field by field, and everything that is wrong with it told at once.

use domain::{Day, Uscc, clean};

/// What came of recording something that was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recording<T> {
    /// It is on record.
    Done(T),
    /// Nothing was written: what is wrong, by the name of the field.
    Wrong(Vec<(&'static str, String)>),
}

/// Reads what was typed, and collects what is wrong with it.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    /// What is wrong, by the name of the field.
    pub(crate) wrong: Vec<(&'static str, String)>,
}

impl Reading {
    /// Notes that a field is wrong.
    pub(crate) fn say(&mut self, field: &'static str, wrong: impl Into<String>) {
        self.wrong.push((field, wrong.into()));
    }

    /// A line of text; may be empty where `missing` is.
    pub(crate) fn text(&mut self, field: &'static str, text: &str, longest: usize, missing: &str) -> String {
        match clean(text, longest) {
            Ok(text) if text.is_empty() && !missing.is_empty() => {
                self.say(field, missing);
                String::new()
            }
            Ok(text) => text.into_owned(),
            Err(error) => {
                self.say(field, error.to_string());
                String::new()
            }
        }
    }

    /// Lines of text without the empty ones; may be none where `missing` is empty.
    pub(crate) fn lines(
        &mut self,
        field: &'static str,
        text: &str,
        (most, longest): (usize, usize),
        missing: &str,
    ) -> Vec<String> {
        let lines = text.lines().filter(|line| !line.trim().is_empty());
        let lines: Vec<String> = lines.map(|line| self.text(field, line, longest, "")).collect();
        if lines.is_empty() && !missing.is_empty() {
            self.say(field, missing);
        }
        if lines.len() > most {
            self.say(field, format!("最多{most}行，现有{}行", lines.len()));
        }
        lines
    }

    /// A code, if there is one.
    pub(crate) fn code(&mut self, field: &'static str, text: &str) -> Option<Uscc> {
        if text.trim().is_empty() {
            return None;
        }
        let parsed = Uscc::parse(text);
        parsed.map_err(|error| self.say(field, error.to_string())).ok()
    }

    /// A day, if there is one.
    pub(crate) fn day(&mut self, field: &'static str, text: &str) -> Option<Day> {
        if text.trim().is_empty() {
            return None;
        }
        let parsed = Day::parse(text.trim());
        parsed.map_err(|error| self.say(field, error.to_string())).ok()
    }

    /// A day that must be there and has come.
    pub(crate) fn past(&mut self, field: &'static str, text: &str, today: Day, missing: &str) -> Day {
        if text.trim().is_empty() {
            self.say(field, missing);
        }
        let Some(day) = self.day(field, text) else { return today };
        if day > today {
            self.say(field, format!("{day}还没有到，请核对"));
        }
        day
    }

    /// A number, if there is one.
    pub(crate) fn number<N: std::str::FromStr>(&mut self, field: &'static str, text: &str) -> Option<N> {
        let text = domain::fold_width(text.trim()).replace(['%', ',', '，'], "");
        if text.is_empty() {
            return None;
        }
        let parsed = text.parse().ok();
        if parsed.is_none() {
            self.say(field, "请填写整数");
        }
        parsed
    }
}
