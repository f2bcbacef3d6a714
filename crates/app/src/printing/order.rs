//! One final print: who may print what again, and the record it leaves.

use crate::{App, AppError, Ctx, Result};
use domain::{Action, CertificateId, Day, EventKind, Number, Object, StatusWord, clean};
use print::{Parts, Profile};
use store::certificate::Head;
use store::print::{Copy, PrintRecord};
use store::{Tx, Urgency};

/// What is to be printed of a certificate, and why.
#[derive(Clone, Debug)]
pub struct PrintOrder {
    /// Which edition; none: the current one.
    pub edition: Option<u32>,
    /// As what.
    pub copy: Copy,
    /// Why; needed by a reprint, by a second duplicate, and by a duplicate of what is no longer in force.
    pub reason: String,
    /// The number the paper itself carries; empty if none.
    pub paper_number: String,
    /// For what the file is made.
    pub profile: Profile,
    /// Which parts.
    pub parts: Parts,
}

impl Default for PrintOrder {
    /// The original of the current edition, face and annex, for paper.
    fn default() -> PrintOrder {
        PrintOrder {
            edition: None,
            copy: Copy::Original,
            reason: String::new(),
            paper_number: String::new(),
            profile: Profile::Archive,
            parts: Parts::Both,
        }
    }
}

/// Longest reason and paper number.
const REASON: usize = 300;
const PAPER: usize = 40;

impl PrintOrder {
    /// The order with its texts cleaned.
    pub(super) fn cleaned(&self) -> Result<PrintOrder> {
        let text = |label: &str, text: &str, most: usize| match clean(text, most) {
            Ok(text) => Ok(text.into_owned()),
            Err(e) => Err(AppError::refused(format!("{label}：{e}"), "请改正后重新提交。")),
        };
        Ok(PrintOrder {
            reason: text("原因", &self.reason, REASON)?,
            paper_number: text("纸张编号", &self.paper_number, PAPER)?,
            ..self.clone()
        })
    }
}

/// A final with its record.
#[derive(Clone, Debug)]
pub struct Printed {
    /// What was written down.
    pub record: PrintRecord,
    /// Whose.
    pub number: Number,
    /// The file.
    pub bytes: Vec<u8>,
}

/// How a record names profile and parts: `archive`, `archive/face`, `download/annex`.
pub(super) fn profile_key(profile: Profile, parts: Parts) -> String {
    let profile = match profile {
        Profile::Archive => "archive",
        Profile::Download => "download",
    };
    match parts {
        Parts::Both => profile.to_owned(),
        Parts::Face => format!("{profile}/face"),
        Parts::Annex => format!("{profile}/annex"),
    }
}

/// Whether two records' profiles stand for the same medium and share a part.
fn overlap(a: &str, b: &str) -> bool {
    let split = |key: &str| {
        let (profile, part) = key.split_once('/').unwrap_or((key, ""));
        (profile.to_owned(), part.to_owned())
    };
    let ((profile, part), (other, other_part)) = (split(a), split(b));
    profile == other && (part == other_part || part.is_empty() || other_part.is_empty())
}

