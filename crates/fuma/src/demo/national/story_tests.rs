//! A thousandth of the country in a registry, asked as the public and the officers ask.

use super::tests::country;
use super::*;
use crate::testing::{Caller, OURS, Town};
use app::stored::Filter;
use app::{Asked, Callers, Ctx, Populated};
use domain::{AccountId, Actor, Door, EventKind, Identity, Level, Role, StatusWord, VerdictWord};

/// A licensing officer of each authority.
fn callers() -> Callers {
    let caller = |n: i64| {
        let level = if n == 1 { Level::National } else { Level::Provincial };
        let actor =
            Actor::Account { id: AccountId(n), authority: AuthorityId(n), level, role: Role::Licensing };
        let ctx = Ctx { actor, door: Door::Command, request_id: "t".into(), source: "tty".into() };
        (AuthorityId(n), ctx)
    };
    (1..=AUTHORITIES as i64).map(caller).collect()
}

async fn fill(town: &Town, callers: &Callers, country: National) -> app::Result<Populated> {
    let (send, mut parcels) = tokio::sync::mpsc::channel(1);
    let maker = std::thread::spawn(move || country.parcels(|parcel| send.blocking_send(parcel).is_ok()));
    let done = town.app.populate(callers, "示例", &mut parcels, &|_| {}).await;
    drop(parcels);
    maker.join().unwrap();
    done
}

/// What the registry says of a certificate is what was made, and hangs together.
async fn stands(town: &Town, country: &National, at: usize) {
    let (made, slot) = (country.certificate(at), country.plan.slots[at]);
    let app = &town.app;
    let verified = app.verify_uncounted(&Asked::Number(made.number.clone()), app.today()).await.unwrap();
    let shown = verified.certificate.unwrap();
    let word = verified.verdict.word();
    match (slot.renewed, made.status.word()) {
        (true, _) => assert_eq!(word, VerdictWord::Superseded, "certificate {at}"),
        (false, StatusWord::Valid) => {
            assert!(matches!(word, VerdictWord::Valid | VerdictWord::Expired), "{word:?}")
        }
        (false, _) => assert!(!matches!(word, VerdictWord::Valid | VerdictWord::Expired), "{word:?}"),
    }
    let next =
        country.plan.slots.get(at + 1).filter(|_| slot.renewed).map(|_| country.certificate(at + 1).number);
    assert_eq!(shown.successor.as_ref().map(|(number, _)| number), next.as_ref());
    assert_eq!(shown.previous, made.content.face.previous_number);
    let excerpt = shown.excerpt().unwrap();
    assert_eq!(excerpt.body_name, made.content.face.body_name);
    assert_eq!(excerpt.total as usize, made.content.capabilities.len());
    let life: Vec<EventKind> = shown.life(&excerpt).iter().map(|step| step.kind).collect();
    let expected: &[EventKind] =
        if slot.renewed { &[EventKind::Succeed, EventKind::Assign] } else { &[EventKind::Assign] };
    assert_eq!(life, expected);
    let (_, rows, total) = app.public_capabilities(&made.number, app.today(), "", (1, 30_000)).await.unwrap();
    assert_eq!((rows.len() as u64, rows), (total, made.content.capabilities.clone()));
    let by_code = app.verify_uncounted(&Asked::Code(made.code), app.today()).await.unwrap();
    assert_eq!(by_code.certificate.unwrap().number, made.number);
    let ctx = town.ctx(Caller::NationalLicensing).await;
    let id = app.certificate_by_number(&ctx, &made.number).await.unwrap();
    assert_eq!(app.content(&ctx, id, 1).await.unwrap(), made.content);
    let detail = app.certificate(&ctx, id).await.unwrap();
    let identity = Identity { number: &made.number, code: made.code, edition: 1 };
    assert_eq!(detail.editions[0].digest, made.content.digest(&identity));
    assert_eq!(detail.card.head.food, made.content.face.food);
    let event = &detail.events[0];
    assert_eq!(event.kind, EventKind::Assign);
    assert_eq!(
        (event.detail("number"), event.detail("code")),
        (made.number.to_string(), made.code.to_string())
    );
    let rows = app.rows(&ctx, id, 1).await.unwrap();
    let mut persons: Vec<i64> =
        rows.signatories.iter().map(|s| s.person.0).chain(rows.staff.iter().map(|s| s.person.0)).collect();
    persons.sort_unstable();
    persons.dedup();
    assert_eq!(persons.len(), slot.people, "every person has a key of his own");
}

