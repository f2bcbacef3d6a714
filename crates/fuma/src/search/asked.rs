//! What the address of a result page asks for. Everything is in it, so that a page can be shared and opened again.

use crate::public::Lang;
use crate::public::handlers::percent;
use app::{Dimension, SearchAsk, SearchPage, Sort, Subject, WITHIN_DAYS};
use domain::{Number, VerdictWord};
use serde::Deserialize;

/// Bodies on a page.
pub const ROWS: u32 = 20;
/// Pages that can be turned to: who wants more narrows the question, or exports.
const PAGES: u32 = 500;

/// What is listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tab {
    /// 机构.
    #[default]
    Bodies,
    /// 证书.
    Certificates,
    /// 检测能力.
    Capabilities,
    /// 仪器设备: officers only.
    Instruments,
    /// 授权签字人: officers only.
    Signatories,
    /// 人员: officers only.
    Staff,
}

impl Tab {
    /// Those of the public.
    pub const PUBLIC: [Tab; 3] = [Tab::Bodies, Tab::Certificates, Tab::Capabilities];
    /// Those of officers.
    pub const OFFICE: [Tab; 6] =
        [Tab::Bodies, Tab::Certificates, Tab::Capabilities, Tab::Instruments, Tab::Signatories, Tab::Staff];

    /// The word in the address.
    pub fn key(self) -> &'static str {
        match self {
            Tab::Bodies => "bodies",
            Tab::Certificates => "certificates",
            Tab::Capabilities => "capabilities",
            Tab::Instruments => "instruments",
            Tab::Signatories => "signatories",
            Tab::Staff => "staff",
        }
    }

    /// The word people read. Only what the public searches is told in English.
    pub fn label(self, lang: Lang) -> &'static str {
        match (self, lang) {
            (Tab::Bodies, Lang::Chinese) => "机构",
            (Tab::Bodies, Lang::English) => "Bodies",
            (Tab::Certificates, Lang::Chinese) => "证书",
            (Tab::Certificates, Lang::English) => "Certificates",
            (Tab::Capabilities, Lang::Chinese) => "检测能力",
            (Tab::Capabilities, Lang::English) => "Capabilities",
            (Tab::Instruments, _) => "仪器设备",
            (Tab::Signatories, _) => "授权签字人",
            (Tab::Staff, _) => "人员",
        }
    }

    /// The tab of a certificate's own page on which its rows stand.
    pub fn detail(self) -> &'static str {
        match self {
            Tab::Bodies | Tab::Certificates | Tab::Capabilities => "scope",
            Tab::Instruments => "instruments",
            Tab::Signatories => "signatories",
            Tab::Staff => "staff",
        }
    }

    /// Whose rows answer.
    pub fn subject(self) -> Subject {
        match self {
            Tab::Bodies | Tab::Certificates => Subject::Body,
            Tab::Capabilities => Subject::Capability,
            Tab::Instruments => Subject::Instrument,
            Tab::Signatories => Subject::Signatory,
            Tab::Staff => Subject::Staff,
        }
    }
}

/// The address's query; all of it optional, all of it text.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(default)]
pub struct Asked {
    /// The box.
    pub q: String,
    tab: String,
    /// Words of the body, besides the box.
    pub body: String,
    /// Words of one capability, besides the box.
    pub capability: String,
    /// How the number begins.
    pub number: String,
    province: String,
    city: String,
    authority: String,
    domain: String,
    industry: String,
    status: String,
    year: String,
    within: String,
    sort: String,
    page: String,
    /// The language of the page; asks for nothing, and is kept.
    lang: String,
}

/// The orders that are offered: the word in the address, what people read in Chinese and in English.
pub const SORTS: [(&str, &str, &str, Sort); 3] = [
    ("", "最相符", "Best match", Sort::Fit),
    ("expiry", "最早到期", "First to expire", Sort::Expiry),
    ("newest", "最近发证", "Newest", Sort::Newest),
];

impl Asked {
    /// Which list; the first one that is open to the site where another is asked for.
    pub fn tab(&self, open: &[Tab]) -> Option<Tab> {
        open.iter().copied().find(|tab| tab.key() == self.tab)
    }

    /// Whether the address asks for anything.
    pub fn is_empty(&self) -> bool {
        self.pairs().all(|(name, _)| name == "lang")
    }

    /// Whether more fields than the box are used.
    pub fn is_advanced(&self) -> bool {
        [&self.body, &self.capability, &self.number].iter().any(|field| !field.is_empty())
    }

    /// What a form keeps besides its fields: what the answer is narrowed to, and the list.
    pub fn kept(&self) -> Vec<(&'static str, String)> {
        let fields = ["q", "body", "capability", "number", "sort"];
        let kept = self.pairs().filter(|(name, _)| !fields.contains(name));
        kept.map(|(name, value)| (name, value.clone())).collect()
    }

