//! `/office/statistics`: 统计, each page a picture and the table it is drawn from. `block` makes both of a table of figures, `draw`
//! and `grid` draw.

mod asked;
mod block;
mod draw;
mod grid;
mod map;
#[cfg(test)]
mod tests;

pub use asked::Asked;
pub use map::Map;

use super::{Menu, Shell, attachment};
use crate::http::web::{Web, page};
use crate::http::{OfficeError, Officer};
use app::{AppError, Cell, FigureReport, Figures, ListFormat};
use askama::Template;
use asked::{Pick, address, picks};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use block::{Block, Picture, blocks};
use domain::Action;

#[derive(Template)]
#[template(path = "office/statistics.html")]
struct StatisticsPage {
    shell: Shell,
    report: FigureReport,
    tabs: Vec<Tab>,
    action: String,
    picks: Vec<Pick>,
    /// The day that is typed, where a report is about one.
    day: String,
    cards: Vec<Card>,
    blocks: Vec<Block>,
    /// The file's addresses.
    files: Vec<(&'static str, String)>,
    of: String,
    /// Whether the script has anything to draw.
    scripted: bool,
    empty: bool,
}

struct Tab {
    label: &'static str,
    href: String,
    here: bool,
}

/// A figure on top.
struct Card {
    label: String,
    figure: String,
    note: String,
    href: String,
}

async fn show(
    web: &Web,
    officer: &Officer,
    report: FigureReport,
    asked: &Asked,
) -> Result<Response, OfficeError> {
    let figures = web.app.figures(&officer.ctx, &asked.ask(report)).await?;
    let title = match report {
        FigureReport::Today => "统计".to_owned(),
        _ => format!("统计：{}", report.label()),
    };
    let blocks = blocks(officer, &figures, web.map.as_deref());
    let tab =
        |it: &FigureReport| Tab { label: it.label(), href: address(*it, &figures), here: *it == report };
    let files = [("Excel 工作簿", ListFormat::Xlsx), ("CSV", ListFormat::Csv)];
    let file = |(label, format): (&'static str, ListFormat)| (label, asked::file_address(&figures, format));
    Ok(page(&StatisticsPage {
        shell: officer.shell(&title, Menu::Statistics, Vec::new()),
        report,
        tabs: FigureReport::ALL.iter().map(tab).collect(),
        action: asked::path(report),
        picks: picks(web, officer, &figures),
        day: if report == FigureReport::Failures { figures.day.to_string() } else { String::new() },
        cards: cards(&figures),
        scripted: blocks.iter().any(|it| !it.data.is_empty()),
        blocks,
        files: files.into_iter().map(file).collect(),
        of: figures.of.clone(),
        empty: figures.sheets.iter().all(|sheet| sheet.is_empty()),
    }))
}

/// What was asked most about today, beside the same hours of yesterday.
fn cards(figures: &Figures) -> Vec<Card> {
    let Some(sheet) = figures.sheets.iter().find(|sheet| sheet.key == "measures") else { return Vec::new() };
    let (Some(today), Some(same)) = (sheet.column("today"), sheet.column("same_hours")) else {
        return Vec::new();
    };
    let shown = |at: usize, row: &app::FigureRow| row.cells.get(at).map(Cell::shown).unwrap_or_default();
    let card = |row: &app::FigureRow| Card {
        label: shown(0, row),
        figure: shown(today, row),
        note: match row.cells.get(same) {
            Some(Cell::Count(_)) => format!("昨天同时段 {}", shown(same, row)),
            _ => "估计数，今天到现在".into(),
        },
        href: block::trend_of(figures, &row.behind),
    };
    let first = ["scan", "verdict", "batch", "search", "assign", "visitors"];
    sheet.rows.iter().filter(|row| first.contains(&row.key.as_str())).map(card).collect()
}

macro_rules! pages {
    ($($(#[$doc:meta])* $name:ident $report:ident;)*) => {$(
        $(#[$doc])*
        pub async fn $name(
            State(web): State<Web>,
            officer: Officer,
            Query(asked): Query<Asked>,
        ) -> Result<Response, OfficeError> {
            show(&web, &officer, FigureReport::$report, &asked).await
        }
    )*};
}

pages! {
    /// `GET /office/statistics`.
    today Today;
    /// `GET /office/statistics/trend`.
    trend Trend;
    /// `GET /office/statistics/ranking`.
    ranking Ranking;
    /// `GET /office/statistics/heat`.
    heat Heat;
    /// `GET /office/statistics/places`.
    places Places;
    /// `GET /office/statistics/bodies`.
    bodies Bodies;
    /// `GET /office/statistics/failures`.
    failures Failures;
    /// `GET /office/statistics/expiring`.
    expiring Expiring;
}

/// `GET /office/statistics/export/{file}`: the figures of a page, `trend.xlsx`. They are sums, so no record is left.
pub async fn export(
    State(web): State<Web>,
    officer: Officer,
    Path(file): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, OfficeError> {
    let wanted = file
        .split_once('.')
        .and_then(|(report, ending)| Some((FigureReport::parse(report)?, ListFormat::parse(ending)?)));
    // The right is asked before a name that is none is found out.
    let report = wanted.map_or(FigureReport::Today, |(report, _)| report);
    let figures = web.app.figures(&officer.ctx, &asked.ask(report)).await?;
    let (_, format) = wanted.ok_or(AppError::NotFound)?;
    Ok(attachment(&figures.file_name(format), figures.file(format)?))
}

/// `GET /office/statistics/map.json`: the operator's map, for the script; nothing where there is none.
pub async fn map(State(web): State<Web>, officer: Officer) -> Result<Response, OfficeError> {
    web.app.ask(&officer.ctx, Action::StatisticsRead, officer.ctx.actor.authority())?;
    let Some(map) = &web.map else { return Ok(StatusCode::NO_CONTENT.into_response()) };
    let mut response = map.geo.clone().into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/geo+json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=86400"));
    Ok(response)
}
