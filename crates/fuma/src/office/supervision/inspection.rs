//! `/office/inspections/{id}`: one inspection in full, with what is to be put right; corrected, published, followed up here.

use super::inspections::{Typed, days, fields, rectification_state, result_badge};
use super::rectify::{Ordered, order_fields, step_fields, stepped};
use super::{inspection_href, key};
use crate::http::web::{Web, page};
use crate::http::{OfficeError, Officer};
use crate::office::said::Said;
use crate::office::{
    Badge, Crumb, FactView, FieldView, Menu, Refused, Shell, StepView, back, bodies, certificates, recorded,
    with_errors,
};
use app::stored::Inspection;
use app::{InspectionView, RectificationView};
use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::{Action, Answer, InspectionId, NoticeKind, Tone, may};
use std::collections::HashMap;

#[derive(Template)]
#[template(path = "office/supervision/inspection.html")]
struct InspectionPage {
    shell: Shell,
    id: i64,
    version: u32,
    body: String,
    body_href: String,
    result: Badge,
    facts: Vec<FactView>,
    findings: Vec<String>,
    numbers: Vec<(String, String)>,
    rectifications: Vec<Rectified>,
    history: Vec<StepView>,
    may_write: bool,
    may_publish: bool,
    /// Where a notice of it is made; empty for who may not.
    notice: String,
    fields: Vec<FieldView>,
    correcting: bool,
    order: Vec<FieldView>,
    error: String,
}

struct Rectified {
    id: i64,
    what: String,
    due: String,
    document: String,
    state: Badge,
    steps: Vec<StepView>,
    /// The fields of the next step; none where it is closed or the reader may not.
    fields: Vec<FieldView>,
}

/// What the page shows beside what stands in the store.
#[derive(Default)]
pub(super) struct Shown {
    /// What was typed to correct it.
    pub typed: Option<Typed>,
    /// What was typed to order something.
    pub order: Ordered,
    /// Why either comes back.
    pub refused: Refused,
    /// What the last act brought.
    pub said: Said,
}

fn facts(web: &Web, it: &Inspection, names: &HashMap<String, String>) -> Vec<FactView> {
    let fact = |label: &str, value: String| FactView { label: label.to_owned(), value };
    let by = |actor: &str| names.get(actor).map_or(actor, String::as_str).to_owned();
    let published = it.published.map(|(version, at)| match version == it.version {
        true => format!("已公开，{}", at.to_the_minute()),
        false => format!("公开的是第{version}版；更正后的内容还没有公开"),
    });
    let mut facts = vec![
        fact("检查机关", web.app.authority_name(it.authority)),
        fact("检查类型", it.kind.label().to_owned()),
        fact("检查日期", days(it)),
        fact("检查人员", it.inspectors.clone()),
        fact("文书文号", it.document.clone()),
        fact("检查情况", it.summary.clone()),
        fact("公开", published.unwrap_or_else(|| "还没有公开；抽查结果应在20个工作日内公开".to_owned())),
        fact("登记", format!("{} {}", by(&it.actor), it.recorded_at.shanghai())),
    ];
    if let Some(draw) = it.draw {
        facts.insert(2, fact("双随机抽查", format!("第{draw}号")));
    }
    facts
}

fn rectified(view: &RectificationView, today: domain::Day, may_write: bool) -> Rectified {
    let step = |it: &app::stored::RectificationRow| StepView {
        when: it.day.to_string(),
        title: it.step.label().to_owned(),
        detail: [it.document.as_str(), it.note.as_str()]
            .iter()
            .filter(|text| !text.is_empty())
            .copied()
            .collect::<Vec<_>>()
            .join("　"),
        tone: if it.step == domain::RectificationStep::Failed { Tone::Bad } else { Tone::Neutral },
        href: String::new(),
    };
    Rectified {
        id: view.it.id.0,
        what: view.it.what.clone(),
        due: view.it.due.to_string(),
        document: view.it.document.clone(),
        state: rectification_state(view, today),
        steps: view.steps.iter().map(step).collect(),
        fields: if may_write { step_fields(view) } else { Vec::new() },
    }
}

/// What stands in an inspection, for the form that corrects it.
fn typed_of(view: &InspectionView) -> Typed {
    let it = &view.it;
    let numbers: Vec<String> = view.numbers.iter().map(|(_, number)| number.to_string()).collect();
    Typed {
        kind: it.kind.key().to_owned(),
        draw: it.draw.map(|id| id.to_string()).unwrap_or_default(),
        from: it.from.to_string(),
        to: if it.to == it.from { String::new() } else { it.to.to_string() },
        inspectors: it.inspectors.clone(),
        certificates: numbers.join("，"),
        result: it.result.key().to_owned(),
        findings: view.findings.join("\n"),
        summary: it.summary.clone(),
        document: it.document.clone(),
        version: it.version,
        reason: String::new(),
    }
}

