//! Accounts, sessions, access records.
use domain::{AccountId, Door, Role};
use store::{
    access::{self, Access},
    account::{self, Account, PasswordHash},
    old_password,
    session::{self, Session},
    testing::on_both,
};

use crate::{OURS, THEIRS, at, conflicts, refused, write};

fn account(id: i64) -> Account {
    Account {
        id: AccountId(id),
        login: format!("shili{id}"),
        name: "张示例".into(),
        authority: if id < 10 { OURS } else { THEIRS },
        role: Role::Licensing,
        password: PasswordHash("$argon2id$示例".into()),
        must_change: true,
        disabled: false,
        failures: 0,
        locked_until: None,
        password_set_at: at(0),
        last_login_at: None,
        last_login_from: None,
        created_at: at(0),
    }
}

fn session(n: u8, account: i64, seconds: i64) -> Session {
    Session {
        token_hash: [n; 32],
        account: AccountId(account),
        created_at: at(seconds),
        last_seen_at: at(seconds),
        source: "192.0.2.1".into(),
        agent: "示例浏览器".into(),
        previous: n.is_multiple_of(2).then(|| (at(seconds - 9), "192.0.2.9".into())),
    }
}

fn refusal(seconds: i64, n: u32) -> Access {
    Access {
        recorded_at: at(seconds),
        actor: "public".into(),
        authority: None,
        door: Door::Public,
        action: "sign_in".into(),
        outcome: "refused".into(),
        source: "192.0.2.1".into(),
        request_id: format!("r{n}"),
        n,
    }
}

#[tokio::test]
async fn an_account_is_found_by_key_and_login_and_a_login_is_unique() {
    on_both(async |t| {
        let whole = Account {
            locked_until: Some(at(9)),
            last_login_at: Some(at(8)),
            last_login_from: Some("192.0.2.1".into()),
            ..account(1)
        };
        write(&t.db, async |tx| account::create(tx, &whole).await).await;
        let reader = (&t.db).into();
        assert_eq!(account::by_id(reader, AccountId(1)).await.unwrap(), Some(whole.clone()));
        assert_eq!(account::by_login(reader, "shili1").await.unwrap(), Some(whole));
        assert_eq!(account::by_login(reader, "Shili1").await.unwrap(), None);
        assert_eq!(account::by_id(reader, AccountId(2)).await.unwrap(), None);
        let twin = Account { login: "shili1".into(), ..account(2) };
        let error = refused(&t.db, async |tx| account::create(tx, &twin).await).await;
        assert!(error.is_unique_on("account", &["login"]), "{error:?}");
    })
    .await;
}

#[tokio::test]
async fn accounts_are_listed_in_pages_by_authority_or_all() {
    on_both(async |t| {
        write(&t.db, async |tx| {
            for id in [3, 1, 2, 11] {
                account::create(tx, &account(id)).await?;
            }
            Ok(())
        })
        .await;
        let page = async |authority, after: Option<i64>, limit| -> Vec<i64> {
            let list = account::list((&t.db).into(), authority, after.map(AccountId), limit).await.unwrap();
            list.into_iter().map(|it| it.id.0).collect()
        };
        assert_eq!(page(Some(OURS), None, 2).await, [1, 2]);
        assert_eq!(page(Some(OURS), Some(2), 2).await, [3]);
        assert_eq!(page(None, None, 9).await, [1, 2, 3, 11]);
        assert_eq!(page(None, Some(3), 9).await, [11]);
    })
    .await;
}

#[tokio::test]
async fn an_account_changes_only_from_the_state_that_was_seen() {
    on_both(async |t| {
        let seen = account(1);
        write(&t.db, async |tx| account::create(tx, &seen).await).await;
        let hash = PasswordHash("$argon2id$另一示例".into());
        write(&t.db, async |tx| {
            account::set_password(tx, &seen, &hash, false, at(5)).await?;
            account::set_failures(tx, &seen, 5, Some(at(60))).await?;
            account::set_disabled(tx, seen.id, true).await?;
            account::set_role_name(tx, &seen, Role::Viewer, "李示例").await?;
            account::touch_login(tx, seen.id, at(4), "192.0.2.9").await
        })
        .await;
        let now = account::by_id((&t.db).into(), seen.id).await.unwrap();
        let expected = Account {
            name: "李示例".into(),
            role: Role::Viewer,
            password: hash.clone(),
            must_change: false,
            disabled: true,
            failures: 5,
            locked_until: Some(at(60)),
            password_set_at: at(5),
            last_login_at: Some(at(4)),
            last_login_from: Some("192.0.2.9".into()),
            ..seen.clone()
        };
        assert_eq!(now, Some(expected));
        conflicts(&t.db, async |tx| account::set_password(tx, &seen, &hash, false, at(6)).await).await;
        conflicts(&t.db, async |tx| account::set_failures(tx, &seen, 1, None).await).await;
        conflicts(&t.db, async |tx| account::set_disabled(tx, seen.id, true).await).await;
        conflicts(&t.db, async |tx| account::set_role_name(tx, &seen, Role::Viewer, "王示例").await).await;
        conflicts(&t.db, async |tx| account::touch_login(tx, AccountId(2), at(4), "").await).await;
    })
    .await;
}

