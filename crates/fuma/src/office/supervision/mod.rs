//! 监管: draws and their inspectors, inspections and what is put right, notices to a body.

pub mod draw;
pub mod draws;
pub mod inspection;
pub mod inspections;
pub mod inspectors;
pub mod notices;
pub mod rectify;

#[cfg(test)]
mod tests;

use super::FieldView;
use app::AppError;
use axum::http::StatusCode;
use axum::response::Response;
use domain::{DrawId, InspectionId, InspectorId};

/// What is wrong with what was typed, by the name of the field.
type Wrong = Vec<(&'static str, String)>;

/// The page of a draw.
pub fn draw_href(id: DrawId) -> String {
    format!("/office/draws/{id}")
}

/// The page of an inspector.
fn inspector_href(id: InspectorId) -> String {
    format!("/office/inspectors/{id}")
}

/// The page of an inspection.
pub fn inspection_href(id: InspectionId) -> String {
    format!("/office/inspections/{id}")
}

/// A key of an address.
fn key(text: &str) -> Result<i64, AppError> {
    text.parse().map_err(|_| AppError::NotFound)
}

/// Fields with what is wrong of each.
fn with_errors(fields: Vec<FieldView>, wrong: &Wrong) -> Vec<FieldView> {
    let error = |field: FieldView| {
        let said = wrong.iter().filter(|(name, _)| field.name == *name).map(|(_, said)| said.as_str());
        let said = said.collect::<Vec<_>>().join("；");
        field.error(said)
    };
    fields.into_iter().map(error).collect()
}

/// A page that says what is wrong is no success.
fn unless(bad: bool, mut response: Response) -> Response {
    if bad {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    response
}

/// What a rule said, as one text; what is no rule's no stays an error.
fn said(error: AppError) -> Result<String, AppError> {
    match error {
        AppError::Refused { message, hint } => Ok(format!("{message}。{hint}")),
        error => Err(error),
    }
}
