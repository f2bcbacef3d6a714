//! 摘要: what the answer to a scan shows of an edition, made from its rows. Written with each edition; made on the spot for
//! past ones, and in the background for certificates from before there were excerpts.

use crate::{App, AppError, Result};
use domain::{Capability, CertificateId, Content, EXCERPT_ROWS, Excerpt, Site};
use store::content::{Edition, Placed};
use store::excerpt::Packed;
use store::{Reader, Urgency};

/// Certificates looked through at a time.
const CHUNK: u32 = 200;

impl App {
    /// Makes the excerpts that are missing; how many. The server does so at its start.
    pub async fn fill_excerpts(&self) -> Result<u64> {
        let (mut after, mut made) = (CertificateId(0), 0);
        loop {
            let missing = store::excerpt::missing((&self.db).into(), after, CHUNK).await?;
            let Some((last, _)) = missing.last() else { return Ok(made) };
            after = *last;
            let mut packed = Vec::with_capacity(missing.len());
            for (certificate, edition) in missing {
                let bytes = excerpt_of((&self.db).into(), certificate, edition).await?;
                packed.push(Packed { certificate, edition, bytes });
            }
            let tx = self.db.begin(Urgency::Batch).await?;
            for one in &packed {
                store::excerpt::set(&tx, one).await?;
            }
            tx.commit().await?;
            made += packed.len() as u64;
        }
    }
}

/// The excerpt of a content that is being written.
pub(crate) fn packed(edition: &Edition, content: &Content) -> Packed {
    let face = (&content.face, edition.effective);
    let excerpt = Excerpt::of(face, &content.sites, &content.capabilities, edition.capabilities);
    Packed { certificate: edition.certificate, edition: edition.edition, bytes: excerpt.pack() }
}

/// The packed excerpt of any edition, from its rows.
pub(crate) async fn excerpt_of(reader: Reader<'_>, id: CertificateId, edition: u32) -> Result<Vec<u8>> {
    let stored = store::content::edition_of(reader, id, edition).await?;
    let stored = stored.ok_or_else(|| AppError::Fault(format!("证书{id}没有第{edition}版")))?;
    let sites = store::content::sites(reader, id, edition).await?;
    let rows = store::content::capabilities(reader, id, edition, 0, EXCERPT_ROWS as u32).await?;
    let rows = with_sites(rows, &sites);
    let sites: Vec<Site> = sites.into_iter().map(|placed| placed.value).collect();
    Ok(Excerpt::of((&stored.face, stored.effective), &sites, &rows, stored.capabilities).pack())
}

/// The rows with the index of their site.
pub(crate) fn with_sites(rows: Vec<Placed<Capability>>, sites: &[Placed<Site>]) -> Vec<Capability> {
    let index = |no: i64| sites.iter().position(|site| site.site_no == no).unwrap_or(0) as u16;
    rows.into_iter().map(|row| Capability { site: index(row.site_no), ..row.value }).collect()
}
