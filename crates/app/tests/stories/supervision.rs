//! 监管: drawn in two steps that anybody can follow, inspected, put right, told, and published without a person.

use super::*;
use app::{
    DrawMismatch, DrawOrder, NewInspection, NewInspector, NewNotice, NewRectification, NewStep, Recording,
};
use domain::draw::Pool;
use domain::{BodyId, EventKind, InspectionId, InspectionResult, InspectorId, NoticeKind, Object};
use std::collections::HashSet;
use store::testing::on_both;

/// 广东: has nothing to do with any of them.
const FAR: AuthorityId = AuthorityId(20);

fn supervision(authority: AuthorityId) -> Ctx {
    actor(authority, Role::Supervision, authority.0 + 200)
}

fn done<T>(recording: Recording<T>) -> T {
    match recording {
        Recording::Done(it) => it,
        Recording::Wrong(wrong) => panic!("{wrong:?}"),
    }
}

fn wrong<T: std::fmt::Debug>(recording: Recording<T>) -> Vec<&'static str> {
    match recording {
        Recording::Done(it) => panic!("{it:?}"),
        Recording::Wrong(wrong) => wrong.into_iter().map(|(field, _)| field).collect(),
    }
}

fn refused<T: std::fmt::Debug>(result: Result<T>, says: &str) {
    match result {
        Err(AppError::Refused { message, hint }) => {
            assert!(message.contains(says), "{message}");
            assert!(!hint.is_empty());
        }
        other => panic!("{other:?}"),
    }
}

/// `n` bodies of one legal person, each with a certificate of 陕西 of one of two domains.
async fn bodies(office: &Office, n: u32) -> Vec<BodyId> {
    let mut made = Vec::new();
    for n in 1..=n {
        let mut form = first(n);
        for (field, value) in [
            (Field::BodyName, format!("示例检测中心{n}").as_str()),
            (Field::Uscc, ""),
            (Field::LegalKind, "非独立法人"),
            (Field::ParentName, "示例集团有限公司"),
            (Field::ParentUscc, OTHER_USCC),
            (Field::Domain, if n % 3 == 0 { "13" } else { "12" }),
        ] {
            form.set(field, value);
        }
        let written = office.app.assign_form(&office.ctx, &form).await.unwrap();
        made.push(office.app.certificate(&office.ctx, written.certificate).await.unwrap().body.id);
    }
    made
}

async fn inspectors(office: &Office, domains: &[&str]) -> Vec<InspectorId> {
    let mut made = Vec::new();
    for (n, domains) in (1..).zip(domains) {
        let (name, unit) = (format!("密名示例{n}"), format!("示例{n}局"));
        let new = NewInspector { name, unit, domains: (*domains).to_owned(), ..NewInspector::default() };
        made.push(done(office.app.set_inspector(&supervision(OURS), None, &new).await.unwrap()));
    }
    made
}

fn order(plan: &str, percent: &str) -> DrawOrder {
    DrawOrder {
        title: "示例抽查".into(), plan: plan.into(), percent: percent.into(), ..DrawOrder::default()
    }
}

fn inspected(result: &str) -> NewInspection {
    NewInspection {
        kind: "random".into(),
        from: "2026-11-20".into(),
        inspectors: "密名示例1、密名示例2".into(),
        result: result.into(),
        findings: "示例问题".into(),
        summary: "示例情况".into(),
        document: "陕示监〔2026〕9号".into(),
        ..NewInspection::default()
    }
}

impl Office {
    /// Kinds of what was done to an object, the first first.
    async fn done_to(&self, object: Object, id: i64) -> Vec<EventKind> {
        let ctx = actor(OURS, Role::Administrator, 400);
        let all = self.app.events(&ctx, None, None).await.unwrap();
        let mut kinds: Vec<_> = all
            .into_iter()
            .filter(|it| it.detail("object") == object.key() && it.object_id == id)
            .map(|it| it.kind)
            .collect();
        kinds.reverse();
        kinds
    }
}

