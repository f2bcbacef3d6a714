//! 许可核查: each question with what it finds and what it does not, whoever's certificates they are.

use super::*;
use app::{Admission, AdmissionAsk, Lead, NewRefusal, Recording, TakingBack};
use domain::admission::{Question, State};
use domain::{DraftId, Kinds, RefusalId, Uscc};
use store::testing::on_both;

/// 上海: has nothing to do with any of them.
const SHANGHAI: AuthorityId = AuthorityId(10);
const ID_NUMBER: &str = "990000199001010011";
const OTHER_ID: &str = "990000199102020022";

fn licensing(authority: AuthorityId) -> Ctx {
    actor(authority, Role::Licensing, authority.0 + 100)
}

fn code(text: &str) -> AdmissionAsk {
    AdmissionAsk::Uscc(Uscc::parse(text).unwrap())
}

fn site(address: &str, division: &str) -> FormRow {
    row(&[
        (Field::SiteName, "主场所"),
        (Field::SiteKind, "主场所"),
        (Field::SiteAddress, address),
        (Field::SiteDivision, division),
    ])
}

fn signatory(name: &str, id_number: &str) -> FormRow {
    row(&[
        (Field::SignatoryName, name),
        (Field::SignatoryTitle, "技术负责人"),
        (Field::SignatoryField, "全部项目"),
        (Field::SignatoryIdKind, if id_number.is_empty() { "" } else { "居民身份证" }),
        (Field::SignatoryIdNumber, id_number),
    ])
}

/// Another body than that of [`first`], at another address.
fn other(n: u32) -> Form {
    let mut form = first(n);
    for (field, value) in [
        (Field::BodyName, "样张环境监测有限公司"),
        (Field::Uscc, OTHER_USCC),
        (Field::Address, "河南省郑州市金水区样张路2号"),
        (Field::Division, "410105"),
    ] {
        form.set(field, value);
    }
    form
}

async fn assigned(office: &Office, authority: AuthorityId, form: &Form) -> CertificateId {
    let ctx = actor(authority, Role::Licensing, 3);
    match office.app.assign_form(&ctx, form).await {
        Ok(written) => written.certificate,
        Err(error) => panic!("{error} {error:?}"),
    }
}

impl Office {
    async fn check(&self, ctx: &Ctx, ask: &AdmissionAsk) -> Admission {
        self.app.admission(ctx, ask).await.unwrap()
    }

    async fn drafted(&self, form: &Form) -> AdmissionAsk {
        AdmissionAsk::Draft(self.app.create_draft(&self.ctx, form).await.unwrap())
    }

    /// Lets time go by until a day begins.
    fn wait_until(&self, text: &str) {
        let micros = Instant::begin_of(day(text)).micros() - self.clock.now().micros();
        self.clock.advance(micros / 1_000_000);
    }

    async fn refuse(&self, ctx: &Ctx, new: &NewRefusal) -> RefusalId {
        match self.app.record_refusal(ctx, new).await.unwrap() {
            Recording::Done(id) => id,
            Recording::Wrong(wrong) => panic!("{wrong:?}"),
        }
    }
}

/// The state of a question and the codes of its findings.
fn of(check: &Admission, question: Question) -> (State, Vec<&'static str>) {
    let reply = check.replies.iter().find(|it| it.question == question).unwrap();
    (reply.state, reply.findings.iter().map(|it| it.code).collect())
}

fn message(check: &Admission, code: &str) -> String {
    let all = check.replies.iter().flat_map(|it| &it.findings);
    all.clone().find(|it| it.code == code).unwrap_or_else(|| panic!("no {code}: {check:#?}")).message.clone()
}

fn lie(uscc: &str, decided: &str) -> NewRefusal {
    NewRefusal {
        name: "示例检测有限公司".into(),
        uscc: uscc.into(),
        decided: decided.into(),
        document: format!("示例不许〔{}〕1号", &decided[..4]),
        ground: "false_material".into(),
        ..NewRefusal::default()
    }
}

