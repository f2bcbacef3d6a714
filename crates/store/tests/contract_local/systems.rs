//! Systems that call, with their secrets, keys and tokens; 应急手动赋码; the forms and steps of the docking.
use domain::{AuthorityId, ClientId, Grant, Grants};
use store::{
    Db, StoreError,
    client::{self, Client, Key, Secret, Token},
    docking::{self, Docking, Step},
    emergency::{self, Emergency},
    testing::on_both,
};

use crate::{OURS, THEIRS, at, conflicts, refused, write};

const C: ClientId = ClientId(1);

fn system(id: i64) -> Client {
    Client {
        id: ClientId(id),
        authority: if id < 10 { OURS } else { THEIRS },
        public_id: format!("fuma-27-{id}"),
        name: "示例审批系统".into(),
        grants: Grants::all(),
        addresses: "192.0.2.0/24".into(),
        from: Some(at(-9)),
        to: None,
        signing: false,
        rate: 50,
        disabled: false,
        created_at: at(0),
        last_seen_at: None,
    }
}

fn secret(n: u32) -> Secret {
    Secret { n, hash: [n as u8; 32], tail: format!("ab{n}c"), created_at: at(i64::from(n)), ended_at: None }
}

fn token(n: u8, client: ClientId, seconds: i64) -> Token {
    let grants: Grants = [Grant::Read, Grant::Check].into_iter().collect();
    Token { hash: [n; 32], client, grants, created_at: at(seconds), expires_at: at(seconds + 7_200) }
}

#[tokio::test]
async fn a_system_is_found_by_key_and_name_and_changed_but_for_whose_it_is() {
    on_both(async |t| {
        let db = &t.db;
        write(db, async |tx| {
            for id in [2, 1, 11] {
                client::create(tx, &system(id)).await?;
            }
            Ok(())
        })
        .await;
        assert_eq!(client::by_id(db.into(), C).await.unwrap(), Some(system(1)));
        assert_eq!(client::by_id(db.into(), ClientId(3)).await.unwrap(), None);
        assert_eq!(client::by_public_id(db.into(), "fuma-27-2").await.unwrap(), Some(system(2)));
        assert_eq!(client::by_public_id(db.into(), "FUMA-27-2").await.unwrap(), None);
        assert_eq!(client::list(db.into(), Some(OURS)).await.unwrap(), [system(1), system(2)]);
        assert_eq!(client::list(db.into(), None).await.unwrap().len(), 3);
        let twin = Client { public_id: "fuma-27-1".into(), ..system(3) };
        let error = refused(db, async |tx| client::create(tx, &twin).await).await;
        assert!(error.is_unique_on("client", &["public_id"]), "{error:?}");

        let changed = Client {
            name: "示例新系统".into(),
            grants: [Grant::Read].into_iter().collect(),
            addresses: String::new(),
            from: None,
            to: Some(at(99)),
            signing: true,
            rate: 5,
            disabled: true,
            ..system(1)
        };
        let other =
            Client { authority: THEIRS, public_id: "other".into(), created_at: at(7), ..changed.clone() };
        write(db, async |tx| client::update(tx, &other).await).await;
        assert_eq!(client::by_id(db.into(), C).await.unwrap(), Some(changed), "what it is stays");
        conflicts(db, async |tx| client::update(tx, &system(9)).await).await;
        let error = refused(db, async |tx| tx.exec("delete from client", &[]).await).await;
        assert!(matches!(error, StoreError::Refused { .. }), "{error:?}");
    })
    .await;
}

