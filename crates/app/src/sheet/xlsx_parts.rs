//! The parts of an Office Open XML workbook beside its sheets: what it holds, number formats, shared texts.

use super::SheetError;
use super::format::Format;
use super::guard::Package;
use super::intake::Intake;
use super::pool::Cell;
use super::xml::{Xml, attribute, number, push, push_reference, reader};
use domain::{DateSystem, Raw};
use quick_xml::events::{BytesStart, Event};
use rustc_hash::FxHashMap;
use std::io::BufRead;

/// Cell styles that are read.
const MOST_STYLES: usize = 1 << 17;

/// What stands in the workbook part.
pub(super) struct Workbook {
    pub(super) dates: DateSystem,
    /// Name and relation id of each sheet.
    pub(super) sheets: Vec<(String, String)>,
}

/// Path of the workbook part.
pub(super) fn main_part(package: &mut Package<'_>) -> Result<String, SheetError> {
    let mut found = "xl/workbook.xml".to_owned();
    if let Some(part) = package.part("_rels/.rels")? {
        each_element(part, |element| {
            let kind = attribute(element, "Type").unwrap_or_default();
            if element.local_name().as_ref() == "Relationship"
                && kind.ends_with("/officeDocument")
                && let Some(target) = attribute(element, "Target")
            {
                found = target.trim_start_matches('/').to_owned();
            }
        })?;
    }
    Ok(found)
}

/// Names and ids of the sheets, and the date system.
pub(super) fn workbook(package: &mut Package<'_>, path: &str) -> Result<Workbook, SheetError> {
    let mut book = Workbook { dates: DateSystem::Y1900, sheets: Vec::new() };
    let Some(part) = package.part(path)? else { return Err(SheetError::broken("缺少 workbook.xml")) };
    each_element(part, |element| match element.local_name().as_ref() {
        "workbookPr" => {
            if let Some(flag) = attribute(element, "date1904") {
                book.dates =
                    if matches!(&*flag, "1" | "true") { DateSystem::Y1904 } else { DateSystem::Y1900 };
            }
        }
        "sheet" => {
            if let (Some(name), Some(id)) = (attribute(element, "name"), attribute(element, "id")) {
                book.sheets.push((name.into_owned(), id.into_owned()));
            }
        }
        _ => (),
    })?;
    Ok(book)
}

/// Relation id to kind (last word of its type) and path in the package.
pub(super) fn relations(
    package: &mut Package<'_>,
    folder: &str,
    main: &str,
) -> Result<FxHashMap<String, (String, String)>, SheetError> {
    let file = main.rsplit('/').next().unwrap_or(main);
    let path =
        if folder.is_empty() { format!("_rels/{file}.rels") } else { format!("{folder}/_rels/{file}.rels") };
    let mut found = FxHashMap::default();
    let Some(part) = package.part(&path)? else { return Err(SheetError::broken("缺少工作簿关系")) };
    each_element(part, |element| {
        let (Some(id), Some(kind), Some(target)) =
            (attribute(element, "Id"), attribute(element, "Type"), attribute(element, "Target"))
        else {
            return;
        };
        let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
        let path = match target.strip_prefix('/') {
            Some(absolute) => absolute.to_owned(),
            None if folder.is_empty() => target.into_owned(),
            None => format!("{folder}/{}", target.trim_start_matches("./")),
        };
        found.insert(id.into_owned(), (kind, path));
    })?;
    Ok(found)
}

fn each_element(part: impl BufRead, mut act: impl FnMut(&BytesStart<'_>)) -> Result<(), SheetError> {
    let mut xml = reader(part);
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match xml.read_event_into(&mut buffer)? {
            Event::Start(element) | Event::Empty(element) => act(&element),
            Event::Eof => return Ok(()),
            _ => (),
        }
    }
}

/// The number format of each cell style; nothing else of a style matters here.
pub(super) fn styles(package: &mut Package<'_>, path: &str) -> Result<Vec<Format>, SheetError> {
    let Some(part) = package.part(path)? else { return Ok(Vec::new()) };
    let mut codes: FxHashMap<u32, Format> = FxHashMap::default();
    let mut styles = Vec::new();
    let mut xml = reader(part);
    let mut buffer = Vec::new();
    let mut in_cells = false;
    loop {
        buffer.clear();
        match xml.read_event_into(&mut buffer)? {
            Event::Start(e) | Event::Empty(e) => match e.local_name().as_ref() {
                "numFmt" => {
                    if let (Some(id), Some(code)) = (number(&e, "numFmtId"), attribute(&e, "formatCode")) {
                        codes.insert(id, Format::of_code(&code));
                    }
                }
                "cellXfs" => in_cells = true,
                "xf" if in_cells => {
                    let id = number(&e, "numFmtId").unwrap_or(0);
                    // Excel has no more than 65,490 styles; what goes beyond is shown as the plain one is.
                    if styles.len() >= MOST_STYLES {
                        return Ok(styles);
                    }
                    styles.push(codes.get(&id).copied().unwrap_or_else(|| Format::built_in(id)));
                }
                _ => (),
            },
            Event::End(e) if e.local_name().as_ref() == "cellXfs" => return Ok(styles),
            Event::Eof => return Ok(styles),
            _ => (),
        }
    }
}

