//! 疑似重复机构: pairs and their areas, and what authorities said of them.
use domain::{AccountId, BodyId, PairGround};
use store::{
    Db, alike, body, certificate, merge,
    pair::{self, Apart, Pair},
    testing::on_both,
};

use crate::{
    conflicts,
    sample::{OURS, THEIRS, at, body as sample, head},
    write,
};

fn pair_of(ground: PairGround, a: i64, b: i64) -> Pair {
    Pair::of(ground, BodyId(a), BodyId(b))
}

fn in_areas(pair: Pair, areas: &[&str]) -> (Pair, Vec<String>) {
    (pair, areas.iter().map(|area| (*area).to_owned()).collect())
}

/// Four bodies whose keys are kept, so that their pairs are due.
async fn due(db: &Db) -> Vec<BodyId> {
    let bodies = [1, 2, 3, 4].map(sample);
    let ids: Vec<BodyId> = bodies.iter().map(|body| body.id).collect();
    write(db, async |tx| body::insert(tx, &bodies, at(0)).await).await;
    assert_eq!(pair::due(db.into(), 9).await.unwrap(), []);
    write(db, async |tx| alike::keep(tx, &ids, Vec::new()).await).await;
    assert_eq!(pair::due(db.into(), 9).await.unwrap(), bodies);
    assert_eq!(pair::due(db.into(), 1).await.unwrap().len(), 1);
    ids
}

async fn listed(db: &Db, area: &str, after: Option<Pair>) -> Vec<Pair> {
    pair::list(db.into(), (area, OURS), after, 9).await.unwrap()
}

#[tokio::test]
async fn pairs_are_listed_by_area_strongest_first_and_made_anew_with_their_bodies() {
    on_both(async |t| {
        let db = &t.db;
        let ids = due(db).await;
        let (weak, strong) = (pair_of(PairGround::NearName, 1, 2), pair_of(PairGround::OrgCode, 4, 3));
        assert_eq!((strong.low, strong.high), (BodyId(3), BodyId(4)));
        let other = pair_of(PairGround::NearName, 1, 4);
        let pairs =
            [in_areas(weak, &["", "61"]), in_areas(strong, &["", "11"]), in_areas(other, &["", "61", "11"])];
        write(db, async |tx| pair::keep(tx, &ids, &pairs).await).await;
        assert_eq!(listed(db, "", None).await, [strong, weak, other]);
        assert_eq!(listed(db, "", Some(strong)).await, [weak, other]);
        assert_eq!(listed(db, "61", None).await, [weak, other]);
        assert_eq!(listed(db, "12", None).await, []);
        assert_eq!(pair::list(db.into(), ("", OURS), None, 1).await.unwrap(), [strong]);
        conflicts(db, async |tx| pair::keep(tx, &ids, &pairs).await).await;

        // A body that is due again has only what is then found of it.
        write(db, async |tx| body::update(tx, &sample(4)).await).await;
        write(db, async |tx| alike::keep(tx, &[BodyId(4)], Vec::new()).await).await;
        write(db, async |tx| pair::keep(tx, &[BodyId(4)], &[]).await).await;
        assert_eq!(listed(db, "", None).await, [weak]);
        // And one that is merged has none at once.
        write(db, async |tx| merge::merge(tx, BodyId(2), BodyId(1)).await).await;
        assert_eq!(listed(db, "", None).await, []);
        let again: Vec<BodyId> = pair::due(db.into(), 9).await.unwrap().iter().map(|body| body.id).collect();
        assert_eq!(again, [BodyId(1), BodyId(2)]);
    })
    .await;
}

#[tokio::test]
async fn a_pair_of_which_an_authority_said_that_they_are_two_is_hidden_for_it_alone_until_it_takes_that_back()
{
    on_both(async |t| {
        let db = &t.db;
        let ids = due(db).await;
        let it = pair_of(PairGround::SameName, 1, 2);
        write(db, async |tx| pair::keep(tx, &ids, &[in_areas(it, &[""])]).await).await;
        let said = Apart { low: it.low, high: it.high, at: at(5), by: AccountId(7) };
        assert!(write(db, async |tx| pair::say_apart(tx, OURS, &said).await).await);
        assert!(!write(db, async |tx| pair::say_apart(tx, OURS, &said).await).await, "once is enough");
        assert_eq!(listed(db, "", None).await, []);
        assert_eq!(pair::list(db.into(), ("", THEIRS), None, 9).await.unwrap(), [it]);
        assert_eq!(pair::apart(db.into(), OURS, None, 9).await.unwrap(), [said]);
        assert_eq!(pair::apart(db.into(), OURS, Some((it.low, it.high)), 9).await.unwrap(), []);
        assert_eq!(pair::apart(db.into(), THEIRS, None, 9).await.unwrap(), []);
        assert!(write(db, async |tx| pair::unsay_apart(tx, OURS, (it.low, it.high)).await).await);
        assert!(!write(db, async |tx| pair::unsay_apart(tx, OURS, (it.low, it.high)).await).await);
        assert_eq!(listed(db, "", None).await, [it]);
    })
    .await;
}

#[tokio::test]
async fn what_bodies_hold_is_counted_by_authority() {
    on_both(async |t| {
        let db = &t.db;
        let of = |n, authority| certificate::Head { body: BodyId(1), authority, ..head(n) };
        let heads = [of(1, OURS), of(2, THEIRS), of(3, OURS)];
        write(db, async |tx| {
            body::insert(tx, &[sample(1), sample(2)], at(0)).await?;
            certificate::insert(tx, &heads).await
        })
        .await;
        let held = pair::held(db.into(), vec![1, 2]).await.unwrap();
        assert_eq!(held.get(&BodyId(1)), Some(&vec![(THEIRS, 1), (OURS, 2)]));
        assert_eq!(held.get(&BodyId(2)), None);
    })
    .await;
}
