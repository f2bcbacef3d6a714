//! The work behind notifications, for whoever has a network: follow the events, claim what is due, note what came of it.
//! Each step is a transaction of its own; between any two of them a node may die, and another one goes on.

use super::{HOOK_KINDS, message};
use crate::{App, AppError, Bound, ChangeEntry, Ctx, Result};
use domain::{Actor, Door, EventKind, HookId, Instant};
use store::delivery::{self, Delivery, Settled, State, Told};
use store::event::Position;
use store::hook::{self, Hook, Release};
use store::{StoreError, Tx, Urgency};

/// Events a hook is moved on by in one transaction.
const STEP: u32 = 500;
/// Messages sent under one lease.
const ROUND: u32 = 16;
/// Seconds of a lease: more than a round may take.
const LEASE: i64 = 60;
/// Seconds after each failed try until the next: eight tries over 24 hours.
const WAITS: [i64; 7] = [60, 5 * 60, 30 * 60, 2 * 3_600, 5 * 3_600, 8 * 3_600, 8 * 3_600];
/// After so many seconds a try that fails is the last one.
const LONGEST: i64 = 86_400;
/// The longest that a hook rests after failures, seconds: what waits for a dead receiver does not crowd the line.
const REST: i64 = 60;
/// Days for which deliveries are kept once they are done or dead.
const KEPT_DAYS: i64 = 30;
/// Deliveries removed in one transaction.
const PURGE: u32 = 2_000;

/// What is to be sent to one hook, in this order, one after the other.
#[derive(Debug)]
pub struct Outgoing {
    /// To whom.
    pub hook: HookId,
    /// Where.
    pub url: String,
    /// What.
    pub messages: Vec<Message>,
    lease: Instant,
    failures: u32,
}

/// One message.
#[derive(Debug)]
pub struct Message {
    /// Headers that belong to it, beside the usual ones.
    pub headers: [(&'static str, String); 3],
    /// JSON.
    pub body: String,
    delivery: Delivery,
}

/// What came of sending a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Receipt {
    /// The receiver answered with this status.
    Answered(u16),
    /// It did not; why, in words for people.
    Failed(String),
}

impl Receipt {
    /// Whether the message was taken.
    pub fn is_taken(&self) -> bool {
        matches!(self, Receipt::Answered(200..=299))
    }

    fn is_gone(&self) -> bool {
        matches!(self, Receipt::Answered(410))
    }

    fn status(&self) -> Option<u16> {
        match self {
            Receipt::Answered(status) => Some(*status),
            Receipt::Failed(_) => None,
        }
    }

    fn message(&self) -> String {
        match self {
            Receipt::Answered(200..=299) => String::new(),
            Receipt::Answered(status @ 300..=399) => format!("对方答复 {status}：不跟随转向，请改填最终地址"),
            Receipt::Answered(410) => "对方答复 410：不再接收，地址已停用".into(),
            Receipt::Answered(status) => format!("对方答复 {status}"),
            Receipt::Failed(why) => why.chars().take(100).collect(),
        }
    }
}

/// Where a delivery stands after a try, and when it is tried again.
fn judged(delivery: &Delivery, receipt: &Receipt, now: Instant) -> (State, Instant) {
    if receipt.is_taken() {
        return (State::Done, now);
    }
    let wait = usize::try_from(delivery.attempts).ok().and_then(|tried| WAITS.get(tried));
    match wait {
        Some(wait) if !receipt.is_gone() && now < delivery.created_at.plus_seconds(LONGEST) => {
            (State::Waiting, now.plus_seconds(*wait))
        }
        _ => (State::Dead, now),
    }
}

/// Seconds that a hook rests after so many failures on end: 1, 2, 4… up to [`REST`].
fn rest(failures: u32) -> i64 {
    (1_i64 << failures.clamp(1, 10).saturating_sub(1)).min(REST)
}

impl App {
    /// Moves every hook on by up to 500 events of its authority: those it is told of are put in its queue, in the same
    /// transaction. Whether there may be more. Any number of nodes may do so at once.
    pub async fn follow_hooks(&self) -> Result<bool> {
        let mut more = false;
        for hook in hook::enabled((&self.db).into()).await? {
            let (ahead, whole) = self.ahead(&hook).await?;
            if let Some((last, _)) = ahead.last() {
                self.follow(&hook, &ahead, *last).await?;
                more |= !whole;
            }
        }
        Ok(more)
    }