    /// The page, from 1.
    pub fn page(&self) -> u32 {
        self.page.parse().unwrap_or(1).clamp(1, PAGES)
    }

    /// The order.
    pub fn sort(&self) -> Sort {
        SORTS.iter().find(|(key, ..)| *key == self.sort).map_or(Sort::Fit, |(.., sort)| *sort)
    }

    /// What the box holds, if that is how a certificate's number begins: digits, grouped or not.
    pub fn typed_number(&self) -> Option<String> {
        let digits: String = domain::fold_width(&self.q).split_whitespace().collect();
        let number = (4..=12).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        let legacy = || Number::parse(&digits).is_ok_and(|number| number.parts().is_some());
        (number || legacy()).then_some(digits)
    }

    /// The value of a dimension in the address.
    pub fn of(&self, dimension: Dimension) -> &str {
        match dimension {
            Dimension::Province => &self.province,
            Dimension::City => &self.city,
            Dimension::Authority => &self.authority,
            Dimension::Domain => &self.domain,
            Dimension::Industry => &self.industry,
            Dimension::Status => &self.status,
            Dimension::Year => &self.year,
            Dimension::Within => &self.within,
        }
    }

    fn of_mut(&mut self, dimension: Dimension) -> &mut String {
        match dimension {
            Dimension::Province => &mut self.province,
            Dimension::City => &mut self.city,
            Dimension::Authority => &mut self.authority,
            Dimension::Domain => &mut self.domain,
            Dimension::Industry => &mut self.industry,
            Dimension::Status => &mut self.status,
            Dimension::Year => &mut self.year,
            Dimension::Within => &mut self.within,
        }
    }

    /// What is picked. What cannot be a value is as if it were not there.
    pub fn picked(&self) -> Vec<(Dimension, u16)> {
        let value = |dimension: &Dimension| Some((*dimension, read(*dimension, self.of(*dimension))?));
        Dimension::ALL.iter().filter_map(value).collect()
    }

    /// The question of a list: the words of the box are looked for in its rows, those of the other fields in theirs.
    pub fn ask(&self, tab: Tab) -> SearchAsk {
        let subject = tab.subject();
        let typed_number = self.typed_number().filter(|_| subject == Subject::Body);
        let (text, number) = match typed_number {
            Some(number) => (String::new(), number),
            None => (self.q.clone(), self.number.clone()),
        };
        let of = |of: Subject, words: &str| (of == subject).then(|| words.to_owned());
        let own = [of(Subject::Body, &self.body), of(Subject::Capability, &self.capability)];
        let text = own.into_iter().flatten().fold(text, |text, more| format!("{text} {more}"));
        let also = [(Subject::Body, &self.body), (Subject::Capability, &self.capability)];
        let also = also.into_iter().filter(|(of, words)| *of != subject && !words.trim().is_empty());
        SearchAsk {
            subject,
            text: text.trim().to_owned(),
            also: also.map(|(of, words)| (of, words.clone())).collect(),
            number,
            picked: self.picked(),
            sort: self.sort(),
            page: SearchPage { skip: ((self.page() - 1) * ROWS) as usize, take: ROWS as usize },
        }
    }

    /// The same with another list.
    pub fn with_tab(&self, tab: Tab) -> Asked {
        Asked { tab: tab.key().into(), page: String::new(), ..self.clone() }
    }

    /// The same with a value picked, or with none where it is picked already.
    pub fn with(&self, dimension: Dimension, value: &str) -> Asked {
        let mut other = Asked { page: String::new(), ..self.clone() };
        let of = other.of_mut(dimension);
        *of = if of == value { String::new() } else { value.to_owned() };
        if dimension == Dimension::Province {
            other.city.clear();
        }
        other
    }

    /// The same with another word in the box.
    pub fn with_word(&self, word: &str, instead: &str) -> Asked {
        let mut other = Asked { page: String::new(), ..self.clone() };
        for field in [&mut other.q, &mut other.body, &mut other.capability] {
            *field = field.replace(word, instead);
        }
        other
    }

    /// The same in another order.
    pub fn with_sort(&self, key: &str) -> Asked {
        Asked { sort: key.into(), page: String::new(), ..self.clone() }
    }

    /// The same without anything that narrows it.
    pub fn without_picks(&self) -> Asked {
        let mut other = Asked { page: String::new(), ..self.clone() };
        Dimension::ALL.into_iter().for_each(|dimension| other.of_mut(dimension).clear());
        other
    }

    /// What is set, in a fixed order, without the page.
    pub fn pairs(&self) -> impl Iterator<Item = (&'static str, &String)> {
        let pairs = [
            ("q", &self.q),
            ("tab", &self.tab),
            ("body", &self.body),
            ("capability", &self.capability),
            ("number", &self.number),
            ("province", &self.province),
            ("city", &self.city),
            ("authority", &self.authority),
            ("domain", &self.domain),
            ("industry", &self.industry),
            ("status", &self.status),
            ("year", &self.year),
            ("within", &self.within),
            ("sort", &self.sort),
            ("lang", &self.lang),
        ];
        let english = |name: &str, value: &str| name != "lang" || Lang::read(value).is_english();
        pairs.into_iter().filter(move |(name, value)| !value.trim().is_empty() && english(name, value))
    }

