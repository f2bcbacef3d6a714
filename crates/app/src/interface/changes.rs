//! 变更流 and 对账: what happened, in the order of its commits, and what stands, so that each side finds what the other lacks.

use super::fetch::statuses;
use crate::{App, AppError, Ctx, Result};
use domain::{
    Action, AuthorityId, BodyId, CertificateId, Code, Concern, Day, Instant, Kind, Number, StatusAct,
};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};
use store::body::Body;
use store::certificate::{Assigned, Head};
use store::event::{Position, Recorded};
use store::tables::CodeKind;

/// Entries on a page of the stream or of a reconciliation at most.
pub const MOST_ENTRIES: u32 = 1_000;
/// Certificates that a caller may ask about at a time.
pub const MOST_ASKED: usize = 10_000;

/// A place in the stream that callers keep and give back; what it says is ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor(Position);

impl Cursor {
    /// Before everything.
    pub const START: Cursor = Cursor(Position { epoch: 0, number: 0 });

    /// Reads a cursor.
    pub fn parse(text: &str) -> Option<Cursor> {
        let bytes = data_encoding::BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
        let bytes: [u8; 17] = bytes.try_into().ok()?;
        let (format, rest) = bytes.split_first()?;
        let (epoch, number) = rest.split_at(8);
        (*format == 1).then_some(Cursor(Position {
            epoch: i64::from_be_bytes(epoch.try_into().ok()?),
            number: i64::from_be_bytes(number.try_into().ok()?),
        }))
    }
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut bytes = vec![1];
        bytes.extend(self.0.epoch.to_be_bytes());
        bytes.extend(self.0.number.to_be_bytes());
        f.write_str(&data_encoding::BASE64URL_NOPAD.encode(&bytes))
    }
}

/// One thing that happened to a certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "named as in the interface standard")]
pub struct ChangeEntry {
    pub cursor: String,
    pub kind: &'static str,
    pub kind_text: &'static str,
    pub number: String,
    /// None on a certificate of another authority: codes are the issuer's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edition: Option<u32>,
    pub effective: String,
    pub recorded_at: String,
    pub door: String,
    pub document: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record_id: Option<String>,
    /// Why an act against a certificate of another authority concerns this one, and whose it is.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub concern: Option<ConcernEntry>,
}

/// What an entry says of a certificate of another authority.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "named as in the interface standard")]
pub struct ConcernEntry {
    pub concerning: &'static str,
    pub authority: String,
    pub body_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uscc: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent_uscc: Option<String>,
}

impl ChangeEntry {
    /// What an event says of a certificate: the same in the stream and in a notice.
    pub(crate) fn of(event: &Recorded, number: &Number, code: Code) -> ChangeEntry {
        let record = event.detail("record_id");
        ChangeEntry {
            cursor: Cursor(event.position).to_string(),
            kind: event.kind.key(),
            kind_text: event.kind.label(),
            number: number.to_string(),
            code: Some(code.to_string()),
            edition: event.edition,
            effective: event.effective.to_string(),
            recorded_at: event.recorded_at.rfc3339(),
            door: event.door.clone(),
            document: event.document.clone(),
            record_id: (!record.is_empty()).then_some(record),
            concern: None,
        }
    }

    /// What it says of a certificate of another authority: the act, and nothing that is the issuer's own.
    fn of_other(event: &Recorded, head: &Head, concern: ConcernEntry) -> ChangeEntry {
        let own = ChangeEntry::of(event, &head.number, head.code);
        ChangeEntry { code: None, edition: None, record_id: None, concern: Some(concern), ..own }
    }
}

/// A page of the stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Changes {
    /// In the order of their commits.
    pub events: Vec<ChangeEntry>,
    /// Where to go on.
    pub next: String,
}

/// One certificate as it stands, for comparing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "named as in the interface standard")]
pub struct Reconciled {
    pub number: String,
    pub code: String,
    pub edition: u32,
    pub status: &'static str,
    pub content_digest: String,
    pub record_ids: Vec<String>,
    pub assigned_at: String,
    pub door: &'static str,
}

/// A page of a reconciliation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reconciliation {
    /// In the order of their assignment.
    pub items: Vec<Reconciled>,
    /// Where to go on; none at the end.
    pub next: Option<String>,
    /// Where the stream stood before the page was read: what happens later comes there.
    pub position: String,
}

/// What a caller says that it has.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(missing_docs, reason = "named as in the interface standard")]
pub struct Claimed {
    pub record_id: String,
    pub number: String,
    pub content_digest: String,
}

/// What of it the registry has not, or has otherwise.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Differences {
    /// Record ids or numbers that the registry does not know.
    pub missing: Vec<String>,
    /// Those whose content or number stands otherwise.
    pub different: Vec<Different>,
    /// How many agree.
    pub same: usize,
}

