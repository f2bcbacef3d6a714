//! `/office/inspections`: what was inspected and what is to be put right; and the form that records an inspection of a body.

use super::{inspection_href, key};
use crate::http::web::{Web, page};
use crate::http::{OfficeError, Officer};
use crate::office::{
    Badge, Crumb, FieldView, Menu, Refused, Shell, TabView, Wrong, back, bodies, recorded, with_errors,
};
use app::stored::{Body, Inspection};
use app::{NewInspection, OpenRectification};
use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::{
    Action, BodyId, Day, InspectionId, InspectionKind, InspectionResult, RectificationId, RectificationStep,
    Tone,
};
use serde::Deserialize;

/// Rows of a page.
const ROWS: u32 = 50;

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// `open` or `overdue`; else all inspections.
    list: String,
    before: Option<i64>,
    after: String,
}

/// What is posted of an inspection.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    pub(super) kind: String,
    pub(super) draw: String,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) inspectors: String,
    pub(super) certificates: String,
    pub(super) result: String,
    pub(super) findings: String,
    pub(super) summary: String,
    pub(super) document: String,
    /// The version that was read, where it is corrected.
    pub(super) version: u32,
    /// Why it is corrected.
    pub(super) reason: String,
}

impl Typed {
    pub(super) fn read(&self) -> NewInspection {
        let it = self.clone();
        NewInspection {
            kind: it.kind,
            draw: it.draw,
            from: it.from,
            to: it.to,
            inspectors: it.inspectors,
            certificates: it.certificates,
            result: it.result,
            findings: it.findings,
            summary: it.summary,
            document: it.document,
        }
    }
}

#[derive(Template)]
#[template(path = "office/supervision/inspections.html")]
struct InspectionsPage {
    shell: Shell,
    tabs: Vec<TabView>,
    national: bool,
    rows: Vec<Row>,
    open: Vec<OpenRow>,
    /// Whether rectifications are listed.
    rectifying: bool,
    next: String,
}

/// A row of the list of inspections.
pub struct Row {
    /// Where it is read in full; empty for one of another authority.
    pub href: String,
    pub body: String,
    pub body_href: String,
    pub authority: String,
    pub days: String,
    pub kind: &'static str,
    pub result: Badge,
    pub published: bool,
}

struct OpenRow {
    href: String,
    body: String,
    body_href: String,
    authority: String,
    what: String,
    due: Day,
    state: Badge,
    document: String,
}

#[derive(Template)]
#[template(path = "office/supervision/body_inspections.html")]
struct BodyInspectionsPage {
    shell: Shell,
    body: i64,
    rows: Vec<Row>,
    may_write: bool,
    fields: Vec<FieldView>,
    error: String,
}

/// A result with its colour.
pub fn result_badge(it: InspectionResult) -> Badge {
    let tone = match it {
        InspectionResult::Clear | InspectionResult::Idle => Tone::Good,
        InspectionResult::Rectify | InspectionResult::Pending => Tone::Warn,
        InspectionResult::Filed | InspectionResult::Obstructed | InspectionResult::Unreachable => Tone::Bad,
    };
    Badge::plain(it.label(), tone)
}

/// One day, or the first and the last.
pub fn days(it: &Inspection) -> String {
    if it.from == it.to { it.from.to_string() } else { format!("{} 至 {}", it.from, it.to) }
}

/// A row; who may not open an inspection reads its days, kind and result.
pub fn row(web: &Web, officer: &Officer, it: &Inspection, body: Option<&Body>) -> Row {
    let opens = domain::may(&officer.ctx.actor, Action::InspectionRead, Some(it.authority));
    Row {
        href: if opens == domain::Answer::Allowed { inspection_href(it.id) } else { String::new() },
        body: body.map(|body| body.name.clone()).unwrap_or_default(),
        body_href: body.map(|body| bodies::href(body.stays())).unwrap_or_default(),
        authority: web.app.authority_short(it.authority),
        days: days(it),
        kind: it.kind.label(),
        result: result_badge(it.result),
        published: it.published.is_some(),
    }
}

/// How far something is that is to be put right.
pub fn rectification_state(view: &app::RectificationView, today: Day) -> Badge {
    match view.last() {
        Some(RectificationStep::Closed) => Badge::plain("已办结", Tone::Good),
        Some(RectificationStep::Passed) => Badge::plain("复查合格，待办结", Tone::Good),
        _ if view.is_overdue(today) && view.last() != Some(RectificationStep::Report) => {
            Badge::plain("逾期未改正", Tone::Bad)
        }
        Some(RectificationStep::Report) => Badge::plain("已报整改，待复查", Tone::Warn),
        Some(RectificationStep::Failed) => Badge::plain("复查不合格", Tone::Bad),
        None => Badge::plain("整改中", Tone::Neutral),
    }
}

fn tabs(list: &str) -> Vec<TabView> {
    let tab = |label: &str, key: &str| TabView {
        label: label.to_owned(),
        href: if key.is_empty() {
            "/office/inspections".into()
        } else {
            format!("/office/inspections?list={key}")
        },
        here: key == list,
    };
    vec![tab("检查记录", ""), tab("整改中", "open"), tab("逾期未办结", "overdue")]
}

/// The place in the list of what is open: day and key.
fn place(text: &str) -> Option<(Day, RectificationId)> {
    let (day, id) = text.split_once('.')?;
    Some((Day::parse(day).ok()?, RectificationId(id.parse().ok()?)))
}

