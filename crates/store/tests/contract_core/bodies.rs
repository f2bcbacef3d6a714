//! 获证机构.
use domain::BodyId;
use store::{
    StoreError,
    body::{self, Body},
    certificate::{self, Head},
    testing::on_both,
};

use crate::{
    conflicts, refused,
    sample::{at, body as sample, branch, head, uscc},
    write,
};

fn sorted(mut bodies: Vec<Body>) -> Vec<Body> {
    bodies.sort_by_key(|b| b.id);
    bodies
}

#[tokio::test]
async fn a_body_is_found_by_id_own_code_name_and_legacy_code() {
    on_both(async |t| {
        let db = &t.db;
        let (first, second) = (sample(1), sample(2));
        let child = Body { name_key: first.name_key.clone(), ..branch(3, uscc(9)) };
        let all = [first.clone(), second.clone(), child.clone()];
        assert_eq!(write(db, async |tx| body::insert(tx, &all, at(0)).await).await, 3);
        for b in &all {
            assert_eq!(body::by_id(db.into(), b.id).await.unwrap().as_ref(), Some(b));
        }
        assert_eq!(body::by_id(db.into(), BodyId(4)).await.unwrap(), None);
        let codes = vec![uscc(2).as_str().to_owned(), uscc(9).as_str().to_owned()];
        assert_eq!(body::by_own_usccs(db.into(), codes).await.unwrap(), std::slice::from_ref(&second));
        let keys = vec![first.name_key.clone(), "没有".into()];
        assert_eq!(sorted(body::by_name_keys(db.into(), keys).await.unwrap()), [first.clone(), child]);
        let codes = vec!["ORG000001".into(), "ORG000002".into(), "ORG000001".into()];
        assert_eq!(sorted(body::by_org_codes(db.into(), codes).await.unwrap()), [first, second]);
        assert_eq!(body::by_org_codes(db.into(), vec![]).await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn one_own_code_is_one_body_and_one_name_under_a_parent_is_one_body() {
    on_both(async |t| {
        let db = &t.db;
        write(db, async |tx| body::insert(tx, &[sample(1), branch(2, uscc(9))], at(0)).await).await;
        let twin = Body { id: BodyId(11), ..sample(1) };
        let error = refused(db, async |tx| body::insert(tx, &[twin], at(0)).await).await;
        assert!(error.is_unique_on("body", &["own_uscc"]), "{error:?}");
        let twin = Body { id: BodyId(12), ..branch(2, uscc(9)) };
        let error = refused(db, async |tx| body::insert(tx, &[twin], at(0)).await).await;
        assert!(error.is_unique_on("body", &["parent_uscc", "name_key"]), "{error:?}");
        // The same name under another parent, or with an own code, is another body.
        let others = [
            Body { id: BodyId(13), ..branch(2, uscc(8)) },
            Body { id: BodyId(14), own_uscc: Some(uscc(14)), ..branch(2, uscc(9)) },
        ];
        write(db, async |tx| body::insert(tx, &others, at(0)).await).await;
    })
    .await;
}

#[tokio::test]
async fn an_update_sets_all_an_edition_says_of_its_body() {
    on_both(async |t| {
        let db = &t.db;
        write(db, async |tx| body::insert(tx, &[sample(1), sample(2)], at(0)).await).await;
        let changed =
            Body { id: BodyId(1), name: "示例新名".into(), name_key: "k".into(), ..branch(5, uscc(9)) };
        write(db, async |tx| body::update(tx, &changed).await).await;
        assert_eq!(body::by_id(db.into(), BodyId(1)).await.unwrap(), Some(changed));
        assert_eq!(body::by_id(db.into(), BodyId(2)).await.unwrap(), Some(sample(2)));
        conflicts(db, async |tx| body::update(tx, &sample(3)).await).await;
        let clash = Body { id: BodyId(2), ..sample(2) };
        write(db, async |tx| body::insert(tx, &[sample(3)], at(0)).await).await;
        let clash = Body { own_uscc: sample(3).own_uscc, ..clash };
        let error = refused(db, async |tx| body::update(tx, &clash).await).await;
        assert!(matches!(error, StoreError::Unique { .. }), "{error:?}");
    })
    .await;
}

#[tokio::test]
async fn who_judged_a_body_by_what_it_held_learns_that_it_holds_more() {
    on_both(async |t| {
        let db = &t.db;
        let heads = [1, 2].map(|n| Head { body: BodyId(1), ..head(n) });
        write(db, async |tx| {
            body::insert(tx, &[sample(1), sample(2)], at(0)).await?;
            certificate::insert(tx, &heads).await
        })
        .await;
        let (one, two, none) = (BodyId(1), BodyId(2), BodyId(7));
        write(db, async |tx| body::still_hold(tx, &[(two, 0), (one, 2), (none, 0)]).await).await;
        write(db, async |tx| body::still_hold(tx, &[]).await).await;
        conflicts(db, async |tx| body::still_hold(tx, &[(two, 0), (one, 1)]).await).await;
    })
    .await;
}
