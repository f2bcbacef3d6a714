//! 机构合并: one body under two codes becomes one, nothing is lost, and it can be undone.

use super::*;
use crate::alike::uscc;
use crate::link::assigned;
use app::stored::Which;
use app::{Cursor, MergeAsk, MergeReason, SearchAsk, SearchPage, Sort, Subject};
use domain::{BodyId, Concern, Doubt, EventKind, PairGround, Uscc};
use store::testing::on_both;

const NAME: &str = "示例环境检测有限公司";
const NEAR: &str = "示例环境检测有限责任公司";

fn admin(authority: AuthorityId) -> Ctx {
    actor(authority, Role::Administrator, authority.0 + 200)
}

fn of(n: u32, name: &str, uscc: &str) -> Form {
    let mut form = first(n);
    form.set(Field::BodyName, name);
    form.set(Field::Uscc, uscc);
    form
}

fn why() -> MergeReason {
    MergeReason {
        document: "示例函〔2026〕1号".into(), reason: "两次录入，代码录错一次".into()
    }
}

fn ask(gone: BodyId, stays: BodyId, typed: &str) -> MergeAsk {
    MergeAsk { gone, stays, why: why(), typed: typed.into(), seen: None }
}

fn refused<T: std::fmt::Debug>(outcome: Result<T>, says: &str) {
    match outcome {
        Err(AppError::Refused { message, hint }) => {
            assert!(message.contains(says) && !hint.is_empty(), "{message}：{hint}");
        }
        other => panic!("{other:?}"),
    }
}

fn hidden<T: std::fmt::Debug>(outcome: Result<T>) {
    assert!(matches!(outcome, Err(AppError::NotFound)), "{outcome:?}");
}

/// One laboratory under two codes: two certificates of 陕西, and one of another authority under the second code.
struct Double {
    stays: BodyId,
    gone: BodyId,
    first: CertificateId,
    second: CertificateId,
    abroad: CertificateId,
}

async fn double(office: &Office) -> Double {
    let first = office.assign(&of(1, NAME, USCC)).await.certificate;
    let second = office.assign(&of(2, NEAR, OTHER_USCC)).await.certificate;
    let abroad = assigned(office, THEIRS, &of(3, NEAR, OTHER_USCC)).await;
    let (stays, gone) = (office.by_id(first).await.body, office.by_id(second).await.body);
    Double { stays, gone, first, second, abroad }
}

impl Office {
    async fn merged(&self, it: &Double) -> app::Merged {
        self.app.merge_bodies(&admin(NATIONAL), &ask(it.gone, it.stays, USCC)).await.unwrap()
    }

    async fn found(&self, ctx: &Ctx, text: &str) -> u64 {
        while self.app.search_step().await.unwrap() {}
        let ask = SearchAsk {
            subject: Subject::Body,
            text: text.into(),
            also: Vec::new(),
            number: String::new(),
            picked: Vec::new(),
            sort: Sort::Fit,
            page: SearchPage { skip: 0, take: 20 },
        };
        self.app.search(ctx, vec![ask]).await.unwrap()[0].answer.certificates
    }

    async fn body_of(&self, id: CertificateId) -> BodyId {
        let ctx = actor(NATIONAL, Role::Viewer, 4);
        self.app.certificate(&ctx, id).await.unwrap().card.head.body
    }
}

