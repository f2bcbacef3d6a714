//! 监管清单: what supervision looks through and no single certificate shows. Each list is walked a range at a time, so that a
//! request costs what it shows; an export walks to the end.

use crate::listing::{ListFormat, Listing, failed};
use crate::{App, Ctx, Result};
use domain::{
    Action, AddressShape, Cover, Day, Equipped, EventKind, Item, Object, PersonId, StatusWord, VerdictWord,
};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use store::certificate::{Filter, Head};
use store::{Urgency, worklist};
use tokio::sync::mpsc;

/// Rows after which a page is full.
const ROWS: usize = 20;
/// Ranges looked at for a page, however little they hold.
const STEPS: usize = 10;
/// Keys of persons in a range.
const PERSONS: i64 = 20_000;
/// Sites in a range of addresses.
const SITES: u32 = 5_000;
/// Certificates in a range.
const CERTIFICATES: u32 = 20;

/// A list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Worklist {
    /// Capabilities whose instruments are no longer traceable, or that have none.
    Coverage,
    /// Persons who sign for several bodies.
    Signatories,
    /// Several bodies at one address.
    Addresses,
}

impl Worklist {
    /// All lists.
    pub const ALL: [Worklist; 3] = [Worklist::Coverage, Worklist::Signatories, Worklist::Addresses];

    /// The word in addresses and commands.
    pub fn key(self) -> &'static str {
        match self {
            Worklist::Coverage => "coverage",
            Worklist::Signatories => "signatories",
            Worklist::Addresses => "addresses",
        }
    }

    /// The list of a word.
    pub fn parse(key: &str) -> Option<Worklist> {
        Worklist::ALL.into_iter().find(|it| it.key() == key)
    }

    /// What people call it.
    pub fn label(self) -> &'static str {
        match self {
            Worklist::Coverage => "设备有效期已过的检测能力",
            Worklist::Signatories => "在多家机构任职的签字人",
            Worklist::Addresses => "同一地址的多家机构",
        }
    }

    /// What stands on it, and what that does not say.
    pub fn explained(self) -> &'static str {
        match self {
            Worklist::Coverage => {
                "现行有效的证书中，对应的仪器设备有效日期都已过或没有对应设备的检测能力。按设备行中的“产品/项目/参数”或“类别”对应；没有登记设备用途的证书不列。"
            }
            Worklist::Signatories => {
                "身份证件号码相同、在两家以上机构现行有效的证书上担任授权签字人的人员。没有登记证件号码的不列。"
            }
            Worklist::Addresses => {
                "现行有效的证书中，两家以上机构的场所写的是同一地址。写法不同（空格、标点、幢与楼）视为相同；不等于违规，请结合许可情况判断。"
            }
        }
    }

    /// Where it begins.
    fn begin(self) -> i64 {
        match self {
            Worklist::Coverage | Worklist::Signatories => 0,
            // Keys of addresses are hashes.
            Worklist::Addresses => i64::MIN,
        }
    }
}

/// A row of a list.
#[derive(Clone, Debug)]
pub struct WorkRow {
    /// The person, the address, or the body.
    pub subject: String,
    /// What is to be looked at.
    pub note: String,
    /// The certificates concerned.
    pub certificates: Vec<WorkCertificate>,
    /// What of a certificate is concerned, a sentence each.
    pub details: Vec<String>,
}

/// A certificate on a list.
#[derive(Clone, Debug)]
pub struct WorkCertificate {
    /// The certificate.
    pub head: Head,
    /// What its body is called.
    pub body: String,
}

/// Some of a list.
#[derive(Clone, Debug)]
pub struct WorkPage {
    /// Its rows.
    pub rows: Vec<WorkRow>,
    /// Where it goes on; none at the end.
    pub next: Option<i64>,
    /// How much of the list has been looked through, in per cent.
    pub percent: u8,
}

/// One range of a list: what it holds, and where the next begins.
type Range = (Vec<WorkRow>, Option<i64>);

impl App {
    /// Some of a list from a place on, of what concerns the caller's authority: the national authority's is of the whole
    /// country. Names of signatories and faces of certificates are told whoever issued them, as a certificate's public page
    /// does; nothing else is.
    pub async fn worklist(&self, ctx: &Ctx, list: Worklist, after: Option<i64>) -> Result<WorkPage> {
        self.ask(ctx, Action::Search, Some(ctx.authority()?))?;
        let mut rows = Vec::new();
        let mut at = after.unwrap_or(list.begin());
        for _ in 0..STEPS {
            let (more, next) = self.range(ctx, list, at).await?;
            rows.extend(more);
            let Some(next) = next else { return Ok(WorkPage { rows, next: None, percent: 100 }) };
            at = next;
            if rows.len() >= ROWS {
                break;
            }
        }
        Ok(WorkPage { rows, next: Some(at), percent: self.percent(list, at).await? })
    }

