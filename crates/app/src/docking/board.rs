//! Where each authority stands with its docking: what is computed, what is declared, and what is late.

use super::DockingForm;
use crate::{App, AppError, Ctx, Mode, Result};
use domain::{Action, AuthorityId, Day, EventKind, Instant, Object, clean};
use store::Urgency;
use store::docking::{Docking, Step};

/// Keys of `meta`.
const FORM_DUE: &str = "docking_form_due";
const DOCKING_DUE: &str = "docking_due";

/// A step that the national level declares done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeclaredStep {
    /// 测试环境通过: the conformance run passed.
    Sandbox,
    /// 上线: the docking is done.
    Live,
}

impl DeclaredStep {
    /// Both.
    pub const ALL: [DeclaredStep; 2] = [DeclaredStep::Sandbox, DeclaredStep::Live];

    /// The word in the database and in JSON.
    pub fn key(self) -> &'static str {
        match self {
            DeclaredStep::Sandbox => "sandbox",
            DeclaredStep::Live => "live",
        }
    }

    /// The word people read.
    pub fn label(self) -> &'static str {
        match self {
            DeclaredStep::Sandbox => "测试环境通过",
            DeclaredStep::Live => "上线",
        }
    }

    /// The step of a word.
    pub fn parse(key: &str) -> Option<DeclaredStep> {
        DeclaredStep::ALL.into_iter().find(|step| step.key() == key)
    }
}

/// A stage of the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DockingStage {
    /// 填报.
    Filed,
    /// 发放密钥.
    Issued,
    /// 测试环境通过.
    Sandbox,
    /// 切换联网.
    Networked,
    /// 上线.
    Live,
}

impl DockingStage {
    /// The word people read.
    pub fn label(self) -> &'static str {
        match self {
            DockingStage::Filed => "填报",
            DockingStage::Issued => "发放密钥",
            DockingStage::Sandbox => "测试环境通过",
            DockingStage::Networked => "切换联网",
            DockingStage::Live => "上线",
        }
    }

    /// The word in JSON.
    pub fn key(self) -> &'static str {
        match self {
            DockingStage::Filed => "filed",
            DockingStage::Issued => "issued",
            DockingStage::Sandbox => "sandbox",
            DockingStage::Networked => "networked",
            DockingStage::Live => "live",
        }
    }
}

/// How far a stage is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StageState {
    /// Behind; the moment where it is known.
    Done(Option<Instant>),
    /// Not declared, though what was recorded says it is reached.
    Suggested,
    /// Ahead.
    Open,
}

/// Where one authority stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DockingStanding {
    /// Whose docking.
    pub authority: AuthorityId,
    /// When the form was filed first.
    pub filed_at: Option<Instant>,
    /// The mode that the form wants.
    pub wanted: Option<Mode>,
    /// The mode that is set.
    pub mode: Mode,
    /// Systems that hold a good secret.
    pub systems: u64,
    /// When a system took a token last.
    pub last_contact: Option<Instant>,
    /// The conformance run, as declared.
    pub sandbox: Option<Step>,
    /// Gone live, as declared.
    pub live: Option<Step>,
    /// When the first certificate was assigned through the interface.
    pub first_code: Option<Instant>,
    /// Certificates that were announced to be taken over.
    pub announced: Option<u64>,
    /// Certificates taken over so far.
    pub taken_over: u64,
}

impl DockingStanding {
    /// Whether the way is that of the interface: unless the authority wants to stay manual and is.
    pub fn by_interface(&self) -> bool {
        self.mode == Mode::Networked || self.wanted != Some(Mode::Manual)
    }

    /// The declaration of a step.
    pub fn declared(&self, step: DeclaredStep) -> Option<&Step> {
        match step {
            DeclaredStep::Sandbox => self.sandbox.as_ref(),
            DeclaredStep::Live => self.live.as_ref(),
        }
    }

