//! What record ids stand for, and what stands under none: certificates to be adopted, and the figures of the docking.
use domain::{CertificateId, Door, Kinds, Status};
use store::{
    Db, StoreError, body,
    certificate::{self, Head},
    client::{self, Client},
    content::{self, Edition},
    docking,
    record::{self, Record},
    testing::{on_both, statements},
};

use crate::{
    guarded, refused,
    sample::{OURS, THEIRS, act, at, body as sample_body, edition, head},
    write,
};

fn record_of(id: &str, certificate: i64, second: i64) -> Record {
    Record {
        id: id.into(),
        act: "assign".into(),
        actor: "client:1".into(),
        certificate: CertificateId(certificate),
        edition: 1,
        digest: [7; 32],
        answer: "{\"effect\":\"assigned\"}".into(),
        recorded_at: at(second),
    }
}

/// Certificates of every door; 7 is theirs, 6 was assigned by mistake, 3 and 5 were taken over.
async fn fill(db: &Db) {
    let door = |n| match n {
        2 => Door::Form,
        3 => Door::Command,
        4 | 8 => Door::Interface,
        _ => Door::Workbook,
    };
    let of = |n: u32| Head {
        authority: if n == 7 { THEIRS } else { OURS },
        body: sample_body(1).id,
        status: if n == 6 { Status::Annulled(act(1)) } else { Status::Valid },
        door: door(n),
        ..head(n)
    };
    let heads: Vec<Head> = (1..=8).map(of).collect();
    let kinds = |n| Kinds::parse(if n == 3 || n == 5 { "takeover" } else { "first" }).unwrap();
    let editions: Vec<Edition> = (1..=8).map(|n| Edition { kinds: kinds(n), ..edition(n, 1) }).collect();
    write(db, async |tx| {
        body::insert(tx, &[sample_body(1)], at(0)).await?;
        certificate::insert(tx, &heads).await?;
        content::insert_editions(tx, &editions).await
    })
    .await;
}

#[tokio::test]
async fn a_record_id_is_one_authoritys_and_stands_for_ever() {
    on_both(async |t| {
        let db = &t.db;
        let records = [record_of("示例/1", 1, 5), record_of("示例/2", 1, 4)];
        write(db, async |tx| {
            record::insert(tx, OURS, &records).await?;
            record::insert(tx, THEIRS, &[record_of("示例/1", 2, 6)]).await
        })
        .await;
        let asked = vec!["示例/1".into(), "示例/3".into()];
        assert_eq!(record::find(db.into(), OURS, asked.clone()).await.unwrap(), records[..1]);
        assert_eq!(record::find(db.into(), THEIRS, asked).await.unwrap(), [record_of("示例/1", 2, 6)]);
        let named = |id: i64, name: &str| (CertificateId(id), name.to_owned(), "assign".to_owned());
        assert_eq!(
            record::of_certificates(db.into(), vec![1, 2, 3]).await.unwrap(),
            [named(1, "示例/2"), named(1, "示例/1"), named(2, "示例/1")],
            "oldest first"
        );
        let again = refused(db, async |tx| record::insert(tx, OURS, &records[..1]).await).await;
        assert!(matches!(again, StoreError::Unique { .. }), "{again:?}");
        guarded(db, "update record set answer = ''", "append_only:record").await;
        guarded(db, "delete from record", "append_only:record").await;
    })
    .await;
}

