//! The words of a verdict and how each looks.

use crate::{Day, StatusWord};
use std::fmt;

/// The one word of a verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum VerdictWord {
    /// 有效.
    Valid,
    /// 尚未生效.
    NotYetValid,
    /// 已过期.
    Expired,
    /// 已暂停.
    Suspended,
    /// 已撤销.
    Revoked,
    /// 已撤回.
    Withdrawn,
    /// 已注销.
    Cancelled,
    /// 已吊销.
    Voided,
    /// 已换证.
    Superseded,
    /// 已作废: assigned by mistake.
    Annulled,
    /// 未查到此码.
    Unknown,
    /// 输入有误: cannot be a code or number.
    Malformed,
    /// 暂无法判定: the system's own fault.
    Undeterminable,
}

/// The colour family of a verdict; never shown without word and mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tone {
    /// Green.
    Good,
    /// Amber: not usable now, or replaced.
    Warn,
    /// Red: ended, or not in the registry.
    Bad,
    /// Grey: says nothing about the certificate.
    Neutral,
}

impl Tone {
    /// The class of the style sheets.
    pub fn key(self) -> &'static str {
        match self {
            Tone::Good => "good",
            Tone::Warn => "warn",
            Tone::Bad => "bad",
            Tone::Neutral => "neutral",
        }
    }
}

/// The shape beside the word, so that colour is never the only sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mark {
    /// ✓
    Tick,
    /// A clock: before or after its days.
    Clock,
    /// Two bars: stopped for now.
    Pause,
    /// ✕
    Cross,
    /// An arrow: another certificate took its place.
    Arrow,
    /// ?
    Question,
    /// !
    Exclamation,
}

impl Mark {
    /// The name of the drawing.
    pub fn key(self) -> &'static str {
        match self {
            Mark::Tick => "tick",
            Mark::Clock => "clock",
            Mark::Pause => "pause",
            Mark::Cross => "cross",
            Mark::Arrow => "arrow",
            Mark::Question => "question",
            Mark::Exclamation => "exclamation",
        }
    }
}

impl VerdictWord {
    /// All words.
    pub const ALL: [VerdictWord; 13] = [
        VerdictWord::Valid,
        VerdictWord::NotYetValid,
        VerdictWord::Expired,
        VerdictWord::Suspended,
        VerdictWord::Revoked,
        VerdictWord::Withdrawn,
        VerdictWord::Cancelled,
        VerdictWord::Voided,
        VerdictWord::Superseded,
        VerdictWord::Annulled,
        VerdictWord::Unknown,
        VerdictWord::Malformed,
        VerdictWord::Undeterminable,
    ];

    /// The word for a certificate on a day: the status that holds on it goes before the days, so that a revoked certificate
    /// that has also expired is 已撤销.
    pub fn of_days(status: StatusWord, valid_from: Day, valid_to: Day, on: Day) -> VerdictWord {
        match status {
            StatusWord::Suspended => VerdictWord::Suspended,
            StatusWord::Revoked => VerdictWord::Revoked,
            StatusWord::Withdrawn => VerdictWord::Withdrawn,
            StatusWord::Cancelled => VerdictWord::Cancelled,
            StatusWord::Voided => VerdictWord::Voided,
            StatusWord::Superseded => VerdictWord::Superseded,
            StatusWord::Annulled => VerdictWord::Annulled,
            StatusWord::Valid if on < valid_from => VerdictWord::NotYetValid,
            StatusWord::Valid if on > valid_to => VerdictWord::Expired,
            StatusWord::Valid => VerdictWord::Valid,
        }
    }

