//! What was found, as plain data.

use super::asked::{ROWS, SORTS, word};
use super::{Asked, Tab};
use crate::pager::Pager;
use crate::public::handlers::percent;
use crate::public::{Lang, Words, body_path, certificate_path};
use app::{BodyHit, CertificateHit, Dimension, Facet, Searched, Subject, Word, WordNote};
use domain::{AuthorityId, Day, Division, Number, Tables, VerdictWord, group_digits};

/// Values of a facet that are shown at once; the rest opens.
const VALUES: usize = 8;
/// Certificates of a body that a hit lists.
const CERTIFICATES: usize = 6;

/// A page of results.
pub struct ResultView {
    /// The language of the page.
    pub lang: Lang,
    /// Its fixed texts.
    pub w: &'static Words,
    /// The lists with their counts.
    pub tabs: Vec<TabView>,
    /// The one that is shown.
    pub tab: Tab,
    /// How many there are, in words: 共 12 家机构、15 张证书、230 条能力.
    pub total: String,
    /// What became of the words.
    pub notes: Vec<NoteView>,
    /// Whether more was typed than was looked at.
    pub cut: bool,
    /// What it can be narrowed to.
    pub facets: Vec<FacetView>,
    /// What it is narrowed to, with the address without it.
    pub picked: Vec<(String, String)>,
    /// The address without anything that narrows it.
    pub all: String,
    /// The orders.
    pub sorts: Vec<SortView>,
    /// The bodies of the page.
    pub hits: Vec<HitView>,
    /// Where the list stands.
    pub pager: Pager,
}

/// A text in pieces.
pub type Marked = Vec<Piece>;

/// A piece of a text.
pub struct Piece {
    /// The piece.
    pub text: String,
    /// Whether a word stands there.
    pub hit: bool,
}

/// An order of the list.
pub struct SortView {
    /// What people read.
    pub label: &'static str,
    /// Its address.
    pub href: String,
    /// Whether it is this one.
    pub here: bool,
}

/// A list.
pub struct TabView {
    /// Its name.
    pub label: &'static str,
    /// How many.
    pub count: String,
    /// Its address.
    pub href: String,
    /// Whether it is shown.
    pub here: bool,
}

/// Something to say about a word.
pub struct NoteView {
    /// What.
    pub text: String,
    /// What to do instead: label and address.
    pub links: Vec<(String, String)>,
}

/// A dimension.
pub struct FacetView {
    /// Its name.
    pub label: &'static str,
    /// Values with counts.
    pub values: Vec<ValueView>,
    /// Those behind 更多.
    pub more: Vec<ValueView>,
}

/// A value of a dimension.
pub struct ValueView {
    /// Its name.
    pub label: String,
    /// Bodies with it.
    pub count: String,
    /// The address with it, or without it where it is picked.
    pub href: String,
    /// Whether it is picked.
    pub here: bool,
}

/// A body that was found.
pub struct HitView {
    /// Its name, with the words marked.
    pub name: Marked,
    /// Where it leads; empty where the reader has no page of it.
    pub href: String,
    /// Its second name and former names, where a word stands in them.
    pub names: Vec<Marked>,
    /// What else is said of it: parent, address.
    pub facts: Vec<(&'static str, Marked)>,
    /// Certificates that answer, those that are valid first.
    pub certificates: Vec<CertificateView>,
    /// How many more there are.
    pub more: usize,
    /// How many rows answer, in words; empty of bodies.
    pub rows: String,
}

/// A certificate that was found.
pub struct CertificateView {
    /// Its number.
    pub number: Number,
    /// Its page.
    pub href: String,
    /// The page of its rows that answer.
    pub rows_href: String,
    /// The authority.
    pub authority: String,
    /// What holds today.
    pub word: VerdictWord,
    /// Last valid day.
    pub valid_to: Day,
    /// 领域.
    pub domain: String,
    /// The first rows that answer.
    pub shown: Vec<RowView>,
    /// How many answer.
    pub rows: u64,
}

impl CertificateView {
    /// How many rows are not shown.
    pub fn hidden(&self) -> u64 {
        self.rows.saturating_sub(self.shown.len() as u64)
    }
}

/// A row that answers: what, then how.
pub struct RowView {
    /// Item, name: what people look for.
    pub lead: Marked,
    /// What stands before and behind it.
    pub rest: Vec<Marked>,
}

/// Everything a result page is made of.
pub struct Results<'r> {
    /// The address.
    pub asked: &'r Asked,
    /// The path of the page.
    pub path: &'static str,
    /// The lists and what was found of each, in the order of the tabs.
    pub found: &'r [(Tab, Searched)],
    /// The list that is shown.
    pub tab: Tab,
    /// Names of authorities, divisions and codes.
    pub tables: &'r Tables,
    /// The day on which statuses are told.
    pub today: Day,
    /// The language of the page.
    pub lang: Lang,
    /// Whose certificates the reader has officers' pages of; to the others the public page leads.
    pub keeps: &'r dyn Fn(AuthorityId) -> bool,
}

