//! 对接情况反馈表 as it is typed, and what is wrong with it: everything at once, each with its field and what to do.

use super::field::{DockingField, DockingNeed, DockingShape, mode_of};
use crate::Mode;
use crate::interface::network;
use domain::{Day, clean, fold_width};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Characters of a field of several lines.
const LONG: usize = 2_000;
/// The most certificates that a form may name: more is a slip of the keys.
const MOST: u64 = 10_000_000;

/// The form: a text a field; fields that are empty are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "BTreeMap<String, String>", into = "BTreeMap<String, String>")]
pub struct DockingForm(BTreeMap<&'static str, String>);

/// One thing that is wrong with a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DockingProblem {
    /// Which field.
    pub field: DockingField,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: String,
}

/// Whether a form is left or handed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filing {
    /// 存为草稿: it may lack anything.
    Draft,
    /// 提交.
    File,
}

impl TryFrom<BTreeMap<String, String>> for DockingForm {
    type Error = String;

    fn try_from(map: BTreeMap<String, String>) -> Result<DockingForm, String> {
        let mut form = DockingForm::default();
        for (key, value) in map {
            let field = DockingField::parse(&key).ok_or_else(|| format!("反馈表没有“{key}”这一项"))?;
            form.set(field, value);
        }
        Ok(form)
    }
}

impl From<DockingForm> for BTreeMap<String, String> {
    fn from(form: DockingForm) -> BTreeMap<String, String> {
        form.0.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
    }
}

impl DockingForm {
    /// What stands in a field; empty for nothing.
    pub fn value(&self, field: DockingField) -> &str {
        self.0.get(field.key()).map_or("", String::as_str)
    }

    /// Puts a text into a field.
    pub fn set(&mut self, field: DockingField, value: impl Into<String>) {
        let value = value.into();
        if value.trim().is_empty() {
            self.0.remove(field.key());
        } else {
            self.0.insert(field.key(), value);
        }
    }

    /// The mode that is wanted, if one was chosen.
    pub fn mode(&self) -> Option<Mode> {
        mode_of(self.value(DockingField::Mode))
    }

    /// How many certificates are to be taken over, if a number stands there.
    pub fn announced(&self) -> Option<u64> {
        self.value(DockingField::ToTakeOver).parse().ok()
    }

    /// What stands in a field, as people read it.
    pub fn shown(&self, field: DockingField) -> String {
        let value = self.value(field);
        match field.shape() {
            DockingShape::Choice(options) => {
                options.iter().find(|(key, _)| *key == value).map_or(value, |(_, label)| label).to_owned()
            }
            DockingShape::Count => value.parse().map_or_else(|_| value.to_owned(), domain::group_digits),
            _ => value.to_owned(),
        }
    }

    fn needs(&self, field: DockingField) -> bool {
        match field.need() {
            DockingNeed::Must => true,
            DockingNeed::System => self.value(DockingField::OwnSystem) == "yes",
            DockingNeed::Networked => self.mode() == Some(Mode::Networked),
            DockingNeed::May => false,
        }
    }
}

/// The form as it is kept, and all that is wrong with it. A draft is only asked whether it can be kept.
pub(super) fn checked(typed: &DockingForm, filing: Filing) -> (DockingForm, Vec<DockingProblem>) {
    let mut form = DockingForm::default();
    let mut problems = Vec::new();
    let mut wrong = Vec::new();
    for field in DockingField::ALL.iter().copied() {
        match read(field.shape(), typed.value(field)) {
            Ok(value) => form.set(field, value),
            Err(Unread { fatal, message, hint }) => {
                form.set(field, typed.value(field));
                if fatal || filing == Filing::File {
                    wrong.push(field);
                    problems.push(DockingProblem { field, message, hint });
                }
            }
        }
    }
    if filing == Filing::File {
        problems.extend(rules(&form).into_iter().filter(|problem| !wrong.contains(&problem.field)));
        problems.sort_by_key(|problem| DockingField::ALL.iter().position(|field| *field == problem.field));
    }
    (form, problems)
}

