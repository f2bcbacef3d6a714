//! A certificate to which something happened is looked at again within seconds, by an idle worker that follows the positions of
//! events: whoever writes pays nothing for it.

use super::look::{Items, keep};
use crate::{App, AppError, Result};
use std::collections::BTreeSet;
use store::Urgency;
use store::event::Position;

/// The key of `meta`: up to which position certificates were looked at.
const AT: &str = "quality_at";

/// Events followed in one step.
const HEAP: u32 = 200;

fn read(text: &str) -> Option<Position> {
    let (epoch, number) = text.split_once(':')?;
    Some(Position { epoch: epoch.parse().ok()?, number: number.parse().ok()? })
}

fn text(at: Position) -> String {
    format!("{}:{}", at.epoch, at.number)
}

/// The one of a node's workers that looks: two would look at the same.
pub(crate) type Looking = tokio::sync::Mutex<Items>;

impl App {
    async fn quality_at(&self) -> Result<Option<Position>> {
        let known = store::meta::get((&self.db).into(), AT).await?;
        known.map(|it| read(&it).ok_or_else(|| AppError::Fault(format!("{AT}: {it}")))).transpose()
    }

    /// Whether something happened that was not looked at.
    pub(crate) async fn quality_waits(&self) -> Result<bool> {
        let Some(at) = self.quality_at().await? else { return Ok(true) };
        Ok(!store::feed::happened((&self.db).into(), at, 1).await?.is_empty())
    }

    /// Looks at the certificates of the next events; how many events there were.
    pub(crate) async fn follow_quality(&self) -> Result<usize> {
        let Ok(mut items) = self.looking.try_lock() else { return Ok(0) };
        let Some(at) = self.quality_at().await? else {
            // What is there already is the nightly run's.
            let last = store::event::last((&self.db).into()).await?;
            let tx = self.db.begin(Urgency::Batch).await?;
            if store::meta::advance(&tx, AT, None, &text(last)).await? {
                tx.commit().await?;
            }
            return Ok(0);
        };
        let happened = store::feed::happened((&self.db).into(), at, HEAP).await?;
        let Some(last) = happened.last() else { return Ok(0) };
        let today = self.today();
        let ids: BTreeSet<i64> = happened.iter().filter_map(|it| it.certificate).map(|id| id.0).collect();
        let mut seen = Vec::with_capacity(ids.len());
        for id in ids {
            seen.extend(self.look_through(&mut items, (id - 1, id), today).await?);
        }
        let tx = self.db.begin(Urgency::Batch).await?;
        if !store::meta::advance(&tx, AT, Some(&text(at)), &text(last.position)).await? {
            // Another node was faster; what it looked at is looked at.
            return Ok(0);
        }
        let news = self.news((&tx).into(), &seen, today).await?;
        keep(&tx, news).await?;
        tx.commit().await?;
        Ok(happened.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_is_read_back_from_its_text() {
        let at = Position { epoch: 2, number: 77 };
        assert_eq!(read(&text(at)).map(text), Some("2:77".to_owned()));
        assert_eq!(read("77"), None);
    }
}
