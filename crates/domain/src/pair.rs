//! 疑似重复机构: two bodies of the registry that may be one, on what ground, and what speaks against making one of them.
//!
//! Nothing is joined by likeness: this rule says where an administrator should look, and what he should look at twice.

use crate::{Division, NameShape, Uscc, name_key};

/// What of a body bears on the question whether another one is the same.
#[derive(Clone, Copy, Debug)]
#[expect(missing_docs, reason = "the columns of a body")]
pub struct Sided<'a> {
    pub own_uscc: Option<Uscc>,
    pub parent_uscc: Option<Uscc>,
    pub org_code: Option<&'a str>,
    pub name: &'a str,
    pub division: Option<Division>,
    pub xpcc: bool,
}

/// Why two bodies may be one, the strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PairGround {
    /// The organisation code of one is the inner part of the other's code (GB 32100: characters 9 to 17).
    OrgCode,
    /// Under one legal person, with names nearly the same.
    Sister,
    /// Own codes one slip apart, with names the same or nearly.
    NearCode,
    /// One name, with other codes.
    SameName,
    /// Names nearly the same, with other codes.
    NearName,
}

impl PairGround {
    /// All, the strongest first.
    pub const ALL: [PairGround; 5] = [
        PairGround::OrgCode,
        PairGround::Sister,
        PairGround::NearCode,
        PairGround::SameName,
        PairGround::NearName,
    ];

    /// Its place in the order of lists, from 1; the number in the database.
    pub fn rank(self) -> i64 {
        match self {
            PairGround::OrgCode => 1,
            PairGround::Sister => 2,
            PairGround::NearCode => 3,
            PairGround::SameName => 4,
            PairGround::NearName => 5,
        }
    }

    /// The ground of a rank.
    pub fn of_rank(rank: i64) -> Option<PairGround> {
        PairGround::ALL.into_iter().find(|ground| ground.rank() == rank)
    }

    /// The word in JSON.
    pub fn key(self) -> &'static str {
        match self {
            PairGround::OrgCode => "org_code",
            PairGround::Sister => "sister",
            PairGround::NearCode => "near_code",
            PairGround::SameName => "same_name",
            PairGround::NearName => "near_name",
        }
    }

    /// The word people read.
    pub fn label(self) -> &'static str {
        match self {
            PairGround::OrgCode => "组织机构代码相符",
            PairGround::Sister => "同一法人单位，名称相近",
            PairGround::NearCode => "代码只差一处，名称相近",
            PairGround::SameName => "名称相同，代码不同",
            PairGround::NearName => "名称相近，代码不同",
        }
    }
}

/// What speaks against two bodies being one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Doubt {
    /// Each has a valid code of its own: by the code they are two legal persons.
    TwoCodes,
    /// One is a legal person, the other belongs to another one.
    OtherPerson,
    /// They belong to two legal persons.
    TwoParents,
    /// They have two organisation codes.
    TwoOrgCodes,
    /// They have their domicile in two provinces.
    TwoProvinces,
    /// One is flagged 兵团, the other is not.
    Corps,
    /// The names are neither the same nor nearly.
    Names,
}

impl Doubt {
    /// The word in JSON.
    pub fn key(self) -> &'static str {
        match self {
            Doubt::TwoCodes => "two_codes",
            Doubt::OtherPerson => "other_person",
            Doubt::TwoParents => "two_parents",
            Doubt::TwoOrgCodes => "two_org_codes",
            Doubt::TwoProvinces => "two_provinces",
            Doubt::Corps => "corps",
            Doubt::Names => "names",
        }
    }

    /// What people read.
    pub fn label(self) -> &'static str {
        match self {
            Doubt::TwoCodes => {
                "两家各有一个有效的统一社会信用代码：按代码是两个法人，只有确认其中一个是误录时才能合并"
            }
            Doubt::OtherPerson => "一家是法人，另一家属于其他法人单位",
            Doubt::TwoParents => "两家的所属法人单位不同",
            Doubt::TwoOrgCodes => "两家的组织机构代码不同",
            Doubt::TwoProvinces => "两家的住所在不同的省",
            Doubt::Corps => "一家标为兵团所属机构，另一家没有",
            Doubt::Names => "两家的名称既不相同也不相近",
        }
    }

    /// Whether it must be confirmed by typing the code of the body that stays.
    pub fn is_grave(self) -> bool {
        self == Doubt::TwoCodes
    }
}

