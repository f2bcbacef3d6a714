//! 常用查询: questions that an officer keeps under a name.

use crate::{App, AppError, Ctx, Result};
use domain::{AccountId, Action, EventKind, Object};
use store::Urgency;
use store::saved_search::SavedSearch;

/// How many an account keeps: more than fit on a page are not found again.
pub const MOST_SAVED: usize = 50;
/// Characters of a name.
const LONGEST: usize = 40;

impl App {
    /// Keeps a question for the caller. `query` is what the page's address asks for; the same name replaces what it named.
    ///
    /// # Errors
    /// Refused without a name or a question, or when [`MOST_SAVED`] are kept.
    pub async fn save_search(&self, ctx: &Ctx, name: &str, query: &str) -> Result<()> {
        let account = self.searcher(ctx)?;
        let name = name.trim();
        if name.is_empty() || name.chars().count() > LONGEST || query.is_empty() {
            return Err(AppError::refused(
                "没有保存：名称须为1至40个字，并且要先查询",
                "请先查询，再填写名称后保存。",
            ));
        }
        let kept = store::saved_search::of_account((&self.db).into(), account).await?;
        if kept.len() >= MOST_SAVED && !kept.iter().any(|it| it.name == name) {
            return Err(AppError::refused(
                format!("已保存 {MOST_SAVED} 个常用查询，不能再加"),
                "请先删除不用的，再保存。",
            ));
        }
        let id = self.ids("saved_search", 1).await?;
        let tx = self.db.begin(Urgency::Act).await?;
        let fresh = SavedSearch { id, name: name.to_owned(), query: query.to_owned() };
        let id = store::saved_search::put(&tx, account, &fresh, self.now()).await?;
        let mut event = self.event(ctx, EventKind::SearchSave, Object::Account, account.0);
        event.details.push(("search", id.to_string()));
        store::event::append(&tx, &[event]).await?;
        tx.commit().await?;
        Ok(())
    }

    /// What the caller keeps, by name.
    pub async fn saved_searches(&self, ctx: &Ctx) -> Result<Vec<SavedSearch>> {
        let account = self.searcher(ctx)?;
        Ok(store::saved_search::of_account((&self.db).into(), account).await?)
    }

    /// Drops one of them.
    ///
    /// # Errors
    /// [`AppError::NotFound`] if the caller keeps none with this key.
    pub async fn drop_search(&self, ctx: &Ctx, id: i64) -> Result<()> {
        let account = self.searcher(ctx)?;
        let tx = self.db.begin(Urgency::Act).await?;
        if !store::saved_search::delete(&tx, account, id).await? {
            return Err(AppError::NotFound);
        }
        let mut event = self.event(ctx, EventKind::SearchDrop, Object::Account, account.0);
        event.details.push(("search", id.to_string()));
        store::event::append(&tx, &[event]).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The account that searches.
    fn searcher(&self, ctx: &Ctx) -> Result<AccountId> {
        self.ask(ctx, Action::Search, Some(ctx.authority()?))?;
        ctx.account()
    }
}
