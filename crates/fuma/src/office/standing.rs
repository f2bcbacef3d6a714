//! What lists and details say of a certificate today.

use super::Badge;
use app::stored::Head;
use domain::{Day, Held, Lookup, Record, Shown, Verdict};

/// The word a scan would give today, so that officers and the public read the same.
pub fn standing(head: &Head, today: Day) -> Badge {
    let held = [Held::from(head.status.clone())];
    let record =
        Record { held: &held, valid_from: head.valid_from, valid_to: head.valid_to, edition: head.edition };
    Verdict::of(Lookup::Found(record), Shown::Short, today, today).word().into()
}

/// 待打印, 已打印 n 次, 未打印.
pub fn printed(head: &Head) -> String {
    match (head.print_due, head.printed) {
        (true, _) => "待打印".into(),
        (false, 0) => "未打印".into(),
        (false, n) => format!("已打印 {n} 次"),
    }
}
