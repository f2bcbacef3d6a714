//! The workbook and the CSV files that people fill in: every field once, in the order of [`Field::ALL`].

use super::SheetError;
use super::header::{CODES_SHEET, GUIDE_SHEET};
use domain::{Field, Group, Need, Shape, Tables};
use rust_xlsxwriter::{
    Color, DataValidation, DataValidationErrorStyle, DataValidationRule, ExcelDateTime, Format, FormatAlign,
    FormatBorder, Note, Workbook, Worksheet,
};

/// Last row of a sheet, 0-based.
const LAST_ROW: u32 = 1_048_575;
/// Colours of headers: what must be filled in, what sometimes, what may.
const MUST: u32 = 0xB42318;
const SOMETIMES: u32 = 0xB54708;
const MAY: u32 = 0x475467;
/// Excel's own limit for a list written into the rule.
const LIST_LIMIT: usize = 255;

/// Our workbook, empty but for one example row a sheet; the codes are those an administrator keeps.
pub fn template(tables: &Tables) -> Result<Vec<u8>, SheetError> {
    let mut workbook = Workbook::new();
    for group in Group::ALL {
        fields_sheet(workbook.add_worksheet(), group)?;
    }
    guide(workbook.add_worksheet())?;
    codes(workbook.add_worksheet(), tables)?;
    Ok(workbook.save_to_buffer()?)
}

/// One table as CSV: header and example row, UTF-8 with a mark so that Excel reads it.
pub fn csv_template(group: Group) -> Vec<u8> {
    let line = |of: &dyn Fn(Field) -> String| group.fields().map(of).collect::<Vec<_>>().join(",");
    // No header or example holds a comma, a quote or a line break (tested).
    format!("\u{feff}{}\r\n{}\r\n", line(&title), line(&|field| example(field).to_owned())).into_bytes()
}

fn fields_sheet(sheet: &mut Worksheet, group: Group) -> Result<(), SheetError> {
    sheet.set_name(group.sheet())?;
    sheet.set_freeze_panes(1, 0)?;
    sheet.set_row_height(0, 32)?;
    let grey = Format::new().set_font_color(Color::RGB(0x98A2B3)).set_italic();
    for (column, field) in (0_u16..).zip(group.fields()) {
        sheet.write_string_with_format(0, column, title(field), &header_format(field))?;
        sheet.insert_note(0, column, &note(field))?;
        sheet.set_column_width(column, width(field))?;
        match field.shape() {
            Shape::Day => sheet.set_column_format(column, &Format::new().set_num_format("yyyy-mm-dd"))?,
            _ => sheet.set_column_format(column, &Format::new().set_num_format("@"))?,
        };
        sheet.write_string_with_format(1, column, example(field), &grey)?;
        if let Some(rule) = validation(field)? {
            sheet.add_data_validation(1, column, LAST_ROW, column, &rule)?;
        }
    }
    Ok(())
}

fn title(field: Field) -> String {
    let mark = if field.need() == Need::Must { "*" } else { "" };
    format!("{mark}{}", field.label())
}

fn header_format(field: Field) -> Format {
    let color = match field.need() {
        Need::Must => MUST,
        Need::Sometimes => SOMETIMES,
        Need::May => MAY,
    };
    Format::new()
        .set_bold()
        .set_font_color(Color::White)
        .set_background_color(Color::RGB(color))
        .set_align(FormatAlign::Center)
        .set_align(FormatAlign::VerticalCenter)
        .set_border(FormatBorder::Thin)
        .set_text_wrap()
}

fn width(field: Field) -> f64 {
    let label = field.label().chars().count() as f64 * 2.2 + 2.0;
    let content = match field.shape() {
        Shape::Text(n) if n >= 300 => 36.0,
        Shape::Text(n) if n >= 150 => 28.0,
        Shape::Text(_) => 14.0,
        Shape::Day => 12.0,
        Shape::YesNo | Shape::Code => 10.0,
        Shape::Choice(words) => words.iter().map(|w| w.chars().count()).max().unwrap_or(0) as f64 * 2.0 + 2.0,
        Shape::Digits(n) => (n as f64 + 3.0).min(22.0),
    };
    label.max(content)
}

