//! Founding a registry, authorities, code tables and what each authority sets for itself.

use crate::{App, AppError, Ctx, Mode, Result};
use domain::{
    Action, Authority, AuthorityCode, AuthorityId, Day, EventKind, Level, Object, Realm, Suspension, Two,
    clean,
};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use store::tables::CodeKind;
use store::{Db, Reader, Urgency};

/// Which parts of the number a counter counts within (domain.md 2.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CounterScope {
    /// AA: separate counters for the codes of an authority.
    pub code: bool,
    /// YY: starts anew each year.
    pub year: bool,
    /// DD.
    pub domain: bool,
    /// II.
    pub industry: bool,
}

impl Default for CounterScope {
    fn default() -> CounterScope {
        CounterScope { code: true, year: true, domain: false, industry: false }
    }
}

impl CounterScope {
    /// Key of the counter: `YYAADDII`, with `--` for what it does not count within.
    pub fn key(self, year: u16, code: Two, domain: Two, industry: Two) -> String {
        let part = |on: bool, text: String| if on { text } else { "--".to_owned() };
        [
            part(self.year, format!("{:02}", year % 100)),
            part(self.code, code.to_string()),
            part(self.domain, domain.to_string()),
            part(self.industry, industry.to_string()),
        ]
        .concat()
    }
}

/// What an authority sets for itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct AuthoritySettings {
    /// Name as printed on certificates; empty: its name.
    pub printed_name: String,
    /// Shift of the print to the right, mm.
    pub offset_x_mm: f32,
    /// Shift of the print downwards, mm.
    pub offset_y_mm: f32,
    /// Whether the paper already carries border and fixed wording.
    pub pre_printed: bool,
    /// Whether 暂停 is used.
    pub suspension: bool,
    /// Days of suspension after which a certificate stands on the list 暂停过久.
    pub suspended_days: u16,
    /// What counters count within.
    pub counter: CounterScope,
    /// Which door assigns.
    pub mode: Mode,
}

impl Default for AuthoritySettings {
    fn default() -> AuthoritySettings {
        AuthoritySettings {
            printed_name: String::new(),
            offset_x_mm: 0.0,
            offset_y_mm: 0.0,
            pre_printed: false,
            suspension: false,
            suspended_days: 180,
            counter: CounterScope::default(),
            mode: Mode::default(),
        }
    }
}

impl AuthoritySettings {
    /// Whether 暂停 is used, for the table of transitions.
    pub fn suspension(&self) -> Suspension {
        if self.suspension { Suspension::Enabled } else { Suspension::Disabled }
    }
}

/// The names that certificates bear, of the authorities that set one.
pub(crate) type PrintedNames = HashMap<AuthorityId, String>;

/// Reads them all.
pub(crate) async fn printed_names(reader: Reader<'_>) -> Result<PrintedNames> {
    let mut names = PrintedNames::new();
    for (authority, text) in store::tables::all_settings(reader).await? {
        let name = read_settings(authority, &text)?.printed_name;
        if !name.is_empty() {
            names.insert(authority, name);
        }
    }
    Ok(names)
}

fn read_settings(authority: AuthorityId, text: &str) -> Result<AuthoritySettings> {
    serde_json::from_str(text).map_err(|e| AppError::Fault(format!("机关{}的设置：{e}", authority.0)))
}

/// Two columns of a table that comes with the program.
fn columns(text: &str) -> Vec<(String, String)> {
    text.lines().filter_map(|line| line.split_once('\t')).map(|(a, b)| (a.to_owned(), b.to_owned())).collect()
}

/// The codes with which a registry is founded, as the written interface standard shows them; later ones are data.
pub fn founding_codes(kind: CodeKind) -> Vec<(String, String)> {
    columns(founding_text(kind))
}

/// The authorities with which a registry is founded: code and name.
pub fn founding_authorities() -> Vec<(String, String)> {
    let of =
        |line: &str| line.split('\t').next().zip(line.split('\t').nth(1)).map(|(a, b)| (a.into(), b.into()));
    AUTHORITIES.lines().filter_map(of).collect()
}

const AUTHORITIES: &str = include_str!("../data/authorities.tsv");

fn founding_text(kind: CodeKind) -> &'static str {
    match kind {
        CodeKind::Domain => include_str!("../data/domains.tsv"),
        CodeKind::Industry => include_str!("../data/industries.tsv"),
        CodeKind::Division => include_str!("../data/divisions.tsv"),
    }
}

impl App {
    /// Founds a registry in an empty store: code tables, the 33 authorities with their codes, epoch 1, and the event
    /// that says who did it. Does nothing to a founded one.
    pub async fn found(db: &Db, ctx: &Ctx, now: domain::Instant) -> Result<bool> {
        App::found_as(db, ctx, now, Realm::Registry).await
    }

