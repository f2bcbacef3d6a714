//! Who signs elsewhere, and whose site an address is.
use domain::{CertificateId, Day, PersonId, Signatory, Site, Status};
use store::{
    Db,
    certificate::{self, Head},
    content::{self, NewRows, Placed, RowTable},
    elsewhere::{self, Due},
    personal::{self, Part, Sealed},
    testing::on_both,
};

use crate::{
    conflicts,
    sample::{act, day, head, signatory, site},
    write,
};

/// Certificates of which each has a signatory, the person of its own number, and a site.
async fn put(db: &Db, heads: &[Head]) {
    let mut rows = NewRows::default();
    for head in heads {
        let n = head.id.0;
        let placed = |person| Placed { row: 1, ord: 1, site_no: 1, person: PersonId(person), value: () };
        let Placed { row, ord, site_no, .. } = placed(0);
        let value: Signatory = signatory(n as u32 % 2);
        rows.signatory(head.id, &Placed { row, ord, site_no, person: PersonId(n), value }, 1);
        let value: Site = site(n as u32);
        rows.site(head.id, &Placed { row, ord, site_no, person: PersonId(0), value }, 1);
    }
    write(db, async |tx| {
        certificate::insert(tx, heads).await?;
        rows.write(tx).await
    })
    .await;
}

fn number_of(person: i64, lookup: u8) -> Sealed {
    let (part, lookup) = (Part::IdNumber, Some([lookup; 32]));
    Sealed { person: PersonId(person), part, cipher: vec![1], key_id: 1, lookup }
}

fn numbers(found: &[elsewhere::Signing]) -> Vec<(i64, i64, bool)> {
    found.iter().map(|it| (it.head.id.0, it.person.0, it.numbered)).collect()
}

#[tokio::test]
async fn who_signs_is_found_by_person_and_by_name_on_certificates_that_have_not_ended() {
    on_both(async |t| {
        let db = &t.db;
        let ended = Head { status: Status::Revoked(act(1)), ..head(5) };
        let over = Head { valid_to: day(9), ..head(7) };
        let suspended = Head { status: Status::Suspended(act(1)), ..head(9) };
        let goes_on = Head { status: Status::Superseded { from: day(20) }, ..head(11) };
        put(db, &[head(1), head(2), head(3), ended, over, suspended, goes_on]).await;
        let facts = [number_of(1, 1), number_of(3, 1), number_of(2, 2)];
        write(db, async |tx| personal::put(tx, &facts).await).await;

        let name = signatory(1).name;
        let named = async |on| numbers(&elsewhere::signing_named(db.into(), &name, on, 9).await.unwrap());
        let open = [(11, 11, false), (9, 9, false)];
        let both = [(3, 3, true), (1, 1, true)];
        assert_eq!(named(day(10)).await, [&open[..], &both].concat());
        assert_eq!(
            named(day(9)).await,
            [&open[..], &[(7, 7, false)], &both].concat(),
            "the last day is whole"
        );
        assert_eq!(named(day(20)).await, [&open[1..], &both].concat());
        let persons = vec![1, 2, 5];
        let found = elsewhere::signing_as(db.into(), persons.clone(), day(10), 9).await.unwrap();
        assert_eq!(numbers(&found), [(2, 2, true), (1, 1, true)]);
        assert_eq!((&found[1].name, &found[1].title), (&name, &"高级工程师".to_owned()));
        assert_eq!(elsewhere::signing_as(db.into(), persons, day(10), 1).await.unwrap().len(), 1);

        let signers = elsewhere::signers(db.into(), vec![1, 3]).await.unwrap();
        assert_eq!(signers, [(PersonId(1), name.clone()), (PersonId(3), name.clone())]);
        let same = personal::same(db.into(), vec![1, 2, 9]).await.unwrap();
        assert_eq!(same, [(1, 1), (1, 3), (2, 2)].map(|(a, b)| (PersonId(a), PersonId(b))));

        write(db, async |tx| content::close(tx, RowTable::Signatory, CertificateId(1), &[1], 2).await).await;
        assert_eq!(named(day(10)).await, [&open[..], &both[..1]].concat(), "he has left");
        assert_eq!(elsewhere::signers(db.into(), vec![1]).await.unwrap(), []);
    })
    .await;
}

