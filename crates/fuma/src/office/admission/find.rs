//! `/office/admission?uscc=&name=`: a check by code or name, and its 核查单.

use super::CheckView;
use crate::http::web::{Web, page};
use crate::http::{OfficeError, Officer};
use crate::office::{Menu, Shell, attachment};
use app::{AdmissionAsk, AppError};
use askama::Template;
use axum::Form;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::{Action, Uscc};
use serde::Deserialize;

/// What is asked for: a code, or else a name.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    uscc: String,
    name: String,
}

impl Asked {
    fn is_empty(&self) -> bool {
        self.uscc.trim().is_empty() && self.name.trim().is_empty()
    }

    /// What to check, or what is wrong with it.
    fn ask(&self) -> Result<AdmissionAsk, String> {
        match (self.uscc.trim(), self.name.trim()) {
            ("", name) => Ok(AdmissionAsk::Name(name.to_owned())),
            (code, _) => Uscc::parse(code)
                .map(AdmissionAsk::Uscc)
                .map_err(|error| format!("统一社会信用代码“{code}”：{error}")),
        }
    }
}

#[derive(Template)]
#[template(path = "office/admission/find.html")]
struct FindPage {
    shell: Shell,
    asked: Asked,
    wrong: String,
    check: Option<CheckView>,
}

/// `GET /office/admission`.
pub async fn find(
    State(web): State<Web>,
    officer: Officer,
    Query(asked): Query<Asked>,
) -> Result<Response, OfficeError> {
    web.app.ask(&officer.ctx, Action::Admission, officer.ctx.authority().ok())?;
    let shell = officer.shell("许可核查", Menu::Admission, Vec::new());
    let show = |asked: Asked, wrong: String, check: Option<CheckView>| {
        let bad = !wrong.is_empty();
        let mut response = page(&FindPage { shell, asked, wrong, check });
        if bad {
            *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        }
        Ok(response)
    };
    if asked.is_empty() {
        return show(asked, String::new(), None);
    }
    let ask = match asked.ask() {
        Ok(ask) => ask,
        Err(wrong) => return show(asked, format!("{wrong}。请改正后再核查。"), None),
    };
    match web.app.admission(&officer.ctx, &ask).await {
        Ok(check) => show(asked, String::new(), Some(CheckView::of(&check, true))),
        Err(AppError::Refused { message, hint }) => show(asked, format!("{message}。{hint}"), None),
        Err(error) => Err(error.into()),
    }
}

/// `POST /office/admission/sheet.pdf`: checks again and prints it; who checked whom is on record.
pub async fn sheet(
    State(web): State<Web>,
    officer: Officer,
    Form(asked): Form<Asked>,
) -> Result<Response, OfficeError> {
    let ask = asked.ask().map_err(|wrong| AppError::refused(wrong, "请改正后再核查。"));
    let ask = match ask {
        Ok(ask) => ask,
        Err(error) => {
            web.app.ask(&officer.ctx, Action::Admission, officer.ctx.authority().ok())?;
            return Err(error.into());
        }
    };
    let bytes = web.app.admission_sheet(&officer.ctx, &ask).await?;
    let subject = if asked.uscc.trim().is_empty() { &asked.name } else { &asked.uscc };
    Ok(attachment(&format!("许可核查单-{}.pdf", subject.trim()), bytes))
}