impl Results<'_> {
    /// As plain data.
    pub fn view(&self) -> ResultView {
        let Results { asked, path, found, tab, .. } = self;
        let shown = found.iter().find(|(it, _)| it == tab).map(|(_, found)| found);
        let answer = shown.map(|found| &found.answer);
        let words: Vec<&Word> = answer.iter().flat_map(|it| &it.words).map(|note| &note.word).collect();
        let pick = |(dimension, value): (Dimension, u16)| {
            let href = asked.with(dimension, &word(dimension, value)).href(path);
            (self.label(dimension, value), href)
        };
        ResultView {
            lang: self.lang,
            w: self.lang.words(),
            tabs: found.iter().map(|(it, found)| self.tab(*it, found)).collect(),
            tab: *tab,
            total: answer.map(|answer| self.total(*tab, answer)).unwrap_or_default(),
            notes: answer.iter().flat_map(|it| &it.words).filter_map(|note| self.note(note)).collect(),
            cut: shown.is_some_and(|found| found.cut),
            facets: answer.iter().flat_map(|it| &it.facets).filter_map(|it| self.facet(it)).collect(),
            picked: asked.picked().into_iter().map(pick).collect(),
            all: asked.without_picks().href(path),
            sorts: SORTS
                .map(|(key, chinese, english, sort)| SortView {
                    label: if self.lang.is_english() { english } else { chinese },
                    href: asked.with_sort(key).href(path),
                    here: sort == asked.sort(),
                })
                .into(),
            hits: answer.iter().flat_map(|it| &it.hits).map(|hit| self.hit(hit, &words)).collect(),
            pager: Pager::new(
                answer.map_or(0, |it| it.bodies),
                u64::from(asked.page()),
                u64::from(ROWS),
                asked.href(path),
            ),
        }
    }

    /// An address of the public's in the language of the page.
    fn to(&self, path: String) -> String {
        match self.lang {
            Lang::Chinese => path,
            Lang::English => format!("{path}{}lang=en", if path.contains('?') { '&' } else { '?' }),
        }
    }

    /// How many there are, in words.
    fn total(&self, tab: Tab, answer: &app::Answer) -> String {
        let (bodies, certificates) = (group_digits(answer.bodies), group_digits(answer.certificates));
        let rows = group_digits(answer.rows);
        if self.lang.is_english() {
            let of_rows = match tab {
                Tab::Bodies | Tab::Certificates => String::new(),
                Tab::Capabilities | Tab::Instruments | Tab::Signatories | Tab::Staff => {
                    format!(", capabilities: {rows}")
                }
            };
            return format!("Bodies: {bodies}, certificates: {certificates}{of_rows}");
        }
        let held = format!("共 {bodies} 家机构、{certificates} 张证书");
        match tab {
            Tab::Bodies | Tab::Certificates => held,
            Tab::Capabilities => format!("{held}、{rows} 条检测能力"),
            Tab::Instruments => format!("{held}、{rows} 台（套）仪器设备"),
            Tab::Signatories => format!("{held}、{rows} 条授权签字人"),
            Tab::Staff => format!("{held}、{rows} 条人员"),
        }
    }

    fn tab(&self, tab: Tab, found: &Searched) -> TabView {
        let count = match tab {
            Tab::Bodies => found.answer.bodies,
            Tab::Certificates => found.answer.certificates,
            Tab::Capabilities | Tab::Instruments | Tab::Signatories | Tab::Staff => found.answer.rows,
        };
        TabView {
            label: tab.label(self.lang),
            count: group_digits(count),
            href: self.asked.with_tab(tab).href(self.path),
            here: tab == self.tab,
        }
    }

    fn note(&self, note: &WordNote) -> Option<NoteView> {
        let typed = &note.word.typed;
        let to = |word: &str| self.asked.with_word(typed, word).href(self.path);
        let english = self.lang.is_english();
        let counted = |word: &str, rows: u64| match english {
            false => format!("{word}（{}条）", group_digits(rows)),
            true => format!("{word} ({})", group_digits(rows)),
        };
        let told = |chinese: String, foreign: String| if english { foreign } else { chinese };
        if !note.found {
            let near = note.near.iter().map(|near| (counted(&near.word, near.rows), to(&near.word)));
            let links: Vec<_> = near.collect();
            let text = match links.is_empty() {
                true => told(
                    format!("没有找到“{typed}”。请换一个说法，或少输几个字再查。"),
                    format!("\"{typed}\" was not found. Say it another way, or type less of it."),
                ),
                false => told(
                    format!("没有找到“{typed}”。您要找的是不是："),
                    format!("\"{typed}\" was not found. Did you mean: "),
                ),
            };
            return Some(NoteView { text, links });
        }
        if note.word.is_spoken() {
            let text = told(format!("“{typed}”按拼音查找。"), format!("\"{typed}\" was taken as pinyin."));
            return Some(NoteView { text, links: Vec::new() });
        }
        if note.newer.is_empty() {
            return None;
        }
        let links = note.newer.iter().map(|it| (counted(&it.number, it.rows), to(&it.number))).collect();
        let text = told(
            format!("“{typed}”在登记库中有更新的版本："),
            format!("The register has later editions of \"{typed}\": "),
        );
        Some(NoteView { text, links })
    }

    fn facet(&self, facet: &Facet) -> Option<FacetView> {
        let asked = self.asked;
        let picked = |dimension: Dimension| !asked.of(dimension).is_empty();
        // Cities once a province is picked: there are hundreds.
        let hidden = facet.dimension == Dimension::City && !picked(Dimension::Province)
            || facet.values.len() < 2 && !picked(facet.dimension);
        if hidden {
            return None;
        }
        let mut values = facet.values.clone();
        if matches!(facet.dimension, Dimension::Within) {
            values.sort_unstable();
        }
        if facet.dimension == Dimension::Year {
            values.sort_unstable_by_key(|(year, _)| std::cmp::Reverse(*year));
        }
        let value = |(value, count): (u16, u32)| {
            let key = word(facet.dimension, value);
            ValueView {
                label: self.label(facet.dimension, value),
                count: group_digits(u64::from(count)),
                href: asked.with(facet.dimension, &key).href(self.path),
                here: asked.of(facet.dimension) == key,
            }
        };
        let mut values: Vec<ValueView> = values.into_iter().map(value).collect();
        values.sort_by_key(|value| !value.here);
        let more = values.split_off(values.len().min(VALUES));
        Some(FacetView { label: label(self.lang, facet.dimension), values, more })
    }

    /// What a value is called.
    pub fn label(&self, dimension: Dimension, value: u16) -> String {
        let key = word(dimension, value);
        let tables = self.tables;
        let division =
            |digits: &str| Division::parse(digits).and_then(|it| tables.divisions.get(&it).cloned());
        let lang = self.lang;
        let named = match dimension {
            Dimension::Province => lang.province(&key, tables),
            Dimension::City => division(&format!("{key}00")),
            Dimension::Authority => {
                let authority = tables.authority(AuthorityId(i64::from(value)));
                authority.map(|it| lang.authority_short(Some(it)))
            }
            Dimension::Domain => key.parse().ok().and_then(|two| tables.domains.get(&two).cloned()),
            Dimension::Industry => key.parse().ok().and_then(|two| tables.industries.get(&two).cloned()),
            Dimension::Status => VerdictWord::ALL.get(usize::from(value)).map(|it| lang.word(it).to_owned()),
            Dimension::Year if lang.is_english() => Some(value.to_string()),
            Dimension::Year => Some(format!("{value}年")),
            Dimension::Within if lang.is_english() => Some(format!("within {value} days")),
            Dimension::Within => Some(format!("{value}天内到期")),
        };
        named.unwrap_or(key)
    }

    fn hit(&self, hit: &BodyHit, words: &[&Word]) -> HitView {
        let body = &hit.body;
        // Words of capabilities are not looked for in names.
        let of_body: &[&Word] = if self.tab.subject() == Subject::Body { words } else { &[] };
        let mark = |text: &str| marked(text, of_body);
        let meant = |parts: &Marked| parts.iter().any(|piece| piece.hit);
        let names = std::iter::once(&body.other_name).chain(&body.former_names).filter(|it| !it.is_empty());
        let (w, mut facts) = (self.lang.words(), Vec::new());
        if let Some(uscc) = body.uscc {
            facts.push((w.uscc, mark(uscc.as_str())));
        }
        if !body.parent_name.is_empty() {
            facts.push((w.parent, mark(&body.parent_name)));
        }
        if !body.address.is_empty() {
            facts.push((w.address, mark(&body.address)));
        }
        let mut certificates: Vec<&CertificateHit> = hit.certificates.iter().collect();
        let valid = |it: &&CertificateHit| it.certificate.word(self.today) != VerdictWord::Valid;
        certificates.sort_by_key(|it| (valid(it), std::cmp::Reverse(it.certificate.valid_to)));
        let more = certificates.len().saturating_sub(CERTIFICATES);
        let rows = match self.tab.subject() {
            Subject::Body => String::new(),
            _ if self.lang.is_english() => format!("{} match", group_digits(hit.rows)),
            _ => format!("{}条符合", group_digits(hit.rows)),
        };
        let kept = certificates.iter().any(|it| (self.keeps)(it.certificate.authority));
        let href = match certificates.first() {
            _ if kept => format!("/office/bodies/{}", body.id),
            Some(first) => {
                let own = body.uscc.map(|uscc| uscc.to_string());
                let key = own.unwrap_or_else(|| first.certificate.number.as_str().to_owned());
                self.to(body_path(&key))
            }
            None => String::new(),
        };
        HitView {
            name: mark(&body.name),
            href,
            names: names.map(|name| mark(name)).filter(meant).collect(),
            facts,
            certificates: certificates
                .into_iter()
                .take(CERTIFICATES)
                .map(|it| self.certificate(it, words))
                .collect(),
            more,
            rows,
        }
    }

    fn certificate(&self, hit: &CertificateHit, words: &[&Word]) -> CertificateView {
        let it = &hit.certificate;
        let subject = self.tab.subject();
        let query = percent(&self.asked.q);
        let (href, rows_href) = if (self.keeps)(it.authority) {
            let href = format!("/office/certificates/{}", it.id);
            let rows = format!("{href}?tab={}&q={query}", self.tab.detail());
            (href, rows)
        } else {
            let href = certificate_path(&it.number);
            let rows = self.to(format!("{href}/capabilities?q={query}"));
            (self.to(href), rows)
        };
        CertificateView {
            number: it.number.clone(),
            href,
            rows_href,
            authority: self.lang.authority_short(self.tables.authority(it.authority)),
            word: it.word(self.today),
            valid_to: it.valid_to,
            domain: self.tables.domains.get(&it.domain).cloned().unwrap_or_default(),
            shown: hit
                .shown
                .iter()
                .map(|row| row_view(subject, &row.0, words, self.lang.words().limits))
                .collect(),
            rows: hit.rows,
        }
    }
}