#[tokio::test]
async fn a_secret_is_ended_once() {
    on_both(async |t| {
        let db = &t.db;
        write(db, async |tx| {
            client::create(tx, &system(1)).await?;
            client::add_secret(tx, C, &secret(1)).await?;
            client::add_secret(tx, C, &Secret { ended_at: Some(at(50)), ..secret(2) }).await
        })
        .await;
        let error = refused(db, async |tx| client::add_secret(tx, C, &secret(2)).await).await;
        assert!(error.is_unique_on("client_secret", &["client_id", "n"]), "{error:?}");
        write(db, async |tx| {
            client::end_secret(tx, C, 1, at(9)).await?;
            client::end_secret(tx, C, 2, at(49)).await
        })
        .await;
        conflicts(db, async |tx| client::end_secret(tx, C, 1, at(10)).await).await;
        conflicts(db, async |tx| client::end_secret(tx, C, 3, at(10)).await).await;
        let ended = |n, second| Secret { ended_at: Some(at(second)), ..secret(n) };
        assert_eq!(client::secrets(db.into(), C).await.unwrap(), [ended(2, 49), ended(1, 9)], "newest first");
        assert_eq!(client::secrets(db.into(), ClientId(2)).await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn a_key_is_one_systems_and_a_nonce_is_used_once() {
    on_both(async |t| {
        let db = &t.db;
        let key = |name: &str, second| Key {
            key_id: name.into(),
            client: C,
            algorithm: "hmac-sha256".into(),
            material: vec![0, 255],
            created_at: at(second),
            ended_at: None,
        };
        write(db, async |tx| {
            client::add_key(tx, &key("k1", 1)).await?;
            client::add_key(tx, &key("k2", 2)).await
        })
        .await;
        assert_eq!(client::key(db.into(), "k1").await.unwrap(), Some(key("k1", 1)));
        assert_eq!(client::key(db.into(), "k3").await.unwrap(), None);
        let other = Key { client: ClientId(2), ..key("k1", 3) };
        let error = refused(db, async |tx| client::add_key(tx, &other).await).await;
        assert!(matches!(error, StoreError::Unique { .. }), "{error:?}");
        conflicts(db, async |tx| client::end_key(tx, ClientId(2), "k1", at(3)).await).await;
        write(db, async |tx| client::end_key(tx, C, "k1", at(3)).await).await;
        conflicts(db, async |tx| client::end_key(tx, C, "k1", at(4)).await).await;
        let ended = Key { ended_at: Some(at(3)), ..key("k1", 1) };
        assert_eq!(client::keys(db.into(), C).await.unwrap(), [key("k2", 2), ended]);

        let used = async |key: &str, nonce: &str| {
            write(db, async |tx| client::use_nonce(tx, key, nonce, at(60)).await).await
        };
        assert!(used("k1", "a").await && used("k2", "a").await && used("k1", "b").await);
        assert!(!used("k1", "a").await, "a second time");
    })
    .await;
}

#[tokio::test]
async fn a_token_leads_to_its_system_until_all_of_them_end() {
    on_both(async |t| {
        let db = &t.db;
        write(db, async |tx| {
            client::create(tx, &system(1)).await?;
            client::create(tx, &system(2)).await?;
            client::add_token(tx, &token(1, C, 10)).await?;
            client::add_token(tx, &token(2, C, 20)).await?;
            client::add_token(tx, &token(3, ClientId(2), 30)).await
        })
        .await;
        let seen = Client { last_seen_at: Some(at(20)), ..system(1) };
        assert_eq!(client::by_token(db.into(), &[1; 32]).await.unwrap(), Some((token(1, C, 10), seen)));
        assert_eq!(client::by_token(db.into(), &[9; 32]).await.unwrap(), None);
        conflicts(db, async |tx| client::add_token(tx, &token(4, ClientId(7), 0)).await).await;
        assert_eq!(write(db, async |tx| client::end_tokens(tx, C).await).await, 2);
        assert_eq!(client::by_token(db.into(), &[1; 32]).await.unwrap(), None);
        assert!(
            client::by_token(db.into(), &[3; 32]).await.unwrap().is_some(),
            "that of another system stays"
        );
    })
    .await;
}

#[tokio::test]
async fn a_call_key_stands_for_one_body_until_it_is_forgotten() {
    on_both(async |t| {
        let db = &t.db;
        let used = async |client: i64, key: &str, body: u8, second: i64| {
            let call = async |tx: &store::Tx| {
                client::use_call_key(tx, ClientId(client), key, &[body; 32], at(second)).await
            };
            write(db, call).await
        };
        assert!(used(1, "示例", 1, 0).await);
        assert!(used(1, "示例", 1, 1).await, "the same body again");
        assert!(!used(1, "示例", 2, 2).await, "another body");
        assert!(used(2, "示例", 2, 2).await, "of another system");
        write(db, async |tx| {
            client::create(tx, &system(1)).await?;
            client::add_token(tx, &token(1, C, 0)).await?;
            client::use_nonce(tx, "k1", "a", at(60)).await
        })
        .await;
        let purge =
            async |now, before| write(db, async |tx| client::purge(tx, at(now), at(before)).await).await;
        assert_eq!(purge(60, 0).await, 0, "what ends now is not over");
        assert_eq!(purge(61, 2).await, 2, "the nonce and the key of second 0");
        assert!(used(1, "示例", 2, 3).await, "forgotten");
        assert_eq!(purge(7_201, 0).await, 1, "the token");
    })
    .await;
}

fn opening(n: u32, opened: i64, until: i64) -> Emergency {
    Emergency {
        n,
        reason: "示例原因".into(),
        opened_by: "account:7".into(),
        opened_at: at(opened),
        until: at(until),
        closed_at: None,
    }
}

#[tokio::test]
async fn an_emergency_is_open_until_its_time_or_until_it_is_closed_once() {
    on_both(async |t| {
        let db = &t.db;
        write(db, async |tx| {
            emergency::open(tx, OURS, &opening(0, 0, 10)).await?;
            emergency::open(tx, THEIRS, &opening(0, 0, 99)).await
        })
        .await;
        let open = async |second| emergency::open_at(db.into(), OURS, at(second)).await.unwrap();
        assert_eq!(open(9).await, Some(opening(1, 0, 10)));
        assert_eq!(open(10).await, None, "it ended by itself");
        write(db, async |tx| emergency::open(tx, OURS, &opening(0, 20, 90)).await).await;
        assert_eq!(open(30).await, Some(opening(2, 20, 90)));
        write(db, async |tx| emergency::close(tx, OURS, 2, at(40)).await).await;
        conflicts(db, async |tx| emergency::close(tx, OURS, 2, at(41)).await).await;
        assert_eq!(open(30).await, None);
        let closed = Emergency { closed_at: Some(at(40)), ..opening(2, 20, 90) };
        assert_eq!(emergency::list(db.into(), OURS, 9).await.unwrap(), [closed.clone(), opening(1, 0, 10)]);
        assert_eq!(emergency::list(db.into(), OURS, 1).await.unwrap(), [closed]);
        let error = refused(db, async |tx| tx.exec("update emergency set reason = ''", &[]).await).await;
        assert!(matches!(error, StoreError::Refused { .. }), "{error:?}");
    })
    .await;
}

async fn form(db: &Db, authority: AuthorityId) -> Option<Docking> {
    docking::form(db.into(), authority).await.unwrap()
}

#[tokio::test]
async fn a_form_is_saved_over_the_version_that_was_read_and_stays_filed_since_the_first_time() {
    on_both(async |t| {
        let db = &t.db;
        assert_eq!(form(db, OURS).await, None);
        let save = async |tx: &store::Tx, version, byte, filed: Option<i64>, second| {
            docking::save(tx, OURS, version, &[byte], filed.map(at), at(second)).await
        };
        assert_eq!(write(db, async |tx| save(tx, 0, 1, None, 1).await).await, 1);
        let error = refused(db, async |tx| save(tx, 0, 9, None, 2).await).await;
        assert!(matches!(error, StoreError::Unique { .. }), "begun twice: {error:?}");
        assert_eq!(write(db, async |tx| save(tx, 1, 2, Some(3), 3).await).await, 2);
        conflicts(db, async |tx| save(tx, 1, 9, None, 4).await).await;
        assert_eq!(write(db, async |tx| save(tx, 2, 3, Some(5), 5).await).await, 3);
        let last = Docking {
            authority: OURS,
            cipher: vec![3],
            version: 3,
            filed_at: Some(at(3)),
            updated_at: at(5),
        };
        assert_eq!(form(db, OURS).await, Some(last.clone()));
        write(db, async |tx| docking::save(tx, THEIRS, 0, &[8], None, at(6)).await.map(drop)).await;
        let all = docking::forms(db.into()).await.unwrap();
        assert_eq!((all.len(), all[0].authority, &all[1]), (2, THEIRS, &last));
    })
    .await;
}

#[tokio::test]
async fn a_step_is_declared_declared_anew_and_taken_back() {
    on_both(async |t| {
        let db = &t.db;
        let step = |authority, name: &str, second| Step {
            authority,
            step: name.into(),
            done_at: at(second),
            actor: "account:7".into(),
            note: "示例报告1号".into(),
        };
        write(db, async |tx| {
            docking::set_step(tx, &step(OURS, "sandbox", 1)).await?;
            docking::set_step(tx, &step(OURS, "live", 2)).await?;
            docking::set_step(tx, &step(THEIRS, "sandbox", 3)).await?;
            docking::set_step(tx, &step(OURS, "sandbox", 4)).await
        })
        .await;
        let steps = async |of| docking::steps(db.into(), of).await.unwrap();
        assert_eq!(steps(Some(OURS)).await, [step(OURS, "live", 2), step(OURS, "sandbox", 4)]);
        assert_eq!(steps(None).await.len(), 3);
        write(db, async |tx| docking::clear_step(tx, OURS, "live").await).await;
        conflicts(db, async |tx| docking::clear_step(tx, OURS, "live").await).await;
        assert_eq!(steps(Some(OURS)).await, [step(OURS, "sandbox", 4)]);
    })
    .await;
}