/// One that stands otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Different {
    /// The record id or number that was asked about.
    pub asked: String,
    /// The number that stands.
    pub number: String,
    /// The edition that stands.
    pub edition: u32,
    /// Its content.
    pub content_digest: String,
}

impl App {
    /// What happened to the certificates of the caller's authority after a cursor, and which acts against those of others
    /// concern it, in one order. `None` if the cursor is of an epoch
    /// that has ended: what it followed may have been lost, and the caller has to reconcile.
    pub async fn changes(&self, ctx: &Ctx, after: Cursor, limit: u32) -> Result<Option<Changes>> {
        let authority = ctx.authority()?;
        self.ask(ctx, Action::EventRead, Some(authority))?;
        let reader = (&self.db).into();
        let epoch = store::meta::epoch(reader).await?;
        if after != Cursor::START && after.0.epoch != epoch {
            return Ok(None);
        }
        let limit = limit.clamp(1, MOST_ENTRIES) as usize;
        let (mut next, mut events) = (after, Vec::with_capacity(limit));
        // Much happens in between that is not told of: who asks for three entries gets three where there are three.
        while events.len() < limit {
            let (page, more) = self.happened(authority, next.0).await?;
            for (event, concern) in page {
                if events.len() == limit {
                    break;
                }
                next = Cursor(event.position);
                events.extend(event.of_certificate().then_some((event, concern)));
            }
            if !more {
                break;
            }
        }
        let heads = self.heads(events.iter().map(|(event, _)| event.object_id)).await?;
        let bodies = self.bodies_told(&events, &heads).await?;
        let entry = |(event, concern): &(Recorded, Option<Concern>)| {
            let head = heads.get(&event.object_id)?;
            let Some(concern) = concern else {
                return Some(ChangeEntry::of(event, &head.number, head.code));
            };
            let told = self.concern_entry(*concern, head, bodies.get(&head.body)?);
            Some(ChangeEntry::of_other(event, head, told))
        };
        Ok(Some(Changes { events: events.iter().filter_map(entry).collect(), next: next.to_string() }))
    }

    /// The next of an authority's own events and of the acts of others that it was told of, in commit order; whether there
    /// may be more. Both are walked by their own index, and nothing is told beyond the place to which both were read.
    async fn happened(
        &self,
        authority: AuthorityId,
        after: Position,
    ) -> Result<(Vec<(Recorded, Option<Concern>)>, bool)> {
        // One moment for both: an act that is committed between two reads would lie before a place that was told already.
        let moment = self.db.snapshot().await?;
        let told = store::inbox::after((&moment).into(), authority, after, MOST_ENTRIES).await?;
        let own = store::event::after((&moment).into(), authority, after, MOST_ENTRIES).await?;
        let cut = |last: Option<Position>, n: usize| last.filter(|_| n == MOST_ENTRIES as usize);
        let ends = [
            cut(own.last().map(|event| event.position), own.len()),
            cut(told.last().map(|(event, _)| event.position), told.len()),
        ];
        let until = ends.into_iter().flatten().min();
        let told = told.into_iter().map(|(event, concern)| (event, Some(concern)));
        let mut all: Vec<_> = own.into_iter().map(|event| (event, None)).chain(told).collect();
        all.sort_by_key(|(event, _)| event.position);
        all.retain(|(event, _)| until.is_none_or(|until| event.position <= until));
        Ok((all, until.is_some()))
    }

    /// The bodies of the certificates of others among these.
    async fn bodies_told(
        &self,
        events: &[(Recorded, Option<Concern>)],
        heads: &HashMap<i64, Head>,
    ) -> Result<HashMap<BodyId, Body>> {
        let others = events.iter().filter(|(_, concern)| concern.is_some());
        let ids: HashSet<i64> =
            others.filter_map(|(event, _)| heads.get(&event.object_id)).map(|head| head.body.0).collect();
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let bodies = store::body::by_ids((&self.db).into(), ids.into_iter().collect()).await?;
        Ok(bodies.into_iter().map(|body| (body.id, body)).collect())
    }

    /// What the stream says of an act against a certificate of another authority, for a notice of it.
    pub(crate) async fn entry_of_other(
        &self,
        event: &Recorded,
        certificate: CertificateId,
        concern: Concern,
    ) -> Result<ChangeEntry> {
        let head = store::certificate::by_id((&self.db).into(), certificate).await?;
        let head = head.ok_or_else(|| AppError::Fault(format!("办理通报的证书{certificate}不在库中")))?;
        let body = self.body_of(&head).await?;
        Ok(ChangeEntry::of_other(event, &head, self.concern_entry(concern, &head, &body)))
    }

