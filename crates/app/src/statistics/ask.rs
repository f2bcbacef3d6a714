//! What may be asked of the figures.

use domain::tally::{Dimension, Measure};
use domain::{AuthorityId, Day};

/// Days that may be looked back.
pub const SPANS: [u16; 5] = [7, 30, 90, 365, 730];

/// Whose figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// The sums of all.
    Nation,
    /// An authority's.
    Authority(AuthorityId),
}

impl Whose {
    /// Reads the word of an address: `nation`, or the id of an authority.
    pub fn parse(text: &str) -> Option<Whose> {
        match text {
            "nation" => Some(Whose::Nation),
            id => id.parse().ok().map(|id| Whose::Authority(AuthorityId(id))),
        }
    }

    /// The word of an address.
    pub fn key(self) -> String {
        match self {
            Whose::Nation => "nation".into(),
            Whose::Authority(id) => id.0.to_string(),
        }
    }
}

macro_rules! reports {
    ($($variant:ident $key:literal $label:literal $explained:literal;)*) => {
        /// Which figures.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum FigureReport { $(#[doc = $label] $variant),* }

        impl FigureReport {
            /// All, in the order in which they are offered.
            pub const ALL: &'static [FigureReport] = &[$(FigureReport::$variant),*];

            /// The word in addresses and commands.
            pub fn key(self) -> &'static str {
                match self { $(FigureReport::$variant => $key),* }
            }

            /// What people read.
            pub fn label(self) -> &'static str {
                match self { $(FigureReport::$variant => $label),* }
            }

            /// What it is for.
            pub fn explained(self) -> &'static str {
                match self { $(FigureReport::$variant => $explained),* }
            }

            /// The one of a word.
            pub fn parse(key: &str) -> Option<FigureReport> {
                Self::ALL.iter().copied().find(|it| it.key() == key)
            }
        }
    };
}

reports! {
    Today    "today"    "概况"     "今天各项的次数，与昨天同一时段、昨天全天和上周同一天比较；下面按小时看其中一项。";
    Trend    "trend"    "趋势"     "一项在一段时间里逐日或逐月的次数，以及按方式、结果、领域、设备的构成。";
    Ranking  "ranking"  "机关排名" "各机关在一段时间里的次数和名次，与上一个同样长的时段比较。";
    Heat     "heat"     "时段分布" "一周七天、一天二十四小时里，什么时候最多。";
    Places   "places"   "地区分布" "被查证书的机构在哪里，查询的人在哪里。";
    Bodies   "bodies"   "热门机构" "一个月里，哪些机构的证书被扫码、查真最多。";
    Failures "failures" "未通过"   "查真的结论不是“有效”的次数；被查过、但从未赋过的码和编号。";
    Expiring "expiring" "到期分布" "今后三年每个月有多少张有效证书到期。";
}

impl FigureReport {
    /// The measures it can be asked about, the first unless another one is asked for; none where it is not about one.
    pub fn measures(self, whose: Whose) -> Vec<Measure> {
        let all = Measure::ALL.iter().copied();
        // A search or a page of another kind is about no certificate, and so about no authority.
        let own = all.filter(|it| {
            self != FigureReport::Ranking && whose == Whose::Nation
                || !matches!(it, Measure::Search | Measure::View)
        });
        match self {
            FigureReport::Today | FigureReport::Trend | FigureReport::Ranking | FigureReport::Heat => {
                own.collect()
            }
            FigureReport::Places => {
                let placed = [Dimension::Province, Dimension::Visitor];
                own.filter(|it| it.dimensions().iter().any(|of| placed.contains(of))).collect()
            }
            FigureReport::Bodies | FigureReport::Failures | FigureReport::Expiring => Vec::new(),
        }
    }

    /// Whether it looks back a number of days.
    pub fn looks_back(self) -> bool {
        match self {
            FigureReport::Trend
            | FigureReport::Ranking
            | FigureReport::Heat
            | FigureReport::Places
            | FigureReport::Failures => true,
            FigureReport::Today | FigureReport::Bodies | FigureReport::Expiring => false,
        }
    }
}

/// A question; what is not said, or cannot be, is what most people want.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FigureAsk {
    /// Which figures.
    pub report: FigureReport,
    /// Whose; of one's own authority unless said, of the nation for the national level.
    pub whose: Option<Whose>,
    /// What is counted.
    pub measure: Option<Measure>,
    /// How many days back, today among them: one of [`SPANS`].
    pub days: Option<u16>,
    /// By month instead of by day.
    pub by_month: Option<bool>,
    /// A day of the month whose bodies are asked for.
    pub month: Option<Day>,
    /// The day whose unknown codes are asked for.
    pub day: Option<Day>,
}

impl FigureAsk {
    /// Of a report, without anything else.
    pub fn of(report: FigureReport) -> FigureAsk {
        FigureAsk { report, whose: None, measure: None, days: None, by_month: None, month: None, day: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn searches_are_of_no_authority() {
        let own = Whose::Authority(AuthorityId(2));
        assert!(FigureReport::Trend.measures(Whose::Nation).contains(&Measure::Search));
        for (report, whose) in [(FigureReport::Trend, own), (FigureReport::Ranking, Whose::Nation)] {
            assert!(!report.measures(whose).contains(&Measure::Search), "{report:?}");
        }
        assert!(!FigureReport::Places.measures(Whose::Nation).contains(&Measure::Call));
        assert!(FigureReport::Expiring.measures(own).is_empty());
    }

    #[test]
    fn words_of_an_address_are_read_back() {
        for whose in [Whose::Nation, Whose::Authority(AuthorityId(28))] {
            assert_eq!(Whose::parse(&whose.key()), Some(whose));
        }
        assert_eq!(Whose::parse("all"), None);
        for report in FigureReport::ALL {
            assert_eq!(FigureReport::parse(report.key()), Some(*report));
        }
    }
}