/// Whether an order is admitted, given what was printed before.
///
/// An original is printed once for each edition, of a certificate in force only: a second one, or one of a certificate
/// that ended, would be a paper that looks valid and is not. A reprint replaces a paper that is in use, so it says why.
/// A duplicate of what has ended serves files and courts, and says why. What was assigned by mistake is never printed:
/// finals made before stay in the records.
fn admitted(head: &Head, record: &PrintRecord, today: Day, earlier: &[PrintRecord]) -> Result<()> {
    let refuse = |message: String, hint: &str| Err(AppError::refused(message, hint));
    let (word, number) = (head.status.word(), &head.number);
    let in_force = word == StatusWord::Valid && head.valid_to >= today;
    let state = if word == StatusWord::Valid { "已过期".into() } else { word.state() };
    let same = |r: &&PrintRecord| r.copy == record.copy && r.edition == record.edition;
    let before = earlier.iter().filter(same).find(|r| overlap(&r.profile, &record.profile));
    if word == StatusWord::Annulled {
        return refuse(
            format!("证书{number}已作废（误赋码），不能打印"),
            "作废前打印过的文件可在打印记录中取回。",
        );
    }
    match record.copy {
        Copy::Original if record.edition != head.edition => refuse(
            format!("证书{number}的当前版本是第{}版，正本只打印当前版本", head.edition),
            "旧版请选“副本”并写明原因。",
        ),
        Copy::Original if !in_force => {
            refuse(format!("证书{number}{state}，不能打印正本"), "确需存档或举证的，请选“副本”并写明原因。")
        }
        Copy::Original => match before {
            Some(r) => refuse(
                format!("证书{number}第{}版的正本已于{}打印", r.edition, r.recorded_at.shanghai()),
                "再打一张请选“补打”并写明原因；只要文件的，从打印记录中取回，与当时逐字节相同。",
            ),
            None => Ok(()),
        },
        Copy::Reprint if word.ended() => {
            refuse(format!("证书{number}{state}，不能补打"), "确需存档或举证的，请选“副本”并写明原因。")
        }
        Copy::Reprint if record.reason.is_empty() => {
            refuse("补打没有填写原因".into(), "请写明原因，例如“原件破损，已收回”；它会留在打印记录中。")
        }
        Copy::Duplicate
            if record.reason.is_empty()
                && (before.is_some() || !in_force || record.edition != head.edition) =>
        {
            let why = if before.is_some() {
                "这一版的副本已打印过".to_owned()
            } else {
                format!("证书{number}{state}或不是当前版本")
            };
            refuse(format!("{why}，再打印副本要填写原因"), "请写明原因，它会留在打印记录中。")
        }
        Copy::Reprint | Copy::Duplicate => Ok(()),
    }
}

impl App {
    /// Prints a certificate: the file is kept by its SHA-256, the print recorded and counted, in one transaction. The
    /// same edition with the same fonts, template and settings gives the same bytes, which are then kept once.
    ///
    /// # Errors
    /// What may not be printed or not again, characters without glyph, no https address.
    pub async fn print_certificate(
        &self,
        ctx: &Ctx,
        id: CertificateId,
        order: &PrintOrder,
    ) -> Result<Printed> {
        let head = store::certificate::by_id((&self.db).into(), id).await?;
        self.ask(ctx, Action::Print, head.as_ref().map(|h| h.authority))?;
        let head = head.ok_or(AppError::NotFound)?;
        let key = self.ids("print_record", 1).await?;
        self.print_one(ctx, &head, &order.cleaned()?, key, Urgency::Act).await
    }

    /// The same for a head that the caller was asked about, under a record key that was taken before.
    pub(super) async fn print_one(
        &self,
        ctx: &Ctx,
        head: &Head,
        order: &PrintOrder,
        key: i64,
        urgency: Urgency,
    ) -> Result<Printed> {
        self.may_go_out()?;
        let mut record = PrintRecord {
            id: key,
            certificate: head.id,
            edition: order.edition.unwrap_or(head.edition),
            profile: profile_key(order.profile, order.parts),
            template: self.template.version().to_owned(),
            fonts: self.fonts.version().to_owned(),
            digest: [0; 32],
            copy: order.copy,
            reason: order.reason.clone(),
            paper_number: order.paper_number.clone(),
            account: ctx.actor.to_string(),
            recorded_at: self.now(),
        };
        // Asked before the drawing to spare it, and again inside the transaction, where nobody can be faster.
        let earlier = store::print::list((&self.db).into(), head.id, None, u32::MAX).await?;
        admitted(head, &record, self.today(), &earlier)?;
        let pdf = self.drawn(self.sheet(head, record.edition, order.parts).await?, order.profile).await?;
        record.digest = pdf.sha256;
        let tx = self.db.begin(urgency).await?;
        self.keep_print(&tx, ctx, &record, &pdf.bytes).await?;
        tx.commit().await?;
        Ok(Printed { record, number: head.number.clone(), bytes: pdf.bytes })
    }

