//! Drafts, counters, jobs.
use domain::{AccountId, CertificateId, DraftId, JobId};
use store::{
    Urgency,
    counter::{self, Counter},
    draft::{self, Draft, Head, Save},
    job::{self, Job, NewJob, Progress, Reclaimed, State},
    saved_search::{self, SavedSearch},
    testing::on_both,
};

use crate::{OFFICER, OURS, THEIRS, at, conflicts, refused, write};

fn draft(id: i64, seconds: i64) -> Draft {
    let head = Head {
        id: DraftId(id),
        authority: OURS,
        account: OFFICER,
        certificate: None,
        title: "示例检测有限公司".into(),
        kinds: String::new(),
        version: 1,
        updated_at: at(seconds),
    };
    Draft { head, cipher: vec![0, 159, 146, 150] }
}

#[tokio::test]
async fn of_two_saves_over_one_version_the_second_conflicts() {
    on_both(async |t| {
        let db = &t.db;
        let change =
            Draft { head: Head { certificate: Some(CertificateId(5)), ..draft(1, 0).head }, ..draft(1, 0) };
        write(db, async |tx| draft::create(tx, &change).await).await;
        assert_eq!(draft::by_id(db.into(), DraftId(1)).await.unwrap(), Some(change.clone()));
        let save =
            Save {
                account: AccountId(8), title: "另一示例", kinds: "extension", cipher: &[1], now: at(9)
            };
        assert_eq!(write(db, async |tx| draft::save(tx, DraftId(1), 1, &save).await).await, 2);
        conflicts(db, async |tx| draft::save(tx, DraftId(1), 1, &save).await).await;
        let saved = draft::by_id(db.into(), DraftId(1)).await.unwrap().unwrap();
        let head = Head {
            account: AccountId(8),
            title: "另一示例".into(),
            kinds: "extension".into(),
            version: 2,
            updated_at: at(9),
            ..change.head
        };
        assert_eq!(saved, Draft { head, cipher: vec![1] });
        conflicts(db, async |tx| draft::delete(tx, DraftId(1), 1).await).await;
        write(db, async |tx| draft::delete(tx, DraftId(1), 2).await).await;
        assert_eq!(draft::by_id(db.into(), DraftId(1)).await.unwrap(), None);
        conflicts(db, async |tx| draft::delete(tx, DraftId(1), 2).await).await;
    })
    .await;
}

#[tokio::test]
async fn drafts_of_an_authority_are_listed_last_saved_first() {
    on_both(async |t| {
        let db = &t.db;
        let foreign = Draft { head: Head { authority: THEIRS, ..draft(9, 9).head }, ..draft(9, 9) };
        write(db, async |tx| {
            for it in [draft(1, 5), draft(2, 3), draft(3, 5), foreign] {
                draft::create(tx, &it).await?;
            }
            Ok(())
        })
        .await;
        let first = draft::list(db.into(), OURS, None, 2).await.unwrap();
        assert_eq!(first, [draft(3, 5).head, draft(1, 5).head]);
        let next = draft::list(db.into(), OURS, Some((at(5), DraftId(1))), 2).await.unwrap();
        assert_eq!(next, [draft(2, 3).head]);
        assert_eq!(draft::count(db.into(), OURS).await.unwrap(), 3);
    })
    .await;
}

fn count(next: u32, epoch: i64) -> Counter {
    Counter { authority: OURS, scope: "61/2026".into(), next, epoch }
}

#[tokio::test]
async fn a_counter_gives_each_serial_once_and_never_goes_down() {
    on_both(async |t| {
        let db = &t.db;
        assert_eq!(counter::get(db.into(), OURS, "61/2026").await.unwrap(), None);
        assert_eq!(write(db, async |tx| counter::take(tx, OURS, "61/2026", 1, 1).await).await, None);
        write(db, async |tx| counter::set_start(tx, &count(100, 1)).await).await;
        assert_eq!(write(db, async |tx| counter::take(tx, OURS, "61/2026", 3, 1).await).await, Some(100));
        assert_eq!(write(db, async |tx| counter::take(tx, OURS, "61/2026", 1, 1).await).await, Some(103));
        assert_eq!(counter::get(db.into(), OURS, "61/2026").await.unwrap(), Some(count(104, 1)));
        conflicts(db, async |tx| counter::set_start(tx, &count(103, 1)).await).await;
        write(db, async |tx| counter::set_start(tx, &count(104, 1)).await).await;
        let tx = db.begin(Urgency::Act).await.unwrap();
        assert_eq!(counter::take(&tx, OURS, "61/2026", 10, 1).await.unwrap(), Some(104));
        drop(tx);
        assert_eq!(counter::get(db.into(), OURS, "61/2026").await.unwrap(), Some(count(104, 1)));
    })
    .await;
}

