//! Taking and raising, on both engines.

use super::*;
use crate::accounts::tests::open;
use domain::{Actor, Door, Instant, Level, Role};
use store::testing::on_both;

const NOW: Instant = Instant::from_micros(1_795_334_400_000_000); // 2026-11-22
/// 陕西 of the founded registry, code 27.
const OURS: AuthorityId = AuthorityId(28);

fn ctx(role: Role, authority: AuthorityId) -> Ctx {
    Ctx {
        actor: Actor::Account { id: domain::AccountId(1), authority, level: Level::Provincial, role },
        door: Door::Form,
        request_id: "r".into(),
        source: "192.0.2.1".into(),
    }
}

fn two(text: &str) -> Two {
    text.parse().unwrap()
}

fn number(text: &str) -> Number {
    Number::parse(text).unwrap()
}

fn place(app: &App, year: u16) -> (u16, Two, Two, Two) {
    (year, app.tables().code_of(OURS, NOW.day()).unwrap(), two("01"), two("34"))
}

/// Takes and keeps.
async fn take(app: &App, settings: &AuthoritySettings, year: u16, n: u32) -> Result<Vec<u16>> {
    let tx = app.db.begin(Urgency::Act).await?;
    let numbers = app.take_numbers(&tx, OURS, settings, place(app, year), n).await?;
    tx.commit().await?;
    Ok(numbers.into_iter().map(|number| number.parts().unwrap().serial).collect())
}

async fn raise(app: &App, numbers: &[Number]) {
    let tx = app.db.begin(Urgency::Act).await.unwrap();
    app.raise_counters(&tx, OURS, &AuthoritySettings::default(), numbers).await.unwrap();
    tx.commit().await.unwrap();
}

async fn set_epoch(app: &App, epoch: &str) {
    let tx = app.db.begin(Urgency::Act).await.unwrap();
    store::meta::set(&tx, "epoch", epoch).await.unwrap();
    tx.commit().await.unwrap();
}

