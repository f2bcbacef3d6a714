//! What must fit together on a certificate, each said once: asked by the funnel of what comes in ([`crate::Draft`]) and by
//! the rules of data quality of what is there ([`crate::quality`]).

use crate::{Day, Face, Field, Item, Number, NumberKind, Two};

/// What 限制范围 must say of a method of one's own (2023年评审准则).
pub(crate) const OWN_LIMITS: &str = "仅限特定合同约定";

/// 独立法人 without 统一社会信用代码.
pub(crate) fn lacks_code(face: &Face) -> bool {
    face.legal_kind.is_some_and(|kind| kind.independent) && face.uscc.is_none()
}

/// What is missing of 所属法人单位 of a body that is not independent.
pub(crate) fn lacks_parent(face: &Face) -> Vec<Field> {
    if face.legal_kind.is_none_or(|kind| kind.independent) {
        return Vec::new();
    }
    let name = face.parent.as_ref().is_some_and(|parent| !parent.name.is_empty());
    let code = face.parent.as_ref().is_some_and(|parent| parent.uscc.is_some());
    let parts = [(Field::ParentName, name), (Field::ParentUscc, code)];
    parts.into_iter().filter(|(_, there)| !there).map(|(field, _)| field).collect()
}

/// Codes of the face that are not those of a twelve-digit number: field, what the face says, what the number says.
pub(crate) fn number_codes(number: &Number, face: &Face) -> Vec<(Field, Two, Two)> {
    let (Some(parts), NumberKind::Modern) = (number.parts(), number.kind()) else { return Vec::new() };
    let both = [(Field::Domain, face.domain, parts.domain), (Field::Industry, face.industry, parts.industry)];
    both.into_iter().filter(|(_, said, read)| said != read).collect()
}

/// The year of a twelve-digit number and that of the day of issue, where they differ.
pub(crate) fn number_year(number: &Number, face: &Face) -> Option<(u16, u16)> {
    let (Some(parts), NumberKind::Modern) = (number.parts(), number.kind()) else { return None };
    face.issued_on.map(|day| (parts.year, day.year())).filter(|(number, issued)| number != issued)
}

/// Whether the validity ends before it begins, or before the day of issue.
pub(crate) fn ends_early(face: &Face) -> bool {
    face.valid_to < face.valid_from || face.issued_on.is_some_and(|day| face.valid_to < day)
}

/// Six years, whichever of the two printed conventions was used (domain.md 1.4).
pub(crate) fn six_years(from: Day, to: Day) -> bool {
    from.plus_years(6).is_ok_and(|same| to == same || Ok(to) == same.plus_days(-1))
}

/// First day of issue and day of issue, where the first is the later one.
pub(crate) fn first_later(face: &Face) -> Option<(Day, Day)> {
    face.first_issued_on.zip(face.issued_on).filter(|(first, issued)| first > issued)
}

/// Days of the act that lie behind today.
pub(crate) fn future_days(face: &Face, today: Day) -> Vec<(Field, Day)> {
    let days = [(Field::IssuedOn, face.issued_on), (Field::DecisionDay, face.decision_day)];
    days.into_iter().filter_map(|(field, day)| Some((field, day.filter(|day| *day > today)?))).collect()
}

/// A body with any food capability is always domain 00 (domain.md 2.1).
pub(crate) fn food_elsewhere(face: &Face, any_food: bool) -> bool {
    any_food && face.domain.as_str() != "00"
}

/// Whether a method is one of one's own, without a standard.
pub(crate) fn own_method(item: &Item) -> bool {
    item.standard_number.is_empty()
        && ["自制", "非标", "作业指导书", "自编"].iter().any(|word| item.standard_name.contains(word))
}
