//! 报告二维码: the code a body prints on its reports (notice N4.3.2), as files for the officer and on a slip with a link
//! for the body. Of a link's token only the hash is kept.

use crate::{App, AppError, Ctx, Result, entropy};
use domain::{Action, CertificateId, Day, EventKind, Instant, Number, Object};
use print::{Output, Profile, Slip, qr};
use sha2::{Digest, Sha256};
use store::Urgency;
use store::certificate::{Card, Filter};
use store::link::{Link, TokenHash};

/// Days a link works (issue, "Certificates go out").
const LINK_DAYS: i32 = 30;
/// Side of the code as a PDF: what printed reports are advised to carry.
const PDF_MM: f32 = 25.0;
/// Pixels a module in the PNG: 25 mm at more than 400 dpi for the usual symbol of 41 modules.
const PIXELS: u32 = 12;
/// Slips in one file.
const SLIPS: u32 = 500;

/// In which form the code is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeFormat {
    /// Vector, for layout programs.
    Svg,
    /// Pixels, for what takes nothing else.
    Png,
    /// Vector page of 25 mm with the code as text below.
    Pdf,
}

impl CodeFormat {
    /// All of them.
    pub const ALL: [CodeFormat; 3] = [CodeFormat::Svg, CodeFormat::Png, CodeFormat::Pdf];

    /// The ending of the file's name.
    pub fn key(self) -> &'static str {
        match self {
            CodeFormat::Svg => "svg",
            CodeFormat::Png => "png",
            CodeFormat::Pdf => "pdf",
        }
    }

    /// The form of an ending.
    pub fn parse(key: &str) -> Option<CodeFormat> {
        CodeFormat::ALL.into_iter().find(|f| f.key() == key)
    }

    /// For the header of the same name.
    pub fn content_type(self) -> &'static str {
        match self {
            CodeFormat::Svg => "image/svg+xml",
            CodeFormat::Png => "image/png",
            CodeFormat::Pdf => "application/pdf",
        }
    }
}

/// A code as a file.
#[derive(Clone, Debug)]
pub struct CodeFile {
    /// Whose.
    pub number: Number,
    /// In which form.
    pub format: CodeFormat,
    /// The file.
    pub bytes: Vec<u8>,
}

/// What a link shows.
#[derive(Clone, Debug)]
pub struct OpenLink {
    /// 机构名称.
    pub body_name: String,
    /// 证书编号.
    pub number: Number,
    /// It gives nothing from this moment on.
    pub expires_at: Instant,
    /// How often it was used.
    pub downloads: u32,
    /// Why it gives nothing; empty while it does.
    pub closed: String,
}

/// A link with its token, which is known only until the slip is drawn.
struct Fresh {
    card: Card,
    token: String,
    link: Link,
}

fn hash(token: &str) -> TokenHash {
    Sha256::digest(token.as_bytes()).into()
}

/// A code that is printed on reports must belong to a certificate in force, or to one that will be.
fn usable(card: &Card, today: Day) -> Result<()> {
    let (number, word) = (&card.head.number, card.head.status.word());
    let state = if word.ended() { word.state() } else { "已过期".into() };
    if word.ended() || card.head.valid_to < today {
        let message = format!("证书{number}{state}，报告上不能再印它的二维码");
        return Err(AppError::refused(message, "换发新证书后，请领取新证书的二维码。"));
    }
    Ok(())
}

impl App {
    /// Whether the code of a certificate is given out for reports now: pages then say why not in place of what would be refused.
    ///
    /// # Errors
    /// The refusal that asking for it would meet.
    pub fn code_usable(&self, card: &Card) -> Result<()> {
        usable(card, self.today())?;
        self.may_go_out()
    }

    /// The code of a certificate for reports, as a file.
    pub async fn report_code(&self, ctx: &Ctx, id: CertificateId, format: CodeFormat) -> Result<CodeFile> {
        let card = store::certificate::card_by_id((&self.db).into(), id).await?;
        self.ask(ctx, Action::ReportCode, card.as_ref().map(|c| c.head.authority))?;
        let card = card.ok_or(AppError::NotFound)?;
        usable(&card, self.today())?;
        self.code_file(&card, format).await
    }

    async fn code_file(&self, card: &Card, format: CodeFormat) -> Result<CodeFile> {
        self.may_go_out()?;
        let (text, fonts) = (self.qr_text(card.head.code), self.fonts.clone());
        let word = self.config.footing.overprint().word().map(|word| format!("　{word}"));
        let caption = format!("{}{}", card.head.code.grouped(), word.unwrap_or_default());
        let output = Output { profile: Profile::Archive, created: card.head.assigned_at };
        let draw = move || match format {
            CodeFormat::Svg => Ok(qr::svg(&text)?.into_bytes()),
            CodeFormat::Png => Ok(qr::png(&text, PIXELS)?),
            CodeFormat::Pdf => Ok(qr::pdf(&text, PDF_MM, &caption, &output, &fonts)?.bytes),
        };
        let bytes = super::drawing(draw).await?;
        Ok(CodeFile { number: card.head.number.clone(), format, bytes })
    }

