//! A signed-in officer, as an extractor: a handler that takes one cannot be reached without a session.

use crate::http::error::signed_out_meanwhile;
use crate::http::{Client, OfficeError, Web};
use crate::office::{Crumb, Flash, Menu, Shell, UserView};
use app::{AppError, Assigning, Ctx, Footing, Mode, Session};
use axum::extract::FromRequestParts;
use axum::http::Method;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use domain::{Action, Door, Level, Secret, Tone};

/// Seconds of idleness after which a session ends (domain.md 5.3).
const IDLE: u32 = 15 * 60;

/// A signed-in officer and his call.
pub struct Officer {
    /// First parameter of every verb.
    pub ctx: Ctx,
    /// Who it is.
    pub session: Session,
    authority: String,
    assigning: Assigning,
    /// Letters that nobody of the authority has read.
    unread: u64,
    /// Bulletins that nobody of the authority has signed for.
    unsigned: u64,
    /// When the page is made, to the minute.
    made_at: String,
    demo: bool,
}

/// A signed-in account that may so far only change its password or leave.
pub struct PasswordOnly {
    /// For [`app::App::change_password`] and [`app::App::sign_out`] only.
    pub ctx: Ctx,
    /// Who it is.
    pub session: Session,
    /// The token of this session.
    pub token: Secret,
}

async fn session(parts: &mut Parts, web: &Web) -> Result<(Session, Secret, Client), Response> {
    let client = match Client::from_request_parts(parts, web).await {
        Ok(client) => client,
        Err(never) => match never {},
    };
    let jar = CookieJar::from_headers(&parts.headers);
    let token = jar.get(web.cookie_name()).map(|c| Secret::new(c.value().to_owned()));
    let found = match &token {
        Some(token) => web.app.session(token).await,
        None => Err(AppError::SignedOut),
    };
    match (found, token) {
        (Ok(session), Some(token)) => Ok((session, token, client)),
        (Err(AppError::SignedOut), _) | (Ok(_), None) => Err(to_sign_in(parts)),
        (Err(error), _) => Err(OfficeError(error).into_response()),
    }
}

/// Signing in leads back to the page that was asked for; what was posted stays with the browser until somebody is signed in.
fn to_sign_in(parts: &Parts) -> Response {
    let path = parts.uri.path_and_query().map_or("/office", |p| p.as_str());
    match parts.method {
        Method::GET if path != "/office" => {
            let next = path.replace('%', "%25").replace('&', "%26").replace('#', "%23").replace('+', "%2B");
            Redirect::to(&format!("/office/sign-in?next={next}")).into_response()
        }
        Method::POST if path != "/office/sign-out" => signed_out_meanwhile(),
        _ => Redirect::to("/office/sign-in").into_response(),
    }
}

impl FromRequestParts<Web> for PasswordOnly {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<PasswordOnly, Response> {
        let (session, token, client) = session(parts, web).await?;
        let ctx = session.ctx_to_change(Door::Form, client.request_id, client.source);
        Ok(PasswordOnly { ctx, session, token })
    }
}

impl FromRequestParts<Web> for Officer {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Officer, Response> {
        let (session, _, client) = session(parts, web).await?;
        if session.must_change {
            return Err(Redirect::to("/office/password").into_response());
        }
        let ctx = session
            .ctx(Door::Form, client.request_id, client.source)
            .map_err(|e| OfficeError(e).into_response())?;
        let own = session.account.authority;
        let assigning = web.app.assigning(own).await.map_err(|e| OfficeError(e).into_response())?;
        let unread = web.app.unread(&ctx).await.map_err(|e| OfficeError(e).into_response())?;
        let unsigned = web.app.unsigned_bulletins(&ctx).await.map_err(|e| OfficeError(e).into_response())?;
        let unsigned = unsigned.len() as u64;
        let authority = web.app.authority_name(own);
        let demo = web.app.config.footing == Footing::Demo;
        let made_at = web.app.now().to_the_minute();
        Ok(Officer { ctx, session, authority, assigning, unread, unsigned, made_at, demo })
    }
}

