//! 通知书 to a body: drafted from what is on record, edited, made as a PDF that is kept by its hash, and downloaded by whoever
//! sends it to the body's contact.

use super::{DOCUMENT, ON_PAGE, REASON};
use crate::typed::{Reading, Recording};
use crate::{App, AppError, Ctx, Result};
use domain::{
    Action, AuthorityId, BodyId, EventKind, InspectionResult, NoticeId, NoticeKind, Object, StatusWord,
};
use print::{NoticeSheet, Output, Profile};
use sha2::{Digest, Sha256};
use store::body::Body;
use store::notice::Notice;
use store::{StoreError, Urgency};

/// Days before its end within which a certificate is told of: its holder applies three months before (163号令 Art. 11).
const ENDING: i32 = 180;
/// Paragraphs of a notice.
const MOST_LINES: usize = 200;

/// A notice as it is typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewNotice {
    /// A key or label of [`NoticeKind`].
    pub kind: String,
    /// 文号.
    pub document: String,
    /// What it says, a line for each paragraph.
    pub text: String,
}

impl App {
    /// What a notice of a kind to a body could say, from what is on record of it at the caller's authority.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for a body that the caller may not see.
    pub async fn draft_notice(&self, ctx: &Ctx, body: BodyId, kind: NoticeKind) -> Result<String> {
        let own = ctx.authority()?;
        self.ask(ctx, Action::NoticeWrite, Some(own))?;
        let (body, _) = self.linked_body(ctx, body).await?;
        Ok(match kind {
            NoticeKind::Rectify => self.draft_rectify(own, &body).await?,
            NoticeKind::Expiry => self.draft_expiry(own, &body).await?,
            NoticeKind::Suspension => self.draft_suspension(own, &body).await?,
            NoticeKind::Other => "你单位：\n请于    年    月    日前书面答复本机关。".to_owned(),
        })
    }

    async fn draft_rectify(&self, own: AuthorityId, body: &Body) -> Result<String> {
        let reader = || (&self.db).into();
        let keys = self.keys_of(body.id).await?;
        let all = store::inspection::of_bodies(reader(), keys, ON_PAGE).await?;
        let found = all.into_iter().find(|it| it.authority == own && it.result == InspectionResult::Rectify);
        let Some(it) = found else {
            return Ok("经检查，你单位存在下列问题：\n1. \n请于    年    月    日前改正，并将整改报告书面报送本机关。".to_owned());
        };
        let findings = store::inspection::findings(reader(), it.id, it.version).await?;
        let due = store::inspection::of_inspection(reader(), it.id).await?;
        let due = due.iter().rev().find(|it| it.closed_at.is_none()).map(|it| it.due.chinese());
        let days = match it.from == it.to {
            true => it.from.chinese(),
            false => format!("{}至{}", it.from.chinese(), it.to.chinese()),
        };
        let mut lines = vec![format!("{days}，本机关对你单位进行了{}，发现下列问题：", it.kind.label())];
        lines.extend((1..).zip(&findings).map(|(n, text)| format!("{n}. {text}")));
        let due = due.unwrap_or_else(|| "    年    月    日".to_owned());
        lines.push(format!(
            "依据《检验检测机构监督管理办法》，责令你单位于{due}前改正，并将整改报告书面报送本机关。逾期未改正或者改正后仍不符合要求的，本机关将依法处理。"
        ));
        Ok(lines.join("\n"))
    }

    async fn draft_expiry(&self, own: AuthorityId, body: &Body) -> Result<String> {
        let today = self.today();
        let until = today.plus_days(ENDING).unwrap_or(today);
        let heads = store::certificate::of_bodies((&self.db).into(), vec![body.id.0]).await?;
        let ending = |head: &&store::certificate::Head| {
            head.authority == own && (today..=until).contains(&head.valid_to) && head.successor.is_none()
        };
        let lines: Vec<String> = heads
            .iter()
            .filter(ending)
            .map(|it| format!("证书编号{}，有效期至{}。", it.number.grouped(), it.valid_to.chinese()))
            .collect();
        let listed = if lines.is_empty() {
            "证书编号    ，有效期至    。".to_owned()
        } else {
            lines.join("\n")
        };
        Ok(format!(
            "你单位持有的下列资质认定证书即将到期：\n{listed}\n需要延续的，请在有效期届满三个月前向本机关提出申请。有效期届满未延续的，不得继续以资质认定的名义向社会出具具有证明作用的数据和结果。"
        ))
    }

    async fn draft_suspension(&self, own: AuthorityId, body: &Body) -> Result<String> {
        let heads = store::certificate::of_bodies((&self.db).into(), vec![body.id.0]).await?;
        let of =
            |it: &&store::certificate::Head| it.authority == own && it.status.word() == StatusWord::Suspended;
        let lines: Vec<String> = heads
            .iter()
            .filter(of)
            .map(|it| {
                let since = it.status.since().map(|day| day.chinese()).unwrap_or_default();
                format!("证书编号{}，自{since}起暂停。", it.number.grouped())
            })
            .collect();
        let listed = if lines.is_empty() {
            "证书编号    ，自    年    月    日起暂停。".to_owned()
        } else {
            lines.join("\n")
        };
        Ok(format!(
            "本机关决定暂停你单位下列资质认定证书：\n{listed}\n暂停期间不得使用资质认定标志出具报告。改正后可以书面申请恢复；对本告知有异议的，可以向本机关陈述、申辩。"
        ))
    }

