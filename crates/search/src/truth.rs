//! What the index says against what is so: a matcher that looks at every row of every certificate, over random registries,
//! questions and changes.

use crate::*;
use domain::{
    Authority, AuthorityId, BodyId, CertificateId, Concern, Day, Division, Ground, Level, Number, Presence,
    Sight, StatusWord, Two, Uscc, VerdictWord, ground,
};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Texts as registries hold them: variants of width, form and spelling, one inside the other, homophones.
const TEXTS: &[&str] = &[
    "",
    "水",
    "水泥",
    "生活饮用水",
    "生活飲用水",
    "生活饮用水卫生标准",
    "铅",
    "铅(Pb)",
    "总铅",
    "孔雀石绿",
    "pH值",
    "ｐＨ 值",
    "PBDE",
    "多溴联苯醚",
    "GB/T 5750.6-2023",
    "ＧＢ／Ｔ　５７５０．６－２００６",
    "GB 5750-1985",
    "GB/T 5750.6-2023 8.1",
    "只测A法",
    "7890A",
    "气相色谱仪",
    "重庆示例检测有限公司",
    "厦门示例检测中心",
    "示例检测",
    "5750",
    "PM2.5",
    "苯并[a]芘",
];
/// Words as people type them.
const WORDS: &[&str] = &[
    "水",
    "铅",
    "水泥",
    "饮用水",
    "飲用水",
    "生活饮用水",
    "孔雀石绿",
    "石绿",
    "ph",
    "PH值",
    "pb",
    "GB5750",
    "gb/t 5750.6",
    "GB/T 5750.6-2023",
    "GB5750.6-2006",
    "shuini",
    "sn",
    "qian",
    "kqsl",
    "chongqing",
    "xiamen",
    "示例",
    "检测",
    "5750",
    "2.5",
    "7890",
    "苯并[a]芘",
    "色谱",
    "毒死蜱",
    "A法",
    "值",
];

#[derive(Clone, Debug, Default)]
struct World {
    bodies: BTreeMap<i64, BodyEntry>,
    certificates: BTreeMap<i64, (CertificateEntry, Rows)>,
}

fn text() -> impl Strategy<Value = String> {
    prop::sample::select(TEXTS).prop_map(str::to_owned)
}

/// Few codes, so that bodies are related.
fn code() -> impl Strategy<Value = Uscc> {
    prop::sample::select(vec!["91610102MA00000005", "91610113YL00000125"])
        .prop_map(|text| Uscc::parse(text).unwrap())
}

/// Who asks: authorities of Beijing and Shaanxi, of the XPCC, and of the whole country.
fn reader() -> impl Strategy<Value = (i64, &'static str, Level)> {
    prop::sample::select(vec![
        (1, "11", Level::Provincial),
        (2, "61", Level::Provincial),
        (3, "66", Level::Provincial),
        (9, "", Level::National),
    ])
}

fn two() -> impl Strategy<Value = Two> {
    prop::sample::select(vec!["01", "02", "23"]).prop_map(|text| text.parse().unwrap())
}

fn day() -> impl Strategy<Value = Day> {
    (-200i32..400).prop_map(|n| today().plus_days(n).unwrap())
}

fn today() -> Day {
    Day::new(2026, 11, 28).unwrap()
}

prop_compose! {
    fn merged()(uscc in prop::option::of(code()), parent_uscc in prop::option::of(code()),
        division in prop::option::of(prop::sample::select(vec!["110101", "610112"])), xpcc in prop::bool::weighted(0.1)) -> MergedBody {
        MergedBody { uscc, parent_uscc, division: division.and_then(Division::parse), xpcc }
    }
}

