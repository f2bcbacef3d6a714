//! The rows of the annex with the numbers and merged cells of the official form (domain.md 3.3).

use crate::table::{Cell, Row};
use domain::{Capability, Signatory, category_name};
use std::borrow::Cow;

/// 序号, 姓名, 职务/职称, 批准授权签字领域, 备注.
pub(crate) fn signatory_rows<'a>(rows: &[&'a Signatory]) -> Vec<Row<'a>> {
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
pub(crate) fn capability_rows<'a>(rows: &[&'a Capability]) -> Vec<Row<'a>> {
    let mut out = Vec::with_capacity(rows.len() + 8);
    let mut numbers = Numbers::default();
    let mut above: Option<(&Capability, String)> = None;
    for row in rows {
        let standard = standard_text(row);
        let same = Same::new(row, &standard, above.as_ref().map(|(row, standard)| (*row, standard.as_str())));
        let category = category_name(&row.item.category);
        if !same.category && !category.is_empty() {
            numbers.bar += 1;
            out.push(Row::Bar(format!("{}、{category}", chinese(numbers.bar))));
        }
        let (class_label, label) = numbers.next(row, &same);
        let cell = |same: bool, text: Cow<'a, str>| if same { Cell::Above } else { Cell::Text(text) };
        // Rows without 类别 stand for themselves: no blank cell grows over them.
        let class = same.class && (!row.item.class.is_empty() || same.item);
        out.push(Row::Cells(vec![
            cell(class, class_label.into()),
            cell(class, row.item.class.as_str().into()),
            cell(same.item, label.into()),
            cell(same.item, row.item.name.as_str().into()),
            cell(same.standard, standard.clone().into()),
            cell(same.limits, row.limits.as_str().into()),
            cell(same.remark, row.remark.as_str().into()),
        ]));
        above = Some((row, standard));
    }
    out
}

/// In what a row repeats the one above; below a new 类别 nothing counts as repeated.
struct Same {
    category: bool,
    class: bool,
    item: bool,
    standard: bool,
    limits: bool,
    remark: bool,
}

impl Same {
    fn new(row: &Capability, standard: &str, above: Option<(&Capability, &str)>) -> Same {
        let both = |equal: &dyn Fn(&Capability) -> bool| above.is_some_and(|(above, _)| equal(above));
        let category =
            both(&|above| category_name(&above.item.category) == category_name(&row.item.category));
        let class = category && both(&|above| above.item.class == row.item.class);
        let name = both(&|above| above.item.name == row.item.name);
        let label = row.label.is_empty() || both(&|above| above.label == row.label);
        Same {
            category,
            class,
            item: class && name && label,
            standard: class && above.is_some_and(|(_, text)| text == standard),
            limits: class && !row.limits.is_empty() && both(&|above| above.limits == row.limits),
            remark: class && !row.remark.is_empty() && both(&|above| above.remark == row.remark),
        }
    }
}

/// The numbers given so far in a table.
#[derive(Default)]
struct Numbers {
    bar: usize,
    class: usize,
    item: usize,
}

impl Numbers {
    /// The numbers of a row's 类别 (empty if it has none) and item.
    fn next(&mut self, row: &Capability, same: &Same) -> (String, String) {
        let classless = row.item.class.is_empty();
        if !same.class || (classless && !same.item) {
            (self.class, self.item) = (self.class + 1, 1);
        } else if !same.item {
            self.item += 1;
        }
        let label = match (row.label.as_str(), classless) {
            ("", true) => self.class.to_string(),
            ("", false) => format!("{}.{}", self.class, self.item),
            (own, _) => own.to_owned(),
        };
        let class = match label.rsplit_once('.') {
            _ if classless => String::new(),
            Some((class, _)) => class.to_owned(),
            None => self.class.to_string(),
        };
        (class, label)
    }
}

/// 《name》 number/clause, as the form asks; what is missing is left out.
fn standard_text(row: &Capability) -> String {
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
    fn a_bar_has_one_number_whether_or_not_its_category_brings_one() {
        let rows = [
            row("一、水", "地表水", "氨氮", "HJ 1", ""),
            row("水", "地表水", "总磷", "HJ 2", ""),
            row("三、气", "废气", "氨", "HJ 3", ""),
        ];
        let bars = shape(&rows).into_iter().filter(|line| !line.contains('|')).collect::<Vec<_>>();
        assert_eq!(bars, ["一、水", "二、气"]);
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
