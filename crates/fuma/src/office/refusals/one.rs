//! `/office/refusals/{id}`: one refusal, and the act that takes it off the record.

use super::href;
use super::list::state;
use crate::http::web::{Web, page};
use crate::http::{OfficeError, Officer};
use crate::office::said::Said;
use crate::office::{Badge, Crumb, FactView, FieldView, Menu, Refused, Shell, back, ruled};
use app::stored::Refusal;
use app::{AppError, TakingBack};
use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::{Action, Answer, RefusalId, may};
use serde::Deserialize;
use std::collections::HashMap;

/// What is posted.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    document: String,
    reason: String,
}

#[derive(Template)]
#[template(path = "office/refusals/one.html")]
struct RefusalPage {
    shell: Shell,
    id: i64,
    state: Badge,
    facts: Vec<FactView>,
    ended: Vec<FactView>,
    may_end: bool,
    fields: Vec<FieldView>,
    error: String,
}

fn key(id: &str) -> Result<RefusalId, AppError> {
    id.parse().map(RefusalId).map_err(|_| AppError::NotFound)
}

fn facts(web: &Web, it: &Refusal, names: &HashMap<String, String>) -> Vec<FactView> {
    let fact = |label: &str, value: String| FactView { label: label.to_owned(), value };
    let code = |code: Option<domain::Uscc>| code.map(|code| code.to_string()).unwrap_or_default();
    vec![
        fact("申请机构名称", it.name.clone()),
        fact("统一社会信用代码", code(it.uscc)),
        fact("所属法人单位代码", code(it.parent_uscc)),
        fact("作出决定的机关", web.app.authority_name(it.authority)),
        fact("决定日期", it.decided.to_string()),
        fact("决定书文号", it.document.clone()),
        fact("不予许可的原因", it.ground.label().to_owned()),
        fact("备注", it.remark.clone()),
        fact("登记", by(&it.actor, names, &it.recorded_at.shanghai())),
    ]
}

fn ended(it: &Refusal, names: &HashMap<String, String>) -> Vec<FactView> {
    let fact = |label: &str, value: String| FactView { label: label.to_owned(), value };
    let all = it.end.as_ref().map(|end| {
        vec![
            fact("依据文号", end.document.clone()),
            fact("原因", end.reason.clone()),
            fact("取消登记", by(&end.actor, names, &end.recorded_at.shanghai())),
        ]
    });
    all.unwrap_or_default()
}

/// Who did it, and when.
fn by(actor: &str, names: &HashMap<String, String>, when: &str) -> String {
    format!("{} {when}", names.get(actor).map_or(actor, String::as_str))
}

async fn show(
    web: &Web,
    officer: &Officer,
    id: RefusalId,
    typed: &Typed,
    (said, refused): (&Said, Refused),
) -> Result<Response, OfficeError> {
    let it = web.app.refusal(&officer.ctx, id).await?;
    let names = web.app.refusal_actors(&officer.ctx, std::slice::from_ref(&it)).await?;
    let own = may(&officer.ctx.actor, Action::RefusalWrite, Some(it.authority)) == Answer::Allowed;
    let crumbs = vec![Crumb { label: it.name.clone(), href: href(id) }];
    let (tone, words) = said.words();
    let response = page(&RefusalPage {
        shell: officer.shell_saying("不予许可记录", Menu::Refusals, crumbs, tone, words),
        id: id.0,
        state: state(&it, web.app.today()),
        facts: facts(web, &it, &names),
        ended: ended(&it, &names),
        may_end: own && it.end.is_none(),
        fields: vec![
            FieldView::text("document", "依据文号")
                .required()
                .value(&typed.document)
                .hint("更正登记、撤销决定或者复议、判决文书的编号"),
            FieldView::lines("reason", "原因")
                .required()
                .value(&typed.reason)
                .hint("会留在办理记录中，不要写个人信息"),
        ],
        error: refused.error.clone(),
    });
    Ok(refused.status(response))
}

/// `GET /office/refusals/{id}`.
pub async fn one(
    State(web): State<Web>,
    officer: Officer,
    Path(id): Path<String>,
    Query(said): Query<Said>,
) -> Result<Response, OfficeError> {
    show(&web, &officer, key(&id)?, &Typed::default(), (&said, Refused::default())).await
}

/// `POST /office/refusals/{id}`: takes it off the record.
pub async fn take_back(
    State(web): State<Web>,
    officer: Officer,
    Path(id): Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Response, OfficeError> {
    let id = key(&id)?;
    let why = TakingBack { document: typed.document.clone(), reason: typed.reason.clone() };
    match ruled(web.app.take_back_refusal(&officer.ctx, id, &why).await)? {
        Ok(()) => Ok(back(&href(id), "refusal_ended")),
        Err(refused) => show(&web, &officer, id, &typed, (&Said::default(), refused)).await,
    }
}
