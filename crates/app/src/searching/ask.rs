//! What is asked of the index, by whom, and how far each may see.

use super::{Opened, SearchState};
use crate::{App, AppError, Ctx, Result};
use ::search::{Annulled, Answer, Ask, Dimension, Filter, Index, Page, Sort, Subject, Typed};
use domain::{Action, AuthorityId};
use rustc_hash::FxHashSet;
use std::sync::Arc;

/// A question as the doors take it.
#[derive(Clone, Debug)]
pub struct SearchAsk {
    /// Whose rows are searched and shown.
    pub subject: Subject,
    /// What was typed; empty: everything.
    pub text: String,
    /// What of other subjects must stand in one row of the same certificate.
    pub also: Vec<(Subject, String)>,
    /// How the number begins.
    pub number: String,
    /// What it is narrowed to.
    pub picked: Vec<(Dimension, u16)>,
    /// The order of bodies.
    pub sort: Sort,
    /// Which of them.
    pub page: Page,
}

/// The answer.
#[derive(Clone, Debug)]
pub struct Searched {
    /// What the index says.
    pub answer: Answer,
    /// Whether more was typed than was looked at.
    pub cut: bool,
    /// Whose rows answered.
    pub subject: Subject,
}

impl App {
    /// What the public finds: bodies and capabilities of the authorities that are opened, without what was assigned by
    /// mistake. Persons and instruments are not searched by the public (architecture.md 9.7).
    ///
    /// # Errors
    /// [`AppError::NotReady`] while the index is made; [`AppError::NotFound`] for what the public does not search.
    pub async fn search_public(&self, asks: Vec<SearchAsk>) -> Result<Vec<Searched>> {
        let open = |subject| matches!(subject, Subject::Body | Subject::Capability);
        let asked = asks
            .iter()
            .flat_map(|ask| std::iter::once(ask.subject).chain(ask.also.iter().map(|(subject, _)| *subject)));
        if !asked.into_iter().all(open) {
            return Err(AppError::NotFound);
        }
        let authorities = opened(self.platform().await?);
        self.answers(asks, authorities, Annulled::Hidden).await
    }

    /// What officers find: bodies and capabilities as the public does, and those of their own authority before it is opened;
    /// instruments and people of the certificates that their authority issued. The national authority finds all
    /// (architecture.md 9.4).
    pub async fn search(&self, ctx: &Ctx, asks: Vec<SearchAsk>) -> Result<Vec<Searched>> {
        let own = ctx.authority()?;
        self.ask(ctx, Action::Search, Some(own))?;
        let (public, closed): (Vec<_>, Vec<_>) = asks.into_iter().enumerate().partition(|(_, ask)| {
            let open = |subject| matches!(subject, Subject::Body | Subject::Capability);
            open(ask.subject) && ask.also.iter().all(|(subject, _)| open(*subject))
        });
        let (of_public, of_own, annulled) = if ctx.actor.is_national() {
            (None, None, Annulled::Found)
        } else {
            let of_own: Arc<FxHashSet<AuthorityId>> = Arc::new(std::iter::once(own).collect());
            let with_own = |of: Arc<FxHashSet<_>>| Arc::new(of.union(&of_own).copied().collect());
            (opened(self.platform().await?).map(with_own), Some(of_own.clone()), Annulled::Of(own))
        };
        let mut out: Vec<Option<Searched>> = (0..public.len() + closed.len()).map(|_| None).collect();
        for (asks, authorities) in [(public, of_public), (closed, of_own)] {
            let (at, asks): (Vec<usize>, Vec<SearchAsk>) = asks.into_iter().unzip();
            let found = self.answers(asks, authorities, annulled).await?;
            at.into_iter().zip(found).for_each(|(at, found)| out[at] = Some(found));
        }
        Ok(out.into_iter().flatten().collect())
    }

    /// The answer with what is offered for its words: near ones where they were not found, later editions of standards.
    pub async fn search_hints(&self, mut found: Searched) -> Result<Searched> {
        let index = self.ready_index()?;
        let hint = move || {
            index.hint(found.subject, &mut found.answer.words);
            found
        };
        tokio::task::spawn_blocking(hint).await.map_err(|error| AppError::Fault(error.to_string()))
    }

    async fn answers(
        &self,
        asks: Vec<SearchAsk>,
        authorities: Option<Arc<FxHashSet<AuthorityId>>>,
        annulled: Annulled,
    ) -> Result<Vec<Searched>> {
        if asks.is_empty() {
            return Ok(Vec::new());
        }
        let index = self.ready_index()?;
        let today = self.today();
        let answer = move || {
            let one = |ask: SearchAsk| {
                let Typed { words, cut } = Typed::read(&ask.text);
                let also = ask.also.into_iter().map(|(subject, text)| (subject, Typed::read(&text).words));
                let filter = Filter { picked: ask.picked, authorities: authorities.clone(), annulled };
                let answer = index.ask(&Ask {
                    subject: ask.subject,
                    words,
                    also: also.filter(|(_, words)| !words.is_empty()).collect(),
                    number: ask.number,
                    filter,
                    sort: ask.sort,
                    page: ask.page,
                    today,
                });
                Searched { answer, cut, subject: ask.subject }
            };
            asks.into_iter().map(one).collect()
        };
        // A common character takes tens of milliseconds: not on a thread that answers scans.
        tokio::task::spawn_blocking(answer).await.map_err(|error| AppError::Fault(error.to_string()))
    }

    pub(super) fn ready_index(&self) -> Result<Arc<Index>> {
        self.searching.index().ok_or_else(|| match self.search_state() {
            SearchState::Building { done, total } => AppError::NotReady {
                percent: u8::try_from(done * 100 / total.max(1)).unwrap_or(100),
            },
            SearchState::Off | SearchState::Ready { .. } => AppError::refused(
                "本节点没有开启查询",
                "请在设置文件中去掉 search = false 后重新启动，或换一个节点查询。扫码和输入编号查真不受影响。",
            ),
        })
    }
}

/// The authorities whose certificates the public finds; `None`: all.
fn opened(platform: Opened) -> Option<Arc<FxHashSet<AuthorityId>>> {
    match platform {
        Opened::All => None,
        Opened::Some(some) => Some(Arc::new(some.into_iter().collect())),
    }
}
