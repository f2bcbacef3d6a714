//! A rule: what it says, the certificates that break it, and the way to put each right.

use super::{Spark, choices, href, named, tone};
use crate::http::web::{Web, page};
use crate::http::{OfficeError, Officer};
use crate::office::{Badge, Menu, Shell, bodies, certificates, drafts};
use app::AppError;
use app::stored::QualityBehind;
use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use domain::quality::QualityRule;
use domain::{Action, AuthorityId, CertificateId, group_digits};
use serde::Deserialize;

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    authority: String,
    after: String,
}

/// The certificate that is to be corrected.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Correction {
    certificate: String,
}

#[derive(Template)]
#[template(path = "office/quality/rule.html")]
struct RulePage {
    shell: Shell,
    rule: QualityRule,
    severity: Badge,
    choices: Vec<(String, String, bool)>,
    authority: String,
    rows: Vec<Row>,
    next: String,
    further: bool,
    trend: Spark,
    days: Vec<(String, String)>,
    may_export: bool,
}

struct Row {
    id: i64,
    body: String,
    body_href: String,
    number: String,
    href: String,
    authority: String,
    place: String,
    detail: String,
    rows: String,
    since: String,
    may_correct: bool,
}

fn parsed(text: &str) -> Result<QualityRule, AppError> {
    QualityRule::parse(text).ok_or(AppError::NotFound)
}

/// The place behind which a page begins: authority and certificate.
pub(crate) fn behind(text: &str) -> Option<QualityBehind> {
    let (authority, certificate) = text.split_once('.')?;
    Some((AuthorityId(authority.parse().ok()?), CertificateId(certificate.parse().ok()?)))
}

/// `GET /office/quality/{rule}`.
pub async fn show(
    State(web): State<Web>,
    officer: Officer,
    Path(rule): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, OfficeError> {
    web.app.ask(&officer.ctx, Action::QualityRead, Some(officer.ctx.authority()?))?;
    let rule = parsed(&rule)?;
    let named = named(&asked.authority);
    let after = behind(&asked.after);
    let found = web.app.quality_of(&officer.ctx, rule, named, after).await?;
    let board = web.app.quality(&officer.ctx, named).await?;
    let trend = board.rules.iter().find(|it| it.rule == rule).map(|it| it.trend.clone()).unwrap_or_default();
    let next = found.next.map(|(authority, certificate)| {
        let joint = if named.is_some() { '&' } else { '?' };
        format!("{}{joint}after={}.{}", href(&format!("/{}", rule.code()), named), authority.0, certificate.0)
    });
    let corrects = officer.can(Action::Change);
    let own = officer.ctx.actor.authority();
    let row = |it: app::QualityRow| Row {
        id: it.head.id.0,
        body_href: bodies::href(it.head.body),
        href: certificates::href(it.head.id),
        authority: web.app.authority_short(it.head.authority),
        number: it.head.number.grouped(),
        may_correct: corrects && Some(it.head.authority) == own,
        body: it.body,
        place: it.problem.place,
        detail: it.problem.detail,
        rows: group_digits(u64::from(it.problem.rows)),
        since: it.problem.since.to_string(),
    };
    let days = board.days.iter().rev().zip(trend.iter().rev());
    Ok(page(&RulePage {
        shell: officer.shell(&format!("{} {}", rule.code(), rule.label()), Menu::Quality, Vec::new()),
        severity: Badge::plain(rule.severity().label(), tone(rule.severity())),
        choices: choices(&web, &officer, named),
        authority: asked.authority,
        rows: found.rows.into_iter().map(row).collect(),
        next: next.unwrap_or_default(),
        further: after.is_some(),
        days: days.map(|(day, n)| (day.to_string(), group_digits(*n))).collect(),
        trend: Spark::of(&trend),
        may_export: officer.can(Action::Export),
        rule,
    }))
}

/// `POST /office/quality/{rule}`: begins the correction of a certificate, and leads to its step of the form.
pub async fn correct(
    State(web): State<Web>,
    officer: Officer,
    Path(rule): Path<String>,
    Form(form): Form<Correction>,
) -> Result<Response, OfficeError> {
    web.app.ask(&officer.ctx, Action::Change, Some(officer.ctx.authority()?))?;
    let rule = parsed(&rule)?;
    let id = form.certificate.parse().map(CertificateId).map_err(|_| AppError::NotFound)?;
    let (draft, filled) = web.app.start_correction(&officer.ctx, id, rule).await?;
    let said = if filled > 0 { "mended" } else { "change" };
    let at = drafts::place_of(rule.field());
    Ok(Redirect::to(&format!("/office/drafts/{draft}?{at}&said={said}#{}", rule.field().key()))
        .into_response())
}
