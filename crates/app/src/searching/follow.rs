//! The index follows what happens: each change is found within a second.

use super::as_of;
use super::load::Known;
use crate::{App, Result};
use ::search::{Changes, Index, Rows};
use domain::{BodyId, CertificateId, Division};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use store::event::Position;

/// Events taken in one go.
const STEP: u32 = 2_000;

impl App {
    /// The index with what happened since, and whether there is more; `None` if nothing did, or another epoch has begun.
    pub(super) async fn followed(&self, index: &Index) -> Result<Option<(Index, bool)>> {
        let seen = Position { epoch: index.as_of().epoch, number: index.as_of().number };
        let happened = store::feed::happened((&self.near).into(), seen, STEP).await?;
        let Some(last) = happened.last().map(|it| it.position) else { return Ok(None) };
        if last.epoch != seen.epoch {
            return Ok(None);
        }
        // Whether an edition was made, and so other rows.
        let mut certificates: BTreeMap<CertificateId, bool> = BTreeMap::new();
        for it in &happened {
            if let Some(id) = it.certificate {
                *certificates.entry(id).or_default() |= it.rows || index.edition_of(id).is_none();
            }
        }
        // What was moved by a merge has events of its own; the body is told with other codes all the same.
        let bodies = happened.iter().filter_map(|it| it.body).collect();
        let changes = self.changes_of(certificates, bodies).await?;
        Ok(Some((index.follow(changes, as_of(last)), happened.len() == STEP as usize)))
    }

    async fn changes_of(
        &self,
        certificates: BTreeMap<CertificateId, bool>,
        mut bodies: BTreeSet<BodyId>,
    ) -> Result<Changes> {
        if certificates.is_empty() && bodies.is_empty() {
            return Ok(Changes::default());
        }
        let reader = (&self.near).into();
        let heads = store::certificate::by_ids(reader, certificates.keys().map(|id| id.0).collect()).await?;
        let with_rows = certificates.iter().filter(|(_, rows)| **rows).map(|(id, _)| id.0).collect();
        let mut rows = self.rows_of(with_rows).await?;
        let mut places: HashMap<CertificateId, Vec<Division>> = HashMap::new();
        let ids = heads.iter().map(|head| head.id.0).collect();
        for (id, division) in store::feed::places_of(reader, ids).await? {
            places.entry(id).or_default().push(division);
        }
        let entries = self.certificate_entries(&heads, places).await?;
        let certificates = entries.into_iter().map(|entry| {
            let its = rows.remove(&entry.id);
            (entry, its)
        });
        bodies.extend(heads.iter().map(|head| head.body));
        let ids = || bodies.iter().map(|id| id.0).collect();
        let mut known: HashMap<BodyId, Known> = HashMap::new();
        for named in store::feed::names_of(reader, ids()).await? {
            known.entry(named.body).or_default().take(named);
        }
        for (body, authority, concern) in store::kin::told(reader, ids()).await? {
            known.entry(body).or_default().told.push((authority, concern));
        }
        for row in store::body::merged_into(reader, ids()).await? {
            known.entry(row.stays()).or_default().take_merged(row);
        }
        let mut entries = Vec::with_capacity(bodies.len());
        for body in store::body::by_ids(reader, ids()).await? {
            let known = known.remove(&body.id).unwrap_or_default();
            entries.push(self.body_entry(body, known));
        }
        Ok(Changes { certificates: certificates.collect(), bodies: entries })
    }

    /// The rows that hold now of each of these certificates.
    async fn rows_of(&self, ids: Vec<i64>) -> Result<HashMap<CertificateId, Rows>> {
        let reader = (&self.near).into();
        let mut out: HashMap<_, Rows> = ids.iter().map(|id| (CertificateId(*id), Rows::default())).collect();
        for (id, row) in store::feed::capabilities_of(reader, ids.clone()).await? {
            out.entry(id).or_default().capabilities.push(row);
        }
        for (id, row) in store::feed::instruments_of(reader, ids.clone()).await? {
            out.entry(id).or_default().instruments.push(row);
        }
        for (id, row) in store::feed::signatories_of(reader, ids.clone()).await? {
            out.entry(id).or_default().signatories.push(row);
        }
        for (id, row) in store::feed::staff_of(reader, ids).await? {
            out.entry(id).or_default().staff.push(row);
        }
        Ok(out)
    }
}
