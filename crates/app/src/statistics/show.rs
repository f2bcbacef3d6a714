//! Figures of a demo: a registry that nobody asked has nothing to show.

use super::{App, Result, month_of};
use crate::{AppError, Ctx, Footing};
use domain::tally::Sketch;
use domain::{Action, AuthorityId, BodyId, Day};
use store::Urgency;
use store::certificate::Filter;
use store::tally::{Added, Of};
use store::tally_shown::{ShownBody, add_bodies, add_unknown, put_visitors};

/// In `meta`: what the registry was shown with.
const NAME: &str = "figures_shown";
/// Rows of a transaction.
const ROWS: usize = 5_000;
/// Bodies of an authority that are asked for.
const BODIES: u32 = 400;

/// Invented figures, a part of them.
#[derive(Debug)]
pub enum ShownFigures {
    /// Sums.
    Sums(Vec<Added>),
    /// Visitors of days.
    Visitors(Vec<(Day, Of, Sketch)>),
    /// What was asked for and is not there: `code` or `number`, the text, how often.
    Unknown(Vec<(Day, &'static str, String, u64)>),
    /// Bodies of an authority in the month of a day, the first one most: how often people and programs asked.
    Bodies(Day, AuthorityId, Vec<(BodyId, u64, u64)>),
}

impl App {
    /// Begins to fill an invented registry with invented figures; `false` if that was done or begun before. No event is left: figures
    /// are no acts.
    ///
    /// # Errors
    /// Any footing but that of a demo; a caller who is no national administrator.
    pub async fn begin_shown_figures(&self, ctx: &Ctx, name: &str) -> Result<bool> {
        self.ask(ctx, Action::AuthorityWrite, None)?;
        self.only_shown()?;
        let tx = self.db.begin(Urgency::Act).await?;
        let first = store::meta::advance(&tx, NAME, None, name).await?;
        tx.commit().await?;
        Ok(first)
    }

    /// Adds invented figures to an invented registry.
    ///
    /// # Errors
    /// As [`App::begin_shown_figures`].
    pub async fn add_shown_figures(&self, ctx: &Ctx, figures: ShownFigures) -> Result<()> {
        self.ask(ctx, Action::AuthorityWrite, None)?;
        self.only_shown()?;
        match figures {
            ShownFigures::Sums(mut sums) => {
                // In the order of the key, so that the rows of a transaction lie side by side.
                sums.sort_by_cached_key(|it| {
                    let row = &it.tally;
                    (it.dimension.key(), row.of.key(), row.day, row.value.clone(), row.agent)
                });
                while !sums.is_empty() {
                    let rest = sums.split_off(sums.len().min(ROWS));
                    let tx = self.db.begin(Urgency::Act).await?;
                    store::tally::add(&tx, std::mem::replace(&mut sums, rest)).await?;
                    tx.commit().await?;
                }
            }
            ShownFigures::Visitors(visitors) => {
                let tx = self.db.begin(Urgency::Act).await?;
                put_visitors(&tx, visitors).await?;
                tx.commit().await?;
            }
            ShownFigures::Unknown(unknown) => {
                let tx = self.db.begin(Urgency::Act).await?;
                add_unknown(&tx, unknown).await?;
                tx.commit().await?;
            }
            ShownFigures::Bodies(day, authority, bodies) => {
                let month = store::asked::month_number(month_of(day));
                let body = |(body, people, machines)| ShownBody { month, body, authority, people, machines };
                let tx = self.db.begin(Urgency::Act).await?;
                add_bodies(&tx, bodies.into_iter().map(body).collect()).await?;
                tx.commit().await?;
            }
        }
        Ok(())
    }

    /// Some bodies that an authority issued to, each once.
    pub async fn some_bodies(&self, ctx: &Ctx, authority: AuthorityId) -> Result<Vec<BodyId>> {
        self.ask(ctx, Action::StatisticsRead, Some(authority))?;
        let reader = || (&self.db).into();
        let filter = Filter { authority: Some(authority), ..Filter::default() };
        let ids = store::certificate::ids(reader(), &filter, 0, BODIES).await?;
        let heads = store::certificate::by_ids(reader(), ids.iter().map(|id| id.0).collect()).await?;
        let mut bodies: Vec<BodyId> = heads.iter().map(|head| head.body).collect();
        bodies.sort_unstable_by_key(|body| body.0);
        bodies.dedup();
        Ok(bodies)
    }

    fn only_shown(&self) -> Result<()> {
        if self.config.footing == Footing::Demo {
            return Ok(());
        }
        let hint = "请在数据文件夹的 fuma.toml 中写入 demo = true；正式登记库的统计只来自实际的查询和办理。";
        Err(AppError::refused("只能在演示库里填入演示的统计数字", hint))
    }
}
