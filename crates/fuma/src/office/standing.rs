//! What lists and details say of a certificate today.

use super::Badge;
use app::Detail;
use app::stored::Head;
use domain::{CheckName, Verdict, VerdictWord};

/// The word a scan gives today of a certificate of a detail: its own, or another of its body.
pub fn standing(detail: &Detail, head: &Head) -> Badge {
    let word = detail.standings.get(&head.id).map_or(VerdictWord::Undeterminable, Verdict::word);
    word.into()
}

/// What holds of its status today and what is to come, in words: 自…起暂停（文号）；自…起换证.
pub fn told(detail: &Detail) -> String {
    let checks = detail.standings.get(&detail.card.head.id).map(Verdict::checks);
    let status = checks.into_iter().flatten().find(|check| check.name == CheckName::Status);
    status.map(|check| check.reason.to_string()).unwrap_or_default()
}

/// 待打印, 已打印 n 次, 未打印.
pub fn printed(head: &Head) -> String {
    match (head.print_due, head.printed) {
        (true, _) => "待打印".into(),
        (false, 0) => "未打印".into(),
        (false, n) => format!("已打印 {n} 次"),
    }
}
