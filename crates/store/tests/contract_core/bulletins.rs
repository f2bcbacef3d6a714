//! 通报: nothing of a bulletin changes, a period is released once an edition, and its counts are those of a recount.
use domain::bulletin::{BulletinId, Period, ReplyKind, State, Step};
use domain::{AuthorityId, Event, EventKind, Status};
use store::bulletin::{self, Bulletin, Done, Reply};
use store::certificate::{self, Head};
use store::declared::{self, Declared};
use store::{
    Db, StoreError, body, content, event, reckoning,
    testing::{on_both, statements},
};

use crate::{
    guarded,
    plans::scan_nothing,
    refused,
    sample::{OURS, THEIRS, act, at, body as sample_body, day, edition, event as sample_event, head},
    write,
};

fn bulletin(id: i64, edition: u32) -> Bulletin {
    Bulletin {
        id: BulletinId(id),
        period: Period::parse("2026-Q3").unwrap(),
        edition,
        corrects: (edition > 1).then_some(BulletinId(1)),
        aggregates: vec![0, 1, 255],
        digest: [id as u8; 32],
    }
}

fn done(n: u32, step: Step) -> Done {
    let worded = matches!(step, Step::Draft | Step::Edit);
    let text = |text: &str| if worded { format!("{text}{n}") } else { String::new() };
    Done {
        n,
        step,
        title: text("示例通报"),
        text: text("示例正文"),
        reason: String::new(),
        actor: format!("account:{n}"),
        recorded_at: at(i64::from(n)),
    }
}

async fn put(db: &Db, it: &Bulletin, steps: &[Step]) {
    write(db, async |tx| {
        bulletin::insert(tx, it).await?;
        for (n, step) in (0..).zip(steps) {
            bulletin::append(tx, it, &done(n, *step)).await?;
        }
        Ok(())
    })
    .await;
}

const RELEASED: [Step; 4] = [Step::Draft, Step::Edit, Step::Approve, Step::Release];

#[tokio::test]
async fn a_bulletin_is_where_its_last_step_leads_and_is_listed_newest_first() {
    on_both(async |t| {
        let db = &t.db;
        put(db, &bulletin(1, 1), &RELEASED).await;
        put(db, &bulletin(2, 2), &[Step::Draft]).await;
        assert_eq!(bulletin::by_id(db.into(), BulletinId(2)).await.unwrap(), Some(bulletin(2, 2)));
        assert_eq!(bulletin::by_id(db.into(), BulletinId(3)).await.unwrap(), None);
        let steps = bulletin::steps(db.into(), BulletinId(1)).await.unwrap();
        assert_eq!(steps, [0, 1, 2, 3].map(|n| done(n, RELEASED[n as usize])));
        let list = async |before: Option<i64>, limit| {
            let all = bulletin::list(db.into(), before.map(BulletinId), limit).await.unwrap();
            all.into_iter().map(|it| (it.id.0, it.state, it.title)).collect::<Vec<_>>()
        };
        let first = (1, State::Released, "示例通报1".to_owned());
        assert_eq!(list(None, 9).await, [(2, State::Draft, "示例通报0".to_owned()), first.clone()]);
        assert_eq!(list(Some(2), 9).await, [first]);
        let of = bulletin::of_period(db.into(), Period::parse("2026-Q3").unwrap()).await.unwrap();
        assert_eq!(of.iter().map(|it| it.edition).collect::<Vec<_>>(), [2, 1]);
        assert!(bulletin::of_period(db.into(), Period::parse("2026-09").unwrap()).await.unwrap().is_empty());
        let corrected = async || {
            let period = Period::parse("2026-Q3").unwrap();
            bulletin::corrected_by(db.into(), BulletinId(1), period).await.unwrap()
        };
        assert_eq!(corrected().await, None, "a draft corrects nothing yet");
        write(db, async |tx| bulletin::append(tx, &bulletin(2, 2), &done(1, Step::Release)).await).await;
        assert_eq!(corrected().await, Some(BulletinId(2)));
    })
    .await;
}

#[tokio::test]
async fn a_step_is_done_once_and_an_edition_released_once_and_nothing_of_it_changes() {
    on_both(async |t| {
        let db = &t.db;
        put(db, &bulletin(1, 1), &RELEASED).await;
        put(db, &bulletin(2, 1), &RELEASED[..3]).await;
        let twice =
            refused(db, async |tx| bulletin::append(tx, &bulletin(2, 1), &done(2, Step::Return)).await).await;
        assert!(matches!(twice, StoreError::Unique { .. }), "{twice:?}");
        let again =
            refused(db, async |tx| bulletin::append(tx, &bulletin(2, 1), &done(3, Step::Release)).await)
                .await;
        assert!(matches!(again, StoreError::Unique { .. }), "{again:?}");
        for (sql, table) in [
            ("update bulletin set aggregates = digest", "bulletin"),
            ("delete from bulletin", "bulletin"),
            ("update bulletin_step set text = 'x'", "bulletin_step"),
            ("delete from bulletin_step where n = 3", "bulletin_step"),
        ] {
            guarded(db, sql, &format!("append_only:{table}")).await;
        }
    })
    .await;
}

