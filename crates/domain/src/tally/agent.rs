//! What a browser calls itself, as far as it is counted: a kind of device, and whether it says that it is a program.

use super::Device;

/// Words by which programs call themselves, in lower case, sorted.
const PROGRAMS: &[&str] = &[
    "aiohttp",
    "axios",
    "curl",
    "feign",
    "guzzlehttp",
    "headlesschrome",
    "httpclient",
    "httpx",
    "insomnia",
    "jakarta",
    "java",
    "libwww",
    "lua",
    "node",
    "okhttp",
    "perl",
    "phantomjs",
    "php",
    "playwright",
    "postmanruntime",
    "puppeteer",
    "pycurl",
    "python",
    "requests",
    "resttemplate",
    "ruby",
    "scrapy",
    "selenium",
    "urllib",
    "wget",
    "winhttp",
];

/// How the names of crawlers end.
const CRAWLERS: [&str; 6] = ["bot", "spider", "crawler", "slurp", "scanner", "fetcher"];

/// The device that a `User-Agent` tells of, and whether it tells of a program. Who says nothing is a program: every browser
/// says something.
pub fn told_by(user_agent: &str) -> (Device, bool) {
    let mut device = Device::Other;
    let mut android = false;
    let mut mobile = false;
    let mut any = false;
    for word in user_agent.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()) {
        let mut room = [0u8; 20];
        // Of a longer word the end tells: `SomeVeryLongNameOfABot`.
        let tail = &word.as_bytes()[word.len().saturating_sub(room.len())..];
        let lower = &mut room[..tail.len()];
        lower.copy_from_slice(tail);
        lower.make_ascii_lowercase();
        let lower = std::str::from_utf8(lower).unwrap_or_default();
        if is_program(lower, !any) {
            return (Device::Program, true);
        }
        any = true;
        match lower {
            "micromessenger" => device = Device::Wechat,
            "android" => android = true,
            "mobile" => mobile = true,
            "ipad" | "tablet" => device = first(device, Device::Tablet),
            "iphone" | "ipod" | "phone" => device = first(device, Device::Phone),
            "windows" | "macintosh" | "x11" | "cros" => device = first(device, Device::Computer),
            _ => {}
        }
    }
    let device = match (device, android, mobile) {
        (Device::Wechat, _, _) => Device::Wechat,
        // Android has no word for a tablet but that it is not mobile.
        (Device::Other, true, false) => Device::Tablet,
        (Device::Other, _, true) | (Device::Computer, true, true) => Device::Phone,
        // `Windows Phone`, and browsers of tablets that say both.
        (device, _, _) => device,
    };
    (device, !any)
}

/// What is held by the hand is told before what it runs on: `Windows Phone`.
fn first(was: Device, is: Device) -> Device {
    match (was, is) {
        (Device::Wechat, _) => Device::Wechat,
        (Device::Phone | Device::Tablet, Device::Computer) => was,
        _ => is,
    }
}

fn is_program(word: &str, leads: bool) -> bool {
    PROGRAMS.binary_search(&word).is_ok()
        || CRAWLERS.iter().any(|end| word.ends_with(end) && word != "cubot")
        // `Go-http-client/1.1`.
        || (leads && word == "go")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_are_in_order() {
        assert!(PROGRAMS.is_sorted());
    }

    #[test]
    fn browsers_are_told_by_what_they_run_on() {
        let chrome = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0";
        let of = |text: &str| told_by(text);
        for (text, device) in [
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 MicroMessenger/8.0.49",
                Device::Wechat,
            ),
            (
                &format!(
                    "Mozilla/5.0 (Linux; Android 14; X) {chrome} Mobile Safari/537.36 XWEB/1 MicroMessenger/8.0 miniProgram"
                ),
                Device::Wechat,
            ),
            (
                &format!(
                    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) {chrome} MicroMessenger/7.0 WindowsWechat"
                ),
                Device::Wechat,
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Mobile/15E148 Safari/604.1",
                Device::Phone,
            ),
            (&format!("Mozilla/5.0 (Linux; Android 14; PIXEL) {chrome} Mobile Safari/537.36"), Device::Phone),
            (&format!("Mozilla/5.0 (Phone; OpenHarmony 5.0) {chrome} ArkWeb/4.1 Mobile"), Device::Phone),
            ("Mozilla/5.0 (Windows Phone 10.0) Edge/15", Device::Phone),
            (&format!("Mozilla/5.0 (Linux; Android 13; CUBOT) {chrome} Mobile Safari/537.36"), Device::Phone),
            (
                "Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) Version/17.5 Mobile/15E148 Safari/604.1",
                Device::Tablet,
            ),
            (&format!("Mozilla/5.0 (Linux; Android 14; Tab) {chrome} Safari/537.36"), Device::Tablet),
            (&format!("Mozilla/5.0 (Windows NT 10.0; Win64; x64) {chrome} Safari/537.36"), Device::Computer),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/17.5 Safari/605.1.15",
                Device::Computer,
            ),
            ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", Device::Computer),
            ("示例浏览器", Device::Other),
            ("Television", Device::Other),
        ] {
            // A text without a letter or digit of ASCII says nothing that is known.
            assert_eq!(of(text), (device, text == "示例浏览器"), "{text}");
        }
    }

    #[test]
    fn programs_say_what_they_are_or_nothing() {
        for text in [
            "curl/8.5.0",
            "Wget/1.21",
            "python-requests/2.31",
            "Python-urllib/3.12",
            "Java/17.0.2",
            "Apache-HttpClient/4.5 (Java/1.8)",
            "okhttp/4.12.0",
            "Go-http-client/1.1",
            "PostmanRuntime/7.39",
            "Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.example.com/search/spider.html)",
            "Mozilla/5.0 (compatible; bingbot/2.0)",
            "Mozilla/5.0 (Linux; Android 5.0) AppleWebKit/537.36 Mobile Safari/537.36 (compatible; Bytespider; x)",
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/126.0",
            "AVeryVeryVeryVeryLongNameOfSomeCrawler/1",
        ] {
            assert_eq!(told_by(text), (Device::Program, true), "{text}");
        }
        assert_eq!(told_by(""), (Device::Other, true));
    }
}