#[tokio::test]
async fn of_a_body_that_nobody_knows_nothing_is_found_and_what_was_not_asked_is_said() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let mut form = first(1);
        form.signatories = vec![signatory("王示例", ID_NUMBER)];
        let check = office.check(&office.ctx, &office.drafted(&form).await).await;
        assert!(check.is_clear() && check.found() == 0, "{check:#?}");
        assert_eq!(check.applicant.name, "示例检测有限公司");
        // By its code alone there is nobody to ask for, and no place.
        let check = office.check(&office.ctx, &code(USCC)).await;
        assert_eq!(of(&check, Question::Certificates), (State::Clear, vec![]));
        assert_eq!(of(&check, Question::Signatories).0, State::Open);
        assert_eq!(of(&check, Question::Sites).0, State::Open);
        // Nothing is known of an empty draft.
        let check = office.check(&office.ctx, &office.drafted(&Form::default()).await).await;
        assert!(check.replies.iter().all(|it| it.state == State::Open), "{check:#?}");
        let nameless = office.app.admission(&office.ctx, &AdmissionAsk::Name(" （） ".into())).await;
        assert!(matches!(nameless, Err(AppError::Refused { .. })), "{nameless:?}");
    })
    .await;
}

#[tokio::test]
async fn certificates_in_force_of_the_body_and_its_legal_person_are_found_but_not_the_one_that_is_changed() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let theirs = assigned(&office, THEIRS, &first(1)).await;
        let check = office.check(&office.ctx, &code(USCC)).await;
        assert_eq!(of(&check, Question::Certificates), (State::Found, vec!["holds"]));
        assert!(
            message(&check, "holds").contains("河南省市场监督管理局颁发），有效期至2032-11-01"),
            "{check:#?}"
        );
        // By name as by code.
        let named = office.check(&office.ctx, &AdmissionAsk::Name("示例检测 有限公司".into())).await;
        assert_eq!(of(&named, Question::Certificates), (State::Found, vec!["holds"]));
        assert_eq!(named.applicant.uscc, Uscc::parse(USCC).ok(), "one body of a name is that body");

        // A laboratory whose legal person holds one; a sister is only counted.
        let mut lab = link::lab(2, "样张集团西安实验室", "610113");
        lab.set(Field::ParentUscc, USCC);
        let mut sister = link::lab(3, "样张集团郑州实验室", "410102");
        sister.set(Field::ParentUscc, USCC);
        assigned(&office, THEIRS, &sister).await;
        let check = office.check(&office.ctx, &office.drafted(&lab).await).await;
        assert_eq!(of(&check, Question::Certificates), (State::Found, vec!["parent_holds"]));
        office
            .app
            .act(&actor(THEIRS, Role::Licensing, 3), theirs, &decision(StatusAct::Cancel, NOW.day()))
            .await
            .unwrap();
        let check = office.check(&office.ctx, &office.drafted(&lab).await).await;
        assert_eq!(of(&check, Question::Certificates), (State::Clear, vec![]), "it has ended");
        assert!(check.replies[0].sentence.contains("现有有效证书1张"), "{}", check.replies[0].sentence);

        // Neither a change nor a renewal finds the certificate it is about.
        let ours = assigned(&office, OURS, &takeover("202712050009")).await;
        for kinds in ["人员变更", "复查换证"] {
            let draft =
                office.app.start_change(&office.ctx, ours, Kinds::parse(kinds).unwrap()).await.unwrap();
            let check = office.check(&office.ctx, &AdmissionAsk::Draft(draft)).await;
            assert_eq!(of(&check, Question::Certificates), (State::Clear, vec![]), "{kinds}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_revocation_bars_for_three_years_also_when_it_struck_the_legal_person() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let theirs = assigned(&office, THEIRS, &first(1)).await;
        let revoke = decision(StatusAct::Revoke, NOW.day());
        office.app.act(&actor(THEIRS, Role::Licensing, 3), theirs, &revoke).await.unwrap();
        let check = office.check(&office.ctx, &office.drafted(&first(2)).await).await;
        assert_eq!(of(&check, Question::Revocations), (State::Found, vec!["revoked"]));
        assert!(check.is_barred());
        assert!(message(&check, "revoked").contains("2029-11-22以前不得再次申请"), "{check:#?}");
        assert_eq!(of(&check, Question::Certificates).0, State::Clear);

        let mut lab = link::lab(3, "样张集团西安实验室", "610113");
        lab.set(Field::ParentUscc, USCC);
        let lab = office.drafted(&lab).await;
        let check = office.check(&office.ctx, &lab).await;
        assert_eq!(of(&check, Question::Revocations), (State::Found, vec!["family_revoked"]));
        assert!(!check.is_barred(), "the law bars the body that lost it");
        let mut same_name = first(4);
        same_name.set(Field::Uscc, OTHER_USCC);
        let check = office.check(&office.ctx, &office.drafted(&same_name).await).await;
        assert_eq!(of(&check, Question::Revocations).1, ["namesake_revoked"]);
        let check = office.check(&office.ctx, &office.drafted(&other(5)).await).await;
        assert_eq!(of(&check, Question::Revocations), (State::Clear, vec![]), "a stranger");

        office.wait_until("2029-11-21");
        assert_eq!(of(&office.check(&office.ctx, &lab).await, Question::Revocations).0, State::Found);
        office.wait_until("2029-11-22");
        assert_eq!(of(&office.check(&office.ctx, &lab).await, Question::Revocations).0, State::Clear);
    })
    .await;
}

