//! What is published: releases and their files, and the rows these are made of.
use domain::{CertificateId, EventKind, JobId};
use store::{
    Db, body, certificate, content,
    event::{self, Position},
    meta,
    open_data::{self, File, Release},
    open_rows,
    testing::{on_both, statements},
};

use crate::{
    plans::scan_nothing,
    sample::{OURS, THEIRS, at, body as sample_body, day, edition, event as sample_event, head, number},
    write,
};

fn release(id: i64, sort: &str) -> Release {
    Release {
        id,
        sort: sort.into(),
        slot: at(id),
        name: format!("cma-{id}-{sort}"),
        from_name: String::new(),
        from: Position { epoch: 0, number: 0 },
        position: Position { epoch: 1, number: id },
        day: day(3),
        made_at: at(id + 1),
        authorities: "{\"61\":\"示例市场监督管理局\"}".into(),
    }
}

fn file(id: i64, release: i64) -> File {
    File {
        id,
        release,
        name: format!("cma-{release}-certificates-{id}.csv.gz"),
        subject: "certificates".into(),
        format: "csv".into(),
        authority: (id % 2 == 0).then_some(OURS),
        rows: 5,
        bytes: 7,
        digest: [id as u8; 32],
    }
}

#[tokio::test]
async fn a_release_is_seen_once_it_is_whole_and_gone_when_it_is_dropped() {
    on_both(async |t| {
        let db = &t.db;
        write(db, async |tx| {
            open_data::begin_parts(tx, JobId(3), &[10, 11]).await?;
            open_data::put_chunk(tx, 10, 0, vec![1; 4]).await?;
            open_data::put_chunk(tx, 10, 1, vec![2; 3]).await?;
            open_data::put_chunk(tx, 11, 0, vec![3; 7]).await
        })
        .await;
        assert!(open_data::releases(db.into()).await.unwrap().is_empty());
        assert_eq!(
            open_data::abandoned(db.into(), JobId(9)).await.unwrap(),
            [10, 11],
            "their job is not there"
        );
        let made = [file(10, 1), file(11, 1)];
        write(db, async |tx| open_data::publish(tx, &release(1, "snapshot"), &made).await).await;
        write(db, async |tx| open_data::publish(tx, &release(2, "8h"), &[]).await).await;
        assert!(open_data::abandoned(db.into(), JobId(9)).await.unwrap().is_empty());
        let all = open_data::releases(db.into()).await.unwrap();
        assert_eq!(all, [release(2, "8h"), release(1, "snapshot")], "newest first");
        assert_eq!(open_data::files(db.into(), vec![1, 2]).await.unwrap(), made);
        let found = open_data::file_by_name(db.into(), &made[0].name).await.unwrap();
        assert_eq!(found, Some(made[0].clone()));
        assert_eq!(open_data::chunk(db.into(), 10, 1).await.unwrap(), Some(vec![2; 3]));
        assert_eq!(open_data::chunk(db.into(), 10, 2).await.unwrap(), None);
        let twice = crate::refused(db, async |tx| {
            open_data::publish(tx, &Release { id: 5, ..release(1, "snapshot") }, &[]).await
        });
        assert!(matches!(twice.await, store::StoreError::Unique { .. }), "a slot has one release of a sort");

        let dropped = async |most| write(db, async |tx| open_data::drop_chunks(tx, 10, most).await).await;
        assert_eq!((dropped(1).await, dropped(9).await), (1, 1));
        assert!(open_data::file_by_name(db.into(), &made[0].name).await.unwrap().is_some());
        assert_eq!(dropped(9).await, 0);
        assert_eq!(open_data::file_by_name(db.into(), &made[0].name).await.unwrap(), None);
        write(db, async |tx| open_data::drop_release(tx, 1).await).await;
        crate::conflicts(db, async |tx| open_data::drop_release(tx, 1).await).await;
    })
    .await;
}

