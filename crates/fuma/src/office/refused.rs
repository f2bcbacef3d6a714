//! A form that comes back: what was wrong with it, and the status of the page that says so.

use super::Wrong;
use app::{AppError, Recording};
use axum::http::StatusCode;
use axum::response::Response;

/// Why a form comes back; nothing where it is shown for the first time.
#[derive(Default)]
pub struct Refused {
    /// What is wrong with its fields.
    pub wrong: Wrong,
    /// What a rule said.
    pub error: String,
}

impl Refused {
    /// Whether it comes back.
    pub fn is_so(&self) -> bool {
        !self.wrong.is_empty() || !self.error.is_empty()
    }

    /// The page that shows it: one that says what is wrong is no success.
    pub fn status(&self, mut response: Response) -> Response {
        if self.is_so() {
            *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        }
        response
    }
}

/// What came of a verb, or why its form comes back; what is no rule's no stays an error.
pub fn ruled<T>(done: Result<T, AppError>) -> Result<Result<T, Refused>, AppError> {
    match done {
        Ok(done) => Ok(Ok(done)),
        Err(AppError::Refused { message, hint }) => {
            Ok(Err(Refused { error: format!("{message}。{hint}"), ..Refused::default() }))
        }
        Err(error) => Err(error),
    }
}

/// The same of a verb that records a form.
pub fn recorded<T>(done: Result<Recording<T>, AppError>) -> Result<Result<T, Refused>, AppError> {
    Ok(match ruled(done)? {
        Ok(Recording::Done(done)) => Ok(done),
        Ok(Recording::Wrong(wrong)) => Err(Refused { wrong, ..Refused::default() }),
        Err(refused) => Err(refused),
    })
}
