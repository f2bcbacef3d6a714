//! Status acts, adoption and declarations by record id: one short transaction an item.

use super::answer::{Effect, ItemAnswer, Kept, Sent, failed_as};
use super::item::{Fault, record_id_is_good};
use super::work::overtaken;
use crate::{App, AppError, Ctx, Decision, Result};
use domain::{Action, AuthorityId, Day, Number, StatusAct};
use serde_json::Value;
use store::Urgency;
use store::certificate::Head;

/// How often an item is tried again because somebody else was faster.
const TRIES: u32 = 5;

/// An item of a few members, its faults gathered while it is read.
pub(super) struct Named<'v> {
    value: &'v Value,
    pub(super) record_id: String,
    pub(super) faults: Vec<Fault>,
}

impl<'v> Named<'v> {
    pub(super) fn read(value: &'v Value, members: &[&str]) -> Named<'v> {
        let mut named = Named { value, record_id: String::new(), faults: Vec::new() };
        let Some(object) = value.as_object() else {
            named.faults.push(Fault::error("", "not_object", "应为 JSON 对象", "请按接口规范传一个对象。"));
            return named;
        };
        let id = named.text("record_id");
        if record_id_is_good(&id) {
            named.record_id = id;
        } else {
            let message = "没有业务记录号，或其中有不允许的字符";
            let hint = "请传1至64个字母、数字或 . _ : / -；重发时用同一编号，新的业务用新的编号。";
            named.faults.push(Fault::error("/record_id", "record_id", message, hint));
        }
        for key in object.keys().filter(|key| !members.contains(&key.as_str())) {
            let key: String = key.chars().filter(|c| !c.is_control()).take(60).collect();
            let pointer = format!("/{}", key.replace('~', "~0").replace('/', "~1"));
            let message = format!("没有名为“{key}”的成员");
            named.faults.push(Fault::error(
                pointer,
                "unknown_member",
                message,
                "请核对成员名；接口规范列有全部成员。",
            ));
        }
        named
    }

    /// The text of a member; empty if it is not there. A number is taken as it is written.
    pub(super) fn text(&mut self, key: &str) -> String {
        match self.value.get(key) {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(text)) => text.trim().to_owned(),
            Some(Value::Number(number)) => number.to_string(),
            Some(_) => {
                self.faults.push(Fault::error(format!("/{key}"), "not_text", "应为文本", "请传字符串。"));
                String::new()
            }
        }
    }

    fn number(&mut self) -> Option<Number> {
        let text = self.text("number");
        Number::parse(&text)
            .inspect_err(|error| {
                let hint = "请传证书编号，如 230020349767。";
                self.faults.push(Fault::error("/number", "number", error.to_string(), hint));
            })
            .ok()
    }

    fn edition(&mut self) -> Option<u32> {
        match self.value.get("expected_edition") {
            None | Some(Value::Null) => None,
            Some(value) => {
                let edition = value.as_u64().and_then(|n| u32::try_from(n).ok()).filter(|n| *n > 0);
                if edition.is_none() {
                    let hint = "请填查询到的当前版本号。";
                    self.faults.push(Fault::error("/expected_edition", "bad_edition", "应为正整数", hint));
                }
                edition
            }
        }
    }

    pub(super) fn failed(self) -> ItemAnswer {
        failed_as(&self.record_id, self.faults)
    }
}

/// What a call asks for items of a few members.
#[derive(Clone, Copy)]
pub(super) enum Single {
    Status,
    Adopt,
    Declare,
}

impl App {
    /// Records status acts; one answer an item, in their order.
    pub async fn call_status(&self, ctx: &Ctx, items: Vec<Value>) -> Result<Vec<ItemAnswer>> {
        self.ask(ctx, Action::StatusAct, Some(ctx.authority()?))?;
        self.call_named(ctx, Single::Status, &items).await
    }

