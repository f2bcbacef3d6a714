//! `/office/inbox`: acts against certificates that concern this authority, done by others; the newest first.

use super::said::Said;
use super::{Badge, Menu, Shell, bodies, bulletins, certificates};
use crate::http::web::{Web, page};
use crate::http::{OfficeError, Officer};
use app::AppError;
use app::stored::{Letter, MOST_COUNTED, Position, Which};
use askama::Template;
use axum::Form;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use domain::{Action, EventKind, Tone, group_digits};
use serde::Deserialize;

/// Letters of a page.
const ROWS: u32 = 30;

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// `unread`: only those.
    only: String,
    /// Page before this place.
    before: String,
    said: String,
}

/// What is marked: one letter, or all up to one.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Mark {
    at: String,
    up_to: String,
    only: String,
}

#[derive(Template)]
#[template(path = "office/inbox.html")]
struct InboxPage {
    shell: Shell,
    /// Bulletins that nobody has signed for.
    bulletins: Vec<bulletins::list::RowView>,
    letters: Vec<LetterView>,
    unread: String,
    only: String,
    /// The newest letter that is shown: marking all marks nothing that was not seen.
    newest: String,
    next: String,
    may_mark: bool,
    may_digest: bool,
}

/// A letter as it is shown, here and on the desk.
pub struct LetterView {
    /// Its place.
    pub at: String,
    /// Whether nobody has marked it.
    pub unread: bool,
    /// The act.
    pub act: Badge,
    /// Who acted.
    pub by: String,
    /// The body, and its page.
    pub body: String,
    /// The page of the body.
    pub body_href: String,
    /// The certificate.
    pub number: String,
    /// The page of the certificate.
    pub href: String,
    /// Who issued it.
    pub issuer: String,
    /// First day on which it holds.
    pub effective: String,
    /// The decision document.
    pub document: String,
    /// When it was recorded.
    pub recorded: String,
    /// Why it concerns us.
    pub concern: &'static str,
    /// When it was marked, or empty.
    pub read: String,
}

impl LetterView {
    /// A letter in words.
    pub fn of(web: &Web, it: &Letter) -> LetterView {
        LetterView {
            at: place(it.at),
            unread: it.read.is_none(),
            act: Badge::plain(it.kind.label(), tone(it.kind)),
            by: web.app.authority_name(it.by),
            body: it.body_name.clone(),
            body_href: bodies::href(it.body),
            number: it.number.grouped(),
            href: certificates::href(it.certificate),
            issuer: web.app.authority_short(it.issuer),
            effective: it.effective.to_string(),
            document: it.document.clone(),
            recorded: it.recorded_at.shanghai(),
            concern: it.concern.label(),
            read: it.read.map(|(at, _)| at.shanghai()).unwrap_or_default(),
        }
    }
}

fn tone(kind: EventKind) -> Tone {
    match kind {
        EventKind::Resume | EventKind::Lift => Tone::Good,
        EventKind::Suspend => Tone::Warn,
        EventKind::BodyMove => Tone::Neutral,
        _ => Tone::Bad,
    }
}

fn place(at: Position) -> String {
    format!("{}.{}", at.epoch, at.number)
}

fn placed(text: &str) -> Option<Position> {
    let (epoch, number) = text.split_once('.')?;
    Some(Position { epoch: epoch.parse().ok()?, number: number.parse().ok()? })
}

/// `3`, or `1,000 以上` where they are not counted any more.
pub fn counted(unread: u64) -> String {
    let more = if unread >= MOST_COUNTED { " 以上" } else { "" };
    format!("{}{more}", group_digits(unread))
}

fn which(only: &str) -> Which {
    if only == "unread" { Which::Unread } else { Which::All }
}

/// `GET /office/inbox`.
pub async fn list(
    State(web): State<Web>,
    officer: Officer,
    Query(asked): Query<Asked>,
) -> Result<Response, OfficeError> {
    let which = which(&asked.only);
    let only = if which == Which::Unread { "unread" } else { "" };
    let letters = web.app.inbox(&officer.ctx, which, placed(&asked.before), ROWS).await?;
    let last = letters.last().filter(|_| letters.len() == ROWS as usize);
    let next = last.map(|it| format!("/office/inbox?only={only}&before={}", place(it.at)));
    let (tone, words) = Said { said: asked.said }.words();
    let sent = web.app.bulletins_to_sign(&officer.ctx).await?;
    Ok(page(&InboxPage {
        bulletins: sent.iter().map(bulletins::list::RowView::of).collect(),
        shell: officer.shell_saying("收件箱", Menu::Inbox, Vec::new(), tone, words),
        newest: letters.first().map(|it| place(it.at)).unwrap_or_default(),
        letters: letters.iter().map(|it| LetterView::of(&web, it)).collect(),
        unread: counted(web.app.unread(&officer.ctx).await?),
        only: only.to_owned(),
        next: next.unwrap_or_default(),
        may_mark: officer.can(Action::InboxMark),
        may_digest: officer.can(Action::Digest),
    }))
}

/// `POST /office/inbox`.
pub async fn mark(
    State(web): State<Web>,
    officer: Officer,
    Form(mark): Form<Mark>,
) -> Result<Response, OfficeError> {
    match (placed(&mark.at), placed(&mark.up_to)) {
        (Some(at), _) => web.app.mark_read(&officer.ctx, at).await?,
        (None, Some(at)) => drop(web.app.mark_read_up_to(&officer.ctx, at).await?),
        (None, None) => return Err(AppError::NotFound.into()),
    }
    let only = if which(&mark.only) == Which::Unread { "only=unread&" } else { "" };
    Ok(Redirect::to(&format!("/office/inbox?{only}said=read")).into_response())
}
