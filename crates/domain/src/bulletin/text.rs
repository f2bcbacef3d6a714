//! The text of a bulletin as it is drafted from its figures; people edit it before it is approved.

use super::{Aggregates, Docked, Indicator, Line, Reckoned, Value};
use crate::group_digits;
use std::fmt::Write;

/// So many are named at either end of a ranking.
const NAMED: usize = 3;
/// So many names stand in a list before it ends with 等.
const LISTED: usize = 12;

/// Title and text, paragraphs parted by line breaks.
pub fn drafted(it: &Aggregates, shown: &Reckoned) -> (String, String) {
    let period = it.period.label();
    let mut title = format!("{period}资质认定证书赋码和查询情况通报");
    if it.edition > 1 {
        let _ = write!(title, "（第{}版）", it.edition); // writing to a String does not fail
    }
    let mut parts = vec![overview(it, shown), "二、排名情况".to_owned()];
    parts.extend(Indicator::ranked().filter_map(|of| ends(shown, of)));
    parts.push("三、变化情况".to_owned());
    parts.push(changes(shown));
    parts.push("四、问题和要求".to_owned());
    parts.extend(demands(shown));
    (title, parts.join("\n"))
}

fn overview(it: &Aggregates, shown: &Reckoned) -> String {
    use Indicator as I;
    let of = |indicator: Indicator| indicator.says(shown.nation.value(indicator));
    let declared = provinces(shown).filter(|line| line.value(I::Declared).is_there()).count();
    let mut text = format!(
        "一、概况\n{}，全国新赋码{}张，其中存量{}张；截至{}，有效证书{}张{}。{}个省级机关中{declared}个申报了有效证书数，",
        it.period.label(),
        of(I::Coded),
        of(I::TakenOver),
        it.period.last().chinese(),
        of(I::InForce),
        since(shown, I::InForce),
        group_digits(provinces(shown).count() as u64),
    );
    text += &match shown.nation.value(I::Coverage) {
        Value::Missing(_) => "赋码覆盖率尚不能计算。".to_owned(),
        value => format!("已申报的机关赋码覆盖率为{}。", I::Coverage.says(value)),
    };
    text += &match shown.nation.value(I::Timely) {
        Value::Missing(_) => "期内没有可以计算及时率的新赋码证书。".to_owned(),
        value => {
            format!(
                "新赋码证书及时率为{}，赋码用时的中位数为{}天。",
                I::Timely.says(value),
                of(I::MedianDays)
            )
        }
    };
    text += &match shown.nation.value(I::Problems) {
        Value::Missing(_) => "期内没有进行数据质量检查。".to_owned(),
        value => {
            let (rows, parts) = (value.text(), of(I::Incomplete));
            format!("数据质量检查中，每千行有{rows}行不符合规则，每百张证书缺少{parts}项内容。")
        }
    };
    text + &format!(
        "\n公众扫码{}次{}，查真{}次{}，其中未通过{}次；程序查询{}次。",
        of(I::Scans),
        since(shown, I::Scans),
        of(I::Queries),
        since(shown, I::Queries),
        of(I::Failures),
        of(I::Machines),
    )
}

fn provinces(shown: &Reckoned) -> impl Iterator<Item = &Line> {
    shown.lines.iter().filter(|line| line.provincial)
}

/// `，比上期增加3张`, for a count of the nation.
fn since(shown: &Reckoned, of: Indicator) -> String {
    let cell = shown.nation.cell(of);
    let (Value::Count(now), Value::Count(before)) = (cell.value, cell.before) else { return String::new() };
    let unit = of.unit();
    match (now.checked_sub(before), now.abs_diff(before)) {
        (_, 0) => "，与上期持平".to_owned(),
        (Some(more), _) => format!("，比上期增加{}{unit}", group_digits(more)),
        (None, less) => format!("，比上期减少{}{unit}", group_digits(less)),
    }
}

fn named(line: &Line, of: Indicator) -> String {
    format!("{}（{}{}）", line.short_name, line.value(of).text(), of.unit())
}

