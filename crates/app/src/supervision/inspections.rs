//! 监督检查 of a body: recorded by the authority that inspected, corrected by another version, published version by version.

use super::rectifications::views;
use super::{DOCUMENT, NAME, ON_PAGE, REASON, RectificationView};
use crate::typed::{Reading, Recording};
use crate::{App, AppError, Ctx, Result};
use domain::{
    Action, AuthorityId, BodyId, CertificateId, DrawId, EventKind, InspectionId, InspectionKind,
    InspectionResult, Number, Object,
};
use std::collections::HashMap;
use store::body::Body;
use store::inspection::Inspection;
use store::{StoreError, Urgency};

/// Findings of one inspection.
const MOST_FINDINGS: usize = 100;
/// Inspectors of one inspection.
const MOST_INSPECTORS: usize = 20;

/// An inspection as it is typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewInspection {
    /// A key or label of [`InspectionKind`].
    pub kind: String,
    /// Key of the draw it came of; may be empty.
    pub draw: String,
    /// First day.
    pub from: String,
    /// Last day; empty: the first.
    pub to: String,
    /// Names of the inspectors, parted by blanks or commas.
    pub inspectors: String,
    /// Numbers of the certificates it was about; empty: those of the caller's authority.
    pub certificates: String,
    /// A key or label of [`InspectionResult`].
    pub result: String,
    /// What was found, a line each.
    pub findings: String,
    /// What was done, in words; may be empty.
    pub summary: String,
    /// 文号 of what was decided; may be empty.
    pub document: String,
}

/// An inspection as officers read it.
#[derive(Clone, Debug)]
pub struct InspectionView {
    /// As it stands.
    pub it: Inspection,
    /// Whom it was about.
    pub body: Body,
    /// What was found.
    pub findings: Vec<String>,
    /// Numbers of the certificates.
    pub numbers: Vec<(CertificateId, Number)>,
    /// All versions, the first first.
    pub versions: Vec<Inspection>,
    /// What is to be put right.
    pub rectifications: Vec<RectificationView>,
}

impl App {
    /// Inspections by the caller's authority, for the nation those of all; the newest first, before a key. With their bodies.
    pub async fn inspections(
        &self,
        ctx: &Ctx,
        before: Option<InspectionId>,
        limit: u32,
    ) -> Result<Vec<(Inspection, Body)>> {
        let own = ctx.authority()?;
        self.ask(ctx, Action::InspectionRead, Some(own))?;
        let of = (!ctx.actor.is_national()).then_some(own);
        let all = store::inspection::list((&self.db).into(), of, before, limit).await?;
        let bodies = self.bodies_by_key(all.iter().map(|it| it.body.0).collect()).await?;
        Ok(all.into_iter().filter_map(|it| bodies.get(&it.body).cloned().map(|body| (it, body))).collect())
    }

    /// One inspection.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for one of another authority.
    pub async fn inspection(&self, ctx: &Ctx, id: InspectionId) -> Result<InspectionView> {
        let it = store::inspection::by_id((&self.db).into(), id).await?;
        self.ask(ctx, Action::InspectionRead, it.as_ref().map(|it| it.authority))?;
        let it = it.ok_or(AppError::NotFound)?;
        let reader = || (&self.db).into();
        let body = store::body::by_id(reader(), it.body).await?;
        let body = body.ok_or_else(|| AppError::Fault(format!("检查{id}的机构不在库中")))?;
        let heads =
            store::certificate::by_ids(reader(), it.certificates.iter().map(|id| id.0).collect()).await?;
        let ordered = store::inspection::of_inspection(reader(), id).await?;
        let steps = store::inspection::steps(reader(), ordered.iter().map(|it| it.id.0).collect()).await?;
        Ok(InspectionView {
            findings: store::inspection::findings(reader(), id, it.version).await?,
            numbers: heads.into_iter().map(|head| (head.id, head.number)).collect(),
            versions: store::inspection::versions(reader(), id).await?,
            rectifications: views(ordered, steps),
            it,
            body,
        })
    }

    /// The inspections of a body that the caller sees: day, authority, kind and result, of all authorities. Which of them he
    /// may open, the table of rights says.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for a body that is tied to the caller's authority by its family at the most.
    pub async fn inspections_of_body(&self, ctx: &Ctx, id: BodyId) -> Result<Vec<Inspection>> {
        self.ask(ctx, Action::InspectionRead, Some(ctx.authority()?))?;
        let (body, _) = self.linked_body(ctx, id).await?;
        let keys = self.keys_of(body.id).await?;
        Ok(store::inspection::of_bodies((&self.db).into(), keys, ON_PAGE).await?)
    }

