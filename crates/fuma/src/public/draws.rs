//! `/draws`: 双随机抽查 as it is published (双随机、一公开): plan, pools, seed and result of each draw, so that anybody can recompute it,
//! and what the inspections found. No person is named: inspectors appear by key and unit.

use super::handlers::failed;
use super::{Visit, wants_json};
use crate::http::web::Web;
use crate::office::supervision::draw::{part_label, size_label};
use app::stored::Draw;
use app::{AppError, PublicInspection, PublishedDraw};
use askama::Template;
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use domain::draw::Pool;
use domain::{DrawId, InspectionId, Instant, group_digits};
use serde::Deserialize;
use std::collections::BTreeMap;

/// Rows of a page.
const ROWS: u32 = 50;

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// `results` for results of inspections, else draws.
    list: String,
    /// Moment in microseconds and key, of the last row that was seen.
    before: String,
}

#[derive(Template)]
#[template(path = "public/draws.html")]
struct DrawsPage<'a> {
    visit: &'a Visit,
    /// Whether results are listed.
    results: bool,
    draws: Vec<Row>,
    inspections: Vec<Found>,
    next: String,
}

struct Row {
    path: String,
    title: String,
    plan: String,
    authority: String,
    drawn: String,
    published: String,
}

/// A published result of an inspection.
struct Found {
    body: String,
    authority: String,
    days: String,
    kind: &'static str,
    result: &'static str,
    document: String,
    published: String,
}

#[derive(Template)]
#[template(path = "public/draw.html")]
struct DrawPage<'a> {
    visit: &'a Visit,
    it: &'a PublishedDraw,
    facts: Vec<(&'static str, String)>,
    rows: Vec<Drawn>,
    excluded: Vec<(String, String)>,
    results: Vec<Found>,
    json: String,
}

struct Drawn {
    name: String,
    code: String,
    part: String,
    /// 2人：示例市市场监督管理局.
    inspectors: String,
}

/// The place that a page goes on from.
fn place(text: &str) -> Option<(Instant, i64)> {
    let (at, id) = text.split_once('.')?;
    Some((Instant::from_micros(at.parse().ok()?), id.parse().ok()?))
}

fn result(web: &Web, it: &PublicInspection) -> Found {
    let days = match it.it.from == it.it.to {
        true => it.it.from.to_string(),
        false => format!("{} 至 {}", it.it.from, it.it.to),
    };
    Found {
        body: it.body.name.clone(),
        authority: web.app.authority_short(it.it.authority),
        days,
        kind: it.it.kind.label(),
        result: it.it.result.label(),
        document: it.it.document.clone(),
        published: it.published_at.day().to_string(),
    }
}

/// `GET /draws`.
pub async fn list(State(web): State<Web>, visit: Visit, Query(asked): Query<Asked>) -> Response {
    let visit = visit.in_chinese();
    let before = place(&asked.before);
    let mut shown = DrawsPage {
        visit: &visit,
        results: asked.list == "results",
        draws: Vec::new(),
        inspections: Vec::new(),
        next: String::new(),
    };
    if shown.results {
        let before = before.map(|(at, id)| (at, InspectionId(id)));
        let all = match web.app.published_inspections(before, ROWS).await {
            Ok(all) => all,
            Err(error) => return failed(&visit, error),
        };
        let last = all.last().filter(|_| all.len() == ROWS as usize);
        let next = |it: &PublicInspection| {
            format!("/draws?list=results&before={}.{}", it.published_at.micros(), it.it.id)
        };
        shown.next = last.map(next).unwrap_or_default();
        shown.inspections = all.iter().map(|it| result(&web, it)).collect();
        return visit.page(&shown);
    }
    let all = match web.app.published_draws(before.map(|(at, id)| (at, DrawId(id))), ROWS).await {
        Ok(all) => all,
        Err(error) => return failed(&visit, error),
    };
    let at = |it: &Draw| it.published_at.map(|at| (at, it.id));
    let last = all.last().filter(|_| all.len() == ROWS as usize).and_then(at);
    shown.next = last.map(|(at, id)| format!("/draws?before={}.{id}", at.micros())).unwrap_or_default();
    let row = |it: &Draw| Row {
        path: format!("/draws/{}", it.id),
        title: it.title.clone(),
        plan: it.plan.clone(),
        authority: web.app.authority_name(it.authority),
        drawn: group_digits(it.result.as_ref().map_or(0, |made| made.bodies.into())),
        published: it.published_at.map(|at| at.day().to_string()).unwrap_or_default(),
    };
    shown.draws = all.iter().map(row).collect();
    visit.page(&shown)
}

