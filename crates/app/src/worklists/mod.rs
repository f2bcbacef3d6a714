//! 监管清单: what supervision looks through and no single certificate shows, a list a file. Each is walked a range at a time, so that
//! a request costs what it shows; an export walks to the end.

mod addresses;
mod coverage;
mod elsewhere;
mod ending;
pub(crate) mod rules;
mod signatories;
mod suspended;

pub(crate) use ending::AHEAD;

use crate::listing::{ListFormat, Listing, failed};
use crate::{App, Ctx, Result};
use domain::quality::QualityRule;
use domain::{Action, CertificateId, EventKind, Object};
use std::collections::{BTreeMap, HashMap};
use store::certificate::Head;
use store::{Urgency, worklist};
use tokio::sync::mpsc;

/// Rows after which a page is full.
const ROWS: usize = 20;
/// Ranges looked at for a page, however little they hold.
const STEPS: usize = 10;

/// A list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Worklist {
    /// Certificates whose last day comes, without a successor or a draft of one.
    Expiring,
    /// Certificates that expired and were not cancelled.
    Expired,
    /// Certificates that have been suspended for long.
    Suspended,
    /// Instruments no longer traceable, and signatories whose approval is old.
    OutOfDate,
    /// Acts of other authorities that nobody here has read.
    Elsewhere,
    /// What data quality calls an error.
    Quality,
    /// Capabilities whose instruments are no longer traceable, or that have none.
    Coverage,
    /// Persons who sign for several bodies.
    Signatories,
    /// Several bodies at one address.
    Addresses,
}

impl Worklist {
    /// All lists.
    pub const ALL: [Worklist; 9] = [
        Worklist::Expiring,
        Worklist::Expired,
        Worklist::Suspended,
        Worklist::OutOfDate,
        Worklist::Elsewhere,
        Worklist::Quality,
        Worklist::Coverage,
        Worklist::Signatories,
        Worklist::Addresses,
    ];

    /// The word in addresses and commands.
    pub fn key(self) -> &'static str {
        match self {
            Worklist::Expiring => "expiring",
            Worklist::Expired => "expired",
            Worklist::Suspended => "suspended",
            Worklist::OutOfDate => "out_of_date",
            Worklist::Elsewhere => "elsewhere",
            Worklist::Quality => "quality",
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
            Worklist::Expiring => "临期",
            Worklist::Expired => "已过期未注销",
            Worklist::Suspended => "暂停过久",
            Worklist::OutOfDate => "设备、签字人过期",
            Worklist::Elsewhere => "外地有行为的机构",
            Worklist::Quality => "数据质量错误",
            Worklist::Coverage => "设备有效期已过的检测能力",
            Worklist::Signatories => "在多家机构任职的签字人",
            Worklist::Addresses => "同一地址的多家机构",
        }
    }

    /// What stands on it, and what that does not say.
    pub fn explained(self) -> &'static str {
        match self {
            Worklist::Expiring => {
                "90 天内到期、没有被新证书替换、也没有换证草稿的证书，先到期的在前。机构应在届满三个月前申请延续。"
            }
            Worklist::Expired => {
                "有效期已满、状态仍为有效或暂停、没有被新证书替换的证书，最早到期的在前。公众查询已显示过期；机构不再延续的，办理注销。"
            }
            Worklist::Suspended => {
                "暂停已满规定天数（“证书模板”页的本机关设置，默认 180 天）的证书，暂停最久的在前。整改合格的办理恢复，否则依法办理撤销或注销。"
            }
            Worklist::OutOfDate => {
                "有效证书中，检定、校准有效日期已过的仪器设备，和批准已满六年的授权签字人；按最近一次数据质量检查。"
            }
            Worklist::Elsewhere => {
                "其他机关对本机关的获证机构、同一法人的其他机构或场所在本辖区的机构办理了撤销、暂停等，收件箱中还没有标为已读的，新的在前。"
            }
            Worklist::Quality => {
                "有效证书中不符合数据质量规则、级别为错误的，按规则排列；全部规则见“数据质量”。"
            }
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
            // Keys of addresses are hashes; days may lie before 1970.
            Worklist::Addresses | Worklist::Expiring | Worklist::Expired | Worklist::Suspended => i64::MIN,
            // The newest letter stands first.
            Worklist::Elsewhere => i64::MAX,
            Worklist::OutOfDate | Worklist::Quality | Worklist::Coverage | Worklist::Signatories => 0,
        }
    }
}

