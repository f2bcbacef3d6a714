//! `/office/docking/form`: 对接情况反馈表, as a draft or filed. The national level reads those of all.

use super::{authority, tabs};
use crate::http::web::{Web, page};
use crate::http::{OfficeError, Officer};
use crate::office::said::Said;
use crate::office::{Crumb, FactView, FieldView, Menu, Shell, TabView};
use app::{
    AppError, DockingField, DockingForm, DockingNeed, DockingPart, DockingProblem, DockingSaved,
    DockingShape, DockingView, Filing,
};
use askama::Template;
use axum::Form;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::{Action, Instant};
use serde::Deserialize;
use std::collections::HashMap;

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    authority: String,
    said: String,
}

#[derive(Template)]
#[template(path = "office/docking/form.html")]
struct FormPage {
    shell: Shell,
    tabs: Vec<TabView>,
    name: String,
    filed: String,
    saved: String,
    due: String,
    version: u32,
    /// All fields, for the summary of what is wrong.
    wrong: Vec<FieldView>,
    parts: Vec<PartView>,
    may_write: bool,
}

struct PartView {
    label: &'static str,
    fields: Vec<FieldView>,
    facts: Vec<FactView>,
}

/// What to fill in, and when: a field that only some must fill bears no mark, so its hint says who.
fn hint(it: DockingField) -> String {
    let when = match it.need() {
        DockingNeed::System => "自己的审批系统选“有”的必填",
        DockingNeed::Networked => "选系统联网自动赋码的必填",
        DockingNeed::Must | DockingNeed::May => "",
    };
    [when, it.hint()].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join("；")
}

fn field(it: DockingField, form: &DockingForm, problems: &[DockingProblem]) -> FieldView {
    let (key, label) = (it.key(), it.full_label());
    let view = match it.shape() {
        DockingShape::Choice(options) => {
            let options = options.iter().map(|(key, label)| ((*key).to_owned(), (*label).to_owned()));
            FieldView::choice(key, label, options.collect())
        }
        DockingShape::Day => FieldView::day(key, label),
        DockingShape::Lines | DockingShape::Urls | DockingShape::Networks => FieldView::lines(key, label),
        DockingShape::Text(_)
        | DockingShape::Count
        | DockingShape::Phone
        | DockingShape::Mobile
        | DockingShape::Mail => FieldView::text(key, label),
    };
    let view = view.value(form.value(it)).hint(hint(it));
    let view = if it.need() == DockingNeed::Must { view.required() } else { view };
    match problems.iter().find(|problem| problem.field == it) {
        Some(problem) => view.error(format!("{}。{}", problem.message, problem.hint)),
        None => view,
    }
}

fn part(it: DockingPart, form: &DockingForm, problems: &[DockingProblem]) -> PartView {
    let fact = |field: DockingField| FactView { label: field.label().into(), value: form.shown(field) };
    PartView {
        label: it.label(),
        fields: it.fields().map(|of| field(of, form, problems)).collect(),
        facts: it.fields().map(fact).collect(),
    }
}

fn show_page(
    web: &Web,
    officer: &Officer,
    said: &str,
    view: &DockingView,
    problems: &[DockingProblem],
) -> Result<Response, AppError> {
    let of = view.standing.authority;
    let foreign = officer.ctx.authority()? != of;
    let (tone, words) = Said { said: said.to_owned() }.words();
    let name = web.app.authority_name(of);
    let board = Crumb { label: "全国看板".into(), href: "/office/docking/board".into() };
    let stand = Crumb { label: name.clone(), href: format!("/office/docking?authority={}", of.0) };
    let crumbs = if foreign { vec![board, stand] } else { Vec::new() };
    let at = |at: Option<Instant>| at.map(Instant::to_the_minute).unwrap_or_default();
    let parts: Vec<_> = DockingPart::ALL.into_iter().map(|it| part(it, &view.form, problems)).collect();
    let mut response = page(&FormPage {
        shell: officer.shell_saying("对接情况反馈表", Menu::Docking, crumbs, tone, words),
        tabs: tabs(officer, if foreign { "" } else { "/office/docking/form" }),
        name,
        filed: at(view.standing.filed_at),
        saved: at(view.saved_at),
        due: view.deadlines.form.map(|day| day.to_string()).unwrap_or_default(),
        version: view.version,
        wrong: parts.iter().flat_map(|part| part.fields.clone()).filter(|f| !f.error.is_empty()).collect(),
        parts,
        may_write: !foreign && officer.can(Action::DockingWrite),
    });
    if !problems.is_empty() {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

/// `GET /office/docking/form`.
pub async fn show(
    State(web): State<Web>,
    officer: Officer,
    Query(asked): Query<Asked>,
) -> Result<Response, OfficeError> {
    let of = authority(&officer, &asked.authority)?;
    let view = web.app.docking(&officer.ctx, of).await?;
    Ok(show_page(&web, &officer, &asked.said, &view, &[])?)
}

/// `POST /office/docking/form`: a draft, or filed.
pub async fn save(
    State(web): State<Web>,
    officer: Officer,
    Form(typed): Form<HashMap<String, String>>,
) -> Result<Response, OfficeError> {
    let text = |name: &str| typed.get(name).map_or("", String::as_str);
    let mut form = DockingForm::default();
    for field in DockingField::ALL.iter().copied() {
        form.set(field, text(field.key()));
    }
    let version = text("_version").parse().unwrap_or(0);
    let (filing, said) = match text("_act") {
        "file" => (Filing::File, "filed"),
        _ => (Filing::Draft, "drafted"),
    };
    match web.app.save_docking(&officer.ctx, version, &form, filing).await? {
        DockingSaved::Kept(_) => {
            Ok(Redirect::to(&format!("/office/docking/form?said={said}")).into_response())
        }
        DockingSaved::Wrong(problems) => {
            let stands = web.app.docking(&officer.ctx, officer.ctx.authority()?).await?;
            // What was typed starts from the version that was shown, whoever saved meanwhile.
            let typed = DockingView { form, version, ..stands };
            Ok(show_page(&web, &officer, "", &typed, &problems)?)
        }
    }
}
