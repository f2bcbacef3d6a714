//! Notifications: what happens to the certificates of an authority is told to its systems, signed, until they take it.

use super::*;
use app::stored::{DeliveryState, Position};
use app::{ClientSpec, HookInfo, HookSpec, NewHook, Outgoing, Receipt};
use domain::{EventKind, Grants, HookId};
use serde_json::Value;
use store::testing::on_both;

const TAKEN: Receipt = Receipt::Answered(204);
const BROKEN: Receipt = Receipt::Answered(500);

fn admin(authority: AuthorityId) -> Ctx {
    actor(authority, Role::Administrator, 9)
}

fn spec(kinds: &[EventKind]) -> HookSpec {
    let url = "https://notify.example.cn/fuma?key=1".into();
    HookSpec { url, kinds: kinds.to_vec(), ..HookSpec::default() }
}

impl Office {
    async fn hook(&self, authority: AuthorityId, kinds: &[EventKind]) -> HookId {
        self.made(authority, kinds).await.id
    }

    async fn made(&self, authority: AuthorityId, kinds: &[EventKind]) -> NewHook {
        let name = "示例审批系统".into();
        let client = ClientSpec { name, grants: Grants::all(), ..ClientSpec::default() };
        let client = self.app.create_client(&admin(authority), authority, &client).await.unwrap();
        self.app.create_hook(&admin(authority), client, &spec(kinds)).await.unwrap()
    }

    async fn info(&self, id: HookId) -> HookInfo {
        self.app.hook(&admin(OURS), id).await.unwrap()
    }

    /// What is to be sent now.
    async fn due(&self) -> Vec<Outgoing> {
        while self.app.follow_hooks().await.unwrap() {}
        self.app.due_deliveries(9).await.unwrap()
    }

    /// Sends what is due now, each message answered so; how many.
    async fn send(&self, answer: &Receipt) -> usize {
        let mut sent = 0;
        for outgoing in self.due().await {
            let answers = vec![answer.clone(); outgoing.messages.len()];
            self.app.note_deliveries(&outgoing, &answers).await.unwrap();
            sent += answers.len();
        }
        sent
    }

    async fn body_named(&self, id: CertificateId) -> domain::BodyId {
        self.app.certificate(&actor(NATIONAL, Role::Viewer, 4), id).await.unwrap().card.head.body
    }

    async fn states(&self, id: HookId) -> Vec<DeliveryState> {
        let all = self.app.deliveries(&admin(OURS), id, None, None, 99).await.unwrap();
        all.iter().map(|it| it.delivery.state).collect()
    }
}

fn bodies(all: &[Outgoing]) -> Vec<Value> {
    let messages = all.iter().flat_map(|outgoing| &outgoing.messages);
    messages.map(|message| serde_json::from_str(&message.body).unwrap()).collect()
}

#[tokio::test]
async fn an_assignment_is_told_to_the_systems_of_its_authority_and_to_no_other() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let before = office.assign(&first(1)).await;
        let (ours, theirs) = (office.hook(OURS, &[]).await, office.hook(THEIRS, &[]).await);
        assert!(office.due().await.is_empty(), "what was before is not told");
        let written = office.assign(&first(2)).await;
        let sent = office.due().await;
        assert_eq!(sent.iter().map(|it| it.hook).collect::<Vec<_>>(), [ours]);
        assert_eq!(sent[0].url, "https://notify.example.cn/fuma?key=1");
        let told = &bodies(&sent)[0];
        let id = told["id"].as_str().unwrap();
        assert!(id.starts_with(&format!("{ours}-1-")), "{id}");
        assert_eq!((&told["type"], &told["recorded_at"]), (&"assign".into(), &NOW.rfc3339().into()));
        let number = written.number.as_str();
        let expected = serde_json::json!({
            "cursor": told["data"]["cursor"],
            "kind": "assign",
            "kind_text": "赋码",
            "number": number,
            "code": written.code.as_str(),
            "edition": 1,
            "effective": "2026-11-02",
            "recorded_at": NOW.rfc3339(),
            "door": "form",
            "document": "示例许〔2026〕2号",
        });
        assert_eq!(told["data"], expected);
        let headers = &sent[0].messages[0].headers;
        assert_eq!(headers[0], ("webhook-id", id.to_owned()));
        assert_eq!(headers[1].1, (NOW.micros() / 1_000_000).to_string());
        office.app.note_deliveries(&sent[0], &[TAKEN]).await.unwrap();
        assert_eq!(office.states(ours).await, [DeliveryState::Done]);
        assert_eq!(office.info(ours).await.last_done_at, Some(NOW));
        // Acts of others upon our certificates are ours as well; those upon the old one, too.
        office.act(before.certificate, StatusAct::Revoke).await.unwrap();
        let kinds: Vec<_> = bodies(&office.due().await).iter().map(|it| it["type"].clone()).collect();
        assert_eq!(kinds, ["revoke"]);
        let foreign = office.app.deliveries(&admin(OURS), theirs, None, None, 9).await;
        assert!(matches!(foreign, Err(AppError::NotFound)), "{foreign:?}");
        let none = office.app.deliveries(&admin(THEIRS), theirs, None, None, 9).await.unwrap();
        assert!(none.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_hook_is_told_of_the_kinds_it_asked_for_and_of_nothing_that_is_no_certificate() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let some = office.hook(OURS, &[EventKind::Annul, EventKind::Revoke]).await;
        let written = office.assign(&first(1)).await;
        office.app.create_draft(&office.ctx, &first(2)).await.unwrap();
        office.act(written.certificate, StatusAct::Revoke).await.unwrap();
        office.act(written.certificate, StatusAct::Lift).await.unwrap();
        let told: Vec<_> = bodies(&office.due().await).iter().map(|it| it["type"].clone()).collect();
        assert_eq!(told, ["revoke"]);
        assert_eq!(office.info(some).await.waiting, 1);
        let wrong = office.app.set_hook(&admin(OURS), some, &spec(&[EventKind::DraftSave])).await;
        assert!(matches!(wrong, Err(AppError::Refused { .. })));
    })
    .await;
}