/// What is to be done about a row, with its certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WorkAct {
    /// A renewal is drafted.
    Renew(CertificateId),
    /// The certificate is cancelled.
    Cancel(CertificateId),
    /// The suspension ends.
    Resume(CertificateId),
    /// What breaks a rule is corrected.
    Correct(CertificateId, QualityRule),
    /// The letter is read.
    Read,
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
    /// What is to be done about it, where that is one act.
    pub act: Option<WorkAct>,
}

impl WorkRow {
    /// A row about one certificate.
    fn of(certificate: WorkCertificate, note: String, act: WorkAct) -> WorkRow {
        let subject = certificate.body.clone();
        WorkRow { subject, note, certificates: vec![certificate], details: Vec::new(), act: Some(act) }
    }
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
        Ok(WorkPage { rows, next: Some(at), percent: self.percent(ctx, list, at).await? })
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
                progress(self.percent(ctx, list, next).await?);
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
            Worklist::Expiring => self.expiring(ctx, after).await,
            Worklist::Expired => self.expired(ctx, after).await,
            Worklist::Suspended => self.long_suspended(ctx, after).await,
            Worklist::OutOfDate => self.breaking(ctx, &rules::OUT_OF_DATE, after).await,
            Worklist::Elsewhere => self.told_of(ctx, after).await,
            Worklist::Quality => self.breaking(ctx, &rules::errors(), after).await,
            Worklist::Coverage => self.uncovered(ctx, after).await,
            Worklist::Signatories => self.double_signatories(ctx, after).await,
            Worklist::Addresses => self.shared_addresses(ctx, after).await,
        }
    }

    /// Whose certificates the lists of a caller hold: his authority's own, or everybody's.
    fn theirs(&self, ctx: &Ctx) -> Result<Vec<i64>> {
        Ok(match ctx.actor.is_national() {
            true => self.tables().authorities.iter().map(|it| it.id.0).collect(),
            false => vec![ctx.authority()?.0],
        })
    }

    async fn percent(&self, ctx: &Ctx, list: Worklist, at: i64) -> Result<u8> {
        let reader = || (&self.db).into();
        let (done, of) = match list {
            Worklist::Coverage => {
                (i128::from(at), i128::from(store::feed::last_certificate(reader()).await?))
            }
            Worklist::Signatories => {
                (i128::from(at), i128::from(worklist::last_signatory(reader()).await?.0))
            }
            Worklist::Addresses => (i128::from(at) - i128::from(i64::MIN), 1 << 64),
            Worklist::Expiring => (i128::from(at) - i128::from(self.today().number()), i128::from(AHEAD)),
            Worklist::Expired => self.expired_so_far(ctx, at).await?,
            Worklist::OutOfDate => rules::so_far(rules::OUT_OF_DATE.len(), at),
            Worklist::Quality => rules::so_far(rules::errors().len(), at),
            // A row of these is a row of an index: what is left is not counted.
            Worklist::Suspended | Worklist::Elsewhere => (50, 100),
        };
        Ok(u8::try_from(done.max(0) * 100 / of.max(1)).unwrap_or(99).min(99))
    }

    /// Whether one of these certificates is of the caller's authority; the nation's are all.
    fn concerns(ctx: &Ctx, certificates: &[WorkCertificate]) -> bool {
        ctx.actor.is_national()
            || certificates.iter().any(|it| Some(it.head.authority) == ctx.actor.authority())
    }

    pub(crate) async fn body_names<'h>(
        &self,
        heads: impl Iterator<Item = &'h Head>,
    ) -> Result<HashMap<i64, String>> {
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
