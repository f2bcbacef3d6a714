//! 赋码方式: which door assigns for an authority, and 应急手动赋码, which opens the manual doors for a time.

use super::item::Fault;
use crate::registry::AuthoritySettings;
use crate::{App, AppError, Ctx, Result};
use domain::{Action, AuthorityId, Door, EventKind, Instant, Object, clean};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use store::Urgency;
use store::emergency::Emergency;

/// The longest that 应急手动赋码 may be open, seconds: longer means a change of mode.
const LONGEST: i64 = 30 * 86_400;

/// Which door assigns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// 手动赋码: form, workbook and command line.
    #[default]
    Manual,
    /// 系统联网自动赋码: the interface.
    Networked,
}

impl Mode {
    /// Both.
    pub const ALL: [Mode; 2] = [Mode::Manual, Mode::Networked];

    /// The word in settings and in JSON.
    pub fn key(self) -> &'static str {
        match self {
            Mode::Manual => "manual",
            Mode::Networked => "networked",
        }
    }

    /// The word people read.
    pub fn label(self) -> &'static str {
        match self {
            Mode::Manual => "手动赋码",
            Mode::Networked => "系统联网自动赋码",
        }
    }
}

/// Which door assigns for an authority at a moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assigning {
    /// The mode that is set.
    pub mode: Mode,
    /// 应急手动赋码 that is open.
    pub emergency: Option<Emergency>,
}

/// What a change of the mode means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModeChange {
    /// The mode before.
    pub from: Mode,
    /// The mode now.
    pub to: Mode,
    /// What is different from now on, and what is to be done: sentences for people.
    pub says: Vec<String>,
}

impl App {
    /// Why the interface does not write for this authority, if it does not.
    pub(super) fn closed_to(&self, door: Door, settings: &AuthoritySettings) -> Option<Fault> {
        (door == Door::Interface && settings.mode == Mode::Manual).then(|| {
            let message = "本机关的赋码方式是手动赋码，接口只能预检、查询和对账";
            let hint = "请本机关管理员在“对接”页改为系统联网自动赋码后重发。";
            Fault::error("", "manual_mode", message, hint)
        })
    }

    /// Whether a manual door may make certificates for this authority now.
    ///
    /// # Errors
    /// [`AppError::Refused`] in networked mode while no 应急手动赋码 is open.
    pub(crate) async fn assigns_by_hand(&self, authority: AuthorityId) -> Result<()> {
        let settings = self.settings_of(authority).await?;
        if settings.mode == Mode::Manual || self.emergency(authority).await?.is_some() {
            return Ok(());
        }
        Err(AppError::refused(
            "本机关的赋码方式是系统联网自动赋码，页面、工作簿和命令行现在不能赋新码",
            "请由审批系统通过接口赋码；系统故障时，请管理员在“对接”页开启应急手动赋码。变更、更正、打印和状态办理不受影响。",
        ))
    }

    /// Which door assigns for an authority now.
    pub async fn assigning(&self, authority: AuthorityId) -> Result<Assigning> {
        let mode = self.settings_of(authority).await?.mode;
        let emergency = match mode {
            Mode::Manual => None,
            Mode::Networked => self.emergency(authority).await?,
        };
        Ok(Assigning { mode, emergency })
    }

    /// Sets the mode of the caller's authority, at once and either way. 应急手动赋码 that is open ends with it: what was
    /// opened for one spell of networking does not open the next.
    pub async fn set_mode(&self, ctx: &Ctx, to: Mode) -> Result<ModeChange> {
        let authority = ctx.authority()?;
        self.ask(ctx, Action::SettingsWrite, Some(authority))?;
        let settings = self.settings_of(authority).await?;
        let from = settings.mode;
        if from == to {
            return Ok(ModeChange { from, to, says: vec!["赋码方式没有变化。".into()] });
        }
        let open = self.emergency(authority).await?;
        let says = self.said_of_mode(authority, to, open.is_some()).await?;
        let text = serde_json::to_string(&AuthoritySettings { mode: to, ..settings })
            .map_err(|e| AppError::Fault(e.to_string()))?;
        let mut event = self.event(ctx, EventKind::SettingsSet, Object::Authority, authority.0);
        event.details = vec![("mode", to.key().into()), ("settings", text.clone())];
        let tx = self.db.begin(Urgency::Act).await?;
        store::tables::set_settings(&tx, authority, &text).await?;
        if let Some(open) = open {
            store::emergency::close(&tx, authority, open.n, self.now()).await?;
            event.details.push(("emergency_closed", open.n.to_string()));
        }
        store::event::append(&tx, &[event]).await?;
        tx.commit().await?;
        Ok(ModeChange { from, to, says })
    }

