//! Keys of systems and the signatures made with them: who may set them, when they are good, and that each request is taken
//! once.

use super::*;
use app::{
    ClientSpec, IssuedKey, SignatureAlgorithm, SignatureError, SignatureInput, SigningKey, StoreError,
};
use domain::{ClientId, EventKind, Grants, Object, Secret};
use store::testing::on_both;

/// Of no meaning but 32 bytes long.
const PRIVATE: &str = "0101010101010101010101010101010101010101010101010101010101010101";
const BASE: &[u8] = b"\"@method\": POST";

struct Signer {
    client: ClientId,
    key_id: String,
    key: SigningKey,
    app: Arc<App>,
}

fn administrator() -> Ctx {
    actor(OURS, Role::Administrator, 9)
}

async fn system(office: &Office) -> ClientId {
    let spec = ClientSpec {
        name: "示例审批系统".into(),
        grants: Grants::all(),
        signing: true,
        ..ClientSpec::default()
    };
    office.app.create_client(&administrator(), OURS, &spec).await.unwrap()
}

/// The system as it calls.
fn calling(client: ClientId) -> Ctx {
    let actor = Actor::Client { id: client, authority: OURS, grants: Grants::all() };
    Ctx { actor, door: Door::Interface, request_id: "t".into(), source: "192.0.2.7".into() }
}

/// A key pair, or a shared key, and what the registry gives for it.
async fn signer(office: &Office, client: ClientId, algorithm: SignatureAlgorithm) -> Signer {
    let own = Secret::new(PRIVATE.into());
    let own = (!algorithm.is_shared()).then(|| SigningKey::parse(algorithm, &own).unwrap());
    let public = own.as_ref().and_then(SigningKey::public);
    let issued: IssuedKey =
        office.app.create_key(&administrator(), client, algorithm, public.as_deref()).await.unwrap();
    assert_eq!(issued.shared.is_some(), algorithm.is_shared());
    let shared = issued.shared.map(|secret| SigningKey::parse(algorithm, &secret).unwrap());
    let key = own.or(shared).unwrap();
    Signer { client, key_id: issued.key_id, key, app: office.app.clone() }
}

impl Signer {
    fn input(&self, nonce: &str) -> SignatureInput {
        SignatureInput {
            key_id: self.key_id.clone(),
            algorithm: self.key.algorithm().key().into(),
            created: self.app.now().micros() / 1_000_000,
            expires: None,
            nonce: nonce.into(),
            base: BASE.to_vec(),
            signature: self.key.sign(BASE),
        }
    }

    async fn shows(&self, input: &SignatureInput) -> std::result::Result<(), SignatureError> {
        self.app.verify_signature(&calling(self.client), input).await.unwrap()
    }
}

#[tokio::test]
async fn a_signed_request_is_taken_once_with_each_algorithm() {
    on_both(async |t| {
        let office = office(&t.db).await;
        for algorithm in SignatureAlgorithm::ALL {
            let client = system(&office).await;
            let signer = signer(&office, client, algorithm).await;
            let input = signer.input("n-1");
            assert_eq!(signer.shows(&input).await, Ok(()), "{}", algorithm.key());
            assert_eq!(signer.shows(&input).await, Err(SignatureError::NonceUsed));
            assert_eq!(signer.shows(&signer.input("n-2")).await, Ok(()));
        }
    })
    .await;
}

#[tokio::test]
async fn of_two_that_bring_the_same_nonce_at_once_one_is_taken() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let client = system(&office).await;
        let signer = signer(&office, client, SignatureAlgorithm::HmacSm3).await;
        let input = signer.input("n-1");
        let (a, b, c) = tokio::join!(signer.shows(&input), signer.shows(&input), signer.shows(&input));
        let taken = [a, b, c].into_iter().filter(std::result::Result::is_ok).count();
        assert_eq!(taken, 1);
    })
    .await;
}

