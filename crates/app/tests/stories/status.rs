//! Status acts, what lifts them, and what an assignment by mistake leaves behind.

use super::*;
use domain::{EventKind, Status, StatusWord};
use store::testing::on_both;

#[tokio::test]
async fn each_act_is_told_to_the_public_from_its_day_and_lifted_by_another() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let (before, today) = (day("2026-11-21"), day("2026-11-22"));
        for (n, act, word) in [
            (1, StatusAct::Revoke, VerdictWord::Revoked),
            (2, StatusAct::Withdraw, VerdictWord::Withdrawn),
            (3, StatusAct::Cancel, VerdictWord::Cancelled),
            (4, StatusAct::Void, VerdictWord::Voided),
        ] {
            let written = office.assign(&first(n)).await;
            office.act(written.certificate, act).await.unwrap();
            assert_eq!(office.word(&written.number, today).await, word);
            assert_eq!(office.word(&written.number, before).await, VerdictWord::Valid, "{act:?}");
            office.act(written.certificate, StatusAct::Lift).await.unwrap();
            assert_eq!(office.word(&written.number, today).await, VerdictWord::Valid, "{act:?}");
            let again = office.act(written.certificate, StatusAct::Lift).await;
            assert!(matches!(again, Err(AppError::Refused { .. })), "nothing is left to lift");
        }
        let id = office.assign(&first(5)).await;
        office.act(id.certificate, StatusAct::Annul).await.unwrap();
        for on in [before, today] {
            assert_eq!(
                office.word(&id.number, on).await,
                VerdictWord::Annulled,
                "it never was a certificate"
            );
        }
        assert!(office.act(id.certificate, StatusAct::Lift).await.is_err());
        assert_eq!(office.refused(&numbered(6, id.number.as_str())).await, ["annulled 证书编号"]);
    })
    .await;
}

#[tokio::test]
async fn an_act_needs_reason_document_and_a_day_that_has_come() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let id = office.assign(&first(1)).await.certificate;
        let right = decision(StatusAct::Revoke, office.app.today());
        for wrong in [
            Decision { reason: String::new(), ..right.clone() },
            Decision { document: " ".into(), ..right.clone() },
            Decision { effective: day("2026-11-23"), ..right.clone() },
            Decision { act: StatusAct::Suspend, ..right.clone() },
            Decision { act: StatusAct::Resume, ..right.clone() },
        ] {
            let outcome = office.app.act(&office.ctx, id, &wrong).await;
            let Err(AppError::Refused { message, hint }) = outcome else { panic!("{outcome:?}") };
            assert!(!message.is_empty() && !hint.is_empty());
        }
        assert_eq!(office.by_id(id).await.status, Status::Valid);
    })
    .await;
}

#[tokio::test]
async fn on_a_day_of_the_past_the_status_of_that_day_counts() {
    on_both(async |t| {
        let office = office(&t.db).await.with_suspension().await;
        let written = office.assign(&first(1)).await;
        let (id, number) = (written.certificate, &written.number);
        let act = async |act, on: &str| {
            office.app.act(&office.ctx, id, &decision(act, day(on))).await.unwrap();
        };
        act(StatusAct::Suspend, "2026-11-10").await;
        act(StatusAct::Resume, "2026-11-15").await;
        act(StatusAct::Revoke, "2026-11-20").await;
        let words = async || {
            let mut words = Vec::new();
            for on in ["2026-11-09", "2026-11-12", "2026-11-15", "2026-11-22"] {
                words.push(office.word(number, day(on)).await);
            }
            words
        };
        use VerdictWord as W;
        assert_eq!(words().await, [W::Valid, W::Suspended, W::Valid, W::Revoked]);
        act(StatusAct::Lift, "2026-11-22").await;
        assert_eq!(words().await, [W::Valid, W::Suspended, W::Valid, W::Valid], "a lifted act never held");
    })
    .await;
}

#[tokio::test]
async fn a_suspended_certificate_is_suspended_until_its_successor_begins() {
    on_both(async |t| {
        let office = office(&t.db).await.with_suspension().await;
        let old = office.assign(&takeover("202712050005")).await;
        office.act(old.certificate, StatusAct::Suspend).await.unwrap();
        office.assign(&renewal("262712050006", "202712050005")).await;
        assert_eq!(office.word(&old.number, day("2026-11-22")).await, VerdictWord::Suspended);
        assert_eq!(office.word(&old.number, day("2027-03-02")).await, VerdictWord::Superseded);
        // Officers read the same word, in the list, in the detail and beside the successor.
        let other = office.assign(&takeover("202712050007")).await;
        let new = office.assign(&renewal("262712050008", "202712050007")).await;
        let filter = app::stored::Filter::default();
        for (today, word, before) in [
            ("2026-11-22", VerdictWord::Suspended, VerdictWord::Valid),
            ("2027-03-02", VerdictWord::Superseded, VerdictWord::Superseded),
        ] {
            let days = day(today).number() - office.app.today().number();
            office.clock.advance(i64::from(days) * 86_400);
            let cards = office.app.certificates(&office.ctx, &filter, None, 50).await.unwrap().rows;
            let heads: Vec<_> = cards.iter().map(|card| &card.head).collect();
            let listed = office.app.standings(&heads).await.unwrap();
            for (head, verdict) in heads.iter().zip(&listed) {
                assert_eq!(verdict.word(), office.word(&head.number, day(today)).await, "{}", head.number);
            }
            assert!(heads.iter().zip(&listed).any(|(h, v)| h.id == old.certificate && v.word() == word));
            let detail = office.app.certificate(&office.ctx, new.certificate).await.unwrap();
            assert_eq!(detail.standings[&other.certificate].word(), before);
            assert_eq!(detail.standings[&old.certificate].word(), word);
        }
    })
    .await;
}

