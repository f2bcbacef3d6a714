//! What a reader of the public pages has chosen: the language, which stands in the address, and 长辈版, for which a cookie is
//! set once it is chosen. Both are switched on the page itself, by links that name only the query: so they keep the page, lead
//! nowhere else, and write the code of a scan into nothing.

use super::lang::{Lang, Words};
use super::{Site, wants_json};
use crate::http::web::Web;
use askama::Template;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use std::convert::Infallible;
use std::sync::Arc;

/// Name and value of the cookie of who has chosen 长辈版.
const LARGE: &str = "view=large";
/// How long it is kept: a year.
const KEPT: u32 = 31_536_000;

/// One request of a reader.
#[derive(Clone, Debug)]
pub struct Visit {
    /// What every page carries.
    pub site: Arc<Site>,
    /// The language.
    pub lang: Lang,
    /// Its fixed texts.
    pub w: &'static Words,
    /// Whether the page is in 长辈版.
    pub large: bool,
    /// Whether a program asks, which is answered in JSON where there is a twin of the page.
    pub json: bool,
    /// Whether the page is there in the other language.
    pub bilingual: bool,
    /// 长辈版 or not, where this very request chooses.
    chosen: Option<bool>,
    /// Whether cookies are for https only.
    secure: bool,
    /// Where the switches lead; empty: to the page itself.
    page: String,
    /// What the address asks for besides.
    query: String,
}

impl Visit {
    /// The visit of a site by who has chosen nothing.
    pub fn of(site: Arc<Site>) -> Visit {
        Visit {
            site,
            lang: Lang::Chinese,
            w: Lang::Chinese.words(),
            large: false,
            json: false,
            bilingual: true,
            chosen: None,
            secure: false,
            page: String::new(),
            query: String::new(),
        }
    }

    /// Of a request, by its query and headers.
    pub fn read(web: &Web, query: &str, headers: &HeaderMap) -> Visit {
        let mut visit =
            Visit { secure: web.secure, json: wants_json(headers), ..Visit::of(web.site.clone()) };
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            match pair.split_once('=').unwrap_or((pair, "")) {
                ("lang", word) => visit = visit.speaking(Lang::read(word)),
                ("view", word) => visit.chosen = Some(word == "large"),
                _ if visit.query.is_empty() => visit.query.push_str(pair),
                _ => visit.query.extend(["&", pair]),
            }
        }
        let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let kept = || cookies.flat_map(|line| line.split(';')).any(|cookie| cookie.trim() == LARGE);
        visit.large = visit.chosen.unwrap_or_else(kept);
        visit
    }

    /// The same in a language.
    pub fn speaking(self, lang: Lang) -> Visit {
        Visit { lang, w: lang.words(), ..self }
    }

    /// The same for a page that is there in Chinese only.
    pub fn in_chinese(self) -> Visit {
        Visit { bilingual: false, ..self.speaking(Lang::Chinese) }
    }

    /// The same with switches that lead to another page, and repeat nothing of what was asked: for who typed a code.
    pub fn leading_to(self, page: String) -> Visit {
        Visit { page, query: String::new(), ..self }
    }

    /// An address of this site in the language of the reader.
    pub fn to(&self, path: impl AsRef<str>) -> String {
        let path = path.as_ref();
        if self.lang == Lang::Chinese {
            return path.to_owned();
        }
        let (page, anchor) = path.split_once('#').map_or((path, ""), |(page, anchor)| (page, anchor));
        let sign = if page.contains('?') { '&' } else { '?' };
        let hash = if anchor.is_empty() { "" } else { "#" };
        format!("{page}{sign}lang=en{hash}{anchor}")
    }

    fn switch(&self, lang: Option<&str>, view: Option<&str>) -> String {
        let lang = lang.map(|word| format!("lang={word}"));
        let view = view.map(|word| format!("view={word}"));
        let query = Some(self.query.clone()).filter(|query| !query.is_empty());
        let pairs: Vec<_> = [query, lang, view].into_iter().flatten().collect();
        format!("{}?{}", self.page, pairs.join("&"))
    }

    /// This page in the other language.
    pub fn other_language(&self) -> String {
        self.switch(Some(if self.lang.is_english() { "zh" } else { "en" }), None)
    }

    /// This page in 长辈版, or in the standard one.
    pub fn other_size(&self) -> String {
        let lang = self.lang.is_english().then_some("en");
        self.switch(lang, Some(if self.large { "standard" } else { "large" }))
    }

    /// A rendered page.
    pub fn page(&self, template: &impl Template) -> Response {
        self.remember(crate::http::web::page(template))
    }

    /// An answer that keeps what this request chose.
    pub fn remember(&self, mut response: Response) -> Response {
        let Some(large) = self.chosen else { return response };
        let age = if large { KEPT } else { 0 };
        let secure = if self.secure { "; Secure" } else { "" };
        let cookie = format!("{LARGE}; Path=/; Max-Age={age}; SameSite=Lax; HttpOnly{secure}");
        if let Ok(cookie) = HeaderValue::try_from(cookie) {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
        response
    }
}

impl FromRequestParts<Web> for Visit {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Visit, Infallible> {
        Ok(Visit::read(web, parts.uri.query().unwrap_or_default(), &parts.headers))
    }
}
