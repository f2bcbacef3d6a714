//! Style sheets, script and icon: inside the binary, each under an address that carries its own hash,
//! so that browsers may keep it for ever and a new build is seen at once.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

/// Bytes of SHA-256 in an address: enough to tell builds apart.
const HASH_BYTES: usize = 6;

/// One embedded file.
struct Asset {
    /// `/static/public.0123456789ab.css`.
    url: String,
    mime: &'static str,
    /// The hash in quotes.
    etag: String,
    bytes: &'static [u8],
}

impl Asset {
    fn new(stem: &str, extension: &str, mime: &'static str, bytes: &'static [u8]) -> Asset {
        let hash = HEXLOWER.encode(&Sha256::digest(bytes)[..HASH_BYTES]);
        Asset { url: format!("/static/{stem}.{hash}.{extension}"), mime, etag: format!("\"{hash}\""), bytes }
    }
}

static PUBLIC_CSS: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("public", "css", CSS, include_bytes!("../assets/public.css")));
static SEARCH_CSS: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("search", "css", CSS, include_bytes!("../assets/search.css")));
static LARGE_CSS: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("large", "css", CSS, include_bytes!("../assets/large.css")));
static CHART_CSS: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("chart", "css", CSS, include_bytes!("../assets/chart.css")));
static BULLETIN_CSS: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("bulletin", "css", CSS, include_bytes!("../assets/bulletin.css")));
static OFFICE_CSS: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("office", "css", CSS, include_bytes!("../assets/office.css")));
static OFFICE_JS: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("office", "js", "text/javascript; charset=utf-8", include_bytes!("../assets/office.js"))
});
static WORK_JS: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("work", "js", "text/javascript; charset=utf-8", include_bytes!("../assets/work.js"))
});
static FIGURES_CSS: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("figures", "css", CSS, include_bytes!("../assets/figures.css")));
static FIGURES_JS: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("figures", "js", "text/javascript; charset=utf-8", include_bytes!("../assets/figures.js"))
});
static ECHARTS_JS: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new(
        "echarts",
        "js",
        "text/javascript; charset=utf-8",
        include_bytes!("../assets/vendor/echarts.js"),
    )
});
static FAVICON: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("favicon", "svg", "image/svg+xml", include_bytes!("../assets/favicon.svg")));
const CSS: &str = "text/css; charset=utf-8";

/// Address of the public style sheet.
pub fn public_css() -> &'static str {
    &PUBLIC_CSS.url
}

/// Address of the style sheet of the public's searches, beside the public one.
pub fn search_css() -> &'static str {
    &SEARCH_CSS.url
}

/// Address of the style sheet of 长辈版, beside the others.
pub fn large_css() -> &'static str {
    &LARGE_CSS.url
}

/// Address of the style sheet of time lines, beside that of either site.
pub fn chart_css() -> &'static str {
    &CHART_CSS.url
}

/// Address of the style sheet of bulletins, beside the officers' one.
pub fn bulletin_css() -> &'static str {
    &BULLETIN_CSS.url
}

/// Address of the officers' style sheet.
pub fn office_css() -> &'static str {
    &OFFICE_CSS.url
}

/// Address of the officers' script.
pub fn office_js() -> &'static str {
    &OFFICE_JS.url
}

/// Address of the script that does the proof of work.
pub fn work_js() -> &'static str {
    &WORK_JS.url
}

/// Address of the style sheet of statistics, beside the officers' one.
pub fn figures_css() -> &'static str {
    &FIGURES_CSS.url
}

/// Address of the script that draws statistics anew.
pub fn figures_js() -> &'static str {
    &FIGURES_JS.url
}

/// Address of ECharts, of which `scripts/echarts` makes what we use.
pub fn echarts_js() -> &'static str {
    &ECHARTS_JS.url
}

/// Address of the icon.
pub fn favicon() -> &'static str {
    &FAVICON.url
}

/// `GET /static/{file}`: the file for a year, 304 for who has it, 404 for any other name or an old hash.
pub async fn serve(Path(file): Path<String>, headers: HeaderMap) -> Response {
    let all = [
        &PUBLIC_CSS,
        &SEARCH_CSS,
        &LARGE_CSS,
        &CHART_CSS,
        &BULLETIN_CSS,
        &OFFICE_CSS,
        &OFFICE_JS,
        &WORK_JS,
        &FIGURES_CSS,
        &FIGURES_JS,
        &ECHARTS_JS,
        &FAVICON,
    ];
    let Some(asset) = all.into_iter().find(|a| a.url.strip_prefix("/static/") == Some(file.as_str())) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let known = headers.get(header::IF_NONE_MATCH).and_then(|v| v.to_str().ok()).unwrap_or_default();
    // Compression weakens the tag to W/"…"; the address already names the content, so a weak match is enough.
    let held = known.split(',').any(|tag| tag.trim().trim_start_matches("W/") == asset.etag);
    let mut response =
        if held { StatusCode::NOT_MODIFIED.into_response() } else { asset.bytes.into_response() };
    let out = response.headers_mut();
    out.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.mime));
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    out.insert(header::ETAG, HeaderValue::from_str(&asset.etag).expect("a tag is hex in quotes"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn get(file: &str, tag: Option<&str>) -> Response {
        let mut headers = HeaderMap::new();
        if let Some(tag) = tag {
            headers.insert(header::IF_NONE_MATCH, tag.parse().unwrap());
        }
        serve(Path(file.to_owned()), headers).await
    }

    #[tokio::test]
    async fn a_file_is_kept_for_ever_under_its_hash_and_answered_304_to_who_has_it() {
        let file = public_css().strip_prefix("/static/").unwrap();
        let first = get(file, None).await;
        assert_eq!(first.status(), StatusCode::OK);
        assert_eq!(first.headers()[header::CONTENT_TYPE], CSS);
        assert!(first.headers()[header::CACHE_CONTROL].to_str().unwrap().contains("immutable"));
        let tag = first.headers()[header::ETAG].to_str().unwrap();
        assert_eq!(get(file, Some(tag)).await.status(), StatusCode::NOT_MODIFIED);
        assert_eq!(get(file, Some(&format!("W/{tag}"))).await.status(), StatusCode::NOT_MODIFIED);
        assert_eq!(get(file, Some("\"other\"")).await.status(), StatusCode::OK);
    }

    #[tokio::test]
    async fn another_name_or_an_old_hash_is_not_found() {
        for file in ["public.css", "public.000000000000.css", "../Cargo.toml"] {
            assert_eq!(get(file, None).await.status(), StatusCode::NOT_FOUND, "{file}");
        }
    }

    #[test]
    fn style_sheets_fetch_nothing_and_stay_below_the_browser_floor() {
        let sheets =
            [&PUBLIC_CSS, &SEARCH_CSS, &LARGE_CSS, &CHART_CSS, &BULLETIN_CSS, &OFFICE_CSS, &FIGURES_CSS];
        for asset in sheets {
            let text = std::str::from_utf8(asset.bytes).unwrap();
            // Leave comments out: they may name what is not used.
            let css: String = text.split("/*").map(|part| part.rsplit("*/").next().unwrap_or(part)).collect();
            for bad in
                [":has(", "@layer", "color-mix(", "@container", "light-dark(", "dvh", "@import", "url("]
            {
                assert!(!css.contains(bad), "{bad} in {}", asset.url);
            }
        }
        assert!(OFFICE_CSS.bytes.len() <= 25 * 1024, "{} bytes", OFFICE_CSS.bytes.len());
        assert!(PUBLIC_CSS.bytes.len() <= 10 * 1024, "{} bytes", PUBLIC_CSS.bytes.len());
    }
}
