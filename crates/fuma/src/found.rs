//! Capabilities found within a body, as its page on either site lists them; each site has its own links.

use app::{Found, MOST_FOUND};
use domain::{CertificateId, group_digits};

/// Rows that were found.
pub struct FoundView<L> {
    /// How many there are.
    pub total: String,
    /// Whether more were found than are listed.
    pub cut: bool,
    /// The rows.
    pub rows: Vec<FoundRow<L>>,
}

/// One row, with the link to its certificate.
pub struct FoundRow<L> {
    /// Its certificate.
    pub link: L,
    /// 大类 and 类别.
    pub class: String,
    /// What is tested.
    pub name: String,
    /// By which standard and clause.
    pub standard: String,
    /// 限制范围 and 说明.
    pub limits: String,
}

impl<L> FoundView<L> {
    /// What was found, each row with the link that `link` makes of its certificate; one without is left out.
    pub fn of(found: &Found, link: impl Fn(CertificateId) -> Option<L>) -> FoundView<L> {
        let rows = found.rows.iter().filter_map(|(id, placed)| {
            let (row, item) = (&placed.value, &placed.value.item);
            Some(FoundRow {
                link: link(*id)?,
                class: joined(&[domain::category_name(&item.category), &item.class], " · "),
                name: item.name.clone(),
                standard: joined(&[&item.standard_name, &item.standard_number, &item.clause], " "),
                limits: joined(&[&row.limits, &row.remark], "；"),
            })
        });
        let cut = found.total > MOST_FOUND as u64;
        FoundView { total: group_digits(found.total), cut, rows: rows.collect() }
    }
}

fn joined(parts: &[&str], between: &str) -> String {
    parts.iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(between)
}
