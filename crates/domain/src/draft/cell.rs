//! One row, cell by cell: each value is read once, by its field's shape, and what is wrong is noted with its place.

use super::Setting;
use crate::{
    DateSystem, Day, DayError, Field, Need, Place, Problem, Raw, RawRow, Secret, Severity, Shape, clean,
};
use std::borrow::Cow;

/// From here on a spreadsheet's number has lost digits: it keeps fifteen.
const LOST_DIGITS: f64 = 1e15;

/// Why a cell's words cannot be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Illegible {
    /// As [`Problem::code`].
    pub code: &'static str,
    /// What is wrong, in Chinese.
    pub message: String,
    /// What to do, in Chinese.
    pub hint: &'static str,
}

/// A cell's words as a person would have typed them, before cleaning.
///
/// # Errors
/// A formula or error value, and a long number of which the spreadsheet has kept only the first digits.
pub fn legible(field: Field, raw: Raw<'_>) -> Result<Cow<'_, str>, Illegible> {
    match raw {
        Raw::Text(text) => Ok(Cow::Borrowed(text)),
        Raw::Day(day) => Ok(Cow::Owned(day.to_string())),
        // Whatever format shows it: the zeros at its end are not what was typed.
        Raw::Number { value, .. }
            if matches!(field.shape(), Shape::Digits(_)) && value.abs() >= LOST_DIGITS =>
        {
            Err(rounded(field))
        }
        Raw::Number { shown: "", value } => Ok(Cow::Owned(plain(value))),
        Raw::Number { shown, .. } => Ok(Cow::Borrowed(shown)),
        Raw::Unreadable(what) => Err(Illegible {
            code: "unreadable",
            message: format!("{}是公式或错误值（{what}），没有可读的内容", field.label()),
            hint: "在表格软件中复制该列，“选择性粘贴”为数值后重新导入。",
        }),
    }
}

/// The day that a number in a cell stands for.
///
/// # Errors
/// As [`Day::from_serial`] and [`Day::parse`].
pub fn day_of_number(value: f64, system: DateSystem) -> Result<Day, DayError> {
    // 20260305 typed into a number cell is a day, not a serial; serials end in the five digits.
    match value >= 1e7 && value.fract() == 0.0 {
        true => Day::parse(&plain(value)),
        false => Day::from_serial(value, system),
    }
}

/// A number of which the last digits are gone.
pub(super) fn rounded(field: Field) -> Illegible {
    Illegible {
        code: "scientific",
        message: format!("{}被表格软件当作数字保存，末尾的数字已经丢失", field.label()),
        hint: "把整列设为“文本”格式，重新录入完整号码（不能只改格式）。",
    }
}

/// Reads the cells of one row.
pub(super) struct Cells<'r, 'a> {
    row: &'r RawRow<'a>,
    setting: &'r Setting<'r>,
    problems: &'r mut Vec<Problem>,
    /// Whether the certificate is taken over: what old ones lack is a warning then.
    pub(super) taken_over: bool,
}

impl<'r, 'a> Cells<'r, 'a> {
    pub(super) fn new(row: &'r RawRow<'a>, setting: &'r Setting<'r>, problems: &'r mut Vec<Problem>) -> Self {
        Cells { row, setting, problems, taken_over: false }
    }

    /// The code tables.
    pub(super) fn tables(&self) -> &'r crate::Tables {
        self.setting.tables
    }

    /// Whether the cell is empty.
    pub(super) fn is_empty(&self, field: Field) -> bool {
        match self.row.get(field) {
            None => true,
            Some((_, Raw::Text(text))) => text.trim().is_empty(),
            Some(_) => false,
        }
    }

    /// Notes a problem of the cell.
    pub(super) fn note(
        &mut self,
        severity: Severity,
        field: Field,
        code: &'static str,
        message: String,
        hint: String,
    ) {
        let value = match self.row.get(field) {
            Some(_) if field.personal() => String::new(),
            Some((_, raw)) => raw.shown(),
            None => String::new(),
        };
        let column = self.row.get(field).map(|(column, _)| column);
        let place = Place::cell(field.group(), self.row.row, column, field);
        self.problems.push(Problem { severity, place, code, value, message, hint });
    }

    /// Notes an error of the cell.
    pub(super) fn wrong(&mut self, field: Field, code: &'static str, message: String, hint: &str) {
        self.note(Severity::Error, field, code, message, hint.to_owned());
    }

    /// Notes what the value's own reader says. Its sentence begins with what it read and ends with advice; the field's name
    /// stands before it and the advice beside it, each once.
    pub(super) fn misread(&mut self, field: Field, code: &'static str, said: &str, hint: &str) {
        let subjects = ["统一社会信用代码", "组织机构代码", "证书编号"];
        let bare = subjects.iter().find_map(|subject| said.strip_prefix(subject)).unwrap_or(said);
        let (message, advice) = match bare.rsplit_once("，请") {
            Some((message, advice)) => (message, format!("请{advice}。")),
            None => (bare, hint.to_owned()),
        };
        self.note(Severity::Error, field, code, format!("{}：{message}", field.label()), advice);
    }

    /// Notes that a needed value is not there.
    pub(super) fn absent(&mut self, field: Field, why: &str) {
        let lacking = self.taken_over && field.old_ones_lack();
        self.lacks(if lacking { Severity::Warning } else { Severity::Error }, field, why);
    }

    /// The same, as grave as the caller says.
    pub(super) fn lacks(&mut self, severity: Severity, field: Field, why: &str) {
        let hint = match field.hint() {
            "" => format!("请填写“{}”。", field.label()),
            hint => format!("请填写“{}”：{hint}", field.label()),
        };
        self.note(severity, field, "missing", format!("{}没有填写{why}", field.label()), hint);
    }

    /// The cell as clean text; empty if there is none. A required one that is empty is noted.
    pub(super) fn text(&mut self, field: Field) -> String {
        let max = match field.shape() {
            Shape::Text(max) => max,
            // Blanks and dashes between the digits are folded by the value's own reader, which also judges the length.
            Shape::Digits(max) => max + 20,
            _ => 60,
        };
        let text = match self.words(field) {
            None => String::new(),
            Some(words) => match clean(&words, max) {
                Ok(text) => text.into_owned(),
                Err(error) => {
                    self.wrong(
                        field,
                        "text",
                        format!("{}：{error}", field.label()),
                        "改正后重新导入或保存。",
                    );
                    return String::new();
                }
            },
        };
        if text.is_empty() && field.need() == Need::Must {
            self.absent(field, "");
        }
        text
    }

    /// The cell as a personal value.
    pub(super) fn secret(&mut self, field: Field) -> Secret {
        Secret::new(self.text(field))
    }

    /// The cell's words, before cleaning.
    fn words(&mut self, field: Field) -> Option<Cow<'a, str>> {
        match legible(field, self.row.get(field)?.1) {
            Ok(words) => Some(words),
            Err(Illegible { code, message, hint }) => {
                self.wrong(field, code, message, hint);
                None
            }
        }
    }

    /// The cell as a day.
    pub(super) fn day(&mut self, field: Field) -> Option<Day> {
        let system = self.setting.date_system;
        let read = match self.row.get(field).map(|(_, raw)| raw) {
            Some(Raw::Day(day)) => Ok(day),
            Some(Raw::Number { value, .. }) => day_of_number(value, system),
            Some(Raw::Text(text)) if !text.trim().is_empty() => Day::parse_cell(text, system),
            Some(Raw::Unreadable(_)) => {
                self.words(field);
                return None;
            }
            Some(Raw::Text(_)) | None => {
                if field.need() == Need::Must {
                    self.absent(field, "");
                }
                return None;
            }
        };
        match read {
            Ok(day) => Some(day),
            Err(error) => {
                self.misread(field, "day", &error.to_string(), "请按“2026-03-05”的格式填写。");
                None
            }
        }
    }

    /// The cell as 是 or 否.
    pub(super) fn yes(&mut self, field: Field) -> Option<bool> {
        let text = self.text(field);
        match text.as_str() {
            "" => None,
            "是" | "有" | "Y" | "y" | "√" | "1" | "true" | "yes" => Some(true),
            "否" | "无" | "不是" | "N" | "n" | "×" | "0" | "false" | "no" | "非食品" => Some(false),
            "食品" => Some(true),
            _ => {
                self.wrong(field, "yes_no", format!("{}应填“是”或“否”", field.label()), "请改为“是”或“否”。");
                None
            }
        }
    }

    /// The cell read by `parse`, with the list of choices in the hint.
    pub(super) fn choice<T>(&mut self, field: Field, parse: impl Fn(&str) -> Option<T>) -> Option<T> {
        let text = self.text(field);
        if text.is_empty() {
            return None;
        }
        let parsed = parse(&text);
        if parsed.is_none() {
            let list = match field.shape() {
                Shape::Choice(list) => list.join("、"),
                _ => String::new(),
            };
            let message = format!("{}“{text}”不在可选范围内", field.label());
            self.note(Severity::Error, field, "choice", message, format!("请从以下选项中选择：{list}。"));
        }
        parsed
    }

    /// The cell as one of a list that does not decide anything: what people shorten or lengthen (身份证, 男性) is told by
    /// the one word that it can mean; another text is kept as it is, with a warning.
    pub(super) fn listed(&mut self, field: Field) -> String {
        let text = self.text(field);
        let Shape::Choice(list) = field.shape() else { return text };
        if text.is_empty() || list.contains(&text.as_str()) {
            return text;
        }
        let mut meant = list.iter().filter(|word| word.ends_with(&text) || text.starts_with(**word));
        match (meant.next(), meant.next()) {
            (Some(word), None) => (*word).to_owned(),
            _ => {
                let message = format!("{}不在可选范围内，按原文保存", field.label());
                let hint = format!("请从以下选项中选择：{}。", list.join("、"));
                self.note(Severity::Warning, field, "choice", message, hint);
                text
            }
        }
    }

    /// The cell as one of the codes of a table: the code itself, a code followed by its name, or the name.
    pub(super) fn code<T: Copy + Eq + std::hash::Hash>(
        &mut self,
        field: Field,
        table: &std::collections::HashMap<T, String>,
        parse: impl Fn(&str) -> Option<T>,
        digits: usize,
    ) -> Option<T> {
        let text = self.text(field);
        if text.is_empty() {
            return None;
        }
        let folded = crate::fold_width(&text);
        let lead: String = folded.chars().take_while(char::is_ascii_digit).collect();
        let padded = format!("{lead:0>digits$}");
        let found = if lead.is_empty() {
            table.iter().find(|(_, name)| name.as_str() == folded.trim()).map(|(code, _)| *code)
        } else {
            parse(&padded).filter(|code| table.contains_key(code))
        };
        if found.is_none() {
            let message = format!("{}“{text}”不在代码表中", field.label());
            let hint = format!("请填写代码表中的{digits}位代码；代码表见“系统—代码表”。");
            self.note(Severity::Error, field, "code", message, hint);
        }
        found
    }
}

/// A number as a person would have typed it: no exponent, no `.0`.
pub(super) fn plain(value: f64) -> String {
    if value.fract() == 0.0 && value.abs() < 1e15 { format!("{value:.0}") } else { format!("{value}") }
}
