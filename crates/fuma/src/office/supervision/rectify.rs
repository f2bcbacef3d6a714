//! The forms of what is to be put right: ordered, and followed up step by step.

use crate::office::{FieldView, with_errors};
use app::{NewRectification, NewStep, RectificationView};
use serde::Deserialize;

/// What is posted when something is ordered.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Ordered {
    what: String,
    due: String,
    order_document: String,
}

impl Ordered {
    pub(super) fn read(&self) -> NewRectification {
        let Ordered { what, due, order_document } = self.clone();
        NewRectification { what, due, document: order_document }
    }
}

/// What is posted of a step: names end in the key of the rectification, since a page may hold several such forms.
pub(super) fn stepped(posted: Vec<(String, String)>) -> NewStep {
    let mut step = NewStep::default();
    for (name, value) in posted {
        match name.split('-').next().unwrap_or_default() {
            "step" => step.step = value,
            "day" => step.day = value,
            "document" => step.document = value,
            "note" => step.note = value,
            _ => {}
        }
    }
    step
}

/// The fields of an order; none is called as a field of the correction on the same page.
pub(super) fn order_fields(typed: &Ordered, wrong: &[(&'static str, String)]) -> Vec<FieldView> {
    let all = vec![
        FieldView::lines("what", "需要改正的问题和要求").required().value(&typed.what),
        FieldView::day("due", "改正期限").required().value(&typed.due),
        FieldView::text("order_document", "责令改正通知书文号").required().value(&typed.order_document),
    ];
    let name = |(name, said): &(&'static str, String)| match *name {
        "document" => ("order_document", said.clone()),
        name => (name, said.clone()),
    };
    with_errors(all, &wrong.iter().map(name).collect())
}

/// The fields of the next step; none where there is none.
pub(super) fn step_fields(view: &RectificationView) -> Vec<FieldView> {
    let next: Vec<_> = view.next().iter().map(|it| (it.key().to_owned(), it.label().to_owned())).collect();
    if next.is_empty() {
        return Vec::new();
    }
    let named = |name: &str| format!("{name}-{}", view.it.id);
    let only = if next.len() == 1 { next.first().map(|(key, _)| key.clone()) } else { None };
    vec![
        FieldView::choice(named("step"), "进展", next).required().value(only.unwrap_or_default()),
        FieldView::day(named("day"), "日期").hint("不填为今天"),
        FieldView::text(named("document"), "文号").hint("办结必须填写"),
        FieldView::text(named("note"), "说明").hint("复查不合格必须写明原因；不要写个人信息"),
    ]
}
