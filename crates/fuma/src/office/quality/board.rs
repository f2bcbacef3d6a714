//! The rules with how many certificates break them, and how that went in the last thirty days.

use super::{Spark, choices, href, named, tenths, tone};
use crate::http::web::{Web, page};
use crate::http::{OfficeError, Officer};
use crate::office::{Badge, Menu, Shell, streamed};
use app::{ListFormat, QualityCount, QualityShare};
use askama::Template;
use axum::Form;
use axum::extract::{Query, State};
use axum::response::Response;
use domain::quality::QualityRule;
use domain::{Action, group_digits};
use serde::Deserialize;

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    authority: String,
}

/// What is to be taken away.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Take {
    authority: String,
    rule: String,
    format: String,
}

#[derive(Template)]
#[template(path = "office/quality/board.html")]
struct BoardPage {
    shell: Shell,
    choices: Vec<(String, String, bool)>,
    authority: String,
    /// The day of the last run; empty before the first.
    as_of: String,
    figures: Vec<(String, &'static str)>,
    broken: Vec<RuleView>,
    kept: Vec<RuleView>,
    shares: Vec<ShareView>,
    live: bool,
    may_export: bool,
}

struct RuleView {
    href: String,
    code: &'static str,
    label: &'static str,
    text: &'static str,
    severity: Badge,
    certificates: String,
    rows: String,
    trend: Spark,
}

struct ShareView {
    href: String,
    name: String,
    certificates: String,
    rows: String,
    broken: String,
    per_thousand: String,
    trend: Spark,
}

/// `GET /office/quality`.
pub async fn board(
    State(web): State<Web>,
    officer: Officer,
    Query(asked): Query<Asked>,
) -> Result<Response, OfficeError> {
    let named = named(&asked.authority);
    let board = web.app.quality(&officer.ctx, named).await?;
    let rule = |it: &QualityCount| RuleView {
        href: href(&format!("/{}", it.rule.code()), named),
        code: it.rule.code(),
        label: it.rule.label(),
        text: it.rule.text(),
        severity: Badge::plain(it.rule.severity().label(), tone(it.rule.severity())),
        certificates: group_digits(it.sum.certificates),
        rows: group_digits(it.sum.rows),
        trend: Spark::of(&it.trend),
    };
    let (broken, kept): (Vec<&QualityCount>, Vec<_>) =
        board.rules.iter().partition(|it| it.sum.certificates > 0);
    Ok(page(&BoardPage {
        shell: officer.shell("数据质量", Menu::Quality, Vec::new()),
        choices: choices(&web, &officer, named),
        authority: asked.authority,
        as_of: board.days.last().map(ToString::to_string).unwrap_or_default(),
        figures: board.last.as_ref().map(figures).unwrap_or_default(),
        broken: broken.into_iter().map(rule).collect(),
        kept: kept.into_iter().map(rule).collect(),
        shares: board.authorities.iter().map(|it| share(&web, it)).collect(),
        live: board.authority.is_some(),
        may_export: officer.can(Action::Export),
    }))
}

fn figures(it: &QualityShare) -> Vec<(String, &'static str)> {
    vec![
        (group_digits(it.looked.certificates), "张有效证书"),
        (group_digits(it.looked.rows), "行附表内容"),
        (group_digits(it.broken.certificates), "个问题（每张证书每条规则计一个）"),
        (it.per_thousand().map_or_else(|| "—".into(), tenths), "行问题／每千行"),
    ]
}

fn share(web: &Web, it: &QualityShare) -> ShareView {
    ShareView {
        href: href("", Some(it.authority)),
        name: web.app.authority_name(it.authority),
        certificates: group_digits(it.looked.certificates),
        rows: group_digits(it.looked.rows),
        broken: group_digits(it.broken.certificates),
        per_thousand: it.per_thousand().map_or_else(|| "—".into(), tenths),
        trend: Spark::of(&it.trend),
    }
}

/// `POST /office/quality/export`: a post, because it leaves a record.
pub async fn export(
    State(web): State<Web>,
    officer: Officer,
    Form(take): Form<Take>,
) -> Result<Response, OfficeError> {
    let (rule, authority) = (QualityRule::parse(&take.rule), named(&take.authority));
    let format = ListFormat::parse(&take.format).unwrap_or(ListFormat::Csv);
    web.app.begin_quality_export(&officer.ctx, rule, authority).await?;
    let (send, pieces) = tokio::sync::mpsc::channel::<Vec<u8>>(2);
    let (app, ctx) = (web.app.clone(), officer.ctx.clone());
    let work = tokio::spawn(async move { app.write_quality(&ctx, rule, authority, format, &send).await });
    let what = rule.map_or_else(|| "数据质量".to_owned(), |rule| format!("数据质量{}", rule.code()));
    let name = format!("{what}-{}.{}", web.app.today(), format.ending());
    Ok(streamed(&name, pieces, work))
}
