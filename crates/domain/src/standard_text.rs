//! Takes the combined cell 标准（方法）名称及编号 of the annex forms apart: name, number, clause (domain.md 3.4, 6.4).
//!
//! Only brackets, separators and spaces at the seams may go; every letter and digit of the cell comes out again.

use crate::{
    standard::{Found, Line, slash_clause},
    text::is_space,
};

/// A combined cell taken apart. Several standards of one cell stay together, joined by `；` in each part.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct StandardText {
    /// Name of the standard or method, without the 《》 around it; the whole text if no number was found.
    pub name: String,
    /// Number with year as received, but for width, dashes and spaces at the dash; empty if there is none.
    pub number: String,
    /// Clause or method inside the standard; empty if there is none.
    pub clause: String,
}

/// Joins what belongs to several standards of one cell.
const JOINT: &str = "；";
/// Separators that may stand between a name and a number.
const SEAMS: &str = " \u{3000}\t\r\n\u{A0}\u{2028}\u{2029}，,、；;：:";

/// Splits a combined cell; works for name first and number first, one standard or several, and pharmacopoeia entries
/// (`《中国药典》2020年版四部通则2331/第一法`), which have no number.
pub fn split_standard_text(text: &str) -> StandardText {
    let line = Line::new(text);
    let found = line.find_all();
    let Some(first) = found.first() else { return unnumbered(text.trim_matches(is_space)) };
    let pieces = pieces(text, &found);
    let name_first = !name_of(pieces[0]).is_empty() && first.start > 0;
    let mut names = vec![name_of(pieces[0]).to_owned()];
    let mut clauses = Vec::new();
    for (i, piece) in pieces.iter().enumerate().skip(1) {
        let is_last = i == found.len();
        let bracketed = pieces[i - 1].trim_end_matches(is_space).ends_with(['(', '（', '[', '【']);
        let (inner, piece) = if bracketed { bracket(piece) } else { ("", *piece) };
        let (clause, rest) =
            if inner.is_empty() { clause(piece, name_first && is_last) } else { (inner, piece) };
        clauses.push(
            clause
                .trim_matches(is_space)
                .trim_start_matches(['/', '／', '\u{2215}'])
                .trim_matches(is_space)
                .to_owned(),
        );
        let rest = name_of(rest);
        match names.last_mut() {
            Some(name) if is_last && name_first && !rest.is_empty() => {
                name.push(' ');
                name.push_str(rest);
            }
            _ => names.push(rest.to_owned()),
        }
    }
    let numbers: Vec<String> = found.iter().map(|found| written(&line, found)).collect();
    StandardText { name: joined(&names), number: joined(&numbers), clause: joined(&clauses) }
}

/// The text before, between and behind the numbers.
fn pieces<'a>(text: &'a str, found: &[Found]) -> Vec<&'a str> {
    // Folding is character for character, so positions hold in the text as received.
    let starts: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let mut from = 0;
    let mut pieces = Vec::with_capacity(found.len() + 1);
    for found in found {
        pieces.push(&text[from..starts[found.start]]);
        from = starts[found.end];
    }
    pieces.push(&text[from..]);
    pieces
}

/// The number as received, with one spelling of spaces and dash.
fn written(line: &Line, found: &Found) -> String {
    let family: String = line.received[found.start..found.core_end].iter().collect();
    let mut number = family.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    if found.year_start < found.end {
        let colon = line.received[found.core_end..found.year_start].contains(&':');
        number.push(if colon { ':' } else { '-' });
        number.extend(&line.received[found.year_start..found.end]);
    }
    number
}

fn unnumbered(text: &str) -> StandardText {
    let one_entry = text.matches("药典").count() == 1;
    if let (true, Some((entry, method))) = (one_entry, text.split_once(['/', '／'])) {
        let clause = method.trim_matches(is_space).to_owned();
        return StandardText { name: entry.trim_matches(is_space).to_owned(), number: String::new(), clause };
    }
    StandardText { name: unquoted(text).to_owned(), ..StandardText::default() }
}

