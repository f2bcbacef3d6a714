//! 删除个人信息: what is known of a person may go, by an act of the issuing authority that stays on record
//! (个人信息保护法 Art. 47; architecture.md 5). The person's rows stay, as they are part of the certificate.

use crate::{App, AppError, Ctx, Result};
use domain::{Action, CertificateId, EventKind, Object, PersonId, clean};
use store::Urgency;
use store::certificate::Card;
use store::personal::Part;

/// Longest document number and reason, as of every other act.
const DOCUMENT: usize = 80;
const REASON: usize = 300;
/// Shortest personal value that is looked for in what was typed: 女 or 1 stands in many a sentence.
const TELLING: usize = 4;

/// What would be erased.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Erasable {
    /// The name under which the person stands on the certificate.
    pub name: String,
    /// What is known; never the values.
    pub parts: Vec<Part>,
}

/// Why it is erased.
#[derive(Clone, Debug, Default)]
pub struct Erasure {
    /// Number of the request or decision that is granted.
    pub document: String,
    /// Why, without personal content.
    pub reason: String,
}

impl App {
    /// What is known of a person of a certificate of the caller's authority, by kind only.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for who never stood on the certificate.
    pub async fn erasable(&self, ctx: &Ctx, id: CertificateId, person: PersonId) -> Result<Erasable> {
        let card = self.erasing(ctx, id).await?;
        let name = self.name_on(&card, person).await?;
        let known = store::personal::of_person((&self.db).into(), person).await?;
        Ok(Erasable { name, parts: known.into_iter().map(|sealed| sealed.part).collect() })
    }

    /// Who stood on a certificate, stands there no longer, and is still known: those to be erased first (Art. 47 No. 1).
    pub async fn former_persons(&self, ctx: &Ctx, id: CertificateId) -> Result<Vec<(PersonId, String)>> {
        self.erasing(ctx, id).await?;
        Ok(store::personal::former((&self.db).into(), id).await?)
    }

    /// Erases what is known of a person; which parts. The person has one set of them in the whole registry, found by
    /// the ID number, so they are gone from his other certificates as well.
    ///
    /// # Errors
    /// Missing reason or document, a reason that repeats what is erased, or that there is nothing to erase.
    pub async fn erase_person(
        &self,
        ctx: &Ctx,
        id: CertificateId,
        person: PersonId,
        why: &Erasure,
    ) -> Result<Vec<Part>> {
        let card = self.erasing(ctx, id).await?;
        self.name_on(&card, person).await?;
        let tx = self.db.begin(Urgency::Act).await?;
        let known = store::personal::of_person((&tx).into(), person).await?;
        if known.is_empty() {
            let hint = "请核对人员；已删除的不能再删。";
            return Err(AppError::refused("没有登记此人的个人信息", hint));
        }
        let mut values = Vec::new();
        for sealed in &known {
            let bound = crate::Bound::Person(person.0, sealed.part.key());
            values.push(String::from_utf8_lossy(&self.keys.open_sealed(bound, &sealed.cipher)?).into_owned());
        }
        let Erasure { document, reason } = checked(why, &values)?;
        let parts: Vec<Part> = known.iter().map(|sealed| sealed.part).collect();
        store::personal::erase(&tx, person).await?;
        let mut event = self.event(ctx, EventKind::PersonalErase, Object::Certificate, id.0);
        event.authority = Some(card.head.authority);
        event.document = document;
        event.details.extend([
            ("person", person.to_string()),
            ("parts", parts.iter().map(|part| part.key()).collect::<Vec<_>>().join(",")),
            ("reason", reason),
        ]);
        store::event::append(&tx, &[event]).await?;
        tx.commit().await?;
        Ok(parts)
    }

    /// The certificate, if the caller may erase what is known of its persons.
    async fn erasing(&self, ctx: &Ctx, id: CertificateId) -> Result<Card> {
        let card = store::certificate::card_by_id((&self.db).into(), id).await?;
        self.ask(ctx, Action::PersonalErase, card.as_ref().map(|c| c.head.authority))?;
        card.ok_or(AppError::NotFound)
    }

    /// The name of a person on a certificate, now or before.
    async fn name_on(&self, card: &Card, person: PersonId) -> Result<String> {
        let names = store::personal::names_on((&self.db).into(), card.head.id, person).await?;
        match names.is_empty() {
            false => Ok(names.join("、")),
            true if card.head.contact == Some(person) => Ok(card.face.contact.clone()),
            true => Err(AppError::NotFound),
        }
    }
}

/// The document and the reason, cleaned; `values` are what must not be repeated in them, since events stay for ever.
fn checked(why: &Erasure, values: &[String]) -> Result<Erasure> {
    let text = |label: &str, text: &str, longest| {
        let text = clean(text, longest)
            .map_err(|e| AppError::refused(format!("{label}：{e}"), "请改正后重新提交。"))?;
        match text.is_empty() {
            true => Err(AppError::refused(
                format!("没有填写{label}"),
                "请填写删除申请或批准文件的编号，并写明原因；两项都留在办理记录中。",
            )),
            false => Ok(text.into_owned()),
        }
    };
    let found = Erasure {
        document: text("文号", &why.document, DOCUMENT)?,
        reason: text("原因", &why.reason, REASON)?,
    };
    let repeats = |value: &&String| {
        value.chars().count() >= TELLING
            && [&found.document, &found.reason].iter().any(|it| it.contains(*value))
    };
    if values.iter().find(repeats).is_some() {
        let hint = "办理记录永久保存，请删去其中的证件号码、电话等个人信息后重新提交。";
        return Err(AppError::refused("文号或原因中写有要删除的个人信息", hint));
    }
    Ok(found)
}