    /// What a change to this mode means for the authority as it stands.
    async fn said_of_mode(&self, authority: AuthorityId, to: Mode, emergency: bool) -> Result<Vec<String>> {
        let mut says = Vec::new();
        match to {
            Mode::Networked => {
                says.push(
                    "新证书从现在起由审批系统通过接口赋码；页面、工作簿和命令行不再赋新码，变更、更正、打印和状态办理照常。"
                        .into(),
                );
                let (systems, _) = store::docking::systems((&self.db).into(), authority, self.now()).await?;
                if systems == 0 {
                    says.push("还没有发放接口密钥：请设立接口系统并发放，否则不能赋新码。".into());
                }
                let n = store::record::count_unadopted((&self.db).into(), authority).await?;
                if n > 0 {
                    let n = domain::group_digits(n);
                    says.push(format!(
                        "有 {n} 张手动赋码的证书没有业务记录号，请审批系统按编号认领，以免重复赋码。"
                    ));
                }
            }
            Mode::Manual => {
                says.push(
                    "新证书从现在起由页面、工作簿和命令行赋码；接口只能预检、查询、对账和认领。".into(),
                );
                if emergency {
                    says.push("应急手动赋码随之结束。".into());
                }
            }
        }
        Ok(says)
    }

    /// The 应急手动赋码 that is open for an authority, if one is.
    pub async fn emergency(&self, authority: AuthorityId) -> Result<Option<Emergency>> {
        Ok(store::emergency::open_at((&self.db).into(), authority, self.now()).await?)
    }

    /// All of them, newest first.
    pub async fn emergencies(&self, ctx: &Ctx, authority: AuthorityId) -> Result<Vec<Emergency>> {
        self.ask(ctx, Action::DockingRead, Some(authority))?;
        Ok(store::emergency::list((&self.db).into(), authority, 100).await?)
    }

    /// The names of those who opened them, by [`Emergency::opened_by`].
    pub async fn opener_names(&self, ctx: &Ctx, all: &[Emergency]) -> Result<HashMap<String, String>> {
        self.ask(ctx, Action::DockingRead, None)?;
        self.names_of(all.iter().map(|it| it.opened_by.as_str())).await
    }

    /// Opens 应急手动赋码 for the caller's authority.
    ///
    /// # Errors
    /// Without a reason, with an end that is past or more than 30 days off, while one is open, or in manual mode.
    pub async fn open_emergency(&self, ctx: &Ctx, reason: &str, until: Instant) -> Result<()> {
        let authority = ctx.authority()?;
        self.ask(ctx, Action::Emergency, Some(authority))?;
        let reason =
            clean(reason, 300).map_err(|e| AppError::refused(format!("原因：{e}"), "请改正后再提交。"))?;
        if reason.is_empty() {
            return Err(AppError::refused("没有填写原因", "请写明为什么不能由审批系统赋码。"));
        }
        let now = self.now();
        if until <= now || until > now.plus_seconds(LONGEST) {
            return Err(AppError::refused(
                "结束时间应在现在之后、30天之内",
                "更长时间不能联网的，请改为手动赋码方式。",
            ));
        }
        if self.settings_of(authority).await?.mode == Mode::Manual {
            return Err(AppError::refused("本机关已是手动赋码方式", "可以直接赋码，不需要开启应急。"));
        }
        if self.emergency(authority).await?.is_some() {
            return Err(AppError::refused(
                "应急手动赋码已经开启",
                "需要改变结束时间的，请先结束再重新开启。",
            ));
        }
        let opened = Emergency {
            n: 0,
            reason: reason.into_owned(),
            opened_by: ctx.actor.to_string(),
            opened_at: now,
            until,
            closed_at: None,
        };
        let mut event = self.event(ctx, EventKind::EmergencyOpen, Object::Authority, authority.0);
        event.details = vec![("reason", opened.reason.clone()), ("until", until.micros().to_string())];
        let tx = self.db.begin(Urgency::Act).await?;
        store::emergency::open(&tx, authority, &opened).await?;
        store::event::append(&tx, &[event]).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Ends 应急手动赋码 before its time.
    ///
    /// # Errors
    /// If none is open.
    pub async fn close_emergency(&self, ctx: &Ctx) -> Result<()> {
        let authority = ctx.authority()?;
        self.ask(ctx, Action::Emergency, Some(authority))?;
        let Some(open) = self.emergency(authority).await? else {
            return Err(AppError::refused("应急手动赋码没有开启", "不需要结束。"));
        };
        let event = self.event(ctx, EventKind::EmergencyClose, Object::Authority, authority.0);
        let tx = self.db.begin(Urgency::Act).await?;
        store::emergency::close(&tx, authority, open.n, self.now()).await?;
        store::event::append(&tx, &[event]).await?;
        tx.commit().await?;
        Ok(())
    }
}