/// The first and the last of a ranking; those that share the last named place are named as well, unless they are many.
fn ends(shown: &Reckoned, of: Indicator) -> Option<String> {
    let ranking = shown.ranking(of);
    let (best, last) = (ranking.first()?.1, ranking.last()?.1);
    let label = of.label();
    if best.rank == last.rank {
        return Some(match ranking.as_slice() {
            [(line, _)] => format!("{label}：只有{}可以计算。", named(line, of)),
            all => {
                let same = all.first().map(|(line, _)| of.says(line.value(of))).unwrap_or_default();
                format!("{label}：{}个机关相同，为{same}。", all.len())
            }
        });
    }
    let list = |lines: &[&(&Line, super::Placing)]| {
        let names: Vec<String> = lines.iter().take(LISTED).map(|(line, _)| named(line, of)).collect();
        let more = if lines.len() > LISTED { format!("等{}个机关", lines.len()) } else { String::new() };
        names.join("、") + &more
    };
    let front: Vec<_> = ranking.iter().filter(|(_, placing)| placing.rank as usize <= NAMED).collect();
    let rest: Vec<_> = ranking.iter().filter(|(_, placing)| placing.rank as usize > NAMED).collect();
    let from = rest.len().saturating_sub(NAMED);
    let behind = rest.get(from).map(|(_, placing)| placing.rank);
    let back: Vec<_> = rest
        .into_iter()
        .filter(|(_, placing)| behind.is_some_and(|rank| placing.rank >= rank))
        .rev()
        .collect();
    let mut text = format!("{label}：排名靠前的是{}", list(&front));
    if !back.is_empty() {
        let _ = write!(text, "；排名靠后的是{}", list(&back)); // as above
    }
    Some(text + "。")
}

fn changes(shown: &Reckoned) -> String {
    let moved = |of: Indicator| {
        let gained =
            |(line, placing): (&Line, super::Placing)| Some((placing.gained()?, line.short_name.clone()));
        let all: Vec<(i64, String)> = shown.ranking(of).into_iter().filter_map(gained).collect();
        let most = all.iter().max_by_key(|(n, _)| *n).filter(|(n, _)| *n > 0);
        let least = all.iter().min_by_key(|(n, _)| *n).filter(|(n, _)| *n < 0);
        let up = most.map(|(n, who)| format!("{who}上升{n}位"));
        let down = least.map(|(n, who)| format!("{who}下降{}位", -n));
        let both: Vec<String> = up.into_iter().chain(down).collect();
        (!both.is_empty()).then(|| format!("{}：{}", of.label(), both.join("，")))
    };
    let all: Vec<String> = Indicator::ranked().filter_map(moved).collect();
    match all.is_empty() {
        true => "各项排名与上期相比没有变化，或者上期没有可以比较的数字。".to_owned(),
        false => format!("与上期相比，排名变化最大的：{}。", all.join("；")),
    }
}

fn demands(shown: &Reckoned) -> Vec<String> {
    use Indicator as I;
    let who = |is: &dyn Fn(&Line) -> bool| {
        let names: Vec<&str> =
            provinces(shown).filter(|line| is(line)).map(|line| line.short_name.as_str()).collect();
        let listed = names.iter().take(LISTED).copied().collect::<Vec<_>>().join("、");
        let more = if names.len() > LISTED { "等" } else { "" };
        (names.len(), format!("{listed}{more}{}个机关", names.len()))
    };
    let over = |line: &Line| matches!(line.value(I::Coverage), Value::Ratio { part, of, .. } if part > of);
    let under = |line: &Line| matches!(line.value(I::Coverage), Value::Ratio { part, of, .. } if part < of);
    let late = |line: &Line| matches!(line.value(I::Timely), Value::Ratio { part, of, .. } if part < of);
    let faulty = |line: &Line| matches!(line.value(I::Problems), Value::Ratio { part, .. } if part > 0);
    let lacking = |line: &Line| matches!(line.value(I::Incomplete), Value::Ratio { part, .. } if part > 0);
    let found = [
        (who(&|line| !line.value(I::Declared).is_there()), "没有申报期末有效证书数，请尽快申报。"),
        (who(&over), "的有效证书多于申报数，请核对后重新申报。"),
        (who(&under), "还有有效证书没有赋码，请说明原因并排出时间。"),
        (who(&late), "有超过7日才赋码的新证书，请在作出许可决定后及时赋码。"),
        (who(&faulty), "的数据不符合质量规则，请逐项更正。"),
        (who(&lacking), "有证书没有检测能力附表、授权签字人、仪器设备或人员，请补录。"),
        (who(&|line| line.docked != Some(Docked::Live)), "的对接还没有上线，请按期完成。"),
    ];
    let mut out: Vec<String> =
        found.into_iter().filter(|((n, _), _)| *n > 0).map(|((_, names), what)| names + what).collect();
    if out.is_empty() {
        out.push("本期没有需要提出的问题。".to_owned());
    }
    out.push("收到本通报后请签收并核对；对数字有异议的，在系统的通报页面逐项提出，由国家级答复。".to_owned());
    out
}
