//! 检测能力 of one certificate, in pages and with a search within.

use super::handlers::{OnDay, failed, no_day, percent, shown};
use super::{CapabilityJson, CapabilityView, Visit, certificate_path};
use crate::http::web::Web;
use crate::pager::Pager;
use app::{AppError, Asked, PublicCertificate};
use askama::Template;
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use domain::{Capability, Day, Excerpt, Number, VerdictWord};
use serde::{Deserialize, Serialize};

/// Rows on a page.
const ROWS: u32 = 50;
/// Pages that can be asked for: beyond any annex.
const MOST_PAGES: u32 = 100_000;

/// `?q=&page=&on=`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ListAsked {
    q: String,
    /// As typed into the page jump; what is no number is the first.
    page: String,
    on: Option<String>,
}

/// `/certificate/{number}/capabilities?q=…&page=…&on=…`.
#[derive(Template)]
#[template(path = "public/capabilities.html")]
pub struct CapabilitiesPage<'a> {
    /// Who asks, and what every page carries.
    pub visit: &'a Visit,
    /// 证书编号.
    pub number: &'a Number,
    /// 机构名称.
    pub body_name: &'a str,
    /// The word of the day asked about, so that nobody reads a scope without its state.
    pub word: VerdictWord,
    /// The day asked about, where it is not today.
    pub on: Option<Day>,
    /// What is searched for, or empty.
    pub query: &'a str,
    /// The rows of this page.
    pub rows: &'a [CapabilityView<'a>],
    /// Where the list stands.
    pub pager: Pager,
}

impl CapabilitiesPage<'_> {
    fn path(&self) -> String {
        certificate_path(self.number)
    }

    /// The whole list again.
    fn whole(&self) -> String {
        let day = self.on.map(|on| format!("?on={on}")).unwrap_or_default();
        self.visit.to(format!("{}/capabilities{day}", self.path()))
    }
}

/// The same for programs. Names are those of the glossary.
#[derive(Debug, Serialize)]
struct ListJson<'a> {
    number: &'a str,
    body_name: &'a str,
    /// The word of the day asked about, stable and as people read it.
    verdict: &'static str,
    verdict_text: &'static str,
    on: Day,
    total: u64,
    page: u64,
    pages: u64,
    capabilities: Vec<CapabilityJson<'a>>,
    /// The page after this one; absent after the last.
    next_url: Option<String>,
}

/// What a page of the list is made of.
struct Listed {
    certificate: PublicCertificate,
    rows: Vec<Capability>,
    word: VerdictWord,
    pager: Pager,
}

impl Listed {
    /// Page `page` of the rows that contain a text; a page beyond the end is the last.
    async fn read(web: &Web, number: &Number, on: Day, query: &str, page: u32) -> app::Result<Listed> {
        let of = |page| web.app.public_capabilities(number, on, query, (page, ROWS));
        let (mut certificate, mut rows, total) = of(page).await?;
        let day = if on == web.app.today() { String::new() } else { format!("on={on}&") };
        let base = format!("{}/capabilities?{day}q={}", certificate_path(number), percent(query));
        let pager = Pager::new(total, u64::from(page), u64::from(ROWS), base);
        if pager.page < u64::from(page) {
            (certificate, rows, _) = of(u32::try_from(pager.page).unwrap_or(page)).await?;
        }
        let verified = web.app.verify_uncounted(&Asked::Number(number.clone()), on).await?;
        Ok(Listed { certificate, rows, word: verified.verdict.word(), pager })
    }

    fn rows<'a>(&'a self, excerpt: &'a Excerpt<'a>) -> Vec<CapabilityView<'a>> {
        let first = (self.pager.page - 1) * u64::from(ROWS) + 1;
        let numbers = u32::try_from(first).unwrap_or(u32::MAX)..;
        numbers.zip(&self.rows).map(|(no, row)| CapabilityView::of(no, row.into(), &excerpt.sites)).collect()
    }

    fn json(&self, web: &Web, number: &Number, excerpt: &Excerpt<'_>, on: Day) -> Response {
        let rows = self.rows(excerpt);
        let json = ListJson {
            number: number.as_str(),
            body_name: excerpt.body_name,
            verdict: self.word.key(),
            verdict_text: self.word.label(),
            on,
            total: self.pager.total,
            page: self.pager.page,
            pages: self.pager.pages(),
            capabilities: rows.into_iter().map(CapabilityJson::from).collect(),
            next_url: self.pager.next().map(|path| format!("{}{path}", web.app.config.base_url())),
        };
        Json(json).into_response()
    }
}

/// `GET /certificate/{number}/capabilities`.
pub async fn capabilities(
    State(web): State<Web>,
    visit: Visit,
    Path(text): Path<String>,
    Query(asked): Query<ListAsked>,
) -> Response {
    let Ok(number) = Number::parse(&text) else { return failed(&visit, AppError::NotFound) };
    let page = asked.page.trim().parse().unwrap_or(1).clamp(1, MOST_PAGES);
    let query = shown(asked.q.trim());
    let on = match (OnDay { on: asked.on }).day(&web) {
        Ok(on) => on,
        Err(error) => return no_day(&visit, &error),
    };
    let listed = match Listed::read(&web, &number, on, &query, page).await {
        Ok(listed) => listed,
        Err(error) => return failed(&visit, error),
    };
    let excerpt = match listed.certificate.excerpt() {
        Ok(excerpt) => excerpt,
        Err(error) => return failed(&visit, error),
    };
    let mut response = match visit.json {
        true => listed.json(&web, &number, &excerpt, on),
        false => visit.page(&CapabilitiesPage {
            visit: &visit,
            number: &number,
            body_name: excerpt.body_name,
            word: listed.word,
            on: (on != web.app.today()).then_some(on),
            query: &query,
            rows: &listed.rows(&excerpt),
            pager: listed.pager.clone().under(|base| visit.to(base)),
        }),
    };
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept"));
    response
}
