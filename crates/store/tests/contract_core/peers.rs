//! The databases beside the index: what they find by looking and by trigrams is what stands there, and nothing stays behind.
use domain::BodyId;
use store::peers::{Found, Peer, Question, Stock};

/// Bodies 1 to 3 in provinces 61 and 62; the third has no place.
fn stock() -> Stock {
    let texts = ["铅\n水质\n GB5750  GB5750.6 ", "铅(pb)\n食品\n", "生活饮用水\n铅\n", "50%_\\乙醇\n"];
    Stock {
        certificates: vec![[11, 1, 61], [12, 1, 61], [21, 2, 62], [31, 3, 0]],
        texts: texts.map(str::to_owned).to_vec(),
        links: vec![(0, 11, 1), (0, 12, 1), (0, 21, 5), (1, 31, 1), (2, 11, 1), (3, 21, 1)],
    }
}

async fn finds(peer: &Peer, pieces: &[&str], province: Option<u16>) -> (u64, u64, Vec<i64>) {
    let question = Question { pieces: pieces.iter().map(|it| (*it).to_owned()).collect(), province };
    let Found { certificates, bodies, first } = peer.ask(&question).await.unwrap();
    (certificates, bodies, first.into_iter().map(|BodyId(id)| id).collect())
}

async fn answers(peer: &Peer, how: &str) {
    for (pieces, province, expected) in [
        (&["铅"][..], None, (4, 3, vec![2, 1, 3])),
        (&["铅"], Some(61), (2, 1, vec![1])),
        (&["铅", "水质"], None, (3, 2, vec![2, 1])),
        (&["铅", " GB5750 "], Some(62), (1, 1, vec![2])),
        (&[" GB5750 ", " GB5750.6 ", "水质", "铅"], None, (3, 2, vec![2, 1])),
        (&["生活饮用", "饮用水"], None, (1, 1, vec![1])),
        (&["生活饮用", "铅", "水"], Some(61), (1, 1, vec![1])),
        (&["水铅"], None, (0, 0, vec![])),
        (&["水\n铅"], None, (1, 1, vec![1])),
        (&["0%_"], None, (1, 1, vec![2])),
        (&["%_\\"], None, (1, 1, vec![2])),
        (&["_"], None, (1, 1, vec![2])),
        (&["\"铅\""], None, (0, 0, vec![])),
        (&[], None, (4, 3, vec![2, 1, 3])),
        (&[], Some(99), (0, 0, vec![])),
    ] {
        assert_eq!(finds(peer, pieces, province).await, expected, "{how}: {pieces:?} {province:?}");
    }
}

async fn measured(mut peer: Peer, how: &str) {
    peer.load(&stock()).await.unwrap();
    answers(&peer, how).await;
    let bytes = peer.bytes().await.unwrap();
    assert!(peer.index_trigrams().await.unwrap(), "{how}: no trigrams");
    assert!(peer.bytes().await.unwrap() > bytes, "{how}: an index takes room");
    answers(&peer, &format!("{how}, trigrams")).await;
    peer.end().await.unwrap();
}

#[tokio::test]
async fn fts5_finds_what_stands_there_and_its_file_goes() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("peers.db");
    let peer = Peer::sqlite(&file).await.unwrap();
    assert_eq!(peer.process().await.unwrap(), None);
    measured(peer, "sqlite").await;
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    std::fs::write(&file, "somebody's").unwrap();
    assert!(Peer::sqlite(&file).await.is_err(), "what is there is left alone");
    assert_eq!(std::fs::read(&file).unwrap(), b"somebody's");
}

#[tokio::test]
async fn postgresql_finds_what_stands_there_and_the_schema_goes() {
    let server = store::testing::fresh_postgres(&[]).await.unwrap();
    let peer = Peer::postgres(&server.address, "fuma_peers_test").await.unwrap();
    assert!(peer.process().await.unwrap().is_some());
    measured(peer, "postgres").await;
    let sql = "select count(*) from pg_namespace where nspname = 'fuma_peers_test'";
    assert_eq!(server.db.query_one(sql, &[], |row| row.int(0)).await.unwrap(), Some(0));
    // pg_trgm went with its schema, and comes again.
    let peer = Peer::postgres(&server.address, "fuma_peers_again").await.unwrap();
    measured(peer, "postgres, once more").await;
}
