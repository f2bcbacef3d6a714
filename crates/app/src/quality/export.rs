//! What the rules find, as a list that goes out.

use super::{QualityRow, QualityRule};
use crate::listing::{ListFormat, Listing, failed};
use crate::{App, Ctx, Result};
use domain::{Action, AuthorityId, EventKind, Object};
use store::Urgency;
use tokio::sync::mpsc;

/// Certificates read at a time.
const HEAP: u32 = 500;

impl App {
    /// Begins an export of the certificates that break a rule, or any, which is recorded before anything goes out.
    pub async fn begin_quality_export(
        &self,
        ctx: &Ctx,
        rule: Option<QualityRule>,
        authority: Option<AuthorityId>,
    ) -> Result<()> {
        let scope = self.quality_scope(ctx, authority)?;
        let own = ctx.authority()?;
        self.ask(ctx, Action::Export, Some(scope.unwrap_or(own)))?;
        let mut event = self.event(ctx, EventKind::Export, Object::Authority, scope.unwrap_or(own).0);
        event.details.push(("quality", rule.map_or("all", QualityRule::key).to_owned()));
        let tx = self.db.begin(Urgency::Act).await?;
        store::event::append(&tx, &[event]).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Writes an export that was begun, piece by piece.
    ///
    /// # Errors
    /// A file that cannot be written, with what to do; the list is not whole then.
    pub async fn write_quality(
        &self,
        ctx: &Ctx,
        rule: Option<QualityRule>,
        authority: Option<AuthorityId>,
        format: ListFormat,
        out: &mpsc::Sender<Vec<u8>>,
    ) -> Result<()> {
        let scope = self.quality_scope(ctx, authority)?;
        let head = vec![
            "规则",
            "问题",
            "级别",
            "机构名称",
            "证书编号",
            "资质认定部门",
            "位置",
            "内容",
            "行数",
            "发现日期",
            "怎么改",
        ];
        let mut sheet = Listing::begin(format, "数据质量", head)?;
        let rules = QualityRule::ALL.iter().copied().filter(|it| rule.is_none_or(|rule| rule == *it));
        for rule in rules {
            let mut after = None;
            loop {
                let (rows, next) = self.quality_rows(rule, scope, after, HEAP).await?;
                rows.iter().try_for_each(|row| self.write_problem(&mut sheet, rule, row))?;
                if let Some(piece) = sheet.ready()
                    && out.send(piece).await.is_err()
                {
                    return Ok(()); // nobody listens any more
                }
                after = next;
                if after.is_none() {
                    break;
                }
            }
        }
        for piece in sheet.finish()? {
            if out.send(piece.map_err(failed)?).await.is_err() {
                break;
            }
        }
        Ok(())
    }

    fn write_problem(&self, sheet: &mut Listing, rule: QualityRule, row: &QualityRow) -> Result<()> {
        let tables = self.tables();
        let authority = tables.authority(row.head.authority).map_or("", |it| it.name.as_str());
        let (number, rows) = (row.head.number.to_string(), row.problem.rows.to_string());
        let since = row.problem.since.to_string();
        let cells = [
            rule.code(),
            rule.label(),
            rule.severity().label(),
            &row.body,
            &number,
            authority,
            &row.problem.place,
            &row.problem.detail,
            &rows,
            &since,
            rule.fix(),
        ];
        sheet.row(cells.into_iter())
    }
}
