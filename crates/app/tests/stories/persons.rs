//! Personal fields: encrypted, found again by who may see them, and kept with the person through a change.

use super::*;
use domain::{PersonId, Shape};
use store::testing::on_both;

const ID_NUMBER: &str = "990000199001010011";
const PHONE: &str = "13800000000";

fn with_signatory(n: u32) -> Form {
    let mut form = first(n);
    form.set(Field::Phone, PHONE);
    form.signatories = vec![row(&[
        (Field::SignatoryName, "张示例"),
        (Field::SignatoryField, "全部项目"),
        (Field::SignatoryIdKind, "居民身份证"),
        (Field::SignatoryIdNumber, ID_NUMBER),
    ])];
    form
}

impl Office {
    /// The form of a change as it opens, with the act itself filled in.
    async fn changed(&self, id: CertificateId, kinds: &str, n: u32) -> Form {
        let kinds = domain::Kinds::parse(kinds).unwrap();
        let draft = self.app.start_change(&self.ctx, id, kinds).await.unwrap();
        let mut form = self.app.draft(&self.ctx, draft).await.unwrap().form;
        for (field, value) in [
            (Field::DecisionDay, "2026-11-20"),
            (Field::DecisionNumber, &format!("示例变〔2026〕{n}号")),
            (Field::Procedure, "一般程序"),
        ] {
            form.set(field, value);
        }
        form
    }

    /// Name and person of each signatory of an edition.
    async fn signatories(&self, id: CertificateId, edition: u32) -> Vec<(String, PersonId)> {
        let rows = self.app.rows(&self.ctx, id, edition).await.unwrap().signatories;
        rows.into_iter().map(|s| (s.value.name, s.person)).collect()
    }

    /// What is known of a person of a certificate.
    async fn known(&self, id: CertificateId, person: PersonId) -> Vec<String> {
        let known = self.app.person(&self.ctx, id, person).await.unwrap();
        known.into_iter().map(|(_, value)| value).collect()
    }

    async fn signatory(&self, id: CertificateId, edition: u32) -> PersonId {
        self.app.rows(&self.ctx, id, edition).await.unwrap().signatories[0].person
    }
}

#[tokio::test]
async fn personal_fields_are_kept_encrypted_and_shown_to_those_who_may_see_them() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let id = office.assign(&with_signatory(1)).await.certificate;
        let person = office.signatory(id, 1).await;
        let known = office.app.person(&office.ctx, id, person).await.unwrap();
        let values: Vec<&str> = known.iter().map(|(_, value)| value.as_str()).collect();
        assert!(values.contains(&ID_NUMBER) && values.contains(&"居民身份证"), "{values:?}");
        let contact = office.by_id(id).await.contact.unwrap();
        assert_eq!(office.app.person(&office.ctx, id, contact).await.unwrap()[0].1, PHONE);

        let viewer = actor(OURS, Role::Viewer, 5);
        let foreign = actor(THEIRS, Role::Licensing, 6);
        assert!(matches!(office.app.person(&viewer, id, person).await, Err(AppError::Forbidden)));
        assert!(matches!(office.app.person(&foreign, id, person).await, Err(AppError::NotFound)));
        let nobody = office.app.person(&office.ctx, id, PersonId(99_999)).await;
        assert!(matches!(nobody, Err(AppError::NotFound)));

        for sealed in store::personal::of_person((&t.db).into(), person).await.unwrap() {
            let hidden = |secret: &str| !sealed.cipher.windows(secret.len()).any(|w| w == secret.as_bytes());
            assert!(hidden(ID_NUMBER) && hidden("居民身份证"));
        }
        let events = office.app.certificate(&office.ctx, id).await.unwrap().events;
        let text: String = events.iter().map(|e| String::from_utf8_lossy(&e.body).into_owned()).collect();
        assert!(!text.contains(ID_NUMBER) && !text.contains(PHONE));
    })
    .await;
}