#[tokio::test]
async fn a_counter_waits_in_a_new_epoch_until_it_is_confirmed() {
    on_both(async |t| {
        let db = &t.db;
        write(db, async |tx| counter::set_start(tx, &count(50, 1)).await).await;
        assert_eq!(write(db, async |tx| counter::take(tx, OURS, "61/2026", 1, 2).await).await, None);
        assert!(write(db, async |tx| counter::raise(tx, &count(60, 2)).await).await);
        assert!(!write(db, async |tx| counter::raise(tx, &count(60, 2)).await).await);
        assert_eq!(counter::get(db.into(), OURS, "61/2026").await.unwrap(), Some(count(60, 1)));
        write(db, async |tx| counter::set_start(tx, &count(70, 2)).await).await;
        assert_eq!(write(db, async |tx| counter::take(tx, OURS, "61/2026", 1, 2).await).await, Some(70));
        conflicts(db, async |tx| counter::set_start(tx, &count(80, 1)).await).await;
        let other = Counter { scope: "32/2026".into(), ..count(1, 2) };
        assert!(write(db, async |tx| counter::raise(tx, &other).await).await);
        assert_eq!(counter::list(db.into(), OURS).await.unwrap(), [other, count(71, 2)]);
        assert_eq!(counter::list(db.into(), THEIRS).await.unwrap(), []);
    })
    .await;
}

fn new_job(id: i64, seconds: i64) -> NewJob<'static> {
    NewJob {
        id: JobId(id),
        kind: "print",
        payload: "{}",
        run_at: at(seconds),
        account: OFFICER,
        authority: OURS,
        total: 10,
        now: at(0),
    }
}

