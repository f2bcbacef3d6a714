//! Files and texts out of a multipart form.

use app::{AppError, Upload};
use axum::extract::Multipart;
use axum::extract::multipart::MultipartError;
use axum::http::StatusCode;

/// What a multipart form brought.
#[derive(Debug, Default)]
pub struct Received {
    /// The files that were chosen; an empty file field brings none.
    pub files: Vec<Upload>,
    /// The other fields in their order.
    pub texts: Vec<(String, String)>,
}

impl Received {
    /// Reads the whole form.
    ///
    /// # Errors
    /// A form that is too large, was cut off or is none, with what to do.
    pub async fn read(mut form: Multipart) -> Result<Received, AppError> {
        let mut received = Received::default();
        while let Some(field) = form.next_field().await.map_err(refused)? {
            let name = field.name().unwrap_or_default().to_owned();
            match field.file_name().map(str::to_owned) {
                Some(file) => {
                    let bytes = field.bytes().await.map_err(refused)?.to_vec();
                    if !file.is_empty() || !bytes.is_empty() {
                        received.files.push(Upload { name: file, bytes });
                    }
                }
                None => received.texts.push((name, field.text().await.map_err(refused)?)),
            }
        }
        Ok(received)
    }

    /// A text, or empty.
    pub fn text(&self, name: &str) -> &str {
        self.texts.iter().find(|(of, _)| of == name).map_or("", |(_, value)| value)
    }
}

fn refused(error: MultipartError) -> AppError {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        let hint = "请拆成几个文件分别上传，或每个工作表另存为 CSV；更大的批量请用命令 fuma import。";
        return AppError::refused("上传的内容合计超过34MB", hint);
    }
    AppError::refused("文件没有完整收到", "请检查网络后重新选择文件上传。")
}