    /// Its address below a path, without the page.
    pub fn href(&self, path: &str) -> String {
        let query: Vec<_> = self.pairs().map(|(name, value)| format!("{name}={}", percent(value))).collect();
        if query.is_empty() { path.to_owned() } else { format!("{path}?{}", query.join("&")) }
    }
}

/// The word of a dimension in the address and in JSON.
pub fn key(dimension: Dimension) -> &'static str {
    match dimension {
        Dimension::Province => "province",
        Dimension::City => "city",
        Dimension::Authority => "authority",
        Dimension::Domain => "domain",
        Dimension::Industry => "industry",
        Dimension::Status => "status",
        Dimension::Year => "year",
        Dimension::Within => "within",
    }
}

/// The value of a word in the address.
pub fn read(dimension: Dimension, word: &str) -> Option<u16> {
    match dimension {
        Dimension::Status => {
            let at = VerdictWord::ALL.iter().position(|it| it.key() == word)?;
            u16::try_from(at).ok()
        }
        Dimension::Within => word.parse().ok().filter(|days| WITHIN_DAYS.contains(days)),
        _ => word.parse().ok(),
    }
}

/// The word of a value in the address.
pub fn word(dimension: Dimension, value: u16) -> String {
    match dimension {
        Dimension::Status => VerdictWord::ALL.get(usize::from(value)).map_or("", |it| it.key()).to_owned(),
        Dimension::Province | Dimension::Domain | Dimension::Industry => format!("{value:02}"),
        Dimension::City => format!("{value:04}"),
        Dimension::Authority | Dimension::Year | Dimension::Within => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(q: &str) -> Asked {
        Asked { q: q.into(), ..Asked::default() }
    }

    #[test]
    fn an_address_says_everything_and_reads_back() {
        let asked = Asked {
            q: "铅 GB/T 5750.6".into(),
            tab: "capabilities".into(),
            province: "61".into(),
            status: "valid".into(),
            within: "60".into(),
            ..Asked::default()
        };
        let href = asked.href("/search");
        assert_eq!(
            href,
            "/search?q=%E9%93%85%20GB%2FT%205750.6&tab=capabilities&province=61&status=valid&within=60"
        );
        let uri: axum::http::Uri = href.parse().unwrap();
        let back: axum::extract::Query<Asked> = axum::extract::Query::try_from_uri(&uri).unwrap();
        assert_eq!(back.0, asked);
        assert_eq!(
            asked.picked(),
            [(Dimension::Province, 61), (Dimension::Status, 0), (Dimension::Within, 60)]
        );
        assert_eq!(
            asked.with(Dimension::Province, "61").of(Dimension::Province),
            "",
            "picked again is let go"
        );
        assert!(asked.without_picks().picked().is_empty());
        assert_eq!(Asked::default().href("/search"), "/search");
    }

    #[test]
    fn digits_are_the_beginning_of_a_number_and_words_go_to_their_rows() {
        assert_eq!(asked("2300 2034").typed_number().as_deref(), Some("23002034"));
        assert_eq!(asked("２３００２０３４９７６７").typed_number().as_deref(), Some("230020349767"));
        assert_eq!(asked("铅").typed_number(), None);
        assert_eq!(asked("123").typed_number(), None);
        let both =
            Asked { q: "示例".into(), body: "西安".into(), capability: "铅".into(), ..Asked::default() };
        let bodies = both.ask(Tab::Certificates);
        assert_eq!((bodies.text.as_str(), bodies.also.len()), ("示例 西安", 1));
        assert_eq!(bodies.also, [(Subject::Capability, "铅".to_owned())]);
        let capabilities = both.ask(Tab::Capabilities);
        assert_eq!(capabilities.text, "示例 铅");
        assert_eq!(capabilities.also, [(Subject::Body, "西安".to_owned())]);
        assert_eq!(asked("2300").ask(Tab::Bodies).number, "2300");
        assert_eq!(asked("5750").ask(Tab::Capabilities).text, "5750");
    }

    #[test]
    fn what_is_no_value_is_as_if_it_were_not_there() {
        let odd = Asked {
            province: "x".into(),
            status: "好".into(),
            within: "31".into(),
            page: "-3".into(),
            tab: "staff".into(),
            ..Asked::default()
        };
        assert!(odd.picked().is_empty());
        assert_eq!(odd.page(), 1);
        assert_eq!(odd.tab(&Tab::PUBLIC), None);
        assert_eq!(odd.tab(&Tab::OFFICE), Some(Tab::Staff));
    }
}