async fn reserve(app: &App, serials: &[u16]) {
    let (year, code, domain, industry) = place(app, 2026);
    let wanted: Vec<(u32, Number)> = (1..)
        .zip(serials.iter().map(|s| Number::compose(year, code, domain, industry, *s).unwrap()))
        .collect();
    let tx = app.db.begin(Urgency::Act).await.unwrap();
    let clashes = store::reservation::reserve(&tx, domain::BatchId(9), &wanted).await.unwrap();
    assert!(clashes.is_empty());
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_counter_begins_at_one_counts_on_and_skips_what_is_taken() {
    on_both(async |t| {
        let app = open(&t.db).await;
        let settings = AuthoritySettings::default();
        assert_eq!(take(&app, &settings, 2026, 3).await.unwrap(), [1, 2, 3]);
        reserve(&app, &[4, 6, 7]).await;
        assert_eq!(take(&app, &settings, 2026, 2).await.unwrap(), [5, 8]);
        assert_eq!(take(&app, &settings, 2026, 1).await.unwrap(), [9]);
        assert_eq!(take(&app, &settings, 2027, 1).await.unwrap(), [1], "{}: the year has its own", t.engine);
        assert_eq!(take(&app, &settings, 2026, 0).await.unwrap(), [0u16; 0]);
        let dropped = app.db.begin(Urgency::Act).await.unwrap();
        app.take_numbers(&dropped, OURS, &settings, place(&app, 2026), 5).await.unwrap();
        drop(dropped);
        assert_eq!(take(&app, &settings, 2026, 1).await.unwrap(), [10], "what was dropped took none");
    })
    .await;
}

#[tokio::test]
async fn officers_at_the_same_moment_get_different_numbers_from_a_counter_nobody_used_before() {
    on_both(async |t| {
        let app = std::sync::Arc::new(open(&t.db).await);
        let officers = (0..4).map(|_| {
            let app = app.clone();
            tokio::spawn(async move {
                let mut got = Vec::new();
                for _ in 0..5 {
                    got.extend(take(&app, &AuthoritySettings::default(), 2026, 2).await.unwrap());
                }
                got
            })
        });
        let mut all = Vec::new();
        for officer in officers.collect::<Vec<_>>() {
            all.extend(officer.await.unwrap());
        }
        all.sort_unstable();
        assert_eq!(all, (1..=40).collect::<Vec<_>>(), "{}", t.engine);
    })
    .await;
}

#[tokio::test]
async fn a_block_of_taken_numbers_longer_than_a_window_is_passed_in_one_go() {
    on_both(async |t| {
        let app = open(&t.db).await;
        reserve(&app, &(1..=1200).collect::<Vec<_>>()).await;
        let settings = AuthoritySettings::default();
        assert_eq!(take(&app, &settings, 2026, 2).await.unwrap(), [1201, 1202]);
        assert_eq!(take(&app, &settings, 2026, 1).await.unwrap(), [1203]);
    })
    .await;
}

#[tokio::test]
async fn at_9999_it_stops_names_the_remedies_and_takes_nothing() {
    on_both(async |t| {
        let app = open(&t.db).await;
        let (year, code, ..) = place(&app, 2026);
        raise(&app, &[number(&format!("26{code}01349997"))]).await;
        let settings = AuthoritySettings::default();
        let error = take(&app, &settings, year, 3).await.unwrap_err();
        assert!(error.to_string().contains("需要3个，只剩2个"), "{error}");
        for remedy in ["按领域或行业分设", "另一代码", "次年重新计数"] {
            assert!(error.hint().contains(remedy), "{remedy}");
        }
        assert_eq!(take(&app, &settings, year, 2).await.unwrap(), [9998, 9999]);
        assert!(take(&app, &settings, year, 1).await.unwrap_err().to_string().contains("只剩0个"));
        let by_industry = CounterScope { industry: true, ..CounterScope::default() };
        let settings = AuthoritySettings { counter: by_industry, ..settings };
        assert_eq!(take(&app, &settings, year, 1).await.unwrap(), [1], "the first remedy helps");
        assert_eq!(app.counters(&ctx(Role::Licensing, OURS)).await.unwrap()[0].left, 0);
    })
    .await;
}

#[tokio::test]
async fn numbers_taken_over_raise_only_counters_of_own_codes() {
    on_both(async |t| {
        let app = open(&t.db).await;
        let (_, code, ..) = place(&app, 2026);
        let foreign = app.tables().code_of(AuthorityId(2), NOW.day()).unwrap();
        raise(
            &app,
            &[
                number(&format!("26{code}01340120")),
                number(&format!("26{code}06210077")),
                number(&format!("25{code}01340500")),
                number(&format!("26{foreign}01340900")),
                number("2013000123Z"),
            ],
        )
        .await;
        raise(&app, &[number(&format!("26{code}01340003"))]).await;
        let keys: Vec<(String, u32)> = app
            .counters(&ctx(Role::Viewer, OURS))
            .await
            .unwrap()
            .into_iter()
            .map(|c| (c.key, c.next))
            .collect();
        assert_eq!(keys, [(format!("25{code}----"), 501), (format!("26{code}----"), 121)]);
        assert_eq!(take(&app, &AuthoritySettings::default(), 2026, 1).await.unwrap(), [121]);
    })
    .await;
}

#[tokio::test]
async fn after_a_restore_every_counter_waits_until_an_administrator_confirms_it() {
    on_both(async |t| {
        let app = open(&t.db).await;
        let settings = AuthoritySettings::default();
        let administrator = ctx(Role::Administrator, OURS);
        take(&app, &settings, 2026, 5).await.unwrap();
        set_epoch(&app, "2").await;
        for year in [2026, 2027] {
            let error = take(&app, &settings, year, 1).await.unwrap_err();
            assert!(
                error.to_string().contains("还没有确认") && error.hint().contains("确认起始流水号"),
                "{error}"
            );
        }
        raise(&app, &[Number::compose(2026, place(&app, 2026).1, two("01"), two("34"), 40).unwrap()]).await;
        assert!(take(&app, &settings, 2026, 1).await.is_err(), "taking over confirms nothing");
        let key = app.counters(&administrator).await.unwrap().remove(0);
        assert!(key.waiting && key.next == 41, "{key:?}");
        let set = app.set_counter(&administrator, &CounterRef::Key(key.key), 60).await.unwrap();
        assert!(!set.waiting);
        assert_eq!(take(&app, &settings, 2026, 1).await.unwrap(), [60]);
        let (year, code, domain, industry) = place(&app, 2027);
        let next_year = CounterRef::Place(CounterPlace { year, code, domain, industry });
        app.set_counter(&administrator, &next_year, 1).await.unwrap();
        assert_eq!(take(&app, &settings, 2027, 1).await.unwrap(), [1]);
    })
    .await;
}

#[tokio::test]
async fn a_counter_is_set_upwards_by_its_administrator_only_and_the_act_is_recorded() {
    on_both(async |t| {
        let app = open(&t.db).await;
        let administrator = ctx(Role::Administrator, OURS);
        let (year, code, domain, industry) = place(&app, 2026);
        let here = CounterPlace { year, code, domain, industry };
        let which = CounterRef::Place(here);
        assert!(matches!(
            app.set_counter(&ctx(Role::Licensing, OURS), &which, 5).await,
            Err(AppError::Forbidden)
        ));
        for bad in [0, 10_000] {
            assert!(matches!(
                app.set_counter(&administrator, &which, bad).await,
                Err(AppError::Refused { .. })
            ));
        }
        let foreign = CounterRef::Place(CounterPlace { code: two("99"), ..here });
        assert!(
            app.set_counter(&administrator, &foreign, 5)
                .await
                .unwrap_err()
                .to_string()
                .contains("不是本机关的代码")
        );
        let set = app.set_counter(&administrator, &which, 100).await.unwrap();
        assert_eq!((set.label, set.left), (format!("2026年·代码{code}"), 9_900));
        let down = app.set_counter(&administrator, &CounterRef::Key(set.key.clone()), 99).await.unwrap_err();
        assert!(down.to_string().contains("已是100，不能改小"), "{down}");
        assert!(app.set_counter(&administrator, &CounterRef::Key("x".into()), 99).await.is_err());
        assert_eq!(take(&app, &AuthoritySettings::default(), 2026, 1).await.unwrap(), [100]);
        let events = store::event::of_object((&app.db).into(), Object::Authority, OURS.0, 9).await.unwrap();
        assert_eq!(events.len(), 1);
        let body = String::from_utf8(events[0].body.clone()).unwrap();
        assert!(body.contains("kind\tcounter_set\n") && body.contains("next\t100\n"), "{body}");
    })
    .await;
}

#[test]
fn a_key_reads_as_what_the_counter_counts_within() {
    assert_eq!(label("2661----"), "2026年·代码61");
    assert_eq!(label("--610134"), "代码61·领域01·行业34");
    assert_eq!(label("--------"), "全部编号");
    for bad in ["", "2661", "26610134x", "26a1----", "二六61"] {
        assert!(parts_of(bad).is_none(), "{bad}");
    }
}
