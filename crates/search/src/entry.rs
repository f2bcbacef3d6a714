//! What the index is fed with, and what it is searched for.

use domain::{
    AuthorityId, BodyId, CertificateId, Concern, Day, Division, Number, StatusWord, Two, Uscc, VerdictWord,
};

/// The position up to which an index has seen what happened (architecture.md 5).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct AsOf {
    /// The epoch.
    pub epoch: i64,
    /// The number of the last event seen.
    pub number: i64,
}

/// Whose rows are searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Subject {
    /// 机构.
    Body,
    /// 检测能力.
    Capability,
    /// 仪器设备.
    Instrument,
    /// 授权签字人.
    Signatory,
    /// 人员.
    Staff,
}

/// A column of a subject's rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the fields of the same names")]
pub enum Column {
    BodyName,
    OtherName,
    FormerNames,
    Uscc,
    ParentName,
    ParentUscc,
    Address,
    DivisionName,
    Category,
    Class,
    ItemName,
    StandardName,
    StandardNumber,
    Clause,
    Limits,
    InstrumentName,
    Model,
    Range,
    Traceability,
    PersonName,
    Title,
    SignatoryField,
    Post,
    Major,
}

impl Subject {
    /// All subjects.
    pub const ALL: [Subject; 5] =
        [Subject::Body, Subject::Capability, Subject::Instrument, Subject::Signatory, Subject::Staff];

    /// The columns in which its words are looked for, in the order of a row.
    pub fn columns(self) -> &'static [Column] {
        use Column::*;
        match self {
            Subject::Body => {
                &[BodyName, OtherName, FormerNames, Uscc, ParentName, ParentUscc, Address, DivisionName]
            }
            Subject::Capability => &[Category, Class, ItemName, StandardName, StandardNumber, Clause, Limits],
            Subject::Instrument => &[InstrumentName, Model, Range, Traceability],
            Subject::Signatory => &[PersonName, Title, SignatoryField],
            Subject::Staff => &[PersonName, Title, Post, Major],
        }
    }
}

/// A body as the index keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields of the same names")]
pub struct BodyEntry {
    pub id: BodyId,
    pub name: String,
    pub other_name: String,
    /// Names that older editions of its certificates carry, and names and codes of what was merged into it.
    pub former_names: Vec<String>,
    pub uscc: Option<Uscc>,
    pub parent_name: String,
    pub parent_uscc: Option<Uscc>,
    pub address: String,
    pub division: Option<Division>,
    /// The division's whole name, so that it is found by the names of province and city.
    pub division_name: String,
    /// 兵团: counted as of the XPCC.
    pub xpcc: bool,
    /// What was merged into it.
    pub merged: Vec<MergedBody>,
    /// Who was told of acts against its certificates, and why (`domain::Presence`).
    pub told: Vec<(AuthorityId, Concern)>,
}

/// What of a body that was merged into another one still leads to it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields of the same names")]
pub struct MergedBody {
    pub uscc: Option<Uscc>,
    pub parent_uscc: Option<Uscc>,
    pub division: Option<Division>,
    pub xpcc: bool,
}

impl BodyEntry {
    /// The codes by which it belongs to others, those of what was merged into it among them.
    pub(crate) fn codes(&self) -> impl Iterator<Item = Uscc> {
        let merged = self.merged.iter().flat_map(|it| [it.uscc, it.parent_uscc]);
        [self.uscc, self.parent_uscc].into_iter().chain(merged).flatten()
    }

    /// Its row.
    pub(crate) fn texts(&self) -> Vec<String> {
        let uscc = |it: Option<Uscc>| it.map(|it| it.to_string()).unwrap_or_default();
        vec![
            self.name.clone(),
            self.other_name.clone(),
            self.former_names.join("；"),
            uscc(self.uscc),
            self.parent_name.clone(),
            uscc(self.parent_uscc),
            self.address.clone(),
            self.division_name.clone(),
        ]
    }
}

/// A certificate as the index keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields of the same names")]
pub struct CertificateEntry {
    pub id: CertificateId,
    pub number: Number,
    pub body: BodyId,
    pub authority: AuthorityId,
    /// What holds today.
    pub status: StatusWord,
    /// What holds from a later day on.
    pub later: Option<(Day, StatusWord)>,
    pub valid_from: Day,
    pub valid_to: Day,
    pub domain: Two,
    pub industry: Two,
    pub food: bool,
    pub edition: u32,
    /// Divisions of the sites of its current edition, each once.
    pub places: Vec<Division>,
}

impl CertificateEntry {
    /// Whether it was assigned by mistake.
    pub(crate) fn is_annulled(&self) -> bool {
        self.later.map_or(self.status, |(_, word)| word) == StatusWord::Annulled
    }

    /// Whether its sites count as current on a day: it has not ended, or its successor has not begun.
    pub(crate) fn goes_on(&self, on: Day) -> bool {
        match self.later {
            Some((from, StatusWord::Superseded)) => from > on,
            Some((_, word)) => matches!(word, StatusWord::Valid | StatusWord::Suspended),
            None => matches!(self.status, StatusWord::Valid | StatusWord::Suspended),
        }
    }

    /// The verdict's word on a day, from today on (architecture.md 7).
    pub fn word(&self, on: Day) -> VerdictWord {
        let status = match self.later {
            Some((from, later)) if from <= on => later,
            _ => self.status,
        };
        VerdictWord::of_days(status, self.valid_from, self.valid_to, on)
    }
}

/// The rows of a certificate's current edition, each in the columns of its subject ([`Subject::columns`]).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the subjects of the same names")]
pub struct Rows {
    pub capabilities: Vec<[String; 7]>,
    pub instruments: Vec<[String; 4]>,
    pub signatories: Vec<[String; 3]>,
    pub staff: Vec<[String; 4]>,
}