#[tokio::test]
async fn a_merged_body_answers_under_both_codes_and_its_certificates_stay_as_they_are_printed() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let it = double(&office).await;
        let (app, nation) = (&office.app, admin(NATIONAL));
        let before = office.by_id(it.second).await;
        let preview = app.merge_preview(&nation, it.gone, it.stays).await.unwrap();
        assert_eq!((preview.gone.certificates.len(), preview.certificates()), (2, 3));
        assert_eq!(preview.doubts, [Doubt::TwoCodes]);
        assert_eq!(preview.to_be_typed(), Uscc::parse(USCC).ok());
        assert!(preview.others.is_empty(), "the nation merges whatever is issued by whomever");
        assert_eq!(office.found(&nation, OTHER_USCC).await, 2);

        refused(app.merge_bodies(&nation, &ask(it.gone, it.stays, "")).await, "没有输入保留机构");
        refused(app.merge_bodies(&nation, &ask(it.gone, it.stays, OTHER_USCC)).await, "没有输入保留机构");
        let silent = MergeAsk { why: MergeReason::default(), ..ask(it.gone, it.stays, USCC) };
        refused(app.merge_bodies(&nation, &silent).await, "原因");
        let stale = MergeAsk { seen: Some(2), ..ask(it.gone, it.stays, USCC) };
        refused(app.merge_bodies(&nation, &stale).await, "刚刚有变化");
        let merged = office.merged(&it).await;
        assert_eq!(merged.moved, [it.second, it.abroad]);

        let view = app.body(&nation, it.stays, "").await.unwrap();
        assert_eq!(view.certificates.len(), 3);
        assert_eq!(view.merged.iter().map(|body| body.id).collect::<Vec<_>>(), [it.gone]);
        assert_eq!(app.body(&nation, it.gone, "").await.unwrap().body.id, it.stays, "the old page leads on");
        for code in [USCC, OTHER_USCC] {
            let found = app.bodies_of(&nation, Uscc::parse(code).unwrap()).await.unwrap();
            assert_eq!(found.iter().map(|(body, _)| body.id).collect::<Vec<_>>(), [it.stays], "{code}");
            assert_eq!(office.found(&nation, code).await, 3, "{code}");
        }
        // Who issued under the second code now sees what the first one holds.
        let theirs = actor(THEIRS, Role::Supervision, 9);
        assert_eq!(app.body(&theirs, it.stays, "").await.unwrap().certificates.len(), 3);

        let after = office.by_id(it.second).await;
        assert_eq!(Head { body: before.body, ..after }, before, "nothing but the body is other");
        let public = app.verify_uncounted(&Asked::Number(before.number.clone()), app.today()).await.unwrap();
        assert_eq!(public.verdict.word(), VerdictWord::Valid);
        assert_eq!(
            public.certificate.unwrap().excerpt().unwrap().body_name,
            NEAR,
            "a scan shows what is printed"
        );
    })
    .await;
}

#[tokio::test]
async fn a_merge_is_on_record_told_to_who_issued_what_moved_and_read_in_the_stream() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let it = double(&office).await;
        office.merged(&it).await;
        let app = &office.app;
        let seen = app.certificate_seen(&office.ctx, it.second).await.unwrap();
        let last = seen.events.last().unwrap();
        assert_eq!((last.kind, last.document.as_str()), (EventKind::BodyMove, "示例函〔2026〕1号"));
        assert_eq!(last.detail("to"), it.stays.to_string());
        let log = app.events(&admin(NATIONAL), None, None).await.unwrap();
        let act = log.iter().find(|event| event.kind == EventKind::BodyMerge).unwrap();
        assert_eq!((act.object_id, act.detail("merged")), (it.stays.0, it.gone.to_string()));
        assert_eq!(act.detail("certificates"), format!("{},{}", it.second, it.abroad));
        assert_eq!((act.detail("own_uscc"), act.detail("reason")), (OTHER_USCC.into(), why().reason));
        for (authority, id) in [(OURS, it.second), (THEIRS, it.abroad)] {
            let ctx = actor(authority, Role::Supervision, 9);
            let letters = app.inbox(&ctx, Which::All, None, 9).await.unwrap();
            let told: Vec<_> = letters.iter().map(|it| (it.certificate, it.kind, it.concern)).collect();
            assert_eq!(told, [(id, EventKind::BodyMove, Concern::Superior)]);
            let stream = app.changes(&ctx, Cursor::START, 100).await.unwrap().unwrap();
            let moves: Vec<_> = stream.events.iter().filter(|entry| entry.kind == "body_move").collect();
            assert_eq!(moves.len(), 1, "one entry, for its own certificate");
            assert!(moves[0].code.is_some() && moves[0].concern.is_none());
        }
    })
    .await;
}

