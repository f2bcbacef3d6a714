//! Prints, links, personal facts.
use domain::{BatchId, CertificateId, PersonId, StatusWord};
use store::{
    StoreError,
    link::{self, Link},
    personal::{self, Part, Sealed},
    print::{self, Copy, PrintRecord, Queue},
    testing::on_both,
};

use crate::{OURS, THEIRS, at, certificate, conflicts, refused, write};

fn print_of(id: i64, certificate: i64) -> PrintRecord {
    PrintRecord {
        id,
        certificate: CertificateId(certificate),
        edition: 1,
        profile: "plain".into(),
        template: "1".into(),
        fonts: "debian-12".into(),
        digest: [u8::try_from(id).unwrap(); 32],
        copy: Copy::Original,
        reason: String::new(),
        paper_number: String::new(),
        account: "account:7".into(),
        recorded_at: at(id),
    }
}

#[tokio::test]
async fn a_print_is_written_down_and_counted_in_one_transaction() {
    on_both(async |t| {
        let db = &t.db;
        certificate(db, 1, OURS, "230020340001", "valid", None).await;
        let again = PrintRecord {
            copy: Copy::Reprint,
            reason: "破损".into(),
            paper_number: "A000001".into(),
            ..print_of(2, 1)
        };
        write(db, async |tx| {
            print::record(tx, &print_of(1, 1)).await?;
            print::record(tx, &again).await
        })
        .await;
        let list = print::list(db.into(), CertificateId(1), None, 9).await.unwrap();
        assert_eq!(list, [again.clone(), print_of(1, 1)]);
        assert_eq!(print::list(db.into(), CertificateId(1), Some(2), 9).await.unwrap(), [print_of(1, 1)]);
        let sql = "select printed from certificate where id = 1";
        assert_eq!(db.query_one(sql, &[], |row| row.int(0)).await.unwrap(), Some(2));
        conflicts(db, async |tx| print::record(tx, &print_of(3, 99)).await).await;
        let error = refused(db, async |tx| tx.exec("update print_record set reason = ''", &[]).await).await;
        assert!(matches!(error, StoreError::Refused { .. }), "{error:?}");
    })
    .await;
}

#[tokio::test]
async fn prints_of_a_job_are_found_by_their_keys_and_only_the_current_edition_ends_the_waiting() {
    on_both(async |t| {
        let db = &t.db;
        certificate(db, 1, OURS, "230020340001", "valid", None).await;
        let due = async || {
            let sql = "select print_due from certificate where id = 1";
            db.query_one(sql, &[], |row| row.bool(0)).await.unwrap()
        };
        let of_the_past = PrintRecord { edition: 7, ..print_of(4, 1) };
        write(db, async |tx| print::record(tx, &of_the_past).await).await;
        assert_eq!(due().await, Some(true));
        write(db, async |tx| print::record(tx, &print_of(6, 1)).await).await;
        assert_eq!(due().await, Some(false));
        assert_eq!(print::of_keys(db.into(), 4, 3).await.unwrap(), [of_the_past.clone(), print_of(6, 1)]);
        assert_eq!(print::of_keys(db.into(), 4, 2).await.unwrap(), [of_the_past]);
        assert_eq!(print::of_keys(db.into(), 7, 9).await.unwrap(), []);
        let again = refused(db, async |tx| print::record(tx, &print_of(6, 1)).await).await;
        assert!(matches!(again, StoreError::Unique { .. }), "{again:?}");
    })
    .await;
}

