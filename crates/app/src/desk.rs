//! 工作台: what waits for the caller's authority, and where it stands.

use crate::worklists::AHEAD;
use crate::{App, Ctx, Result};
use domain::{Action, Answer, Day, StatusWord, may};
use store::batch::{Batch, State};
use store::draft::Head as DraftHead;
use store::inbox::{Letter, Which};
use store::tally::Tally;

/// A failed import is named for a week.
const FAILED_SECONDS: i64 = 7 * 86_400;

/// Unread letters that are named.
const LETTERS: u32 = 5;

/// What waits, and the figures.
#[derive(Clone, Debug)]
pub struct Desk {
    /// The latest unread letters of the inbox, newest first.
    pub letters: Vec<Letter>,
    /// How many are unread.
    pub unread: u64,
    /// Drafts to finish, the last saved first; empty for who may not write any.
    pub drafts: Vec<DraftHead>,
    /// Imports that run, that wait for a decision, that were interrupted or that failed, newest first.
    pub batches: Vec<Batch>,
    /// Certificates that wait to be printed.
    pub print_due: u64,
    /// Certificates in force whose last day comes within [`Desk::until`].
    pub ending: u64,
    /// Today.
    pub today: Day,
    /// The last day looked ahead to.
    pub until: Day,
    /// Certificates by recorded status.
    pub by_status: Vec<(StatusWord, u64)>,
    /// How often the public asked for the authority's certificates today.
    pub asked_today: u64,
}

impl App {
    /// What waits for the caller's authority. Counts by index only: the first page of the day must be there at once.
    pub async fn desk(&self, ctx: &Ctx) -> Result<Desk> {
        let authority = ctx.authority()?;
        self.ask(ctx, Action::CertificateRead, Some(authority))?;
        let reader = || (&self.db).into();
        let today = self.today();
        let until = today.plus_days(AHEAD).unwrap_or(today);
        let writes = may(&ctx.actor, Action::DraftWrite, Some(authority)) == Answer::Allowed;
        let drafts = match writes {
            true => store::draft::list(reader(), authority, None, 200).await?,
            false => Vec::new(),
        };
        let mut batches = store::batch::list(reader(), authority, None, 50).await?;
        let recent = self.now().plus_seconds(-FAILED_SECONDS);
        batches.retain(|batch| match batch.state {
            State::Done | State::Discarded => false,
            State::Failed => batch.updated_at > recent,
            State::Uploading
            | State::Checking
            | State::Unchecked
            | State::Checked
            | State::Committing
            | State::Interrupted => true,
        });
        let asked = self.questions_about(authority, (today, today)).await?;
        Ok(Desk {
            letters: store::inbox::list(reader(), authority, Which::Unread, None, LETTERS).await?,
            unread: store::inbox::unread(reader(), authority).await?,
            drafts,
            batches,
            print_due: store::figures::print_due(reader(), authority).await?,
            ending: store::figures::ending(reader(), authority, today, until).await?,
            today,
            until,
            by_status: store::figures::by_status(reader(), authority).await?,
            asked_today: asked.iter().map(Tally::sum).sum(),
        })
    }
}
