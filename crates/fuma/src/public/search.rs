//! 查询: what the public finds.

use super::handlers::{failed, percent};
use super::{Lang, Visit};
use crate::http;
use crate::http::web::Web;
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
    /// Who asks, and what every page carries.
    pub visit: &'a Visit,
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
pub async fn search(
    State(web): State<Web>,
    visit: Visit,
    http::Asked(asker): http::Asked,
    Query(asked): Query<Asked>,
) -> Response {
    // A code is answered, not searched for: no list ever leads to one (architecture.md 9.7).
    if matches!(web.app.read_asked(asked.q.trim()), Ok(app::Asked::Code(_))) {
        return Redirect::to(&visit.to(format!("/verify?q={}", percent(asked.q.trim())))).into_response();
    }
    let mut shown = SearchPage {
        visit: &visit,
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
            shown.closed = Some(visit.w.not_open.into());
            return visit.page(&shown);
        }
        Err(error) => return failed(&visit, error),
    }
    if asked.is_empty() {
        return visit.page(&shown);
    }
    match results(&web, visit.lang, &asked).await {
        Ok((result, any)) => {
            web.app.count_search(&asker, any);
            shown.result = Some(result);
            let mut response = visit.page(&shown);
            response.extensions_mut().insert(http::Answered);
            response
        }
        Err(error @ (AppError::NotReady { .. } | AppError::Refused { .. })) => {
            shown.closed = Some(match visit.lang {
                Lang::Chinese => format!("{error}。{}", error.hint()),
                Lang::English => visit.w.not_ready.into(),
            });
            let mut response = visit.page(&shown);
            *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
            response.headers_mut().insert("retry-after", axum::http::HeaderValue::from_static("30"));
            response
        }
        Err(error) => failed(&visit, error),
    }
}

/// Has what is offered for the words of the list that is shown filled in.
pub async fn hint(web: &Web, found: &mut [(Tab, Searched)], tab: Tab) -> app::Result<()> {
    for (_, found) in found.iter_mut().filter(|(it, _)| *it == tab) {
        *found = web.app.search_hints(found.clone()).await?;
    }
    Ok(())
}

/// What is shown, and whether anything was found.
async fn results(web: &Web, lang: Lang, asked: &Asked) -> app::Result<(ResultView, bool)> {
    let asks = [Tab::Bodies, Tab::Capabilities].map(|tab| asked.ask(tab));
    let mut found = web.app.search_public(asks.into()).await?.into_iter();
    let (Some(bodies), Some(capabilities)) = (found.next(), found.next()) else {
        return Err(AppError::Fault("fewer answers than questions".into()));
    };
    // Who typed what only capabilities have sees these first.
    let first = if bodies.answer.bodies > 0 { Tab::Bodies } else { Tab::Capabilities };
    let tab = asked.tab(&Tab::PUBLIC).unwrap_or(first);
    let any = bodies.answer.bodies > 0 || capabilities.answer.bodies > 0;
    let mut found =
        [(Tab::Bodies, bodies.clone()), (Tab::Certificates, bodies), (Tab::Capabilities, capabilities)];
    hint(web, &mut found, tab).await?;
    let today = web.app.today();
    let tables = web.app.tables();
    let keeps = &|_| false;
    let view =
        Results { asked, path: "/search", found: &found, tab, tables: &tables, today, lang, keeps }.view();
    Ok((view, any))
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
        // What the public typed wrong is offered near words as well.
        town.get(Caller::Public, "/search?q=%E4%B8%8D%E5%AD%98%E5%9C%A8").await.holds(&["没有找到"]);
        let english = town.get(Caller::Public, "/search?q=%E7%A4%BA%E4%BE%8B&lang=en").await.holds(&[
            "<html lang=\"en\">",
            "Bodies: 1",
            "Shaanxi",
            "First to expire",
            "lang=en&",
            "<input type=\"hidden\" name=\"lang\" value=\"en\">",
        ]);
        crate::gallery::keep("public", "search-english", &english);
        let blank = town.get(Caller::Public, "/search?lang=en").await.holds(&["type Chinese words"]);
        assert!(!blank.contains("class=\"results\""), "a language asks for nothing");
        let large = town.get(Caller::Public, "/search?q=%E7%A4%BA%E4%BE%8B&view=large").await.text();
        crate::gallery::keep("public", "search-large", &large);
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
