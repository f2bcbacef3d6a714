//! 统计, beside the sums: bodies that are asked for most, codes and numbers that nobody has, how many visitors a day had.
use domain::tally::Sketch;
use domain::{AuthorityId, BodyId, Day};

use crate::tally::Of;
use crate::{Reader, Result, cell, certificate};

/// A body and how often its certificates were asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MostAsked {
    /// The body.
    pub body: BodyId,
    /// Who issued what was asked for.
    pub authority: AuthorityId,
    /// By people.
    pub people: u64,
    /// By programs.
    pub machines: u64,
}

/// The number of a month, for [`most_asked`]: months since year 0.
pub fn month_number(day: Day) -> i64 {
    i64::from(day.year()) * 12 + i64::from(day.month()) - 1
}

/// The bodies most asked for by people in a month (see [`month_number`]), of the nation or of an authority, at most `most`.
pub async fn most_asked(reader: Reader<'_>, of: Of, month: i64, most: u32) -> Result<Vec<MostAsked>> {
    let read = |row: &crate::Row<'_>| {
        Ok(MostAsked {
            body: BodyId(row.int(0)?),
            authority: AuthorityId(row.int(1)?),
            people: cell::total(row, 2)?,
            machines: cell::total(row, 3)?,
        })
    };
    match of {
        Of::Authority(id) => {
            let sql = "select body_id, authority_id, people, machines from tally_body
                where authority_id = $1 and month = $2 order by people desc, body_id limit $3";
            reader.query(sql, &[id.0.into(), month.into(), most.into()], read).await
        }
        Of::Nation | Of::Nobody => {
            let sql = "select body_id, authority_id, people, machines from tally_body
                where month = $1 order by people desc, body_id, authority_id limit $2";
            reader.query(sql, &[month.into(), most.into()], read).await
        }
    }
}

/// What was asked for and is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownAsked {
    /// The day.
    pub day: Day,
    /// `code` or `number`.
    pub sort: String,
    /// As it was asked for, folded.
    pub asked: String,
    /// How often on that day.
    pub n: u64,
}

/// What was asked for most on a day and is not there, at most `most`.
pub async fn unknown_asked(reader: Reader<'_>, day: Day, most: u32) -> Result<Vec<UnknownAsked>> {
    let sql =
        "select day, sort, asked, n from asked_unknown where day = $1 order by n desc, sort, asked limit $2";
    reader
        .query(sql, &[day.number().into(), most.into()], |row| {
            Ok(UnknownAsked {
                day: certificate::day(row, 0)?,
                sort: row.text(1)?.to_owned(),
                asked: row.text(2)?.to_owned(),
                n: cell::total(row, 3)?,
            })
        })
        .await
}

/// 独立访客 of each day from `from` to `to`, both included: [`Of::Nobody`] is all public pages, an authority those who asked for
/// its certificates.
pub async fn visitors(reader: Reader<'_>, of: Of, (from, to): (Day, Day)) -> Result<Vec<(Day, Sketch)>> {
    let sql = "select day, registers from visitor_sketch where authority_id = $1 and day >= $2 and day <= $3 order by day";
    let args = [of.key().into(), from.number().into(), to.number().into()];
    reader
        .query(sql, &args, |row| {
            let registers = Sketch::of_registers(row.blob(1)?);
            Ok((certificate::day(row, 0)?, registers.ok_or_else(|| row.broken(1, "访客计数无法读取"))?))
        })
        .await
}
