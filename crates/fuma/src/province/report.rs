//! What a run says at its end.

use super::folder::Run;
use super::ledger::Ledger;
use super::reconcile::Reconciled;
use comfy_table::Table;
use serde_json::{Value, json};
use std::time::Duration;

/// Lines of differences and of cases given up that are told; more say nothing new.
const TOLD: usize = 20;

/// The end of a run.
pub struct Report<'a> {
    /// What it was.
    pub run: &'a Run,
    /// What came of its cases.
    pub ledger: &'a Ledger,
    /// What came of reconciling.
    pub reconciled: &'a Reconciled,
    /// How long each call of this process took.
    pub calls: &'a [Duration],
    /// Calls that were tried again.
    pub retries: u64,
    /// Cases that this process brought in.
    pub pushed: u64,
    /// Time of pushing, without reconciling.
    pub pushed_in: Duration,
}

impl Report<'_> {
    fn cases(&self) -> u64 {
        self.ledger.counts.deeds.values().map(|tally| tally.sent).sum()
    }

    fn given_up(&self) -> impl Iterator<Item = (u64, &str)> {
        self.ledger.counts.given_up.iter().map(|(n, why)| (*n, why.as_str()))
    }

    /// The calls' time that so many of a hundred stay below, ms.
    fn percentile(&self, percent: usize) -> f64 {
        let mut sorted = self.calls.to_vec();
        sorted.sort_unstable();
        let at = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
        sorted.get(at).map_or(0.0, |it| (it.as_secs_f64() * 10_000.0).round() / 10.0)
    }

    /// One document.
    pub fn document(&self) -> Value {
        let (counts, found) = (&self.ledger.counts, self.reconciled);
        let deed = |(deed, tally): (&super::deed::Deed, &super::ledger::Tally)| json!({ "deed": deed.key(), "cases": tally.sent, "acknowledged": tally.acknowledged });
        let mistake =
            |(mistake, n): (&super::mistake::Mistake, &u64)| json!({ "mistake": mistake.key(), "cases": n });
        let given_up = |(n, why)| json!({ "case": n, "message": why });
        json!({
            "authority": self.run.authority,
            "seed": self.run.seed,
            "today": self.run.today,
            "cases": self.cases(),
            "acknowledged": self.ledger.acknowledged(),
            "warned": counts.warned,
            "replayed": counts.replayed,
            "unchanged": counts.unchanged,
            "refused": counts.refused,
            "corrected": counts.corrected,
            "given_up": self.given_up().take(TOLD).map(given_up).collect::<Vec<_>>(),
            "deeds": counts.deeds.iter().map(deed).collect::<Vec<_>>(),
            "mistakes": counts.mistakes.iter().map(mistake).collect::<Vec<_>>(),
            "calls": self.calls.len(),
            "retries": self.retries,
            "seconds": (self.pushed_in.as_secs_f64() * 10.0).round() / 10.0,
            "call_ms": { "p50": self.percentile(50), "p99": self.percentile(99) },
            "reconcile": {
                "here": found.here,
                "there": found.there,
                "same": found.same,
                "others": found.others,
                "differences": found.differences.len(),
                "told": found.differences.iter().take(TOLD).collect::<Vec<_>>(),
            },
        })
    }

    /// One table, and below it what a person should look at.
    pub fn words(&self) -> String {
        let (counts, found) = (&self.ledger.counts, self.reconciled);
        let mut table = Table::new();
        table.set_header(["项目", "件数", "说明"]);
        let deed = |(deed, tally): (&super::deed::Deed, &super::ledger::Tally)| {
            format!("{}{}", deed.label(), tally.sent)
        };
        let deeds: Vec<String> = counts.deeds.iter().map(deed).collect();
        let mistakes: Vec<String> =
            counts.mistakes.iter().map(|(mistake, n)| format!("{}{n}", mistake.label())).collect();
        let pace = self.pushed as f64 / self.pushed_in.as_secs_f64().max(0.001);
        let rows = [
            ("案件", self.cases(), deeds.join("　")),
            ("已确认", self.ledger.acknowledged(), format!("其中带提示{}件", counts.warned)),
            ("重复答复", counts.replayed, format!("网络中断后重发；重试{}次", self.retries)),
            ("退回", counts.refused, mistakes.join("　")),
            (
                "改正后确认",
                counts.corrected,
                format!("按答复改正，以同一业务记录号重报；重复报送返回原编号{}件", counts.unchanged),
            ),
            ("未办成", counts.given_up.len() as u64, "应为0".into()),
            (
                "对账一致",
                found.same,
                format!("本系统{}张，登记库另有{}张不属本次模拟", found.here, found.others),
            ),
            ("对账差异", found.differences.len() as u64, "应为0".into()),
        ];
        for (name, n, note) in rows {
            table.add_row([name.to_owned(), n.to_string(), note]);
        }
        let mut lines = vec![table.to_string()];
        if !self.calls.is_empty() {
            let (n, p50, p99) = (self.calls.len(), self.percentile(50), self.percentile(99));
            lines.push(format!("调用{n}次，每秒{pace:.0}件；每次调用用时中位数{p50}毫秒，99%在{p99}毫秒内"));
        }
        lines.extend(self.given_up().take(TOLD).map(|(n, why)| format!("第{n}件没有办成：{why}")));
        lines.extend(found.differences.iter().take(TOLD).map(|it| format!("差异　{it}")));
        lines.join("\n")
    }
}
