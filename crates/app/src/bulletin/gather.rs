//! The whole numbers of a bulletin, read at one moment.

use crate::verify::held;
use crate::{App, Ctx, DockingStanding, Mode, Result};
use domain::bulletin::{Aggregates, AskedOf, BulletinId, Counts, Docked, Period, Row};
use domain::tally::{Agent, Dimension, Measure};
use domain::{AuthorityId, Day, Lookup, Object, Record, Shown, Verdict, VerdictWord};
use std::collections::HashMap;
use store::Snapshot;
use store::tally::Of;

/// Certificates whose history is read at a time.
const HEAP: usize = 1_000;

/// Counts by authority, and what nobody has.
#[derive(Default)]
struct Side {
    of: HashMap<AuthorityId, Counts>,
    nobody: AskedOf,
}

impl Side {
    fn of(&mut self, authority: AuthorityId) -> &mut Counts {
        self.of.entry(authority).or_default()
    }
}

impl App {
    /// Counts what a bulletin on a period is made of, and the same of the period before.
    pub(super) async fn gather(
        &self,
        ctx: &Ctx,
        period: Period,
        (edition, corrects): (u32, Option<BulletinId>),
    ) -> Result<Aggregates> {
        let board = self.docking_board(ctx).await?;
        let seen = self.db.snapshot().await?;
        let cut = store::event::last((&seen).into()).await?;
        let mut now = self.counted(&seen, period).await?;
        let mut before = match period.previous() {
            Some(previous) => self.counted(&seen, previous).await?,
            None => Side::default(),
        };
        drop(seen);
        let docked = |id| {
            let row = board.rows.iter().find(|row| row.standing.authority == id);
            row.map_or(Docked::Not, |row| docked(&row.standing))
        };
        let tables = self.tables();
        let rows = tables.authorities.iter().map(|authority| Row {
            authority: authority.id,
            level: authority.level,
            short_name: authority.short_name.clone(),
            name: authority.name.clone(),
            docked: docked(authority.id),
            now: now.of.remove(&authority.id).unwrap_or_default(),
            before: before.of.remove(&authority.id).unwrap_or_default(),
        });
        Ok(Aggregates {
            period,
            edition,
            corrects,
            cut: (cut.epoch, cut.number),
            rows: rows.collect(),
            nobody: (now.nobody, before.nobody),
        })
    }

    async fn counted(&self, seen: &Snapshot, period: Period) -> Result<Side> {
        let (first, last) = (period.first(), period.last());
        let mut side = Side::default();
        self.in_force(seen, last, &mut side).await?;
        for it in store::reckoning::coded(seen.into(), (first, last)).await? {
            let counts = side.of(it.authority);
            counts.coded += it.n;
            if it.taken_over {
                counts.taken_over += it.n;
            } else if let Some(days) = it.waited {
                *counts.waited.entry(days.try_into().unwrap_or(0)).or_default() += it.n;
            }
        }
        for it in store::declared::on(seen.into(), last).await? {
            side.of(it.authority).declared = Some(it.certificates);
        }
        checked(seen, (first, last), &mut side).await?;
        asked(seen, (first, last), &mut side).await?;
        Ok(side)
    }

    /// Certificates in force at the end of a day: those that are valid now, put right by the history of the few that are not
    /// now what they were then.
    async fn in_force(&self, seen: &Snapshot, on: Day, side: &mut Side) -> Result<()> {
        for (authority, n) in store::reckoning::valid_now(seen.into(), on).await? {
            side.of(authority).in_force = n;
        }
        let unsettled = store::reckoning::unsettled(seen.into(), on).await?;
        for heap in unsettled.chunks(HEAP) {
            let ids: Vec<i64> = heap.iter().map(|(id, _)| id.0).collect();
            let heads = store::certificate::by_ids(seen.into(), ids.clone()).await?;
            let events = store::event::of_objects(seen.into(), Object::Certificate, ids).await?;
            let heads: HashMap<i64, _> = heads.into_iter().map(|head| (head.id.0, head)).collect();
            let events: HashMap<i64, _> = events
                .chunk_by(|a, b| a.object_id == b.object_id)
                .map(|all| (all[0].object_id, all))
                .collect();
            for (id, counted) in heap {
                let Some(head) = heads.get(&id.0) else { continue };
                let held = held(head, events.get(&id.0).copied().unwrap_or_default());
                let (valid_from, valid_to) = (head.valid_from, head.valid_to);
                let record = Record { held: &held, valid_from, valid_to, edition: head.edition };
                let verdict = Verdict::of(Lookup::Found(record), Shown::Short, on, self.today());
                let counts = side.of(head.authority);
                match (verdict.word() == VerdictWord::Valid, counted) {
                    (true, false) => counts.in_force += 1,
                    (false, true) => counts.in_force = counts.in_force.saturating_sub(1),
                    (true, true) | (false, false) => {}
                }
            }
        }
        Ok(())
    }
}

/// The last check of each authority's stock in a period.
async fn checked(seen: &Snapshot, days: (Day, Day), side: &mut Side) -> Result<()> {
    let all = store::quality::days(seen.into(), None, days).await?;
    let mut last: HashMap<AuthorityId, Day> = HashMap::new();
    // They come in the order of days.
    all.iter().filter(|it| it.rule.is_empty()).for_each(|it| {
        last.insert(it.authority, it.day);
    });
    for it in all.into_iter().filter(|it| last.get(&it.authority) == Some(&it.day)) {
        let quality = side.of(it.authority).quality.get_or_insert_default();
        if it.rule.is_empty() {
            (quality.certificates, quality.rows) = (it.certificates, it.rows);
        } else {
            quality.faults.insert(it.rule, (it.certificates, it.rows));
        }
    }
    Ok(())
}

/// What the public asked in a period, people and programs apart.
async fn asked(seen: &Snapshot, days: (Day, Day), side: &mut Side) -> Result<()> {
    let valid = VerdictWord::Valid.key();
    for measure in [Measure::Scan, Measure::Verdict, Measure::Batch] {
        for sum in store::tally::by_authority(seen.into(), measure, Dimension::Answer, days).await? {
            let asked = match sum.of {
                Of::Authority(id) => &mut side.of(id).asked,
                Of::Nobody => &mut side.nobody,
                Of::Nation => continue,
            };
            if sum.agent == Agent::Machine {
                asked.machines += sum.n;
                continue;
            }
            match measure {
                Measure::Scan => asked.scans += sum.n,
                _ => asked.queries += sum.n,
            }
            if sum.value != valid {
                asked.failures += sum.n;
            }
        }
    }
    Ok(())
}

/// The farthest that a docking has come.
fn docked(it: &DockingStanding) -> Docked {
    match it {
        it if it.live.is_some() => Docked::Live,
        it if it.mode == Mode::Networked => Docked::Networked,
        it if it.sandbox.is_some() => Docked::Sandbox,
        it if it.systems > 0 => Docked::Issued,
        it if it.filed_at.is_some() => Docked::Filed,
        _ => Docked::Not,
    }
}
