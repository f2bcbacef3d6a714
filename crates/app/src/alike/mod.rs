//! 疑似重复: what a person should look at before two records of one body, or two certificates of it, come to be. Warnings
//! only. What is alike is [`domain::NameShape`]'s rule; here it is asked within one file and of the registry.

mod pairs;
mod party;
mod twins;

pub(crate) use party::Party;
pub(crate) use twins::twins;

use crate::{App, Result};
use domain::{Alike, BodyId, Problem, Uscc, name_key};
use party::Side;
use rustc_hash::FxHashMap;
use std::time::Duration;
use store::Urgency;
use store::body::Body;

/// Bodies whose keys are made in one transaction: about 30 ms of the writer's time.
const HEAP: u32 = 4_000;
/// Rest between two of them, in which others can take the writer.
const REST: Duration = Duration::from_millis(3);
/// Warnings of one sort about one certificate; more of them would say the same.
const MOST: usize = 3;

impl App {
    /// Makes the keys of bodies that are new or have another name. How many there were.
    ///
    /// # Errors
    /// Those of the store; another process that makes the same keys is none.
    pub(crate) async fn key_bodies(&self) -> Result<u32> {
        let mut made = 0;
        loop {
            let due = store::alike::due((&self.db).into(), HEAP).await?;
            if due.is_empty() {
                return Ok(made);
            }
            let ids: Vec<BodyId> = due.iter().map(|body| body.id).collect();
            let of = |body: &Body| keys(body).map(|key| (key, body.id)).collect::<Vec<_>>();
            let keys = due.iter().flat_map(of).collect();
            let tx = self.db.begin(Urgency::Batch).await?;
            match store::alike::keep(&tx, &ids, keys).await {
                Ok(()) => tx.commit().await?,
                Err(store::StoreError::Conflict) => return Ok(made),
                Err(error) => return Err(error.into()),
            }
            made += ids.len() as u32;
            tokio::time::sleep(REST).await;
        }
    }

    /// Bodies of the registry that may be those of a chunk of certificates: one list of problems each.
    pub(crate) async fn known_alike(&self, parties: &[Option<Party>]) -> Result<Vec<Vec<Problem>>> {
        let mut keys: Vec<i64> = parties.iter().flatten().flat_map(|p| p.keys).collect();
        keys.sort_unstable();
        keys.dedup();
        let found = store::alike::by_keys((&self.db).into(), keys).await?;
        let mut by_key: FxHashMap<i64, Vec<&Body>> = FxHashMap::default();
        for (key, body) in &found {
            by_key.entry(*key).or_default().push(body);
        }
        let slips: Vec<Vec<Uscc>> =
            parties.iter().map(|p| p.as_ref().map(Party::slips).unwrap_or_default()).collect();
        let codes: Vec<String> = slips.iter().flatten().map(|u| u.as_str().to_owned()).collect();
        let meant = if codes.is_empty() {
            Vec::new()
        } else {
            store::body::by_own_usccs((&self.db).into(), codes).await?
        };
        let asked = parties.iter().zip(&slips);
        let one = |(party, slips): (&Option<Party>, &Vec<Uscc>)| {
            party.as_ref().map(|party| of_registry(party, &by_key, slips, &meant)).unwrap_or_default()
        };
        Ok(asked.map(one).collect())
    }
}

/// The keys by which a body finds its like: those of its name, and that of its organisation code.
fn keys(body: &Body) -> impl Iterator<Item = i64> {
    domain::NameShape::of(&body.name).keys().into_iter().chain(domain::org_key(&body.sided()))
}

/// What the registry has that is like one certificate's body.
fn of_registry(
    party: &Party,
    by_key: &FxHashMap<i64, Vec<&Body>>,
    slips: &[Uscc],
    meant: &[Body],
) -> Vec<Problem> {
    let mut out = Vec::new();
    let side = |body: &Body| Side {
        place: "登记库".to_owned(),
        name: body.name.clone(),
        own: body.own_uscc,
        parent: body.parent_uscc,
    };
    let mut seen: Vec<BodyId> = Vec::new();
    // What was merged with the body of this very code is no other one.
    let found = || party.keys.iter().filter_map(|key| by_key.get(key)).flatten();
    let mine = found().find(|body| party.is(body)).map(|body| body.stays());
    for body in found().filter(|body| mine != Some(body.stays())) {
        // One name with two codes is told by the plan.
        if out.len() == MOST || seen.contains(&body.id) || body.name_key == party.name_key() {
            continue;
        }
        seen.push(body.id);
        out.extend(party.near(&side(body)));
    }
    for body in meant.iter().filter(|b| b.own_uscc.is_some_and(|own| slips.contains(&own))).take(MOST) {
        out.extend(party.mistyped(&side(body)));
    }
    out
}

/// Whether two names are of one body, as far as names tell.
fn same_or_alike(a: &str, b: &str) -> bool {
    name_key(a) == name_key(b) || domain::NameShape::of(a).alike(&domain::NameShape::of(b)).is_some()
}

/// How alike names differ, in words.
fn manner(alike: Alike) -> &'static str {
    match alike {
        Alike::Words => "只是写法不同",
        Alike::Slip => "只差一字",
    }
}
