//! Whom a check is about, who shall sign for him and where he works: as the draft says it, or as his certificates do.

use crate::form::Form;
use crate::issue::body::described;
use crate::{App, AppError, Ctx, Result};
use domain::admission::Applicant;
use domain::{BodyId, CertificateId, DateSystem, Division, Draft, DraftId, Field, Number, PersonId, Uscc};
use domain::{clean, name_key};
use store::body::Body;
use store::personal::Lookup;

/// Longest name of a body.
const NAME: usize = 150;

/// What is to be checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AdmissionAsk {
    /// A draft of the caller's authority.
    Draft(DraftId),
    /// A code of a body or of a legal person.
    Uscc(Uscc),
    /// The name of a body.
    Name(String),
}

/// Who asks to be granted a certificate, with what belongs to him.
pub(super) struct Subject {
    pub(super) applicant: Applicant,
    /// What the draft changes or replaces: no other certificate of the body.
    pub(super) except: Vec<CertificateId>,
    pub(super) signers: Vec<Signer>,
    pub(super) places: Vec<(String, Option<Division>)>,
}

/// Somebody who shall sign.
pub(super) struct Signer {
    pub(super) name: String,
    /// The keyed hash of the ID number that the draft gives.
    pub(super) number: Option<Lookup>,
    /// Who he is on the body's own certificates.
    pub(super) known: Vec<PersonId>,
}

impl App {
    pub(super) async fn subject(&self, ctx: &Ctx, ask: &AdmissionAsk) -> Result<Subject> {
        match ask {
            AdmissionAsk::Draft(id) => self.of_draft(ctx, *id).await,
            AdmissionAsk::Uscc(code) => {
                let bodies = store::kin::of_codes((&self.db).into(), vec![code.to_string()]).await?;
                let own = bodies.into_iter().filter(|body| body.own_uscc == Some(*code)).collect();
                let own = self.stay((&self.db).into(), own).await?.into_iter().next();
                let unknown = Applicant { uscc: Some(*code), ..Applicant::default() };
                let applicant = own.as_ref().map_or(unknown, applicant);
                self.of_bodies(applicant, own.into_iter().collect()).await
            }
            AdmissionAsk::Name(name) => {
                let name = clean(name, NAME)
                    .map_err(|e| AppError::refused(format!("机构名称：{e}"), "请改正机构名称后再核查。"))?;
                if name_key(&name).is_empty() {
                    let hint = "请填写统一社会信用代码；不知道代码的，填写机构全称。";
                    return Err(AppError::refused("没有填写要核查的机构", hint));
                }
                let bodies = store::body::by_name_keys((&self.db).into(), vec![name_key(&name)]).await?;
                let bodies = self.stay((&self.db).into(), bodies).await?;
                let named = Applicant { name: name.into_owned(), ..Applicant::default() };
                // Several bodies of one name are told as what they are, none is taken for the applicant's codes.
                let applicant = if let [one] = bodies.as_slice() { applicant(one) } else { named };
                self.of_bodies(applicant, bodies).await
            }
        }
    }

    /// What the certificates of bodies say that have not ended.
    async fn of_bodies(&self, applicant: Applicant, bodies: Vec<Body>) -> Result<Subject> {
        let (reader, today) = ((&self.db).into(), self.today());
        let ids = bodies.iter().map(|body| body.id.0).collect();
        let mut heads = store::certificate::of_bodies(reader, ids).await?;
        heads.retain(|head| !head.status.word().ended() && head.valid_to >= today);
        let certificates = heads.iter().map(|head| head.id.0).collect();
        let mut signers: Vec<Signer> = Vec::new();
        for (person, name) in store::elsewhere::signers(reader, certificates).await? {
            match signers.iter_mut().find(|it| it.name == name) {
                Some(it) => it.known.push(person),
                None => signers.push(Signer { name, number: None, known: vec![person] }),
            }
        }
        let mut places = Vec::new();
        for body in &bodies {
            for (certificate, site) in store::kin::sites(reader, body.id, today).await? {
                let place = (site.address, site.division);
                if heads.iter().any(|head| head.id == certificate) && !places.contains(&place) {
                    places.push(place);
                }
            }
        }
        Ok(Subject { applicant, except: Vec::new(), signers, places })
    }

    async fn of_draft(&self, ctx: &Ctx, id: DraftId) -> Result<Subject> {
        let view = self.draft(ctx, id).await?;
        let tables = self.tables();
        let setting = self.setting(&tables, view.head.authority, DateSystem::Y1900);
        // Only who and where: an annex may have thirty thousand rows.
        let form = Form { capabilities: Vec::new(), instruments: Vec::new(), staff: Vec::new(), ..view.form };
        let glance = Draft::glance(&form.raw(), &setting);
        let numbers = [Field::Number, Field::PreviousNumber].map(|field| Number::parse(form.value(field)));
        let numbers = numbers.into_iter().flatten().map(|number| number.to_string()).collect();
        let named = store::certificate::by_numbers((&self.db).into(), numbers).await?;
        let except: Vec<_> = named.iter().map(|head| head.id).chain(view.head.certificate).collect();
        let stands = except.iter().map(|id| id.0).collect();
        let known = store::elsewhere::signers((&self.db).into(), stands).await?;
        let signer = |(signatory, person): (domain::Signatory, domain::Personal)| {
            let (kind, number) = (person.id_kind.reveal(), person.id_number.reveal());
            let number = (!number.is_empty()).then(|| self.keys.person(kind, number));
            // A row edited without typing the ID number again keeps its person.
            let by_name = known.iter().filter(|(_, name)| number.is_none() && *name == signatory.name);
            Signer { number, known: by_name.map(|(person, _)| *person).collect(), name: signatory.name }
        };
        let signers = glance.signatories.into_iter().map(signer).filter(|it| !it.name.is_empty());
        let places = glance.sites.into_iter().map(|site| (site.address, site.division));
        Ok(Subject {
            applicant: applicant(&described(BodyId(0), &glance.face)),
            except,
            signers: signers.collect(),
            places: places.filter(|(address, _)| !address.is_empty()).collect(),
        })
    }
}

fn applicant(body: &Body) -> Applicant {
    Applicant {
        uscc: body.own_uscc,
        parent_uscc: body.parent_uscc,
        name: body.name.clone(),
        parent_name: body.parent_name.clone(),
    }
}
