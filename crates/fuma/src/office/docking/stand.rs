//! `/office/docking`: where an authority stands, which door assigns, 应急手动赋码, and what is to be adopted.

use super::{authority, tabs};
use crate::http::web::{Web, page};
use crate::http::{OfficeError, Officer};
use crate::office::certificates::href;
use crate::office::said::Said;
use crate::office::{Badge, Crumb, FactView, FieldView, Menu, Shell, TabView};
use app::stored::{DockingStep, Emergency};
use app::{
    AppError, Assigning, DeclaredStep, DockingDeadlines, DockingStage, DockingStanding, DockingView, Mode,
    StageState, Unadopted,
};
use askama::Template;
use axum::Form;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::{Action, CertificateId, Day, Door, Instant, Tone, group_digits};
use serde::Deserialize;

/// Certificates to be adopted on a page.
const ROWS: u32 = 20;
/// Openings of 应急手动赋码 that are shown.
const OPENINGS: usize = 10;

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    authority: String,
    /// The last certificate shown of those to be adopted.
    after: String,
    said: String,
}

/// What is posted to open 应急手动赋码.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct TypedEmergency {
    reason: String,
    until: String,
}

/// What is posted to change the mode.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct TypedMode {
    mode: String,
}

#[derive(Template)]
#[template(path = "office/docking/stand.html")]
struct StandPage {
    shell: Shell,
    tabs: Vec<TabView>,
    stages: Vec<StageView>,
    next: String,
    due: Vec<DueView>,
    facts: Vec<FactView>,
    /// Forms to declare steps, for the national level.
    steps: Vec<StepView>,
    authority: i64,
    own: Option<OwnView>,
}

struct StageView {
    label: &'static str,
    class: &'static str,
    here: bool,
    note: String,
}

struct DueView {
    label: &'static str,
    day: String,
    overdue: bool,
}

struct StepView {
    key: &'static str,
    label: &'static str,
    done: String,
    suggested: bool,
}

/// What only the officers of the authority itself see.
struct OwnView {
    mode: Mode,
    other: Mode,
    may_set: bool,
    /// Networked, and no system holds a secret: nobody can assign.
    keyless: bool,
    may_open: bool,
    open: Option<OpenView>,
    fields: Vec<FieldView>,
    error: String,
    past: Vec<OpenView>,
    total: String,
    rows: Vec<RowView>,
    next: String,
}

struct OpenView {
    opened: String,
    until: String,
    by: String,
    reason: String,
    badge: Badge,
}

struct RowView {
    number: String,
    href: String,
    body: String,
    door: &'static str,
    assigned: String,
}

fn stages(it: &DockingStanding) -> Vec<StageView> {
    let mut current = true;
    let view = |(stage, state): (DockingStage, StageState)| {
        let (class, note) = match state {
            StageState::Done(at) => ("done", at.map(|at| at.day().to_string()).unwrap_or_default()),
            StageState::Suggested => ("", "已有联网赋码，可以登记".to_owned()),
            StageState::Open => ("", String::new()),
        };
        let here = class.is_empty() && std::mem::take(&mut current);
        StageView { label: stage.label(), class, here, note }
    };
    it.stages().into_iter().map(view).collect()
}

/// What comes next, in a sentence.
fn next(it: &DockingStanding) -> &'static str {
    let open = it.stages().into_iter().find(|(_, state)| !matches!(state, StageState::Done(_)));
    match open.map(|(stage, _)| stage) {
        Some(DockingStage::Filed) => "下一步：填报反馈表，由管理员或信息化人员提交。",
        Some(DockingStage::Issued) => "下一步：管理员在“接口系统”中设立审批系统并发放密钥。",
        Some(DockingStage::Sandbox) => "下一步：审批系统在测试环境运行符合性测试，通过后由国家级登记。",
        Some(DockingStage::Networked) => "下一步：管理员把赋码方式改为系统联网自动赋码。",
        Some(DockingStage::Live) => "下一步：正式赋码后由国家级登记上线。",
        None => "对接已经完成。",
    }
}

fn due(it: &DockingStanding, deadlines: &DockingDeadlines, today: Day) -> Vec<DueView> {
    let all = [
        ("填报截止", deadlines.form, deadlines.form_overdue(it, today)),
        ("对接截止", deadlines.docking, deadlines.docking_overdue(it, today)),
    ];
    let view = |(label, day, overdue): (&'static str, Option<Day>, bool)| {
        day.map(|day| DueView { label, day: day.to_string(), overdue })
    };
    all.into_iter().filter_map(view).collect()
}

