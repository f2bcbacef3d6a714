//! 查询: what the public finds.

use super::handlers::{failed, percent};
use super::{SITE_NAME, Site};
use crate::assets;
use crate::http::web::{Web, page};
use crate::search::{Asked, ResultView, Results, Tab};
use app::{AppError, Searched};
use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

/// `/search?q=…`.
#[derive(Template)]
#[template(path = "public/search.html")]
pub struct SearchPage<'a> {
    /// What every page carries.
    pub site: &'a Site,
    /// What the address asks for.
    pub asked: &'a Asked,
    /// What the form keeps besides its fields.
    pub kept: Vec<(&'static str, String)>,
    /// Whether more fields than the box are used.
    pub advanced: bool,
    /// Why nothing is searched now.
    pub closed: Option<String>,
    /// What was found; none where nothing was asked.
    pub result: Option<ResultView>,
    /// The moment up to which the answer knows, to the minute.
    pub as_of: String,
}

/// `GET /search`.
pub async fn search(State(web): State<Web>, Query(asked): Query<Asked>) -> Response {
    // A code is answered, not searched for: no list ever leads to one (architecture.md 9.7).
    if web.app.read_code(asked.q.trim()).is_ok() {
        return Redirect::to(&format!("/verify?q={}", percent(asked.q.trim()))).into_response();
    }
    let mut shown = SearchPage {
        site: &web.site,
        kept: asked.kept(),
        advanced: asked.is_advanced(),
        closed: None,
        result: None,
        as_of: web.app.now().to_the_minute(),
        asked: &asked,
    };
    match web.app.platform().await {
        Ok(platform) if platform.is_open() => {}
        Ok(_) => {
            shown.closed = Some(
                "检验检测机构资质认定信息查询平台尚未正式开通。扫码查真和按编号查真不受影响，请到“查真”。"
                    .into(),
            );
            return page(&shown);
        }
        Err(error) => return failed(&web, error),
    }
    if asked.is_empty() {
        return page(&shown);
    }
    match results(&web, &asked).await {
        Ok(result) => {
            shown.result = Some(result);
            page(&shown)
        }
        Err(error @ (AppError::NotReady { .. } | AppError::Refused { .. })) => {
            shown.closed = Some(format!("{error}。{}", error.hint()));
            let mut response = page(&shown);
            *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
            response.headers_mut().insert("retry-after", axum::http::HeaderValue::from_static("30"));
            response
        }
        Err(error) => failed(&web, error),
    }
}

/// Has what is offered for the words of the list that is shown filled in.
pub async fn hint(web: &Web, found: &mut [(Tab, Searched)], tab: Tab) -> app::Result<()> {
    for (_, found) in found.iter_mut().filter(|(it, _)| *it == tab) {
        *found = web.app.search_hints(found.clone()).await?;
    }
    Ok(())
}

async fn results(web: &Web, asked: &Asked) -> app::Result<ResultView> {
    let asks = [Tab::Bodies, Tab::Capabilities].map(|tab| asked.ask(tab));
    let mut found = web.app.search_public(asks.into()).await?.into_iter();
    let (Some(bodies), Some(capabilities)) = (found.next(), found.next()) else {
        return Err(AppError::Fault("fewer answers than questions".into()));
    };
    // Who typed what only capabilities have sees these first.
    let first = if bodies.answer.bodies > 0 { Tab::Bodies } else { Tab::Capabilities };
    let tab = asked.tab(&Tab::PUBLIC).unwrap_or(first);
    let found =
        [(Tab::Bodies, bodies.clone()), (Tab::Certificates, bodies), (Tab::Capabilities, capabilities)];
    let today = web.app.today();
    let tables = web.app.tables();
    Ok(Results { asked, path: "/search", found: &found, tab, tables: &tables, today, keeps: &|_| false }
        .view())
}

#[cfg(test)]
mod tests {
    use crate::testing::{Caller, Town};
    use app::Opened;

    #[tokio::test]
    async fn the_public_searches_once_the_platform_is_opened() {
        let town = Town::with_certificates().await;
        town.index().await;
        let closed = town.get(Caller::Public, "/search?q=%E7%A4%BA%E4%BE%8B").await;
        closed.holds(&["尚未正式开通", "查真"]);
        let ctx = town.ctx(Caller::NationalAdmin).await;
        town.app.open_platform(&ctx, &Opened::All).await.unwrap();
        let html = town.get(Caller::Public, "/search").await.holds(&["机构、证书编号、检测项目或标准号"]);
        crate::gallery::keep("public", "search", &html);
        let html = town.get(Caller::Public, "/search?q=%E7%A4%BA%E4%BE%8B").await;
        let html = html.holds(&["<mark>示例</mark>", "/certificate/", "缩小范围", "有效"]);
        assert!(!html.contains("/office/"), "the public gets no officers' links");
        crate::gallery::keep("public", "search-bodies", &html);
        let path = "/search?q=%E6%B0%B4&tab=capabilities";
        let html = town.get(Caller::Public, path).await.holds(&["检测能力"]);
        crate::gallery::keep("public", "search-capabilities", &html);
        for tab in ["staff", "signatories", "instruments"] {
            let page = town.get(Caller::Public, &format!("/search?q=%E7%A4%BA%E4%BE%8B&tab={tab}")).await;
            page.holds(&["aria-current=\"page\">机构"]);
        }
        // A code is led to where codes are answered, and to no list.
        let id = town.id(crate::testing::FULL).await;
        let ctx = town.ctx(Caller::Licensing).await;
        let code = town.app.certificate(&ctx, id).await.unwrap().card.head.code;
        let answer = town.get(Caller::Public, &format!("/search?q={code}")).await;
        assert_eq!((answer.status, answer.location), (303, format!("/verify?q={code}")));
        let home = town.get(Caller::Public, "/").await.holds(&["action=\"/search\"", "3 张证书"]);
        crate::gallery::keep("public", "home-open", &home);
    }
}
