//! The salt of a day: what makes a visitor's hash mean nothing on the next one. The first node that needs it makes it, all take
//! the same, and when the day is over it is forgotten by the store and by every node.

use super::Counting;
use crate::{App, Result, entropy};
use domain::Day;
use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use store::Urgency;

/// Microseconds after which a store that gave no salt is asked again.
const AGAIN: i64 = 5_000_000;

/// A day and its salt.
#[derive(Clone, Copy)]
pub(super) struct Salt {
    day: Day,
    salt: [u8; 32],
}

impl Counting {
    fn known_salt(&self, day: Day) -> Option<[u8; 32]> {
        let kept = self.salt.read().unwrap_or_else(PoisonError::into_inner);
        kept.filter(|it| it.day == day).map(|it| it.salt)
    }

    /// Forgets the salt of a day that is over.
    pub(super) fn forget_salt(&self, today: Day) {
        let mut kept = self.salt.write().unwrap_or_else(PoisonError::into_inner);
        kept.take_if(|it| it.day != today);
    }
}

impl App {
    /// The salt of the day; none while the store does not give one, and then nobody is counted as a visitor.
    pub(super) async fn salt_of(&self, day: Day) -> Option<[u8; 32]> {
        if let Some(salt) = self.counting.known_salt(day) {
            return Some(salt);
        }
        // A page that needs no store is not kept waiting by one that is away.
        let now = self.now().micros();
        if now < self.counting.salt_again.load(Ordering::Relaxed) {
            return None;
        }
        match self.shared_salt(day).await {
            Ok(salt) => {
                let mut kept = self.counting.salt.write().unwrap_or_else(PoisonError::into_inner);
                *kept = Some(Salt { day, salt });
                Some(salt)
            }
            Err(error) => {
                tracing::warn!(?error, "no salt for the visitors of the day");
                self.counting.salt_again.store(now + AGAIN, Ordering::Relaxed);
                None
            }
        }
    }

    async fn shared_salt(&self, day: Day) -> Result<[u8; 32]> {
        if let Some(salt) = store::tally_log::salt((&self.db).into(), day).await? {
            return Ok(salt);
        }
        let own = entropy::bytes::<32>();
        let tx = self.db.begin(Urgency::Act).await?;
        store::tally_log::propose_salt(&tx, day, &own).await?;
        tx.commit().await?;
        let salt = store::tally_log::salt((&self.db).into(), day).await?;
        salt.ok_or(crate::AppError::NotFound)
    }

    /// A salt of this process, for what is never written.
    pub(super) fn own_salt(&self) -> &[u8; 32] {
        self.counting.own_salt.get_or_init(entropy::bytes::<32>)
    }

    /// Forgets the salts of days that are over.
    pub(super) async fn forget_salts(&self) -> Result<()> {
        let today = self.today();
        self.counting.forget_salt(today);
        if store::tally_log::has_old_salt((&self.db).into(), today).await? {
            let tx = self.db.begin(Urgency::Batch).await?;
            store::tally_log::drop_salts(&tx, today).await?;
            tx.commit().await?;
        }
        Ok(())
    }
}
