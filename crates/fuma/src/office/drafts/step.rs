//! One step of the form: its fields or rows, with what was typed and what is wrong.

use super::review;
use super::rows::RowsView;
use super::stance::{LAST, Place, STEPS, Stance, step_of_field};
use crate::http::web::{Web, page};
use crate::http::{OfficeError, Officer};
use crate::office::{Crumb, FactView, FieldView, Menu, ProblemList, Shell};
use app::DraftView;
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::{DraftId, Field, Group, Need, Problem, Tone};
use serde::Deserialize;

/// `?step=&group=&page=&checked=&said=`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct StepQuery {
    pub(super) step: u8,
    pub(super) group: String,
    pub(super) page: usize,
    /// Whether what is wrong is shown beside the fields.
    pub(super) checked: u8,
    pub(super) said: String,
}

/// `office/draft.html`.
#[derive(Template)]
#[template(path = "office/draft.html")]
struct StepPage {
    shell: Shell,
    frame: Frame,
    /// Fields to edit.
    fields: Vec<FieldView>,
    /// Fields that this act does not change.
    facts: Vec<FactView>,
    rows: Option<RowsView>,
    /// The three groups of the fifth step: key, name, rows, whether shown.
    groups: Vec<(&'static str, &'static str, usize, bool)>,
    notices: Vec<ProblemList>,
    /// Whether an annex form can be read in here.
    annex: bool,
    /// Whether the face is drawn beside the form, and whether the saved draft can be drawn already.
    picture: Option<bool>,
}

/// What every step carries.
pub struct Frame {
    /// Key of the draft.
    pub id: i64,
    /// Version that was shown.
    pub version: u32,
    /// The steps: number, name, `done` or `open` where it lies behind.
    pub steps: Vec<(u8, &'static str, &'static str)>,
    /// Where one is.
    pub step: u8,
    /// Key of the group, or empty.
    pub group: &'static str,
    /// Whether problems are shown.
    pub checked: bool,
    /// What it is about: 业务类型.
    pub kinds: String,
}

impl Frame {
    /// The frame of a place in a draft.
    pub fn of(view: &DraftView, place: Place, checked: bool) -> Frame {
        let step = place.step();
        Frame {
            id: view.head.id.0,
            version: view.head.version,
            steps: (1..).zip(STEPS).map(|(n, name)| (n, name, behind(view, n, step))).collect(),
            step,
            group: if let Place::Rows(group) = place { group.key() } else { "" },
            checked,
            kinds: view.form.value(Field::Kind).to_owned(),
        }
    }
}

/// How a step that lies behind is shown: as done only where something was filled in, and all of it that must be.
fn behind(view: &DraftView, n: u8, step: u8) -> &'static str {
    let stance = Stance::of(view);
    let filled = match n {
        _ if n >= step => return "",
        1 | 2 => Group::Certificate
            .fields()
            .filter(|field| step_of_field(*field) == n && stance.shows(*field))
            .filter(|field| field.need() == Need::Must)
            .all(|field| !view.form.value(field).trim().is_empty()),
        3 => !view.form.sites.is_empty(),
        4 => !view.form.capabilities.is_empty(),
        _ => !view.form.signatories.is_empty(),
    };
    if filled { "done" } else { "open" }
}

/// The message of a step that was not saved, since somebody else saved meanwhile.
pub(super) const OVERTAKEN: &str = "overtaken";