#[tokio::test]
async fn pools_are_frozen_before_the_seed_is_drawn_and_the_result_can_be_recomputed_by_anybody() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let ctx = supervision(OURS);
        let all = bodies(&office, 7).await;
        let who = inspectors(&office, &["", "12", "", "13"]).await;
        office.app.recuse(&ctx, who[0], OTHER_USCC, "示例原因").await.unwrap();
        office.app.end_recusal(&ctx, who[0], all[0]).await.unwrap();
        refused(office.app.end_recusal(&ctx, who[0], all[0]).await, "没有这项回避");

        // The first keeps away from all but one: of domain 13 only the third and fourth are left, of 12 the second and third.
        let frozen = office.app.freeze_draw(&ctx, &order("陕示监〔2026〕1号", "40")).await.unwrap();
        let id = done(frozen);
        let before = office.app.draw(&ctx, id).await.unwrap();
        assert_eq!((before.pool.bodies.len(), before.pool.inspectors.len()), (7, 4));
        assert_eq!(before.pool.recusals.len(), 6);
        assert!(before.drawn.is_empty() && before.it.result.is_none());
        refused(office.app.publish_draw(&ctx, id).await, "还没有抽取");

        // What happens after the pools were frozen does not reach them.
        office
            .app
            .set_inspector(
                &ctx,
                None,
                &NewInspector { name: "后来".into(), unit: "示例局".into(), ..NewInspector::default() },
            )
            .await
            .unwrap();
        bodies_again(&office).await;
        office.app.make_draw(&ctx, id).await.unwrap();
        refused(office.app.make_draw(&ctx, id).await, "已经抽取");
        let view = office.app.draw(&ctx, id).await.unwrap();
        assert_eq!(view.pool, before.pool);
        assert_eq!(view.drawn.len(), 3, "40% of 7, rounded up");
        for it in &view.drawn {
            assert_eq!(it.inspectors.len(), 2);
            assert!(it.body == all[0] || !it.inspectors.contains(&who[0]), "{it:?}");
        }

        let document = office.app.draw_document(&ctx, id).await.unwrap();
        let text = serde_json::to_string(&document).unwrap();
        assert!(!text.contains("密名示例"), "no inspector is named: {text}");
        let read: app::DrawDocument = serde_json::from_str(&text).unwrap();
        assert_eq!(read.verify(), Ok(3));
        let mut other = read.clone();
        other.drawn.swap(0, 1);
        assert!(matches!(other.verify(), Err(DrawMismatch::Result { place: 1, .. })));
        let other = app::DrawDocument { pool: read.pool.replace("示例1局", "样张局"), ..read.clone() };
        assert!(matches!(other.verify(), Err(DrawMismatch::Pool { .. })));
        let fewer = app::DrawDocument { drawn: read.drawn[..2].to_vec(), ..read.clone() };
        let parsed = Pool::parse(&read.pool).unwrap();
        let seeds: HashSet<_> = (0..9).map(|n| format!("{:?}", parsed.draw(&[n; 32]).unwrap())).collect();
        assert!(seeds.len() > 1, "the seed decides");
        assert!(matches!(fewer.verify(), Err(DrawMismatch::Result { place: 3, .. })));

        assert!(matches!(office.app.published_draw(id).await, Err(AppError::NotFound)));
        office.app.publish_draw(&ctx, id).await.unwrap();
        refused(office.app.publish_draw(&ctx, id).await, "已经公开");
        assert_eq!(office.app.published_draw(id).await.unwrap().document.verify(), Ok(3));
        assert_eq!(office.app.published_draws(None, 9).await.unwrap().len(), 1);
        assert_eq!(
            office.done_to(Object::Draw, id.0).await,
            [EventKind::DrawFreeze, EventKind::DrawMake, EventKind::DrawPublish]
        );
    })
    .await;
}

