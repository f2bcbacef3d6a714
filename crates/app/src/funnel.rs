//! What stands before the writer, for every door: the funnel of `domain`, then what the registry knows.

use crate::alike::Party;
use crate::issue::body::{self, BodyKey, Known};
use crate::issue::counted;
use crate::{App, Result};
use domain::{
    AuthorityId, Beside, CertificateId, Content, DateSystem, Draft, Face, Field, Found, Identity, Kind,
    Number, Parsed, Place, Plan, Problem, RawCertificate, Setting, Severity, Standing, Tables, merged,
    name_key, plan,
};
use std::collections::HashMap;
use store::body::Body;
use store::certificate::Head;

/// A draft with its plan, or why there is none, and all problems.
#[derive(Clone, Debug)]
pub struct Judged {
    /// There iff nothing stops it.
    pub draft: Option<(Draft, Plan)>,
    /// All problems, warnings included.
    pub problems: Vec<Problem>,
    /// How many certificates its body held when it was judged.
    pub held: u32,
    /// The content of the certificate that has its number, for who tells what would change.
    pub(crate) before: Option<Content>,
}

impl Judged {
    fn stopped(problems: Vec<Problem>) -> Judged {
        Judged { draft: None, problems, held: 0, before: None }
    }
}

/// What the registry knows of one draft.
#[derive(Default)]
struct Looked {
    found: Found,
    /// Certificates of its body.
    held: u32,
}

/// Certificates of the same input, by number: a renewal may name one that comes with it.
pub(crate) type Siblings = HashMap<Number, (u32, Face)>;

