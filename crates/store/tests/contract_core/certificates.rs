//! The head of a certificate: found, advanced, ended, replaced.
use domain::{BodyId, CertificateId, Day, Face, PersonId, Status, StatusWord};
use store::{
    Db, StoreError,
    certificate::{self, Advance, Card, Head, number_taken},
    content,
    testing::on_both,
};

use crate::{
    conflicts, guarded, refused,
    sample::{THEIRS, act, code, day, edition, face, head, number},
    write,
};

async fn put(db: &Db, heads: &[Head]) {
    assert_eq!(write(db, async |tx| certificate::insert(tx, heads).await).await, heads.len() as u64);
}

async fn get(db: &Db, id: u32) -> Head {
    certificate::by_id(db.into(), CertificateId(i64::from(id))).await.unwrap().unwrap()
}

/// A head with every nullable column set.
fn full() -> Head {
    Head {
        authority: THEIRS,
        status: Status::Voided(act(3)),
        previous: Some(CertificateId(1)),
        successor: Some(CertificateId(4)),
        batch: Some(domain::BatchId(5)),
        contact: None,
        printed: 7,
        print_due: false,
        food: false,
        body: BodyId(1),
        ..head(2)
    }
}

#[tokio::test]
async fn a_head_is_read_back_by_id_code_number_and_body_in_every_status() {
    on_both(async |t| {
        let db = &t.db;
        let mut all = vec![head(1), full()];
        for (n, word) in (10..).zip(StatusWord::ALL) {
            let status = Status::of(word, Some(day(2)), act(2).document, act(2).reason).unwrap();
            all.push(Head { status, ..head(n) });
        }
        put(db, &all).await;
        for head in &all {
            let found = certificate::by_id(db.into(), head.id).await.unwrap();
            assert_eq!(found.as_ref(), Some(head));
            assert_eq!(certificate::by_code(db.into(), head.code).await.unwrap(), found);
            assert_eq!(certificate::by_number(db.into(), &head.number).await.unwrap(), found);
        }
        assert_eq!(certificate::by_code(db.into(), code(3)).await.unwrap(), None);
        assert_eq!(certificate::by_number(db.into(), &number(3)).await.unwrap(), None);
        let wanted = [1, 2, 3].map(|n| number(n).to_string()).to_vec();
        let mut some = certificate::by_numbers(db.into(), wanted).await.unwrap();
        some.sort_by_key(|h| h.id);
        assert_eq!(some, [head(1), full()]);
        let named = certificate::numbers_of(db.into(), vec![1, 2, 3]).await.unwrap();
        assert_eq!(named, [(head(1).id, number(1)), (head(2).id, number(2))].into_iter().collect());
        assert_eq!(certificate::of_body(db.into(), BodyId(1)).await.unwrap(), [full(), head(1)]);
        assert_eq!(certificate::of_body(db.into(), BodyId(3)).await.unwrap(), []);
        assert_eq!(certificate::of_bodies(db.into(), vec![1, 3]).await.unwrap(), [full(), head(1)]);
    })
    .await;
}

