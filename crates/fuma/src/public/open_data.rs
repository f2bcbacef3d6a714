//! 开放数据: the list of what is published, for people and for programs.

use super::handlers::{failed, percent};
use super::{SITE_NAME, Site, Visit};
use crate::assets;
use crate::http::web::Web;
use app::stored::{OpenFile, OpenRelease};
use app::{App, AppError, OpenPublication, OpenSort, OpenSubject, open_columns};
use askama::Template;
use axum::Json;
use axum::extract::{Query, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use data_encoding::HEXLOWER;
use domain::group_digits;
use serde::Deserialize;
use serde_json::{Value, json};

/// What users are asked for where the settings say nothing else.
const TERMS: &str = "任何人都可以免费下载和使用。使用时请注明来源和数据日期，不得篡改；证书是否有效，以扫码或查真的结果为准。";

/// `/open-data`.
#[derive(Template)]
#[template(path = "public/open_data.html")]
pub struct OpenDataPage<'a> {
    /// Who asks, and what every page carries.
    pub visit: &'a Visit,
    /// What users are asked for.
    pub terms: &'a str,
    /// The release whose files are listed; none before the first one.
    pub shown: Option<ReleaseView<'a>>,
    /// All releases, newest first.
    pub all: Vec<ReleaseView<'a>>,
    /// Why there is none.
    pub empty: &'static str,
    /// What the files' columns mean.
    pub columns: Vec<(OpenSubject, &'static [app::OpenColumn])>,
}

/// A release as it is listed.
pub struct ReleaseView<'a> {
    /// The release.
    pub it: &'a OpenRelease,
    /// How much it holds.
    pub sort: OpenSort,
    /// Its files.
    pub files: Vec<FileView<'a>>,
    /// Bytes of all its files.
    pub size: String,
    /// Where the list of its files stands.
    pub path: String,
}

/// A file as it is listed.
pub struct FileView<'a> {
    /// The file.
    pub it: &'a OpenFile,
    /// What its rows are.
    pub subject: &'static str,
    /// Whose certificates, where not all.
    pub authority: String,
    /// Rows.
    pub rows: String,
    /// Bytes.
    pub size: String,
    /// SHA-256.
    pub sha256: String,
}

/// 1,234 字节, 12.3 KB, 4.5 MB.
fn size(bytes: u64) -> String {
    match bytes {
        ..10_000 => format!("{} 字节", group_digits(bytes)),
        10_000..1_000_000 => format!("{}.{} KB", bytes / 1_000, bytes % 1_000 / 100),
        _ => format!("{}.{} MB", group_digits(bytes / 1_000_000), bytes % 1_000_000 / 100_000),
    }
}

impl<'a> ReleaseView<'a> {
    fn of(app: &App, it: &'a OpenPublication) -> ReleaseView<'a> {
        let file = |file: &'a OpenFile| FileView {
            it: file,
            subject: OpenSubject::parse(&file.subject).map_or("", OpenSubject::label),
            authority: file.authority.map(|id| app.authority_short(id)).unwrap_or_default(),
            rows: group_digits(file.rows),
            size: size(file.bytes),
            sha256: HEXLOWER.encode(&file.digest),
        };
        ReleaseView {
            it: &it.release,
            sort: it.sort,
            files: it.files.iter().map(file).collect(),
            size: size(it.files.iter().map(|file| file.bytes).sum()),
            path: format!("/open-data?release={}", percent(&it.release.name)),
        }
    }
}

fn terms(site: &Site) -> &str {
    if site.open_data_terms.is_empty() { TERMS } else { &site.open_data_terms }
}

/// `?release=`.
#[derive(Debug, Default, Deserialize)]
pub struct Which {
    release: Option<String>,
}

/// `GET /open-data`.
pub async fn list(State(web): State<Web>, visit: Visit, Query(which): Query<Which>) -> Response {
    let visit = visit.in_chinese();
    let all = match web.app.open_data().await {
        Ok(all) => all,
        Err(error) => return failed(&visit, error),
    };
    let shown = match &which.release {
        Some(name) => all.iter().find(|it| it.release.name == *name),
        None => all.iter().find(|it| it.sort == OpenSort::Snapshot).or(all.first()),
    };
    if which.release.is_some() && shown.is_none() {
        return failed(&visit, AppError::NotFound);
    }
    let empty = match web.site.footing {
        app::Footing::Sandbox => "测试环境不发布开放数据。",
        _ => "尚未发布。查询平台开通后，每天零点发布。",
    };
    visit.page(&OpenDataPage {
        visit: &visit,
        terms: terms(&web.site),
        shown: shown.map(|it| ReleaseView::of(&web.app, it)),
        all: all.iter().map(|it| ReleaseView::of(&web.app, it)).collect(),
        empty,
        columns: OpenSubject::ALL.map(|subject| (subject, open_columns(subject))).into(),
    })
}

