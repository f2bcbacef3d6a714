//! Moments as people type them and days begin: the inverse of [`Instant::shanghai`].

use crate::{Day, Instant};

const SECONDS_PER_DAY: i64 = 86_400;
/// Shanghai is ahead of UTC by so many seconds.
const AHEAD: i64 = 8 * 3_600;

impl Instant {
    /// The first moment of a day in Shanghai.
    pub fn beginning_of(day: Day) -> Instant {
        Instant::from_micros(0).plus_seconds(i64::from(day.number()) * SECONDS_PER_DAY - AHEAD)
    }

    /// A moment in Shanghai time: a day, which means its beginning, or a day and a time, `2026-11-25 18:00`, with or
    /// without seconds. `None` for anything else.
    pub fn parse_shanghai(text: &str) -> Option<Instant> {
        let text = text.trim().replace(['T', '　'], " ").replace('：', ":");
        // A day is also read out of a text with a time, which it drops.
        if !text.contains(':') {
            return Day::parse(&text).ok().map(Instant::beginning_of);
        }
        let (day, time) = text.rsplit_once(' ')?;
        let day = Day::parse(day.trim()).ok()?;
        Some(Instant::beginning_of(day).plus_seconds(seconds_of_day(time)?))
    }

    /// The moment until which something holds: of a day, which counts whole, the end; else as
    /// [`Instant::parse_shanghai`].
    pub fn parse_until(text: &str) -> Option<Instant> {
        let at = Instant::parse_shanghai(text)?;
        let whole_day = !text.contains([':', '：']);
        Some(if whole_day { at.plus_seconds(SECONDS_PER_DAY) } else { at })
    }

    /// Shanghai time to the minute, for people and for the field it came from: `2026-11-25 18:00`.
    pub fn to_the_minute(self) -> String {
        let mut text = self.shanghai();
        text.truncate("2026-11-25 18:00".len());
        text
    }
}

/// `18:00` or `18:00:30`; `24:00` is the end of the day.
fn seconds_of_day(time: &str) -> Option<i64> {
    let parts = time.split(':').map(|part| part.parse::<u32>().ok().filter(|_| part.len() == 2));
    let (hour, minute, second) = match parts.collect::<Option<Vec<u32>>>()?[..] {
        [hour, minute] => (hour, minute, 0),
        [hour, minute, second] => (hour, minute, second),
        _ => return None,
    };
    let fits = (hour < 24 && minute < 60 && second < 60) || (hour, minute, second) == (24, 0, 0);
    fits.then(|| i64::from(hour * 3_600 + minute * 60 + second))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typed_moment_is_read_in_shanghai_time_and_written_back_to_the_minute() {
        let read = |text: &str| Instant::parse_shanghai(text).map(Instant::shanghai);
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(read("2026-11-25 18:00"), some("2026-11-25 18:00:00"));
        assert_eq!(read(" 2026年11月25日 18：05 "), some("2026-11-25 18:05:00"));
        assert_eq!(read("2026-11-25T00:00:09"), some("2026-11-25 00:00:09"));
        assert_eq!(read("2026-11-25"), some("2026-11-25 00:00:00"));
        assert_eq!(read("2026-11-25 24:00"), some("2026-11-26 00:00:00"));
        for bad in ["", "18:00", "2026-11-25 24:01", "2026-11-25 9:00", "2026-11-25 18", "2026-02-30 10:00"] {
            assert_eq!(read(bad), None, "{bad}");
        }
        let at = Instant::parse_shanghai("2026-11-25 18:00:59").unwrap();
        assert_eq!(at.to_the_minute(), "2026-11-25 18:00");
    }

    #[test]
    fn until_a_day_means_the_whole_of_it() {
        let until = |text: &str| Instant::parse_until(text).map(Instant::shanghai);
        assert_eq!(until("2026-11-25").as_deref(), Some("2026-11-26 00:00:00"));
        assert_eq!(until("2026-11-25 18:00").as_deref(), Some("2026-11-25 18:00:00"));
        let day = Day::new(2026, 11, 25).unwrap();
        assert_eq!(Instant::beginning_of(day).day(), day);
    }
}
