//! What a step posts: its values are kept, whatever is wrong with them, and one goes on.

use super::rows::{self, PAGE};
use super::stance::{Place, Stance};
use super::step::{self, StepQuery};
use crate::http::web::Web;
use crate::http::{OfficeError, Officer};
use crate::office::ProblemList;
use crate::office::upload::Received;
use app::{AnnexRead, AppError, DraftView, Put, StoreError};
use axum::Form;
use axum::extract::{Multipart, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::{DraftId, Field, Group};

/// The hidden fields and the button of a posted step. Their names begin with `_`, which no field's key does.
pub(super) struct Posted<'p> {
    /// As posted.
    pub(super) pairs: &'p [(String, String)],
}

impl Posted<'_> {
    fn text(&self, name: &str) -> &str {
        self.pairs.iter().find(|(of, _)| of == name).map_or("", |(_, value)| value)
    }

    fn number(&self, name: &str) -> usize {
        self.text(name).parse().unwrap_or(0)
    }

    fn place(&self) -> Place {
        Place::of(self.number("_step") as u8, self.text("_group"))
    }

    fn version(&self) -> u32 {
        self.number("_version") as u32
    }

    /// Where the button leads, as path and query.
    fn onward(&self, id: i64, rows: usize) -> String {
        let here = self.place();
        let page = self.number("_offset") / PAGE + 1;
        let (act, value) = self.text("_act").split_once('.').unwrap_or((self.text("_act"), ""));
        let at = value.parse::<usize>().unwrap_or(1);
        let (place, page) = match act {
            "next" => (here.beside(true), 1),
            "back" => (here.beside(false), 1),
            "check" => (Place::Review, 1),
            "step" => (Place::of(at as u8, ""), 1),
            "group" => (Place::of(5, value), 1),
            "page" => (here, at),
            "add" => (here, rows / PAGE + 1),
            _ => (here, page),
        };
        let checked = if self.text("_checked") == "1" { "&checked=1" } else { "" };
        let page = if page > 1 { format!("&page={page}") } else { String::new() };
        format!("/office/drafts/{id}?{}{page}{checked}&said=saved", place.query())
    }
}

/// `POST /office/drafts/{id}`.
pub async fn save(
    State(web): State<Web>,
    officer: Officer,
    Path(id): Path<i64>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, OfficeError> {
    let mut view = web.app.draft(&officer.ctx, DraftId(id)).await?;
    let posted = Posted { pairs: &pairs };
    put(&mut view, &posted);
    let rows = match posted.place() {
        Place::Rows(group) => view.form.rows(group).len(),
        Place::Head(_) | Place::Review => 0,
    };
    match web.app.save_draft(&officer.ctx, DraftId(id), posted.version(), &view.form).await {
        Ok(_) => Ok(Redirect::to(&posted.onward(id, rows)).into_response()),
        Err(AppError::Store(StoreError::Conflict)) if posted.place() != Place::Review => {
            overtaken(&web, &officer, &view, &posted).await
        }
        Err(error) => Err(error.into()),
    }
}

/// The step again, with what was typed upon what somebody else saved meanwhile: nothing is lost, and nothing written unseen.
async fn overtaken(
    web: &Web,
    officer: &Officer,
    view: &DraftView,
    posted: &Posted<'_>,
) -> Result<Response, OfficeError> {
    let place = posted.place();
    let query = StepQuery {
        step: place.step(),
        group: posted.text("_group").to_owned(),
        page: posted.number("_offset") / PAGE + 1,
        said: step::OVERTAKEN.to_owned(),
        ..StepQuery::default()
    };
    let mut response = step::show(web, officer, view, &query, Vec::new()).await?;
    *response.status_mut() = StatusCode::CONFLICT;
    Ok(response)
}

/// Only what this act may change is taken from a step.
pub(super) fn put(view: &mut DraftView, posted: &Posted<'_>) {
    let stance = Stance::of(view);
    match posted.place() {
        Place::Rows(group) if stance.edits_rows(group) => {
            let cut = (posted.number("_offset"), posted.number("_shown"));
            rows::put(&mut view.form, group, cut, posted.pairs);
        }
        Place::Head(_) => {
            for (name, value) in posted.pairs {
                let field = Field::of_key(Group::Certificate, name);
                if let Some(field) = field.filter(|f| stance.edits(*f)) {
                    view.form.set(field, rows::typed(value));
                }
            }
        }
        Place::Rows(_) | Place::Review => {}
    }
}

/// `POST /office/drafts/{id}/annex`: an official form is read into the draft and what was understood is shown.
pub async fn annex(
    State(web): State<Web>,
    officer: Officer,
    Path(id): Path<i64>,
    form: Multipart,
) -> Result<Response, OfficeError> {
    let received = Received::read(form).await?;
    let posted = Posted { pairs: &received.texts };
    let mut view = web.app.draft(&officer.ctx, DraftId(id)).await?;
    let put = if received.text("put") == "append" { Put::Append } else { Put::Replace };
    let Some(file) = received.files.first().cloned() else {
        return Err(OfficeError(AppError::refused(
            "没有收到文件",
            "请选择一份官方附表（xlsx、xls 或 ods）。",
        )));
    };
    let read = web.app.read_annex(&officer.ctx, file, &mut view.form, put).await?;
    let group = read.parts.first().map_or(Group::Certificate, |part| part.group);
    view.head.version = web.app.save_draft(&officer.ctx, DraftId(id), posted.version(), &view.form).await?;
    let place = if group == Group::Certificate { Place::Head(1) } else { Place::Rows(group) };
    step::show(&web, &officer, &view, &at(place), told(&read)).await
}

/// A new draft with what was read into it. It begins where that stands; if something in it was unclear, with what was
/// understood of it, which is said this once.
pub async fn begin(
    web: &Web,
    officer: &Officer,
    form: &app::Form,
    read: &AnnexRead,
    said: &str,
) -> Result<Response, OfficeError> {
    let id = web.app.create_draft(&officer.ctx, form).await?;
    let mut groups = read.parts.iter().map(|part| part.group);
    let place = match groups.next() {
        Some(first) if first != Group::Certificate && groups.all(|group| group == first) => {
            Place::Rows(first)
        }
        Some(_) | None => Place::Head(1),
    };
    if read.problems.is_empty() {
        let address = format!("/office/drafts/{id}?{}&said={said}", place.query());
        return Ok(Redirect::to(&address).into_response());
    }
    let view = web.app.draft(&officer.ctx, id).await?;
    step::show(web, officer, &view, &StepQuery { said: said.to_owned(), ..at(place) }, told(read)).await
}

fn at(place: Place) -> StepQuery {
    let group = if let Place::Rows(group) = place { group.key().to_owned() } else { String::new() };
    StepQuery { step: place.step(), group, page: 1, ..StepQuery::default() }
}

/// What was read, first how much, then what was unclear.
fn told(read: &AnnexRead) -> Vec<ProblemList> {
    let mut lists = ProblemList::of(&read.problems);
    let rows: Vec<String> = read
        .parts
        .iter()
        .map(|part| format!("{}{}行（工作表“{}”）", part.group.sheet(), part.rows, part.sheet))
        .collect();
    lists.insert(
        0,
        ProblemList::notice(format!("已读入并保存：{}", rows.join("、")), "请逐页核对，再到最后一步检查。"),
    );
    lists
}
