//! 证书状态: what is recorded, and which act leads from which state to which (domain.md 1.5).
//!
//! Expired and not-yet-valid are computed from days and never recorded.

use crate::Day;
use std::fmt;

/// Labels a takeover may carry, in the order people know them.
pub const LABELS: &[&str] = &["有效", "暂停", "撤销", "撤回", "注销", "吊销", "已换证"];

/// The act that led to a status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    /// First day on which the status holds.
    pub effective: Day,
    /// Number of the decision document; empty only for what was taken over without it.
    pub document: String,
    /// Why, in the words of the decision.
    pub reason: String,
}

/// What is recorded of a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// 有效.
    Valid,
    /// 暂停: local practice, off unless an authority switches it on.
    Suspended(Act),
    /// 撤销 (163号令 Art. 32; 行政许可法 Art. 69).
    Revoked(Act),
    /// 撤回 (行政许可法 Art. 8).
    Withdrawn(Act),
    /// 注销 (163号令 Art. 31; 行政许可法 Art. 70).
    Cancelled(Act),
    /// 吊销, as a penalty.
    Voided(Act),
    /// 已换证: holds from the successor's first day on.
    Superseded {
        /// First valid day of the successor.
        from: Day,
    },
    /// 已作废: assigned by mistake.
    Annulled(Act),
}

/// The status without its data: what is stored, filtered and counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each is documented at Status")]
pub enum StatusWord {
    Valid,
    Suspended,
    Revoked,
    Withdrawn,
    Cancelled,
    Voided,
    Superseded,
    Annulled,
}

impl StatusWord {
    /// All words.
    pub const ALL: [StatusWord; 8] = [
        StatusWord::Valid,
        StatusWord::Suspended,
        StatusWord::Revoked,
        StatusWord::Withdrawn,
        StatusWord::Cancelled,
        StatusWord::Voided,
        StatusWord::Superseded,
        StatusWord::Annulled,
    ];

    /// The word in the database and in JSON.
    pub fn key(self) -> &'static str {
        match self {
            StatusWord::Valid => "valid",
            StatusWord::Suspended => "suspended",
            StatusWord::Revoked => "revoked",
            StatusWord::Withdrawn => "withdrawn",
            StatusWord::Cancelled => "cancelled",
            StatusWord::Voided => "voided",
            StatusWord::Superseded => "superseded",
            StatusWord::Annulled => "annulled",
        }
    }

    /// The word people read.
    pub fn label(self) -> &'static str {
        match self {
            StatusWord::Valid => "有效",
            StatusWord::Suspended => "暂停",
            StatusWord::Revoked => "撤销",
            StatusWord::Withdrawn => "撤回",
            StatusWord::Cancelled => "注销",
            StatusWord::Voided => "吊销",
            StatusWord::Superseded => "已换证",
            StatusWord::Annulled => "已作废",
        }
    }

    /// The status as a sentence says it: 已撤销, where the word alone would read as the act.
    pub fn state(self) -> String {
        let label = self.label();
        if self == StatusWord::Valid || label.starts_with('已') {
            label.into()
        } else {
            format!("已{label}")
        }
    }

    /// The word of a key, or of what people write (有效, 已撤销, 撤销).
    pub fn parse(text: &str) -> Option<StatusWord> {
        let text = text.trim();
        let bare = text.strip_prefix('已').unwrap_or(text);
        Self::ALL
            .into_iter()
            .find(|w| w.key() == text || w.label() == text || w.label().trim_start_matches('已') == bare)
    }

    /// Whether no change, extension or renewal may be built on it any more.
    pub fn ended(self) -> bool {
        !matches!(self, StatusWord::Valid | StatusWord::Suspended)
    }
}

/// 撤销（2026-03-05起，文号：示例决〔2026〕1号，原因：…）: what is not known is left out.
impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.word().fmt(f)?;
        let Some(since) = self.since() else { return Ok(()) };
        write!(f, "（{since}起")?;
        if let Some(act) = self.act() {
            for (label, text) in [("文号", &act.document), ("原因", &act.reason)] {
                if !text.is_empty() {
                    write!(f, "，{label}：{text}")?;
                }
            }
        }
        f.write_str("）")
    }
}

impl fmt::Display for StatusWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label())
    }
}

