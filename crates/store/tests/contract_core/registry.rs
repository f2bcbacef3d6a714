//! Ids, the register's own values, authorities and code tables.
use domain::{Authority, AuthorityCode, AuthorityId, Day, Division, Level, Two};
use store::{
    Db, Urgency, ids, meta,
    tables::{self, CodeKind},
    testing::on_both,
};

use crate::{
    conflicts, guarded, refused,
    sample::{OURS, THEIRS, day},
    write,
};

#[tokio::test]
async fn ids_come_in_blocks_that_never_overlap() {
    on_both(async |t| {
        let take = async |name, n| ids::take(&t.db, name, n, Urgency::Act).await.unwrap();
        assert_eq!(take("body", 10).await, 1);
        assert_eq!(take("body", 1).await, 11);
        assert_eq!(take("certificate", 5).await, 1);
        assert_eq!(take("body", 3_000_000_000).await, 12);
        assert_eq!(take("body", 1).await, 3_000_000_012);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn blocks_taken_at_once_never_overlap() {
    on_both(async |t| {
        let takers: Vec<_> = (1..=10u64)
            .map(|n| {
                let db = t.db.clone();
                tokio::spawn(async move {
                    let mut taken = Vec::new();
                    for _ in 0..10 {
                        let first = ids::take(&db, "fresh", n, Urgency::Batch).await.unwrap();
                        taken.extend(first..first + n as i64);
                    }
                    taken
                })
            })
            .collect();
        let mut all = Vec::new();
        for taker in takers {
            all.extend(taker.await.unwrap());
        }
        all.sort_unstable();
        assert_eq!(all, (1..=550).collect::<Vec<i64>>());
    })
    .await;
}

#[tokio::test]
async fn a_value_of_the_register_is_set_and_changed() {
    on_both(async |t| {
        let db = &t.db;
        assert_eq!(meta::get(db.into(), "founded_at").await.unwrap(), None);
        assert_eq!(meta::epoch(db.into()).await.unwrap(), 1);
        write(db, async |tx| {
            meta::set(tx, "founded_at", "1").await?;
            meta::set(tx, "founded_at", "二").await?;
            meta::set(tx, "epoch", "7").await
        })
        .await;
        assert_eq!(meta::get(db.into(), "founded_at").await.unwrap().as_deref(), Some("二"));
        assert_eq!(meta::epoch(db.into()).await.unwrap(), 7);
    })
    .await;
}

fn authority(id: AuthorityId) -> Authority {
    Authority {
        id,
        name: format!("示例{id:?}市场监督管理局"),
        short_name: "示例".into(),
        level: if id == OURS { Level::National } else { Level::Provincial },
        area: "61".into(),
    }
}

fn two(text: &str) -> Two {
    text.parse().unwrap()
}

#[tokio::test]
async fn authorities_and_their_codes_are_set_changed_and_loaded() {
    on_both(async |t| {
        let db = &t.db;
        let code =
            |authority, code, from: Option<Day>, to| AuthorityCode { authority, code: two(code), from, to };
        let codes = [
            code(OURS, "00", None, None),
            code(OURS, "27", Some(day(-9)), Some(day(9))),
            code(THEIRS, "27", Some(day(10)), None),
        ];
        write(db, async |tx| {
            tables::set_authority(tx, &authority(OURS)).await?;
            tables::set_authority(tx, &authority(THEIRS)).await?;
            for code in &codes {
                tables::set_authority_code(tx, code).await?;
            }
            Ok(())
        })
        .await;
        let loaded = tables::load(db.into(), day(0)).await.unwrap();
        assert_eq!(loaded.authorities, [authority(THEIRS), authority(OURS)]);
        assert_eq!(loaded.authority_codes, codes);
        assert_eq!(tables::settings(db.into(), OURS).await.unwrap().as_deref(), Some("{}"));
        assert_eq!(tables::settings(db.into(), AuthorityId(1)).await.unwrap(), None);
        let renamed = Authority { name: "示例新名".into(), level: Level::Provincial, ..authority(OURS) };
        let closed = AuthorityCode { to: Some(day(5)), ..codes[0].clone() };
        write(db, async |tx| {
            tables::set_settings(tx, OURS, "{\"a\":\"示例\"}").await?;
            tables::set_authority(tx, &renamed).await?;
            tables::set_authority_code(tx, &closed).await
        })
        .await;
        let loaded = tables::load(db.into(), day(0)).await.unwrap();
        assert_eq!(loaded.authorities[1], renamed);
        assert_eq!((loaded.authority_codes.len(), &loaded.authority_codes[0]), (3, &closed));
        let settings = tables::settings(db.into(), OURS).await.unwrap();
        assert_eq!(settings.as_deref(), Some("{\"a\":\"示例\"}"), "a new name leaves the settings alone");
        let all = tables::all_settings(db.into()).await.unwrap();
        assert_eq!(all, [(THEIRS, "{}".to_owned()), (OURS, "{\"a\":\"示例\"}".to_owned())]);
        conflicts(db, async |tx| tables::set_settings(tx, AuthorityId(1), "{}").await).await;
        guarded(db, "delete from authority", "no_delete:authority").await;
    })
    .await;
}

fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|(code, name)| ((*code).to_owned(), (*name).to_owned())).collect()
}

async fn codes_of(db: &Db) {
    let divisions =
        pairs(&[("610000", "示例省"), ("610100", "示例市"), ("610113", "示例区"), ("620000", "他省")]);
    write(db, async |tx| {
        tables::fill_codes(tx, CodeKind::Domain, &pairs(&[("07", "示例领域"), ("08", "旧领域")])).await?;
        tables::fill_codes(tx, CodeKind::Industry, &pairs(&[("00", "示例行业")])).await?;
        tables::fill_codes(tx, CodeKind::Division, &divisions).await?;
        // 08 gets a new name on day 10, 610113 ends on day 5, 09 begins on day 20.
        tables::set_code(tx, CodeKind::Domain, "08", "新领域", Some(day(10)), None).await?;
        tables::set_code(tx, CodeKind::Division, "610113", "示例区", None, Some(day(5))).await?;
        tables::set_code(tx, CodeKind::Domain, "09", "将来", Some(day(20)), Some(day(30))).await
    })
    .await;
}

#[tokio::test]
async fn codes_hold_on_their_days_and_the_later_entry_counts() {
    on_both(async |t| {
        let db = &t.db;
        codes_of(db).await;
        let on = async |n| tables::load(db.into(), day(n)).await.unwrap();
        let names = |loaded: domain::Tables| {
            let name = |code| loaded.domains.get(&two(code)).cloned();
            (name("07"), name("08"), name("09"), loaded.divisions.len(), loaded.industries.len())
        };
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(names(on(0).await), (some("示例领域"), some("旧领域"), None, 4, 1));
        assert_eq!(names(on(5).await).3, 4);
        assert_eq!(names(on(6).await).3, 3);
        assert_eq!(names(on(10).await).1, some("新领域"));
        assert_eq!(
            (names(on(20).await).2, names(on(30).await).2, names(on(31).await).2),
            (some("将来"), some("将来"), None)
        );
        assert_eq!(on(0).await.division_name(Division::parse("610113").unwrap()), "示例省示例市示例区");
        let twice =
            refused(db, async |tx| tables::fill_codes(tx, CodeKind::Domain, &pairs(&[("07", "x")])).await);
        let twice = twice.await;
        assert!(twice.is_unique_on("code_entry", &["kind", "code", "from_day"]), "{twice:?}");
        for kind in [CodeKind::Domain, CodeKind::Industry, CodeKind::Division] {
            assert_eq!(CodeKind::parse(kind.key()), Some(kind));
        }
        assert_eq!(CodeKind::parse("x"), None);
    })
    .await;
}

#[tokio::test]
async fn entries_are_listed_by_beginning_in_pages_that_lose_none() {
    on_both(async |t| {
        let db = &t.db;
        codes_of(db).await;
        let page = async |kind, prefix: &str, after: &str, limit| {
            let found = tables::codes(db.into(), kind, prefix, after, limit).await.unwrap();
            found.into_iter().map(|e| (e.code, e.name, e.from, e.to)).collect::<Vec<_>>()
        };
        let entry = |code: &str, name: &str, from, to| (code.to_owned(), name.to_owned(), from, to);
        let under = page(CodeKind::Division, "6101", "", 9).await;
        assert_eq!(
            under,
            [entry("610100", "示例市", None, None), entry("610113", "示例区", None, Some(day(5)))]
        );
        assert_eq!(page(CodeKind::Division, "6101", "610100", 9).await, under[1..]);
        assert_eq!(page(CodeKind::Division, "", "", 2).await.len(), 2);
        let (mut after, mut seen) = (String::new(), Vec::new());
        loop {
            let some = page(CodeKind::Domain, "", &after, 2).await;
            let Some(last) = some.last() else { break };
            assert!(last.0 > after, "a page must go on");
            after = last.0.clone();
            seen.extend(some);
        }
        assert_eq!(
            seen,
            [
                entry("07", "示例领域", None, None),
                entry("08", "旧领域", None, None),
                entry("08", "新领域", Some(day(10)), None),
                entry("09", "将来", Some(day(20)), Some(day(30))),
            ]
        );
    })
    .await;
}