prop_compose! {
    fn body(id: i64)(name in text(), other_name in text(), former in prop::collection::vec(text(), 0..2),
        parent_name in text(), address in text(), division in prop::option::of(prop::sample::select(vec!["110101", "610112", "610113"])),
        xpcc in prop::bool::weighted(0.1), uscc in prop::option::of(code()), parent_uscc in prop::option::of(code()),
        merged in prop::collection::vec(merged(), 0..2), told in prop::collection::vec((1i64..4, prop::sample::select(Concern::ALL.to_vec())), 0..2)) -> BodyEntry {
        BodyEntry {
            id: BodyId(id), name, other_name, former_names: former, uscc, parent_name, parent_uscc, address,
            division: division.and_then(Division::parse), division_name: String::new(), xpcc,
            merged, told: told.into_iter().map(|(id, concern)| (AuthorityId(id), concern)).collect(),
        }
    }
}

fn row<const N: usize>() -> impl Strategy<Value = [String; N]> {
    prop::collection::vec(text(), N).prop_map(|texts| texts.try_into().unwrap())
}

prop_compose! {
    fn rows()(capabilities in prop::collection::vec(row(), 0..6), instruments in prop::collection::vec(row(), 0..4),
        signatories in prop::collection::vec(row(), 0..4), staff in prop::collection::vec(row(), 0..4)) -> Rows {
        Rows { capabilities, instruments, signatories, staff }
    }
}

prop_compose! {
    fn certificate(id: i64, bodies: i64)(body in 1..=bodies, authority in 1i64..4, valid_from in day(), length in 0i32..300,
        status in prop::sample::select(StatusWord::ALL.to_vec()), later in prop::option::weighted(0.2, (day(), prop::sample::select(StatusWord::ALL.to_vec()))),
        domain in two(), industry in two(), edition in 1u32..4, places in prop::sample::subsequence(vec!["110101", "610112", "650102"], 0..2),
        rows in rows()) -> (CertificateEntry, Rows) {
        let number = format!("{}{:06}", if id % 2 == 0 { "260023" } else { "250001" }, id);
        let entry = CertificateEntry {
            id: CertificateId(id), number: Number::parse(&number).unwrap(), body: BodyId(body), authority: AuthorityId(authority),
            status, later, valid_from, valid_to: valid_from.plus_days(length).unwrap(), domain, industry, food: false, edition,
            places: places.into_iter().filter_map(Division::parse).collect(),
        };
        (entry, rows)
    }
}

const BODIES: i64 = 5;
const CERTIFICATES: i64 = 9;

fn world() -> impl Strategy<Value = World> {
    let bodies: Vec<_> = (1..=BODIES).map(body).collect();
    let certificates: Vec<_> = (1..=CERTIFICATES).map(|id| certificate(id, BODIES)).collect();
    (bodies, certificates).prop_map(|(bodies, certificates)| World {
        bodies: bodies.into_iter().map(|it| (it.id.0, it)).collect(),
        certificates: certificates.into_iter().map(|it| (it.0.id.0, it)).collect(),
    })
}

