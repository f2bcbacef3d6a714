//! 对接 and 赋码方式: what the mode keeps from whom, 应急手动赋码, the form, and the figures of the board.

use super::*;
use app::{
    CallAct, ClientSpec, DeclaredStep, DockingDeadlines, DockingField, DockingForm, DockingSaved,
    DockingStage, Filing, Mode, StageState,
};
use domain::{EventKind, Grants};
use store::testing::on_both;

fn admin() -> Ctx {
    actor(OURS, Role::Administrator, 9)
}

fn nation() -> Ctx {
    actor(NATIONAL, Role::Administrator, 8)
}

/// A form that can be filed.
fn filled(mode: Mode) -> DockingForm {
    use DockingField as F;
    let mut form = DockingForm::default();
    for (field, value) in [
        (F::Mode, mode.key()),
        (F::OwnSystem, "yes"),
        (F::SystemName, "示例审批系统"),
        (F::Developer, "示例软件有限公司"),
        (F::Technology, "Java 8"),
        (F::Network, "both"),
        (F::PlanStart, "2026-09-01"),
        (F::PlanEnd, "2026-12-31"),
        (F::InForce, "20"),
        (F::ToTakeOver, "12"),
        (F::BusinessName, "张示例"),
        (F::BusinessPost, "处长"),
        (F::BusinessPhone, "029-00000001"),
        (F::BusinessMail, "zhang@example.cn"),
        (F::TechnicalName, "李示例"),
        (F::TechnicalPost, "工程师"),
        (F::TechnicalMobile, "10000000001"),
        (F::TechnicalMail, "li@example.cn"),
        (F::Administrators, "张示例"),
    ] {
        form.set(field, value);
    }
    form
}

fn refusal<T: std::fmt::Debug>(outcome: Result<T>) -> String {
    match outcome {
        Err(AppError::Refused { message, hint }) => format!("{message}。{hint}"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_mode_keeps_the_manual_doors_from_assigning_and_from_nothing_else() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let app = &office.app;
        let known = office.assign(&first(1)).await;
        office.assign(&takeover("202712050005")).await;
        let checked = office.preview(csv(&[first(2)])).await;
        let change = app.set_mode(&admin(), Mode::Networked).await.unwrap();
        assert_eq!((change.from, change.to), (Mode::Manual, Mode::Networked));
        let says = change.says.join("");
        assert!(says.contains("还没有发放接口密钥") && says.contains("有 2 张手动赋码的证书"), "{says}");

        assert!(refusal(app.assign_form(&office.ctx, &first(3)).await).contains("现在不能赋新码"));
        assert!(
            refusal(app.commit_batch(&office.ctx, checked.id, Extent::Whole).await).contains("应急手动赋码")
        );
        let draft = app.create_draft(&office.ctx, &first(3)).await.unwrap();
        assert!(refusal(app.assign_draft(&office.ctx, draft).await).contains("现在不能赋新码"));
        // 复查换证 is a new certificate.
        let renewal = renewal("262712050006", "202712050005");
        assert!(refusal(app.assign_form(&office.ctx, &renewal).await).contains("现在不能赋新码"));

        let mut form = numbered(1, known.number.as_str());
        form.set(Field::Kind, "更正");
        form.set(Field::Reason, "录入错误");
        form.set(Field::Head, "李示例");
        assert_eq!(office.assign(&form).await.edition, 2, "a correction goes through");
        let mut extension = form.clone();
        extension.set(Field::Kind, "扩项");
        extension.set(Field::Reason, "");
        extension.set(Field::DecisionNumber, "示例许〔2026〕77号");
        extension.set(Field::DecisionDay, "2026-11-20");
        extension.capabilities.push(capability("示例参数二"));
        assert_eq!(office.assign(&extension).await.edition, 3, "a change goes through");
        let order = app::PrintOrder::default();
        app.print_certificate(&office.ctx, known.certificate, &order).await.unwrap();
        office.act(known.certificate, StatusAct::Cancel).await.unwrap();

        let again = app.set_mode(&admin(), Mode::Networked).await.unwrap();
        assert_eq!(again.says, ["赋码方式没有变化。"]);
        app.set_mode(&admin(), Mode::Manual).await.unwrap();
        office.assign(&first(4)).await;
        app.commit_batch(&office.ctx, checked.id, Extent::Whole).await.unwrap();
        for ctx in [&office.ctx, &actor(OURS, Role::Integration, 7)] {
            assert!(matches!(app.set_mode(ctx, Mode::Networked).await, Err(AppError::Forbidden)));
        }
    })
    .await;
}

