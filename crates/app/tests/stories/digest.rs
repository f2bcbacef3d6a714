//! 每日提要: once a day for each officer, of what is new on the lists that concern him, and nothing where nothing is.

use super::*;
use app::{DigestLine, Worklist};
use store::account::{Account, PasswordHash};
use store::testing::on_both;

/// Keeps an account: the digest goes to accounts, not to whoever calls.
async fn account(db: &Db, authority: AuthorityId, role: Role, id: i64) -> Ctx {
    let account = Account {
        id: AccountId(id),
        login: format!("{}{id}", role.key()),
        name: "样张".into(),
        authority,
        role,
        password: PasswordHash(String::new()),
        must_change: false,
        disabled: false,
        failures: 0,
        locked_until: None,
        password_set_at: NOW,
        last_login_at: None,
        last_login_from: None,
        created_at: NOW,
    };
    let tx = db.begin(store::Urgency::Act).await.unwrap();
    store::account::create(&tx, &account).await.unwrap();
    tx.commit().await.unwrap();
    actor(authority, role, id)
}

/// Waits for an hour of the n-th day after the first.
fn until(office: &Office, days: i64, hour: i64) {
    let then = NOW.plus_seconds(days * 86_400 + (hour - 16) * 3_600);
    office.clock.advance((then.micros() - office.clock.now().micros()) / 1_000_000);
}

async fn lines(office: &Office, ctx: &Ctx) -> Vec<(Day, Vec<DigestLine>)> {
    let all = office.app.digests(ctx).await.unwrap();
    all.into_iter().map(|it| (it.day, it.lines)).collect()
}

#[tokio::test]
async fn officers_are_told_once_a_day_by_role_and_only_of_what_is_new() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let licensing = account(&t.db, OURS, Role::Licensing, 71).await;
        let supervision = account(&t.db, OURS, Role::Supervision, 72).await;
        let elsewhere = account(&t.db, THEIRS, Role::Supervision, 73).await;
        let nation = account(&t.db, NATIONAL, Role::Supervision, 74).await;
        let mut form = first(1);
        // Its last day is the next one.
        form.set(Field::ValidFrom, "2020-11-24");
        form.set(Field::ValidTo, "2026-11-23");
        link::assigned(&office, OURS, &form).await;
        // It expired on the 23rd: on the 24th, before six, nobody is told.
        office.app.make_digests().await.unwrap();
        until(&office, 2, 5);
        assert_eq!(office.app.make_digests().await.unwrap(), 0);
        assert!(lines(&office, &supervision).await.is_empty());
        // At six two nodes make them at once.
        until(&office, 2, 6);
        let other = node(&t.db, &office.clock).await;
        let (one, two) = tokio::join!(office.app.make_digests(), other.make_digests());
        assert_eq!(one.unwrap() + two.unwrap(), 2, "one for the province, one for the nation");
        let told = [(office.app.today(), vec![DigestLine { list: Worklist::Expired, fresh: 1 }])];
        assert_eq!(lines(&office, &supervision).await, told);
        assert_eq!(lines(&office, &nation).await, told);
        assert!(lines(&office, &licensing).await.is_empty(), "cancelling is not his work");
        assert!(lines(&office, &elsewhere).await.is_empty());
        // Nothing new on the next day.
        until(&office, 3, 9);
        assert_eq!(office.app.make_digests().await.unwrap(), 0);
        assert_eq!(lines(&office, &supervision).await, told);
        // It is kept for thirty days.
        until(&office, 33, 9);
        office.app.make_digests().await.unwrap();
        assert!(lines(&office, &supervision).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_list_that_was_left_out_is_not_told_of_and_reading_is_ones_own() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let one = account(&t.db, OURS, Role::Licensing, 71).await;
        let other = account(&t.db, OURS, Role::Licensing, 72).await;
        office.app.make_digests().await.unwrap();
        let lists = office.app.digest_lists(&one).await.unwrap();
        assert!(lists.iter().all(|(_, on)| *on));
        let without: Vec<Worklist> =
            lists.iter().map(|(list, _)| *list).filter(|list| *list != Worklist::Quality).collect();
        office.app.set_digest_lists(&one, &without).await.unwrap();
        link::assigned(&office, OURS, &first(1)).await;
        office.clock.advance(86_400);
        office.app.queue_quality().await.unwrap();
        while office.app.work_once().await.unwrap() {}
        assert_eq!(
            office.app.make_digests().await.unwrap(),
            2,
            "no signatory: an error; told to two of three"
        );
        assert!(lines(&office, &one).await.is_empty());
        let told = lines(&office, &other).await;
        assert_eq!(told[0].1[0].list, Worklist::Quality);
        assert_eq!(office.app.mark_digests(&other, told[0].0).await.unwrap(), 1);
        assert!(office.app.digests(&other).await.unwrap()[0].read.is_some());
        let viewer = actor(OURS, Role::Viewer, 9);
        assert!(matches!(office.app.digests(&viewer).await, Err(AppError::Forbidden)));
    })
    .await;
}