    /// The names of those who recorded or published what is in a view, by the actors that stand in it.
    pub async fn supervisors(&self, ctx: &Ctx, actors: &[&str]) -> Result<HashMap<String, String>> {
        self.ask(ctx, Action::InspectionRead, Some(ctx.authority()?))?;
        self.names_of(actors.iter().copied()).await
    }

    /// Records an inspection of a body by the caller's authority.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for a body that the caller may not see.
    pub async fn record_inspection(
        &self,
        ctx: &Ctx,
        body: BodyId,
        new: &NewInspection,
    ) -> Result<Recording<InspectionId>> {
        let own = ctx.authority()?;
        self.ask(ctx, Action::InspectionWrite, Some(own))?;
        let (body, _) = self.linked_body(ctx, body).await?;
        let (it, findings) = match self.read_inspection(ctx, own, &body, new).await? {
            Ok(read) => read,
            Err(wrong) => return Ok(Recording::Wrong(wrong)),
        };
        let it = Inspection { id: InspectionId(self.ids("inspection", 1).await?), ..it };
        self.write_inspection(ctx, EventKind::InspectionRecord, &it, &findings, "").await?;
        Ok(Recording::Done(it.id))
    }

    /// Writes another version of an inspection, over the one that was read.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for an inspection of another authority, [`AppError::Refused`] without a reason or if somebody else has just
    /// corrected it.
    pub async fn correct_inspection(
        &self,
        ctx: &Ctx,
        id: InspectionId,
        version: u32,
        new: &NewInspection,
        reason: &str,
    ) -> Result<Recording<InspectionId>> {
        let before = store::inspection::by_id((&self.db).into(), id).await?;
        self.ask(ctx, Action::InspectionWrite, before.as_ref().map(|it| it.authority))?;
        let before = before.ok_or(AppError::NotFound)?;
        let mut reading = Reading::default();
        let reason = reading.text("reason", reason, REASON, "请填写更正的原因");
        let (body, _) = self.linked_body(ctx, before.body).await?;
        let (it, findings) = match self.read_inspection(ctx, before.authority, &body, new).await? {
            Ok(read) if reading.wrong.is_empty() => read,
            Ok(_) => return Ok(Recording::Wrong(reading.wrong)),
            Err(mut wrong) => {
                wrong.extend(reading.wrong);
                return Ok(Recording::Wrong(wrong));
            }
        };
        let it = Inspection { id, version: version + 1, body: before.body, ..it };
        self.write_inspection(ctx, EventKind::InspectionCorrect, &it, &findings, &reason).await?;
        Ok(Recording::Done(id))
    }