/// A status act an officer can record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StatusAct {
    /// 暂停.
    Suspend,
    /// 恢复.
    Resume,
    /// 撤销.
    Revoke,
    /// 撤回.
    Withdraw,
    /// 注销.
    Cancel,
    /// 吊销.
    Void,
    /// 误赋码作废.
    Annul,
    /// 撤销原决定: the last act was wrong or was overturned; the status before it holds again.
    Lift,
}

impl StatusAct {
    /// All acts.
    pub const ALL: [StatusAct; 8] = [
        StatusAct::Suspend,
        StatusAct::Resume,
        StatusAct::Revoke,
        StatusAct::Withdraw,
        StatusAct::Cancel,
        StatusAct::Void,
        StatusAct::Annul,
        StatusAct::Lift,
    ];

    /// The word in forms, commands and events.
    pub fn key(self) -> &'static str {
        match self {
            StatusAct::Suspend => "suspend",
            StatusAct::Resume => "resume",
            StatusAct::Revoke => "revoke",
            StatusAct::Withdraw => "withdraw",
            StatusAct::Cancel => "cancel",
            StatusAct::Void => "void",
            StatusAct::Annul => "annul",
            StatusAct::Lift => "lift",
        }
    }

    /// The word people read.
    pub fn label(self) -> &'static str {
        match self {
            StatusAct::Suspend => "暂停",
            StatusAct::Resume => "恢复",
            StatusAct::Revoke => "撤销",
            StatusAct::Withdraw => "撤回",
            StatusAct::Cancel => "注销",
            StatusAct::Void => "吊销",
            StatusAct::Annul => "误赋码作废",
            StatusAct::Lift => "撤销原决定",
        }
    }

    /// The act of a key or label.
    pub fn parse(text: &str) -> Option<StatusAct> {
        Self::ALL.into_iter().find(|a| a.key() == text || a.label() == text)
    }
}

/// Why an act cannot be recorded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StatusError {
    /// The status does not admit the act.
    #[error("证书{}，不能办理{act}", .from.state())]
    NotFrom {
        /// The status it has.
        from: StatusWord,
        /// The act that was tried.
        act: &'static str,
    },
    /// Suspension is switched off for this authority.
    #[error("本机关未启用暂停；如需启用，请管理员在“系统—证书模板”中打开")]
    SuspensionOff,
    /// There is nothing to lift.
    #[error("没有可以撤销的原决定")]
    NothingToLift,
}

/// Whether an authority uses 暂停 (no basis in the 2021 text: off by default, domain.md 1.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Suspension {
    /// Used.
    Enabled,
    /// Not used.
    Disabled,
}

impl Status {
    /// The status without its data.
    pub fn word(&self) -> StatusWord {
        match self {
            Status::Valid => StatusWord::Valid,
            Status::Suspended(_) => StatusWord::Suspended,
            Status::Revoked(_) => StatusWord::Revoked,
            Status::Withdrawn(_) => StatusWord::Withdrawn,
            Status::Cancelled(_) => StatusWord::Cancelled,
            Status::Voided(_) => StatusWord::Voided,
            Status::Superseded { .. } => StatusWord::Superseded,
            Status::Annulled(_) => StatusWord::Annulled,
        }
    }

    /// The act it rests on.
    pub fn act(&self) -> Option<&Act> {
        match self {
            Status::Valid | Status::Superseded { .. } => None,
            Status::Suspended(act)
            | Status::Revoked(act)
            | Status::Withdrawn(act)
            | Status::Cancelled(act)
            | Status::Voided(act)
            | Status::Annulled(act) => Some(act),
        }
    }

    /// First day on which it holds; `None` for valid.
    pub fn since(&self) -> Option<Day> {
        match self {
            Status::Superseded { from } => Some(*from),
            other => other.act().map(|act| act.effective),
        }
    }

    /// A status from its word and data, as a store or a takeover gives them.
    /// `None` where the word needs a day and there is none.
    pub fn of(word: StatusWord, since: Option<Day>, document: String, reason: String) -> Option<Status> {
        let act = || Some(Act { effective: since?, document: document.clone(), reason: reason.clone() });
        Some(match word {
            StatusWord::Valid => Status::Valid,
            StatusWord::Superseded => Status::Superseded { from: since? },
            StatusWord::Suspended => Status::Suspended(act()?),
            StatusWord::Revoked => Status::Revoked(act()?),
            StatusWord::Withdrawn => Status::Withdrawn(act()?),
            StatusWord::Cancelled => Status::Cancelled(act()?),
            StatusWord::Voided => Status::Voided(act()?),
            StatusWord::Annulled => Status::Annulled(act()?),
        })
    }

