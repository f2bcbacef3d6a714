//! A table of figures as a page shows it: its picture, its rows with what stands behind them, and the same for the script.

use super::asked;
use super::draw::{Columns, Series, columns};
use super::grid::{Squares, Weekday, name_of, provinces, week};
use super::map::Map;
use crate::http::Officer;
use app::{Behind, Cell, FigureReport, FigureRow, FigureSheet, Figures, Whose};
use domain::tally::Measure;
use domain::{Action, Day};
use serde_json::{Value, json};

/// Rows that are shown at once under a picture; more are folded away.
const OPEN: usize = 14;

/// A table with its picture.
pub struct Block {
    pub key: &'static str,
    pub title: String,
    pub definition: String,
    /// What columns and rows mean.
    pub means: Vec<(String, &'static str)>,
    pub picture: Picture,
    /// What the script draws anew; empty where it draws nothing.
    pub data: String,
    pub head: Vec<(String, bool)>,
    /// Whether rows have bars.
    pub bars: bool,
    pub rows: Vec<RowView>,
    pub total: Vec<(String, bool)>,
    pub folded: bool,
    /// Where there is nothing: why, and what to do.
    pub empty: &'static str,
    /// Classes of the table: what fits a phone, what need not be wide, what is crowded.
    pub class: &'static str,
}

/// What stands above a table.
pub enum Picture {
    /// Its rows have bars, or are few.
    None,
    /// Columns over time.
    Columns(Columns),
    /// The hours of a week.
    Week(Squares),
    /// The provinces.
    Provinces(Squares),
}

/// A row.
pub struct RowView {
    /// Text, whether it is a number, where it leads.
    pub cells: Vec<(String, bool, String)>,
    /// Per cent of the most: people, and programs beside them.
    pub bar: Option<(String, String)>,
    /// Which of them names it.
    pub named: usize,
    /// The rows behind it: word and address.
    pub more: Vec<(&'static str, String)>,
}

/// The tables of a page.
pub fn blocks(officer: &Officer, figures: &Figures, map: Option<&Map>) -> Vec<Block> {
    figures.sheets.iter().map(|sheet| block(officer, figures, sheet, map)).collect()
}

fn block(officer: &Officer, figures: &Figures, sheet: &FigureSheet, map: Option<&Map>) -> Block {
    let (picture, data) = picture(sheet, map);
    let bars = matches!(picture, Picture::None | Picture::Provinces(_)) && barred(figures.report, sheet);
    let most = sheet.rows.iter().map(|row| split(sheet, row)).map(|(a, b)| a + b).max().unwrap_or(0);
    let row = |row: &FigureRow| RowView {
        cells: cells(officer, figures, sheet, row),
        named: named(row),
        bar: bars.then(|| bar(split(sheet, row), most)),
        more: more(officer, figures, row),
    };
    let numeric =
        |at: usize| at > 0 && !sheet.rows.iter().any(|it| matches!(it.cells.get(at), Some(Cell::Text(_))));
    let columns = sheet.columns.iter().filter(|it| !it.definition.is_empty());
    let means = columns.map(|it| (it.label.clone(), it.definition));
    let rows = sheet.rows.iter().filter(|it| !it.definition.is_empty());
    let rows = rows.map(|it| (it.cells.first().map(Cell::shown).unwrap_or_default(), it.definition));
    Block {
        key: sheet.key,
        title: sheet.title.clone(),
        definition: sheet.definition.clone(),
        means: means.chain(rows).collect(),
        folded: sheet.rows.len() > OPEN && !matches!(picture, Picture::None),
        picture,
        data,
        head: sheet.columns.iter().enumerate().map(|(at, it)| (it.label.clone(), numeric(at))).collect(),
        bars,
        rows: if sheet.is_empty() && !keeps_rows(sheet) {
            Vec::new()
        } else {
            sheet.rows.iter().map(row).collect()
        },
        total: match &sheet.total {
            Some(total) => total.iter().enumerate().map(|(at, cell)| (cell.shown(), numeric(at))).collect(),
            None => Vec::new(),
        },
        empty: empty(sheet),
        class: match sheet.columns.len() {
            0..5 if !bars => "slim narrow",
            0..6 => "slim",
            6..13 => "",
            _ => "dense",
        },
    }
}

/// Whether a table is shown though all of it is nought: noughts say something where they are asked for each day.
fn keeps_rows(sheet: &FigureSheet) -> bool {
    matches!(sheet.key, "measures" | "period" | "lapsed")
}

fn empty(sheet: &FigureSheet) -> &'static str {
    match sheet.key {
        "unknown" => "这一天没有人查过不存在的码和编号。可以换一天再看。",
        "bodies" => "这个月还没有查询记录。可以换一个月份。",
        "months" => "今后三年没有到期的有效证书。",
        "words" => "这段时间的查真都是“有效”，或没有查真。可以换一个更长的时段。",
        "visitor" => "没有可以判断所在地的访问。运维单位提供网络地址表之后开始统计。",
        _ => "这段时间没有记录。可以换一个项目或更长的时段。",
    }
}

fn barred(report: FigureReport, sheet: &FigureSheet) -> bool {
    sheet.column("share").is_some() || matches!(report, FigureReport::Ranking | FigureReport::Bodies)
}

/// People and programs of a row; what is not told apart is people.
fn split(sheet: &FigureSheet, row: &FigureRow) -> (u64, u64) {
    let of = |key: &str| sheet.column(key).and_then(|at| row.cells.get(at)).map(Cell::count);
    match (of("people"), of("machines")) {
        (Some(people), Some(machines)) => (people, machines),
        _ => (of("total").unwrap_or(0), 0),
    }
}

fn bar((people, machines): (u64, u64), most: u64) -> (String, String) {
    let part = |n: u64| format!("{:.2}", n as f64 / most.max(1) as f64 * 100.0);
    (part(people), part(machines))
}

// ---------------------------------------------------------------- pictures

fn picture(sheet: &FigureSheet, map: Option<&Map>) -> (Picture, String) {
    let drawn = match sheet.key {
        "hours" => over(
            sheet,
            &[
                ("people", "people", false),
                ("machines", "machines", false),
                ("yesterday", "before", true),
                ("week_before", "earlier", true),
            ],
        ),
        "steps" => over(sheet, &[("people", "people", false), ("machines", "machines", false)]),
        "visitors" => over(sheet, &[("visitors", "people", false)]),
        "months" => over(sheet, &[("certificates", "people", false)]),
        "heat" => hours(sheet),
        "province" | "visitor" => places(sheet, map),
        _ => None,
    };
    let (picture, data) = drawn.unwrap_or((Picture::None, Value::Null));
    let data = if data.is_null() { String::new() } else { data.to_string().replace('<', "\\u003c") };
    (picture, data)
}

/// Columns and lines over the first column: the word of a column, its class, whether it is a line.
fn over(sheet: &FigureSheet, series: &[(&str, &'static str, bool)]) -> Option<(Picture, Value)> {
    let names: Vec<String> = sheet.rows.iter().filter_map(|row| Some(row.cells.first()?.shown())).collect();
    let of = |&(key, class, line): &(&str, &'static str, bool)| {
        let at = sheet.column(key)?;
        let values = sheet.rows.iter().map(|row| row.cells.get(at).map_or(0, Cell::count)).collect();
        Some(Series { class, label: sheet.columns[at].label.clone(), values, line })
    };
    let series: Vec<Series> = series.iter().filter_map(of).collect();
    let told =
        |it: &Series| json!({ "name": it.label, "class": it.class, "line": it.line, "values": it.values });
    let data = json!({
        "kind": "columns",
        "names": names,
        "series": series.iter().map(told).collect::<Vec<_>>(),
    });
    let drawn = columns(format!("{}，数字见下表", sheet.title), &names, series)?;
    Some((Picture::Columns(drawn), data))
}

fn hours(sheet: &FigureSheet) -> Option<(Picture, Value)> {
    let days = sheet.column("days")?;
    let day = |row: &FigureRow| Weekday {
        name: row.cells.first().map(Cell::shown).unwrap_or_default(),
        hours: row.cells.iter().skip(1).take(24).map(Cell::count).collect(),
        days: row.cells.get(days).map_or(0, Cell::count),
    };
    let all: Vec<Weekday> = sheet.rows.iter().map(day).collect();
    let drawn = week(format!("{}，数字见下表", sheet.title), &all)?;
    Some((Picture::Week(drawn), Value::Null))
}

fn places(sheet: &FigureSheet, map: Option<&Map>) -> Option<(Picture, Value)> {
    let total = sheet.column("total")?;
    let place = |row: &FigureRow| Some((row.key.clone(), row.cells.get(total)?.count()));
    let numbers: Vec<(String, u64)> = sheet.rows.iter().filter_map(place).collect();
    let drawn = provinces(format!("{}，数字见下表", sheet.title), &numbers)?;
    let values = || -> Vec<Value> {
        let value = |(code, n): &(String, u64)| Some(json!({ "name": name_of(code)?, "value": n }));
        numbers.iter().filter_map(value).collect()
    };
    let data = map.map(|map| json!({ "kind": "map", "number": map.number, "values": values() }));
    Some((Picture::Provinces(drawn), data.unwrap_or_default()))
}

// ---------------------------------------------------------------- what stands behind

/// The cell that says what a row is about.
fn named(row: &FigureRow) -> usize {
    row.cells.iter().position(|cell| matches!(cell, Cell::Text(_))).unwrap_or(0)
}

fn cells(
    officer: &Officer,
    figures: &Figures,
    sheet: &FigureSheet,
    row: &FigureRow,
) -> Vec<(String, bool, String)> {
    let named = named(row);
    let href = href(officer, figures, &row.behind);
    let cell = |(at, cell): (usize, &Cell)| {
        let text = matches!(cell, Cell::Text(_));
        let linked = if named == at { href.clone() } else { String::new() };
        (cell.shown(), !text, linked)
    };
    row.cells.iter().take(sheet.columns.len()).enumerate().map(cell).collect()
}

/// The trend of what a row is about; empty where there is none.
pub fn trend_of(figures: &Figures, behind: &Behind) -> String {
    match behind {
        Behind::Measure(measure) => asked::trend(figures, figures.whose, *measure),
        _ => asked::address(FigureReport::Trend, figures),
    }
}

/// Where the name of a row leads; empty: nowhere, or where this officer may not go.
fn href(officer: &Officer, figures: &Figures, behind: &Behind) -> String {
    let searches = officer.can(Action::Search);
    match behind {
        Behind::Measure(_) => trend_of(figures, behind),
        Behind::Authority(id) if officer.national() || officer.ctx.actor.authority() == Some(*id) => {
            asked::trend(figures, Whose::Authority(*id), figures.measure)
        }
        Behind::Province(code) if searches => format!("/office/search?tab=certificates&province={code}"),
        Behind::Domain(code) if searches => format!("/office/search?tab=certificates&domain={code}"),
        Behind::Body(id) => crate::office::bodies::href(*id),
        Behind::Ending(from, to) => ending(officer, figures, *from, *to),
        Behind::Nothing | Behind::Authority(_) | Behind::Province(_) | Behind::Domain(_) => String::new(),
    }
}

/// The certificates that end between two days: a province has no list of the nation's.
fn ending(officer: &Officer, figures: &Figures, from: Day, to: Day) -> String {
    let Some(authority) = authority(officer, figures) else { return String::new() };
    let from = if from == Day::MIN { String::new() } else { format!("&from={from}") };
    format!("/office/certificates?status=valid{from}&to={to}{authority}")
}

/// What a list of rows needs to be told of whose it is; `None`: the officer may not see that list.
fn authority(officer: &Officer, figures: &Figures) -> Option<String> {
    match figures.whose {
        Whose::Nation => officer.national().then(String::new),
        Whose::Authority(id) if officer.national() => Some(format!("&authority={}", id.0)),
        Whose::Authority(_) => Some(String::new()),
    }
}

/// The lists of what was done, where there are such rows: of questions only sums are kept.
fn more(officer: &Officer, figures: &Figures, row: &FigureRow) -> Vec<(&'static str, String)> {
    let own = officer.ctx.actor.authority();
    let mine = matches!(figures.whose, Whose::Authority(id) if Some(id) == own);
    match &row.behind {
        Behind::Measure(measure) => {
            let Some(of) = authority(officer, figures) else { return Vec::new() };
            let of = of.replacen('&', "?", 1);
            match measure {
                Measure::Assign => vec![("证书", format!("/office/certificates{of}"))],
                Measure::Change => vec![("日志", format!("/office/log{of}"))],
                Measure::Import if mine => vec![("批次", "/office/imports".into())],
                Measure::Print if mine && officer.can(Action::Print) => {
                    vec![("打印", "/office/prints".into())]
                }
                _ => Vec::new(),
            }
        }
        Behind::Authority(id) if officer.national() => {
            vec![("证书", format!("/office/certificates?authority={}", id.0))]
        }
        _ => Vec::new(),
    }
}