#[tokio::test]
async fn a_country_that_was_written_answers_like_one_that_was_assigned() {
    let town = Town::open().await;
    let callers = callers();
    let done = fill(&town, &callers, country(1_000, 1)).await.unwrap();
    let country = country(1_000, 1);
    let renewed = country.plan.slots.iter().filter(|slot| slot.renewed).count() as u64;
    assert_eq!((done.bodies, done.certificates, done.succeeded), (55, 120, renewed));
    assert_eq!((done.capabilities, done.instruments, done.signatories + done.staff), (25_000, 10_000, 1_500));
    assert_eq!(done.events, 120 + renewed);
    for at in (0..120).step_by(7) {
        stands(&town, &country, at).await;
    }
    // Lists and counts.
    let national = town.ctx(Caller::NationalLicensing).await;
    let all = town.app.certificates(&national, &Filter::default(), None, 500).await.unwrap();
    assert_eq!((all.total, all.rows.len()), (120, 120));
    let superseded = Filter { status: Some(StatusWord::Superseded), ..Filter::default() };
    assert_eq!(town.app.count_certificates(&national, &superseded).await.unwrap(), renewed);
    let ours = town.ctx(Caller::Licensing).await;
    let expected =
        country.plan.slots.iter().filter(|slot| country.authorities[slot.aa] == OURS).count() as u64;
    assert_eq!(town.app.count_certificates(&ours, &Filter::default()).await.unwrap(), expected);
    assert_eq!(town.app.fill_excerpts().await.unwrap(), 0, "every certificate has its excerpt");
    // The counters stand above the numbers that were given.
    for (authority, ctx) in &callers {
        for counter in town.app.counters(ctx).await.unwrap() {
            let of_year = |slot: &&plan::Slot| {
                country.authorities[slot.aa] == *authority
                    && counter.key.starts_with(&format!("{:02}", slot.issued.year() % 100))
            };
            let highest = country.plan.slots.iter().filter(of_year).map(|slot| slot.serial).max();
            assert_eq!(Some(counter.next), highest.map(|serial| u32::from(serial) + 1), "{}", counter.key);
        }
    }
    let again = fill(&town, &callers, self::country(1_000, 1)).await.unwrap_err();
    assert!(again.to_string().contains("这里已有全国演示数据：示例"), "{again}");
}

#[tokio::test]
async fn only_an_empty_registry_of_a_demo_is_filled() {
    let (real, _) = Town::with_sandbox().await;
    let refused = fill(&real, &callers(), country(1_000, 1)).await.unwrap_err();
    assert!(refused.to_string().contains("只能在演示库里"), "{refused}");
    let town = Town::with_certificates().await;
    let refused = fill(&town, &callers(), country(1_000, 1)).await.unwrap_err();
    assert!(refused.to_string().contains("登记库里已有3张证书"), "{refused}");
}

#[tokio::test]
async fn who_may_not_assign_fills_nothing_and_what_broke_off_is_told() {
    let town = Town::open().await;
    let mut wrong = callers();
    if let Some(Ctx { actor: Actor::Account { role, .. }, .. }) = wrong.get_mut(&OURS) {
        *role = Role::Viewer;
    }
    assert!(fill(&town, &wrong, country(1_000, 1)).await.is_err());
    let (send, mut parcels) = tokio::sync::mpsc::channel(1);
    send.send(Parcel::Certificates(Vec::new())).await.unwrap();
    drop(send);
    assert!(town.app.populate(&callers(), "示例", &mut parcels, &|_| {}).await.is_err());
    let again = fill(&town, &callers(), country(1_000, 1)).await.unwrap_err();
    assert!(again.to_string().contains("没有做完"), "{again}");
}
