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

use app::AppError;
use domain::{DrawId, InspectionId, InspectorId};

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
