//! 404, 500 and their kind: what happened, what to do next, and for our own faults a reference number, never the fault's text.

use askama::Template;

use super::Visit;

/// An error page.
#[derive(Template)]
#[template(path = "public/error.html")]
pub struct ErrorPage<'a> {
    /// Who asks, and what every page carries.
    pub visit: &'a Visit,
    /// HTTP status.
    pub status: u16,
    /// Request id, for the log; empty where the visitor can mend it alone.
    pub reference: &'a str,
    /// What is wrong with what was asked; empty where the status says all there is to say.
    pub why: &'a str,
}

impl ErrorPage<'_> {
    fn title(&self) -> &'static str {
        let w = self.visit.w;
        match self.status {
            404 => w.error_404,
            405 => w.error_405,
            413 => w.error_413,
            429 => w.error_429,
            503 => w.error_503,
            400..=499 => w.error_400,
            _ => w.error_500,
        }
    }

    fn advice(&self) -> &str {
        let w = self.visit.w;
        match self.status {
            _ if !self.why.is_empty() => self.why,
            404 => w.advice_404,
            405 => w.advice_405,
            413 => w.advice_413,
            429 => w.advice_429,
            503 => w.advice_503,
            400..=499 => w.advice_400,
            _ => w.advice_500,
        }
    }
}