    /// The stages of the way, in order; who stays manual needs neither secrets nor a test.
    pub fn stages(&self) -> Vec<(DockingStage, StageState)> {
        use DockingStage as S;
        let done = |yes: bool| if yes { StageState::Done(None) } else { StageState::Open };
        let at = |at: Option<Instant>| at.map_or(StageState::Open, |at| StageState::Done(Some(at)));
        let declared = |step: &Option<Step>| at(step.as_ref().map(|it| it.done_at));
        let live = match declared(&self.live) {
            StageState::Open if self.first_code.is_some() => StageState::Suggested,
            state => state,
        };
        let mut stages = vec![(S::Filed, at(self.filed_at))];
        if self.by_interface() {
            stages.push((S::Issued, done(self.systems > 0)));
            stages.push((S::Sandbox, declared(&self.sandbox)));
            stages.push((S::Networked, done(self.mode == Mode::Networked)));
        }
        stages.push((S::Live, live));
        stages
    }
}

/// A row of the board.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DockingRow {
    /// Name of the authority.
    pub name: String,
    /// Its short name.
    pub short_name: String,
    /// Where it stands.
    pub standing: DockingStanding,
    /// The form should have been filed.
    pub form_overdue: bool,
    /// It should have gone live.
    pub docking_overdue: bool,
}

/// The last days for the form and for the docking.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DockingDeadlines {
    /// The form is filed on this day at the latest.
    pub form: Option<Day>,
    /// The docking is done on this day at the latest.
    pub docking: Option<Day>,
}

impl DockingDeadlines {
    /// Whether the form of an authority is late.
    pub fn form_overdue(&self, it: &DockingStanding, today: Day) -> bool {
        it.filed_at.is_none() && self.form.is_some_and(|due| today > due)
    }

    /// Whether the docking of an authority is late.
    pub fn docking_overdue(&self, it: &DockingStanding, today: Day) -> bool {
        it.live.is_none() && self.docking.is_some_and(|due| today > due)
    }
}

/// The board of the national level.
#[derive(Clone, Debug)]
pub struct DockingBoard {
    /// Until when.
    pub deadlines: DockingDeadlines,
    /// Every authority, in the order of the table of authorities.
    pub rows: Vec<DockingRow>,
}

impl App {
    /// The board: where every authority stands.
    pub async fn docking_board(&self, ctx: &Ctx) -> Result<DockingBoard> {
        self.ask(ctx, Action::CollectionRead, None)?;
        let deadlines = self.docking_deadlines().await?;
        let forms = store::docking::forms((&self.db).into()).await?;
        let steps = store::docking::steps((&self.db).into(), None).await?;
        let (today, tables) = (self.today(), self.tables());
        let mut rows = Vec::new();
        for authority in &tables.authorities {
            let stored = forms.iter().find(|form| form.authority == authority.id);
            let form = stored.map(|it| self.opened(it)).transpose()?.unwrap_or_default();
            let standing = self.standing_of(authority.id, stored, &form, &steps).await?;
            rows.push(DockingRow {
                name: authority.name.clone(),
                short_name: authority.short_name.clone(),
                form_overdue: deadlines.form_overdue(&standing, today),
                docking_overdue: deadlines.docking_overdue(&standing, today),
                standing,
            });
        }
        Ok(DockingBoard { deadlines, rows })
    }

    /// The board as a workbook.
    pub async fn docking_book(&self, ctx: &Ctx) -> Result<Vec<u8>> {
        let board = self.docking_board(ctx).await?;
        super::book::book(&board, self.today())
    }

    pub(super) async fn standing_of(
        &self,
        authority: AuthorityId,
        stored: Option<&Docking>,
        form: &DockingForm,
        steps: &[Step],
    ) -> Result<DockingStanding> {
        let reader = || (&self.db).into();
        let (systems, last_contact) = store::docking::systems(reader(), authority, self.now()).await?;
        let declared = |step: DeclaredStep| {
            steps.iter().find(|it| it.authority == authority && it.step == step.key()).cloned()
        };
        Ok(DockingStanding {
            authority,
            filed_at: stored.and_then(|it| it.filed_at),
            wanted: form.mode(),
            mode: self.settings_of(authority).await?.mode,
            systems,
            last_contact,
            sandbox: declared(DeclaredStep::Sandbox),
            live: declared(DeclaredStep::Live),
            first_code: store::docking::first_code(reader(), authority).await?,
            announced: form.announced(),
            taken_over: store::docking::taken_over(reader(), authority).await?,
        })
    }

