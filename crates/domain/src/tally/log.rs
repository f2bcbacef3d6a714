//! What a node counted since it last wrote, packed into the rows that wait until they are added to the sums
//! (FORMATS.md, 统计). Rows live for seconds, or for an hour where they are of bodies: another version is read by nobody.

use super::{Agent, Answer, Device, Hour, Measure, Raised, Seen, Sort, Way};
use crate::{AuthorityId, BodyId, Day, Two};
use serde::{Deserialize, Serialize};

/// First byte of a packed row.
const VERSION: u8 = 1;
/// Stands for what is not there, where a byte stands for a value.
const NONE: u8 = 255;

/// What was counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Log {
    /// How often what was asked in which hour.
    pub counted: Vec<(Hour, Seen, u64)>,
    /// Registers of sketches that were raised on a day: of an authority, or of all public pages.
    pub raised: Vec<(Day, Option<AuthorityId>, Raised)>,
    /// What was asked for on a day and is not there, and how often.
    pub unknown: Vec<(Day, Sort, String, u64)>,
}

/// How often a body's certificates were asked for in a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BodySeen {
    /// Months since year 0.
    pub month: i64,
    /// The body.
    #[serde(with = "body")]
    pub body: BodyId,
    /// Who issued what was asked for.
    #[serde(with = "authority")]
    pub authority: AuthorityId,
    /// By people.
    pub people: u64,
    /// By programs.
    pub machines: u64,
}

/// A key as its number.
macro_rules! as_number {
    ($module:ident, $id:ident) => {
        mod $module {
            use crate::$id;
            use serde::{Deserialize, Deserializer, Serialize, Serializer};

            pub fn serialize<S: Serializer>(id: &$id, to: S) -> Result<S::Ok, S::Error> {
                id.0.serialize(to)
            }

            pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<$id, D::Error> {
                i64::deserialize(from).map($id)
            }
        }
    };
}
as_number!(body, BodyId);
as_number!(authority, AuthorityId);

/// As it is written: numbers as varints, what has few values as a byte.
#[derive(Serialize, Deserialize)]
struct Packed<'a> {
    counted: Vec<(i32, u8, [u8; 8], i64, u64)>,
    raised: Vec<(i32, i64, u16, u8)>,
    #[serde(borrow)]
    unknown: Vec<(i32, u8, &'a str, u64)>,
}

impl Log {
    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.counted.is_empty() && self.raised.is_empty() && self.unknown.is_empty()
    }

    /// The bytes that wait in the log.
    pub fn pack(&self) -> Vec<u8> {
        let id = |authority: &Option<AuthorityId>| authority.map_or(0, |it| it.0);
        let counted = self.counted.iter();
        let counted =
            counted.map(|(at, seen, n)| (at.day.number(), at.hour, bytes(seen), id(&seen.authority), *n));
        let raised = self.raised.iter().map(|(day, of, it)| (day.number(), id(of), it.at, it.rank));
        let unknown =
            self.unknown.iter().map(|(day, sort, text, n)| (day.number(), *sort as u8, text.as_str(), *n));
        let packed =
            Packed { counted: counted.collect(), raised: raised.collect(), unknown: unknown.collect() };
        postcard::to_extend(&packed, vec![VERSION]).expect("a vector takes all bytes")
    }

    /// Reads what [`Log::pack`] made; `None` for bytes of another version or of nobody's.
    pub fn unpack(bytes: &[u8]) -> Option<Log> {
        let packed: Packed<'_> = postcard::from_bytes(bytes.strip_prefix(&[VERSION])?).ok()?;
        let day = |number| Day::from_number(number).ok();
        let of = |id: i64| (id != 0).then_some(AuthorityId(id));
        let counted = packed.counted.into_iter().map(|(on, hour, key, id, n)| {
            let at = Hour { day: day(on)?, hour: Some(hour).filter(|hour| *hour < 24)? };
            Some((at, seen(key, of(id))?, n))
        });
        let raised = packed.raised.into_iter();
        let raised = raised.map(|(on, id, at, rank)| Some((day(on)?, of(id), Raised { at, rank })));
        let unknown = packed.unknown.into_iter().map(|(on, sort, text, n)| {
            Some((day(on)?, Sort::ALL.get(usize::from(sort)).copied()?, text.to_owned(), n))
        });
        Some(Log {
            counted: counted.collect::<Option<_>>()?,
            raised: raised.collect::<Option<_>>()?,
            unknown: unknown.collect::<Option<_>>()?,
        })
    }
}

/// The row of bodies that waits in the log.
pub fn pack_bodies(all: &[BodySeen]) -> Vec<u8> {
    postcard::to_extend(all, vec![VERSION]).expect("a vector takes all bytes")
}

/// Reads what [`pack_bodies`] made.
pub fn unpack_bodies(bytes: &[u8]) -> Option<Vec<BodySeen>> {
    postcard::from_bytes(bytes.strip_prefix(&[VERSION])?).ok()
}

