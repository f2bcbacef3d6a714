//! 监管: inspectors, draws, inspections with what is put right, notices.
use domain::draw::DrawnBody;
use domain::{
    AuthorityId, BodyId, CertificateId, Day, DrawId, InspectionId, InspectionKind, InspectionResult,
    InspectorId, NoticeId, NoticeKind, RectificationId, RectificationStep,
};
use store::draw::{self, Draw, Made};
use store::inspection::{self, Inspection, Rectification, Step};
use store::inspector::{self, Inspector, Recusal};
use store::notice::{self, Notice};
use store::testing::on_both;
use store::{Db, Tx, body, certificate};

use crate::{
    guarded, refused,
    sample::{OURS, THEIRS, at, body as sample_body, day, head},
    write,
};

fn inspector(n: i64, version: u32, authority: AuthorityId) -> Inspector {
    Inspector {
        id: InspectorId(n),
        version,
        authority,
        name: format!("周示例{n}"),
        unit: "示例局".into(),
        post: String::new(),
        domains: vec!["05".parse().unwrap(), "12".parse().unwrap()],
        since: day(0),
        until: (version > 1).then(|| day(9)),
        actor: "account:7".into(),
        recorded_at: at(n),
    }
}

fn sample_draw(n: i64, authority: AuthorityId) -> Draw {
    Draw {
        id: DrawId(n),
        authority,
        title: "示例抽查".into(),
        plan: "示监〔2026〕1号".into(),
        digest: [n as u8; 32],
        bodies: 3,
        inspectors: 2,
        earlier: (n > 1).then(|| DrawId(n - 1)),
        earlier_reason: "示例原因".into(),
        actor: "account:7".into(),
        frozen_at: at(n),
        result: None,
        published_at: None,
    }
}

fn made(n: i64) -> Made {
    Made { seed: [7; 32], bodies: 2, actor: "account:8".into(), drawn_at: at(n + 50) }
}

fn drawn() -> Vec<DrawnBody> {
    let it = |body, part: &str, inspectors: [i64; 2]| DrawnBody {
        body: BodyId(body),
        part: part.into(),
        inspectors: inspectors.map(InspectorId).into(),
    };
    vec![it(2, "05", [2, 1]), it(1, "", [1, 2])]
}

fn sample_inspection(n: i64, version: u32, authority: AuthorityId) -> Inspection {
    Inspection {
        id: InspectionId(n),
        version,
        authority,
        body: BodyId(n % 2 + 1),
        draw: (n == 1).then_some(DrawId(1)),
        kind: InspectionKind::Random,
        from: day(1),
        to: day(2 + n as i32),
        inspectors: "周示例、吴示例".into(),
        certificates: vec![CertificateId(1), CertificateId(2)],
        result: if version == 1 { InspectionResult::Clear } else { InspectionResult::Rectify },
        summary: "示例情况".into(),
        document: "示监〔2026〕2号".into(),
        actor: "account:7".into(),
        recorded_at: at(n),
        published: None,
    }
}

fn rectification(n: i64, authority: AuthorityId) -> Rectification {
    Rectification {
        id: RectificationId(n),
        inspection: InspectionId(1),
        authority,
        body: BodyId(2),
        what: "示例问题".into(),
        due: day(n as i32),
        document: "示监改〔2026〕1号".into(),
        actor: "account:7".into(),
        recorded_at: at(n),
        closed_at: None,
    }
}

fn step(of: i64, ord: u32, step: RectificationStep) -> Step {
    Step {
        rectification: RectificationId(of),
        ord,
        step,
        day: day(3),
        document: "示例报告".into(),
        note: String::new(),
        actor: "account:7".into(),
        recorded_at: at(60),
    }
}

fn sample_notice(n: i64, authority: AuthorityId) -> Notice {
    Notice {
        id: NoticeId(n),
        authority,
        body: BodyId(1),
        kind: NoticeKind::Expiry,
        document: format!("示监通〔2026〕{n}号"),
        text: "示例一\n示例二".into(),
        digest: [9; 32],
        actor: "account:7".into(),
        made_at: at(n),
        fetched_at: None,
    }
}

