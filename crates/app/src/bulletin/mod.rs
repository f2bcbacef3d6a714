//! 通报: figures of the provinces, drafted by the national level, approved by a second person, released to every province, which
//! signs for it and may answer or dispute a figure. What was released never changes; a correction is a new edition.

mod book;
mod declared;
mod gather;
mod replies;
mod sheet;
mod steps;

pub use declared::Declaring;

use crate::{App, AppError, Ctx, Result};
use domain::bulletin::{Aggregates, BulletinId, Indicator, Reckoned, State, Step, Value};
use domain::{Action, Answer, AuthorityId, may};
use std::collections::HashMap;
use store::bulletin::{Bulletin, Done, Listed, Receipt, Reply};

/// Bulletins of a page.
const MOST: u32 = 200;

/// A bulletin with all that belongs to it.
#[derive(Clone, Debug)]
pub struct BulletinView {
    /// As it was drafted.
    pub bulletin: Bulletin,
    /// What it is reckoned from.
    pub aggregates: Aggregates,
    /// Every figure and rank.
    pub shown: Reckoned,
    /// Where it is.
    pub state: State,
    /// Its title: as released, or as it stands.
    pub title: String,
    /// Its text, likewise.
    pub text: String,
    /// Its way.
    pub steps: Vec<Done>,
    /// The title of the bulletin it corrects, and the one that corrects it.
    pub corrects: Option<(BulletinId, String)>,
    /// Likewise.
    pub corrected_by: Option<BulletinId>,
    /// To whom it was sent and who signed: all for the national level, else the caller's own.
    pub receipts: Vec<Receipt>,
    /// What was said of it: likewise.
    pub replies: Vec<Reply>,
    /// The names of those who did something, by the actors that stand above.
    pub names: HashMap<String, String>,
}

impl BulletinView {
    /// The last step: what an act starts from.
    pub fn at(&self) -> u32 {
        self.steps.last().map_or(0, |done| done.n)
    }

    /// Who did a step last, and when.
    pub fn done(&self, step: Step) -> Option<&Done> {
        self.steps.iter().rfind(|done| done.step == step)
    }

    /// The name of an actor, or what events call him.
    pub fn name<'v>(&'v self, actor: &'v str) -> &'v str {
        self.names.get(actor).map_or(actor, String::as_str)
    }

    /// What an indicator says of an authority, for its disputes.
    pub fn says(&self, authority: AuthorityId, of: Indicator) -> Option<Value> {
        let line = self.shown.lines.iter().find(|line| line.authority == Some(authority));
        line.map(|line| line.value(of))
    }
}

/// Title and text after so many steps.
fn worded(steps: &[Done]) -> (String, String) {
    let text = steps.iter().rfind(|done| !done.title.is_empty());
    text.map(|done| (done.title.clone(), done.text.clone())).unwrap_or_default()
}

/// Where a bulletin is after its steps.
fn state(steps: &[Done]) -> State {
    steps.last().map_or(State::Draft, |done| done.step.leads_to())
}

impl App {
    /// Whether the caller sees bulletins before they are released.
    fn drafts_bulletins(&self, ctx: &Ctx) -> bool {
        may(&ctx.actor, Action::BulletinDraft, None) == Answer::Allowed
    }

    /// The bulletins the caller may read before a key, the newest first: those sent to his authority; for who drafts them all;
    /// for the other officers of the national level those that were released.
    pub async fn bulletins(&self, ctx: &Ctx, before: Option<BulletinId>, limit: u32) -> Result<Vec<Listed>> {
        let own = ctx.authority()?;
        self.ask(ctx, Action::BulletinRead, Some(own))?;
        let limit = limit.min(MOST);
        if !ctx.actor.is_national() {
            return Ok(store::bulletin::sent_to((&self.db).into(), own, before, limit).await?);
        }
        let mut all = store::bulletin::list((&self.db).into(), before, limit).await?;
        if !self.drafts_bulletins(ctx) {
            all.retain(|it| it.state.is_public());
        }
        Ok(all)
    }

    /// The bulletins that nobody of the caller's authority has signed for, the newest first.
    pub async fn unsigned_bulletins(&self, ctx: &Ctx) -> Result<Vec<BulletinId>> {
        let own = ctx.authority()?;
        self.ask(ctx, Action::BulletinRead, Some(own))?;
        Ok(store::bulletin::unsigned((&self.db).into(), own).await?)
    }

    /// The same, as they are listed.
    pub async fn bulletins_to_sign(&self, ctx: &Ctx) -> Result<Vec<Listed>> {
        let unsigned = self.unsigned_bulletins(ctx).await?;
        let Some(newest) = unsigned.first() else { return Ok(Vec::new()) };
        let before = Some(BulletinId(newest.0 + 1));
        let sent = store::bulletin::sent_to((&self.db).into(), ctx.authority()?, before, MOST).await?;
        Ok(sent.into_iter().filter(|it| unsigned.contains(&it.id)).collect())
    }

    /// One bulletin.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for one that was not sent to the caller's authority, and for drafts.
    pub async fn bulletin(&self, ctx: &Ctx, id: BulletinId) -> Result<BulletinView> {
        let own = ctx.authority()?;
        self.ask(ctx, Action::BulletinRead, Some(own))?;
        let reader = || (&self.db).into();
        let bulletin = store::bulletin::by_id(reader(), id).await?.ok_or(AppError::NotFound)?;
        let steps = store::bulletin::steps(reader(), id).await?;
        let (state, national) = (state(&steps), ctx.actor.is_national());
        if national && !state.is_public() && !self.drafts_bulletins(ctx) {
            return Err(AppError::NotFound);
        }
        let of: Vec<AuthorityId> = match national {
            true => self.tables().authorities.iter().map(|authority| authority.id).collect(),
            false => vec![own],
        };
        let receipts = store::bulletin::receipts(reader(), id, &of).await?;
        if !national && receipts.is_empty() {
            return Err(AppError::NotFound);
        }
        let replies = store::bulletin::replies(reader(), id, (!national).then_some(own)).await?;
        let broken = |error| AppError::Fault(format!("通报{id}：{error}"));
        if Aggregates::digest(&bulletin.aggregates) != bulletin.digest {
            return Err(AppError::Fault(format!("通报{id}的数据与其摘要不符")));
        }
        let aggregates = Aggregates::read(&bulletin.aggregates).map_err(broken)?;
        let corrects = match bulletin.corrects {
            None => None,
            Some(old) => Some((old, worded(&store::bulletin::steps(reader(), old).await?).0)),
        };
        let (title, text) = worded(&steps);
        let view = BulletinView {
            shown: Reckoned::of(&aggregates),
            names: HashMap::new(),
            corrected_by: store::bulletin::corrected_by(reader(), id, bulletin.period).await?,
            bulletin,
            aggregates,
            state,
            title,
            text,
            steps,
            corrects,
            receipts,
            replies,
        };
        let names = self.names_of(actors(&view).into_iter()).await?;
        Ok(BulletinView { names, ..view })
    }
}

/// Everybody who did something to a bulletin.
fn actors(view: &BulletinView) -> Vec<&str> {
    let steps = view.steps.iter().map(|done| done.actor.as_str());
    let signed = view.receipts.iter().filter_map(|it| Some(it.signed.as_ref()?.0.as_str()));
    let said = view.replies.iter().map(|it| it.actor.as_str());
    let answered = view.replies.iter().filter_map(|it| Some(it.answer.as_ref()?.1.as_str()));
    steps.chain(signed).chain(said).chain(answered).collect()
}
