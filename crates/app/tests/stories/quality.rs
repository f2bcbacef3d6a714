//! 数据质量: the nightly look at the whole stock, what is looked at when it changes, and the way to put it right.

use super::*;
use domain::quality::QualityRule;
use store::testing::on_both;

async fn idle(office: &Office) {
    while office.app.work_once().await.unwrap() {}
}

/// The rules that a certificate breaks.
async fn broken(office: &Office, id: CertificateId) -> Vec<QualityRule> {
    let found = office.app.quality_of_certificate(&office.ctx, id).await.unwrap();
    found.into_iter().map(|(rule, _)| rule).collect()
}

async fn counted(office: &Office, rule: QualityRule) -> (u64, u64) {
    let board = office.app.quality(&office.ctx, None).await.unwrap();
    let it = board.rules.iter().find(|it| it.rule == rule).unwrap();
    (it.sum.certificates, it.sum.rows)
}

/// A certificate with an instrument that is out of date and a number of a standard that is not spelt as usual.
fn doubtful(n: u32) -> Form {
    let mut form = first(n);
    let mut row = capability("铅");
    row.insert(Field::StandardNumber.key().into(), "GB/T5750.6-2023".into());
    form.capabilities = vec![row.clone(), capability("镉")];
    form.instruments = vec![super::row(&[
        (Field::InstrumentName, "样张色谱仪"),
        (Field::InstrumentModel, "YZ-1"),
        (Field::Traceability, "校准"),
        (Field::TraceableUntil, "2026-11-01"),
    ])];
    form
}

#[tokio::test]
async fn the_stock_is_looked_through_once_a_day_and_a_change_within_seconds() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let id = link::assigned(&office, OURS, &doubtful(1)).await;
        // Nothing is followed before the first look: then what is there is the run's.
        assert!(office.app.queue_quality().await.unwrap().is_some());
        assert!(office.app.queue_quality().await.unwrap().is_none(), "once a day");
        idle(&office).await;
        let found = broken(&office, id).await;
        for rule in [QualityRule::StandardSpelling, QualityRule::InstrumentLapsed, QualityRule::SignatoryNone]
        {
            assert!(found.contains(&rule), "{rule:?}: {found:?}");
        }
        assert_eq!(counted(&office, QualityRule::InstrumentLapsed).await, (1, 1));
        let board = office.app.quality(&office.ctx, None).await.unwrap();
        assert_eq!(board.days, [office.app.today()]);
        let share = board.last.unwrap();
        assert_eq!(
            (share.looked.certificates, share.looked.rows),
            (1, 4),
            "a site, two capabilities, an instrument"
        );
        assert_eq!(share.broken.certificates, found.len() as u64);

        // What comes later is looked at without waiting for the night.
        let other = link::assigned(&office, OURS, &doubtful(2)).await;
        assert!(office.app.has_work().await.unwrap());
        idle(&office).await;
        assert!(broken(&office, other).await.contains(&QualityRule::StandardSpelling));
        assert_eq!(counted(&office, QualityRule::StandardSpelling).await, (2, 2));
        // And what ends is looked at no more.
        let cancel = decision(StatusAct::Cancel, office.app.today());
        office.app.act(&office.ctx, other, &cancel).await.unwrap();
        idle(&office).await;
        assert!(broken(&office, other).await.is_empty());

        // The next night finds what only the day brought, and keeps since when the rest stands.
        office.clock.advance(86_400);
        assert!(office.app.queue_quality().await.unwrap().is_some());
        idle(&office).await;
        let found = office.app.quality_of_certificate(&office.ctx, id).await.unwrap();
        assert!(found.iter().all(|(_, it)| it.since == NOW.day()), "{found:?}");
        assert_eq!(office.app.quality(&office.ctx, None).await.unwrap().days.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_run_that_broke_off_goes_on_where_it_was_and_counts_nothing_twice() {
    on_both(async |t| {
        let office = office(&t.db).await;
        for n in 1..=4 {
            link::assigned(&office, OURS, &doubtful(n)).await;
        }
        let order = || async { office.app.order_quality(&operator()).await.unwrap() };
        // Another node claims the job and dies before its first note.
        order().await;
        let tx = t.db.begin(store::Urgency::Act).await.unwrap();
        let lost = store::job::claim(&tx, NOW, NOW.plus_seconds(60)).await.unwrap().unwrap();
        // It had looked at the first certificate.
        let ids = all_ids(&t.db).await;
        let day = office.app.today().number();
        let half = format!("{{\"day\":{day},\"after\":{},\"looked\":{{\"28\":[1,4]}}}}", ids[0]);
        store::meta::set(&tx, "quality_run", &half).await.unwrap();
        tx.commit().await.unwrap();
        idle(&office).await;
        assert!(counted(&office, QualityRule::InstrumentLapsed).await.0 == 0, "it is held");
        office.clock.advance(61);
        idle(&office).await;
        let share = office.app.quality(&office.ctx, None).await.unwrap().last.unwrap();
        assert_eq!((share.looked.certificates, share.looked.rows), (4, 16));
        // It went on behind the first, whose problems the lost worker would have written.
        assert_eq!(counted(&office, QualityRule::InstrumentLapsed).await.0, 3);
        // The lost one may write nothing any more.
        let tx = t.db.begin(store::Urgency::Act).await.unwrap();
        let renewed = store::job::renew(&tx, &lost, NOW.plus_seconds(999)).await;
        assert!(matches!(renewed, Err(store::StoreError::Conflict)), "{renewed:?}");
        drop(tx);
        // The next run begins from the beginning.
        order().await;
        idle(&office).await;
        assert_eq!(counted(&office, QualityRule::InstrumentLapsed).await, (4, 4));
    })
    .await;
}

async fn all_ids(db: &Db) -> Vec<i64> {
    let filter = app::stored::Filter::default();
    let ids = store::certificate::ids(db.into(), &filter, 0, 100).await.unwrap();
    ids.into_iter().map(|id| id.0).collect()
}

fn operator() -> Ctx {
    Ctx {
        actor: Actor::Operator("t".into()),
        door: Door::Command,
        request_id: "t".into(),
        source: "tty".into(),
    }
}

#[tokio::test]
async fn one_click_fills_in_what_can_be_reckoned_and_an_officer_assigns_it() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let id = link::assigned(&office, OURS, &doubtful(1)).await;
        office.app.queue_quality().await.unwrap();
        idle(&office).await;
        let rule = QualityRule::StandardSpelling;
        let (draft, filled) = office.app.start_correction(&office.ctx, id, rule).await.unwrap();
        assert_eq!(filled, 1);
        let view = office.app.draft(&office.ctx, draft).await.unwrap();
        assert_eq!(view.form.value(Field::Kind), "更正");
        assert_eq!(view.form.value(Field::Reason), "数据质量规则Q36：标准编号写法不规范");
        assert_eq!(view.form.capabilities[0][Field::StandardNumber.key()], "GB/T 5750.6-2023");
        // Nothing is written until it is assigned.
        assert!(broken(&office, id).await.contains(&rule));
        let head = store::certificate::by_id((&t.db).into(), id).await.unwrap().unwrap();
        assert_eq!(head.edition, 1);
        let mut form = view.form.clone();
        form.set(Field::DecisionDay, "2026-11-22");
        form.set(Field::Procedure, "一般程序");
        form.set(Field::DecisionNumber, "陕示〔2026〕9号");
        office.app.save_draft(&office.ctx, draft, 1, &form).await.unwrap();
        office.app.assign_draft(&office.ctx, draft).await.unwrap();
        idle(&office).await;
        assert!(!broken(&office, id).await.contains(&rule));
        // What cannot be reckoned begins with the certificate as it stands.
        let (_, filled) = office.app.start_correction(&office.ctx, id, QualityRule::StaffNone).await.unwrap();
        assert_eq!(filled, 0);
        // Another authority does not know of it.
        let foreign = actor(THEIRS, Role::Licensing, 3);
        let hidden = office.app.start_correction(&foreign, id, rule).await;
        assert!(matches!(hidden, Err(AppError::NotFound)));
    })
    .await;
}