#[tokio::test]
async fn what_comes_later_under_the_old_code_or_name_lands_on_the_body_that_stays_and_renames_it_not() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let it = double(&office).await;
        office.merged(&it).await;
        let app = &office.app;
        // By the form, by a workbook, and as a renewal of what has moved.
        let later = office.assign(&of(5, NEAR, OTHER_USCC)).await.certificate;
        assert_eq!(office.body_of(later).await, it.stays);
        let batch = office.import(csv(&[of(6, NEAR, OTHER_USCC)]), Extent::Whole).await;
        assert_eq!(batch.done, 1, "{}", batch.message);
        let judged = app.check_form(&office.ctx, &of(7, NEAR, OTHER_USCC)).await.unwrap();
        let likeness = ["near_name", "near_code", "same_name", "other_name"];
        let told: Vec<_> = judged.problems.iter().filter(|p| likeness.contains(&p.code)).collect();
        assert!(told.is_empty(), "they are known to be one: {told:#?}");
        let mut mixed = of(8, NEAR, USCC);
        mixed.set(Field::DecisionNumber, "示例许〔2026〕8号");
        let judged = app.check_form(&office.ctx, &mixed).await.unwrap();
        assert!(judged.problems.iter().all(|p| !likeness.contains(&p.code)), "{:#?}", judged.problems);

        // A change under the old code changes what the old code says, and nothing of the body that stays.
        let (draft, mut form) = office.started(it.second, "名称变更", 9).await;
        form.set(Field::BodyName, "示例环境检测技术有限责任公司");
        app.save_draft(&office.ctx, draft, 1, &form).await.unwrap();
        app.assign_draft(&office.ctx, draft).await.unwrap();
        let view = app.body(&admin(NATIONAL), it.stays, "").await.unwrap();
        assert_eq!((view.body.name.as_str(), view.body.own_uscc), (NAME, Uscc::parse(USCC).ok()));
        assert_eq!(view.merged[0].name, "示例环境检测技术有限责任公司");
        assert_eq!(view.certificates.len(), 5);
        let (draft, mut form) = office.started(it.first, "名称变更", 10).await;
        form.set(Field::BodyName, "示例环境检测集团有限公司");
        app.save_draft(&office.ctx, draft, 1, &form).await.unwrap();
        app.assign_draft(&office.ctx, draft).await.unwrap();
        let view = app.body(&admin(NATIONAL), it.stays, "").await.unwrap();
        assert_eq!(view.body.name, "示例环境检测集团有限公司");
    })
    .await;
}

#[tokio::test]
async fn a_laboratory_without_code_of_its_own_keeps_its_new_name_to_itself_when_it_was_merged() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let app = &office.app;
        let stays = office.assign(&of(1, NAME, USCC)).await.certificate;
        let lab = office.assign(&crate::link::lab(2, "示例环境检测实验室", "610113")).await.certificate;
        let (stays, gone) = (office.by_id(stays).await.body, office.by_id(lab).await.body);
        let merged = app.merge_bodies(&admin(NATIONAL), &ask(gone, stays, "")).await.unwrap();
        assert_eq!(merged.moved, [lab], "no two codes, so none is typed");
        let (draft, mut form) = office.started(lab, "名称变更", 9).await;
        form.set(Field::BodyName, "示例环境检测中心实验室");
        app.save_draft(&office.ctx, draft, 1, &form).await.unwrap();
        app.assign_draft(&office.ctx, draft).await.unwrap();
        let view = app.body(&admin(NATIONAL), stays, "").await.unwrap();
        assert_eq!((view.body.name.as_str(), view.merged[0].name.as_str()), (NAME, "示例环境检测中心实验室"));
        // The legal person of what was merged is still seen as its kin.
        let parent = office.assign(&of(3, "样张集团有限公司", OTHER_USCC)).await.certificate;
        let parent = office.by_id(parent).await.body;
        let view = app.body(&admin(NATIONAL), stays, "").await.unwrap();
        assert_eq!(view.kin.iter().map(|kin| kin.body.id).collect::<Vec<_>>(), [parent]);
    })
    .await;
}

