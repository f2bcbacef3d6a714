//! Joint supervision: what one authority does is told at once to those whom it concerns, in the inbox and in the stream.

use super::link::{assigned, family, lab};
use super::*;
use app::stored::{Letter, Which};
use app::{ChangeEntry, Cursor};
use domain::{ClientId, Concern, EventKind, Grants};
use store::testing::on_both;

/// 北京: a site of the laboratory stands there.
const BEIJING: AuthorityId = AuthorityId(2);
/// 上海: nothing of it.
const SHANGHAI: AuthorityId = AuthorityId(10);

fn officer(authority: AuthorityId) -> Ctx {
    actor(authority, Role::Supervision, authority.0 + 100)
}

async fn letters(office: &Office, authority: AuthorityId) -> Vec<Letter> {
    office.app.inbox(&officer(authority), Which::All, None, 50).await.unwrap()
}

async fn told(office: &Office, authority: AuthorityId) -> Vec<(EventKind, Concern)> {
    letters(office, authority).await.iter().map(|it| (it.kind, it.concern)).collect()
}

/// The stream as a system of an authority reads it, a page of one entry at a time.
async fn stream(office: &Office, authority: AuthorityId) -> Vec<ChangeEntry> {
    let grants = Grants::parse("read").unwrap();
    let actor = Actor::Client { id: ClientId(authority.0), authority, grants };
    let ctx = Ctx { actor, door: Door::Interface, ..officer(authority) };
    let (mut cursor, mut all) = (Cursor::START, Vec::new());
    loop {
        let page = office.app.changes(&ctx, cursor, 1).await.unwrap().unwrap();
        if page.events.is_empty() {
            return all;
        }
        cursor = Cursor::parse(&page.next).unwrap();
        all.extend(page.events);
    }
}

#[tokio::test]
async fn an_act_is_in_the_inbox_of_those_it_concerns_at_once_and_of_nobody_else() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let family = family(&office).await;
        office.act(family.ours, StatusAct::Revoke).await.unwrap();
        assert_eq!(told(&office, BEIJING).await, [(EventKind::Revoke, Concern::Site)]);
        assert_eq!(told(&office, THEIRS).await, [(EventKind::Revoke, Concern::Sister)]);
        for nobody in [OURS, SHANGHAI, NATIONAL] {
            assert_eq!(told(&office, nobody).await, []);
        }
        let it = &letters(&office, BEIJING).await[0];
        assert_eq!((it.by, it.issuer, it.body), (OURS, OURS, family.body));
        assert_eq!((it.document.as_str(), it.effective), ("示例决〔2026〕1号", office.app.today()));

        // With the certificate ended nothing of it stands there any more; what one was told of can still be opened.
        let seen = office.app.certificate_seen(&officer(BEIJING), family.ours).await.unwrap();
        assert_eq!(seen.ground, domain::Ground::Told);
        office.app.body(&officer(BEIJING), family.body, "").await.unwrap();
        office.app.certificate_seen(&officer(THEIRS), family.ours).await.unwrap();

        // What takes it back reaches the same.
        office.act(family.ours, StatusAct::Lift).await.unwrap();
        assert_eq!(told(&office, BEIJING).await[0], (EventKind::Lift, Concern::Site));
        assert_eq!(told(&office, THEIRS).await[0], (EventKind::Lift, Concern::Sister));
        assert_eq!(told(&office, SHANGHAI).await, []);
    })
    .await;
}

#[tokio::test]
async fn every_act_of_supervision_is_told_and_a_wrong_assignment_is_not() {
    on_both(async |t| {
        let office = office(&t.db).await.with_suspension().await;
        let id = office.assign(&lab(1, "样张集团西安实验室", "610113")).await.certificate;
        assigned(&office, SHANGHAI, &lab(2, "样张集团西安实验室", "610113")).await;
        for act in
            [StatusAct::Suspend, StatusAct::Resume, StatusAct::Withdraw, StatusAct::Lift, StatusAct::Void]
        {
            office.act(id, act).await.unwrap();
        }
        office.act(id, StatusAct::Lift).await.unwrap();
        office.act(id, StatusAct::Cancel).await.unwrap();
        let kinds: Vec<_> = told(&office, SHANGHAI).await.into_iter().rev().collect();
        use EventKind::*;
        let expected = [Suspend, Resume, Withdraw, Lift, Void, Lift, Cancel].map(|it| (it, Concern::Body));
        assert_eq!(kinds, expected);
        let wrong = office.assign(&lab(3, "样张集团西安实验室", "610113")).await.certificate;
        office.act(wrong, StatusAct::Annul).await.unwrap();
        assert_eq!(told(&office, SHANGHAI).await.len(), 7);
        // An act that was refused tells nobody.
        assert!(office.act(id, StatusAct::Suspend).await.is_err());
        assert_eq!(told(&office, SHANGHAI).await.len(), 7);
    })
    .await;
}

