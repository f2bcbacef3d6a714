//! 打印: certificates go out as PDF, each with a record, its file kept by content hash; drafts only as 样张 (in the sandbox all of it as 测试). Order of
//! reading: this page (what a print is made of), `order` (who may print what again), `batch` (many), `fetch` (what was printed), `codes` (the QR
//! for reports).

mod batch;
mod codes;
mod fetch;
mod order;

pub(crate) use batch::KIND;
pub use batch::{BatchOrder, Bundle, PrintOutcome, Selection};
pub use codes::{CodeFile, CodeFormat, OpenLink};
pub use fetch::PrintJob;
pub use order::{PrintOrder, Printed};

use crate::form::Form;
use crate::{App, AppError, Ctx, Footing, Result};
use domain::{Action, AuthorityId, CertificateId, Code, Content, Day, Instant, Kind, Number, Plan, merged};
use print::{AuthorityPrint, Document, Output, Overprint, Paper, Parts, Pdf, PrintError, Profile};
use store::certificate::Head;
use store::content::Edition;

/// A certificate ready to be drawn: everything a [`Document`] borrows, owned, so that it can go to another thread.
struct Sheet {
    number: Option<Number>,
    code: Option<Code>,
    edition: u32,
    content: Content,
    authority: AuthorityPrint,
    qr_text: String,
    approved_on: Option<Day>,
    overprint: Overprint,
    parts: Parts,
    /// Written into the file. The instant of the edition, not of the print: the same edition gives the same bytes.
    created: Instant,
}

impl Sheet {
    fn document(&self) -> Document<'_> {
        Document {
            number: self.number.as_ref(),
            code: self.code,
            edition: self.edition,
            content: &self.content,
            authority: &self.authority,
            qr_text: self.qr_text.clone(),
            approved_on: self.approved_on,
            overprint: self.overprint,
            parts: self.parts,
        }
    }
}

/// Why nothing was printed, in words for the officer.
fn unprintable(error: PrintError) -> AppError {
    match error {
        PrintError::Engine(text) => AppError::Fault(text),
        error => AppError::refused(error.to_string(), "没有打印，也没有留下打印记录；处理后请重新打印。"),
    }
}

/// Runs the drawing off the async threads.
pub(crate) async fn drawing<T: Send + 'static>(
    draw: impl FnOnce() -> Result<T, PrintError> + Send + 'static,
) -> Result<T> {
    let drawn =
        tokio::task::spawn_blocking(draw).await.map_err(|e| AppError::Fault(format!("打印线程：{e}")))?;
    drawn.map_err(unprintable)
}

impl App {
    /// A draft as it will be printed, with 样张 on every page; nothing is kept.
    ///
    /// # Errors
    /// [`AppError::Invalid`] while the draft cannot be assigned.
    pub async fn preview_form(&self, ctx: &Ctx, form: &Form, parts: Parts) -> Result<Vec<u8>> {
        let authority = ctx.authority()?;
        self.ask(ctx, Action::DraftWrite, Some(authority))?;
        let sheet = self.sheet_of_form(ctx, authority, form, parts).await?;
        Ok(self.drawn(sheet, Profile::Archive).await?.bytes)
    }

    /// The face of a draft as one SVG picture, for the page on which it is typed.
    ///
    /// # Errors
    /// [`AppError::Invalid`] while the draft cannot be assigned.
    pub async fn preview_face(&self, ctx: &Ctx, form: &Form) -> Result<String> {
        let authority = ctx.authority()?;
        self.ask(ctx, Action::DraftWrite, Some(authority))?;
        let sheet = self.sheet_of_form(ctx, authority, form, Parts::Face).await?;
        let (fonts, template) = (self.fonts.clone(), self.template.clone());
        drawing(move || print::face_svg(&sheet.document(), &fonts, &template)).await
    }

    async fn sheet_of_form(
        &self,
        ctx: &Ctx,
        authority: AuthorityId,
        form: &Form,
        parts: Parts,
    ) -> Result<Sheet> {
        let judged = self.check_form(ctx, form).await?;
        let Some((draft, plan)) = judged.draft else { return Err(AppError::Invalid(judged.problems)) };
        let mut sheet = Sheet {
            number: draft.number.clone(),
            code: None,
            edition: 1,
            content: draft.content.clone(),
            authority: self.authority_print(authority).await?,
            qr_text: String::new(),
            approved_on: None,
            overprint: self.config.footing.preview(),
            parts,
            created: self.now(),
        };
        if let Plan::Change { of, .. } | Plan::Unchanged { is: of } = plan {
            let head = store::certificate::by_id((&self.db).into(), of).await?.ok_or(AppError::NotFound)?;
            sheet.content = merged(&draft, &self.content_of(of, head.edition).await?);
            (sheet.number, sheet.edition) = (Some(head.number), head.edition + 1);
            sheet.approved_on = draft.content.face.decision_day;
        }
        Ok(sheet)
    }

