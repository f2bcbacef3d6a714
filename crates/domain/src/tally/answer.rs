//! What a question got.

use crate::VerdictWord;

/// An answer as it is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Answer {
    /// Of a certificate that was asked for: the verdict's word.
    Verdict(VerdictWord),
    /// A search found something.
    Found,
    /// A search found nothing.
    Nothing,
    /// A call was done.
    Done,
    /// A call was refused or asked for something that cannot be: the caller's mistake.
    Refused,
    /// A call failed: our fault.
    Failed,
}

impl Answer {
    /// Those that are no verdict, in order.
    const OTHERS: [Answer; 5] =
        [Answer::Found, Answer::Nothing, Answer::Done, Answer::Refused, Answer::Failed];

    /// All of them, in the order in which they are shown.
    pub fn all() -> impl Iterator<Item = Answer> {
        VerdictWord::ALL.into_iter().map(Answer::Verdict).chain(Answer::OTHERS)
    }

    /// The word in the database and in JSON; never changed once written.
    pub fn key(self) -> &'static str {
        match self {
            Answer::Verdict(word) => word.key(),
            Answer::Found => "found",
            Answer::Nothing => "none",
            Answer::Done => "2xx",
            Answer::Refused => "4xx",
            Answer::Failed => "5xx",
        }
    }

    /// The word people read.
    pub fn label(self) -> &'static str {
        match self {
            Answer::Verdict(word) => word.label(),
            Answer::Found => "有结果",
            Answer::Nothing => "没有找到",
            Answer::Done => "已处理",
            Answer::Refused => "被拒绝或请求有误",
            Answer::Failed => "系统故障",
        }
    }

    /// The one of a key.
    pub fn parse(key: &str) -> Option<Answer> {
        Answer::all().find(|it| it.key() == key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_answer_has_a_key_of_its_own_and_is_read_back() {
        for answer in Answer::all() {
            assert_eq!(Answer::parse(answer.key()), Some(answer));
            assert!(!answer.label().is_empty());
        }
        assert_eq!(Answer::parse("else"), None);
    }
}
