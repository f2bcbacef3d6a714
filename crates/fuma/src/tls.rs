//! TLS outward: whose code does it, and who is trusted. Inward there is none (ARCHITECTURE.md 9).

use reqwest::ClientBuilder;

/// A client that speaks https, to be completed. It trusts the system's roots, follows no proxy of the environment, and
/// its cryptography is ring's.
pub fn client() -> ClientBuilder {
    // Another part of the program may have been first: it named the same.
    drop(rustls::crypto::ring::default_provider().install_default());
    reqwest::Client::builder().no_proxy()
}
