//! `/office/worklists`: 监管清单, what supervision looks through and no single certificate shows.

use super::{Menu, Shell, streamed};
use crate::http::web::{Web, page};
use crate::http::{OfficeError, Officer};
use app::{AppError, ListFormat, WorkAct, WorkRow, Worklist};
use askama::Template;
use axum::Form;
use axum::extract::{Query, State};
use axum::response::Response;
use domain::{Action, StatusAct};
use serde::Deserialize;

/// Certificates of a row that are named; the others are counted.
const CERTIFICATES: usize = 6;
/// Details of a row that are named.
const DETAILS: usize = 5;

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    list: String,
    after: String,
    format: String,
}

#[derive(Template)]
#[template(path = "office/worklists.html")]
struct WorklistPage {
    shell: Shell,
    list: Worklist,
    rows: Vec<Row>,
    /// The address that goes on; empty at the end.
    next: String,
    percent: u8,
    may_export: bool,
    /// Whether the list was entered further down.
    further: bool,
    /// Part of the list 临期 that begins later: address and words.
    parts: Vec<(String, &'static str)>,
}

struct Row {
    subject: String,
    note: String,
    certificates: Vec<Held>,
    more: usize,
    details: Vec<String>,
    more_details: usize,
    act: Option<Act>,
}

/// The way to what is to be done: a link, or a form that begins a draft.
struct Act {
    label: &'static str,
    href: String,
    /// What is posted; a link where there is nothing.
    posted: Option<(&'static str, String)>,
}

struct Held {
    body: String,
    body_href: String,
    number: domain::Number,
    href: String,
    authority: String,
    valid_to: domain::Day,
}

/// `GET /office/worklists`.
pub async fn list(
    State(web): State<Web>,
    officer: Officer,
    Query(asked): Query<Asked>,
) -> Result<Response, OfficeError> {
    let list = Worklist::parse(&asked.list).unwrap_or(Worklist::Expiring);
    let after = asked.after.parse().ok();
    let found = web.app.worklist(&officer.ctx, list, after).await?;
    let next = found.next.map(|next| format!("/office/worklists?list={}&after={next}", list.key()));
    Ok(page(&WorklistPage {
        shell: officer.shell("监管清单", Menu::Search, Vec::new()),
        list,
        rows: found.rows.into_iter().map(|row| shown(&web, &officer, row)).collect(),
        next: next.unwrap_or_default(),
        percent: found.percent,
        may_export: officer.can(Action::Export),
        further: after.is_some(),
        parts: parts(&web, list),
    }))
}

/// `POST /office/worklists/export`: a post, because it leaves a record.
pub async fn export(
    State(web): State<Web>,
    officer: Officer,
    Form(asked): Form<Asked>,
) -> Result<Response, OfficeError> {
    let list = Worklist::parse(&asked.list).ok_or(AppError::NotFound)?;
    let format = ListFormat::parse(&asked.format).unwrap_or(ListFormat::Csv);
    web.app.begin_worklist_export(&officer.ctx, list).await?;
    let (send, pieces) = tokio::sync::mpsc::channel::<Vec<u8>>(2);
    let (app, ctx) = (web.app.clone(), officer.ctx.clone());
    let work = tokio::spawn(async move { app.write_worklist(&ctx, list, format, &send, &|_| {}).await });
    let name = format!("{}-{}.{}", list.label(), web.app.today(), format.ending());
    Ok(streamed(&name, pieces, work))
}

/// Where the list of those that expire begins to be of those with more than thirty days left, and more than sixty.
fn parts(web: &Web, list: Worklist) -> Vec<(String, &'static str)> {
    let at = |days: i32| web.app.today().plus_days(days).map(|day| day.number()).ok();
    let href = |days| Some(format!("/office/worklists?list=expiring&after={}", at(days)?));
    let all = [
        (Some("/office/worklists?list=expiring".to_owned()), "30 天内"),
        (href(30), "31 至 60 天"),
        (href(60), "61 至 90 天"),
    ];
    match list {
        Worklist::Expiring => all.into_iter().filter_map(|(href, label)| Some((href?, label))).collect(),
        _ => Vec::new(),
    }
}

/// The way to the act of a row, where the officer may do it.
fn act(officer: &Officer, row: &WorkRow) -> Option<Act> {
    let own = row.certificates.iter().any(|it| Some(it.head.authority) == officer.ctx.actor.authority());
    let link = |label, href| Some(Act { label, href, posted: None });
    let status = |id, act: StatusAct| format!("/office/certificates/{id}/act?act={}", act.key());
    match row.act? {
        WorkAct::Renew(id) if own && officer.can(Action::Change) => Some(Act {
            label: "起草换证",
            href: format!("/office/changes/{id}"),
            posted: Some(("kind", domain::Kind::Renewal.key().to_owned())),
        }),
        WorkAct::Cancel(id) if own && officer.can(Action::StatusAct) => {
            link("注销…", status(id, StatusAct::Cancel))
        }
        WorkAct::Resume(id) if own && officer.can(Action::StatusAct) => {
            link("恢复或撤销…", status(id, StatusAct::Resume))
        }
        WorkAct::Correct(id, rule) if own && officer.can(Action::Change) => Some(Act {
            label: "更正",
            href: format!("/office/quality/{}", rule.code()),
            posted: Some(("certificate", id.to_string())),
        }),
        WorkAct::Read => link("在收件箱中处理", "/office/inbox?only=unread".to_owned()),
        _ => None,
    }
}

fn shown(web: &Web, officer: &Officer, row: WorkRow) -> Row {
    let own = officer.ctx.actor.authority();
    let act = act(officer, &row);
    let held = |it: app::WorkCertificate| Held {
        body_href: super::bodies::href(it.head.body),
        href: match officer.national() || Some(it.head.authority) == own {
            true => format!("/office/certificates/{}", it.head.id),
            false => crate::public::certificate_path(&it.head.number),
        },
        authority: web.app.authority_name(it.head.authority),
        number: it.head.number,
        valid_to: it.head.valid_to,
        body: it.body,
    };
    let more = row.certificates.len().saturating_sub(CERTIFICATES);
    let more_details = row.details.len().saturating_sub(DETAILS);
    Row {
        subject: row.subject,
        note: row.note,
        certificates: row.certificates.into_iter().take(CERTIFICATES).map(held).collect(),
        more,
        details: row.details.into_iter().take(DETAILS).collect(),
        more_details,
        act,
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{Caller, Town};

    #[tokio::test]
    async fn each_list_is_looked_through_and_taken_away() {
        let town = Town::with_certificates().await;
        for list in app::Worklist::ALL {
            let path = format!("/office/worklists?list={}", list.key());
            let html = town.get(Caller::Supervision, &path).await.holds(&[list.label(), "已查完"]);
            crate::gallery::keep("office", &format!("worklist-{}", list.key()), &html);
            for format in ["csv", "xlsx"] {
                let form = [("list", list.key()), ("format", format)];
                let file = town.post(Caller::Supervision, "/office/worklists/export", &form).await;
                assert_eq!(file.status, 200);
                match format {
                    "csv" => assert!(file.text().starts_with("\u{feff}对象,说明,机构名称,证书编号,")),
                    _ => assert!(file.bytes.starts_with(b"PK")),
                }
            }
        }
        assert_eq!(
            town.post(Caller::Supervision, "/office/worklists/export", &[("list", "x")]).await.status,
            404
        );
        assert_eq!(
            town.post(Caller::Viewer, "/office/worklists/export", &[("list", "coverage")]).await.status,
            403
        );
    }
}
