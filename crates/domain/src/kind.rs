//! 业务类型: why an edition is made, and what each kind may change (domain.md 1.4; 163号令 Art. 14).

use crate::field::Field as F;
use crate::{Field, Group};
use std::fmt;
use std::str::FromStr;

/// One kind of business.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Kind {
    /// 首次: a first grant, a new certificate.
    First,
    /// 扩项: capabilities or sites are added by decision.
    Extension,
    /// 复查换证: a new certificate that replaces another.
    Renewal,
    /// 标准变更: standards or methods of capabilities change.
    StandardChange,
    /// 名称变更: the body's name changes.
    NameChange,
    /// 地址名称变更: the place stays, its address is named anew.
    AddressNameChange,
    /// 场所迁移: a real move, decided like a grant.
    Move,
    /// 法人单位变更: nature or name of the legal person changes.
    LegalChange,
    /// 取消检验检测能力: capabilities end.
    CapabilityCancel,
    /// 人员变更: 最高管理者 or 技术负责人, a filing.
    StaffChange,
    /// 授权签字人变更.
    SignatoryChange,
    /// 更正: an error of entry is corrected.
    Correction,
    /// 存量: a certificate issued before the system is taken over.
    Takeover,
}

/// The labels, in the order of [`Kind::ALL`].
pub const LABELS: &[&str] = &[
    "首次",
    "扩项",
    "复查换证",
    "标准变更",
    "名称变更",
    "地址名称变更",
    "场所迁移",
    "法人单位变更",
    "取消检验检测能力",
    "人员变更",
    "授权签字人变更",
    "更正",
    "存量",
];

const KEYS: [&str; 13] = [
    "first",
    "extension",
    "renewal",
    "standard_change",
    "name_change",
    "address_name_change",
    "move",
    "legal_change",
    "capability_cancel",
    "staff_change",
    "signatory_change",
    "correction",
    "takeover",
];

impl Kind {
    /// All kinds.
    pub const ALL: [Kind; 13] = [
        Kind::First,
        Kind::Extension,
        Kind::Renewal,
        Kind::StandardChange,
        Kind::NameChange,
        Kind::AddressNameChange,
        Kind::Move,
        Kind::LegalChange,
        Kind::CapabilityCancel,
        Kind::StaffChange,
        Kind::SignatoryChange,
        Kind::Correction,
        Kind::Takeover,
    ];

    /// The word people use.
    pub fn label(self) -> &'static str {
        LABELS[self as usize]
    }

    /// The word in JSON and in canonical content.
    pub fn key(self) -> &'static str {
        KEYS[self as usize]
    }

    /// Whether the kind makes a new certificate rather than a new edition.
    pub fn makes_certificate(self) -> bool {
        matches!(self, Kind::First | Kind::Renewal | Kind::Takeover)
    }

    /// Whether the kind may stand beside others in one act (a renewal is often also an extension; domain.md 1.4).
    fn combines(self) -> bool {
        !matches!(self, Kind::First | Kind::Correction | Kind::Takeover)
    }

    /// Whether certificate or annex are printed again (domain.md 1.4, "What is reprinted"): all but a filing and what
    /// is only taken over.
    pub fn reprints(self) -> bool {
        !matches!(self, Kind::StaffChange | Kind::Takeover)
    }

    /// Whether a decision document must be named: everything decided like a grant (163号令 Art. 10).
    pub fn needs_decision(self) -> bool {
        matches!(self, Kind::First | Kind::Extension | Kind::Renewal | Kind::Move)
    }

    /// Whether an edition of this kind may change `field` of the face.
    /// Number and validity never change but by correction (the number never at all).
    pub fn may_change(self, field: Field) -> bool {
        if always_free(field) {
            return true;
        }
        match self {
            Kind::First | Kind::Renewal | Kind::Takeover | Kind::Extension => matches!(field, F::Food),
            Kind::StandardChange | Kind::CapabilityCancel | Kind::SignatoryChange => false,
            Kind::NameChange => matches!(field, F::BodyName | F::OtherName | F::IssuedOn),
            Kind::AddressNameChange => matches!(field, F::Address | F::Postcode | F::IssuedOn),
            Kind::Move => matches!(field, F::Address | F::Division | F::Postcode | F::IssuedOn),
            Kind::LegalChange => matches!(
                field,
                F::LegalKind
                    | F::ParentName
                    | F::ParentUscc
                    | F::Uscc
                    | F::OrgCode
                    | F::LegalRepresentative
                    | F::Department
                    | F::Xpcc
                    | F::IssuedOn
            ),
            Kind::StaffChange => matches!(field, F::Head | F::TechnicalLead | F::LegalRepresentative),
            Kind::Correction => field != F::Number && field != F::PreviousNumber,
        }
    }

    /// Whether an edition of this kind may change the rows of `group`.
    pub fn may_change_rows(self, group: Group) -> bool {
        match group {
            Group::Certificate => false,
            // Not part of the granted annex: kept up to date by any act.
            Group::Instrument | Group::Staff => true,
            Group::Site => matches!(
                self,
                Kind::Extension | Kind::AddressNameChange | Kind::Move | Kind::Correction | Kind::NameChange
            ),
            Group::Capability => matches!(
                self,
                Kind::Extension
                    | Kind::StandardChange
                    | Kind::CapabilityCancel
                    | Kind::Move
                    | Kind::Correction
            ),
            Group::Signatory => {
                matches!(self, Kind::Extension | Kind::SignatoryChange | Kind::Move | Kind::Correction)
            }
        }
    }
}