async fn put(db: &Db, work: impl AsyncFnOnce(&Tx) -> store::Result<()>) {
    write(db, work).await;
}

#[tokio::test]
async fn an_inspector_stands_as_his_last_version_says_and_keeps_away_until_that_ends() {
    on_both(async |t| {
        let db = &t.db;
        put(db, async |tx| {
            for it in
                [inspector(1, 1, OURS), inspector(2, 1, OURS), inspector(1, 2, OURS), inspector(3, 1, THEIRS)]
            {
                inspector::insert(tx, &it).await?;
            }
            Ok(())
        })
        .await;
        let ours = inspector::of_authority(db.into(), OURS).await.unwrap();
        assert_eq!(ours, [inspector(1, 2, OURS), inspector(2, 1, OURS)]);
        assert!(ours[0].serves(day(9)) && !ours[0].serves(day(10)) && !ours[0].serves(day(-1)));
        assert_eq!(inspector::by_id(db.into(), InspectorId(3)).await.unwrap(), Some(inspector(3, 1, THEIRS)));
        assert_eq!(inspector::by_ids(db.into(), vec![3, 1]).await.unwrap().len(), 2);
        let again = refused(db, async |tx| inspector::insert(tx, &inspector(1, 2, OURS)).await).await;
        assert!(again.is_unique_on("inspector", &["id", "version"]), "{again:?}");

        let recusal = |body, n| Recusal {
            inspector: InspectorId(1),
            body: BodyId(body),
            recorded_at: at(n),
            reason: "示例原因".into(),
            actor: "account:7".into(),
        };
        put(db, async |tx| inspector::recuse(tx, &recusal(5, 1)).await).await;
        put(db, async |tx| inspector::recuse(tx, &recusal(4, 2)).await).await;
        assert_eq!(inspector::recusals(db.into(), vec![1, 2]).await.unwrap(), [recusal(4, 2), recusal(5, 1)]);
        let end = async |tx: &Tx| inspector::end_recusal(tx, InspectorId(1), BodyId(5), at(9)).await;
        assert!(write(db, end).await);
        assert!(!write(db, end).await, "it ends once");
        assert_eq!(inspector::recusals(db.into(), vec![1]).await.unwrap(), [recusal(4, 2)]);
        put(db, async |tx| inspector::recuse(tx, &recusal(5, 10)).await).await;
        assert_eq!(inspector::recusals(db.into(), vec![1]).await.unwrap().len(), 2, "and may begin again");
        guarded(db, "update inspector set name = ''", "append_only:inspector").await;
        guarded(db, "delete from inspector_recusal", "close_only:inspector_recusal").await;
        guarded(db, "update inspector_recusal set reason = ''", "close_only:inspector_recusal").await;
    })
    .await;
}

