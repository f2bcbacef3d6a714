//! 数据质量: what is kept of certificates, how it stood day by day, and the rows that the rules look at.
use domain::{AuthorityId, CertificateId, Status};
use std::collections::HashMap;
use store::{
    Db, body, certificate,
    certificate::Head,
    content::{self, NewRows, Placed},
    quality::{self, QualityDay, QualityProblem},
    quality_rows,
    testing::{on_both, statements},
    worklist,
};

use crate::{
    plans::scan_nothing,
    sample::{
        OURS, THEIRS, act, at, body as sample_body, capability, day, edition, head, instrument, signatory,
        site, staff,
    },
    write,
};

fn problem(id: i64, rule: &str, authority: AuthorityId) -> QualityProblem {
    QualityProblem {
        certificate: CertificateId(id),
        rule: rule.into(),
        authority,
        rows: id as u32,
        place: "检测能力第2行".into(),
        detail: "示例".into(),
        since: day(id as i32),
    }
}

async fn filled(db: &Db) {
    let all = [
        problem(1, "staff_none", OURS),
        problem(1, "uscc_missing", OURS),
        problem(2, "staff_none", THEIRS),
        problem(3, "staff_none", OURS),
    ];
    write(db, async |tx| quality::put(tx, vec![1, 2, 3], &all).await).await;
}

fn ids(found: &[QualityProblem]) -> Vec<i64> {
    found.iter().map(|it| it.certificate.0).collect()
}

#[tokio::test]
async fn what_is_put_stands_in_place_of_what_was_kept_of_these_certificates_alone() {
    on_both(async |t| {
        let db = &t.db;
        filled(db).await;
        let kept = quality::of_certificates(db.into(), vec![1, 2]).await.unwrap();
        assert_eq!(
            kept,
            [
                problem(1, "staff_none", OURS),
                problem(1, "uscc_missing", OURS),
                problem(2, "staff_none", THEIRS)
            ]
        );
        write(db, async |tx| quality::put(tx, vec![1, 2], &[problem(2, "uscc_missing", THEIRS)]).await).await;
        let kept = quality::of_certificates(db.into(), vec![1, 2, 3]).await.unwrap();
        assert_eq!(kept, [problem(2, "uscc_missing", THEIRS), problem(3, "staff_none", OURS)]);
    })
    .await;
}

#[tokio::test]
async fn a_rule_is_paged_by_authority_or_everywhere_and_counted_without_a_scan() {
    on_both(async |t| {
        let db = &t.db;
        filled(db).await;
        let asked = statements(async || {
            let of = async |authority, after| {
                quality::of_rule(db.into(), ("staff_none", authority), CertificateId(after), 1).await.unwrap()
            };
            assert_eq!(ids(&of(OURS, 0).await), [1]);
            assert_eq!(ids(&of(OURS, 1).await), [3]);
            assert_eq!(ids(&of(OURS, 3).await), [] as [i64; 0]);
            let everywhere = async |authority, after| {
                let behind = (AuthorityId(authority), CertificateId(after));
                quality::of_rule_everywhere(db.into(), "staff_none", behind, 2).await.unwrap()
            };
            assert_eq!(ids(&everywhere(0, 0).await), [2, 1], "by authority, then by certificate");
            assert_eq!(ids(&everywhere(OURS.0, 1).await), [3]);
            let rules = || vec!["staff_none".to_owned(), "uscc_missing".to_owned()];
            let counts = quality::counts(db.into(), OURS, rules()).await.unwrap();
            assert_eq!(counts, [("staff_none".to_owned(), 2, 4), ("uscc_missing".to_owned(), 1, 1)]);
        })
        .await;
        assert_eq!(scan_nothing(&t, asked, &[]).await, 3);
        let all = quality::all_counts(db.into()).await.unwrap();
        assert_eq!(
            all,
            [
                (THEIRS, "staff_none".to_owned(), 1, 2),
                (OURS, "staff_none".to_owned(), 2, 4),
                (OURS, "uscc_missing".to_owned(), 1, 1)
            ]
        );
        let since = quality::found_since(db.into(), day(2), vec!["staff_none".into()]).await.unwrap();
        assert_eq!(since, [(THEIRS, 1), (OURS, 1)]);
    })
    .await;
}

#[tokio::test]
async fn a_day_is_kept_anew_as_a_whole() {
    on_both(async |t| {
        let db = &t.db;
        let stood = |n: i32, authority, rule: &str, rows| QualityDay {
            day: day(n),
            authority,
            rule: rule.into(),
            certificates: 2,
            rows,
        };
        let first = [stood(1, THEIRS, "", 9), stood(1, OURS, "", 5), stood(1, OURS, "staff_none", 1)];
        write(db, async |tx| quality::set_day(tx, day(1), &first).await).await;
        let anew = [stood(1, OURS, "", 6)];
        let second = [stood(2, OURS, "", 7)];
        write(db, async |tx| quality::set_day(tx, day(2), &second).await).await;
        assert_eq!(quality::days(db.into(), None, (day(1), day(1))).await.unwrap(), first);
        write(db, async |tx| quality::set_day(tx, day(1), &anew).await).await;
        let both = quality::days(db.into(), Some(OURS), (day(0), day(2))).await.unwrap();
        assert_eq!(both, [anew, second].concat());
        assert_eq!(quality::days(db.into(), None, (day(3), day(9))).await.unwrap(), []);
    })
    .await;
}