impl Sided<'_> {
    fn same_name(&self, other: &Sided<'_>) -> bool {
        name_key(self.name) == name_key(other.name)
    }

    fn near_name(&self, other: &Sided<'_>) -> bool {
        NameShape::of(self.name).alike(&NameShape::of(other.name)).is_some()
    }

    /// The organisation code: its own, or what stands in its code for one.
    fn inner(&self) -> Option<&str> {
        match &self.own_uscc {
            Some(own) => own.as_str().get(8..17),
            None => self.org_code,
        }
    }
}

/// The key by which a body is found by its organisation code, beside those of its name; none if it has neither.
pub fn org_key(body: &Sided<'_>) -> Option<i64> {
    body.inner().map(|code| code.chars().fold(8, crate::alike::mix).cast_signed())
}

/// Whether two bodies may be one, and on what ground. The order does not matter.
pub fn pair_ground(a: &Sided<'_>, b: &Sided<'_>) -> Option<PairGround> {
    let with_inner = a.inner().is_some() && a.inner() == b.inner();
    if with_inner && (a.own_uscc.is_none() || b.own_uscc.is_none()) {
        return Some(PairGround::OrgCode);
    }
    let (same, near) = (a.same_name(b), a.near_name(b));
    if !same && !near {
        return None;
    }
    let by_name = if same { PairGround::SameName } else { PairGround::NearName };
    match (a.own_uscc, b.own_uscc) {
        (Some(x), Some(y)) if x == y => None,
        (Some(x), Some(y)) if one_slip(x, y) => Some(PairGround::NearCode),
        (Some(_), Some(_)) => Some(by_name),
        (None, None) => match (a.parent_uscc, b.parent_uscc) {
            (Some(x), Some(y)) if x == y => Some(PairGround::Sister),
            // Those of two legal persons often have one name (检测中心).
            (Some(_), Some(_)) => None,
            (Some(_), None) | (None, Some(_)) | (None, None) => Some(by_name),
        },
        // Branches are called like their house; one and the same name is a legal person entered as a part of itself.
        (Some(_), None) if b.parent_uscc.is_some() => same.then_some(by_name),
        (None, Some(_)) if a.parent_uscc.is_some() => same.then_some(by_name),
        (Some(_), None) | (None, Some(_)) => Some(by_name),
    }
}

/// What speaks against merging two bodies, the gravest first.
pub fn doubts(a: &Sided<'_>, b: &Sided<'_>) -> Vec<Doubt> {
    let mut out = Vec::new();
    let mut note = |doubtful, doubt| out.extend(if doubtful { Some(doubt) } else { None });
    let two = |x: Option<&str>, y: Option<&str>| matches!((x, y), (Some(x), Some(y)) if x != y);
    note(matches!((a.own_uscc, b.own_uscc), (Some(x), Some(y)) if x != y), Doubt::TwoCodes);
    let person = |one: &Sided<'_>, other: &Sided<'_>| {
        one.own_uscc.is_some()
            && other.own_uscc.is_none()
            && other.parent_uscc.is_some_and(|parent| one.own_uscc != Some(parent))
    };
    note(person(a, b) || person(b, a), Doubt::OtherPerson);
    let parents = matches!((a.parent_uscc, b.parent_uscc), (Some(x), Some(y)) if x != y);
    note(parents, Doubt::TwoParents);
    let codes = two(a.org_code, b.org_code)
        || (a.own_uscc.is_none() != b.own_uscc.is_none() && two(a.inner(), b.inner()));
    note(codes, Doubt::TwoOrgCodes);
    let province = |it: &Sided<'_>| it.division.map(|division| division.province().to_owned());
    let (here, there) = (province(a), province(b));
    note(two(here.as_deref(), there.as_deref()), Doubt::TwoProvinces);
    note(a.xpcc != b.xpcc, Doubt::Corps);
    note(!a.same_name(b) && !a.near_name(b), Doubt::Names);
    out
}