#[tokio::test]
async fn the_nation_acts_as_superior_and_issuer_and_neighbours_learn_of_it() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let family = family(&office).await;
        let nation = officer(NATIONAL);
        let revoke = decision(StatusAct::Revoke, office.app.today());
        office.app.act(&nation, family.ours, &revoke).await.unwrap();
        assert_eq!(told(&office, OURS).await, [(EventKind::Revoke, Concern::Superior)]);
        assert_eq!(told(&office, BEIJING).await, [(EventKind::Revoke, Concern::Site)]);
        assert_eq!(letters(&office, BEIJING).await[0].by, NATIONAL);
        assert_eq!(told(&office, NATIONAL).await, []);
    })
    .await;
}

#[tokio::test]
async fn letters_are_marked_for_the_whole_authority_with_who_and_when() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let family = family(&office).await;
        for act in [StatusAct::Revoke, StatusAct::Lift, StatusAct::Cancel] {
            office.act(family.ours, act).await.unwrap();
        }
        let (app, reader) = (&office.app, officer(BEIJING));
        let all = letters(&office, BEIJING).await;
        assert_eq!(app.unread(&reader).await.unwrap(), 3);
        let viewer = actor(BEIJING, Role::Viewer, 9);
        assert!(matches!(app.mark_read(&viewer, all[0].at).await, Err(AppError::Forbidden)));
        assert_eq!(app.inbox(&viewer, Which::Unread, None, 9).await.unwrap().len(), 3, "he reads them");
        let foreign = app.mark_read(&officer(SHANGHAI), all[0].at).await;
        assert!(matches!(foreign, Err(AppError::NotFound)));

        let before = app.events(&office.ctx, None, None).await.unwrap().len();
        app.mark_read(&reader, all[2].at).await.unwrap();
        assert!(matches!(app.mark_read(&reader, all[2].at).await, Err(AppError::NotFound)), "once");
        assert_eq!(app.mark_read_up_to(&reader, all[1].at).await.unwrap(), 1);
        assert_eq!(app.unread(&reader).await.unwrap(), 1);
        let (at, by) = letters(&office, BEIJING).await[2].read.unwrap();
        assert_eq!((at, by), (app.now(), AccountId(BEIJING.0 + 100)));
        assert_eq!(app.desk(&reader).await.unwrap().unread, 1);
        let events = app.events(&reader, None, None).await.unwrap();
        assert!(events.is_empty(), "reading is no event: {events:?}");
        assert_eq!(app.events(&office.ctx, None, None).await.unwrap().len(), before);
        assert_eq!(app.unread(&officer(THEIRS)).await.unwrap(), 3, "of another authority nothing is marked");
    })
    .await;
}

#[tokio::test]
async fn the_stream_tells_the_same_acts_in_one_order_with_what_happened_at_home() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let family = family(&office).await;
        office.act(family.ours, StatusAct::Revoke).await.unwrap();
        let own = actor(THEIRS, Role::Licensing, 3);
        let cancel = decision(StatusAct::Cancel, office.app.today());
        office.app.act(&own, family.theirs, &cancel).await.unwrap();
        office.act(family.ours, StatusAct::Lift).await.unwrap();

        let entries = stream(&office, THEIRS).await;
        let kinds: Vec<_> =
            entries.iter().map(|it| (it.kind, it.concern.as_ref().map(|it| it.concerning))).collect();
        let expected =
            [("assign", None), ("revoke", Some("sister")), ("cancel", None), ("lift", Some("sister"))];
        assert_eq!(kinds, expected);
        let ours = office.by_id(family.ours).await;
        let told = serde_json::to_value(&entries[1]).unwrap();
        assert_eq!(told["number"], ours.number.to_string());
        assert_eq!(told["authority"], "陕西省市场监督管理局");
        assert_eq!(told["body_name"], "样张集团西安实验室");
        assert_eq!(told["parent_uscc"], OTHER_USCC);
        assert_eq!(told["document"], "示例决〔2026〕1号");
        for issuers in ["code", "record_id", "edition"] {
            assert!(told.get(issuers).is_none(), "{issuers} is the issuer's");
        }
        assert!(!told.to_string().contains(ours.code.as_str()));
        let at_home = serde_json::to_value(&entries[2]).unwrap();
        assert!(at_home["code"].is_string() && at_home.get("concerning").is_none());

        let beijing: Vec<_> = stream(&office, BEIJING).await.iter().map(|it| it.kind).collect();
        assert_eq!(beijing, ["revoke", "cancel", "lift"], "and what befell the sister of its own");
        assert!(stream(&office, SHANGHAI).await.is_empty());
        // The issuer's own stream tells each act once.
        let ours: Vec<_> = stream(&office, OURS).await.iter().map(|it| it.kind).collect();
        assert_eq!(ours.iter().filter(|kind| **kind == "revoke").count(), 1);
    })
    .await;
}
