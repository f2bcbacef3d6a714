//! `/office/prints`: what waits, what runs, what was printed last.

use super::batch::{JobRow, job_row};
use super::order::Chosen;
use super::{file_href, inline, order};
use crate::http::web::{Web, page};
use crate::http::{OfficeError, Officer};
use crate::office::certificates::href;
use crate::office::said::Said;
use crate::office::{Menu, Shell};
use crate::public::handlers::percent;
use app::stored::{Card, Filter, PrintRecord};
use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use domain::{Action, Number, group_digits};

/// Rows of a page.
const ROWS: u32 = 50;

/// `office/prints/queue.html`.
#[derive(Template)]
#[template(path = "office/prints/queue.html")]
struct QueuePage {
    shell: Shell,
    number: String,
    name: String,
    batch: String,
    rows: Vec<DueRow>,
    total: String,
    waiting: bool,
    next: String,
    hidden: Vec<(&'static str, String)>,
    jobs: Vec<JobRow>,
    recent: Vec<RecentRow>,
    may_print: bool,
}

struct DueRow {
    id: i64,
    number: String,
    body: String,
    edition: u32,
    valid_to: String,
    assigned: String,
}

/// One print with the way to its file.
pub struct RecentRow {
    /// When.
    pub at: String,
    /// Whose.
    pub number: String,
    /// The certificate's page.
    pub href: String,
    /// As what.
    pub copy: &'static str,
    /// Which edition.
    pub edition: u32,
    /// Paper number and reason.
    pub note: String,
    /// The final itself.
    pub file: String,
}

/// A record as a row.
pub fn recent(number: &Number, record: &PrintRecord) -> RecentRow {
    let note = [record.paper_number.as_str(), record.reason.as_str()];
    RecentRow {
        at: record.recorded_at.shanghai(),
        number: number.grouped(),
        copy: record.copy.label(),
        edition: record.edition,
        note: note.into_iter().filter(|t| !t.is_empty()).collect::<Vec<_>>().join("，"),
        file: file_href(record),
        href: href(record.certificate),
    }
}

fn due(card: Card) -> DueRow {
    DueRow {
        id: card.head.id.0,
        number: card.head.number.grouped(),
        body: card.face.body_name,
        edition: card.head.edition,
        valid_to: card.head.valid_to.to_string(),
        assigned: card.head.assigned_at.shanghai(),
    }
}

/// `GET /office/prints`.
pub async fn list(
    State(web): State<Web>,
    officer: Officer,
    Query(pairs): Query<order::Pairs>,
) -> Result<Response, OfficeError> {
    let mut asked = pairs.clone();
    asked.retain(|(name, _)| ["number", "name", "batch"].contains(&name.as_str()));
    asked.push(("due".into(), "1".into()));
    let chosen = Chosen::of(&asked);
    let filter = Filter { authority: officer.ctx.authority().ok(), ..chosen.filter(web.app.today()) };
    let before = order::value(&pairs, "before").parse().ok();
    let found = web.app.certificates(&officer.ctx, &filter, before, ROWS).await?;
    let may_print = officer.can(Action::Print);
    let jobs = if may_print { web.app.print_jobs(&officer.ctx).await? } else { Vec::new() };
    let last = web.app.recent_prints(&officer.ctx).await?;
    let text = |name| order::value(&pairs, name).to_owned();
    let (number, name, batch) = (text("number"), text("name"), text("batch"));
    let next = found.rows.last().filter(|_| found.rows.len() == ROWS as usize).map(|card| {
        let (number, name, batch) = (percent(&number), percent(&name), percent(&batch));
        format!("/office/prints?number={number}&name={name}&batch={batch}&before={}", card.head.id)
    });
    let said = Said { said: text("said") }.words();
    Ok(page(&QueuePage {
        shell: officer.shell_saying("打印", Menu::Prints, Vec::new(), said.0, said.1),
        rows: found.rows.into_iter().map(due).collect(),
        total: group_digits(found.total),
        waiting: found.total > 0,
        next: next.unwrap_or_default(),
        hidden: chosen.hidden(),
        jobs: jobs.iter().take(10).map(job_row).collect(),
        recent: last.iter().map(|(number, record)| recent(number, record)).collect(),
        may_print,
        number,
        name,
        batch,
    }))
}

/// `GET /office/prints/test-sheet.pdf`.
pub async fn test_sheet(State(web): State<Web>, officer: Officer) -> Result<Response, OfficeError> {
    Ok(inline("打印位置测试页.pdf", web.app.test_sheet(&officer.ctx).await?))
}