    /// Begins an export of a whole list, which is recorded before anything goes out.
    pub async fn begin_worklist_export(&self, ctx: &Ctx, list: Worklist) -> Result<()> {
        let own = ctx.authority()?;
        self.ask(ctx, Action::Search, Some(own))?;
        self.ask(ctx, Action::Export, Some(own))?;
        let mut event = self.event(ctx, EventKind::Export, Object::Authority, own.0);
        event.details.push(("worklist", list.key().to_owned()));
        let tx = self.db.begin(Urgency::Act).await?;
        store::event::append(&tx, &[event]).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Writes a list that was begun, to its end, piece by piece; `progress` is told how much of it has been looked through.
    ///
    /// # Errors
    /// A file that cannot be written, with what to do; the list is not whole then.
    pub async fn write_worklist(
        &self,
        ctx: &Ctx,
        list: Worklist,
        format: ListFormat,
        out: &mpsc::Sender<Vec<u8>>,
        progress: &(dyn Fn(u8) + Sync),
    ) -> Result<()> {
        let head = vec!["对象", "说明", "机构名称", "证书编号", "资质认定部门", "有效期至"];
        let mut sheet = Listing::begin(format, "监管清单", head)?;
        let mut at = Some(list.begin());
        while let Some(from) = at {
            let (rows, next) = self.range(ctx, list, from).await?;
            rows.iter().try_for_each(|row| self.write_row(&mut sheet, row))?;
            if let Some(piece) = sheet.ready()
                && out.send(piece).await.is_err()
            {
                return Ok(()); // nobody listens any more
            }
            at = next;
            if let Some(next) = next {
                progress(self.percent(list, next).await?);
            }
        }
        for piece in sheet.finish()? {
            if out.send(piece.map_err(failed)?).await.is_err() {
                break;
            }
        }
        Ok(())
    }

    /// A line for each certificate, or for each thing that is to be looked at of one.
    fn write_row(&self, sheet: &mut Listing, row: &WorkRow) -> Result<()> {
        let tables = self.tables();
        for it in &row.certificates {
            let authority = tables.authority(it.head.authority).map_or("", |it| it.name.as_str());
            let (number, until) = (it.head.number.to_string(), it.head.valid_to.to_string());
            let mut line = |note: &str| {
                sheet.row([&row.subject, note, &it.body, &number, authority, &until].into_iter())
            };
            match row.details.as_slice() {
                [] => line(&row.note)?,
                details => details.iter().try_for_each(|detail| line(detail))?,
            }
        }
        Ok(())
    }

    async fn range(&self, ctx: &Ctx, list: Worklist, after: i64) -> Result<Range> {
        match list {
            Worklist::Coverage => self.uncovered(ctx, after).await,
            Worklist::Signatories => self.double_signatories(ctx, after).await,
            Worklist::Addresses => self.shared_addresses(ctx, after).await,
        }
    }

    async fn percent(&self, list: Worklist, at: i64) -> Result<u8> {
        let reader = || (&self.db).into();
        let (done, of) = match list {
            Worklist::Coverage => {
                (i128::from(at), i128::from(store::feed::last_certificate(reader()).await?))
            }
            Worklist::Signatories => {
                (i128::from(at), i128::from(worklist::last_signatory(reader()).await?.0))
            }
            Worklist::Addresses => (i128::from(at) - i128::from(i64::MIN), 1 << 64),
        };
        Ok(u8::try_from(done * 100 / of.max(1)).unwrap_or(99).min(99))
    }

    /// Whether one of these certificates is of the caller's authority; the nation's are all.
    fn concerns(ctx: &Ctx, certificates: &[WorkCertificate]) -> bool {
        ctx.actor.is_national()
            || certificates.iter().any(|it| Some(it.head.authority) == ctx.actor.authority())
    }

    async fn double_signatories(&self, ctx: &Ctx, after: i64) -> Result<Range> {
        let reader = || (&self.db).into();
        let (today, last) = (self.today(), worklist::last_signatory(reader()).await?);
        let to = PersonId(last.0.min(after.saturating_add(PERSONS)));
        let persons = worklist::sign_for_several(reader(), PersonId(after), to, today).await?;
        let ids = persons.iter().map(|person| person.0).collect();
        let signing = store::elsewhere::signing_as(reader(), ids, today, u32::MAX).await?;
        let names = self.body_names(signing.iter().map(|it| &it.head)).await?;
        let mut rows = Vec::new();
        for person in persons {
            let its = signing.iter().filter(|it| it.person == person);
            let mut certificates: Vec<WorkCertificate> = Vec::new();
            for it in its.clone() {
                certificates.push(named(&it.head, &names));
            }
            let bodies: BTreeSet<_> = certificates.iter().map(|it| it.head.body).collect();
            let Some(first) =
                its.clone().next().filter(|_| bodies.len() > 1 && Self::concerns(ctx, &certificates))
            else {
                continue;
            };
            rows.push(WorkRow {
                subject: first.name.clone(),
                note: format!("在{}家机构担任授权签字人", bodies.len()),
                certificates,
                details: Vec::new(),
            });
        }
        Ok((rows, (to < last).then_some(to.0)))
    }

    async fn shared_addresses(&self, ctx: &Ctx, after: i64) -> Result<Range> {
        let reader = || (&self.db).into();
        let today = self.today();
        let end = worklist::address_at(reader(), after, SITES).await?;
        let keys = worklist::shared_addresses(reader(), after, end.unwrap_or(i64::MAX), today).await?;
        let mut rows = Vec::new();
        for key in keys {
            let sites = store::elsewhere::standing(reader(), key, today, u32::MAX).await?;
            let names = self.body_names(sites.iter().map(|it| &it.head)).await?;
            // Addresses of one key need not be one address, and one without a city may be that of several.
            let mut places: Vec<(AddressShape, &str, Vec<WorkCertificate>)> = Vec::new();
            for it in &sites {
                let Some(shape) = AddressShape::of(&it.address, it.division) else { continue };
                let certificate = named(&it.head, &names);
                match places.iter_mut().find(|(known, ..)| known.same(&shape)) {
                    Some((.., certificates)) => certificates.push(certificate),
                    None => places.push((shape, &it.address, vec![certificate])),
                }
            }
            for (_, address, mut certificates) in places {
                certificates.dedup_by_key(|it| it.head.id);
                let bodies: BTreeSet<_> = certificates.iter().map(|it| it.head.body).collect();
                if bodies.len() > 1 && Self::concerns(ctx, &certificates) {
                    let note = format!("{}家机构的场所在此", bodies.len());
                    rows.push(WorkRow {
                        subject: address.to_owned(),
                        note,
                        certificates,
                        details: Vec::new(),
                    });
                }
            }
        }
        Ok((rows, end))
    }

    async fn uncovered(&self, ctx: &Ctx, after: i64) -> Result<Range> {
        let reader = || (&self.db).into();
        let own = ctx.authority()?;
        let authority = (!ctx.actor.is_national()).then_some(own);
        let filter = Filter { authority, status: Some(StatusWord::Valid), ..Filter::default() };
        let ids = store::certificate::ids(reader(), &filter, after, CERTIFICATES).await?;
        let today = self.today();
        let heads = store::certificate::by_ids(reader(), ids.iter().map(|id| id.0).collect()).await?;
        let names = self.body_names(heads.iter()).await?;
        let mut rows = Vec::new();
        for head in heads {
            let word = VerdictWord::of_days(head.status.word(), head.valid_from, head.valid_to, today);
            if word == VerdictWord::Valid {
                rows.extend(self.uncovered_of(&named(&head, &names), today).await?);
            }
        }
        let next = ids.last().filter(|_| ids.len() == CERTIFICATES as usize);
        Ok((rows, next.map(|id| id.0)))
    }

    async fn uncovered_of(&self, it: &WorkCertificate, today: Day) -> Result<Option<WorkRow>> {
        let (id, edition) = (it.head.id, it.head.edition);
        let reader = || (&self.db).into();
        let instruments = store::content::instruments(reader(), id, edition).await?;
        let equipped = Equipped::new(instruments.iter().map(|row| &row.value), today);
        if instruments.is_empty() {
            return Ok(None);
        }
        let rows = store::content::capabilities(reader(), id, edition, 0, u32::MAX).await?;
        let (mut lapsed, mut missing, mut details) = (0, 0, Vec::new());
        for row in &rows {
            match equipped.cover(&row.value) {
                Cover::Held | Cover::Untold => continue,
                Cover::Lapsed(day) => {
                    lapsed += 1;
                    details.push(format!("{}：设备有效日期至 {day}", called(&row.value.item)));
                }
                Cover::Missing => {
                    missing += 1;
                    details.push(format!("{}：没有对应的设备", called(&row.value.item)));
                }
            }
        }
        let parts = [(lapsed, "条检测能力的设备有效日期已过"), (missing, "条没有对应的设备")];
        let note = parts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n}{what}"));
        let note = note.collect::<Vec<_>>().join("，");
        let row = || WorkRow { subject: it.body.clone(), note, certificates: vec![it.clone()], details };
        Ok((lapsed + missing > 0).then(row))
    }

    async fn body_names<'h>(&self, heads: impl Iterator<Item = &'h Head>) -> Result<HashMap<i64, String>> {
        let ids: BTreeMap<i64, ()> = heads.map(|head| (head.body.0, ())).collect();
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let bodies = store::body::by_ids((&self.db).into(), ids.into_keys().collect()).await?;
        Ok(bodies.into_iter().map(|body| (body.id.0, body.name)).collect())
    }
}

fn named(head: &Head, names: &HashMap<i64, String>) -> WorkCertificate {
    WorkCertificate { head: head.clone(), body: names.get(&head.body.0).cloned().unwrap_or_default() }
}

/// An item with what it is tested by: 铅（GB/T 5750.6-2023 4.1）.
fn called(item: &Item) -> String {
    let parts = [item.standard_number.as_str(), item.clause.as_str()];
    let by: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    if by.is_empty() { item.name.clone() } else { format!("{}（{}）", item.name, by.join(" ")) }
}
