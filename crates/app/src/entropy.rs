//! Entropy of the operating system.

/// `N` random bytes.
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut out = [0; N];
    getrandom::fill(&mut out).expect("the operating system gives entropy once it has booted");
    out
}

/// A token of 256 bits in lower-case base32, for cookies, links and slips.
pub fn token() -> String {
    data_encoding::BASE32_NOPAD.encode(&bytes::<32>()).to_lowercase()
}
