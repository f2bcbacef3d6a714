//! 每日提要: one a day and account, read by its account, kept for a while; and the lists that are left out.
use crate::{OFFICER, at, write};
use domain::{AccountId, Day};
use store::{
    digest::{self, Digest},
    testing::on_both,
};

fn day(n: u8) -> Day {
    Day::new(2026, 11, n).unwrap()
}

fn of(account: AccountId, n: u8, lines: &str) -> Digest {
    Digest { account, day: day(n), lines: lines.into(), read_at: None }
}

#[tokio::test]
async fn the_first_of_a_day_stays_is_read_by_its_account_and_goes_after_a_while() {
    on_both(async |t| {
        let db = &t.db;
        let put = async |it: Digest| write(db, async |tx| digest::put(tx, &it).await).await;
        assert!(put(of(OFFICER, 1, "[1]")).await);
        assert!(!put(of(OFFICER, 1, "[2]")).await, "another node made it");
        assert!(put(of(OFFICER, 2, "[3]")).await && put(of(AccountId(8), 2, "[4]")).await);
        let list = async |account| digest::list(db.into(), account, 9).await.unwrap();
        assert_eq!(list(OFFICER).await, [of(OFFICER, 2, "[3]"), of(OFFICER, 1, "[1]")]);
        let mark =
            async |up_to| write(db, async |tx| digest::mark(tx, OFFICER, day(up_to), at(5)).await).await;
        assert_eq!((mark(1).await, mark(1).await), (1, 0));
        let read: Vec<_> = list(OFFICER).await.iter().map(|it| it.read_at).collect();
        assert_eq!(read, [None, Some(at(5))]);
        assert_eq!(list(AccountId(8)).await[0].read_at, None);
        assert_eq!(write(db, async |tx| digest::purge(tx, day(2)).await).await, 1);
        assert_eq!(list(OFFICER).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn the_lists_left_out_are_those_set_last() {
    on_both(async |t| {
        let db = &t.db;
        let set =
            async |lists: &[&str]| write(db, async |tx| digest::set_off(tx, OFFICER, lists).await).await;
        let off = async || digest::off(db.into(), vec![OFFICER.0, 8]).await.unwrap();
        set(&["quality", "expiring"]).await;
        assert_eq!(off().await, [(OFFICER, "expiring".to_owned()), (OFFICER, "quality".to_owned())]);
        set(&["quality"]).await;
        assert_eq!(off().await, [(OFFICER, "quality".to_owned())]);
        set(&[]).await;
        assert!(off().await.is_empty());
    })
    .await;
}