/// The shared texts, in the pool.
pub(super) fn shared_strings(
    package: &mut Package<'_>,
    path: &str,
    intake: &mut Intake<'_>,
) -> Result<Vec<Shared>, SheetError> {
    let Some(part) = package.part(path)? else { return Ok(Vec::new()) };
    let mut strings = Vec::new();
    let mut xml = reader(part);
    let (mut buffer, mut text) = (Vec::new(), String::new());
    loop {
        // No more texts than cells that could show them.
        if strings.len() as u64 > intake.limits.cells {
            return Err(SheetError::TooManyCells { limit: intake.limits.cells });
        }
        buffer.clear();
        match xml.read_event_into(&mut buffer)? {
            Event::Start(e) if e.local_name().as_ref() == "si" => {
                text.clear();
                read_text(&mut xml, "si", &mut text)?;
                strings.push(Shared::keep(unescaped(&text).as_ref(), intake)?);
            }
            Event::Empty(e) if e.local_name().as_ref() == "si" => strings.push(Shared::Cell(Cell::EMPTY)),
            Event::Eof => return Ok(strings),
            _ => (),
        }
    }
}

/// A shared text: in the pool already, or too long, so that its first use reports it at its cell. Of a long one stand the
/// characters that are kept, and how many there were.
pub(super) enum Shared {
    Cell(Cell),
    Long(Box<str>, usize),
}

impl Shared {
    fn keep(text: &str, intake: &mut Intake<'_>) -> Result<Shared, SheetError> {
        let limit = intake.limits.chars;
        if text.len() > limit {
            let count = text.chars().count();
            if count > limit {
                return Ok(Shared::Long(text.chars().take(limit).collect(), count));
            }
        }
        Ok(Shared::Cell(intake.pool.keep(Raw::Text(text))?))
    }
}

/// The text of all `t` up to the end of `until`; reading aids (rPh) are left out.
pub(super) fn read_text(
    xml: &mut Xml<impl BufRead>,
    until: &str,
    text: &mut String,
) -> Result<(), SheetError> {
    let mut buffer = Vec::new();
    let (mut in_text, mut phonetic) = (false, false);
    loop {
        buffer.clear();
        match xml.read_event_into(&mut buffer)? {
            Event::Start(e) => match e.local_name().as_ref() {
                "t" => in_text = !phonetic,
                "rPh" => phonetic = true,
                _ => (),
            },
            Event::End(e) => match e.local_name().as_ref() {
                "t" => in_text = false,
                "rPh" => phonetic = false,
                name if name == until => return Ok(()),
                _ => (),
            },
            Event::Text(t) if in_text => push(text, &t.xml10_content())?,
            Event::CData(t) if in_text => push(text, &t)?,
            Event::GeneralRef(r) if in_text => push_reference(text, &r)?,
            Event::Eof => return Err(SheetError::Truncated),
            _ => (),
        }
    }
}

/// Excel writes characters that XML forbids as `_x000B_`.
pub(super) fn unescaped(text: &str) -> std::borrow::Cow<'_, str> {
    if !text.contains("_x") {
        return text.into();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("_x") {
        let code = rest.get(at + 2..at + 6).filter(|_| rest.as_bytes().get(at + 6) == Some(&b'_'));
        match code.and_then(|hex| u32::from_str_radix(hex, 16).ok()).and_then(char::from_u32) {
            Some(c) => {
                out.push_str(&rest[..at]);
                out.push(c);
                rest = &rest[at + 7..];
            }
            None => {
                out.push_str(&rest[..at + 2]);
                rest = &rest[at + 2..];
            }
        }
    }
    out.push_str(rest);
    out.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forbidden_characters_are_unescaped() {
        assert_eq!(unescaped("a_x000B_b_x005F_x000B_"), "a\u{b}b_x000B_");
        assert_eq!(unescaped("_x12é4_ _x"), "_x12é4_ _x");
    }
}
