//! Batches that came through the interface, and the answer to each of their lines.
use domain::{BatchId, ClientId};
use store::{
    Db, StoreError,
    batch_answer::{self, Answer},
    call_batch::{self, CallBatch, State, Tally},
    testing::on_both,
};

use crate::{OURS, THEIRS, at, conflicts, refused, write};

const B: BatchId = BatchId(1);

fn batch(id: i64) -> CallBatch {
    CallBatch {
        id: BatchId(id),
        authority: OURS,
        client: ClientId(1),
        act: "assign".into(),
        state: State::Receiving,
        digest: [0; 32],
        bytes: 0,
        done: 0,
        tally: Tally::default(),
        message: String::new(),
        created_at: at(0),
        updated_at: at(0),
    }
}

async fn read(db: &Db) -> CallBatch {
    call_batch::by_id(db.into(), B).await.unwrap().unwrap()
}

#[tokio::test]
async fn a_batch_of_calls_moves_only_from_the_state_it_is_in() {
    on_both(async |t| {
        let db = &t.db;
        write(db, async |tx| call_batch::create(tx, &batch(1)).await).await;
        assert_eq!(read(db).await, batch(1));
        assert_eq!(call_batch::by_id(db.into(), BatchId(2)).await.unwrap(), None);
        let tally = Tally { ok: 3, warned: 1, failed: 2 };
        conflicts(db, async |tx| call_batch::add_done(tx, B, tally, at(1)).await).await;
        let begun = async |before| call_batch::abandoned(db.into(), at(before)).await.unwrap();
        assert_eq!((begun(0).await, begun(100).await), (vec![], vec![B]));
        write(db, async |tx| call_batch::received(tx, B, &[3; 32], 1 << 30, at(1)).await).await;
        assert_eq!(begun(100).await, []);
        conflicts(db, async |tx| call_batch::received(tx, B, &[4; 32], 1, at(2)).await).await;
        for second in [2, 3] {
            write(db, async |tx| call_batch::add_done(tx, B, tally, at(second)).await).await;
        }
        write(db, async |tx| call_batch::end(tx, B, State::Done, "示例", at(4)).await).await;
        conflicts(db, async |tx| call_batch::end(tx, B, State::Failed, "", at(5)).await).await;
        conflicts(db, async |tx| call_batch::add_done(tx, B, tally, at(5)).await).await;
        let expected = CallBatch {
            state: State::Done,
            digest: [3; 32],
            bytes: 1 << 30,
            done: 12,
            tally: Tally { ok: 6, warned: 2, failed: 4 },
            message: "示例".into(),
            updated_at: at(4),
            ..batch(1)
        };
        assert_eq!(read(db).await, expected);
    })
    .await;
}

#[tokio::test]
async fn the_same_lines_are_found_again_unless_they_failed_and_pages_go_backwards() {
    on_both(async |t| {
        let db = &t.db;
        write(db, async |tx| {
            for id in 1..=4 {
                call_batch::create(tx, &batch(id)).await?;
            }
            call_batch::create(tx, &CallBatch { authority: THEIRS, ..batch(5) }).await?;
            for id in [1, 2, 3, 5] {
                call_batch::received(tx, BatchId(id), &[3; 32], 9, at(1)).await?;
            }
            call_batch::end(tx, BatchId(3), State::Failed, "示例", at(2)).await
        })
        .await;
        let latest = async |of, act: &str, digest: u8| {
            call_batch::latest(db.into(), of, act, &[digest; 32]).await.unwrap().map(|it| it.id.0)
        };
        assert_eq!(latest(OURS, "assign", 3).await, Some(2), "the failed one may be sent again");
        assert_eq!(latest(OURS, "change", 3).await, None);
        assert_eq!(latest(OURS, "assign", 0).await, None, "not while it is received");
        assert_eq!(latest(THEIRS, "assign", 3).await, Some(5));
        let ids = |list: Vec<CallBatch>| list.into_iter().map(|it| it.id.0).collect::<Vec<_>>();
        assert_eq!(ids(call_batch::list(db.into(), OURS, None, 2).await.unwrap()), [4, 3]);
        assert_eq!(ids(call_batch::list(db.into(), OURS, Some(BatchId(3)), 9).await.unwrap()), [2, 1]);
    })
    .await;
}

#[tokio::test]
async fn every_line_is_answered_once_and_read_in_the_order_of_the_lines() {
    on_both(async |t| {
        let db = &t.db;
        let answer = |line: u32| Answer {
            line,
            outcome: "ok".into(),
            answer: format!("{{\"record_id\":\"示例{line}\"}}"),
        };
        let answers: Vec<Answer> = [2, 1, 3].map(answer).into();
        assert_eq!(batch_answer::last(db.into(), B).await.unwrap(), 0);
        assert_eq!(write(db, async |tx| batch_answer::insert(tx, B, &answers).await).await, 3);
        write(db, async |tx| batch_answer::insert(tx, BatchId(2), &[answer(9)]).await).await;
        assert_eq!(batch_answer::last(db.into(), B).await.unwrap(), 3);
        let list = async |after, limit| batch_answer::list(db.into(), B, after, limit).await.unwrap();
        assert_eq!(list(0, 2).await, [answer(1), answer(2)]);
        assert_eq!(list(2, 9).await, [answer(3)]);
        assert_eq!(list(3, 9).await, []);
        let again = refused(db, async |tx| batch_answer::insert(tx, B, &[answer(4), answer(1)]).await).await;
        assert!(matches!(again, StoreError::Unique { .. }), "{again:?}");
        assert_eq!(
            batch_answer::last(db.into(), B).await.unwrap(),
            3,
            "and with it nothing of its transaction"
        );
    })
    .await;
}
