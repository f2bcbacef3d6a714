//! Who reads what nation-wide: a body that stands in several provinces, its sister, and those who have nothing to do
//! with either.

use super::*;
use app::{BodyKey, Opened, Relation};
use domain::{BodyId, Ground, Kinds, Uscc};
use store::testing::on_both;

/// 北京: a site of the laboratory stands there.
const BEIJING: AuthorityId = AuthorityId(2);
/// 上海: nothing of it.
const SHANGHAI: AuthorityId = AuthorityId(10);
/// 新疆, and the XPCC.
const XINJIANG: AuthorityId = AuthorityId(32);
const XPCC: AuthorityId = AuthorityId(33);

fn officer(authority: AuthorityId) -> Ctx {
    actor(authority, Role::Supervision, authority.0 + 100)
}

fn site(kind: &str, name: &str, division: &str) -> FormRow {
    row(&[
        (Field::SiteName, name),
        (Field::SiteKind, kind),
        (Field::SiteAddress, "示例路1号"),
        (Field::SiteDivision, division),
    ])
}

/// A laboratory of the legal person of [`OTHER_USCC`], by the n-th decision.
pub fn lab(n: u32, name: &str, division: &str) -> Form {
    let mut form = first(n);
    for (field, value) in [
        (Field::BodyName, name),
        (Field::Uscc, ""),
        (Field::LegalKind, "非独立法人"),
        (Field::ParentName, "样张集团有限公司"),
        (Field::ParentUscc, OTHER_USCC),
        (Field::Division, division),
    ] {
        form.set(field, value);
    }
    form
}

pub async fn assigned(office: &Office, authority: AuthorityId, form: &Form) -> CertificateId {
    match office.app.assign_form(&actor(authority, Role::Licensing, 3), form).await {
        Ok(written) => written.certificate,
        Err(AppError::Invalid(problems)) => panic!("{problems:#?}"),
        Err(error) => panic!("{error}"),
    }
}

/// A laboratory of 陕西 with a site in 北京, and its sister of 河南.
pub struct Family {
    pub ours: CertificateId,
    pub theirs: CertificateId,
    pub body: BodyId,
}

pub async fn family(office: &Office) -> Family {
    let mut form = lab(1, "样张集团西安实验室", "610113");
    form.sites = vec![site("主场所", "西安实验室", "610113"), site("分场所", "北京实验室", "110105")];
    let ours = assigned(office, OURS, &form).await;
    let theirs = assigned(office, THEIRS, &lab(2, "样张集团郑州实验室", "410102")).await;
    Family { ours, theirs, body: office.by_id(ours).await.body }
}

fn hidden<T: std::fmt::Debug>(outcome: Result<T>) {
    assert!(matches!(outcome, Err(AppError::NotFound)), "{outcome:?}");
}

