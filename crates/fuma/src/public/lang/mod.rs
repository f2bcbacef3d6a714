//! The languages of the public pages. A template is written once and takes its words from here; what stands in the registry
//! (names, standards, documents) is shown as recorded, whatever the language.

mod english;
mod words;

pub use words::Words;

use app::Relation;
use domain::{
    Authority, CheckName, Day, EventKind, Kind, Kinds, Outcome, Reason, Tables, Verdict, VerdictWord,
};
use std::borrow::{Borrow, Cow};

/// A language of the public pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lang {
    /// 简体中文.
    #[default]
    Chinese,
    /// For who buys abroad what is tested here.
    English,
}

impl Lang {
    /// The language of a word in the address; anything unknown is Chinese.
    pub fn read(word: &str) -> Lang {
        if word == "en" { Lang::English } else { Lang::Chinese }
    }

    /// Whether it is English.
    pub fn is_english(self) -> bool {
        self == Lang::English
    }

    /// What `<html lang>` says.
    pub fn tag(self) -> &'static str {
        match self {
            Lang::Chinese => "zh-CN",
            Lang::English => "en",
        }
    }

    /// The fixed texts.
    pub fn words(self) -> &'static Words {
        match self {
            Lang::Chinese => &words::CHINESE,
            Lang::English => &words::ENGLISH,
        }
    }

    /// A day: 2026年3月5日, 5 March 2026.
    pub fn day(self, day: &Day) -> String {
        match self {
            Lang::Chinese => day.chinese(),
            Lang::English => english::day(*day),
        }
    }

    /// The word of a verdict.
    pub fn word(self, word: &VerdictWord) -> &'static str {
        match self {
            Lang::Chinese => word.label(),
            Lang::English => english::word(*word),
        }
    }

    /// The same of a verdict.
    pub fn word_of(self, verdict: &Verdict) -> &'static str {
        self.word(&verdict.word())
    }

    /// What a word means for the reader.
    pub fn meaning(self, word: &VerdictWord) -> &'static str {
        match self {
            Lang::Chinese => word.sentence(),
            Lang::English => english::meaning(*word),
        }
    }

    /// What a verdict means for the reader; names the asked day when it is not today.
    pub fn sentence(self, verdict: &Verdict) -> String {
        match (self, verdict.asked_day()) {
            (Lang::Chinese, _) => verdict.sentence(),
            (Lang::English, None) => english::meaning(verdict.word()).to_owned(),
            (Lang::English, Some(on)) => {
                format!("As of {}: {}", english::day(on), english::meaning(verdict.word()))
            }
        }
    }

    /// The name of a check.
    pub fn check(self, name: impl Borrow<CheckName>) -> &'static str {
        let name = *name.borrow();
        match self {
            Lang::Chinese => name.label(),
            Lang::English => english::check(name),
        }
    }

    /// The outcome of a check.
    pub fn outcome(self, outcome: impl Borrow<Outcome>) -> &'static str {
        let outcome = *outcome.borrow();
        match self {
            Lang::Chinese => outcome.label(),
            Lang::English => english::outcome(outcome),
        }
    }

    /// The reason of a check.
    pub fn reason(self, reason: impl Borrow<Reason>) -> String {
        let reason = reason.borrow();
        match self {
            Lang::Chinese => reason.to_string(),
            Lang::English => english::reason(reason),
        }
    }

    /// What was done to a certificate: the kinds of business where there are any, else the act.
    pub fn step(self, kind: EventKind, kinds: Option<Kinds>) -> Cow<'static, str> {
        let kinds = kinds.filter(|_| matches!(kind, EventKind::Assign | EventKind::Change));
        match (self, kinds) {
            (Lang::Chinese, Some(kinds)) => {
                let words: Vec<_> = kinds.iter().map(public_label).collect();
                words.join("、").into()
            }
            (Lang::Chinese, None) => kind.label().into(),
            (Lang::English, Some(kinds)) => {
                let words: Vec<_> = kinds.iter().map(english::kind).collect();
                words.join(", ").into()
            }
            (Lang::English, None) => english::event(kind).into(),
        }
    }

    /// 第3版, edition 3.
    pub fn edition(self, n: impl Borrow<u32>) -> String {
        let n = *n.borrow();
        match self {
            Lang::Chinese => format!("第{n}版"),
            Lang::English => format!("edition {n}"),
        }
    }

    /// （第2版）。下面是现行的第3版，请以
    pub fn old_below(self, old: &u32, current: &u32) -> String {
        match self {
            Lang::Chinese => format!("（第{old}版）。下面是现行的第{current}版，请以"),
            Lang::English => format!(" (edition {old}). Below is edition {current}, the current one; the "),
        }
    }

    /// 下面是2025年3月5日当天的内容.
    pub fn day_below(self, on: impl Borrow<Day>) -> String {
        let on = *on.borrow();
        match self {
            Lang::Chinese => format!("下面是{}当天的内容", on.chinese()),
            Lang::English => format!("Below is what held on {}", english::day(on)),
        }
    }

    /// （第2版）。最新的是第3版：
    pub fn latest(self, shown: impl Borrow<u32>, latest: impl Borrow<u32>) -> String {
        let shown = *shown.borrow();
        let latest = *latest.borrow();
        match self {
            Lang::Chinese => format!("（第{shown}版）。最新的是第{latest}版："),
            Lang::English => format!(" (edition {shown}). The latest is edition {latest}: "),
        }
    }

    /// 自2026年12月1日起由新证书代替：
    pub fn replaced(self, from: impl Borrow<Day>) -> String {
        let from = *from.borrow();
        match self {
            Lang::Chinese => format!("自{}起由新证书代替：", from.chinese()),
            Lang::English => format!("From {} replaced by the new certificate ", english::day(from)),
        }
    }

    /// 登记库现有 2 家机构、3 张证书。
    pub fn register_holds(self, bodies: impl AsRef<str>, certificates: impl AsRef<str>) -> String {
        let bodies = bodies.as_ref();
        let certificates = certificates.as_ref();
        match self {
            Lang::Chinese => format!("登记库现有 {bodies} 家机构、{certificates} 张证书。"),
            Lang::English => format!("The register has {bodies} bodies and {certificates} certificates."),
        }
    }

    /// ，当前有效.
    pub fn stands(self, on: &Option<Day>, word: impl Borrow<VerdictWord>) -> String {
        let word = *word.borrow();
        match (self, on) {
            (Lang::Chinese, Some(on)) => format!("，{}当天{}", on.chinese(), word.label()),
            (Lang::Chinese, None) => format!("，当前{}", word.label()),
            (Lang::English, Some(on)) => format!(", on {}: {}", english::day(*on), english::word(word)),
            (Lang::English, None) => format!(", now: {}", english::word(word)),
        }
    }

    /// 更多（12）.
    pub fn more(self, n: impl Borrow<usize>) -> String {
        let n = *n.borrow();
        match self {
            Lang::Chinese => format!("更多（{n}）"),
            Lang::English => format!("More ({n})"),
        }
    }

    /// 本证书另有 12 条.
    pub fn more_rows(self, n: impl Borrow<u64>) -> String {
        let n = *n.borrow();
        match self {
            Lang::Chinese => format!("本证书另有 {n} 条"),
            Lang::English => format!("{n} more of this certificate"),
        }
    }

    /// 另有 2 张证书.
    pub fn more_certificates(self, n: impl Borrow<usize>) -> String {
        let n = *n.borrow();
        match self {
            Lang::Chinese => format!("另有 {n} 张证书"),
            Lang::English => format!("{n} more certificates"),
        }
    }

    /// 另有 2 张较早的证书没有画出，见下表。
    pub fn not_drawn(self, n: impl Borrow<usize>) -> String {
        let n = *n.borrow();
        match self {
            Lang::Chinese => format!("另有 {n} 张较早的证书没有画出，见下表。"),
            Lang::English => format!("{n} earlier certificates are not drawn; see the table."),
        }
    }

    /// 另有 3 家没有列出。
    pub fn more_bodies(self, n: impl Borrow<usize>) -> String {
        let n = *n.borrow();
        match self {
            Lang::Chinese => format!("另有 {n} 家没有列出。"),
            Lang::English => format!("{n} more are not listed."),
        }
    }

    /// 共 60 行，只列出前 50 行；请多填一个词。
    pub fn rows_found(
        self,
        total: impl AsRef<str>,
        shown: impl Borrow<usize>,
        cut: impl Borrow<bool>,
    ) -> String {
        let shown = *shown.borrow();
        let cut = *cut.borrow();
        let total = total.as_ref();
        match (self, cut) {
            (Lang::Chinese, false) => format!("共 {total} 行"),
            (Lang::Chinese, true) => format!("共 {total} 行，只列出前 {shown} 行；请多填一个词。"),
            (Lang::English, false) => format!("{total} in all"),
            (Lang::English, true) => {
                format!("{total} in all, of which the first {shown} are shown; add a word.")
            }
        }
    }

    /// 共 3 张.
    pub fn certificates(self, n: impl Borrow<usize>) -> String {
        let n = *n.borrow();
        match self {
            Lang::Chinese => format!("共 {n} 张"),
            Lang::English => format!("{n} in all"),
        }
    }

    /// What one body is to another.
    pub fn relation(self, relation: Relation) -> &'static str {
        match (self, relation) {
            (Lang::Chinese, _) => relation.label(),
            (Lang::English, Relation::Parent) => "Legal entity",
            (Lang::English, Relation::Sister) => "Body of the same legal entity",
            (Lang::English, Relation::Branch) => "Body under it",
        }
    }

    /// 共 1,143 条.
    pub fn rows(self, n: impl AsRef<str>) -> String {
        let n = n.as_ref();
        match self {
            Lang::Chinese => format!("共 {n} 条"),
            Lang::English => format!("{n} in all"),
        }
    }

    /// ，第 2 页，共 23 页.
    pub fn page_of(self, page: impl Borrow<u64>, pages: impl Borrow<u64>) -> String {
        let page = *page.borrow();
        let pages = *pages.borrow();
        match self {
            Lang::Chinese => format!("，第 {page} 页，共 {pages} 页"),
            Lang::English => format!(", page {page} of {pages}"),
        }
    }

    /// The link to the whole list of capabilities.
    pub fn all_rows(self, n: impl AsRef<str>) -> String {
        let n = n.as_ref();
        match self {
            Lang::Chinese => format!("查看全部 {n} 条，或在其中搜索"),
            Lang::English => format!("All {n} capabilities, with a search"),
        }
    }

    /// An authority in English, beside its recorded name; nothing in Chinese, or where the table has no English for it.
    pub fn authority(self, authority: Option<&Authority>) -> Option<String> {
        authority.filter(|_| self.is_english()).and_then(english::authority)
    }

    /// The short name of an authority: 陕西, Shaanxi.
    pub fn authority_short(self, authority: Option<&Authority>) -> String {
        let Some(it) = authority else { return String::new() };
        let english = if self.is_english() { english::authority_short(it) } else { None };
        english.map_or_else(|| it.short_name.clone(), str::to_owned)
    }

    /// A province by the two digits of its divisions; the name of the table where there is none in this language.
    pub fn province(self, area: &str, tables: &Tables) -> Option<String> {
        let english = if self.is_english() { english::province(area) } else { None };
        let recorded = || {
            let whole = domain::Division::parse(&format!("{area}0000"))?;
            tables.divisions.get(&whole).cloned()
        };
        let corps = || (area == english::CORPS).then(|| "新疆生产建设兵团".to_owned());
        english.map(str::to_owned).or_else(corps).or_else(recorded)
    }
}

