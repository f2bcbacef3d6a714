//! The last step: everything that is wrong, what would change, and the assignment.

use super::rows::PAGE;
use super::stance::{Place, step_of_field};
use super::step::{Frame, shell};
use crate::http::web::{Web, page};
use crate::http::{OfficeError, Officer};
use crate::office::admission::CheckView;
use crate::office::{DiffRow, FactView, ProblemList, Shell};
use app::{AdmissionAsk, DraftView, FormDiff, FormRow, Review, RowsDiff};
use askama::Template;
use axum::response::Response;
use domain::{Action, Day, DraftId, Field, Group, Problem, Shape};

/// Rows of a group shown side by side; the counts tell of the others.
const ROWS: usize = 50;
/// Problems shown of one severity.
const PROBLEMS: usize = 100;

/// `office/draft_review.html`.
#[derive(Template)]
#[template(path = "office/draft_review.html")]
struct ReviewPage {
    shell: Shell,
    frame: Frame,
    problems: Vec<ProblemList>,
    ready: bool,
    may_assign: bool,
    consequence: String,
    button: &'static str,
    change: Option<ChangeView>,
    facts: Vec<FactView>,
    /// 许可核查; none for who may not make one.
    check: Option<CheckView>,
}

/// Old and new side by side.
struct ChangeView {
    number: String,
    face: Vec<DiffRow>,
    groups: Vec<GroupDiff>,
    none: bool,
}

/// Rows of one group that come and go.
struct GroupDiff {
    title: &'static str,
    figures: String,
    heads: Vec<&'static str>,
    removed: Vec<Vec<String>>,
    added: Vec<Vec<String>>,
    hidden: usize,
}

/// The last step of a draft.
pub async fn show(
    web: &Web,
    officer: &Officer,
    view: &DraftView,
    said: &str,
) -> Result<Response, OfficeError> {
    let review = web.app.review_draft(&officer.ctx, view).await?;
    let fresh = domain::Kinds::parse(view.form.value(Field::Kind)).is_ok_and(|k| k.makes_certificate());
    let action = if fresh { Action::Assign } else { Action::Change };
    let consequence = match (&review.change, fresh) {
        (Some((number, _)), true) => {
            format!("赋码后生成一张新证书，替换证书{}；编号和码终身有效，不能撤回。", number.grouped())
        }
        (Some((number, _)), false) => {
            format!("赋码后证书{}生成新的版本，编号和码不变，公众立即看到新内容。", number.grouped())
        }
        (None, _) => "赋码后编号和码终身有效，公众立即可以查验，不能撤回。".to_owned(),
    };
    let check = match officer.can(Action::Admission) {
        true => Some(web.app.admission(&officer.ctx, &AdmissionAsk::Draft(view.head.id)).await?),
        false => None,
    };
    Ok(page(&ReviewPage {
        shell: shell(officer, view, said),
        frame: Frame::of(view, Place::Review, true),
        ready: review.judged.draft.is_some(),
        may_assign: officer.can(action),
        consequence,
        button: if fresh { "赋码" } else { "赋码（生成新版本）" },
        facts: facts(view),
        check: check.map(|check| CheckView::of(&check, false)),
        change: review.change.as_ref().map(|(number, diff)| change(number, diff)),
        problems: problems(view.head.id, &review),
    }))
}

/// The problems, each with a link to where it can be mended.
fn problems(id: DraftId, review: &Review) -> Vec<ProblemList> {
    let all = &review.judged.problems;
    let mut lists = ProblemList::of(all);
    for list in &mut lists {
        let of = all.iter().filter(|p| p.severity == list.severity);
        for (shown, problem) in list.shown.iter_mut().zip(of) {
            shown.href = href(id, problem);
            shown.place = words(problem);
        }
        list.shown.truncate(PROBLEMS);
    }
    lists
}

/// Where a problem is, in the words of the form: it has rows, but neither columns nor a row of its head.
fn words(problem: &Problem) -> String {
    let place = &problem.place;
    let label = place.field.map_or("", |field| field.label());
    match place.group {
        Group::Certificate if label.is_empty() => "证书".to_owned(),
        Group::Certificate => label.to_owned(),
        group if place.row > 0 => format!("{} 第{}行 {label}", group.sheet(), place.row),
        group => group.sheet().to_owned(),
    }
}

fn href(id: DraftId, problem: &Problem) -> String {
    let place = &problem.place;
    if place.group == Group::Certificate {
        let (step, anchor) = place.field.map_or((1, ""), |f| (step_of_field(f), f.key()));
        return format!("/office/drafts/{id}?step={step}&checked=1#{anchor}");
    }
    let page = (place.row.saturating_sub(1) as usize) / PAGE + 1;
    format!(
        "/office/drafts/{id}?{}&page={page}&checked=1#row-{}",
        Place::Rows(place.group).query(),
        place.row
    )
}

fn change(number: &domain::Number, diff: &FormDiff) -> ChangeView {
    let face = diff.face.iter();
    ChangeView {
        number: number.grouped(),
        none: diff.is_empty(),
        face: face
            .map(|r| DiffRow { label: r.field.label().into(), old: r.old.clone(), new: r.new.clone() })
            .collect(),
        groups: diff.rows.iter().map(group_diff).collect(),
    }
}

fn group_diff(diff: &RowsDiff) -> GroupDiff {
    let used =
        |field: &Field| diff.added.iter().chain(&diff.removed).any(|row| row.contains_key(field.key()));
    let fields: Vec<Field> = diff.group.fields().filter(used).collect();
    let cells =
        |row: &FormRow| fields.iter().map(|f| row.get(f.key()).cloned().unwrap_or_default()).collect();
    let rows = |rows: &[FormRow]| rows.iter().take(ROWS).map(cells).collect();
    let figures = match (diff.added.len(), diff.removed.len()) {
        (0, 0) => "只调整了先后".to_owned(),
        (added, removed) => format!("新增 {added} 行，减少 {removed} 行"),
    };
    GroupDiff {
        title: diff.group.sheet(),
        figures,
        heads: fields.iter().map(|f| f.label()).collect(),
        removed: rows(&diff.removed),
        added: rows(&diff.added),
        hidden: diff.added.len().saturating_sub(ROWS) + diff.removed.len().saturating_sub(ROWS),
    }
}

fn facts(view: &DraftView) -> Vec<FactView> {
    let form = &view.form;
    // A day stands as it was understood, so that a slip in typing it is seen before it is assigned.
    let value = |field: Field| match (field.shape(), Day::parse(form.value(field))) {
        (Shape::Day, Ok(day)) => day.to_string(),
        _ => form.value(field).to_owned(),
    };
    let of = |field: Field| FactView { label: field.label().into(), value: value(field) };
    let rows = |group: Group| FactView {
        label: group.sheet().into(),
        value: format!("{} 行", domain::group_digits(form.rows(group).len() as u64)),
    };
    let mut out: Vec<FactView> = [
        Field::Kind,
        Field::Number,
        Field::BodyName,
        Field::Uscc,
        Field::Address,
        Field::DecisionNumber,
        Field::IssuedOn,
        Field::ValidTo,
    ]
    .map(of)
    .into();
    if let Some(number) = out.get_mut(1).filter(|fact| fact.value.is_empty()) {
        number.value = "由系统按计数器编号".into();
    }
    out.extend([Group::Site, Group::Capability, Group::Signatory, Group::Instrument, Group::Staff].map(rows));
    out
}