#[tokio::test]
async fn one_id_number_is_one_person_and_stays_with_him_through_a_change() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let id = office.assign(&with_signatory(1)).await.certificate;
        let contact = office.by_id(id).await.contact;
        let mut other = with_signatory(2);
        other.set(Field::Uscc, OTHER_USCC);
        other.set(Field::BodyName, "另一示例检测有限公司");
        let second = office.assign(&other).await.certificate;
        let person = office.signatory(id, 1).await;
        assert_eq!(office.signatory(second, 1).await, person, "the same person at two bodies");

        let mut form = office.changed(id, "扩项", 3).await;
        form.capabilities.push(capability("新参数"));
        form.signatories
            .insert(0, row(&[(Field::SignatoryName, "李示例"), (Field::SignatoryField, "部分项目")]));
        office.assign(&form).await;
        let rows = office.app.rows(&office.ctx, id, 2).await.unwrap().signatories;
        let names: Vec<_> = rows.iter().map(|s| s.value.name.as_str()).collect();
        assert_eq!(names, ["李示例", "张示例"]);
        assert_eq!(rows[1].person, person);
        assert_ne!(rows[0].person, person);
        assert!(!office.app.person(&office.ctx, id, person).await.unwrap().is_empty());
        assert_eq!(office.by_id(id).await.contact, contact);
    })
    .await;
}

fn set(row: &mut FormRow, field: Field, value: &str) {
    row.insert(field.key().to_owned(), value.to_owned());
}

#[tokio::test]
async fn a_row_edited_without_its_id_number_keeps_its_person_and_another_number_is_another_person() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let mut granted = with_signatory(1);
        granted.staff = vec![row(&[
            (Field::StaffName, "赵示例"),
            (Field::StaffPost, "检测员"),
            (Field::StaffBirth, "1990-01"),
        ])];
        let id = office.assign(&granted).await.certificate;
        let (_, person) = office.signatories(id, 1).await.remove(0);
        let contact = office.by_id(id).await.contact.unwrap();
        let staff = async |edition| office.app.rows(&office.ctx, id, edition).await.unwrap().staff[0].person;
        let member = staff(1).await;

        // The title is corrected, the ID number is not typed again; somebody of another name comes before him.
        let mut form = office.changed(id, "授权签字人变更,人员变更", 3).await;
        set(&mut form.signatories[0], Field::SignatoryTitle, "技术负责人");
        set(&mut form.staff[0], Field::StaffPost, "质量负责人");
        form.signatories
            .insert(0, row(&[(Field::SignatoryName, "李示例"), (Field::SignatoryField, "部分项目")]));
        form.set(Field::Email, "shili@example.cn");
        office.assign(&form).await;
        let second = office.signatories(id, 2).await;
        assert_eq!(second[1], ("张示例".to_owned(), person));
        assert_ne!(second[0].1, person);
        assert!(office.known(id, person).await.iter().any(|value| value == ID_NUMBER));
        assert_eq!(staff(2).await, member);
        assert_eq!(office.known(id, member).await, ["1990-01"]);
        assert_eq!(office.by_id(id).await.contact, Some(contact), "one contact, phone and e-mail together");
        assert_eq!(office.known(id, contact).await, ["shili@example.cn", PHONE]);

        // The same number is the same person; a number he did not have yet is added to him.
        let mut form = office.changed(id, "授权签字人变更", 4).await;
        set(&mut form.signatories[1], Field::SignatoryTitle, "质量负责人");
        for (n, number) in [(0, "990000199001010038"), (1, ID_NUMBER)] {
            set(&mut form.signatories[n], Field::SignatoryIdKind, "居民身份证");
            set(&mut form.signatories[n], Field::SignatoryIdNumber, number);
        }
        office.assign(&form).await;
        assert_eq!(office.signatories(id, 3).await, second);
        assert!(office.known(id, second[0].1).await.iter().any(|value| value == "990000199001010038"));

        // Another number is another person, also where nothing else of the row changed.
        let mut form = office.changed(id, "授权签字人变更", 5).await;
        set(&mut form.signatories[0], Field::SignatoryField, "全部项目");
        set(&mut form.signatories[1], Field::SignatoryIdKind, "居民身份证");
        set(&mut form.signatories[1], Field::SignatoryIdNumber, "990000199001010054");
        office.assign(&form).await;
        let fourth = office.signatories(id, 4).await;
        assert_eq!(fourth[0], second[0]);
        assert_ne!(fourth[1].1, person);
        assert!(office.known(id, fourth[1].1).await.iter().any(|value| value == "990000199001010054"));
        let before = store::personal::of_person((&t.db).into(), person).await.unwrap();
        assert!(!before.is_empty(), "what was known of the other person is untouched");
    })
    .await;
}