impl Officer {
    /// The frame of a page.
    pub fn shell(&self, title: &str, active: Menu, crumbs: Vec<Crumb>) -> Shell {
        let account = &self.session.account;
        let last = self.session.last_login.as_ref().map(|(at, from)| format!("{}　{from}", at.shanghai()));
        Shell {
            title: title.to_owned(),
            user: UserView {
                name: account.name.clone(),
                account: account.login.clone(),
                authority: self.authority.clone(),
                role: account.role.label().to_owned(),
                last_login: last.unwrap_or_default(),
            },
            visible: Menu::ALL.into_iter().filter(|menu| self.may(*menu)).collect(),
            active,
            crumbs,
            flash: None,
            notice: self.notice(active),
            made_at: self.made_at.clone(),
            demo: self.demo,
            counts: vec![(Menu::Inbox, self.unread), (Menu::Bulletins, self.unsigned)],
            idle_seconds: IDLE,
        }
    }

    /// Which door assigns, on the pages where certificates are made: nobody fills in what cannot be assigned.
    fn notice(&self, active: Menu) -> Option<Flash> {
        let making = [Menu::Desk, Menu::Import, Menu::New, Menu::Drafts, Menu::Changes];
        if !making.contains(&active) || self.assigning.mode == Mode::Manual {
            return None;
        }
        Some(match &self.assigning.emergency {
            Some(open) => Flash {
                tone: Tone::Warn,
                text: format!(
                    "应急手动赋码已开启，至 {} 止。期间赋的新码，系统恢复后由审批系统认领。",
                    open.until.to_the_minute()
                ),
            },
            None => Flash {
                tone: Tone::Neutral,
                text: "本机关为系统联网自动赋码：新证书来自审批系统，这里不赋新码；变更、更正、打印和状态办理照常。"
                    .into(),
            },
        })
    }

    /// The frame with a message on top.
    pub fn shell_saying(
        &self,
        title: &str,
        active: Menu,
        crumbs: Vec<Crumb>,
        tone: Tone,
        text: &str,
    ) -> Shell {
        let flash = (!text.is_empty()).then(|| Flash { tone, text: text.to_owned() });
        Shell { flash, ..self.shell(title, active, crumbs) }
    }

    /// Whether the account may do `action` to what its own authority owns.
    pub fn can(&self, action: Action) -> bool {
        self.ctx
            .authority()
            .is_ok_and(|own| domain::may(&self.ctx.actor, action, Some(own)) == domain::Answer::Allowed)
    }

    /// Whether the account works for the national authority.
    pub fn national(&self) -> bool {
        matches!(self.ctx.actor, domain::Actor::Account { level: Level::National, .. })
    }

    /// Whether a menu entry is of use to this account: the table of rights decides, as it does behind the page.
    fn may(&self, menu: Menu) -> bool {
        match menu {
            Menu::Desk | Menu::Certificates | Menu::Bodies => true,
            Menu::Import => self.can(Action::ImportPreview),
            Menu::New | Menu::Drafts => self.can(Action::DraftWrite),
            Menu::Changes => self.can(Action::Change),
            Menu::Admission => self.can(Action::Admission),
            Menu::Refusals => self.can(Action::RefusalRead),
            Menu::Prints => self.can(Action::Print),
            Menu::Search => self.can(Action::Search),
            Menu::Quality => self.can(Action::QualityRead),
            Menu::Inspections => self.can(Action::InspectionRead),
            Menu::Draws => self.can(Action::DrawRead),
            Menu::Overview => self.can(Action::CollectionRead),
            Menu::Bulletins => self.can(Action::BulletinRead),
            Menu::Statistics => self.can(Action::StatisticsRead),
            Menu::Docking => self.can(Action::DockingRead),
            Menu::Hooks => self.can(Action::ClientRead),
            Menu::Accounts => self.can(Action::AccountRead),
            Menu::Codes => true,
            Menu::Template => self.can(Action::SettingsWrite) || self.can(Action::TemplateWrite),
            Menu::Inbox | Menu::Log => self.can(Action::EventRead),
        }
    }
}
