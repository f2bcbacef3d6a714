//! What of a certificate bears on the question whether there are two of it.

use super::{manner, same_or_alike};
use crate::issue::body::BodyKey;
use domain::{
    Day, Draft, Face, Field, Group, Kind, NameShape, Number, Place, Problem, Raw, RawRow, Setting, Severity,
    Two, Uscc, name_key, uscc_slips,
};

/// One certificate of an input, whether its line has errors or not.
#[derive(Clone, Debug)]
pub(crate) struct Party {
    /// Row of its head, as people count.
    pub(super) row: u32,
    /// 机构名称.
    pub(super) name: String,
    /// 机构第二名称.
    pub(super) other_name: String,
    /// The body's own code.
    pub(super) own: Option<Uscc>,
    /// The code of the legal person, where the body has none of its own.
    pub(super) parent: Option<Uscc>,
    /// What stands where the own code should, if it is none.
    pub(super) mistyped: Option<String>,
    /// [`NameShape::keys`].
    pub(super) keys: [i64; 5],
    /// There iff the line makes a certificate that holds.
    pub(super) grant: Option<Grant>,
    renames: bool,
}

/// A certificate as 一家一证 sees it.
#[derive(Clone, Debug)]
pub(super) struct Grant {
    pub(super) key: BodyKey,
    pub(super) domain: Two,
    pub(super) valid: (Day, Day),
    pub(super) number: Option<Number>,
    pub(super) previous: Option<Number>,
}

/// The other side of a likeness.
pub(super) struct Side {
    /// 登记库, or a line of the file.
    pub(super) place: String,
    pub(super) name: String,
    pub(super) own: Option<Uscc>,
    pub(super) parent: Option<Uscc>,
}

impl Party {
    /// The party of a head row; none without a name.
    pub(crate) fn of(head: &RawRow<'_>, setting: &Setting<'_>) -> Option<Party> {
        let peek = Draft::peek(head, setting);
        Party::peeked(head, &peek)
    }

    /// The same where the row was looked at already.
    pub(crate) fn peeked(head: &RawRow<'_>, peek: &domain::Peek) -> Option<Party> {
        let face = &peek.face;
        if face.body_name.is_empty() {
            return None;
        }
        let (own, parent) = match BodyKey::of(face) {
            BodyKey::Own(own) => (Some(own), None),
            BodyKey::Under(parent, _) => (None, Some(parent)),
            BodyKey::Legacy(_) | BodyKey::Named(_) => (None, None),
        };
        let mistyped = match (face.uscc, head.get(Field::Uscc)) {
            (None, Some((_, Raw::Text(text)))) if text.len() <= 80 => Some(text.to_owned()),
            _ => None,
        };
        Some(Party {
            row: head.row,
            name: face.body_name.clone(),
            other_name: face.other_name.clone(),
            own,
            parent,
            mistyped,
            keys: NameShape::of(&face.body_name).keys(),
            grant: grant(face, peek),
            renames: face.kinds.has(Kind::NameChange),
        })
    }

    pub(super) fn name_key(&self) -> String {
        name_key(&self.name)
    }

    /// Whether a body of the registry is the one by its code, or by that of its legal person and its name.
    pub(super) fn is(&self, body: &store::body::Body) -> bool {
        match (self.own, self.parent) {
            (Some(own), _) => body.own_uscc == Some(own),
            (None, Some(parent)) => {
                body.own_uscc.is_none()
                    && body.parent_uscc == Some(parent)
                    && body.name_key == self.name_key()
            }
            (None, None) => false,
        }
    }

    /// The codes that what stands for the code may be meant for.
    pub(super) fn slips(&self) -> Vec<Uscc> {
        self.mistyped.as_deref().map(uscc_slips).unwrap_or_default()
    }

    /// Another body of nearly the same name.
    pub(super) fn near(&self, side: &Side) -> Option<Problem> {
        let alike = NameShape::of(&self.name).alike(&NameShape::of(&side.name))?;
        self.near_by(side, manner(alike))
    }

