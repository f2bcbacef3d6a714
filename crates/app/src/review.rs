//! A draft before it is assigned: its problems, and what it would change, old and new side by side.

use crate::drafts::DraftView;
use crate::form::{Form, FormRow, of_the_act};
use crate::{App, Ctx, Judged, Result};
use domain::{Field, Group, Number, Replaced, merged};
use std::collections::HashMap;

/// What is to be seen before a draft is assigned.
#[derive(Clone, Debug)]
pub struct Review {
    /// Plan and problems.
    pub judged: Judged,
    /// For a change or a renewal: the certificate it starts from, by number, and what differs.
    pub change: Option<(Number, FormDiff)>,
}

/// What differs between two forms, by what people see in them. What says only how the act was decided is left out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FormDiff {
    /// Values of the head.
    pub face: Vec<Replaced>,
    /// Rows by group.
    pub rows: Vec<RowsDiff>,
}

/// Rows of one group that came and went.
#[derive(Clone, Debug, PartialEq)]
pub struct RowsDiff {
    /// Which.
    pub group: Group,
    /// In the new form only, in its order.
    pub added: Vec<FormRow>,
    /// In the old form only, in its order.
    pub removed: Vec<FormRow>,
}

impl FormDiff {
    /// Compares two forms; groups that `new` does not give stay as they are.
    pub fn between(old: &Form, new: &Form) -> FormDiff {
        let compared = |field: &Field| !of_the_act(*field) && !field.personal() && *field != Field::Key;
        let face = Group::Certificate
            .fields()
            .filter(compared)
            .map(|field| Replaced {
                field,
                old: old.value(field).to_owned(),
                new: new.value(field).trim().to_owned(),
            })
            .filter(|r| r.old != r.new)
            .collect();
        let given =
            |group: &Group| *group != Group::Certificate && !new.absent.iter().any(|key| key == group.key());
        let rows =
            Group::ALL.into_iter().filter(given).filter_map(|group| rows_between(group, old, new)).collect();
        FormDiff { face, rows }
    }

    /// Whether nothing differs.
    pub fn is_empty(&self) -> bool {
        self.face.is_empty() && self.rows.is_empty()
    }
}

fn rows_between(group: Group, old: &Form, new: &Form) -> Option<RowsDiff> {
    let plain = |form: &Form| -> Vec<FormRow> {
        form.rows(group).iter().map(|row| public(group, row)).filter(|r| !r.is_empty()).collect()
    };
    let (old, new) = (plain(old), plain(new));
    let added = only_in(&new, &old);
    let removed = only_in(&old, &new);
    (old != new).then_some(RowsDiff { group, added, removed })
}

/// A row without personal fields, which no edition holds, and without empty cells.
fn public(group: Group, row: &FormRow) -> FormRow {
    let personal = |key: &str| Field::of_key(group, key).is_none_or(Field::personal);
    row.iter()
        .filter(|(key, value)| !value.trim().is_empty() && !personal(key))
        .map(|(key, value)| (key.clone(), value.trim().to_owned()))
        .collect()
}

/// The rows of `a` that `b` has not, each as often as it is missing.
fn only_in(a: &[FormRow], b: &[FormRow]) -> Vec<FormRow> {
    let mut there: HashMap<&FormRow, usize> = HashMap::new();
    for row in b {
        *there.entry(row).or_default() += 1;
    }
    let mut missing = Vec::new();
    for row in a {
        match there.get_mut(row) {
            Some(n) if *n > 0 => *n -= 1,
            _ => missing.push(row.clone()),
        }
    }
    missing
}

impl App {
    /// Judges a draft by the rules of assignment and compares it with the certificate it starts from; nothing is written.
    pub async fn review_draft(&self, ctx: &Ctx, view: &DraftView) -> Result<Review> {
        let mut judged = self.check_form(ctx, &view.form).await?;
        if let Some(problem) = self.behind(view).await? {
            judged.problems.retain(|other| other.code != problem.code);
            judged.problems.insert(0, problem);
            judged.draft = None;
        }
        let Some(certificate) = view.head.certificate else { return Ok(Review { judged, change: None }) };
        let card = self.certificate(ctx, certificate).await?.card;
        let old = self.content_of(certificate, card.head.edition).await?;
        let number = card.head.number;
        let before = Form::of(&number, &old);
        // What was understood is compared where it can be: a day typed in another form is no change.
        let after = judged.draft.as_ref().map(|(draft, _)| {
            let number = draft.number.clone().unwrap_or_else(|| number.clone());
            Form::of(&number, &merged(draft, &old))
        });
        let diff = FormDiff::between(&before, after.as_ref().unwrap_or(&view.form));
        Ok(Review { judged, change: Some((number, diff)) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(name: &str) -> FormRow {
        FormRow::from([("name".to_owned(), name.to_owned())])
    }

    #[test]
    fn rows_are_compared_as_often_as_they_stand_and_absent_groups_not_at_all() {
        let old = Form { sites: vec![site("甲"), site("甲"), site("乙")], ..Form::default() };
        let mut new = Form { sites: vec![site("甲"), site("丙")], ..Form::default() };
        let diff = FormDiff::between(&old, &new);
        assert_eq!(diff.rows[0].added, [site("丙")]);
        assert_eq!(diff.rows[0].removed, [site("甲"), site("乙")]);
        new.absent = vec![Group::Site.key().to_owned()];
        assert!(FormDiff::between(&old, &new).is_empty());
    }

    #[test]
    fn what_was_decided_and_what_is_personal_is_no_difference() {
        let mut new = Form::default();
        new.set(Field::Phone, "00000000000");
        new.set(Field::DecisionNumber, "样例〔2026〕1号");
        new.set(Field::BodyName, "示例检测有限公司");
        let fields: Vec<_> = FormDiff::between(&Form::default(), &new).face.iter().map(|r| r.field).collect();
        assert_eq!(fields, [Field::BodyName]);
    }
}