#[tokio::test]
async fn what_a_manual_door_assigned_waits_to_be_adopted_until_a_record_names_it() {
    on_both(async |t| {
        let db = &t.db;
        fill(db).await;
        let waiting = async |after, limit| {
            let found = record::unadopted(db.into(), OURS, after, limit).await.unwrap();
            found.iter().map(|it| it.head.id.0).collect::<Vec<_>>()
        };
        let count = async || record::count_unadopted(db.into(), OURS).await.unwrap();
        assert_eq!((waiting(0, 9).await, count().await), (vec![1, 2, 3, 5], 4), "{}", t.engine);
        assert_eq!((waiting(0, 2).await, waiting(2, 9).await), (vec![1, 2], vec![3, 5]));
        write(db, async |tx| record::insert(tx, OURS, &[record_of("示例/1", 2, 5)]).await).await;
        assert_eq!((waiting(0, 9).await, count().await), (vec![1, 3, 5], 3), "adopted");
        let first = record::unadopted(db.into(), OURS, 0, 1).await.unwrap().remove(0);
        assert_eq!((first.body, first.digest), (sample_body(1).name, edition(1, 1).digest));
        assert_eq!(record::unadopted(db.into(), THEIRS, 0, 9).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn the_docking_is_told_by_the_first_code_and_by_what_was_taken_over() {
    on_both(async |t| {
        let db = &t.db;
        assert_eq!(docking::first_code(db.into(), OURS).await.unwrap(), None);
        assert_eq!(docking::taken_over(db.into(), OURS).await.unwrap(), 0);
        fill(db).await;
        assert_eq!(docking::first_code(db.into(), OURS).await.unwrap(), Some(at(4)), "{}", t.engine);
        assert_eq!(docking::first_code(db.into(), THEIRS).await.unwrap(), None);
        assert_eq!(docking::taken_over(db.into(), OURS).await.unwrap(), 2);
        assert_eq!(docking::taken_over(db.into(), THEIRS).await.unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn a_system_counts_while_it_holds_a_good_secret_and_its_last_token_is_the_last_contact() {
    on_both(async |t| {
        let db = &t.db;
        let system = |id: i64, disabled| Client { disabled, ..client(id) };
        write(db, async |tx| {
            for (id, disabled) in [(1, false), (2, false), (3, true)] {
                client::create(tx, &system(id, disabled)).await?;
            }
            client::create(tx, &Client { authority: THEIRS, ..client(4) }).await?;
            for id in [1, 3, 4] {
                client::add_secret(tx, domain::ClientId(id), &secret(1)).await?;
            }
            for (id, second) in [(1, 20), (3, 30)] {
                client::add_token(tx, &token(id, second)).await?;
            }
            Ok(())
        })
        .await;
        let systems = async |authority, second| docking::systems(db.into(), authority, at(second)).await;
        assert_eq!(systems(OURS, 40).await.unwrap(), (1, Some(at(30))), "the disabled one holds none");
        assert_eq!(systems(THEIRS, 40).await.unwrap(), (1, None));
        assert_eq!(systems(domain::AuthorityId(1), 40).await.unwrap(), (0, None));
        write(db, async |tx| client::end_secret(tx, domain::ClientId(1), 1, at(50)).await).await;
        assert_eq!(systems(OURS, 49).await.unwrap().0, 1);
        assert_eq!(systems(OURS, 50).await.unwrap().0, 0);
    })
    .await;
}

fn client(id: i64) -> Client {
    Client {
        id: domain::ClientId(id),
        authority: OURS,
        public_id: format!("fuma-27-{id}"),
        name: "示例审批系统".into(),
        grants: domain::Grants::all(),
        addresses: String::new(),
        from: None,
        to: None,
        signing: false,
        rate: 50,
        disabled: false,
        created_at: at(0),
        last_seen_at: None,
    }
}

fn secret(n: u32) -> client::Secret {
    client::Secret { n, hash: [n as u8; 32], tail: "abcd".into(), created_at: at(1), ended_at: None }
}

fn token(id: i64, second: i64) -> client::Token {
    client::Token {
        hash: [id as u8; 32],
        client: domain::ClientId(id),
        grants: domain::Grants::all(),
        created_at: at(second),
        expires_at: at(second + 7_200),
    }
}

#[tokio::test]
async fn none_of_these_figures_walks_more_than_the_certificates_of_the_authority() {
    on_both(async |t| {
        if t.engine == "postgres" {
            return; // its choice depends on how much is in the tables
        }
        let db = &t.db;
        fill(db).await;
        let sent = statements(async || {
            record::unadopted(db.into(), OURS, 0, 9).await.unwrap();
            record::count_unadopted(db.into(), OURS).await.unwrap();
            docking::first_code(db.into(), OURS).await.unwrap();
            docking::taken_over(db.into(), OURS).await.unwrap();
            docking::systems(db.into(), OURS, at(0)).await.unwrap();
        })
        .await;
        assert_eq!(sent.len(), 5);
        for (sql, args) in sent {
            let plan = format!("explain query plan {sql}").leak();
            let plan = db.query(plan, &args, |row| Ok(row.text(3)?.to_owned())).await.unwrap();
            assert!(plan[0].contains("(authority_id=?"), "{sql}\n{plan:#?}");
            let long = |line: &String| line.starts_with("SCAN") || line.contains("TEMP B-TREE");
            assert!(!plan.iter().any(long), "{sql}\n{plan:#?}");
        }
    })
    .await;
}
