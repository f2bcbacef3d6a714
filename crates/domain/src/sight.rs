//! Who reads what nation-wide (architecture.md 9.4), and whom an act concerns beside its issuer: one rule, a pure function of
//! where bodies stand, who issued to them, and who asks. What is asked of the store for it stands in `app/src/sight.rs`.

use crate::{Authority, AuthorityId, Division, Level, StatusAct};
use std::collections::BTreeSet;

/// The area of the XPCC: not a place but a flag, its bodies are those flagged 兵团.
const CORPS: &str = "66";

/// How much an authority reads of a certificate or a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sight {
    /// Nothing: it may not know of it.
    None,
    /// Of sister bodies of the same parent: what anybody needs to tell them apart.
    Sister,
    /// Of bodies that stand in its area, or to which it issued: all but personal fields, drafts, prints and the code.
    Linked,
    /// What it issued itself; for the national authority everything.
    Full,
}

/// A part of a certificate that may be seen or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Face and status.
    Face,
    /// Sites and capabilities.
    Scope,
    /// 授权签字人, without personal fields.
    Signatories,
    /// 仪器设备.
    Instruments,
    /// 人员, without personal fields.
    Staff,
    /// Editions, and what was done to it.
    History,
    /// Print records.
    Prints,
    /// The code: only paper and its issuer lead to a scan.
    Code,
}

impl Part {
    /// All, in the order of the page.
    pub const ALL: [Part; 8] = [
        Part::Face,
        Part::Scope,
        Part::Signatories,
        Part::Instruments,
        Part::Staff,
        Part::History,
        Part::Prints,
        Part::Code,
    ];
}

impl Sight {
    /// Whether a part is seen.
    pub fn shows(self, part: Part) -> bool {
        let needed = match part {
            Part::Face | Part::Scope => Sight::Sister,
            Part::Signatories | Part::Instruments | Part::Staff | Part::History => Sight::Linked,
            Part::Prints | Part::Code => Sight::Full,
        };
        self >= needed
    }
}

/// Why an authority reads of a certificate or a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ground {
    /// It issued the certificate.
    Issuer,
    /// It is the national authority.
    National,
    /// The body holds another certificate that it issued.
    Holder,
    /// The body has its domicile in the area.
    Domicile,
    /// The body is one of the XPCC.
    Corps,
    /// The body has a current site in the area.
    Site,
    /// It was told of an act against the body when one of the four before held: what stands in an inbox can be opened.
    Told,
    /// A body of the same legal person is linked to it by one of the five before.
    Family,
}

impl Ground {
    /// How much is read on this ground.
    pub fn sight(self) -> Sight {
        match self {
            Ground::Issuer | Ground::National => Sight::Full,
            Ground::Holder | Ground::Domicile | Ground::Corps | Ground::Site | Ground::Told => Sight::Linked,
            Ground::Family => Sight::Sister,
        }
    }

    /// The ground in words, as the reader is told.
    pub fn label(self) -> &'static str {
        match self {
            Ground::Issuer => "本机关颁发",
            Ground::National => "国家级可以查看各机关的证书",
            Ground::Holder => "该机构持有本机关颁发的证书",
            Ground::Domicile => "该机构的住所在本辖区",
            Ground::Corps => "该机构是兵团所属机构",
            Ground::Site => "该机构有现行场所在本辖区",
            Ground::Told => "本机关收到过对该机构证书的办理通报",
            Ground::Family => "同一法人单位的其他机构与本机关有关",
        }
    }
}

/// Where a body stands, and who issued to it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Presence {
    /// Who issued a certificate to it that was not annulled: what was assigned by mistake ties nobody.
    pub holders: BTreeSet<AuthorityId>,
    /// Its domicile.
    pub home: BTreeSet<Division>,
    /// Its sites, of certificates that have not ended.
    pub sites: BTreeSet<Division>,
    /// Whether it is flagged 兵团.
    pub corps: bool,
    /// Who was told of acts against its certificates, and why it concerned them.
    pub told: BTreeSet<(AuthorityId, Concern)>,
}

impl Presence {
    /// What ties it to an authority, by itself.
    pub fn tie(&self, authority: &Authority) -> Option<Ground> {
        let within = |divisions: &BTreeSet<Division>| divisions.iter().any(|it| holds(authority, *it));
        match () {
            () if self.holders.contains(&authority.id) => Some(Ground::Holder),
            () if self.corps && authority.area == CORPS => Some(Ground::Corps),
            () if within(&self.home) => Some(Ground::Domicile),
            () if within(&self.sites) => Some(Ground::Site),
            () if self.was_told(authority, Concern::Body) || self.was_told(authority, Concern::Site) => {
                Some(Ground::Told)
            }
            () => None,
        }
    }

