//! One import: progress, then the preview, then the result.

use super::list::{badge, outcome_tone};
use super::plan::{self, PlanView};
use super::sorts;
use crate::http::web::{Web, page};
use crate::http::{OfficeError, Officer};
use crate::office::certificates::href;
use crate::office::{Badge, Crumb, FieldView, Menu, ProgressView, Shell};
use crate::pager::Pager;
use app::LineDone;
use app::stored::{Batch, BatchProblem, BatchState, Count, Job, JobState, Line};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::{Action, BatchId, Door, Severity, Tone, group_digits, visible};
use serde::Deserialize;

/// Problems on a page.
const PROBLEMS: u32 = 50;
/// Lines of the result on a page.
const LINES: u32 = 100;

/// `?only=&sort=&level=&page=&expect=&line=&after=&refused=&said=`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct DetailQuery {
    only: String,
    sort: String,
    /// Which of the severities of a sort: one word may stop one certificate and only be worth a look in another.
    level: String,
    page: Option<u64>,
    /// Which outcome of the plan, and the last line of the page before.
    expect: String,
    line: u32,
    after: Option<u32>,
    /// The last refused line of the page before.
    refused: Option<u32>,
    said: String,
}

/// `office/import.html`.
#[derive(Template)]
#[template(path = "office/import.html")]
struct ImportPage {
    shell: Shell,
    id: i64,
    state: Badge,
    when: String,
    message: String,
    failed: bool,
    progress: Option<ProgressView>,
    stopped: Option<StoppedView>,
    preview: Option<PreviewView>,
    result: Option<ResultView>,
}

/// An import whose work was given up: its way out.
struct StoppedView {
    title: &'static str,
    /// Lines done, and those to be done, once it was committed.
    done: Option<(String, String)>,
    may_recheck: bool,
    may_resume: bool,
    may_discard: bool,
    /// Who can go on with it, where it is not the reader here.
    elsewhere: &'static str,
}