async fn all<T: Send + 'static>(mut rows: store::Rows<T>) -> Vec<T> {
    let mut out = Vec::new();
    while let Some(row) = rows.next().await.unwrap() {
        out.push(row);
    }
    out
}

#[tokio::test]
async fn the_rules_read_the_rows_that_hold_now_of_a_range_of_certificates() {
    on_both(async |t| {
        let db = &t.db;
        let items = [capability(1), capability(2)];
        let list: Vec<_> = items.iter().map(|it| (it.item.hash(), &it.item)).collect();
        let blocks = store::ids::Blocks::default();
        let keys: HashMap<_, _> = store::item::ensure(db, &blocks, &list, store::Urgency::Act).await.unwrap();
        fn placed<T>(row: i64, value: T) -> Placed<T> {
            Placed { row, ord: 10 - row, site_no: 1, person: domain::PersonId(row), value }
        }
        write(db, async |tx| {
            body::insert(tx, &[sample_body(1)], at(0)).await?;
            let of = |n: u32| Head { body: domain::BodyId(1), ..head(n) };
            certificate::insert(tx, &[of(1), of(2)]).await?;
            content::insert_editions(tx, &[edition(1, 1), edition(2, 1)]).await?;
            let mut rows = NewRows::default();
            for id in [1, 2] {
                let id = CertificateId(id);
                rows.site(id, &placed(1, site(1)), 1);
                for (n, it) in (1..).zip(&items) {
                    rows.capability(id, &placed(n, it), keys[&it.item.hash()], 1);
                }
                rows.signatory(id, &placed(1, signatory(1)), 1);
                rows.instrument(id, &placed(1, instrument(1)), 1);
                rows.staff(id, &placed(1, staff(1)), 1);
            }
            rows.write(tx).await
        })
        .await;
        let scopes = all(quality_rows::scopes(db, 1, 2)).await;
        assert!(scopes.iter().all(|it| it.certificate.0 == 2));
        assert_eq!(scopes.iter().map(|it| it.ord).collect::<Vec<_>>(), [9, 8], "as written");
        assert_eq!((scopes[0].limits.as_str(), scopes[1].food), ("只做示例", true));
        let known = quality_rows::items(db.into(), vec![scopes[1].item]).await.unwrap();
        assert_eq!(known, [(scopes[1].item, items[1].item.clone())]);
        let instruments = all(quality_rows::instruments(db, 0, 1)).await;
        assert_eq!((instruments.len(), instruments[0].traceable_until), (1, Some(day(300))));
        let signatories = all(quality_rows::signatories(db, 0, 2)).await;
        assert_eq!((signatories.len(), signatories[1].approved_on), (2, Some(day(-5))));
        assert_eq!(all(quality_rows::staff(db, 0, 2)).await[0].major, "化学");
        assert!(all(quality_rows::scopes(db, 2, 9)).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn certificates_are_walked_by_their_last_day_and_suspended_ones_by_their_first() {
    on_both(async |t| {
        let db = &t.db;
        let heads: Vec<Head> = (1..=6)
            .map(|n: u32| Head {
                body: domain::BodyId(1),
                authority: if n == 4 { THEIRS } else { OURS },
                valid_to: day(n as i32 * 10),
                successor: (n == 3).then_some(CertificateId(6)),
                status: match n {
                    2 | 5 => Status::Suspended(act(n as i32)),
                    6 => Status::Revoked(act(6)),
                    _ => Status::Valid,
                },
                ..head(n)
            })
            .collect();
        write(db, async |tx| {
            body::insert(tx, &[sample_body(1)], at(0)).await?;
            certificate::insert(tx, &heads).await
        })
        .await;
        let of = |heads: Vec<Head>| heads.iter().map(|it| it.id.0).collect::<Vec<_>>();
        let (ours, both) = (|| vec![OURS.0], || vec![OURS.0, THEIRS.0]);
        let asked = statements(async || {
            let ending = async |whose, from, to| {
                of(worklist::ending(db.into(), whose, day(from), day(to)).await.unwrap())
            };
            assert_eq!(ending(ours(), 10, 60).await, [1, 2, 5], "not what was replaced or has ended");
            assert_eq!(ending(both(), 20, 40).await, [2, 4]);
            let counts = worklist::count_ending(db.into(), both(), day(0), day(60)).await.unwrap();
            assert_eq!(counts, [(THEIRS, 1), (OURS, 3)]);
            assert_eq!(worklist::first_ending(db.into(), OURS).await.unwrap(), Some(day(10)));
            let long = async |until, behind: (i64, i64)| {
                let behind = (behind.0, CertificateId(behind.1));
                of(worklist::suspended(db.into(), both(), day(until), behind, 9).await.unwrap())
            };
            assert_eq!(long(9, (i64::MIN, 0)).await, [2, 5]);
            assert_eq!(long(4, (i64::MIN, 0)).await, [2]);
            assert_eq!(long(9, (day(2).number().into(), 2)).await, [5]);
            let counts = worklist::count_suspended(db.into(), ours(), Some(day(3)), day(9)).await.unwrap();
            assert_eq!(counts, [(OURS, 1)]);
            assert_eq!(worklist::drafts_of(db.into(), ours(), vec![1, 2]).await.unwrap(), []);
        })
        .await;
        assert_eq!(scan_nothing(&t, asked, &[]).await, 6);
    })
    .await;
}
