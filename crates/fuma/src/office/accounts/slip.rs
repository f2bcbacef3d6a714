//! What an administrator hands over on paper: shown once, never again.

use crate::http::web::page;
use crate::http::{Officer, Web};
use crate::office::{Menu, Shell};
use app::Slip;
use askama::Template;
use axum::response::Response;

#[derive(Template)]
#[template(path = "office/accounts/slip.html")]
struct SlipPage<'a> {
    shell: Shell,
    slip: &'a Slip,
    password: &'a str,
    address: String,
    made: String,
}

/// The slip as the answer of the post that made it: it stands in no address and in no history.
pub fn slip(web: &Web, officer: &Officer, slip: &Slip) -> Response {
    page(&SlipPage {
        shell: officer.shell("账号交接单", Menu::Accounts, Vec::new()),
        slip,
        password: slip.password.reveal(),
        address: format!("{}/office", web.app.config.base_url()),
        made: web.app.now().shanghai(),
    })
}