#[tokio::test]
async fn who_was_sent_a_bulletin_signs_once_and_is_answered_once() {
    on_both(async |t| {
        let db = &t.db;
        put(db, &bulletin(1, 1), &RELEASED).await;
        put(db, &bulletin(2, 2), &RELEASED).await;
        let both = [OURS, THEIRS];
        write(db, async |tx| bulletin::send(tx, BulletinId(1), &both).await).await;
        write(db, async |tx| bulletin::send(tx, BulletinId(2), &[OURS]).await).await;
        let unsigned = async |of| bulletin::unsigned(db.into(), of).await.unwrap();
        assert_eq!(unsigned(OURS).await, [BulletinId(2), BulletinId(1)]);
        let sign = async |n: i64| {
            let actor = format!("account:{n}");
            write(db, async |tx| bulletin::sign(tx, (BulletinId(1), OURS), (&actor, at(n))).await).await
        };
        assert_eq!([sign(5).await, sign(6).await], [true, false], "the first signature stays");
        assert_eq!(unsigned(OURS).await, [BulletinId(2)]);
        assert_eq!(unsigned(THEIRS).await, [BulletinId(1)]);
        let receipts = bulletin::receipts(db.into(), BulletinId(1), &both).await.unwrap();
        let signed: Vec<_> = receipts.into_iter().map(|it| (it.authority, it.signed)).collect();
        assert_eq!(signed, [(THEIRS, None), (OURS, Some(("account:5".to_owned(), at(5))))]);
        assert!(bulletin::receipts(db.into(), BulletinId(2), &[THEIRS]).await.unwrap().is_empty());
        let sent = async |of, before: Option<i64>| {
            let all = bulletin::sent_to(db.into(), of, before.map(BulletinId), 9).await.unwrap();
            all.iter().map(|it| (it.id.0, it.signed)).collect::<Vec<_>>()
        };
        assert_eq!(sent(OURS, None).await, [(2, Some(false)), (1, Some(true))]);
        assert_eq!(sent(OURS, Some(2)).await, [(1, Some(true))]);
        assert_eq!(sent(THEIRS, None).await, [(1, Some(false))]);

        let reply = |id, authority| Reply {
            id,
            bulletin: BulletinId(1),
            authority,
            kind: ReplyKind::Dispute,
            figure: "coverage".into(),
            text: "示例异议".into(),
            actor: "account:7".into(),
            recorded_at: at(id),
            answer: None,
        };
        for it in [reply(1, OURS), reply(2, THEIRS)] {
            write(db, async |tx| bulletin::reply(tx, &it).await).await;
        }
        let answer = async |tx: &store::Tx| bulletin::answer(tx, 2, "示例答复", ("account:8", at(9))).await;
        write(db, answer).await;
        let twice = refused(db, answer).await;
        assert!(matches!(twice, StoreError::Unique { .. }), "{twice:?}");
        let answered = Some(("示例答复".to_owned(), "account:8".to_owned(), at(9)));
        let theirs = Reply { answer: answered, ..reply(2, THEIRS) };
        let replies = async |of| bulletin::replies(db.into(), BulletinId(1), of).await.unwrap();
        assert_eq!(replies(None).await, [reply(1, OURS), theirs.clone()]);
        assert_eq!(replies(Some(THEIRS)).await, [theirs]);
        for table in ["letter", "receipt", "reply", "answer"] {
            let sql: &'static str = match table {
                "letter" => "update bulletin_letter set authority_id = 1",
                "receipt" => "delete from bulletin_receipt",
                "reply" => "update bulletin_reply set text = 'x'",
                _ => "update bulletin_answer set text = 'x'",
            };
            guarded(db, sql, &format!("append_only:bulletin_{table}")).await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_later_declaration_of_a_day_takes_the_place_of_an_earlier_one_and_both_stay() {
    on_both(async |t| {
        let db = &t.db;
        let declared = |id, authority, n, certificates| Declared {
            id,
            authority,
            day: day(n),
            certificates,
            actor: "account:7".into(),
            recorded_at: at(id),
        };
        let all = [
            declared(1, OURS, 30, 5),
            declared(2, THEIRS, 30, 9),
            declared(3, OURS, 30, 6),
            declared(4, OURS, 58, 7),
        ];
        for it in &all {
            write(db, async |tx| declared::insert(tx, it).await).await;
        }
        let [first, theirs, second, later] = all;
        assert_eq!(declared::on(db.into(), day(30)).await.unwrap(), [theirs, second.clone()]);
        assert_eq!(declared::on(db.into(), day(31)).await.unwrap(), []);
        assert_eq!(declared::of_authority(db.into(), OURS, 9).await.unwrap(), [later, second, first]);
        guarded(db, "update declared set certificates = 1", "append_only:declared").await;
        guarded(db, "delete from declared", "append_only:declared").await;
    })
    .await;
}

/// The day on which certificate `n` is assigned: the n-th of 2026, at noon in Shanghai.
fn coded_on(n: u32) -> domain::Instant {
    domain::Instant::begin_of(day(n as i32)).plus_seconds(43_200)
}

#[tokio::test]
async fn what_was_in_force_and_coded_is_counted_by_the_days_of_shanghai() {
    on_both(async |t| {
        let db = &t.db;
        let base = |n: u32| Head { assigned_at: coded_on(n), body: domain::BodyId(1), ..head(n) };
        let first_moment = domain::Instant::begin_of(day(10));
        let heads = vec![
            base(1),
            Head { status: Status::Suspended(act(20)), ..base(2) },
            Head { status: Status::Revoked(act(4)), ..base(3) },
            Head { authority: THEIRS, ..base(4) },
            Head { status: Status::Annulled(act(6)), ..base(5) },
            Head { valid_from: day(12), ..base(6) },
            Head { valid_to: day(9), ..base(7) },
            base(8),
            Head { assigned_at: first_moment, ..base(10) },
            Head { assigned_at: domain::Instant::from_micros(first_moment.micros() - 1), ..base(9) },
        ];
        let takeover = |n: u32| n == 8;
        let editions: Vec<_> = heads
            .iter()
            .map(|it| {
                let mut edition = edition(it.id.0 as u32, 1);
                if takeover(it.id.0 as u32) {
                    edition.kinds = domain::Kinds::parse("takeover").unwrap();
                }
                edition
            })
            .collect();
        let events: Vec<Event> = heads
            .iter()
            .map(|it| Event {
                kind: EventKind::Assign,
                decided: (it.id.0 != 4).then(|| day(it.id.0 as i32 - 3)),
                ..sample_event(it.id.0)
            })
            .chain([Event { kind: EventKind::Resume, effective: day(15), ..sample_event(1) }])
            .collect();
        write(db, async |tx| {
            body::insert(tx, &[sample_body(1)], at(0)).await?;
            certificate::insert(tx, &heads).await?;
            content::insert_editions(tx, &editions).await?;
            event::append(tx, &events).await
        })
        .await;
        let valid = async |n| reckoning::valid_now(db.into(), day(n)).await.unwrap();
        // On the ninth: 1, 7, 8, 9 of ours; 10 comes with the next day's first moment, 6 is not valid yet.
        assert_eq!(valid(9).await, [(THEIRS, 1), (OURS, 4)]);
        assert_eq!(valid(10).await, [(THEIRS, 1), (OURS, 4)], "10 came, 7 ended");
        let unsettled = async |n| {
            let all = reckoning::unsettled(db.into(), day(n)).await.unwrap();
            all.into_iter().map(|(id, valid)| (id.0, valid)).collect::<Vec<_>>()
        };
        assert_eq!(unsettled(9).await, [(1, true), (2, false)]);
        assert_eq!(unsettled(5).await, [(1, true), (2, false), (5, false)]);
        assert_eq!(unsettled(20).await, []);
        let coded = async |first, last| {
            let all = reckoning::coded(db.into(), (day(first), day(last))).await.unwrap();
            all.into_iter().map(|it| (it.authority, it.taken_over, it.waited, it.n)).collect::<Vec<_>>()
        };
        let some = |of: AuthorityId, n| (of, false, Some(3), n);
        assert_eq!(coded(6, 8).await, [some(OURS, 2), (OURS, true, None, 1)]);
        // Without a day of decision there is no delay; what was annulled is left out; 9 was coded on the ninth.
        assert_eq!(coded(4, 9).await, [(THEIRS, false, None, 1), some(OURS, 3), (OURS, true, None, 1)]);
        assert_eq!(coded(10, 99).await, [some(OURS, 1)]);
    })
    .await;
}

#[tokio::test]
async fn what_a_page_asks_reads_no_table_whole() {
    on_both(async |t| {
        let db = &t.db;
        put(db, &bulletin(1, 1), &RELEASED).await;
        let asked = statements(async || {
            let (id, period) = (BulletinId(1), Period::parse("2026-Q3").unwrap());
            bulletin::list(db.into(), None, 9).await.unwrap();
            bulletin::sent_to(db.into(), OURS, None, 9).await.unwrap();
            bulletin::of_period(db.into(), period).await.unwrap();
            bulletin::corrected_by(db.into(), id, period).await.unwrap();
            bulletin::unsigned(db.into(), OURS).await.unwrap();
            bulletin::by_id(db.into(), id).await.unwrap();
            bulletin::steps(db.into(), id).await.unwrap();
            bulletin::receipts(db.into(), id, &[OURS, THEIRS]).await.unwrap();
            bulletin::replies(db.into(), id, None).await.unwrap();
            declared::of_authority(db.into(), OURS, 9).await.unwrap();
            declared::on(db.into(), day(30)).await.unwrap();
        })
        .await;
        assert_eq!(scan_nothing(&t, asked, &[]).await, 11, "{}", t.engine);
    })
    .await;
}