#[tokio::test]
async fn a_refusal_for_false_material_is_told_to_every_authority_for_a_year_and_another_one_to_its_own() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let theirs = licensing(THEIRS);
        let false_one = office.refuse(&theirs, &lie(USCC, "2026-03-01")).await;
        let shanghai = licensing(SHANGHAI);
        for ctx in [&office.ctx, &shanghai, &theirs, &licensing(NATIONAL)] {
            let check = office.check(ctx, &code(USCC)).await;
            assert_eq!(of(&check, Question::Refusals), (State::Found, vec!["refused_false"]), "{ctx:?}");
            assert!(check.is_barred());
            let said = message(&check, "refused_false");
            assert!(
                said.contains("2026-03-01被河南省市场监督管理局不予许可（示例不许〔2026〕1号）")
                    && said.contains("2027-03-01以前不得再次申请"),
                "{said}"
            );
            let finding = &check.replies[2].findings[0];
            let opens = ctx.actor.authority() == Some(THEIRS) || ctx.actor.is_national();
            assert_eq!(check.lead(finding), opens.then_some(Lead::Refusal(false_one)), "{ctx:?}");
        }
        // Of a body by name alone, and of another body of its legal person.
        let mut same_name = first(1);
        same_name.set(Field::Uscc, OTHER_USCC);
        let check = office.check(&office.ctx, &office.drafted(&same_name).await).await;
        assert_eq!(of(&check, Question::Refusals).1, ["namesake_refused_false"]);
        let mut lab = link::lab(2, "样张集团西安实验室", "610113");
        lab.set(Field::ParentUscc, USCC);
        let check = office.check(&office.ctx, &office.drafted(&lab).await).await;
        assert_eq!(of(&check, Question::Refusals).1, ["family_refused_false"]);
        assert_eq!(
            of(&office.check(&office.ctx, &code(OTHER_USCC)).await, Question::Refusals),
            (State::Clear, vec![])
        );

        let plain = NewRefusal {
            ground: "other".into(),
            document: "示例不许〔2026〕2号".into(),
            ..lie(USCC, "2026-04-01")
        };
        office.refuse(&theirs, &plain).await;
        assert_eq!(of(&office.check(&shanghai, &code(USCC)).await, Question::Refusals).1, ["refused_false"]);
        let own = office.check(&theirs, &code(USCC)).await;
        assert_eq!(of(&own, Question::Refusals).1, ["refused_false", "refused"], "the heavier one first");

        let why = TakingBack { document: "示例更〔2026〕1号".into(), reason: "登记错误".into() };
        office.app.take_back_refusal(&theirs, false_one, &why).await.unwrap();
        assert_eq!(of(&office.check(&shanghai, &code(USCC)).await, Question::Refusals).0, State::Clear);

        office.refuse(&theirs, &lie(USCC, "2026-06-01")).await;
        office.wait_until("2027-05-31");
        assert_eq!(of(&office.check(&shanghai, &code(USCC)).await, Question::Refusals).0, State::Found);
        office.wait_until("2027-06-01");
        assert_eq!(of(&office.check(&shanghai, &code(USCC)).await, Question::Refusals).0, State::Clear);
    })
    .await;
}