    async fn keep_print(&self, tx: &Tx, ctx: &Ctx, record: &PrintRecord, bytes: &[u8]) -> Result<()> {
        store::print::record(tx, record).await?;
        let head =
            store::certificate::by_id(tx.into(), record.certificate).await?.ok_or(AppError::NotFound)?;
        let mut earlier = store::print::list(tx.into(), record.certificate, None, u32::MAX).await?;
        earlier.retain(|r| r.id != record.id);
        admitted(&head, record, self.today(), &earlier)?;
        store::print::put_file(tx, &record.digest, bytes, record.recorded_at).await?;
        let mut event = self.event(ctx, EventKind::Print, Object::Certificate, record.certificate.0);
        event.authority = Some(head.authority);
        event.edition = Some(record.edition);
        event.details.extend([
            ("record", record.id.to_string()),
            ("copy", record.copy.key().to_owned()),
            ("profile", record.profile.clone()),
            ("file", data_encoding::HEXLOWER.encode(&record.digest)),
            ("reason", record.reason.clone()),
            ("paper", record.paper_number.clone()),
        ]);
        store::event::append(tx, &[event]).await?;
        Ok(())
    }

    /// A final of a certificate, byte for byte as it was printed. Anyone who may read the certificate may fetch it.
    pub async fn record_file(&self, ctx: &Ctx, id: CertificateId, digest: &[u8; 32]) -> Result<Printed> {
        let head = store::certificate::by_id((&self.db).into(), id).await?;
        self.ask(ctx, Action::CertificateRead, head.as_ref().map(|h| h.authority))?;
        let head = head.ok_or(AppError::NotFound)?;
        let prints = store::print::list((&self.db).into(), id, None, u32::MAX).await?;
        let record = prints.into_iter().find(|r| r.digest == *digest).ok_or(AppError::NotFound)?;
        let bytes = self.final_file(digest).await?;
        Ok(Printed { record, number: head.number, bytes })
    }

    /// The original of the current edition with face and annex, if it was printed: the one for files before the one for paper.
    pub async fn original_of(&self, ctx: &Ctx, id: CertificateId) -> Result<Option<[u8; 32]>> {
        let head = store::certificate::by_id((&self.db).into(), id).await?;
        self.ask(ctx, Action::CertificateRead, head.as_ref().map(|h| h.authority))?;
        let head = head.ok_or(AppError::NotFound)?;
        let prints = store::print::list((&self.db).into(), id, None, u32::MAX).await?;
        let of = |profile| {
            let key = profile_key(profile, Parts::Both);
            let same =
                |r: &&PrintRecord| r.copy == Copy::Original && r.edition == head.edition && r.profile == key;
            prints.iter().find(same).map(|record| record.digest)
        };
        Ok(of(Profile::Download).or_else(|| of(Profile::Archive)))
    }

    pub(super) async fn final_file(&self, digest: &[u8; 32]) -> Result<Vec<u8>> {
        let found = store::print::file((&self.db).into(), digest).await?;
        found
            .ok_or_else(|| AppError::Fault(format!("文件{}不在库中", data_encoding::HEXLOWER.encode(digest))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn face_and_annex_may_go_on_different_paper_but_neither_twice() {
        assert!(overlap("archive", "archive/face") && overlap("archive/annex", "archive/annex"));
        assert!(!overlap("archive/face", "archive/annex") && !overlap("archive", "download"));
        assert_eq!(profile_key(Profile::Download, Parts::Annex), "download/annex");
        assert_eq!(profile_key(Profile::Archive, Parts::Both), "archive");
    }
}