    /// A certificate as it would be printed, with 样张 on every page; nothing is kept.
    pub async fn preview_certificate(&self, ctx: &Ctx, id: CertificateId, parts: Parts) -> Result<Vec<u8>> {
        let head = store::certificate::by_id((&self.db).into(), id).await?;
        self.ask(ctx, Action::CertificateRead, head.as_ref().map(|h| h.authority))?;
        let head = head.ok_or(AppError::NotFound)?;
        let sheet = self.previewed(&head, parts).await?;
        Ok(self.drawn(sheet, Profile::Archive).await?.bytes)
    }

    /// The face of a certificate as one SVG picture with 样张, for a page.
    pub async fn face_picture(&self, ctx: &Ctx, id: CertificateId) -> Result<String> {
        let head = store::certificate::by_id((&self.db).into(), id).await?;
        self.ask(ctx, Action::CertificateRead, head.as_ref().map(|h| h.authority))?;
        let head = head.ok_or(AppError::NotFound)?;
        let sheet = self.previewed(&head, Parts::Face).await?;
        let (fonts, template) = (self.fonts.clone(), self.template.clone());
        drawing(move || print::face_svg(&sheet.document(), &fonts, &template)).await
    }

    /// A page with crosses, to find the authority's offsets.
    pub async fn test_sheet(&self, ctx: &Ctx) -> Result<Vec<u8>> {
        let authority = ctx.authority()?;
        self.ask(ctx, Action::CertificateRead, Some(authority))?;
        let of = self.authority_print(authority).await?;
        let (fonts, output) = (self.fonts.clone(), Output { profile: Profile::Archive, created: self.now() });
        Ok(drawing(move || print::offset_test_sheet(&of, &output, &fonts)).await?.bytes)
    }

    /// How an authority prints: its settings, or its name on plain paper.
    async fn authority_print(&self, id: AuthorityId) -> Result<AuthorityPrint> {
        let settings = self.settings_of(id).await?;
        let name =
            if settings.printed_name.is_empty() { self.authority_name(id) } else { settings.printed_name };
        Ok(AuthorityPrint {
            printed_name: name,
            offset_x_mm: settings.offset_x_mm,
            offset_y_mm: settings.offset_y_mm,
            paper: if settings.pre_printed { Paper::PrePrinted } else { Paper::Plain },
        })
    }

    /// What the short QR says: upper case, so that it is the smallest symbol (architecture.md 6).
    pub(crate) fn qr_text(&self, code: Code) -> String {
        let url = self.config.public_url.trim_end_matches('/').to_uppercase();
        format!("{url}/{}/{code}", self.realm().letter())
    }

    /// A code that leaves the house must lead to an https address; only what is overprinted may carry another one.
    ///
    /// # Errors
    /// The refusal that printing would meet.
    pub fn may_go_out(&self) -> Result<()> {
        if self.config.footing != Footing::Real || self.config.public_url.starts_with("https://") {
            return Ok(());
        }
        let message = format!("公众查询网址“{}”不是https，不能正式打印", self.config.public_url);
        Err(AppError::refused(
            message,
            "请系统管理员在设置文件 fuma.toml 中设置 public_url = \"https://主机名\" 后重启。",
        ))
    }

    /// The current edition, not as a final.
    async fn previewed(&self, head: &Head, parts: Parts) -> Result<Sheet> {
        let overprint = self.config.footing.preview();
        Ok(Sheet { overprint, ..self.sheet(head, head.edition, parts).await? })
    }

    /// One edition of a certificate, ready to be drawn.
    async fn sheet(&self, head: &Head, edition: u32, parts: Parts) -> Result<Sheet> {
        let editions = store::content::editions((&self.db).into(), head.id).await?;
        let stored = editions.iter().find(|e| e.edition == edition).ok_or(AppError::NotFound)?;
        Ok(Sheet {
            number: Some(head.number.clone()),
            code: Some(head.code),
            edition,
            content: store::content::rows((&self.db).into(), head.id, edition)
                .await?
                .content(stored.face.clone()),
            authority: self.authority_print(head.authority).await?,
            qr_text: self.qr_text(head.code),
            approved_on: approved_on(&editions, edition),
            overprint: self.config.footing.overprint(),
            parts,
            created: stored.recorded_at,
        })
    }

    async fn drawn(&self, sheet: Sheet, profile: Profile) -> Result<Pdf> {
        let (fonts, template) = (self.fonts.clone(), self.template.clone());
        let output = Output { profile, created: sheet.created };
        drawing(move || print::render(&sheet.document(), &output, &fonts, &template)).await
    }
}

/// 批准日期 of an edition's annex: the day of the last decision that had something printed (domain.md 1.4); the face's
/// 发证日期 for the first. A correction of an entry error is no decision of its own.
fn approved_on(editions: &[Edition], edition: u32) -> Option<Day> {
    let decided = |e: &&Edition| e.kinds.iter().any(|k| k.reprints() && k != Kind::Correction);
    let last = editions.iter().filter(|e| e.edition > 1 && e.edition <= edition).rfind(decided)?;
    last.face.decision_day
}
