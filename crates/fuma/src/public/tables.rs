//! 代码表: what the digits of a number mean, the tables behind them, and what each word of an answer says. From the registry's
//! own tables, as a page and as files.

use super::csv::{csv, digits};
use super::handlers::failed;
use super::{Lang, Visit};
use crate::http::web::Web;
use crate::office::attachment;
use app::AppError;
use app::stored::{CodeEntry, CodeKind};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::{Day, Level, Number, Tables, Two, VerdictWord};
use serde::Deserialize;

/// The number that the picture takes apart where none is given: the example of the home page.
const EXAMPLE: &str = "230020349767";
/// How much of a typed number is repeated.
const TYPED: usize = 40;

/// `?number=` what is to be taken apart.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    number: String,
}

/// `/tables`.
#[derive(Template)]
#[template(path = "public/tables.html")]
pub struct TablesPage<'a> {
    /// Who asks, and what every page carries.
    pub visit: &'a Visit,
    /// What was typed.
    typed: String,
    /// What is wrong with it.
    error: String,
    /// The digits with what they mean.
    parts: Vec<Part>,
    authorities: Vec<AuthorityRow>,
    domains: Vec<CodeRow>,
    industries: Vec<CodeRow>,
    words: [VerdictWord; 13],
}

/// Digits of a number: 27, 发证机关, 陕西.
struct Part {
    digits: String,
    name: &'static str,
    meaning: String,
}

struct AuthorityRow {
    code: String,
    name: String,
    english: Option<String>,
    level: &'static str,
    days: String,
}

struct CodeRow {
    code: String,
    name: String,
    days: String,
}

/// `GET /tables`.
pub async fn show(State(web): State<Web>, visit: Visit, Query(asked): Query<Asked>) -> Response {
    let typed: String = asked.number.trim().chars().filter(|c| !c.is_control()).take(TYPED).collect();
    let tables = web.app.tables();
    let (number, error) = match Number::parse(&typed) {
        _ if typed.is_empty() => (Number::parse(EXAMPLE).ok(), ""),
        Ok(number) if number.parts().is_some() => (Some(number), ""),
        Ok(_) => (None, visit.w.legacy_number),
        Err(_) => (None, visit.w.no_number),
    };
    let (domains, industries) = match both(&web).await {
        Ok(both) => both,
        Err(error) => return failed(&visit, error),
    };
    let row = |it: &CodeEntry| CodeRow {
        code: it.code.clone(),
        name: it.name.clone(),
        days: days(visit.lang, it.from, it.to),
    };
    visit.page(&TablesPage {
        visit: &visit,
        parts: number.map(|number| parts(visit.lang, &number, &tables)).unwrap_or_default(),
        error: error.to_owned(),
        authorities: authorities(visit.lang, &tables),
        domains: domains.iter().map(row).collect(),
        industries: industries.iter().map(row).collect(),
        words: VerdictWord::ALL,
        typed,
    })
}

async fn both(web: &Web) -> app::Result<(Vec<CodeEntry>, Vec<CodeEntry>)> {
    let table = async |kind| web.app.find_codes(kind, "", "").await;
    Ok((table(CodeKind::Domain).await?, table(CodeKind::Industry).await?))
}

/// From when to when a code is used; empty where always.
fn days(lang: Lang, from: Option<Day>, to: Option<Day>) -> String {
    match (lang, from, to) {
        (_, None, None) => String::new(),
        (Lang::Chinese, Some(from), None) => format!("{from} 起"),
        (Lang::Chinese, None, Some(to)) => format!("至 {to}"),
        (Lang::Chinese, Some(from), Some(to)) => format!("{from} 至 {to}"),
        (Lang::English, Some(from), None) => format!("from {from}"),
        (Lang::English, None, Some(to)) => format!("until {to}"),
        (Lang::English, Some(from), Some(to)) => format!("{from} to {to}"),
    }
}

/// What stands in each place of a number; a code that no table has is said to be unknown.
fn parts(lang: Lang, number: &Number, tables: &Tables) -> Vec<Part> {
    let (Some(it), text, w) = (number.parts(), number.as_str(), lang.words()) else { return Vec::new() };
    let issuers: Vec<_> =
        tables.holders(it.authority, None).map(|id| lang.authority_short(tables.authority(id))).collect();
    let named = |found: Option<&String>| found.cloned().unwrap_or_else(|| w.no_code.to_owned());
    let part =
        |at: std::ops::Range<usize>, name, meaning| Part { digits: text[at].to_owned(), name, meaning };
    let authority = if issuers.is_empty() { w.no_code.to_owned() } else { issuers.join("、") };
    vec![
        part(0..2, w.part_year, it.year.to_string()),
        part(2..4, w.part_authority, authority),
        part(4..6, w.part_domain, named(tables.domains.get(&it.domain))),
        part(6..8, w.part_industry, named(tables.industries.get(&it.industry))),
        part(8..12, w.part_serial, w.part_serial_text.to_owned()),
    ]
}