#[tokio::test]
async fn what_is_known_of_a_person_is_erased_by_an_act_on_record_and_his_row_stays() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let id = office.assign(&with_signatory(1)).await.certificate;
        let person = office.signatory(id, 1).await;
        let why =
            app::Erasure { document: "示例删〔2026〕1号".into(), reason: "本人申请删除".into() };
        let erase = async |ctx: &Ctx, why: &app::Erasure| office.app.erase_person(ctx, id, person, why).await;

        // Supervision may look but not erase; another province knows nothing of it, the nation reads but has no say.
        for role in [Role::Supervision, Role::Viewer, Role::Administrator] {
            assert!(matches!(erase(&actor(OURS, role, 5), &why).await, Err(AppError::Forbidden)), "{role:?}");
        }
        let foreign = erase(&actor(THEIRS, Role::Licensing, 6), &why).await;
        assert!(matches!(foreign, Err(AppError::NotFound)));
        let nation = erase(&actor(NATIONAL, Role::Licensing, 7), &why).await;
        assert!(matches!(nation, Err(AppError::Forbidden)));
        let stranger = office.app.erase_person(&office.ctx, id, PersonId(99_999), &why).await;
        assert!(matches!(stranger, Err(AppError::NotFound)));

        // No act without grounds, and none that writes down for ever what it erases.
        for wrong in [
            app::Erasure { document: " ".into(), ..why.clone() },
            app::Erasure { reason: String::new(), ..why.clone() },
            app::Erasure { reason: format!("证件{ID_NUMBER}不再需要"), ..why.clone() },
            app::Erasure { document: ID_NUMBER.into(), ..why.clone() },
        ] {
            assert!(matches!(erase(&office.ctx, &wrong).await, Err(AppError::Refused { .. })), "{wrong:?}");
        }
        let before = office.app.certificate(&office.ctx, id).await.unwrap();
        assert_eq!(before.events.len(), 1);
        assert_eq!(office.app.erasable(&office.ctx, id, person).await.unwrap().name, "张示例");

        let parts = erase(&office.ctx, &why).await.unwrap();
        assert_eq!(parts.len(), 2);
        assert!(store::personal::of_person((&t.db).into(), person).await.unwrap().is_empty());
        assert!(office.known(id, person).await.is_empty());
        let after = office.app.certificate(&office.ctx, id).await.unwrap();
        assert_eq!((after.card.head.edition, &after.card.face), (1, &before.card.face), "no new edition");
        assert_eq!(office.signatories(id, 1).await, [("张示例".to_owned(), person)], "the row stays");
        let contact = office.by_id(id).await.contact.unwrap();
        assert_eq!(office.known(id, contact).await, [PHONE], "another person keeps his");
        let last = after.events.last().unwrap();
        assert_eq!(
            (last.kind, last.document.as_str()),
            (domain::EventKind::PersonalErase, "示例删〔2026〕1号")
        );
        let body = String::from_utf8_lossy(&last.body);
        assert!(
            body.contains(&format!("person\t{person}\nparts\tid_kind,id_number\nreason\t本人申请删除\n"))
        );
        assert!(!body.contains(ID_NUMBER) && !body.contains("张示例"));
        assert!(matches!(erase(&office.ctx, &why).await, Err(AppError::Refused { .. })), "nothing is left");

        // The public is not told of it.
        let asked = Asked::Number(office.by_id(id).await.number);
        let told = office.app.verify_uncounted(&asked, office.app.today()).await.unwrap();
        let certificate = told.certificate.unwrap();
        assert_eq!(certificate.life(&certificate.excerpt().unwrap()).len(), 1);
    })
    .await;
}

