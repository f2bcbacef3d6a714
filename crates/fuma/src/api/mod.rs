//! The interface for systems, /api/v1.

pub mod docs;
pub mod openapi;
pub mod standard;