#[tokio::test]
async fn a_draw_is_frozen_made_and_published_once_each_and_never_changed() {
    on_both(async |t| {
        let db = &t.db;
        put(db, async |tx| {
            draw::freeze(tx, &sample_draw(1, OURS), "fuma-draw 1\n").await?;
            draw::freeze(tx, &sample_draw(2, OURS), "fuma-draw 1\n").await?;
            draw::freeze(tx, &sample_draw(3, THEIRS), "").await
        })
        .await;
        assert_eq!(draw::by_id(db.into(), DrawId(1)).await.unwrap(), Some(sample_draw(1, OURS)));
        assert_eq!(draw::pool(db.into(), DrawId(1)).await.unwrap().as_deref(), Some("fuma-draw 1\n"));
        assert_eq!(draw::drawn(db.into(), DrawId(1)).await.unwrap(), []);
        assert_eq!(draw::last_of_plan(db.into(), OURS, "示监〔2026〕1号").await.unwrap(), Some(DrawId(2)));
        assert_eq!(draw::last_of_plan(db.into(), OURS, "示监〔2026〕2号").await.unwrap(), None);

        let make = async |tx: &Tx| draw::make(tx, DrawId(1), &made(1), &drawn()).await;
        put(db, make).await;
        let again = refused(db, make).await;
        assert!(again.is_unique_on("draw_result", &["draw_id"]), "{again:?}");
        assert_eq!(draw::drawn(db.into(), DrawId(1)).await.unwrap(), drawn());
        let found = draw::by_id(db.into(), DrawId(1)).await.unwrap().unwrap();
        assert_eq!(found.result, Some(made(1)));

        let keys = |all: Vec<Draw>| all.iter().map(|it| it.id.0).collect::<Vec<_>>();
        assert_eq!(keys(draw::list(db.into(), Some(OURS), None, 9).await.unwrap()), [2, 1]);
        assert_eq!(keys(draw::list(db.into(), None, Some(DrawId(3)), 1).await.unwrap()), [2]);
        assert_eq!(keys(draw::of_bodies(db.into(), vec![1, 9], 9).await.unwrap()), [1]);
        assert_eq!(keys(draw::of_bodies(db.into(), vec![3], 9).await.unwrap()), [0; 0]);
        assert_eq!(keys(draw::published(db.into(), None, 9).await.unwrap()), [0; 0]);
        put(db, async |tx| draw::publish(tx, DrawId(1), "account:7", at(70)).await).await;
        put(db, async |tx| draw::publish(tx, DrawId(3), "account:7", at(71)).await).await;
        let again = refused(db, async |tx| draw::publish(tx, DrawId(1), "account:7", at(72)).await).await;
        assert!(again.is_unique_on("draw_publication", &["draw_id"]), "{again:?}");
        assert_eq!(keys(draw::published(db.into(), None, 9).await.unwrap()), [3, 1]);
        let before = Some((at(71), DrawId(3)));
        assert_eq!(keys(draw::published(db.into(), before, 9).await.unwrap()), [1]);
        guarded(db, "update draw set title = ''", "append_only:draw").await;
        guarded(db, "update draw_pool set text = ''", "append_only:draw_pool").await;
        guarded(db, "delete from draw_result", "append_only:draw_result").await;
        guarded(db, "delete from draw_body", "append_only:draw_body").await;
        guarded(db, "update draw_inspector set inspector_id = 9", "append_only:draw_inspector").await;
        guarded(db, "delete from draw_publication", "append_only:draw_publication").await;
    })
    .await;
}

#[tokio::test]
async fn who_may_be_drawn_holds_a_certificate_of_the_authority_that_is_in_force() {
    on_both(async |t| {
        let db = &t.db;
        put(db, async |tx| {
            body::insert(tx, &[sample_body(1), sample_body(2), sample_body(3)], at(0)).await?;
            let mut heads = [head(1), head(2), head(3), head(4)];
            for (it, (authority, of, from, to)) in heads.iter_mut().zip([
                (OURS, 2, 0, 9),
                (OURS, 1, 0, 10),
                (THEIRS, 3, 0, 10),
                (OURS, 3, 6, 10),
            ]) {
                (it.authority, it.body, it.valid_from, it.valid_to) =
                    (authority, BodyId(of), day(from), day(to));
            }
            certificate::insert(tx, &heads).await.map(drop)
        })
        .await;
        let on = async |n: i32| {
            let all = draw::candidates(db.into(), OURS, day(n)).await.unwrap();
            all.iter().map(|it| (it.body.id.0, it.valid_to)).collect::<Vec<(i64, Day)>>()
        };
        assert_eq!(on(5).await, [(1, day(10)), (2, day(9))]);
        assert_eq!(on(10).await, [(1, day(10)), (3, day(10))], "the last valid day is one of them");
    })
    .await;
}

