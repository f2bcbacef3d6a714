//! 申报有效证书数: an authority says how many certificates are in force at the end of a month, coded or not. A later
//! declaration supersedes an earlier one; both stay on record.

use crate::{App, AppError, Ctx, Result};
use domain::{Action, Day, EventKind, Object};
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
        let authority = ctx.authority()?;
        self.ask(ctx, Action::DeclaredWrite, Some(authority))?;
        let day = self.declared_day(&new.day)?;
        let digits = new.certificates.trim().replace([',', '，'], "");
        let certificates = digits.parse::<u64>().ok().filter(|n| *n <= MOST).ok_or_else(|| {
            let message = format!("“{}”不是证书张数", new.certificates.trim());
            AppError::refused(message, "请填写期末当天全部有效证书的张数，没有的填0。")
        })?;
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
        let tx = self.db.begin(Urgency::Act).await?;
        store::declared::insert(&tx, &it).await?;
        store::event::append(&tx, &[event]).await?;
        tx.commit().await?;
        Ok(it)
    }

    fn declared_day(&self, text: &str) -> Result<Day> {
        let today = self.today();
        let wrong =
            |message: String| AppError::refused(message, "请填写已经过完的一个月的最后一天，如 2026-09-30。");
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
