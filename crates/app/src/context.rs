//! Who calls, through which door, and the one question every verb asks first.

use crate::{App, AppError, Result};
use domain::{Action, Actor, Answer, AuthorityId, Day, Door, Event, EventKind, Instant, Object, may};

/// The first parameter of every verb.
#[derive(Clone, Debug)]
pub struct Ctx {
    /// Who calls.
    pub actor: Actor,
    /// Through which door.
    pub door: Door,
    /// The request's id, in every event and log line of it.
    pub request_id: String,
    /// Network address or terminal it came from.
    pub source: String,
}

impl Ctx {
    /// The caller's authority, for verbs that act for it.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] for callers without one (operator, public, system).
    pub fn authority(&self) -> Result<AuthorityId> {
        self.actor.authority().ok_or(AppError::Forbidden)
    }

    /// The caller's account.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] for callers without one.
    pub fn account(&self) -> Result<domain::AccountId> {
        match &self.actor {
            Actor::Account { id, .. } => Ok(*id),
            Actor::Client { .. } | Actor::Operator(_) | Actor::Public | Actor::System => {
                Err(AppError::Forbidden)
            }
        }
    }
}

impl App {
    /// Asks the table of rights; a refusal is recorded in `access`.
    ///
    /// # Errors
    /// [`AppError::Forbidden`], or [`AppError::NotFound`] where the caller may not know of the object.
    pub fn ask(&self, ctx: &Ctx, action: Action, owner: Option<AuthorityId>) -> Result<()> {
        match may(&ctx.actor, action, owner) {
            Answer::Allowed => Ok(()),
            Answer::Forbidden => {
                self.access.note(ctx, action.key(), "forbidden", self.clock.now());
                Err(AppError::Forbidden)
            }
            Answer::Hidden => {
                self.access.note(ctx, action.key(), "hidden", self.clock.now());
                Err(AppError::NotFound)
            }
        }
    }

    /// An event of this call, to be completed and appended by the verb.
    pub(crate) fn event(&self, ctx: &Ctx, kind: EventKind, object: Object, object_id: i64) -> Event {
        let now = self.clock.now();
        Event {
            recorded_at: now,
            effective: now.day(),
            actor: ctx.actor.clone(),
            authority: ctx.actor.authority(),
            door: ctx.door,
            request_id: ctx.request_id.clone(),
            kind,
            object,
            object_id,
            edition: None,
            document: String::new(),
            decided: None,
            details: Vec::new(),
            salt: crate::entropy::bytes(),
        }
    }

    /// Today in Asia/Shanghai.
    pub fn today(&self) -> Day {
        self.clock.now().day()
    }

    /// Now.
    pub fn now(&self) -> Instant {
        self.clock.now()
    }
}
