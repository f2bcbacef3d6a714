//! What can be put right from the content alone. Nothing is written: an officer finds it filled into a draft of a correction.

use super::QualityRule;
use super::item::spelt;
use super::look::{capability_key, twice};
use super::tidy::{placeholder, tidied, tidied_name};
use crate::{Capability, Content, normalise_standard, split_standard_text};

impl QualityRule {
    /// Whether it can be put right from the content alone.
    pub fn mends(self) -> bool {
        use QualityRule::*;
        matches!(
            self,
            FaceText
                | SiteText
                | StandardSpelling
                | StandardInName
                | CapabilityTwice
                | Placeholder
                | ItemText
                | FoodFlag
        )
    }
}

/// Puts right in a content what breaks a rule; how many values were changed or rows taken out. None of a rule that does not
/// [mend](QualityRule::mends).
pub fn mend(rule: QualityRule, content: &mut Content) -> u64 {
    match rule {
        QualityRule::FaceText => {
            let face = &mut content.face;
            let own = [&mut face.body_name, &mut face.other_name, &mut face.address];
            let parent = face.parent.as_mut().map(|parent| &mut parent.name);
            own.into_iter().chain(parent).map(|text| put(text, tidied_name)).sum()
        }
        QualityRule::SiteText => {
            let sites = content.sites.iter_mut().flat_map(|site| [&mut site.name, &mut site.address]);
            sites.map(|text| put(text, tidied_name)).sum()
        }
        QualityRule::FoodFlag => {
            let wrong = !content.face.food && content.capabilities.iter().any(|row| row.food);
            content.face.food |= wrong;
            u64::from(wrong)
        }
        QualityRule::StandardSpelling => each(content, |row| put(&mut row.item.standard_number, spelt)),
        QualityRule::StandardInName => each(content, out_of_name),
        QualityRule::Placeholder => each(content, |row| {
            let empty = |text: &str| placeholder(text).then(String::new);
            put(&mut row.limits, empty) + put(&mut row.remark, empty)
        }),
        QualityRule::ItemText => {
            each(content, |row| put(&mut row.item.name, tidied) + put(&mut row.item.standard_name, tidied))
        }
        QualityRule::CapabilityTwice => {
            let before = content.capabilities.len();
            let mut seen = Default::default();
            content.capabilities.retain(|row| !twice(&mut seen, capability_key(row)));
            (before - content.capabilities.len()) as u64
        }
        _ => 0,
    }
}

fn each(content: &mut Content, put: impl Fn(&mut Capability) -> u64) -> u64 {
    content.capabilities.iter_mut().map(put).sum()
}

/// Puts another text in place of one; 1 if there is another.
fn put(text: &mut String, other: impl Fn(&str) -> Option<String>) -> u64 {
    let Some(other) = other(text) else { return 0 };
    *text = other;
    1
}

/// Takes a standard number out of the name it stands in.
fn out_of_name(row: &mut Capability) -> u64 {
    let item = &mut row.item;
    if !item.standard_number.is_empty() || normalise_standard(&item.standard_name).is_none() {
        return 0;
    }
    let split = split_standard_text(&item.standard_name);
    item.standard_name = split.name;
    item.standard_number = split.number;
    if item.clause.is_empty() {
        item.clause = split.clause;
    }
    1
}
