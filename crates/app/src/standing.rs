//! What officers' lists and details say of a certificate today: the rule of a scan, on the acts that a scan reads, so
//! that officers and the public never read two words of one certificate.

use crate::verify::held;
use crate::{App, Result};
use domain::{CertificateId, Lookup, Object, Record, Shown, Verdict};
use std::collections::HashMap;
use store::certificate::Head;
use store::event::Recorded;

impl App {
    /// Today's verdict on each of these certificates, in their order. For heads the caller was let see.
    ///
    /// A recorded status whose day has come is what holds. Only one that begins later (a successor's first day) hides
    /// what holds until then; for those the acts are read, in one statement for the whole page.
    pub async fn standings(&self, heads: &[&Head]) -> Result<Vec<Verdict>> {
        let today = self.today();
        let later = heads.iter().filter(|head| head.status.since().is_some_and(|day| day > today));
        let ids: Vec<i64> = later.map(|head| head.id.0).collect();
        let mut acts: HashMap<i64, Vec<Recorded>> = HashMap::new();
        if !ids.is_empty() {
            let events = store::event::of_objects((&self.db).into(), Object::Certificate, ids).await?;
            events.into_iter().for_each(|event| acts.entry(event.object_id).or_default().push(event));
        }
        let verdict = |head: &&Head| {
            let held = held(head, acts.get(&head.id.0).map_or(&[], Vec::as_slice));
            let record = Record {
                held: &held,
                valid_from: head.valid_from,
                valid_to: head.valid_to,
                edition: head.edition,
            };
            Verdict::of(Lookup::Found(record), Shown::Short, today, today)
        };
        Ok(heads.iter().map(verdict).collect())
    }

    /// The same for certificates by their keys.
    pub async fn standings_by_id(&self, heads: &[&Head]) -> Result<HashMap<CertificateId, Verdict>> {
        let verdicts = self.standings(heads).await?;
        Ok(heads.iter().map(|head| head.id).zip(verdicts).collect())
    }
}
