//! What a checked import would do, certificate by certificate: the list on its preview.

use super::list::outcome_tone;
use crate::http::web::Web;
use crate::http::{OfficeError, Officer};
use crate::office::Badge;
use app::stored::{Batch, Outcome};
use app::{FaceChange, PlannedLine, RowsChange};
use domain::{BatchId, group_digits, visible};

/// Certificates on a page.
const LINES: u32 = 50;

/// The list, or one outcome of it.
pub struct PlanView {
    /// All, and each outcome there is.
    pub tabs: Vec<TabView>,
    /// This page.
    pub rows: Vec<PlanRow>,
    /// The first page, if this is another.
    pub first: Option<String>,
    /// The next page.
    pub next: Option<String>,
}

/// One outcome with its number.
pub struct TabView {
    /// What it is called.
    pub label: &'static str,
    /// How many.
    pub n: String,
    /// Its address.
    pub href: String,
    /// Whether it is shown.
    pub here: bool,
}

/// One certificate.
pub struct PlanRow {
    /// Which of the file.
    pub line: u32,
    /// What would become of it.
    pub outcome: Badge,
    /// Its number, or that one is to be given.
    pub number: String,
    /// The name of its body.
    pub body: String,
    /// Why it is stopped.
    pub reason: String,
    /// Values that would be replaced.
    pub face: Vec<FaceChange>,
    /// Rows that would come and go.
    pub rows: Vec<RowsChange>,
}

/// A page of the list; none where an import has none, as those that were checked by an earlier program.
pub async fn view(
    web: &Web,
    officer: &Officer,
    batch: &Batch,
    (expected, after): (&str, u32),
) -> Result<Option<PlanView>, OfficeError> {
    let only = Outcome::parse(expected);
    let lines = web.app.batch_plan(&officer.ctx, batch.id, only, after, LINES).await?;
    if lines.is_empty() && only.is_none() && after == 0 {
        return Ok(None);
    }
    let next = (lines.len() == LINES as usize).then(|| lines.last().map(|line| line.line)).flatten();
    Ok(Some(PlanView {
        tabs: tabs(batch, only),
        first: (after > 0).then(|| address(batch.id, only, 0)),
        next: next.map(|after| address(batch.id, only, after)),
        rows: lines.into_iter().map(row).collect(),
    }))
}

fn tabs(batch: &Batch, only: Option<Outcome>) -> Vec<TabView> {
    let s = &batch.summary;
    let count = |outcome| match outcome {
        None => s.lines,
        Some(Outcome::Fresh) => s.fresh,
        Some(Outcome::Changed) => s.changed,
        Some(Outcome::Unchanged) => s.unchanged,
        Some(Outcome::Refused) => s.lines.saturating_sub(s.good),
    };
    let all = std::iter::once(None).chain(Outcome::ALL.into_iter().map(Some));
    let tab = |outcome: Option<Outcome>| TabView {
        label: outcome.map_or("全部", Outcome::expected),
        n: group_digits(u64::from(count(outcome))),
        href: address(batch.id, outcome, 0),
        here: outcome == only,
    };
    all.filter(|outcome| outcome.is_none() || *outcome == only || count(*outcome) > 0).map(tab).collect()
}

fn address(id: BatchId, only: Option<Outcome>, after: u32) -> String {
    let expected = only.map(|outcome| format!("expect={}", outcome.key()));
    let line = (after > 0).then(|| format!("line={after}"));
    let query: Vec<String> = expected.into_iter().chain(line).collect();
    let query = if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) };
    format!("/office/imports/{id}{query}#plan")
}

fn row(line: PlannedLine) -> PlanRow {
    let shown = |text: String| visible(&text).into_owned();
    let number = match (line.number.is_empty(), line.outcome) {
        (true, Outcome::Fresh) => "待编".to_owned(),
        _ => shown(line.number),
    };
    let face = line.changes.face.into_iter();
    let rows = line.changes.rows.into_iter();
    PlanRow {
        line: line.line,
        outcome: Badge::plain(line.outcome.expected(), outcome_tone(line.outcome)),
        number,
        body: shown(line.body),
        reason: shown(line.reason),
        face: face.map(|c| FaceChange { field: c.field, old: shown(c.old), new: shown(c.new) }).collect(),
        rows: rows
            .map(|c| RowsChange {
                first_added: c.first_added.into_iter().map(shown).collect(),
                first_removed: c.first_removed.into_iter().map(shown).collect(),
                ..c
            })
            .collect(),
    }
}
