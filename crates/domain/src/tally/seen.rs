//! One question as it is counted: everything it is told apart by, at once. The table of figures has one of these at a time.

use super::{Agent, Answer, Device, Dimension, Measure, Way};
use crate::{AuthorityId, Day, Door, Instant, Two};

/// The value of a dimension where it cannot be told.
pub const UNKNOWN: &str = "unknown";

/// An hour of a day in Shanghai.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Hour {
    /// The day.
    pub day: Day,
    /// 0 to 23.
    pub hour: u8,
}

impl Hour {
    /// The hour of a moment.
    pub fn of(at: Instant) -> Hour {
        let day = at.day();
        let into = at.micros() - Instant::begin_of(day).micros();
        Hour { day, hour: (into / 3_600_000_000).clamp(0, 23) as u8 }
    }
}

/// One counted question, without anything of who asked but what kind of asker it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Seen {
    /// What is counted.
    pub measure: Measure,
    /// Whose certificate it was about, or which authority's system called; none where no certificate was found.
    pub authority: Option<AuthorityId>,
    /// What it got, where the measure tells answers apart.
    pub answer: Option<Answer>,
    /// How it was asked, where the measure tells ways apart.
    pub way: Option<Way>,
    /// Province of the certificate's body, 66 for one of the XPCC.
    pub province: Option<Two>,
    /// Province of who asked.
    pub visitor: Option<Two>,
    /// 领域 of the certificate.
    pub domain: Option<Two>,
    /// What it was asked with.
    pub device: Device,
    /// Who asked.
    pub agent: Agent,
}

/// The value of one dimension.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Value {
    /// The sum.
    Whole,
    /// What it got.
    Answer(Answer),
    /// How it was asked.
    Way(Way),
    /// A province or a domain.
    Two(Two),
    /// What it was asked with.
    Device(Device),
    /// Through which door something was done.
    Door(Door),
    /// It cannot be told.
    Unknown,
}

impl Value {
    /// The text in the database; empty for the sum.
    pub fn key(&self) -> &str {
        match self {
            Value::Whole => "",
            Value::Answer(answer) => answer.key(),
            Value::Way(way) => way.key(),
            Value::Two(two) => two.as_str(),
            Value::Device(device) => device.key(),
            Value::Door(door) => door.key(),
            Value::Unknown => UNKNOWN,
        }
    }
}

impl Seen {
    /// Its value in a dimension.
    pub fn value(&self, dimension: Dimension) -> Value {
        match dimension {
            Dimension::Total => Value::Whole,
            Dimension::Answer => self.answer.map_or(Value::Unknown, Value::Answer),
            Dimension::Way => self.way.map_or(Value::Unknown, Value::Way),
            Dimension::Province => self.province.map_or(Value::Unknown, Value::Two),
            Dimension::Visitor => self.visitor.map_or(Value::Unknown, Value::Two),
            Dimension::Domain => self.domain.map_or(Value::Unknown, Value::Two),
            Dimension::Device => Value::Device(self.device),
        }
    }

    /// The rows it counts in: the sum, and one of each dimension its measure is told apart by, so that the rows of every
    /// dimension add up to the sum.
    pub fn marginals(&self) -> impl Iterator<Item = (Dimension, Value)> {
        let dimensions = std::iter::once(Dimension::Total).chain(self.measure.dimensions().iter().copied());
        dimensions.map(move |dimension| (dimension, self.value(dimension)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::VerdictWord;

    #[test]
    fn an_hour_is_one_of_shanghai() {
        let at = Instant::parse_shanghai("2026-11-25 00:00:00").unwrap();
        let of = |seconds| Hour::of(at.plus_seconds(seconds));
        let day = Day::new(2026, 11, 25).unwrap();
        assert_eq!(of(0), Hour { day, hour: 0 });
        assert_eq!(of(3_599), Hour { day, hour: 0 });
        assert_eq!(of(86_399), Hour { day, hour: 23 });
        assert_eq!(of(86_400), Hour { day: day.plus_days(1).unwrap(), hour: 0 });
    }

    #[test]
    fn a_question_counts_once_in_the_sum_and_once_in_each_dimension_of_its_measure() {
        let seen = Seen {
            measure: Measure::Scan,
            authority: Some(AuthorityId(28)),
            answer: Some(Answer::Verdict(VerdictWord::Valid)),
            way: Some(Way::Short),
            province: Some("61".parse().unwrap()),
            visitor: None,
            domain: Some("12".parse().unwrap()),
            device: Device::Wechat,
            agent: Agent::Person,
        };
        let texts: Vec<_> = seen.marginals().map(|(d, v)| (d.key(), v.key().to_owned())).collect();
        let expected = [
            ("", ""),
            ("answer", "valid"),
            ("way", "short"),
            ("province", "61"),
            ("visitor", UNKNOWN),
            ("domain", "12"),
            ("device", "wechat"),
        ];
        assert_eq!(texts, expected.map(|(d, v)| (d, v.to_owned())));
        for measure in Measure::ALL.iter().filter(|it| it.is_question()) {
            let all = Seen { measure: *measure, ..seen }.marginals().count();
            assert_eq!(all, measure.dimensions().len() + 1);
        }
    }
}