#[tokio::test]
async fn what_is_not_taken_is_tried_for_a_day_then_given_up_and_sent_again_when_asked() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let hook = office.hook(OURS, &[]).await;
        office.assign(&first(1)).await;
        assert_eq!(office.send(&BROKEN).await, 1);
        office.clock.advance(59);
        assert_eq!(office.send(&BROKEN).await, 0, "the second try is a minute later");
        office.clock.advance(1);
        assert_eq!(office.send(&Receipt::Failed("连不上对方".into())).await, 1);
        for (wait, state) in [
            (5 * 60, DeliveryState::Waiting),
            (30 * 60, DeliveryState::Waiting),
            (2 * 3_600, DeliveryState::Waiting),
            (5 * 3_600, DeliveryState::Waiting),
            (8 * 3_600, DeliveryState::Waiting),
            (8 * 3_600, DeliveryState::Dead),
        ] {
            office.clock.advance(wait - 1);
            assert_eq!(office.send(&BROKEN).await, 0);
            office.clock.advance(1);
            assert_eq!(office.send(&BROKEN).await, 1, "{wait}");
            assert_eq!(office.states(hook).await, [state], "{wait}");
        }
        office.clock.advance(7 * 86_400);
        assert_eq!(office.send(&TAKEN).await, 0, "it was given up");
        let dead =
            office.app.deliveries(&admin(OURS), hook, Some(DeliveryState::Dead), None, 9).await.unwrap();
        let it = &dead[0].delivery;
        assert_eq!((it.attempts, it.status, it.message.as_str()), (8, Some(500), "对方答复 500"));
        assert_eq!(office.info(hook).await.dead, 1);
        assert_eq!(office.app.resend(&admin(OURS), hook, None).await.unwrap(), 1);
        let none = office.app.resend(&admin(OURS), hook, None).await;
        assert!(matches!(none, Err(AppError::Refused { .. })), "{none:?}");
        assert_eq!(office.send(&BROKEN).await, 1);
        assert_eq!(office.states(hook).await, [DeliveryState::Waiting], "a day of its own begins");
        office.clock.advance(60);
        assert_eq!(office.send(&TAKEN).await, 1);
        assert_eq!(office.app.resend(&admin(OURS), hook, Some(it.at)).await.unwrap(), 1);
        assert_eq!(office.send(&TAKEN).await, 1, "one that was taken is sent again as well");
        let unknown = Position { epoch: 1, number: 999 };
        assert!(office.app.resend(&admin(OURS), hook, Some(unknown)).await.is_err());
        let log = office.app.events(&admin(OURS), None, None).await.unwrap();
        assert_eq!(log.iter().filter(|event| event.kind == EventKind::HookResend).count(), 2);
    })
    .await;
}

#[tokio::test]
async fn what_a_node_left_behind_is_sent_by_another_and_nothing_is_sent_by_two_at_once() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let hook = office.hook(OURS, &[]).await;
        let other = node(&t.db, &office.clock).await;
        office.assign(&first(1)).await;
        office.assign(&first(2)).await;
        let (a, b) = tokio::join!(office.app.follow_hooks(), other.follow_hooks());
        assert!(!a.unwrap() && !b.unwrap());
        // A node that dies here has moved the hook on and queued what it is told of, or neither.
        let left = other.due_deliveries(9).await.unwrap();
        assert_eq!(left[0].messages.len(), 2);
        assert!(office.due().await.is_empty(), "the other node has a minute");
        office.clock.advance(61);
        let taken = office.due().await;
        assert_eq!(bodies(&taken), bodies(&left), "the same ids, so that the receiver knows them again");
        office.app.note_deliveries(&taken[0], &[TAKEN, BROKEN]).await.unwrap();
        assert_eq!(office.states(hook).await, [DeliveryState::Waiting, DeliveryState::Done]);
        // The dead node was only slow: what it says now of messages that were settled changes nothing.
        other.note_deliveries(&left[0], &[TAKEN, TAKEN]).await.unwrap();
        assert_eq!(office.states(hook).await, [DeliveryState::Waiting, DeliveryState::Done]);
        assert_eq!(office.info(hook).await.failures, 1);
    })
    .await;
}