/// Why a value is not of its shape; a fatal one cannot even be kept as a draft.
struct Unread {
    fatal: bool,
    message: String,
    hint: String,
}

fn unread(message: impl Into<String>, hint: impl Into<String>) -> Unread {
    Unread { fatal: false, message: message.into(), hint: hint.into() }
}

/// What a day's own error says, parted where it goes on to what to do.
fn not_a_day(error: &str) -> Unread {
    match error.rsplit_once("，请") {
        Some((what, remedy)) => unread(what, format!("请{remedy}。")),
        None => unread(error, "请填写年-月-日，如 2026-03-05。"),
    }
}

/// A value in the form in which it is kept.
fn read(shape: DockingShape, typed: &str) -> Result<String, Unread> {
    let long = match shape {
        DockingShape::Text(most) => most,
        DockingShape::Lines | DockingShape::Urls | DockingShape::Networks => LONG,
        _ => 100,
    };
    let text = lines(typed, long).map_err(|message| Unread {
        fatal: true,
        message,
        hint: "请删去多余的内容后重填。".into(),
    })?;
    if text.is_empty() {
        return Ok(text);
    }
    match shape {
        DockingShape::Choice(options) => {
            let found = options.iter().find(|(key, label)| *key == text || *label == text);
            let all = || options.iter().map(|(_, label)| *label).collect::<Vec<_>>().join("、");
            found
                .map(|(key, _)| (*key).to_owned())
                .ok_or_else(|| unread(format!("没有“{text}”这一项"), format!("请从中选择：{}。", all())))
        }
        DockingShape::Text(_) | DockingShape::Lines => Ok(text),
        DockingShape::Day => {
            Day::parse(&text).map(|day| day.to_string()).map_err(|error| not_a_day(&error.to_string()))
        }
        DockingShape::Count => count(&text)
            .map(|n| n.to_string())
            .ok_or_else(|| unread(format!("“{text}”不是张数"), "请填写数字，没有填 0。")),
        DockingShape::Phone => phone(&text, 7..=20)
            .ok_or_else(|| unread("不是电话号码", "请填写区号和号码，如 029-00000001，分机写在后面。")),
        DockingShape::Mobile => {
            phone(&text, 11..=13).ok_or_else(|| unread("不是手机号码", "请填写11位号码。"))
        }
        DockingShape::Mail => {
            mail(&text).ok_or_else(|| unread("不是电子邮箱", "请填写完整的邮箱，如 name@example.cn。"))
        }
        DockingShape::Urls => each(&text, |word| {
            let host = word.strip_prefix("https://").or_else(|| word.strip_prefix("http://"));
            host.is_some_and(|host| host.contains(|c: char| c.is_alphanumeric()))
        })
        .map_err(|word| unread(format!("“{word}”不是网址"), "每行一个，以 https:// 或 http:// 开头。")),
        DockingShape::Networks => each(&text, |word| network(word).is_some()).map_err(|word| {
            unread(
                format!("“{word}”不是网络地址"),
                "请填写单个地址（如 192.0.2.7）或网段（如 192.0.2.0/24）。",
            )
        }),
    }
}

/// The lines of a text, each cleaned, empty ones left out.
fn lines(text: &str, most: usize) -> Result<String, String> {
    let cleaned = text.lines().map(|line| clean(line, most)).collect::<Result<Vec<_>, _>>();
    let kept: Vec<_> =
        cleaned.map_err(|e| e.to_string())?.into_iter().filter(|line| !line.is_empty()).collect();
    let joined = kept.join("\n");
    let got = joined.chars().count();
    if got > most { Err(format!("有{got}个字，超过{most}个")) } else { Ok(joined) }
}

/// Words, one a line; the first that is none is the error.
fn each(text: &str, is: impl Fn(&str) -> bool) -> Result<String, String> {
    let parted = |c: char| c.is_whitespace() || matches!(c, ',' | '，' | '、' | ';' | '；');
    let words: Vec<&str> = text.split(parted).filter(|word| !word.is_empty()).collect();
    match words.iter().find(|word| !is(word)) {
        Some(bad) => Err(bad.chars().take(60).collect()),
        None => Ok(words.join("\n")),
    }
}

