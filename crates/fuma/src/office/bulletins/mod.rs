//! 通报: bulletins on the provinces, drafted and released by the national level, signed for and answered by the provinces.

pub mod acts;
pub mod declared;
pub mod edit;
pub mod files;
pub mod list;
pub mod one;
pub mod told;

#[cfg(test)]
mod tests;

use crate::office::Badge;
use app::AppError;
use domain::Tone;
use domain::bulletin::{BulletinId, State};

/// The page of a bulletin.
pub fn href(id: BulletinId) -> String {
    format!("/office/bulletins/{id}")
}

/// A key in an address.
fn key(id: &str) -> Result<BulletinId, AppError> {
    id.parse().map(BulletinId).map_err(|_| AppError::NotFound)
}

/// Where a bulletin is.
pub fn badge(state: State) -> Badge {
    let tone = match state {
        State::Released => Tone::Good,
        State::Approved => Tone::Warn,
        State::Withdrawn => Tone::Bad,
        State::Draft | State::Discarded => Tone::Neutral,
    };
    Badge::plain(state.label(), tone)
}
