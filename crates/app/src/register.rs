//! Reading one certificate in parts: a page of its annex, its people, its instruments, what two editions differ in, and
//! the names behind its events.

use crate::searching::capabilities_with;
use crate::{App, Ctx, Result};
use domain::{
    AccountId, Action, Capability, CertificateId, ClientId, Content, Diff, Group, Instrument, Number, Part,
    Signatory, Site, Staff,
};
use std::collections::{BTreeMap, HashMap};
use store::certificate::Head;
use store::content::Placed;
use store::event::Recorded;

/// A page of an annex.
#[derive(Clone, Debug)]
pub struct AnnexPage {
    /// All sites, the main one first.
    pub sites: Vec<Placed<Site>>,
    /// The rows of the page.
    pub rows: Vec<Placed<Capability>>,
    /// How many rows match.
    pub total: u64,
}

/// Who and what works at the sites of a certificate.
#[derive(Clone, Debug)]
pub struct Equipment {
    /// All sites, the main one first.
    pub sites: Vec<Placed<Site>>,
    /// 授权签字人.
    pub signatories: Vec<Placed<Signatory>>,
    /// 仪器设备.
    pub instruments: Vec<Placed<Instrument>>,
    /// 人员.
    pub staff: Vec<Placed<Staff>>,
}

/// A row that only one of two editions has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowChange {
    /// Which table.
    pub group: Group,
    /// Whether the newer edition has it; else only the older.
    pub added: bool,
    /// What it says, value by value, empty ones left out.
    pub text: String,
}

/// What two editions differ in.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// Values of the face, and counts of rows.
    pub diff: Diff,
    /// The rows that came and went, at most [`MOST_ROWS`].
    pub rows: Vec<RowChange>,
}

/// Rows of a comparison that are listed; the counts in [`Comparison::diff`] are always whole.
pub const MOST_ROWS: usize = 500;

impl App {
    async fn head_to_see(&self, ctx: &Ctx, id: CertificateId, part: Part) -> Result<Head> {
        let head = store::certificate::by_id((&self.db).into(), id).await?;
        Ok(self.see(ctx, head, part).await?.0)
    }

    /// A page of the current annex, all or the rows that hold a text.
    pub async fn annex(
        &self,
        ctx: &Ctx,
        id: CertificateId,
        text: &str,
        skip: u32,
        limit: u32,
    ) -> Result<AnnexPage> {
        let head = self.head_to_see(ctx, id, Part::Scope).await?;
        let reader = || (&self.db).into();
        let (rows, total) = capabilities_with(reader(), id, head.edition, text, (skip, limit)).await?;
        Ok(AnnexPage { sites: store::content::sites(reader(), id, head.edition).await?, rows, total })
    }

    /// Signatories, instruments and staff of the current edition. No personal fields.
    pub async fn equipment(&self, ctx: &Ctx, id: CertificateId) -> Result<Equipment> {
        let head = self.head_to_see(ctx, id, Part::Signatories).await?;
        let reader = || (&self.db).into();
        Ok(Equipment {
            sites: store::content::sites(reader(), id, head.edition).await?,
            signatories: store::content::signatories(reader(), id, head.edition).await?,
            instruments: store::content::instruments(reader(), id, head.edition).await?,
            staff: store::content::staff(reader(), id, head.edition).await?,
        })
    }

    /// What two editions of a certificate differ in, row by row.
    pub async fn compared(&self, ctx: &Ctx, id: CertificateId, old: u32, new: u32) -> Result<Comparison> {
        self.head_to_see(ctx, id, Part::History).await?;
        let (old, new) = (self.content_of(id, old).await?, self.content_of(id, new).await?);
        let mut rows = row_changes(&old, &new);
        rows.truncate(MOST_ROWS);
        Ok(Comparison { diff: domain::diff(&old, &new), rows })
    }

    /// The numbers of the certificates that events are about, by the certificate's key: a print does not repeat in its event
    /// what its certificate says.
    pub async fn numbers_of_events(&self, ctx: &Ctx, events: &[Recorded]) -> Result<HashMap<i64, Number>> {
        self.ask(ctx, Action::EventRead, None)?;
        let about = |event: &&Recorded| {
            String::from_utf8_lossy(&event.body).lines().any(|line| line == "object\tcertificate")
        };
        let mut ids: Vec<i64> = events.iter().filter(about).map(|event| event.object_id).collect();
        ids.sort_unstable();
        ids.dedup();
        let numbers = store::certificate::numbers_of((&self.db).into(), ids).await?;
        Ok(numbers.into_iter().map(|(id, number)| (id.0, number)).collect())
    }

