//! Keys of the addresses of sites: made when nothing else is to be done, and before a check as far as one heap goes.

use crate::{App, Result};
use domain::AddressShape;
use store::elsewhere::Due;
use store::{StoreError, Urgency};

/// Sites whose keys are made in one transaction: about 30 ms of the writer's time.
const HEAP: u32 = 4_000;

impl App {
    /// Makes the keys of one heap of sites that are new. How many there were.
    ///
    /// # Errors
    /// Those of the store; another process that makes the same keys is none.
    pub(crate) async fn key_sites(&self) -> Result<u32> {
        let due = store::elsewhere::due((&self.db).into(), HEAP).await?;
        if due.is_empty() {
            return Ok(0);
        }
        let key = |it: &Due| {
            let shape = AddressShape::of(&it.address, it.division)?;
            Some((shape.key(), it.certificate, it.row))
        };
        let keys = due.iter().filter_map(key).collect();
        let tx = self.db.begin(Urgency::Batch).await?;
        match store::elsewhere::keep(&tx, &due, keys).await {
            Ok(()) => tx.commit().await?,
            Err(StoreError::Conflict) => return Ok(0),
            Err(error) => return Err(error.into()),
        }
        Ok(due.len() as u32)
    }

    /// Whether keys are still to be made after one heap of them was.
    pub(super) async fn sites_due(&self) -> Result<bool> {
        let reader = || (&self.db).into();
        if !store::elsewhere::is_due(reader()).await? {
            return Ok(false);
        }
        self.key_sites().await?;
        Ok(store::elsewhere::is_due(reader()).await?)
    }
}