    /// The same for either realm, which is written down: a sandbox stays one.
    pub(crate) async fn found_as(db: &Db, ctx: &Ctx, now: domain::Instant, realm: Realm) -> Result<bool> {
        if store::meta::get(db.into(), "founded_at").await?.is_some() {
            return Ok(false);
        }
        let tx = db.begin(Urgency::Act).await?;
        let mut last = 0;
        for (n, line) in (1..).zip(AUTHORITIES.lines()) {
            let [code, name, short_name, area] = line.split('\t').collect::<Vec<_>>()[..] else {
                return Err(AppError::Fault(format!("authorities.tsv 第{n}行")));
            };
            let level = if code == "00" { Level::National } else { Level::Provincial };
            let id = AuthorityId(n);
            let authority =
                Authority { id, name: name.into(), short_name: short_name.into(), level, area: area.into() };
            store::tables::set_authority(&tx, &authority).await?;
            let code: Two = code.parse().map_err(|_| AppError::Fault(format!("authorities.tsv 第{n}行")))?;
            store::tables::set_authority_code(
                &tx,
                &AuthorityCode { authority: id, code, from: None, to: None },
            )
            .await?;
            last = n;
        }
        for kind in [CodeKind::Domain, CodeKind::Industry, CodeKind::Division] {
            store::tables::fill_codes(&tx, kind, &founding_codes(kind)).await?;
        }
        store::meta::set(&tx, "epoch", "1").await?;
        store::meta::set(&tx, "realm", realm.key()).await?;
        store::meta::set(&tx, "founded_at", &now.micros().to_string()).await?;
        let event = domain::Event {
            recorded_at: now,
            effective: now.day(),
            actor: ctx.actor.clone(),
            authority: None,
            door: ctx.door,
            request_id: ctx.request_id.clone(),
            kind: EventKind::RegistryInit,
            object: Object::Registry,
            object_id: 0,
            edition: None,
            document: String::new(),
            decided: None,
            details: vec![("authorities", last.to_string())],
            salt: crate::entropy::bytes(),
        };
        store::event::append(&tx, &[event]).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Raises the epoch after a restore, or after a promotion that may have lost something: followers rebuild, cursors
    /// of the old epoch are refused, and every counter waits until its next value is confirmed (architecture.md 5).
    /// Returns the new epoch.
    pub async fn raise_epoch(&self, ctx: &Ctx) -> Result<i64> {
        self.ask(ctx, Action::AuthorityWrite, None)?;
        let tx = self.db.begin(Urgency::Act).await?;
        let epoch = store::meta::epoch((&tx).into()).await? + 1;
        store::meta::set(&tx, "epoch", &epoch.to_string()).await?;
        let mut event = self.event(ctx, EventKind::EpochRaise, Object::Registry, 0);
        event.details.push(("epoch", epoch.to_string()));
        store::event::append(&tx, &[event]).await?;
        tx.commit().await?;
        Ok(epoch)
    }

    /// The settings of an authority; defaults where it has set nothing.
    pub async fn settings_of(&self, authority: AuthorityId) -> Result<AuthoritySettings> {
        let text = store::tables::settings((&self.db).into(), authority).await?.ok_or(AppError::NotFound)?;
        read_settings(authority, &text)
    }

    /// Replaces the settings of the caller's authority.
    pub async fn set_settings(&self, ctx: &Ctx, settings: &AuthoritySettings) -> Result<()> {
        let authority = ctx.authority()?;
        self.ask(ctx, Action::SettingsWrite, Some(authority))?;
        if settings.offset_x_mm.abs() > 30.0 || settings.offset_y_mm.abs() > 30.0 {
            return Err(AppError::refused("打印偏移超过30毫米", "请填写-30至30之间的毫米数。"));
        }
        clean(&settings.printed_name, 60)
            .map_err(|e| AppError::refused(format!("印刷名称：{e}"), "请改正后再保存。"))?;
        let text = serde_json::to_string(settings).map_err(|e| AppError::Fault(e.to_string()))?;
        let tx = self.db.begin(Urgency::Act).await?;
        store::tables::set_settings(&tx, authority, &text).await?;
        let mut event = self.event(ctx, EventKind::SettingsSet, Object::Authority, authority.0);
        event.details.push(("settings", text));
        store::event::append(&tx, &[event]).await?;
        tx.commit().await?;
        self.reload_tables().await
    }

    /// Sets an authority up, or changes its name, area or level; `id` none makes a new one. The area of a provincial
    /// one is the first two digits of its divisions (GB/T 2260).
    pub async fn set_authority(
        &self,
        ctx: &Ctx,
        id: Option<AuthorityId>,
        new: &Authority,
    ) -> Result<AuthorityId> {
        self.ask(ctx, Action::AuthorityWrite, None)?;
        let text = |label: &str, text: &str| {
            let cleaned = clean(text, 60)
                .map_err(|e| AppError::refused(format!("{label}：{e}"), "请改正后再保存。"))?;
            if cleaned.is_empty() {
                return Err(AppError::refused(format!("{label}没有填写"), format!("请填写{label}。")));
            }
            Ok(cleaned.into_owned())
        };
        let (name, short_name) = (text("机关名称", &new.name)?, text("简称", &new.short_name)?);
        let area = new.area.trim().to_owned();
        let two_digits = area.len() == 2 && area.bytes().all(|b| b.is_ascii_digit());
        if !two_digits && (new.level == Level::Provincial || !area.is_empty()) {
            return Err(AppError::refused(
                format!("辖区“{area}”不是两位数字"),
                "请填写行政区划代码前两位，如 61；国家级留空。",
            ));
        }
        if id.is_some_and(|id| self.tables().authority(id).is_none()) {
            return Err(AppError::NotFound);
        }
        let id = match id {
            Some(id) => id,
            None => AuthorityId(self.tables().authorities.iter().map(|a| a.id.0).max().unwrap_or(0) + 1),
        };
        let tx = self.db.begin(Urgency::Act).await?;
        let mut event = self.event(ctx, EventKind::AuthoritySet, Object::Authority, id.0);
        event.details.extend([("name", name.clone()), ("area", area.clone())]);
        store::tables::set_authority(&tx, &Authority { id, name, short_name, level: new.level, area })
            .await?;
        store::event::append(&tx, &[event]).await?;
        tx.commit().await?;
        self.reload_tables().await?;
        Ok(id)
    }

    /// Gives an authority a two-digit code from a day on, until a day or further notice.
    pub async fn set_authority_code(&self, ctx: &Ctx, code: &AuthorityCode) -> Result<()> {
        self.ask(ctx, Action::AuthorityWrite, None)?;
        if self.tables().authority(code.authority).is_none() {
            return Err(AppError::NotFound);
        }
        let tx = self.db.begin(Urgency::Act).await?;
        store::tables::set_authority_code(&tx, code).await?;
        let mut event = self.event(ctx, EventKind::CodeSet, Object::Authority, code.authority.0);
        let day = |d: Option<Day>| d.map(|d| d.to_string()).unwrap_or_default();
        event.details.extend([
            ("code", code.code.to_string()),
            ("from", day(code.from)),
            ("to", day(code.to)),
        ]);
        store::event::append(&tx, &[event]).await?;
        tx.commit().await?;
        self.reload_tables().await
    }

    /// Sets one entry of a table of codes.
    pub async fn set_code(
        &self,
        ctx: &Ctx,
        kind: CodeKind,
        code: &str,
        name: &str,
        (from, to): (Option<Day>, Option<Day>),
    ) -> Result<()> {
        self.ask(ctx, Action::AuthorityWrite, None)?;
        let digits = if kind == CodeKind::Division { 6 } else { 2 };
        if code.len() != digits || !code.bytes().all(|b| b.is_ascii_digit()) {
            return Err(AppError::refused(format!("代码应为{digits}位数字"), "请核对代码。"));
        }
        let name =
            clean(name, 60).map_err(|e| AppError::refused(format!("名称：{e}"), "请改正后再保存。"))?;
        let tx = self.db.begin(Urgency::Act).await?;
        store::tables::set_code(&tx, kind, code, &name, from, to).await?;
        let mut event = self.event(ctx, EventKind::CodeSet, Object::Registry, 0);
        event.details.extend([
            ("table", kind.key().into()),
            ("code", code.into()),
            ("name", name.into_owned()),
        ]);
        store::event::append(&tx, &[event]).await?;
        tx.commit().await?;
        self.reload_tables().await
    }

    /// Entries of a table of codes: those whose code begins with the digits given, in pages; or those whose name of
    /// today holds the text given, the first sixty.
    pub async fn find_codes(
        &self,
        kind: CodeKind,
        text: &str,
        after: &str,
    ) -> Result<Vec<store::tables::CodeEntry>> {
        if text.bytes().all(|b| b.is_ascii_digit()) {
            return self.codes(kind, text, after).await;
        }
        let mut found = Vec::new();
        for code in self.codes_named(kind, text) {
            found.extend(store::tables::codes((&self.db).into(), kind, &code, "", 1).await?);
        }
        Ok(found)
    }

    fn codes_named(&self, kind: CodeKind, text: &str) -> Vec<String> {
        const MOST: usize = 60;
        let tables = self.tables();
        let two = |table: &std::collections::HashMap<domain::Two, String>| {
            let named = table.iter().filter(|(_, name)| name.contains(text));
            named.map(|(code, _)| code.to_string()).collect::<Vec<_>>()
        };
        let mut codes = match kind {
            CodeKind::Domain => two(&tables.domains),
            CodeKind::Industry => two(&tables.industries),
            CodeKind::Division => {
                let named = tables.divisions.iter().filter(|(_, name)| name.contains(text));
                named.map(|(code, _)| code.as_str().to_owned()).collect()
            }
        };
        codes.sort_unstable();
        codes.truncate(MOST);
        codes
    }

    /// A page of a table of codes.
    pub async fn codes(
        &self,
        kind: CodeKind,
        prefix: &str,
        after: &str,
    ) -> Result<Vec<store::tables::CodeEntry>> {
        Ok(store::tables::codes((&self.db).into(), kind, prefix, after, 200).await?)
    }
}
