//! The funnel: what any door says of a certificate becomes a [`Draft`], or all that is wrong with it.

mod cell;
mod face;
mod rows;
mod rules;

use crate::{
    AuthorityId, Content, DateSystem, Day, Face, Field, Group, Number, Place, Problem, RawCertificate,
    RawRow, Severity, Signatory, Site, Status, Tables,
};
use std::fmt;

pub use cell::{Illegible, day_of_number, legible};

/// What the funnel needs beside the input.
#[derive(Clone, Copy, Debug)]
pub struct Setting<'a> {
    /// The code tables.
    pub tables: &'a Tables,
    /// Whose certificate it is to be: from the account or credential, never from its number.
    pub authority: AuthorityId,
    /// Today in Asia/Shanghai.
    pub today: Day,
    /// The date system of the workbook; [`DateSystem::Y1900`] for other doors.
    pub date_system: DateSystem,
}

/// A personal value: shown to nobody by accident. [`Secret::reveal`] is the one way to it.
#[derive(Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Wraps a value.
    pub fn new(value: String) -> Secret {
        Secret(value)
    }

    /// The value itself, to be encrypted or sent to a person who may see it.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Whether nothing is there.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_empty() { "Secret(empty)" } else { "Secret(***)" })
    }
}

/// The personal fields of one person; they go to the table `personal` and nowhere else.
#[derive(Clone, Debug, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[expect(missing_docs, reason = "each is the Field of the same name")]
pub struct Personal {
    pub id_kind: Secret,
    pub id_number: Secret,
    pub phone: Secret,
    pub email: Secret,
    pub birth: Secret,
}

impl Personal {
    /// Whether nothing is there.
    pub fn is_empty(&self) -> bool {
        [&self.id_kind, &self.id_number, &self.phone, &self.email, &self.birth].iter().all(|s| s.is_empty())
    }
}

/// A certificate or change that passed the funnel: it can be assigned if the registry has nothing against it.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// The number given by the authority; `None`: the counter gives one.
    pub number: Option<Number>,
    /// What will stand on it.
    pub content: Content,
    /// Recorded status; other than valid only for what is taken over.
    pub status: Status,
    /// Whether the input says it; if not, what is on record holds.
    pub says_status: bool,
    /// First day on which the edition holds.
    pub effective: Day,
    /// Personal fields of the contact.
    pub contact: Personal,
    /// Personal fields of `content.signatories`, index by index.
    pub signatories: Vec<Personal>,
    /// Personal fields of `content.staff`, index by index.
    pub staff: Vec<Personal>,
    /// Groups the door did not carry: on a change they stay as they are.
    pub absent: Vec<Group>,
    /// Where it stands in the input, for the problems that only the registry or the printer finds.
    pub rows: Rows,
}

/// Where a certificate stands in its input.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Rows {
    /// Row of the head.
    pub head: u32,
    /// Rows of `content.sites`, index by index; none where the address of the head is the one site.
    pub sites: Vec<u32>,
    /// Rows of `content.capabilities`.
    pub capabilities: Vec<u32>,
    /// Rows of `content.signatories`.
    pub signatories: Vec<u32>,
}

/// The funnel's answer: the draft if nothing stops it, and every problem, warnings included, in reading order.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// There iff no problem stops it.
    pub draft: Option<Draft>,
    /// All of them.
    pub problems: Vec<Problem>,
}

/// A head row before it is judged.
#[derive(Clone, Debug)]
pub struct Peek {
    /// The number given by the authority, if it can be read.
    pub number: Option<Number>,
    /// What was read of the face.
    pub face: Face,
    /// Recorded status.
    pub status: Status,
    /// Whether kinds, days, domain and industry were read; else values stand in for them.
    pub whole: bool,
}

/// What a look at an unfinished form gives: who asks, where, and who shall sign.
#[derive(Clone, Debug)]
pub struct Glance {
    /// What was read of the face.
    pub face: Face,
    /// The sites, the main one first.
    pub sites: Vec<Site>,
    /// 授权签字人, each with his personal fields.
    pub signatories: Vec<(Signatory, Personal)>,
}

/// Problems listed of one certificate; more say nothing new and would fill the memory, so they are counted.
pub const MAX_PROBLEMS: usize = 500;

