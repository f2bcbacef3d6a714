//! 一公开: what everybody reads of draws and inspections, once an officer has published it. By 双随机、一公开 plan, bodies and results are
//! published; inspectors appear by number and unit, never by name, and findings stay with the officers.

use super::DrawDocument;
use crate::{App, AppError, Result};
use domain::{DrawId, InspectionId, Instant};
use std::collections::HashMap;
use store::body::Body;
use store::draw::Draw;
use store::inspection::Inspection;

/// A draw as everybody reads it.
#[derive(Clone, Debug)]
pub struct PublishedDraw {
    /// The draw.
    pub it: Draw,
    /// All that is needed to draw it again.
    pub document: DrawDocument,
    /// Published results of inspections that came of it.
    pub results: Vec<PublicInspection>,
}

/// An inspection as everybody reads it.
#[derive(Clone, Debug)]
pub struct PublicInspection {
    /// The published version, without inspectors, summary and actor.
    pub it: Inspection,
    /// Whom it was about.
    pub body: Body,
    /// Since when it is published.
    pub published_at: Instant,
}

impl App {
    /// Published draws before a moment and a key, the latest first. Everybody may ask.
    pub async fn published_draws(&self, before: Option<(Instant, DrawId)>, limit: u32) -> Result<Vec<Draw>> {
        Ok(store::draw::published((&self.near).into(), before, limit).await?)
    }

    /// One published draw. Everybody may ask.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for one that is not published.
    pub async fn published_draw(&self, id: DrawId) -> Result<PublishedDraw> {
        let it = store::draw::by_id((&self.db).into(), id).await?;
        let it = it.filter(|it| it.published_at.is_some()).ok_or(AppError::NotFound)?;
        let made = it.result.clone().ok_or(AppError::NotFound)?;
        let (pool, drawn) = (self.frozen(id).await?, store::draw::drawn((&self.db).into(), id).await?);
        let document = DrawDocument::of(&it, &made, self.authority_name(it.authority), &pool, &drawn);
        let results = store::inspection::published_of_draw((&self.db).into(), id).await?;
        Ok(PublishedDraw { it, document, results: self.public_inspections(results).await? })
    }

    /// Published results of inspections before a moment and a key, the latest first. Everybody may ask.
    pub async fn published_inspections(
        &self,
        before: Option<(Instant, InspectionId)>,
        limit: u32,
    ) -> Result<Vec<PublicInspection>> {
        let all = store::inspection::published((&self.near).into(), before, limit).await?;
        self.public_inspections(all).await
    }

    async fn public_inspections(&self, all: Vec<Inspection>) -> Result<Vec<PublicInspection>> {
        let bodies: HashMap<_, _> = self.bodies_by_key(all.iter().map(|it| it.body.0).collect()).await?;
        let with = |it: Inspection| {
            let (body, (_, published_at)) = (bodies.get(&it.body)?.clone(), it.published?);
            // Nothing that is for officers leaves with it.
            let it =
                Inspection { inspectors: String::new(), summary: String::new(), actor: String::new(), ..it };
            Some(PublicInspection { it, body, published_at })
        };
        Ok(all.into_iter().filter_map(with).collect())
    }

    /// A draw of the caller's authority as a document, published or not.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for one of another authority, [`AppError::Refused`] before it is drawn.
    pub async fn draw_document(&self, ctx: &crate::Ctx, id: DrawId) -> Result<DrawDocument> {
        let view = self.draw(ctx, id).await?;
        let made = view
            .it
            .result
            .clone()
            .ok_or_else(|| AppError::refused("这次抽查还没有抽取", "抽取后才有结果文件。"))?;
        let authority = self.authority_name(view.it.authority);
        Ok(DrawDocument::of(&view.it, &made, authority, &view.pool, &view.drawn))
    }
}