    /// Ties record ids to certificates that were coded by hand; one answer an item, in their order.
    pub async fn call_adopt(&self, ctx: &Ctx, items: Vec<Value>) -> Result<Vec<ItemAnswer>> {
        self.ask(ctx, Action::Adopt, Some(ctx.authority()?))?;
        self.call_named(ctx, Single::Adopt, &items).await
    }

    /// One item after the other, each again while somebody else is faster.
    pub(super) async fn call_named(
        &self,
        ctx: &Ctx,
        act: Single,
        items: &[Value],
    ) -> Result<Vec<ItemAnswer>> {
        let mut answers = Vec::with_capacity(items.len());
        for item in items {
            let mut tried = 1;
            answers.push(loop {
                let outcome = match act {
                    Single::Status => self.status_item(ctx, item).await,
                    Single::Adopt => self.adopt_item(ctx, item).await,
                    Single::Declare => self.declare_item(ctx, item).await,
                };
                match outcome {
                    Err(error @ AppError::Store(_)) if tried < TRIES && overtaken(&error) => tried += 1,
                    outcome => break outcome?,
                }
            });
        }
        Ok(answers)
    }

    /// The answer to a record id that is known; the digest of what was sent if it is not.
    pub(super) async fn sent_before(
        &self,
        authority: AuthorityId,
        act: &'static str,
        named: &Named<'_>,
    ) -> Result<std::result::Result<ItemAnswer, [u8; 32]>> {
        let bytes = serde_json::to_vec(named.value).map_err(|e| AppError::Fault(e.to_string()))?;
        let digest = self.keys.record(act, &bytes);
        let known = store::record::find((&self.db).into(), authority, vec![named.record_id.clone()]).await?;
        match known.first() {
            Some(record) => Ok(Ok(self.replayed(record, &digest)?)),
            None => Ok(Err(digest)),
        }
    }

    /// The certificate of a number, if it is of the caller's authority.
    pub(super) async fn own_head(&self, authority: AuthorityId, number: &Number) -> Result<Option<Head>> {
        let head = store::certificate::by_number((&self.db).into(), number).await?;
        Ok(head.filter(|head| head.authority == authority))
    }

    async fn status_item(&self, ctx: &Ctx, value: &Value) -> Result<ItemAnswer> {
        const MEMBERS: &[&str] =
            &["record_id", "number", "act", "effective", "document", "reason", "expected_edition"];
        let authority = ctx.authority()?;
        let mut named = Named::read(value, MEMBERS);
        let number = named.number();
        let edition = named.edition();
        let act = named.text("act");
        let act = StatusAct::ALL.into_iter().find(|known| known.key() == act || known.label() == act);
        if act.is_none() {
            let keys: Vec<_> = StatusAct::ALL.iter().map(|act| act.key()).collect();
            let hint = format!("应为 {} 之一。", keys.join("、"));
            named.faults.push(Fault::error("/act", "act", "没有这种状态办理", hint));
        }
        let effective = named.text("effective");
        let effective = Day::parse(&effective)
            .inspect_err(|error| {
                named.faults.push(Fault::error("/effective", "day", error.to_string(), "请传 YYYY-MM-DD。"));
            })
            .ok();
        let (document, reason) = (named.text("document"), named.text("reason"));
        if named.record_id.is_empty() {
            return Ok(named.failed());
        }
        let digest = match self.sent_before(authority, "status", &named).await? {
            Ok(answer) => return Ok(answer),
            Err(digest) => digest,
        };
        let settings = self.settings_of(authority).await?;
        if let Some(fault) = self.closed_to(ctx.door, &settings) {
            return Ok(failed_as(&named.record_id, vec![fault]));
        }
        // What is wrong with the decision by itself, also where act or day cannot be read: all faults at once.
        let decision = Decision {
            act: act.unwrap_or(StatusAct::Revoke),
            effective: effective.unwrap_or_else(|| self.today()),
            document,
            reason,
        };
        let wrong = self.wrong_with(&decision);
        named.faults.extend(
            wrong
                .into_iter()
                .map(|it| Fault::error(format!("/{}", it.member), "decision", it.message, it.hint)),
        );
        let head = match &number {
            Some(number) => self.own_head(authority, number).await?,
            None => None,
        };
        match (&number, &head) {
            (Some(number), None) => named.faults.push(unknown("/number", number)),
            (_, Some(head)) => named.faults.extend(edition.and_then(|edition| stale(head, edition))),
            (None, None) => {}
        }
        let (Some(head), true) = (head, named.faults.is_empty()) else { return Ok(named.failed()) };
        let sent = Sent { record_id: named.record_id, act: "status", digest, faults: Vec::new() };
        match self.act_sent(ctx, &head, &decision, &sent).await {
            Ok(kept) => Ok(self.answered(&sent.record_id, kept, Vec::new())),
            Err(AppError::Refused { message, .. }) => {
                let hint = "请查询证书当前的状态和办理记录，核对后再办理。";
                Ok(failed_as(&sent.record_id, vec![Fault::error("/act", "refused", message, hint)]))
            }
            Err(error) => Err(error),
        }
    }

