//! A look at one certificate: its face at once, then its rows as they come.

use super::QualityRule;
use super::item::ItemFlaws;
use super::tidy::{placeholder, tidied_name};
use crate::{
    AuthorityId, Capability, Content, Day, Division, Face, Group, Level, Number, Site, Tables, fits,
};
use foldhash::HashSet;
use std::collections::BTreeMap;
use std::hash::BuildHasher;

/// Characters of a value that are kept to show what was found.
const SHOWN: usize = 60;

/// What every look needs: the code tables, and today.
#[derive(Debug)]
pub struct Lens<'t> {
    tables: &'t Tables,
    /// Names with which an address begins, and the first two digits of their division.
    provinces: Vec<(String, String)>,
    today: Day,
}

impl<'t> Lens<'t> {
    /// Prepares the tables of a day.
    pub fn new(tables: &'t Tables, today: Day) -> Lens<'t> {
        let province = |(division, name): (&Division, &String)| {
            division.as_str().ends_with("0000").then(|| (name.clone(), division.province().to_owned()))
        };
        let provinces = tables.divisions.iter().filter_map(province).collect();
        Lens { tables, provinces, today }
    }

    /// Today.
    pub fn today(&self) -> Day {
        self.today
    }

    /// What is wrong with an item.
    pub fn item(&self, item: &crate::Item) -> ItemFlaws {
        ItemFlaws::of(item, self.today.year())
    }

    fn known(&self, division: Division) -> bool {
        self.tables.divisions.contains_key(&division)
    }

    /// Whether an address begins with another province than that of its division.
    fn elsewhere(&self, address: &str, division: Option<Division>) -> bool {
        let Some(division) = division else { return false };
        let named = self.provinces.iter().find(|(name, _)| address.starts_with(name.as_str()));
        named.is_some_and(|(_, province)| province != division.province())
    }

    /// Whether a body stands outside the area of a provincial authority. The corps is a flag, not a place.
    fn outside(&self, authority: AuthorityId, face: &Face) -> bool {
        let Some(authority) = self.tables.authority(authority) else { return false };
        let place = self.provinces.iter().any(|(_, province)| *province == authority.area);
        let corps = face.xpcc || authority.area == "66";
        authority.level == Level::Provincial
            && place
            && !corps
            && face.division.is_some_and(|division| division.province() != authority.area)
    }
}

/// What breaks a rule on a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// The rule.
    pub rule: QualityRule,
    /// Rows that break it; 1 where it is about the certificate itself.
    pub rows: u32,
    /// The first of them: 检测能力第12行; the sheet alone where no row is meant.
    pub place: String,
    /// Its value, where that tells something; no personal data.
    pub detail: String,
}

/// What a look found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Looked {
    /// By rule, in their order.
    pub flaws: Vec<Flaw>,
    /// Rows looked at, sites and persons included.
    pub rows: u64,
}

/// A capability as far as it is looked at.
#[derive(Clone, Copy, Debug)]
pub struct CapabilityRow<'r> {
    /// Index of its site; beyond the last where its site is not there.
    pub site: u16,
    /// What tells its item from others: its key in the dictionary, or a hash.
    pub item: u64,
    /// What is wrong with its item.
    pub flaws: ItemFlaws,
    /// 限制范围.
    pub limits: &'r str,
    /// 说明.
    pub remark: &'r str,
    /// 批准日期.
    pub approved_on: Option<Day>,
    /// 是否食品.
    pub food: bool,
}

/// An instrument as far as it is looked at.
#[derive(Clone, Copy, Debug)]
#[expect(missing_docs, reason = "each is the Field of the same name")]
pub struct InstrumentRow<'r> {
    pub site: u16,
    pub name: &'r str,
    pub model: &'r str,
    pub serial: &'r str,
    pub traceability: &'r str,
    pub traceable_until: Option<Day>,
}

/// A signatory as far as he is looked at.
#[derive(Clone, Copy, Debug)]
#[expect(missing_docs, reason = "each is the Field of the same name")]
pub struct SignatoryRow<'r> {
    pub site: u16,
    pub name: &'r str,
    pub field: &'r str,
    pub approved_on: Option<Day>,
}

/// A member of the staff as far as it is looked at.
#[derive(Clone, Copy, Debug)]
#[expect(missing_docs, reason = "each is the Field of the same name")]
pub struct StaffRow<'r> {
    pub site: u16,
    pub name: &'r str,
    pub title: &'r str,
    pub major: &'r str,
}

