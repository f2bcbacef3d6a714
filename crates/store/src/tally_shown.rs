//! 统计 of a demo: what nobody asked is put straight beside the sums. A registry in earnest only counts.
use domain::tally::Sketch;
use domain::{AuthorityId, BodyId, Day};

use crate::tally::Of;
use crate::{Result, Tx};

/// How often a body was asked for in a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShownBody {
    /// The month, see [`crate::asked::month_number`].
    pub month: i64,
    /// The body.
    pub body: BodyId,
    /// Who issued what was asked for.
    pub authority: AuthorityId,
    /// By people.
    pub people: u64,
    /// By programs.
    pub machines: u64,
}

/// Adds bodies of months.
pub async fn add_bodies(tx: &Tx, bodies: Vec<ShownBody>) -> Result<()> {
    let sql =
        "insert into tally_body (month, body_id, authority_id, people, machines) values ($1, $2, $3, $4, $5)
        on conflict (month, body_id, authority_id) do update set people = tally_body.people + excluded.people,
        machines = tally_body.machines + excluded.machines";
    let row = |it: ShownBody| {
        vec![
            it.month.into(),
            it.body.0.into(),
            it.authority.0.into(),
            it.people.cast_signed().into(),
            it.machines.cast_signed().into(),
        ]
    };
    tx.exec_many(sql, bodies.into_iter().map(row).collect()).await.map(drop)
}

/// Adds what was asked for on a day and is not there: `code` or `number`, the text, how often.
pub async fn add_unknown(tx: &Tx, asked: Vec<(Day, &'static str, String, u64)>) -> Result<()> {
    let sql = "insert into asked_unknown (day, sort, asked, n) values ($1, $2, $3, $4)
        on conflict (day, sort, asked) do update set n = asked_unknown.n + excluded.n";
    let row = |(day, sort, asked, n): (Day, &'static str, String, u64)| {
        vec![day.number().into(), sort.into(), asked.into(), n.cast_signed().into()]
    };
    tx.exec_many(sql, asked.into_iter().map(row).collect()).await.map(drop)
}

/// Puts the visitors of days that have none so far.
pub async fn put_visitors(tx: &Tx, visitors: Vec<(Day, Of, Sketch)>) -> Result<()> {
    let sql = "insert into visitor_sketch (day, authority_id, registers) values ($1, $2, $3)
        on conflict (day, authority_id) do nothing";
    let row = |(day, of, sketch): (Day, Of, Sketch)| {
        vec![day.number().into(), of.key().into(), sketch.registers().to_vec().into()]
    };
    tx.exec_many(sql, visitors.into_iter().map(row).collect()).await.map(drop)
}
