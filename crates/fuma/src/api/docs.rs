//! `GET /api/docs`: the interface for people, made from the same value as the OpenAPI document.

use super::openapi::view::{self, Chapter, Table};
use super::openapi::{CODES, Code, Where};
use super::standard::{CodeList, code_lists};
use crate::public::Visit;
use askama::Template;
use axum::response::Response;
use std::sync::LazyLock;

static CHAPTERS: LazyLock<Vec<Chapter>> = LazyLock::new(view::chapters);
static TABLES: LazyLock<Vec<Table>> = LazyLock::new(view::tables);
static LISTS: LazyLock<Vec<CodeList>> = LazyLock::new(code_lists);

/// The page.
#[derive(Template)]
#[template(path = "public/docs.html")]
pub struct DocsPage<'a> {
    /// Who asks, and what every page carries.
    pub visit: &'a Visit,
    /// The calls.
    chapters: &'a [Chapter],
    /// What they send and answer.
    tables: &'a [Table],
    /// Code tables.
    lists: &'a [CodeList],
}

impl<'a> DocsPage<'a> {
    /// The page of a site.
    pub fn of(visit: &'a Visit) -> DocsPage<'a> {
        DocsPage { visit, chapters: &CHAPTERS, tables: &TABLES, lists: &LISTS }
    }

    fn errors(&self) -> impl Iterator<Item = (&'static str, Vec<&'static Code>)> {
        Where::ALL
            .into_iter()
            .map(|at| (at.label(), CODES.iter().filter(move |code| code.at == at).collect::<Vec<_>>()))
    }
}

/// `GET /api/docs`.
pub async fn show(visit: Visit) -> Response {
    let visit = visit.in_chinese();
    visit.page(&DocsPage::of(&visit))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gallery;
    use crate::public::Site;

    #[test]
    fn the_page_shows_every_call_every_table_and_an_anchor_for_every_error_code() {
        let site = Site { host: "cma.example.cn".into(), ..Site::default() };
        let visit = Visit::of(site.into()).in_chinese();
        let html = DocsPage::of(&visit).render().unwrap();
        gallery::keep("public", "docs", &html);
        for call in super::super::openapi::calls() {
            assert!(html.contains(&format!(r#"id="call-{}""#, call.id)), "{}", call.id);
        }
        for table in view::tables() {
            assert!(html.contains(&format!(r#"id="{}""#, table.anchor)), "{}", table.anchor);
        }
        for code in CODES {
            assert_eq!(html.matches(&format!(r#"id="{}""#, code.code)).count(), 1, "{}", code.code);
        }
        for outside in ["<script", "http://", "style="] {
            assert!(!html.contains(outside), "{outside}");
        }
        let links = html.split(r##"href="#"##).skip(1).filter_map(|rest| rest.split('"').next());
        for anchor in links {
            assert!(html.contains(&format!(r#"id="{anchor}""#)), "#{anchor} leads nowhere");
        }
    }
}