fn keyed(due: &[Due], key: i64) -> Vec<(i64, CertificateId, i64)> {
    due.iter().map(|it| (key, it.certificate, it.row)).collect()
}

#[tokio::test]
async fn a_site_is_due_until_its_key_is_kept_and_is_then_found_by_it_while_it_stands() {
    on_both(async |t| {
        let db = &t.db;
        assert!(!elsewhere::is_due(db.into()).await.unwrap());
        let ended = Head { status: Status::Cancelled(act(1)), ..head(3) };
        put(db, &[head(1), head(2), ended]).await;
        assert!(elsewhere::is_due(db.into()).await.unwrap());
        let due = elsewhere::due(db.into(), 9).await.unwrap();
        let expected = |n| Due {
            certificate: CertificateId(n),
            row: 1,
            address: site(n as u32).address,
            division: site(n as u32).division,
        };
        assert_eq!(due, [expected(1), expected(2), expected(3)]);
        assert_eq!(elsewhere::due(db.into(), 1).await.unwrap(), [expected(1)]);
        write(db, async |tx| elsewhere::keep(tx, &due, keyed(&due, 5)).await).await;
        assert!(!elsewhere::is_due(db.into()).await.unwrap());
        conflicts(db, async |tx| elsewhere::keep(tx, &due, keyed(&due, 5)).await).await;

        let found = async |on: Day| {
            let all = elsewhere::standing(db.into(), 5, on, 9).await.unwrap();
            all.into_iter().map(|it| (it.head.id.0, it.address)).collect::<Vec<_>>()
        };
        let stands = |n: u32| (i64::from(n), site(n).address);
        assert_eq!(found(day(0)).await, [stands(2), stands(1)], "the third has ended");
        assert_eq!(elsewhere::standing(db.into(), 6, day(0), 9).await.unwrap(), []);
        assert_eq!(elsewhere::standing(db.into(), 5, day(0), 1).await.unwrap().len(), 1);

        // A change closes the row and opens another, which is due again.
        let mut rows = NewRows::default();
        let moved = Placed { row: 2, ord: 1, site_no: 1, person: PersonId(0), value: site(8) };
        rows.site(CertificateId(1), &moved, 2);
        write(db, async |tx| {
            content::close(tx, RowTable::Site, CertificateId(1), &[1], 2).await?;
            rows.write(tx).await
        })
        .await;
        assert_eq!(found(day(0)).await, [stands(2)]);
        let due = elsewhere::due(db.into(), 9).await.unwrap();
        assert_eq!(due.iter().map(|it| (it.certificate.0, it.row)).collect::<Vec<_>>(), [(1, 2)]);
        write(db, async |tx| elsewhere::keep(tx, &due, Vec::new()).await).await;
        assert_eq!(elsewhere::due(db.into(), 9).await.unwrap(), [], "one that says no place has no key");
    })
    .await;
}

/// The statement of the migration that makes the sites due that stood before it.
fn brought_over() -> &'static str {
    let text = include_str!("../../migrations/008_admission.sql");
    let from = text.find("insert into site_due").unwrap();
    &text[from..from + text[from..].find(';').unwrap()]
}

#[tokio::test]
async fn sites_that_stood_before_there_were_keys_become_due_and_those_that_ended_do_not() {
    on_both(async |t| {
        let db = &t.db;
        put(db, &[head(1), head(2)]).await;
        write(db, async |tx| {
            content::close(tx, RowTable::Site, CertificateId(1), &[1], 2).await?;
            tx.exec("delete from site_due where certificate_id > 0", &[]).await?;
            tx.exec(brought_over(), &[]).await
        })
        .await;
        let due = elsewhere::due(db.into(), 9).await.unwrap();
        assert_eq!(due.iter().map(|it| it.certificate.0).collect::<Vec<_>>(), [2]);
    })
    .await;
}
