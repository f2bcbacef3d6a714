//! 统计: sums that are added to, logs that are taken away once, sketches, what is not there, and the salt of a day.
use domain::tally::{Agent, BodySeen, Dimension, Measure, Sketch, Sort};
use domain::{BodyId, Day, EventKind};
use store::event::Position;
use store::tally::{Added, HOURS, Of, Tally};
use store::tally_log::{self, Which};
use store::testing::on_both;
use store::{Db, StoreError, Urgency, asked, event, tally};

use crate::plans::scan_nothing;
use crate::sample::{OURS, THEIRS, at, event as sample_event};
use crate::write;

fn day(dom: u8) -> Day {
    Day::new(2026, 11, dom).unwrap()
}

fn added(dimension: Dimension, of: Of, dom: u8, value: &str, n: &[(usize, u64)]) -> Added {
    let mut hours = [0; HOURS];
    n.iter().for_each(|(at, n)| hours[*at] = *n);
    let tally = Tally { of, day: day(dom), value: value.into(), agent: Agent::Person, hours };
    Added { measure: Measure::Scan, dimension, tally }
}

#[tokio::test]
async fn sums_add_up_by_hour_and_are_read_of_one_or_of_all() {
    on_both(async |t| {
        let db = &t.db;
        let ours = Of::Authority(OURS);
        let first = vec![
            added(Dimension::Total, ours, 1, "", &[(0, 2), (23, 3)]),
            added(Dimension::Total, ours, 3, "", &[(24, 9)]),
            added(Dimension::Total, Of::Nation, 1, "", &[(0, 2), (23, 3)]),
            added(Dimension::Answer, ours, 1, "valid", &[(0, 5)]),
        ];
        write(db, async |tx| tally::add(tx, first).await).await;
        let second = vec![
            added(Dimension::Total, ours, 1, "", &[(0, 10)]),
            added(Dimension::Total, Of::Authority(THEIRS), 2, "", &[(5, 7)]),
            added(Dimension::Total, Of::Nobody, 2, "", &[(5, 1)]),
        ];
        write(db, async |tx| tally::add(tx, second).await).await;
        let read = async |of, from, to| {
            let days = (day(from), day(to));
            tally::of_one(db.into(), Measure::Scan, Dimension::Total, of, days).await.unwrap()
        };
        let rows = read(ours, 1, 2).await;
        assert_eq!(rows, [added(Dimension::Total, ours, 1, "", &[(0, 12), (23, 3)]).tally]);
        assert_eq!(read(ours, 1, 3).await.iter().map(Tally::sum).collect::<Vec<_>>(), [15, 9]);
        let days = (day(1), day(3));
        let sums = tally::by_authority(db.into(), Measure::Scan, Dimension::Total, days).await.unwrap();
        let sums: Vec<_> = sums.into_iter().map(|it| (it.of, it.n)).collect();
        assert_eq!(sums.len(), 3, "the nation's is no authority's: {sums:?}");
        for of in [(Of::Nobody, 1), (ours, 24), (Of::Authority(THEIRS), 7)] {
            assert!(sums.contains(&of), "{of:?} of {sums:?}");
        }
        write(db, async |tx| tally_log::forget(tx, &[Measure::Assign]).await).await;
        assert_eq!(read(ours, 1, 3).await.len(), 2, "another measure is forgotten");
        write(db, async |tx| tally_log::forget(tx, &[Measure::Scan]).await).await;
        assert_eq!(read(ours, 1, 3).await, []);
    })
    .await;
}

