//! The figures of a bulletin: their names and definitions, and what a value can be.

use crate::group_digits;
use std::cmp::Ordering;

/// Calendar days from the decision to the code within which it counts as timely. The registry knows no calendar of working
/// days; seven days hold five of them wherever no holiday falls in.
pub const TIMELY_DAYS: u32 = 7;

/// Which end of a ranking is the good one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    /// The highest comes first.
    High,
    /// The lowest comes first.
    Low,
    /// It is told and not ranked.
    Neither,
}

macro_rules! indicators {
    ($($variant:ident $key:literal $label:literal $unit:literal $better:ident $means:literal;)*) => {
        /// One figure that a bulletin tells of each authority.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Indicator { $(#[doc = $means] $variant),* }

        impl Indicator {
            /// All, in the order in which they are shown.
            pub const ALL: &'static [Indicator] = &[$(Indicator::$variant),*];

            /// The word in JSON and in replies; never changed once written.
            pub fn key(self) -> &'static str { match self { $(Indicator::$variant => $key),* } }

            /// The word people read.
            pub fn label(self) -> &'static str { match self { $(Indicator::$variant => $label),* } }

            /// What it is counted in.
            pub fn unit(self) -> &'static str { match self { $(Indicator::$variant => $unit),* } }

            /// Which end comes first.
            pub fn better(self) -> Better { match self { $(Indicator::$variant => Better::$better),* } }

            /// The definition people read.
            pub fn definition(self) -> &'static str { match self { $(Indicator::$variant => $means),* } }

            /// The one of a key.
            pub fn parse(key: &str) -> Option<Indicator> { Self::ALL.iter().copied().find(|it| it.key() == key) }
        }
    };
}

indicators! {
    InForce "in_force" "有效证书" "张" Neither "已赋码，期末当天状态为有效并在有效期内的证书。暂停、撤销、撤回、注销、吊销、已换证、已作废、已过期和尚未生效的不计。";
    Coded "coded" "新赋码" "张" Neither "期内赋码的证书，含存量和换证，误赋码作废的不计。";
    TakenOver "taken_over" "其中存量" "张" Neither "新赋码中，系统启用以前颁发、接收入库的证书。";
    Declared "declared" "申报有效数" "张" Neither "发证机关申报的期末当天全部有效证书，不论是否赋码；以期末日期最后一次申报为准。";
    Coverage "coverage" "赋码覆盖率" "%" High "有效证书除以申报有效数。没有申报或申报为零的不计算，不参加排名；高于100%的按100%排名，请核对申报数。";
    MedianDays "median_days" "赋码用时" "天" Neither "从许可决定日期到赋码当天的日历天数的中位数，不含存量和没有决定日期的证书；双数张取中间两张里较短的。";
    Timely "timely" "赋码及时率" "%" High "许可决定日期起7个日历日内（含第7日）赋码的，占期内新赋码的比例，不含存量和没有决定日期的证书。";
    Problems "problems" "每千行问题" "行" Low "期内最后一次数据质量检查中，不符合规则的行数（一行不符合几条规则计几次）除以检查的行数，乘以1000。没有检查的不计算，不参加排名。";
    Faulty "faulty" "每百张问题" "项" Low "同一次检查中，各条规则下有问题或缺少内容的证书张数之和，除以检查的证书张数，乘以100。";
    Incomplete "incomplete" "每百张缺项" "项" Low "同一次检查中，没有检测能力附表、没有授权签字人、没有仪器设备、没有人员的证书张数之和（一张证书缺几项计几次），除以检查的证书张数，乘以100。";
    Scans "scans" "扫码" "次" High "公众打开本机关颁发的证书或报告上二维码的次数，不含程序。";
    Queries "queries" "查真" "次" High "公众在网站上输入编号或码查验、批量核验本机关证书的次数，不含程序。";
    Machines "machines" "程序查询" "次" Neither "由程序扫码、查真和批量核验的次数，不计入以上两项。";
    Failures "failures" "未通过" "次" Neither "公众扫码和查真中，结论不是有效的次数。码或编号不存在的不属于任何机关，只计入全国合计。";
}

impl Indicator {
    /// A value of it as people read it, a percentage with its sign.
    pub fn says(self, value: Value) -> String {
        let sign = if self.unit() == "%" && value.is_there() { "%" } else { "" };
        value.text() + sign
    }

    /// Those that authorities are ranked by, in the order of [`Indicator::ALL`].
    pub fn ranked() -> impl Iterator<Item = Indicator> {
        Self::ALL.iter().copied().filter(|it| it.better() != Better::Neither)
    }
}

/// Why there is no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gap {
    /// 未申报.
    Undeclared,
    /// 未检查.
    Unchecked,
    /// Nothing it could be reckoned of.
    Nothing,
}

impl Gap {
    /// The word people read.
    pub fn label(self) -> &'static str {
        match self {
            Gap::Undeclared => "未申报",
            Gap::Unchecked => "未检查",
            Gap::Nothing => "无",
        }
    }
}

/// What an indicator is for one authority. Ratios are kept as the two numbers they are made of, so that ranks compare
/// exactly and not as they are rounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// So many.
    Count(u64),
    /// `part` of each `per` (100 or 1,000) of `of`, which is not 0.
    Ratio {
        /// What is counted.
        part: u64,
        /// Of how many.
        of: u64,
        /// 100 or 1,000.
        per: u64,
    },
    /// There is none.
    Missing(Gap),
}

impl Value {
    /// A ratio, or a gap where there is nothing to divide by.
    pub(super) fn ratio(part: u64, of: u64, per: u64) -> Value {
        if of == 0 { Value::Missing(Gap::Nothing) } else { Value::Ratio { part, of, per } }
    }

    /// Tenths of a ratio's unit, half rounded up; ten times a count.
    pub fn tenths(self) -> Option<u64> {
        match self {
            Value::Count(n) => n.checked_mul(10),
            Value::Ratio { part, of, per } => {
                let (part, of) = (u128::from(part) * u128::from(per) * 10, u128::from(of));
                u64::try_from((part * 2 + of) / (of * 2)).ok()
            }
            Value::Missing(_) => None,
        }
    }

    /// As people read it, without the unit: `1,234`, `98.5`, `未申报`.
    pub fn text(self) -> String {
        match (self, self.tenths()) {
            (Value::Missing(gap), _) => gap.label().to_owned(),
            (Value::Count(n), _) => group_digits(n),
            (Value::Ratio { .. }, Some(tenths)) => format!("{}.{}", group_digits(tenths / 10), tenths % 10),
            (Value::Ratio { .. }, None) => Gap::Nothing.label().to_owned(),
        }
    }

    /// Whether there is one.
    pub fn is_there(self) -> bool {
        !matches!(self, Value::Missing(_))
    }

    /// Which is greater, where both are there.
    pub fn compare(self, other: Value) -> Option<Ordering> {
        let fraction = |value| match value {
            Value::Count(n) => Some((u128::from(n), 1u128)),
            Value::Ratio { part, of, per } => Some((u128::from(part) * u128::from(per), u128::from(of))),
            Value::Missing(_) => None,
        };
        let ((a, b), (c, d)) = (fraction(self)?, fraction(other)?);
        Some(a.checked_mul(d)?.cmp(&c.checked_mul(b)?))
    }
}
