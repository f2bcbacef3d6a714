//! What the fuzz targets call: the attempts of the counted harness (`crates/app/tests/fuzz`), and the settings, which
//! only the program reads.

#[path = "../crates/app/tests/fuzz/attempt.rs"]
pub mod attempt;
#[expect(dead_code, reason = "the program uses the rest")]
#[path = "../crates/fuma/src/config.rs"]
mod config;
/// The one type `config.rs` takes from the public pages; the compiler says when its fields have changed there.
mod public {
    #[derive(Debug)]
    #[expect(dead_code, reason = "only filled here")]
    pub struct Site {
        pub host: String,
        pub demo: bool,
        pub organiser: String,
        pub contact: String,
        pub site_code: String,
        pub icp: String,
        pub police: String,
        pub find_errors_url: String,
        pub privacy_url: String,
    }
}

/// The settings file: refused with a sentence, or read.
pub fn settings(text: &str) {
    if let Err(error) = config::Settings::of(text, std::path::Path::new("data")) {
        assert!(!format!("{error:#}").is_empty());
    }
}