/// The page of an inspection.
pub(super) async fn show(
    web: &Web,
    officer: &Officer,
    id: InspectionId,
    shown: Shown,
) -> Result<Response, OfficeError> {
    let view = web.app.inspection(&officer.ctx, id).await?;
    let it = &view.it;
    let actors: Vec<&str> = view.versions.iter().map(|it| it.actor.as_str()).collect();
    let names = web.app.supervisors(&officer.ctx, &actors).await?;
    let own = may(&officer.ctx.actor, Action::InspectionWrite, Some(it.authority)) == Answer::Allowed;
    let notes = may(&officer.ctx.actor, Action::NoticeWrite, Some(it.authority)) == Answer::Allowed;
    let version = |it: &Inspection| StepView {
        when: it.recorded_at.to_the_minute(),
        title: format!("第{}版　{}", it.version, it.result.label()),
        detail: names.get(&it.actor).cloned().unwrap_or_else(|| it.actor.clone()),
        tone: Tone::Neutral,
        href: String::new(),
    };
    let stands = typed_of(&view);
    let correcting = shown.typed.is_some();
    let typed = shown.typed.as_ref().unwrap_or(&stands);
    let mut correct = fields(typed, &shown.refused.wrong);
    let reason = FieldView::text("reason", "更正的原因").required().value(&typed.reason);
    correct.extend(with_errors(vec![reason], &shown.refused.wrong));
    let crumbs = vec![
        Crumb { label: view.body.name.clone(), href: bodies::href(view.body.stays()) },
        Crumb { label: format!("检查{}", it.id), href: inspection_href(id) },
    ];
    let (tone, words) = shown.said.words();
    let body_href = bodies::href(view.body.stays());
    let today = web.app.today();
    let kind = NoticeKind::Rectify.key();
    let response = page(&InspectionPage {
        shell: officer.shell_saying("监督检查", Menu::Inspections, crumbs, tone, words),
        id: id.0,
        version: it.version,
        body: view.body.name.clone(),
        notice: if notes { format!("{body_href}/notices?kind={kind}") } else { String::new() },
        body_href,
        result: result_badge(it.result),
        facts: facts(web, it, &names),
        findings: view.findings.clone(),
        numbers: view.numbers.iter().map(|(id, n)| (certificates::href(*id), n.grouped())).collect(),
        rectifications: view.rectifications.iter().map(|it| rectified(it, today, own)).collect(),
        history: view.versions.iter().map(version).collect(),
        may_write: own,
        may_publish: own && it.published.is_none_or(|(version, _)| version != it.version),
        fields: correct,
        correcting,
        order: order_fields(&shown.order, if correcting { &[] } else { &shown.refused.wrong }),
        error: shown.refused.error.clone(),
    });
    Ok(shown.refused.status(response))
}

/// `GET /office/inspections/{id}`.
pub async fn one(
    State(web): State<Web>,
    officer: Officer,
    Path(id): Path<String>,
    Query(said): Query<Said>,
) -> Result<Response, OfficeError> {
    show(&web, &officer, InspectionId(key(&id)?), Shown { said, ..Shown::default() }).await
}

/// `POST /office/inspections/{id}`: corrects it.
pub async fn correct(
    State(web): State<Web>,
    officer: Officer,
    Path(id): Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Response, OfficeError> {
    let id = InspectionId(key(&id)?);
    let (version, new) = (typed.version, typed.read());
    match recorded(web.app.correct_inspection(&officer.ctx, id, version, &new, &typed.reason).await)? {
        Ok(id) => Ok(back(&inspection_href(id), "corrected")),
        Err(refused) => {
            show(&web, &officer, id, Shown { typed: Some(typed), refused, ..Shown::default() }).await
        }
    }
}

/// `POST /office/inspections/{id}/publish`.
pub async fn publish(
    State(web): State<Web>,
    officer: Officer,
    Path(id): Path<String>,
) -> Result<Response, OfficeError> {
    let id = InspectionId(key(&id)?);
    web.app.publish_inspection(&officer.ctx, id).await?;
    Ok(back(&inspection_href(id), "published"))
}

/// `POST /office/inspections/{id}/rectifications`: orders that something is put right.
pub async fn order(
    State(web): State<Web>,
    officer: Officer,
    Path(id): Path<String>,
    Form(order): Form<Ordered>,
) -> Result<Response, OfficeError> {
    let id = InspectionId(key(&id)?);
    match recorded(web.app.order_rectification(&officer.ctx, id, &order.read()).await)? {
        Ok(_) => Ok(back(&inspection_href(id), "ordered")),
        Err(refused) => show(&web, &officer, id, Shown { order, refused, ..Shown::default() }).await,
    }
}

/// `POST /office/rectifications/{id}`: records a step.
pub async fn step(
    State(web): State<Web>,
    officer: Officer,
    Path(id): Path<String>,
    Form(posted): Form<Vec<(String, String)>>,
) -> Result<Response, OfficeError> {
    let id = domain::RectificationId(key(&id)?);
    let of = web.app.step_rectification(&officer.ctx, id, &stepped(posted)).await?;
    Ok(back(&inspection_href(of), "stepped"))
}