#[tokio::test]
async fn a_signatory_who_signs_for_another_body_is_found_by_number_or_else_by_name() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let mut theirs = other(1);
        theirs.signatories = vec![signatory("王示例", ID_NUMBER), signatory("赵示例", "")];
        let theirs = assigned(&office, THEIRS, &theirs).await;

        let draft = async |rows: Vec<FormRow>| {
            let form = Form { signatories: rows, ..first(2) };
            office.check(&office.ctx, &office.drafted(&form).await).await
        };
        let check = draft(vec![signatory("王示例（改）", ID_NUMBER)]).await;
        assert_eq!(of(&check, Question::Signatories), (State::Found, vec!["signs_elsewhere"]));
        let said = message(&check, "signs_elsewhere");
        assert!(said.contains("“样张环境监测有限公司”证书") && said.contains("证件号码相同"), "{said}");
        assert!(
            !said.contains("技术负责人") && !said.contains(ID_NUMBER),
            "what 陕西 may not read is not told: {said}"
        );
        assert!(matches!(check.lead(&check.replies[3].findings[0]), Some(Lead::Public(_))), "{check:#?}");

        let by_name = draft(vec![signatory("王示例", ""), signatory("赵示例", OTHER_ID)]).await;
        assert_eq!(of(&by_name, Question::Signatories).1, ["same_name_signs", "same_name_signs"]);
        assert!(message(&by_name, "same_name_signs").contains("只是姓名相同"));
        let another = draft(vec![signatory("王示例", OTHER_ID)]).await;
        assert_eq!(
            of(&another, Question::Signatories),
            (State::Clear, vec![]),
            "two numbers are two persons"
        );
        let nobody = draft(vec![signatory("孙示例", "")]).await;
        assert_eq!(of(&nobody, Question::Signatories), (State::Clear, vec![]));
        assert_eq!(of(&draft(vec![]).await, Question::Signatories).0, State::Open);

        // The nation reads all, and opens it.
        let mut ours = first(3);
        ours.signatories = vec![signatory("王示例", ID_NUMBER)];
        let ours = assigned(&office, OURS, &ours).await;
        let check = office.check(&licensing(NATIONAL), &code(USCC)).await;
        assert!(message(&check, "signs_elsewhere").contains("授权签字人，职务技术负责人"), "{check:#?}");
        assert_eq!(check.lead(&check.replies[3].findings[0]), Some(Lead::Certificate(theirs)));
        // A change in which nobody typed the number again knows the person by his row.
        let kinds = Kinds::parse("人员变更").unwrap();
        let change = office.app.start_change(&office.ctx, ours, kinds).await.unwrap();
        let check = office.check(&office.ctx, &AdmissionAsk::Draft(change)).await;
        assert_eq!(of(&check, Question::Signatories).1, ["signs_elsewhere"]);
        // By his own body he does not sign elsewhere.
        let end = decision(StatusAct::Cancel, NOW.day());
        office.app.act(&actor(THEIRS, Role::Licensing, 3), theirs, &end).await.unwrap();
        let check = office.check(&office.ctx, &AdmissionAsk::Draft(change)).await;
        assert_eq!(of(&check, Question::Signatories), (State::Clear, vec![]), "that certificate has ended");
    })
    .await;
}

