//! Intervals: every edition is read back exactly, however much changed since, and a row ends once.
use std::collections::BTreeMap;

use domain::{CertificateId, PersonId};
use proptest::{
    collection::vec,
    prelude::any,
    strategy::{Strategy, ValueTree},
    test_runner::{Config, TestRunner},
};
use store::{
    Db, StoreError, Urgency,
    content::{self, NewRows, Placed, RowTable, close, last_row},
    item,
    testing::on_both,
};

use crate::{
    conflicts, guarded, refused,
    sample::{capability, instrument, signatory, site, staff},
    write,
};

const TABLES: [RowTable; 5] =
    [RowTable::Site, RowTable::Scope, RowTable::Signatory, RowTable::Instrument, RowTable::Staff];

/// What one edition does: which of the open rows it ends (by position), and how many it adds.
type Step = (Vec<bool>, u32);

fn placed<T>(row: i64, value: T) -> Placed<T> {
    // Two rows share each place, so that the key decides between them.
    Placed { row, ord: row / 2, site_no: 1, person: PersonId(row), value }
}

/// Adds row `row` to every table.
async fn open(db: &Db, id: CertificateId, keys: &[i64], edition: u32) {
    let mut new = NewRows::default();
    for &row in keys {
        let n = row as u32;
        let of = capability(n);
        let ids = item::ensure(db, &Default::default(), &[(of.item.hash(), &of.item)], Urgency::Batch)
            .await
            .unwrap();
        new.site(id, &Placed { site_no: row, ..placed(row, site(n)) }, edition);
        new.capability(id, &placed(row, &of), ids[&of.item.hash()], edition);
        new.signatory(id, &placed(row, signatory(n)), edition);
        new.instrument(id, &placed(row, instrument(n)), edition);
        new.staff(id, &placed(row, staff(n)), edition);
    }
    write(db, async |tx| new.write(tx).await).await;
}

async fn end(db: &Db, id: CertificateId, keys: &[i64], edition: u32) {
    for table in TABLES {
        write(db, async |tx| close(tx, table, id, keys, edition).await).await;
    }
}

/// Asserts that exactly the rows `keys` hold in every table, with what they said when they were written.
async fn holds(db: &Db, id: CertificateId, edition: u32, keys: &[i64]) {
    let rows = content::rows(db.into(), id, edition).await.unwrap();
    let nobody = PersonId(0);
    let none = |p: Placed<_>| Placed { person: nobody, ..p };
    let of = |n: i64| none(Placed { site_no: n, ..placed(n, site(n as u32)) });
    assert_eq!(rows.sites, keys.iter().map(|n| of(*n)).collect::<Vec<_>>());
    let of = |n: i64| Placed { person: nobody, ..placed(n, capability(n as u32)) };
    assert_eq!(rows.capabilities, keys.iter().map(|n| of(*n)).collect::<Vec<_>>());
    assert_eq!(rows.signatories, keys.iter().map(|n| placed(*n, signatory(*n as u32))).collect::<Vec<_>>());
    let of = |n: i64| Placed { person: nobody, ..placed(n, instrument(n as u32)) };
    assert_eq!(rows.instruments, keys.iter().map(|n| of(*n)).collect::<Vec<_>>());
    assert_eq!(rows.staff, keys.iter().map(|n| placed(*n, staff(*n as u32))).collect::<Vec<_>>());
    let counted = content::count_capabilities(db.into(), id, edition).await.unwrap();
    assert_eq!(counted, rows.capabilities.len() as u64);
}

