//! Imports: heads, uploads, problems, lines, reservations.
use std::collections::{HashMap, HashSet};

use domain::{BatchId, CertificateId, Door, Number, Severity};
use store::{
    Db, StoreError, Urgency,
    batch::{self, Batch, State, Summary},
    batch_line::{self, Line, Outcome},
    batch_plan::{self, Planned},
    batch_problem::{self, BatchProblem, Count},
    reservation::{self, Clash, Holder},
    testing::on_both,
    upload::{self, Chunk},
};

use crate::{OFFICER, OURS, THEIRS, at, certificate, conflicts, refused, write};

const B: BatchId = BatchId(1);

fn batch(id: i64) -> Batch {
    Batch {
        id: BatchId(id),
        authority: OURS,
        account: OFFICER,
        door: Door::Workbook,
        state: State::Uploading,
        file_name: "示例.xlsx".into(),
        digest: [3; 32],
        whole: false,
        summary: Summary::default(),
        done: 0,
        message: String::new(),
        created_at: at(0),
        updated_at: at(0),
    }
}

async fn read(db: &Db) -> Batch {
    batch::by_id(db.into(), B).await.unwrap().unwrap()
}

#[tokio::test]
async fn an_import_moves_only_from_the_state_it_is_in() {
    on_both(async |t| {
        let db = &t.db;
        write(db, async |tx| batch::create(tx, &batch(1)).await).await;
        assert_eq!(read(db).await, batch(1));
        let summary = Summary { lines: 9, good: 8, fresh: 5, changed: 2, unchanged: 1 };
        conflicts(db, async |tx| batch::set_summary(tx, B, &summary, at(1)).await).await;
        write(db, async |tx| {
            batch::set_state(tx, B, State::Uploading, State::Checking, "正在检查", at(1)).await
        })
        .await;
        conflicts(db, async |tx| batch::commit(tx, B, true, at(2)).await).await;
        write(db, async |tx| batch::set_summary(tx, B, &summary, at(2)).await).await;
        conflicts(db, async |tx| batch::add_done(tx, B, 1, at(3)).await).await;
        write(db, async |tx| batch::commit(tx, B, true, at(3)).await).await;
        conflicts(db, async |tx| batch::commit(tx, B, true, at(4)).await).await;
        write(db, async |tx| batch::add_done(tx, B, 3, at(4)).await).await;
        write(db, async |tx| batch::add_done(tx, B, 5, at(5)).await).await;
        let expected =
            Batch { state: State::Committing, whole: true, summary, done: 8, updated_at: at(5), ..batch(1) };
        assert_eq!(read(db).await, expected);
        conflicts(db, async |tx| batch::set_state(tx, B, State::Checked, State::Discarded, "", at(6)).await)
            .await;
    })
    .await;
}

#[test]
fn every_state_is_read_back_from_its_key() {
    for state in State::ALL {
        assert_eq!(State::parse(state.key()), Some(*state));
    }
}

#[tokio::test]
async fn imports_are_listed_newest_first_and_found_by_their_files() {
    on_both(async |t| {
        let db = &t.db;
        write(db, async |tx| {
            for id in 1..=3 {
                batch::create(tx, &batch(id)).await?;
            }
            batch::create(tx, &Batch { authority: THEIRS, ..batch(4) }).await?;
            batch::create(tx, &Batch { digest: [4; 32], ..batch(5) }).await
        })
        .await;
        let ids = |list: Vec<Batch>| list.into_iter().map(|it| it.id.0).collect::<Vec<_>>();
        assert_eq!(ids(batch::list(db.into(), OURS, None, 2).await.unwrap()), [5, 3]);
        assert_eq!(ids(batch::list(db.into(), OURS, Some(BatchId(3)), 9).await.unwrap()), [2, 1]);
        assert_eq!(batch::count(db.into(), OURS).await.unwrap(), 4);
        assert_eq!(batch::latest(db.into(), OURS, &[3; 32]).await.unwrap(), Some(batch(3)));
        assert_eq!(batch::latest(db.into(), THEIRS, &[4; 32]).await.unwrap(), None);
    })
    .await;
}

