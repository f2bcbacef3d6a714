//! A published file, or the part of it that is asked for, chunk by chunk as the client takes it.

use super::Visit;
use super::handlers::failed;
use super::open_data::index;
use crate::http::web::Web;
use app::stored::OpenFile;
use app::{App, AppError, OPEN_CHUNK};
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use data_encoding::HEXLOWER;
use std::ops::Range;
use std::sync::Arc;

/// `GET /open-data/{file}`.
pub async fn fetch(
    State(web): State<Web>,
    visit: Visit,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Response {
    let visit = visit.in_chinese();
    if name == "index.json" {
        return index(&web, &visit).await;
    }
    match web.app.open_file(&name).await {
        Ok(Some(file)) => sent(web.app.clone(), &file, &headers),
        Ok(None) => failed(&visit, AppError::NotFound),
        Err(error) => failed(&visit, error),
    }
}

/// A file, or the part of it that is asked for, chunk by chunk as the client takes it.
fn sent(app: Arc<App>, file: &OpenFile, headers: &HeaderMap) -> Response {
    let tag = format!("\"{}\"", HEXLOWER.encode(&file.digest));
    let text = |name: header::HeaderName| headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let known = text(header::IF_NONE_MATCH).split(',').any(|it| it.trim().trim_start_matches("W/") == tag);
    // A part is only asked for of the very file that the first part came from.
    let same = headers.get(header::IF_RANGE).is_none_or(|it| it.as_bytes() == tag.as_bytes());
    let part = if same { part(text(header::RANGE), file.bytes) } else { Part::Whole };
    let (status, range) = match &part {
        _ if known => (StatusCode::NOT_MODIFIED, 0..0),
        Part::Whole => (StatusCode::OK, 0..file.bytes),
        Part::Some(range) => (StatusCode::PARTIAL_CONTENT, range.clone()),
        Part::Beyond => (StatusCode::RANGE_NOT_SATISFIABLE, 0..0),
    };
    let length = range.end - range.start;
    let mut response = match length {
        0 => Response::default(),
        _ => Response::new(Body::from_stream(chunks(app, file.id, range.clone()))),
    };
    *response.status_mut() = status;
    let told = match &part {
        Part::Some(range) => format!("bytes {}-{}/{}", range.start, range.end - 1, file.bytes),
        _ => format!("bytes */{}", file.bytes),
    };
    let out = response.headers_mut();
    let mut set = |name, value: &str| HeaderValue::from_str(value).map(|value| drop(out.insert(name, value)));
    // All of these are digits, hex and words of ours.
    let _ = set(header::ETAG, &tag);
    let _ = set(header::ACCEPT_RANGES, "bytes");
    let _ = set(header::CONTENT_TYPE, "application/gzip");
    let _ = set(header::CACHE_CONTROL, "public, max-age=86400, immutable");
    let _ = set(header::CONTENT_DISPOSITION, &format!("attachment; filename=\"{}\"", file.name));
    if matches!(status, StatusCode::OK | StatusCode::PARTIAL_CONTENT) {
        let _ = set(header::CONTENT_LENGTH, &length.to_string());
    }
    if matches!(status, StatusCode::PARTIAL_CONTENT | StatusCode::RANGE_NOT_SATISFIABLE) {
        let _ = set(header::CONTENT_RANGE, &told);
    }
    response
}

/// What of a file is asked for.
#[derive(Debug, PartialEq, Eq)]
enum Part {
    Whole,
    Some(Range<u64>),
    Beyond,
}

/// One range of bytes (RFC 9110, 14.2); several, or what is not understood, is answered with the whole.
fn part(asked: &str, length: u64) -> Part {
    let Some((first, last)) = asked.strip_prefix("bytes=").and_then(|it| it.split_once('-')) else {
        return Part::Whole;
    };
    let (first, last) = (first.trim(), last.trim());
    let number =
        |text: &str| text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse::<u64>().ok()).flatten();
    let range = match (number(first), number(last)) {
        (None, Some(count)) if first.is_empty() => length.saturating_sub(count)..length,
        (Some(first), None) if last.is_empty() => first..length,
        (Some(first), Some(last)) if first <= last => first..length.min(last.saturating_add(1)),
        _ => return Part::Whole,
    };
    if range.start < range.end { Part::Some(range) } else { Part::Beyond }
}

/// The bytes of a range; one chunk in memory at a time.
fn chunks(
    app: Arc<App>,
    file: i64,
    range: Range<u64>,
) -> impl futures_util::Stream<Item = Result<Vec<u8>, AppError>> + Send {
    futures_util::stream::try_unfold((app, range), move |(app, range)| async move {
        if range.is_empty() {
            return Ok(None);
        }
        let size = OPEN_CHUNK as u64;
        let (n, skip) = (range.start / size, (range.start % size) as usize);
        let mut bytes = app.open_chunk(file, i64::try_from(n).unwrap_or(i64::MAX)).await?;
        bytes
            .truncate(skip + usize::try_from(range.end - range.start).unwrap_or(usize::MAX).min(bytes.len()));
        let bytes = bytes.split_off(skip.min(bytes.len()));
        if bytes.is_empty() {
            return Err(AppError::NotFound);
        }
        let next = range.start + bytes.len() as u64..range.end;
        Ok(Some((bytes, (app, next))))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_read_as_the_standard_says() {
        for (asked, expected) in [
            ("", Part::Whole),
            ("bytes=0-0", Part::Some(0..1)),
            ("bytes=5-", Part::Some(5..100)),
            ("bytes=-7", Part::Some(93..100)),
            ("bytes=-700", Part::Some(0..100)),
            ("bytes=90-900", Part::Some(90..100)),
            ("bytes=100-", Part::Beyond),
            ("bytes=-0", Part::Beyond),
            ("bytes=7-5", Part::Whole),
            ("bytes=1-2,4-5", Part::Whole),
            ("bytes=-", Part::Whole),
            ("bytes=+1-2", Part::Whole),
            ("lines=1-2", Part::Whole),
        ] {
            assert_eq!(part(asked, 100), expected, "{asked}");
        }
    }
}