#[tokio::test]
async fn what_was_taken_over_as_revoked_is_revoked_again_when_a_later_act_is_lifted() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let mut form = takeover("202712050005");
        for (field, value) in [
            (Field::Status, "撤销"),
            (Field::StatusDay, "2025-06-01"),
            (Field::StatusDocument, "示例撤〔2025〕1号"),
            (Field::StatusReason, "示例原因"),
        ] {
            form.set(field, value);
        }
        let id = office.assign(&form).await.certificate;
        let revoked = office.by_id(id).await.status;
        assert_eq!((revoked.word(), revoked.since()), (StatusWord::Revoked, Some(day("2025-06-01"))));
        office.act(id, StatusAct::Cancel).await.unwrap();
        office.act(id, StatusAct::Lift).await.unwrap();
        assert_eq!(office.by_id(id).await.status, revoked);
    })
    .await;
}

#[tokio::test]
async fn an_annulled_renewal_gives_its_predecessor_back_as_it_was() {
    on_both(async |t| {
        let office = office(&t.db).await.with_suspension().await;
        for (n, suspended) in [(1, false), (2, true)] {
            let old = format!("20271205000{n}");
            let before = office.assign(&takeover(&old)).await;
            if suspended {
                office.act(before.certificate, StatusAct::Suspend).await.unwrap();
            }
            let status = office.by_id(before.certificate).await.status;
            for turn in 0..2 {
                let after = office.assign(&renewal(&format!("2627120502{n}{turn}"), &old)).await;
                let superseded = office.by_id(before.certificate).await;
                assert_eq!(superseded.status.word(), StatusWord::Superseded);
                assert_eq!(superseded.successor, Some(after.certificate));
                office.act(after.certificate, StatusAct::Annul).await.unwrap();
                let back = office.by_id(before.certificate).await;
                assert_eq!((back.status, back.successor), (status.clone(), None));
            }
            let word = if suspended { VerdictWord::Suspended } else { VerdictWord::Valid };
            assert_eq!(office.word(&before.number, day("2026-11-22")).await, word);
        }
    })
    .await;
}

#[tokio::test]
async fn a_first_grant_after_a_revocation_is_warned_of_until_the_revocation_is_lifted() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let id = office.assign(&first(1)).await.certificate;
        let warned = async || {
            let judged = office.app.check_form(&office.ctx, &first(2)).await.unwrap();
            assert!(judged.draft.is_some());
            judged.problems.iter().any(|p| p.code == "banned")
        };
        assert!(!warned().await);
        // 撤销 is followed by 注销 as a formality; lifting takes them back one by one.
        for (act, banned) in [
            (StatusAct::Revoke, true),
            (StatusAct::Cancel, true),
            (StatusAct::Lift, true),
            (StatusAct::Lift, false),
            (StatusAct::Cancel, false),
        ] {
            office.act(id, act).await.unwrap();
            assert_eq!(warned().await, banned, "{act:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_batch_assigned_by_mistake_is_annulled_whole_once() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let kept = office.assign(&first(9)).await;
        let (old, new) = ("202712050005", "262712050006");
        let forms = [first(1), takeover(old), renewal(new, old)];
        let batch = office.import(csv(&forms), Extent::Whole).await;
        let order = decision(StatusAct::Annul, office.app.today());
        assert_eq!(office.app.annul_batch(&office.ctx, batch.id, &order).await.unwrap(), 3);
        for number in [old, new] {
            assert_eq!(office.head(number).await.status.word(), StatusWord::Annulled, "{number}");
        }
        assert_eq!(office.app.annul_batch(&office.ctx, batch.id, &order).await.unwrap(), 0);
        assert_eq!(office.by_id(kept.certificate).await.status, Status::Valid);
        let foreign = actor(THEIRS, Role::Administrator, 3);
        let hidden = office.app.annul_batch(&foreign, batch.id, &order).await;
        assert!(matches!(hidden, Err(AppError::NotFound)));
    })
    .await;
}

