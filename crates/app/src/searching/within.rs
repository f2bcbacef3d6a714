//! The search within one certificate: by the same rule as that over the country, on its rows as they stand in the store, so
//! that a page of results and the certificate it leads to count the same rows, also on a day of the past.

use crate::Result;
use ::search::{Typed, Word, heard};
use domain::{Capability, CertificateId};
use store::Reader;
use store::content::Placed;

/// A row with its certificate.
type Of = (CertificateId, Placed<Capability>);

/// A page of the capabilities of an edition, all or those in which all words of a text stand, and how many there are.
pub(crate) async fn capabilities_with(
    reader: Reader<'_>,
    id: CertificateId,
    edition: u32,
    text: &str,
    (skip, limit): (u32, u32),
) -> Result<(Vec<Placed<Capability>>, u64)> {
    if Typed::read(text).words.is_empty() {
        let rows = store::content::capabilities(reader, id, edition, skip, limit).await?;
        return Ok((rows, store::content::count_capabilities(reader, id, edition).await?));
    }
    let rows = sifted(reader, &[(id, edition)], text).await?;
    let page = rows.iter().skip(skip as usize).take(limit as usize);
    Ok((page.map(|(_, row)| row.clone()).collect(), rows.len() as u64))
}

/// The first capabilities of some editions in which all words of a text stand, and how many there are.
pub(crate) async fn capabilities_of(
    reader: Reader<'_>,
    editions: &[(CertificateId, u32)],
    text: &str,
    limit: usize,
) -> Result<(Vec<Of>, u64)> {
    let mut rows = sifted(reader, editions, text).await?;
    let total = rows.len() as u64;
    rows.truncate(limit);
    Ok((rows, total))
}

async fn sifted(reader: Reader<'_>, editions: &[(CertificateId, u32)], text: &str) -> Result<Vec<Of>> {
    let mut rows: Vec<Of> = Vec::new();
    for (id, edition) in editions {
        let its = store::content::capabilities(reader, *id, *edition, 0, u32::MAX).await?;
        rows.extend(its.into_iter().map(|row| (*id, row)));
    }
    let words = heard(&Typed::read(text).words, rows.iter().flat_map(|(_, row)| columns(&row.value)));
    rows.retain(|(_, row)| {
        let stands = |word: &Word| columns(&row.value).iter().any(|text| word.is_in(text));
        words.iter().all(stands)
    });
    Ok(rows)
}

/// The columns that are searched, as the index has them.
fn columns(row: &Capability) -> [&str; 7] {
    let item = &row.item;
    [
        &item.category,
        &item.class,
        &item.name,
        &item.standard_name,
        &item.standard_number,
        &item.clause,
        &row.limits,
    ]
}
