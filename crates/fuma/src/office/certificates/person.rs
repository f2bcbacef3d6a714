//! Personal fields of one person, only when asked for; each look is noted in `access` (个人信息保护法 Art. 51).

use super::{certificate, erase, href};
use crate::http::web::{Web, page};
use crate::http::{OfficeError, Officer};
use crate::office::{Crumb, FactView, Menu, Shell};
use app::AppError;
use app::stored::Part;
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::{Action, PersonId};

#[derive(Template)]
#[template(path = "office/certificates/person.html")]
struct PersonPage {
    shell: Shell,
    facts: Vec<FactView>,
    back: String,
    /// The page that erases them, for who may.
    erase: String,
}

/// The word people read.
pub fn label(part: Part) -> &'static str {
    match part {
        Part::Birth => "出生年月",
        Part::Email => "电子邮箱",
        Part::IdKind => "证件类型",
        Part::IdNumber => "证件号码",
        Part::Phone => "联系电话",
    }
}

/// `POST /office/certificates/{id}/persons/{person}`: a post, so that no link and no preview opens it.
pub async fn person(
    State(web): State<Web>,
    officer: Officer,
    Path((id, person)): Path<(String, String)>,
) -> Result<Response, OfficeError> {
    let id = certificate(&id)?;
    let person = PersonId(person.parse().map_err(|_| AppError::NotFound)?);
    let parts = web.app.person(&officer.ctx, id, person).await?;
    let fact = |(part, value): (Part, String)| FactView { label: label(part).to_owned(), value };
    let crumbs = vec![Crumb { label: "证书详情".into(), href: href(id) }];
    let erase = match officer.can(Action::PersonalErase) && !parts.is_empty() {
        true => erase::href(id, person),
        false => String::new(),
    };
    Ok(page(&PersonPage {
        erase,
        shell: officer.shell("证件和联系方式", Menu::Certificates, crumbs),
        facts: parts.into_iter().map(fact).collect(),
        back: href(id),
    }))
}