    fn was_told(&self, authority: &Authority, concern: Concern) -> bool {
        self.told.contains(&(authority.id, concern))
    }
}

/// Why an act against a certificate concerns an authority that did not do it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Concern {
    /// It issued the certificate, and its superior acted.
    Superior,
    /// It issued to the same body.
    Body,
    /// The body has domicile or a current site in its area.
    Site,
    /// It issued to another body of the same legal person, or has one in its area.
    Sister,
}

impl Concern {
    /// All, the nearest first.
    pub const ALL: [Concern; 4] = [Concern::Superior, Concern::Body, Concern::Site, Concern::Sister];

    /// The word in the database and in the interface.
    pub fn key(self) -> &'static str {
        match self {
            Concern::Superior => "superior",
            Concern::Body => "body",
            Concern::Site => "site",
            Concern::Sister => "sister",
        }
    }

    /// The word people read.
    pub fn label(self) -> &'static str {
        match self {
            Concern::Superior => "本机关颁发的证书",
            Concern::Body => "同一机构",
            Concern::Site => "场所在本辖区",
            Concern::Sister => "同一法人的其他机构",
        }
    }

    /// The concern of a key.
    pub fn parse(key: &str) -> Option<Concern> {
        Concern::ALL.into_iter().find(|it| it.key() == key)
    }
}

/// Why an act by `by` against a certificate that `issuer` issued concerns `authority`; none if it does not. The national
/// authority reads all and is told only where it issued to the body or its kin: otherwise it would be told everything.
pub fn concern<'a>(
    authority: &Authority,
    (by, issuer): (AuthorityId, AuthorityId),
    body: &Presence,
    kin: impl IntoIterator<Item = &'a Presence>,
) -> Option<Concern> {
    if authority.id == by {
        return None;
    }
    if authority.id == issuer {
        return Some(Concern::Superior);
    }
    match body.tie(authority) {
        Some(Ground::Holder) => Some(Concern::Body),
        Some(Ground::Told) if body.was_told(authority, Concern::Body) => Some(Concern::Body),
        Some(_) => Some(Concern::Site),
        None => {
            let family = body.was_told(authority, Concern::Sister)
                || kin.into_iter().any(|it| it.tie(authority).is_some());
            family.then_some(Concern::Sister)
        }
    }
}

/// Whether an act is told to others whom it concerns: what supervision or the body's end decided, and what takes it back.
/// A wrong assignment is the office's own mistake.
pub fn is_told(act: StatusAct) -> bool {
    match act {
        StatusAct::Suspend
        | StatusAct::Resume
        | StatusAct::Revoke
        | StatusAct::Withdraw
        | StatusAct::Cancel
        | StatusAct::Void
        | StatusAct::Lift => true,
        StatusAct::Annul => false,
    }
}

/// Whether a division lies in the area of a provincial authority.
fn holds(authority: &Authority, division: Division) -> bool {
    authority.level == Level::Provincial && authority.area != CORPS && division.province() == authority.area
}

