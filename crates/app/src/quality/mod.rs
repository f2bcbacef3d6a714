//! 数据质量: what the rules ([`domain::quality`]) find in certificates in force. Looked through nightly as a whole (`run.rs`), and
//! each certificate again when something happened to it (`follow.rs`); what was found is derived and leaves no event. Officers see
//! it by rule, and put it right by a correction like any other (`correct.rs`).

mod correct;
mod export;
mod follow;
mod look;
mod run;

pub(crate) use follow::Looking;
pub(crate) use run::KIND;

use crate::{App, AppError, Ctx, Result};
use domain::quality::QualityRule;
use domain::{Action, AuthorityId, CertificateId, Day};
use std::collections::{BTreeMap, HashMap};
use store::certificate::Head;
use store::quality::{Behind, QualityProblem};

/// Days of a trend.
const DAYS: i32 = 30;
/// Certificates of a page.
const PAGE: u32 = 50;

/// How many break a rule.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QualitySum {
    /// Certificates.
    pub certificates: u64,
    /// Rows of these.
    pub rows: u64,
}

/// A rule with how many break it.
#[derive(Clone, Debug)]
pub struct QualityCount {
    /// The rule.
    pub rule: QualityRule,
    /// How many break it now; of the whole country, at the last run.
    pub sum: QualitySum,
    /// Certificates that broke it, by day of [`QualityBoard::days`].
    pub trend: Vec<u64>,
}

/// How an authority's stock stands.
#[derive(Clone, Debug)]
pub struct QualityShare {
    /// Whose.
    pub authority: AuthorityId,
    /// Certificates and rows that were looked at.
    pub looked: QualitySum,
    /// Problems: certificates by rule, and rows.
    pub broken: QualitySum,
    /// Problems by day of [`QualityBoard::days`].
    pub trend: Vec<u64>,
}

impl QualityShare {
    /// Rows that break a rule, for a thousand that were looked at, in tenths; none where nothing was.
    pub fn per_thousand(&self) -> Option<u64> {
        (self.looked.rows > 0).then(|| self.broken.rows * 10_000 / self.looked.rows)
    }
}

/// The rules with what they find.
#[derive(Clone, Debug)]
pub struct QualityBoard {
    /// Whose; none: everybody's.
    pub authority: Option<AuthorityId>,
    /// The days of the trends on which there was a run, oldest first.
    pub days: Vec<Day>,
    /// All rules, in their order.
    pub rules: Vec<QualityCount>,
    /// How the stock stood at the last run.
    pub last: Option<QualityShare>,
    /// Each authority at the last run; only of everybody.
    pub authorities: Vec<QualityShare>,
}

/// A certificate that breaks a rule.
#[derive(Clone, Debug)]
pub struct QualityRow {
    /// What was found.
    pub problem: QualityProblem,
    /// The certificate.
    pub head: Head,
    /// What its body is called.
    pub body: String,
}

/// Some of the certificates that break a rule.
#[derive(Clone, Debug)]
pub struct QualityPage {
    /// They.
    pub rows: Vec<QualityRow>,
    /// Where it goes on; none at the end.
    pub next: Option<Behind>,
}

fn keys() -> Vec<String> {
    QualityRule::ALL.iter().map(|rule| rule.key().to_owned()).collect()
}

impl App {
    /// Whose certificates are meant: an authority's own, or for the national one any authority's or everybody's.
    fn quality_scope(&self, ctx: &Ctx, authority: Option<AuthorityId>) -> Result<Option<AuthorityId>> {
        let own = ctx.authority()?;
        self.ask(ctx, Action::QualityRead, Some(authority.unwrap_or(own)))?;
        Ok(authority.or((!ctx.actor.is_national()).then_some(own)))
    }

    /// The rules, with how many certificates of an authority break them: of the caller's own; the national authority may name
    /// any, or see everybody's as of the last run.
    pub async fn quality(&self, ctx: &Ctx, authority: Option<AuthorityId>) -> Result<QualityBoard> {
        let scope = self.quality_scope(ctx, authority)?;
        let reader = || (&self.db).into();
        let today = self.today();
        let from = today.plus_days(1 - DAYS).unwrap_or(today);
        let known = store::quality::days(reader(), scope, (from, today)).await?;
        let mut days: Vec<Day> = known.iter().map(|it| it.day).collect();
        days.dedup();
        let mut by_rule: HashMap<&str, BTreeMap<Day, QualitySum>> = HashMap::new();
        for it in &known {
            let sum = by_rule.entry(it.rule.as_str()).or_default().entry(it.day).or_default();
            sum.certificates += it.certificates;
            sum.rows += it.rows;
        }
        let live = match scope {
            Some(id) => store::quality::counts(reader(), id, keys()).await?,
            None => Vec::new(),
        };
        let last = days.last().copied();
        let none = BTreeMap::new();
        let rules = QualityRule::ALL.iter().map(|rule| {
            let stood = by_rule.get(rule.key()).unwrap_or(&none);
            let now = live.iter().find(|(key, ..)| key == rule.key());
            let sum = match scope {
                Some(_) => {
                    now.map(|(_, certificates, rows)| QualitySum { certificates: *certificates, rows: *rows })
                }
                None => last.and_then(|day| stood.get(&day)).copied(),
            };
            let trend = days.iter().map(|day| stood.get(day).map_or(0, |it| it.certificates)).collect();
            QualityCount { rule: *rule, sum: sum.unwrap_or_default(), trend }
        });
        let rules = rules.collect();
        let mut of: BTreeMap<AuthorityId, Vec<&store::quality::QualityDay>> = BTreeMap::new();
        for it in &known {
            of.entry(it.authority).or_default().push(it);
        }
        let shares: Vec<QualityShare> =
            of.into_iter().map(|(authority, stood)| share(authority, &stood, &days)).collect();
        let (last, authorities) = match scope {
            Some(_) => (shares.into_iter().next(), Vec::new()),
            None => (whole(&shares), shares),
        };
        Ok(QualityBoard { authority: scope, days, rules, last, authorities })
    }

