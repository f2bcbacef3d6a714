//! What is shown once, on its way to the people who run the system: printed or copied now, never again.

use crate::http::web::page;
use crate::http::{Officer, Web};
use crate::office::{Crumb, Menu, Shell};
use app::{ClientInfo, IssuedSecret};
use askama::Template;
use axum::response::Response;

#[derive(Template)]
#[template(path = "office/clients/slip.html")]
struct SlipPage {
    shell: Shell,
    id: i64,
    lines: Vec<Line>,
}

/// One line of the slip.
pub struct Line {
    label: &'static str,
    value: String,
    /// To be copied sign by sign.
    code: bool,
}

impl Line {
    pub fn text(label: &'static str, value: impl Into<String>) -> Line {
        Line { label, value: value.into(), code: false }
    }

    pub fn code(label: &'static str, value: impl Into<String>) -> Line {
        Line { label, value: value.into(), code: true }
    }
}

/// The slip as the answer of the post that made what is on it: it stands in no address and in no history.
pub fn shown_once(
    web: &Web,
    officer: &Officer,
    it: &ClientInfo,
    title: &'static str,
    own: Vec<Line>,
) -> Response {
    let crumbs = vec![
        Crumb { label: "接口系统".into(), href: "/office/clients".into() },
        Crumb { label: it.spec.name.clone(), href: format!("/office/clients/{}", it.id) },
    ];
    let mut lines =
        vec![Line::text("系统名称", &it.spec.name), Line::text("机关", web.app.authority_name(it.authority))];
    lines.extend(own);
    lines.push(Line::text("发放时间", web.app.now().shanghai()));
    page(&SlipPage { shell: officer.shell(title, Menu::Docking, crumbs), id: it.id.0, lines })
}

/// The slip of a secret.
pub fn slip(web: &Web, officer: &Officer, it: &ClientInfo, issued: &IssuedSecret) -> Response {
    let lines = vec![
        Line::text("令牌地址", format!("{}/api/v1/token", web.app.config.base_url())),
        Line::code("client_id", &issued.public_id),
        Line::code("client_secret", issued.secret.reveal()),
        Line::text("接口权限", it.spec.grants.to_string()),
        Line::text("序号", issued.n.to_string()),
    ];
    shown_once(web, officer, it, "密钥交接单", lines)
}