fn ask() -> impl Strategy<Value = Ask> {
    let subject = || prop::sample::select(Subject::ALL.to_vec());
    let words = |most| {
        prop::collection::vec(prop::sample::select(WORDS), 0..most)
            .prop_map(|all| Typed::read(&all.join(" ")).words)
    };
    let picked = prop::collection::vec(
        prop_oneof![
            prop::sample::select(vec![11u16, 61, 66]).prop_map(|it| (Dimension::Province, it)),
            prop::sample::select(vec![1101u16, 6101]).prop_map(|it| (Dimension::City, it)),
            (1u16..4).prop_map(|it| (Dimension::Authority, it)),
            (1u16..3).prop_map(|it| (Dimension::Domain, it)),
            prop::sample::select(vec![1u16, 23]).prop_map(|it| (Dimension::Industry, it)),
            (0u16..10).prop_map(|it| (Dimension::Status, it)),
            (2026u16..2028).prop_map(|it| (Dimension::Year, it)),
            prop::sample::select(WITHIN_DAYS.to_vec()).prop_map(|it| (Dimension::Within, it)),
        ],
        0..3,
    );
    let sort = prop::sample::select(vec![Sort::Fit, Sort::Expiry, Sort::Newest]);
    let number = prop_oneof![4 => Just(""), 1 => Just("2600"), 1 => Just("2500 0100")];
    let open = prop::option::weighted(0.6, prop::collection::btree_set(1i64..4, 0..4));
    let also = prop::collection::vec((subject(), words(2)), 0..2);
    (
        subject(),
        words(3),
        also,
        number,
        picked,
        sort,
        (0usize..3, 0usize..7),
        (
            open,
            prop::option::of(reader()),
            prop::sample::select(vec![Annulled::Found, Annulled::Of(AuthorityId(1)), Annulled::Hidden]),
        ),
    )
        .prop_map(
            |(subject, words, also, number, picked, sort, (skip, take), (open, reader, annulled))| {
                let also: Vec<(Subject, Vec<Word>)> = also;
                let open = open.map(|open| Arc::new(open.into_iter().map(AuthorityId).collect()));
                let parts =
                    std::iter::once(subject).chain(also.iter().map(|it| it.0)).map(Subject::part).collect();
                let reader = reader.map(|(id, area, level)| {
                    let authority = Authority {
                        id: AuthorityId(id),
                        name: String::new(),
                        short_name: String::new(),
                        level,
                        area: area.into(),
                    };
                    SearchReader { authority: Arc::new(authority), parts }
                });
                let filter = Filter { picked, open, reader, annulled };
                let page = Page { skip, take };
                Ask { subject, words, also, number: number.into(), filter, sort, page, today: today() }
            },
        )
}

impl World {
    fn index(&self) -> Index {
        let mut loader = Loader::new();
        self.bodies.values().for_each(|body| loader.body(body.clone()));
        self.certificates.values().for_each(|(entry, _)| loader.certificate(entry.clone()));
        let mut items: BTreeMap<&[String], i64> = BTreeMap::new();
        for (_, rows) in self.certificates.values() {
            for it in &rows.capabilities {
                let next = items.len() as i64 * 700;
                let id = *items.entry(&it[..6]).or_insert(next);
                loader.item(id, std::array::from_fn(|at| it[at].as_str()));
            }
        }
        for (entry, rows) in self.certificates.values() {
            rows.capabilities.iter().for_each(|it| loader.capability(entry.id, items[&it[..6]], &it[6]));
            let mut put = |subject, row: &[String]| {
                loader.row(subject, entry.id, &row.iter().map(String::as_str).collect::<Vec<_>>());
            };
            rows.instruments.iter().for_each(|it| put(Subject::Instrument, it));
            rows.signatories.iter().for_each(|it| put(Subject::Signatory, it));
            rows.staff.iter().for_each(|it| put(Subject::Staff, it));
        }
        loader.done(AsOf { epoch: 1, number: 1 })
    }

    /// The rows of a certificate, in the columns of a subject.
    fn rows(&self, subject: Subject, id: i64) -> Vec<Vec<String>> {
        let (entry, rows) = &self.certificates[&id];
        match subject {
            Subject::Body => vec![self.bodies[&entry.body.0].texts()],
            Subject::Capability => rows.capabilities.iter().map(|it| it.to_vec()).collect(),
            Subject::Instrument => rows.instruments.iter().map(|it| it.to_vec()).collect(),
            Subject::Signatory => rows.signatories.iter().map(|it| it.to_vec()).collect(),
            Subject::Staff => rows.staff.iter().map(|it| it.to_vec()).collect(),
        }
    }

    /// Every row there is of a subject; of bodies also of those without a certificate.
    fn all_rows(&self, subject: Subject) -> Vec<Vec<String>> {
        match subject {
            Subject::Body => self.bodies.values().map(BodyEntry::texts).collect(),
            _ => self.certificates.keys().flat_map(|id| self.rows(subject, *id)).collect(),
        }
    }

    /// The words in the sense in which they stand somewhere.
    fn heard(&self, subject: Subject, words: &[Word]) -> Vec<Word> {
        let rows = self.all_rows(subject);
        heard(words, rows.iter().flatten().map(String::as_str))
    }