/// One more body, after the pools were frozen.
async fn bodies_again(office: &Office) {
    let mut form = first(90);
    form.set(Field::BodyName, "示例后来有限公司");
    office.app.assign_form(&office.ctx, &form).await.unwrap();
}

#[tokio::test]
async fn a_plan_is_drawn_again_only_with_a_reason_that_is_published() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let ctx = supervision(OURS);
        bodies(&office, 3).await;
        inspectors(&office, &["", ""]).await;
        let first = done(office.app.freeze_draw(&ctx, &order("陕示监〔2026〕1号", "50")).await.unwrap());
        let again = order("陕示监〔2026〕1号", "50");
        refused(office.app.freeze_draw(&ctx, &again).await, "已有一次抽查");
        let again = DrawOrder { again: "设备故障，未能抽取".into(), ..again };
        let second = done(office.app.freeze_draw(&ctx, &again).await.unwrap());
        office.app.make_draw(&ctx, second).await.unwrap();
        office.app.publish_draw(&ctx, second).await.unwrap();
        let document = office.app.published_draw(second).await.unwrap().document;
        assert_eq!(
            (document.earlier, document.earlier_reason.as_str()),
            (Some(first.0), "设备故障，未能抽取")
        );
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_drawn_is_not_frozen_and_every_wrong_field_is_told() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let ctx = supervision(OURS);
        let nobody = office.app.freeze_draw(&ctx, &order("陕示监〔2026〕1号", "50")).await;
        refused(nobody, "没有机构");
        let all = bodies(&office, 4).await;
        inspectors(&office, &["", "12"]).await;
        refused(office.app.freeze_draw(&ctx, &order("陕示监〔2026〕1号", "50")).await, "可派的检查人员不足");
        assert!(office.app.draws(&ctx, None, 9).await.unwrap().is_empty(), "nothing was written");

        let bad = DrawOrder {
            percent: "五".into(),
            by: "mood".into(),
            domains: "99".into(),
            place: "陕西".into(),
            exclude: "123 示例".into(),
            ..DrawOrder::default()
        };
        let fields: HashSet<_> =
            wrong(office.app.freeze_draw(&ctx, &bad).await.unwrap()).into_iter().collect();
        assert_eq!(fields, HashSet::from(["title", "plan", "percent", "by", "domains", "place", "exclude"]));
        let absent =
            DrawOrder { exclude: format!("{USCC} 正在整改"), ..order("陕示监〔2026〕1号", "50") };
        assert_eq!(wrong(office.app.freeze_draw(&ctx, &absent).await.unwrap()), ["exclude"]);

        // Only domain 12: the body of 13 is not in the pool, and both inspectors will do.
        let only =
            DrawOrder { domains: "12".into(), count: "2".into(), ..order("陕示监〔2026〕1号", "") };
        let id = done(office.app.freeze_draw(&ctx, &only).await.unwrap());
        let pool = office.app.draw(&ctx, id).await.unwrap().pool;
        assert_eq!(pool.bodies.iter().map(|it| it.id).collect::<Vec<_>>(), [all[0], all[1], all[3]]);
        let nobody = DrawOrder { expiring: "30".into(), ..order("陕示监〔2026〕2号", "50") };
        refused(office.app.freeze_draw(&ctx, &nobody).await, "没有机构");
    })
    .await;
}

