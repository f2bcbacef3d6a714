//! Keys that requests are signed with, and the nonces of their signatures.
use domain::ClientId;
use store::{
    StoreError,
    client::{self, Key},
    testing::on_both,
};

use crate::{at, conflicts, refused, write};

const CLIENT: ClientId = ClientId(3);
const OTHER: ClientId = ClientId(4);

fn key(key_id: &str, client: ClientId, seconds: i64) -> Key {
    Key {
        key_id: key_id.into(),
        client,
        algorithm: "hmac-sm3".into(),
        material: vec![0, 159, 146, 150],
        created_at: at(seconds),
        ended_at: None,
    }
}

#[tokio::test]
async fn a_key_is_found_by_its_name_and_listed_with_its_system_newest_first() {
    on_both(async |t| {
        let db = &t.db;
        let (old, new, same) = (key("a-k1", CLIENT, 1), key("a-k2", CLIENT, 2), key("a-k3", CLIENT, 2));
        let foreign = key("b-k1", OTHER, 9);
        write(db, async |tx| {
            for it in [&old, &same, &new, &foreign] {
                client::add_key(tx, it).await?;
            }
            Ok(())
        })
        .await;
        assert_eq!(client::key(db.into(), "a-k1").await.unwrap(), Some(old.clone()));
        assert_eq!(client::key(db.into(), "A-K1").await.unwrap(), None, "names are told apart by case");
        assert_eq!(client::keys(db.into(), CLIENT).await.unwrap(), [new, same, old]);
        assert_eq!(client::keys(db.into(), OTHER).await.unwrap(), [foreign]);
        assert_eq!(client::keys(db.into(), ClientId(5)).await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn the_name_of_a_key_is_given_once() {
    on_both(async |t| {
        let db = &t.db;
        write(db, async |tx| client::add_key(tx, &key("a-k1", CLIENT, 1)).await).await;
        let error = refused(db, async |tx| client::add_key(tx, &key("a-k1", OTHER, 2)).await).await;
        assert!(matches!(error, StoreError::Unique { .. }), "{error:?}");
        assert_eq!(client::key(db.into(), "a-k1").await.unwrap(), Some(key("a-k1", CLIENT, 1)));
    })
    .await;
}

#[tokio::test]
async fn a_key_ends_once_and_only_for_its_own_system() {
    on_both(async |t| {
        let db = &t.db;
        write(db, async |tx| client::add_key(tx, &key("a-k1", CLIENT, 1)).await).await;
        conflicts(db, async |tx| client::end_key(tx, OTHER, "a-k1", at(5)).await).await;
        conflicts(db, async |tx| client::end_key(tx, CLIENT, "a-k2", at(5)).await).await;
        write(db, async |tx| client::end_key(tx, CLIENT, "a-k1", at(5)).await).await;
        conflicts(db, async |tx| client::end_key(tx, CLIENT, "a-k1", at(6)).await).await;
        let ended = Key { ended_at: Some(at(5)), ..key("a-k1", CLIENT, 1) };
        assert_eq!(client::key(db.into(), "a-k1").await.unwrap(), Some(ended.clone()));
        assert_eq!(client::keys(db.into(), CLIENT).await.unwrap(), [ended]);
    })
    .await;
}

#[tokio::test]
async fn a_nonce_is_new_once_for_each_key_until_it_is_purged() {
    on_both(async |t| {
        let db = &t.db;
        let uses = async |key_id: &str, nonce: &str| {
            write(db, async |tx| client::use_nonce(tx, key_id, nonce, at(600)).await).await
        };
        assert!(uses("a-k1", "n").await);
        assert!(!uses("a-k1", "n").await);
        assert!(uses("a-k2", "n").await && uses("a-k1", "N").await && uses("a-k1", "n ").await);
        assert_eq!(write(db, async |tx| client::purge(tx, at(600), at(0)).await).await, 0, "its last moment");
        assert!(!uses("a-k1", "n").await);
        assert_eq!(write(db, async |tx| client::purge(tx, at(601), at(0)).await).await, 4);
        assert!(uses("a-k1", "n").await);
    })
    .await;
}

#[tokio::test]
async fn a_nonce_of_a_transaction_that_is_dropped_is_not_used_up() {
    on_both(async |t| {
        let db = &t.db;
        let tx = db.begin(store::Urgency::Act).await.unwrap();
        assert!(client::use_nonce(&tx, "a-k1", "n", at(600)).await.unwrap());
        drop(tx);
        assert!(write(db, async |tx| client::use_nonce(tx, "a-k1", "n", at(600)).await).await);
    })
    .await;
}