    fn matching(&self, subject: Subject, words: &[Word], id: i64) -> Vec<Vec<String>> {
        let fits = |row: &Vec<String>| words.iter().all(|word| row.iter().any(|text| word.is_in(text)));
        self.rows(subject, id).into_iter().filter(fits).collect()
    }

    fn value(&self, dimension: Dimension, id: i64) -> Vec<u16> {
        let (it, _) = &self.certificates[&id];
        let body = &self.bodies[&it.body.0];
        let division = body.division.map(|d| d.as_str().to_owned());
        let cut = |n: usize| division.as_ref().map(|d| d[..n].parse().unwrap()).into_iter().collect();
        let word = it.word(today());
        match dimension {
            Dimension::Province if body.xpcc => vec![66],
            Dimension::Province => cut(2),
            Dimension::City => cut(4),
            Dimension::Authority => vec![it.authority.0 as u16],
            Dimension::Domain => vec![it.domain.as_str().parse().unwrap()],
            Dimension::Industry => vec![it.industry.as_str().parse().unwrap()],
            Dimension::Status => vec![VerdictWord::ALL.iter().position(|w| *w == word).unwrap() as u16],
            Dimension::Year => vec![it.valid_from.year()],
            Dimension::Within => {
                let left = it.valid_to.number() - today().number();
                let stands = word == VerdictWord::Valid || word == VerdictWord::Suspended;
                WITHIN_DAYS.into_iter().filter(|n| stands && left >= 0 && left <= i32::from(*n)).collect()
            }
        }
    }

    fn may_see(&self, filter: &Filter, it: &CertificateEntry) -> bool {
        if filter.open.as_ref().is_none_or(|open| open.contains(&it.authority)) {
            return true;
        }
        let Some(reader) = &filter.reader else { return false };
        let body = &self.bodies[&it.body.0];
        let codes = |of: &BodyEntry| {
            let merged = of.merged.iter().flat_map(|it| [it.uscc, it.parent_uscc]);
            merged.chain([of.uscc, of.parent_uscc]).flatten().collect::<BTreeSet<_>>()
        };
        let kin: Vec<Presence> = self
            .bodies
            .values()
            .filter(|other| other.id != body.id && !codes(other).is_disjoint(&codes(body)))
            .map(|other| self.presence(other))
            .collect();
        let ground = ground(&reader.authority, Some(it.authority), &self.presence(body), &kin);
        let sight = ground.map_or(Sight::None, Ground::sight);
        reader.parts.iter().all(|part| sight.shows(*part))
    }

    fn presence(&self, of: &BodyEntry) -> Presence {
        let mut out = Presence {
            home: of.merged.iter().map(|it| it.division).chain([of.division]).flatten().collect(),
            corps: of.xpcc || of.merged.iter().any(|it| it.xpcc),
            told: of.told.iter().copied().collect(),
            ..Presence::default()
        };
        for (it, _) in self.certificates.values().filter(|(it, _)| it.body == of.id) {
            let recorded = it.later.map_or(it.status, |(_, word)| word);
            if recorded != StatusWord::Annulled {
                out.holders.insert(it.authority);
            }
            let until = it.later.filter(|(day, _)| *day > today()).is_some();
            let current = match recorded {
                StatusWord::Valid | StatusWord::Suspended => true,
                StatusWord::Superseded => until,
                _ => false,
            };
            if current {
                out.sites.extend(&it.places);
            }
        }
        out
    }