fn count(text: &str) -> Option<u64> {
    let digits: String = fold_width(text).chars().filter(|c| !matches!(c, ',' | ' ' | '张')).collect();
    digits.parse().ok().filter(|n| *n <= MOST)
}

fn phone(text: &str, digits: std::ops::RangeInclusive<usize>) -> Option<String> {
    let text = fold_width(text).into_owned();
    let allowed = |c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | ' ' | '(' | ')' | '转' | '/');
    let n = text.chars().filter(char::is_ascii_digit).count();
    (text.chars().all(allowed) && digits.contains(&n)).then_some(text)
}

fn mail(text: &str) -> Option<String> {
    let text = fold_width(text).into_owned();
    let (name, host) = text.split_once('@')?;
    let plain = |part: &str| !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || c == '@');
    (plain(name) && plain(host) && host.trim_matches('.').contains('.')).then_some(text)
}

/// What must be filled in, and what must fit together.
fn rules(form: &DockingForm) -> Vec<DockingProblem> {
    use DockingField as F;
    let mut out = Vec::new();
    let mut add = |field: F, message: &str, hint: &str| {
        out.push(DockingProblem { field, message: message.into(), hint: hint.into() });
    };
    for field in F::ALL.iter().copied() {
        if form.needs(field) && form.value(field).is_empty() {
            let hint = if field.hint().is_empty() {
                format!("请填写{}。", field.full_label())
            } else {
                format!("请填写：{}。", field.hint())
            };
            add(field, "没有填写", &hint);
        }
    }
    if form.mode() == Some(Mode::Networked) && form.value(F::OwnSystem) == "no" {
        let hint = "没有审批系统的请选手动赋码；正在建设的选“有”，在问题中说明。";
        add(F::OwnSystem, "联网自动赋码需要有自己的审批系统", hint);
    }
    let (start, end) = (form.value(F::PlanStart), form.value(F::PlanEnd));
    if let (Ok(start), Ok(end)) = (Day::parse(start), Day::parse(end))
        && end < start
    {
        add(F::PlanEnd, "早于计划开始日期", "请核对两个日期。");
    }
    for (name, phone, mobile) in [
        (F::BusinessName, F::BusinessPhone, F::BusinessMobile),
        (F::TechnicalName, F::TechnicalPhone, F::TechnicalMobile),
    ] {
        let asked = form.needs(name) || !form.value(name).is_empty();
        if asked && form.value(phone).is_empty() && form.value(mobile).is_empty() {
            add(phone, "座机和手机都没有填写", "请至少填写一个。");
        }
    }
    out
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A form that can be filed.
    pub fn networked() -> DockingForm {
        let mut form = DockingForm::default();
        use DockingField as F;
        for (field, value) in [
            (F::Mode, "系统联网自动赋码"),
            (F::OwnSystem, "有"),
            (F::SystemName, "示例省资质认定审批系统"),
            (F::Developer, "示例软件有限公司"),
            (F::Technology, "Java 8、Oracle 11g"),
            (F::Network, "政务外网"),
            (F::PlanStart, "2026年9月1日"),
            (F::PlanEnd, "2026-12-31"),
            (F::InForce, "1,234"),
            (F::ToTakeOver, "１２００张"),
            (F::BusinessName, "张示例"),
            (F::BusinessPost, "处长"),
            (F::BusinessPhone, "029-00000001"),
            (F::BusinessMail, "zhang@example.cn"),
            (F::TechnicalName, "李示例"),
            (F::TechnicalPost, "工程师"),
            (F::TechnicalMobile, "10000000001"),
            (F::TechnicalMail, "li@example.cn"),
            (F::Administrators, "张示例 认可处 029-00000001\r\n\r\n李示例 信息处 029-00000002 "),
            (F::Callbacks, "https://example.cn/notify"),
            (F::Addresses, "192.0.2.7，198.51.100.0/24"),
        ] {
            form.set(field, value);
        }
        form
    }

    #[test]
    fn what_is_typed_is_kept_in_one_form() {
        let (form, problems) = checked(&networked(), Filing::File);
        assert_eq!(problems, []);
        use DockingField as F;
        for (field, value) in [
            (F::Mode, "networked"),
            (F::Network, "government"),
            (F::PlanStart, "2026-09-01"),
            (F::InForce, "1234"),
            (F::ToTakeOver, "1200"),
            (F::Administrators, "张示例 认可处 029-00000001\n李示例 信息处 029-00000002"),
            (F::Addresses, "192.0.2.7\n198.51.100.0/24"),
        ] {
            assert_eq!(form.value(field), value);
        }
        assert_eq!((form.mode(), form.announced()), (Some(Mode::Networked), Some(1_200)));
        assert_eq!((form.shown(F::Network), form.shown(F::InForce)), ("政务外网".into(), "1,234".into()));
        let json = serde_json::to_string(&form).unwrap();
        assert_eq!(serde_json::from_str::<DockingForm>(&json).unwrap(), form);
        assert!(serde_json::from_str::<DockingForm>("{\"modus\":\"manual\"}").is_err());
    }

    #[test]
    fn all_that_is_wrong_is_said_at_once_and_a_draft_may_lack_anything() {
        use DockingField as F;
        let mut form = networked();
        for (field, value) in [
            (F::OwnSystem, "没有"),
            (F::PlanEnd, "2026-08-31"),
            (F::InForce, "很多"),
            (F::BusinessPhone, ""),
            (F::TechnicalMobile, "12345"),
            (F::TechnicalMail, "li example.cn"),
            (F::Administrators, ""),
            (F::Callbacks, "ftp://example.cn"),
            (F::Addresses, "999.1.1.1"),
        ] {
            form.set(field, value);
        }
        let (kept, problems) = checked(&form, Filing::File);
        let fields: Vec<_> = problems.iter().map(|problem| problem.field).collect();
        assert_eq!(
            fields,
            [
                F::OwnSystem,
                F::PlanEnd,
                F::InForce,
                F::BusinessPhone,
                F::TechnicalMobile,
                F::TechnicalMail,
                F::Administrators,
                F::Callbacks,
                F::Addresses,
            ],
            "{problems:#?}"
        );
        assert!(problems.iter().all(|it| !it.message.is_empty() && !it.hint.is_empty()));
        assert_eq!(kept.value(F::InForce), "很多", "it comes back as typed");
        assert_eq!(checked(&form, Filing::Draft).1, []);
        form.set(F::SystemName, "示".repeat(61));
        assert_eq!(
            checked(&form, Filing::Draft).1.len(),
            1,
            "what cannot be kept is said of a draft as well"
        );
    }

    #[test]
    fn a_day_that_is_none_is_said_once_with_what_to_do() {
        let told = |typed: &str| {
            let mut form = networked();
            form.set(DockingField::PlanStart, typed);
            let problem = checked(&form, Filing::File).1.remove(0);
            format!("{}。{}", problem.message, problem.hint)
        };
        assert_eq!(told("abc"), "“abc”不是可识别的日期。请按“2026-03-05”的格式填写。");
        assert_eq!(told("2026-02-30"), "2026年2月30日不存在。请核对年月日后重新填写。");
    }

    #[test]
    fn notices_may_go_where_hooks_go() {
        let mut form = networked();
        form.set(DockingField::Callbacks, "http://10.1.2.3:8080/notify\nhttps://example.cn/notify");
        assert_eq!(checked(&form, Filing::File).1, []);
    }

    #[test]
    fn who_stays_manual_is_not_asked_for_a_system_or_an_engineer() {
        use DockingField as F;
        let (mut form, _) = checked(&networked(), Filing::File);
        form.set(F::Mode, "manual");
        form.set(F::OwnSystem, "no");
        for field in F::ALL.iter().copied().filter(|f| f.key().starts_with("technical")) {
            form.set(field, "");
        }
        for field in [F::SystemName, F::Developer, F::Technology, F::Network, F::Callbacks, F::Addresses] {
            form.set(field, "");
        }
        assert_eq!(checked(&form, Filing::File).1, []);
        assert!(checked(&DockingForm::default(), Filing::File).1.len() > 8);
    }
}