/// Writes a history and returns the rows that hold in each edition.
async fn history(db: &Db, id: CertificateId, steps: &[Step]) -> BTreeMap<u32, Vec<i64>> {
    let (mut open_rows, mut last, mut editions) = (Vec::new(), 0, BTreeMap::new());
    for (edition, (ends, adds)) in (1..).zip(steps) {
        let ended = |at: usize| ends.get(at).copied().unwrap_or(false);
        let keys: Vec<i64> = (0..open_rows.len()).filter(|at| ended(*at)).map(|at| open_rows[at]).collect();
        end(db, id, &keys, edition).await;
        open_rows.retain(|key| !keys.contains(key));
        let fresh: Vec<i64> = (last + 1..).take(*adds as usize).collect();
        last += i64::from(*adds);
        open(db, id, &fresh, edition).await;
        open_rows.extend(fresh);
        for table in TABLES {
            assert_eq!(last_row(db.into(), table, id).await.unwrap(), last, "keys are never used again");
        }
        editions.insert(edition, open_rows.clone());
    }
    editions
}

#[tokio::test]
async fn every_past_edition_is_read_back_exactly() {
    on_both(async |t| {
        let mut runner = TestRunner::new(Config::default());
        let steps = vec((vec(any::<bool>(), 0..9), 0..4u32), 3..6);
        for n in 1..=8 {
            let steps = steps.new_tree(&mut runner).unwrap().current();
            let id = CertificateId(n);
            let editions = history(&t.db, id, &steps).await;
            for (edition, keys) in &editions {
                holds(&t.db, id, *edition, keys).await;
            }
            let (last, keys) = editions.last_key_value().unwrap();
            holds(&t.db, id, last + 5, keys).await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_row_ends_once_and_all_rows_of_a_change_must_be_open() {
    on_both(async |t| {
        let (db, id) = (&t.db, CertificateId(1));
        open(db, id, &[1, 2, 3], 1).await;
        open(db, CertificateId(2), &[1], 1).await;
        end(db, id, &[2], 2).await;
        end(db, id, &[], 3).await;
        for table in TABLES {
            conflicts(db, async |tx| close(tx, table, id, &[2], 3).await).await;
            conflicts(db, async |tx| close(tx, table, id, &[1, 2], 3).await).await;
            conflicts(db, async |tx| close(tx, table, id, &[9], 3).await).await;
        }
        holds(db, id, 1, &[1, 2, 3]).await;
        holds(db, id, 2, &[1, 3]).await;
        holds(db, CertificateId(2), 2, &[1]).await;
        assert_eq!(last_row(db.into(), RowTable::Scope, CertificateId(3)).await.unwrap(), 0);
        let mut twin = NewRows::default();
        twin.site(id, &placed(2, site(2)), 3);
        let error = refused(db, async |tx| twin.write(tx).await).await;
        assert!(matches!(error, StoreError::Unique { .. }), "{error:?}");
    })
    .await;
}

#[tokio::test]
async fn the_database_itself_refuses_a_second_end_and_any_other_change_of_a_row() {
    on_both(async |t| {
        let (db, id) = (&t.db, CertificateId(1));
        open(db, id, &[1], 1).await;
        let other = [
            ("update site set name = 'x'", "delete from site", "update site set to_edition = 3", "site"),
            (
                "update scope set limits = 'x'",
                "delete from scope",
                "update scope set to_edition = 3",
                "scope",
            ),
            (
                "update signatory set name = 'x'",
                "delete from signatory",
                "update signatory set to_edition = 3",
                "signatory",
            ),
            (
                "update instrument set name = 'x'",
                "delete from instrument",
                "update instrument set to_edition = 3",
                "instrument",
            ),
            ("update staff set name = 'x'", "delete from staff", "update staff set to_edition = 3", "staff"),
        ];
        for (update, delete, _, table) in other {
            guarded(db, update, &format!("close_only:{table}")).await;
            guarded(db, delete, &format!("close_only:{table}")).await;
        }
        end(db, id, &[1], 2).await;
        for (.., again, table) in other {
            guarded(db, again, &format!("close_only:{table}")).await;
        }
        holds(db, id, 1, &[1]).await;
        holds(db, id, 2, &[]).await;
    })
    .await;
}
