//! Refusals and sign-ins: gathered in memory, equal ones of a minute in one row, written at most a second later, so
//! that strangers cannot slow the writer (architecture.md 5).

use crate::accounts::Throttle;
use crate::{App, Ctx, Result};
use domain::{Door, Instant};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

#[derive(Clone, PartialEq, Eq, Hash)]
struct Same {
    minute: i64,
    actor: String,
    authority: Option<i64>,
    door: Door,
    action: String,
    outcome: &'static str,
    source: String,
}

/// What has not been written yet.
#[derive(Default)]
pub struct Access {
    /// Failed sign-ins of strangers.
    pub(crate) throttle: Throttle,
    pending: Mutex<HashMap<Same, (Instant, String, u32)>>,
}

/// Different rows kept of one flush; a flood beyond it is counted in the last one of its kind only.
const MOST: usize = 10_000;

impl Access {
    /// Notes one refusal or sign-in.
    pub fn note(&self, ctx: &Ctx, action: &str, outcome: &'static str, now: Instant) {
        let authority = ctx.actor.authority().map(|authority| authority.0);
        let same = Same {
            minute: now.micros() / 60_000_000,
            actor: ctx.actor.to_string(),
            authority,
            door: ctx.door,
            action: action.to_owned(),
            outcome,
            source: ctx.source.clone(),
        };
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        if pending.len() < MOST || pending.contains_key(&same) {
            pending.entry(same).or_insert_with(|| (now, ctx.request_id.clone(), 0)).2 += 1;
        }
    }

    fn take(&self) -> HashMap<Same, (Instant, String, u32)> {
        std::mem::take(&mut *self.pending.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl App {
    /// Writes what was noted. The server calls it every second and at the end.
    pub async fn flush_access(&self) -> Result<usize> {
        let pending = self.access.take();
        if pending.is_empty() {
            return Ok(0);
        }
        let first = self.ids("access", pending.len() as u64).await?;
        let rows: Vec<store::access::Access> = pending
            .into_iter()
            .map(|(same, (at, request_id, n))| store::access::Access {
                recorded_at: at,
                actor: same.actor,
                authority: same.authority.map(domain::AuthorityId),
                door: same.door,
                action: same.action,
                outcome: same.outcome.to_owned(),
                source: same.source,
                request_id,
                n,
            })
            .collect();
        let written = rows.len();
        let tx = self.db.begin(store::Urgency::Batch).await?;
        store::access::insert(&tx, first, &rows).await?;
        tx.commit().await?;
        Ok(written)
    }
}
