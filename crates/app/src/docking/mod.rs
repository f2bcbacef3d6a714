//! 对接: the feedback form of an authority, where its docking stands, and the board on which the national level sees all.

mod board;
mod book;
mod field;
mod form;

pub use board::{
    DeclaredStep, DockingBoard, DockingDeadlines, DockingRow, DockingStage, DockingStanding, StageState,
};
pub use field::{DockingField, DockingNeed, DockingPart, DockingShape};
pub use form::{DockingForm, DockingProblem, Filing};

use crate::keys::Bound;
use crate::{App, AppError, Ctx, Result};
use domain::{Action, AuthorityId, EventKind, Instant, Object};
use form::checked;
use store::Urgency;
use store::docking::Docking;

/// The docking of one authority.
#[derive(Clone, Debug)]
pub struct DockingView {
    /// Where it stands.
    pub standing: DockingStanding,
    /// Until when.
    pub deadlines: DockingDeadlines,
    /// What was filled in.
    pub form: DockingForm,
    /// The version of the form, 0 if there is none yet: what a save starts from.
    pub version: u32,
    /// When the form was saved last.
    pub saved_at: Option<Instant>,
}

/// What became of a save.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DockingSaved {
    /// Kept, with this version.
    Kept(u32),
    /// Not kept: all that is wrong.
    Wrong(Vec<DockingProblem>),
}

impl App {
    /// The docking of an authority.
    pub async fn docking(&self, ctx: &Ctx, authority: AuthorityId) -> Result<DockingView> {
        self.ask(ctx, Action::DockingRead, Some(authority))?;
        let stored = store::docking::form((&self.db).into(), authority).await?;
        let steps = store::docking::steps((&self.db).into(), Some(authority)).await?;
        let form = stored.as_ref().map(|it| self.opened(it)).transpose()?.unwrap_or_default();
        let deadlines = self.docking_deadlines().await?;
        Ok(DockingView {
            standing: self.standing_of(authority, stored.as_ref(), &form, &steps).await?,
            deadlines,
            form,
            version: stored.as_ref().map_or(0, |it| it.version),
            saved_at: stored.map(|it| it.updated_at),
        })
    }

    /// Saves the form of the caller's authority over `version` (0 for the first time), as a draft or filed. A form that was
    /// filed stays filed: what is changed of it is filed again.
    ///
    /// # Errors
    /// [`store::StoreError::Conflict`] if somebody saved meanwhile; a draft over a filed form.
    pub async fn save_docking(
        &self,
        ctx: &Ctx,
        version: u32,
        form: &DockingForm,
        filing: Filing,
    ) -> Result<DockingSaved> {
        let authority = ctx.authority()?;
        self.ask(ctx, Action::DockingWrite, Some(authority))?;
        let (form, problems) = checked(form, filing);
        if !problems.is_empty() {
            return Ok(DockingSaved::Wrong(problems));
        }
        let stands = store::docking::form((&self.db).into(), authority).await?;
        if filing == Filing::Draft && stands.is_some_and(|it| it.filed_at.is_some()) {
            return Err(AppError::refused("反馈表已经提交，不能再存为草稿", "修改后请直接提交。"));
        }
        let json = serde_json::to_vec(&form).map_err(|e| AppError::Fault(e.to_string()))?;
        let cipher = self.keys.seal(Bound::Docking(authority.0), &json);
        let now = self.now();
        let filed = (filing == Filing::File).then_some(now);
        let mut event = self.event(ctx, EventKind::DockingFile, Object::Authority, authority.0);
        event.details = vec![
            ("filed", if filed.is_some() { "1".into() } else { String::new() }),
            ("mode", form.mode().map(|mode| mode.key().to_owned()).unwrap_or_default()),
        ];
        let tx = self.db.begin(Urgency::Act).await?;
        let version = store::docking::save(&tx, authority, version, &cipher, filed, now).await?;
        store::event::append(&tx, &[event]).await?;
        tx.commit().await?;
        Ok(DockingSaved::Kept(version))
    }

    /// The form of a stored row.
    fn opened(&self, it: &Docking) -> Result<DockingForm> {
        let json = self.keys.open_sealed(Bound::Docking(it.authority.0), &it.cipher)?;
        serde_json::from_slice(&json)
            .map_err(|e| AppError::Fault(format!("机关{}的反馈表：{e}", it.authority.0)))
    }
}