    async fn write_inspection(
        &self,
        ctx: &Ctx,
        kind: EventKind,
        it: &Inspection,
        findings: &[String],
        reason: &str,
    ) -> Result<()> {
        let tx = self.db.begin(Urgency::Act).await?;
        match store::inspection::insert(&tx, it, findings).await {
            Err(StoreError::Unique { .. }) => {
                let hint = "请刷新页面，核对现在的内容后再更正。";
                return Err(AppError::refused("这条检查记录刚刚被其他人更正", hint));
            }
            done => done?,
        }
        let mut event = self.event(ctx, kind, Object::Inspection, it.id.0);
        event.document.clone_from(&it.document);
        event.details.extend([
            ("version", it.version.to_string()),
            ("body", it.body.to_string()),
            ("kind_of", it.kind.key().to_owned()),
            ("result", it.result.key().to_owned()),
            ("findings", findings.len().to_string()),
            ("reason", reason.to_owned()),
        ]);
        store::event::append(&tx, &[event]).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Lets the public read an inspection as it stands: body, days, kind, result and document, without persons and findings.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for an inspection of another authority, [`AppError::Refused`] if this version is published.
    pub async fn publish_inspection(&self, ctx: &Ctx, id: InspectionId) -> Result<()> {
        let it = store::inspection::by_id((&self.db).into(), id).await?;
        self.ask(ctx, Action::InspectionWrite, it.as_ref().map(|it| it.authority))?;
        let it = it.ok_or(AppError::NotFound)?;
        let taken = || AppError::refused("这一版检查结果已经公开", "不用再次公开；更正后的内容可以再公开。");
        let tx = self.db.begin(Urgency::Act).await?;
        match store::inspection::publish(&tx, id, it.version, &ctx.actor.to_string(), self.now()).await {
            Err(StoreError::Unique { .. }) => return Err(taken()),
            done => done?,
        }
        let mut event = self.event(ctx, EventKind::InspectionPublish, Object::Inspection, id.0);
        event.document = it.document;
        event.details.extend([("version", it.version.to_string()), ("result", it.result.key().to_owned())]);
        store::event::append(&tx, &[event]).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn read_inspection(
        &self,
        ctx: &Ctx,
        own: AuthorityId,
        body: &Body,
        new: &NewInspection,
    ) -> Result<Result<(Inspection, Vec<String>), Vec<(&'static str, String)>>> {
        let mut reading = Reading::default();
        let kind = InspectionKind::parse(new.kind.trim());
        if kind.is_none() {
            reading.say("kind", format!("请选择检查类型：{}", InspectionKind::choices()));
        }
        let result = InspectionResult::parse(new.result.trim());
        if result.is_none() {
            reading.say("result", format!("请选择检查结果：{}", InspectionResult::choices()));
        }
        let from = reading.past("from", &new.from, self.today(), "请填写检查日期");
        let to = match new.to.trim() {
            "" => from,
            text => reading.past("to", text, self.today(), ""),
        };
        if to < from {
            reading.say("to", "结束日期早于开始日期，请核对");
        }
        let inspectors = inspectors(&mut reading, &new.inspectors);
        let findings = reading.lines("findings", &new.findings, (MOST_FINDINGS, REASON), "");
        if result.is_some_and(|it| it == InspectionResult::Rectify) && findings.is_empty() {
            reading.say("findings", "责令改正的，请逐条写明发现的问题，一行一条");
        }
        let summary = reading.text("summary", &new.summary, 1_000, "");
        let document = reading.text("document", &new.document, DOCUMENT, "");
        let draw = self.read_draw(&mut reading, own, body, &new.draw).await?;
        let certificates = self.read_certificates(&mut reading, own, body, &new.certificates).await?;
        let (Some(kind), Some(result), true) = (kind, result, reading.wrong.is_empty()) else {
            return Ok(Err(reading.wrong));
        };
        let it = Inspection {
            id: InspectionId(0),
            version: 1,
            authority: own,
            body: body.id,
            draw,
            kind,
            from,
            to,
            inspectors,
            certificates,
            result,
            summary,
            document,
            actor: ctx.actor.to_string(),
            recorded_at: self.now(),
            published: None,
        };
        Ok(Ok((it, findings)))
    }

    /// The draw that an inspection came of: one of the same authority, in which the body was drawn.
    async fn read_draw(
        &self,
        reading: &mut Reading,
        own: AuthorityId,
        body: &Body,
        text: &str,
    ) -> Result<Option<DrawId>> {
        let Some(id) = reading.number("draw", text).map(DrawId) else { return Ok(None) };
        let keys = self.keys_of(body.id).await?;
        let draws = store::draw::of_bodies((&self.db).into(), keys, ON_PAGE).await?;
        let found = draws.iter().any(|it| it.id == id && it.authority == own);
        if !found {
            reading.say("draw", format!("本机关第{id}号抽查中没有抽到这家机构，请核对编号；不是抽查的留空"));
        }
        Ok(found.then_some(id))
    }

    /// The certificates an inspection was about: those named, or all that the authority issued to the body and that have not ended.
    async fn read_certificates(
        &self,
        reading: &mut Reading,
        own: AuthorityId,
        body: &Body,
        text: &str,
    ) -> Result<Vec<CertificateId>> {
        let heads = store::certificate::of_bodies((&self.db).into(), vec![body.id.0]).await?;
        if text.trim().is_empty() {
            let open = heads.iter().filter(|it| it.authority == own && it.valid_to >= self.today());
            return Ok(open.map(|head| head.id).collect());
        }
        let mut ids = Vec::new();
        for word in text.split([',', '，', '、', ';', '；', '\n']).map(str::trim).filter(|it| !it.is_empty())
        {
            let number = Number::parse(word).ok();
            match number.and_then(|number| heads.iter().find(|head| head.number == number)) {
                Some(head) => ids.push(head.id),
                None => reading.say("certificates", format!("“{word}”不是这家机构的证书编号，请核对")),
            }
        }
        Ok(ids)
    }
}

/// Names of inspectors in one form, at least two of them: nobody inspects alone.
fn inspectors(reading: &mut Reading, text: &str) -> String {
    let parted = |c: char| c.is_whitespace() || matches!(c, ',' | '，' | '、' | ';' | '；');
    let names: Vec<&str> = text.split(parted).filter(|name| !name.is_empty()).collect();
    if names.len() < usize::from(domain::draw::LEAST_INSPECTORS) {
        reading.say("inspectors", "检查人员不少于两人，姓名之间用顿号隔开");
    }
    if names.len() > MOST_INSPECTORS {
        reading.say("inspectors", format!("检查人员最多{MOST_INSPECTORS}人"));
    }
    reading.text("inspectors", &names.join("、"), NAME, "")
}
