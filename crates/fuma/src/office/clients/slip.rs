//! The secret on its way to the people who run the system: printed or copied now, never shown again.

use crate::http::web::page;
use crate::http::{Officer, Web};
use crate::office::{Crumb, Menu, Shell};
use app::{ClientInfo, IssuedSecret};
use askama::Template;
use axum::response::Response;

#[derive(Template)]
#[template(path = "office/clients/slip.html")]
struct SlipPage<'a> {
    shell: Shell,
    id: i64,
    name: &'a str,
    authority: String,
    address: String,
    public_id: &'a str,
    secret: &'a str,
    n: u32,
    grants: String,
    made: String,
}

/// The slip as the answer of the post that issued the secret: it stands in no address and in no history.
pub fn slip(web: &Web, officer: &Officer, it: &ClientInfo, issued: &IssuedSecret) -> Response {
    let crumbs = vec![
        Crumb { label: "接口系统".into(), href: "/office/clients".into() },
        Crumb { label: it.spec.name.clone(), href: format!("/office/clients/{}", it.id) },
    ];
    page(&SlipPage {
        shell: officer.shell("密钥交接单", Menu::Docking, crumbs),
        id: it.id.0,
        name: &it.spec.name,
        authority: web.app.authority_name(it.authority),
        address: format!("{}/api/v1/token", web.app.config.base_url()),
        public_id: &issued.public_id,
        secret: issued.secret.reveal(),
        n: issued.n,
        grants: it.spec.grants.to_string(),
        made: web.app.now().shanghai(),
    })
}