#[tokio::test]
async fn an_emergency_opens_the_manual_doors_and_ends_by_itself() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let app = &office.app;
        let hour = |n: i64| app.now().plus_seconds(n * 3_600);
        assert!(refusal(app.open_emergency(&admin(), "停机", hour(1)).await).contains("已是手动赋码"));
        app.set_mode(&admin(), Mode::Networked).await.unwrap();
        for (reason, until, why) in [
            (" ", hour(1), "没有填写原因"),
            ("停机", hour(0), "结束时间"),
            ("停机", hour(24 * 30 + 1), "30天之内"),
        ] {
            assert!(refusal(app.open_emergency(&admin(), reason, until).await).contains(why));
        }
        assert!(matches!(app.open_emergency(&office.ctx, "停机", hour(1)).await, Err(AppError::Forbidden)));
        app.open_emergency(&admin(), "停机", hour(2)).await.unwrap();
        assert!(refusal(app.open_emergency(&admin(), "停机", hour(3)).await).contains("已经开启"));
        assert_eq!(app.assigning(OURS).await.unwrap().emergency.map(|it| it.until), Some(hour(2)));
        let written = office.assign(&first(1)).await;
        let waiting = app.unadopted(&office.ctx, None, 10).await.unwrap();
        assert_eq!((waiting.total, waiting.rows[0].head.id), (1, written.certificate));

        office.clock.advance(2 * 3_600);
        assert_eq!(app.assigning(OURS).await.unwrap().emergency, None);
        assert!(refusal(app.assign_form(&office.ctx, &first(2)).await).contains("现在不能赋新码"));
        assert!(refusal(app.close_emergency(&admin()).await).contains("没有开启"));
        app.open_emergency(&admin(), "又停机", hour(2)).await.unwrap();
        office.assign(&first(2)).await;
        app.close_emergency(&admin()).await.unwrap();
        assert!(app.assign_form(&office.ctx, &first(3)).await.is_err());

        // What was opened for one spell of networking does not open the next.
        app.open_emergency(&admin(), "再停机", hour(2)).await.unwrap();
        let change = app.set_mode(&admin(), Mode::Manual).await.unwrap();
        assert!(change.says.iter().any(|line| line.contains("随之结束")));
        app.set_mode(&admin(), Mode::Networked).await.unwrap();
        assert_eq!(app.assigning(OURS).await.unwrap().emergency, None);
        let all = app.emergencies(&admin(), OURS).await.unwrap();
        assert_eq!(all.iter().map(|it| it.closed_at.is_some()).collect::<Vec<_>>(), [true, true, false]);
    })
    .await;
}

#[tokio::test]
async fn a_form_says_all_problems_at_once_and_is_filed_over_the_version_that_was_read() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let app = &office.app;
        let mut form = filled(Mode::Networked);
        form.set(DockingField::PlanEnd, "2026-01-01");
        form.set(DockingField::BusinessMail, "");
        let saved = app.save_docking(&admin(), 0, &form, Filing::File).await.unwrap();
        let DockingSaved::Wrong(problems) = saved else { panic!("{saved:?}") };
        let fields: Vec<_> = problems.iter().map(|it| it.field).collect();
        assert_eq!(fields, [DockingField::PlanEnd, DockingField::BusinessMail]);
        assert_eq!(app.docking(&admin(), OURS).await.unwrap().version, 0, "nothing was kept");
        let save = async |version, filing| app.save_docking(&admin(), version, &form, filing).await;
        assert_eq!(save(0, Filing::Draft).await.unwrap(), DockingSaved::Kept(1));
        let filed = filled(Mode::Networked);
        let kept = app.save_docking(&admin(), 1, &filed, Filing::File).await.unwrap();
        assert_eq!(kept, DockingSaved::Kept(2));
        assert!(app.save_docking(&admin(), 1, &filed, Filing::File).await.is_err(), "somebody was faster");
        assert!(refusal(save(2, Filing::Draft).await).contains("已经提交"));
        let view = app.docking(&nation(), OURS).await.unwrap();
        assert_eq!((view.form.value(DockingField::BusinessMail), view.version), ("zhang@example.cn", 2));
        assert_eq!(view.standing.filed_at, Some(NOW));
        let events = app.events(&admin(), None, None).await.unwrap();
        assert_eq!(events.iter().filter(|event| event.kind == EventKind::DockingFile).count(), 2);
        assert!(events.iter().all(|event| !String::from_utf8_lossy(&event.body).contains("张示例")));
        let other = actor(THEIRS, Role::Administrator, 7);
        assert!(matches!(app.docking(&other, OURS).await, Err(AppError::NotFound)));
        assert!(matches!(
            app.save_docking(&office.ctx, 0, &form, Filing::Draft).await,
            Err(AppError::Forbidden)
        ));
    })
    .await;
}