#[tokio::test]
async fn an_inspection_is_corrected_published_followed_up_and_seen_by_whom_it_concerns() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let (app, ctx) = (&office.app, supervision(OURS));
        let body = bodies(&office, 1).await[0];
        let bad =
            NewInspection { inspectors: "一人".into(), findings: String::new(), ..inspected("rectify") };
        assert_eq!(wrong(app.record_inspection(&ctx, body, &bad).await.unwrap()), ["inspectors", "findings"]);
        let bad = NewInspection {
            draw: "7".into(),
            certificates: "262712130009".into(),
            from: "2026-12-01".into(),
            ..inspected("clear")
        };
        let fields: HashSet<_> =
            wrong(app.record_inspection(&ctx, body, &bad).await.unwrap()).into_iter().collect();
        assert_eq!(fields, HashSet::from(["draw", "certificates", "from"]));
        let id = done(app.record_inspection(&ctx, body, &inspected("clear")).await.unwrap());
        app.publish_inspection(&ctx, id).await.unwrap();
        refused(app.publish_inspection(&ctx, id).await, "已经公开");

        let corrected = app.correct_inspection(&ctx, id, 1, &inspected("rectify"), "").await.unwrap();
        assert_eq!(wrong(corrected), ["reason"]);
        done(app.correct_inspection(&ctx, id, 1, &inspected("rectify"), "结果登记有误").await.unwrap());
        let late = app.correct_inspection(&ctx, id, 1, &inspected("clear"), "示例").await;
        refused(late, "刚刚被其他人更正");
        let public = app.published_inspections(None, 9).await.unwrap();
        assert_eq!(
            public[0].it.result,
            InspectionResult::Clear,
            "what was published stands until it is published anew"
        );
        assert!(public[0].it.inspectors.is_empty() && public[0].it.summary.is_empty());
        app.publish_inspection(&ctx, id).await.unwrap();
        assert_eq!(app.published_inspections(None, 9).await.unwrap()[0].it.result, InspectionResult::Rectify);
        let view = app.inspection(&ctx, id).await.unwrap();
        assert_eq!((view.it.version, view.versions.len(), view.numbers.len()), (2, 2, 1));

        // 陕西 and the nation read it; who is not tied to the body does not know of it.
        let nation = supervision(NATIONAL);
        assert_eq!(app.inspection(&nation, id).await.unwrap().it.inspectors, "密名示例1、密名示例2");
        assert!(matches!(app.inspection(&supervision(FAR), id).await, Err(AppError::NotFound)));
        assert!(matches!(app.inspections_of_body(&supervision(FAR), body).await, Err(AppError::NotFound)));
        let foreign = app.record_inspection(&supervision(FAR), body, &inspected("clear")).await;
        assert!(matches!(foreign, Err(AppError::NotFound)));

        let new = NewRectification {
            what: "示例问题".into(),
            due: "2026-11-21".into(),
            document: "陕示监改〔2026〕1号".into(),
        };
        let early = NewRectification { due: "2026-11-01".into(), ..new.clone() };
        assert_eq!(wrong(app.order_rectification(&ctx, id, &early).await.unwrap()), ["due"]);
        let rectification = done(app.order_rectification(&ctx, id, &new).await.unwrap());
        let overdue = app.open_rectifications(&ctx, true, None, 9).await.unwrap();
        assert!(overdue[0].view.is_overdue(app.today()), "due yesterday");
        let step = |step: &str, document: &str, note: &str| NewStep {
            step: step.into(),
            document: document.into(),
            note: note.into(),
            ..NewStep::default()
        };
        refused(
            app.step_rectification(&ctx, rectification, &step("passed", "", "")).await,
            "请选择现在可以登记",
        );
        app.step_rectification(&ctx, rectification, &step("report", "示例报告", "")).await.unwrap();
        refused(app.step_rectification(&ctx, rectification, &step("failed", "", "")).await, "写明原因");
        app.step_rectification(&ctx, rectification, &step("failed", "", "第一条没有改正")).await.unwrap();
        app.step_rectification(&ctx, rectification, &step("report", "示例报告", "")).await.unwrap();
        app.step_rectification(&ctx, rectification, &step("passed", "", "")).await.unwrap();
        refused(app.step_rectification(&ctx, rectification, &step("closed", "", "")).await, "依据");
        assert_eq!(
            app.step_rectification(&ctx, rectification, &step("closed", "陕示监结〔2026〕1号", ""))
                .await
                .unwrap(),
            id
        );
        assert!(app.open_rectifications(&ctx, false, None, 9).await.unwrap().is_empty());
        let kinds = office.done_to(Object::Inspection, id.0).await;
        assert_eq!(kinds.iter().filter(|it| **it == EventKind::RectificationStep).count(), 5);
        assert_eq!(
            kinds[..5],
            [
                EventKind::InspectionRecord,
                EventKind::InspectionPublish,
                EventKind::InspectionCorrect,
                EventKind::InspectionPublish,
                EventKind::RectificationOrder
            ]
        );

        // What was found makes the body 重点 in the next draw.
        inspectors(&office, &["", ""]).await;
        let draw = done(app.freeze_draw(&ctx, &order("陕示监〔2026〕1号", "100")).await.unwrap());
        assert!(app.draw(&ctx, draw).await.unwrap().pool.bodies[0].high);
        app.make_draw(&ctx, draw).await.unwrap();
        let of_draw = NewInspection { draw: draw.to_string(), ..inspected("clear") };
        let of_draw: InspectionId = done(app.record_inspection(&ctx, body, &of_draw).await.unwrap());
        assert_eq!(app.draw(&ctx, draw).await.unwrap().inspections[0].id, of_draw);
        assert!(matches!(app.draw(&supervision(FAR), draw).await, Err(AppError::NotFound)));
    })
    .await;
}

