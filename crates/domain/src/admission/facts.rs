//! What the questions are answered by: who asks, and what the registry has of him and his kin.

use super::RefusalGround;
use crate::{CertificateId, Day, Number, RefusalId, Uscc, name_key};

/// Whom a check is about: a body as it is typed, whether the registry knows it or not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Applicant {
    /// Its own code.
    pub uscc: Option<Uscc>,
    /// The code of its legal person, where it has none of its own or beside it.
    pub parent_uscc: Option<Uscc>,
    /// 机构名称; may be empty.
    pub name: String,
    /// 所属法人单位; may be empty.
    pub parent_name: String,
}

/// What a body that is found is to the applicant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Relative {
    /// It is the same body.
    Itself,
    /// It is its legal person.
    Parent,
    /// Another body of the same legal person.
    Sister,
    /// A body of which the applicant is the legal person.
    Branch,
    /// A body of the same name, with another code or none.
    Namesake,
}

impl Relative {
    /// The words people read.
    pub fn label(self) -> &'static str {
        match self {
            Relative::Itself => "该机构",
            Relative::Parent => "所属法人单位",
            Relative::Sister => "同一法人单位的其他机构",
            Relative::Branch => "下属机构",
            Relative::Namesake => "同名机构",
        }
    }
}

impl Applicant {
    /// What a body with these codes and this key of its name is to the applicant; `None` for a stranger.
    pub fn relative(&self, own: Option<Uscc>, parent: Option<Uscc>, key: &str) -> Option<Relative> {
        let both = |a: Option<Uscc>, b: Option<Uscc>| a.is_some() && a == b;
        let named = !self.name.is_empty() && name_key(&self.name) == key;
        let coded = self.uscc.is_some() || self.parent_uscc.is_some();
        match () {
            () if both(self.uscc, own) => Some(Relative::Itself),
            // A body without a code of its own is its legal person's code and its name.
            () if self.uscc.is_none() && own.is_none() && both(self.parent_uscc, parent) && named => {
                Some(Relative::Itself)
            }
            () if !coded && named => Some(Relative::Itself),
            () if both(self.parent_uscc, own) => Some(Relative::Parent),
            () if both(self.uscc, parent) => Some(Relative::Branch),
            () if both(self.parent_uscc, parent) => Some(Relative::Sister),
            () if named => Some(Relative::Namesake),
            () => None,
        }
    }

    /// The codes by which it and its kin are found.
    pub fn codes(&self) -> impl Iterator<Item = Uscc> {
        self.uscc.into_iter().chain(self.parent_uscc)
    }
}

/// A certificate as it is told of: the face is public once issued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Which.
    pub certificate: CertificateId,
    /// Its number.
    pub number: Number,
    /// 资质认定部门.
    pub issuer: String,
    /// Its body.
    pub body: String,
}

impl Told {
    /// `证书 2627 1205 0001（陕西省市场监督管理局颁发）`.
    pub(super) fn which(&self) -> String {
        format!("证书{}（{}颁发）", self.number.grouped(), self.issuer)
    }

    /// Whose it is, named by what the body is to the applicant.
    pub(super) fn whose(&self, relative: Relative) -> String {
        match relative {
            Relative::Itself => relative.label().to_owned(),
            _ => format!("{}“{}”", relative.label(), self.body),
        }
    }

    /// The same of a body that may be a stranger.
    pub(super) fn of(&self, relative: Option<Relative>) -> String {
        relative.map_or_else(|| format!("“{}”", self.body), |relative| self.whose(relative))
    }
}

/// A certificate in force, or one that will be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Which.
    pub told: Told,
    /// Whose.
    pub relative: Relative,
    /// Its word where it is not 有效: 已暂停, 尚未生效.
    pub word: String,
    /// Its last valid day.
    pub until: Day,
}

/// A certificate that was revoked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revoked {
    /// Which.
    pub told: Told,
    /// Whose.
    pub relative: Relative,
    /// From which day on.
    pub from: Day,
    /// By which document; may be empty.
    pub document: String,
}

/// A refusal on record that nobody took back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Which.
    pub refusal: RefusalId,
    /// Who refused.
    pub authority: String,
    /// Whom.
    pub body: String,
    /// What that body is to the applicant.
    pub relative: Relative,
    /// The day of the decision.
    pub decided: Day,
    /// Its document.
    pub document: String,
    /// Why.
    pub ground: RefusalGround,
}

/// A signatory of the applicant who signs on a certificate of another body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signing {
    /// His name.
    pub name: String,
    /// Whether the ID number says so; otherwise only the name does.
    pub by_number: bool,
    /// 职务 there; empty where the reader may not see it.
    pub title: String,
    /// On which certificate.
    pub told: Told,
    /// What that body is to the applicant.
    pub relative: Option<Relative>,
    /// Its last valid day.
    pub until: Day,
}

/// A site of the applicant that is a current site of another body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shared {
    /// The address as the applicant writes it.
    pub address: String,
    /// On which certificate.
    pub told: Told,
    /// What that body is to the applicant.
    pub relative: Option<Relative>,
    /// Its last valid day.
    pub until: Day,
}

/// Everything the registry has to say.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The day of the check.
    pub on: Day,
    /// Whom it is about.
    pub applicant: Applicant,
    /// Certificates in force of the applicant and its kin, but those that the draft changes or replaces.
    pub held: Vec<Held>,
    /// Certificates of them that were revoked.
    pub revoked: Vec<Revoked>,
    /// Refusals of them.
    pub refused: Vec<Refused>,
    /// Signatories who sign elsewhere.
    pub signing: Vec<Signing>,
    /// How many signatories were asked for.
    pub asked_signatories: usize,
    /// Sites that are another body's.
    pub shared: Vec<Shared>,
    /// How many sites were asked for.
    pub asked_sites: usize,
    /// Whether keys of sites are still to be made, so that not all were compared.
    pub keys_due: bool,
}

impl Facts {
    /// Whether it is known whom to ask for.
    pub(super) fn identified(&self) -> bool {
        self.applicant.codes().next().is_some() || !self.applicant.name.is_empty()
    }
}

/// How far a question was asked, with what is said where nothing was found.
pub enum Looked {
    /// Wholly.
    Whole(String),
    /// Not, or not wholly.
    Partly(String),
}
