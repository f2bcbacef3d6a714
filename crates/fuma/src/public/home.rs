//! The pages that lead to an answer: 首页, 查真, 使用帮助.

use super::Visit;
use askama::Template;

/// `/`.
#[derive(Template)]
#[template(path = "public/home.html")]
pub struct HomePage<'a> {
    /// Who asks, and what every page carries.
    pub visit: &'a Visit,
    /// Whether the platform is opened: the box then takes words as well.
    pub open: bool,
    /// Bodies and certificates in the registry; empty while nothing is known of it.
    pub figures: Option<(String, String)>,
}

/// `/verify`: the form for a typed code or number. Comes back with the value and what is wrong with it.
#[derive(Template)]
#[template(path = "public/verify.html")]
pub struct VerifyPage<'a> {
    /// Who asks, and what every page carries.
    pub visit: &'a Visit,
    /// What was typed.
    pub value: &'a str,
    /// What is wrong with it, or empty.
    pub error: &'a str,
}

/// `/help`.
#[derive(Template)]
#[template(path = "public/help.html")]
pub struct HelpPage<'a> {
    /// Who asks, and what every page carries.
    pub visit: &'a Visit,
}
