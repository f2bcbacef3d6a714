//! Editions and the rows of the annex: what is written is what is read.
use std::collections::HashMap;

use domain::{Capability, CertificateId, Content, Face, Item, Kinds, PersonId, Site};
use proptest::{
    collection::vec,
    option,
    prelude::any,
    strategy::{Just, Strategy, ValueTree},
    test_runner::{Config, TestRunner},
};
use store::{
    Db, StoreError, Urgency,
    content::{self, Edition, NewRows, Placed},
    item,
    testing::on_both,
};

use crate::{
    refused,
    sample::{capability, edition, face, instrument, item as sample_item, signatory, site, staff},
    write,
};

/// Cell text: anything that can be printed, quotes, wildcards and characters beyond 16 bits among it.
fn text() -> impl Strategy<Value = String> {
    "[ -~一-龥０-ｚ（）\u{a0}℃𠮷']{0,10}"
}

fn sites() -> impl Strategy<Value = Vec<Site>> {
    let one = (text(), text(), any::<bool>()).prop_map(|(name, address, known)| Site {
        name,
        address,
        division: site(1).division.filter(|_| known),
    });
    vec(one, 1..4)
}

fn items() -> impl Strategy<Value = Item> {
    let fresh = (text(), text(), text()).prop_map(|(name, standard_number, clause)| Item {
        name,
        standard_number,
        clause,
        ..sample_item(1)
    });
    proptest::prop_oneof![fresh, (1..4u32).prop_map(sample_item)]
}

fn capabilities(sites: u16) -> impl Strategy<Value = Vec<Capability>> {
    let one = (0..sites, items(), text(), option::of(-20_000..60_000i32), any::<bool>(), text());
    let one = one.prop_map(|(site, item, limits, on, food, label)| Capability {
        site,
        item,
        approved_on: on.map(day_in_bounds),
        limits,
        food,
        label,
        ..capability(1)
    });
    vec(one, 0..8)
}

fn day_in_bounds(n: i32) -> domain::Day {
    domain::Day::from_number(n.clamp(domain::Day::MIN.number(), domain::Day::MAX.number())).unwrap()
}

fn contents() -> impl Strategy<Value = Content> {
    let face = (text(), text(), option::of(0..30_000i32)).prop_map(|(remark, address, decided)| Face {
        remark,
        address,
        decision_day: decided.map(day_in_bounds),
        ..face(1)
    });
    (sites(), face).prop_flat_map(|(sites, face)| {
        let n = sites.len() as u16;
        let people = || vec((0..n, text()), 0..4);
        (Just(sites), Just(face), capabilities(n), people(), people(), people()).prop_map(
            |(sites, face, capabilities, a, b, c)| Content {
                face,
                sites,
                capabilities,
                signatories: a
                    .into_iter()
                    .map(|(site, field)| domain::Signatory { site, field, ..signatory(1) })
                    .collect(),
                instruments: b
                    .into_iter()
                    .map(|(site, range)| domain::Instrument { site, range, ..instrument(1) })
                    .collect(),
                staff: c.into_iter().map(|(site, post)| domain::Staff { site, post, ..staff(1) }).collect(),
            },
        )
    })
}

/// Writes a content as the first edition of `id`. Row keys run against the order of the annex, so that only `ord`
/// can bring the rows back in order.
pub async fn put(db: &Db, id: CertificateId, content: &Content) {
    let hashed: Vec<_> = content.capabilities.iter().map(|c| (c.item.hash(), &c.item)).collect();
    let ids: HashMap<_, _> = item::ensure(db, &Default::default(), &hashed, Urgency::Act).await.unwrap();
    let mut rows = NewRows::default();
    let site_no = |site: u16| i64::from(site) * 7 + 3;
    let key = |n: usize| (100 - n as i64, (n as i64 + 1) * 1024);
    for (n, value) in content.sites.iter().cloned().enumerate() {
        let (row, ord) = key(n);
        rows.site(id, &Placed { row, ord, site_no: site_no(n as u16), person: PersonId(0), value }, 1);
    }
    for (n, value) in content.capabilities.iter().enumerate() {
        let (row, ord) = key(n);
        let placed = Placed { row, ord, site_no: site_no(value.site), person: PersonId(0), value };
        rows.capability(id, &placed, ids[&value.item.hash()], 1);
    }
    for (n, value) in content.signatories.iter().cloned().enumerate() {
        let (row, ord) = key(n);
        let site_no = site_no(value.site);
        rows.signatory(id, &Placed { row, ord, site_no, person: PersonId(n as i64), value }, 1);
    }
    for (n, value) in content.instruments.iter().cloned().enumerate() {
        let (row, ord) = key(n);
        let site_no = site_no(value.site);
        rows.instrument(id, &Placed { row, ord, site_no, person: PersonId(0), value }, 1);
    }
    for (n, value) in content.staff.iter().cloned().enumerate() {
        let (row, ord) = key(n);
        let site_no = site_no(value.site);
        rows.staff(id, &Placed { row, ord, site_no, person: PersonId(n as i64), value }, 1);
    }
    write(db, async |tx| rows.write(tx).await).await;
}

