//! What the registry is asked for a check: each question a statement by index, whatever the size of the country.

use super::subject::{Signer, Subject};
use crate::{App, Ctx, Result};
use domain::admission::{
    Facts, Held, RefusalGround, Refused, Relative, Revoked, Shared, Signing, Told, refusals_since,
};
use domain::{
    AddressShape, BodyId, CertificateId, Number, Part, PersonId, RefusalId, Sight, StatusWord, Verdict,
    VerdictWord, name_key,
};
use std::collections::{HashMap, HashSet};
use store::Reader;
use store::body::Body;
use store::certificate::Head;
use store::elsewhere::{self, Standing};

/// Rows of one question that are looked at: a name like 张伟 signs a thousand times.
const LOOKED_AT: u32 = 60;
/// Namesakes of one signatory that are told.
const NAMESAKES: usize = 5;

/// The facts, and what of them the caller may open.
pub(super) struct Known {
    pub(super) facts: Facts,
    pub(super) numbers: HashMap<CertificateId, Number>,
    pub(super) certificates: HashSet<CertificateId>,
    pub(super) refusals: HashSet<RefusalId>,
}

/// Bodies that have to do with the applicant, or that turned up.
struct Circle {
    bodies: HashMap<BodyId, Body>,
    relatives: HashMap<BodyId, Relative>,
    sights: HashMap<CertificateId, Sight>,
}

impl Circle {
    fn is_itself(&self, body: BodyId) -> bool {
        self.relatives.get(&body) == Some(&Relative::Itself)
    }

    fn sees(&self, certificate: CertificateId, part: Part) -> bool {
        self.sights.get(&certificate).is_some_and(|sight| sight.shows(part))
    }
}

/// A person of the applicant who signs on a certificate of somebody else.
struct Elsewhere {
    name: String,
    by_number: bool,
    found: elsewhere::Signing,
}

impl App {
    pub(super) async fn facts(&self, ctx: &Ctx, subject: &Subject) -> Result<Known> {
        let reader: Reader<'_> = (&self.db).into();
        let mut circle = self.circle(subject).await?;
        let related = circle.relatives.keys().map(|id| id.0).collect::<Vec<_>>();
        let heads = store::certificate::of_bodies(reader, related.clone()).await?;
        let revocations = store::certificate::revocations(reader, related).await?;
        let refused = self.refused(ctx, subject).await?;
        let elsewhere = self.elsewhere(subject, &circle).await?;
        let keys_due = self.sites_due().await?;
        let standing = self.standing_there(subject, &circle).await?;

        let turned_up =
            elsewhere.iter().map(|it| &it.found.head).chain(standing.iter().map(|(_, it)| &it.head));
        let all: Vec<&Head> = heads.iter().chain(turned_up).collect();
        self.see_circle(ctx, &mut circle, &all).await?;
        let told = |head: &Head| Told {
            certificate: head.id,
            number: head.number.clone(),
            issuer: self.authority_name(head.authority),
            body: circle.bodies.get(&head.body).map(|body| body.name.clone()).unwrap_or_default(),
        };
        let facts = Facts {
            on: self.today(),
            applicant: subject.applicant.clone(),
            held: self.held(subject, &circle, &heads, told).await?,
            revoked: revoked(&circle, &heads, &revocations, told),
            refused: refused.iter().filter_map(|it| self.refused_fact(subject, it)).collect(),
            signing: elsewhere.iter().map(|it| signing(&circle, it, told)).collect(),
            asked_signatories: subject.signers.len(),
            shared: standing.iter().map(|(address, it)| shared(&circle, address, it, told)).collect(),
            asked_sites: subject.places.len(),
            keys_due,
        };
        let own = ctx.authority()?;
        let opened = refused.iter().filter(|it| it.authority == own || ctx.actor.is_national());
        Ok(Known {
            facts,
            numbers: all.iter().map(|head| (head.id, head.number.clone())).collect(),
            certificates: all.iter().map(|it| it.id).filter(|id| circle.sees(*id, Part::Face)).collect(),
            refusals: opened.map(|it| it.id).collect(),
        })
    }

