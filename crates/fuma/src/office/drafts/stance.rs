//! What a draft is for, and with it which fields stand in which step and which of them may be edited.

use crate::office::FieldView;
use app::DraftView;
use domain::{Field, Group, Kind, Kinds, Need, Shape, Tables};

/// The steps as people read them; the last one checks and assigns.
pub const STEPS: [&str; 6] = ["机构", "许可与日期", "场所", "检测能力", "签字人、设备与人员", "核对与赋码"];
/// The step that checks and assigns.
pub const LAST: u8 = 6;

/// Where one is in the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Fields of the head: step 1 or 2.
    Head(u8),
    /// Rows of a group.
    Rows(Group),
    /// The last step.
    Review,
}

impl Place {
    /// The place of a step; of the fifth, which holds three groups, that of `group`.
    pub fn of(step: u8, group: &str) -> Place {
        match step {
            0 | 1 => Place::Head(1),
            2 => Place::Head(2),
            3 => Place::Rows(Group::Site),
            4 => Place::Rows(Group::Capability),
            5 => {
                let named = Group::ALL.into_iter().find(|g| g.key() == group && step_of(*g) == 5);
                Place::Rows(named.unwrap_or(Group::Signatory))
            }
            _ => Place::Review,
        }
    }

    /// Its step.
    pub fn step(self) -> u8 {
        match self {
            Place::Head(step) => step,
            Place::Rows(group) => step_of(group),
            Place::Review => LAST,
        }
    }

    /// The place that follows, or comes before.
    pub fn beside(self, forward: bool) -> Place {
        const ALL: [Place; 8] = [
            Place::Head(1),
            Place::Head(2),
            Place::Rows(Group::Site),
            Place::Rows(Group::Capability),
            Place::Rows(Group::Signatory),
            Place::Rows(Group::Instrument),
            Place::Rows(Group::Staff),
            Place::Review,
        ];
        let at = ALL.iter().position(|place| *place == self).unwrap_or(0);
        ALL[if forward { (at + 1).min(ALL.len() - 1) } else { at.saturating_sub(1) }]
    }

    /// Its query: `step=5&group=staff`.
    pub fn query(self) -> String {
        match self {
            Place::Rows(group) if step_of(group) == 5 => format!("step=5&group={}", group.key()),
            _ => format!("step={}", self.step()),
        }
    }
}

/// The step of the form that a group's rows are edited in.
pub fn step_of(group: Group) -> u8 {
    match group {
        Group::Certificate => 1,
        Group::Site => 3,
        Group::Capability => 4,
        Group::Signatory | Group::Instrument | Group::Staff => 5,
    }
}

/// The query that leads to the place of a field.
pub fn place_of(field: Field) -> String {
    match field.group() {
        Group::Certificate => Place::Head(step_of_field(field)).query(),
        group => Place::Rows(group).query(),
    }
}

/// The step in which a field stands.
pub fn step_of_field(field: Field) -> u8 {
    match field.group() {
        Group::Certificate if of_the_grant(field) => 2,
        group => step_of(group),
    }
}

/// Fields of the head that say what was granted and when, not to whom.
fn of_the_grant(field: Field) -> bool {
    use Field::{
        DecisionDay, DecisionNumber, Domain, EffectiveDay, FirstIssuedOn, Food, Industry, IssuedOn, Kind,
        Number, PreviousNumber, Procedure, Reason, Remark, Status, StatusDay, StatusDocument, StatusReason,
        ValidFrom, ValidTo,
    };
    matches!(
        field,
        Kind | Number
            | PreviousNumber
            | Domain
            | Industry
            | Food
            | Procedure
            | DecisionDay
            | DecisionNumber
            | FirstIssuedOn
            | IssuedOn
            | ValidFrom
            | ValidTo
            | EffectiveDay
            | Status
            | StatusDay
            | StatusDocument
            | StatusReason
            | Reason
            | Remark
    )
}

/// What a draft is for.
#[derive(Clone, Copy, Debug)]
pub struct Stance {
    kinds: Option<Kinds>,
    /// Whether it makes a new edition of a certificate, of which only some fields may change.
    change: bool,
}

impl Stance {
    /// The stance of a draft.
    pub fn of(view: &DraftView) -> Stance {
        let kinds = Kinds::parse(view.form.value(Field::Kind)).ok();
        let change = view.head.certificate.is_some() && kinds.is_some_and(|k| !k.makes_certificate());
        Stance { kinds, change }
    }

    /// Whether it makes a new edition of a certificate.
    pub fn change(self) -> bool {
        self.change
    }

