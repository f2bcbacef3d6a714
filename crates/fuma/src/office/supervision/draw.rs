//! `/office/draws/{id}`: one draw in its steps: frozen, drawn, published.

use super::draws::state;
use super::{draw_href, inspection_href, inspector_href, key};
use crate::http::web::{Web, page};
use crate::http::{OfficeError, Officer};
use crate::office::bodies;
use crate::office::said::Said;
use crate::office::{Badge, Crumb, FactView, Menu, Shell, back};
use app::DrawView;
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use data_encoding::HEXLOWER;
use domain::draw::{DrawBy, DrawSize, DrawnBody, Pool};
use domain::{Action, Answer, DrawId, group_digits, may};

/// Bodies of the pool that the page names; the result names all that were drawn.
const NAMED: usize = 200;

#[derive(Template)]
#[template(path = "office/supervision/draw.html")]
struct DrawPage {
    shell: Shell,
    id: i64,
    state: Badge,
    facts: Vec<FactView>,
    may_draw: bool,
    may_publish: bool,
    public_href: String,
    rows: Vec<Row>,
    pool: Vec<Named>,
    pool_size: String,
    more: usize,
    excluded: Vec<(String, String, String)>,
}

struct Row {
    href: String,
    name: String,
    code: String,
    part: String,
    inspectors: Vec<(String, String)>,
    /// Where the inspection is recorded, or the one that was.
    inspection: String,
    result: &'static str,
}

struct Named {
    href: String,
    name: String,
    code: String,
    high: bool,
}

/// What a part of the pool is called.
pub fn part_label(web: &Web, by: DrawBy, part: &str) -> String {
    let tables = web.app.tables();
    match by {
        DrawBy::Whole => String::new(),
        DrawBy::Domain => {
            let name = part.parse().ok().and_then(|code| tables.domains.get(&code).cloned());
            name.unwrap_or_else(|| part.to_owned())
        }
        DrawBy::Place => {
            let city = domain::Division::parse(&format!("{part}00")).map(|it| tables.division_name(it));
            city.filter(|name| !name.is_empty()).unwrap_or_else(|| {
                if part.is_empty() { "未登记行政区划".to_owned() } else { part.to_owned() }
            })
        }
        DrawBy::Risk => if part == "high" { "重点" } else { "一般" }.to_owned(),
    }
}

/// How many are drawn, in words.
pub fn size_label(pool: &Pool) -> String {
    match pool.plan.size {
        DrawSize::Share { percent, high } if pool.plan.by == DrawBy::Risk && high != percent => {
            format!("重点{high}%，一般{percent}%")
        }
        DrawSize::Share { percent, .. } => format!("{percent}%"),
        DrawSize::Count(n) => format!("{}家", group_digits(n.into())),
    }
}

fn facts(web: &Web, view: &DrawView) -> Vec<FactView> {
    let (it, pool) = (&view.it, &view.pool);
    let fact = |label: &str, value: String| FactView { label: label.to_owned(), value };
    let mut facts = vec![
        fact("机关", web.app.authority_name(it.authority)),
        fact("年度抽查工作计划", it.plan.clone()),
        fact("分层", pool.plan.by.label().to_owned()),
        fact("抽查数量", size_label(pool)),
        fact("每家检查人员数", format!("{}人", pool.plan.each)),
        fact("抽查对象名录库", format!("{}家机构", group_digits(it.bodies.into()))),
        fact("检查人员名录库", format!("{}人", group_digits(it.inspectors.into()))),
        fact("冻结时间", it.frozen_at.shanghai()),
        fact("名录库摘要（SHA-256）", HEXLOWER.encode(&it.digest)),
    ];
    if let Some(earlier) = it.earlier {
        facts.push(fact("同一计划的上一次抽查", format!("第{earlier}号")));
        facts.push(fact("再次抽取的原因", it.earlier_reason.clone()));
    }
    if let Some(made) = &it.result {
        facts.push(fact("抽取时间", made.drawn_at.shanghai()));
        facts.push(fact("随机数", HEXLOWER.encode(&made.seed)));
    }
    if let Some(at) = it.published_at {
        facts.push(fact("公开时间", at.shanghai()));
    }
    facts
}