/// What two equal capabilities have in common.
pub(super) type Key = (u16, u64, u64, bool);

/// Whether a key came before.
pub(super) fn twice(seen: &mut HashSet<Key>, key: Key) -> bool {
    !seen.insert(key)
}

fn hash(parts: impl std::hash::Hash) -> u64 {
    foldhash::quality::FixedState::default().hash_one(parts)
}

/// The key of a capability of a content.
pub(super) fn capability_key(row: &Capability) -> Key {
    (row.site, hash(&row.item), hash(row.limits.as_str()), row.food)
}

/// A look at a certificate.
pub struct Look<'l> {
    lens: &'l Lens<'l>,
    face: &'l Face,
    sites: &'l [Site],
    found: BTreeMap<QualityRule, Flaw>,
    /// Sites at which something stands.
    used: Vec<bool>,
    capabilities: u32,
    seen: HashSet<Key>,
    signatories: u32,
    signing: HashSet<u64>,
    instruments: u32,
    staff: u32,
    working: HashSet<u64>,
    food: bool,
}

impl<'l> Look<'l> {
    /// Looks at number, face and sites; rows follow, in the order of the annex.
    pub fn new(
        lens: &'l Lens<'l>,
        (number, authority): (&Number, AuthorityId),
        face: &'l Face,
        sites: &'l [Site],
    ) -> Look<'l> {
        let mut look = Look {
            lens,
            face,
            sites,
            found: BTreeMap::new(),
            used: vec![false; sites.len()],
            capabilities: 0,
            seen: HashSet::default(),
            signatories: 0,
            signing: HashSet::default(),
            instruments: 0,
            staff: 0,
            working: HashSet::default(),
            food: false,
        };
        look.body(authority);
        look.days();
        look.number(number, authority);
        for (n, site) in (1..).zip(sites) {
            look.site(n, site);
        }
        look
    }

    /// Notes a flaw; `row` is counted from 1, 0 where no row is meant.
    fn note(&mut self, broken: bool, rule: QualityRule, row: u32, detail: &str) {
        if !broken {
            return;
        }
        let flaw = self.found.entry(rule).or_insert_with(|| {
            let field = rule.field();
            let sheet = field.group().sheet();
            let place = match (row, field.group()) {
                (0, Group::Certificate) => field.label().to_owned(),
                (0, _) => sheet.to_owned(),
                (row, _) => format!("{sheet}第{row}行"),
            };
            Flaw { rule, rows: 0, place, detail: detail.chars().take(SHOWN).collect() }
        });
        flaw.rows += 1;
    }

    fn body(&mut self, authority: AuthorityId) {
        use QualityRule::*;
        let (face, lens) = (self.face, self.lens);
        let org = face.org_code.map(|code| code.to_string()).unwrap_or_default();
        self.note(fits::lacks_code(face) && org.is_empty(), UsccMissing, 0, "");
        self.note(face.uscc.is_none() && !org.is_empty(), OrgCodeOnly, 0, &org);
        let inner = face.uscc.filter(|uscc| !uscc.inner_org_code_ok());
        self.note(inner.is_some(), UsccInner, 0, inner.as_ref().map_or("", |uscc| uscc.as_str()));
        self.note(face.legal_kind.is_none(), LegalKindMissing, 0, "");
        self.note(!fits::lacks_parent(face).is_empty(), ParentMissing, 0, "");
        self.note(face.address.is_empty(), AddressMissing, 0, "");
        self.note(face.division.is_none(), DivisionMissing, 0, "");
        let unknown = face.division.filter(|division| !lens.known(*division));
        self.note(unknown.is_some(), DivisionUnknown, 0, unknown.as_ref().map_or("", Division::as_str));
        self.note(lens.elsewhere(&face.address, face.division), DivisionElsewhere, 0, &face.address);
        let division = face.division.as_ref().map_or("", Division::as_str);
        self.note(lens.outside(authority, face), OutsideArea, 0, division);
        self.note(face.head.is_empty() || face.technical_lead.is_empty(), HeadsMissing, 0, "");
        let parent = face.parent.as_ref().map(|parent| &parent.name);
        let odd = [&face.body_name, &face.other_name, &face.address].into_iter().chain(parent);
        let odd = odd.into_iter().find(|text| tidied_name(text).is_some());
        self.note(odd.is_some(), FaceText, 0, odd.map_or("", String::as_str));
    }

    fn days(&mut self) {
        use QualityRule::*;
        let (face, today) = (self.face, self.lens.today);
        let undecided = face.decision_number.is_empty() || face.decision_day.is_none();
        self.note(undecided, DecisionMissing, 0, "");
        let unissued = face.issued_on.is_none() || face.first_issued_on.is_none();
        self.note(unissued, IssueDayMissing, 0, "");
        let (from, to) = (face.valid_from, face.valid_to);
        let early = fits::ends_early(face);
        let validity = format!("{from} 至 {to}");
        self.note(early, DaysOrder, 0, &validity);
        let other = !early && !fits::six_years(from, to);
        let long = from.plus_years(6).is_ok_and(|end| to > end);
        self.note(other && long, ValidityLong, 0, &validity);
        self.note(other && !long, ValidityShort, 0, &validity);
        let later = fits::first_later(face).map(|(first, _)| first.to_string());
        self.note(later.is_some(), FirstLater, 0, later.as_deref().unwrap_or_default());
        let future = fits::future_days(face, today).first().map(|(_, day)| day.to_string());
        self.note(future.is_some(), FutureDay, 0, future.as_deref().unwrap_or_default());
    }

    fn number(&mut self, number: &Number, authority: AuthorityId) {
        use QualityRule::*;
        let codes = fits::number_codes(number, self.face);
        let said: Vec<String> = codes
            .iter()
            .map(|(field, said, read)| format!("{}{said}，编号中{read}", field.label()))
            .collect();
        self.note(!codes.is_empty(), NumberCode, 0, &said.join("；"));
        let year = fits::number_year(number, self.face);
        let said = year.map(|(number, issued)| format!("编号{number}年，发证{issued}年"));
        self.note(year.is_some(), NumberYear, 0, said.as_deref().unwrap_or_default());
        let holders = |code| self.lens.tables.holders(code, None).any(|id| id == authority);
        let foreign = number.parts().map(|parts| parts.authority).filter(|code| !holders(*code));
        self.note(foreign.is_some(), NumberAuthority, 0, foreign.as_ref().map_or("", |code| code.as_str()));
    }

    fn site(&mut self, n: u32, site: &Site) {
        use QualityRule::*;
        let lens = self.lens;
        self.note(site.address.is_empty(), SiteAddressMissing, n, &site.name);
        let unknown = site.division.is_none_or(|division| !lens.known(division));
        self.note(unknown, SiteDivisionMissing, n, &site.name);
        self.note(lens.elsewhere(&site.address, site.division), SiteDivisionElsewhere, n, &site.address);
        let odd = [&site.name, &site.address].into_iter().find(|text| tidied_name(text).is_some());
        self.note(odd.is_some(), SiteText, n, odd.map_or("", String::as_str));
    }

    fn at(&mut self, site: u16) {
        if let Some(used) = self.used.get_mut(usize::from(site)) {
            *used = true;
        }
    }

    /// The next capability.
    pub fn capability(&mut self, row: CapabilityRow<'_>) {
        use QualityRule::*;
        self.capabilities += 1;
        let (n, flaws) = (self.capabilities, row.flaws);
        self.at(row.site);
        self.food |= row.food;
        for (bit, rule) in [
            (ItemFlaws::NAMELESS, ItemMissing),
            (ItemFlaws::NO_STANDARD, StandardMissing),
            (ItemFlaws::UNREAD, StandardUnread),
            (ItemFlaws::NO_YEAR, StandardYear),
            (ItemFlaws::FUTURE, StandardFuture),
            (ItemFlaws::SPELLING, StandardSpelling),
            (ItemFlaws::IN_NAME, StandardInName),
            (ItemFlaws::CLAUSE, ClauseOdd),
            (ItemFlaws::TEXT, ItemText),
        ] {
            self.note(flaws.has(bit), rule, n, "");
        }
        let unlimited = flaws.has(ItemFlaws::OWN) && !row.limits.contains(fits::OWN_LIMITS);
        self.note(unlimited, OwnMethod, n, row.limits);
        self.note(row.approved_on.is_none(), ApprovedMissing, n, "");
        let empty = [row.limits, row.remark].into_iter().find(|text| placeholder(text));
        self.note(empty.is_some(), Placeholder, n, empty.unwrap_or_default());
        let again = twice(&mut self.seen, (row.site, row.item, hash(row.limits), row.food));
        self.note(again, CapabilityTwice, n, "");
    }

    /// The next 授权签字人.
    pub fn signatory(&mut self, row: SignatoryRow<'_>) {
        use QualityRule::*;
        self.signatories += 1;
        let n = self.signatories;
        self.at(row.site);
        self.note(row.field.is_empty(), SignatoryField, n, "");
        let again = !self.signing.insert(hash((row.site, row.name, row.field)));
        self.note(again, SignatoryTwice, n, "");
        let stale =
            row.approved_on.and_then(|day| day.plus_years(6).ok()).is_some_and(|end| end < self.lens.today);
        let since = row.approved_on.map(|day| day.to_string()).unwrap_or_default();
        self.note(stale, SignatoryStale, n, &since);
    }

    /// The next instrument.
    pub fn instrument(&mut self, row: InstrumentRow<'_>) {
        use QualityRule::*;
        self.instruments += 1;
        let n = self.instruments;
        self.at(row.site);
        self.note(row.name.is_empty(), InstrumentNameless, n, "");
        self.note(row.model.is_empty() && row.serial.is_empty(), InstrumentModel, n, row.name);
        let lapsed = row.traceable_until.filter(|day| *day < self.lens.today);
        if let Some(day) = lapsed {
            self.note(true, InstrumentLapsed, n, &format!("{}，{day}", row.name));
        }
        let told = !row.traceability.is_empty();
        self.note(told && row.traceable_until.is_none(), InstrumentUndated, n, row.name);
        let odd = told && !crate::field::TRACEABILITY.contains(&row.traceability);
        self.note(odd, TraceabilityWord, n, row.traceability);
    }

    /// The next member of the staff.
    pub fn staff(&mut self, row: StaffRow<'_>) {
        self.staff += 1;
        let n = self.staff;
        self.at(row.site);
        let again = !self.working.insert(hash((row.site, row.name, row.title, row.major)));
        self.note(again, QualityRule::StaffTwice, n, "");
    }

    /// What was found, after the last row.
    pub fn end(mut self) -> Looked {
        use QualityRule::*;
        self.note(self.capabilities == 0, CapabilityNone, 0, "");
        self.note(self.signatories == 0, SignatoryNone, 0, "");
        self.note(self.instruments == 0, InstrumentNone, 0, "");
        self.note(self.staff == 0, StaffNone, 0, "");
        let face = self.face;
        self.note(fits::food_elsewhere(face, face.food || self.food), FoodDomain, 0, face.domain.as_str());
        self.note(self.food && !face.food, FoodFlag, 0, "");
        if self.sites.len() > 1 {
            let empty: Vec<u32> = (1..).zip(&self.used).filter(|(_, used)| !**used).map(|(n, _)| n).collect();
            for n in empty {
                let name = self.sites.get(n as usize - 1).map_or("", |site| site.name.as_str());
                self.note(true, SiteEmpty, n, name);
            }
        }
        let rows = [self.capabilities, self.signatories, self.instruments, self.staff];
        let rows = rows.into_iter().map(u64::from).sum::<u64>() + self.sites.len() as u64;
        Looked { flaws: self.found.into_values().collect(), rows }
    }
}

/// A look at a whole content.
pub fn look_at(lens: &Lens<'_>, whose: (&Number, AuthorityId), content: &Content) -> Looked {
    let mut look = Look::new(lens, whose, &content.face, &content.sites);
    for row in &content.capabilities {
        look.capability(CapabilityRow {
            site: row.site,
            item: hash(&row.item),
            flaws: lens.item(&row.item),
            limits: &row.limits,
            remark: &row.remark,
            approved_on: row.approved_on,
            food: row.food,
        });
    }
    for row in &content.signatories {
        look.signatory(SignatoryRow {
            site: row.site,
            name: &row.name,
            field: &row.field,
            approved_on: row.approved_on,
        });
    }
    for row in &content.instruments {
        look.instrument(InstrumentRow {
            site: row.site,
            name: &row.name,
            model: &row.model,
            serial: &row.serial,
            traceability: &row.traceability,
            traceable_until: row.traceable_until,
        });
    }
    for row in &content.staff {
        look.staff(StaffRow { site: row.site, name: &row.name, title: &row.title, major: &row.major });
    }
    look.end()
}
