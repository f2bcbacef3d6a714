//! `/office/bulletins/declared`: how many certificates an authority says are in force at the end of a month.

use crate::http::web::{Web, page};
use crate::http::{OfficeError, Officer};
use crate::office::said::Said;
use crate::office::{Crumb, FieldView, Menu, Refused, Shell, back, ruled};
use app::Declaring;
use askama::Template;
use axum::Form;
use axum::extract::{Query, State};
use axum::response::Response;
use domain::bulletin::{Indicator, Period, Span};
use domain::{Action, group_digits};
use serde::Deserialize;

/// What is posted.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    day: String,
    certificates: String,
}

#[derive(Template)]
#[template(path = "office/bulletins/declared.html")]
struct DeclaredPage {
    shell: Shell,
    /// Day, count, when, and whether it holds.
    rows: Vec<(String, String, String, bool)>,
    definition: &'static str,
    may_write: bool,
    fields: Vec<FieldView>,
    error: String,
}

async fn render(
    web: &Web,
    officer: &Officer,
    said: &Said,
    (typed, refused): (Typed, Refused),
) -> Result<Response, OfficeError> {
    let all = web.app.declarations(&officer.ctx).await?;
    let mut rows = Vec::new();
    let mut last = None;
    for it in &all {
        let holds = last.replace(it.day) != Some(it.day);
        rows.push((it.day.to_string(), group_digits(it.certificates), it.recorded_at.shanghai(), holds));
    }
    let over = Period::over(Span::Month, web.app.today()).map(|it| it.last().to_string());
    let day = if typed.day.is_empty() { over.unwrap_or_default() } else { typed.day };
    let (tone, words) = said.words();
    let crumbs =
        vec![Crumb { label: "申报有效证书数".into(), href: "/office/bulletins/declared".into() }];
    let response = page(&DeclaredPage {
        shell: officer.shell_saying("申报有效证书数", Menu::Bulletins, crumbs, tone, words),
        rows,
        definition: Indicator::Declared.definition(),
        may_write: officer.can(Action::DeclaredWrite),
        fields: vec![
            FieldView::day("day", "期末日期").required().value(&day).hint("已经过完的一个月的最后一天"),
            FieldView::text("certificates", "有效证书张数")
                .required()
                .value(&typed.certificates)
                .hint("不论是否已经赋码"),
        ],
        error: refused.error.clone(),
    });
    Ok(refused.status(response))
}

/// `GET /office/bulletins/declared`.
pub async fn show(
    State(web): State<Web>,
    officer: Officer,
    Query(said): Query<Said>,
) -> Result<Response, OfficeError> {
    render(&web, &officer, &said, (Typed::default(), Refused::default())).await
}

/// `POST /office/bulletins/declared`.
pub async fn declare(
    State(web): State<Web>,
    officer: Officer,
    Form(typed): Form<Typed>,
) -> Result<Response, OfficeError> {
    let new = Declaring { day: typed.day.clone(), certificates: typed.certificates.clone() };
    match ruled(web.app.declare(&officer.ctx, &new).await)? {
        Ok(_) => Ok(back("/office/bulletins/declared", "declared")),
        Err(refused) => render(&web, &officer, &Said::default(), (typed, refused)).await,
    }
}
