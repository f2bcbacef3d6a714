//! 疑似重复机构: the list of pairs, and what an authority says of them for itself: 不是重复.

use crate::{App, AppError, Ctx, Result};
use domain::{Action, AuthorityId, BodyId, EventKind, Ground, Instant, Object, PairGround, Sight};
use std::collections::HashMap;
use store::Urgency;
use store::body::Body;
use store::pair::{Apart, Pair};

/// Pairs that are read at a time, of which the caller may see most.
const READ: u32 = 100;
/// How often more are read for one page.
const READS: u32 = 5;

/// A pair as the caller may see it.
#[derive(Clone, Debug)]
pub struct PairView {
    /// Why the two may be one.
    pub ground: PairGround,
    /// Both, the lower key first.
    pub bodies: [Body; 2],
    /// How many certificates each holds, by authority.
    pub held: [Vec<(AuthorityId, u32)>; 2],
}

/// A page of pairs, the strongest ground first.
#[derive(Clone, Debug, Default)]
pub struct PairPage {
    /// Those that the caller may see.
    pub pairs: Vec<PairView>,
    /// Where to go on; none at the end.
    pub next: Option<Pair>,
}

/// A pair of which the caller's authority said that they are two.
#[derive(Clone, Debug)]
pub struct ApartView {
    /// Both, the lower key first.
    pub bodies: [Body; 2],
    /// When it was said.
    pub at: Instant,
    /// By whom.
    pub by: String,
}

impl App {
    /// Pairs that have to do with the caller's authority, of which it did not say that they are two.
    pub async fn pairs(&self, ctx: &Ctx, after: Option<Pair>, limit: u32) -> Result<PairPage> {
        let own = ctx.authority()?;
        self.ask(ctx, Action::PairRead, Some(own))?;
        let reader = self.reader_of(ctx)?;
        let limit = limit.clamp(1, READ) as usize;
        let mut page = PairPage { next: after, ..PairPage::default() };
        for _ in 0..READS {
            let area = (reader.area.as_str(), own);
            let read = store::pair::list((&self.db).into(), area, page.next, READ).await?;
            let whole = read.len() < READ as usize;
            let ids = read.iter().flat_map(|pair| [pair.low, pair.high]).collect();
            let seen = self.seen(ctx, ids).await?;
            for pair in read {
                if page.pairs.len() == limit {
                    return self.with_held(page).await;
                }
                page.next = Some(pair);
                if let (Some(low), Some(high)) = (seen.get(&pair.low), seen.get(&pair.high)) {
                    let bodies = [low.clone(), high.clone()];
                    page.pairs.push(PairView { ground: pair.ground, bodies, held: Default::default() });
                }
            }
            if whole {
                page.next = None;
                break;
            }
        }
        self.with_held(page).await
    }

    /// Says for the caller's authority that two bodies are two: the pair is not listed for it any more.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where the caller may not see both; that it was said already.
    pub async fn say_apart(&self, ctx: &Ctx, a: BodyId, b: BodyId) -> Result<()> {
        let own = ctx.authority()?;
        self.ask(ctx, Action::BodyApart, Some(own))?;
        let pair = self.pair_seen(ctx, a, b).await?;
        let said = Apart { low: pair.0, high: pair.1, at: self.now(), by: ctx.account()? };
        let tx = self.db.begin(Urgency::Act).await?;
        if !store::pair::say_apart(&tx, own, &said).await? {
            return Err(AppError::refused(
                "本机关已经认定这两家不是重复机构",
                "需要撤销的，请看“已认定不是重复”。",
            ));
        }
        self.append_apart(ctx, &tx, EventKind::BodyApart, pair).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Takes it back: the pair is listed again where it still is one.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where it was not said.
    pub async fn unsay_apart(&self, ctx: &Ctx, a: BodyId, b: BodyId) -> Result<()> {
        let own = ctx.authority()?;
        self.ask(ctx, Action::BodyApart, Some(own))?;
        let pair = (a.min(b), a.max(b));
        let tx = self.db.begin(Urgency::Act).await?;
        if !store::pair::unsay_apart(&tx, own, pair).await? {
            self.note_hidden(ctx);
            return Err(AppError::NotFound);
        }
        self.append_apart(ctx, &tx, EventKind::BodyApartEnd, pair).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The pairs of which the caller's authority said that they are two, after one, by key.
    pub async fn pairs_apart(
        &self,
        ctx: &Ctx,
        after: Option<(BodyId, BodyId)>,
        limit: u32,
    ) -> Result<Vec<ApartView>> {
        let own = ctx.authority()?;
        self.ask(ctx, Action::PairRead, Some(own))?;
        let said = store::pair::apart((&self.db).into(), own, after, limit.clamp(1, READ)).await?;
        let ids = said.iter().flat_map(|it| [it.low.0, it.high.0]).collect();
        let bodies = store::body::by_ids((&self.db).into(), ids).await?;
        let of = |id: BodyId| bodies.iter().find(|body| body.id == id).cloned();
        let mut out = Vec::with_capacity(said.len());
        for it in said {
            let Some(both) = of(it.low).zip(of(it.high)) else { continue };
            let account = store::account::by_id((&self.db).into(), it.by).await?;
            let by = account.map(|account| account.name).unwrap_or_default();
            out.push(ApartView { bodies: both.into(), at: it.at, by });
        }
        Ok(out)
    }

    async fn append_apart(
        &self,
        ctx: &Ctx,
        tx: &store::Tx,
        kind: EventKind,
        (low, high): (BodyId, BodyId),
    ) -> Result<()> {
        let mut event = self.event(ctx, kind, Object::Body, low.0);
        event.details = vec![("other", high.to_string())];
        store::event::append(tx, &[event]).await?;
        Ok(())
    }

    /// Two bodies that the caller sees and that stand on their own, in the order of their keys.
    async fn pair_seen(&self, ctx: &Ctx, a: BodyId, b: BodyId) -> Result<(BodyId, BodyId)> {
        let seen = self.seen(ctx, vec![a, b]).await?;
        if a == b || !seen.contains_key(&a) || !seen.contains_key(&b) {
            self.note_hidden(ctx);
            return Err(AppError::NotFound);
        }
        Ok((a.min(b), a.max(b)))
    }

    /// Those of these bodies that stand on their own and that the caller may see.
    async fn seen(&self, ctx: &Ctx, ids: Vec<BodyId>) -> Result<HashMap<BodyId, Body>> {
        let reader = self.reader_of(ctx)?;
        let mut ids: Vec<i64> = ids.into_iter().map(|id| id.0).collect();
        ids.sort_unstable();
        ids.dedup();
        let mut bodies = store::body::by_ids((&self.db).into(), ids).await?;
        bodies.retain(|body| body.merged_into.is_none());
        let kinship = self.kinship((&self.db).into(), bodies.clone()).await?;
        let sees = |body: &Body| {
            kinship.ground(&reader, None, body).map(Ground::sight).is_some_and(|sight| sight > Sight::None)
        };
        Ok(bodies.into_iter().filter(sees).map(|body| (body.id, body)).collect())
    }

    async fn with_held(&self, mut page: PairPage) -> Result<PairPage> {
        let ids = page.pairs.iter().flat_map(|pair| pair.bodies.each_ref().map(|body| body.id.0)).collect();
        let held = store::pair::held((&self.db).into(), ids).await?;
        for pair in &mut page.pairs {
            pair.held = pair.bodies.each_ref().map(|body| held.get(&body.id).cloned().unwrap_or_default());
        }
        Ok(page)
    }
}