#[tokio::test]
async fn a_final_is_kept_once_and_comes_back_byte_for_byte() {
    on_both(async |t| {
        let db = &t.db;
        let pdf = b"%PDF-1.7\0\xff".as_slice();
        assert!(write(db, async |tx| print::put_file(tx, &[1; 32], pdf, at(0)).await).await);
        assert!(!write(db, async |tx| print::put_file(tx, &[1; 32], pdf, at(1)).await).await);
        assert_eq!(print::file(db.into(), &[1; 32]).await.unwrap().as_deref(), Some(pdf));
        assert_eq!(print::file(db.into(), &[2; 32]).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn the_print_queue_holds_what_was_never_printed() {
    on_both(async |t| {
        let db = &t.db;
        certificate(db, 1, OURS, "230020340001", "valid", Some(5)).await;
        certificate(db, 2, OURS, "230020340002", "valid", None).await;
        certificate(db, 3, OURS, "230020340003", "annulled", None).await;
        certificate(db, 4, THEIRS, "230020340004", "valid", Some(5)).await;
        certificate(db, 6, OURS, "230020340006", "valid", Some(5)).await;
        certificate(db, 7, OURS, "230020340007", "valid", Some(5)).await;
        write(db, async |tx| print::record(tx, &print_of(1, 7)).await).await;
        let queue = |batch| Queue { authority: OURS, batch, statuses: &[StatusWord::Valid] };
        let ids = async |of: &Queue<'_>, after: Option<i64>, limit| -> Vec<i64> {
            let list = print::queue(db.into(), of, after.map(CertificateId), limit).await.unwrap();
            list.into_iter().map(|it| it.id.0).collect()
        };
        assert_eq!(ids(&queue(None), None, 2).await, [1, 2]);
        assert_eq!(ids(&queue(None), Some(2), 9).await, [6]);
        assert_eq!(print::queue_count(db.into(), &queue(None)).await.unwrap(), 3);
        let batch = queue(Some(BatchId(5)));
        assert_eq!(ids(&batch, None, 9).await, [1, 6]);
        assert_eq!(print::queue_count(db.into(), &batch).await.unwrap(), 2);
        let first = print::queue(db.into(), &batch, None, 1).await.unwrap().remove(0);
        assert_eq!((first.number.as_str(), first.edition, first.assigned_at), ("230020340001", 1, at(1)));
    })
    .await;
}

#[tokio::test]
async fn a_link_is_found_renewed_once_and_counted() {
    on_both(async |t| {
        let db = &t.db;
        let link = |n, seconds| Link {
            token_hash: [n; 32],
            certificate: CertificateId(1),
            created_at: at(seconds),
            expires_at: at(seconds + 30),
            downloads: 0,
        };
        let links = [link(1, 0), link(2, 9)];
        assert_eq!(write(db, async |tx| link::create(tx, &links).await).await, 2);
        assert_eq!(link::find(db.into(), &[1; 32]).await.unwrap().as_ref(), Some(&links[0]));
        assert_eq!(link::find(db.into(), &[3; 32]).await.unwrap(), None);
        write(db, async |tx| link::renew(tx, &links[0], at(90)).await).await;
        conflicts(db, async |tx| link::renew(tx, &links[0], at(99)).await).await;
        write(db, async |tx| {
            link::count_download(tx, &[1; 32]).await?;
            link::count_download(tx, &[1; 32]).await
        })
        .await;
        conflicts(db, async |tx| link::count_download(tx, &[3; 32]).await).await;
        let used = Link { expires_at: at(90), downloads: 2, ..links[0].clone() };
        let all = link::of_certificate(db.into(), CertificateId(1)).await.unwrap();
        assert_eq!(all, [links[1].clone(), used]);
        assert_eq!(link::of_certificate(db.into(), CertificateId(2)).await.unwrap(), []);
    })
    .await;
}

fn fact(person: i64, part: Part, cipher: u8) -> Sealed {
    let lookup = (part == Part::IdNumber).then_some([cipher; 32]);
    Sealed { person: PersonId(person), part, cipher: vec![cipher, 0], key_id: 1, lookup }
}

#[tokio::test]
async fn a_person_is_found_by_hash_and_erased_whole() {
    on_both(async |t| {
        let db = &t.db;
        let facts = [fact(1, Part::IdNumber, 7), fact(1, Part::Phone, 8), fact(2, Part::IdNumber, 9)];
        write(db, async |tx| personal::put(tx, &facts).await).await;
        assert_eq!(personal::of_person(db.into(), PersonId(1)).await.unwrap(), facts[..2]);
        let changed = fact(1, Part::Phone, 6);
        write(db, async |tx| personal::put(tx, std::slice::from_ref(&changed)).await).await;
        assert_eq!(personal::of_person(db.into(), PersonId(1)).await.unwrap(), [facts[0].clone(), changed]);
        let found = personal::find(db.into(), &[[9; 32], [7; 32], [5; 32]]).await.unwrap();
        assert_eq!(found, [([7; 32], PersonId(1)), ([9; 32], PersonId(2))]);
        assert_eq!(write(db, async |tx| personal::erase(tx, PersonId(1)).await).await, 2);
        assert_eq!(personal::of_person(db.into(), PersonId(1)).await.unwrap(), []);
        assert_eq!(personal::find(db.into(), &[[7; 32]]).await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn a_change_of_keys_walks_through_all_facts_and_overwrites_no_newer_one() {
    on_both(async |t| {
        let db = &t.db;
        let facts: Vec<Sealed> =
            (1..=3).flat_map(|person| Part::ALL.map(|part| fact(person, part, 1))).collect();
        write(db, async |tx| personal::put(tx, &facts).await).await;
        let mut walked = Vec::new();
        loop {
            let after = walked.last().map(|it: &Sealed| (it.person, it.part));
            let page = personal::range(db.into(), after, 4).await.unwrap();
            if page.is_empty() {
                break;
            }
            walked.extend(page);
        }
        assert_eq!(walked, facts);
        let (old, new) = (&facts[0], Sealed { key_id: 2, cipher: vec![2], ..facts[0].clone() });
        assert!(write(db, async |tx| personal::reseal(tx, old, &new).await).await);
        assert!(!write(db, async |tx| personal::reseal(tx, old, &new).await).await);
        assert_eq!(personal::range(db.into(), None, 1).await.unwrap(), [new]);
    })
    .await;
}