/// Takes up to `most` rows away and adds one for each; how many.
async fn fold(db: &Db, most: u32) -> u64 {
    let tx = db.begin(Urgency::Batch).await.unwrap();
    tx.lock_tally().await.unwrap();
    let rows = tally_log::some(&tx, Which::Questions, most).await.unwrap();
    if rows.is_empty() {
        return 0;
    }
    let n = rows.len() as u64;
    tally::add(&tx, vec![added(Dimension::Total, Of::Nation, 1, "", &[(0, n)])]).await.unwrap();
    tokio::task::yield_now().await;
    let ids = rows.iter().map(|it| it.0).collect();
    assert_eq!(tally_log::remove(&tx, Which::Questions, ids).await.unwrap(), n);
    tx.commit().await.unwrap();
    n
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn each_row_of_the_log_is_added_once_by_however_many_nodes() {
    on_both(async |t| {
        for id in 1..=97 {
            let put = async |tx: &store::Tx| tally_log::put(tx, Which::Questions, id, at(id), vec![1]).await;
            write(&t.db, put).await;
        }
        let node = async |db: Db| {
            let mut sum = 0;
            loop {
                match fold(&db, 5).await {
                    0 => return sum,
                    n => sum += n,
                }
            }
        };
        let nodes = (0..4).map(|_| tokio::spawn(node(t.db.clone())));
        let mut sum = 0;
        for node in nodes.collect::<Vec<_>>() {
            sum += node.await.unwrap();
        }
        let days = (day(1), day(1));
        let kept = tally::of_one((&t.db).into(), Measure::Scan, Dimension::Total, Of::Nation, days);
        assert_eq!((sum, kept.await.unwrap()[0].sum()), (97, 97), "{}", t.engine);
        assert_eq!(tally_log::waiting((&t.db).into(), Which::Questions, 9).await.unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn what_was_not_taken_away_whole_is_not_added() {
    on_both(async |t| {
        let db = &t.db;
        write(db, async |tx| tally_log::put(tx, Which::Bodies, 7, at(7), vec![1]).await).await;
        write(db, async |tx| tally_log::put(tx, Which::Bodies, 3, at(3), vec![2, 3]).await).await;
        assert_eq!(tally_log::oldest(db.into(), Which::Bodies).await.unwrap(), Some(at(3)));
        assert_eq!(tally_log::oldest(db.into(), Which::Questions).await.unwrap(), None);
        assert_eq!(tally_log::waiting(db.into(), Which::Bodies, 1).await.unwrap(), 1);
        let some = write(db, async |tx| tally_log::some(tx, Which::Bodies, 9).await).await;
        assert_eq!(some, [(3, vec![2, 3]), (7, vec![1])]);
        let taken = write(db, async |tx| tally_log::remove(tx, Which::Bodies, vec![3, 4]).await).await;
        assert_eq!(taken, 1, "who counts finds that one was gone");
        let again = db.begin(Urgency::Act).await.unwrap();
        let error = tally_log::put(&again, Which::Bodies, 7, at(9), vec![9]).await.unwrap_err();
        assert!(matches!(error, StoreError::Unique { .. }), "{error:?}");
    })
    .await;
}

#[tokio::test]
async fn bodies_are_listed_by_how_often_people_asked_for_them() {
    on_both(async |t| {
        let db = &t.db;
        let month = asked::month_number(day(1));
        let seen = |body, authority, people, machines| BodySeen {
            month,
            body: BodyId(body),
            authority,
            people,
            machines,
        };
        let first = [
            seen(1, OURS, 3, 50),
            seen(2, OURS, 5, 0),
            BodySeen { month: month - 1, ..seen(9, OURS, 99, 0) },
        ];
        write(db, async |tx| tally_log::add_bodies(tx, &first).await).await;
        let second = [seen(1, OURS, 4, 1), seen(1, THEIRS, 6, 0)];
        write(db, async |tx| tally_log::add_bodies(tx, &second).await).await;
        let most = async |of, most| {
            let rows = asked::most_asked(db.into(), of, month, most).await.unwrap();
            rows.into_iter().map(|it| (it.body.0, it.people, it.machines)).collect::<Vec<_>>()
        };
        assert_eq!(most(Of::Authority(OURS), 9).await, [(1, 7, 51), (2, 5, 0)]);
        assert_eq!(most(Of::Nation, 2).await, [(1, 7, 51), (1, 6, 0)]);
    })
    .await;
}

#[tokio::test]
async fn sketches_of_a_day_are_joined() {
    on_both(async |t| {
        let db = &t.db;
        let (mut one, mut other, mut whole) = (Sketch::default(), Sketch::default(), Sketch::default());
        for n in 0u64..900 {
            let hash = n.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ (n << 40);
            if n % 2 == 0 { &mut one } else { &mut other }.insert(hash);
            whole.insert(hash);
        }
        for (sketch, of) in [(&one, Of::Nobody), (&other, Of::Nobody), (&one, Of::Authority(OURS))] {
            write(db, async |tx| tally_log::join_sketch(tx, day(1), of, sketch).await).await;
        }
        let days = (day(1), day(2));
        let kept = asked::visitors(db.into(), Of::Nobody, days).await.unwrap();
        assert_eq!(kept, [(day(1), whole)]);
        assert_eq!(asked::visitors(db.into(), Of::Authority(OURS), days).await.unwrap(), [(day(1), one)]);
        assert_eq!(asked::visitors(db.into(), Of::Authority(THEIRS), days).await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn what_is_not_there_is_kept_up_to_a_number_of_different_ones_a_day() {
    on_both(async |t| {
        let db = &t.db;
        let asked_for = |texts: &[(&str, u64)]| -> Vec<(Sort, String, u64)> {
            texts.iter().map(|(text, n)| (Sort::Number, (*text).to_owned(), *n)).collect()
        };
        let add = async |dom, texts: &[(&str, u64)]| {
            let all = asked_for(texts);
            write(db, async |tx| tally_log::add_unknown(tx, day(dom), &all, 3).await).await;
        };
        add(1, &[("230020340001", 1), ("230020340002", 5)]).await;
        add(1, &[("230020340001", 1), ("230020340003", 1), ("230020340004", 2)]).await;
        add(1, &[("230020340005", 9), ("230020340002", 2)]).await;
        add(2, &[("230020340009", 1)]).await;
        let code = [(Sort::Code, "04HMASW9NF6YY09F".to_owned(), 4)];
        write(db, async |tx| tally_log::add_unknown(tx, day(2), &code, 3).await).await;
        let kept = async |dom| {
            let rows = asked::unknown_asked(db.into(), day(dom), 9).await.unwrap();
            rows.into_iter().map(|it| (it.sort, it.asked, it.n)).collect::<Vec<_>>()
        };
        let of = |sort: &str, text: &str, n| (sort.to_owned(), text.to_owned(), n);
        let expected = [
            of("number", "230020340002", 7),
            of("number", "230020340001", 2),
            of("number", "230020340004", 2),
        ];
        assert_eq!(kept(1).await, expected, "there was room for the one asked for most");
        assert_eq!(kept(2).await, [of("code", "04HMASW9NF6YY09F", 4), of("number", "230020340009", 1)]);
    })
    .await;
}

#[tokio::test]
async fn the_first_salt_of_a_day_is_everybodys_and_goes_with_the_day() {
    on_both(async |t| {
        let db = &t.db;
        for (dom, salt) in [(1, [1; 32]), (1, [2; 32]), (2, [3; 32])] {
            write(db, async |tx| tally_log::propose_salt(tx, day(dom), &salt).await).await;
        }
        let salt = async |dom| tally_log::salt(db.into(), day(dom)).await.unwrap();
        assert_eq!((salt(1).await, salt(2).await, salt(3).await), (Some([1; 32]), Some([3; 32]), None));
        let old = async || tally_log::has_old_salt(db.into(), day(2)).await.unwrap();
        assert!(old().await);
        write(db, async |tx| tally_log::drop_salts(tx, day(2)).await).await;
        assert_eq!((salt(1).await, salt(2).await, old().await), (None, Some([3; 32]), false));
    })
    .await;
}

#[tokio::test]
async fn what_was_done_is_read_by_position_with_where_it_was_done() {
    on_both(async |t| {
        let db = &t.db;
        let of = |n, kind| domain::Event { kind, ..sample_event(n) };
        let events = [
            of(1, EventKind::Assign),
            of(2, EventKind::Suspend),
            of(3, EventKind::Print),
            of(4, EventKind::Change),
            of(5, EventKind::BatchCommit),
        ];
        write(db, async |tx| event::append(tx, &events).await).await;
        let none = Position { epoch: 0, number: 0 };
        let last = event::last(db.into()).await.unwrap();
        let read = async |after, to, most| {
            let all = tally_log::done_after(db.into(), (after, to), most).await.unwrap();
            all.into_iter().map(|it| (it.position.number, it.measure)).collect::<Vec<_>>()
        };
        let expected =
            [(1, Measure::Assign), (3, Measure::Print), (4, Measure::Change), (5, Measure::Import)];
        assert_eq!(read(none, last, 9).await, expected);
        assert_eq!(read(Position { epoch: 1, number: 1 }, last, 2).await, expected[1..3]);
        assert_eq!(read(none, Position { epoch: 1, number: 3 }, 9).await, expected[..2]);
    })
    .await;
}

#[tokio::test]
async fn what_is_asked_on_every_page_and_every_second_reads_no_table_whole() {
    on_both(async |t| {
        let db = &t.db;
        let all = store::testing::statements(async || {
            let days = (day(1), day(2));
            let of = Of::Authority(OURS);
            tally::of_one(db.into(), Measure::Scan, Dimension::Total, of, days).await.unwrap();
            tally::by_authority(db.into(), Measure::Scan, Dimension::Total, days).await.unwrap();
            asked::most_asked(db.into(), of, 1, 1).await.unwrap();
            asked::most_asked(db.into(), Of::Nation, 1, 1).await.unwrap();
            asked::unknown_asked(db.into(), day(1), 1).await.unwrap();
            asked::visitors(db.into(), of, days).await.unwrap();
            tally_log::salt(db.into(), day(1)).await.unwrap();
            tally_log::provinces(db.into(), vec![1, 2]).await.unwrap();
            let (from, to) = (Position { epoch: 1, number: 1 }, Position { epoch: 1, number: 2 });
            tally_log::done_after(db.into(), (from, to), 9).await.unwrap();
            tally_log::remove(&db.begin(Urgency::Act).await.unwrap(), Which::Questions, vec![1])
                .await
                .unwrap();
        })
        .await;
        assert_eq!(scan_nothing(&t, all, &[]).await, 10);
    })
    .await;
}