/// `GET /office/inspections`.
pub async fn list(
    State(web): State<Web>,
    officer: Officer,
    Query(asked): Query<Asked>,
) -> Result<Response, OfficeError> {
    let list = if matches!(asked.list.as_str(), "open" | "overdue") { asked.list.as_str() } else { "" };
    let mut it = InspectionsPage {
        shell: officer.shell("监督检查", Menu::Inspections, Vec::new()),
        tabs: tabs(list),
        national: officer.national(),
        rows: Vec::new(),
        open: Vec::new(),
        rectifying: !list.is_empty(),
        next: String::new(),
    };
    if list.is_empty() {
        let before = asked.before.map(InspectionId);
        let all = web.app.inspections(&officer.ctx, before, ROWS).await?;
        let last = all.last().filter(|_| all.len() == ROWS as usize);
        it.next = last.map(|(it, _)| format!("/office/inspections?before={}", it.id)).unwrap_or_default();
        it.rows = all.iter().map(|(it, body)| row(&web, &officer, it, Some(body))).collect();
        return Ok(page(&it));
    }
    let after = place(&asked.after);
    let all = web.app.open_rectifications(&officer.ctx, list == "overdue", after, ROWS).await?;
    let last = all.last().map(|it| &it.view.it).filter(|_| all.len() == ROWS as usize);
    let next = |it: &app::stored::Rectification| {
        format!("/office/inspections?list={list}&after={}.{}", it.due, it.id)
    };
    it.next = last.map(next).unwrap_or_default();
    let today = web.app.today();
    let open = |it: &OpenRectification| OpenRow {
        href: inspection_href(it.view.it.inspection),
        body: it.body.name.clone(),
        body_href: bodies::href(it.body.stays()),
        authority: web.app.authority_short(it.view.it.authority),
        what: it.view.it.what.clone(),
        due: it.view.it.due,
        state: rectification_state(&it.view, today),
        document: it.view.it.document.clone(),
    };
    it.open = all.iter().map(open).collect();
    Ok(page(&it))
}

/// The fields of an inspection.
pub(super) fn fields(typed: &Typed, wrong: &Wrong) -> Vec<FieldView> {
    let kinds = InspectionKind::ALL.iter().map(|it| (it.key().to_owned(), it.label().to_owned()));
    let results = InspectionResult::ALL.iter().map(|it| (it.key().to_owned(), it.label().to_owned()));
    let all = vec![
        FieldView::choice("kind", "检查类型", kinds.collect()).required().value(&typed.kind),
        FieldView::text("draw", "抽查编号").value(&typed.draw).hint("双随机抽查抽到的填写；其他检查留空"),
        FieldView::day("from", "开始日期").required().value(&typed.from),
        FieldView::day("to", "结束日期").value(&typed.to).hint("当天结束的不填"),
        FieldView::text("inspectors", "检查人员")
            .required()
            .value(&typed.inspectors)
            .hint("不少于两人，用顿号隔开；只供本机关查看"),
        FieldView::text("certificates", "涉及的证书编号")
            .value(&typed.certificates)
            .hint("用逗号隔开；不填为本机关颁发给该机构的全部有效证书"),
        FieldView::choice("result", "检查结果", results.collect()).required().value(&typed.result),
        FieldView::text("document", "文书文号")
            .value(&typed.document)
            .hint("检查结论、立案或者责令改正文书的文号"),
        FieldView::lines("findings", "发现的问题").value(&typed.findings).hint("一行一条，不要写个人信息"),
        FieldView::lines("summary", "检查情况").value(&typed.summary).hint("不公开；不要写个人信息"),
    ];
    with_errors(all, wrong)
}

async fn body_page(
    web: &Web,
    officer: &Officer,
    id: BodyId,
    typed: &Typed,
    refused: Refused,
) -> Result<Response, OfficeError> {
    let all = web.app.inspections_of_body(&officer.ctx, id).await?;
    let view = web.app.body(&officer.ctx, id, "").await?;
    let crumbs = vec![
        Crumb { label: view.body.name.clone(), href: bodies::href(view.body.id) },
        Crumb { label: "监督检查".into(), href: format!("{}/inspections", bodies::href(view.body.id)) },
    ];
    let response = page(&BodyInspectionsPage {
        shell: officer.shell("监督检查", Menu::Bodies, crumbs),
        body: view.body.id.0,
        rows: all.iter().map(|it| row(web, officer, it, None)).collect(),
        may_write: officer.can(Action::InspectionWrite),
        fields: fields(typed, &refused.wrong),
        error: refused.error.clone(),
    });
    Ok(refused.status(response))
}

/// `GET /office/bodies/{id}/inspections`: those of a body, and the form; `draw` fills in the draw it was drawn in.
pub async fn of_body(
    State(web): State<Web>,
    officer: Officer,
    Path(id): Path<String>,
    Query(mut typed): Query<Typed>,
) -> Result<Response, OfficeError> {
    if !typed.draw.is_empty() && typed.kind.is_empty() {
        typed.kind = InspectionKind::Random.key().to_owned();
    }
    body_page(&web, &officer, BodyId(key(&id)?), &typed, Refused::default()).await
}

/// `POST /office/bodies/{id}/inspections`: records one.
pub async fn record(
    State(web): State<Web>,
    officer: Officer,
    Path(id): Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Response, OfficeError> {
    let id = BodyId(key(&id)?);
    match recorded(web.app.record_inspection(&officer.ctx, id, &typed.read()).await)? {
        Ok(id) => Ok(back(&inspection_href(id), "inspected")),
        Err(refused) => body_page(&web, &officer, id, &typed, refused).await,
    }
}