    /// The next events of a hook in commit order, and whether that is all. Where it is told of others' acts as well, both are
    /// read at one moment, and nothing beyond the place to which both were read.
    async fn ahead(&self, hook: &Hook) -> Result<(Vec<(Position, EventKind)>, bool)> {
        let cut = |read: &[(Position, EventKind)]| {
            read.last().filter(|_| read.len() == STEP as usize).map(|it| it.0)
        };
        if !hook.others {
            let own = hook::ahead((&self.db).into(), hook.authority, hook.at, STEP).await?;
            let whole = cut(&own).is_none();
            return Ok((own, whole));
        }
        let moment = self.db.snapshot().await?;
        let mut all = hook::ahead((&moment).into(), hook.authority, hook.at, STEP).await?;
        let told = hook::ahead_of_others((&moment).into(), hook.authority, hook.at, STEP).await?;
        let until = cut(&all).into_iter().chain(cut(&told)).min();
        all.extend(told);
        all.sort_by_key(|(at, _)| *at);
        all.retain(|(at, _)| until.is_none_or(|until| *at <= until));
        Ok((all, until.is_none()))
    }

    async fn follow(&self, hook: &Hook, ahead: &[(Position, EventKind)], to: Position) -> Result<()> {
        let wants = |kind: &EventKind| {
            HOOK_KINDS.contains(kind)
                && (hook.kinds.is_empty() || hook.kinds.split(' ').any(|key| key == kind.key()))
        };
        let wanted: Vec<Position> = ahead.iter().filter(|(_, kind)| wants(kind)).map(|(at, _)| *at).collect();
        let tx = self.db.begin(Urgency::Batch).await?;
        match hook::advance(&tx, hook.id, hook.at, to).await {
            // Another node did it.
            Err(StoreError::Conflict) => return Ok(()),
            advanced => advanced?,
        }
        delivery::enqueue(&tx, hook.id, &wanted, self.now()).await?;
        Ok(tx.commit().await?)
    }

    /// Claims what is due now, for at most so many hooks. Each is the caller's for a minute, in which no other node sends
    /// to it; what came of it is told by [`App::note_deliveries`].
    pub async fn due_deliveries(&self, most: u32) -> Result<Vec<Outgoing>> {
        let mut out = Vec::new();
        for id in hook::due((&self.db).into(), self.now(), most).await? {
            match self.claim(id).await {
                Ok(claimed) => out.extend(claimed),
                // One that cannot be sent to must not keep the others.
                Err(error) => tracing::error!(?error, hook = id.0, "claiming what is due"),
            }
        }
        Ok(out)
    }

    async fn claim(&self, id: HookId) -> Result<Option<Outgoing>> {
        let now = self.now();
        let lease = now.plus_seconds(LEASE);
        let tx = self.db.begin(Urgency::Batch).await?;
        let Some(hook) = hook::lease(&tx, id, now, lease).await? else { return Ok(None) };
        let told = delivery::due((&tx).into(), id, now, ROUND).await?;
        if told.is_empty() {
            return Ok(None);
        }
        tx.commit().await?;
        let secret = self.keys.open_sealed(Bound::Hook(id.0), &hook.secret)?;
        let mut messages = Vec::with_capacity(told.len());
        for told in told {
            let data = match told.other {
                None => ChangeEntry::of(&told.event, &told.number, told.code),
                Some((certificate, concern)) => {
                    self.entry_of_other(&told.event, certificate, concern).await?
                }
            };
            messages.push(written(&secret, told, data, now)?);
        }
        Ok(Some(Outgoing { hook: id, url: hook.url, messages, lease, failures: hook.failures }))
    }