    fn concern_entry(&self, concern: Concern, head: &Head, body: &Body) -> ConcernEntry {
        ConcernEntry {
            concerning: concern.key(),
            authority: self.authority_name(head.authority),
            body_name: body.name.clone(),
            uscc: body.own_uscc.map(|uscc| uscc.to_string()),
            parent_uscc: body.parent_uscc.map(|uscc| uscc.to_string()),
        }
    }

    async fn heads(&self, ids: impl Iterator<Item = i64>) -> Result<HashMap<i64, Head>> {
        let ids: HashSet<i64> = ids.collect();
        let heads = store::certificate::by_ids((&self.db).into(), ids.into_iter().collect()).await?;
        Ok(heads.into_iter().map(|head| (head.id.0, head)).collect())
    }

    /// Where the stream stands now: after this comes what happens from now on. Never behind what was read before.
    async fn position(&self) -> Result<Cursor> {
        Ok(Cursor(store::event::last((&self.db).into()).await?))
    }

    /// A page of what stands, in the order of assignment: certificates assigned on the days from `from` to `to`.
    ///
    /// # Errors
    /// A cursor that is none.
    pub async fn reconcile(
        &self,
        ctx: &Ctx,
        (from, to): (Option<Day>, Option<Day>),
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<Reconciliation> {
        let authority = ctx.authority()?;
        self.ask(ctx, Action::CertificateRead, Some(authority))?;
        let position = self.position().await?;
        let start = from.map_or(Instant::from_micros(0), Instant::begin_of);
        let end =
            to.and_then(|to| to.plus_days(1).ok()).map_or(Instant::from_micros(i64::MAX), Instant::begin_of);
        let after = match cursor {
            None => (start, i64::MIN),
            Some(text) => paged(text).ok_or_else(|| {
                AppError::refused("对账游标无法识别", "请原样传回上一页的 next，或不传从头开始。")
            })?,
        };
        let page = Assigned { authority, after, before: end };
        let limit = limit.clamp(1, MOST_ENTRIES);
        let rows = store::certificate::assigned((&self.db).into(), &page, limit).await?;
        let full = rows.len() == limit as usize;
        let next = rows.last().filter(|_| full).map(|(head, _)| page_after(head));
        let ids = rows.iter().map(|(head, _)| head.id.0).collect();
        let mut records: HashMap<CertificateId, Vec<String>> = HashMap::new();
        for (certificate, id, _) in store::record::of_certificates((&self.db).into(), ids).await? {
            records.entry(certificate).or_default().push(id);
        }
        let item = |(head, digest): &(Head, [u8; 32])| Reconciled {
            number: head.number.to_string(),
            code: head.code.to_string(),
            edition: head.edition,
            status: head.status.word().key(),
            content_digest: data_encoding::HEXLOWER.encode(digest),
            record_ids: records.get(&head.id).cloned().unwrap_or_default(),
            assigned_at: head.assigned_at.rfc3339(),
            door: head.door.key(),
        };
        Ok(Reconciliation { items: rows.iter().map(item).collect(), next, position: position.to_string() })
    }

    /// What of a caller's certificates the registry lacks or has otherwise.
    pub async fn reconcile_against(&self, ctx: &Ctx, claimed: &[Claimed]) -> Result<Differences> {
        let authority = ctx.authority()?;
        self.ask(ctx, Action::CertificateRead, Some(authority))?;
        let mut out = Differences::default();
        for chunk in claimed.chunks(500) {
            self.compare_claims(authority, chunk, &mut out).await?;
        }
        Ok(out)
    }

    async fn compare_claims(
        &self,
        authority: AuthorityId,
        claimed: &[Claimed],
        out: &mut Differences,
    ) -> Result<()> {
        let reader = (&self.db).into();
        let ids: Vec<String> =
            claimed.iter().filter(|c| !c.record_id.is_empty()).map(|c| c.record_id.clone()).collect();
        let records = match ids.is_empty() {
            true => Vec::new(),
            false => store::record::find(reader, authority, ids).await?,
        };
        let records: HashMap<&str, i64> =
            records.iter().map(|record| (record.id.as_str(), record.certificate.0)).collect();
        let numbers = claimed.iter().filter(|c| c.record_id.is_empty()).map(|c| c.number.clone()).collect();
        let numbered = store::certificate::by_numbers(reader, numbers).await?;
        let numbered = numbered.into_iter().filter(|head| head.authority == authority);
        let numbered: HashMap<String, i64> =
            numbered.map(|head| (head.number.to_string(), head.id.0)).collect();
        let all = records.values().chain(numbered.values()).copied();
        let heads = self.heads(all).await?;
        let ids = heads.keys().copied().collect();
        let digests: HashMap<CertificateId, [u8; 32]> =
            store::content::current_digests(reader, ids).await?.into_iter().collect();
        for claim in claimed {
            let (asked, id) = match claim.record_id.as_str() {
                "" => (claim.number.as_str(), numbered.get(claim.number.trim())),
                record => (record, records.get(record)),
            };
            let Some(head) = id.and_then(|id| heads.get(id)) else {
                out.missing.push(asked.to_owned());
                continue;
            };
            let digest =
                digests.get(&head.id).map(|it| data_encoding::HEXLOWER.encode(it)).unwrap_or_default();
            let other_number = !claim.number.is_empty() && claim.number.trim() != head.number.as_str();
            let other_content =
                !claim.content_digest.is_empty() && !claim.content_digest.eq_ignore_ascii_case(&digest);
            if other_number || other_content {
                out.different.push(Different {
                    asked: asked.to_owned(),
                    number: head.number.to_string(),
                    edition: head.edition,
                    content_digest: digest,
                });
            } else {
                out.same += 1;
            }
        }
        Ok(())
    }

    /// Figures of the caller's authority: certificates by recorded status, assignments by door and questions of the public
    /// by answer, of the days from `from` to `to`.
    pub async fn statistics(&self, ctx: &Ctx, from: Day, to: Day) -> Result<serde_json::Value> {
        let authority = ctx.authority()?;
        self.ask(ctx, Action::CertificateRead, Some(authority))?;
        let reader = (&self.db).into();
        let end = to.plus_days(1).map_or(Instant::from_micros(i64::MAX), Instant::begin_of);
        let statuses = store::figures::by_status(reader, authority).await?;
        let doors =
            store::certificate::assigned_by_door(reader, authority, Instant::begin_of(from), end).await?;
        let mut words: HashMap<String, u64> = HashMap::new();
        let mut days: HashMap<String, u64> = HashMap::new();
        for row in self.questions_about(authority, (from, to)).await? {
            let n = row.sum();
            *days.entry(row.day.to_string()).or_default() += n;
            *words.entry(row.value).or_default() += n;
        }
        Ok(serde_json::json!({
            "from": from.to_string(),
            "to": to.to_string(),
            "certificates": statuses.iter().map(|(word, n)| (word.key(), n)).collect::<HashMap<_, _>>(),
            "assigned": doors.iter().map(|(door, n)| (door.key(), n)).collect::<HashMap<_, _>>(),
            "questions": { "by_answer": words, "by_day": days },
        }))
    }

    /// A page of a code table: codes with their words of today, after `after`. `None` if there is no such table.
    pub async fn code_table(
        &self,
        ctx: &Ctx,
        table: &str,
        after: &str,
    ) -> Result<Option<Vec<(String, String)>>> {
        self.ask(ctx, Action::CertificateRead, Some(ctx.authority()?))?;
        let named = |pairs: &[(&str, &str)]| {
            pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect::<Vec<_>>()
        };
        let kind = match table {
            "domains" => CodeKind::Domain,
            "industries" => CodeKind::Industry,
            "divisions" => CodeKind::Division,
            "authorities" => {
                let tables = self.tables();
                let today = self.today();
                let code = |id| tables.code_of(id, today).map(|code| code.to_string()).unwrap_or_default();
                return Ok(Some(tables.authorities.iter().map(|a| (code(a.id), a.name.clone())).collect()));
            }
            "kinds" => return Ok(Some(named(&Kind::ALL.map(|kind| (kind.key(), kind.label()))))),
            "acts" => return Ok(Some(named(&StatusAct::ALL.map(|act| (act.key(), act.label()))))),
            "statuses" => return Ok(Some(statuses())),
            _ => return Ok(None),
        };
        let entries = self.codes(kind, "", after).await?;
        Ok(Some(entries.into_iter().map(|entry| (entry.code, entry.name)).collect()))
    }
}

/// Where a page ended: moment and key of its last certificate.
fn page_after(head: &Head) -> String {
    let mut bytes = vec![2];
    bytes.extend(head.assigned_at.micros().to_be_bytes());
    bytes.extend(head.id.0.to_be_bytes());
    data_encoding::BASE64URL_NOPAD.encode(&bytes)
}

fn paged(text: &str) -> Option<(Instant, i64)> {
    let bytes: [u8; 17] = data_encoding::BASE64URL_NOPAD.decode(text.as_bytes()).ok()?.try_into().ok()?;
    let (format, rest) = bytes.split_first()?;
    let (at, id) = rest.split_at(8);
    let at = Instant::from_micros(i64::from_be_bytes(at.try_into().ok()?));
    (*format == 2).then_some((at, i64::from_be_bytes(id.try_into().ok()?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_as_it_was_given_and_anything_else_is_none() {
        let cursor = Cursor(Position { epoch: 3, number: 1 << 40 });
        assert_eq!(Cursor::parse(&cursor.to_string()), Some(cursor));
        for text in ["", "AAAA", "x y", "AgAAAAAAAAABAAAAAAAAAAE"] {
            assert_eq!(Cursor::parse(text), None, "{text}");
        }
    }
}
