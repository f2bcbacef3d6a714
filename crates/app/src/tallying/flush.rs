//! What a node counted, written: one row each half second, and one of the bodies, in one transaction.

use crate::{App, AppError, Result};
use domain::tally::pack_bodies;
use store::tally_log::{Which, put};
use store::{StoreError, Urgency};

impl App {
    /// Writes what this node has counted. The server calls it twice a second and at the end; what cannot be written stays in
    /// memory for the next time.
    ///
    /// # Errors
    /// Only what is our own fault; nothing is lost and nothing written twice.
    pub async fn flush_tally(&self) -> Result<()> {
        let mut pending = self.counting.pending.lock().await;
        let mut fresh = self.counting.take();
        pending.raw.append(&mut fresh);
        if pending.is_empty() {
            return Ok(());
        }
        let bodies = pending.unplaced();
        let found = match bodies.is_empty() {
            true => Ok(Vec::new()),
            false => store::tally_log::provinces((&self.db).into(), bodies.clone()).await,
        };
        let found = found.map(|found| pending.place(bodies, found));
        // Equal ones become one also while the store is away, so that they fill no memory.
        pending.add_up();
        found?;
        pending.forget(self.now());
        // Apart from what is written: that no number could be had is known.
        let id = self.ids("tally_log", 1).await?;
        let taken = pending.take();
        let (log, bodies) = (taken.log().pack(), taken.bodies());
        let bodies = (!bodies.is_empty()).then(|| pack_bodies(&bodies));
        match self.write_log(id, log, bodies).await {
            Ok(()) => Ok(()),
            // It may stand or not: to write it again might count it twice.
            Err(AppError::Store(StoreError::CommitUnknown)) => {
                tracing::error!(
                    "whether the last counts were written is unknown; they are not written again"
                );
                Ok(())
            }
            Err(error) => {
                pending.put_back(taken);
                Err(error)
            }
        }
    }

    async fn write_log(&self, id: i64, log: Vec<u8>, bodies: Option<Vec<u8>>) -> Result<()> {
        let now = self.now();
        // Two rows, and in a second they may be lost: they do not wait until nobody has anything to write.
        let tx = self.db.begin(Urgency::Act).await?;
        put(&tx, Which::Questions, id, now, log).await?;
        if let Some(bodies) = bodies {
            put(&tx, Which::Bodies, id, now, bodies).await?;
        }
        Ok(tx.commit().await?)
    }
}
