//! 外地有行为的机构: bodies of which another authority did something to a certificate, as the unread letters of the inbox tell.

use super::{Range, WorkAct, WorkRow, named};
use crate::{App, Ctx, Result};
use std::collections::HashMap;
use store::event::Position;
use store::inbox::Which;

/// Letters in a range.
const RANGE: u32 = 50;
/// Bits of a position's number in the place where the list goes on; the epoch stands above.
const BITS: u32 = 44;

impl App {
    /// What the caller's authority was told of and nobody has read, before a letter.
    pub(super) async fn told_of(&self, ctx: &Ctx, before: i64) -> Result<Range> {
        let before = (before != i64::MAX)
            .then_some(Position { epoch: before >> BITS, number: before & ((1 << BITS) - 1) });
        let letters =
            store::inbox::list((&self.db).into(), ctx.authority()?, Which::Unread, before, RANGE).await?;
        let ids = letters.iter().map(|letter| letter.certificate.0).collect();
        let heads = store::certificate::by_ids((&self.db).into(), ids).await?;
        let heads: HashMap<_, _> = heads.into_iter().map(|head| (head.id, head)).collect();
        let names = letters.iter().map(|letter| (letter.body.0, letter.body_name.clone())).collect();
        let tables = self.tables();
        let mut rows = Vec::with_capacity(letters.len());
        for letter in &letters {
            let Some(head) = heads.get(&letter.certificate) else { continue };
            let by = tables.authority(letter.by).map_or("", |it| it.name.as_str());
            let mut note = format!("{by}{}，{} 起", letter.kind.label(), letter.effective);
            if !letter.document.is_empty() {
                note += &format!("（{}）", letter.document);
            }
            note += &format!("；{}", letter.concern.label());
            rows.push(WorkRow::of(named(head, &names), note, WorkAct::Read));
        }
        let last = letters.last().filter(|_| letters.len() == RANGE as usize);
        Ok((rows, last.map(|letter| letter.at.epoch << BITS | letter.at.number)))
    }
}
