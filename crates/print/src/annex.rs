//! 证书附表: which rows stand in which table, with the numbers and merged cells of the official form (domain.md 3.3).

use crate::canvas::MM;
use crate::document::{Document, PrintError};
use crate::font::FontSet;
use crate::sheet::{self, SheetPlan, Values};
use crate::table::{Cell, Column, HeadCell, Laid, Row, Table};
use crate::table_draw::{Frame, HEAD_SIZE, HEAD_STYLE};
use crate::template::Template;
use crate::text::wrap;
use domain::{Capability, Signatory, Site};

/// A table with its own pages: one part, one site, food or not.
pub(crate) struct Section<'a> {
    pub title: String,
    /// Running head: number and days, then the place over as many lines as it takes.
    pub head: Vec<String>,
    pub table: Laid<'a>,
    pub landscape: bool,
}

/// The annex, planned: cover, notes and tables.
pub(crate) struct AnnexPlan<'a, 't> {
    pub cover: SheetPlan<'t>,
    pub notes: SheetPlan<'t>,
    pub sections: Vec<Section<'a>>,
}

impl AnnexPlan<'_, '_> {
    pub fn pages(&self) -> usize {
        2 + self.sections.iter().map(|s| s.table.pages.len()).sum::<usize>()
    }
}

const fn column(x: f32, width: f32, centred: bool, says_continued: bool) -> Column {
    Column { x: x * MM, width: width * MM, centred, says_continued }
}

/// Part 2 in the proportions of the official form (domain.md 3.3), 267 mm on A4 landscape.
static CAPABILITY: [Column; 7] = [
    column(0.0, 12.0, true, false),
    column(12.0, 36.0, true, true),
    column(48.0, 15.0, true, false),
    column(63.0, 43.0, false, true),
    column(106.0, 98.0, false, false),
    column(204.0, 40.0, false, false),
    column(244.0, 23.0, false, false),
];

static CAPABILITY_HEAD: [HeadCell; 8] = [
    HeadCell { columns: (0, 1), rows: (0, 2), text: "序号" },
    HeadCell { columns: (1, 2), rows: (0, 2), text: "类别(产品/项目/参数)" },
    HeadCell { columns: (2, 4), rows: (0, 1), text: "产品/项目/参数" },
    HeadCell { columns: (4, 5), rows: (0, 2), text: "依据的标准(方法)名称及编号(含年号)" },
    HeadCell { columns: (5, 6), rows: (0, 2), text: "限制范围" },
    HeadCell { columns: (6, 7), rows: (0, 2), text: "说明" },
    HeadCell { columns: (2, 3), rows: (1, 2), text: "序号" },
    HeadCell { columns: (3, 4), rows: (1, 2), text: "名称" },
];

/// Part 1, 170 mm on A4 portrait.
static SIGNATORY: [Column; 5] = [
    column(0.0, 13.0, true, false),
    column(13.0, 24.0, true, false),
    column(37.0, 40.0, true, false),
    column(77.0, 68.0, false, false),
    column(145.0, 25.0, false, false),
];

static SIGNATORY_HEAD: [HeadCell; 5] = [
    HeadCell { columns: (0, 1), rows: (0, 1), text: "序号" },
    HeadCell { columns: (1, 2), rows: (0, 1), text: "姓名" },
    HeadCell { columns: (2, 3), rows: (0, 1), text: "职务/职称" },
    HeadCell { columns: (3, 4), rows: (0, 1), text: "批准授权签字领域" },
    HeadCell { columns: (4, 5), rows: (0, 1), text: "备注" },
];

/// Plans cover, notes and tables; food first where both stand, each apart (domain.md 3.3).
pub(crate) fn plan<'a, 't>(
    document: &Document<'a>,
    values: &Values,
    fonts: &FontSet,
    template: &'t Template,
) -> Result<AnnexPlan<'a, 't>, PrintError> {
    let layout = &template.layout;
    let page = |sheet| sheet::plan(sheet, document, values, fonts, template, false);
    let (cover, notes) = (page(&layout.cover)?, page(&layout.notes)?);
    let content = document.content;
    let sites = content.capabilities.iter().map(|c| c.site).chain(content.signatories.iter().map(|s| s.site));
    let homeless = sites.filter(|&site| usize::from(site) >= content.sites.len()).count();
    if homeless > 0 {
        return Err(PrintError::NoSite(homeless));
    }
    let parts = Parts { document, values, fonts, template };
    let mut sections = parts.of(
        &content.signatories,
        |s| (s.site, s.food),
        |rows| parts.table(&SIGNATORY, &SIGNATORY_HEAD, 1, signatory_rows(rows)),
        &layout.annex.signatories_title,
    );
    sections.extend(parts.of(
        &content.capabilities,
        |c| (c.site, c.food),
        |rows| parts.table(&CAPABILITY, &CAPABILITY_HEAD, 2, capability_rows(rows)),
        &layout.annex.capabilities_title,
    ));
    Ok(AnnexPlan { cover, notes, sections })
}