fn note(field: Field) -> Note {
    let need = match field.need() {
        Need::Must => "必填。",
        Need::Sometimes => "在一定情形下必填。",
        Need::May => "可以不填。",
    };
    let shape = match field.shape() {
        Shape::Text(n) => format!("不超过 {n} 个字。"),
        Shape::Day => "日期，如 2026-03-05 或 2026年3月5日。".to_owned(),
        Shape::YesNo => "填“是”或“否”。".to_owned(),
        Shape::Choice(words) => format!("填写：{}。", words.join("、")),
        Shape::Code => format!("填代码，见工作表“{CODES_SHEET}”。"),
        Shape::Digits(n) => format!("不超过 {n} 位；单元格保持文本格式，以免数字走样。"),
    };
    let personal =
        if field.personal() && !field.hint().contains("加密") { "加密保存，不公开。" } else { "" };
    Note::new(format!("{need}{}{personal}\n{shape}", field.hint())).add_author_prefix(false).set_width(260)
}

fn validation(field: Field) -> Result<Option<DataValidation>, SheetError> {
    let rule = match field.shape() {
        Shape::YesNo => DataValidation::new().allow_list_strings(&["是", "否"])?,
        Shape::Choice(words) if words.join(",").chars().count() <= LIST_LIMIT => {
            DataValidation::new().allow_list_strings(words)?
        }
        Shape::Day => {
            let first = ExcelDateTime::from_ymd(1949, 10, 1)?;
            DataValidation::new().allow_date(DataValidationRule::GreaterThanOrEqualTo(first))
        }
        _ => return Ok(None),
    };
    // A warning, not a wall: several kinds may stand in one cell, and days may be typed in Chinese.
    let rule = rule
        .set_error_style(DataValidationErrorStyle::Warning)
        .set_error_title("请核对")?
        .set_error_message("与填写要求不符，确认这样填写吗？导入时会再次核对。")?;
    Ok(Some(rule))
}

/// What the example row shows; invented, and never imported because its first cell says 示例.
fn example(field: Field) -> &'static str {
    use Field::{
        Address, ApprovedOn, BodyName, CapabilityOf, CapabilitySite, Clause, Contact, DecisionNumber,
        Department, Division, Domain, Industry, InstrumentName, InstrumentOf, Item, Key, Limits,
        SignatoryField, SignatoryName, SignatoryOf, SiteAddress, SiteDivision, SiteName, SiteOf, StaffName,
        StaffOf, StandardName, StandardNumber, Uscc, ValidTo,
    };
    match field {
        Key | SiteOf | CapabilityOf | SignatoryOf | InstrumentOf | StaffOf => "示例1",
        BodyName => "示例检测有限公司",
        Uscc => "91110000100000001X",
        Department => "无",
        Address | SiteAddress => "某省某市样例路1号",
        Division | SiteDivision => "110101",
        Contact => "张示例",
        Domain => "12",
        Industry => "05",
        DecisionNumber => "样例〔2026〕1号",
        SiteName | CapabilitySite => "本部",
        ValidTo => "2032-03-04",
        Item => "氨氮",
        StandardName => "水质 氨氮的测定 样例法",
        StandardNumber => "HJ 0000-2020",
        Clause => "6.1",
        Limits => "",
        SignatoryName | StaffName => "张示例",
        SignatoryField => "全部检测能力",
        InstrumentName => "分光光度计",
        ApprovedOn => "2026-03-05",
        other => match other.shape() {
            Shape::Day if other.need() == Need::Must => "2026-03-05",
            Shape::YesNo if other.need() == Need::Must => "否",
            Shape::Choice(words) if other.need() == Need::Must => words.first().copied().unwrap_or_default(),
            _ => "",
        },
    }
}

