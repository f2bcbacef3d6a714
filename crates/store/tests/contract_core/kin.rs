//! Which bodies belong to one legal person, where they stand, and who issued to them.
use domain::{AuthorityId, BodyId, CertificateId, Division, Site, Status};
use store::{
    Db,
    body::{self, Body},
    certificate::{self, Head},
    content::{self, NewRows, Placed, RowTable},
    kin,
    testing::on_both,
};

use crate::{
    sample::{OURS, THEIRS, act, at, body as sample, branch, code, day, head, number, site, uscc},
    write,
};

/// A head of body `of`.
fn of_body(n: u32, of: i64) -> Head {
    Head { body: BodyId(of), ..head(n) }
}

fn placed(no: i64, division: &str) -> Placed<Site> {
    let value = Site { division: Division::parse(division), ..site(no as u32) };
    Placed { row: no, ord: no, site_no: no, person: domain::PersonId(0), value }
}

async fn places(db: &Db, bodies: &[i64]) -> Vec<(i64, String)> {
    let found = kin::places(db.into(), bodies.to_vec(), day(0)).await.unwrap();
    found.into_iter().map(|(body, division)| (body.0, division.as_str().to_owned())).collect()
}

#[tokio::test]
async fn a_code_finds_its_body_and_all_that_name_it_as_their_legal_person() {
    on_both(async |t| {
        let db = &t.db;
        let with_code = Body { parent_uscc: Some(uscc(1)), ..sample(3) };
        let all = [sample(1), branch(2, uscc(1)), with_code, sample(4)];
        write(db, async |tx| body::insert(tx, &all, at(0)).await).await;
        let found = async |codes: &[u32]| {
            let codes = codes.iter().map(|n| uscc(*n).to_string()).collect();
            kin::of_codes(db.into(), codes).await.unwrap()
        };
        assert_eq!(found(&[1]).await, all[..3]);
        assert_eq!(found(&[3, 4]).await, all[2..]);
        assert_eq!(found(&[9]).await, []);
        assert_eq!(found(&[]).await, []);
    })
    .await;
}

#[tokio::test]
async fn issuers_are_those_of_certificates_that_were_not_annulled() {
    on_both(async |t| {
        let db = &t.db;
        let heads = [
            of_body(1, 1),
            of_body(2, 1),
            Head { authority: THEIRS, status: Status::Cancelled(act(1)), ..of_body(3, 1) },
            Head { authority: AuthorityId(5), status: Status::Annulled(act(1)), ..of_body(4, 1) },
            of_body(5, 2),
        ];
        write(db, async |tx| {
            body::insert(tx, &[sample(1), sample(2)], at(0)).await?;
            certificate::insert(tx, &heads).await
        })
        .await;
        let found = kin::issuers(db.into(), vec![1, 2, 3]).await.unwrap();
        assert_eq!(found, [(BodyId(1), THEIRS), (BodyId(1), OURS), (BodyId(2), OURS)]);
    })
    .await;
}

#[tokio::test]
async fn places_are_those_of_current_editions_of_certificates_that_have_not_ended() {
    on_both(async |t| {
        let db = &t.db;
        let heads = [
            Head { edition: 2, ..of_body(1, 1) },
            Head { status: Status::Revoked(act(-1)), ..of_body(2, 1) },
            Head { status: Status::Superseded { from: day(5) }, ..of_body(3, 2) },
            Head { status: Status::Superseded { from: day(0) }, ..of_body(4, 2) },
            Head { status: Status::Suspended(act(-1)), number: number(77), code: code(77), ..of_body(5, 3) },
        ];
        write(db, async |tx| {
            body::insert(tx, &[sample(1), sample(2), sample(3)], at(0)).await?;
            certificate::insert(tx, &heads).await?;
            let mut rows = NewRows::default();
            rows.site(CertificateId(1), &placed(1, "610113"), 1);
            rows.site(CertificateId(1), &placed(2, "110101"), 1);
            rows.site(CertificateId(1), &placed(3, "610113"), 2);
            rows.site(CertificateId(1), &placed(4, ""), 2);
            rows.site(CertificateId(2), &placed(1, "310101"), 1);
            rows.site(CertificateId(3), &placed(1, "320102"), 1);
            rows.site(CertificateId(4), &placed(1, "330102"), 1);
            rows.site(CertificateId(5), &placed(1, "340102"), 1);
            rows.write(tx).await?;
            content::close(tx, RowTable::Site, CertificateId(1), &[2], 2).await
        })
        .await;
        let expected = [(1, "610113"), (2, "320102"), (3, "340102")].map(|(b, d)| (b, d.to_owned()));
        assert_eq!(places(db, &[1, 2, 3]).await, expected);
        assert_eq!(places(db, &[2]).await, expected[1..2]);
    })
    .await;
}
