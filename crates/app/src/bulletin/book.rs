//! A bulletin as a workbook: its figures, its rankings, what they mean, and the data they are made again from.

use super::BulletinView;
use crate::{App, AppError, Ctx, Result};
use data_encoding::HEXLOWER;
use domain::bulletin::{BulletinId, Indicator, Line, Value};
use rust_xlsxwriter::{Color, Format, Workbook, Worksheet, XlsxError};

type Written = std::result::Result<(), XlsxError>;

impl App {
    /// The workbook of a bulletin: sheets 指标, 排名, 说明, 数据.
    pub async fn bulletin_book(&self, ctx: &Ctx, id: BulletinId) -> Result<Vec<u8>> {
        let view = self.bulletin(ctx, id).await?;
        book(&view).map_err(|error| AppError::Fault(format!("通报工作簿：{error}")))
    }
}

fn book(view: &BulletinView) -> std::result::Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    figures(book.add_worksheet().set_name("指标")?, view)?;
    rankings(book.add_worksheet().set_name("排名")?, view)?;
    notes(book.add_worksheet().set_name("说明")?, view)?;
    data(book.add_worksheet().set_name("数据")?, view)?;
    book.save_to_buffer()
}

fn bold() -> Format {
    Format::new().set_bold()
}

fn head(sheet: &mut Worksheet, row: u32, labels: &[String]) -> Written {
    let format = bold().set_background_color(Color::RGB(0x00EA_F2FB)).set_text_wrap();
    for (column, label) in (0..).zip(labels) {
        sheet.write_string_with_format(row, column, label, &format)?;
    }
    Ok(())
}

/// A number as a number; what is missing says why.
fn put(sheet: &mut Worksheet, row: u32, column: u16, value: Value) -> Written {
    match (value, value.tenths()) {
        (Value::Count(n), _) => {
            sheet.write_number_with_format(row, column, n as f64, &Format::new().set_num_format("#,##0"))?
        }
        (Value::Ratio { .. }, Some(tenths)) => {
            let format = Format::new().set_num_format("#,##0.0");
            sheet.write_number_with_format(row, column, tenths as f64 / 10.0, &format)?
        }
        _ => sheet.write_string(row, column, value.text())?,
    };
    Ok(())
}

fn with_unit(of: Indicator) -> String {
    format!("{}（{}）", of.label(), of.unit())
}

fn figures(sheet: &mut Worksheet, view: &BulletinView) -> Written {
    sheet.write_string_with_format(0, 0, &view.title, &bold())?;
    let mut labels = vec!["机关".to_owned()];
    labels.extend(Indicator::ALL.iter().map(|of| with_unit(*of)));
    labels.push("对接".to_owned());
    head(sheet, 1, &labels)?;
    sheet.set_column_width(0, 32)?;
    sheet.set_column_range_width(1, labels.len() as u16 - 1, 12)?;
    sheet.set_freeze_panes(2, 1)?;
    let lines: Vec<&Line> = view.shown.lines.iter().chain([&view.shown.nation]).collect();
    for (row, line) in (2..).zip(lines) {
        sheet.write_string(row, 0, &line.name)?;
        for (column, cell) in (1..).zip(&line.cells) {
            put(sheet, row, column, cell.value)?;
        }
        if let Some(docked) = line.docked {
            sheet.write_string(row, labels.len() as u16 - 1, docked.label())?;
        }
    }
    Ok(())
}

fn rankings(sheet: &mut Worksheet, view: &BulletinView) -> Written {
    let labels = ["指标", "名次", "机关", "数值", "上期数值", "上期名次", "名次变化"].map(str::to_owned);
    head(sheet, 0, &labels)?;
    sheet.set_column_width(0, 20)?;
    sheet.set_column_width(2, 32)?;
    sheet.set_freeze_panes(1, 0)?;
    let mut row = 0;
    for of in Indicator::ranked() {
        for (line, placing) in view.shown.ranking(of) {
            row += 1;
            let cell = line.cell(of);
            sheet.write_string(row, 0, with_unit(of))?;
            sheet.write_number(row, 1, placing.rank)?;
            sheet.write_string(row, 2, &line.name)?;
            put(sheet, row, 3, cell.value)?;
            put(sheet, row, 4, cell.before)?;
            if let (Some(before), Some(gained)) = (placing.before, placing.gained()) {
                sheet.write_number(row, 5, before)?;
                sheet.write_number(row, 6, gained as f64)?;
            }
        }
    }
    Ok(())
}

fn notes(sheet: &mut Worksheet, view: &BulletinView) -> Written {
    sheet.set_column_width(0, 18)?;
    sheet.set_column_width(1, 100)?;
    let wrap = Format::new().set_text_wrap();
    let it = &view.aggregates;
    let period = format!("{}（{}至{}）", it.period.label(), it.period.first(), it.period.last());
    let facts = [
        ("标题", view.title.clone()),
        ("时期", period),
        ("版本", format!("第{}版", it.edition)),
        ("状态", view.state.label().to_owned()),
        ("统计截至", format!("第{}代第{}条办理记录", it.cut.0, it.cut.1)),
        ("数据摘要", format!("SHA-256 {}", HEXLOWER.encode(&view.bulletin.digest))),
    ];
    let mut row = 0;
    for (label, value) in facts {
        sheet.write_string_with_format(row, 0, label, &bold())?;
        sheet.write_string_with_format(row, 1, value, &wrap)?;
        row += 1;
    }
    for (n, paragraph) in view.text.lines().enumerate() {
        let label = if n == 0 { "正文" } else { "" };
        sheet.write_string_with_format(row, 0, label, &bold())?;
        sheet.write_string_with_format(row, 1, paragraph, &wrap)?;
        row += 1;
    }
    for of in Indicator::ALL {
        sheet.write_string_with_format(row, 0, with_unit(*of), &bold())?;
        sheet.write_string_with_format(row, 1, of.definition(), &wrap)?;
        row += 1;
    }
    Ok(())
}

/// The aggregates, a field a cell: joined by tabs and line feeds they are the bytes of the digest.
fn data(sheet: &mut Worksheet, view: &BulletinView) -> Written {
    let text = String::from_utf8_lossy(&view.bulletin.aggregates);
    for (row, line) in (0..).zip(text.lines()) {
        for (column, field) in (0..).zip(line.split('\t')) {
            sheet.write_string(row, column, field)?;
        }
    }
    Ok(())
}
