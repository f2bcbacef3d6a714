//! Persons: an id for each, and their personal fields, which go to `personal` and nowhere else.
//!
//! Who a row of a change is: the ID number says it where one is typed; else the name does, so that a row edited without
//! typing the ID number again keeps its person, and with him what is known of him.

use crate::keys::Bound;
use crate::{App, Result};
use domain::{Content, Draft, PersonId, Personal, Secret};
use std::collections::{HashMap, HashSet};
use store::Reader;
use store::content::Placed;
use store::personal::{Part, Sealed};

/// What a row of a draft says of its person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whose {
    /// No ID number: whoever stood in the row before.
    Anyone,
    /// An ID number that is on file, and whose it is.
    Known(PersonId),
    /// An ID number that nobody has on file.
    Numbered,
}

impl Whose {
    /// Whether the row may continue one of `old`; `numbered` are the persons before of whom an ID number is on file.
    pub(super) fn admits(self, old: PersonId, numbered: &HashSet<PersonId>) -> bool {
        match self {
            Whose::Anyone => true,
            Whose::Known(id) => id == old,
            Whose::Numbered => !numbered.contains(&old),
        }
    }
}

/// The person of one row of a draft.
#[derive(Clone, Debug)]
pub(super) struct Claim {
    /// His id; until the rows before are known, the one he has if nobody continues.
    pub(super) id: PersonId,
    /// What the row says of him.
    pub(super) whose: Whose,
    fields: Personal,
}

/// The persons of one draft, row by row.
#[derive(Clone, Debug, Default)]
pub(super) struct Claims {
    pub(super) signatories: Vec<Claim>,
    pub(super) staff: Vec<Claim>,
    pub(super) contact: Option<Claim>,
}

impl Claims {
    /// The persons of a content of whom nothing is on file: ids from `first` on, signatories before staff.
    pub(super) fn unknown(content: &Content, first: i64) -> Claims {
        let claim = |id| Claim { id: PersonId(id), whose: Whose::Anyone, fields: Personal::default() };
        let staff = first + content.signatories.len() as i64;
        Claims {
            signatories: (first..).take(content.signatories.len()).map(claim).collect(),
            staff: (staff..).take(content.staff.len()).map(claim).collect(),
            contact: None,
        }
    }

    /// Whether any row names its person by ID number.
    fn by_number(&self) -> bool {
        self.signatories.iter().chain(&self.staff).any(|claim| claim.whose != Whose::Anyone)
    }
}

/// What row `at` says of its person; a group that is not given says nothing.
pub(super) fn whose(claims: &[Claim], at: usize) -> Whose {
    claims.get(at).map_or(Whose::Anyone, |claim| claim.whose)
}

/// Rows of a change as the difference leaves them.
pub(super) struct Rows<'r, T> {
    /// For each kept row its index in the new content and its person.
    pub(super) kept: &'r [(usize, PersonId)],
    /// Rows that end.
    pub(super) ended: &'r [Placed<T>],
    /// Rows that begin, and the index of each in the new content.
    pub(super) open: &'r mut [Placed<T>],
    pub(super) index: &'r [usize],
}

/// Gives each beginning row its person: of the rows that end, one of the same name passes its person on, first at the
/// same site and in their order. Rows with an ID number choose first. Afterwards every claim has its final id.
pub(super) fn follow<T>(
    rows: Rows<'_, T>,
    claims: &mut [Claim],
    numbered: &HashSet<PersonId>,
    name: fn(&T) -> &str,
) {
    let mut free: Vec<&Placed<T>> = rows.ended.iter().collect();
    let mut order: Vec<usize> = (0..rows.open.len()).collect();
    order.sort_by_key(|n| whose(claims, rows.index[*n]) == Whose::Anyone);
    for n in order {
        let (row, at) = (&mut rows.open[n], rows.index[n]);
        let says = whose(claims, at);
        let fits =
            |old: &&Placed<T>| name(&old.value) == name(&row.value) && says.admits(old.person, numbered);
        let here = free.iter().position(|old| fits(old) && old.site_no == row.site_no);
        row.person = match here.or_else(|| free.iter().position(fits)) {
            Some(place) => free.remove(place).person,
            None => claims.get(at).map_or(PersonId(0), |claim| claim.id),
        };
        if let Some(claim) = claims.get_mut(at) {
            claim.id = row.person;
        }
    }
    for (at, person) in rows.kept {
        if let Some(claim) = claims.get_mut(*at) {
            claim.id = *person;
        }
    }
}

impl App {
    /// Gives every person of the drafts an id: the known one where an ID number is known, else a fresh one.
    pub(super) async fn people(&self, drafts: impl Iterator<Item = &Draft>) -> Result<Vec<Claims>> {
        let drafts: Vec<&Draft> = drafts.collect();
        let all = || drafts.iter().flat_map(|d| d.signatories.iter().chain(&d.staff).chain([&d.contact]));
        let total = all().count() as u64;
        let hash = |p: &Personal| {
            (!p.id_number.is_empty()).then(|| self.keys.person(p.id_kind.reveal(), p.id_number.reveal()))
        };
        let hashes: Vec<[u8; 32]> = all().filter_map(hash).collect();
        let on_file: HashMap<_, _> = match hashes.is_empty() {
            true => HashMap::new(),
            false => store::personal::find((&self.db).into(), &hashes).await?.into_iter().rev().collect(),
        };
        let mut next = self.ids("person", total).await?;
        let mut given: HashMap<[u8; 32], PersonId> = HashMap::new();
        let mut claim = |person: &Personal| {
            let hash = hash(person);
            let known = hash.and_then(|h| on_file.get(&h).copied());
            let id = known.or_else(|| given.get(&hash?).copied()).unwrap_or_else(|| {
                next += 1;
                PersonId(next - 1)
            });
            given.extend(hash.map(|h| (h, id)));
            let whose = match (hash, known) {
                (None, _) => Whose::Anyone,
                (Some(_), Some(id)) => Whose::Known(id),
                (Some(_), None) => Whose::Numbered,
            };
            Claim { id, whose, fields: person.clone() }
        };
        let claims = |d: &&Draft| Claims {
            signatories: d.signatories.iter().map(&mut claim).collect(),
            staff: d.staff.iter().map(&mut claim).collect(),
            contact: (!d.contact.is_empty()).then(|| claim(&d.contact)),
        };
        Ok(drafts.iter().map(claims).collect())
    }

    /// Which persons of an edition have an ID number on file; not asked where no row of the change has one.
    pub(super) async fn numbered(
        &self,
        reader: Reader<'_>,
        old: &store::content::Rows,
        claims: &Claims,
    ) -> Result<HashSet<PersonId>> {
        if !claims.by_number() {
            return Ok(HashSet::new());
        }
        let persons = old.signatories.iter().map(|s| s.person.0).chain(old.staff.iter().map(|s| s.person.0));
        Ok(store::personal::numbered(reader, persons.collect()).await?.into_iter().collect())
    }

    /// The personal fields, encrypted.
    pub(super) fn sealed_fields(&self, people: &[Claims]) -> Vec<Sealed> {
        let mut rows = Vec::new();
        let all = people.iter().flat_map(|of| of.signatories.iter().chain(&of.staff).chain(&of.contact));
        for Claim { id, fields: person, .. } in all {
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
        rows
    }
}