#[tokio::test]
async fn a_certificate_of_another_authority_is_read_as_far_as_its_body_stands_here() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let Family { ours, theirs, body } = family(&office).await;
        let app = &office.app;

        let linked = officer(BEIJING);
        let seen = app.certificate_seen(&linked, ours).await.unwrap();
        assert_eq!((seen.ground, seen.events.len(), seen.prints.len()), (Ground::Site, 1, 0));
        assert_eq!(app.annex(&linked, ours, "", 0, 9).await.unwrap().sites.len(), 2);
        app.equipment(&linked, ours).await.unwrap();
        assert_eq!(app.body(&linked, body, "").await.unwrap().ground, Some(Ground::Site));
        // The sister of what stands here.
        assert_eq!(app.certificate_seen(&linked, theirs).await.unwrap().ground, Ground::Family);
        hidden(app.equipment(&linked, theirs).await);

        let sister = officer(THEIRS);
        let seen = app.certificate_seen(&sister, ours).await.unwrap();
        assert_eq!((seen.ground, seen.events.len(), seen.editions.len()), (Ground::Family, 0, 1));
        assert_eq!(app.annex(&sister, ours, "示例", 0, 9).await.unwrap().total, 1);
        hidden(app.equipment(&sister, ours).await);
        hidden(app.compared(&sister, ours, 1, 1).await);
        assert!(app.body(&sister, body, "").await.unwrap().periods.is_empty());

        let stranger = officer(SHANGHAI);
        hidden(app.certificate_seen(&stranger, ours).await);
        hidden(app.annex(&stranger, ours, "", 0, 9).await);
        hidden(app.equipment(&stranger, ours).await);
        hidden(app.body(&stranger, body, "").await);
        hidden(app.bodies_of(&stranger, Uscc::parse(OTHER_USCC).unwrap()).await);
        assert!(app.flush_access().await.unwrap() > 0, "each refusal is on record");

        for (ctx, id) in [(&officer(NATIONAL), ours), (&officer(NATIONAL), theirs)] {
            assert_eq!(app.certificate_seen(ctx, id).await.unwrap().ground, Ground::National);
            app.equipment(ctx, id).await.unwrap();
        }
        // What is seen is not one's own: no verb of the issuer takes it.
        for ctx in [linked, sister] {
            hidden(app.certificate(&ctx, ours).await);
            hidden(app.content(&ctx, ours, 1).await);
            hidden(app.rows(&ctx, ours, 1).await);
            hidden(app.admitted_acts(&ctx, ours).await);
            hidden(app.start_change(&ctx, ours, Kinds::parse("名称变更").unwrap()).await);
            hidden(app.act(&ctx, ours, &decision(StatusAct::Revoke, app.today())).await);
        }
    })
    .await;
}

#[tokio::test]
async fn a_flag_and_not_a_place_makes_a_body_one_of_the_xpcc_and_what_was_a_mistake_ties_nobody() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let app = &office.app;
        let mut form = first(1);
        form.set(Field::Division, "650102");
        form.set(Field::Xpcc, "是");
        let flagged = assigned(&office, OURS, &form).await;
        assert_eq!(app.certificate_seen(&officer(XPCC), flagged).await.unwrap().ground, Ground::Corps);
        assert_eq!(app.certificate_seen(&officer(XINJIANG), flagged).await.unwrap().ground, Ground::Domicile);

        hidden(app.certificate_seen(&officer(SHANGHAI), flagged).await);
        let mistake = assigned(&office, SHANGHAI, &form).await;
        assert_eq!(app.certificate_seen(&officer(SHANGHAI), flagged).await.unwrap().ground, Ground::Holder);
        let annul = decision(StatusAct::Annul, app.today());
        app.act(&actor(SHANGHAI, Role::Licensing, 3), mistake, &annul).await.unwrap();
        hidden(app.certificate_seen(&officer(SHANGHAI), flagged).await);
        app.certificate(&officer(SHANGHAI), mistake).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_body_is_shown_with_all_its_certificates_its_kin_and_what_it_was_called() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let Family { ours, theirs, body } = family(&office).await;
        let app = &office.app;
        // Another authority issues to the same laboratory, which then changes its name.
        let mut second = lab(3, "样张集团西安实验室", "610113");
        let row = row(&[(Field::Item, "总磷"), (Field::StandardNumber, "GB/T 11893-1989")]);
        second.capabilities = vec![capability("x").into_iter().chain(row).collect()];
        let abroad = assigned(&office, SHANGHAI, &second).await;
        let draft = app.start_change(&office.ctx, ours, Kinds::parse("名称变更").unwrap()).await.unwrap();
        let mut rename = app.draft(&office.ctx, draft).await.unwrap().form;
        for (field, value) in [
            (Field::BodyName, "样张集团西安检测中心"),
            (Field::DecisionDay, "2026-11-20"),
            (Field::DecisionNumber, "示例许〔2026〕20号"),
            (Field::Procedure, "一般程序"),
        ] {
            rename.set(field, value);
        }
        office.assign(&rename).await;

        let view = app.body(&officer(BEIJING), body, "").await.unwrap();
        let ids: Vec<_> = view.certificates.iter().map(|card| card.head.id).collect();
        assert_eq!(ids, [abroad, ours], "of all authorities, the latest first");
        assert_eq!((view.valid().count(), view.capabilities()), (2, 2));
        let names: Vec<_> = view.periods.iter().map(|it| (it.name.as_str(), it.edition)).collect();
        assert_eq!(names.first(), Some(&("样张集团西安实验室", 1)));
        assert_eq!(names.last(), Some(&("样张集团西安检测中心", 2)));
        let kin: Vec<_> = view.kin.iter().map(|it| (it.relation, it.certificates[0].id)).collect();
        assert_eq!(kin, [(Relation::Sister, theirs)]);
        assert!(view.standings.contains_key(&theirs));
        let places: Vec<_> = view.places.iter().map(|it| it.site.name.as_str()).collect();
        assert!(places.contains(&"北京实验室"), "{places:?}");

        let found = async |text: &str| {
            let found = app.body(&officer(SHANGHAI), body, text).await.unwrap().found.unwrap();
            (found.total, found.rows.iter().map(|(id, _)| *id).collect::<Vec<_>>())
        };
        assert_eq!(found("总磷").await, (1, vec![abroad]));
        assert_eq!(found("总磷 gb/t11893").await, (1, vec![abroad]), "all words in one row");
        assert_eq!(found("示例参数 GB/T 11893").await, (0, vec![]));
        assert_eq!(found("水和废水").await.0, 2, "over all certificates");
        office.app.act(&office.ctx, ours, &decision(StatusAct::Cancel, app.today())).await.unwrap();
        assert_eq!(found("水和废水").await, (1, vec![abroad]), "what has ended can do nothing");

        let parent = Uscc::parse(OTHER_USCC).unwrap();
        assert_eq!(app.bodies_of(&officer(THEIRS), parent).await.unwrap().len(), 2);
    })
    .await;
}