    /// 报告二维码领取单 of a certificate, with a new link, and the certificate's number.
    pub async fn report_slip(&self, ctx: &Ctx, id: CertificateId) -> Result<(Number, Vec<u8>)> {
        let card = store::certificate::card_by_id((&self.db).into(), id).await?;
        self.ask(ctx, Action::ReportCode, card.as_ref().map(|c| c.head.authority))?;
        let card = card.ok_or(AppError::NotFound)?;
        usable(&card, self.today())?;
        Ok((card.head.number.clone(), self.slips(ctx, vec![card]).await?))
    }

    /// In how many files the slips of the caller's own certificates come that match; with an import, of what it assigned.
    pub async fn slip_files(&self, ctx: &Ctx, filter: &Filter) -> Result<u32> {
        let filter = self.slip_filter(ctx, filter).await?;
        let count = store::certificate::count((&self.db).into(), &filter).await?;
        Ok(u32::try_from(count).unwrap_or(u32::MAX).div_ceil(SLIPS))
    }

    /// Whose slips are asked for: the caller's own; an import of somebody else is none.
    async fn slip_filter(&self, ctx: &Ctx, filter: &Filter) -> Result<Filter> {
        let authority = match filter.batch {
            None => ctx.authority()?,
            Some(id) => {
                let batch = store::batch::by_id((&self.db).into(), id).await?;
                self.ask(ctx, Action::ReportCode, batch.as_ref().map(|b| b.authority))?;
                batch.ok_or(AppError::NotFound)?.authority
            }
        };
        self.ask(ctx, Action::ReportCode, Some(authority))?;
        Ok(Filter { authority: Some(authority), ..filter.clone() })
    }

    /// File `file`, from 1, of the slips of [`App::slip_files`] whose certificates are in force: up to 500 in one PDF, each with
    /// a new link.
    pub async fn report_slips(&self, ctx: &Ctx, filter: &Filter, file: u32) -> Result<Vec<u8>> {
        let filter = self.slip_filter(ctx, filter).await?;
        let (mut after, mut ids) = (0, Vec::new());
        for _ in 0..file.clamp(1, 10_000) {
            ids = store::certificate::ids((&self.db).into(), &filter, after, SLIPS).await?;
            after = ids.last().map_or(i64::MAX, |id| id.0);
        }
        let mut cards = Vec::with_capacity(ids.len());
        for id in ids {
            let card = store::certificate::card_by_id((&self.db).into(), id).await?;
            cards.extend(card.filter(|c| usable(c, self.today()).is_ok()));
        }
        if cards.is_empty() {
            return Err(AppError::refused(
                "没有可以领取二维码的证书",
                "已注销、已过期的证书不再发放报告二维码。",
            ));
        }
        self.slips(ctx, cards).await
    }

    /// Draws first: links that no paper carries would only be noise.
    async fn slips(&self, ctx: &Ctx, cards: Vec<Card>) -> Result<Vec<u8>> {
        self.may_go_out()?;
        let now = self.now();
        let until = self.today().plus_days(LINK_DAYS).map_err(|e| AppError::Fault(e.to_string()))?;
        let expires_at = end_of(until);
        let fresh: Vec<Fresh> = cards
            .into_iter()
            .map(|card| {
                let token = entropy::token();
                let (token_hash, certificate) = (hash(&token), card.head.id);
                let link = Link { token_hash, certificate, created_at: now, expires_at, downloads: 0 };
                Fresh { card, token, link }
            })
            .collect();
        let links: Vec<Link> = fresh.iter().map(|f| f.link.clone()).collect();
        let mut events = Vec::with_capacity(fresh.len());
        for f in &fresh {
            let mut event = self.event(ctx, EventKind::LinkCreate, Object::Certificate, f.card.head.id.0);
            event.authority = Some(f.card.head.authority);
            event.details.push(("until", until.to_string()));
            events.push(event);
        }
        let bytes = self.draw_slips(fresh, until, now).await?;
        let tx = self.db.begin(Urgency::Act).await?;
        store::link::create(&tx, &links).await?;
        store::event::append(&tx, &events).await?;
        tx.commit().await?;
        Ok(bytes)
    }

