//! Changes by form: each makes the next edition of the same certificate, and every older one stays readable.

use super::*;
use domain::{EventKind, Identity, Kinds};
use store::testing::on_both;

impl Office {
    /// A change as the form begins it, with the act filled in.
    pub(super) async fn started(&self, id: CertificateId, kinds: &str, n: u32) -> (domain::DraftId, Form) {
        let kinds = Kinds::parse(kinds).unwrap();
        let draft = self.app.start_change(&self.ctx, id, kinds).await.unwrap();
        let mut form = self.app.draft(&self.ctx, draft).await.unwrap().form;
        for (field, value) in [
            (Field::DecisionDay, "2026-11-20"),
            (Field::DecisionNumber, &format!("示例变〔2026〕{n}号")),
            (Field::Procedure, "一般程序"),
            (Field::Reason, "示例原因"),
        ] {
            form.set(field, value);
        }
        (draft, form)
    }

    /// Every edition's digest is that of the content that is read back.
    async fn digests_hold(&self, id: CertificateId) {
        let detail = self.app.certificate(&self.ctx, id).await.unwrap();
        let head = &detail.card.head;
        for edition in &detail.editions {
            let content = self.app.content(&self.ctx, id, edition.edition).await.unwrap();
            let of = Identity { number: &head.number, code: head.code, edition: edition.edition };
            assert_eq!(content.digest(&of), edition.digest, "edition {}", edition.edition);
        }
    }
}

#[tokio::test]
async fn a_draft_begun_before_another_change_does_not_take_that_one_back() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let id = office.assign(&first(1)).await.certificate;
        let mut drafts = Vec::new();
        for (n, item) in [(1, "并发参数1"), (2, "并发参数2")] {
            let (draft, mut form) = office.started(id, "扩项", n).await;
            let mut row = capability(item);
            row.insert(Field::ApprovedOn.key().into(), "2026-11-20".into());
            form.capabilities.push(row);
            office.app.save_draft(&office.ctx, draft, 1, &form).await.unwrap();
            drafts.push(draft);
        }
        office.app.assign_draft(&office.ctx, drafts[0]).await.unwrap();
        let refused = office.app.assign_draft(&office.ctx, drafts[1]).await;
        let Err(AppError::Invalid(problems)) = refused else { panic!("{refused:?}") };
        assert_eq!(problems.iter().map(|p| p.code).collect::<Vec<_>>(), ["stale_edition"]);
        let view = office.app.draft(&office.ctx, drafts[1]).await.unwrap();
        let review = office.app.review_draft(&office.ctx, &view).await.unwrap();
        assert!(review.judged.draft.is_none() && review.judged.problems[0].code == "stale_edition");
        office.act(id, StatusAct::Revoke).await.unwrap();
        let review = office.app.review_draft(&office.ctx, &view).await.unwrap();
        assert_eq!(review.judged.problems[0].code, "ended");
        let begun = office.app.start_change(&office.ctx, id, Kinds::parse("扩项").unwrap()).await;
        assert!(matches!(begun, Err(AppError::Refused { .. })), "{begun:?}");
    })
    .await;
}

#[tokio::test]
async fn what_an_official_form_leaves_to_the_certificate_follows_it_once_it_says_so() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let mut form = first(1);
        let day = form.value(Field::DecisionDay).to_owned();
        for (field, key) in [(Field::ApprovedOn, Field::DecisionDay), (Field::CapabilityFood, Field::Food)] {
            form.capabilities[0].insert(field.key().into(), app::LIKE_CERTIFICATE.into());
            form.certificate.remove(key.key());
        }
        assert!(office.app.check_form(&office.ctx, &form).await.unwrap().draft.is_none());
        form.set(Field::DecisionDay, day.as_str());
        form.set(Field::Food, "否");
        let id = office.assign(&form).await.certificate;
        let row = office.app.content(&office.ctx, id, 1).await.unwrap().capabilities.remove(0);
        assert_eq!((row.approved_on.unwrap().to_string(), row.food), (day, false));
    })
    .await;
}

#[tokio::test]
async fn a_change_of_name_makes_edition_two_of_one_body_and_the_old_one_stays_readable() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let first = office.assign(&first(1)).await;
        let id = first.certificate;
        let (draft, mut form) = office.started(id, "名称变更", 2).await;
        form.set(Field::BodyName, "示例更名检测有限公司");
        office.app.save_draft(&office.ctx, draft, 1, &form).await.unwrap();
        let second = office.app.assign_draft(&office.ctx, draft).await.unwrap();
        assert_eq!((second.edition, &second.number, second.code), (2, &first.number, first.code));
        let gone = office.app.draft(&office.ctx, draft).await;
        assert!(matches!(gone, Err(AppError::NotFound)), "an assigned draft is used up");

        let names =
            async |edition| office.app.content(&office.ctx, id, edition).await.unwrap().face.body_name;
        assert_eq!(names(1).await, "示例检测有限公司");
        assert_eq!(names(2).await, "示例更名检测有限公司");
        let detail = office.app.certificate(&office.ctx, id).await.unwrap();
        assert_eq!(detail.body.name, "示例更名检测有限公司");
        let mut next = super::first(3);
        next.set(Field::BodyName, "示例更名检测有限公司");
        let other = office.by_id(office.assign(&next).await.certificate).await;
        assert_eq!(other.body, detail.body.id, "one code is one body, by whichever name");
        office.digests_hold(id).await;
    })
    .await;
}

