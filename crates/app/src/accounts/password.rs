//! Passwords: what 等保三级 asks of them (domain.md 5.3: also that the last five are not used again), their argon2id
//! hashes, and those made for a slip.

use crate::{AppError, Result, entropy};
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use domain::Secret;
use store::account::PasswordHash;
use tokio::sync::Semaphore;

/// Old passwords kept beside the one in force: with it the last five, none of which may be used again (domain.md 5.3).
pub(super) const KEPT: u32 = 4;
/// Fewest characters (domain.md 5.3).
const SHORTEST: usize = 8;
/// Most bytes: more is no password, and would only keep a core busy.
const LONGEST: usize = 128;
/// Fewest of the four classes of characters (domain.md 5.3).
const CLASSES: usize = 3;
/// Memory of one hash, KiB; with two passes 48 ms on the machine of dependencies.md section 3.
const MEMORY: u32 = 19 * 1024;
/// Passes over that memory.
const PASSES: u32 = 2;

/// Two hashes at a time, whoever asks: sign-ins must not take all cores and all memory.
static HASHING: Semaphore = Semaphore::const_new(2);

/// A hash of a password nobody has, made with the same cost: what an unknown login is compared with.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$MDEyMzQ1Njc4OWFiY2RlZg$AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

/// What people take first, as letters only: English, the keyboard, pinyin of the field and of the provinces.
const COMMON: &str = "password passwd pass admin administrator root user guest test demo welcome login master system \
    qwerty qwertyuiop qwer qwert asdf asdfgh asdfghjkl zxcv zxcvbn zxcvbnm qazwsx qaz wsx abc abcd abcde abcdef \
    iloveyou letmein changeme default secret hello \
    mima wodemima woaini woaizhongguo zhongguo nihao guanliyuan guanli yonghu denglu ceshi gongzuo bangong xitong \
    cma cnas cnca samr fuma zizhi rending zizhirending renzheng jianyan jiance jianyanjiance shichang jianguan \
    shichangjianguan shichangjiandu scjg scjgj zjj jiliang zhengshu \
    beijing tianjin hebei shanxi neimenggu liaoning jilin heilongjiang shanghai jiangsu zhejiang anhui fujian jiangxi \
    shandong henan hubei hunan guangdong guangxi hainan chongqing sichuan guizhou yunnan xizang shaanxi gansu qinghai \
    ningxia xinjiang bingtuan";

/// Checks a new password of the account `login`.
///
/// # Errors
/// [`AppError::Refused`] naming everything that is missing.
pub fn check(login: &str, password: &str) -> Result<()> {
    let mut wrong = Vec::new();
    let characters = password.chars().count();
    if characters < SHORTEST {
        wrong.push(format!("只有{characters}个字符，至少需要{SHORTEST}个"));
    }
    if password.len() > LONGEST {
        wrong.push(format!("太长，最多{LONGEST}个字节"));
    }
    if password.chars().any(char::is_control) {
        wrong.push("含有看不见的控制字符".into());
    }
    let missing = missing_classes(password);
    if missing.len() > 4 - CLASSES {
        let more = missing.len() - (4 - CLASSES);
        wrong.push(format!("没有{}，至少还要用上其中{more}类", missing.join("、")));
    }
    if password.to_lowercase().contains(&login.to_lowercase()) {
        wrong.push("包含登录名".into());
    }
    if is_common(password) {
        wrong.push("太常见（常用词、拼音、地名、键盘顺序加年份或连续数字）".into());
    }
    if wrong.is_empty() {
        return Ok(());
    }
    Err(AppError::refused(
        format!("新密码不合要求：{}", wrong.join("；")),
        "请换一个密码：不少于8个字符，大写字母、小写字母、数字、符号中至少用三类，不含登录名，不用常见的词和年份组合。",
    ))
}

/// Names of the classes of characters that the password has none of.
fn missing_classes(password: &str) -> Vec<&'static str> {
    let class = |c: char| match c {
        'A'..='Z' => 0,
        'a'..='z' => 1,
        '0'..='9' => 2,
        _ => 3,
    };
    let names = ["大写字母", "小写字母", "数字", "符号"];
    (0..)
        .zip(names)
        .filter(|(n, _)| !password.chars().any(|c| class(c) == *n))
        .map(|(_, name)| name)
        .collect()
}

/// Whether its letters are a common word, read as they stand or with `@ 0 3 $` as letters; or a few letters beside a
/// year or a run of digits.
fn is_common(password: &str) -> bool {
    let lower = password.to_lowercase();
    let unmasked = lower.replace('@', "a").replace('0', "o").replace('3', "e").replace('$', "s");
    let letters = |text: &str| text.chars().filter(|c| c.is_alphabetic()).collect::<String>();
    let words = || COMMON.split_ascii_whitespace();
    if [&lower, &unmasked].into_iter().any(|text| words().any(|word| word == letters(text))) {
        return true;
    }
    let digits: Vec<u8> = lower.bytes().filter(u8::is_ascii_digit).collect();
    letters(&lower).chars().count() <= 3 && (is_run(&digits) || is_date(&digits))
}

/// 123456, 87654321, 888888.
fn is_run(digits: &[u8]) -> bool {
    let steps = |by: i16| digits.windows(2).all(|pair| i16::from(pair[1]) - i16::from(pair[0]) == by);
    digits.len() < 3 || [-1, 0, 1].into_iter().any(steps)
}