    /// The bodies of the registry that are the applicant or his kin.
    async fn circle(&self, subject: &Subject) -> Result<Circle> {
        let (reader, who): (Reader<'_>, _) = ((&self.db).into(), &subject.applicant);
        let codes: Vec<String> = who.codes().map(|code| code.to_string()).collect();
        let mut bodies = store::kin::of_codes(reader, codes).await?;
        if !who.name.is_empty() {
            bodies.extend(store::body::by_name_keys(reader, vec![name_key(&who.name)]).await?);
        }
        let relative = |body: &Body| who.relative(body.own_uscc, body.parent_uscc, &body.name_key);
        // What was merged leads to the body that stays, which is then the nearest that any of its rows is.
        let mut relatives: HashMap<BodyId, Relative> = HashMap::new();
        for (id, it) in bodies.iter().filter_map(|body| Some((body.stays(), relative(body)?))) {
            relatives.entry(id).and_modify(|known| *known = (*known).min(it)).or_insert(it);
        }
        let bodies = self.stay(reader, bodies).await?.into_iter().map(|body| (body.id, body)).collect();
        Ok(Circle { bodies, relatives, sights: HashMap::new() })
    }

    /// Reads the bodies that turned up, and how much the caller may see of each certificate.
    async fn see_circle(&self, ctx: &Ctx, circle: &mut Circle, heads: &[&Head]) -> Result<()> {
        let mut strange: Vec<i64> =
            heads.iter().filter(|it| !circle.bodies.contains_key(&it.body)).map(|it| it.body.0).collect();
        strange.sort_unstable();
        strange.dedup();
        let reader = (&self.db).into();
        for body in store::body::by_ids(reader, strange).await? {
            circle.bodies.insert(body.id, body);
        }
        let authority = self.reader_of(ctx)?;
        let kinship = self.kinship(reader, circle.bodies.values().cloned().collect()).await?;
        for head in heads {
            let Some(body) = circle.bodies.get(&head.body) else { continue };
            let ground = kinship.ground(&authority, Some(head.authority), body);
            circle.sights.insert(head.id, ground.map_or(Sight::None, |ground| ground.sight()));
        }
        Ok(())
    }

    async fn held(
        &self,
        subject: &Subject,
        circle: &Circle,
        heads: &[Head],
        told: impl Fn(&Head) -> Told,
    ) -> Result<Vec<Held>> {
        // One that has a successor is not another one: its successor is.
        let other =
            |head: &&Head| head.status.word() != StatusWord::Superseded && !subject.except.contains(&head.id);
        let heads: Vec<&Head> = heads.iter().filter(other).collect();
        let standings = self.standings_by_id(&heads).await?;
        let held = |head: &&Head| {
            let word = match standings.get(&head.id).map(Verdict::word)? {
                VerdictWord::Valid => String::new(),
                word @ (VerdictWord::Suspended | VerdictWord::NotYetValid) => word.label().to_owned(),
                _ => return None,
            };
            let relative = *circle.relatives.get(&head.body).filter(|it| **it != Relative::Namesake)?;
            Some(Held { told: told(head), relative, word, until: head.valid_to })
        };
        Ok(heads.iter().filter_map(held).collect())
    }

    /// Refusals that bear, and that the caller may know of: those for false material are the whole country's.
    async fn refused(&self, ctx: &Ctx, subject: &Subject) -> Result<Vec<store::refusal::Refusal>> {
        let (who, own) = (&subject.applicant, ctx.authority()?);
        let codes = who.codes().map(|code| code.to_string()).collect();
        let names = (!who.name.is_empty()).then(|| name_key(&who.name)).into_iter().collect();
        let since = refusals_since(self.today());
        let mut all = store::refusal::of_bodies((&self.db).into(), codes, names, since, LOOKED_AT).await?;
        let national = ctx.actor.is_national();
        all.retain(|it| it.ground == RefusalGround::FalseMaterial || it.authority == own || national);
        Ok(all)
    }

    fn refused_fact(&self, subject: &Subject, it: &store::refusal::Refusal) -> Option<Refused> {
        Some(Refused {
            refusal: it.id,
            authority: self.authority_name(it.authority),
            body: it.name.clone(),
            relative: subject.applicant.relative(it.uscc, it.parent_uscc, &it.name_key)?,
            decided: it.decided,
            document: it.document.clone(),
            ground: it.ground,
        })
    }

    /// Signatories who sign for somebody else: by ID number where one is known, else by name.
    async fn elsewhere(&self, subject: &Subject, circle: &Circle) -> Result<Vec<Elsewhere>> {
        let (reader, today): (Reader<'_>, _) = ((&self.db).into(), self.today());
        let persons = self.persons(&subject.signers).await?;
        let ids: Vec<i64> = persons.iter().flatten().map(|id| id.0).collect();
        let by_number = match ids.is_empty() {
            true => Vec::new(),
            false => elsewhere::signing_as(reader, ids, today, LOOKED_AT * 8).await?,
        };
        let strange = |head: &Head| !circle.is_itself(head.body) && !subject.except.contains(&head.id);
        let mut out: Vec<Elsewhere> = Vec::new();
        for (signer, persons) in subject.signers.iter().zip(&persons) {
            let mut seen: HashSet<BodyId> = HashSet::new();
            let certain = by_number.iter().filter(|it| persons.contains(&it.person) && strange(&it.head));
            for found in certain {
                if seen.insert(found.head.body) {
                    out.push(Elsewhere { name: signer.name.clone(), by_number: true, found: found.clone() });
                }
            }
            let (mut told, numbered) = (0, !persons.is_empty() || signer.number.is_some());
            for found in elsewhere::signing_named(reader, &signer.name, today, LOOKED_AT).await? {
                // Two ID numbers are two persons.
                let another = numbered && found.numbered;
                if another || !strange(&found.head) || told == NAMESAKES || !seen.insert(found.head.body) {
                    continue;
                }
                told += 1;
                out.push(Elsewhere { name: signer.name.clone(), by_number: false, found });
            }
        }
        Ok(out)
    }

    /// For each signatory, everybody who has his ID number; nobody where none is known.
    async fn persons(&self, signers: &[Signer]) -> Result<Vec<HashSet<PersonId>>> {
        let reader: Reader<'_> = (&self.db).into();
        let numbers: Vec<_> = signers.iter().filter_map(|it| it.number).collect();
        let typed = match numbers.is_empty() {
            true => Vec::new(),
            false => store::personal::find(reader, &numbers).await?,
        };
        let known: Vec<i64> = signers.iter().flat_map(|it| &it.known).map(|id| id.0).collect();
        let same = match known.is_empty() {
            true => Vec::new(),
            false => store::personal::same(reader, known).await?,
        };
        let of = |signer: &Signer| {
            let by_number = typed.iter().filter(|(lookup, _)| signer.number == Some(*lookup));
            let by_row = same.iter().filter(|(person, _)| signer.known.contains(person));
            by_number.map(|(_, id)| *id).chain(by_row.map(|(_, id)| *id)).collect()
        };
        Ok(signers.iter().map(of).collect())
    }

    /// Current sites of others that are at an address of the applicant; one a body and address.
    async fn standing_there(&self, subject: &Subject, circle: &Circle) -> Result<Vec<(String, Standing)>> {
        let mut out = Vec::new();
        for (address, division) in &subject.places {
            let Some(shape) = AddressShape::of(address, *division) else { continue };
            let mut seen: HashSet<BodyId> = HashSet::new();
            let found = elsewhere::standing((&self.db).into(), shape.key(), self.today(), LOOKED_AT).await?;
            for it in found {
                let there =
                    AddressShape::of(&it.address, it.division).is_some_and(|other| shape.same(&other));
                if there && !circle.is_itself(it.head.body) && seen.insert(it.head.body) {
                    out.push((address.clone(), it));
                }
            }
        }
        Ok(out)
    }
}

fn revoked(
    circle: &Circle,
    heads: &[Head],
    revocations: &[(CertificateId, domain::Day)],
    told: impl Fn(&Head) -> Told,
) -> Vec<Revoked> {
    let fact = |(id, from): &(CertificateId, domain::Day)| {
        let head = heads.iter().find(|head| head.id == *id)?;
        let act = head.status.act().filter(|_| head.status.word() == StatusWord::Revoked);
        Some(Revoked {
            told: told(head),
            relative: *circle.relatives.get(&head.body)?,
            from: *from,
            document: act.map(|act| act.document.clone()).unwrap_or_default(),
        })
    };
    revocations.iter().filter_map(fact).collect()
}

fn signing(circle: &Circle, it: &Elsewhere, told: impl Fn(&Head) -> Told) -> Signing {
    let head = &it.found.head;
    let shown = circle.sees(head.id, Part::Signatories);
    Signing {
        name: it.name.clone(),
        by_number: it.by_number,
        title: if shown { it.found.title.clone() } else { String::new() },
        told: told(head),
        relative: circle.relatives.get(&head.body).copied(),
        until: head.valid_to,
    }
}

fn shared(circle: &Circle, address: &str, it: &Standing, told: impl Fn(&Head) -> Told) -> Shared {
    Shared {
        address: address.to_owned(),
        told: told(&it.head),
        relative: circle.relatives.get(&it.head.body).copied(),
        until: it.head.valid_to,
    }
}
