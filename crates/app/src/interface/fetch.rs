//! What a system reads of its authority's certificates. No personal fields: they go in, and come out to officers only.

use super::answer::ItemAnswer;
use crate::form::{Form, FormRow};
use crate::{App, AppError, Asked, Ctx, Result};
use domain::{Action, CertificateId, Content, Day, Field, Group, Number, Shape, StatusWord, Uscc, Verdict};
use serde::Serialize;
use serde_json::{Map, Value, json};
use store::body::Body;
use store::certificate::Head;
use store::content::Edition;

/// A certificate as systems see it.
#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "named as in the interface standard")]
pub struct FetchedCertificate {
    pub number: String,
    pub code: String,
    pub edition: u32,
    pub status: &'static str,
    pub status_text: &'static str,
    pub verdict: &'static str,
    pub valid_from: String,
    pub valid_to: String,
    pub assigned_at: String,
    pub door: &'static str,
    pub content_digest: String,
    pub qr_text: String,
    pub record_ids: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub successor: Option<String>,
    #[serde(flatten)]
    pub content: Map<String, Value>,
}

/// One edition of a certificate.
#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "named as in the interface standard")]
pub struct FetchedEdition {
    pub edition: u32,
    pub kinds: Vec<&'static str>,
    pub effective: String,
    pub recorded_at: String,
    pub capabilities: u32,
    pub content_digest: String,
}

/// A certificate of a body, of whatever authority.
#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "named as in the interface standard")]
pub struct LinkedCertificate {
    pub number: String,
    pub authority: String,
    pub body_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uscc: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent_uscc: Option<String>,
    pub status: &'static str,
    pub status_text: &'static str,
    pub verdict: &'static str,
    pub valid_from: String,
    pub valid_to: String,
    pub domain: String,
    pub industry: String,
    pub edition: u32,
    pub own: bool,
}

impl App {
    /// One certificate of the caller's authority with the content of an edition, the current one if none is named.
    pub async fn fetch(
        &self,
        ctx: &Ctx,
        number: &Number,
        edition: Option<u32>,
    ) -> Result<FetchedCertificate> {
        let head = self.fetched(ctx, number).await?;
        let reader = (&self.db).into();
        let edition = edition.unwrap_or(head.edition);
        let stored = store::content::edition_of(reader, head.id, edition).await?.ok_or(AppError::NotFound)?;
        let digest = data_encoding::HEXLOWER.encode(&stored.digest);
        let content = store::content::rows(reader, head.id, edition).await?.content(stored.face);
        let standing = self.standings(&[&head]).await?.pop();
        let records = store::record::of_certificates(reader, vec![head.id.0]).await?;
        Ok(FetchedCertificate {
            number: head.number.to_string(),
            code: head.code.to_string(),
            edition,
            status: head.status.word().key(),
            status_text: head.status.word().label(),
            verdict: word(standing.as_ref()),
            valid_from: content.face.valid_from.to_string(),
            valid_to: content.face.valid_to.to_string(),
            assigned_at: head.assigned_at.rfc3339(),
            door: head.door.key(),
            content_digest: digest,
            qr_text: self.qr_text(head.code),
            record_ids: records.into_iter().map(|(_, id, _)| id).collect(),
            previous: self.number_of(head.previous).await?,
            successor: self.number_of(head.successor).await?,
            content: content_json(&head.number, &content),
        })
    }

    /// The editions of a certificate of the caller's authority, oldest first.
    pub async fn fetch_editions(&self, ctx: &Ctx, number: &Number) -> Result<Vec<FetchedEdition>> {
        let head = self.fetched(ctx, number).await?;
        let editions = store::content::editions((&self.db).into(), head.id).await?;
        Ok(editions.iter().map(edition).collect())
    }

    /// The verdict that the public would get on a day; not counted as a question of the public.
    pub async fn fetch_verdict(&self, ctx: &Ctx, number: &Number, on: Day) -> Result<Verdict> {
        self.fetched(ctx, number).await?;
        Ok(self.verify_uncounted(&Asked::Number(number.clone()), on).await?.verdict)
    }

    /// The answer that was given to a record id of the caller's authority.
    pub async fn fetch_record(&self, ctx: &Ctx, record_id: &str) -> Result<ItemAnswer> {
        let authority = ctx.authority()?;
        self.ask(ctx, Action::CertificateRead, Some(authority))?;
        let found = store::record::find((&self.db).into(), authority, vec![record_id.to_owned()]).await?;
        let record = found.into_iter().next().ok_or(AppError::NotFound)?;
        self.replayed(&record, &record.digest.clone())
    }