#[tokio::test]
async fn an_inspection_stands_as_its_last_version_says_and_the_public_reads_what_was_published() {
    on_both(async |t| {
        let db = &t.db;
        let found = ["示例问题一".to_owned(), "示例问题二".to_owned()];
        put(db, async |tx| {
            inspection::insert(tx, &sample_inspection(1, 1, OURS), &[]).await?;
            inspection::publish(tx, InspectionId(1), 1, "account:7", at(20)).await?;
            inspection::insert(tx, &sample_inspection(1, 2, OURS), &found).await?;
            inspection::insert(tx, &sample_inspection(2, 1, OURS), &[]).await?;
            inspection::insert(tx, &sample_inspection(3, 2, THEIRS), &[]).await
        })
        .await;
        let published = Some((1, at(20)));
        let stands = Inspection { published, ..sample_inspection(1, 2, OURS) };
        assert_eq!(inspection::by_id(db.into(), InspectionId(1)).await.unwrap(), Some(stands.clone()));
        assert_eq!(inspection::findings(db.into(), InspectionId(1), 2).await.unwrap(), found);
        assert_eq!(inspection::findings(db.into(), InspectionId(1), 1).await.unwrap(), [""; 0]);
        let all = inspection::versions(db.into(), InspectionId(1)).await.unwrap();
        assert_eq!(all.iter().map(|it| it.version).collect::<Vec<_>>(), [1, 2]);
        let public = async |before| {
            let all = inspection::published(db.into(), before, 9).await.unwrap();
            all.iter().map(|it| (it.id.0, it.version, it.result)).collect::<Vec<_>>()
        };
        assert_eq!(public(None).await, [(1, 1, InspectionResult::Clear)], "the correction is not published");
        let of_draw = inspection::published_of_draw(db.into(), DrawId(1)).await.unwrap();
        assert_eq!(of_draw.iter().map(|it| it.version).collect::<Vec<_>>(), [1]);
        put(db, async |tx| inspection::publish(tx, InspectionId(1), 2, "account:7", at(30)).await).await;
        put(db, async |tx| inspection::publish(tx, InspectionId(3), 2, "account:7", at(31)).await).await;
        assert_eq!(
            public(None).await,
            [(3, 2, InspectionResult::Rectify), (1, 2, InspectionResult::Rectify)],
            "one entry each, as last published"
        );
        assert_eq!(public(Some((at(31), InspectionId(3)))).await, [(1, 2, InspectionResult::Rectify)]);
        let twice =
            refused(db, async |tx| inspection::publish(tx, InspectionId(1), 2, "x", at(40)).await).await;
        assert!(twice.is_unique_on("inspection_publication", &["inspection_id", "version"]), "{twice:?}");

        let keys = |all: Vec<Inspection>| all.iter().map(|it| (it.id.0, it.version)).collect::<Vec<_>>();
        assert_eq!(keys(inspection::list(db.into(), Some(OURS), None, 9).await.unwrap()), [(2, 1), (1, 2)]);
        assert_eq!(
            keys(inspection::list(db.into(), None, Some(InspectionId(3)), 1).await.unwrap()),
            [(2, 1)]
        );
        assert_eq!(keys(inspection::of_bodies(db.into(), vec![2], 9).await.unwrap()), [(3, 2), (1, 2)]);
        assert_eq!(keys(inspection::of_draw(db.into(), DrawId(1)).await.unwrap()), [(1, 2)]);
        let noted = async |n| inspection::noted(db.into(), OURS, day(n)).await.unwrap();
        assert_eq!(noted(3).await, [BodyId(2)]);
        assert_eq!(noted(4).await, []);
        put(db, async |tx| inspection::order(tx, &rectification(1, OURS)).await).await;
        assert_eq!(noted(4).await, [BodyId(2)], "who is to put something right is noted");
        guarded(db, "update inspection set result = 'clear'", "append_only:inspection").await;
        guarded(db, "delete from inspection_finding", "append_only:inspection_finding").await;
        guarded(db, "delete from inspection_publication", "append_only:inspection_publication").await;
    })
    .await;
}

