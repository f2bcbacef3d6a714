//! Personal fields: encrypted, found again by who may see them, and kept with the person through a change.

use super::*;
use domain::PersonId;
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

        let kinds = domain::Kinds::parse("扩项").unwrap();
        let draft = office.app.start_change(&office.ctx, id, kinds).await.unwrap();
        let mut form = office.app.draft(&office.ctx, draft).await.unwrap().form;
        for (field, value) in [
            (Field::DecisionDay, "2026-11-20"),
            (Field::DecisionNumber, "示例变〔2026〕3号"),
            (Field::Procedure, "一般程序"),
        ] {
            form.set(field, value);
        }
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