/// A checked import.
struct PreviewView {
    figures: Vec<(&'static str, String)>,
    sorts: Vec<SortView>,
    /// Whether only those are shown: this row on the left, what it is like on the right.
    two_sides: bool,
    errors: u64,
    listed: u64,
    only_errors: bool,
    all_href: String,
    errors_href: String,
    rows: Vec<ProblemRow>,
    pager: Pager,
    may_commit: bool,
    may_preview: bool,
    ready: u32,
    held: u32,
    /// Whether something of the file would be left out.
    partial: bool,
    open: bool,
    plan: Option<PlanView>,
}

/// One sort of problem with its number.
struct SortView {
    label: &'static str,
    tone: Tone,
    n: String,
    href: String,
    here: bool,
}

/// One problem.
struct ProblemRow {
    level: Badge,
    sheet: String,
    row: String,
    column: String,
    value: String,
    message: String,
    hint: String,
}

/// A finished import.
struct ResultView {
    /// What was not accepted, from the first page on.
    refused: Vec<Line>,
    /// Rows that name no certificate of the file, and so stand in no line of it.
    stray: Vec<ProblemRow>,
    refused_next: Option<u32>,
    /// The last day on which the marked workbook is to be had; empty if only the list is.
    file_until: String,
    may_preview: bool,
    rows: Vec<LineRow>,
    fresh: u32,
    total: u32,
    /// Lines that are listed: those done and those not accepted.
    listed: u32,
    next: Option<u32>,
    first: bool,
    may_print: bool,
    may_code: bool,
    may_annul: bool,
    annul: String,
    annul_fields: Vec<FieldView>,
}

/// One line of the result.
struct LineRow {
    line: u32,
    outcome: Badge,
    number: String,
    href: String,
    body: String,
    code: String,
    valid_to: String,
    status: Option<Badge>,
    reason: String,
}

/// `GET /office/imports/{id}`.
pub async fn detail(
    State(web): State<Web>,
    officer: Officer,
    Path(id): Path<i64>,
    Query(query): Query<DetailQuery>,
) -> Result<Response, OfficeError> {
    let batch = web.app.batch(&officer.ctx, BatchId(id)).await?;
    let running =
        matches!(batch.state, BatchState::Uploading | BatchState::Checking | BatchState::Committing);
    let job = if running { web.app.batch_job(&officer.ctx, batch.id).await? } else { None };
    let preview = match batch.state {
        BatchState::Checked | BatchState::Discarded => Some(preview(&web, &officer, &batch, &query).await?),
        _ => None,
    };
    let stopped = match batch.state {
        BatchState::Unchecked | BatchState::Interrupted => Some(stopped(&web, &officer, &batch).await?),
        _ => None,
    };
    let result = match batch.state {
        BatchState::Interrupted if batch.done == 0 => None,
        BatchState::Done | BatchState::Interrupted => Some(result(&web, &officer, &batch, &query).await?),
        _ => None,
    };
    let said = match query.said.as_str() {
        "annulled" => "已作废本批赋码的全部有效证书；公众扫码看到“已作废”。",
        _ => "",
    };
    let crumbs = vec![Crumb { label: batch.file_name.clone(), href: format!("/office/imports/{id}") }];
    Ok(page(&ImportPage {
        shell: officer.shell_saying(&batch.file_name, Menu::Import, crumbs, Tone::Good, said),
        id,
        state: badge(batch.state),
        when: batch.created_at.shanghai(),
        message: batch.message.clone(),
        failed: batch.state == BatchState::Failed,
        progress: running.then(|| progress(&batch, job.as_ref())),
        stopped,
        preview,
        result,
    }))
}

async fn stopped(web: &Web, officer: &Officer, batch: &Batch) -> Result<StoppedView, OfficeError> {
    let n = |n: u32| group_digits(u64::from(n));
    let (assigns, previews) = (officer.can(Action::Assign), officer.can(Action::ImportPreview));
    let committed = batch.state == BatchState::Interrupted;
    let file = web.app.batch_has_file(&officer.ctx, batch.id).await?;
    Ok(StoppedView {
        title: if committed { "赋码中断，还没有做完" } else { "检查没有完成" },
        done: committed.then(|| (n(batch.done), n(batch.summary.fresh + batch.summary.changed))),
        may_recheck: !committed && previews,
        may_resume: committed && assigns && file,
        may_discard: previews && batch.done == 0,
        elsewhere: match (committed, file) {
            (true, false) => {
                "这次导入由命令行办理，系统中没有它的文件：请把原来的 fuma import 命令再运行一次，或在“导入”页面上传同一文件后再继续。"
            }
            (true, true) if !assigns => "由许可人员继续。",
            _ => "",
        },
    })
}

fn progress(batch: &Batch, job: Option<&Job>) -> ProgressView {
    let committing = batch.state == BatchState::Committing;
    let (done, total) = if committing {
        (batch.done, batch.summary.fresh + batch.summary.changed)
    } else {
        job.map_or((0, 0), |job| (job.done, job.total))
    };
    ProgressView {
        id: "import-progress".into(),
        label: if committing { "正在赋码" } else { "正在读取和检查" }.into(),
        done: u64::from(done),
        total: u64::from(total),
        // The whole section is followed, not the bar alone: what comes after it is not a bar.
        running: false,
        note: note(batch, job),
    }
}

/// What stands below the bar: that it waits, and why, or that nobody need wait.
fn note(batch: &Batch, job: Option<&Job>) -> String {
    match job.filter(|job| job.state == JobState::Waiting && !job.message.is_empty()) {
        Some(job) => format!("刚才没有成功，会自动重试：{}", job.message),
        None if batch.door == Door::Command && batch.state == BatchState::Committing => {
            "由命令 fuma import 办理；命令已被打断的，请用同一文件再运行一次，会接着做。".into()
        }
        None => "可以离开本页，任务会继续；从“导入”列表可以回到这里。".into(),
    }
}

async fn preview(
    web: &Web,
    officer: &Officer,
    batch: &Batch,
    query: &DetailQuery,
) -> Result<PreviewView, OfficeError> {
    let counts = web.app.batch_counts(&officer.ctx, batch.id).await?;
    let of = |severity| counts.iter().filter(|c| c.severity == severity).map(|c| c.n).sum::<u64>();
    let (errors, listed) = (of(Severity::Error), counts.iter().map(|c| c.n).sum());
    let only_errors = query.only == "errors";
    let codes = sorts::codes(&query.sort);
    let only = if only_errors { Some(Severity::Error) } else { severity(&query.level) };
    let total: u64 = counts
        .iter()
        .filter(|c| {
            only.is_none_or(|o| o == c.severity) && (codes.is_empty() || codes.contains(&c.code.as_str()))
        })
        .map(|c| c.n)
        .sum();
    let base = address(batch.id, only_errors, &query.sort, severity(&query.level));
    let pager = Pager::new(total, query.page.unwrap_or(1), u64::from(PROBLEMS), base);
    let offset = (pager.page - 1) * u64::from(PROBLEMS);
    let cut = (u32::try_from(offset).unwrap_or(u32::MAX), PROBLEMS);
    let rows = web.app.batch_problem_page(&officer.ctx, batch.id, only, &codes, cut).await?;
    let s = &batch.summary;
    let n = |n: u32| group_digits(u64::from(n));
    let held = s.lines.saturating_sub(s.good);
    Ok(PreviewView {
        figures: vec![
            ("证书", n(s.lines)),
            ("会新建", n(s.fresh)),
            ("会变更", n(s.changed)),
            ("无变化", n(s.unchanged)),
            ("有错误", n(held)),
        ],
        two_sides: query.sort == sorts::ALIKE_SORT,
        sorts: sort_views(batch.id, &counts, query),
        errors,
        listed,
        only_errors,
        all_href: address(batch.id, false, "", None),
        errors_href: address(batch.id, true, "", None),
        rows: rows.into_iter().map(problem_row).collect(),
        pager,
        may_commit: officer.can(Action::Assign),
        may_preview: officer.can(Action::ImportPreview),
        ready: s.fresh + s.changed,
        held,
        partial: held > 0 || errors > 0,
        open: batch.state == BatchState::Checked,
        plan: plan::view(web, officer, batch, (&query.expect, query.line)).await?,
    })
}

fn address(id: BatchId, only_errors: bool, code: &str, level: Option<Severity>) -> String {
    let only = if only_errors { "&only=errors" } else { "" };
    let sort = if code.is_empty() { String::new() } else { format!("&sort={code}") };
    // Among errors alone there is nothing to tell apart.
    let level = level.filter(|_| !only_errors && !code.is_empty());
    let level = level.map(|level| format!("&level={}", level_key(level))).unwrap_or_default();
    let query = format!("{only}{sort}{level}");
    let query = query.strip_prefix('&').map(|q| format!("?{q}")).unwrap_or_default();
    format!("/office/imports/{id}{query}")
}

fn level_key(level: Severity) -> &'static str {
    match level {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Notice => "notice",
    }
}