#[tokio::test]
async fn a_card_shows_the_face_of_the_current_edition() {
    on_both(async |t| {
        let db = &t.db;
        put(db, &[Head { edition: 2, ..head(1) }, head(2)]).await;
        let newer = Face { remark: "第二版".into(), ..face(1) };
        let newer = content::Edition { face: newer, capabilities: 9, ..edition(1, 2) };
        write(db, async |tx| content::insert_editions(tx, &[edition(1, 1), newer.clone()]).await).await;
        let card =
            Card { head: Head { edition: 2, ..head(1) }, face: newer.face, capabilities: newer.capabilities };
        assert_eq!(certificate::card_by_id(db.into(), CertificateId(1)).await.unwrap(), Some(card));
        assert_eq!(certificate::card_by_id(db.into(), CertificateId(3)).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn a_number_and_a_code_are_given_once_and_the_error_tells_which() {
    on_both(async |t| {
        let db = &t.db;
        put(db, &[head(1)]).await;
        let error = refused(db, async |tx| {
            certificate::insert(tx, &[head(2), Head { number: number(1), ..head(3) }]).await
        })
        .await;
        assert!(error.is_unique_on("certificate", &["number"]) && number_taken(&error), "{error:?}");
        assert_eq!(
            certificate::by_id(db.into(), CertificateId(2)).await.unwrap(),
            None,
            "the batch is whole or absent"
        );
        let error =
            refused(db, async |tx| certificate::insert(tx, &[Head { code: code(1), ..head(2) }]).await).await;
        assert!(error.is_unique_on("certificate", &["code"]) && !number_taken(&error), "{error:?}");
        assert!(!number_taken(&StoreError::Conflict));
        let asked = [1, 2, 3].map(|n| number(n).to_string()).to_vec();
        write(db, async |tx| {
            let sql = "insert into reservation (number, batch_id, line) values ($1, 1, 1), ($2, 1, 2)";
            tx.exec(sql, &[number(3).as_str().into(), number(1).as_str().into()]).await
        })
        .await;
        let mut taken = certificate::taken(db.into(), asked).await.unwrap();
        taken.sort();
        assert_eq!(taken, [number(1).to_string(), number(3).to_string()]);
        write(db, async |tx| store::body::insert(tx, &[crate::sample::body(1)], crate::sample::at(0)).await)
            .await;
        guarded(db, "delete from certificate", "no_delete:certificate").await;
        guarded(db, "delete from body", "no_delete:body").await;
    })
    .await;
}

#[tokio::test]
async fn a_status_is_set_once_from_the_status_it_was_decided_on() {
    on_both(async |t| {
        let db = &t.db;
        put(db, &[head(1), head(2)]).await;
        let id = CertificateId(1);
        let next = Status::Suspended(act(1));
        write(db, async |tx| certificate::set_status(tx, id, StatusWord::Valid, &next).await).await;
        assert_eq!(get(db, 1).await, Head { status: next.clone(), ..head(1) });
        conflicts(db, async |tx| certificate::set_status(tx, id, StatusWord::Valid, &next).await).await;
        let back = Status::Valid;
        write(db, async |tx| certificate::set_status(tx, id, StatusWord::Suspended, &back).await).await;
        assert_eq!(get(db, 1).await, head(1));
        let none = CertificateId(3);
        conflicts(db, async |tx| certificate::set_status(tx, none, StatusWord::Valid, &next).await).await;
        assert_eq!(get(db, 2).await, head(2));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_officers_who_decide_at_once_one_is_told_to_look_again() {
    on_both(async |t| {
        put(&t.db, &[head(1)]).await;
        let decide = |status: Status| {
            let db = t.db.clone();
            tokio::spawn(async move {
                let tx = db.begin(store::Urgency::Act).await?;
                certificate::set_status(&tx, CertificateId(1), StatusWord::Valid, &status).await?;
                tokio::time::sleep(std::time::Duration::from_millis(30)).await;
                tx.commit().await
            })
        };
        let (a, b) = (decide(Status::Revoked(act(1))), decide(Status::Cancelled(act(2))));
        let outcomes = [a.await.unwrap(), b.await.unwrap()];
        let refused = outcomes.iter().filter(|it| matches!(it, Err(StoreError::Conflict))).count();
        let done = outcomes.iter().filter(|it| it.is_ok()).count();
        assert_eq!((done, refused), (1, 1), "{outcomes:?}");
    })
    .await;
}

#[tokio::test]
async fn a_change_moves_the_head_by_one_edition_from_the_one_it_was_built_on() {
    on_both(async |t| {
        let db = &t.db;
        put(db, &[Head { print_due: false, ..head(1) }, Head { status: Status::Revoked(act(1)), ..head(2) }])
            .await;
        put(db, &[Head { status: Status::Suspended(act(1)), ..head(3) }]).await;
        let new = Face {
            valid_from: day(5),
            valid_to: day(99),
            domain: "08".parse().unwrap(),
            industry: "15".parse().unwrap(),
            food: false,
            ..face(1)
        };
        let to = |from| Advance { from, body: BodyId(77), contact: None, face: &new, print_due: false };
        let id = CertificateId(1);
        write(db, async |tx| certificate::advance(tx, id, &to(1)).await).await;
        let moved = Head {
            edition: 2,
            body: BodyId(77),
            valid_from: day(5),
            valid_to: day(99),
            domain: new.domain,
            industry: new.industry,
            food: false,
            contact: None,
            print_due: false,
            ..head(1)
        };
        assert_eq!(get(db, 1).await, moved);
        conflicts(db, async |tx| certificate::advance(tx, id, &to(1)).await).await;
        conflicts(db, async |tx| certificate::advance(tx, CertificateId(2), &to(1)).await).await;
        // A print that is due stays due until it is printed, whatever the next change asks for.
        let contact = Some(PersonId(5));
        let due = Advance { print_due: true, contact, ..to(2) };
        write(db, async |tx| certificate::advance(tx, id, &due).await).await;
        write(db, async |tx| certificate::advance(tx, id, &Advance { contact, ..to(3) }).await).await;
        assert_eq!(get(db, 1).await, Head { edition: 4, print_due: true, contact, ..moved });
        write(db, async |tx| certificate::advance(tx, CertificateId(3), &to(1)).await).await;
        assert_eq!(get(db, 3).await.edition, 2, "a suspended certificate may be changed");
    })
    .await;
}

#[tokio::test]
async fn a_certificate_is_replaced_once_and_an_ended_status_stays() {
    on_both(async |t| {
        let db = &t.db;
        let revoked = Head { status: Status::Revoked(act(1)), ..head(2) };
        put(db, &[head(1), revoked.clone()]).await;
        let (old, ended, by) = (CertificateId(1), CertificateId(2), CertificateId(9));
        write(db, async |tx| certificate::succeed(tx, old, by, day(7)).await).await;
        let replaced = Head { status: Status::Superseded { from: day(7) }, successor: Some(by), ..head(1) };
        assert_eq!(get(db, 1).await, replaced);
        conflicts(db, async |tx| certificate::succeed(tx, old, CertificateId(10), day(8)).await).await;
        conflicts(db, async |tx| certificate::unsucceed(tx, old, CertificateId(10)).await).await;
        write(db, async |tx| certificate::unsucceed(tx, old, by).await).await;
        assert_eq!(get(db, 1).await, head(1));
        conflicts(db, async |tx| certificate::unsucceed(tx, old, by).await).await;
        write(db, async |tx| certificate::succeed(tx, ended, by, day(7)).await).await;
        assert_eq!(get(db, 2).await, Head { successor: Some(by), ..revoked.clone() });
        write(db, async |tx| certificate::unsucceed(tx, ended, by).await).await;
        assert_eq!(get(db, 2).await, revoked);
    })
    .await;
}

#[tokio::test]
async fn the_latest_revocation_of_a_body_counts() {
    on_both(async |t| {
        let db = &t.db;
        let of = |n, status| Head { body: BodyId(1), status, ..head(n) };
        assert_eq!(certificate::revoked_on(db.into(), BodyId(1)).await.unwrap(), None::<Day>);
        put(
            db,
            &[
                of(1, Status::Revoked(act(5))),
                of(2, Status::Revoked(act(3))),
                of(3, Status::Cancelled(act(9))),
                of(4, Status::Valid),
            ],
        )
        .await;
        assert_eq!(certificate::revoked_on(db.into(), BodyId(1)).await.unwrap(), Some(day(5)));
        assert_eq!(certificate::revoked_on(db.into(), BodyId(2)).await.unwrap(), None);
        let all = certificate::revocations(db.into(), vec![1, 2]).await.unwrap();
        assert_eq!(all, [(CertificateId(2), day(3)), (CertificateId(1), day(5))]);
    })
    .await;
}