#[tokio::test]
async fn who_left_a_certificate_is_named_until_what_is_known_of_him_is_erased() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let mut granted = with_signatory(1);
        granted
            .signatories
            .push(row(&[(Field::SignatoryName, "李示例"), (Field::SignatoryField, "部分项目")]));
        let id = office.assign(&granted).await.certificate;
        let person = office.signatory(id, 1).await;
        let former = async || office.app.former_persons(&office.ctx, id).await.unwrap();
        assert!(former().await.is_empty(), "he still signs");
        let mut form = office.changed(id, "授权签字人变更", 3).await;
        form.signatories =
            vec![row(&[(Field::SignatoryName, "王示例"), (Field::SignatoryField, "全部项目")])];
        office.assign(&form).await;
        assert_eq!(former().await, [(person, "张示例".to_owned())], "of 李示例 nothing was known");
        let why = app::Erasure { document: "示例删〔2026〕2号".into(), reason: "已不任职".into() };
        office.app.erase_person(&office.ctx, id, person, &why).await.unwrap();
        assert!(former().await.is_empty());
        let viewer = actor(OURS, Role::Viewer, 5);
        assert!(matches!(office.app.former_persons(&viewer, id).await, Err(AppError::Forbidden)));
    })
    .await;
}

/// A value that the field takes as it is.
fn sample_of(field: Field) -> String {
    match (field, field.shape()) {
        (Field::StandardNumber, _) => "GB/T 5750.6-2023".into(),
        (_, Shape::Choice(list)) => list[0].into(),
        (_, Shape::Day) => "2026-11-02".into(),
        (_, Shape::YesNo) => "是".into(),
        (_, Shape::Digits(_)) => PHONE.into(),
        _ => format!("示例{}", field.key()),
    }
}

#[tokio::test]
async fn every_column_of_the_rows_is_kept() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let mut form = first(1);
        let groups = [Group::Capability, Group::Signatory, Group::Instrument, Group::Staff];
        let typed = groups.map(|group| {
            let fields = group.fields().filter(|it| !["certificate", "site"].contains(&it.key()));
            fields.map(|it| (it, sample_of(it))).collect::<Vec<_>>()
        });
        for (group, typed) in groups.into_iter().zip(&typed) {
            let typed: Vec<(Field, &str)> =
                typed.iter().map(|(field, value)| (*field, value.as_str())).collect();
            *form.rows_mut(group).unwrap() = vec![row(&typed)];
        }
        let written = office.assign(&form).await;
        let content = office.app.content(&office.ctx, written.certificate, 1).await.unwrap();
        let kept = Form::of(&written.number, &content);
        for (group, typed) in groups.into_iter().zip(typed) {
            let open = typed.into_iter().filter(|(field, _)| !field.personal());
            for (field, value) in open {
                assert_eq!(kept.rows(group)[0].get(field.key()), Some(&value), "{}", field.label());
            }
        }
        let id = written.certificate;
        let rows = office.app.rows(&office.ctx, id, 1).await.unwrap();
        for (person, group) in
            [(rows.signatories[0].person, Group::Signatory), (rows.staff[0].person, Group::Staff)]
        {
            let known = office.known(id, person).await;
            for field in group.fields().filter(|field| field.personal()) {
                assert!(known.contains(&sample_of(field)), "{}: {known:?}", field.label());
            }
        }
    })
    .await;
}
