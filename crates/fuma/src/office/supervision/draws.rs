//! `/office/draws`: the draws, newest first, and the form that freezes the pools of another one.

use super::draw_href;
use crate::http::web::{Web, page};
use crate::http::{OfficeError, Officer};
use crate::office::{Badge, FieldView, Menu, Refused, Shell, Wrong, back, recorded, with_errors};
use app::DrawOrder;
use app::stored::Draw;
use askama::Template;
use axum::Form;
use axum::extract::{Query, State};
use axum::response::Response;
use domain::draw::DrawBy;
use domain::{Action, DrawId, Tone, group_digits};
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
    title: String,
    plan: String,
    by: String,
    percent: String,
    high: String,
    count: String,
    each: String,
    domains: String,
    place: String,
    expiring: String,
    exclude: String,
    again: String,
}

#[derive(Template)]
#[template(path = "office/supervision/draws.html")]
struct DrawsPage {
    shell: Shell,
    rows: Vec<Row>,
    /// Whether rows are of several authorities.
    national: bool,
    next: String,
    may_write: bool,
    open: bool,
    fields: Vec<FieldView>,
    error: String,
}

struct Row {
    href: String,
    title: String,
    plan: String,
    authority: String,
    frozen: String,
    drawn: String,
    state: Badge,
}

/// How far a draw is.
pub fn state(it: &Draw) -> Badge {
    match (&it.result, it.published_at) {
        (_, Some(_)) => Badge::plain("已公开", Tone::Good),
        (Some(_), None) => Badge::plain("已抽取，待公开", Tone::Warn),
        (None, None) => Badge::plain("名录库已冻结，待抽取", Tone::Neutral),
    }
}

fn fields(typed: &Typed, wrong: &Wrong) -> Vec<FieldView> {
    let by = DrawBy::ALL.iter().map(|it| (it.key().to_owned(), it.label().to_owned()));
    let all = vec![
        FieldView::text("title", "抽查任务名称").required().value(&typed.title),
        FieldView::text("plan", "年度抽查工作计划")
            .required()
            .value(&typed.plan)
            .hint("文号或名称；同一计划再次抽取要写明原因"),
        FieldView::choice("by", "分层", by.collect())
            .value(&typed.by)
            .hint("分层的，每层各自抽取；重点机构指三年内检查发现过问题或者正在整改的"),
        FieldView::text("percent", "抽查比例（%）")
            .value(&typed.percent)
            .hint("按层计算，不足一家的进为一家"),
        FieldView::text("high", "重点机构的比例（%）")
            .value(&typed.high)
            .hint("只用于按风险分层；不填的与左边相同"),
        FieldView::text("count", "或者抽查家数").value(&typed.count).hint("各层按家数分摊"),
        FieldView::text("each", "每家检查人员数").value(&typed.each).hint("不填为2人，最多9人"),
        FieldView::text("domains", "只抽这些领域")
            .value(&typed.domains)
            .hint("领域代码，用逗号隔开；不填为全部"),
        FieldView::text("place", "只抽这个地区").value(&typed.place).hint("行政区划代码前2至6位；不填为全部"),
        FieldView::text("expiring", "只抽多少天内到期的").value(&typed.expiring),
        FieldView::lines("exclude", "排除的机构")
            .value(&typed.exclude)
            .hint("一行一家：统一社会信用代码、空格、原因；随名录库公开，不要写个人信息"),
        FieldView::lines("again", "再次抽取的原因")
            .value(&typed.again)
            .hint("同一计划抽过的才填；随结果公开"),
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
    let all = web.app.draws(&officer.ctx, before.map(DrawId), ROWS).await?;
    let row = |it: &Draw| Row {
        href: draw_href(it.id),
        title: it.title.clone(),
        plan: it.plan.clone(),
        authority: web.app.authority_short(it.authority),
        frozen: it.frozen_at.to_the_minute(),
        drawn: match &it.result {
            Some(made) => {
                format!("{} / {}", group_digits(made.bodies.into()), group_digits(it.bodies.into()))
            }
            None => format!("— / {}", group_digits(it.bodies.into())),
        },
        state: state(it),
    };
    let last = all.last().filter(|_| all.len() == ROWS as usize);
    let response = page(&DrawsPage {
        shell: officer.shell("双随机抽查", Menu::Draws, Vec::new()),
        rows: all.iter().map(row).collect(),
        national: officer.national(),
        next: last.map(|it| format!("/office/draws?before={}", it.id)).unwrap_or_default(),
        may_write: officer.can(Action::DrawWrite),
        open: refused.is_so(),
        fields: fields(typed, &refused.wrong),
        error: refused.error.clone(),
    });
    Ok(refused.status(response))
}

/// `GET /office/draws`.
pub async fn list(
    State(web): State<Web>,
    officer: Officer,
    Query(asked): Query<Asked>,
) -> Result<Response, OfficeError> {
    show(&web, &officer, asked.before, &Typed::default(), Refused::default()).await
}

/// `POST /office/draws`: freezes the pools.
pub async fn freeze(
    State(web): State<Web>,
    officer: Officer,
    Form(typed): Form<Typed>,
) -> Result<Response, OfficeError> {
    let it = typed.clone();
    let order = DrawOrder {
        title: it.title,
        plan: it.plan,
        by: it.by,
        percent: it.percent,
        high: it.high,
        count: it.count,
        each: it.each,
        domains: it.domains,
        place: it.place,
        expiring: it.expiring,
        exclude: it.exclude,
        again: it.again,
    };
    match recorded(web.app.freeze_draw(&officer.ctx, &order).await)? {
        Ok(id) => Ok(back(&draw_href(id), "frozen")),
        Err(refused) => show(&web, &officer, None, &typed, refused).await,
    }
}