fn row(web: &Web, view: &DrawView, it: &DrawnBody, may_inspect: bool) -> Row {
    let body = view.pool.bodies.iter().find(|body| body.id == it.body);
    let inspector = |id: &domain::InspectorId| {
        let name = view
            .inspectors
            .get(id)
            .map_or_else(|| id.to_string(), |it| format!("{}（{}）", it.name, it.unit));
        (inspector_href(*id), name)
    };
    let inspection = view.inspections.iter().find(|found| found.body == it.body);
    Row {
        href: bodies::href(it.body),
        name: body.map(|body| body.name.clone()).unwrap_or_default(),
        code: body.map(|body| body.code.clone()).unwrap_or_default(),
        part: part_label(web, view.pool.plan.by, &it.part),
        inspectors: it.inspectors.iter().map(inspector).collect(),
        inspection: match inspection {
            Some(found) => inspection_href(found.id),
            None if may_inspect => format!("{}/inspections?draw={}", bodies::href(it.body), view.it.id),
            None => String::new(),
        },
        result: inspection.map_or("", |found| found.result.label()),
    }
}

/// `GET /office/draws/{id}`.
pub async fn show(
    State(web): State<Web>,
    officer: Officer,
    Path(id): Path<String>,
    Query(said): Query<Said>,
) -> Result<Response, OfficeError> {
    let view = web.app.draw(&officer.ctx, DrawId(key(&id)?)).await?;
    let it = &view.it;
    let own = may(&officer.ctx.actor, Action::DrawWrite, Some(it.authority)) == Answer::Allowed;
    let inspects = may(&officer.ctx.actor, Action::InspectionWrite, Some(it.authority)) == Answer::Allowed;
    let (tone, words) = said.words();
    let crumbs = vec![Crumb { label: format!("第{}号", it.id), href: draw_href(it.id) }];
    let named = |body: &domain::draw::PoolBody| Named {
        href: bodies::href(body.id),
        name: body.name.clone(),
        code: body.code.clone(),
        high: body.high,
    };
    let excluded = view.pool.excluded.iter();
    Ok(page(&DrawPage {
        shell: officer.shell_saying(&it.title, Menu::Draws, crumbs, tone, words),
        id: it.id.0,
        state: state(it),
        facts: facts(&web, &view),
        may_draw: own && it.result.is_none(),
        may_publish: own && it.result.is_some() && it.published_at.is_none(),
        public_href: it.published_at.map(|_| format!("/draws/{}", it.id)).unwrap_or_default(),
        rows: view.drawn.iter().map(|drawn| row(&web, &view, drawn, inspects)).collect(),
        pool: view.pool.bodies.iter().take(NAMED).map(named).collect(),
        pool_size: group_digits(view.pool.bodies.len() as u64),
        more: view.pool.bodies.len().saturating_sub(NAMED),
        excluded: excluded.map(|it| (it.name.clone(), it.code.clone(), it.reason.clone())).collect(),
    }))
}

/// `POST /office/draws/{id}/draw`: draws, once.
pub async fn make(
    State(web): State<Web>,
    officer: Officer,
    Path(id): Path<String>,
) -> Result<Response, OfficeError> {
    let id = DrawId(key(&id)?);
    web.app.make_draw(&officer.ctx, id).await?;
    Ok(back(&draw_href(id), "drawn"))
}

/// `POST /office/draws/{id}/publish`.
pub async fn publish(
    State(web): State<Web>,
    officer: Officer,
    Path(id): Path<String>,
) -> Result<Response, OfficeError> {
    let id = DrawId(key(&id)?);
    web.app.publish_draw(&officer.ctx, id).await?;
    Ok(back(&draw_href(id), "published"))
}
