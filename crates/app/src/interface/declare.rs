//! 申报有效证书数 by record id: what the page and the command declare, asked for by a system.

use super::answer::{Effect, ItemAnswer, Kept, Sent, failed_as};
use super::item::Fault;
use super::status::{Named, Single};
use crate::{App, Ctx, Declaring, Result};
use domain::Action;
use serde_json::Value;

impl App {
    /// Declares how many certificates are in force; one answer an item, in their order.
    pub async fn call_declare(&self, ctx: &Ctx, items: Vec<Value>) -> Result<Vec<ItemAnswer>> {
        self.ask(ctx, Action::DeclaredWrite, Some(ctx.authority()?))?;
        self.call_named(ctx, Single::Declare, &items).await
    }

    pub(super) async fn declare_item(&self, ctx: &Ctx, value: &Value) -> Result<ItemAnswer> {
        let authority = ctx.authority()?;
        let mut named = Named::read(value, &["record_id", "day", "certificates"]);
        let new = Declaring { day: named.text("day"), certificates: named.text("certificates") };
        if named.record_id.is_empty() {
            return Ok(named.failed());
        }
        let digest = match self.sent_before(authority, "declare", &named).await? {
            Ok(answer) => return Ok(answer),
            Err(digest) => digest,
        };
        if let Some(fault) = self.closed_to(ctx.door, &self.settings_of(authority).await?) {
            return Ok(failed_as(&named.record_id, vec![fault]));
        }
        let (day, certificates) = match self.declaring(&new) {
            Ok(read) if named.faults.is_empty() => read,
            read => {
                let fault = |it: crate::acts::Wrong| {
                    Fault::error(format!("/{}", it.member), "declaration", it.message, it.hint)
                };
                named.faults.extend(read.err().into_iter().flatten().map(fault));
                return Ok(named.failed());
            }
        };
        let kept = Kept {
            day: Some(day.to_string()),
            certificates: Some(certificates),
            ..Kept::bare(Effect::Declared)
        };
        let sent = Sent { record_id: named.record_id, act: "declare", digest, faults: Vec::new() };
        self.put_declared(ctx, (day, certificates), Some((&sent, &kept))).await?;
        Ok(self.answered(&sent.record_id, kept, Vec::new()))
    }
}