#[tokio::test]
async fn what_is_to_be_put_right_is_listed_by_its_day_until_it_is_closed() {
    on_both(async |t| {
        let db = &t.db;
        put(db, async |tx| {
            for it in [rectification(3, OURS), rectification(1, OURS), rectification(2, THEIRS)] {
                inspection::order(tx, &it).await?;
            }
            inspection::step(tx, &step(1, 1, RectificationStep::Report)).await
        })
        .await;
        let open = async |of, before, after: Option<(i32, i64)>| {
            let after = after.map(|(n, id)| (day(n), RectificationId(id)));
            let all = inspection::open(db.into(), of, day(before), after, 9).await.unwrap();
            all.iter().map(|it| it.id.0).collect::<Vec<_>>()
        };
        assert_eq!(open(Some(OURS), 99, None).await, [1, 3]);
        assert_eq!(open(Some(OURS), 3, None).await, [1], "due on the day itself is not overdue");
        assert_eq!(open(None, 99, Some((1, 1))).await, [2, 3]);
        let again =
            refused(db, async |tx| inspection::step(tx, &step(1, 1, RectificationStep::Passed)).await);
        assert!(again.await.is_unique_on("rectification_step", &["rectification_id", "ord"]));
        put(db, async |tx| inspection::step(tx, &step(1, 2, RectificationStep::Closed)).await).await;
        assert_eq!(open(Some(OURS), 99, None).await, [3]);
        let closed = inspection::rectification_by_id(db.into(), RectificationId(1)).await.unwrap().unwrap();
        assert_eq!(closed, Rectification { closed_at: Some(at(60)), ..rectification(1, OURS) });
        let steps = inspection::steps(db.into(), vec![1, 3]).await.unwrap();
        let expected = [step(1, 1, RectificationStep::Report), step(1, 2, RectificationStep::Closed)];
        assert_eq!(steps, expected);
        let of = inspection::of_inspection(db.into(), InspectionId(1)).await.unwrap();
        assert_eq!(of.iter().map(|it| it.id.0).collect::<Vec<_>>(), [1, 2, 3]);
        guarded(db, "update rectification set due_day = 9", "close_only:rectification").await;
        guarded(db, "delete from rectification_step", "append_only:rectification_step").await;
    })
    .await;
}

#[tokio::test]
async fn a_notice_bears_a_number_of_its_own_and_its_first_download() {
    on_both(async |t| {
        let db = &t.db;
        put(db, async |tx| {
            notice::insert(tx, &sample_notice(1, OURS)).await?;
            notice::insert(tx, &sample_notice(2, OURS)).await?;
            notice::insert(tx, &Notice { id: NoticeId(3), ..sample_notice(1, THEIRS) }).await
        })
        .await;
        let same = Notice { id: NoticeId(4), ..sample_notice(1, OURS) };
        let same = refused(db, async |tx| notice::insert(tx, &same).await).await;
        assert!(same.is_unique_on("notice", &["authority_id", "document"]), "{same:?}");
        let keys = |all: Vec<Notice>| all.iter().map(|it| it.id.0).collect::<Vec<_>>();
        assert_eq!(keys(notice::of_bodies(db.into(), vec![1, 5], Some(OURS), 9).await.unwrap()), [2, 1]);
        assert_eq!(keys(notice::of_bodies(db.into(), vec![1], None, 2).await.unwrap()), [3, 2]);
        assert_eq!(keys(notice::of_bodies(db.into(), vec![5], None, 9).await.unwrap()), [0; 0]);
        assert!(write(db, async |tx| notice::fetched(tx, NoticeId(1), at(50)).await).await);
        assert!(!write(db, async |tx| notice::fetched(tx, NoticeId(1), at(51)).await).await);
        let found = notice::by_id(db.into(), NoticeId(1)).await.unwrap();
        assert_eq!(found, Some(Notice { fetched_at: Some(at(50)), ..sample_notice(1, OURS) }));
        guarded(db, "update notice set text = ''", "close_only:notice").await;
    })
    .await;
}