    /// Makes a notice: its PDF is kept for ever, and can be downloaded.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for a body that the caller may not see, [`AppError::Refused`] for a document number that the authority
    /// has used, and for a character that no font has.
    pub async fn make_notice(&self, ctx: &Ctx, body: BodyId, new: &NewNotice) -> Result<Recording<NoticeId>> {
        let own = ctx.authority()?;
        self.ask(ctx, Action::NoticeWrite, Some(own))?;
        let (body, _) = self.linked_body(ctx, body).await?;
        let mut reading = Reading::default();
        let kind = NoticeKind::parse(new.kind.trim());
        if kind.is_none() {
            reading.say("kind", "请选择通知书的种类");
        }
        let document = reading.text("document", &new.document, DOCUMENT, "请填写通知书的文号");
        let text =
            reading.lines("text", &new.text, (MOST_LINES, REASON * 2), "请填写通知书的正文").join("\n");
        let (Some(kind), true) = (kind, reading.wrong.is_empty()) else {
            return Ok(Recording::Wrong(reading.wrong));
        };
        let made_at = self.now();
        let sheet = NoticeSheet {
            title: kind.label().to_owned(),
            document: document.clone(),
            addressee: body.name.clone(),
            text: text.clone(),
            authority: self.authority_name(own),
            day: made_at.day(),
            overprint: self.config.footing.overprint(),
        };
        let (fonts, output) = (self.fonts.clone(), Output { profile: Profile::Archive, created: made_at });
        let drawn = crate::printing::drawing(move || print::notice_sheet(&sheet, &output, &fonts)).await?;
        let it = Notice {
            id: NoticeId(self.ids("notice", 1).await?),
            authority: own,
            body: body.id,
            kind,
            document,
            text,
            digest: Sha256::digest(&drawn.bytes).into(),
            actor: ctx.actor.to_string(),
            made_at,
            fetched_at: None,
        };
        let tx = self.db.begin(Urgency::Act).await?;
        store::print::put_file(&tx, &it.digest, &drawn.bytes, made_at).await?;
        match store::notice::insert(&tx, &it).await {
            Err(StoreError::Unique { .. }) => {
                let wrong = format!("文号“{}”已经用过，请核对", it.document);
                return Ok(Recording::Wrong(vec![("document", wrong)]));
            }
            done => done?,
        }
        let mut event = self.event(ctx, EventKind::NoticeMake, Object::Notice, it.id.0);
        event.document = it.document;
        event.details.extend([
            ("body", it.body.to_string()),
            ("kind_of", it.kind.key().to_owned()),
            ("sha256", super::draws::hex(&it.digest)),
        ]);
        store::event::append(&tx, &[event]).await?;
        tx.commit().await?;
        Ok(Recording::Done(it.id))
    }

    /// The notices to a body by the caller's authority, for the nation those of all; the newest first.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for a body that the caller may not see.
    pub async fn notices_of_body(&self, ctx: &Ctx, id: BodyId) -> Result<Vec<Notice>> {
        let own = ctx.authority()?;
        self.ask(ctx, Action::InspectionRead, Some(own))?;
        let (body, _) = self.linked_body(ctx, id).await?;
        let of = (!ctx.actor.is_national()).then_some(own);
        let keys = self.keys_of(body.id).await?;
        Ok(store::notice::of_bodies((&self.db).into(), keys, of, ON_PAGE).await?)
    }

    /// The PDF of a notice, byte for byte as it was made; that it was fetched is on record.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for a notice of another authority.
    pub async fn fetch_notice(&self, ctx: &Ctx, id: NoticeId) -> Result<(Notice, Vec<u8>)> {
        let it = store::notice::by_id((&self.db).into(), id).await?;
        self.ask(ctx, Action::NoticeWrite, it.as_ref().map(|it| it.authority))?;
        let it = it.ok_or(AppError::NotFound)?;
        let bytes = store::print::file((&self.db).into(), &it.digest).await?;
        let bytes = bytes.ok_or_else(|| AppError::Fault(format!("通知书{id}的文件不在库中")))?;
        let tx = self.db.begin(Urgency::Act).await?;
        store::notice::fetched(&tx, id, self.now()).await?;
        let mut event = self.event(ctx, EventKind::NoticeFetch, Object::Notice, id.0);
        event.document.clone_from(&it.document);
        event.details.push(("body", it.body.to_string()));
        store::event::append(&tx, &[event]).await?;
        tx.commit().await?;
        Ok((it, bytes))
    }
}
