//! What is asked of the index, by whom, and how far each may see.

use super::{Opened, SearchState};
use crate::{App, AppError, Ctx, Result};
use ::search::{Annulled, Answer, Ask, Dimension, Filter, Index, Page, SearchReader, Sort, Subject, Typed};
use domain::{Action, Authority, AuthorityId, Day};
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

/// Whose certificates a caller finds.
#[derive(Clone)]
pub(super) struct Viewer {
    /// Authorities whose bodies and capabilities anybody finds; `None`: all.
    open: Option<Arc<FxHashSet<AuthorityId>>>,
    /// Who else may be seen: by sight, where the caller is an officer.
    reader: Option<Arc<Authority>>,
    annulled: Annulled,
}

/// What the public searches; the rest is for officers (architecture.md 9.7).
fn is_public(ask: &SearchAsk) -> bool {
    let public = |subject| matches!(subject, Subject::Body | Subject::Capability);
    public(ask.subject) && ask.also.iter().all(|(subject, _)| public(*subject))
}

impl Viewer {
    fn filter(&self, ask: &SearchAsk) -> Filter {
        let parts = || std::iter::once(ask.subject).chain(ask.also.iter().map(|it| it.0)).map(Subject::part);
        let reader = |authority: &Arc<Authority>| SearchReader {
            authority: authority.clone(),
            parts: parts().collect(),
        };
        // What is not for the public is not opened to it either: only sight shows it.
        let open = if is_public(ask) || self.open.is_none() && self.reader.is_none() {
            self.open.clone()
        } else {
            Some(Arc::default())
        };
        Filter {
            picked: ask.picked.clone(),
            open,
            reader: self.reader.as_ref().map(reader),
            annulled: self.annulled,
        }
    }

    /// The question as the index takes it, and whether more was typed than is looked at.
    pub(super) fn question(&self, ask: &SearchAsk, today: Day) -> (Ask, bool) {
        let Typed { words, cut } = Typed::read(&ask.text);
        let also = ask.also.iter().map(|(subject, text)| (*subject, Typed::read(text).words));
        let question = Ask {
            subject: ask.subject,
            words,
            also: also.filter(|(_, words)| !words.is_empty()).collect(),
            number: ask.number.clone(),
            filter: self.filter(ask),
            sort: ask.sort,
            page: ask.page,
            today,
        };
        (question, cut)
    }
}

impl App {
    /// What the public finds: bodies and capabilities of the authorities that are opened, without what was assigned by
    /// mistake. Persons and instruments are not searched by the public (architecture.md 9.7).
    ///
    /// # Errors
    /// [`AppError::NotReady`] while the index is made; [`AppError::NotFound`] for what the public does not search.
    pub async fn search_public(&self, asks: Vec<SearchAsk>) -> Result<Vec<Searched>> {
        if !asks.iter().all(is_public) {
            return Err(AppError::NotFound);
        }
        let open = opened(self.platform().await?);
        self.answers(asks, Viewer { open, reader: None, annulled: Annulled::Hidden }).await
    }

    /// What officers find: bodies and capabilities as the public does, and everything of the certificates that their authority
    /// issued or may read by where their bodies stand (architecture.md 9.4), opened or not. The national authority finds all.
    pub async fn search(&self, ctx: &Ctx, asks: Vec<SearchAsk>) -> Result<Vec<Searched>> {
        let viewer = self.viewer(ctx).await?;
        self.answers(asks, viewer).await
    }

    /// Whose certificates an officer finds.
    pub(super) async fn viewer(&self, ctx: &Ctx) -> Result<Viewer> {
        let own = ctx.authority()?;
        self.ask(ctx, Action::Search, Some(own))?;
        if ctx.actor.is_national() {
            return Ok(Viewer { open: None, reader: None, annulled: Annulled::Found });
        }
        Ok(Viewer {
            open: opened(self.platform().await?),
            reader: Some(Arc::new(self.reader_of(ctx)?)),
            annulled: Annulled::Of(own),
        })
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

    async fn answers(&self, asks: Vec<SearchAsk>, viewer: Viewer) -> Result<Vec<Searched>> {
        if asks.is_empty() {
            return Ok(Vec::new());
        }
        let index = self.ready_index()?;
        let today = self.today();
        let answer = move || {
            let one = |ask: SearchAsk| {
                let (question, cut) = viewer.question(&ask, today);
                Searched { answer: index.ask(&question), cut, subject: ask.subject }
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