    /// Declares a step of an authority done, with a note such as the number of the report. National level.
    pub async fn set_docking_step(
        &self,
        ctx: &Ctx,
        authority: AuthorityId,
        step: DeclaredStep,
        note: &str,
    ) -> Result<()> {
        self.ask(ctx, Action::DockingStep, None)?;
        if self.tables().authority(authority).is_none() {
            return Err(AppError::NotFound);
        }
        let note =
            clean(note, 200).map_err(|e| AppError::refused(format!("说明：{e}"), "请改正后再登记。"))?;
        let declared = Step {
            authority,
            step: step.key().to_owned(),
            done_at: self.now(),
            actor: ctx.actor.to_string(),
            note: note.into_owned(),
        };
        let mut event = self.event(ctx, EventKind::DockingStep, Object::Authority, authority.0);
        event.authority = Some(authority);
        event.details =
            vec![("step", declared.step.clone()), ("done", "1".into()), ("note", declared.note.clone())];
        let tx = self.db.begin(Urgency::Act).await?;
        store::docking::set_step(&tx, &declared).await?;
        store::event::append(&tx, &[event]).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Takes the declaration of a step back. National level.
    ///
    /// # Errors
    /// If it was not declared.
    pub async fn clear_docking_step(
        &self,
        ctx: &Ctx,
        authority: AuthorityId,
        step: DeclaredStep,
    ) -> Result<()> {
        self.ask(ctx, Action::DockingStep, None)?;
        if self.tables().authority(authority).is_none() {
            return Err(AppError::NotFound);
        }
        let steps = store::docking::steps((&self.db).into(), Some(authority)).await?;
        if !steps.iter().any(|it| it.step == step.key()) {
            return Err(AppError::refused(format!("“{}”没有登记", step.label()), "不需要取消。"));
        }
        let mut event = self.event(ctx, EventKind::DockingStep, Object::Authority, authority.0);
        event.authority = Some(authority);
        event.details = vec![("step", step.key().into())];
        let tx = self.db.begin(Urgency::Act).await?;
        store::docking::clear_step(&tx, authority, step.key()).await?;
        store::event::append(&tx, &[event]).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Sets the deadlines; none for no deadline. National level.
    ///
    /// # Errors
    /// A docking that is due before its form.
    pub async fn set_docking_deadlines(&self, ctx: &Ctx, due: DockingDeadlines) -> Result<()> {
        self.ask(ctx, Action::DockingStep, None)?;
        if due.form.zip(due.docking).is_some_and(|(form, docking)| docking < form) {
            return Err(AppError::refused("对接截止日期早于填报截止日期", "请核对两个日期。"));
        }
        let text = |day: Option<Day>| day.map(|day| day.to_string()).unwrap_or_default();
        let (form, docking) = (text(due.form), text(due.docking));
        let tx = self.db.begin(Urgency::Act).await?;
        store::meta::set(&tx, FORM_DUE, &form).await?;
        store::meta::set(&tx, DOCKING_DUE, &docking).await?;
        let mut event = self.event(ctx, EventKind::DockingStep, Object::Registry, 0);
        event.details = vec![("form_due", form), ("docking_due", docking)];
        store::event::append(&tx, &[event]).await?;
        tx.commit().await?;
        Ok(())
    }

    pub(super) async fn docking_deadlines(&self) -> Result<DockingDeadlines> {
        let day = async |key| {
            let text = store::meta::get((&self.db).into(), key).await?.unwrap_or_default();
            match text.as_str() {
                "" => Ok(None),
                text => Day::parse(text).map(Some).map_err(|e| AppError::Fault(format!("{key}：{e}"))),
            }
        };
        Ok(DockingDeadlines { form: day(FORM_DUE).await?, docking: day(DOCKING_DUE).await? })
    }
}
