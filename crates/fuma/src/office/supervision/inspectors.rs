//! `/office/inspectors`: 检查人员名录库, and one inspector with whom he keeps away from.

use super::{inspector_href, key};
use crate::http::web::{Web, page};
use crate::http::{OfficeError, Officer};
use crate::office::said::Said;
use crate::office::{
    Badge, Crumb, FieldView, Menu, Refused, Shell, Wrong, back, bodies, recorded, ruled, with_errors,
};
use app::NewInspector;
use app::stored::Inspector;
use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::{Action, Answer, BodyId, InspectorId, Tone, Two, may};
use serde::Deserialize;

/// What is posted of an inspector.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    name: String,
    unit: String,
    post: String,
    domains: String,
    since: String,
    until: String,
}

impl Typed {
    fn read(&self) -> NewInspector {
        let Typed { name, unit, post, domains, since, until } = self.clone();
        NewInspector { name, unit, post, domains, since, until }
    }

    fn of(it: &Inspector) -> Typed {
        Typed {
            name: it.name.clone(),
            unit: it.unit.clone(),
            post: it.post.clone(),
            domains: listed(&it.domains),
            since: it.since.to_string(),
            until: it.until.map(|day| day.to_string()).unwrap_or_default(),
        }
    }
}

/// What is posted of a recusal, or of its end.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Recused {
    uscc: String,
    reason: String,
    body: String,
}

#[derive(Template)]
#[template(path = "office/supervision/inspectors.html")]
struct InspectorsPage {
    shell: Shell,
    rows: Vec<Row>,
    may_write: bool,
    fields: Vec<FieldView>,
    error: String,
}

struct Row {
    href: String,
    name: String,
    unit: String,
    post: String,
    domains: String,
    days: String,
    state: Badge,
}

#[derive(Template)]
#[template(path = "office/supervision/inspector.html")]
struct InspectorPage {
    shell: Shell,
    id: i64,
    version: u32,
    may_write: bool,
    fields: Vec<FieldView>,
    recusals: Vec<RecusalRow>,
    recuse: Vec<FieldView>,
    error: String,
}

struct RecusalRow {
    body: i64,
    href: String,
    name: String,
    reason: String,
    since: String,
}

fn listed(domains: &[Two]) -> String {
    domains.iter().map(Two::as_str).collect::<Vec<_>>().join(",")
}

fn fields(typed: &Typed, wrong: &Wrong) -> Vec<FieldView> {
    let all = vec![
        FieldView::text("name", "姓名").required().value(&typed.name).hint("只供本机关使用，公开时不出现"),
        FieldView::text("unit", "所在单位").required().value(&typed.unit).hint("随抽查结果公开"),
        FieldView::text("post", "职务").value(&typed.post),
        FieldView::text("domains", "可检查的领域")
            .value(&typed.domains)
            .hint("领域代码，用逗号隔开；不填为全部"),
        FieldView::day("since", "起始日期").value(&typed.since).hint("不填为今天"),
        FieldView::day("until", "截止日期").value(&typed.until).hint("调离的填写最后一天；此后不再抽到"),
    ];
    with_errors(all, wrong)
}

async fn list_page(
    web: &Web,
    officer: &Officer,
    typed: &Typed,
    (told, refused): (&Said, Refused),
) -> Result<Response, OfficeError> {
    let all = web.app.inspectors(&officer.ctx).await?;
    let (today, tables) = (web.app.today(), web.app.tables());
    let row = |it: &Inspector| Row {
        href: inspector_href(it.id),
        name: it.name.clone(),
        unit: it.unit.clone(),
        post: it.post.clone(),
        domains: match it.domains.is_empty() {
            true => "全部".to_owned(),
            false => {
                let name = |code: &Two| tables.domains.get(code).cloned().unwrap_or_else(|| code.to_string());
                it.domains.iter().map(name).collect::<Vec<_>>().join("、")
            }
        },
        days: format!(
            "{} 至 {}",
            it.since,
            it.until.map(|day| day.to_string()).unwrap_or_else(|| "今".to_owned())
        ),
        state: match it.serves(today) {
            true => Badge::plain("在库", Tone::Good),
            false => Badge::plain("不在库", Tone::Neutral),
        },
    };
    let (tone, words) = told.words();
    let response = page(&InspectorsPage {
        shell: officer.shell_saying("检查人员名录库", Menu::Draws, Vec::new(), tone, words),
        rows: all.iter().map(row).collect(),
        may_write: officer.can(Action::DrawWrite),
        fields: fields(typed, &refused.wrong),
        error: refused.error.clone(),
    });
    Ok(refused.status(response))
}