#[tokio::test]
async fn a_value_is_moved_on_by_one_of_those_who_saw_it() {
    on_both(async |t| {
        let advance = async |from: Option<&str>, to: &str| {
            write(&t.db, async |tx| meta::advance(tx, "days_told", from, to).await).await
        };
        assert!(!advance(Some("1"), "2").await, "it is not set");
        assert!(advance(None, "1").await && !advance(None, "1").await);
        assert!(advance(Some("1"), "2").await && !advance(Some("1"), "3").await);
        assert_eq!(meta::get((&t.db).into(), "days_told").await.unwrap().as_deref(), Some("2"));
    })
    .await;
}

/// Certificates 1 to 3 of OURS and THEIRS, with an edition each.
async fn stock(db: &Db) {
    let the_day_before = domain::Instant::begin_of(day(0)).plus_seconds(-86_400);
    let heads = [
        certificate::Head { valid_to: day(50), assigned_at: the_day_before, ..head(1) },
        certificate::Head { authority: THEIRS, ..head(2) },
        head(3),
    ];
    write(db, async |tx| {
        body::insert(tx, &[sample_body(1), sample_body(2), sample_body(3)], at(0)).await?;
        certificate::insert(tx, &heads).await?;
        content::insert_editions(tx, &[edition(1, 1), edition(2, 1), edition(3, 1)]).await
    })
    .await;
}

async fn all<T>(mut rows: store::Rows<T>) -> Vec<T> {
    let mut out = Vec::new();
    while let Some(row) = rows.next().await.unwrap() {
        out.push(row);
    }
    out
}

#[tokio::test]
async fn what_is_published_is_read_by_key_by_event_and_by_day_without_a_scan() {
    on_both(async |t| {
        let db = &t.db;
        stock(db).await;
        let of = |kind, id| domain::Event { kind, ..sample_event(id) };
        let events = [
            of(EventKind::Assign, 1),
            of(EventKind::Print, 2),
            of(EventKind::Change, 1),
            of(EventKind::Revoke, 3),
        ];
        write(db, async |tx| event::append(tx, &events).await).await;
        let at = |number| Position { epoch: 1, number };
        let asked = statements(async || {
            let some = open_rows::certificates_of(db.into(), vec![3, 1, 99]).await.unwrap();
            assert_eq!(some.iter().map(|it| it.head.id.0).collect::<Vec<_>>(), [1, 3]);
            assert_eq!(some[0].face, edition(1, 1).face);
            let theirs = open_rows::of_authorities(db.into(), vec![THEIRS.0, 77], 0, 9).await.unwrap();
            assert_eq!(theirs, [2]);
            assert!(open_rows::of_authorities(db.into(), vec![THEIRS.0], 2, 9).await.unwrap().is_empty());
            let kinds = [EventKind::Change, EventKind::Revoke];
            let happened = async |from, to| {
                let mut ids = open_rows::happened_to(db.into(), (at(from), at(to)), &kinds).await.unwrap();
                ids.sort_unstable();
                ids
            };
            assert_eq!(happened(0, 4).await, [1, 3], "a print is no news");
            assert_eq!(happened(0, 3).await, [1]);
            assert!(happened(3, 3).await.is_empty());
            let comes = async |of, after| {
                let before = domain::Day::plus_days(of, -1).unwrap();
                let heads =
                    open_rows::day_comes(db.into(), &[OURS, THEIRS], of, before, after, 9).await.unwrap();
                heads.iter().map(|it| it.id).collect::<Vec<_>>()
            };
            let (first, last) = (day(0), day(50));
            assert!(comes(first, 0).await.contains(&CertificateId(1)));
            assert!(comes(last.plus_days(1).unwrap(), 0).await.contains(&CertificateId(1)));
            assert!(!comes(last, 0).await.contains(&CertificateId(1)), "its last day is whole");
            assert!(!comes(first, 0).await.contains(&CertificateId(3)), "it was assigned on its first day");
            assert!(!comes(first, 1).await.contains(&CertificateId(1)));
        })
        .await;
        assert!(scan_nothing(&t, asked, &[]).await >= 4);
        assert_eq!(all(open_rows::certificates(db, 1, 3)).await.len(), 2);
        assert_eq!(all(open_rows::certificates(db, 0, 1)).await[0].head.number, number(1));
        assert!(all(open_rows::sites(db, 0, 3)).await.is_empty());
        assert!(all(open_rows::capabilities_of(db, 1)).await.is_empty());
    })
    .await;
}
