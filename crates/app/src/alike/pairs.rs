//! 疑似重复机构: pairs of bodies of the registry that may be one, made by an idle worker for all authorities that have to do with
//! one of the two, so that a list of them is a walk along an index.

use super::{REST, keys};
use crate::{App, Result};
use domain::{AuthorityId, BodyId, pair_ground};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeSet;
use store::body::Body;
use store::pair::Pair;
use store::{StoreError, Urgency};

/// Bodies whose pairs are made in one transaction.
const HEAP: u32 = 1_000;
/// The area of the XPCC: a flag, not a place.
const CORPS: &str = "66";

impl App {
    /// Makes the pairs of bodies that are new, have another name, were merged or split. How many bodies there were.
    ///
    /// # Errors
    /// Those of the store; another process that makes the same pairs is none.
    pub(crate) async fn pair_bodies(&self) -> Result<u32> {
        let mut made = 0;
        loop {
            let due = store::pair::due((&self.db).into(), HEAP).await?;
            if due.is_empty() {
                return Ok(made);
            }
            let ids: Vec<BodyId> = due.iter().map(|body| body.id).collect();
            let pairs = self.pairs_of(&due).await?;
            let tx = self.db.begin(Urgency::Batch).await?;
            match store::pair::keep(&tx, &ids, &pairs).await {
                Ok(()) => tx.commit().await?,
                Err(StoreError::Conflict) => return Ok(made),
                Err(error) => return Err(error.into()),
            }
            made += ids.len() as u32;
            tokio::time::sleep(REST).await;
        }
    }

    /// The pairs of these bodies with any other, each with the areas that it is listed for.
    async fn pairs_of(&self, bodies: &[Body]) -> Result<Vec<(Pair, Vec<String>)>> {
        let reader = (&self.db).into();
        let mut wanted: Vec<i64> = bodies.iter().flat_map(keys).collect();
        wanted.sort_unstable();
        wanted.dedup();
        let found = store::alike::by_keys(reader, wanted).await?;
        let mut by_key: FxHashMap<i64, Vec<&Body>> = FxHashMap::default();
        for (key, body) in found.iter().filter(|(_, body)| body.merged_into.is_none()) {
            by_key.entry(*key).or_default().push(body);
        }
        let mut seen: FxHashSet<(BodyId, BodyId)> = FxHashSet::default();
        let mut pairs: Vec<(Pair, [&Body; 2])> = Vec::new();
        for body in bodies.iter().filter(|body| body.merged_into.is_none()) {
            for other in keys(body).filter_map(|key| by_key.get(&key)).flatten() {
                if other.id == body.id || !seen.insert((body.id.min(other.id), body.id.max(other.id))) {
                    continue;
                }
                let ground = pair_ground(&body.sided(), &other.sided());
                pairs.extend(ground.map(|ground| (Pair::of(ground, body.id, other.id), [body, *other])));
            }
        }
        let ids = pairs.iter().flat_map(|(_, both)| both.map(|body| body.id.0)).collect();
        let mut issuers: FxHashMap<BodyId, Vec<AuthorityId>> = FxHashMap::default();
        for (body, authority) in store::kin::issuers(reader, ids).await? {
            issuers.entry(body).or_default().push(authority);
        }
        let areas = |both: [&Body; 2]| {
            let mut areas = BTreeSet::from([String::new()]);
            for body in both {
                areas.extend(body.division.map(|division| division.province().to_owned()));
                areas.extend(body.xpcc.then(|| CORPS.to_owned()));
                let of = issuers.get(&body.id).into_iter().flatten();
                areas.extend(of.filter_map(|id| self.tables().authority(*id).map(|it| it.area.clone())));
            }
            areas.into_iter().collect()
        };
        Ok(pairs.iter().map(|(pair, both)| (*pair, areas(*both))).collect())
    }
}
