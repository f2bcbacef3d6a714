//! The way of a bulletin: drafted, approved by a second person, released; never changed after that.

/// Where a bulletin is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// 起草中: its text may be edited.
    Draft,
    /// 已审定.
    Approved,
    /// 已发布: frozen.
    Released,
    /// 已撤回: released, and taken back; still readable as what it was.
    Withdrawn,
    /// 已放弃, before it was released.
    Discarded,
}

impl State {
    /// The word in JSON.
    pub fn key(self) -> &'static str {
        match self {
            State::Draft => "draft",
            State::Approved => "approved",
            State::Released => "released",
            State::Withdrawn => "withdrawn",
            State::Discarded => "discarded",
        }
    }

    /// The word people read.
    pub fn label(self) -> &'static str {
        match self {
            State::Draft => "起草中",
            State::Approved => "已审定",
            State::Released => "已发布",
            State::Withdrawn => "已撤回",
            State::Discarded => "已放弃",
        }
    }

    /// Whether it was ever made known.
    pub fn is_public(self) -> bool {
        matches!(self, State::Released | State::Withdrawn)
    }
}

/// One step on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// 起草: with the first text.
    Draft,
    /// 修改: with a new text.
    Edit,
    /// 审定.
    Approve,
    /// 退回起草.
    Return,
    /// 发布.
    Release,
    /// 放弃.
    Discard,
    /// 撤回.
    Withdraw,
}

impl Step {
    /// All.
    pub const ALL: [Step; 7] =
        [Step::Draft, Step::Edit, Step::Approve, Step::Return, Step::Release, Step::Discard, Step::Withdraw];

    /// The word in the database.
    pub fn key(self) -> &'static str {
        match self {
            Step::Draft => "draft",
            Step::Edit => "edit",
            Step::Approve => "approve",
            Step::Return => "return",
            Step::Release => "release",
            Step::Discard => "discard",
            Step::Withdraw => "withdraw",
        }
    }

    /// The word people read.
    pub fn label(self) -> &'static str {
        match self {
            Step::Draft => "起草",
            Step::Edit => "修改",
            Step::Approve => "审定",
            Step::Return => "退回起草",
            Step::Release => "发布",
            Step::Discard => "放弃",
            Step::Withdraw => "撤回",
        }
    }

    /// The one of a key.
    pub fn parse(key: &str) -> Option<Step> {
        Step::ALL.into_iter().find(|it| it.key() == key)
    }

    /// Where it leads.
    pub fn leads_to(self) -> State {
        match self {
            Step::Draft | Step::Edit | Step::Return => State::Draft,
            Step::Approve => State::Approved,
            Step::Release => State::Released,
            Step::Discard => State::Discarded,
            Step::Withdraw => State::Withdrawn,
        }
    }
}

/// Why a step cannot be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StepError {
    /// Not from where it is.
    #[error("通报{}，不能{}", .from.label(), .step.label())]
    NotFrom {
        /// Where it is.
        from: State,
        /// What was asked.
        step: Step,
    },
    /// Who wrote it does not approve it.
    #[error("起草或修改过这份通报的人不能审定")]
    OwnWork,
}

impl StepError {
    /// What to do.
    pub fn hint(self) -> &'static str {
        match self {
            StepError::OwnWork => "请由国家级的另一位管理员或监管人员审定。",
            StepError::NotFrom { from: State::Released, .. } => {
                "已发布的通报不能改动；数字有误的，起草更正版，发布后注明更正了哪一份。"
            }
            StepError::NotFrom { from: State::Approved, .. } => "需要修改的，先退回起草。",
            StepError::NotFrom { from: State::Draft, .. } => "请先由另一人审定。",
            StepError::NotFrom { .. } => "请刷新页面，查看它现在的状态。",
        }
    }
}

/// Where a step by somebody leads a bulletin, after the steps that were done, each with who did it.
///
/// # Errors
/// [`StepError`]; approval also where the same person wrote any of its text.
pub fn done_by(done: &[(Step, &str)], step: Step, who: &str) -> Result<State, StepError> {
    let from = done.last().map(|(step, _)| step.leads_to());
    let admitted = match step {
        Step::Draft => from.is_none(),
        Step::Edit | Step::Approve => from == Some(State::Draft),
        Step::Return | Step::Release => from == Some(State::Approved),
        Step::Discard => matches!(from, Some(State::Draft | State::Approved)),
        Step::Withdraw => from == Some(State::Released),
    };
    if !admitted {
        return Err(StepError::NotFrom { from: from.unwrap_or(State::Draft), step });
    }
    let wrote = |(done, by): &(Step, &str)| matches!(done, Step::Draft | Step::Edit) && *by == who;
    if step == Step::Approve && done.iter().any(wrote) {
        return Err(StepError::OwnWork);
    }
    Ok(step.leads_to())
}

/// What an authority has to say of a bulletin it was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReplyKind {
    /// 回复: what was done about it.
    Answer,
    /// 异议: a figure is said to be wrong.
    Dispute,
}

impl ReplyKind {
    /// Both.
    pub const ALL: [ReplyKind; 2] = [ReplyKind::Answer, ReplyKind::Dispute];

    /// The word in the database and in JSON.
    pub fn key(self) -> &'static str {
        match self {
            ReplyKind::Answer => "answer",
            ReplyKind::Dispute => "dispute",
        }
    }

    /// The word people read.
    pub fn label(self) -> &'static str {
        match self {
            ReplyKind::Answer => "回复",
            ReplyKind::Dispute => "异议",
        }
    }

    /// The one of a key or label.
    pub fn parse(text: &str) -> Option<ReplyKind> {
        ReplyKind::ALL.into_iter().find(|it| it.key() == text || it.label() == text)
    }
}