/// The frame of the page around a draft.
pub fn shell(officer: &Officer, view: &DraftView, said: &str) -> Shell {
    let text = match said {
        "saved" => "草稿已保存。",
        "created" => "已建立草稿，可随时离开，从“草稿”列表回来继续。",
        "annex" => {
            "这是一张证书的官方附表，已读成一份草稿。新证书：补齐其余各步后赋码；\
             已有证书的变更：请丢弃本草稿，从“变更与换证”开始，在相应步骤读取同一文件。"
        }
        "mended" => {
            "已按证书现有内容建立更正草稿，能算出的正确写法已填好。请核对，到最后一步看新旧对照，提交赋码后才生效。"
        }
        OVERTAKEN => {
            "还没有保存：您填写期间，这份草稿在别处保存过。下面是您刚才填的内容，其余各步是别处保存的；\
             请核对后再保存一次，以您填的为准。"
        }
        "change" => "已按证书现有内容建立草稿，只能修改本次业务允许变更的内容。",
        _ => "",
    };
    let crumbs =
        vec![Crumb { label: view.head.title.clone(), href: format!("/office/drafts/{}", view.head.id) }];
    let tone = if said == OVERTAKEN { Tone::Warn } else { Tone::Good };
    officer.shell_saying(&view.head.title, Menu::Drafts, crumbs, tone, text)
}

/// `GET /office/drafts/{id}`.
pub async fn step(
    State(web): State<Web>,
    officer: Officer,
    Path(id): Path<i64>,
    Query(query): Query<StepQuery>,
) -> Result<Response, OfficeError> {
    let view = web.app.draft(&officer.ctx, DraftId(id)).await?;
    if query.step == LAST {
        return review::show(&web, &officer, &view, &query.said).await;
    }
    show(&web, &officer, &view, &query, Vec::new()).await
}

/// A step of the form, with notices on top.
pub async fn show(
    web: &Web,
    officer: &Officer,
    view: &DraftView,
    query: &StepQuery,
    notices: Vec<ProblemList>,
) -> Result<Response, OfficeError> {
    let checked = query.checked > 0;
    let place = Place::of(query.step, &query.group);
    let beside = matches!(place, Place::Head(_));
    let judged =
        if checked || beside { Some(web.app.check_form(&officer.ctx, &view.form).await?) } else { None };
    let picture = judged.as_ref().filter(|_| beside).map(|judged| judged.draft.is_some());
    let problems = judged.filter(|_| checked).map(|judged| judged.problems).unwrap_or_default();
    let stance = Stance::of(view);
    let rows = match place {
        Place::Rows(group) => {
            Some(RowsView::new(&view.form, group, query.page, stance.edits_rows(group), &problems))
        }
        Place::Head(_) | Place::Review => None,
    };
    let (fields, facts) = head(web, view, stance, place, &problems);
    let fifth =
        if place.step() == 5 { vec![Group::Signatory, Group::Instrument, Group::Staff] } else { Vec::new() };
    Ok(page(&StepPage {
        shell: shell(officer, view, &query.said),
        frame: Frame::of(view, place, checked),
        groups: fifth
            .iter()
            .map(|g| (g.key(), g.sheet(), view.form.rows(*g).len(), Place::Rows(*g) == place))
            .collect(),
        annex: match &rows {
            Some(rows) => rows.editable && place != Place::Rows(Group::Site),
            None => place == Place::Head(1) && !stance.change(),
        },
        picture,
        fields,
        facts,
        rows,
        notices,
    }))
}

/// The head's fields of a step: those to edit, and as facts those that this act leaves alone.
fn head(
    web: &Web,
    view: &DraftView,
    stance: Stance,
    place: Place,
    problems: &[Problem],
) -> (Vec<FieldView>, Vec<FactView>) {
    let Place::Head(step) = place else { return (Vec::new(), Vec::new()) };
    let tables = web.app.tables();
    let area = tables.authority(view.head.authority).map_or("", |a| a.area.as_str());
    let here = Group::Certificate.fields().filter(|f| step_of_field(*f) == step && stance.shows(*f));
    let (edited, fixed): (Vec<Field>, Vec<Field>) = here.partition(|field| stance.edits(*field));
    let field = |field: Field| {
        let about = |p: &&Problem| p.place.field == Some(field) && p.stops();
        let said: Vec<String> =
            problems.iter().filter(about).map(|p| format!("{}。{}", p.message, p.hint)).collect();
        stance.field(field, view.form.value(field), area, &tables).error(said.join("；"))
    };
    let fact =
        |field: Field| FactView { label: field.label().into(), value: view.form.value(field).to_owned() };
    (edited.into_iter().map(field).collect(), fixed.into_iter().map(fact).collect())
}