#[tokio::test]
async fn a_receiver_that_is_gone_is_told_nothing_more_until_it_is_enabled_again() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let hook = office.hook(OURS, &[]).await;
        office.assign(&first(1)).await;
        assert_eq!(office.send(&Receipt::Answered(410)).await, 1);
        assert!(office.info(hook).await.spec.disabled);
        let log = office.app.events(&admin(OURS), None, None).await.unwrap();
        assert_eq!((log[0].kind, log[0].actor.as_str()), (EventKind::HookSet, "system"));
        assert!(!String::from_utf8_lossy(&log[0].body).contains("key=1"), "a query may hold a password");
        office.assign(&first(2)).await;
        office.clock.advance(3_600);
        assert_eq!(office.send(&TAKEN).await, 0);
        office.app.set_hook(&admin(OURS), hook, &spec(&[])).await.unwrap();
        assert_eq!(office.send(&TAKEN).await, 1, "what happened meanwhile is told");
        assert_eq!(office.states(hook).await, [DeliveryState::Done, DeliveryState::Dead]);
    })
    .await;
}

#[tokio::test]
async fn a_hook_is_kept_by_those_who_dock_and_its_address_is_checked() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let made = office.made(OURS, &[]).await;
        assert!(made.secret.reveal().starts_with("whsec_") && made.secret.reveal().len() == 50);
        let set = async |ctx: &Ctx, spec: &HookSpec| office.app.set_hook(ctx, made.id, spec).await;
        let inside = HookSpec { url: "http://10.0.0.7/fuma".into(), ..spec(&[]) };
        let Err(AppError::Refused { message, hint }) = set(&admin(OURS), &inside).await else { panic!() };
        assert!(message.contains("内网") && hint.contains("hook_private"));
        assert!(set(&actor(OURS, Role::Integration, 8), &spec(&[])).await.is_ok());
        assert!(matches!(set(&office.ctx, &spec(&[])).await, Err(AppError::Forbidden)));
        assert!(matches!(set(&admin(THEIRS), &spec(&[])).await, Err(AppError::NotFound)));
        assert!(matches!(set(&admin(NATIONAL), &spec(&[])).await, Err(AppError::Forbidden)));
        assert_eq!(office.app.hooks(&admin(NATIONAL), None).await.unwrap().len(), 1);
        assert!(office.app.hooks(&admin(THEIRS), None).await.unwrap().is_empty());
        let viewer = actor(OURS, Role::Viewer, 7);
        assert!(matches!(office.app.hooks(&viewer, None).await, Err(AppError::Forbidden)));
    })
    .await;
}

#[tokio::test]
async fn acts_of_others_are_told_to_the_addresses_that_asked_for_them_and_say_whom_they_concern() {
    on_both(async |t| {
        let office = office(&t.db).await;
        // 陕西 issued to the body, and so did the other authority, which suspends nothing but revokes.
        let ours = office.assign(&first(1)).await.certificate;
        let theirs = crate::link::assigned(&office, THEIRS, &first(2)).await;
        assert_eq!(office.by_id(ours).await.body, office.body_named(theirs).await);
        let (silent, told) = (office.hook(OURS, &[]).await, office.hook(OURS, &[EventKind::Revoke]).await);
        let asked = HookSpec { others: true, ..spec(&[EventKind::Revoke]) };
        office.app.set_hook(&admin(OURS), told, &asked).await.unwrap();
        assert!(office.info(told).await.spec.others && !office.info(silent).await.spec.others);
        let revoke = decision(StatusAct::Revoke, office.app.today());
        office.app.act(&actor(THEIRS, Role::Supervision, 3), theirs, &revoke).await.unwrap();
        let sent = office.due().await;
        assert_eq!(
            sent.iter().map(|it| it.hook).collect::<Vec<_>>(),
            [told],
            "who did not ask sees nothing new"
        );
        let notice = &bodies(&sent)[0];
        assert_eq!((&notice["type"], &notice["data"]["concerning"]), (&"revoke".into(), &"body".into()));
        for of_the_issuer in ["code", "edition", "record_id"] {
            assert!(notice["data"].get(of_the_issuer).is_none(), "{of_the_issuer} is the issuer's own");
        }
        assert!(notice["data"]["authority"].as_str().is_some_and(|name| !name.is_empty()));
        let stream = office.app.changes(&office.ctx, app::Cursor::START, 99).await.unwrap().unwrap();
        let entry = stream.events.iter().find(|entry| entry.concern.is_some()).unwrap();
        assert_eq!(serde_json::to_value(entry).unwrap(), notice["data"], "the same as in the change stream");
        for outgoing in &sent {
            office.app.note_deliveries(outgoing, &vec![TAKEN; outgoing.messages.len()]).await.unwrap();
        }
        // Its own acts come as before, in one line with those of others.
        office.act(ours, StatusAct::Revoke).await.unwrap();
        let mut kinds: Vec<_> = office.due().await.iter().map(|it| it.hook).collect();
        kinds.sort_unstable();
        assert_eq!(kinds, [silent, told]);
        assert!(!office.app.follow_hooks().await.unwrap());
    })
    .await;
}