impl App {
    /// What the pure rules need, for one authority.
    pub(crate) fn setting<'t>(
        &self,
        tables: &'t Tables,
        authority: AuthorityId,
        dates: DateSystem,
    ) -> Setting<'t> {
        Setting { tables, authority, today: self.today(), date_system: dates }
    }

    /// The whole judgement of one certificate, nothing written.
    pub(crate) async fn judge(&self, raw: &RawCertificate<'_>, setting: &Setting<'_>) -> Result<Judged> {
        let parsed = Draft::parse(raw, setting);
        let mut judged = self.judge_many(vec![parsed], setting, &Siblings::new()).await?;
        let mut judged = judged.pop().unwrap_or_else(|| Judged::stopped(Vec::new()));
        let party = Party::of(&raw.head, setting);
        judged.problems.extend(self.known_alike(&[party]).await?.into_iter().flatten());
        Ok(judged)
    }

    /// The same for a chunk of an import: one query a question, not one a certificate.
    pub(crate) async fn judge_many(
        &self,
        parsed: Vec<Parsed>,
        setting: &Setting<'_>,
        siblings: &Siblings,
    ) -> Result<Vec<Judged>> {
        let drafts: Vec<&Draft> = parsed.iter().filter_map(|p| p.draft.as_ref()).collect();
        let mut known = self.look_up(&drafts, setting, siblings).await?.into_iter();
        let mut out = Vec::with_capacity(parsed.len());
        for Parsed { draft, mut problems } in parsed {
            let Some(draft) = draft else {
                out.push(Judged::stopped(problems));
                continue;
            };
            let Looked { found, held } = known.next().unwrap_or_default();
            let (plan, more) = plan(&draft, &found, setting);
            problems.extend(more);
            problems.extend(self.unprintable(&draft));
            let stopped = problems.iter().any(Problem::stops);
            let before = found.existing.map(|(_, content)| content);
            out.push(Judged { draft: (!stopped).then_some((draft, plan)), problems, held, before });
        }
        Ok(out)
    }

    /// Characters that no font has are refused by name before anything is assigned, never printed as a box: in every text
    /// that the printer asks for, at its own row and field.
    fn unprintable(&self, draft: &Draft) -> Vec<Problem> {
        let mut out = Vec::new();
        let mut look = |row: u32, field: Field, text: &str| {
            let missing = self.fonts.missing_chars(text);
            if !missing.is_empty() {
                let place = Place::cell(field.group(), row, None, field);
                out.push(unprintable(place, text, &missing));
            }
            missing.is_empty()
        };
        let (face, rows) = (&draft.content.face, &draft.rows);
        look(rows.head, Field::BodyName, &face.body_name);
        look(rows.head, Field::OtherName, &face.other_name);
        look(rows.head, Field::Address, &face.address);
        if let Some(parent) = &face.parent {
            look(rows.head, Field::ParentName, &parent.name);
        }
        // Without rows of its own the one site is the address of the head.
        for (row, s) in rows.sites.iter().zip(&draft.content.sites) {
            look(*row, Field::SiteName, &s.name);
            look(*row, Field::SiteAddress, &s.address);
        }
        for (row, s) in rows.signatories.iter().zip(&draft.content.signatories) {
            look(*row, Field::SignatoryName, &s.name);
            look(*row, Field::SignatoryTitle, &s.title);
            look(*row, Field::SignatoryField, &s.field);
            look(*row, Field::SignatoryRemark, &s.remark);
        }
        // Most of an annex repeats what stands above.
        let mut printable = [""; 9];
        for (row, c) in rows.capabilities.iter().zip(&draft.content.capabilities) {
            let i = &c.item;
            let texts = [
                (Field::Category, &i.category),
                (Field::Class, &i.class),
                (Field::Item, &i.name),
                (Field::StandardName, &i.standard_name),
                (Field::StandardNumber, &i.standard_number),
                (Field::Clause, &i.clause),
                (Field::Limits, &c.limits),
                (Field::CapabilityRemark, &c.remark),
                (Field::Label, &c.label),
            ];
            for ((field, text), printable) in texts.into_iter().zip(&mut printable) {
                if text != *printable && look(*row, field, text) {
                    *printable = text;
                }
            }
        }
        out
    }

    async fn look_up(
        &self,
        drafts: &[&Draft],
        setting: &Setting<'_>,
        siblings: &Siblings,
    ) -> Result<Vec<Looked>> {
        let reader = (&self.db).into();
        let mut numbers: Vec<String> = Vec::new();
        for draft in drafts {
            numbers.extend(draft.number.as_ref().map(Number::to_string));
            numbers.extend(draft.content.face.previous_number.as_ref().map(Number::to_string));
        }
        let heads = if numbers.is_empty() {
            Vec::new()
        } else {
            store::certificate::by_numbers(reader, numbers).await?
        };
        let heads: HashMap<Number, Head> = heads.into_iter().map(|h| (h.number.clone(), h)).collect();
        let faces: Vec<&Face> = drafts.iter().map(|d| &d.content.face).collect();
        let (bodies, named) = body::find(reader, &faces).await?;
        let ids = bodies.values().map(|known| known.body().id.0).collect::<Vec<_>>();
        let mut held: HashMap<domain::BodyId, Vec<Head>> = HashMap::new();
        if !ids.is_empty() {
            for head in store::certificate::of_bodies(reader, ids).await? {
                held.entry(head.body).or_default().push(head);
            }
        }
        let mut out = Vec::with_capacity(drafts.len());
        for draft in drafts {
            let face = &draft.content.face;
            let mut found = Found::default();
            let mut holds = 0;
            if let Some(head) = draft.number.as_ref().and_then(|n| heads.get(n)) {
                self.existing(draft, head, &mut found).await?;
            }
            if let Some(previous) = &face.previous_number {
                found.previous = match heads.get(previous) {
                    // A body that others were merged into is known by all their codes.
                    Some(head) => match bodies.get(&BodyKey::of(face)) {
                        Some(known) if known.body().id == head.body => {
                            Some(Standing { body_key: code(face), ..self.standing(head).await? })
                        }
                        Some(_) | None => Some(self.standing(head).await?),
                    },
                    None => {
                        siblings.get(previous).map(|(line, face)| sibling(*line, previous, face, setting))
                    }
                };
            }
            let known = bodies.get(&BodyKey::of(face));
            let body = known.map(Known::body);
            if let (Some(known), Some(body)) = (known, body) {
                let key = name_key(&face.body_name);
                let merged = |it: &Known| it.row.name_key == key && it.body().id == body.id;
                let other = !known.is_called(&key) && !named.iter().any(merged);
                found.other_name = other.then(|| known.row.name.clone());
                let held = held.get(&body.id).map(Vec::as_slice).unwrap_or_default();
                holds = held.len() as u32;
                found.beside = self.beside(draft, held).await?;
                if face.kinds.has(Kind::First) {
                    found.revoked_on = store::certificate::revoked_on(reader, body.id).await?;
                }
                if draft.number.is_none() && counted(face.kinds) {
                    found.same_decision = self.same_decision(draft, body.id, setting.authority).await?;
                }
            }
            found.other_codes = same_name(face, body, &named);
            out.push(Looked { found, held: holds });
        }
        Ok(out)
    }

    /// 一家一证: certificates of the body and domain that hold at the same time, where neither names the other.
    async fn beside(&self, draft: &Draft, held: &[Head]) -> Result<Vec<Beside>> {
        let face = &draft.content.face;
        let mut out = Vec::new();
        if !face.kinds.makes_certificate() || draft.status.word().ended() {
            return Ok(out);
        }
        for head in held {
            let number = Some(&head.number);
            let apart = head.domain != face.domain
                || head.status.word().ended()
                || head.valid_to < face.valid_from
                || face.valid_to < head.valid_from
                || draft.number.as_ref() == number
                || face.previous_number.as_ref() == number;
            if apart {
                continue;
            }
            let edition = store::content::edition_of((&self.db).into(), head.id, head.edition).await?;
            let previous = edition.and_then(|e| e.face.previous_number);
            if previous.is_none() || previous != draft.number {
                out.push(Beside { number: head.number.clone(), valid: (head.valid_from, head.valid_to) });
            }
        }
        Ok(out)
    }

    async fn existing(&self, draft: &Draft, head: &Head, found: &mut Found) -> Result<()> {
        let reader = (&self.db).into();
        let editions = store::content::editions(reader, head.id).await?;
        let Some(current) = editions.last() else { return Ok(()) };
        let rows = store::content::rows(reader, head.id, current.edition).await?;
        let content = rows.content(current.face.clone());
        let new = merged(draft, &content);
        found.was_before = editions.iter().rev().skip(1).any(|e| {
            let of = Identity { number: &head.number, code: head.code, edition: e.edition };
            new.digest(&of) == e.digest
        });
        found.existing = Some((self.standing(head).await?, content));
        Ok(())
    }

    async fn same_decision(
        &self,
        draft: &Draft,
        body: domain::BodyId,
        authority: AuthorityId,
    ) -> Result<Option<(Standing, domain::Content)>> {
        let reader = (&self.db).into();
        let face = &draft.content.face;
        for head in store::certificate::of_body(reader, body).await? {
            if head.authority != authority || head.status.word() == domain::StatusWord::Annulled {
                continue;
            }
            let Some(first) = store::content::edition_of(reader, head.id, 1).await? else { continue };
            let same = first.kinds == face.kinds
                && first.face.decision_number == face.decision_number
                && (first.face.domain, first.face.industry) == (face.domain, face.industry);
            if same {
                let content = store::content::rows(reader, head.id, 1).await?.content(first.face);
                return Ok(Some((self.standing(&head).await?, content)));
            }
        }
        Ok(None)
    }

    /// A head as the plan sees it.
    pub(crate) async fn standing(&self, head: &Head) -> Result<Standing> {
        let body = store::body::by_id((&self.db).into(), head.body).await?;
        let key = body.and_then(|b| b.own_uscc.or(b.parent_uscc)).map(|u| u.to_string()).unwrap_or_default();
        Ok(Standing {
            id: head.id,
            number: head.number.clone(),
            authority: head.authority,
            status: head.status.clone(),
            valid: (head.valid_from, head.valid_to),
            edition: head.edition,
            successor: head.successor,
            body_key: key,
        })
    }
}