#[tokio::test]
async fn any_content_is_read_back_as_it_was_written() {
    on_both(async |t| {
        let db = &t.db;
        let mut runner = TestRunner::new(Config::default());
        for n in 1..=48 {
            let content = contents().new_tree(&mut runner).unwrap().current();
            let id = CertificateId(n);
            put(db, id, &content).await;
            let rows = content::rows(db.into(), id, 1).await.unwrap();
            assert!(rows.signatories.iter().chain(&[]).enumerate().all(|(n, p)| p.person.0 == n as i64));
            assert!(rows.staff.iter().enumerate().all(|(n, p)| p.person.0 == n as i64));
            assert_eq!(rows.content(content.face.clone()), content);
            let none = content::rows(db.into(), id, 0).await.unwrap();
            assert!(none.sites.is_empty(), "nothing holds before the first edition");
            let kept = Edition { certificate: id, face: content.face.clone(), ..edition(1, 1) };
            write(db, async |tx| content::insert_editions(tx, std::slice::from_ref(&kept)).await).await;
            let found = content::edition_of(db.into(), id, 1).await.unwrap().unwrap();
            assert_eq!(found.face, content.face);
        }
    })
    .await;
}

fn alike(a: &Edition, b: &Edition) -> bool {
    format!("{a:?}") == format!("{b:?}")
}

#[tokio::test]
async fn editions_are_kept_for_ever_and_never_altered() {
    on_both(async |t| {
        let db = &t.db;
        let all = [edition(1, 1), edition(1, 2), edition(2, 1)];
        assert_eq!(write(db, async |tx| content::insert_editions(tx, &all).await).await, 3);
        let found = content::editions(db.into(), CertificateId(1)).await.unwrap();
        assert!(found.len() == 2 && alike(&found[0], &all[0]) && alike(&found[1], &all[1]), "{found:?}");
        let one = content::edition_of(db.into(), CertificateId(2), 1).await.unwrap().unwrap();
        assert!(alike(&one, &all[2]), "{one:?}");
        assert!(content::edition_of(db.into(), CertificateId(2), 2).await.unwrap().is_none());
        let twin = Edition { kinds: Kinds::parse("correction").unwrap(), ..edition(1, 2) };
        let error = refused(db, async |tx| content::insert_editions(tx, &[twin]).await).await;
        assert!(error.is_unique_on("edition", &["certificate_id", "edition"]), "{error:?}");
        crate::guarded(db, "update edition set template = 'x'", "append_only:edition").await;
        crate::guarded(db, "delete from edition", "append_only:edition").await;
    })
    .await;
}

#[tokio::test]
async fn a_face_that_cannot_be_read_is_an_error_with_its_column() {
    on_both(async |t| {
        let db = &t.db;
        let sql =
            "insert into edition (certificate_id, edition, kinds, effective_day, recorded_at, template, face,
            capabilities, digest) values (1, 1, 'first', 0, 0, '', '{}', 0, $1)";
        write(db, async |tx| tx.exec_one(sql, &[vec![0u8; 32].into()]).await).await;
        let error = content::editions(db.into(), CertificateId(1)).await.unwrap_err();
        assert!(matches!(error, StoreError::Broken { column: 6, .. }), "{error:?}");
    })
    .await;
}

/// A certificate with capabilities 1 to `n`, in order.
async fn annex(db: &Db, n: u32) -> Vec<Capability> {
    let capabilities: Vec<_> = (1..=n).map(capability).collect();
    let content = Content {
        face: face(1),
        sites: vec![site(1)],
        capabilities: capabilities.clone(),
        signatories: vec![signatory(1)],
        instruments: vec![instrument(1)],
        staff: vec![staff(1)],
    };
    put(db, CertificateId(1), &content).await;
    capabilities
}

fn values(rows: Vec<Placed<Capability>>) -> Vec<Capability> {
    rows.into_iter().map(|p| p.value).collect()
}

#[tokio::test]
async fn capabilities_come_in_pages_in_the_order_of_the_annex() {
    on_both(async |t| {
        let db = &t.db;
        let all = annex(db, 5).await;
        let id = CertificateId(1);
        let page =
            async |skip, limit| values(content::capabilities(db.into(), id, 1, skip, limit).await.unwrap());
        assert_eq!(page(0, u32::MAX).await, all);
        assert_eq!(page(0, 2).await, all[..2]);
        assert_eq!(page(4, 2).await, all[4..]);
        assert_eq!(page(5, 2).await, []);
        assert_eq!(content::count_capabilities(db.into(), id, 1).await.unwrap(), all.len() as u64);
        assert_eq!(content::sites(db.into(), id, 1).await.unwrap()[0].value, site(1));
        assert_eq!(content::signatories(db.into(), id, 1).await.unwrap()[0].value, signatory(1));
        assert_eq!(content::instruments(db.into(), id, 1).await.unwrap()[0].value, instrument(1));
        assert_eq!(content::staff(db.into(), id, 1).await.unwrap()[0].value, staff(1));
    })
    .await;
}
