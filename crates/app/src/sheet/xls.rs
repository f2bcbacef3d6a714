//! Excel 97–2003 workbooks (MS-XLS, BIFF8): cell records, shared texts, number formats, merged cells.
//!
//! Every length is checked against the bytes that are there; nothing is allocated on a file's word.

use super::SheetError;
use super::biff::{Records, Strings, characters, f64_at, rk, text16};
use super::cfb::{Compound, u16_at, u32_at};
use super::format::Format;
use super::grid::Area;
use super::intake::Intake;
use super::pool::{Cell, NO_RESULT};
use super::xlsx::{put_number, yes_no};
use domain::{DateSystem, Raw};
use rustc_hash::FxHashMap;

/// What the workbook's own records say.
struct Globals {
    dates: DateSystem,
    sheets: Vec<(String, usize)>,
    styles: Vec<Format>,
    strings: Vec<String>,
}

/// Reads all sheets.
pub(super) fn read(file: &Compound<'_>, intake: &mut Intake<'_>) -> Result<DateSystem, SheetError> {
    let stream = file.stream("Workbook")?;
    let globals = globals(&stream)?;
    let mut strings = Vec::with_capacity(globals.strings.len());
    for text in &globals.strings {
        // A too long text is reported at the cell that uses it.
        let short = text.len() <= intake.limits.chars;
        strings.push(if short { intake.pool.keep(Raw::Text(text))? } else { Cell::EMPTY });
    }
    // A small file can name one place as the beginning of any number of sheets.
    if globals.sheets.len() > intake.limits.parts {
        return Err(SheetError::TooManyParts { found: globals.sheets.len(), limit: intake.limits.parts });
    }
    for (name, position) in &globals.sheets {
        intake.begin(name);
        let mut cells = Vec::new();
        let records = Records { stream: &stream, at: *position };
        sheet(records, &mut cells, intake)?;
        cells.sort_by_key(|(row, column, _)| (*row, *column));
        for (row, column, found) in cells {
            put(intake, (row, column), &found, &globals, &strings)?;
        }
    }
    Ok(globals.dates)
}

fn globals(stream: &[u8]) -> Result<Globals, SheetError> {
    let mut found =
        Globals { dates: DateSystem::Y1900, sheets: Vec::new(), styles: Vec::new(), strings: Vec::new() };
    let mut codes: FxHashMap<u16, Format> = FxHashMap::default();
    let mut ids = Vec::new();
    let mut ended = false;
    for record in (Records { stream, at: 0 }) {
        let data = record.data();
        match record.kind {
            0x0809 if u16_at(data, 0) != 0x0600 => return Err(SheetError::TooOld),
            0x002F => return Err(SheetError::Encrypted),
            0x0022 if u16_at(data, 0) == 1 => found.dates = DateSystem::Y1904,
            0x0085 => found.sheets.extend(sheet_name(data)),
            0x00E0 => ids.push(u16_at(data, 2)),
            0x041E => {
                if let Some((code, _)) = data.get(2..).and_then(text16) {
                    codes.insert(u16_at(data, 0), Format::of_code(&code));
                }
            }
            0x00FC => found.strings = Strings::of(&record).all(),
            0x000A => {
                ended = true;
                break;
            }
            _ => (),
        }
    }
    if !ended {
        return Err(SheetError::Truncated);
    }
    let style = |id: u16| codes.get(&id).copied().unwrap_or_else(|| Format::built_in(u32::from(id)));
    found.styles = ids.into_iter().map(style).collect();
    Ok(found)
}

/// Name and position of a worksheet; charts and macros are none.
fn sheet_name(data: &[u8]) -> Option<(String, usize)> {
    let count = usize::from(*data.get(6)?);
    (*data.get(5)? == 0).then_some(())?;
    let (name, _) = characters(data.get(8..)?, count, data.get(7)? & 1 != 0);
    Some((name.replace('\0', ""), u32_at(data, 0) as usize))
}

/// A cell as its record says it.
enum Found {
    Shared(u32),
    Text(String),
    Number(f64, u16),
    Bool(bool),
    Error(u8),
    NoResult,
}

type Cells = Vec<(u32, u32, Found)>;