    async fn adopt_item(&self, ctx: &Ctx, value: &Value) -> Result<ItemAnswer> {
        let authority = ctx.authority()?;
        let mut named = Named::read(value, &["record_id", "number", "content_digest"]);
        let number = named.number();
        let wanted = named.text("content_digest").to_ascii_lowercase();
        let (Some(number), true) = (number, named.faults.is_empty()) else { return Ok(named.failed()) };
        let digest = match self.sent_before(authority, "adopt", &named).await? {
            Ok(answer) => return Ok(answer),
            Err(digest) => digest,
        };
        let Some(head) = self.own_head(authority, &number).await? else {
            return Ok(failed_as(&named.record_id, vec![unknown("/number", &number)]));
        };
        let edition = store::content::edition_of((&self.db).into(), head.id, head.edition).await?;
        let content = edition.map(|edition| data_encoding::HEXLOWER.encode(&edition.digest));
        if !wanted.is_empty() && content.as_deref() != Some(wanted.as_str()) {
            let message = format!("证书{number}第{}版的内容摘要不同", head.edition);
            let hint = "本系统与登记库的内容不一致：请查询证书内容，核对后再认领。";
            let fault = Fault::error("/content_digest", "digest_differs", message, hint);
            return Ok(failed_as(&named.record_id, vec![fault]));
        }
        let kept = Kept { content_digest: content, ..kept(Effect::Adopted, &head) };
        let sent = Sent { record_id: named.record_id, act: "adopt", digest, faults: Vec::new() };
        let record = sent.record_of(ctx, (head.id, head.edition), kept.clone(), self.now())?;
        self.write_record(ctx, authority, &record, Urgency::Act).await?;
        Ok(self.answered(&sent.record_id, kept, Vec::new()))
    }
}

/// What an answer says of a certificate as it stands.
pub(crate) fn kept(effect: Effect, head: &Head) -> Kept {
    Kept {
        number: Some(head.number.to_string()),
        code: Some(head.code.to_string()),
        edition: Some(head.edition),
        ..Kept::bare(effect)
    }
}

/// Another edition stands than the caller believes.
pub(super) fn stale(head: &Head, expected: u32) -> Option<Fault> {
    (head.edition != expected).then(|| {
        let message = format!("当前是第{}版，不是第{expected}版", head.edition);
        let hint = "证书在查询之后有了变化：请重新查询，核对后再办理。";
        Fault::error("/expected_edition", "stale_edition", message, hint)
    })
}

/// A number of which the authority has no certificate.
pub(super) fn unknown(pointer: &str, number: &Number) -> Fault {
    let hint = "请核对证书编号；系统启用前发的证书先按“存量”赋码，再办理。";
    Fault::error(pointer, "unknown_number", format!("本机关没有编号为{number}的证书"), hint)
}