fn planned(line: u32, outcome: Outcome) -> Planned {
    Planned {
        line,
        outcome,
        number: String::new(),
        body: "示例检测有限公司".into(),
        reason: if outcome == Outcome::Refused { "证书第2行：示例".into() } else { String::new() },
        changes: if outcome == Outcome::Changed { "{}".into() } else { String::new() },
    }
}

#[tokio::test]
async fn a_plan_is_listed_by_outcome_in_the_order_of_the_file_and_goes_as_a_whole() {
    on_both(async |t| {
        let db = &t.db;
        let lines = [
            planned(1, Outcome::Fresh),
            planned(2, Outcome::Refused),
            planned(3, Outcome::Changed),
            planned(4, Outcome::Fresh),
        ];
        write(db, async |tx| {
            batch_plan::insert(tx, B, &lines[2..]).await?;
            batch_plan::insert(tx, B, &lines[..2]).await?;
            batch_plan::insert(tx, BatchId(2), &lines[..1]).await
        })
        .await;
        assert_eq!(batch_plan::list(db.into(), B, None, 1, 2).await.unwrap(), lines[1..3]);
        let fresh = batch_plan::list(db.into(), B, Some(Outcome::Fresh), 0, 9).await.unwrap();
        assert_eq!(fresh, [lines[0].clone(), lines[3].clone()]);
        let error = refused(db, async |tx| batch_plan::insert(tx, B, &lines[..1]).await).await;
        assert!(matches!(error, StoreError::Unique { .. }), "{error:?}");
        assert_eq!(write(db, async |tx| batch_plan::clear(tx, B).await).await, 4);
        assert_eq!(batch_plan::list(db.into(), B, None, 0, 9).await.unwrap(), []);
        assert_eq!(batch_plan::list(db.into(), BatchId(2), None, 0, 9).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn an_import_long_done_is_found_while_its_file_is_kept() {
    on_both(async |t| {
        let db = &t.db;
        let chunk = Chunk { n: 0, name: "证书.csv".into() };
        write(db, async |tx| {
            for (id, state, moved) in
                [(1, State::Done, 5), (2, State::Done, 9), (3, State::Checked, 1), (4, State::Done, 1)]
            {
                batch::create(tx, &Batch { state, updated_at: at(moved), ..batch(id) }).await?;
            }
            for id in 1..=3 {
                upload::put(tx, BatchId(id), &chunk, &[1]).await?;
            }
            Ok(())
        })
        .await;
        assert_eq!(batch::outlived(db.into(), at(9)).await.unwrap(), [BatchId(1)]);
        assert!(upload::any(db.into(), B).await.unwrap());
        assert!(!upload::any(db.into(), BatchId(4)).await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn an_upload_comes_back_in_order_and_goes_as_a_whole() {
    on_both(async |t| {
        let db = &t.db;
        let chunks = [Chunk { n: 0, name: "证书.csv".into() }, Chunk { n: 1, name: "场所.csv".into() }];
        write(db, async |tx| {
            upload::put(tx, B, &chunks[1], &[1, 255]).await?;
            upload::put(tx, B, &chunks[0], &[0]).await?;
            upload::put(tx, BatchId(2), &chunks[0], &[9]).await
        })
        .await;
        assert_eq!(upload::list(db.into(), B).await.unwrap(), chunks);
        assert_eq!(upload::get(db.into(), B, 1).await.unwrap(), Some(vec![1, 255]));
        assert_eq!(upload::get(db.into(), B, 2).await.unwrap(), None);
        let error = refused(db, async |tx| upload::put(tx, B, &chunks[0], &[]).await).await;
        assert!(matches!(error, StoreError::Unique { .. }), "{error:?}");
        assert_eq!(write(db, async |tx| upload::delete(tx, B).await).await, 2);
        assert_eq!(upload::list(db.into(), B).await.unwrap(), []);
        assert_eq!(upload::get(db.into(), BatchId(2), 0).await.unwrap(), Some(vec![9]));
    })
    .await;
}

fn problem(severity: Severity, code: &str, row: u32) -> BatchProblem {
    BatchProblem {
        severity,
        sheet: "证书".into(),
        row,
        column: "AB".into(),
        field: "uscc".into(),
        code: code.into(),
        value: "示例".into(),
        message: "校验位不符".into(),
        hint: "请核对".into(),
    }
}

#[tokio::test]
async fn problems_are_replaced_paged_filtered_and_counted() {
    on_both(async |t| {
        let db = &t.db;
        let old = [problem(Severity::Notice, "old", 1)];
        write(db, async |tx| batch_problem::insert(tx, B, 1, &old).await).await;
        let new = [
            problem(Severity::Warning, "name", 2),
            problem(Severity::Error, "uscc", 3),
            problem(Severity::Error, "uscc", 4),
            problem(Severity::Error, "day", 5),
        ];
        write(db, async |tx| {
            assert_eq!(batch_problem::clear(tx, B).await?, 1);
            batch_problem::insert(tx, B, 1, &new[..3]).await?;
            batch_problem::insert(tx, B, 4, &new[3..]).await
        })
        .await;
        let all = batch_problem::list(db.into(), B, None, 0, 9).await.unwrap();
        assert_eq!(all, (1..).zip(new.clone()).collect::<Vec<_>>());
        let errors = batch_problem::list(db.into(), B, Some(Severity::Error), 2, 1).await.unwrap();
        assert_eq!(errors, [(3, new[2].clone())]);
        let page = async |of: (Option<Severity>, &[&str]), offset| {
            batch_problem::page(db.into(), B, of, offset, 2).await.unwrap()
        };
        assert_eq!(page((None, &[]), 1).await, new[1..3]);
        let usccs: Vec<_> = new.iter().filter(|p| p.code == "uscc").cloned().collect();
        assert_eq!(page((Some(Severity::Error), &["uscc"]), 1).await, usccs[1..]);
        assert_eq!(page((None, &["day", "name"]), 0).await.len(), 2, "of several codes");
        assert_eq!(page((Some(Severity::Notice), &[]), 0).await, []);
        let count = |severity, code: &str, n| Count { severity, code: code.into(), n };
        assert_eq!(
            batch_problem::counts(db.into(), B).await.unwrap(),
            [
                count(Severity::Error, "uscc", 2),
                count(Severity::Error, "day", 1),
                count(Severity::Warning, "name", 1)
            ]
        );
        assert_eq!(batch_problem::counts(db.into(), BatchId(2)).await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn a_line_is_done_once() {
    on_both(async |t| {
        let db = &t.db;
        let line = |line, outcome, certificate: Option<i64>| Line {
            line,
            outcome,
            certificate: certificate.map(|id| (CertificateId(id), 1)),
            reason: if certificate.is_none() { "示例原因".into() } else { String::new() },
        };
        let lines = [
            line(1, Outcome::Fresh, Some(11)),
            line(2, Outcome::Refused, None),
            line(4, Outcome::Changed, Some(14)),
            line(5, Outcome::Unchanged, Some(15)),
        ];
        assert_eq!(write(db, async |tx| batch_line::insert(tx, B, &lines).await).await, 4);
        let other = [line(3, Outcome::Fresh, Some(13))];
        write(db, async |tx| batch_line::insert(tx, BatchId(2), &other).await).await;
        assert_eq!(batch_line::get(db.into(), B, 2).await.unwrap(), Some(lines[1].clone()));
        assert_eq!(batch_line::get(db.into(), B, 3).await.unwrap(), None);
        assert_eq!(batch_line::list(db.into(), B, 1, 2).await.unwrap(), lines[1..3]);
        assert_eq!(batch_line::refused(db.into(), B, 0, 9).await.unwrap(), lines[1..2]);
        assert_eq!(batch_line::refused(db.into(), B, 2, 9).await.unwrap(), []);
        assert_eq!(batch_line::done(db, B).await.unwrap(), HashSet::from([1, 2, 4, 5]));
        let error = refused(db, async |tx| batch_line::insert(tx, B, &lines[..1]).await).await;
        assert!(matches!(error, StoreError::Unique { .. }), "{error:?}");
    })
    .await;
}

fn numbers(lines: &[(u32, &str)]) -> Vec<(u32, Number)> {
    lines.iter().map(|(line, number)| (*line, Number::parse(number).unwrap())).collect()
}

#[tokio::test]
async fn all_numbers_of_a_batch_are_reserved_or_none_and_the_clashes_are_listed() {
    on_both(async |t| {
        let db = &t.db;
        certificate(db, 5, OURS, "230020340005", "valid", None).await;
        let theirs = numbers(&[(1, "230020340001")]);
        let clashes = write(db, async |tx| reservation::reserve(tx, BatchId(9), &theirs).await).await;
        assert_eq!(clashes, []);
        let wanted =
            numbers(&[(1, "230020340005"), (2, "230020340002"), (3, "230020340001"), (4, "230020340002")]);
        let clash = |at: usize, holder| Clash { line: wanted[at].0, number: wanted[at].1.clone(), holder };
        let expected = [
            clash(0, Holder::Certificate(CertificateId(5))),
            clash(2, Holder::Batch(BatchId(9))),
            clash(3, Holder::Line(2)),
        ];
        assert_eq!(write(db, async |tx| reservation::reserve(tx, B, &wanted).await).await, expected);
        assert_eq!(reservation::list(db.into(), B, 0, 9).await.unwrap(), []);
        // A clash with a certificate alone is found after the rows were written: they go again.
        let late = write(db, async |tx| reservation::reserve(tx, B, &wanted[..2]).await).await;
        assert_eq!(late, expected[..1]);
        assert_eq!(reservation::list(db.into(), B, 0, 9).await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn a_resumed_batch_keeps_what_it_holds_and_gives_it_back_at_the_end() {
    on_both(async |t| {
        let db = &t.db;
        let wanted = numbers(&[(1, "230020340001"), (2, "230020340002"), (3, "(2014)国认监认字(000)号")]);
        assert_eq!(write(db, async |tx| reservation::reserve(tx, B, &wanted[..2]).await).await, []);
        assert_eq!(write(db, async |tx| reservation::reserve(tx, B, &wanted).await).await, []);
        assert_eq!(reservation::list(db.into(), B, 1, 9).await.unwrap(), wanted[1..]);
        assert_eq!(reservation::list(db.into(), B, 0, 1).await.unwrap(), wanted[..1]);
        assert_eq!(reservation::get(db.into(), B, 3).await.unwrap(), Some(wanted[2].1.clone()));
        assert_eq!(reservation::get(db.into(), B, 4).await.unwrap(), None);
        let free = Number::parse("230020340009").unwrap();
        let asked = [&wanted[0].1, &free];
        let held = reservation::held(db.into(), asked.into_iter()).await.unwrap();
        assert_eq!(held, HashMap::from([("230020340001".to_owned(), B)]));
        assert_eq!(write(db, async |tx| reservation::release(tx, B).await).await, 3);
        assert_eq!(write(db, async |tx| reservation::reserve(tx, BatchId(2), &wanted).await).await, []);
    })
    .await;
}

#[tokio::test]
async fn of_two_batches_that_reserve_at_once_one_gets_the_number_and_the_other_learns_of_it() {
    on_both(async |t| {
        let db = &t.db;
        let wanted = numbers(&[(1, "230020340001")]);
        let reserve = async |id| {
            let tx = db.begin(Urgency::Batch).await?;
            let clashes = reservation::reserve(&tx, BatchId(id), &wanted).await?;
            tx.commit().await?;
            Ok::<_, StoreError>(clashes)
        };
        let (first, second) = tokio::join!(reserve(1), reserve(2));
        let (mut got, mut lost) = (0, 0);
        for (id, outcome) in [(1, first), (2, second)] {
            let clashes = match outcome {
                Err(error) if error.is_transient() => reserve(id).await.unwrap(),
                other => other.unwrap(),
            };
            match clashes.as_slice() {
                [] => got += 1,
                [clash] => lost += u32::from(clash.holder == Holder::Batch(BatchId(3 - id))),
                more => panic!("{more:?}"),
            }
        }
        assert_eq!((got, lost), (1, 1));
    })
    .await;
}
