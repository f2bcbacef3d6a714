//! Capabilities whose instruments are no longer traceable, or that have none.

use super::{Range, WorkCertificate, WorkRow, named};
use crate::{App, Ctx, Result};
use domain::{Cover, Day, Equipped, Item, StatusWord, VerdictWord};
use store::certificate::Filter;

/// Certificates in a range.
const CERTIFICATES: u32 = 20;

impl App {
    pub(super) async fn uncovered(&self, ctx: &Ctx, after: i64) -> Result<Range> {
        let reader = || (&self.db).into();
        let own = ctx.authority()?;
        let authority = (!ctx.actor.is_national()).then_some(own);
        let filter = Filter { authority, status: Some(StatusWord::Valid), ..Filter::default() };
        let ids = store::certificate::ids(reader(), &filter, after, CERTIFICATES).await?;
        let today = self.today();
        let heads = store::certificate::by_ids(reader(), ids.iter().map(|id| id.0).collect()).await?;
        let names = self.body_names(heads.iter()).await?;
        let mut rows = Vec::new();
        for head in heads {
            let word = VerdictWord::of_days(head.status.word(), head.valid_from, head.valid_to, today);
            if word == VerdictWord::Valid {
                rows.extend(self.uncovered_of(&named(&head, &names), today).await?);
            }
        }
        let next = ids.last().filter(|_| ids.len() == CERTIFICATES as usize);
        Ok((rows, next.map(|id| id.0)))
    }

    async fn uncovered_of(&self, it: &WorkCertificate, today: Day) -> Result<Option<WorkRow>> {
        let (id, edition) = (it.head.id, it.head.edition);
        let reader = || (&self.db).into();
        let instruments = store::content::instruments(reader(), id, edition).await?;
        let equipped = Equipped::new(instruments.iter().map(|row| &row.value), today);
        if instruments.is_empty() {
            return Ok(None);
        }
        let rows = store::content::capabilities(reader(), id, edition, 0, u32::MAX).await?;
        let (mut lapsed, mut missing, mut details) = (0, 0, Vec::new());
        for row in &rows {
            match equipped.cover(&row.value) {
                Cover::Held | Cover::Untold => continue,
                Cover::Lapsed(day) => {
                    lapsed += 1;
                    details.push(format!("{}：设备有效日期至 {day}", called(&row.value.item)));
                }
                Cover::Missing => {
                    missing += 1;
                    details.push(format!("{}：没有对应的设备", called(&row.value.item)));
                }
            }
        }
        let parts = [(lapsed, "条检测能力的设备有效日期已过"), (missing, "条没有对应的设备")];
        let note = parts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n}{what}"));
        let note = note.collect::<Vec<_>>().join("，");
        let row =
            || WorkRow { subject: it.body.clone(), note, certificates: vec![it.clone()], details, act: None };
        Ok((lapsed + missing > 0).then(row))
    }
}

/// An item with what it is tested by: 铅（GB/T 5750.6-2023 4.1）.
fn called(item: &Item) -> String {
    let parts = [item.standard_number.as_str(), item.clause.as_str()];
    let by: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    if by.is_empty() { item.name.clone() } else { format!("{}（{}）", item.name, by.join(" ")) }
}