    /// The status after an act other than [`StatusAct::Lift`], which [`Status::lift`] takes.
    ///
    /// # Errors
    /// What the table of domain.md 1.5 does not admit.
    pub fn after(self, what: StatusAct, act: Act, suspension: Suspension) -> Result<Status, StatusError> {
        use StatusAct as A;
        use StatusWord as W;
        let from = self.word();
        let admitted = match what {
            A::Suspend => from == W::Valid,
            A::Resume => from == W::Suspended,
            A::Revoke => matches!(from, W::Valid | W::Suspended | W::Superseded),
            A::Withdraw | A::Void => matches!(from, W::Valid | W::Suspended),
            A::Cancel => matches!(from, W::Valid | W::Suspended | W::Revoked | W::Withdrawn | W::Voided),
            A::Annul => matches!(from, W::Valid | W::Suspended),
            A::Lift => false,
        };
        if what == A::Suspend && suspension == Suspension::Disabled {
            return Err(StatusError::SuspensionOff);
        }
        if !admitted {
            return Err(StatusError::NotFrom { from, act: what.label() });
        }
        Ok(match what {
            A::Suspend => Status::Suspended(act),
            A::Resume => Status::Valid,
            A::Revoke => Status::Revoked(act),
            A::Withdraw => Status::Withdrawn(act),
            A::Cancel => Status::Cancelled(act),
            A::Void => Status::Voided(act),
            A::Annul => Status::Annulled(act),
            A::Lift => return Err(StatusError::NothingToLift),
        })
    }

    /// The status before the last act holds again (撤销原决定).
    ///
    /// # Errors
    /// A valid certificate has nothing to lift, and an annulled assignment stays annulled: its number is spent.
    pub fn lift(self, before: Status) -> Result<Status, StatusError> {
        match self.word() {
            StatusWord::Valid => Err(StatusError::NothingToLift),
            StatusWord::Annulled | StatusWord::Superseded => {
                Err(StatusError::NotFrom { from: self.word(), act: StatusAct::Lift.label() })
            }
            _ => Ok(before),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn act() -> Act {
        Act {
            effective: Day::new(2026, 3, 5).unwrap(),
            document: "示例决〔2026〕1号".into(),
            reason: "示例".into(),
        }
    }

    fn any(word: StatusWord) -> Status {
        Status::of(word, Some(act().effective), act().document, act().reason).unwrap()
    }

    #[test]
    fn the_table_of_transitions_is_the_one_of_the_law() {
        let mut table = String::new();
        for word in StatusWord::ALL {
            let open: Vec<_> = StatusAct::ALL
                .into_iter()
                .filter(|a| any(word).after(*a, act(), Suspension::Enabled).is_ok())
                .map(StatusAct::key)
                .collect();
            table += &format!("{}: {}\n", word.key(), open.join(" "));
        }
        assert_eq!(
            table,
            "valid: suspend revoke withdraw cancel void annul\nsuspended: resume revoke withdraw cancel void annul\n\
             revoked: cancel\nwithdrawn: cancel\ncancelled: \nvoided: cancel\nsuperseded: revoke\nannulled: \n"
        );
    }

    #[test]
    fn suspension_needs_to_be_switched_on() {
        assert_eq!(
            Status::Valid.after(StatusAct::Suspend, act(), Suspension::Disabled),
            Err(StatusError::SuspensionOff)
        );
    }

    #[test]
    fn a_wrong_act_is_lifted_to_what_was_before_but_an_annulment_is_not() {
        assert_eq!(any(StatusWord::Revoked).lift(Status::Valid), Ok(Status::Valid));
        assert!(any(StatusWord::Annulled).lift(Status::Valid).is_err());
        assert_eq!(Status::Valid.lift(Status::Valid), Err(StatusError::NothingToLift));
    }

    #[test]
    fn words_are_read_from_keys_and_from_what_people_write() {
        for word in StatusWord::ALL {
            assert_eq!(StatusWord::parse(word.key()), Some(word));
            assert_eq!(StatusWord::parse(word.label()), Some(word));
        }
        assert_eq!(StatusWord::parse("已撤销"), Some(StatusWord::Revoked));
        assert_eq!(StatusWord::parse("不知道"), None);
    }
}