    /// The certificates that break a rule, of the caller's authority; the national one may name any, or go through all.
    pub async fn quality_of(
        &self,
        ctx: &Ctx,
        rule: QualityRule,
        authority: Option<AuthorityId>,
        after: Option<Behind>,
    ) -> Result<QualityPage> {
        let scope = self.quality_scope(ctx, authority)?;
        let (rows, next) = self.quality_rows(rule, scope, after, PAGE).await?;
        Ok(QualityPage { rows, next })
    }

    pub(crate) async fn quality_rows(
        &self,
        rule: QualityRule,
        scope: Option<AuthorityId>,
        after: Option<Behind>,
        limit: u32,
    ) -> Result<(Vec<QualityRow>, Option<Behind>)> {
        let reader = || (&self.db).into();
        let start = after.unwrap_or((AuthorityId(0), CertificateId(0)));
        let found = match scope {
            Some(id) => store::quality::of_rule(reader(), (rule.key(), id), start.1, limit).await?,
            None => store::quality::of_rule_everywhere(reader(), rule.key(), start, limit).await?,
        };
        let next = found.last().filter(|_| found.len() == limit as usize);
        let next = next.map(|it| (it.authority, it.certificate));
        Ok((self.with_heads(found).await?, next))
    }

    async fn with_heads(&self, found: Vec<QualityProblem>) -> Result<Vec<QualityRow>> {
        let reader = || (&self.db).into();
        let ids: Vec<i64> = found.iter().map(|it| it.certificate.0).collect();
        let heads = store::certificate::by_ids(reader(), ids).await?;
        let heads: HashMap<CertificateId, Head> = heads.into_iter().map(|head| (head.id, head)).collect();
        let names = self.body_names(heads.values()).await?;
        let row = |problem: QualityProblem| {
            let head = heads.get(&problem.certificate)?.clone();
            let body = names.get(&head.body.0).cloned().unwrap_or_default();
            Some(QualityRow { problem, head, body })
        };
        Ok(found.into_iter().filter_map(row).collect())
    }

    /// What is found of a certificate, by rule.
    pub async fn quality_of_certificate(
        &self,
        ctx: &Ctx,
        id: CertificateId,
    ) -> Result<Vec<(QualityRule, QualityProblem)>> {
        let head = store::certificate::by_id((&self.db).into(), id).await?;
        self.ask(ctx, Action::QualityRead, head.as_ref().map(|head| head.authority))?;
        head.ok_or(AppError::NotFound)?;
        let found = store::quality::of_certificates((&self.db).into(), vec![id.0]).await?;
        Ok(found.into_iter().filter_map(|it| Some((QualityRule::parse(&it.rule)?, it))).collect())
    }
}

/// An authority's share, from its days in order.
fn share(authority: AuthorityId, stood: &[&store::quality::QualityDay], days: &[Day]) -> QualityShare {
    let last = days.last().copied();
    let mut share = QualityShare {
        authority,
        looked: QualitySum::default(),
        broken: QualitySum::default(),
        trend: Vec::new(),
    };
    let mut trend: BTreeMap<Day, u64> = BTreeMap::new();
    for it in stood {
        if !it.rule.is_empty() {
            *trend.entry(it.day).or_default() += it.certificates;
        }
        if Some(it.day) != last {
            continue;
        }
        let sum = if it.rule.is_empty() { &mut share.looked } else { &mut share.broken };
        sum.certificates += it.certificates;
        sum.rows += it.rows;
    }
    share.trend = days.iter().map(|day| trend.get(day).copied().unwrap_or(0)).collect();
    share
}

/// All shares in one, under the key of nobody.
fn whole(shares: &[QualityShare]) -> Option<QualityShare> {
    let mut all = shares.first()?.clone();
    all.authority = AuthorityId(0);
    for it in &shares[1..] {
        for (sum, more) in [(&mut all.looked, it.looked), (&mut all.broken, it.broken)] {
            sum.certificates += more.certificates;
            sum.rows += more.rows;
        }
        all.trend.iter_mut().zip(&it.trend).for_each(|(sum, more)| *sum += more);
    }
    Some(all)
}