#[tokio::test]
async fn an_extension_keeps_number_and_expiry_and_each_edition_its_rows() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let written = office.assign(&first(1)).await;
        let id = written.certificate;
        let (_, mut form) = office.started(id, "扩项", 2).await;
        form.capabilities.insert(0, capability("新参数甲"));
        form.capabilities.push(capability("新参数乙"));
        assert_eq!(office.assign(&form).await.edition, 2);
        let (_, mut fewer) = office.started(id, "取消检验检测能力", 3).await;
        fewer.capabilities.remove(1);
        assert_eq!(office.assign(&fewer).await.edition, 3);
        let items = async |edition| -> Vec<String> {
            let content = office.app.content(&office.ctx, id, edition).await.unwrap();
            content.capabilities.into_iter().map(|c| c.item.name).collect()
        };
        assert_eq!(items(1).await, ["示例参数"]);
        assert_eq!(items(2).await, ["新参数甲", "示例参数", "新参数乙"]);
        assert_eq!(items(3).await, ["新参数甲", "新参数乙"]);
        let head = office.by_id(id).await;
        assert_eq!((head.edition, head.number, head.valid_to), (3, written.number, day("2032-11-01")));
        office.digests_hold(id).await;
    })
    .await;
}

#[tokio::test]
async fn a_change_that_alters_expiry_or_adds_without_decision_is_refused_and_nothing_written() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let id = office.assign(&first(1)).await.certificate;
        let (_, mut longer) = office.started(id, "名称变更", 2).await;
        longer.set(Field::ValidTo, "2033-11-01");
        assert_eq!(office.refused(&longer).await, ["not_allowed 有效期至"]);
        let (_, mut undecided) = office.started(id, "扩项", 3).await;
        undecided.certificate.remove(Field::DecisionNumber.key());
        undecided.capabilities.push(capability("新参数"));
        assert_eq!(office.refused(&undecided).await, ["missing 决定文号"]);
        assert_eq!(office.by_id(id).await.edition, 1);
    })
    .await;
}

#[tokio::test]
async fn a_correction_says_why_and_the_original_stays_readable() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let id = office.assign(&first(1)).await.certificate;
        let (_, mut form) = office.started(id, "更正", 2).await;
        form.set(Field::ValidTo, "2032-11-02");
        form.set(Field::Reason, "");
        assert_eq!(office.refused(&form).await, ["missing 更正原因"]);
        form.set(Field::Reason, "有效期录入错误");
        assert_eq!(office.assign(&form).await.edition, 2);
        let head = office.by_id(id).await;
        assert_eq!(head.valid_to, day("2032-11-02"));
        let diff = office.app.compare(&office.ctx, id, 1, 2).await.unwrap();
        let expiry = diff.face.iter().find(|r| r.field == Field::ValidTo).unwrap();
        assert_eq!((expiry.old.as_str(), expiry.new.as_str()), ("2032-11-01", "2032-11-02"));
        office.digests_hold(id).await;
    })
    .await;
}

#[tokio::test]
async fn an_ended_certificate_is_not_changed() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let id = office.assign(&first(1)).await.certificate;
        let (_, mut form) = office.started(id, "名称变更", 2).await;
        form.set(Field::BodyName, "示例更名检测有限公司");
        office.act(id, StatusAct::Cancel).await.unwrap();
        assert_eq!(office.refused(&form).await, ["ended 证书编号"]);
        office.act(id, StatusAct::Lift).await.unwrap();
        assert_eq!(office.assign(&form).await.edition, 2);
    })
    .await;
}

#[tokio::test]
async fn a_body_under_its_legal_person_keeps_its_identity_through_a_change_of_name() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let under = |n, name: &str| {
            let mut form = first(n);
            form.set(Field::LegalKind, "非独立法人-事业");
            form.set(Field::Uscc, "");
            form.set(Field::ParentName, "示例大学");
            form.set(Field::ParentUscc, USCC);
            form.set(Field::BodyName, name);
            form
        };
        let id = office.assign(&under(1, "示例大学检测中心")).await.certificate;
        let sister = office.assign(&under(2, "示例大学环境实验室")).await.certificate;
        let body = office.by_id(id).await.body;
        assert_ne!(office.by_id(sister).await.body, body, "two names under one code are two bodies");
        let (_, mut form) = office.started(id, "名称变更", 3).await;
        form.set(Field::BodyName, "示例大学测试中心");
        office.assign(&form).await;
        let detail = office.app.certificate(&office.ctx, id).await.unwrap();
        assert_eq!((detail.body.id, detail.body.name.as_str()), (body, "示例大学测试中心"));
        assert_eq!(
            office.by_id(office.assign(&under(4, "示例大学测试中心")).await.certificate).await.body,
            body
        );
    })
    .await;
}

