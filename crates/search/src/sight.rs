//! Who may see what of an answer: the rule is `domain::sight`, its facts stand in the index, as of the same position as
//! the rows.

use crate::entry::Subject;
use crate::facet::Fixed;
use crate::index::Register;
use crate::segment::Slot;
use domain::{Authority, Day, Ground, Part, Presence, Sight, ground};
use std::sync::Arc;

/// Who asks, as far as sight goes.
#[derive(Clone, Debug)]
pub struct SearchReader {
    /// The authority.
    pub authority: Arc<Authority>,
    /// The parts of a certificate that the question touches: all must be seen.
    pub parts: Vec<Part>,
}

impl Subject {
    /// The part of a certificate in which its rows stand.
    pub fn part(self) -> Part {
        match self {
            Subject::Body => Part::Face,
            Subject::Capability => Part::Scope,
            Subject::Instrument => Part::Instruments,
            Subject::Signatory => Part::Signatories,
            Subject::Staff => Part::Staff,
        }
    }
}

/// Looks at one body after the other for a reader.
pub(crate) struct Seeing<'i> {
    register: &'i Register,
    reader: Option<&'i SearchReader>,
    today: Day,
    /// The body looked at last, and what is seen of it by where it stands.
    last: Option<(Slot, Sight)>,
}

impl<'i> Seeing<'i> {
    pub(crate) fn new(register: &'i Register, reader: Option<&'i SearchReader>, today: Day) -> Seeing<'i> {
        Seeing { register, reader, today, last: None }
    }

    /// Whether the reader sees what is asked of a certificate.
    pub(crate) fn sees(&mut self, it: &Fixed) -> bool {
        let Some(reader) = self.reader else { return false };
        let sight = if it.authority() == reader.authority.id {
            Ground::Issuer.sight()
        } else {
            match self.last {
                Some((body, sight)) if body == it.body => sight,
                _ => {
                    let sight = self.register.sight(&reader.authority, it.body, self.today);
                    self.last = Some((it.body, sight));
                    sight
                }
            }
        };
        reader.parts.iter().all(|part| sight.shows(*part))
    }
}

impl Register {
    /// How much an authority reads of what others issued to a body.
    fn sight(&self, authority: &Authority, body: Slot, today: Day) -> Sight {
        let kin: Vec<Presence> = self.kin(body).into_iter().map(|it| self.presence(it, today)).collect();
        ground(authority, None, &self.presence(body, today), &kin).map_or(Sight::None, Ground::sight)
    }

    /// Where a body stands and who issued to it.
    fn presence(&self, body: Slot, today: Day) -> Presence {
        let entry = &self.bodies[body as usize].entry;
        let mut out = Presence {
            home: entry
                .division
                .into_iter()
                .chain(entry.merged.iter().filter_map(|it| it.division))
                .collect(),
            corps: entry.xpcc || entry.merged.iter().any(|it| it.xpcc),
            told: entry.told.iter().copied().collect(),
            ..Presence::default()
        };
        for it in self.of_body(body) {
            let certificate = &self.certificates[it.slot as usize];
            if !certificate.is_annulled() {
                out.holders.insert(certificate.authority);
            }
            if certificate.goes_on(today) {
                out.sites.extend(&certificate.places);
            }
        }
        out
    }

    /// The other bodies of its legal person.
    fn kin(&self, body: Slot) -> Vec<Slot> {
        let entry = &self.bodies[body as usize].entry;
        let mut kin: Vec<Slot> = entry.codes().flat_map(|code| self.with_code(code)).collect();
        kin.sort_unstable();
        kin.dedup();
        kin.retain(|it| *it != body);
        kin
    }
}
