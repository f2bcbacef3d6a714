//! Authorities and code tables, loaded whole: they are small and every rule needs them.

use crate::{Kind, Reader, Result, Row, Tx, Val};
use domain::{Authority, AuthorityCode, AuthorityId, Day, Division, Level, Tables};

/// Which table of codes an entry stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeKind {
    /// 专业领域.
    Domain,
    /// 行业主管部门.
    Industry,
    /// 行政区划.
    Division,
}

impl CodeKind {
    /// The word in the database.
    pub fn key(self) -> &'static str {
        match self {
            CodeKind::Domain => "domain",
            CodeKind::Industry => "industry",
            CodeKind::Division => "division",
        }
    }

    /// The kind of a key.
    pub fn parse(key: &str) -> Option<CodeKind> {
        [CodeKind::Domain, CodeKind::Industry, CodeKind::Division].into_iter().find(|k| k.key() == key)
    }
}

/// All tables as they hold on `today`; entries of other days are left out, codes of authorities keep their days.
/// Where two entries of one code hold, the later one does.
pub async fn load(reader: Reader<'_>, today: Day) -> Result<Tables> {
    let mut tables = Tables { authorities: authorities(reader).await?, ..Tables::default() };
    let sql = "select authority_id, code, from_day, to_day from authority_code order by code, from_day";
    tables.authority_codes = reader.query(sql, &[], authority_code).await?;
    let sql = "select kind, code, name from code_entry
        where from_day <= $1 and (to_day is null or to_day >= $1) order by kind, code, from_day";
    let entries = reader
        .query(sql, &[today.number().into()], |row| {
            let kind = CodeKind::parse(row.text(0)?).ok_or_else(|| row.broken(0, "未知的代码表"))?;
            Ok((kind, row.text(1)?.to_owned(), row.text(2)?.to_owned()))
        })
        .await?;
    for (kind, code, name) in entries {
        match kind {
            CodeKind::Domain => {
                code.parse().map(|two| tables.domains.insert(two, name)).map(drop).unwrap_or(())
            }
            CodeKind::Industry => {
                code.parse().map(|two| tables.industries.insert(two, name)).map(drop).unwrap_or(())
            }
            CodeKind::Division => {
                if let Some(division) = Division::parse(&code) {
                    tables.divisions.insert(division, name);
                }
            }
        }
    }
    Ok(tables)
}

async fn authorities(reader: Reader<'_>) -> Result<Vec<Authority>> {
    let sql = "select id, name, short_name, level, area from authority order by id";
    reader
        .query(sql, &[], |row| {
            let level = match row.text(3)? {
                "national" => Level::National,
                "provincial" => Level::Provincial,
                _ => return Err(row.broken(3, "未知的级别")),
            };
            Ok(Authority {
                id: AuthorityId(row.int(0)?),
                name: row.text(1)?.to_owned(),
                short_name: row.text(2)?.to_owned(),
                level,
                area: row.text(4)?.to_owned(),
            })
        })
        .await
}

fn authority_code(row: &Row<'_>) -> Result<AuthorityCode> {
    let day = |number: i64, column| {
        i32::try_from(number)
            .ok()
            .and_then(|n| Day::from_number(n).ok())
            .ok_or_else(|| row.broken(column, "日期超出范围"))
    };
    Ok(AuthorityCode {
        authority: AuthorityId(row.int(0)?),
        code: row.text(1)?.parse().map_err(|_| row.broken(1, "应为两位数字"))?,
        from: match row.int(2)? {
            0 => None,
            number => Some(day(number, 2)?),
        },
        to: row.opt_int(3)?.map(|number| day(number, 3)).transpose()?,
    })
}

/// Sets an authority: new or changed. Settings stay as they are where the authority is known.
pub async fn set_authority(tx: &Tx, authority: &Authority) -> Result<()> {
    let level = match authority.level {
        Level::National => "national",
        Level::Provincial => "provincial",
    };
    let sql = "insert into authority (id, name, short_name, level, area, settings) values ($1, $2, $3, $4, $5, '{}')
        on conflict (id) do update set name = $2, short_name = $3, level = $4, area = $5";
    let args = [
        authority.id.0.into(),
        (&authority.name).into(),
        (&authority.short_name).into(),
        level.into(),
        (&authority.area).into(),
    ];
    tx.exec_one(sql, &args).await
}