#[tokio::test]
async fn a_merge_is_undone_and_what_came_since_stays_as_it_was_told() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let it = double(&office).await;
        let (app, nation) = (&office.app, admin(NATIONAL));
        refused(app.split_body(&nation, it.gone, &why()).await, "没有并入");
        office.merged(&it).await;
        let later = office.assign(&of(5, NEAR, OTHER_USCC)).await.certificate;
        let preview = app.split_preview(&nation, it.gone).await.unwrap();
        let ids = |cards: &[app::stored::Card]| cards.iter().map(|card| card.head.id).collect::<Vec<_>>();
        let mut back = ids(&preview.back);
        back.sort_unstable();
        assert_eq!((back, ids(&preview.kept)), (vec![it.second, it.abroad], vec![later]));
        assert_eq!((preview.gone.id, preview.stays.body.id), (it.gone, it.stays));
        refused(app.split_body(&nation, it.gone, &MergeReason::default()).await, "原因");
        let split = app.split_body(&nation, it.gone, &why()).await.unwrap();
        assert_eq!(split.moved, [it.second, it.abroad]);
        assert_eq!(office.body_of(it.second).await, it.gone);
        assert_eq!((office.body_of(it.first).await, office.body_of(later).await), (it.stays, it.stays));
        assert_eq!(app.body(&nation, it.gone, "").await.unwrap().certificates.len(), 2);
        assert_eq!(office.found(&nation, OTHER_USCC).await, 2);
        let log = app.events(&nation, None, None).await.unwrap();
        assert!(log.iter().any(|event| event.kind == EventKind::BodySplit));
        refused(app.split_body(&nation, it.gone, &why()).await, "没有并入");
        office.merged(&it).await;
    })
    .await;
}

#[tokio::test]
async fn the_nation_merges_any_two_and_a_province_what_it_alone_issued_to() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let it = double(&office).await;
        let app = &office.app;
        for role in [Role::Licensing, Role::Supervision, Role::Viewer] {
            let outcome = app.merge_bodies(&actor(OURS, role, 9), &ask(it.gone, it.stays, USCC)).await;
            assert!(matches!(outcome, Err(AppError::Forbidden)), "{outcome:?}");
        }
        let stranger = admin(AuthorityId(10));
        hidden(app.merge_bodies(&stranger, &ask(it.gone, it.stays, USCC)).await);
        hidden(app.merge_preview(&stranger, it.gone, it.stays).await);
        hidden(app.say_apart(&stranger, it.gone, it.stays).await);
        let preview = app.merge_preview(&admin(OURS), it.gone, it.stays).await.unwrap();
        assert_eq!(preview.others, [THEIRS], "told before");
        refused(app.merge_bodies(&admin(OURS), &ask(it.gone, it.stays, USCC)).await, "其他机关颁发的证书");
        assert!(app.flush_access().await.unwrap() > 0, "each refusal is on record");
        assert_eq!(office.body_of(it.second).await, it.gone);

        let third = office.assign(&of(7, "示例食品检测中心", uscc(7).as_str())).await.certificate;
        let third = office.by_id(third).await.body;
        app.merge_bodies(&admin(OURS), &ask(third, it.stays, USCC)).await.unwrap();
        refused(app.merge_bodies(&admin(OURS), &ask(third, it.stays, USCC)).await, "已经并入");
        refused(app.merge_bodies(&admin(OURS), &ask(it.stays, it.stays, USCC)).await, "不能与它自己");
        // What was merged goes along when the one that stayed is merged in turn.
        let merged = app.merge_bodies(&admin(NATIONAL), &ask(it.stays, it.gone, OTHER_USCC)).await.unwrap();
        assert_eq!(merged.moved.len(), 2);
        let found = app.bodies_of(&admin(NATIONAL), uscc(7)).await.unwrap();
        assert_eq!(found.iter().map(|(body, _)| body.id).collect::<Vec<_>>(), [it.gone]);
        refused(app.split_body(&admin(OURS), third, &why()).await, "其他机关颁发的证书");
        app.split_body(&admin(NATIONAL), it.stays, &why()).await.unwrap();
        let found = app.bodies_of(&admin(NATIONAL), uscc(7)).await.unwrap();
        assert_eq!(
            found.iter().map(|(body, _)| body.id).collect::<Vec<_>>(),
            [it.stays],
            "it goes along back"
        );
        app.split_body(&admin(OURS), third, &why()).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn whoever_assigns_beside_a_merge_leaves_nothing_with_the_body_that_was_merged() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let it = double(&office).await;
        let assign = |n| {
            let app = office.app.clone();
            let (ctx, form) = (office.ctx.clone(), of(n, NEAR, OTHER_USCC));
            tokio::spawn(async move { app.assign_form(&ctx, &form).await.map(|written| written.certificate) })
        };
        let mut tasks = Vec::new();
        for n in 20..26 {
            tasks.push(assign(n));
        }
        let app = office.app.clone();
        let asked = ask(it.gone, it.stays, USCC);
        let merging = tokio::spawn(async move { app.merge_bodies(&admin(NATIONAL), &asked).await });
        for n in 30..36 {
            tasks.push(assign(n));
        }
        merging.await.unwrap().unwrap();
        let mut made = 0;
        for task in tasks {
            // Who was overtaken twice is told to try again; nothing of his is written.
            match task.await.unwrap() {
                Ok(id) => {
                    made += 1;
                    assert_eq!(office.body_of(id).await, it.stays);
                }
                Err(AppError::Store(store::StoreError::Conflict)) => {}
                Err(other) => panic!("{other:?}"),
            }
        }
        let sql = "select count(*) from certificate where body_id = $1";
        let left = t.db.query_one(sql, &[it.gone.0.into()], |row| row.int(0)).await.unwrap();
        assert_eq!(left, Some(0), "nothing is left behind");
        let view = office.app.body(&admin(NATIONAL), it.stays, "").await.unwrap();
        assert_eq!(view.certificates.len(), 3 + made);
    })
    .await;
}