/// Facts about the act itself and contact data: every act may carry new ones.
fn always_free(field: Field) -> bool {
    matches!(
        field,
        F::Key
            | F::Kind
            | F::DecisionDay
            | F::DecisionNumber
            | F::Procedure
            | F::EffectiveDay
            | F::Reason
            | F::Remark
            | F::Contact
            | F::Phone
            | F::Email
            | F::Status
            | F::StatusDay
            | F::StatusDocument
            | F::StatusReason
    )
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label())
    }
}

/// What people write for a kind beside its label and key.
fn alias(text: &str) -> Option<Kind> {
    Some(match text {
        "首次申请" | "首次评审" | "新办" | "初次" => Kind::First,
        "扩项评审" | "扩项申请" | "扩大能力" => Kind::Extension,
        "复查" | "换证" | "延续" | "复查评审" | "到期换证" => Kind::Renewal,
        "方法变更" | "标准(方法)变更" | "标准方法变更" | "标准（方法）变更" => {
            Kind::StandardChange
        }
        "机构名称变更" => Kind::NameChange,
        "地址变更" => Kind::AddressNameChange,
        "迁址" | "搬迁" | "场所变更" => Kind::Move,
        "法人变更" | "法人性质变更" => Kind::LegalChange,
        "取消能力" | "取消检测能力" | "能力取消" => Kind::CapabilityCancel,
        "最高管理者变更" | "技术负责人变更" => Kind::StaffChange,
        "授权签字人" | "签字人变更" => Kind::SignatoryChange,
        "数据更正" => Kind::Correction,
        "历史" | "已发证书" | "存量证书" => Kind::Takeover,
        _ => return None,
    })
}

impl FromStr for Kind {
    type Err = ();

    fn from_str(text: &str) -> Result<Kind, ()> {
        let text = text.trim();
        Kind::ALL.into_iter().find(|k| k.label() == text || k.key() == text).or_else(|| alias(text)).ok_or(())
    }
}

/// The kinds of one act: at least one, and only those that go together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Kinds(u16);

/// Why a cell is not a set of kinds.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KindsError {
    /// A word that is no kind.
    #[error("“{0}”不是业务类型")]
    Unknown(String),
    /// Kinds that cannot be one act.
    #[error("{0}不能与其他业务类型同时办理")]
    Alone(Kind),
    /// Nothing there.
    #[error("没有业务类型")]
    Empty,
}

impl Kinds {
    /// One kind alone.
    pub fn one(kind: Kind) -> Kinds {
        Kinds(1 << kind as u16)
    }

    /// The kinds in the order of [`Kind::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Kind> {
        Kind::ALL.into_iter().filter(move |k| self.has(*k))
    }

    /// Whether `kind` is among them.
    pub fn has(self, kind: Kind) -> bool {
        self.0 & (1 << kind as u16) != 0
    }

    /// Whether the act makes a new certificate.
    pub fn makes_certificate(self) -> bool {
        self.iter().any(Kind::makes_certificate)
    }

    /// Reads “扩项、标准变更” or `extension,standard_change`.
    pub fn parse(text: &str) -> Result<Kinds, KindsError> {
        if let Ok(kind) = text.parse() {
            return Ok(Kinds::one(kind));
        }
        let mut set = 0;
        for word in
            text.split(['、', ',', '，', ';', '；', '+', '/']).map(str::trim).filter(|w| !w.is_empty())
        {
            let kind: Kind = word.parse().map_err(|()| KindsError::Unknown(word.to_owned()))?;
            set |= 1 << kind as u16;
        }
        let kinds = Kinds(set);
        match kinds.iter().find(|k| !k.combines()) {
            _ if set == 0 => Err(KindsError::Empty),
            Some(kind) if set.count_ones() > 1 => Err(KindsError::Alone(kind)),
            _ => Ok(kinds),
        }
    }

    /// `extension,standard_change`, as stored and in canonical content.
    pub fn keys(self) -> String {
        self.iter().map(Kind::key).collect::<Vec<_>>().join(",")
    }
}

impl fmt::Display for Kinds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, kind) in self.iter().enumerate() {
            if i > 0 {
                f.write_str("、")?;
            }
            f.write_str(kind.label())?;
        }
        Ok(())
    }
}

impl serde::Serialize for Kinds {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&self.keys())
    }
}

impl<'de> serde::Deserialize<'de> for Kinds {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Kinds, D::Error> {
        Kinds::parse(&String::deserialize(d)?).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_read_from_labels_keys_and_aliases() {
        for kind in Kind::ALL {
            assert_eq!(kind.label().parse(), Ok(kind));
            assert_eq!(kind.key().parse(), Ok(kind));
        }
        assert_eq!(Kinds::parse("换证").map(Kinds::keys), Ok("renewal".to_owned()));
    }

    #[test]
    fn an_extension_may_come_with_a_change_but_a_first_grant_comes_alone() {
        let both = Kinds::parse("扩项、标准变更").unwrap();
        assert_eq!(both.to_string(), "扩项、标准变更");
        assert_eq!(Kinds::parse(&both.keys()), Ok(both));
        assert_eq!(Kinds::parse("首次、扩项"), Err(KindsError::Alone(Kind::First)));
        assert_eq!(Kinds::parse("扩项、改名"), Err(KindsError::Unknown("改名".into())));
        assert_eq!(Kinds::parse(" 、"), Err(KindsError::Empty));
    }

    #[test]
    fn no_change_touches_number_or_expiry() {
        for kind in Kind::ALL {
            assert!(!kind.may_change(Field::Number), "{kind}");
            assert_eq!(kind.may_change(Field::ValidTo), kind == Kind::Correction, "{kind}");
        }
    }
}