/// The severity of a word in an address.
fn severity(word: &str) -> Option<Severity> {
    [Severity::Error, Severity::Warning, Severity::Notice].into_iter().find(|it| level_key(*it) == word)
}

fn sort_views(id: BatchId, counts: &[Count], query: &DetailQuery) -> Vec<SortView> {
    let only_errors = query.only == "errors";
    let alike = alike_view(id, counts, query).filter(|_| !only_errors);
    let others = counts
        .iter()
        .filter(|c| !only_errors || c.severity == Severity::Error)
        .filter(|c| !sorts::ALIKE.contains(&c.code.as_str()))
        .map(|c| {
            let here = c.code == query.sort && severity(&query.level).is_none_or(|level| level == c.severity);
            SortView {
                label: sorts::label(&c.code),
                tone: level(c.severity).tone,
                n: group_digits(c.n),
                href: address(id, only_errors, if here { "" } else { &c.code }, Some(c.severity)),
                here,
            }
        });
    // Likeness first: it may say that the errors are another body's.
    alike.into_iter().chain(others).collect()
}

/// All sorts of likeness as one.
fn alike_view(id: BatchId, counts: &[Count], query: &DetailQuery) -> Option<SortView> {
    let n: u64 = counts.iter().filter(|c| sorts::ALIKE.contains(&c.code.as_str())).map(|c| c.n).sum();
    let here = query.sort == sorts::ALIKE_SORT;
    (n > 0).then(|| SortView {
        label: "疑似重复",
        tone: Tone::Warn,
        n: group_digits(n),
        href: address(id, false, if here { "" } else { sorts::ALIKE_SORT }, None),
        here,
    })
}