/// A piece as a name: seams and the brackets of the number gone.
fn name_of(piece: &str) -> &str {
    let seam = |c: char| SEAMS.contains(c);
    let start = piece.trim_start_matches(|c| seam(c) || matches!(c, ')' | '）' | ']' | '】'));
    unquoted(start.trim_end_matches(|c| seam(c) || matches!(c, '(' | '（' | '[' | '【')))
}

/// Without 《》, if they hold the whole.
fn unquoted(name: &str) -> &str {
    match name.strip_prefix('《').and_then(|inner| inner.strip_suffix('》')) {
        Some(inner) if !inner.contains(['《', '》']) => inner.trim_matches(is_space),
        _ => name,
    }
}

/// What stands between the number and the end of the bracket it opened in, and what follows; nested pairs are skipped.
fn bracket(piece: &str) -> (&str, &str) {
    let mut depth = 0;
    for (at, c) in piece.char_indices() {
        match c {
            '(' | '（' | '[' | '【' => depth += 1,
            ')' | '）' | ']' | '】' if depth > 0 => depth -= 1,
            ')' | '）' | ']' | '】' => {
                return (piece[..at].trim_matches(is_space), &piece[at + c.len_utf8()..]);
            }
            _ => {}
        }
    }
    ("", piece)
}

/// The clause at the head of what follows a number, and the rest. Behind the last number of a text that began with a
/// name everything is the clause, if it begins like one.
fn clause(piece: &str, takes_all: bool) -> (&str, &str) {
    let trimmed = piece.trim_matches(is_space);
    let (slashed, rest) = slash_clause(piece);
    if !slashed.is_empty() {
        return if takes_all { (trimmed, "") } else { (slashed, rest) };
    }
    let head = trimmed.trim_start_matches(['(', '（', '，', ',', '、', '中']);
    if !like_a_clause(head, takes_all) {
        return ("", piece);
    }
    let opened = trimmed
        .strip_prefix(['(', '（'])
        .map(bracket)
        .filter(|(inner, rest)| !inner.is_empty() && (!takes_all || rest.trim_matches(is_space).is_empty()));
    if let Some(inner_and_rest) = opened {
        return inner_and_rest;
    }
    if takes_all {
        return (trimmed, "");
    }
    let end = trimmed.find(|c: char| is_space(c) || "《；;".contains(c)).unwrap_or(trimmed.len());
    (&trimmed[..end], &trimmed[end..])
}

/// `8.5.1`, `第5条`, `第一法`, `方法一`, `附录A`; `第1部分` belongs to the name. Behind a name, also `铝片法`.
fn like_a_clause(head: &str, behind_name: bool) -> bool {
    let numeral = |c: char| c.is_ascii_digit() || "一二三四五六七八九十".contains(c);
    if let Some(rest) = head.strip_prefix('第') {
        let unit = rest.trim_start_matches(|c| numeral(c) || c == '.');
        return unit.len() < rest.len() && unit.starts_with(['条', '章', '节', '款', '项', '法', '篇']);
    }
    if let Some(rest) = head.strip_prefix("方法") {
        return rest.starts_with(|c: char| numeral(c) || c.is_ascii_uppercase());
    }
    let digits = head.trim_start_matches(|c: char| c.is_ascii_digit());
    let numbered = digits.len() < head.len()
        && (digits.strip_prefix('.').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
            || (behind_name && !digits.starts_with(char::is_alphabetic)));
    let word = head.split(|c| SEAMS.contains(c)).next().unwrap_or("");
    numbered || head.starts_with("附录") || (behind_name && word.ends_with('法'))
}

/// The parts that are not empty, joined.
fn joined(parts: &[String]) -> String {
    parts.iter().map(String::as_str).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(JOINT)
}

#[cfg(test)]
#[path = "standard_text_tests.rs"]
mod tests;
