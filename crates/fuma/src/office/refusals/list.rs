//! `/office/refusals`: the list, newest first, and the form that records one.

use super::href;
use crate::http::web::{Web, page};
use crate::http::{OfficeError, Officer};
use crate::office::{Badge, FieldView, Menu, Refused, Shell, Wrong, back, recorded, with_errors};
use app::NewRefusal;
use app::stored::Refusal;
use askama::Template;
use axum::Form;
use axum::extract::{Query, State};
use axum::response::Response;
use domain::admission::{RefusalGround, free_after_refusal};
use domain::{Action, Day, RefusalId, Tone};
use serde::Deserialize;

/// Rows of a page.
const ROWS: u32 = 50;

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    before: Option<i64>,
}

/// What is posted.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    name: String,
    uscc: String,
    parent_uscc: String,
    decided: String,
    document: String,
    ground: String,
    remark: String,
}

#[derive(Template)]
#[template(path = "office/refusals/list.html")]
struct ListPage {
    shell: Shell,
    rows: Vec<RefusalRow>,
    /// Whether rows are of several authorities.
    national: bool,
    next: String,
    may_write: bool,
    open: bool,
    fields: Vec<FieldView>,
    error: String,
}

struct RefusalRow {
    href: String,
    name: String,
    code: String,
    authority: String,
    decided: String,
    document: String,
    ground: &'static str,
    state: Badge,
}

/// What a refusal says today: it bears on its body, is over, or was taken back.
pub fn state(it: &Refusal, today: Day) -> Badge {
    let free = free_after_refusal(it.decided);
    match it.ground {
        _ if it.end.is_some() => Badge::plain("已取消登记", Tone::Neutral),
        RefusalGround::FalseMaterial if today < free => {
            Badge::plain(format!("{free} 前不得再次申请"), Tone::Bad)
        }
        RefusalGround::FalseMaterial => Badge::plain("限制期已满", Tone::Neutral),
        RefusalGround::Other => Badge::plain("不限制再次申请", Tone::Neutral),
    }
}

fn fields(typed: &Typed, wrong: &Wrong) -> Vec<FieldView> {
    let grounds = RefusalGround::ALL.iter().map(|it| (it.key().to_owned(), it.label().to_owned()));
    let all = vec![
        FieldView::text("name", "申请机构名称").required().value(&typed.name),
        FieldView::text("uscc", "统一社会信用代码")
            .value(&typed.uscc)
            .hint("机构自己的代码；没有的，填写右边所属法人单位的代码"),
        FieldView::text("parent_uscc", "所属法人单位代码")
            .value(&typed.parent_uscc)
            .hint("非独立法人的机构填写"),
        FieldView::choice("ground", "不予许可的原因", grounds.collect())
            .required()
            .value(&typed.ground)
            .hint("提供虚假材料或者隐瞒有关情况的，一年内不得再次申请，全国的许可核查都会提示"),
        FieldView::day("decided", "决定日期").required().value(&typed.decided),
        FieldView::text("document", "决定书文号").required().value(&typed.document),
        FieldView::lines("remark", "备注").value(&typed.remark).hint("不要写个人信息；登记后不能修改"),
    ];
    with_errors(all, wrong)
}

async fn show(
    web: &Web,
    officer: &Officer,
    before: Option<i64>,
    typed: &Typed,
    refused: Refused,
) -> Result<Response, OfficeError> {
    let all = web.app.refusals(&officer.ctx, before.map(RefusalId), ROWS).await?;
    let today = web.app.today();
    let row = |it: &Refusal| RefusalRow {
        href: href(it.id),
        name: it.name.clone(),
        code: it.uscc.or(it.parent_uscc).map(|code| code.to_string()).unwrap_or_default(),
        authority: web.app.authority_short(it.authority),
        decided: it.decided.to_string(),
        document: it.document.clone(),
        ground: it.ground.label(),
        state: state(it, today),
    };
    let last = all.last().filter(|_| all.len() == ROWS as usize);
    let response = page(&ListPage {
        shell: officer.shell("不予许可记录", Menu::Refusals, Vec::new()),
        rows: all.iter().map(row).collect(),
        national: officer.national(),
        next: last.map(|it| format!("/office/refusals?before={}", it.id)).unwrap_or_default(),
        may_write: officer.can(Action::RefusalWrite),
        open: refused.is_so(),
        fields: fields(typed, &refused.wrong),
        error: refused.error.clone(),
    });
    Ok(refused.status(response))
}

/// `GET /office/refusals`.
pub async fn list(
    State(web): State<Web>,
    officer: Officer,
    Query(asked): Query<Asked>,
) -> Result<Response, OfficeError> {
    show(&web, &officer, asked.before, &Typed::default(), Refused::default()).await
}

/// `POST /office/refusals`: records one.
pub async fn record(
    State(web): State<Web>,
    officer: Officer,
    Form(typed): Form<Typed>,
) -> Result<Response, OfficeError> {
    let Typed { name, uscc, parent_uscc, decided, document, ground, remark } = typed.clone();
    let new = NewRefusal { name, uscc, parent_uscc, decided, document, ground, remark };
    match recorded(web.app.record_refusal(&officer.ctx, &new).await)? {
        Ok(id) => Ok(back(&href(id), "refusal")),
        Err(refused) => show(&web, &officer, None, &typed, refused).await,
    }
}
