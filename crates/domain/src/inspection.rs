//! 监督检查: what is inspected, what came of it, what is to be put right, and of what a body is notified. The words are those of
//! 监督管理办法 (总局令第39号) and of what is published of a check (企业信息公示暂行条例).

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($variant:ident $key:literal $label:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $(#[doc = $label] $variant),* }

        impl $name {
            /// All of them, in the order in which they are offered.
            pub const ALL: &'static [$name] = &[$($name::$variant),*];
            /// The word in the database and in JSON.
            pub fn key(self) -> &'static str { match self { $($name::$variant => $key),* } }
            /// The word people read.
            pub fn label(self) -> &'static str { match self { $($name::$variant => $label),* } }
            /// All that people may say, for who has no list to choose from.
            pub fn choices() -> String {
                $name::ALL.iter().map(|it| it.label()).collect::<Vec<_>>().join("、")
            }
            /// What a key or label names.
            pub fn parse(text: &str) -> Option<$name> {
                $name::ALL.iter().copied().find(|it| it.key() == text || it.label() == text)
            }
        }
    };
}

words! {
    /// Why a body is inspected.
    InspectionKind {
        Random "random" "双随机抽查",
        Special "special" "专项检查",
        Complaint "complaint" "投诉举报核查",
        Commitment "commitment" "告知承诺核查",
        Follow "follow" "跟踪检查",
        Daily "daily" "日常检查",
    }
}

words! {
    /// What came of it.
    InspectionResult {
        Clear "clear" "未发现问题",
        Idle "idle" "未发现开展本次抽查涉及的检验检测活动",
        Rectify "rectify" "发现问题责令改正",
        Pending "pending" "发现问题待后续处理",
        Filed "filed" "发现问题立案查处",
        Obstructed "obstructed" "不配合检查情节严重",
        Unreachable "unreachable" "通过登记的住所（场所）无法联系",
    }
}

impl InspectionResult {
    /// Whether something was found that weighs on the body afterwards.
    pub fn is_found(self) -> bool {
        match self {
            InspectionResult::Clear | InspectionResult::Idle => false,
            InspectionResult::Rectify
            | InspectionResult::Pending
            | InspectionResult::Filed
            | InspectionResult::Obstructed
            | InspectionResult::Unreachable => true,
        }
    }
}

words! {
    /// A step of what is put right.
    RectificationStep {
        Report "report" "收到整改报告",
        Passed "passed" "复查合格",
        Failed "failed" "复查不合格",
        Closed "closed" "办结",
    }
}

impl RectificationStep {
    /// Whether it may follow what was done so far: a report comes first, a check follows a report, and what passed is closed.
    pub fn may_follow(self, last: Option<RectificationStep>) -> bool {
        use RectificationStep::{Closed, Failed, Passed, Report};
        match self {
            Report => matches!(last, None | Some(Report | Failed)),
            Passed | Failed => last == Some(Report),
            Closed => last == Some(Passed),
        }
    }
}

words! {
    /// Of what a body is notified.
    NoticeKind {
        Rectify "rectify" "责令改正通知书",
        Expiry "expiry" "证书到期提醒",
        Suspension "suspension" "暂停证书告知书",
        Other "other" "事项告知书",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_read_back_from_its_key_and_its_label() {
        for it in InspectionResult::ALL {
            assert_eq!(
                (InspectionResult::parse(it.key()), InspectionResult::parse(it.label())),
                (Some(*it), Some(*it))
            );
        }
        for it in InspectionKind::ALL {
            assert_eq!(InspectionKind::parse(it.key()), Some(*it));
        }
        for it in NoticeKind::ALL {
            assert_eq!(NoticeKind::parse(it.label()), Some(*it));
        }
        assert_eq!(RectificationStep::parse("报告"), None);
    }

    #[test]
    fn nothing_is_closed_that_was_not_checked_and_nothing_checked_that_was_not_reported() {
        use RectificationStep::{Closed, Failed, Passed, Report};
        let follow = |last| [Report, Passed, Failed, Closed].map(|it: RectificationStep| it.may_follow(last));
        assert_eq!(follow(None), [true, false, false, false]);
        assert_eq!(follow(Some(Report)), [true, true, true, false]);
        assert_eq!(follow(Some(Failed)), [true, false, false, false]);
        assert_eq!(follow(Some(Passed)), [false, false, false, true]);
        assert_eq!(follow(Some(Closed)), [false; 4]);
    }
}