#[tokio::test]
async fn an_address_of_another_body_is_found_however_it_is_written_and_never_ones_own() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let theirs = assigned(&office, THEIRS, &other(1)).await;
        let at = async |address: &str, division: &str| {
            let form = Form { sites: vec![site(address, division)], ..first(2) };
            let check = office.check(&office.ctx, &office.drafted(&form).await).await;
            let (state, codes) = of(&check, Question::Sites);
            (state, codes.len())
        };
        // The draft asks before an idle worker has made a key: the check makes them.
        assert_eq!(at("郑州市金水区样张路２号", "410105").await, (State::Found, 1));
        assert_eq!(at("河南省郑州市金水区样张路 2#", "410105").await, (State::Found, 1));
        assert_eq!(at("郑州市金水区样张路2号", "610113").await, (State::Clear, 0), "another city");
        assert_eq!(at("郑州市金水区样张路22号", "410105").await, (State::Clear, 0));
        let check = office.check(&licensing(THEIRS), &code(OTHER_USCC)).await;
        assert_eq!(of(&check, Question::Sites), (State::Clear, vec![]), "one's own");
        // Moved away, the old address is free and the new one taken.
        let kinds = Kinds::parse("地址名称变更").unwrap();
        let ctx = actor(THEIRS, Role::Licensing, 3);
        let draft = office.app.start_change(&ctx, theirs, kinds).await.unwrap();
        let mut form = office.app.draft(&ctx, draft).await.unwrap().form;
        for (field, value) in [
            (Field::DecisionDay, "2026-11-20"),
            (Field::DecisionNumber, "示例变〔2026〕1号"),
            (Field::Procedure, "一般程序"),
            (Field::Address, "河南省郑州市金水区样张路9号"),
        ] {
            form.set(field, value);
        }
        form.sites = vec![site("河南省郑州市金水区样张路9号", "410105")];
        office.app.assign_form(&ctx, &form).await.unwrap();
        office.work().await;
        assert_eq!(at("郑州市金水区样张路2号", "410105").await, (State::Clear, 0));
        assert_eq!(at("郑州市金水区样张路9号", "410105").await, (State::Found, 1));
    })
    .await;
}

#[tokio::test]
async fn a_check_is_a_licensing_officers_and_a_draft_its_own_authoritys() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let draft = office.drafted(&first(1)).await;
        for role in [Role::Administrator, Role::Supervision, Role::Integration, Role::Viewer] {
            for ask in [&draft, &code(USCC)] {
                let asked = office.app.admission(&actor(OURS, role, 7), ask).await;
                assert!(matches!(asked, Err(AppError::Forbidden)), "{role:?}: {asked:?}");
            }
        }
        let foreign = office.app.admission(&licensing(THEIRS), &draft).await;
        assert!(matches!(foreign, Err(AppError::NotFound)), "{foreign:?}");
        let unknown = office.app.admission(&office.ctx, &AdmissionAsk::Draft(DraftId(99_999))).await;
        assert!(matches!(unknown, Err(AppError::NotFound)), "{unknown:?}");
    })
    .await;
}

