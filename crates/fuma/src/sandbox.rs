//! 测试环境 on the web: the same pages as the registry's, under `/sandbox`.
//!
//! Pages and handlers do not know that they stand there: they write links and redirects from the root. What leaves is
//! changed here, at the one place where the sandbox is hung into the router, so that no page, also none that is yet to
//! be written, can lead out of it or lack the words that it is only a test.

use axum::body::{Body, to_bytes};
use axum::http::{HeaderValue, header};
use axum::response::Response;

/// Where its pages stand.
pub const PATH: &str = "/sandbox";

/// Attributes that hold an address, with what stands before them.
const ADDRESSES: [&str; 6] = [" href", " action", " src", " formaction", " data-preview", " data-paste"];

/// On top of every page.
const BAND: &str = "\n<aside class=\"sandbox\">测试环境——数据不具法律效力</aside>";

/// Before the title of every page.
const TITLE: &str = "<title>测试环境 · ";

/// An answer of the sandbox: its redirects and links stay inside, its pages say what they are, and no search engine
/// lists them.
pub async fn inside(response: Response) -> Response {
    let (mut head, body) = response.into_parts();
    let headers = &mut head.headers;
    headers.insert("x-robots-tag", HeaderValue::from_static("noindex, nofollow"));
    let moved = headers.get(header::LOCATION).and_then(|to| to.to_str().ok()).filter(|to| is_ours(to));
    if let Some(to) = moved.and_then(|to| HeaderValue::try_from(format!("{PATH}{to}")).ok()) {
        headers.insert(header::LOCATION, to);
    }
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    if !kind.is_some_and(|kind| kind.starts_with("text/html")) {
        return Response::from_parts(head, body);
    }
    headers.remove(header::CONTENT_LENGTH);
    // A page was whole in memory when it came here.
    match to_bytes(body, usize::MAX).await {
        Ok(bytes) => Response::from_parts(head, Body::from(marked(&String::from_utf8_lossy(&bytes)))),
        Err(error) => crate::http::error::fault(&error.to_string()),
    }
}

/// Whether an address is one of this host's pages. The files under `/static` are the same for all.
fn is_ours(address: &str) -> bool {
    address.starts_with('/') && !address.starts_with("//") && !address.starts_with("/static/")
}

/// A page with its addresses inside, a band and a title that say what it is. Texts cannot be mistaken for attributes:
/// templates escape their quotation marks.
fn marked(page: &str) -> String {
    let mut out = String::with_capacity(page.len() + page.len() / 16 + BAND.len());
    let mut done = 0;
    for (at, _) in page.match_indices("=\"/") {
        let value = at + 2;
        if ADDRESSES.iter().any(|name| page[..at].ends_with(name)) && is_ours(&page[value..]) {
            out.push_str(&page[done..value]);
            out.push_str(PATH);
            done = value;
        }
    }
    out.push_str(&page[done..]);
    // The tag may bear a class.
    if let Some(end) = out.find("<body").and_then(|at| Some(at + out[at..].find('>')? + 1)) {
        out.insert_str(end, BAND);
    }
    out.replacen("<title>", TITLE, 1)
}

#[cfg(test)]
mod stories;
#[cfg(test)]
mod tests {
    use super::*;
    use axum::response::{IntoResponse, Redirect};
    use std::path::Path;

    #[test]
    fn addresses_from_the_root_are_moved_and_nothing_else_is() {
        let page = concat!(
            "<title>工作台</title><body>\n",
            r##"<a href="/office?next=/x">1</a><a class="b" href="/">2</a><form method="post" action="/verify">"##,
            r##"<img src="/qr/1.svg"><form data-preview="/office/face.svg" action="/x"><table data-paste="/office/p">"##,
            r##"<link href="/static/a.css"><a href="//else"><a href="https://e/"><a href="#main"><a href="?a=/b">"##,
            r##"<input value="/office" data-href="/x" placeholder="/">href=&#34;/office&#34;"##,
        );
        let moved = marked(page);
        let begun = format!("<title>测试环境 · 工作台</title><body>{BAND}\n");
        assert!(moved.starts_with(&begun), "{moved}");
        assert_eq!(
            &moved[begun.len()..],
            concat!(
                r##"<a href="/sandbox/office?next=/x">1</a><a class="b" href="/sandbox/">2</a>"##,
                r##"<form method="post" action="/sandbox/verify">"##,
                r##"<img src="/sandbox/qr/1.svg"><form data-preview="/sandbox/office/face.svg" action="/sandbox/x">"##,
                r##"<table data-paste="/sandbox/office/p">"##,
                r##"<link href="/static/a.css"><a href="//else"><a href="https://e/"><a href="#main"><a href="?a=/b">"##,
                r##"<input value="/office" data-href="/x" placeholder="/">href=&#34;/office&#34;"##,
            )
        );
    }

    #[test]
    fn a_page_whose_body_bears_a_class_says_what_it_is_as_well() {
        assert_eq!(marked("<body class=\"broad\">\n<p>"), format!("<body class=\"broad\">{BAND}\n<p>"));
    }

    #[tokio::test]
    async fn redirects_stay_inside_and_what_is_no_page_is_left_alone() {
        let to = async |to: &str| {
            let moved = inside(Redirect::to(to).into_response()).await;
            moved.headers()[header::LOCATION].to_str().unwrap().to_owned()
        };
        assert_eq!(to("/office/sign-in?next=/office").await, "/sandbox/office/sign-in?next=/office");
        assert_eq!(to("https://example.cn/").await, "https://example.cn/");
        let json = inside("{\"href\":\"/\"}".into_response()).await;
        assert_eq!(json.headers()["x-robots-tag"], "noindex, nofollow");
        assert_eq!(to_bytes(json.into_body(), 99).await.unwrap(), "{\"href\":\"/\"}");
    }

    /// Every template's text, with its path.
    fn templates(folder: &Path, found: &mut Vec<(String, String)>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => templates(&path, found),
                false => found.push((path.display().to_string(), std::fs::read_to_string(&path).unwrap())),
            }
        }
    }

    #[test]
    fn every_attribute_of_a_template_that_holds_an_address_is_known_here() {
        let mut all = Vec::new();
        templates(&Path::new(env!("CARGO_MANIFEST_DIR")).join("templates"), &mut all);
        assert!(all.len() > 50);
        let mut pages = 0;
        for (path, text) in all {
            pages += usize::from(text.contains("<body>"));
            assert!(!text.contains("<body ") && !text.contains("=/") && !text.contains("='"), "{path}");
            for (at, _) in text.match_indices("=\"/") {
                let known = ADDRESSES.iter().any(|name| text[..at].ends_with(name));
                let name = text[..at].rsplit([' ', '\n']).next().unwrap_or_default();
                assert!(known, "{path}: is {name} an address? then sandbox.rs must know it");
            }
        }
        assert!(pages >= 3, "the frames begin with <body>");
    }
}
