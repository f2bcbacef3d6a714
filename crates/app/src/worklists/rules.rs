//! Lists of what breaks rules of data quality, rule after rule: 设备、签字人过期 and 数据质量错误.

use super::{Range, WorkAct, WorkRow};
use crate::{App, Ctx, Result};
use domain::quality::QualityRule;
use domain::{AuthorityId, CertificateId, Severity};

/// Certificates in a range.
const RANGE: u32 = 50;
/// Bits of a certificate's key and of an authority's in the place where a list goes on; the rule stands above.
const BITS: (u32, u32) = (40, 12);

/// What is out of date.
pub(crate) const OUT_OF_DATE: [QualityRule; 2] = [QualityRule::InstrumentLapsed, QualityRule::SignatoryStale];

/// The rules whose breach is an error.
pub(crate) fn errors() -> Vec<QualityRule> {
    QualityRule::ALL.iter().copied().filter(|rule| rule.severity() == Severity::Error).collect()
}

fn place(rule: usize, authority: AuthorityId, certificate: CertificateId) -> i64 {
    (rule as i64) << (BITS.0 + BITS.1) | authority.0 << BITS.0 | certificate.0
}

fn placed(at: i64) -> (usize, AuthorityId, CertificateId) {
    let authority = at >> BITS.0 & ((1 << BITS.1) - 1);
    let rule = usize::try_from(at >> (BITS.0 + BITS.1)).unwrap_or(usize::MAX);
    (rule, AuthorityId(authority), CertificateId(at & ((1 << BITS.0) - 1)))
}

/// How far a walk through so many rules is.
pub(super) fn so_far(rules: usize, at: i64) -> (i128, i128) {
    (placed(at).0 as i128, rules as i128)
}

impl App {
    /// Certificates that break one of these rules, from a place on.
    pub(super) async fn breaking(&self, ctx: &Ctx, rules: &[QualityRule], after: i64) -> Result<Range> {
        let scope = (!ctx.actor.is_national()).then_some(ctx.authority()?);
        let (mut n, authority, certificate) = placed(after);
        let mut behind = (authority, certificate);
        let (rule, rows, next) = loop {
            let Some(rule) = rules.get(n).copied() else { return Ok((Vec::new(), None)) };
            let (rows, next) = self.quality_rows(rule, scope, Some(behind), RANGE).await?;
            if !rows.is_empty() {
                break (rule, rows, next);
            }
            // Rules that are kept cost a look at the index each.
            (n, behind) = (n + 1, (AuthorityId(0), CertificateId(0)));
        };
        let row = |it: crate::QualityRow| {
            let mut note = format!("{} {}：{}", rule.code(), rule.label(), it.problem.place);
            if it.problem.rows > 1 {
                note += &format!("等{}行", it.problem.rows);
            }
            if !it.problem.detail.is_empty() {
                note += &format!("（{}）", it.problem.detail);
            }
            let act = WorkAct::Correct(it.head.id, rule);
            WorkRow::of(super::WorkCertificate { head: it.head, body: it.body }, note, act)
        };
        let next = match next {
            Some((authority, certificate)) => Some(place(n, authority, certificate)),
            None if n + 1 < rules.len() => Some(place(n + 1, AuthorityId(0), CertificateId(0))),
            None => None,
        };
        Ok((rows.into_iter().map(row).collect(), next))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_back() {
        let at = (53, AuthorityId(33), CertificateId(120_000));
        assert_eq!(placed(place(at.0, at.1, at.2)), at);
        assert_eq!(placed(0), (0, AuthorityId(0), CertificateId(0)));
    }
}