    /// The names of the accounts and systems behind events, by the actor as events write it. Others are left out.
    pub async fn actor_names(&self, ctx: &Ctx, events: &[Recorded]) -> Result<HashMap<String, String>> {
        self.ask(ctx, Action::EventRead, None)?;
        self.names_of(events.iter().map(|event| event.actor.as_str())).await
    }

    /// The names of accounts and systems, by the actors that events write.
    pub(crate) async fn names_of<'a>(
        &self,
        actors: impl Iterator<Item = &'a str>,
    ) -> Result<HashMap<String, String>> {
        let mut names = HashMap::new();
        for actor in actors {
            let Some((sort, Ok(id))) = actor.split_once(':').map(|(sort, id)| (sort, id.parse::<i64>()))
            else {
                continue;
            };
            if names.contains_key(actor) {
                continue;
            }
            let db = (&self.db).into();
            let name = match sort {
                "account" => store::account::by_id(db, AccountId(id)).await?.map(|account| account.name),
                "client" => store::client::by_id(db, ClientId(id)).await?.map(|client| client.name),
                _ => None,
            };
            names.extend(name.map(|name| (actor.to_owned(), name)));
        }
        Ok(names)
    }
}

/// The rows that only one of two contents has, table by table.
pub(crate) fn row_changes(old: &Content, new: &Content) -> Vec<RowChange> {
    let mut rows = Vec::new();
    for ((group, old), (_, new)) in told(old).into_iter().zip(told(new)) {
        changes(group, &old, &new, &mut rows);
    }
    rows
}

/// The tables of a content as texts.
fn told(content: &Content) -> [(Group, Vec<String>); 5] {
    let site = |index: u16| content.sites.get(usize::from(index)).map_or("", |s| s.name.as_str());
    let day = |day: Option<domain::Day>| day.map(|d| d.to_string()).unwrap_or_default();
    let join =
        |parts: &[&str]| parts.iter().filter(|p| !p.is_empty()).copied().collect::<Vec<_>>().join(" · ");
    let sites = content.sites.iter().map(|s| join(&[&s.name, &s.address]));
    let capabilities = content.capabilities.iter().map(|c| {
        let i = &c.item;
        let food = if c.food { "食品" } else { "" };
        let values = [
            site(c.site),
            &i.category,
            &i.class,
            &i.name,
            &i.standard_name,
            &i.standard_number,
            &i.clause,
            &c.limits,
            &c.remark,
            &day(c.approved_on),
            food,
        ];
        join(&values)
    });
    let signatories = content.signatories.iter().map(|s| {
        join(&[
            site(s.site),
            &s.name,
            &s.title,
            &s.field,
            &day(s.approved_on),
            &s.remark,
            &s.education,
            &s.department,
            &s.sex,
        ])
    });
    let instruments = content.instruments.iter().map(|i| {
        let until = day(i.traceable_until);
        let values = [
            site(i.site),
            &i.class,
            &i.item,
            &i.standard,
            &i.name,
            &i.model,
            &i.serial,
            &i.range,
            &i.traceability,
            &until,
            &i.confirmation,
        ];
        join(&values)
    });
    let staff = content.staff.iter().map(|p| {
        join(&[
            site(p.site),
            &p.name,
            &p.sex,
            &p.education,
            &p.post,
            &p.title,
            &p.major,
            &p.years,
            &p.department,
        ])
    });
    [
        (Group::Site, sites.collect()),
        (Group::Capability, capabilities.collect()),
        (Group::Signatory, signatories.collect()),
        (Group::Instrument, instruments.collect()),
        (Group::Staff, staff.collect()),
    ]
}

/// Rows that came and went, in the order of the texts. A row that only moved is neither.
fn changes(group: Group, old: &[String], new: &[String], out: &mut Vec<RowChange>) {
    let mut tally = BTreeMap::<&str, i64>::new();
    for row in old {
        *tally.entry(row).or_default() -= 1;
    }
    for row in new {
        *tally.entry(row).or_default() += 1;
    }
    for (text, n) in tally {
        for _ in 0..n.abs() {
            out.push(RowChange { group, added: n > 0, text: text.to_owned() });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_that_stays_is_no_change_and_equal_rows_are_counted() {
        let texts = |list: &[&str]| list.iter().map(|t| (*t).to_owned()).collect::<Vec<_>>();
        let mut out = Vec::new();
        changes(Group::Staff, &texts(&["a", "b", "b"]), &texts(&["b", "a", "c"]), &mut out);
        let told: Vec<_> = out.iter().map(|c| (c.added, c.text.as_str())).collect();
        assert_eq!(told, [(false, "b"), (true, "c")]);
    }
}
