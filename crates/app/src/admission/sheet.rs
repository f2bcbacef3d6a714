//! 许可核查单: a check on paper. It is not kept: what it says is true of the moment at which it was made, and its event says
//! who checked whom then.

use super::{Admission, AdmissionAsk};
use crate::{App, Ctx, Result};
use domain::{EventKind, Object};
use print::{CheckSheet, Output, Profile};
use store::Urgency;

impl App {
    /// Makes a check and prints it, recorded.
    ///
    /// # Errors
    /// As [`App::admission`]; a name with a character that no font has.
    pub async fn admission_sheet(&self, ctx: &Ctx, ask: &AdmissionAsk) -> Result<Vec<u8>> {
        let check = self.admission(ctx, ask).await?;
        let authority = ctx.authority()?;
        let account = store::account::by_id((&self.db).into(), ctx.account()?).await?;
        let sheet = CheckSheet {
            applicant: check.applicant.clone(),
            draft: check.draft,
            replies: check.replies.clone(),
            authority: self.authority_name(authority),
            officer: account.map(|account| account.name).unwrap_or_default(),
            at: check.at,
            overprint: self.config.footing.overprint(),
        };
        let (fonts, output) = (self.fonts.clone(), Output { profile: Profile::Archive, created: check.at });
        let drawn = crate::printing::drawing(move || print::check_sheet(&sheet, &output, &fonts)).await?;
        let (object, key) = match check.draft {
            Some(id) => (Object::Draft, id.0),
            None => (Object::Authority, authority.0),
        };
        let mut event = self.event(ctx, EventKind::AdmissionPrint, object, key);
        event.details.extend(details(&check));
        let tx = self.db.begin(Urgency::Act).await?;
        store::event::append(&tx, &[event]).await?;
        tx.commit().await?;
        Ok(drawn.bytes)
    }
}

/// Whom, and how each question was answered: no persons, and nothing of others' certificates.
fn details(check: &Admission) -> [(&'static str, String); 4] {
    let code = |code: Option<domain::Uscc>| code.map(|code| code.to_string()).unwrap_or_default();
    let states = check.replies.iter().map(|it| format!("{}={}", it.question.key(), it.state.key()));
    [
        ("body_name", check.applicant.name.clone()),
        ("uscc", code(check.applicant.uscc)),
        ("parent_uscc", code(check.applicant.parent_uscc)),
        ("replies", states.collect::<Vec<_>>().join(",")),
    ]
}
