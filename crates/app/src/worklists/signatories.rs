//! Persons who sign for several bodies.

use super::{Range, WorkCertificate, WorkRow, named};
use crate::{App, Ctx, Result};
use domain::PersonId;
use std::collections::BTreeSet;
use store::worklist;

/// Keys of persons in a range.
const PERSONS: i64 = 20_000;

impl App {
    pub(super) async fn double_signatories(&self, ctx: &Ctx, after: i64) -> Result<Range> {
        let reader = || (&self.db).into();
        let (today, last) = (self.today(), worklist::last_signatory(reader()).await?);
        let to = PersonId(last.0.min(after.saturating_add(PERSONS)));
        let persons = worklist::sign_for_several(reader(), PersonId(after), to, today).await?;
        let ids = persons.iter().map(|person| person.0).collect();
        let signing = store::elsewhere::signing_as(reader(), ids, today, u32::MAX).await?;
        let names = self.body_names(signing.iter().map(|it| &it.head)).await?;
        let mut rows = Vec::new();
        for person in persons {
            let its = signing.iter().filter(|it| it.person == person);
            let mut certificates: Vec<WorkCertificate> = Vec::new();
            for it in its.clone() {
                certificates.push(named(&it.head, &names));
            }
            let bodies: BTreeSet<_> = certificates.iter().map(|it| it.head.body).collect();
            let Some(first) =
                its.clone().next().filter(|_| bodies.len() > 1 && Self::concerns(ctx, &certificates))
            else {
                continue;
            };
            rows.push(WorkRow {
                subject: first.name.clone(),
                note: format!("在{}家机构担任授权签字人", bodies.len()),
                certificates,
                details: Vec::new(),
                act: None,
            });
        }
        Ok((rows, (to < last).then_some(to.0)))
    }
}
