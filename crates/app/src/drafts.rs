//! The form: a draft is left and found again, checked as often as wanted, and assigned once. Changes start from the
//! certificate as it stands and show old and new.

use crate::form::Form;
use crate::funnel::Judged;
use crate::issue::{Purpose, Ready, Writing, counted};
use crate::keys::Bound;
use crate::{App, AppError, Ctx, Result, Written};
use domain::{
    Action, AuthorityId, CertificateId, Content, DateSystem, DraftId, EventKind, Field, Group, Kinds, Object,
    Place, Plan, Problem, Severity,
};
use store::draft::{Draft, Head, Save};
use store::{StoreError, Urgency};

/// A draft as it is shown.
#[derive(Clone, Debug)]
pub struct DraftView {
    /// What the list shows of it.
    pub head: Head,
    /// What was typed.
    pub form: Form,
    /// The edition of its certificate that a change began from.
    pub edition: Option<u32>,
}

/// What is sealed of a draft.
#[derive(serde::Serialize, serde::Deserialize)]
struct Sealed<F> {
    #[serde(flatten)]
    form: F,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    edition: Option<u32>,
}

impl App {
    /// Keeps a new draft.
    pub async fn create_draft(&self, ctx: &Ctx, form: &Form) -> Result<DraftId> {
        let authority = ctx.authority()?;
        self.ask(ctx, Action::DraftWrite, Some(authority))?;
        self.keep_draft(ctx, authority, form, None, None).await
    }

