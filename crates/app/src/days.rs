//! Days that come: a certificate begins to be valid, or was for the last time, or a status recorded before holds from now
//! on, without anybody doing anything. Each is told once, as an event of the registry itself, so that whoever follows
//! positions (change stream, deltas) learns of it (architecture.md 5). Nothing is stored in the certificate.

use crate::{App, AppError, Ctx, Result};
use domain::{Actor, AuthorityId, Day, Door, Event, EventKind, Object, StatusWord, VerdictWord};
use store::Urgency;
use store::certificate::Head;

/// The key of `meta`: the day that is told and the key of the last certificate told of on it.
const KEY: &str = "days_told";

/// Certificates told of in one transaction.
const MOST: u32 = 200;

/// How far the days are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Told {
    /// The day.
    pub day: Day,
    /// Of it, the certificates up to this key.
    pub up_to: i64,
}

impl Told {
    fn read(text: &str) -> Option<Told> {
        let (day, up_to) = text.split_once(':')?;
        Some(Told { day: Day::from_number(day.parse().ok()?).ok()?, up_to: up_to.parse().ok()? })
    }

    fn text(self) -> String {
        format!("{}:{}", self.day.number(), self.up_to)
    }

    fn whole(day: Day) -> Told {
        Told { day, up_to: i64::MAX }
    }
}

/// What the registry does by itself.
pub(crate) fn by_itself(what: &str) -> Ctx {
    Ctx { actor: Actor::System, door: Door::System, request_id: what.to_owned(), source: String::new() }
}

impl App {
    /// How far the days are told; none in a registry that has not begun to.
    pub(crate) async fn days_told(&self, reader: store::Reader<'_>) -> Result<Option<Told>> {
        let text = store::meta::get(reader, KEY).await?;
        text.map(|text| Told::read(&text).ok_or_else(|| AppError::Fault(format!("{KEY}: {text}"))))
            .transpose()
    }

    /// Tells of the days that came since it was last asked, up to today, also those of a standstill. Any number of nodes may
    /// ask at once: each certificate's day is told once. How many were told of. The server asks every minute.
    pub async fn tell_days(&self) -> Result<u64> {
        let mut count = 0;
        loop {
            let today = self.today();
            let told = self.days_told((&self.db).into()).await?;
            let of = match told {
                // What came before the registry began to tell is in no stream.
                None => Told::whole(today),
                Some(told) if told.up_to < i64::MAX => told,
                Some(told) if told.day < today => {
                    Told { day: told.day.plus_days(1).map_err(|_| AppError::NotFound)?, up_to: 0 }
                }
                Some(_) => return Ok(count),
            };
            count += self.tell_some(told, of).await?;
        }
    }

    /// Tells of the next certificates of a day, in one transaction with how far that is.
    async fn tell_some(&self, was: Option<Told>, of: Told) -> Result<u64> {
        let before = of.day.plus_days(-1).map_err(|_| AppError::NotFound)?;
        let all: Vec<AuthorityId> = self.tables().authorities.iter().map(|it| it.id).collect();
        let reader = (&self.db).into();
        let heads = match was {
            None => Vec::new(),
            Some(_) => store::open_rows::day_comes(reader, &all, of.day, before, of.up_to, MOST).await?,
        };
        let more = heads.len() == MOST as usize;
        let up_to = heads.last().filter(|_| more).map_or(i64::MAX, |head| head.id.0);
        let events: Vec<Event> =
            heads.iter().filter_map(|head| self.day_event(head, of.day, before)).collect();
        let tx = self.db.begin(Urgency::Batch).await?;
        let from = was.map(Told::text);
        if !store::meta::advance(&tx, KEY, from.as_deref(), &Told { day: of.day, up_to }.text()).await? {
            // Another node was faster; what it told is told.
            return Ok(0);
        }
        if !events.is_empty() {
            store::event::append(&tx, &events).await?;
        }
        tx.commit().await?;
        Ok(events.len() as u64)
    }

    /// What the day changes for a certificate; none where it is nobody's news.
    fn day_event(&self, head: &Head, day: Day, before: Day) -> Option<Event> {
        // A status that holds from this day on was told when it was recorded, but not that the day came.
        let recorded = |on: Day| match head.status.since().is_none_or(|since| since <= on) {
            true => head.status.word(),
            false => StatusWord::Valid,
        };
        let word = |on: Day| VerdictWord::of_days(recorded(on), head.valid_from, head.valid_to, on);
        let (was, is) = (word(before), word(day));
        // What was assigned on the day itself was told as it stood.
        if was == is || head.assigned_at.day() >= day {
            return None;
        }
        let ctx = by_itself("days");
        let event = self.event(&ctx, EventKind::DayCame, Object::Certificate, head.id.0);
        let details = vec![("before", was.key().to_owned()), ("word", is.key().to_owned())];
        Some(Event { effective: day, authority: Some(head.authority), details, ..event })
    }
}