#[tokio::test]
async fn each_authority_sees_its_own_and_the_nation_all() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let ours = link::assigned(&office, OURS, &doubtful(1)).await;
        let mut theirs = link::lab(2, "样张集团郑州实验室", "410102");
        theirs.instruments = doubtful(2).instruments;
        link::assigned(&office, THEIRS, &theirs).await;
        office.app.queue_quality().await.unwrap();
        idle(&office).await;
        let rule = QualityRule::InstrumentLapsed;
        let of = async |ctx: &Ctx, authority| {
            let page = office.app.quality_of(ctx, rule, authority, None).await;
            page.map(|page| page.rows.into_iter().map(|row| row.head.authority).collect::<Vec<_>>())
        };
        let nation = actor(NATIONAL, Role::Supervision, 7);
        assert_eq!(of(&office.ctx, None).await.unwrap(), [OURS]);
        assert_eq!(of(&nation, None).await.unwrap(), [THEIRS, OURS]);
        assert_eq!(of(&nation, Some(THEIRS)).await.unwrap(), [THEIRS]);
        assert!(matches!(of(&office.ctx, Some(THEIRS)).await, Err(AppError::NotFound)));
        let board = office.app.quality(&nation, None).await.unwrap();
        assert_eq!(board.authorities.iter().map(|it| it.authority).collect::<Vec<_>>(), [THEIRS, OURS]);
        let all = board.last.unwrap();
        assert_eq!(all.looked.certificates, 2);
        assert!(all.per_thousand().unwrap() > 0);
        let foreign = actor(THEIRS, Role::Viewer, 8);
        assert!(matches!(office.app.quality_of_certificate(&foreign, ours).await, Err(AppError::NotFound)));
    })
    .await;
}
