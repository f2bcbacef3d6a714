//! 监管: 双随机抽查 (`draws`, drawn by [`domain::draw`]) from a pool of inspectors (`inspectors`), inspections and what is put right after
//! them (`inspections`, `rectifications`), notices to bodies (`notices`), and what of it the public reads (`published`).
//!
//! Own authority and nation read all of it; an authority that is linked to a body reads when it was inspected, by whom and with
//! what result, as it reads the acts against its certificates. Names of inspectors are for officers of the two alone.

mod document;
mod draws;
mod inspections;
mod inspectors;
mod notices;
mod published;
mod rectifications;

pub use document::{DrawDocument, DrawMismatch, DrawnEntry};
pub use draws::{DrawOrder, DrawView};
pub use inspections::{InspectionView, NewInspection};
pub use inspectors::{InspectorView, NewInspector};
pub use notices::NewNotice;
pub use published::{PublicInspection, PublishedDraw};
pub use rectifications::{NewRectification, NewStep, OpenRectification, RectificationView};

use crate::{App, AppError, Ctx, Result};
use domain::{BodyId, Ground, Part};
use std::collections::HashMap;
use store::body::Body;

/// Longest names, document numbers and sentences, as of every other act.
const NAME: usize = 150;
const DOCUMENT: usize = 80;
const REASON: usize = 300;
/// Inspections, draws and notices that a body's page names.
const ON_PAGE: u32 = 50;

impl App {
    /// A body that the caller may act on and read of in full words: it is tied to his authority by more than its family.
    pub(crate) async fn linked_body(&self, ctx: &Ctx, id: BodyId) -> Result<(Body, Ground)> {
        let body = store::body::by_id((&self.db).into(), id).await?;
        let (seen, _) = self.see_bodies(ctx, body.into_iter().collect()).await?;
        let shown = seen.into_iter().find(|(_, ground)| ground.sight().shows(Part::History));
        if shown.is_none() {
            self.note_hidden(ctx);
        }
        shown.ok_or(AppError::NotFound)
    }

    /// Bodies by key, those that were merged under their old keys.
    pub(crate) async fn bodies_by_key(&self, ids: Vec<i64>) -> Result<HashMap<BodyId, Body>> {
        let found = store::body::by_ids((&self.db).into(), ids).await?;
        Ok(found.into_iter().map(|body| (body.id, body)).collect())
    }

    /// The keys of a body and of what was merged into it: what was recorded of one is read at the one that stays.
    pub(crate) async fn keys_of(&self, id: BodyId) -> Result<Vec<i64>> {
        let merged = store::body::merged_into((&self.db).into(), vec![id.0]).await?;
        Ok(std::iter::once(id.0).chain(merged.into_iter().map(|body| body.id.0)).collect())
    }
}
