//! Why a check came out as it did: a value, so that each reader is told in his language.

use crate::{Day, StatusWord};
use std::fmt;

/// The reason of one check. Its `Display` is the Chinese of pages and JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The registry has the certificate.
    InRegister,
    /// The registry was asked and has none.
    NotInRegister,
    /// The registry could not be asked.
    Unavailable,
    /// Nothing was found that could be judged.
    NothingFound,
    /// The input is no code or number, so nothing was asked.
    NotAsked,
    /// What is wrong with the input, in Chinese.
    Input(String),
    /// The code bears no signature.
    NoSignature,
    /// There is no ledger yet.
    NoLedger,
    /// What was shown names no edition.
    NoEdition {
        /// The current one.
        current: u32,
    },
    /// The edition in hand is the current one.
    CurrentEdition {
        /// Which.
        edition: u32,
    },
    /// The edition in hand is an old one.
    OldEdition {
        /// In hand.
        edition: u32,
        /// The current one.
        current: u32,
    },
    /// The edition in hand is newer than what was found.
    EditionAhead {
        /// In hand.
        edition: u32,
        /// What was found.
        current: u32,
    },
    /// No act stands against it.
    InForce {
        /// What is recorded and does not hold yet.
        coming: Option<Coming>,
    },
    /// A new certificate took its place.
    Superseded {
        /// First day of the new one.
        from: Day,
    },
    /// An act stands against it.
    Acted {
        /// Which.
        word: StatusWord,
        /// First day.
        since: Option<Day>,
        /// Number of the decision, may be empty.
        document: String,
        /// What is recorded and does not hold yet.
        coming: Option<Coming>,
    },
    /// Its days have not begun.
    NotYetBegun {
        /// First valid day.
        from: Day,
    },
    /// Its days are over.
    Over {
        /// Last valid day.
        to: Day,
    },
    /// The day asked about is one of its days.
    WithinDays {
        /// The day asked about.
        on: Day,
        /// First valid day.
        from: Day,
        /// Last valid day.
        to: Day,
    },
}

/// An act that is recorded and does not hold yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Coming {
    /// Which status.
    pub word: StatusWord,
    /// From when.
    pub from: Day,
}

/// 暂停 of 已暂停.
fn act(word: StatusWord) -> &'static str {
    word.label().trim_start_matches('已')
}

impl fmt::Display for Coming {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "；自{}起{}", self.from.chinese(), act(self.word))
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let said = |coming: &Option<Coming>| coming.map(|it| it.to_string()).unwrap_or_default();
        match self {
            Reason::InRegister => f.write_str("登记簿中有此证书"),
            Reason::NotInRegister => f.write_str("登记簿中没有这个码或编号"),
            Reason::Unavailable => f.write_str("系统暂时不能查询登记簿"),
            Reason::NothingFound => f.write_str("未查到证书，不作判断"),
            Reason::NotAsked => f.write_str("输入有误，未作查询"),
            Reason::Input(why) => f.write_str(why),
            Reason::NoSignature => f.write_str("此码不含防伪签名"),
            Reason::NoLedger => f.write_str("存证日志尚未启用"),
            Reason::NoEdition { current } => write!(f, "所查内容不含版本；现行为第{current}版"),
            Reason::CurrentEdition { edition } => write!(f, "第{edition}版，为现行版本"),
            Reason::OldEdition { edition, current } => {
                write!(f, "您手中的是第{edition}版，现行为第{current}版")
            }
            Reason::EditionAhead { edition, current } => {
                write!(f, "您手中的是第{edition}版，本次只查到第{current}版，请稍后再查")
            }
            Reason::InForce { coming } => {
                write!(f, "未被暂停、撤销、撤回、注销或吊销{}", said(coming))
            }
            Reason::Superseded { from } => write!(f, "自{}起由换发的新证书代替", from.chinese()),
            Reason::Acted { word, since, document, coming } => {
                let since = since.map(|day| format!("自{}起", day.chinese())).unwrap_or_default();
                let document = if document.is_empty() { String::new() } else { format!("（{document}）") };
                write!(f, "{since}{}{document}{}", act(*word), said(coming))
            }
            Reason::NotYetBegun { from } => write!(f, "有效期自{}开始", from.chinese()),
            Reason::Over { to } => write!(f, "有效期已于{}届满", to.chinese()),
            Reason::WithinDays { on, from, to } => {
                write!(f, "{}在有效期内（{}至{}）", on.chinese(), from.chinese(), to.chinese())
            }
        }
    }
}
