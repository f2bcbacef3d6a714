//! What the values of a dimension are called.

use domain::tally::{Answer, Device, Dimension, Measure, UNKNOWN, Way};
use domain::{Division, Door, Tables};

use super::Behind;

/// 兵团, which is a flag of bodies and has no division.
const CORPS: &str = "66";

/// A province by the first two digits of its divisions, as short as its authority is called.
pub(super) fn place(code: &str, tables: &Tables) -> String {
    let authority = tables.authorities.iter().find(|it| it.area == code && !code.is_empty());
    let division =
        || Division::parse(&format!("{code}0000")).and_then(|it| tables.divisions.get(&it).cloned());
    match (code, authority) {
        (_, Some(authority)) => authority.short_name.clone(),
        (CORPS, None) => "兵团".into(),
        _ => division().unwrap_or_else(|| "不明".into()),
    }
}

/// What a value is called.
pub(super) fn value(measure: Measure, dimension: Dimension, value: &str, tables: &Tables) -> String {
    let named = match dimension {
        Dimension::Total => Some("合计".to_owned()),
        Dimension::Answer => Answer::parse(value).map(|it| it.label().to_owned()),
        Dimension::Way if measure.is_question() => {
            Way::ALL.iter().find(|it| it.key() == value).map(|it| it.label().to_owned())
        }
        Dimension::Way => Door::parse(value).map(|it| it.label().to_owned()),
        Dimension::Province | Dimension::Visitor => Some(place(value, tables)),
        Dimension::Domain => value.parse().ok().and_then(|code| tables.domains.get(&code).cloned()),
        Dimension::Device => Device::parse(value).map(|it| it.label().to_owned()),
    };
    match (named, value) {
        (Some(named), _) => named,
        (None, "" | UNKNOWN) => "不明".into(),
        (None, value) => value.to_owned(),
    }
}

/// What stands behind a value.
pub(super) fn behind(dimension: Dimension, value: &str) -> Behind {
    match dimension {
        Dimension::Province if value.len() == 2 => Behind::Province(value.to_owned()),
        Dimension::Domain if value.len() == 2 => Behind::Domain(value.to_owned()),
        Dimension::Total
        | Dimension::Answer
        | Dimension::Way
        | Dimension::Province
        | Dimension::Visitor
        | Dimension::Domain
        | Dimension::Device => Behind::Nothing,
    }
}