    fn check(&self, index: &Index, ask: &Ask) {
        let words = self.heard(ask.subject, &ask.words);
        let base = |id: &&i64| {
            let (it, _) = &self.certificates[*id];
            let also = |(subject, words): &(Subject, Vec<Word>)| {
                !self.matching(*subject, &self.heard(*subject, words), **id).is_empty()
            };
            let number = ask.number.replace(' ', "");
            it.number.as_str().starts_with(&number)
                && ask.also.iter().all(also)
                && !self.matching(ask.subject, &words, **id).is_empty()
                && self.may_see(&ask.filter, it)
                && match ask.filter.annulled {
                    Annulled::Found => true,
                    Annulled::Of(own) => own == it.authority || it.word(today()) != VerdictWord::Annulled,
                    Annulled::Hidden => it.word(today()) != VerdictWord::Annulled,
                }
        };
        let fits = |id: &i64, but: Option<Dimension>| {
            let picked = ask.filter.picked.iter().filter(|(dimension, _)| Some(*dimension) != but);
            picked.clone().all(|(dimension, value)| self.value(*dimension, *id).contains(value))
        };
        let candidates: Vec<i64> = self.certificates.keys().filter(base).copied().collect();
        let found: Vec<i64> = candidates.iter().copied().filter(|id| fits(id, None)).collect();
        let rows = |id: i64| self.matching(ask.subject, &words, id).len() as u64;
        let body_of = |id: i64| self.certificates[&id].0.body.0;
        let bodies: BTreeSet<i64> = found.iter().map(|id| body_of(*id)).collect();

        let answer = index.ask(ask);
        assert_eq!(answer.words.iter().map(|note| note.word.clone()).collect::<Vec<_>>(), words);
        assert_eq!(answer.certificates, found.len() as u64, "certificates of {ask:?}");
        assert_eq!(answer.bodies, bodies.len() as u64, "bodies of {ask:?}");
        assert_eq!(answer.rows, found.iter().map(|id| rows(*id)).sum::<u64>(), "rows of {ask:?}");
        let mut each = BTreeMap::new();
        index.each(ask, |it| {
            let mut texts: Vec<Vec<String>> = Vec::new();
            it.each_row(|row| texts.push(row.iter().map(|text| (*text).to_owned()).collect()));
            assert_eq!(texts.len() as u64, it.rows);
            assert_eq!(it.body.id, it.certificate.body);
            assert!(each.insert(it.certificate.id.0, texts).is_none());
            true
        });
        let matching = |id: &i64| (*id, self.matching(ask.subject, &words, *id));
        assert_eq!(each, found.iter().map(matching).collect::<BTreeMap<_, _>>());

        for facet in &answer.facets {
            let mut truth: BTreeMap<u16, BTreeSet<i64>> = BTreeMap::new();
            for id in candidates.iter().filter(|id| fits(id, Some(facet.dimension))) {
                for value in self.value(facet.dimension, *id) {
                    truth.entry(value).or_default().insert(body_of(*id));
                }
            }
            let truth: BTreeMap<u16, u32> =
                truth.into_iter().map(|(value, of)| (value, of.len() as u32)).collect();
            assert_eq!(
                facet.values.iter().copied().collect::<BTreeMap<_, _>>(),
                truth,
                "{:?} of {ask:?}",
                facet.dimension
            );
        }

        let whole = Ask { page: Page { skip: 0, take: usize::MAX / 2 }, ..ask.clone() };
        let order: Vec<i64> = index.ask(&whole).hits.iter().map(|hit| hit.body.id.0).collect();
        assert_eq!(order.iter().copied().collect::<BTreeSet<_>>(), bodies);
        let paged: Vec<i64> = order.into_iter().skip(ask.page.skip).take(ask.page.take).collect();
        assert_eq!(answer.hits.iter().map(|hit| hit.body.id.0).collect::<Vec<_>>(), paged);
        for hit in &answer.hits {
            assert_eq!(hit.body, self.bodies[&hit.body.id.0]);
            let mut of: Vec<i64> = hit.certificates.iter().map(|it| it.certificate.id.0).collect();
            of.sort_unstable();
            assert_eq!(
                of,
                found.iter().copied().filter(|id| body_of(*id) == hit.body.id.0).collect::<Vec<_>>()
            );
            for it in &hit.certificates {
                assert_eq!(it.certificate, self.certificates[&it.certificate.id.0].0);
                let truth = self.matching(ask.subject, &words, it.certificate.id.0);
                assert_eq!(it.rows, truth.len() as u64);
                if ask.subject != Subject::Body && !words.is_empty() {
                    let shown: Vec<_> = it.shown.iter().map(|row| row.0.clone()).collect();
                    assert_eq!(
                        shown,
                        truth.into_iter().take(3).collect::<Vec<_>>(),
                        "in the order of the rows"
                    );
                }
            }
        }
    }
}