#[tokio::test]
async fn the_board_counts_what_can_be_counted_and_marks_what_is_late() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let app = &office.app;
        let due = DockingDeadlines { form: Some(day("2026-11-22")), docking: Some(day("2026-12-31")) };
        app.set_docking_deadlines(&nation(), due).await.unwrap();
        let wrong = DockingDeadlines { docking: Some(day("2026-11-21")), ..due };
        assert!(refusal(app.set_docking_deadlines(&nation(), wrong).await).contains("早于"));
        let row = async || {
            let board = app.docking_board(&nation()).await.unwrap();
            assert_eq!((board.deadlines, board.rows.len()), (due, 33));
            board.rows.into_iter().find(|row| row.standing.authority == OURS).unwrap()
        };
        let open = row().await;
        assert!(!open.form_overdue && !open.docking_overdue, "the last day counts");
        assert_eq!(open.standing.stages().len(), 5);
        office.clock.advance(86_400);
        assert!(row().await.form_overdue);
        app.save_docking(&admin(), 0, &filled(Mode::Networked), Filing::File).await.unwrap();
        office.import(csv(&[takeover("202712050005"), takeover("202712050006")]), Extent::Whole).await;
        office.assign(&first(1)).await;

        let spec = ClientSpec { name: "示例系统".into(), grants: Grants::all(), ..ClientSpec::default() };
        let id = app.create_client(&admin(), OURS, &spec).await.unwrap();
        assert_eq!(row().await.standing.systems, 0, "without a secret it cannot call");
        let issued = app.issue_secret(&admin(), id).await.unwrap();
        app.set_mode(&admin(), Mode::Networked).await.unwrap();
        let system = Ctx {
            actor: Actor::Client { id, authority: OURS, grants: Grants::all() },
            door: Door::Interface,
            ..office.ctx.clone()
        };
        let form = first(2);
        let item = serde_json::json!({
            "record_id": "A-1",
            "certificate": form.certificate,
            "capabilities": form.capabilities,
        });
        let answers =
            app.call_items(&system, CallAct::Assign, vec![item], store::Urgency::Act).await.unwrap();
        assert!(answers[0].problems.iter().all(|fault| !fault.stops()), "{answers:?}");
        drop(issued);

        let late = row().await;
        let s = &late.standing;
        assert!(!late.form_overdue);
        assert_eq!((s.systems, s.announced, s.taken_over), (1, Some(12), 2));
        assert_eq!(s.first_code, Some(app.now()));
        let live =
            |row: &app::DockingRow| row.standing.stages().into_iter().find(|it| it.0 == DockingStage::Live);
        assert_eq!(live(&late), Some((DockingStage::Live, StageState::Suggested)));
        assert_eq!(
            app.unadopted(&office.ctx, None, 10).await.unwrap().total,
            3,
            "not the one of the interface"
        );

        office.clock.advance(60 * 86_400);
        assert!(row().await.docking_overdue);
        for step in DeclaredStep::ALL {
            app.set_docking_step(&nation(), OURS, step, "示例报告1号").await.unwrap();
        }
        let done = row().await;
        assert!(!done.docking_overdue);
        assert!(done.standing.stages().iter().all(|(_, state)| matches!(state, StageState::Done(_))));
        app.clear_docking_step(&nation(), OURS, DeclaredStep::Live).await.unwrap();
        assert!(row().await.docking_overdue);
        assert!(
            refusal(app.clear_docking_step(&nation(), OURS, DeclaredStep::Live).await).contains("没有登记")
        );
        let own = admin();
        assert!(matches!(app.docking_board(&own).await, Err(AppError::Forbidden)));
        let step = app.set_docking_step(&own, OURS, DeclaredStep::Live, "").await;
        assert!(matches!(step, Err(AppError::Forbidden)));
        let book = app.docking_book(&nation()).await.unwrap();
        assert!(book.starts_with(b"PK"));
    })
    .await;
}

#[tokio::test]
async fn who_stays_manual_has_two_stages_only() {
    on_both(async |t| {
        let office = office(&t.db).await;
        office.app.save_docking(&admin(), 0, &filled(Mode::Manual), Filing::File).await.unwrap();
        let standing = office.app.docking(&admin(), OURS).await.unwrap().standing;
        let stages: Vec<_> = standing.stages().into_iter().map(|(stage, _)| stage).collect();
        assert_eq!(stages, [DockingStage::Filed, DockingStage::Live]);
        office.app.set_mode(&admin(), Mode::Networked).await.unwrap();
        assert_eq!(office.app.docking(&admin(), OURS).await.unwrap().standing.stages().len(), 5);
    })
    .await;
}