fn level(severity: Severity) -> Badge {
    let tone = match severity {
        Severity::Error => Tone::Bad,
        Severity::Warning => Tone::Warn,
        Severity::Notice => Tone::Neutral,
    };
    Badge::plain(severity.label(), tone)
}

fn problem_row(p: BatchProblem) -> ProblemRow {
    let column = match (p.column.is_empty(), p.field.is_empty()) {
        (false, false) => format!("{} {}", p.column, p.field),
        _ => format!("{}{}", p.column, p.field),
    };
    ProblemRow {
        level: level(p.severity),
        sheet: p.sheet,
        row: if p.row > 0 { p.row.to_string() } else { String::new() },
        column,
        value: visible(&p.value).into_owned(),
        message: visible(&p.message).into_owned(),
        hint: p.hint,
    }
}

async fn result(
    web: &Web,
    officer: &Officer,
    batch: &Batch,
    query: &DetailQuery,
) -> Result<ResultView, OfficeError> {
    let after = query.after;
    let lines = web.app.batch_lines(&officer.ctx, batch.id, after.unwrap_or(0), LINES).await?;
    let refused = web.app.batch_refused(&officer.ctx, batch.id, query.refused.unwrap_or(0), LINES).await?;
    let strays = web.app.batch_problem_page(
        &officer.ctx,
        batch.id,
        Some(Severity::Error),
        &sorts::STRAY,
        (0, PROBLEMS),
    );
    let until = web.app.batch_file_until(&officer.ctx, batch.id).await?;
    let confirm = FieldView::tick("confirm", "我已核对：本批证书确属误赋码，同意整批作废").wide();
    Ok(ResultView {
        refused_next: (refused.len() == LINES as usize).then(|| refused.last().map(|l| l.line)).flatten(),
        refused,
        stray: strays.await?.into_iter().map(problem_row).collect(),
        file_until: until.map(|moment| moment.day().to_string()).unwrap_or_default(),
        may_preview: officer.can(Action::ImportPreview),
        next: (lines.len() == LINES as usize).then(|| lines.last().map(|l| l.line.line)).flatten(),
        first: after.is_none(),
        rows: lines.into_iter().map(line_row).collect(),
        fresh: batch.summary.fresh,
        total: batch.done,
        listed: batch.summary.lines.saturating_sub(batch.summary.unchanged),
        may_print: officer.can(Action::Print),
        may_code: officer.can(Action::ReportCode),
        may_annul: officer.can(Action::Annul) && batch.state == BatchState::Done,
        annul: format!("/office/imports/{}/annul", batch.id),
        annul_fields: vec![
            FieldView::lines("reason", "作废原因").required().hint("会留在每张证书的办理记录中。"),
            FieldView::text("document", "文号").hint("有内部批准文件的填写，可以不填。"),
            confirm,
        ],
    })
}

fn line_row(done: LineDone) -> LineRow {
    let outcome = Badge::plain(done.line.outcome.label(), outcome_tone(done.line.outcome));
    let line = done.line.line;
    let none = String::new;
    match done.card {
        None => LineRow {
            line,
            outcome,
            number: none(),
            href: none(),
            body: none(),
            code: none(),
            valid_to: none(),
            status: None,
            reason: done.line.reason,
        },
        Some(card) => LineRow {
            line,
            outcome,
            href: href(card.head.id),
            number: card.head.number.grouped(),
            body: card.face.body_name,
            code: card.head.code.grouped(),
            valid_to: card.head.valid_to.to_string(),
            status: done.standing.map(|today| today.word().into()),
            reason: none(),
        },
    }
}