#[tokio::test]
async fn what_is_not_right_about_a_signature_is_told_and_uses_no_nonce_up() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let client = system(&office).await;
        let signer = signer(&office, client, SignatureAlgorithm::HmacSha256).await;
        let good = signer.input("n-1");
        let now = good.created;
        let wrong = |change: &dyn Fn(&mut SignatureInput)| {
            let mut it = good.clone();
            change(&mut it);
            it
        };
        for (input, error) in [
            (wrong(&|it| it.base.push(b' ')), SignatureError::Wrong),
            (wrong(&|it| it.signature[0] ^= 1), SignatureError::Wrong),
            (wrong(&|it| it.signature.clear()), SignatureError::Wrong),
            (wrong(&|it| it.key_id.push('1')), SignatureError::KeyUnknown),
            (wrong(&|it| it.algorithm = "hmac-sm3".into()), SignatureError::AlgorithmDiffers),
            (wrong(&|it| it.created = now - 301), SignatureError::Expired),
            (wrong(&|it| it.created = now + 301), SignatureError::Expired),
            (wrong(&|it| it.expires = Some(now - 1)), SignatureError::Expired),
        ] {
            assert_eq!(signer.shows(&input).await, Err(error), "{input:?}");
            assert!(!error.to_string().is_empty());
        }
        assert_eq!(signer.shows(&good).await, Ok(()), "the nonce was not used up by what was refused");
    })
    .await;
}

#[tokio::test]
async fn a_key_is_good_for_its_own_system_only_and_until_it_is_ended() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let (client, other) = (system(&office).await, system(&office).await);
        let signer = signer(&office, client, SignatureAlgorithm::Ed25519).await;
        let foreign = office.app.verify_signature(&calling(other), &signer.input("n-1")).await.unwrap();
        assert_eq!(foreign, Err(SignatureError::KeyUnknown), "a token and a key of two systems");
        let officer = office.app.verify_signature(&office.ctx, &signer.input("n-1")).await.unwrap();
        assert_eq!(officer, Err(SignatureError::KeyUnknown));
        let app = &office.app;
        let wrong = app.end_key(&administrator(), other, &signer.key_id).await;
        assert!(matches!(wrong, Err(AppError::Store(StoreError::Conflict))), "{wrong:?}");
        assert_eq!(signer.shows(&signer.input("n-1")).await, Ok(()));
        app.end_key(&administrator(), client, &signer.key_id).await.unwrap();
        assert_eq!(signer.shows(&signer.input("n-2")).await, Err(SignatureError::KeyUnknown));
        let again = app.end_key(&administrator(), client, &signer.key_id).await;
        assert!(matches!(again, Err(AppError::Store(StoreError::Conflict))), "{again:?}");
        assert!(app.client_keys(&administrator(), other).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn two_keys_are_good_at_a_time_so_that_a_system_can_change_over() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let client = system(&office).await;
        let old = signer(&office, client, SignatureAlgorithm::HmacSha256).await;
        office.clock.advance(60);
        let new = signer(&office, client, SignatureAlgorithm::Sm2Sm3).await;
        assert_eq!(old.shows(&old.input("n-1")).await, Ok(()));
        assert_eq!(new.shows(&new.input("n-1")).await, Ok(()), "nonces are counted by key");
        let create = async |algorithm, public| {
            office.app.create_key(&administrator(), client, algorithm, public).await
        };
        let third = create(SignatureAlgorithm::HmacSm3, None).await;
        assert!(matches!(third, Err(AppError::Refused { .. })), "{third:?}");
        office.app.end_key(&administrator(), client, &old.key_id).await.unwrap();
        let third = create(SignatureAlgorithm::HmacSm3, None).await.unwrap();
        let public_id = office.app.client(&administrator(), client).await.unwrap().public_id;
        let ids: Vec<_> = [1, 2, 3].map(|n| format!("{public_id}-k{n}")).into();
        assert_eq!([&old.key_id, &new.key_id, &third.key_id], [&ids[0], &ids[1], &ids[2]]);
        let keys = office.app.client_keys(&administrator(), client).await.unwrap();
        let shown: Vec<_> =
            keys.iter().map(|it| (it.key_id.as_str(), it.public.is_some(), it.ended_at.is_some())).collect();
        let mut expected = [(&*ids[1], true, false), (&*ids[2], false, false), (&*ids[0], false, true)];
        expected.sort_unstable();
        let mut found = shown.clone();
        found.sort_unstable();
        assert_eq!(found, expected);
        assert_eq!(shown.last().unwrap().0, ids[0], "newest first");
        assert_eq!(keys.iter().find(|it| it.key_id == ids[1]).unwrap().public, new.key.public());
    })
    .await;
}