/// Why `authority` may read of a body, or of a certificate of it that `issuer` issued; none if it may not. `kin` are the
/// other bodies of the same legal person, and that person itself.
pub fn ground<'a>(
    authority: &Authority,
    issuer: Option<AuthorityId>,
    body: &Presence,
    kin: impl IntoIterator<Item = &'a Presence>,
) -> Option<Ground> {
    if issuer == Some(authority.id) {
        return Some(Ground::Issuer);
    }
    if authority.level == Level::National {
        return Some(Ground::National);
    }
    let family =
        || body.was_told(authority, Concern::Sister) || kin.into_iter().any(|it| it.tie(authority).is_some());
    body.tie(authority).or_else(|| family().then_some(Ground::Family))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn authority(id: i64, area: &str) -> Authority {
        let level = if area.is_empty() { Level::National } else { Level::Provincial };
        Authority {
            id: AuthorityId(id),
            name: "示例".into(),
            short_name: "示例".into(),
            level,
            area: area.into(),
        }
    }

    fn division(text: &str) -> Division {
        Division::parse(text).unwrap()
    }

    fn home(text: &str) -> Presence {
        Presence { home: [division(text)].into(), ..Presence::default() }
    }

    fn site(text: &str) -> Presence {
        Presence { sites: [division(text)].into(), ..Presence::default() }
    }

    fn held(id: i64) -> Presence {
        Presence { holders: [AuthorityId(id)].into(), ..Presence::default() }
    }

    fn corps(division: &str) -> Presence {
        Presence { corps: true, ..home(division) }
    }

    #[test]
    fn what_each_sight_shows_reads_as_decided() {
        let mut table = String::new();
        for part in Part::ALL {
            let shown = [Sight::None, Sight::Sister, Sight::Linked, Sight::Full]
                .map(|sight| if sight.shows(part) { "●" } else { "·" });
            table += &format!("{} {part:?}\n", shown.concat());
        }
        let expected = "\
·●●● Face
·●●● Scope
··●● Signatories
··●● Instruments
··●● Staff
··●● History
···● Prints
···● Code
";
        assert_eq!(table, expected);
    }

    /// What it is about, who asks, whose act or certificate, the body, its kin, and what is decided.
    type Case<'a, Whose, Decided> = (&'static str, &'a Authority, Whose, Presence, Presence, Option<Decided>);

    #[test]
    fn the_whole_table_of_grounds_reads_as_decided() {
        let none = Presence::default;
        let (shaanxi, xinjiang, xpcc, nation) =
            (authority(61, "61"), authority(65, "65"), authority(66, "66"), authority(1, ""));
        let cases: [Case<Option<i64>, Ground>; 17] = [
            ("its own certificate", &shaanxi, Some(61), none(), none(), Some(Ground::Issuer)),
            ("nothing ties them", &shaanxi, Some(11), home("110101"), site("110101"), None),
            ("domicile", &shaanxi, Some(11), home("610113"), none(), Some(Ground::Domicile)),
            ("a site", &shaanxi, Some(11), site("610113"), none(), Some(Ground::Site)),
            ("another certificate", &shaanxi, Some(11), held(61), none(), Some(Ground::Holder)),
            ("a sister's domicile", &shaanxi, Some(11), home("110101"), home("610113"), Some(Ground::Family)),
            ("a sister's site", &shaanxi, Some(11), none(), site("610113"), Some(Ground::Family)),
            ("a sister's certificate", &shaanxi, Some(11), none(), held(61), Some(Ground::Family)),
            ("own tie before the family's", &shaanxi, None, site("610113"), held(61), Some(Ground::Site)),
            ("the national authority", &nation, Some(61), none(), none(), Some(Ground::National)),
            ("its own is its own", &nation, Some(1), none(), none(), Some(Ground::Issuer)),
            ("flagged, for the XPCC", &xpcc, Some(65), corps("650102"), none(), Some(Ground::Corps)),
            (
                "flagged, for the region it lies in",
                &xinjiang,
                Some(66),
                corps("650102"),
                none(),
                Some(Ground::Domicile),
            ),
            ("not flagged, for the XPCC", &xpcc, Some(65), home("659001"), none(), None),
            ("a flagged sister", &xpcc, Some(65), none(), corps("650102"), Some(Ground::Family)),
            ("the XPCC is no place", &xpcc, None, home("660101"), none(), None),
            ("a body without division", &shaanxi, None, none(), none(), None),
        ];
        for (what, who, issuer, body, kin, expected) in cases {
            assert_eq!(ground(who, issuer.map(AuthorityId), &body, [&kin]), expected, "{what}");
        }
    }

    #[test]
    fn whom_an_act_concerns_reads_as_decided() {
        let none = Presence::default;
        let told = |id, concern| Presence { told: [(AuthorityId(id), concern)].into(), ..none() };
        let (shaanxi, xpcc, nation) = (authority(61, "61"), authority(66, "66"), authority(1, ""));
        let cases: [Case<(i64, i64), Concern>; 15] = [
            ("who did it", &shaanxi, (61, 61), held(61), none(), None),
            ("whose superior did it", &shaanxi, (1, 61), held(61), none(), Some(Concern::Superior)),
            ("the superior itself", &nation, (1, 61), held(1), none(), None),
            ("who issued to the body", &shaanxi, (11, 11), held(61), none(), Some(Concern::Body)),
            (
                "and has a site as well",
                &shaanxi,
                (11, 11),
                Presence { sites: site("610113").sites, ..held(61) },
                none(),
                Some(Concern::Body),
            ),
            ("where its domicile is", &shaanxi, (11, 11), home("610113"), none(), Some(Concern::Site)),
            ("where a site is", &shaanxi, (11, 11), site("610113"), held(61), Some(Concern::Site)),
            ("whose body is flagged", &xpcc, (11, 11), corps("650102"), none(), Some(Concern::Site)),
            ("who issued to a sister", &shaanxi, (11, 11), none(), held(61), Some(Concern::Sister)),
            ("where a sister's site is", &shaanxi, (11, 11), none(), site("610113"), Some(Concern::Sister)),
            ("a third", &shaanxi, (11, 11), home("110101"), site("310101"), None),
            ("the nation, of others' acts", &nation, (11, 11), home("110101"), none(), None),
            ("the nation, of a body it issued to", &nation, (11, 11), held(1), none(), Some(Concern::Body)),
            (
                "who was told of the act, when it is lifted",
                &shaanxi,
                (11, 11),
                told(61, Concern::Site),
                none(),
                Some(Concern::Site),
            ),
            (
                "and for a sister's sake",
                &shaanxi,
                (11, 11),
                told(61, Concern::Sister),
                none(),
                Some(Concern::Sister),
            ),
        ];
        for (what, who, (by, issuer), body, kin, expected) in cases {
            let acted = (AuthorityId(by), AuthorityId(issuer));
            assert_eq!(concern(who, acted, &body, [&kin]), expected, "{what}");
        }
    }

    #[test]
    fn a_concern_is_read_as_it_is_written() {
        for concern in Concern::ALL {
            assert_eq!(Concern::parse(concern.key()), Some(concern));
        }
        assert_eq!(Concern::parse("other"), None);
    }

    fn presence() -> impl Strategy<Value = Presence> {
        let some = || proptest::collection::btree_set("(11|61|65)[0-9]{4}", 0..3);
        let holders = proptest::collection::btree_set(1i64..4, 0..3);
        (holders, some(), some(), any::<bool>()).prop_map(|(holders, home, sites, corps)| Presence {
            holders: holders.into_iter().map(AuthorityId).collect(),
            home: home.iter().map(|it| division(it)).collect(),
            sites: sites.iter().map(|it| division(it)).collect(),
            corps,
            told: BTreeSet::new(),
        })
    }

    fn sight(who: &Authority, issuer: Option<AuthorityId>, body: &Presence, kin: &[Presence]) -> Sight {
        ground(who, issuer, body, kin).map_or(Sight::None, Ground::sight)
    }

    proptest! {
        #[test]
        fn only_issuer_and_nation_see_all_and_a_family_never_opens_more_than_a_sister(
            id in 1i64..5, area in "11|61|65|66|", issuer in proptest::option::of(1i64..5),
            body in presence(), kin in proptest::collection::vec(presence(), 0..3),
        ) {
            let (who, issuer) = (authority(id, &area), issuer.map(AuthorityId));
            let seen = sight(&who, issuer, &body, &kin);
            prop_assert_eq!(seen == Sight::Full, issuer == Some(who.id) || area.is_empty());
            prop_assert_eq!(seen >= Sight::Linked, seen == Sight::Full || body.tie(&who).is_some());
            let alone = sight(&who, issuer, &body, &[]);
            prop_assert!(seen >= alone && (alone > Sight::None || seen <= Sight::Sister));
            if kin.iter().all(|it| it.tie(&who).is_none()) {
                prop_assert_eq!(seen, alone);
            }
        }

        #[test]
        fn who_is_told_of_an_act_may_open_what_he_is_told_of_then_and_ever_after(
            id in 1i64..5, area in "11|61|65|66|", issuer in 1i64..5, by in 1i64..5,
            body in presence(), kin in proptest::collection::vec(presence(), 0..3),
        ) {
            let (who, issuer, by) = (authority(id, &area), AuthorityId(issuer), AuthorityId(by));
            let concern = concern(&who, (by, issuer), &body, &kin);
            let seen = sight(&who, Some(issuer), &body, &kin);
            prop_assert!(concern.is_none() || seen > Sight::None);
            if let Some(concern) = concern {
                let left = Presence { told: [(who.id, concern)].into(), ..Presence::default() };
                let later = sight(&who, Some(issuer), &left, &[]);
                prop_assert_eq!(later, seen, "nothing but the telling is left");
            } else if !area.is_empty() && by != who.id {
                prop_assert_eq!(seen, Sight::None, "whoever may see is told");
            }
        }

        #[test]
        fn what_is_learned_of_a_body_never_takes_sight_away(
            id in 1i64..5, area in "11|61|65|66", body in presence(), more in presence(), kin in presence(),
        ) {
            let who = authority(id, &area);
            let both = Presence {
                holders: body.holders.union(&more.holders).copied().collect(),
                home: body.home.union(&more.home).copied().collect(),
                sites: body.sites.union(&more.sites).copied().collect(),
                corps: body.corps || more.corps,
                told: BTreeSet::new(),
            };
            let kin = [kin];
            prop_assert!(sight(&who, None, &both, &kin) >= sight(&who, None, &body, &kin));
        }
    }
}