/// Gives an authority a code for a time; the same code and first day again changes its last day.
pub async fn set_authority_code(tx: &Tx, code: &AuthorityCode) -> Result<()> {
    let sql = "insert into authority_code (authority_id, code, from_day, to_day) values ($1, $2, $3, $4)
        on conflict (authority_id, code, from_day) do update set to_day = $4";
    let from = code.from.map_or(0, Day::number);
    let args =
        [code.authority.0.into(), code.code.as_str().into(), from.into(), code.to.map(Day::number).into()];
    tx.exec_one(sql, &args).await
}

/// Sets one entry of a table of codes.
pub async fn set_code(
    tx: &Tx,
    kind: CodeKind,
    code: &str,
    name: &str,
    from: Option<Day>,
    to: Option<Day>,
) -> Result<()> {
    let sql = "insert into code_entry (kind, code, from_day, to_day, name) values ($1, $2, $3, $4, $5)
        on conflict (kind, code, from_day) do update set to_day = $4, name = $5";
    let from = from.map_or(0, Day::number);
    let args = [kind.key().into(), code.into(), from.into(), to.map(Day::number).into(), name.into()];
    tx.exec_one(sql, &args).await
}

/// Fills an empty table of codes.
pub async fn fill_codes(tx: &Tx, kind: CodeKind, entries: &[(String, String)]) -> Result<u64> {
    let columns = &[
        ("kind", Kind::Text),
        ("code", Kind::Text),
        ("from_day", Kind::Int),
        ("to_day", Kind::Int),
        ("name", Kind::Text),
    ];
    let cells = entries
        .iter()
        .flat_map(|(code, name)| [kind.key().into(), code.into(), 0i64.into(), Val::Null, name.into()])
        .collect();
    tx.bulk("code_entry", columns, cells).await
}

/// One entry of a table of codes, with its days.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the columns")]
pub struct CodeEntry {
    pub code: String,
    pub name: String,
    pub from: Option<Day>,
    pub to: Option<Day>,
}

/// The entries of one table whose code begins with `prefix`, after the code `after`, for the page that edits them.
/// At most `limit` codes, each with all its entries: a page never ends between two entries of one code.
pub async fn codes(
    reader: Reader<'_>,
    kind: CodeKind,
    prefix: &str,
    after: &str,
    limit: u32,
) -> Result<Vec<CodeEntry>> {
    let sql = "select code, name, from_day, to_day from code_entry where kind = $1 and code in
        (select distinct code from code_entry where kind = $1 and code > $2 and code >= $3 and code < $4
            order by code limit $5)
        order by code, from_day";
    let end = format!("{prefix}~");
    let args = [kind.key().into(), after.into(), prefix.into(), end.into(), limit.into()];
    reader
        .query(sql, &args, |row| {
            let day = |n: i64| i32::try_from(n).ok().and_then(|n| Day::from_number(n).ok());
            Ok(CodeEntry {
                code: row.text(0)?.to_owned(),
                name: row.text(1)?.to_owned(),
                from: Some(row.int(2)?).filter(|n| *n != 0).and_then(day),
                to: row.opt_int(3)?.and_then(day),
            })
        })
        .await
}

/// The settings of an authority as JSON.
pub async fn settings(reader: Reader<'_>, authority: AuthorityId) -> Result<Option<String>> {
    let sql = "select settings from authority where id = $1";
    reader.query_one(sql, &[authority.0.into()], |row| Ok(row.text(0)?.to_owned())).await
}

/// The settings of every authority.
pub async fn all_settings(reader: Reader<'_>) -> Result<Vec<(AuthorityId, String)>> {
    let sql = "select id, settings from authority order by id";
    reader.query(sql, &[], |row| Ok((AuthorityId(row.int(0)?), row.text(1)?.to_owned()))).await
}

/// Replaces the settings of an authority.
pub async fn set_settings(tx: &Tx, authority: AuthorityId, settings: &str) -> Result<()> {
    tx.exec_one("update authority set settings = $2 where id = $1", &[authority.0.into(), settings.into()])
        .await
}