    /// Every certificate in the country of the bodies of a code, their own or that of their legal person, as far as the
    /// caller may see them (`domain::sight`).
    pub async fn linked_certificates(&self, ctx: &Ctx, uscc: Uscc) -> Result<Vec<LinkedCertificate>> {
        let own = ctx.authority()?;
        let reader = (&self.db).into();
        let bodies = store::kin::of_codes(reader, vec![uscc.to_string()]).await?;
        let (seen, _) = self.see_bodies(ctx, bodies).await?;
        let bodies: Vec<Body> = seen.into_iter().map(|(body, _)| body).collect();
        let ids = bodies.iter().map(|body| body.id.0).collect();
        let heads = store::certificate::of_bodies(reader, ids).await?;
        let standings = self.standings(&heads.iter().collect::<Vec<_>>()).await?;
        let tables = self.tables();
        let of = |(head, standing): (&Head, &Verdict)| {
            let body = bodies.iter().find(|body| body.id == head.body);
            LinkedCertificate {
                number: head.number.to_string(),
                authority: tables.authority(head.authority).map(|a| a.name.clone()).unwrap_or_default(),
                body_name: body.map(|body| body.name.clone()).unwrap_or_default(),
                uscc: body.and_then(|body| body.own_uscc).map(|uscc| uscc.to_string()),
                parent_uscc: body.and_then(|body| body.parent_uscc).map(|uscc| uscc.to_string()),
                status: head.status.word().key(),
                status_text: head.status.word().label(),
                verdict: standing.word().key(),
                valid_from: head.valid_from.to_string(),
                valid_to: head.valid_to.to_string(),
                domain: head.domain.to_string(),
                industry: head.industry.to_string(),
                edition: head.edition,
                own: head.authority == own,
            }
        };
        Ok(heads.iter().zip(&standings).map(of).collect())
    }

    /// A certificate that the caller may read.
    pub(super) async fn fetched(&self, ctx: &Ctx, number: &Number) -> Result<Head> {
        let head = store::certificate::by_number((&self.db).into(), number).await?;
        self.ask(ctx, Action::CertificateRead, head.as_ref().map(|head| head.authority))?;
        head.ok_or(AppError::NotFound)
    }

    async fn number_of(&self, id: Option<CertificateId>) -> Result<Option<String>> {
        let Some(id) = id else { return Ok(None) };
        let head = store::certificate::by_id((&self.db).into(), id).await?;
        Ok(head.map(|head| head.number.to_string()))
    }
}

fn word(verdict: Option<&Verdict>) -> &'static str {
    verdict.map_or("", |verdict| verdict.word().key())
}

fn edition(it: &Edition) -> FetchedEdition {
    FetchedEdition {
        edition: it.edition,
        kinds: it.kinds.iter().map(|kind| kind.key()).collect(),
        effective: it.effective.to_string(),
        recorded_at: it.recorded_at.rfc3339(),
        capabilities: it.capabilities,
        content_digest: data_encoding::HEXLOWER.encode(&it.digest),
    }
}

/// A content in the members of an item, so that what is fetched can be sent.
fn content_json(number: &Number, content: &Content) -> Map<String, Value> {
    let mut form = Form::of(number, content);
    for (field, value) in content.face.values() {
        let known = form.certificate.contains_key(field.key());
        if !known && !value.is_empty() && !matches!(field, Field::Food | Field::Xpcc) {
            form.set(field, value);
        }
    }
    let mut out = Map::new();
    for group in Group::ALL {
        let value = match group {
            Group::Certificate => row_json(group, &form.certificate),
            _ => Value::Array(form.rows(group).iter().map(|row| row_json(group, row)).collect()),
        };
        out.insert(group.key().to_owned(), value);
    }
    let kinds: Vec<_> = content.face.kinds.iter().map(|kind| kind.key()).collect();
    out["certificate"][Field::Kind.key()] = json!(kinds);
    out
}

fn row_json(group: Group, row: &FormRow) -> Value {
    let value = |key: &str, text: &str| match Field::of_key(group, key).map(Field::shape) {
        Some(Shape::YesNo) => Value::Bool(text == "是"),
        _ => Value::String(text.to_owned()),
    };
    Value::Object(row.iter().map(|(key, text)| (key.clone(), value(key, text))).collect())
}

/// The statuses with their words, for the code tables.
pub(super) fn statuses() -> Vec<(String, String)> {
    StatusWord::ALL.iter().map(|word| (word.key().to_owned(), word.label().to_owned())).collect()
}