/// Everything of a question that has few values.
fn bytes(seen: &Seen) -> [u8; 8] {
    let answer = seen.answer.and_then(|it| Answer::all().position(|of_all| of_all == it));
    [
        seen.measure as u8,
        answer.and_then(|at| u8::try_from(at).ok()).unwrap_or(NONE),
        seen.way.map_or(NONE, |way| way as u8),
        digits(seen.province),
        digits(seen.visitor),
        digits(seen.domain),
        seen.device as u8,
        seen.agent as u8,
    ]
}

fn digits(two: Option<Two>) -> u8 {
    two.and_then(|two| two.as_str().parse().ok()).unwrap_or(NONE)
}

fn seen(
    [measure, answer, way, province, visitor, domain, device, agent]: [u8; 8],
    of: Option<AuthorityId>,
) -> Option<Seen> {
    Some(Seen {
        measure: one(Measure::ALL, measure)?,
        authority: of,
        answer: opt(answer, |at| Answer::all().nth(usize::from(at)))?,
        way: opt(way, |at| one(Way::ALL, at))?,
        province: opt(province, two)?,
        visitor: opt(visitor, two)?,
        domain: opt(domain, two)?,
        device: one(Device::ALL, device)?,
        agent: one(Agent::ALL, agent)?,
    })
}

fn one<T: Copy>(all: &[T], at: u8) -> Option<T> {
    all.get(usize::from(at)).copied()
}

/// `None` where a byte stands for no value; nothing where it is not there.
fn opt<T>(byte: u8, read: impl Fn(u8) -> Option<T>) -> Option<Option<T>> {
    if byte == NONE { Some(None) } else { read(byte).map(Some) }
}

fn two(number: u8) -> Option<Two> {
    format!("{number:02}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::{collection::vec, option, prelude::*, sample::select};

    fn digits_of() -> impl Strategy<Value = Option<Two>> {
        option::of((0u8..100).prop_map(|n| two(n).unwrap()))
    }

    fn any_seen() -> impl Strategy<Value = Seen> {
        let answers: Vec<_> = Answer::all().collect();
        let kinds = (
            select(Measure::ALL),
            option::of(select(answers)),
            option::of(select(Way::ALL)),
            select(Device::ALL),
            select(Agent::ALL),
        );
        let rest = (option::of(1i64..40), digits_of(), digits_of(), digits_of());
        (kinds, rest).prop_map(|((measure, answer, way, device, agent), (of, province, visitor, domain))| {
            Seen {
                measure,
                authority: of.map(AuthorityId),
                answer,
                way,
                province,
                visitor,
                domain,
                device,
                agent,
            }
        })
    }

    fn any_day() -> impl Strategy<Value = Day> {
        (0i32..40_000).prop_map(|n| Day::from_number(n).unwrap())
    }

    proptest! {
        #[test]
        fn what_is_packed_is_read_again(
            counted in vec((any_day(), 0u8..24, any_seen(), 1u64..u64::MAX), 0..9),
            raised in vec((any_day(), option::of(1i64..40), any::<u16>(), any::<u8>()), 0..9),
            unknown in vec((any_day(), select(Sort::ALL), ".{0,20}", 1u64..9_999), 0..9),
        ) {
            let log = Log {
                counted: counted.into_iter().map(|(day, hour, seen, n)| (Hour { day, hour }, seen, n)).collect(),
                raised: raised.into_iter()
                    .map(|(day, of, at, rank)| (day, of.map(AuthorityId), Raised { at, rank })).collect(),
                unknown,
            };
            prop_assert_eq!(Log::unpack(&log.pack()), Some(log));
        }

        #[test]
        fn rows_of_bodies_are_read_again(all in vec((0i64..30_000, 1i64..1_000_000, 1i64..40, any::<u32>(), any::<u32>()), 0..9)) {
            let all: Vec<_> = all.into_iter().map(|(month, body, authority, people, machines)| BodySeen {
                month,
                body: BodyId(body),
                authority: AuthorityId(authority),
                people: people.into(),
                machines: machines.into(),
            }).collect();
            prop_assert_eq!(unpack_bodies(&pack_bodies(&all)), Some(all));
        }

        #[test]
        fn strange_bytes_are_refused_and_never_panic(version in 0u8..3, rest: Vec<u8>) {
            let mut bytes = vec![version];
            bytes.extend(rest);
            let read = (Log::unpack(&bytes), unpack_bodies(&bytes));
            prop_assert!(version == VERSION || read == (None, None));
        }
    }

    #[test]
    fn the_bytes_are_the_vector_written_down() {
        let seen = Seen {
            measure: Measure::Scan,
            authority: Some(AuthorityId(28)),
            answer: Answer::parse("valid"),
            way: Some(Way::Short),
            province: two(61),
            visitor: None,
            domain: two(12),
            device: Device::Wechat,
            agent: Agent::Person,
        };
        let day = Day::new(2026, 11, 25).unwrap();
        let log = Log {
            counted: vec![(Hour { day, hour: 9 }, seen, 3)],
            raised: vec![(day, None, Raised { at: 300, rank: 4 })],
            unknown: vec![(day, Sort::Number, "230020340001".into(), 1)],
        };
        let hex: String = log.pack().iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, VECTOR);
    }

    const VECTOR: &str =
        "0101dcc402090000003dff0c0000380301dcc40200ac020401dcc402010c32333030323033343030303101";
}