#[tokio::test]
async fn the_national_authority_revokes_and_lifts_but_does_nothing_else_for_a_province() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let written = office.assign(&first(1)).await;
        let id = written.certificate;
        let national = actor(NATIONAL, Role::Supervision, 4);
        let cancel = office.app.act(&national, id, &decision(StatusAct::Cancel, office.app.today())).await;
        assert!(matches!(cancel, Err(AppError::Refused { .. })), "{cancel:?}");
        office.app.act(&national, id, &decision(StatusAct::Revoke, office.app.today())).await.unwrap();
        assert_eq!(office.word(&written.number, day("2026-11-22")).await, VerdictWord::Revoked);
        let events = office.app.certificate(&office.ctx, id).await.unwrap().events;
        let last = events.last().unwrap();
        assert_eq!((last.kind, last.authority), (EventKind::Revoke, Some(OURS.0)), "the issuer sees it");
        assert_eq!(last.actor, "account:4");
        office.app.act(&national, id, &decision(StatusAct::Lift, office.app.today())).await.unwrap();
        let national = actor(NATIONAL, Role::Licensing, 4);
        let annul = office.app.act(&national, id, &decision(StatusAct::Annul, office.app.today())).await;
        assert!(annul.is_err());
    })
    .await;
}

#[tokio::test]
async fn another_province_does_not_know_of_it() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let id = office.assign(&numbered(1, "262712050001")).await.certificate;
        let draft = office.app.create_draft(&office.ctx, &first(2)).await.unwrap();
        let batch = office.preview(csv(&[first(3)])).await.id;
        let foreign = actor(THEIRS, Role::Licensing, 3);
        let hidden = |outcome: Result<()>| assert!(matches!(outcome, Err(AppError::NotFound)), "{outcome:?}");
        let app = &office.app;
        let revoke = decision(StatusAct::Revoke, app.today());
        hidden(app.act(&foreign, id, &revoke).await.map(drop));
        hidden(app.certificate(&foreign, id).await.map(drop));
        hidden(app.content(&foreign, id, 1).await.map(drop));
        hidden(app.start_change(&foreign, id, domain::Kinds::parse("名称变更").unwrap()).await.map(drop));
        hidden(app.certificate_by_number(&foreign, &Number::parse("262712050001").unwrap()).await.map(drop));
        hidden(app.draft(&foreign, draft).await.map(drop));
        hidden(app.assign_draft(&foreign, draft).await.map(drop));
        hidden(app.batch(&foreign, batch).await.map(drop));
        hidden(app.commit_batch(&foreign, batch, Extent::Good).await);
        let mut form = numbered(1, "262712050001");
        form.set(Field::Kind, "名称变更");
        form.set(Field::BodyName, "示例更名检测有限公司");
        let change = app.assign_form(&foreign, &form).await;
        assert!(matches!(change, Err(AppError::Invalid(_))), "{change:?}");
        assert_eq!(office.by_id(id).await.edition, 1);
    })
    .await;
}

#[tokio::test]
async fn the_issuer_is_told_on_the_desk_what_its_superior_did_and_of_nothing_else() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let administrator = actor(NATIONAL, Role::Administrator, 0);
        let new = app::NewAccount {
            login: "guojia".into(),
            name: "李示例".into(),
            authority: NATIONAL,
            role: Role::Supervision,
        };
        let account = office.app.create_account(&administrator, new).await.unwrap().account.0;
        let national = actor(NATIONAL, Role::Supervision, account);
        let (own, theirs) = (office.assign(&first(1)).await, office.assign(&first(2)).await);
        office.act(own.certificate, StatusAct::Revoke).await.unwrap();
        let today = office.app.today();
        office.app.act(&national, theirs.certificate, &decision(StatusAct::Revoke, today)).await.unwrap();
        let letters = async |ctx: &Ctx| office.app.desk(ctx).await.unwrap().letters;
        let told = letters(&office.ctx).await;
        assert_eq!(told.len(), 1, "what the authority did itself is no news to it: {told:?}");
        let it = &told[0];
        assert_eq!((it.kind, it.by, &it.number), (EventKind::Revoke, NATIONAL, &theirs.number));
        assert_eq!((it.document.as_str(), it.body_name.as_str()), ("示例决〔2026〕1号", "示例检测有限公司"));
        assert_eq!((it.effective, it.certificate), (today, theirs.certificate));
        assert_eq!(it.concern, domain::Concern::Superior);
        assert!(
            letters(&national).await.is_empty() && letters(&actor(THEIRS, Role::Viewer, 3)).await.is_empty()
        );
        office.app.act(&national, theirs.certificate, &decision(StatusAct::Lift, today)).await.unwrap();
        let kinds: Vec<_> = letters(&office.ctx).await.into_iter().map(|it| it.kind).collect();
        assert_eq!(kinds, [EventKind::Lift, EventKind::Revoke], "newest first");
        office.app.mark_read_up_to(&office.ctx, told[0].at).await.unwrap();
        assert_eq!(letters(&office.ctx).await.len(), 1, "what was read is no news");
    })
    .await;
}
