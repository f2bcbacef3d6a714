//! 许可核查 (notice N2.3): what an officer should know of a body before it is granted a certificate, of a draft or by code or
//! name. What is a finding is [`domain::admission`]'s rule; here stands whom it is about and what the registry is asked.
//!
//! Everybody's certificates are asked for, whoever may read them: that there is one, whose and until when is on its face, and
//! public once issued. What the caller may not read beyond that is not told.

mod facts;
mod places;
mod refusals;
mod sheet;
mod subject;

pub use refusals::{NewRefusal, TakingBack};
pub use subject::AdmissionAsk;

use crate::{App, Ctx, Result};
use domain::admission::{Applicant, Finding, Reply, State, Target, Weight, replies};
use domain::{Action, CertificateId, DraftId, Instant, Number, RefusalId};
use std::collections::{HashMap, HashSet};

/// A check that was made.
#[derive(Clone, Debug)]
pub struct Admission {
    /// The draft it was made for.
    pub draft: Option<DraftId>,
    /// Whom it is about.
    pub applicant: Applicant,
    /// When it was made.
    pub at: Instant,
    /// The replies, one a question.
    pub replies: Vec<Reply>,
    /// Numbers of the certificates that are told of.
    pub numbers: HashMap<CertificateId, Number>,
    /// Those of them that the caller may open.
    pub certificates: HashSet<CertificateId>,
    /// The refusals that the caller may open.
    pub refusals: HashSet<RefusalId>,
}

/// Where a finding leads its reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lead<'a> {
    /// To the officers' page of a certificate.
    Certificate(CertificateId),
    /// To what the public sees of a certificate.
    Public(&'a Number),
    /// To a refusal on record.
    Refusal(RefusalId),
}

impl Admission {
    /// How many findings there are.
    pub fn found(&self) -> usize {
        self.replies.iter().map(|reply| reply.findings.len() + reply.more).sum()
    }

    /// Whether the law bars the applicant, as far as the registry knows.
    pub fn is_barred(&self) -> bool {
        self.replies.iter().flat_map(|reply| &reply.findings).any(|it| it.weight == Weight::Ban)
    }

    /// Whether every question was asked, and none found anything.
    pub fn is_clear(&self) -> bool {
        self.replies.iter().all(|reply| reply.state == State::Clear)
    }

    /// Where the caller can read more of a finding.
    pub fn lead(&self, finding: &Finding) -> Option<Lead<'_>> {
        match finding.target {
            Target::Certificate(id) if self.certificates.contains(&id) => Some(Lead::Certificate(id)),
            Target::Certificate(id) => self.numbers.get(&id).map(Lead::Public),
            Target::Refusal(id) => self.refusals.contains(&id).then_some(Lead::Refusal(id)),
        }
    }
}

impl App {
    /// Checks a draft, a code or a name. Reads only.
    ///
    /// # Errors
    /// [`crate::AppError::NotFound`] for a draft of somebody else, [`crate::AppError::Refused`] for a name that is none.
    pub async fn admission(&self, ctx: &Ctx, ask: &AdmissionAsk) -> Result<Admission> {
        self.ask(ctx, Action::Admission, Some(ctx.authority()?))?;
        let at = self.now();
        let subject = self.subject(ctx, ask).await?;
        let found = self.facts(ctx, &subject).await?;
        Ok(Admission {
            draft: match ask {
                AdmissionAsk::Draft(id) => Some(*id),
                AdmissionAsk::Uscc(_) | AdmissionAsk::Name(_) => None,
            },
            replies: replies(&found.facts),
            applicant: subject.applicant,
            at,
            numbers: found.numbers,
            certificates: found.certificates,
            refusals: found.refusals,
        })
    }
}