#[tokio::test]
async fn pairs_are_listed_within_sight_until_somebody_says_that_they_are_two() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let it = double(&office).await;
        let app = &office.app;
        office.work().await;
        office.work().await;
        let listed = async |ctx: &Ctx| app.pairs(ctx, None, 20).await.unwrap().pairs;
        let (ours, nation) = (admin(OURS), admin(NATIONAL));
        for ctx in [&ours, &nation] {
            let pairs = listed(ctx).await;
            assert_eq!(pairs.len(), 1);
            assert_eq!(pairs[0].ground, PairGround::NearName);
            assert_eq!(pairs[0].bodies.each_ref().map(|body| body.id), [it.stays, it.gone]);
            assert_eq!(pairs[0].held, [vec![(OURS, 1)], vec![(THEIRS, 1), (OURS, 1)]]);
        }
        assert!(listed(&admin(AuthorityId(10))).await.is_empty(), "it has nothing to do with them");
        let said = app.say_apart(&actor(OURS, Role::Viewer, 9), it.gone, it.stays).await;
        assert!(matches!(said, Err(AppError::Forbidden)));
        app.say_apart(&ours, it.gone, it.stays).await.unwrap();
        refused(app.say_apart(&ours, it.stays, it.gone).await, "已经认定");
        assert!(listed(&ours).await.is_empty());
        assert_eq!(listed(&nation).await.len(), 1, "it is said for one authority");
        assert_eq!(app.pairs_apart(&ours, None, 9).await.unwrap().len(), 1);
        app.unsay_apart(&ours, it.gone, it.stays).await.unwrap();
        hidden(app.unsay_apart(&ours, it.gone, it.stays).await);
        assert_eq!(listed(&ours).await.len(), 1);
        office.merged(&it).await;
        assert!(listed(&nation).await.is_empty(), "what is one is no pair");
        office.work().await;
        assert!(listed(&nation).await.is_empty());
        app.split_body(&nation, it.gone, &why()).await.unwrap();
        office.work().await;
        office.work().await;
        assert_eq!(listed(&nation).await.len(), 1, "and what is two again is one again");
    })
    .await;
}