fn moment(at: Option<Instant>) -> String {
    at.map(Instant::to_the_minute).unwrap_or_default()
}

/// A declared step with its note.
fn declared(step: Option<&DockingStep>) -> String {
    let text = |step: &DockingStep| format!("{}　{}", step.done_at.day(), step.note).trim().to_owned();
    step.map(text).unwrap_or_default()
}

/// How many certificates issued before the system were taken over, of how many.
pub fn taken_over(it: &DockingStanding) -> String {
    match it.announced {
        Some(announced) => format!("{} / {}", group_digits(it.taken_over), group_digits(announced)),
        None => group_digits(it.taken_over),
    }
}

fn facts(it: &DockingStanding) -> Vec<FactView> {
    let mut all = vec![
        ("填报时间", moment(it.filed_at)),
        ("拟用方式", it.wanted.map(|mode| mode.label().to_owned()).unwrap_or_default()),
        ("现行方式", it.mode.label().to_owned()),
    ];
    if it.by_interface() {
        all.push(("有密钥的系统", format!("{} 个", it.systems)));
        all.push(("测试环境通过", declared(it.sandbox.as_ref())));
        all.push(("最近联系", moment(it.last_contact)));
        all.push(("首个联网赋码", moment(it.first_code)));
    }
    all.push(("存量接收", format!("{} 张", taken_over(it))));
    all.push(("上线", declared(it.live.as_ref())));
    let shown = |value: String| if value.is_empty() { "尚无".to_owned() } else { value };
    all.into_iter().map(|(label, value)| FactView { label: label.to_owned(), value: shown(value) }).collect()
}

fn steps(officer: &Officer, it: &DockingStanding) -> Vec<StepView> {
    let of = |step: DeclaredStep| StepView {
        key: step.key(),
        label: step.label(),
        done: declared(it.declared(step)),
        suggested: step == DeclaredStep::Live && it.live.is_none() && it.first_code.is_some(),
    };
    let needed = |step: &DeclaredStep| it.by_interface() || *step == DeclaredStep::Live;
    let may = officer.can(Action::DockingStep);
    DeclaredStep::ALL.into_iter().filter(|step| may && needed(step)).map(of).collect()
}

fn opening(it: &Emergency, now: Instant, names: &dyn Fn(&str) -> String) -> OpenView {
    let (word, tone) = match it.closed_at {
        Some(_) => ("已结束", Tone::Neutral),
        None if it.until <= now => ("到时结束", Tone::Neutral),
        None => ("开启中", Tone::Warn),
    };
    OpenView {
        opened: it.opened_at.to_the_minute(),
        until: it.closed_at.unwrap_or(it.until).to_the_minute(),
        by: names(&it.opened_by),
        reason: it.reason.clone(),
        badge: Badge::plain(word, tone),
    }
}

fn row(it: &Unadopted) -> RowView {
    RowView {
        number: it.head.number.grouped(),
        href: href(it.head.id),
        body: it.body.clone(),
        door: Door::label(it.head.door),
        assigned: it.head.assigned_at.to_the_minute(),
    }
}

/// What was typed of an emergency and why it was not opened.
#[derive(Default)]
struct Again {
    typed: TypedEmergency,
    error: String,
}

fn fields(web: &Web, again: &Again) -> Vec<FieldView> {
    let evening = format!("{} 18:00", web.app.today().plus_days(1).unwrap_or(web.app.today()));
    let until = if again.error.is_empty() { &evening } else { &again.typed.until };
    vec![
        FieldView::text("until", "结束时间")
            .required()
            .value(until)
            .hint("年-月-日 时:分，最长30天；到时自动结束"),
        FieldView::lines("reason", "原因")
            .required()
            .value(&again.typed.reason)
            .hint("为什么审批系统不能赋码"),
    ]
}

