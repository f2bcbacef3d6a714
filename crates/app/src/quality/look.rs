//! Looking through ranges of certificates: what is read of them, and what of it is kept.

use crate::{App, Result};
use domain::quality::{CapabilityRow, InstrumentRow, ItemFlaws, Lens, Look, Looked, SignatoryRow, StaffRow};
use domain::{CertificateId, Day, Site, StatusWord};
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet};
use store::certificate::Head;
use store::open_rows::{OfSite, Shown};
use store::quality::QualityProblem;
use store::quality_rows::{self, OfInstrument, OfScope, OfSignatory, OfStaff};
use store::{Reader, Rows, Tx};

/// Items of which is known what is wrong with them: with all of the nation's, 1.7 million, about 60 MB; more are judged anew.
const ITEMS: usize = 2_000_000;

/// What is wrong with items, as far as they were met.
#[derive(Default)]
pub(crate) struct Items {
    /// The year they were judged in.
    year: u16,
    known: FxHashMap<i64, ItemFlaws>,
}

impl Items {
    fn of(&self, item: i64) -> ItemFlaws {
        self.known.get(&item).copied().unwrap_or_default()
    }
}

/// A certificate that was looked at.
#[derive(Debug)]
pub(super) struct Seen {
    /// As it stood.
    pub head: Head,
    /// What was found; none of what is not in force.
    pub looked: Option<Looked>,
}

/// The rows of a range of certificates.
struct Range {
    shown: Vec<Shown>,
    sites: Vec<OfSite>,
    scopes: Vec<OfScope>,
    signatories: Vec<OfSignatory>,
    instruments: Vec<OfInstrument>,
    staff: Vec<OfStaff>,
}

async fn all<T: Send + 'static>(mut rows: Rows<T>) -> Result<Vec<T>> {
    let mut out = Vec::new();
    while let Some(row) = rows.next().await? {
        out.push(row);
    }
    Ok(out)
}

/// The rows of one certificate out of those of a range, which stand in its order; `rest` is what follows.
fn of<'r, T>(rest: &mut &'r [T], id: CertificateId, whose: fn(&T) -> CertificateId) -> &'r [T] {
    let from = rest.partition_point(|row| whose(row) < id);
    let to = from + rest[from..].partition_point(|row| whose(row) == id);
    let own = &rest[from..to];
    *rest = &rest[to..];
    own
}

/// Whether a certificate is looked at: what has ended is history.
fn in_force(head: &Head, today: Day) -> bool {
    matches!(head.status.word(), StatusWord::Valid | StatusWord::Suspended) && head.valid_to >= today
}

impl App {
    /// Looks at the certificates behind `after` up to `to`.
    pub(super) async fn look_through(
        &self,
        items: &mut Items,
        (after, to): (i64, i64),
        today: Day,
    ) -> Result<Vec<Seen>> {
        let db = &self.db;
        let shown = all(store::open_rows::certificates(db, after, to)).await?;
        if !shown.iter().any(|it| in_force(&it.head, today)) {
            return Ok(shown.into_iter().map(|it| Seen { head: it.head, looked: None }).collect());
        }
        let mut range = Range {
            shown,
            sites: all(store::open_rows::sites(db, after, to)).await?,
            scopes: all(quality_rows::scopes(db, after, to)).await?,
            signatories: all(quality_rows::signatories(db, after, to)).await?,
            instruments: all(quality_rows::instruments(db, after, to)).await?,
            staff: all(quality_rows::staff(db, after, to)).await?,
        };
        // In the order of the annex; nearly always they stand in it already.
        range.scopes.sort_by_key(|row| (row.certificate, row.ord));
        range.signatories.sort_by_key(|row| (row.certificate, row.ord));
        range.instruments.sort_by_key(|row| (row.certificate, row.ord));
        range.staff.sort_by_key(|row| (row.certificate, row.ord));
        let tables = self.tables();
        let lens = Lens::new(&tables, today);
        self.meet(items, &range.scopes, &lens).await?;
        Ok(judged(range, items, &lens))
    }

    /// Judges the items that were not met before.
    async fn meet(&self, items: &mut Items, scopes: &[OfScope], lens: &Lens<'_>) -> Result<()> {
        let year = lens.today().year();
        if items.year != year || items.known.len() > ITEMS {
            *items = Items { year, ..Items::default() };
        }
        let fresh: BTreeSet<i64> =
            scopes.iter().map(|row| row.item).filter(|id| !items.known.contains_key(id)).collect();
        let fresh: Vec<i64> = fresh.into_iter().collect();
        for some in fresh.chunks(2_000) {
            for (id, item) in quality_rows::items((&self.db).into(), some.to_vec()).await? {
                items.known.insert(id, lens.item(&item));
            }
        }
        Ok(())
    }

