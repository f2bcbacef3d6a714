//! Rows pasted into a table of the form: the script asks here what they are, so that headers and columns are understood as
//! those of an import, and spreads what comes back over the inputs.

use crate::http::web::Web;
use crate::http::{OfficeError, Officer};
use app::AppError;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::{Form, Json};
use domain::{DraftId, Field, Group};
use serde::Deserialize;
use serde_json::json;

/// What was pasted, and where.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Posted {
    /// Key of the group.
    group: String,
    /// Column of the table in which it was pasted, from 0.
    from: usize,
    /// As the clipboard gives it: cells by tabs, rows by lines.
    text: String,
}

/// `POST /office/drafts/{id}/pasted`.
pub async fn pasted(
    State(web): State<Web>,
    officer: Officer,
    Path(id): Path<i64>,
    Form(posted): Form<Posted>,
) -> Result<Response, OfficeError> {
    web.app.draft(&officer.ctx, DraftId(id)).await?;
    let of = |group: &Group| *group != Group::Certificate && group.key() == posted.group;
    let group = Group::ALL.into_iter().find(of).ok_or(AppError::NotFound)?;
    let read = web.app.read_pasted(&officer.ctx, group, posted.from, posted.text).await?;
    let said = match read.left.as_slice() {
        [] => String::new(),
        left => format!("没有粘贴的列：{}。请核对列的位置，或连同表头一起复制。", left.join("、")),
    };
    let fields: Vec<&str> = read.fields.into_iter().map(Field::key).collect();
    Ok(Json(json!({ "fields": fields, "rows": read.rows, "said": said })).into_response())
}