    /// The same, where it is known how the names differ.
    pub(super) fn near_by(&self, side: &Side, manner: &str) -> Option<Problem> {
        let two = match (self.own, side.own) {
            (Some(a), Some(b)) => a != b,
            // Two of one legal person; those of two legal persons often have one name (检测中心).
            (None, None) => self.parent.is_some() && self.parent == side.parent,
            _ => false,
        };
        // With one code under one legal person a changed name is announced by 名称变更.
        if !two || (self.own.is_none() && (self.renames || self.name_key() == name_key(&side.name))) {
            return None;
        }
        let what = if self.own.is_some() { "，代码不同" } else { "，所属法人单位相同" };
        let message = format!("与{}的{}名称{manner}{what}", side.place, side.told());
        let hint = "请核对是否同一机构：是的，把名称和代码改为一致；确是两家的，不必处理。";
        Some(self.warn(Field::BodyName, "near_name", message, hint))
    }

    /// One code under two names that are not alike, in one file. The registry's are told by the plan.
    pub(super) fn other_name(&self, other: &Party) -> Option<Problem> {
        let (mine, theirs) = (self.name_key(), other.name_key());
        let second = [name_key(&self.other_name), name_key(&other.other_name)];
        if self.renames
            || other.renames
            || mine == theirs
            || second.contains(&mine)
            || second.contains(&theirs)
        {
            return None;
        }
        let message = format!("与本文件第{}行的{}代码相同，名称不同", other.row, other.side().told());
        let hint = "同一代码是同一机构：请核对名称和代码；名称已变更的按“名称变更”办理，两个名称并用的填写“机构第二名称”。";
        Some(self.warn(Field::BodyName, "other_name", message, hint))
    }

    /// What was typed for a code is one slip away from the code of a body of this name.
    pub(super) fn mistyped(&self, side: &Side) -> Option<Problem> {
        if !same_or_alike(&self.name, &side.name) {
            return None;
        }
        let own = side.own?;
        let message = format!("代码与{}的{}只差一处", side.place, side.told());
        let hint = format!("可能是录入错误：请对照营业执照核对，正确的可能是{own}。");
        Some(self.warn(Field::Uscc, "near_code", message, &hint))
    }

    /// Another certificate of the same body and domain at the same time.
    pub(super) fn second(&self, other: &Party, with: &Grant) -> Problem {
        let number = with.number.as_ref().map(|n| format!("（编号{n}）")).unwrap_or_default();
        let (from, to) = with.valid;
        let message =
            format!("与本文件第{}行的证书{number}是同一机构、同一领域，有效期{from}至{to}重叠", other.row);
        self.warn(Field::ValidFrom, "two_certificates", message, domain::TWO_CERTIFICATES)
    }

    /// Said where the list of names nearly the same is cut off.
    pub(super) fn many_more(&self, listed: usize) -> Problem {
        let message = format!("名称相近的已列出{listed}处，此后的名称没有再比较");
        let hint = "整批名称大多相近时，这项提醒意义不大；需要时请把文件分成几份检查。";
        Problem { severity: Severity::Notice, ..self.warn(Field::BodyName, "near_name", message, hint) }
    }

    pub(super) fn side(&self) -> Side {
        Side {
            place: format!("本文件第{}行", self.row),
            name: self.name.clone(),
            own: self.own,
            parent: self.parent,
        }
    }

    fn warn(&self, field: Field, code: &'static str, message: String, hint: &str) -> Problem {
        let value = match (&self.mistyped, self.own.or(self.parent)) {
            (Some(text), _) => format!("{}（{text}）", self.name),
            (None, Some(code)) => format!("{}（{code}）", self.name),
            (None, None) => self.name.clone(),
        };
        Problem {
            severity: Severity::Warning,
            place: Place::cell(Group::Certificate, self.row, None, field),
            code,
            value: value.chars().take(60).collect(),
            message,
            hint: hint.to_owned(),
        }
    }
}

impl Side {
    fn told(&self) -> String {
        match self.own.or(self.parent) {
            Some(code) => format!("“{}”（{code}）", self.name),
            None => format!("“{}”", self.name),
        }
    }
}

/// What a line would grant, if it makes a certificate that holds.
fn grant(face: &Face, peek: &domain::Peek) -> Option<Grant> {
    let holds = peek.whole && face.kinds.makes_certificate() && !peek.status.word().ended();
    holds.then(|| Grant {
        key: BodyKey::of(face),
        domain: face.domain,
        valid: (face.valid_from, face.valid_to),
        number: peek.number.clone(),
        previous: face.previous_number.clone(),
    })
}
