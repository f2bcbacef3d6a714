//! The addresses of the pages, and what is picked on them.

use crate::http::{Officer, Web};
use app::{FigureAsk, FigureReport, Figures, ListFormat, SPANS, Whose};
use domain::Day;
use domain::tally::Measure;
use serde::Deserialize;

/// Months whose bodies are offered.
const MONTHS: i32 = 24;

/// What the address asks for; what is no value is as if it were not there.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    of: String,
    measure: String,
    days: String,
    by: String,
    month: String,
    day: String,
}

impl Asked {
    /// The question.
    pub fn ask(&self, report: FigureReport) -> FigureAsk {
        FigureAsk {
            report,
            whose: Whose::parse(&self.of),
            measure: Measure::parse(&self.measure),
            days: self.days.parse().ok(),
            by_month: match self.by.as_str() {
                "month" => Some(true),
                "day" => Some(false),
                _ => None,
            },
            month: Day::parse(&format!("{}-01", self.month)).ok(),
            day: Day::parse(&self.day).ok(),
        }
    }
}

/// The address of a report.
pub fn path(report: FigureReport) -> String {
    match report {
        FigureReport::Today => "/office/statistics".into(),
        _ => format!("/office/statistics/{}", report.key()),
    }
}

fn month(day: Day) -> String {
    format!("{}-{:02}", day.year(), day.month())
}

/// What stands behind the question mark to get these figures again, or another report of the same.
fn query(report: FigureReport, figures: &Figures) -> String {
    let mut pairs = vec![("of", figures.whose.key())];
    // The ranking is always the nation's: who comes from it wants its own again.
    if report == FigureReport::Ranking || figures.report == FigureReport::Ranking {
        pairs.clear();
    }
    if report.measures(figures.whose).contains(&figures.measure) {
        pairs.push(("measure", figures.measure.key().into()));
    }
    if report.looks_back() && figures.report.looks_back() {
        pairs.push(("days", figures.days.to_string()));
    }
    if report == figures.report {
        match report {
            FigureReport::Bodies => pairs.push(("month", month(figures.month))),
            FigureReport::Failures => pairs.push(("day", figures.day.to_string())),
            _ => {}
        }
        if steps(report) {
            pairs.push(("by", if figures.by_month { "month" } else { "day" }.into()));
        }
    }
    pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
}

/// Whether a report goes day by day or month by month.
fn steps(report: FigureReport) -> bool {
    matches!(report, FigureReport::Trend | FigureReport::Failures)
}

/// The address of a report with what is picked now.
pub fn address(report: FigureReport, figures: &Figures) -> String {
    match query(report, figures).as_str() {
        "" => path(report),
        query => format!("{}?{query}", path(report)),
    }
}

/// The address of a measure's trend, of an authority if one is named, over the days that are looked at.
pub fn trend(figures: &Figures, whose: Whose, measure: Measure) -> String {
    let days = if figures.report.looks_back() { format!("&days={}", figures.days) } else { String::new() };
    format!("{}?of={}&measure={}{days}", path(FigureReport::Trend), whose.key(), measure.key())
}

/// The address of the file.
pub fn file_address(figures: &Figures, format: ListFormat) -> String {
    let report = figures.report;
    format!("/office/statistics/export/{}.{}?{}", report.key(), format.ending(), query(report, figures))
}

/// A choice above the figures.
pub struct Pick {
    /// Its name in the address.
    pub name: &'static str,
    /// What people read.
    pub label: &'static str,
    /// Value, word, and whether it is picked.
    pub options: Vec<(String, String, bool)>,
}

/// What can be picked for a report.
pub fn picks(web: &Web, officer: &Officer, figures: &Figures) -> Vec<Pick> {
    let report = figures.report;
    let mut picks = Vec::new();
    if report != FigureReport::Ranking {
        picks.extend(whose(web, officer, figures));
    }
    let measures = report.measures(figures.whose);
    if !measures.is_empty() {
        let option = |it: &Measure| (it.key().to_owned(), it.label().to_owned(), *it == figures.measure);
        picks.push(Pick { name: "measure", label: "项目", options: measures.iter().map(option).collect() });
    }
    if report.looks_back() {
        let option = |days: &u16| {
            let label = match days {
                365 => "最近一年".to_owned(),
                730 => "最近两年".to_owned(),
                days => format!("最近 {days} 天"),
            };
            (days.to_string(), label, *days == figures.days)
        };
        picks.push(Pick { name: "days", label: "时段", options: SPANS.iter().map(option).collect() });
    }
    if steps(report) {
        let options = [("day", "逐日", false), ("month", "逐月", true)];
        let option = |(value, label, by_month): (&str, &str, bool)| {
            (value.to_owned(), label.to_owned(), by_month == figures.by_month)
        };
        picks.push(Pick { name: "by", label: "间隔", options: options.into_iter().map(option).collect() });
    }
    if report == FigureReport::Bodies {
        let back = (0..MONTHS).filter_map(|n| figures.to.plus_months(-n).ok());
        let option = |day: Day| (month(day), month(day), month(day) == month(figures.month));
        picks.push(Pick { name: "month", label: "月份", options: back.map(option).collect() });
    }
    picks
}

/// Whose figures can be picked: one's own and the nation's, or, for the national level, anybody's.
fn whose(web: &Web, officer: &Officer, figures: &Figures) -> Option<Pick> {
    let own = officer.ctx.actor.authority()?;
    let nation = (Whose::Nation, "全国".to_owned());
    let all: Vec<(Whose, String)> = match (officer.national(), figures.report) {
        (true, _) => {
            let each = web.app.tables();
            let each = each.authorities.iter().map(|it| (Whose::Authority(it.id), it.short_name.clone()));
            [nation].into_iter().chain(each).collect()
        }
        (false, FigureReport::Bodies) => return None,
        (false, _) => vec![(Whose::Authority(own), "本机关".to_owned()), nation],
    };
    let option = |(whose, label): (Whose, String)| (whose.key(), label, whose == figures.whose);
    Some(Pick { name: "of", label: "范围", options: all.into_iter().map(option).collect() })
}
