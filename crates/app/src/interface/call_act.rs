//! What a call asks for its items: one address each.

use domain::{Action, Kind, Kinds};

/// What a call asks for its items.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CallAct {
    /// 预检: the rules of assignment, nothing written.
    Check,
    /// 赋码: 首次 and 存量.
    Assign,
    /// 换证: 复查换证.
    Renew,
    /// 变更 and 扩项.
    Change,
    /// 更正 of an error of entry.
    Correct,
}

impl CallAct {
    /// All of them.
    pub const ALL: [CallAct; 5] =
        [CallAct::Check, CallAct::Assign, CallAct::Renew, CallAct::Change, CallAct::Correct];

    /// The word in addresses and in the records.
    pub fn key(self) -> &'static str {
        match self {
            CallAct::Check => "check",
            CallAct::Assign => "assign",
            CallAct::Renew => "renew",
            CallAct::Change => "change",
            CallAct::Correct => "correct",
        }
    }

    /// The act of a word.
    pub fn parse(key: &str) -> Option<CallAct> {
        CallAct::ALL.into_iter().find(|act| act.key() == key)
    }

    pub(super) fn action(self) -> Action {
        match self {
            CallAct::Check => Action::ImportPreview,
            CallAct::Assign | CallAct::Renew => Action::Assign,
            CallAct::Change | CallAct::Correct => Action::Change,
        }
    }

    /// Whether certificates of these kinds belong to this call.
    pub(super) fn takes(self, kinds: Kinds) -> bool {
        match self {
            CallAct::Check => true,
            CallAct::Assign => kinds.has(Kind::First) || kinds.has(Kind::Takeover),
            CallAct::Renew => kinds.has(Kind::Renewal),
            CallAct::Change => !kinds.makes_certificate() && !kinds.has(Kind::Correction),
            CallAct::Correct => kinds.has(Kind::Correction),
        }
    }

    /// The call that takes these kinds.
    pub(super) fn of(kinds: Kinds) -> CallAct {
        let rest = [CallAct::Assign, CallAct::Renew, CallAct::Correct, CallAct::Change];
        rest.into_iter().find(|act| act.takes(kinds)).unwrap_or(CallAct::Change)
    }
}
