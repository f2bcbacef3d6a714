//! What the answer to a scan reads in one row.
use domain::{CertificateId, Status, StatusWord};
use store::{
    certificate::{self, Advance, Head},
    excerpt::{self, Found, Packed},
    testing::on_both,
};

use crate::{
    sample::{act, code, day, face, head, number},
    write,
};

fn packed(id: i64, edition: u32, bytes: &[u8]) -> Packed {
    Packed { certificate: CertificateId(id), edition, bytes: bytes.to_vec() }
}

#[tokio::test]
async fn an_answer_has_the_excerpt_of_the_current_edition_or_none() {
    on_both(async |t| {
        let db = &t.db;
        let second = Head { edition: 2, ..head(2) };
        write(db, async |tx| certificate::insert(tx, &[head(1), second.clone(), head(3)]).await).await;
        write(db, async |tx| excerpt::insert(tx, &[packed(1, 1, b"one"), packed(2, 1, b"old")]).await).await;
        let by_code = async |n| excerpt::by_code(db.into(), code(n)).await.unwrap();
        let by_number = async |n| excerpt::by_number(db.into(), &number(n)).await.unwrap();
        let whole = |head: &Head, bytes: &[u8]| {
            Some(Found { head: head.clone(), acts: 0, packed: Some(bytes.to_vec()) })
        };
        assert_eq!(by_code(1).await, whole(&head(1), b"one"));
        assert_eq!(by_number(1).await, by_code(1).await);
        assert_eq!(by_code(2).await, Some(Found { head: second.clone(), acts: 0, packed: None }));
        assert_eq!((by_code(4).await, by_number(4).await), (None, None));
        let missing =
            async |after, limit| excerpt::missing(db.into(), CertificateId(after), limit).await.unwrap();
        assert_eq!(missing(0, 9).await, [(CertificateId(2), 2), (CertificateId(3), 1)]);
        assert_eq!(missing(0, 1).await, [(CertificateId(2), 2)]);
        assert_eq!(missing(2, 9).await, [(CertificateId(3), 1)]);
        write(db, async |tx| excerpt::set(tx, &packed(2, 2, b"new")).await).await;
        write(db, async |tx| excerpt::set(tx, &packed(3, 1, b"three")).await).await;
        assert_eq!(by_number(2).await, whole(&second, b"new"));
        assert_eq!(missing(0, 9).await, []);
        // Somebody who made it of the edition before, and comes late.
        write(db, async |tx| excerpt::set(tx, &packed(2, 1, b"late")).await).await;
        assert_eq!(by_number(2).await, whole(&second, b"new"));
    })
    .await;
}

#[tokio::test]
async fn whatever_is_done_to_a_certificate_is_counted() {
    on_both(async |t| {
        let db = &t.db;
        let id = CertificateId(1);
        write(db, async |tx| certificate::insert(tx, &[head(1), head(2)]).await).await;
        let acts = async || excerpt::by_code(db.into(), code(1)).await.unwrap().unwrap().acts;
        assert_eq!(acts().await, 0);
        let new = face(1);
        let to = Advance { from: 1, body: head(1).body, contact: None, face: &new, print_due: false };
        write(db, async |tx| certificate::advance(tx, id, &to).await).await;
        assert_eq!(acts().await, 1);
        write(db, async |tx| certificate::succeed(tx, id, CertificateId(2), day(9)).await).await;
        assert_eq!(acts().await, 2);
        write(db, async |tx| certificate::unsucceed(tx, id, CertificateId(2)).await).await;
        assert_eq!(acts().await, 3);
        let revoked = Status::Revoked(act(1));
        write(db, async |tx| certificate::set_status(tx, id, StatusWord::Valid, &revoked).await).await;
        assert_eq!(acts().await, 4);
        assert_eq!(excerpt::by_code(db.into(), code(2)).await.unwrap().unwrap().acts, 0);
    })
    .await;
}