/// What a dimension is called.
pub fn label(lang: Lang, dimension: Dimension) -> &'static str {
    let (chinese, english) = match dimension {
        Dimension::Province => ("省份", "Province"),
        Dimension::City => ("城市", "City"),
        Dimension::Authority => ("发证机关", "Authority"),
        Dimension::Domain => ("专业领域", "Domain"),
        Dimension::Industry => ("行业主管", "Industry"),
        Dimension::Status => ("证书状态", "Status"),
        Dimension::Year => ("有效期起始年", "First valid year"),
        Dimension::Within => ("即将到期", "About to expire"),
    };
    if lang.is_english() { english } else { chinese }
}

/// A row with its words marked; its columns are those of its subject.
fn row_view(subject: Subject, texts: &[String], words: &[&Word], limits: &str) -> RowView {
    let text = |at: usize| texts.get(at).map_or("", String::as_str);
    let (lead, rest): (&str, Vec<String>) = match subject {
        Subject::Capability => {
            let what = join(&[text(0), text(1)], " · ");
            let clause = if text(5).is_empty() { String::new() } else { format!("/{}", text(5)) };
            let how = join(&[text(3), &format!("{}{clause}", text(4))], " ");
            let limits = if text(6).is_empty() { String::new() } else { format!("{limits}{}", text(6)) };
            (text(2), vec![what, how, limits])
        }
        Subject::Instrument => (text(0), vec![join(&[text(1), text(2)], " · "), text(3).to_owned()]),
        Subject::Signatory | Subject::Staff => (text(0), vec![join(&[text(1), text(2), text(3)], " · ")]),
        Subject::Body => ("", Vec::new()),
    };
    let rest = rest.iter().filter(|text| !text.is_empty());
    RowView { lead: marked(lead, words), rest: rest.map(|text| marked(text, words)).collect() }
}

fn join(texts: &[&str], between: &str) -> String {
    texts.iter().filter(|text| !text.is_empty()).copied().collect::<Vec<_>>().join(between)
}

/// A text in pieces, each with whether a word stands there.
pub fn marked(text: &str, words: &[&Word]) -> Marked {
    let mut hit = vec![false; text.len()];
    for word in words {
        for at in word.marks(text) {
            hit[at].fill(true);
        }
    }
    let mut out: Marked = Vec::new();
    for (at, c) in text.char_indices() {
        match out.last_mut().filter(|piece| piece.hit == hit[at]) {
            Some(piece) => piece.text.push(c),
            None => out.push(Piece { text: c.to_string(), hit: hit[at] }),
        }
    }
    out
}