#[tokio::test]
async fn a_job_is_claimed_when_due_renewed_and_finished() {
    on_both(async |t| {
        let db = &t.db;
        write(db, async |tx| {
            job::enqueue(tx, &new_job(1, 5)).await?;
            job::enqueue(tx, &new_job(2, 3)).await
        })
        .await;
        assert_eq!(write(db, async |tx| job::claim(tx, at(2), at(60)).await).await, None);
        let claimed = write(db, async |tx| job::claim(tx, at(9), at(60)).await).await.unwrap();
        assert_eq!((claimed.id, claimed.state, claimed.attempts), (JobId(2), State::Running, 1));
        assert_eq!(job::by_id(db.into(), JobId(2)).await.unwrap(), Some(claimed.clone()));
        let progress = Progress { done: 4, total: 12, message: "已打印4份" };
        write(db, async |tx| job::heartbeat(tx, &claimed, progress, at(90), at(10)).await).await;
        let seen = job::by_id(db.into(), JobId(2)).await.unwrap().unwrap();
        let message = "已打印4份".to_owned();
        let expected =
            Job { done: 4, total: 12, message, lease_until: at(90), updated_at: at(10), ..claimed.clone() };
        assert_eq!(seen, expected);
        write(db, async |tx| job::renew(tx, &claimed, at(95)).await).await;
        let seen = job::by_id(db.into(), JobId(2)).await.unwrap().unwrap();
        assert_eq!(seen, Job { lease_until: at(95), ..expected }, "how far it is stays");
        write(db, async |tx| job::finish(tx, &claimed, "完成", Some(&[7]), at(11)).await).await;
        let end = job::by_id(db.into(), JobId(2)).await.unwrap().unwrap();
        assert_eq!((end.state, end.done, end.result), (State::Done, 12, Some(vec![7])));
        conflicts(db, async |tx| job::heartbeat(tx, &claimed, progress, at(90), at(12)).await).await;
        conflicts(db, async |tx| job::renew(tx, &claimed, at(90)).await).await;
        conflicts(db, async |tx| job::finish(tx, &claimed, "", None, at(12)).await).await;
        let ids: Vec<i64> =
            job::list(db.into(), OFFICER, None, 9).await.unwrap().iter().map(|it| it.id.0).collect();
        assert_eq!(ids, [2, 1]);
        assert_eq!(job::list(db.into(), OFFICER, Some(JobId(2)), 9).await.unwrap()[0].id, JobId(1));
        assert_eq!(job::list(db.into(), AccountId(1), None, 9).await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn two_workers_never_claim_the_same_job() {
    on_both(async |t| {
        let db = &t.db;
        write(db, async |tx| {
            job::enqueue(tx, &new_job(1, 1)).await?;
            job::enqueue(tx, &new_job(2, 1)).await
        })
        .await;
        let claim =
            async || write(db, async |tx| job::claim(tx, at(9), at(60)).await).await.map(|it| it.id.0);
        let (a, b, c) = tokio::join!(claim(), claim(), claim());
        let mut claimed: Vec<i64> = [a, b, c].into_iter().flatten().collect();
        claimed.sort_unstable();
        assert_eq!(claimed, [1, 2]);
    })
    .await;
}

#[tokio::test]
async fn a_failed_job_waits_and_tries_again_or_is_given_up() {
    on_both(async |t| {
        let db = &t.db;
        write(db, async |tx| job::enqueue(tx, &new_job(1, 0)).await).await;
        let first = write(db, async |tx| job::claim(tx, at(1), at(60)).await).await.unwrap();
        let again = at(1).plus_seconds(job::back_off(first.attempts));
        write(db, async |tx| job::fail(tx, &first, "磁盘已满", Some(again), at(1)).await).await;
        assert_eq!(write(db, async |tx| job::claim(tx, at(2), at(60)).await).await, None);
        let second = write(db, async |tx| job::claim(tx, at(3), at(60)).await).await.unwrap();
        assert_eq!(second.attempts, 2);
        conflicts(db, async |tx| job::fail(tx, &first, "", None, at(4)).await).await;
        write(db, async |tx| job::fail(tx, &second, "放弃", None, at(4)).await).await;
        let end = job::by_id(db.into(), JobId(1)).await.unwrap().unwrap();
        assert_eq!((end.state, end.message.as_str()), (State::Failed, "放弃"));
        assert_eq!(write(db, async |tx| job::claim(tx, at(99), at(60)).await).await, None);
        let twin = refused(db, async |tx| job::enqueue(tx, &new_job(1, 0)).await).await;
        assert!(matches!(twin, store::StoreError::Unique { .. }), "{twin:?}");
    })
    .await;
}

#[test]
fn waiting_after_failures_grows_to_ten_minutes() {
    let waits: Vec<i64> = [0, 1, 2, 5, 9, 10, 1000].map(job::back_off).to_vec();
    assert_eq!(waits, [2, 2, 4, 32, 512, 600, 600]);
}

#[tokio::test]
async fn a_job_whose_lease_ended_is_taken_from_its_worker() {
    on_both(async |t| {
        let db = &t.db;
        write(db, async |tx| job::enqueue(tx, &new_job(1, 0)).await).await;
        let lost = write(db, async |tx| job::claim(tx, at(1), at(60)).await).await.unwrap();
        let reclaim = async |now| write(db, async |tx| job::reclaim(tx, 2, "多次中断", at(now)).await).await;
        assert_eq!(reclaim(60).await, Reclaimed { waiting: 0, failed: Vec::new() });
        assert_eq!(reclaim(61).await, Reclaimed { waiting: 1, failed: Vec::new() });
        let held = write(db, async |tx| job::claim(tx, at(62), at(90)).await).await.unwrap();
        let progress = Progress { done: 1, total: 10, message: "" };
        conflicts(db, async |tx| job::heartbeat(tx, &lost, progress, at(99), at(63)).await).await;
        write(db, async |tx| job::heartbeat(tx, &held, progress, at(95), at(63)).await).await;
        let given_up = reclaim(96).await;
        let end = job::by_id(db.into(), JobId(1)).await.unwrap().unwrap();
        assert_eq!((end.state, end.message.as_str()), (State::Failed, "多次中断"));
        assert_eq!(given_up, Reclaimed { waiting: 0, failed: vec![end] }, "whoever asked is to be told");
    })
    .await;
}

#[tokio::test]
async fn a_search_is_kept_under_one_name_of_its_account() {
    on_both(async |t| {
        let db = &t.db;
        let search = |id: i64, query: &str| SavedSearch { id, name: "示例".into(), query: query.into() };
        let mine = async || saved_search::of_account(db.into(), OFFICER).await.unwrap();
        assert_eq!(
            write(db, async |tx| saved_search::put(tx, OFFICER, &search(1, "q=a"), at(0)).await).await,
            1
        );
        let again =
            write(db, async |tx| saved_search::put(tx, OFFICER, &search(2, "q=b"), at(1)).await).await;
        assert_eq!(
            (again, mine().await),
            (1, vec![search(1, "q=b")]),
            "the name leads to the later question"
        );
        let other = AccountId(99);
        assert_eq!(
            write(db, async |tx| saved_search::put(tx, other, &search(3, "q=c"), at(2)).await).await,
            3
        );
        assert!(!write(db, async |tx| saved_search::delete(tx, other, 1).await).await, "not his");
        assert!(write(db, async |tx| saved_search::delete(tx, OFFICER, 1).await).await);
        assert!(mine().await.is_empty());
    })
    .await;
}