#[tokio::test]
async fn a_password_is_not_shown_by_debug() {
    assert!(!format!("{:?}", account(1)).contains("argon2"));
}

#[tokio::test]
async fn a_session_is_found_with_its_account_until_it_is_ended() {
    on_both(async |t| {
        let (db, kept, gone) = (&t.db, session(1, 1, 0), session(2, 1, 0));
        write(db, async |tx| {
            account::create(tx, &account(1)).await?;
            account::create(tx, &account(2)).await?;
            for it in [&kept, &gone, &session(3, 1, 0), &session(4, 2, 0)] {
                session::create(tx, it).await?;
            }
            Ok(())
        })
        .await;
        assert_eq!(session::find(db.into(), &[1; 32]).await.unwrap(), Some((kept.clone(), account(1))));
        assert_eq!(session::find(db.into(), &[9; 32]).await.unwrap(), None);
        assert!(write(db, async |tx| session::touch(tx, &[1; 32], at(30)).await).await);
        assert!(!write(db, async |tx| session::touch(tx, &[9; 32], at(30)).await).await);
        let (touched, _) = session::find(db.into(), &[1; 32]).await.unwrap().unwrap();
        assert_eq!(touched, Session { last_seen_at: at(30), ..kept.clone() });
        let all = session::of_account(db.into(), AccountId(1)).await.unwrap();
        assert_eq!(all, [touched, gone.clone(), session(3, 1, 0)]);
        assert!(write(db, async |tx| session::delete(tx, &gone.token_hash).await).await);
        assert!(!write(db, async |tx| session::delete(tx, &gone.token_hash).await).await);
        let others = write(db, async |tx| session::delete_all(tx, AccountId(1), Some(&[1; 32])).await).await;
        assert_eq!(others, 1);
        assert!(session::find(db.into(), &[1; 32]).await.unwrap().is_some());
        assert_eq!(write(db, async |tx| session::delete_all(tx, AccountId(1), None).await).await, 1);
        assert!(session::find(db.into(), &[4; 32]).await.unwrap().is_some());
    })
    .await;
}

#[tokio::test]
async fn idle_and_old_sessions_are_purged() {
    on_both(async |t| {
        let db = &t.db;
        write(db, async |tx| {
            account::create(tx, &account(1)).await?;
            session::create(tx, &session(1, 1, 100)).await?; // fresh
            session::create(tx, &Session { last_seen_at: at(50), ..session(2, 1, 40) }).await?; // idle
            session::create(tx, &Session { last_seen_at: at(100), ..session(3, 1, 0) }).await // in use, but old
        })
        .await;
        assert_eq!(write(db, async |tx| session::purge(tx, at(60), at(10)).await).await, 2);
        assert!(session::find(db.into(), &[1; 32]).await.unwrap().is_some());
    })
    .await;
}

#[tokio::test]
async fn access_records_are_appended_and_listed_newest_first() {
    on_both(async |t| {
        let db = &t.db;
        let known =
            Access { actor: "account:7".into(), authority: Some(OURS), door: Door::Command, ..refusal(2, 4) };
        let records = [refusal(1, 1), refusal(2, 2), refusal(2, 3), known.clone()];
        assert_eq!(write(db, async |tx| access::insert(tx, 10, &records).await).await, 4);
        let first = access::list(db.into(), (at(3), i64::MIN), 2).await.unwrap();
        assert_eq!(first, [(13, known), (12, refusal(2, 3))]);
        let next = access::list(db.into(), (first[1].1.recorded_at, first[1].0), 9).await.unwrap();
        assert_eq!(next, [(11, refusal(2, 2)), (10, refusal(1, 1))]);
        let sql = "delete from access";
        let error = refused(db, async |tx| tx.exec(sql, &[]).await).await;
        assert!(matches!(error, store::StoreError::Refused { .. }), "{error:?}");
    })
    .await;
}

#[tokio::test]
async fn old_passwords_are_kept_newest_first_and_only_so_many() {
    on_both(async |t| {
        let with = |id, n: u32| Account { password: PasswordHash(format!("散列{n}")), ..account(id) };
        for n in 1..=5 {
            write(&t.db, async |tx| old_password::keep(tx, &with(1, n), 3).await).await;
        }
        write(&t.db, async |tx| old_password::keep(tx, &with(2, 9), 3).await).await;
        let of = async |id| old_password::of_account((&t.db).into(), AccountId(id)).await.unwrap();
        assert_eq!(of(1).await, [5, 4, 3].map(|n| PasswordHash(format!("散列{n}"))));
        assert_eq!(of(2).await.len(), 1, "another account keeps its own");
        assert!(of(3).await.is_empty());
    })
    .await;
}
