//! What a handler has at hand.

use crate::public::Site;
use app::App;
use axum::response::{Html, IntoResponse, Response};
use std::sync::Arc;

/// The state of the router.
#[derive(Clone)]
pub struct Web {
    /// The registry.
    pub app: Arc<App>,
    /// What every public page carries.
    pub site: Arc<Site>,
    /// How much systems may ask through the interface.
    pub limits: Arc<crate::api::Limits>,
    /// Whether cookies are for https only: they are wherever the public address is.
    pub secure: bool,
}

impl Web {
    /// Name of the session cookie. The `__Host-` prefix binds it to this host, but only https may set it.
    pub fn cookie_name(&self) -> &'static str {
        if self.secure { "__Host-sid" } else { "sid" }
    }
}

/// A rendered page; a template that fails is our own fault and is logged.
pub fn page(template: &impl askama::Template) -> Response {
    match template.render() {
        Ok(html) => Html(html).into_response(),
        Err(error) => super::error::fault(&error.to_string()),
    }
}
