//! Addresses at which several bodies stand.

use super::{Range, WorkCertificate, WorkRow, named};
use crate::{App, Ctx, Result};
use domain::AddressShape;
use std::collections::BTreeSet;
use store::worklist;

/// Sites in a range of addresses.
const SITES: u32 = 5_000;

impl App {
    pub(super) async fn shared_addresses(&self, ctx: &Ctx, after: i64) -> Result<Range> {
        let reader = || (&self.db).into();
        let today = self.today();
        let end = worklist::address_at(reader(), after, SITES).await?;
        let keys = worklist::shared_addresses(reader(), after, end.unwrap_or(i64::MAX), today).await?;
        let mut rows = Vec::new();
        for key in keys {
            let sites = store::elsewhere::standing(reader(), key, today, u32::MAX).await?;
            let names = self.body_names(sites.iter().map(|it| &it.head)).await?;
            // Addresses of one key need not be one address, and one without a city may be that of several.
            let mut places: Vec<(AddressShape, &str, Vec<WorkCertificate>)> = Vec::new();
            for it in &sites {
                let Some(shape) = AddressShape::of(&it.address, it.division) else { continue };
                let certificate = named(&it.head, &names);
                match places.iter_mut().find(|(known, ..)| known.same(&shape)) {
                    Some((.., certificates)) => certificates.push(certificate),
                    None => places.push((shape, &it.address, vec![certificate])),
                }
            }
            for (_, address, mut certificates) in places {
                certificates.dedup_by_key(|it| it.head.id);
                let bodies: BTreeSet<_> = certificates.iter().map(|it| it.head.body).collect();
                if bodies.len() > 1 && Self::concerns(ctx, &certificates) {
                    let note = format!("{}家机构的场所在此", bodies.len());
                    rows.push(WorkRow {
                        subject: address.to_owned(),
                        note,
                        certificates,
                        details: Vec::new(),
                        act: None,
                    });
                }
            }
        }
        Ok((rows, end))
    }
}