    async fn keep_draft(
        &self,
        ctx: &Ctx,
        authority: AuthorityId,
        form: &Form,
        certificate: Option<CertificateId>,
        edition: Option<u32>,
    ) -> Result<DraftId> {
        let id = DraftId(self.ids("draft", 1).await?);
        let head = Head {
            id,
            authority,
            account: ctx.account()?,
            certificate,
            title: title(form),
            kinds: form.value(Field::Kind).to_owned(),
            version: 1,
            updated_at: self.now(),
        };
        let draft = Draft { head, cipher: self.sealed(id, form, edition)? };
        let tx = self.db.begin(Urgency::Act).await?;
        store::draft::create(&tx, &draft).await?;
        let event = self.event(ctx, EventKind::DraftSave, Object::Draft, id.0);
        store::event::append(&tx, &[event]).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// A draft may hold personal fields: it is encrypted like them.
    fn sealed(&self, id: DraftId, form: &Form, edition: Option<u32>) -> Result<Vec<u8>> {
        let json =
            serde_json::to_vec(&Sealed { form, edition }).map_err(|e| AppError::Fault(e.to_string()))?;
        Ok(self.keys.seal(Bound::Draft(id.0), &json))
    }

    /// Starts a change of a certificate: a draft with everything as it stands and the kinds chosen.
    pub async fn start_change(&self, ctx: &Ctx, id: CertificateId, kinds: Kinds) -> Result<DraftId> {
        self.begin_change(ctx, id, kinds, |_| None).await
    }

    /// The same, with the content changed first; what `mend` gives is filled in as the reason.
    pub(crate) async fn begin_change(
        &self,
        ctx: &Ctx,
        id: CertificateId,
        kinds: Kinds,
        mend: impl FnOnce(&mut Content) -> Option<String>,
    ) -> Result<DraftId> {
        let head = store::certificate::by_id((&self.db).into(), id).await?;
        self.ask(ctx, Action::Change, head.as_ref().map(|h| h.authority))?;
        let head = head.ok_or(AppError::NotFound)?;
        if head.status.word().ended() && !kinds.makes_certificate() {
            return Err(AppError::refused(
                format!("证书{}{}，不能变更", head.number, head.status.word().state()),
                "原决定有误的，先在证书页面办理“撤销原决定”。",
            ));
        }
        let mut content = self.content_of(id, head.edition).await?;
        let reason = mend(&mut content);
        let mut form = Form::of(&head.number, &content);
        form.set(Field::Kind, kinds.to_string());
        if let Some(reason) = reason {
            form.set(Field::Reason, reason);
        }
        if kinds.makes_certificate() {
            form.set(Field::PreviousNumber, head.number.to_string());
            for field in [Field::Number, Field::IssuedOn, Field::ValidFrom, Field::ValidTo] {
                form.certificate.remove(field.key());
            }
        } else {
            form.certificate.remove(Field::PreviousNumber.key());
            if let Some(previous) = &content.face.previous_number {
                form.set(Field::PreviousNumber, previous.to_string());
            }
            let frozen = |group: &Group| {
                !kinds.iter().any(|k| k.may_change_rows(*group)) && *group != Group::Certificate
            };
            form.absent = Group::ALL.iter().filter(|g| frozen(g)).map(|g| g.key().to_owned()).collect();
        }
        self.keep_draft(ctx, head.authority, &form, Some(id), Some(head.edition)).await
    }

    /// A draft of the caller's authority.
    pub async fn draft(&self, ctx: &Ctx, id: DraftId) -> Result<DraftView> {
        let draft = store::draft::by_id((&self.db).into(), id).await?;
        self.ask(ctx, Action::DraftWrite, draft.as_ref().map(|d| d.head.authority))?;
        let draft = draft.ok_or(AppError::NotFound)?;
        let json = self.keys.open_sealed(Bound::Draft(id.0), &draft.cipher)?;
        let Sealed { form, edition } =
            serde_json::from_slice(&json).map_err(|e| AppError::Fault(format!("草稿{id}：{e}")))?;
        Ok(DraftView { head: draft.head, form, edition })
    }

    /// The drafts of the caller's authority, last touched first.
    pub async fn drafts(&self, ctx: &Ctx) -> Result<Vec<Head>> {
        let authority = ctx.authority()?;
        self.ask(ctx, Action::DraftWrite, Some(authority))?;
        Ok(store::draft::list((&self.db).into(), authority, None, 200).await?)
    }

    /// Saves a draft; `version` is the one that was shown. Returns the new version.
    ///
    /// # Errors
    /// [`store::StoreError::Conflict`] if somebody else saved meanwhile.
    pub async fn save_draft(&self, ctx: &Ctx, id: DraftId, version: u32, form: &Form) -> Result<u32> {
        let began_from = self.draft(ctx, id).await?.edition;
        let cipher = self.sealed(id, form, began_from)?;
        let title = title(form);
        let save = Save {
            account: ctx.account()?,
            title: &title,
            kinds: form.value(Field::Kind),
            cipher: &cipher,
            now: self.now(),
        };
        let tx = self.db.begin(Urgency::Act).await?;
        let version = store::draft::save(&tx, id, version, &save).await?;
        let event = self.event(ctx, EventKind::DraftSave, Object::Draft, id.0);
        store::event::append(&tx, &[event]).await?;
        tx.commit().await?;
        Ok(version)
    }

    /// Throws a draft away.
    pub async fn discard_draft(&self, ctx: &Ctx, id: DraftId) -> Result<()> {
        let draft = self.draft(ctx, id).await?;
        let tx = self.db.begin(Urgency::Act).await?;
        store::draft::delete(&tx, id, draft.head.version).await?;
        let event = self.event(ctx, EventKind::DraftDiscard, Object::Draft, id.0);
        store::event::append(&tx, &[event]).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Judges a form by the rules of assignment, nothing written.
    pub async fn check_form(&self, ctx: &Ctx, form: &Form) -> Result<Judged> {
        let authority = ctx.authority()?;
        self.ask(ctx, Action::ImportPreview, Some(authority))?;
        self.judge_form(form, authority).await
    }

    async fn judge_form(&self, form: &Form, authority: AuthorityId) -> Result<Judged> {
        let tables = self.tables();
        let setting = self.setting(&tables, authority, DateSystem::Y1900);
        self.judge(&form.as_certificate_says().raw(), &setting).await
    }

    /// Assigns a draft; it is gone afterwards, in the same transaction.
    ///
    /// # Errors
    /// [`AppError::Invalid`] with all problems; the draft stays.
    pub async fn assign_draft(&self, ctx: &Ctx, id: DraftId) -> Result<Written> {
        let draft = self.draft(ctx, id).await?;
        if let Some(problem) = self.behind(&draft).await? {
            return Err(AppError::Invalid(vec![problem]));
        }
        self.assign_with(ctx, &draft.form, Some((id, draft.head.version))).await
    }

    /// Why a draft of a change cannot be done any more: the certificate is not what it was when the draft was begun, and
    /// what others changed meanwhile would be taken back unseen; or it has ended.
    pub(crate) async fn behind(&self, draft: &DraftView) -> Result<Option<Problem>> {
        let Some(id) = draft.head.certificate else { return Ok(None) };
        let kinds = Kinds::parse(draft.form.value(Field::Kind));
        if kinds.is_ok_and(Kinds::makes_certificate) {
            return Ok(None);
        }
        let head = store::certificate::by_id((&self.db).into(), id).await?.ok_or(AppError::NotFound)?;
        let (word, began) = (head.status.word(), draft.edition.unwrap_or(head.edition));
        let (code, message, hint) = if word.ended() {
            let hint = "原决定有误的，先在证书页面办理“撤销原决定”；否则请丢弃草稿。";
            ("ended", format!("证书{}，不能变更", word.state()), hint)
        } else if began != head.edition {
            let message =
                format!("草稿从证书的第{began}版开始，证书现在已是第{}版：其间另有变更赋码", head.edition);
            let hint = "继续会冲掉那次变更。请从证书页面重新发起变更，填入本草稿的改动，再丢弃本草稿。";
            ("stale_edition", message, hint)
        } else {
            return Ok(None);
        };
        Ok(Some(Problem {
            severity: Severity::Error,
            place: Place::cell(Group::Certificate, 1, None, Field::Number),
            code,
            value: head.number.to_string(),
            message,
            hint: hint.into(),
        }))
    }

    /// Assigns what a form says: a new certificate, or a new edition of a known one.
    ///
    /// # Errors
    /// [`AppError::Invalid`] with all problems.
    pub async fn assign_form(&self, ctx: &Ctx, form: &Form) -> Result<Written> {
        self.assign_with(ctx, form, None).await
    }

    async fn assign_with(&self, ctx: &Ctx, form: &Form, draft: Option<(DraftId, u32)>) -> Result<Written> {
        let authority = ctx.authority()?;
        let fresh = Kinds::parse(form.value(Field::Kind)).is_ok_and(Kinds::makes_certificate);
        self.ask(ctx, if fresh { Action::Assign } else { Action::Change }, Some(authority))?;
        let purpose = Purpose { authority, batch: None, draft, urgency: Urgency::Act };
        match self.judge_and_write(ctx, form, &purpose).await {
            // Another door was faster with this body: what stands now is judged.
            Err(AppError::Store(StoreError::Conflict | StoreError::Unique { .. })) => {
                self.judge_and_write(ctx, form, &purpose).await
            }
            done => done,
        }
    }

    async fn judge_and_write(&self, ctx: &Ctx, form: &Form, purpose: &Purpose) -> Result<Written> {
        let authority = purpose.authority;
        let judged = self.judge_form(form, authority).await?;
        let Some((parsed, plan)) = judged.draft else { return Err(AppError::Invalid(judged.problems)) };
        let mut writing = Writing::default();
        match &plan {
            Plan::Unchanged { is } => Err(AppError::refused(
                format!("与系统中的证书（内部编号{is}）完全相同，没有需要赋码的内容"),
                "如需修改，请改动内容后再赋码；否则可以丢弃草稿。",
            )),
            Plan::Change { of, .. } => {
                let head =
                    store::certificate::by_id((&self.db).into(), *of).await?.ok_or(AppError::NotFound)?;
                let ready = Ready { draft: parsed, plan, number: None, line: 0, sent: None, held: None };
                self.write_change(ctx, purpose, &head, &ready, &mut writing).await
            }
            Plan::New { .. } => {
                self.assigns_by_hand(authority).await?;
                let held = parsed.number.is_none().then_some(judged.held);
                let number = match &parsed.number {
                    Some(number) => number.clone(),
                    None if counted(parsed.content.face.kinds) => {
                        self.next_number(authority, &parsed).await?
                    }
                    None => return Err(AppError::Fault("没有编号的存量证书".into())),
                };
                let ready = Ready { draft: parsed, plan, number: Some(number), line: 0, sent: None, held };
                let mut written = self.write_new(ctx, purpose, &[ready], &mut writing).await?;
                written.pop().ok_or_else(|| AppError::Fault("没有写入证书".into()))
            }
        }
    }

    /// The next number of the counter, taken in a transaction of its own: a crash before the assignment leaves a gap,
    /// and a gap is never filled.
    async fn next_number(&self, authority: AuthorityId, draft: &domain::Draft) -> Result<domain::Number> {
        let settings = self.settings_of(authority).await?;
        let face = &draft.content.face;
        let year = face.issued_on.unwrap_or(face.valid_from).year();
        let code = self.code_on(authority, year)?;
        let tx = self.db.begin(Urgency::Act).await?;
        let scope = (year, code, face.domain, face.industry);
        let number = self.take_numbers(&tx, authority, &settings, scope, 1).await?.pop();
        tx.commit().await?;
        number.ok_or_else(|| AppError::Fault("计数器没有给出编号".into()))
    }
}

fn title(form: &Form) -> String {
    let name = form.value(Field::BodyName).trim();
    let name = if name.is_empty() { "（未填机构名称）" } else { name };
    name.chars().take(100).collect()
}