fn sheet(records: Records<'_>, cells: &mut Cells, intake: &mut Intake<'_>) -> Result<(), SheetError> {
    let mut depth = 0_u32;
    for record in records {
        if cells.len() as u64 > intake.limits.cells {
            return Err(SheetError::TooManyCells { limit: intake.limits.cells });
        }
        let data = record.data();
        match record.kind {
            // An embedded chart has its own begin and end.
            0x0809 => depth += 1,
            0x000A if depth <= 1 => return Ok(()),
            0x000A => depth -= 1,
            _ if depth != 1 => (),
            0x00E5 => merges(data, intake),
            // A text result follows its formula.
            0x0207 => {
                if let (Some(last), Some((text, _))) = (cells.last_mut(), text16(data)) {
                    last.2 = Found::Text(text);
                }
            }
            kind => cell(kind, data, cells),
        }
    }
    Err(SheetError::Truncated)
}

fn cell(kind: u16, data: &[u8], cells: &mut Cells) {
    let (row, column, style) = (u32::from(u16_at(data, 0)), u32::from(u16_at(data, 2)), u16_at(data, 4));
    let found = match kind {
        0x00FD if data.len() >= 10 => Found::Shared(u32_at(data, 6)),
        0x0203 if data.len() >= 14 => Found::Number(f64_at(data, 6), style),
        0x027E if data.len() >= 10 => Found::Number(rk(u32_at(data, 6)), style),
        0x0204 | 0x00D6 => match data.get(6..).and_then(text16) {
            Some((text, _)) => Found::Text(text),
            None => return,
        },
        0x0205 if data.len() >= 8 => {
            if data[7] == 0 {
                Found::Bool(data[6] != 0)
            } else {
                Found::Error(data[6])
            }
        }
        0x0006 if data.len() >= 20 => formula(data, style),
        0x00BD => {
            let pairs = data.get(4..data.len().saturating_sub(2)).unwrap_or_default();
            for (i, pair) in pairs.chunks_exact(6).enumerate() {
                cells.push((row, column + i as u32, Found::Number(rk(u32_at(pair, 2)), u16_at(pair, 0))));
            }
            return;
        }
        _ => return,
    };
    cells.push((row, column, found));
}

/// The stored result of a formula (MS-XLS 2.5.133).
fn formula(data: &[u8], style: u16) -> Found {
    if u16_at(data, 12) != 0xFFFF {
        return Found::Number(f64_at(data, 6), style);
    }
    match data[6] {
        // A text: it stands in the String record that follows.
        0 => Found::NoResult,
        1 => Found::Bool(data[8] != 0),
        2 => Found::Error(data[8]),
        _ => Found::Text(String::new()),
    }
}

fn put(
    intake: &mut Intake<'_>,
    (row, column): (u32, u32),
    found: &Found,
    globals: &Globals,
    strings: &[Cell],
) -> Result<(), SheetError> {
    let raw = match found {
        Found::Shared(id) => match (strings.get(*id as usize), globals.strings.get(*id as usize)) {
            (Some(cell), Some(_)) if !cell.is_empty() => return intake.put_cell(row, column, *cell),
            (_, Some(text)) => Raw::Text(text),
            _ => return Err(SheetError::broken("共享字符串")),
        },
        Found::Text(text) => Raw::Text(text),
        Found::Number(value, style) => {
            let format = globals.styles.get(usize::from(*style)).copied().unwrap_or_default();
            return put_number(intake, (row, column), *value, format, globals.dates);
        }
        Found::Bool(value) => Raw::Text(yes_no(*value)),
        Found::Error(code) => Raw::Unreadable(error_name(*code)),
        Found::NoResult => Raw::Unreadable(NO_RESULT),
    };
    intake.put(row, column, raw).map(drop)
}

fn error_name(code: u8) -> &'static str {
    match code {
        0x00 => "#NULL!",
        0x07 => "#DIV/0!",
        0x0F => "#VALUE!",
        0x17 => "#REF!",
        0x1D => "#NAME?",
        0x24 => "#NUM!",
        _ => "#N/A",
    }
}

fn merges(data: &[u8], intake: &mut Intake<'_>) {
    let Some(grid) = intake.grids.last_mut() else { return };
    for area in data.get(2..).unwrap_or_default().chunks_exact(8) {
        grid.merges.push(Area {
            top: u32::from(u16_at(area, 0)),
            bottom: u32::from(u16_at(area, 2)),
            left: u32::from(u16_at(area, 4)),
            right: u32::from(u16_at(area, 6)),
        });
    }
}