#[tokio::test]
async fn a_notice_is_drafted_from_what_is_on_record_and_kept_byte_for_byte() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let (app, ctx) = (&office.app, supervision(OURS));
        let written = app.assign_form(&office.ctx, &takeover("212712050009")).await.unwrap();
        let body = app.certificate(&office.ctx, written.certificate).await.unwrap().body.id;
        let text = app.draft_notice(&ctx, body, NoticeKind::Expiry).await.unwrap();
        assert!(text.contains("2127 1205 0009，有效期至2027年3月1日"), "{text}");
        let id = done(app.record_inspection(&ctx, body, &inspected("rectify")).await.unwrap());
        let new = NewRectification {
            what: "示例".into(),
            due: "2026-12-20".into(),
            document: "陕示监改〔2026〕1号".into(),
        };
        done(app.order_rectification(&ctx, id, &new).await.unwrap());
        let text = app.draft_notice(&ctx, body, NoticeKind::Rectify).await.unwrap();
        assert!(text.contains("1. 示例问题") && text.contains("2026年12月20日前改正"), "{text}");

        let notice =
            NewNotice { kind: "rectify".into(), document: "陕示监改〔2026〕1号".into(), text };
        assert_eq!(
            wrong(app.make_notice(&ctx, body, &NewNotice::default()).await.unwrap()),
            ["kind", "document", "text"]
        );
        let made = done(app.make_notice(&ctx, body, &notice).await.unwrap());
        assert_eq!(
            wrong(app.make_notice(&ctx, body, &notice).await.unwrap()),
            ["document"],
            "a number is used once"
        );
        let all = app.notices_of_body(&ctx, body).await.unwrap();
        assert!(all.len() == 1 && all[0].fetched_at.is_none());
        let (it, bytes) = app.fetch_notice(&ctx, made).await.unwrap();
        assert!(bytes.starts_with(b"%PDF"));
        let hash: [u8; 32] = <sha2::Sha256 as sha2::Digest>::digest(&bytes).into();
        assert_eq!(it.digest, hash);
        assert_eq!(app.fetch_notice(&ctx, made).await.unwrap().1, bytes);
        assert_eq!(app.notices_of_body(&ctx, body).await.unwrap()[0].fetched_at, Some(app.now()));
        assert!(matches!(app.fetch_notice(&supervision(FAR), made).await, Err(AppError::NotFound)));
        assert_eq!(
            office.done_to(Object::Notice, made.0).await,
            [EventKind::NoticeMake, EventKind::NoticeFetch, EventKind::NoticeFetch]
        );
    })
    .await;
}
