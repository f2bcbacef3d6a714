//! Persons: an id for each, and their personal fields, which go to `personal` and nowhere else.

use crate::keys::Bound;
use crate::{App, Result};
use domain::{Draft, PersonId, Personal, Secret};
use std::collections::HashMap;
use store::Tx;
use store::personal::{Part, Sealed};

/// Ids for the rows of one draft.
#[derive(Clone, Debug, Default)]
pub(super) struct Ids {
    pub(super) signatories: Vec<PersonId>,
    pub(super) staff: Vec<PersonId>,
    pub(super) contact: Option<PersonId>,
}

/// Ids for the rows of a chunk, and the fields to be written.
#[derive(Clone, Default)]
pub(super) struct People {
    pub(super) rows: Vec<Ids>,
    fields: Vec<(PersonId, Personal)>,
}

/// Rows of a change that continue: index in the new content, and whose they are.
pub(super) struct Kept {
    pub(super) signatories: Vec<(usize, PersonId)>,
    pub(super) staff: Vec<(usize, PersonId)>,
}

impl People {
    pub(super) fn signatory(&self, draft: usize, at: usize) -> PersonId {
        self.rows.get(draft).and_then(|ids| ids.signatories.get(at)).copied().unwrap_or(PersonId(0))
    }

    pub(super) fn staff(&self, draft: usize, at: usize) -> PersonId {
        self.rows.get(draft).and_then(|ids| ids.staff.get(at)).copied().unwrap_or(PersonId(0))
    }

    /// The fields with the ids of rows that continue: a person who stays keeps his id.
    pub(super) fn following(mut self, kept: Kept) -> People {
        let mut renamed = HashMap::new();
        if let Some(ids) = self.rows.first() {
            let signatories =
                kept.signatories.iter().filter_map(|(at, old)| Some((*ids.signatories.get(*at)?, *old)));
            let staff = kept.staff.iter().filter_map(|(at, old)| Some((*ids.staff.get(*at)?, *old)));
            renamed.extend(signatories.chain(staff));
        }
        for (id, _) in &mut self.fields {
            if let Some(old) = renamed.get(id) {
                *id = *old;
            }
        }
        self
    }
}

impl App {
    /// Gives every person of the drafts an id: the known one where an ID number is known, else a fresh one.
    pub(super) async fn people(&self, drafts: impl Iterator<Item = &Draft>) -> Result<People> {
        let drafts: Vec<&Draft> = drafts.collect();
        let all = || drafts.iter().flat_map(|d| d.signatories.iter().chain(&d.staff).chain([&d.contact]));
        let total = all().count() as u64;
        let hash = |p: &Personal| {
            (!p.id_number.is_empty()).then(|| self.keys.person(p.id_kind.reveal(), p.id_number.reveal()))
        };
        let hashes: Vec<[u8; 32]> = all().filter_map(hash).collect();
        let mut known: HashMap<_, _> = match hashes.is_empty() {
            true => HashMap::new(),
            false => store::personal::find((&self.db).into(), &hashes).await?.into_iter().rev().collect(),
        };
        let mut next = self.ids("person", total).await?;
        let mut fields = Vec::new();
        let mut id_of = |person: &Personal| {
            let hash = hash(person);
            let id = hash.and_then(|h| known.get(&h).copied()).unwrap_or_else(|| {
                next += 1;
                PersonId(next - 1)
            });
            known.extend(hash.map(|h| (h, id)));
            if !person.is_empty() {
                fields.push((id, person.clone()));
            }
            id
        };
        let rows = drafts
            .iter()
            .map(|d| Ids {
                signatories: d.signatories.iter().map(&mut id_of).collect(),
                staff: d.staff.iter().map(&mut id_of).collect(),
                contact: (!d.contact.is_empty()).then(|| id_of(&d.contact)),
            })
            .collect();
        Ok(People { rows, fields })
    }

    /// Writes the personal fields, encrypted.
    pub(super) async fn write_people(&self, tx: &Tx, people: &People) -> Result<()> {
        let mut rows = Vec::new();
        for (id, person) in &people.fields {
            let parts: [(Part, &Secret); 5] = [
                (Part::IdKind, &person.id_kind),
                (Part::IdNumber, &person.id_number),
                (Part::Phone, &person.phone),
                (Part::Email, &person.email),
                (Part::Birth, &person.birth),
            ];
            for (part, secret) in parts {
                if !secret.is_empty() {
                    let lookup = (part == Part::IdNumber)
                        .then(|| self.keys.person(person.id_kind.reveal(), person.id_number.reveal()));
                    let cipher = self.keys.seal(Bound::Person(id.0, part.key()), secret.reveal().as_bytes());
                    rows.push(Sealed { person: *id, part, cipher, key_id: self.keys.id, lookup });
                }
            }
        }
        if !rows.is_empty() {
            store::personal::put(tx, &rows).await?;
        }
        Ok(())
    }
}