/// What the sections of an annex share.
struct Parts<'p, 'a> {
    document: &'p Document<'a>,
    values: &'p Values,
    fonts: &'p FontSet,
    template: &'p Template,
}

impl<'a> Parts<'_, 'a> {
    /// One section for each site and kind (food or not) that has rows.
    fn of<T>(
        &self,
        all: &'a [T],
        key: impl Fn(&T) -> (u16, bool),
        table: impl Fn(&[&'a T]) -> Table<'a>,
        title: &str,
    ) -> Vec<Section<'a>> {
        let words = &self.template.layout.annex;
        let apart = all.iter().any(|row| key(row).1);
        let mut sections = Vec::new();
        for (index, site) in self.document.content.sites.iter().enumerate() {
            for food in [true, false] {
                let rows: Vec<&T> = all.iter().filter(|row| key(row) == (index as u16, food)).collect();
                if rows.is_empty() {
                    continue;
                }
                let kind = if food { &words.food } else { &words.other };
                let title = format!("{}{}", self.values.fill(title), if apart { kind } else { "" });
                sections.push(self.section(site, title, table(&rows)));
            }
        }
        sections
    }

    fn table(
        &self,
        columns: &'static [Column],
        head: &'static [HeadCell],
        head_rows: usize,
        rows: Vec<Row<'a>>,
    ) -> Table<'a> {
        let words = &self.template.layout.annex;
        Table { columns, head, head_rows, rows, size: words.body_size, continued: words.continued.clone() }
    }

    fn section(&self, site: &Site, title: String, table: Table<'a>) -> Section<'a> {
        let landscape = table.head_rows == 2;
        let frame = Frame::new(landscape);
        let days = [("证书编号", "number"), ("批准日期", "approved_on"), ("有效期至", "valid_to")];
        let days: Vec<String> = days.iter().map(|(l, v)| format!("{l}：{}", self.values.get(v))).collect();
        let place = match site.name.as_str() {
            "" => format!("地址：{}", site.address),
            name if self.document.content.sites.len() > 1 => format!("场所：{name}　地址：{}", site.address),
            _ => format!("地址：{}", site.address),
        };
        let lines = wrap(self.fonts, HEAD_STYLE, &place, frame.width / HEAD_SIZE, 0.0);
        let mut head = vec![days.join("　　")];
        head.extend(lines.into_iter().map(|l| place[l.start as usize..l.end as usize].to_owned()));
        let title_lines = frame.title_lines(self.fonts, &title).len();
        let below = frame.bottom - frame.table_top(head.len(), 0) - frame.head_height(&table);
        let first = frame.bottom - frame.table_top(head.len(), title_lines) - frame.head_height(&table);
        Section { title, head, table: table.lay(self.fonts, first, below), landscape }
    }
}

fn signatory_rows<'a>(rows: &[&'a Signatory]) -> Vec<Row<'a>> {
    let row = |(i, s): (usize, &&'a Signatory)| {
        let number = Cell::Text((i + 1).to_string().into());
        let texts = [&s.name, &s.title, &s.field, &s.remark].map(|text| Cell::Text(text.as_str().into()));
        Row::Cells(std::iter::once(number).chain(texts).collect())
    };
    rows.iter().enumerate().map(row).collect()
}

/// Bars 一、二 for 大类, 1, 2 for 类别, 1.1, 1.2 for items; what repeats the row above inside a 类别 is one merged cell.
///
/// The numbers of 类别 go on over bars, so that 1.1 stands once in a table. A row's own label wins over the computed one.
fn capability_rows<'a>(rows: &[&'a Capability]) -> Vec<Row<'a>> {
    let mut out = Vec::with_capacity(rows.len() + 8);
    let (mut bars, mut class_number, mut item_number) = (0, 0, 0);
    let mut above: Option<(&Capability, String)> = None;
    for row in rows {
        let item = &row.item;
        let before = above.as_ref().map(|(row, _)| *row);
        let same_category = before.is_some_and(|b| b.item.category == item.category);
        if !same_category && !item.category.is_empty() {
            bars += 1;
            out.push(Row::Bar(format!("{}、{}", chinese(bars), item.category)));
        }
        let same_class = same_category && before.is_some_and(|b| b.item.class == item.class);
        let same_item = same_class
            && before
                .is_some_and(|b| b.item.name == item.name && (row.label.is_empty() || b.label == row.label));
        let classless = item.class.is_empty();
        match (same_class, same_item, classless) {
            (false, _, _) | (true, false, true) => (class_number, item_number) = (class_number + 1, 1),
            (true, false, false) => item_number += 1,
            (true, true, _) => {}
        }
        let label = match (row.label.as_str(), classless) {
            ("", true) => class_number.to_string(),
            ("", false) => format!("{class_number}.{item_number}"),
            (own, _) => own.to_owned(),
        };
        let class_label = match label.rsplit_once('.') {
            Some((class, _)) if !classless => class.to_owned(),
            _ if classless => String::new(),
            _ => class_number.to_string(),
        };
        let standard = standard_text(row);
        let merge =
            |same: bool, text: std::borrow::Cow<'a, str>| if same { Cell::Above } else { Cell::Text(text) };
        let equal = |of: fn(&Capability) -> &str| {
            same_class && !of(row).is_empty() && before.is_some_and(|b| of(b) == of(row))
        };
        let same_standard = same_class && above.as_ref().is_some_and(|(_, text)| *text == standard);
        let merged_class = same_class && (!classless || same_item);
        out.push(Row::Cells(vec![
            merge(merged_class, class_label.into()),
            merge(merged_class, item.class.as_str().into()),
            merge(same_item, label.into()),
            merge(same_item, item.name.as_str().into()),
            merge(same_standard, standard.clone().into()),
            merge(equal(|c| &c.limits), row.limits.as_str().into()),
            merge(equal(|c| &c.remark), row.remark.as_str().into()),
        ]));
        above = Some((row, standard));
    }
    out
}

