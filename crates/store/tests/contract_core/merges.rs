//! 机构合并: what moves, what leads where, and that it can be undone.
use std::collections::HashMap;

use domain::{BodyId, CertificateId};
use store::{
    Db, Urgency,
    body::{self, Body},
    certificate::{self, Filter, Head},
    content, feed, kin, merge,
    testing::on_both,
};

use crate::{
    conflicts, guarded,
    sample::{at, body as sample, branch, edition, head, uscc},
    write,
};

const A: BodyId = BodyId(1);
const B: BodyId = BodyId(2);
const C: BodyId = BodyId(3);

/// Three bodies; the first holds certificate 1, the second 2 and 3, the third 4.
async fn three(db: &Db) {
    let heads = [(1, A), (2, B), (3, B), (4, C)].map(|(n, body)| Head { body, ..head(n) });
    write(db, async |tx| {
        body::insert(tx, &[sample(1), sample(2), branch(3, uscc(9))], at(0)).await?;
        content::insert_editions(tx, &[1, 2, 3, 4].map(|n| edition(n, 1))).await?;
        certificate::insert(tx, &heads).await
    })
    .await;
}

async fn merged(db: &Db, gone: BodyId, stays: BodyId) -> Vec<i64> {
    let moved = write(db, async |tx| merge::merge(tx, gone, stays).await).await;
    moved.into_iter().map(|id| id.0).collect()
}

async fn held(db: &Db, body: BodyId) -> Vec<i64> {
    let mut ids: Vec<i64> =
        certificate::of_body(db.into(), body).await.unwrap().into_iter().map(|head| head.id.0).collect();
    ids.sort_unstable();
    ids
}

async fn leads(db: &Db, body: BodyId) -> Option<BodyId> {
    body::by_id(db.into(), body).await.unwrap().unwrap().merged_into
}

#[tokio::test]
async fn a_merged_body_stays_with_its_keys_and_leads_to_the_one_that_holds_its_certificates() {
    on_both(async |t| {
        let db = &t.db;
        three(db).await;
        assert_eq!(merged(db, B, A).await, [2, 3]);
        assert_eq!((held(db, A).await, held(db, B).await), (vec![1, 2, 3], vec![]));
        let row = Body { merged_into: Some(A), ..sample(2) };
        assert_eq!(row.stays(), A);
        let found = body::by_own_usccs(db.into(), vec![uscc(2).to_string()]).await.unwrap();
        assert_eq!(found, std::slice::from_ref(&row), "its code goes on leading somewhere");
        assert_eq!(
            kin::of_codes(db.into(), vec![uscc(2).to_string()]).await.unwrap(),
            std::slice::from_ref(&row)
        );
        assert_eq!(body::merged_into(db.into(), vec![1, 3]).await.unwrap(), std::slice::from_ref(&row));
        let mut fed = feed::merged(db);
        assert_eq!(fed.next().await.unwrap(), Some(row.clone()));
        assert_eq!(fed.next().await.unwrap(), None);
        // Its keys stay taken, and what an edition says of it changes nothing of where it leads.
        let twin = [Body { id: BodyId(12), ..sample(2) }];
        let error = crate::refused(db, async |tx| body::insert(tx, &twin, at(0)).await).await;
        assert!(error.is_unique_on("body", &["own_uscc"]), "{error:?}");
        write(db, async |tx| body::update(tx, &Body { name: "示例新名".into(), ..sample(2) }).await).await;
        assert_eq!(leads(db, B).await, Some(A));
        guarded(db, "delete from body where id = 2", "no_delete:body").await;

        for filter in [
            Filter { uscc: uscc(2).to_string(), ..Filter::default() },
            Filter { name: sample(2).name_key, ..Filter::default() },
        ] {
            let list = certificate::list(db.into(), &filter, None, 9).await.unwrap();
            assert_eq!(list.len(), 3, "a list finds them by the old code and name as well: {filter:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_was_merged_before_goes_along_and_nobody_is_merged_twice_or_into_one_that_was() {
    on_both(async |t| {
        let db = &t.db;
        three(db).await;
        merged(db, B, A).await;
        for (gone, stays) in [(B, C), (C, B), (B, A), (A, A), (A, BodyId(99)), (BodyId(99), A)] {
            conflicts(db, async |tx| merge::merge(tx, gone, stays).await).await;
        }
        assert_eq!(merged(db, A, C).await, [1, 2, 3]);
        assert_eq!((leads(db, A).await, leads(db, B).await), (Some(C), Some(C)), "one step, never a chain");
        assert_eq!(merge::merged_first(db.into(), B).await.unwrap(), Some(A));
        assert_eq!(merge::merged_first(db.into(), C).await.unwrap(), None);
        assert_eq!(merge::merged_under(db.into(), A, C).await.unwrap(), [B]);
        assert_eq!(merge::merged_under(db.into(), B, C).await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn a_merge_is_undone_with_what_it_moved_and_what_came_since_stays() {
    on_both(async |t| {
        let db = &t.db;
        three(db).await;
        merged(db, B, A).await;
        merged(db, A, C).await;
        write(db, async |tx| certificate::insert(tx, &[Head { body: C, ..head(5) }]).await).await;
        let back = write(db, async |tx| merge::split(tx, (A, &[B]), C, vec![1, 2, 3]).await).await;
        assert_eq!(back, [1, 2, 3].map(CertificateId));
        assert_eq!((held(db, C).await, held(db, A).await), (vec![4, 5], vec![1, 2, 3]));
        assert_eq!((leads(db, A).await, leads(db, B).await), (None, Some(A)));
        let back = write(db, async |tx| merge::split(tx, (B, &[]), A, vec![2, 3, 4]).await).await;
        assert_eq!(back, [2, 3].map(CertificateId), "only what is where the merge put it");
        assert_eq!((held(db, A).await, held(db, B).await), (vec![1], vec![2, 3]));
        conflicts(db, async |tx| merge::split(tx, (B, &[]), A, vec![]).await).await;
        assert_eq!(merged(db, B, A).await, [2, 3], "it may be merged again");
    })
    .await;
}

#[tokio::test]
async fn who_holds_a_body_learns_where_it_leads_and_a_merge_waits_for_him() {
    on_both(async |t| {
        let db = &t.db;
        three(db).await;
        assert_eq!(write(db, async |tx| body::hold(tx, &[A, B, BodyId(9)]).await).await, HashMap::new());
        assert_eq!(write(db, async |tx| body::hold(tx, &[]).await).await, HashMap::new());
        // Somebody gives the second body a certificate while it is merged.
        let assigning = db.begin(Urgency::Act).await.unwrap();
        assert!(body::hold(&assigning, &[B]).await.unwrap().is_empty());
        let other = db.clone();
        let merging = tokio::spawn(async move {
            let tx = other.begin(Urgency::Act).await?;
            body::hold(&tx, &[A, B]).await?;
            let moved = merge::merge(&tx, B, A).await?;
            tx.commit().await?;
            Ok::<_, store::StoreError>(moved)
        });
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        certificate::insert(&assigning, &[Head { body: B, ..head(5) }]).await.unwrap();
        assigning.commit().await.unwrap();
        let moved = merging.await.unwrap().unwrap();
        assert_eq!(moved, [2, 3, 5].map(CertificateId), "nothing is left behind");
        let seen = write(db, async |tx| body::hold(tx, &[B, C]).await).await;
        assert_eq!(seen, HashMap::from([(B, A)]));
    })
    .await;
}
