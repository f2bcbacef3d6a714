//! `/office/bodies/{id}/notices`: the notices to a body, and the form that makes another one from a draft.

use super::key;
use crate::http::web::{Web, page};
use crate::http::{OfficeError, Officer};
use crate::office::said::Said;
use crate::office::{
    Badge, Crumb, FieldView, Menu, Refused, Shell, attachment, back, bodies, recorded, with_errors,
};
use app::NewNotice;
use app::stored::Notice;
use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::{Action, Answer, BodyId, NoticeId, NoticeKind, Tone, may};
use serde::Deserialize;

/// What is asked for or posted.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    kind: String,
    document: String,
    text: String,
    said: String,
}

#[derive(Template)]
#[template(path = "office/supervision/notices.html")]
struct NoticesPage {
    shell: Shell,
    body: i64,
    rows: Vec<Row>,
    may_write: bool,
    /// The kind that is being made; none before it is chosen.
    kind: Option<NoticeKind>,
    fields: Vec<FieldView>,
    error: String,
}

impl NoticesPage {
    fn makes(&self, kind: &NoticeKind) -> bool {
        self.kind.as_ref() == Some(kind)
    }
}

struct Row {
    id: i64,
    kind: &'static str,
    document: String,
    authority: String,
    made: String,
    state: Badge,
    may_fetch: bool,
}

async fn show(
    web: &Web,
    officer: &Officer,
    id: BodyId,
    typed: &Typed,
    refused: Refused,
) -> Result<Response, OfficeError> {
    let all = web.app.notices_of_body(&officer.ctx, id).await?;
    let view = web.app.body(&officer.ctx, id, "").await?;
    let may_write = officer.can(Action::NoticeWrite);
    let kind = NoticeKind::parse(&typed.kind).filter(|_| may_write);
    let text = match kind {
        Some(kind) if typed.text.is_empty() && refused.wrong.is_empty() => {
            web.app.draft_notice(&officer.ctx, view.body.id, kind).await?
        }
        _ => typed.text.clone(),
    };
    let row = |it: &Notice| Row {
        id: it.id.0,
        kind: it.kind.label(),
        document: it.document.clone(),
        authority: web.app.authority_short(it.authority),
        made: it.made_at.to_the_minute(),
        state: match it.fetched_at {
            Some(at) => Badge::plain(format!("已下载 {}", at.to_the_minute()), Tone::Good),
            None => Badge::plain("未下载", Tone::Warn),
        },
        may_fetch: may(&officer.ctx.actor, Action::NoticeWrite, Some(it.authority)) == Answer::Allowed,
    };
    let fields = vec![
        FieldView::text("document", "文号").required().value(&typed.document),
        FieldView::lines("text", "正文").required().value(text).hint("一行一段；由登记内容起草，请核对修改"),
    ];
    let crumbs = vec![
        Crumb { label: view.body.name.clone(), href: bodies::href(view.body.id) },
        Crumb { label: "通知书".into(), href: format!("{}/notices", bodies::href(view.body.id)) },
    ];
    let (tone, words) = Said { said: typed.said.clone() }.words();
    let response = page(&NoticesPage {
        shell: officer.shell_saying("通知书", Menu::Bodies, crumbs, tone, words),
        body: view.body.id.0,
        rows: all.iter().map(row).collect(),
        may_write,
        kind,
        fields: with_errors(fields, &refused.wrong),
        error: refused.error.clone(),
    });
    Ok(refused.status(response))
}

/// `GET /office/bodies/{id}/notices`: with `kind`, a draft of that kind.
pub async fn of_body(
    State(web): State<Web>,
    officer: Officer,
    Path(id): Path<String>,
    Query(typed): Query<Typed>,
) -> Result<Response, OfficeError> {
    let asked = Typed { kind: typed.kind, said: typed.said, ..Typed::default() };
    show(&web, &officer, BodyId(key(&id)?), &asked, Refused::default()).await
}

/// `POST /office/bodies/{id}/notices`: makes one.
pub async fn make(
    State(web): State<Web>,
    officer: Officer,
    Path(id): Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Response, OfficeError> {
    let id = BodyId(key(&id)?);
    let Typed { kind, document, text, .. } = typed.clone();
    match recorded(web.app.make_notice(&officer.ctx, id, &NewNotice { kind, document, text }).await)? {
        Ok(_) => Ok(back(&format!("{}/notices", bodies::href(id)), "noticed")),
        Err(refused) => show(&web, &officer, id, &typed, refused).await,
    }
}

/// `POST /office/notices/{id}/notice.pdf`: a post, because it leaves a record.
pub async fn fetch(
    State(web): State<Web>,
    officer: Officer,
    Path(id): Path<String>,
) -> Result<Response, OfficeError> {
    let (it, bytes) = web.app.fetch_notice(&officer.ctx, NoticeId(key(&id)?)).await?;
    Ok(attachment(&format!("{}-{}.pdf", it.kind.label(), it.document), bytes))
}