    /// Notes what came of the messages, in their order; there are fewer receipts where sending stopped. A receiver that
    /// answers 410 is told nothing more.
    pub async fn note_deliveries(&self, sent: &Outgoing, receipts: &[Receipt]) -> Result<()> {
        let now = self.now();
        let tx = self.db.begin(Urgency::Batch).await?;
        for (message, receipt) in sent.messages.iter().zip(receipts) {
            let (state, next_at) = judged(&message.delivery, receipt, now);
            let message_text = receipt.message();
            let to = Settled { state, next_at, status: receipt.status(), message: &message_text };
            delivery::settle(&tx, &message.delivery, &to, now).await?;
        }
        let failures = match receipts.last() {
            Some(last) if !last.is_taken() => sent.failures.saturating_add(1),
            Some(_) => 0,
            None => sent.failures,
        };
        let next_at = if failures == 0 { now } else { now.plus_seconds(rest(failures)) };
        let done_at = receipts.iter().any(Receipt::is_taken).then_some(now);
        hook::release(&tx, sent.hook, sent.lease, &Release { next_at, failures, done_at }).await?;
        if receipts.iter().any(Receipt::is_gone) {
            self.disable_gone(&tx, sent.hook).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Disables the hook of a receiver that wants nothing more, once.
    async fn disable_gone(&self, tx: &Tx, id: HookId) -> Result<()> {
        if !hook::disable(tx, id).await? {
            return Ok(());
        }
        let ctx = Ctx {
            actor: Actor::System,
            door: Door::System,
            request_id: format!("hook-{id}"),
            source: String::new(),
        };
        if let Some(hook) = hook::by_id(tx.into(), id).await? {
            let mut event = self.hook_event(&ctx, EventKind::HookSet, &hook);
            event.details.push(("reason", "对方答复 410".into()));
            store::event::append(tx, &[event]).await?;
        }
        Ok(())
    }

    /// Removes deliveries that were done or given up a month ago. How many.
    pub async fn purge_deliveries(&self) -> Result<u64> {
        let before = self.now().plus_seconds(-KEPT_DAYS * 86_400);
        let mut removed = 0;
        for hook in hook::list((&self.db).into(), None).await? {
            let tx = self.db.begin(Urgency::Batch).await?;
            removed += delivery::purge(&tx, hook.id, before, PURGE).await?;
            tx.commit().await?;
        }
        Ok(removed)
    }
}

/// A message as it is sent now.
fn written(secret: &[u8], told: Told, data: ChangeEntry, now: Instant) -> Result<Message> {
    let id = message::id(&told);
    let body = message::body(&id, &told, data).map_err(|e| AppError::Fault(format!("通知{id}：{e}")))?;
    Ok(Message { headers: message::headers(secret, &id, now, &body), body, delivery: told.delivery })
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEGUN: Instant = Instant::from_micros(1_795_334_400_000_000);

    fn delivery(attempts: u32) -> Delivery {
        Delivery {
            hook: HookId(1),
            at: Position { epoch: 1, number: 1 },
            state: State::Waiting,
            attempts,
            next_at: BEGUN,
            status: None,
            message: String::new(),
            created_at: BEGUN,
            updated_at: BEGUN,
        }
    }

    #[test]
    fn eight_tries_fill_a_day_and_the_last_one_ends_it() {
        let (mut now, mut tries) = (BEGUN, 0);
        loop {
            let (state, next) = judged(&delivery(tries), &Receipt::Answered(503), now);
            tries += 1;
            if state == State::Dead {
                break;
            }
            now = next;
        }
        assert_eq!(tries, 8);
        let hours = (now.micros() - BEGUN.micros()) / 3_600_000_000;
        assert_eq!(hours, 23, "the last try is made within the day");
        // Where others stood before it in the line, the day ends it as well.
        let late = BEGUN.plus_seconds(LONGEST);
        assert_eq!(judged(&delivery(1), &Receipt::Answered(503), late).0, State::Dead);
        assert_eq!(judged(&delivery(0), &Receipt::Answered(204), late).0, State::Done);
    }

    #[test]
    fn only_an_answer_of_two_hundred_takes_a_message_and_gone_is_the_end() {
        let state = |receipt: Receipt| judged(&delivery(0), &receipt, BEGUN).0;
        assert_eq!(state(Receipt::Answered(200)), State::Done);
        assert_eq!(state(Receipt::Answered(410)), State::Dead);
        for status in [199, 302, 400, 404, 429, 500] {
            assert_eq!(state(Receipt::Answered(status)), State::Waiting, "{status}");
            assert!(Receipt::Answered(status).message().contains(&status.to_string()));
        }
        assert_eq!(state(Receipt::Failed("连不上对方".into())), State::Waiting);
    }

    #[test]
    fn a_hook_that_fails_on_and_on_rests_for_a_minute_at_most() {
        assert_eq!([1, 2, 3, 6, 7, 9, 4_000_000_000].map(rest), [1, 2, 4, 32, 60, 60, 60]);
    }
}