#[tokio::test]
async fn the_public_sees_of_a_body_what_is_opened_and_of_its_kin_the_same() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let Family { ours, theirs, body } = family(&office).await;
        let app = &office.app;
        let key = BodyKey::Number(office.by_id(ours).await.number);
        let nation = actor(NATIONAL, Role::Administrator, 3);
        let open = async |some: &[AuthorityId]| {
            app.open_platform(&nation, &Opened::Some(some.iter().copied().collect())).await.unwrap();
        };
        hidden(app.public_body(&key, "").await);

        open(&[OURS]).await;
        let seen = app.public_body(&key, "").await.unwrap();
        assert_eq!((seen.body.id, seen.ground, seen.certificates.len()), (body, None, 1));
        assert_eq!((seen.places.len(), seen.periods.len()), (2, 1));
        assert!(
            seen.kin.is_empty() && seen.more_kin == 0,
            "a sister of whom nothing is opened is not told of"
        );
        let sister = app.certificate_seen(&officer(NATIONAL), theirs).await.unwrap().card.head.number;
        hidden(app.public_body(&BodyKey::Number(sister), "").await);
        assert_eq!(app.public_body(&key, "示例").await.unwrap().found.unwrap().total, 1);

        open(&[OURS, THEIRS]).await;
        let seen = app.public_body(&key, "").await.unwrap();
        assert_eq!((seen.kin.len(), seen.kin[0].relation), (1, Relation::Sister));
        assert_eq!(seen.kin[0].certificates[0].id, theirs);
        assert!(seen.standings.contains_key(&theirs));
        // The code of the legal person is not that of its laboratory.
        hidden(app.public_body(&BodyKey::parse(OTHER_USCC).unwrap(), "").await);

        office.act(ours, StatusAct::Annul).await.unwrap();
        hidden(app.public_body(&key, "").await);
    })
    .await;
}
