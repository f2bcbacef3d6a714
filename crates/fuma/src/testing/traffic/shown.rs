//! Tables of figures read out of what is served: pages, workbooks, CSV and JSON. Every cell is brought to one way to write it.

use super::table::{Shown, number};
use calamine::{Data, Reader, Xlsx, open_workbook_from_rs};
use serde_json::Value;
use std::io::Cursor;

/// The tables of a page of figures, each a section with its word.
pub fn of_page(html: &str) -> Vec<Shown> {
    let sections = html.split("<section class=\"card figures\" id=\"").skip(1);
    let read = |section: &str| {
        let (key, rest) = section.split_once('"').unwrap();
        let section = rest.split("</section>").next().unwrap();
        let (head, rows) = match section.split_once("<table") {
            Some((_, table)) => headed(rows_of(table)),
            None => (Vec::new(), None),
        };
        Shown { key: key.to_owned(), head, rows }
    };
    sections.map(read).collect()
}

/// The figures on top of a page: name and number.
pub fn cards(html: &str) -> Vec<Vec<String>> {
    let cards = html.split("<a class=\"figure\"").skip(1);
    let read = |card: &str| {
        let (n, rest) = card.split_once("<b>").unwrap().1.split_once("</b>").unwrap();
        vec![words(rest.split_once('<').unwrap().0), plain(n)]
    };
    cards.map(read).collect()
}

/// The one table of a page under a caption.
pub fn captioned(html: &str, caption: &str) -> Shown {
    let mark = format!("<caption>{caption}</caption>");
    let (_, table) = html.split_once(&mark).unwrap_or_else(|| panic!("no table “{caption}”:\n{html}"));
    let (head, rows) = headed(rows_of(table));
    Shown { key: String::new(), head, rows }
}

fn headed(mut rows: Vec<Vec<String>>) -> (Vec<String>, Option<Vec<Vec<String>>>) {
    let head = rows.remove(0);
    (head, Some(rows))
}

/// The rows up to the end of the table, without what is only drawn.
fn rows_of(table: &str) -> Vec<Vec<String>> {
    let table = table.split("</table>").next().unwrap().replace("<th ", "<td ").replace("</th>", "</td>");
    let cell = |cell: &str| {
        let (attributes, content) = cell.split_once('>')?;
        let content = content.split("</td>").next()?;
        // Behind the word of a row stand ways to its lists.
        let content = content.split("<a class=\"more\"").next()?;
        (!attributes.contains("amount")).then(|| plain(&words(content)))
    };
    let row = |row: &str| row.split("<td").skip(1).filter_map(cell).collect();
    table.split("<tr").skip(1).map(row).collect()
}

/// The text of some HTML.
fn words(html: &str) -> String {
    let mut text = String::new();
    for (at, piece) in html.split('<').enumerate() {
        text += if at == 0 { piece } else { piece.split_once('>').map_or("", |(_, text)| text) };
    }
    for (escaped, is) in [("&#38;", "&"), ("&#60;", "<"), ("&#62;", ">"), ("&#34;", "\""), ("&#39;", "'")] {
        text = text.replace(escaped, is);
    }
    text.trim().to_owned()
}

/// A number as people read it: `1,234`, `+5`, `−5`, `12.3%`, `—`. What is none of these is a name.
fn plain(text: &str) -> String {
    let (sign, digits) = match text.strip_prefix('+') {
        Some(digits) => ("", digits),
        None => text.strip_prefix('−').map_or(("", text), |digits| ("-", digits)),
    };
    if let Some(Ok(share)) = digits.strip_suffix('%').map(str::parse::<f64>) {
        return number(share / 100.0);
    }
    let mut groups = digits.split(',');
    let first = groups.next().is_some_and(|it| (1..4).contains(&it.len()) && all_digits(it));
    match text {
        "—" => String::new(),
        _ if first && groups.all(|it| it.len() == 3 && all_digits(it)) => {
            format!("{sign}{}", digits.replace(',', ""))
        }
        _ => text.to_owned(),
    }
}

fn all_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The sheets of a workbook of figures, but for the last, which explains them.
pub fn of_book(bytes: Vec<u8>) -> Vec<Shown> {
    let mut sheets = sheets(bytes);
    assert_eq!(sheets.pop().map(|it| it.0).as_deref(), Some("说明"));
    let read = |(_, rows)| {
        let (head, rows) = headed(rows);
        Shown { key: String::new(), head, rows }
    };
    sheets.into_iter().map(read).collect()
}

/// The sheets of any workbook: name and rows.
pub fn sheets(bytes: Vec<u8>) -> Vec<(String, Vec<Vec<String>>)> {
    let mut book: Xlsx<_> = open_workbook_from_rs(Cursor::new(bytes)).unwrap();
    let cell = |cell: &Data| match cell {
        Data::Float(n) => number(*n),
        Data::Int(n) => n.to_string(),
        Data::String(text) => text.clone(),
        Data::Empty => String::new(),
        other => panic!("a cell of figures is {other:?}"),
    };
    let names = book.sheet_names();
    let read = |name: String| {
        let range = book.worksheet_range(&name).unwrap();
        (name, range.rows().map(|row| row.iter().map(cell).collect()).collect())
    };
    names.into_iter().map(read).collect()
}

/// The tables of a CSV, each under its title and parted from the next by an empty line. No name in it needs quotes.
pub fn of_csv(text: &str) -> Vec<Shown> {
    let tables = text.trim_start_matches('\u{feff}').split("\"\"\n");
    let read = |table: &str| {
        let cell = |cell: &str| if cell.ends_with('%') { plain(cell) } else { cell.to_owned() };
        // The title is a line of its own.
        let lines = table.lines().skip(1);
        let (head, rows) = headed(lines.map(|line| line.split(',').map(cell).collect()).collect());
        Shown { key: String::new(), head, rows }
    };
    tables.map(read).collect()
}

/// The tables of an answer of the interface.
pub fn of_json(report: &Value) -> Vec<Shown> {
    let text = |value: &Value| match value {
        Value::Null => String::new(),
        Value::Number(n) => number(n.as_f64().unwrap()),
        Value::String(text) => text.clone(),
        other => panic!("a cell of figures is {other}"),
    };
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let read = |sheet: Value| {
        let columns = list(&sheet["columns"]);
        let row = |row: &Value| {
            columns.iter().map(|it| text(&row[it["key"].as_str().unwrap()])).collect::<Vec<_>>()
        };
        let total = Some(&sheet["total"]).filter(|it| !it.is_null()).map(row);
        Shown {
            key: text(&sheet["key"]),
            head: columns.iter().map(|it| text(&it["label"])).collect(),
            rows: Some(list(&sheet["rows"]).iter().map(row).chain(total).collect()),
        }
    };
    list(&report["sheets"]).into_iter().map(read).collect()
}
