//! The named checks of a verdict and their outcomes.

use super::Reason;

/// The result of one check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// 通过.
    Pass,
    /// 不通过.
    Fail,
    /// 无法判断: what is needed could not be had.
    Unknown,
    /// 不适用.
    NotApplicable,
}

impl Outcome {
    /// The word in JSON.
    pub fn key(self) -> &'static str {
        match self {
            Outcome::Pass => "pass",
            Outcome::Fail => "fail",
            Outcome::Unknown => "unknown",
            Outcome::NotApplicable => "not_applicable",
        }
    }

    /// The word people read.
    pub fn label(self) -> &'static str {
        match self {
            Outcome::Pass => "通过",
            Outcome::Fail => "不通过",
            Outcome::Unknown => "暂无法判断",
            Outcome::NotApplicable => "不适用",
        }
    }
}

/// The checks, in the order people read them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CheckName {
    /// 码在册.
    Known,
    /// 防伪签名.
    Sig,
    /// 证书版本.
    Edition,
    /// 证书状态.
    Status,
    /// 有效期, on the asked day.
    Days,
    /// 存证.
    Ledger,
}

impl CheckName {
    /// All, in order.
    pub const ALL: [CheckName; 6] = [
        CheckName::Known,
        CheckName::Sig,
        CheckName::Edition,
        CheckName::Status,
        CheckName::Days,
        CheckName::Ledger,
    ];

    /// The word in JSON.
    pub fn key(self) -> &'static str {
        match self {
            CheckName::Known => "known",
            CheckName::Sig => "sig",
            CheckName::Edition => "edition",
            CheckName::Status => "status",
            CheckName::Days => "days",
            CheckName::Ledger => "ledger",
        }
    }

    /// The word people read.
    pub fn label(self) -> &'static str {
        match self {
            CheckName::Known => "码在册",
            CheckName::Sig => "防伪签名",
            CheckName::Edition => "证书版本",
            CheckName::Status => "证书状态",
            CheckName::Days => "有效期",
            CheckName::Ledger => "存证",
        }
    }
}

/// One check with its result and its reason in plain words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Which.
    pub name: CheckName,
    /// Its result.
    pub outcome: Outcome,
    /// Why.
    pub reason: Reason,
}
