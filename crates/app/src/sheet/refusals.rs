//! What an import did not accept, as a workbook: the file itself is gone after the commit.

use super::SheetError;
use rust_xlsxwriter::{Color, Format, FormatAlign, Workbook};

/// Rows below the header that a sheet holds.
const MOST: usize = 1_048_575;

/// The lines by their number in the file, each with its reason.
pub fn refusals(lines: &[(u32, String)]) -> Result<Vec<u8>, SheetError> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet_with_low_memory()?;
    sheet.set_name("未受理")?;
    sheet.set_freeze_panes(1, 0)?;
    sheet.set_column_width(0, 16.0)?;
    sheet.set_column_width(1, 100.0)?;
    let head = Format::new().set_bold().set_background_color(Color::RGB(0xEAECF0));
    sheet.write_string_with_format(0, 0, "文件中第几张", &head)?;
    sheet.write_string_with_format(0, 1, "未受理的原因", &head)?;
    let wrap = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    let top = Format::new().set_align(FormatAlign::Top);
    for (row, (line, why)) in (1..).zip(lines.iter().take(MOST)) {
        sheet.write_number_with_format(row, 0, *line, &top)?;
        sheet.write_string_with_format(row, 1, why, &wrap)?;
    }
    Ok(workbook.save_to_buffer()?)
}