/// Whether two codes differ in one place, or by two neighbours that have changed places; the check character follows.
fn one_slip(a: Uscc, b: Uscc) -> bool {
    let (a, b) = (a.as_str().as_bytes(), b.as_str().as_bytes());
    let apart: Vec<usize> =
        (0..a.len().min(b.len()).saturating_sub(1)).filter(|at| a[*at] != b[*at]).collect();
    match apart.as_slice() {
        [] | [_] => true,
        [x, y] => x + 1 == *y && a[*x] == b[*y] && a[*y] == b[*x],
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uscc(front: &str) -> Option<Uscc> {
        "0123456789ABCDEFGHJKLMNPQRTUWXY"
            .chars()
            .find_map(|check| Uscc::parse(&format!("{front}{check}")).ok())
    }

    fn body(name: &str) -> Sided<'_> {
        let division = Division::parse("610113");
        Sided { own_uscc: None, parent_uscc: None, org_code: None, name, division, xpcc: false }
    }

    fn own<'a>(name: &'a str, front: &str) -> Sided<'a> {
        Sided { own_uscc: uscc(front), ..body(name) }
    }

    fn under<'a>(name: &'a str, front: &str) -> Sided<'a> {
        Sided { parent_uscc: uscc(front), ..body(name) }
    }

    const A: &str = "91610113YL0000012";
    const SLIP: &str = "91610113YL0000013";
    const SWAP: &str = "91610113YL0000021";
    const B: &str = "91610102MA0000000";

    #[test]
    fn the_whole_table_of_grounds_reads_as_decided() {
        let (name, near, other) = ("示例环境检测有限公司", "示例环境检测有限责任公司", "样张食品研究院");
        let legacy = |name, code| Sided { org_code: Some(code), ..body(name) };
        let cases = [
            (
                "org code inside the code, whatever the names",
                own(name, A),
                legacy(other, "YL0000012"),
                Some(PairGround::OrgCode),
            ),
            ("another org code, other names", own(name, A), legacy(other, "YL0000019"), None),
            ("one legal person, near names", under(name, A), under(near, A), Some(PairGround::Sister)),
            ("two legal persons, one name", under(name, A), under(name, B), None),
            ("codes one slip apart", own(name, A), own(near, SLIP), Some(PairGround::NearCode)),
            ("codes with two neighbours swapped", own(name, A), own(name, SWAP), Some(PairGround::NearCode)),
            ("codes one slip apart, other names", own(name, A), own(other, SLIP), None),
            ("one name, two codes", own(name, A), own(name, B), Some(PairGround::SameName)),
            ("near names, two codes", own(name, A), own(near, B), Some(PairGround::NearName)),
            ("one name, once without any code", own(name, A), body(name), Some(PairGround::SameName)),
            ("near names, once without any code", own(name, A), body(near), Some(PairGround::NearName)),
            (
                "a legal person entered as a part of itself",
                own(name, A),
                under(name, A),
                Some(PairGround::SameName),
            ),
            ("a branch called nearly like its house", own(name, A), under(near, A), None),
            ("other names", own(name, A), own(other, B), None),
        ];
        for (what, a, b, expected) in cases {
            assert_eq!(pair_ground(&a, &b), expected, "{what}");
            assert_eq!(pair_ground(&b, &a), expected, "{what}, the other way round");
        }
    }

    #[test]
    fn ranks_are_read_as_they_are_written_and_follow_the_order() {
        for (n, ground) in (1..).zip(PairGround::ALL) {
            assert_eq!(ground.rank(), n);
            assert_eq!(PairGround::of_rank(n), Some(ground));
        }
        assert_eq!(PairGround::of_rank(6), None);
    }

    #[test]
    fn bodies_with_one_organisation_code_share_its_key() {
        let legacy = Sided { org_code: Some("YL0000012"), ..body("样张") };
        assert_eq!(org_key(&own("示例", A)), org_key(&legacy));
        assert_ne!(org_key(&own("示例", B)), org_key(&legacy));
        assert_eq!(org_key(&under("示例", A)), None, "the legal person's code is not that of its part");
    }

    #[test]
    fn each_difference_that_makes_a_merge_doubtful_is_told_and_two_codes_are_grave() {
        let name = "示例环境检测有限公司";
        let told = |a: &Sided<'_>, b: &Sided<'_>| {
            assert_eq!(doubts(a, b), doubts(b, a));
            doubts(a, b)
        };
        assert_eq!(told(&own(name, A), &body(name)), []);
        assert_eq!(told(&own(name, A), &own(name, B)), [Doubt::TwoCodes]);
        assert_eq!(told(&own(name, A), &under(name, B)), [Doubt::OtherPerson]);
        assert_eq!(told(&own(name, A), &under(name, A)), []);
        assert_eq!(told(&under(name, A), &under(name, B)), [Doubt::TwoParents]);
        let legacy = |code| Sided { org_code: Some(code), ..body(name) };
        assert_eq!(told(&legacy("YL0000012"), &legacy("YL0000019")), [Doubt::TwoOrgCodes]);
        assert_eq!(told(&own(name, A), &legacy("YL0000019")), [Doubt::TwoOrgCodes]);
        assert_eq!(told(&own(name, A), &legacy("YL0000012")), []);
        let away = Sided { division: Division::parse("650102"), xpcc: true, ..body("样张食品研究院") };
        assert_eq!(told(&body(name), &away), [Doubt::TwoProvinces, Doubt::Corps, Doubt::Names]);
        assert!(Doubt::TwoCodes.is_grave() && !Doubt::TwoParents.is_grave());
    }
}