    async fn draw_slips(&self, fresh: Vec<Fresh>, until: Day, now: Instant) -> Result<Vec<u8>> {
        let Some(first) = fresh.first() else { return Err(AppError::Fault("没有领取单".into())) };
        let authority = self.authority_print(first.card.head.authority).await?.printed_name;
        let base = format!("{}/qr/", self.config.base_url());
        let texts: Vec<(String, String)> =
            fresh.iter().map(|f| (self.qr_text(f.card.head.code), format!("{base}{}", f.token))).collect();
        let (fonts, overprint) = (self.fonts.clone(), self.config.footing.overprint());
        let draw = move || {
            let mut slips = Vec::with_capacity(fresh.len());
            for (Fresh { card, .. }, (qr_text, link)) in fresh.iter().zip(&texts) {
                slips.push(Slip {
                    body_name: &card.face.body_name,
                    number: &card.head.number,
                    code: card.head.code,
                    qr_text,
                    valid_to: card.head.valid_to,
                    authority: &authority,
                    link,
                    link_until: until,
                    overprint,
                });
            }
            print::report_slips(&slips, &Output { profile: Profile::Archive, created: now }, &fonts)
        };
        Ok(super::drawing(draw).await?.bytes)
    }

    /// The links of a certificate, newest first.
    pub async fn links(&self, ctx: &Ctx, id: CertificateId) -> Result<Vec<Link>> {
        let head = store::certificate::by_id((&self.db).into(), id).await?;
        self.ask(ctx, Action::ReportCode, head.as_ref().map(|h| h.authority))?;
        Ok(store::link::of_certificate((&self.db).into(), id).await?)
    }

    /// Lets a link of a certificate work for another 30 days from today. The paper that carries it stays good.
    pub async fn renew_link(&self, ctx: &Ctx, id: CertificateId, token_hash: &TokenHash) -> Result<Instant> {
        let card = store::certificate::card_by_id((&self.db).into(), id).await?;
        self.ask(ctx, Action::ReportCode, card.as_ref().map(|c| c.head.authority))?;
        let card = card.ok_or(AppError::NotFound)?;
        usable(&card, self.today())?;
        let link = store::link::find((&self.db).into(), token_hash).await?;
        let link = link.filter(|l| l.certificate == id).ok_or(AppError::NotFound)?;
        let until = self.today().plus_days(LINK_DAYS).map_err(|e| AppError::Fault(e.to_string()))?;
        let tx = self.db.begin(Urgency::Act).await?;
        store::link::renew(&tx, &link, end_of(until)).await?;
        let mut event = self.event(ctx, EventKind::LinkRenew, Object::Certificate, id.0);
        event.authority = Some(card.head.authority);
        event.details.push(("until", until.to_string()));
        store::event::append(&tx, &[event]).await?;
        tx.commit().await?;
        Ok(end_of(until))
    }

    async fn linked(&self, token: &str) -> Result<(Link, Card)> {
        let link = store::link::find((&self.db).into(), &hash(token)).await?.ok_or(AppError::NotFound)?;
        let card = store::certificate::card_by_id((&self.db).into(), link.certificate).await?;
        Ok((link, card.ok_or(AppError::NotFound)?))
    }

    /// What the link of a token shows: anyone's who holds the paper.
    pub async fn link(&self, token: &str) -> Result<OpenLink> {
        let (link, card) = self.linked(token).await?;
        let closed = match usable(&card, self.today()) {
            Err(error) => error.to_string(),
            Ok(()) if self.now() >= link.expires_at => "下载链接已过期".to_owned(),
            Ok(()) => String::new(),
        };
        let Card { head, face, .. } = card;
        let (expires_at, downloads) = (link.expires_at, link.downloads);
        Ok(OpenLink { body_name: face.body_name, number: head.number, expires_at, downloads, closed })
    }

    /// The code behind a link, as a file. A download is counted; what the page itself shows is not. Counting is no act
    /// of anybody's, so it leaves no event.
    ///
    /// # Errors
    /// [`AppError::Refused`] once the link or the certificate has ended.
    pub async fn link_code(&self, token: &str, format: CodeFormat, counted: bool) -> Result<CodeFile> {
        let (link, card) = self.linked(token).await?;
        usable(&card, self.today())?;
        if self.now() >= link.expires_at {
            return Err(AppError::refused("下载链接已过期", "请联系资质认定部门续期，或重新领取领取单。"));
        }
        let file = self.code_file(&card, format).await?;
        if counted {
            let tx = self.db.begin(Urgency::Act).await?;
            store::link::count_download(&tx, &link.token_hash).await?;
            tx.commit().await?;
        }
        Ok(file)
    }
}

/// The end of a day in Asia/Shanghai, which is at +08:00 all year.
fn end_of(day: Day) -> Instant {
    Instant::from_micros(0).plus_seconds((i64::from(day.number()) + 1) * 86_400 - 8 * 3_600)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_works_to_the_end_of_its_last_day_in_shanghai() {
        let day: Day = "2026-12-22".parse().unwrap();
        assert_eq!(end_of(day).plus_seconds(-1).shanghai(), "2026-12-22 23:59:59");
        assert_eq!(end_of(day).plus_seconds(-1).day(), day);
    }
}