/// One change: another content for a body, for a certificate, for its head alone; or a new certificate.
#[derive(Clone, Debug)]
enum Step {
    Body(BodyEntry),
    Whole((CertificateEntry, Rows)),
    Head((CertificateEntry, Rows)),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (1..=BODIES + 1).prop_flat_map(body).prop_map(Step::Body),
        (1..=CERTIFICATES + 3).prop_flat_map(|id| certificate(id, BODIES)).prop_map(Step::Whole),
        (1..=CERTIFICATES).prop_flat_map(|id| certificate(id, BODIES)).prop_map(Step::Head),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn the_index_says_what_is_so(world in world(), asks in prop::collection::vec(ask(), 8)) {
        let index = world.index();
        asks.iter().for_each(|ask| world.check(&index, ask));
    }

    #[test]
    fn what_changed_is_found_and_what_was_is_not(
        mut world in world(), steps in prop::collection::vec(prop::collection::vec(step(), 0..3), 1..8),
        asks in prop::collection::vec(ask(), 5),
    ) {
        let mut index = world.index();
        for (number, steps) in (2..).zip(steps) {
            let mut changes = Changes::default();
            let (mut bodies, mut certificates) = (BTreeMap::new(), BTreeMap::new());
            for step in steps {
                match step {
                    Step::Body(it) => {
                        bodies.insert(it.id.0, it);
                    }
                    Step::Whole((it, rows)) => {
                        certificates.insert(it.id.0, (it, Some(rows)));
                    }
                    Step::Head((it, _)) => {
                        let mut rows = certificates.remove(&it.id.0).and_then(|(_, rows)| rows);
                        if rows.is_none() && !world.certificates.contains_key(&it.id.0) {
                            rows = Some(Rows::default());
                        }
                        certificates.insert(it.id.0, (it, rows));
                    }
                }
            }
            for (id, it) in bodies {
                world.bodies.insert(id, it.clone());
                changes.bodies.push(it);
            }
            for (id, (it, rows)) in certificates {
                let known = world.certificates.remove(&id).map(|(_, rows)| rows);
                world.certificates.insert(id, (it.clone(), rows.clone().or(known).unwrap_or_default()));
                changes.certificates.push((it, rows));
            }
            let as_of = AsOf { epoch: 1, number };
            index = index.follow(changes, as_of);
            prop_assert_eq!(index.as_of(), as_of);
            asks.iter().for_each(|ask| world.check(&index, ask));
        }
    }
}

/// A registry of one certificate with these capabilities: item and standard.
fn with_capabilities(rows: &[(&str, &str)]) -> Index {
    let text = str::to_owned;
    let mut loader = Loader::new();
    let empty = String::new;
    loader.body(BodyEntry {
        id: BodyId(1),
        name: text("示例检测有限公司"),
        other_name: empty(),
        former_names: Vec::new(),
        uscc: None,
        parent_name: empty(),
        parent_uscc: None,
        address: empty(),
        division: None,
        division_name: empty(),
        xpcc: false,
        told: Vec::new(),
        merged: Vec::new(),
    });
    let day = |year| Day::new(year, 1, 1).unwrap();
    loader.certificate(CertificateEntry {
        id: CertificateId(1),
        number: Number::parse("260023010001").unwrap(),
        body: BodyId(1),
        authority: AuthorityId(1),
        status: StatusWord::Valid,
        later: None,
        valid_from: day(2026),
        valid_to: day(2032),
        domain: "23".parse().unwrap(),
        industry: "01".parse().unwrap(),
        food: false,
        edition: 1,
        places: Vec::new(),
    });
    for (id, (name, standard)) in (0..).zip(rows) {
        loader.item(id, ["", "", name, "", standard, ""]);
        loader.capability(CertificateId(1), id, "");
    }
    loader.done(AsOf::default())
}

