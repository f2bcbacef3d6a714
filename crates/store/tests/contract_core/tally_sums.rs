//! 统计 as pages read them: what was planted comes back grouped, and nothing of other days, measures or authorities.
use domain::tally::{Agent, Dimension, Measure, Sketch};
use domain::{BodyId, Day};
use store::tally::{Added, HOURS, Of, Tally};
use store::tally_shown::{self, ShownBody};
use store::tally_sums::{self, OfAuthority, OfValue, OnDay};
use store::{Db, asked, figures, testing::on_both};

use crate::{
    sample::{OURS, THEIRS},
    write,
};

/// A Monday.
fn monday() -> Day {
    Day::new(2026, 11, 2).unwrap()
}

fn on(n: i32) -> Day {
    monday().plus_days(n).unwrap()
}

fn added(
    measure: Measure,
    dimension: Dimension,
    of: Of,
    day: Day,
    value: &str,
    agent: Agent,
    n: u64,
) -> Added {
    let mut hours = [0; HOURS];
    (hours[0], hours[23], hours[24]) = (n, n * 10, n * 100);
    Added { measure, dimension, tally: Tally { of, day, value: value.into(), agent, hours } }
}

async fn plant(db: &Db) {
    use Agent::{Machine, Person};
    use Dimension::{Answer, Total};
    let (ours, theirs, scan) = (Of::Authority(OURS), Of::Authority(THEIRS), Measure::Scan);
    let sums = vec![
        added(scan, Total, ours, on(0), "", Person, 1),
        added(scan, Total, ours, on(0), "", Machine, 2),
        added(scan, Total, ours, on(7), "", Person, 3),
        added(scan, Total, ours, on(8), "", Person, 4),
        added(scan, Total, theirs, on(0), "", Person, 5),
        added(scan, Total, Of::Nation, on(0), "", Person, 6),
        added(Measure::Verdict, Total, ours, on(0), "", Person, 7),
        added(scan, Answer, ours, on(0), "valid", Person, 1),
        added(scan, Answer, ours, on(7), "expired", Person, 2),
        added(scan, Answer, ours, on(7), "revoked", Person, 1),
        added(scan, Answer, ours, on(7), "valid", Machine, 9),
    ];
    write(db, async |tx| store::tally::add(tx, sums).await).await;
}

#[tokio::test]
async fn sums_come_by_day_by_value_by_weekday_and_by_authority() {
    on_both(async |t| {
        plant(&t.db).await;
        let reader = || (&t.db).into();
        let (ours, scan, days) = (Of::Authority(OURS), Measure::Scan, (on(0), on(7)));
        let day = |n, agent, sum| OnDay { day: on(n), agent, n: sum };
        let found = tally_sums::by_day(reader(), scan, ours, days).await.unwrap();
        let expected = [day(0, Agent::Machine, 222), day(0, Agent::Person, 111), day(7, Agent::Person, 333)];
        assert_eq!(found, expected, "{}: the 8th day is outside", t.engine);
        let found = tally_sums::not_valid_by_day(reader(), scan, ours, days).await.unwrap();
        assert_eq!(found, [day(7, Agent::Person, 333)], "two words together");
        let value = |value: &str, agent, n| OfValue { value: value.into(), agent, n };
        let found = tally_sums::by_value(reader(), scan, Dimension::Answer, ours, days).await.unwrap();
        let expected = [
            value("expired", Agent::Person, 222),
            value("revoked", Agent::Person, 111),
            value("valid", Agent::Person, 111),
            value("valid", Agent::Machine, 999),
        ];
        assert_eq!(found, expected);
        let found = tally_sums::by_weekday(reader(), scan, ours, (on(0), on(8))).await.unwrap();
        let told: Vec<_> =
            found.iter().map(|it| (it.weekday, it.agent, it.hours[0], it.hours[23], it.rest)).collect();
        let expected =
            [(0, Agent::Machine, 2, 20, 200), (0, Agent::Person, 4, 40, 400), (1, Agent::Person, 4, 40, 400)];
        assert_eq!(told, expected, "two Mondays and a Tuesday");
        let of = |authority, agent, n| OfAuthority { authority, agent, n };
        let found = tally_sums::of_each(reader(), scan, &[OURS, THEIRS], days).await.unwrap();
        let expected =
            [(OURS, Agent::Machine, 222), (OURS, Agent::Person, 444), (THEIRS, Agent::Person, 555)];
        let mut expected = expected.map(|(authority, agent, n)| of(authority, agent, n));
        expected.sort_by_key(|it| (it.authority.0, it.agent.key()));
        assert_eq!(found, expected, "neither the nation nor nobody");
    })
    .await;
}

#[tokio::test]
async fn the_hours_of_some_days_come_for_every_measure() {
    on_both(async |t| {
        plant(&t.db).await;
        let ours = Of::Authority(OURS);
        let found = tally_sums::hours_on((&t.db).into(), ours, &[on(0), on(8)]).await.unwrap();
        let told: Vec<_> =
            found.iter().map(|it| (it.measure, it.day, it.agent, it.hours[23], it.rest)).collect();
        let expected = [
            (Measure::Scan, on(0), Agent::Machine, 20, 200),
            (Measure::Scan, on(0), Agent::Person, 10, 100),
            (Measure::Scan, on(8), Agent::Person, 40, 400),
            (Measure::Verdict, on(0), Agent::Person, 70, 700),
        ];
        assert_eq!(told, expected, "{}", t.engine);
    })
    .await;
}

#[tokio::test]
async fn what_a_demo_shows_stands_where_what_was_counted_does() {
    on_both(async |t| {
        let reader = || (&t.db).into();
        let month = asked::month_number(on(0));
        let body = |n, people| ShownBody { month, body: BodyId(n), authority: OURS, people, machines: 1 };
        for _ in 0..2 {
            write(&t.db, async |tx| tally_shown::add_bodies(tx, vec![body(1, 5), body(2, 9)]).await).await;
            let unknown = vec![(on(0), "code", "0123456789ABCDEF".to_owned(), 3)];
            write(&t.db, async |tx| tally_shown::add_unknown(tx, unknown).await).await;
        }
        let most = asked::most_asked(reader(), Of::Nation, month, 9).await.unwrap();
        assert_eq!(most.iter().map(|it| (it.body.0, it.people)).collect::<Vec<_>>(), [(2, 18), (1, 10)]);
        let unknown = asked::unknown_asked(reader(), on(0), 9).await.unwrap();
        assert_eq!(unknown.iter().map(|it| it.n).collect::<Vec<_>>(), [6]);
        let mut sketch = Sketch::default();
        sketch.insert(1 << 61);
        for put in [sketch.clone(), Sketch::default()] {
            write(&t.db, async |tx| tally_shown::put_visitors(tx, vec![(on(0), Of::Nobody, put)]).await)
                .await;
        }
        let kept = asked::visitors(reader(), Of::Nobody, (on(0), on(1))).await.unwrap();
        assert_eq!(kept, [(on(0), sketch)], "{}: the first one stays", t.engine);
        assert_eq!(figures::ending_by_day(reader(), &[OURS], (on(0), on(9))).await.unwrap(), []);
    })
    .await;
}
