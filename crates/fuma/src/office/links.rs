//! Files to be saved by the browser.

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use std::io;
use tokio::sync::mpsc::Receiver;
use tokio::task::JoinHandle;

/// Bytes that the browser saves under `name`; its type follows the extension.
pub fn attachment(name: &str, bytes: Vec<u8>) -> Response {
    let kind = match name.rsplit('.').next() {
        Some("xlsx") => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        Some("csv") => "text/csv; charset=utf-8",
        Some("pdf") => "application/pdf",
        Some("zip") => "application/zip",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        _ => "application/octet-stream",
    };
    let mut response = Body::from(bytes).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    let disposition = format!("attachment; filename*=UTF-8''{}", percent(name));
    if let Ok(value) = HeaderValue::from_str(&disposition) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    response
}

/// A file that is put together while it is sent. If the work fails in the middle the connection breaks off, so that
/// nobody keeps half a file.
pub fn streamed(name: &str, pieces: Receiver<Vec<u8>>, work: JoinHandle<app::Result<()>>) -> Response {
    let stream = futures_util::stream::unfold(Some((pieces, work)), async |state| {
        let (mut pieces, work) = state?;
        if let Some(piece) = pieces.recv().await {
            return Some((Ok(Bytes::from(piece)), Some((pieces, work))));
        }
        match work.await {
            Ok(Ok(())) => None,
            Ok(Err(error)) => Some((Err(io::Error::other(error.to_string())), None)),
            Err(error) => Some((Err(io::Error::other(error.to_string())), None)),
        }
    });
    let mut response = attachment(name, Vec::new());
    *response.body_mut() = Body::from_stream(stream);
    response
}

/// Percent encoding for a header value (RFC 8187).
fn percent(text: &str) -> String {
    let keep = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    text.bytes().map(|b| if keep(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}