    /// What of a look is not kept yet, by certificate: all that is to stand of each. Certificates to which something happened
    /// since they were read are left to who follows.
    pub(super) async fn news(
        &self,
        reader: Reader<'_>,
        seen: &[Seen],
        today: Day,
    ) -> Result<BTreeMap<i64, Vec<QualityProblem>>> {
        let ids: Vec<i64> = seen.iter().map(|it| it.head.id.0).collect();
        let mut held: BTreeMap<i64, Vec<QualityProblem>> = BTreeMap::new();
        for it in store::quality::of_certificates(reader, ids.clone()).await? {
            held.entry(it.certificate.0).or_default().push(it);
        }
        let now = store::certificate::by_ids(reader, ids).await?;
        let as_read: BTreeSet<_> =
            now.iter().map(|head| (head.id, head.edition, head.status.word())).collect();
        let mut news = BTreeMap::new();
        for it in
            seen.iter().filter(|it| as_read.contains(&(it.head.id, it.head.edition, it.head.status.word())))
        {
            let was = held.remove(&it.head.id.0).unwrap_or_default();
            let is = to_stand(it, &was, today);
            if is != was {
                news.insert(it.head.id.0, is);
            }
        }
        Ok(news)
    }
}

/// What is to stand of a certificate; what stood already keeps its first day.
fn to_stand(seen: &Seen, was: &[QualityProblem], today: Day) -> Vec<QualityProblem> {
    let flaws = seen.looked.iter().flat_map(|looked| &looked.flaws);
    let mut is: Vec<QualityProblem> = flaws
        .map(|flaw| QualityProblem {
            certificate: seen.head.id,
            rule: flaw.rule.key().to_owned(),
            authority: seen.head.authority,
            rows: flaw.rows,
            place: flaw.place.clone(),
            detail: flaw.detail.clone(),
            since: was.iter().find(|it| it.rule == flaw.rule.key()).map_or(today, |it| it.since),
        })
        .collect();
    is.sort_unstable_by(|a, b| a.rule.cmp(&b.rule));
    is
}

/// Writes what [`App::news`] gave.
pub(super) async fn keep(tx: &Tx, news: BTreeMap<i64, Vec<QualityProblem>>) -> Result<()> {
    if !news.is_empty() {
        let ids = news.keys().copied().collect();
        let found: Vec<QualityProblem> = news.into_values().flatten().collect();
        store::quality::put(tx, ids, &found).await?;
    }
    Ok(())
}

fn judged(range: Range, items: &Items, lens: &Lens<'_>) -> Vec<Seen> {
    let (mut sites, mut scopes) = (range.sites.as_slice(), range.scopes.as_slice());
    let (mut signatories, mut instruments) = (range.signatories.as_slice(), range.instruments.as_slice());
    let mut staff = range.staff.as_slice();
    let mut out = Vec::with_capacity(range.shown.len());
    for it in range.shown {
        let id = it.head.id;
        let own_sites = of(&mut sites, id, |row| row.certificate);
        let rows = (
            of(&mut scopes, id, |row| row.certificate),
            of(&mut signatories, id, |row| row.certificate),
            of(&mut instruments, id, |row| row.certificate),
            of(&mut staff, id, |row| row.certificate),
        );
        let looked = in_force(&it.head, lens.today()).then(|| looked(&it, own_sites, rows, items, lens));
        out.push(Seen { head: it.head, looked });
    }
    out
}

type RowsOf<'r> = (&'r [OfScope], &'r [OfSignatory], &'r [OfInstrument], &'r [OfStaff]);

fn looked(
    it: &Shown,
    sites: &[OfSite],
    (scopes, signatories, instruments, staff): RowsOf<'_>,
    items: &Items,
    lens: &Lens<'_>,
) -> Looked {
    let places: Vec<Site> = sites.iter().map(|row| row.site.clone()).collect();
    let site = |no: i64| {
        sites
            .iter()
            .position(|row| row.site_no == no)
            .and_then(|at| u16::try_from(at).ok())
            .unwrap_or(u16::MAX)
    };
    let mut look = Look::new(lens, (&it.head.number, it.head.authority), &it.face, &places);
    for row in scopes {
        look.capability(CapabilityRow {
            site: site(row.site_no),
            item: row.item.unsigned_abs(),
            flaws: items.of(row.item),
            limits: &row.limits,
            remark: &row.remark,
            approved_on: row.approved_on,
            food: row.food,
        });
    }
    for row in signatories {
        let (name, field, approved_on) = (row.name.as_str(), row.field.as_str(), row.approved_on);
        look.signatory(SignatoryRow { site: site(row.site_no), name, field, approved_on });
    }
    for row in instruments {
        look.instrument(InstrumentRow {
            site: site(row.site_no),
            name: &row.name,
            model: &row.model,
            serial: &row.serial,
            traceability: &row.traceability,
            traceable_until: row.traceable_until,
        });
    }
    for row in staff {
        let (name, title, major) = (row.name.as_str(), row.title.as_str(), row.major.as_str());
        look.staff(StaffRow { site: site(row.site_no), name, title, major });
    }
    look.end()
}