/// `GET /office/inspectors`.
pub async fn list(
    State(web): State<Web>,
    officer: Officer,
    Query(told): Query<Said>,
) -> Result<Response, OfficeError> {
    list_page(&web, &officer, &Typed::default(), (&told, Refused::default())).await
}

/// `POST /office/inspectors`: puts somebody into the pool.
pub async fn create(
    State(web): State<Web>,
    officer: Officer,
    Form(typed): Form<Typed>,
) -> Result<Response, OfficeError> {
    match recorded(web.app.set_inspector(&officer.ctx, None, &typed.read()).await)? {
        Ok(_) => Ok(back("/office/inspectors", "inspector")),
        Err(refused) => list_page(&web, &officer, &typed, (&Said::default(), refused)).await,
    }
}

/// What the page shows beside what is on record.
#[derive(Default)]
struct Shown {
    /// What was typed of the inspector.
    typed: Option<Typed>,
    /// What was typed of a recusal.
    recused: Recused,
    /// Why either comes back.
    refused: Refused,
    /// What the last act brought.
    told: Said,
}

async fn one_page(
    web: &Web,
    officer: &Officer,
    id: InspectorId,
    shown: Shown,
) -> Result<Response, OfficeError> {
    let view = web.app.inspector(&officer.ctx, id).await?;
    let Shown { typed, recused, refused, told } = shown;
    let typed = typed.unwrap_or_else(|| Typed::of(&view.it));
    let (tone, words) = told.words();
    let crumbs = vec![
        Crumb { label: "检查人员名录库".into(), href: "/office/inspectors".into() },
        Crumb { label: view.it.name.clone(), href: inspector_href(id) },
    ];
    let recusal = |(it, body): &(app::stored::Recusal, app::stored::Body)| RecusalRow {
        body: it.body.0,
        href: bodies::href(body.stays()),
        name: body.name.clone(),
        reason: it.reason.clone(),
        since: it.recorded_at.day().to_string(),
    };
    let response = page(&InspectorPage {
        shell: officer.shell_saying(&view.it.name, Menu::Draws, crumbs, tone, words),
        id: id.0,
        version: view.it.version,
        may_write: may(&officer.ctx.actor, Action::DrawWrite, Some(view.it.authority)) == Answer::Allowed,
        fields: fields(&typed, &refused.wrong),
        recusals: view.recusals.iter().map(recusal).collect(),
        recuse: vec![
            FieldView::text("uscc", "机构的统一社会信用代码")
                .required()
                .value(&recused.uscc)
                .hint("填写法人代码的，其下各机构都回避"),
            FieldView::text("reason", "回避的原因")
                .required()
                .value(&recused.reason)
                .hint("如曾在该机构任职、有利害关系；会留在办理记录中，不要写个人信息"),
        ],
        error: refused.error.clone(),
    });
    Ok(refused.status(response))
}

/// `GET /office/inspectors/{id}`.
pub async fn one(
    State(web): State<Web>,
    officer: Officer,
    Path(id): Path<String>,
    Query(told): Query<Said>,
) -> Result<Response, OfficeError> {
    one_page(&web, &officer, InspectorId(key(&id)?), Shown { told, ..Shown::default() }).await
}

/// `POST /office/inspectors/{id}`: another version.
pub async fn set(
    State(web): State<Web>,
    officer: Officer,
    Path(id): Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Response, OfficeError> {
    let id = InspectorId(key(&id)?);
    match recorded(web.app.set_inspector(&officer.ctx, Some(id), &typed.read()).await)? {
        Ok(_) => Ok(back(&inspector_href(id), "saved")),
        Err(refused) => {
            one_page(&web, &officer, id, Shown { typed: Some(typed), refused, ..Shown::default() }).await
        }
    }
}

/// `POST /office/inspectors/{id}/recusals`.
pub async fn recuse(
    State(web): State<Web>,
    officer: Officer,
    Path(id): Path<String>,
    Form(typed): Form<Recused>,
) -> Result<Response, OfficeError> {
    let id = InspectorId(key(&id)?);
    match ruled(web.app.recuse(&officer.ctx, id, &typed.uscc, &typed.reason).await)? {
        Ok(_) => Ok(back(&inspector_href(id), "recused")),
        Err(refused) => {
            one_page(&web, &officer, id, Shown { recused: typed, refused, ..Shown::default() }).await
        }
    }
}

/// `POST /office/inspectors/{id}/recusals/end`.
pub async fn end_recusal(
    State(web): State<Web>,
    officer: Officer,
    Path(id): Path<String>,
    Form(typed): Form<Recused>,
) -> Result<Response, OfficeError> {
    let id = InspectorId(key(&id)?);
    let body = BodyId(typed.body.parse().unwrap_or_default());
    web.app.end_recusal(&officer.ctx, id, body).await?;
    Ok(back(&inspector_href(id), "recusal_ended"))
}
