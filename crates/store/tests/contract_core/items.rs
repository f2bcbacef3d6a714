//! The dictionary of capabilities.
use std::collections::HashMap;

use domain::Item;
use store::{
    Db, Urgency,
    item::{self, Hash},
    testing::on_both,
};

use crate::{guarded, refused, sample::item as sample, write};

fn hashed(items: &[Item]) -> Vec<(Hash, &Item)> {
    items.iter().map(|i| (i.hash(), i)).collect()
}

async fn count(db: &Db) -> i64 {
    db.query_one("select count(*) from item", &[], |row| row.int(0)).await.unwrap().unwrap()
}

#[tokio::test]
async fn an_item_is_kept_once_however_often_it_is_needed() {
    on_both(async |t| {
        let db = &t.db;
        let items: Vec<Item> = [3, 1, 2, 1, 3].map(sample).to_vec();
        let ids = item::ensure(db, &Default::default(), &hashed(&items), Urgency::Act).await.unwrap();
        assert_eq!((ids.len(), count(db).await), (3, 3));
        let more: Vec<Item> = [2, 4].map(sample).to_vec();
        let again = item::ensure(db, &Default::default(), &hashed(&more), Urgency::Batch).await.unwrap();
        assert_eq!(again[&sample(2).hash()], ids[&sample(2).hash()]);
        assert_eq!(item::ensure(db, &Default::default(), &[], Urgency::Act).await.unwrap(), HashMap::new());
        let asked = [sample(1).hash(), sample(4).hash(), sample(5).hash()];
        let known = item::known(db.into(), &asked).await.unwrap();
        let expected = [(asked[0], ids[&asked[0]]), (asked[1], again[&asked[1]])];
        assert_eq!(known, expected.into_iter().collect());
        assert_eq!(item::known(db.into(), &[]).await.unwrap(), HashMap::new());
    })
    .await;
}

#[tokio::test]
async fn more_items_than_one_statement_takes_are_all_found() {
    on_both(async |t| {
        let db = &t.db;
        let items: Vec<Item> = (0..4_500).map(sample).collect();
        let ids = item::ensure(db, &Default::default(), &hashed(&items), Urgency::Batch).await.unwrap();
        let hashes: Vec<Hash> = items.iter().map(Item::hash).collect();
        assert_eq!(item::known(db.into(), &hashes).await.unwrap(), ids);
        assert_eq!((ids.len(), count(db).await), (4_500, 4_500));
    })
    .await;
}

#[tokio::test]
async fn items_known_to_be_new_go_in_and_a_known_one_is_refused() {
    on_both(async |t| {
        let db = &t.db;
        let items = [sample(1), sample(2)];
        write(db, async |tx| item::insert(tx, 10, &hashed(&items)).await).await;
        let known = item::known(db.into(), &[items[0].hash(), items[1].hash()]).await.unwrap();
        assert_eq!(known, [(items[0].hash(), 10), (items[1].hash(), 11)].into_iter().collect());
        let error = refused(db, async |tx| item::insert(tx, 20, &hashed(&items)).await).await;
        assert!(error.is_unique_on("item", &["hash"]), "{error:?}");
        guarded(db, "update item set name = 'x'", "append_only:item").await;
        guarded(db, "delete from item", "append_only:item").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn callers_that_need_the_same_new_items_at_once_get_the_same_ids() {
    on_both(async |t| {
        let other = store::Db::open(&t.address, store::OpenOptions::default()).await.unwrap();
        let callers: Vec<_> = (0..4u32)
            .map(|n| {
                let db = if n.is_multiple_of(2) { t.db.clone() } else { other.clone() };
                tokio::spawn(async move {
                    let mut all = HashMap::new();
                    for round in 0..8 {
                        // Each shares half of its items with its neighbour.
                        let from = round * 1_000 + n * 50;
                        let mut items: Vec<Item> = (from..from + 100).map(sample).collect();
                        if n.is_multiple_of(2) {
                            items.reverse();
                        }
                        let ids = item::ensure(&db, &Default::default(), &hashed(&items), Urgency::Act)
                            .await
                            .unwrap();
                        assert_eq!(ids.len(), 100);
                        all.extend(ids);
                    }
                    all
                })
            })
            .collect();
        let mut ids: HashMap<Hash, i64> = HashMap::new();
        for caller in callers {
            for (hash, id) in caller.await.unwrap() {
                assert_eq!(*ids.entry(hash).or_insert(id), id, "two ids for one item");
            }
        }
        assert_eq!(ids.len() as i64, count(&t.db).await);
        let hashes: Vec<Hash> = ids.keys().copied().collect();
        assert_eq!(item::known((&t.db).into(), &hashes).await.unwrap(), ids);
    })
    .await;
}