    fn has(self, kind: Kind) -> bool {
        self.kinds.is_some_and(|kinds| kinds.has(kind))
    }

    /// Whether a field of the head has a place in the form.
    pub fn shows(self, field: Field) -> bool {
        match field {
            Field::Key => false,
            Field::Status | Field::StatusDay | Field::StatusDocument | Field::StatusReason => {
                self.has(Kind::Takeover)
            }
            Field::OrgCode => self.has(Kind::Takeover) || self.change,
            Field::EffectiveDay | Field::Reason => self.change,
            Field::PreviousNumber => !self.has(Kind::First),
            _ => true,
        }
    }

    /// Whether a field of the head may be edited.
    pub fn edits(self, field: Field) -> bool {
        match self.kinds {
            Some(kinds) if self.change => {
                field != Field::Kind && kinds.iter().any(|kind| kind.may_change(field))
            }
            _ => field != Field::Key,
        }
    }

    /// Whether the rows of a group may be edited.
    pub fn edits_rows(self, group: Group) -> bool {
        match self.kinds {
            Some(kinds) if self.change => kinds.iter().any(|kind| kind.may_change_rows(group)),
            _ => true,
        }
    }

    /// A field of the head as it is edited; `area` is the authority's, of which divisions are offered.
    pub fn field(self, field: Field, value: &str, area: &str, tables: &Tables) -> FieldView {
        let (name, label) = (field.key(), field.label());
        let view = match field.shape() {
            _ if field == Field::Kind => FieldView::choice(name, label, options(&kinds(), value)),
            Shape::YesNo => FieldView::choice(name, label, options(&["是", "否"].map(str::to_owned), value)),
            Shape::Choice(words) => {
                let words: Vec<String> = words.iter().map(|w| (*w).to_owned()).collect();
                FieldView::choice(name, label, options(&words, value))
            }
            Shape::Code if field == Field::Domain => {
                FieldView::choice(name, label, codes(&tables.domains, value))
            }
            Shape::Code if field == Field::Division => divisions(name, label, area, tables, value),
            Shape::Code if field == Field::Industry => {
                FieldView::choice(name, label, codes(&tables.industries, value))
            }
            Shape::Day => FieldView::day(name, label),
            Shape::Text(300..) => FieldView::lines(name, label),
            Shape::Text(150..) => FieldView::text(name, label).wide(),
            Shape::Text(_) | Shape::Code | Shape::Digits(_) => FieldView::text(name, label),
        };
        let must = field.need() == Need::Must || (field == Field::Reason && self.has(Kind::Correction));
        let view = if must { view.required() } else { view };
        view.value(value).hint(field.hint())
    }
}

/// 业务类型 of a form that makes a certificate; changes begin at the certificate.
fn kinds() -> Vec<String> {
    ["首次", "复查换证", "扩项、复查换证", "存量"].map(str::to_owned).to_vec()
}

/// Options that are their own labels; a value that is none of them is kept as one more.
fn options(words: &[String], value: &str) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = words.iter().map(|w| (w.clone(), w.clone())).collect();
    if !value.is_empty() && words.iter().all(|w| w != value) {
        all.push((value.to_owned(), format!("{value}（原填写）")));
    }
    all
}

fn codes(table: &std::collections::HashMap<domain::Two, String>, value: &str) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> =
        table.iter().map(|(code, name)| (code.to_string(), format!("{code} {name}"))).collect();
    all.sort();
    if !value.is_empty() && all.iter().all(|(code, _)| code != value) {
        all.push((value.to_owned(), format!("{value}（不在代码表中）")));
    }
    all
}

/// The divisions of the authority's area to choose from; for the national authority, whose area is everything, the code
/// is typed.
fn divisions(name: &str, label: &str, area: &str, tables: &Tables, value: &str) -> FieldView {
    let of = |d: &&domain::Division| {
        !area.is_empty() && d.as_str().starts_with(area) && !d.as_str().ends_with("0000")
    };
    let mut all: Vec<(String, String)> = tables
        .divisions
        .keys()
        .filter(of)
        .map(|d| (d.as_str().to_owned(), format!("{} {}", d.as_str(), tables.division_name(*d))))
        .collect();
    if all.is_empty() {
        return FieldView::text(name, label);
    }
    all.sort();
    if !value.is_empty() && all.iter().all(|(code, _)| code != value) {
        all.push((value.to_owned(), format!("{value}（本地区以外）")));
    }
    FieldView::choice(name, label, all)
}