impl Draft {
    /// What a head row says as far as it can be read: what an import must know of all its certificates before it judges
    /// one, because a renewal may name another row of the same file, and two rows may be of one body.
    pub fn peek(head: &RawRow<'_>, setting: &Setting<'_>) -> Peek {
        let head = face::read(head, setting, &mut Vec::new());
        Peek { number: head.number, face: head.face, status: head.status, whole: head.whole }
    }

    /// What stands in a form as far as it can be read, whatever is wrong with it. Nothing may be written of it: what is to
    /// be assigned passes [`Draft::parse`].
    pub fn glance(raw: &RawCertificate<'_>, setting: &Setting<'_>) -> Glance {
        let problems = &mut Vec::new();
        let head = face::read(&raw.head, setting, problems);
        let (sites, _) = rows::sites(raw, &head, setting, problems);
        let body = rows::read(raw, &head, &sites, setting, problems, &mut Unlisted::default());
        Glance {
            face: head.face,
            sites,
            signatories: body.signatories.into_iter().zip(body.signatory_persons).collect(),
        }
    }

    /// Reads and judges everything one door says of one certificate. All problems come at once.
    pub fn parse(raw: &RawCertificate<'_>, setting: &Setting<'_>) -> Parsed {
        let mut problems = Vec::new();
        let head = face::read(&raw.head, setting, &mut problems);
        let (sites, site_rows) = rows::sites(raw, &head, setting, &mut problems);
        let mut unlisted = Unlisted::default();
        let body = rows::read(raw, &head, &sites, setting, &mut problems, &mut unlisted);
        let draft = Draft {
            number: head.number,
            status: head.status,
            says_status: raw.head.get(Field::Status).is_some(),
            effective: head.effective,
            contact: head.contact,
            signatories: body.signatory_persons,
            staff: body.staff_persons,
            absent: raw.absent.clone(),
            rows: Rows {
                head: raw.head.row,
                sites: site_rows,
                capabilities: numbers(&raw.capabilities),
                signatories: numbers(&raw.signatories),
            },
            content: Content {
                face: head.face,
                sites,
                capabilities: body.capabilities,
                signatories: body.signatories,
                instruments: body.instruments,
                staff: body.staff,
            },
        };
        rules::judge(&draft, raw, setting, &mut problems);
        unlisted.shorten(&mut problems);
        problems.extend(unlisted.told(raw.head.row));
        let stopped = problems.iter().any(Problem::stops);
        Parsed { draft: (head.whole && !stopped).then_some(draft), problems }
    }
}

fn numbers(rows: &[RawRow<'_>]) -> Vec<u32> {
    rows.iter().map(|row| row.row).collect()
}

/// Problems of one certificate beyond [`MAX_PROBLEMS`]: counted, and told in one line.
#[derive(Default)]
struct Unlisted {
    errors: usize,
    others: usize,
}

impl Unlisted {
    /// Keeps at most [`MAX_PROBLEMS`], errors before all others, because a dropped error would let the draft pass.
    fn shorten(&mut self, problems: &mut Vec<Problem>) {
        if problems.len() <= MAX_PROBLEMS {
            return;
        }
        let found = problems.len();
        let errors = problems.iter().filter(|p| p.stops()).count();
        let mut room = MAX_PROBLEMS.saturating_sub(errors);
        problems.retain(|p| {
            let keep = p.stops() || room > 0;
            room -= usize::from(keep && !p.stops());
            keep
        });
        problems.truncate(MAX_PROBLEMS);
        let dropped = errors.saturating_sub(MAX_PROBLEMS);
        self.errors += dropped;
        self.others += found - problems.len() - dropped;
    }

    /// What was only counted, at the row of the certificate.
    fn told(&self, row: u32) -> Option<Problem> {
        let (severity, message) = match (self.errors, self.others) {
            (0, 0) => return None,
            (0, others) => (Severity::Warning, format!("本证书另有{others}处提醒未列出")),
            (errors, 0) => (Severity::Error, format!("本证书另有{errors}处错误未列出")),
            (errors, others) => (Severity::Error, format!("本证书另有{errors}处错误、{others}处提醒未列出")),
        };
        Some(Problem {
            severity,
            place: Place::row(Group::Certificate, row),
            code: "unlisted",
            value: String::new(),
            message,
            hint: format!("每张证书最多列出{MAX_PROBLEMS}处；多为同类问题，请整列改正后重新检查。"),
        })
    }
}

#[cfg(test)]
mod tests;