#[tokio::test]
async fn a_renewal_by_form_begins_with_what_stands_and_takes_a_new_number() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let old = office.assign(&takeover("202712050005")).await;
        let (draft, mut form) = office.started(old.certificate, "复查换证", 2).await;
        assert_eq!(form.value(Field::PreviousNumber), "202712050005");
        assert_eq!(form.value(Field::FirstIssuedOn), "2021-03-02");
        assert_eq!([Field::Number, Field::IssuedOn, Field::ValidTo].map(|f| form.value(f)), [""; 3]);
        for (field, value) in [
            (Field::IssuedOn, "2026-11-20"),
            (Field::ValidFrom, "2027-03-02"),
            (Field::ValidTo, "2033-03-01"),
        ] {
            form.set(field, value);
        }
        office.app.save_draft(&office.ctx, draft, 1, &form).await.unwrap();
        let new = office.app.assign_draft(&office.ctx, draft).await.unwrap();
        assert_eq!((new.number.to_string().as_str(), new.edition), ("262712050001", 1));
        assert_ne!(new.code, old.code);
        assert_eq!(office.by_id(old.certificate).await.successor, Some(new.certificate));
        let content = office.app.content(&office.ctx, new.certificate, 1).await.unwrap();
        assert_eq!(content.capabilities.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn of_two_who_act_at_once_one_is_told_and_nothing_is_done_twice() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let draft = office.app.create_draft(&office.ctx, &first(1)).await.unwrap();
        let assign = || office.app.assign_draft(&office.ctx, draft);
        let (a, b) = tokio::join!(assign(), assign());
        assert_eq!([a.is_ok(), b.is_ok()].iter().filter(|ok| **ok).count(), 1, "{a:?} {b:?}");
        assert_eq!(office.app.count_all().await.unwrap(), 1);
        let id = a.or(b).unwrap().certificate;

        let named = async |n, name: &str| {
            let mut form = office.started(id, "名称变更", n).await.1;
            form.set(Field::BodyName, name);
            form
        };
        let (x, y) = (named(2, "甲示例公司").await, named(3, "乙示例公司").await);
        let change = |form| office.app.assign_form(&office.ctx, form);
        let (a, b) = tokio::join!(change(&x), change(&y));
        let done = [&a, &b].into_iter().flatten().count();
        let detail = office.app.certificate(&office.ctx, id).await.unwrap();
        assert_eq!(detail.editions.len(), 1 + done, "{a:?} {b:?}");
        assert_eq!(detail.card.head.edition as usize, 1 + done);
        assert_eq!(detail.body.name, detail.card.face.body_name);
        office.digests_hold(id).await;
    })
    .await;
}

#[tokio::test]
async fn every_writing_verb_leaves_one_event() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let at = async || store::event::last((&t.db).into()).await.unwrap().number;
        let mut before = at().await;
        let mut left = async |n: i64| {
            let now = at().await;
            assert_eq!(now - before, n);
            before = now;
        };
        let ctx = &office.ctx;
        let draft = office.app.create_draft(ctx, &first(1)).await.unwrap();
        left(1).await;
        office.app.save_draft(ctx, draft, 1, &first(1)).await.unwrap();
        left(1).await;
        let id = office.app.assign_draft(ctx, draft).await.unwrap().certificate;
        left(1).await;
        let (change, mut form) = office.started(id, "名称变更", 2).await;
        left(1).await;
        office.app.check_form(ctx, &form).await.unwrap();
        left(0).await;
        form.set(Field::BodyName, "示例更名检测有限公司");
        office.assign(&form).await;
        left(1).await;
        office.app.discard_draft(ctx, change).await.unwrap();
        left(1).await;
        for act in [StatusAct::Revoke, StatusAct::Lift, StatusAct::Annul] {
            office.act(id, act).await.unwrap();
            left(1).await;
        }
        let batch = office.preview(csv(&[takeover("202712050005")])).await;
        left(1).await;
        office.app.commit_batch(ctx, batch.id, Extent::Good).await.unwrap();
        left(1).await;
        office.work().await;
        left(1).await;
        // The renewal and, on its predecessor, what it did to it.
        let new = office.assign(&renewal("262712050006", "202712050005")).await.certificate;
        left(2).await;
        office.act(new, StatusAct::Annul).await.unwrap();
        left(2).await;
        let kinds: Vec<_> =
            office.app.certificate(ctx, id).await.unwrap().events.iter().map(|e| e.kind).collect();
        use EventKind as K;
        assert_eq!(kinds, [K::Assign, K::Change, K::Revoke, K::Lift, K::Annul]);
    })
    .await;
}
