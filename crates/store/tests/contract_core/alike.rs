//! Names nearly the same: keys of bodies.
use domain::{BodyId, CROWD};
use store::{alike, body, body::Body, testing::on_both};

use crate::{
    conflicts,
    sample::{at, body as sample, branch, uscc},
    write,
};

#[tokio::test]
async fn a_new_or_changed_body_is_due_until_its_keys_are_kept() {
    on_both(async |t| {
        let db = &t.db;
        let bodies = [sample(1), branch(2, uscc(9))];
        write(db, async |tx| body::insert(tx, &bodies, at(0)).await).await;
        let due = alike::due(db.into(), 10).await.unwrap();
        assert_eq!(due, bodies);
        assert_eq!(alike::due(db.into(), 1).await.unwrap().len(), 1);
        let (ids, keys) = ([BodyId(1), BodyId(2)], vec![(7, BodyId(1)), (-7, BodyId(2)), (7, BodyId(2))]);
        write(db, async |tx| alike::keep(tx, &ids, keys.clone()).await).await;
        assert_eq!(alike::due(db.into(), 10).await.unwrap(), []);

        let mut found = alike::by_keys(db.into(), vec![7, -7, 8]).await.unwrap();
        found.sort_by_key(|(key, b)| (*key, b.id));
        let expected = [(-7, &bodies[1]), (7, &bodies[0]), (7, &bodies[1])];
        assert_eq!(found.iter().map(|(key, b)| (*key, b)).collect::<Vec<_>>(), expected);
        assert_eq!(alike::by_keys(db.into(), vec![]).await.unwrap(), []);

        // A change makes it due again, twice is once; keys that it has already are no clash.
        let renamed = Body { name: "示例新名".into(), ..sample(1) };
        write(db, async |tx| body::update(tx, &renamed).await).await;
        write(db, async |tx| body::update(tx, &renamed).await).await;
        assert_eq!(alike::due(db.into(), 10).await.unwrap(), std::slice::from_ref(&renamed));
        let keys = vec![(7, BodyId(1)), (9, BodyId(1)), (9, BodyId(1))];
        write(db, async |tx| alike::keep(tx, &[BodyId(1)], keys).await).await;
        assert_eq!(alike::by_keys(db.into(), vec![9]).await.unwrap(), [(9, renamed)]);
        // Somebody else has made them meanwhile.
        conflicts(db, async |tx| alike::keep(tx, &[BodyId(1)], vec![]).await).await;
    })
    .await;
}

#[tokio::test]
async fn a_key_of_too_many_bodies_brings_none_and_grows_no_further() {
    on_both(async |t| {
        let db = &t.db;
        let many: Vec<Body> = (1..=CROWD as u32 + 3).map(sample).collect();
        write(db, async |tx| body::insert(tx, &many, at(0)).await).await;
        for part in [&many[..CROWD - 1], &many[CROWD - 1..]] {
            let ids: Vec<BodyId> = part.iter().map(|b| b.id).collect();
            let keys = ids.iter().map(|id| (5, *id)).chain([(6, ids[0])]).collect();
            write(db, async |tx| alike::keep(tx, &ids, keys).await).await;
            let few = alike::by_keys(db.into(), vec![5]).await.unwrap().len();
            assert_eq!(few, if part.len() < CROWD && part[0].id == BodyId(1) { CROWD - 1 } else { 0 });
        }
        assert_eq!(alike::by_keys(db.into(), vec![6]).await.unwrap().len(), 2);
        let sql = "select count(*) from body_key where key = 5";
        let stored = db.query_one(sql, &[], |row| row.int(0)).await.unwrap();
        assert_eq!(stored, Some(CROWD as i64));
    })
    .await;
}