/// `GET /open-data/index.json`: the same for programs.
pub async fn index(web: &Web, visit: &Visit) -> Response {
    let all = match web.app.open_data().await {
        Ok(all) => all,
        Err(error) => return failed(visit, error),
    };
    let base = format!("{}{}", web.app.config.base_url(), web.base());
    let columns = |subject: OpenSubject| -> Value {
        let column =
            |it: &app::OpenColumn| json!({ "name": it.name, "label": it.label, "description": it.hint });
        open_columns(subject).iter().map(column).collect()
    };
    let columns: serde_json::Map<String, Value> =
        OpenSubject::ALL.map(|it| (it.key().to_owned(), columns(it))).into_iter().collect();
    let body = json!({
        "title": SITE_NAME,
        "terms": terms(&web.site),
        "columns": columns,
        "releases": all.iter().map(|it| release(&base, it)).collect::<Vec<_>>(),
    });
    let mut response = Json(body).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=300"));
    response
}

/// A release for programs.
pub fn release(base: &str, it: &OpenPublication) -> Value {
    let position = |it: app::stored::Position| format!("{}.{}", it.epoch, it.number);
    let file = |file: &OpenFile| {
        json!({
            "name": file.name,
            "url": format!("{base}/open-data/{}", file.name),
            "subject": file.subject,
            "format": file.format,
            "authority": file.authority.map(|it| it.0.to_string()),
            "rows": file.rows,
            "bytes": file.bytes,
            "sha256": HEXLOWER.encode(&file.digest),
        })
    };
    let (made, sort) = (&it.release, it.sort);
    let from = (!made.from_name.is_empty()).then(|| made.from_name.clone());
    json!({
        "name": made.name,
        "sort": sort.key(),
        "due_at": made.slot.rfc3339(),
        "made_at": made.made_at.rfc3339(),
        "day": made.day.to_string(),
        "position": position(made.position),
        "from_position": from.is_some().then(|| position(made.from)),
        "from": from,
        "authorities": serde_json::from_str::<Value>(&made.authorities).unwrap_or_default(),
        "files": it.files.iter().map(file).collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Caller, FULL, Town};
    use app::Opened;
    use axum::body::{Body, to_bytes};
    use axum::http::{HeaderMap, Request};
    use flate2::read::GzDecoder;
    use sha2::{Digest, Sha256};
    use std::io::Read;

    /// A town whose platform is open and whose data was published once.
    async fn published() -> Town {
        let town = Town::with_certificates().await;
        let admin = town.ctx(Caller::NationalAdmin).await;
        town.app.open_platform(&admin, &Opened::All).await.unwrap();
        make(&town).await;
        town
    }

    async fn make(town: &Town) {
        let admin = town.ctx(Caller::NationalAdmin).await;
        town.app.order_open_data(&admin).await.unwrap();
        while town.app.work_once().await.unwrap() {}
    }

    async fn index(town: &Town) -> Value {
        serde_json::from_str(&town.get(Caller::Public, "/open-data/index.json").await.holds(&["releases"]))
            .unwrap()
    }

    async fn asked(town: &Town, path: &str, headers: &[(&str, &str)]) -> (u16, HeaderMap, Vec<u8>) {
        let request = headers.iter().fold(Request::get(path), |it, (name, value)| it.header(*name, *value));
        let response = town.raw(request.body(Body::empty()).unwrap()).await;
        let (head, body) = response.into_parts();
        (head.status.as_u16(), head.headers, to_bytes(body, usize::MAX).await.unwrap().to_vec())
    }

    fn inflated(bytes: &[u8]) -> String {
        let mut text = String::new();
        GzDecoder::new(bytes).read_to_string(&mut text).unwrap();
        text
    }

    #[tokio::test]
    async fn what_the_list_promises_is_what_is_fetched() {
        let town = published().await;
        let index = index(&town).await;
        let files = index["releases"][0]["files"].as_array().unwrap();
        assert_eq!(
            files.len(),
            6,
            "certificates, sites, and the capabilities of one authority, in two formats"
        );
        for file in files {
            let name = file["name"].as_str().unwrap();
            let path = format!("/open-data/{name}");
            let (status, headers, bytes) = asked(&town, &path, &[("accept-encoding", "gzip")]).await;
            assert_eq!(status, 200, "{name}");
            assert_eq!(headers["content-length"], file["bytes"].to_string(), "{name}");
            assert!(!headers.contains_key("content-encoding"), "the file is the gzip itself");
            assert_eq!(HEXLOWER.encode(&Sha256::digest(&bytes)), file["sha256"].as_str().unwrap());
            let text = inflated(&bytes);
            let header = usize::from(file["format"] == "csv");
            assert_eq!(
                (text.lines().count() - header) as u64,
                file["rows"].as_u64().unwrap(),
                "{name}: {text}"
            );
            for secret in ["王示例", "李示例", "赵示例", "10000000001", "990000"] {
                assert!(!text.contains(secret), "{name} tells {secret}");
            }
            if file["subject"] == "certificates" {
                assert!(text.contains(FULL) && text.contains("示例检测有限公司"), "{text}");
                let ctx = town.ctx(Caller::Licensing).await;
                let code = town.app.certificate(&ctx, town.id(FULL).await).await.unwrap().card.head.code;
                assert!(!text.contains(code.as_str()), "no code");
            }
        }
    }

    #[tokio::test]
    async fn parts_and_known_files_are_answered_as_asked() {
        let town = published().await;
        let index = index(&town).await;
        let path = format!("/open-data/{}", index["releases"][0]["files"][0]["name"].as_str().unwrap());
        let (_, headers, whole) = asked(&town, &path, &[]).await;
        let tag = headers["etag"].to_str().unwrap().to_owned();
        let (status, _, empty) = asked(&town, &path, &[("if-none-match", &tag)]).await;
        assert_eq!((status, empty.len()), (304, 0));
        let (status, headers, part) = asked(&town, &path, &[("range", "bytes=10-29")]).await;
        assert_eq!((status, part.as_slice()), (206, &whole[10..30]));
        assert_eq!(headers["content-range"], format!("bytes 10-29/{}", whole.len()));
        assert_eq!(headers["content-length"], "20");
        let (status, _, end) = asked(&town, &path, &[("range", "bytes=-5"), ("if-range", &tag)]).await;
        assert_eq!((status, end.as_slice()), (206, &whole[whole.len() - 5..]));
        assert_eq!(asked(&town, &path, &[("range", "bytes=0-1"), ("if-range", "\"old\"")]).await.0, 200);
        assert_eq!(asked(&town, &path, &[("range", "bytes=99999999-")]).await.0, 416);
        assert_eq!(asked(&town, "/open-data/none.csv.gz", &[]).await.0, 404);
    }

    #[tokio::test]
    async fn the_page_lists_the_files_and_says_how_to_use_them() {
        let town = Town::with_certificates().await;
        let html = town.get(Caller::Public, "/open-data").await.holds(&["尚未发布", "SHA-256"]);
        crate::gallery::keep("public", "open-data-empty", &html);
        assert!(!html.contains("/C/"));
        let town = published().await;
        town.clock.advance(3_600);
        make(&town).await;
        let html = town.get(Caller::Public, "/open-data").await.holds(&[
            "每日快照",
            "8 小时增量",
            "24 小时增量",
            "7 天增量",
            "sha256sum",
            "index.json",
            "证书编号",
            "注明来源",
            "陕西",
        ]);
        crate::gallery::keep("public", "open-data", &html);
        let delta = index(&town).await["releases"]
            .as_array()
            .unwrap()
            .iter()
            .find(|it| it["sort"] == "8h")
            .unwrap()
            .clone();
        let path = format!("/open-data?release={}", delta["name"].as_str().unwrap());
        let html =
            town.get(Caller::Public, &path).await.holds(&["8 小时增量", delta["from"].as_str().unwrap()]);
        crate::gallery::keep("public", "open-data-delta", &html);
        assert_eq!(town.get(Caller::Public, "/open-data?release=none").await.status, 404);
    }
}
