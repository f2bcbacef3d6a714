//! 证书: the list, one certificate in tabs, and the status acts.

pub mod act;
pub mod detail;
pub mod erase;
pub mod export;
pub mod list;
pub mod person;
mod tabs;
pub mod versions;

#[cfg(test)]
mod tests;

use app::AppError;
use domain::CertificateId;

/// The certificate of an address; what is no key is not there.
fn certificate(text: &str) -> Result<CertificateId, AppError> {
    text.parse().map(CertificateId).map_err(|_| AppError::NotFound)
}

/// The page of a certificate.
pub fn href(id: CertificateId) -> String {
    format!("/office/certificates/{id}")
}