async fn own(
    web: &Web,
    officer: &Officer,
    systems: u64,
    after: &str,
    again: &Again,
) -> Result<OwnView, AppError> {
    let authority = officer.ctx.authority()?;
    let Assigning { mode, emergency } = web.app.assigning(authority).await?;
    let after = after.parse().ok().map(CertificateId);
    let waiting = web.app.unadopted(&officer.ctx, after, ROWS).await?;
    let past = web.app.emergencies(&officer.ctx, authority).await?;
    let names = web.app.opener_names(&officer.ctx, &past).await?;
    let named = |actor: &str| names.get(actor).cloned().unwrap_or_else(|| actor.to_owned());
    let now = web.app.now();
    Ok(OwnView {
        mode,
        other: if mode == Mode::Manual { Mode::Networked } else { Mode::Manual },
        may_set: officer.can(Action::SettingsWrite),
        keyless: mode == Mode::Networked && systems == 0,
        may_open: officer.can(Action::Emergency),
        open: emergency.map(|it| opening(&it, now, &named)),
        fields: fields(web, again),
        error: again.error.clone(),
        past: past.iter().take(OPENINGS).map(|it| opening(it, now, &named)).collect(),
        total: group_digits(waiting.total),
        next: waiting.next.map(|id| format!("/office/docking?after={id}#unadopted")).unwrap_or_default(),
        rows: waiting.rows.iter().map(row).collect(),
    })
}

async fn render(web: &Web, officer: &Officer, asked: &Asked, again: Again) -> Result<Response, AppError> {
    let of = authority(officer, &asked.authority)?;
    let DockingView { standing, deadlines, .. } = web.app.docking(&officer.ctx, of).await?;
    let foreign = officer.ctx.authority()? != of;
    let own = match foreign {
        true => None,
        false => Some(own(web, officer, standing.systems, &asked.after, &again).await?),
    };
    let (tone, words) = Said { said: asked.said.clone() }.words();
    let (title, crumbs) = match foreign {
        true => {
            let board = Crumb { label: "全国看板".into(), href: "/office/docking/board".into() };
            (web.app.authority_name(of), vec![board])
        }
        false => ("对接".to_owned(), Vec::new()),
    };
    let mut response = page(&StandPage {
        shell: officer.shell_saying(&title, Menu::Docking, crumbs, tone, words),
        tabs: tabs(officer, if foreign { "" } else { "/office/docking" }),
        stages: stages(&standing),
        next: next(&standing).to_owned(),
        due: due(&standing, &deadlines, web.app.today()),
        facts: facts(&standing),
        steps: steps(officer, &standing),
        authority: of.0,
        own,
    });
    if !again.error.is_empty() {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

/// `GET /office/docking`.
pub async fn show(
    State(web): State<Web>,
    officer: Officer,
    Query(asked): Query<Asked>,
) -> Result<Response, OfficeError> {
    Ok(render(&web, &officer, &asked, Again::default()).await?)
}

/// `POST /office/docking/mode`.
pub async fn set_mode(
    State(web): State<Web>,
    officer: Officer,
    Form(typed): Form<TypedMode>,
) -> Result<Response, OfficeError> {
    let mode = Mode::ALL.into_iter().find(|mode| mode.key() == typed.mode);
    let mode = mode.ok_or_else(|| AppError::refused("没有选择赋码方式", "请返回重选。"))?;
    let change = web.app.set_mode(&officer.ctx, mode).await?;
    let said = if change.from == change.to { "same_mode" } else { change.to.key() };
    Ok(Redirect::to(&format!("/office/docking?said={said}")).into_response())
}

/// `POST /office/docking/emergency`.
pub async fn open_emergency(
    State(web): State<Web>,
    officer: Officer,
    Form(typed): Form<TypedEmergency>,
) -> Result<Response, OfficeError> {
    // A moment that cannot be read is past for the verb, which asks for the right first.
    let until = Instant::parse_until(&typed.until).unwrap_or(Instant::from_micros(0));
    match web.app.open_emergency(&officer.ctx, &typed.reason, until).await {
        Ok(()) => Ok(Redirect::to("/office/docking?said=emergency").into_response()),
        Err(AppError::Refused { message, hint }) => {
            let again = Again { typed, error: format!("{message}。{hint}") };
            Ok(render(&web, &officer, &Asked::default(), again).await?)
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /office/docking/emergency/close`.
pub async fn close_emergency(State(web): State<Web>, officer: Officer) -> Result<Response, OfficeError> {
    web.app.close_emergency(&officer.ctx).await?;
    Ok(Redirect::to("/office/docking?said=emergency_closed").into_response())
}
