//! 办理记录: positions without gap in commit order, and digests that can be computed again.
use domain::{AuthorityId, Day, Event, Object};
use sha2::{Digest, Sha256};
use store::{
    Db, Urgency,
    event::{self, Position, Recorded},
    meta,
    testing::on_both,
};

use crate::{
    guarded,
    sample::{OURS, THEIRS, at, day, event as sample},
    write,
};

fn place(number: i64) -> Position {
    Position { epoch: 1, number }
}

fn numbers(events: &[Recorded]) -> Vec<i64> {
    events.iter().map(|e| e.position.number).collect()
}

#[tokio::test]
async fn an_event_is_read_back_by_object_and_by_authority() {
    on_both(async |t| {
        let db = &t.db;
        assert_eq!(event::last(db.into()).await.unwrap(), place(0));
        let bare =
            Event { authority: None, edition: None, decided: None, document: String::new(), ..sample(7) };
        let theirs = Event { authority: Some(THEIRS), object: Object::Account, ..sample(7) };
        let all = [sample(7), bare, theirs];
        assert_eq!(write(db, async |tx| event::append(tx, &all).await).await, place(3));
        assert_eq!(write(db, async |tx| event::append(tx, &[sample(8)]).await).await, place(4));
        assert_eq!(write(db, async |tx| event::append(tx, &[]).await).await, place(4));
        assert_eq!(event::last(db.into()).await.unwrap(), place(4));
        let found = event::of_object(db.into(), Object::Certificate, 7, 9).await.unwrap();
        assert_eq!(numbers(&found), [1, 2]);
        let (first, second) = (&found[0], &found[1]);
        assert_eq!(
            (first.recorded_at, first.effective, first.actor.as_str()),
            (at(7), day(1), "operator:示例")
        );
        assert_eq!((first.authority, first.door.as_str(), first.kind), (Some(61), "command", all[0].kind));
        assert_eq!((first.object_id, first.edition), (7, Some(2)));
        assert_eq!((first.document.as_str(), &first.body), ("示例决〔2026〕1号", &all[0].body()));
        assert_eq!((second.authority, second.edition, second.document.as_str()), (None, None, ""));
        assert_eq!(numbers(&event::of_object(db.into(), Object::Certificate, 7, 1).await.unwrap()), [1]);
        assert_eq!(numbers(&event::of_object(db.into(), Object::Account, 7, 9).await.unwrap()), [3]);
        assert_eq!(numbers(&event::of_authority(db.into(), OURS, None, 9).await.unwrap()), [4, 1]);
        assert_eq!(numbers(&event::of_authority(db.into(), OURS, None, 1).await.unwrap()), [4]);
        assert_eq!(numbers(&event::of_authority(db.into(), OURS, Some(place(4)), 9).await.unwrap()), [1]);
        assert!(event::of_authority(db.into(), OURS, Some(place(1)), 9).await.unwrap().is_empty());
        assert!(event::of_authority(db.into(), AuthorityId(1), None, 9).await.unwrap().is_empty());
        guarded(db, "update event set actor = 'x'", "append_only:event").await;
        guarded(db, "delete from event", "append_only:event").await;
    })
    .await;
}

#[tokio::test]
async fn the_digest_follows_from_the_stored_salt_and_body_alone() {
    on_both(async |t| {
        let db = &t.db;
        let before = Event { effective: Day::MIN, recorded_at: at(-4_000_000_000), ..sample(2) };
        write(db, async |tx| event::append(tx, &[sample(1), before]).await).await;
        let stored = db.query("select salt, body, digest from event order by position", &[], |row| {
            Ok((row.bytes::<32>(0)?, row.blob(1)?.to_vec(), row.bytes::<32>(2)?))
        });
        let stored = stored.await.unwrap();
        assert_eq!(stored.len(), 2);
        for (salt, body, digest) in stored {
            let again: [u8; 32] = Sha256::digest([salt.as_slice(), &body].concat()).into();
            assert_eq!(digest, again);
            assert!(body.starts_with(b"fuma-event 1\nrecorded_at\t"));
        }
    })
    .await;
}

#[tokio::test]
async fn a_new_epoch_counts_from_one_and_comes_after_the_old_one() {
    on_both(async |t| {
        let db = &t.db;
        write(db, async |tx| event::append(tx, &[sample(7), sample(7)]).await).await;
        write(db, async |tx| meta::set(tx, "epoch", "2").await).await;
        assert_eq!(event::last(db.into()).await.unwrap(), Position { epoch: 2, number: 0 });
        let at = write(db, async |tx| event::append(tx, &[sample(7)]).await).await;
        assert_eq!(at, Position { epoch: 2, number: 1 });
        let positions = |events: Vec<Recorded>| {
            events.iter().map(|e| (e.position.epoch, e.position.number)).collect::<Vec<_>>()
        };
        let found = event::of_object(db.into(), Object::Certificate, 7, 9).await.unwrap();
        assert_eq!(positions(found), [(1, 1), (1, 2), (2, 1)]);
        let found = event::of_authority(db.into(), OURS, Some(at), 9).await.unwrap();
        assert_eq!(positions(found), [(1, 2), (1, 1)]);
    })
    .await;
}

const TASKS: i64 = 20;
const EACH: i64 = 20;

/// Reads over and over while others write: whoever follows positions must never find one missing below the last.
async fn follow(db: Db) {
    let mut done = 0;
    while done < TASKS * EACH {
        let sql = "select position from event where position > $1 order by position";
        let seen = db.query(sql, &[done.into()], |row| row.int(0)).await;
        for position in seen.unwrap() {
            done += 1;
            assert_eq!(position, done, "a position became visible before an earlier one");
        }
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn positions_follow_commit_order_without_gap_under_many_writers() {
    on_both(async |t| {
        let follower = tokio::spawn(follow(t.db.clone()));
        let other = Db::open(&t.address, store::OpenOptions::default()).await.unwrap();
        let writers: Vec<_> = (0..TASKS)
            .map(|task| {
                let db = if task % 2 == 0 { t.db.clone() } else { other.clone() };
                tokio::spawn(async move {
                    let mut last = 0;
                    for _ in 0..EACH {
                        let tx = db.begin(Urgency::Act).await.unwrap();
                        let at = event::append(&tx, &[sample(task)]).await.unwrap();
                        if task % 5 == 0 {
                            tokio::task::yield_now().await;
                        }
                        tx.commit().await.unwrap();
                        assert!(at.number > last, "a task's own events follow one another");
                        last = at.number;
                    }
                })
            })
            .collect();
        for writer in writers {
            writer.await.unwrap();
        }
        follower.await.unwrap();
        assert_eq!(event::last((&t.db).into()).await.unwrap(), place(TASKS * EACH));
    })
    .await;
}

#[tokio::test]
async fn an_act_that_is_rolled_back_leaves_no_gap() {
    on_both(async |t| {
        let db = &t.db;
        let tx = db.begin(Urgency::Act).await.unwrap();
        assert_eq!(event::append(&tx, &[sample(1), sample(2)]).await.unwrap(), place(2));
        drop(tx);
        assert_eq!(write(db, async |tx| event::append(tx, &[sample(3)]).await).await, place(1));
    })
    .await;
}
