//! The board of the docking as a workbook: one sheet, one row an authority.

use super::board::{DeclaredStep, DockingBoard, DockingRow};
use crate::{AppError, Result};
use domain::{Day, Instant};
use rust_xlsxwriter::{Color, Format, Workbook, Worksheet, XlsxError};

/// Headings and widths.
const COLUMNS: [(&str, f64); 15] = [
    ("机关", 30.0),
    ("填报日期", 12.0),
    ("填报逾期", 10.0),
    ("拟用方式", 18.0),
    ("现行方式", 18.0),
    ("有密钥的系统", 13.0),
    ("测试环境通过", 14.0),
    ("测试环境说明", 24.0),
    ("首个联网赋码", 18.0),
    ("上线", 12.0),
    ("上线说明", 24.0),
    ("对接逾期", 10.0),
    ("拟接收存量", 12.0),
    ("已接收存量", 12.0),
    ("最近联系", 18.0),
];

enum Cell {
    Text(String),
    Number(u64),
    Late,
    Empty,
}

fn text(text: &str) -> Cell {
    if text.is_empty() { Cell::Empty } else { Cell::Text(text.to_owned()) }
}

fn moment(at: Option<Instant>) -> Cell {
    at.map_or(Cell::Empty, |at| Cell::Text(at.to_the_minute()))
}

fn day(at: Option<Instant>) -> Cell {
    at.map_or(Cell::Empty, |at| Cell::Text(at.day().to_string()))
}

fn late(yes: bool) -> Cell {
    if yes { Cell::Late } else { Cell::Empty }
}

fn cells(row: &DockingRow) -> [Cell; 15] {
    let it = &row.standing;
    let declared = |step| {
        let step = it.declared(step);
        (day(step.map(|step| step.done_at)), text(step.map_or("", |step| step.note.as_str())))
    };
    let (sandbox, sandbox_note) = declared(DeclaredStep::Sandbox);
    let (live, live_note) = declared(DeclaredStep::Live);
    [
        text(&row.name),
        day(it.filed_at),
        late(row.form_overdue),
        text(it.wanted.map_or("", |mode| mode.label())),
        text(it.mode.label()),
        Cell::Number(it.systems),
        sandbox,
        sandbox_note,
        moment(it.first_code),
        live,
        live_note,
        late(row.docking_overdue),
        it.announced.map_or(Cell::Empty, Cell::Number),
        Cell::Number(it.taken_over),
        moment(it.last_contact),
    ]
}

/// The workbook.
pub(super) fn book(board: &DockingBoard, today: Day) -> Result<Vec<u8>> {
    write(board, today).map_err(|e| AppError::Fault(format!("对接情况表：{e}")))
}

fn write(board: &DockingBoard, today: Day) -> std::result::Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name("对接情况")?;
    let due = |day: Option<Day>| day.map_or("未定".to_owned(), |day| day.to_string());
    let title = format!(
        "对接情况（{today}）　填报截止：{}　对接截止：{}",
        due(board.deadlines.form),
        due(board.deadlines.docking)
    );
    sheet.write_string_with_format(0, 0, title, &Format::new().set_bold())?;
    let head = Format::new().set_bold().set_background_color(Color::RGB(0x00EA_F2FB)).set_text_wrap();
    for (column, (label, width)) in (0..).zip(COLUMNS) {
        sheet.set_column_width(column, width)?;
        sheet.write_string_with_format(1, column, label, &head)?;
    }
    sheet.set_freeze_panes(2, 1)?;
    for (line, row) in (2..).zip(&board.rows) {
        for (column, cell) in (0..).zip(cells(row)) {
            put(sheet, line, column, cell)?;
        }
    }
    book.save_to_buffer()
}

fn put(sheet: &mut Worksheet, line: u32, column: u16, cell: Cell) -> std::result::Result<(), XlsxError> {
    match cell {
        Cell::Text(text) => sheet.write_string(line, column, text)?,
        Cell::Number(n) => sheet.write_number(line, column, n as f64)?,
        Cell::Late => {
            let red = Format::new().set_bold().set_font_color(Color::RGB(0x00B3_261E));
            sheet.write_string_with_format(line, column, "逾期", &red)?
        }
        Cell::Empty => sheet,
    };
    Ok(())
}