#[tokio::test]
async fn a_check_on_paper_leaves_an_event_that_says_who_checked_whom() {
    on_both(async |t| {
        let office = office(&t.db).await;
        assigned(&office, THEIRS, &first(1)).await;
        let before = office.app.events(&office.ctx, None, None).await.unwrap().len();
        office.check(&office.ctx, &code(USCC)).await;
        assert_eq!(
            office.app.events(&office.ctx, None, None).await.unwrap().len(),
            before,
            "reading leaves none"
        );
        let draft = office.drafted(&first(2)).await;
        for ask in [code(USCC), draft] {
            let pdf = office.app.admission_sheet(&office.ctx, &ask).await.unwrap();
            assert!(pdf.starts_with(b"%PDF"));
            let events = office.app.events(&office.ctx, None, None).await.unwrap();
            assert_eq!(events[0].kind, domain::EventKind::AdmissionPrint);
            assert_eq!(events[0].actor, office.ctx.actor.to_string());
            let body = String::from_utf8(events[0].body.clone()).unwrap();
            let states = "replies\tcertificates=found,revocations=clear,refusals=clear,";
            assert!(body.contains(&format!("uscc\t{USCC}\n")) && body.contains(states), "{body}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_refusal_is_recorded_once_by_its_authority_and_taken_back_with_a_document() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let wrong = NewRefusal { uscc: "123".into(), decided: "2026-11-23".into(), ..NewRefusal::default() };
        let Recording::Wrong(wrong) = office.app.record_refusal(&office.ctx, &wrong).await.unwrap() else {
            panic!("it was recorded")
        };
        let fields: Vec<_> = wrong.iter().map(|(field, _)| *field).collect();
        assert_eq!(fields, ["name", "uscc", "decided", "document", "ground"], "{wrong:?}");
        let nobody = NewRefusal { uscc: String::new(), ..lie("", "2026-03-01") };
        let nobody = office.app.record_refusal(&office.ctx, &nobody).await.unwrap();
        assert!(matches!(&nobody, Recording::Wrong(wrong) if wrong[0].0 == "uscc"), "{nobody:?}");

        let admin = actor(OURS, Role::Administrator, 8);
        let id = office.refuse(&admin, &lie(USCC, "2026-03-01")).await;
        let again = office.app.record_refusal(&office.ctx, &lie(USCC, "2026-03-01")).await;
        assert!(matches!(again, Err(AppError::Refused { .. })), "{again:?}");
        for role in [Role::Supervision, Role::Integration, Role::Viewer] {
            let ctx = actor(OURS, role, 9);
            let recorded = office.app.record_refusal(&ctx, &lie(USCC, "2026-05-01")).await;
            assert!(matches!(recorded, Err(AppError::Forbidden)), "{role:?}");
            assert!(matches!(office.app.refusals(&ctx, None, 9).await, Err(AppError::Forbidden)));
        }
        let (theirs, nation) = (licensing(THEIRS), licensing(NATIONAL));
        assert!(matches!(office.app.refusal(&theirs, id).await, Err(AppError::NotFound)));
        assert!(office.app.refusals(&theirs, None, 9).await.unwrap().is_empty());
        assert_eq!(office.app.refusals(&nation, None, 9).await.unwrap().len(), 1);
        assert_eq!(office.app.refusals(&office.ctx, None, 9).await.unwrap()[0].id, id);

        let why = TakingBack { document: "示例更〔2026〕1号".into(), reason: "登记错误".into() };
        let groundless = office.app.take_back_refusal(&office.ctx, id, &TakingBack::default()).await;
        assert!(matches!(groundless, Err(AppError::Refused { .. })), "{groundless:?}");
        assert!(matches!(office.app.take_back_refusal(&theirs, id, &why).await, Err(AppError::NotFound)));
        assert!(matches!(office.app.take_back_refusal(&nation, id, &why).await, Err(AppError::Forbidden)));
        office.app.take_back_refusal(&office.ctx, id, &why).await.unwrap();
        let twice = office.app.take_back_refusal(&office.ctx, id, &why).await;
        assert!(matches!(twice, Err(AppError::Refused { .. })), "{twice:?}");
        let it = office.app.refusal(&office.ctx, id).await.unwrap();
        assert_eq!(it.end.unwrap().reason, "登记错误");
        office.refuse(&office.ctx, &lie(USCC, "2026-03-01")).await;

        let events = office.app.events(&office.ctx, None, None).await.unwrap();
        let kinds: Vec<_> = events.iter().map(|event| (event.kind, event.object_id)).take(3).collect();
        use domain::EventKind::{RefusalRecord, RefusalTakeBack};
        assert_eq!(kinds, [(RefusalRecord, id.0 + 1), (RefusalTakeBack, id.0), (RefusalRecord, id.0)]);
        assert!(events.iter().all(|event| event.authority == Some(OURS.0)), "{events:#?}");
    })
    .await;
}