const GUIDE: &[&str] = &[
    "一、每张证书在“证书”表占一行；场所、检测能力、授权签字人、仪器设备、人员各在自己的表中，用“对应证书”列指明属于哪张证书（填证书表的“序号”或“证书编号”）。",
    "二、带 * 的红色列必填，橙色列在一定情形下必填，灰色列可以不填。列名不要改；列的先后可以调整，不需要的非必填列可以删除。",
    "三、第一格以“示例”开头的行不导入，填写前后都不必删除。空行不导入。",
    "四、代码、证件号码、电话等保持文本格式。18 位代码若显示成 9.1E+17，数字已经丢失，须按原件重新录入。",
    "五、日期写成 2026-03-05、2026/3/5、2026年3月5日均可。“有效期至”填最后一个有效日。",
    "六、不需要的整张工作表可以删除。办理变更时，某张证书在某个工作表中没有行，该项内容保持不变；有行的，以填写的全部行为准。要清空某项内容，请在网页上办理。",
    "七、检测能力的“标准名称”和“标准编号”可以写在一格里，系统自动拆开，预览时请核对。",
    "八、也可以每张表另存为一个 CSV 文件（文件名为表名，如“证书.csv”），编码 UTF-8 或 GB18030 均可，一起上传。",
    "九、导入分两步：先预览（不写入任何数据），把问题全部列出，可下载标红的工作簿改正后再传；确认无误再提交。",
];

fn guide(sheet: &mut Worksheet) -> Result<(), SheetError> {
    sheet.set_name(GUIDE_SHEET)?;
    sheet.set_column_width(0, 110)?;
    let head = Format::new().set_bold().set_font_size(14);
    sheet.write_string_with_format(0, 0, "填写说明（检验检测机构资质认定证书统一赋码）", &head)?;
    let wrap = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    for (row, line) in (1_u32..).zip(GUIDE) {
        sheet.write_string_with_format(row, 0, *line, &wrap)?;
    }
    Ok(())
}

fn codes(sheet: &mut Worksheet, tables: &Tables) -> Result<(), SheetError> {
    sheet.set_name(CODES_SHEET)?;
    sheet.set_freeze_panes(1, 0)?;
    let lists: [(&str, Vec<(String, &String)>); 3] = [
        ("领域代码", tables.domains.iter().map(|(code, name)| (code.to_string(), name)).collect()),
        ("行业代码", tables.industries.iter().map(|(code, name)| (code.to_string(), name)).collect()),
        (
            "行政区划代码",
            tables.divisions.iter().map(|(code, name)| (code.as_str().to_owned(), name)).collect(),
        ),
    ];
    let head = Format::new().set_bold();
    for (at, (title, mut list)) in (0_u16..).step_by(3).zip(lists) {
        list.sort();
        sheet.write_string_with_format(0, at, title, &head)?;
        sheet.write_string_with_format(0, at + 1, "名称", &head)?;
        sheet.set_column_width(at, 14)?;
        sheet.set_column_width(at + 1, 30)?;
        for (row, (code, name)) in (1_u32..).zip(list) {
            sheet.write_string(row, at, code)?;
            sheet.write_string(row, at + 1, name)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sheet::{Limits, read};

    #[test]
    fn the_template_is_read_as_empty_tables_with_all_columns() {
        let book = read("模板.xlsx", &template(&Tables::default()).unwrap(), &Limits::web()).unwrap();
        assert_eq!(book.tables.len(), 6);
        for table in &book.tables {
            let fields: Vec<Field> = table.columns.iter().map(|c| c.field).collect();
            assert_eq!(fields, table.group.fields().collect::<Vec<_>>());
            assert!(table.is_empty(), "the example is no data: {}", table.sheet);
        }
        assert!(book.problems.is_empty(), "{:?}", book.problems);
    }

    #[test]
    fn the_csv_templates_are_read_as_empty_tables() {
        for group in Group::ALL {
            let bytes = csv_template(group);
            let book = read(&format!("{}.csv", group.sheet()), &bytes, &Limits::web()).unwrap();
            assert_eq!(book.tables[0].columns.len(), group.fields().count());
            assert!(book.tables[0].is_empty());
        }
    }
}