/// What the public calls a kind of business. 存量 is a word of the trade: its day is that of the certificate, not that on which it was
/// entered here.
fn public_label(kind: Kind) -> &'static str {
    match kind {
        Kind::Takeover => "发证，后纳入全国统一赋码",
        Kind::First
        | Kind::Extension
        | Kind::Renewal
        | Kind::StandardChange
        | Kind::NameChange
        | Kind::AddressNameChange
        | Kind::Move
        | Kind::LegalChange
        | Kind::CapabilityCancel
        | Kind::StaffChange
        | Kind::SignatoryChange
        | Kind::Correction => kind.label(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What only an English page has to say: of the Chinese on it, and where a rule tells its reason in Chinese.
    const ENGLISH_ONLY: [&str; 6] =
        ["zh", "as_recorded", "not_understood", "home_about", "not_ready", "wrong_day"];

    /// Whether a text holds a character of Chinese.
    fn chinese(text: &str) -> bool {
        text.chars().any(|c| ('\u{3000}'..='\u{9fff}').contains(&c) || ('\u{ff00}'..='\u{ffef}').contains(&c))
    }

    #[test]
    fn every_word_stands_in_both_languages_and_in_its_own() {
        for (name, zh, en) in words::ALL {
            assert!(!en.is_empty(), "{name}");
            assert!(!zh.is_empty() || ENGLISH_ONLY.contains(name), "{name}");
            assert!(!chinese(en), "{name}: {en}");
        }
        let english = Lang::English;
        let words = VerdictWord::ALL;
        let said = words.iter().flat_map(|word| [english.word(word), english.meaning(word)]);
        let said = said.chain(CheckName::ALL.iter().map(|name| english.check(name)));
        for text in said {
            assert!(!chinese(text) && !text.is_empty(), "{text}");
        }
        for kind in EventKind::ALL {
            assert!(!chinese(&english.step(*kind, None)), "{kind:?}");
        }
        for kind in Kind::ALL {
            assert!(!chinese(&english.step(EventKind::Change, Some(Kinds::one(kind)))), "{kind:?}");
        }
    }

    #[test]
    fn words_of_a_verdict_are_told_apart_in_english() {
        let mut words: Vec<_> = VerdictWord::ALL.iter().map(|word| Lang::English.word(word)).collect();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), VerdictWord::ALL.len());
    }

    #[test]
    fn a_day_and_an_authority_are_named_as_each_language_does() {
        let day = Day::parse("2026-03-05").unwrap();
        assert_eq!(
            (Lang::Chinese.day(&day), Lang::English.day(&day)),
            ("2026年3月5日".into(), "5 March 2026".into())
        );
        let authority = |area: &str, level| Authority {
            id: domain::AuthorityId(1),
            name: "示例市场监督管理局".into(),
            short_name: "示例".into(),
            level,
            area: area.into(),
        };
        let shaanxi = authority("61", domain::Level::Provincial);
        assert_eq!(
            Lang::English.authority(Some(&shaanxi)).unwrap(),
            "Shaanxi Province, market regulation authority"
        );
        assert_eq!(Lang::English.authority_short(Some(&shaanxi)), "Shaanxi");
        assert_eq!(Lang::Chinese.authority(Some(&shaanxi)), None);
        let unknown = authority("98", domain::Level::Provincial);
        assert_eq!(Lang::English.authority(Some(&unknown)), None);
        assert_eq!(
            Lang::English.authority_short(Some(&unknown)),
            "示例",
            "as recorded, where we have no English for it"
        );
        let nation = authority("", domain::Level::National);
        assert!(Lang::English.authority(Some(&nation)).unwrap().contains("National"));
    }
}