    /// The word in JSON.
    pub fn key(self) -> &'static str {
        match self {
            VerdictWord::Valid => "valid",
            VerdictWord::NotYetValid => "not_yet_valid",
            VerdictWord::Expired => "expired",
            VerdictWord::Suspended => "suspended",
            VerdictWord::Revoked => "revoked",
            VerdictWord::Withdrawn => "withdrawn",
            VerdictWord::Cancelled => "cancelled",
            VerdictWord::Voided => "voided",
            VerdictWord::Superseded => "superseded",
            VerdictWord::Annulled => "annulled",
            VerdictWord::Unknown => "unknown",
            VerdictWord::Malformed => "malformed",
            VerdictWord::Undeterminable => "undeterminable",
        }
    }

    /// The word people read.
    pub fn label(self) -> &'static str {
        match self {
            VerdictWord::Valid => "有效",
            VerdictWord::NotYetValid => "尚未生效",
            VerdictWord::Expired => "已过期",
            VerdictWord::Suspended => "已暂停",
            VerdictWord::Revoked => "已撤销",
            VerdictWord::Withdrawn => "已撤回",
            VerdictWord::Cancelled => "已注销",
            VerdictWord::Voided => "已吊销",
            VerdictWord::Superseded => "已换证",
            VerdictWord::Annulled => "已作废",
            VerdictWord::Unknown => "未查到此码",
            VerdictWord::Malformed => "输入有误",
            VerdictWord::Undeterminable => "暂无法判定",
        }
    }

    /// What it means for the reader.
    pub fn sentence(self) -> &'static str {
        match self {
            VerdictWord::Valid => {
                "证书在有效期内。机构只能在证书附表列明的检测能力范围内出具报告，请继续与纸面核对。"
            }
            VerdictWord::NotYetValid => "证书的有效期尚未开始，此前不能凭此证书出具报告。",
            VerdictWord::Expired => "证书有效期已满，期满之后不能再凭此证书出具报告。",
            VerdictWord::Suspended => "证书被暂停使用，暂停期间不能凭此证书出具报告。",
            VerdictWord::Revoked => "证书已被资质认定部门撤销，不能再凭此证书出具报告。",
            VerdictWord::Withdrawn => "证书已被资质认定部门撤回，不能再凭此证书出具报告。",
            VerdictWord::Cancelled => "证书已注销，不能再凭此证书出具报告。",
            VerdictWord::Voided => "证书已被吊销，不能再凭此证书出具报告。",
            VerdictWord::Superseded => "机构已换发新证书，本证书不再使用，请查看新证书。",
            VerdictWord::Annulled => "此码因误赋码作废，不代表任何资质。",
            VerdictWord::Unknown => {
                "本系统没有登记过这个码或编号。请核对网址和输入；如印在证书或报告上，请向资质认定部门反映。"
            }
            VerdictWord::Malformed => "这不是一个完整正确的码或编号，请对照纸面重新输入。",
            VerdictWord::Undeterminable => "系统暂时不能给出结论，这不表示证书有问题，请稍后再查。",
        }
    }

    /// The colour family.
    pub fn tone(self) -> Tone {
        match self {
            VerdictWord::Valid => Tone::Good,
            VerdictWord::NotYetValid | VerdictWord::Suspended | VerdictWord::Superseded => Tone::Warn,
            VerdictWord::Expired
            | VerdictWord::Revoked
            | VerdictWord::Withdrawn
            | VerdictWord::Cancelled
            | VerdictWord::Voided
            | VerdictWord::Annulled
            | VerdictWord::Unknown => Tone::Bad,
            VerdictWord::Malformed | VerdictWord::Undeterminable => Tone::Neutral,
        }
    }

    /// The shape beside the word.
    pub fn mark(self) -> Mark {
        match self {
            VerdictWord::Valid => Mark::Tick,
            VerdictWord::NotYetValid | VerdictWord::Expired => Mark::Clock,
            VerdictWord::Suspended => Mark::Pause,
            VerdictWord::Superseded => Mark::Arrow,
            VerdictWord::Revoked
            | VerdictWord::Withdrawn
            | VerdictWord::Cancelled
            | VerdictWord::Voided
            | VerdictWord::Annulled => Mark::Cross,
            VerdictWord::Unknown => Mark::Question,
            VerdictWord::Malformed | VerdictWord::Undeterminable => Mark::Exclamation,
        }
    }

    /// The HTTP status of its page. What is no longer valid still answers (终身追溯), so it is 200.
    pub fn http_status(self) -> u16 {
        match self {
            VerdictWord::Unknown => 404,
            VerdictWord::Malformed => 400,
            VerdictWord::Undeterminable => 503,
            VerdictWord::Valid
            | VerdictWord::NotYetValid
            | VerdictWord::Expired
            | VerdictWord::Suspended
            | VerdictWord::Revoked
            | VerdictWord::Withdrawn
            | VerdictWord::Cancelled
            | VerdictWord::Voided
            | VerdictWord::Superseded
            | VerdictWord::Annulled => 200,
        }
    }
}

impl fmt::Display for VerdictWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.label())
    }
}