/// `GET /draws/{id}`, and `/draws/{id}.json` for who recomputes it.
pub async fn one(
    State(web): State<Web>,
    visit: Visit,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Response {
    let visit = visit.in_chinese();
    let (id, json) = match id.strip_suffix(".json") {
        Some(id) => (id, true),
        None => (id.as_str(), wants_json(&headers)),
    };
    let Ok(id) = id.parse().map(DrawId) else { return failed(&visit, AppError::NotFound) };
    let it = match web.app.published_draw(id).await {
        Ok(it) => it,
        Err(error) => return failed(&visit, error),
    };
    if json {
        let mut response = Json(&it.document).into_response();
        let kept = HeaderValue::from_static("public, max-age=300");
        response.headers_mut().insert(header::CACHE_CONTROL, kept);
        return response;
    }
    let Ok(pool) = Pool::parse(&it.document.pool) else {
        return failed(&visit, AppError::Fault(format!("抽查{id}的名录库不能读取")));
    };
    visit.page(&DrawPage {
        visit: &visit,
        facts: facts(&web, &it, &pool),
        rows: it.document.drawn.iter().map(|entry| drawn(&web, &pool, entry)).collect(),
        excluded: pool.excluded.iter().map(|it| (it.name.clone(), it.reason.clone())).collect(),
        results: it.results.iter().map(|it| result(&web, it)).collect(),
        json: format!("/draws/{id}.json"),
        it: &it,
    })
}

fn facts(web: &Web, it: &PublishedDraw, pool: &Pool) -> Vec<(&'static str, String)> {
    let mut facts = vec![
        ("机关", web.app.authority_name(it.it.authority)),
        ("年度抽查工作计划", it.it.plan.clone()),
        ("分层", pool.plan.by.label().to_owned()),
        ("抽查数量", size_label(pool)),
        ("抽查对象名录库", format!("{} 家机构", group_digits(pool.bodies.len() as u64))),
        ("检查人员名录库", format!("{} 人", group_digits(pool.inspectors.len() as u64))),
        ("名录库冻结", it.it.frozen_at.shanghai()),
        ("抽取", it.it.result.as_ref().map(|made| made.drawn_at.shanghai()).unwrap_or_default()),
        ("公开", it.it.published_at.map(|at| at.shanghai()).unwrap_or_default()),
    ];
    if let Some(earlier) = it.it.earlier {
        facts.push(("同一计划的上一次抽查", format!("第 {earlier} 号")));
        facts.push(("再次抽取的原因", it.it.earlier_reason.clone()));
    }
    facts
}

fn drawn(web: &Web, pool: &Pool, entry: &app::DrawnEntry) -> Drawn {
    let mut units: BTreeMap<&str, u32> = BTreeMap::new();
    for id in &entry.inspectors {
        let unit = pool.inspectors.iter().find(|it| it.id.0 == *id).map_or("", |it| it.unit.as_str());
        *units.entry(unit).or_default() += 1;
    }
    let units: Vec<String> = units.iter().map(|(unit, n)| format!("{unit} {n} 人")).collect();
    Drawn {
        name: entry.name.clone(),
        code: entry.code.clone(),
        part: part_label(web, pool.plan.by, &entry.part),
        inspectors: units.join("，"),
    }
}
