//! 申报有效证书数: an authority says how many certificates are in force at the end of a month, coded or not. A later
//! declaration supersedes an earlier one; both stay on record.

use crate::acts::Wrong;
use crate::interface::{Kept, Sent};
use crate::{App, AppError, Ctx, Result};
use domain::{Action, CertificateId, Day, EventKind, Object};
use store::Urgency;
use store::declared::Declared;

/// More certificates than a province has had in all years; a greater number is a slip of the keyboard.
const MOST: u64 = 1_000_000;
/// Declarations of a page.
const LISTED: u32 = 60;

/// What is declared, as it is typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Declaring {
    /// The last day of a month; empty for the last month that is over.
    pub day: String,
    /// How many.
    pub certificates: String,
}

impl App {
    /// Declares how many certificates of the caller's authority are in force on the last day of a month.
    ///
    /// # Errors
    /// [`AppError::Refused`] for a day that is none, is not the end of a month or is not over, and for what is no count.
    pub async fn declare(&self, ctx: &Ctx, new: &Declaring) -> Result<Declared> {
        self.ask(ctx, Action::DeclaredWrite, Some(ctx.authority()?))?;
        match self.declaring(new) {
            Ok(read) => self.put_declared(ctx, read, None).await,
            Err(wrong) => {
                let all: Vec<&str> = wrong.iter().map(|it| it.message.as_str()).collect();
                Err(AppError::refused(all.join("；"), wrong.first().map_or("", |it| it.hint)))
            }
        }
    }

    /// What is declared, or all that is wrong with it.
    pub(crate) fn declaring(&self, new: &Declaring) -> std::result::Result<(Day, u64), Vec<Wrong>> {
        let typed = new.certificates.trim();
        let count = typed.replace([',', '，'], "").parse::<u64>().ok().filter(|n| *n <= MOST);
        let count = count.ok_or_else(|| Wrong {
            member: "certificates",
            message: match typed {
                "" => "没有填写有效证书张数".to_owned(),
                _ => format!("“{typed}”不是证书张数"),
            },
            hint: "请填写期末当天全部有效证书的张数，没有的填0。",
        });
        match (self.declared_day(&new.day), count) {
            (Ok(day), Ok(count)) => Ok((day, count)),
            (day, count) => Err(day.err().into_iter().chain(count.err()).collect()),
        }
    }

    /// Puts on record what was read; with the record id under which a system sent it.
    pub(crate) async fn put_declared(
        &self,
        ctx: &Ctx,
        (day, certificates): (Day, u64),
        sent: Option<(&Sent, &Kept)>,
    ) -> Result<Declared> {
        let authority = ctx.authority()?;
        let it = Declared {
            id: self.ids("declared", 1).await?,
            authority,
            day,
            certificates,
            actor: ctx.actor.to_string(),
            recorded_at: self.now(),
        };
        let mut event = self.event(ctx, EventKind::DeclaredSet, Object::Authority, authority.0);
        event.details = vec![("day", day.to_string()), ("certificates", certificates.to_string())];
        let record = match sent {
            Some((sent, kept)) => {
                event.details.push(("record_id", sent.record_id.clone()));
                Some(sent.record_of(ctx, (CertificateId(0), 0), kept.clone(), it.recorded_at)?)
            }
            None => None,
        };
        let tx = self.db.begin(Urgency::Act).await?;
        store::declared::insert(&tx, &it).await?;
        if let Some(record) = record {
            store::record::insert(&tx, authority, &[record]).await?;
        }
        store::event::append(&tx, &[event]).await?;
        tx.commit().await?;
        Ok(it)
    }

    fn declared_day(&self, text: &str) -> std::result::Result<Day, Wrong> {
        let today = self.today();
        let hint = "请填写已经过完的一个月的最后一天，如 2026-09-30。";
        let wrong = |message: String| Wrong { member: "day", message, hint };
        let day = match text.trim() {
            "" => Day::new(today.year(), today.month(), 1).and_then(|first| first.plus_days(-1)),
            text => Day::parse(text),
        };
        let day = day.map_err(|error| wrong(error.to_string()))?;
        match day.plus_days(1) {
            Ok(next) if next.dom() != 1 => Err(wrong(format!("{day}不是月末"))),
            Ok(_) if day < today => Ok(day),
            _ => Err(wrong(format!("{day}还没有过完"))),
        }
    }

    /// What the caller's authority has declared, the last days first.
    pub async fn declarations(&self, ctx: &Ctx) -> Result<Vec<Declared>> {
        let authority = ctx.authority()?;
        self.ask(ctx, Action::BulletinRead, Some(authority))?;
        Ok(store::declared::of_authority((&self.db).into(), authority, LISTED).await?)
    }
}