#[tokio::test]
async fn a_key_that_fits_no_algorithm_is_refused_with_what_to_do() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let client = system(&office).await;
        let point = "04".to_owned() + &"11".repeat(64);
        for (algorithm, public) in [
            (SignatureAlgorithm::HmacSha256, Some("00")),
            (SignatureAlgorithm::Ed25519, None),
            (SignatureAlgorithm::Ed25519, Some(" ")),
            (SignatureAlgorithm::Ed25519, Some("不是公钥")),
            (SignatureAlgorithm::Sm2Sm3, Some(point.as_str())),
        ] {
            let outcome = office.app.create_key(&administrator(), client, algorithm, public).await;
            let Err(AppError::Refused { message, hint }) = outcome else { panic!("{outcome:?}") };
            assert!(!message.is_empty() && !hint.is_empty());
        }
        assert!(office.app.client_keys(&administrator(), client).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn keys_are_the_administrators_and_leave_events_with_their_names() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let client = system(&office).await;
        let signer = signer(&office, client, SignatureAlgorithm::HmacSm3).await;
        for ctx in [&office.ctx, &actor(OURS, Role::Viewer, 8), &actor(THEIRS, Role::Administrator, 7)] {
            let created = office.app.create_key(ctx, client, SignatureAlgorithm::HmacSm3, None).await;
            assert!(matches!(created, Err(AppError::Forbidden | AppError::NotFound)), "{created:?}");
            let ended = office.app.end_key(ctx, client, &signer.key_id).await;
            assert!(matches!(ended, Err(AppError::Forbidden | AppError::NotFound)), "{ended:?}");
            let listed = office.app.client_keys(ctx, client).await;
            assert!(matches!(listed, Err(AppError::Forbidden | AppError::NotFound)), "{listed:?}");
        }
        assert!(office.app.client_keys(&actor(OURS, Role::Integration, 6), client).await.is_ok());
        office.app.end_key(&administrator(), client, &signer.key_id).await.unwrap();
        let events = store::event::of_object((&t.db).into(), Object::Client, client.0, 9).await.unwrap();
        let kinds: Vec<_> = events.iter().map(|it| it.kind).collect();
        assert_eq!(kinds, [EventKind::ClientSet, EventKind::SecretIssue, EventKind::SecretEnd]);
        for event in &events[1..] {
            let body = String::from_utf8_lossy(&event.body);
            assert!(body.contains(&signer.key_id) && body.contains("hmac-sm3"), "{body}");
            assert_eq!((event.actor.as_str(), event.authority), ("account:9", Some(OURS.0)));
        }
    })
    .await;
}

#[tokio::test]
async fn a_refused_signature_stands_among_the_refusals() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let client = system(&office).await;
        let signer = signer(&office, client, SignatureAlgorithm::HmacSm3).await;
        signer.shows(&signer.input("n-1")).await.unwrap();
        signer.shows(&signer.input("n-1")).await.unwrap_err();
        office.app.note_signature(&calling(client), "signature_missing");
        assert_eq!(office.app.flush_access().await.unwrap(), 2, "what is right is no refusal");
    })
    .await;
}

#[tokio::test]
async fn a_nonce_is_kept_as_long_as_its_signature_could_be_shown_again() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let client = system(&office).await;
        let signer = signer(&office, client, SignatureAlgorithm::HmacSha256).await;
        let ahead = SignatureInput { created: signer.input("").created + 300, ..signer.input("n-1") };
        assert_eq!(signer.shows(&ahead).await, Ok(()), "a clock that is five minutes fast");
        office.clock.advance(600);
        office.app.purge_calls().await.unwrap();
        assert_eq!(signer.shows(&ahead).await, Err(SignatureError::NonceUsed), "its last moment");
        office.clock.advance(301);
        assert_eq!(office.app.purge_calls().await.unwrap(), 1, "nobody could use it again");
        assert_eq!(signer.shows(&ahead).await, Err(SignatureError::Expired));
    })
    .await;
}
