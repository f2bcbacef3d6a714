//! 打印: the queue, one certificate, many as a job, what was printed, and the code for reports.

pub mod batch;
pub mod codes;
mod order;
pub mod queue;
pub mod single;

#[cfg(test)]
mod tests;

use crate::office::attachment;
use crate::office::certificates::href;
use app::stored::PrintRecord;
use axum::http::{HeaderValue, header};
use axum::response::Response;

/// Where a final is fetched.
pub fn file_href(record: &PrintRecord) -> String {
    let digest = data_encoding::HEXLOWER.encode(&record.digest);
    format!("{}/files/{digest}.pdf", href(record.certificate))
}

/// Bytes that the browser shows; saved, they are called `name`.
fn inline(name: &str, bytes: Vec<u8>) -> Response {
    let mut response = attachment(name, bytes);
    let shown = response.headers().get(header::CONTENT_DISPOSITION).and_then(|v| v.to_str().ok());
    let shown = shown.map(|v| v.replacen("attachment", "inline", 1)).unwrap_or_default();
    if let Ok(value) = HeaderValue::from_str(&shown) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, value);
    }
    response
}
