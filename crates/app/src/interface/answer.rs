//! What an item is answered, and what of the answer is kept under its record id, to be said again.

use super::item::{Fault, Gravity};
use crate::{App, AppError, Ctx, Result, Written};
use domain::{CertificateId, Code};
use serde::{Deserialize, Serialize};
use store::record::Record;

/// What became of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemOutcome {
    /// Done.
    Ok,
    /// Done, with warnings.
    Warned,
    /// Not done.
    Error,
}

impl ItemOutcome {
    /// The word in JSON and in the database.
    pub fn key(self) -> &'static str {
        match self {
            ItemOutcome::Ok => "ok",
            ItemOutcome::Warned => "warned",
            ItemOutcome::Error => "error",
        }
    }
}

/// What an act did to the registry; for a check, what it would do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// A new certificate.
    Assigned,
    /// A new edition.
    Changed,
    /// It stood so already.
    Unchanged,
    /// A status act was recorded.
    Acted,
    /// A certificate that others assigned carries the record id now.
    Adopted,
    /// A file was kept.
    Collected,
    /// How many certificates are in force was declared.
    Declared,
}

/// What is kept of an answer and said again when the call is repeated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// What was done.
    pub effect: Effect,
    /// Number of the certificate; none in a check that leaves it to the counter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// Its code; none in a check of a new one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The edition that stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edition: Option<u32>,
    /// SHA-256 of the content of that edition, hex: what reconciling compares.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_digest: Option<String>,
    /// The recorded status after a status act.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// Key of a kept file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The day for which certificates in force were declared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<String>,
    /// How many were declared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificates: Option<u64>,
}

/// The answer to one item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemAnswer {
    /// The caller's id of it.
    pub record_id: String,
    /// What became of it.
    pub outcome: ItemOutcome,
    /// Whether this answer was given before, to the same id and the same body.
    pub replayed: bool,
    /// What was done; none if nothing was.
    #[serde(flatten, default, skip_serializing_if = "Option::is_none")]
    pub kept: Option<Kept>,
    /// What the QR says; none without a certificate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub qr_text: Option<String>,
    /// What is wrong, and what a person should look at.
    pub problems: Vec<Fault>,
}

/// What the table `record` keeps as the answer.
#[derive(Serialize, Deserialize)]
pub(super) struct Stored {
    #[serde(flatten)]
    pub(super) kept: Kept,
    pub(super) problems: Vec<Fault>,
}

/// What the writer needs to record under which id it wrote something.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub(crate) record_id: String,
    pub(crate) act: &'static str,
    pub(crate) digest: [u8; 32],
    /// Warnings that were told.
    pub(crate) faults: Vec<Fault>,
}

impl Sent {
    /// The record of an act, to be written in its transaction.
    pub(crate) fn record(
        &self,
        ctx: &Ctx,
        written: &Written,
        effect: Effect,
        now: domain::Instant,
    ) -> Result<Record> {
        let kept = Kept::of(effect, written);
        self.record_of(ctx, (written.certificate, written.edition), kept, now)
    }

    pub(crate) fn record_of(
        &self,
        ctx: &Ctx,
        (certificate, edition): (CertificateId, u32),
        kept: Kept,
        now: domain::Instant,
    ) -> Result<Record> {
        let stored = Stored { kept, problems: self.faults.clone() };
        Ok(Record {
            id: self.record_id.clone(),
            act: self.act.to_owned(),
            actor: ctx.actor.to_string(),
            certificate,
            edition,
            digest: self.digest,
            answer: serde_json::to_string(&stored).map_err(|e| AppError::Fault(e.to_string()))?,
            recorded_at: now,
        })
    }
}

impl Kept {
    /// That this was done, and nothing of what it was done to.
    pub(super) fn bare(effect: Effect) -> Kept {
        Kept {
            effect,
            number: None,
            code: None,
            edition: None,
            content_digest: None,
            status: None,
            file: None,
            day: None,
            certificates: None,
        }
    }

    pub(super) fn of(effect: Effect, written: &Written) -> Kept {
        Kept {
            number: Some(written.number.to_string()),
            code: Some(written.code.to_string()),
            edition: Some(written.edition),
            content_digest: Some(data_encoding::HEXLOWER.encode(&written.digest)),
            ..Kept::bare(effect)
        }
    }
}

impl App {
    /// The answer to a record id that is known.
    pub(super) fn replayed(&self, record: &Record, digest: &[u8; 32]) -> Result<ItemAnswer> {
        if record.digest != *digest {
            let fault = Fault::error(
                "/record_id",
                "record_reused",
                format!("业务记录号{}已用于另一内容的办理，本次没有办理", record.id),
                "重发必须与原内容完全相同；新的业务请用新的业务记录号。",
            );
            return Ok(ItemAnswer {
                record_id: record.id.clone(),
                outcome: ItemOutcome::Error,
                replayed: false,
                kept: None,
                qr_text: None,
                problems: vec![fault],
            });
        }
        let stored: Stored = serde_json::from_str(&record.answer)
            .map_err(|e| AppError::Fault(format!("业务记录{}的答复：{e}", record.id)))?;
        Ok(ItemAnswer { replayed: true, ..self.answered(&record.id, stored.kept, stored.problems) })
    }

    /// The answer to an item that was done.
    pub(super) fn answered(&self, record_id: &str, kept: Kept, problems: Vec<Fault>) -> ItemAnswer {
        let qr_text =
            kept.code.as_deref().and_then(|code| Code::read(code).ok()).map(|code| self.qr_text(code));
        let warned = problems.iter().any(|fault| fault.severity == Gravity::Warning);
        ItemAnswer {
            record_id: record_id.to_owned(),
            outcome: if warned { ItemOutcome::Warned } else { ItemOutcome::Ok },
            replayed: false,
            kept: Some(kept),
            qr_text,
            problems,
        }
    }
}

/// The answer to an item that was not done.
pub(super) fn failed_as(record_id: &str, problems: Vec<Fault>) -> ItemAnswer {
    ItemAnswer {
        record_id: record_id.to_owned(),
        outcome: ItemOutcome::Error,
        replayed: false,
        kept: None,
        qr_text: None,
        problems,
    }
}