/// 1949 to 2099, alone or with month and day.
fn is_date(digits: &[u8]) -> bool {
    matches!(digits.len(), 4 | 6 | 8) && (digits.starts_with(b"19") || digits.starts_with(b"20"))
}

/// A password for a slip: three groups of four without look-alikes, at least one of each class.
pub fn one_time() -> Secret {
    const ALPHABET: &[u8; 54] = b"ABCDEFGHJKMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz2345679";
    loop {
        // Bytes above the last whole multiple are thrown away, so that no character is likelier than another.
        let drawn = entropy::bytes::<32>().into_iter().filter(|byte| *byte < 216);
        let mut text: String =
            drawn.take(12).map(|byte| char::from(ALPHABET[usize::from(byte) % 54])).collect();
        if text.len() == 12 {
            text.insert(8, '-');
            text.insert(4, '-');
            if missing_classes(&text).is_empty() {
                return Secret::new(text);
            }
        }
    }
}

fn argon() -> Argon2<'static> {
    let params =
        Params::new(MEMORY, PASSES, 1, None).expect("19 MiB, two passes and one lane are in the bounds");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// Runs a hash beside the runtime, two at a time. The permit goes along: a caller that is gone frees nothing early.
async fn beside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    let permit = HASHING.acquire().await.map_err(|e| AppError::Fault(e.to_string()))?;
    let run = move || {
        let out = work();
        drop(permit);
        out
    };
    tokio::task::spawn_blocking(run).await.map_err(|e| AppError::Fault(e.to_string()))
}

/// The hash of a password with fresh salt.
pub(super) async fn hash(password: &str) -> Result<PasswordHash> {
    let password = password.to_owned();
    let made =
        beside(move || argon().hash_password_with_salt(password.as_bytes(), &entropy::bytes::<16>())).await?;
    made.map(|hash| PasswordHash(hash.to_string())).map_err(|e| AppError::Fault(format!("密码散列：{e}")))
}

/// Whether the password is the one that was hashed. Without a hash the answer is no and takes as long.
pub(super) async fn verify(password: &str, hash: Option<&PasswordHash>) -> Result<bool> {
    let known = hash.is_some();
    let phc = hash.map_or(NOBODY, |hash| hash.0.as_str()).to_owned();
    // Longer ones were never accepted; they are not worth a core.
    let password = if password.len() > LONGEST { String::new() } else { password.to_owned() };
    let fits = beside(move || argon().verify_password(password.as_bytes(), phc.as_str()).is_ok()).await?;
    Ok(known && fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(password: &str) -> String {
        check("lishili", password).expect_err(password).to_string()
    }

    #[test]
    fn a_refusal_names_everything_that_is_missing() {
        let text = refusal("abc");
        assert!(
            text.contains("只有3个字符") && text.contains("没有大写字母、数字、符号，至少还要用上其中2类"),
            "{text}"
        );
        assert!(refusal("xLishili#27").contains("包含登录名"));
        assert!(refusal(&"aB3#".repeat(40)).contains("太长"));
        assert!(refusal("kT7#mv\u{0}2q").contains("控制字符"));
    }

    #[test]
    fn common_words_pinyin_and_years_are_refused_however_they_are_dressed() {
        for bad in [
            "Admin@2026",
            "P@ssw0rd!",
            "Beijing2026",
            "Shaanxi#61",
            "Zhongguo_1949",
            "Aa123456!",
            "1qaz@WSX",
            "Qwer1234!",
            "Cma@20260101",
            "Zh@20260101",
            "Zizhirending1!",
            "Ab!!!!!!1",
        ] {
            assert!(refusal(bad).contains("太常见"), "{bad}");
        }
        for good in ["kT7#mv2q", "Xinjiapo-8421-lv", "雨落山前松A7b", "Zh@48144069"] {
            check("lishili", good).unwrap_or_else(|e| panic!("{good}: {e}"));
        }
    }

    #[test]
    fn what_a_slip_shows_is_itself_a_good_password() {
        for _ in 0..200 {
            let password = one_time();
            let text = password.reveal();
            assert_eq!(text.len(), 14);
            check("lishili", text).unwrap();
            assert!(!text.contains(['0', 'O', '1', 'l', 'I', '8']), "{text}");
        }
    }

    #[tokio::test]
    async fn a_hash_fits_its_password_only_and_costs_what_was_decided() {
        let made = hash("kT7#mv2q").await.unwrap();
        assert!(made.0.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", made.0);
        assert!(verify("kT7#mv2q", Some(&made)).await.unwrap());
        assert!(!verify("kT7#mv2Q", Some(&made)).await.unwrap());
        assert!(!verify("kT7#mv2q", None).await.unwrap());
    }

    #[test]
    fn an_unknown_login_costs_the_same_hash() {
        let parsed = argon2::password_hash::phc::PasswordHash::new(NOBODY).unwrap();
        let params = Params::try_from(&parsed).unwrap();
        assert_eq!((params.m_cost(), params.t_cost(), params.p_cost()), (MEMORY, PASSES, 1));
        assert!(parsed.hash.is_some_and(|hash| hash.len() == 32) && parsed.salt.is_some());
    }
}