fn asked(typed: &str) -> Ask {
    Ask {
        subject: Subject::Capability,
        words: Typed::read(typed).words,
        also: Vec::new(),
        number: String::new(),
        filter: Filter::default(),
        sort: Sort::Fit,
        page: Page { skip: 0, take: 20 },
        today: today(),
    }
}

/// What is offered for the words of a question.
fn hinted(index: &Index, typed: &str) -> Answer {
    let mut answer = index.ask(&asked(typed));
    index.hint(Subject::Capability, &mut answer.words);
    answer
}

#[test]
fn what_is_nearly_a_word_of_the_registry_is_offered_and_not_taken() {
    let names = ["生活饮用水", "生活饮用水卫生", "孔雀石绿", "抗压强度", "毒死蜱", "水泥", "挥发性有机物"];
    let index = with_capabilities(&names.map(|name| (name, "")));
    for (typed, meant) in [
        ("生活引用水", "生活饮用水"),
        ("孔雀石录", "孔雀石绿"),
        ("抗压强渡", "抗压强度"),
        ("毒死婢", "毒死蜱"),
        ("水尼", "水泥"),
        ("抗压压强度", "抗压强度"),
        ("挥发有机物", "挥发性有机物"),
    ] {
        let answer = hinted(&index, typed);
        assert_eq!((answer.rows, answer.words[0].found), (0, false), "{typed}");
        assert_eq!(answer.words[0].near.first().map(|near| near.word.as_str()), Some(meant), "{typed}");
    }
    let answer = hinted(&index, "生活引用水");
    assert_eq!(answer.words[0].near, [Near { word: "生活饮用水".into(), rows: 2 }]);
    assert!(hinted(&index, "混凝土").words[0].near.is_empty());
    assert!(hinted(&index, "水泥").words[0].near.is_empty(), "what is found needs no other");
}

#[test]
fn a_standard_of_an_earlier_year_leads_to_the_later_ones_the_registry_knows() {
    let standards =
        ["GB/T 5750.6-2006", "GB/T 5750.6-2023", "GB/T 5750.6-2023", "GB/T 5750.60-2024", "GB 3838-2002"];
    let index = with_capabilities(&standards.map(|number| ("铅", number)));
    let newer = |typed: &str| hinted(&index, typed).words.remove(0).newer;
    assert_eq!(newer("铅"), []);
    assert_eq!(newer("gb5750.6-2006"), [Newer { number: "GB/T 5750.6-2023".into(), rows: 2 }]);
    assert_eq!(
        newer("GB/T 5750.6-1985"),
        [
            Newer { number: "GB/T 5750.6-2023".into(), rows: 2 },
            Newer { number: "GB/T 5750.6-2006".into(), rows: 1 },
        ]
    );
    assert_eq!(newer("GB/T 5750.6-2023"), []);
    assert_eq!(newer("GB/T 5750.6"), [], "the family has them all");
}

#[test]
fn many_small_changes_stay_few_segments_and_age_it() {
    let mut index = with_capabilities(&[("铅", "")]);
    let (entry, body) = (index.register.certificates[0].clone(), index.register.bodies[0].entry.clone());
    for number in 0..200i64 {
        let id = CertificateId(2 + number % 50);
        let rows = Rows {
            capabilities: vec![["", "", "镉", "", "", "", ""].map(str::to_owned)],
            ..Rows::default()
        };
        let number = Number::parse(&format!("2600230{:05}", id.0)).unwrap();
        let changes = Changes {
            bodies: vec![body.clone()],
            certificates: vec![(CertificateEntry { id, number, ..entry.as_ref().clone() }, Some(rows))],
        };
        index = index.follow(changes, AsOf::default());
    }
    assert!(index.tables.iter().all(|table| table.segments().count() <= 6));
    assert_eq!(index.ask(&asked("镉")).rows, 50);
    assert!(!index.is_aged(), "so few rows are no age");
    let [_, capabilities, ..] = index.sizes();
    assert_eq!((capabilities.subject, capabilities.rows), (Subject::Capability, 51));
}