/// A row for each code, in the order of codes; an authority without one comes last.
fn authorities(lang: Lang, tables: &Tables) -> Vec<AuthorityRow> {
    let w = lang.words();
    let codes = |id| tables.authority_codes.iter().filter(move |it| it.authority == id);
    let mut rows = Vec::new();
    for authority in &tables.authorities {
        let row = |code: Option<Two>, days| AuthorityRow {
            code: code.map(|code| code.to_string()).unwrap_or_default(),
            name: authority.name.clone(),
            english: lang.authority(Some(authority)),
            level: match authority.level {
                Level::National => w.level_national,
                Level::Provincial => w.level_provincial,
            },
            days,
        };
        let before = rows.len();
        rows.extend(codes(authority.id).map(|it| row(Some(it.code), days(lang, it.from, it.to))));
        if rows.len() == before {
            rows.push(row(None, String::new()));
        }
    }
    rows.sort_by(|a, b| (a.code.is_empty(), &a.code).cmp(&(b.code.is_empty(), &b.code)));
    rows
}

/// `GET /tables/{file}`: a table as a file.
pub async fn file(State(web): State<Web>, visit: Visit, Path(file): Path<String>) -> Response {
    let text = match file.as_str() {
        "authorities.csv" => Ok(of_authorities(&web.app.tables())),
        "domains.csv" => codes(&web, CodeKind::Domain).await,
        "industries.csv" => codes(&web, CodeKind::Industry).await,
        "words.csv" => Ok(of_words()),
        _ => Err(AppError::NotFound),
    };
    match text {
        Ok(text) => attachment(&file, text.into_bytes()),
        Err(error) => failed(&visit, error),
    }
}

fn day(day: Option<Day>) -> String {
    day.map(|day| day.to_string()).unwrap_or_default()
}

async fn codes(web: &Web, kind: CodeKind) -> app::Result<String> {
    let rows = web.app.find_codes(kind, "", "").await?;
    let rows = rows.into_iter().map(|it| vec![digits(&it.code), it.name, day(it.from), day(it.to)]);
    Ok(csv(&["代码", "名称", "启用日期", "停用日期"], rows))
}

fn of_authorities(tables: &Tables) -> String {
    let rows = tables.authority_codes.iter().filter_map(|it| {
        let authority = tables.authority(it.authority)?;
        let english = Lang::English.authority(Some(authority)).unwrap_or_default();
        let (name, short) = (authority.name.clone(), authority.short_name.clone());
        Some(vec![digits(&it.code.to_string()), name, short, english, day(it.from), day(it.to)])
    });
    csv(&["代码", "资质认定部门", "简称", "英文", "启用日期", "停用日期"], rows)
}

fn of_words() -> String {
    let rows = VerdictWord::ALL.iter().map(|word| {
        let (zh, en) = (Lang::Chinese, Lang::English);
        let said = [word.key(), zh.word(word), zh.meaning(word), en.word(word), en.meaning(word)];
        said.map(str::to_owned).into()
    });
    csv(&["JSON", "结论", "含义", "英文", "英文含义"], rows)
}

#[cfg(test)]
mod tests {
    use crate::gallery::keep;
    use crate::testing::{Caller, Town};

    #[tokio::test]
    async fn the_tables_are_those_of_the_registry_and_a_number_is_taken_apart_by_them() {
        let town = Town::open().await;
        let html = town.get(Caller::Public, "/tables").await;
        let html = html.holds(&[
            "陕西省市场监督管理局",
            "环境与环保",
            "2023",
            "顺序号",
            "证书被暂停使用",
            "/tables/authorities.csv",
        ]);
        assert_eq!(html.matches("<h1").count(), 1);
        keep("public", "tables", &html);
        let number = town.get(Caller::Public, "/tables?number=2627+1205+0001").await;
        number.holds(&["<b>27</b>", "陕西", "2026", "<b>0001</b>"]);
        let unknown = town.get(Caller::Public, "/tables?number=269912050001").await;
        unknown.holds(&["现行代码表中没有"]);
        town.get(Caller::Public, "/tables?number=xy").await.holds(&["请照纸面重新输入", "role=\"alert\""]);
        let legacy = town.get(Caller::Public, "/tables?number=2014190182Z").await;
        legacy.holds(&["早年编号"]);
        let english = town.get(Caller::Public, "/tables?lang=en").await;
        let english =
            english.holds(&["Shaanxi Province, market regulation authority", "Serial number", "Suspended"]);
        keep("public", "tables-english", &english);
    }

    #[tokio::test]
    async fn each_table_is_there_as_a_file() {
        let town = Town::open().await;
        for (file, holds) in [
            (
                "authorities",
                "\"\t27\",\"陕西省市场监督管理局\",\"陕西\",\"Shaanxi Province, market regulation authority\"",
            ),
            ("domains", "\"\t12\""),
            ("industries", "\"\t05\""),
            ("words", "\"suspended\",\"已暂停\""),
        ] {
            let answer = town.get(Caller::Public, &format!("/tables/{file}.csv")).await;
            assert_eq!((answer.status, answer.kind.as_str()), (200, "text/csv; charset=utf-8"));
            let text = answer.text();
            assert!(text.starts_with('\u{FEFF}') && text.contains(holds), "{text}");
        }
        assert_eq!(town.get(Caller::Public, "/tables/none").await.status, 404);
    }
}