/// 《name》 number/clause, as the form asks; what is missing is left out.
pub(crate) fn standard_text(row: &Capability) -> String {
    let item = &row.item;
    let name = item.standard_name.trim();
    let mut text = match name {
        "" => String::new(),
        _ if name.starts_with('《') => format!("{name} "),
        _ => format!("《{name}》 "),
    };
    text.push_str(&item.standard_number);
    if !item.clause.is_empty() {
        if !item.clause.starts_with('/') && !item.standard_number.is_empty() {
            text.push('/');
        }
        text.push_str(&item.clause);
    }
    text.truncate(text.trim_end().len());
    text
}

/// 1 to 99 in Chinese; above that in digits.
fn chinese(n: usize) -> String {
    const DIGITS: [&str; 10] = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    match (n / 10, n % 10) {
        (0, ones) => DIGITS[ones].to_owned(),
        (1, ones) => format!("十{}", DIGITS[ones]),
        (tens @ 2..=9, ones) => format!("{}十{}", DIGITS[tens], DIGITS[ones]),
        _ => n.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Item;

    fn row(category: &str, class: &str, name: &str, standard: &str, limits: &str) -> Capability {
        let item = Item {
            category: category.into(),
            class: class.into(),
            name: name.into(),
            standard_name: String::new(),
            standard_number: standard.into(),
            clause: String::new(),
        };
        let (label, remark) = (String::new(), String::new());
        Capability { site: 0, item, limits: limits.into(), remark, approved_on: None, food: false, label }
    }

    fn shape(rows: &[Capability]) -> Vec<String> {
        let rows: Vec<&Capability> = rows.iter().collect();
        let cell = |cell: &Cell<'_>| match cell {
            Cell::Text(text) => text.to_string(),
            Cell::Above => "^".into(),
        };
        let line = |row: &Row<'_>| match row {
            Row::Bar(text) => text.clone(),
            Row::Cells(cells) => cells.iter().map(cell).collect::<Vec<_>>().join("|"),
        };
        capability_rows(&rows).iter().map(line).collect()
    }

    #[test]
    fn rows_are_numbered_and_merged_as_in_the_official_form() {
        let mut rows = vec![
            row("水", "地表水", "氨氮", "HJ 1-2001", "甲"),
            row("水", "地表水", "氨氮", "HJ 2-2002", "甲"),
            row("水", "地表水", "总磷", "HJ 2-2002", ""),
            row("水", "废水", "总磷", "HJ 2-2002", ""),
            row("气", "废气", "氨", "HJ 3-2003", ""),
            row("", "", "X射线", "GB 4", ""),
            row("", "", "γ射线", "GB 4", ""),
        ];
        rows[3].label = "7.10".into();
        assert_eq!(
            shape(&rows),
            [
                "一、水",
                "1|地表水|1.1|氨氮|HJ 1-2001|甲|",
                "^|^|^|^|HJ 2-2002|^|",
                "^|^|1.2|总磷|^||",
                "7|废水|7.10|总磷|HJ 2-2002||",
                "二、气",
                "3|废气|3.1|氨|HJ 3-2003||",
                "||4|X射线|GB 4||",
                "||5|γ射线|^||",
            ]
        );
    }

    #[test]
    fn a_standard_is_written_with_its_name_number_and_clause() {
        let mut one = row("", "", "", "GB/T20174-2019", "");
        one.item.standard_name = "钻通设备".into();
        one.item.clause = "8.5.7.6".into();
        assert_eq!(standard_text(&one), "《钻通设备》 GB/T20174-2019/8.5.7.6");
        one.item.standard_name = "《钻通设备》（第二版）".into();
        one.item.clause = "/6.1".into();
        assert_eq!(standard_text(&one), "《钻通设备》（第二版） GB/T20174-2019/6.1");
        one.item = Item { standard_name: "自编方法".into(), ..row("", "", "", "", "").item };
        assert_eq!(standard_text(&one), "《自编方法》");
    }

    #[test]
    fn bars_count_in_chinese() {
        let numbers = [1, 10, 11, 20, 21, 99, 100].map(chinese);
        assert_eq!(numbers, ["一", "十", "十一", "二十", "二十一", "九十九", "100"]);
    }
}
