//! `/office/docking/board`: where every authority stands, for the national level; its deadlines and declared steps.

use super::stand::taken_over;
use super::tabs;
use crate::http::web::{Web, page};
use crate::http::{OfficeError, Officer};
use crate::office::codes::day;
use crate::office::said::Said;
use crate::office::{Badge, FieldView, Menu, Shell, TabView, attachment};
use app::{AppError, DeclaredStep, DockingBoard, DockingDeadlines, DockingRow, Mode};
use askama::Template;
use axum::Form;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::{Action, AuthorityId, Day, Instant, Tone};
use serde::Deserialize;

/// What is posted to declare a step or to take it back.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct TypedStep {
    authority: String,
    step: String,
    act: String,
    note: String,
}

/// What is posted as deadlines.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct TypedDeadlines {
    form: String,
    docking: String,
}

#[derive(Template)]
#[template(path = "office/docking/board.html")]
struct BoardPage {
    shell: Shell,
    tabs: Vec<TabView>,
    figures: Vec<(&'static str, usize)>,
    total: usize,
    rows: Vec<RowView>,
    form_due: String,
    docking_due: String,
    fields: Vec<FieldView>,
    error: String,
    may_step: bool,
}

struct RowView {
    id: i64,
    name: String,
    filed: String,
    form_overdue: bool,
    mode: Badge,
    wanted: &'static str,
    systems: u64,
    sandbox: String,
    first_code: String,
    live: String,
    docking_overdue: bool,
    taken_over: String,
    last_contact: String,
    by_interface: bool,
}

fn row(it: &DockingRow) -> RowView {
    let s = &it.standing;
    let on = |at: Option<Instant>| at.map(|at| at.day().to_string()).unwrap_or_default();
    let tone = if s.mode == Mode::Networked { Tone::Good } else { Tone::Neutral };
    RowView {
        id: s.authority.0,
        name: it.name.clone(),
        filed: on(s.filed_at),
        form_overdue: it.form_overdue,
        mode: Badge::plain(if s.mode == Mode::Networked { "联网" } else { "手动" }, tone),
        wanted: match s.wanted {
            Some(wanted) if wanted != s.mode => wanted.label(),
            _ => "",
        },
        systems: s.systems,
        sandbox: on(s.sandbox.as_ref().map(|step| step.done_at)),
        first_code: on(s.first_code),
        live: on(s.live.as_ref().map(|step| step.done_at)),
        docking_overdue: it.docking_overdue,
        taken_over: taken_over(s),
        last_contact: s.last_contact.map(Instant::to_the_minute).unwrap_or_default(),
        by_interface: s.by_interface(),
    }
}

fn figures(board: &DockingBoard) -> Vec<(&'static str, usize)> {
    let count = |is: &dyn Fn(&DockingRow) -> bool| board.rows.iter().filter(|row| is(row)).count();
    vec![
        ("已填报", count(&|row| row.standing.filed_at.is_some())),
        ("已发密钥", count(&|row| row.standing.systems > 0)),
        ("测试环境通过", count(&|row| row.standing.sandbox.is_some())),
        ("已联网", count(&|row| row.standing.mode == Mode::Networked)),
        ("已上线", count(&|row| row.standing.live.is_some())),
        ("逾期", count(&|row| row.form_overdue || row.docking_overdue)),
    ]
}

async fn render(
    web: &Web,
    officer: &Officer,
    said: &Said,
    typed: Option<TypedDeadlines>,
    error: String,
) -> Result<Response, AppError> {
    let board = web.app.docking_board(&officer.ctx).await?;
    let (tone, words) = said.words();
    let text = |day: Option<Day>| day.map(|day| day.to_string()).unwrap_or_default();
    let (form_due, docking_due) = (text(board.deadlines.form), text(board.deadlines.docking));
    let typed =
        typed.unwrap_or_else(|| TypedDeadlines { form: form_due.clone(), docking: docking_due.clone() });
    let fields = vec![
        FieldView::day("form", "填报截止").value(&typed.form).hint("当天仍可填报；留空为没有期限"),
        FieldView::day("docking", "对接截止").value(&typed.docking).hint("当天登记上线的不算逾期"),
    ];
    let status = if error.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let mut response = page(&BoardPage {
        shell: officer.shell_saying("全国看板", Menu::Docking, Vec::new(), tone, words),
        tabs: tabs(officer, "/office/docking/board"),
        figures: figures(&board),
        total: board.rows.len(),
        rows: board.rows.iter().map(row).collect(),
        form_due,
        docking_due,
        fields,
        error,
        may_step: officer.can(Action::DockingStep),
    });
    *response.status_mut() = status;
    Ok(response)
}

/// `GET /office/docking/board`.
pub async fn show(
    State(web): State<Web>,
    officer: Officer,
    Query(said): Query<Said>,
) -> Result<Response, OfficeError> {
    Ok(render(&web, &officer, &said, None, String::new()).await?)
}

/// `GET /office/docking/board.xlsx`.
pub async fn book(State(web): State<Web>, officer: Officer) -> Result<Response, OfficeError> {
    let book = web.app.docking_book(&officer.ctx).await?;
    Ok(attachment(&format!("对接情况-{}.xlsx", web.app.today()), book))
}

/// `POST /office/docking/deadlines`.
pub async fn set_deadlines(
    State(web): State<Web>,
    officer: Officer,
    Form(typed): Form<TypedDeadlines>,
) -> Result<Response, OfficeError> {
    let set = async || {
        let (form, docking) = (day("填报截止", &typed.form)?, day("对接截止", &typed.docking)?);
        web.app.set_docking_deadlines(&officer.ctx, DockingDeadlines { form, docking }).await
    };
    match set().await {
        Ok(()) => Ok(Redirect::to("/office/docking/board?said=deadlines").into_response()),
        Err(AppError::Refused { message, hint }) => {
            let error = format!("{message}。{hint}");
            Ok(render(&web, &officer, &Said::default(), Some(typed), error).await?)
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /office/docking/steps`: declares a step of an authority, or takes it back.
pub async fn set_step(
    State(web): State<Web>,
    officer: Officer,
    Form(typed): Form<TypedStep>,
) -> Result<Response, OfficeError> {
    let of = typed.authority.parse().map(AuthorityId).map_err(|_| AppError::NotFound)?;
    let step = DeclaredStep::parse(&typed.step).ok_or(AppError::NotFound)?;
    let said = match typed.act.as_str() {
        "clear" => {
            web.app.clear_docking_step(&officer.ctx, of, step).await?;
            "step_cleared"
        }
        _ => {
            web.app.set_docking_step(&officer.ctx, of, step, &typed.note).await?;
            "step"
        }
    };
    Ok(Redirect::to(&format!("/office/docking?authority={}&said={said}", of.0)).into_response())
}
