//! What an import has done and how far it is: read for its page.

use crate::{App, Ctx, Result};
use domain::{BatchId, Severity, Verdict};
use store::batch_line::Line;
use store::batch_problem::BatchProblem;
use store::certificate::{Card, Head};
use store::job::Job;

/// A line that was done, with its certificate as it stands now.
#[derive(Clone, Debug)]
pub struct LineDone {
    /// What became of it.
    pub line: Line,
    /// None if it was refused.
    pub card: Option<Card>,
    /// Today's verdict on that certificate.
    pub standing: Option<Verdict>,
}

impl App {
    /// One page of the lines an import has done, in the order of the file, after line `after`.
    pub async fn batch_lines(&self, ctx: &Ctx, id: BatchId, after: u32, limit: u32) -> Result<Vec<LineDone>> {
        self.batch(ctx, id).await?;
        let mut out = Vec::new();
        for line in store::batch_line::list((&self.db).into(), id, after, limit.min(200)).await? {
            let card = match line.certificate {
                Some((certificate, _)) => {
                    store::certificate::card_by_id((&self.db).into(), certificate).await?
                }
                None => None,
            };
            out.push(LineDone { line, card, standing: None });
        }
        let heads: Vec<Head> = out.iter().filter_map(|done| Some(done.card.as_ref()?.head.clone())).collect();
        let mut verdicts = self.standings(&heads.iter().collect::<Vec<_>>()).await?.into_iter();
        for done in out.iter_mut().filter(|done| done.card.is_some()) {
            done.standing = verdicts.next();
        }
        Ok(out)
    }

    /// One page of the lines an import did not accept, after line `after`; each with its reason.
    pub async fn batch_refused(&self, ctx: &Ctx, id: BatchId, after: u32, limit: u32) -> Result<Vec<Line>> {
        self.batch(ctx, id).await?;
        Ok(store::batch_line::refused((&self.db).into(), id, after, limit.min(500)).await?)
    }

    /// The newest job that works on an import, of its uploader or of the caller, for the progress bar.
    pub async fn batch_job(&self, ctx: &Ctx, id: BatchId) -> Result<Option<Job>> {
        let batch = self.batch(ctx, id).await?;
        let mut jobs = store::job::list((&self.db).into(), batch.account, None, 50).await?;
        let own = ctx.account()?;
        if own != batch.account {
            jobs.extend(store::job::list((&self.db).into(), own, None, 50).await?);
        }
        let payload = id.to_string();
        let works = |job: &Job| job.kind.starts_with("import_") && job.payload == payload;
        Ok(jobs.into_iter().filter(works).max_by_key(|job| job.id.0))
    }

    /// Problems of an import from the `offset`-th on, of one severity and of some codes, or of all.
    pub async fn batch_problem_page(
        &self,
        ctx: &Ctx,
        id: BatchId,
        only: Option<Severity>,
        codes: &[&str],
        (offset, limit): (u32, u32),
    ) -> Result<Vec<BatchProblem>> {
        self.batch(ctx, id).await?;
        Ok(store::batch_problem::page((&self.db).into(), id, (only, codes), offset, limit.min(500)).await?)
    }
}