/// A certificate of the same input as the plan sees it; its id is none that the register has.
fn sibling(line: u32, number: &Number, face: &Face, setting: &Setting<'_>) -> Standing {
    Standing {
        id: CertificateId(-1 - i64::from(line)),
        number: number.clone(),
        authority: setting.authority,
        status: domain::Status::Valid,
        valid: (face.valid_from, face.valid_to),
        edition: 1,
        successor: None,
        body_key: code(face),
    }
}

/// The code of the body of a face, own or else the legal person's; empty if it has none.
fn code(face: &Face) -> String {
    let code = face.uscc.or(face.parent.as_ref().and_then(|p| p.uscc));
    code.map(|code| code.to_string()).unwrap_or_default()
}

/// Codes of other bodies with this very name; what was merged with the body of the face is no other.
fn same_name(face: &Face, body: Option<&Body>, named: &[Known]) -> Vec<String> {
    let key = name_key(&face.body_name);
    let other = |known: &&Known| {
        let row = &known.row;
        let own = row.own_uscc.is_some() && face.uscc.is_some() && row.own_uscc != face.uscc;
        row.name_key == key && own && body.is_none_or(|body| body.id != known.body().id)
    };
    named.iter().filter(other).filter_map(|known| known.row.own_uscc).map(|code| code.to_string()).collect()
}

/// What two drafts share that are one certificate, where the number is left to the counter: body, decision and codes.
pub(crate) fn one_decision(draft: &Draft) -> Option<(BodyKey, String, String)> {
    let face = &draft.content.face;
    let codes = format!("{} {} {}", face.kinds.keys(), face.domain, face.industry);
    (draft.number.is_none() && counted(face.kinds))
        .then(|| (BodyKey::of(face), face.decision_number.clone(), codes))
}

fn unprintable(place: Place, text: &str, missing: &[char]) -> Problem {
    let list: Vec<String> = missing.iter().map(|c| format!("“{c}”（U+{:04X}）", *c as u32)).collect();
    Problem {
        severity: Severity::Error,
        place,
        code: "no_glyph",
        value: text.chars().take(60).collect(),
        message: format!("没有字库能打印{}", list.join("、")),
        hint: "请核对是否为自造字或误录；确需使用的，请系统管理员在设置中加装含该字的字库。".into(),
    }
}
