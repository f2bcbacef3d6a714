//! The aggregates as bytes: what is kept, hashed, handed out, and read back to make every figure again.

use super::{Aggregates, AskedOf, BulletinId, Counts, Docked, Period, QualityCounts, Row};
use crate::{AuthorityId, Level};
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::str::Split;

const HEAD: &str = "fuma-bulletin 1";
/// No count of a registry comes near it, and no sum of so many overflows.
const MOST: u64 = 1 << 50;

/// Why bytes are no aggregates.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("通报数据第{line}行无法读取，请核对文件是否完整、未经改动")]
pub struct AggregatesError {
    /// Which line, from 1.
    pub line: usize,
}

impl Aggregates {
    /// Format 1 (FORMATS.md): UTF-8 lines of fields parted by tabs, in one order only, so that equal aggregates have equal bytes.
    pub fn bytes(&self) -> Vec<u8> {
        let mut out = format!("{HEAD}\nperiod\t{}\n", self.period.key());
        let corrects = self.corrects.map_or("-".to_owned(), |id| id.to_string());
        put(&mut out, format_args!("edition\t{}\t{corrects}", self.edition));
        put(&mut out, format_args!("cut\t{}\t{}", self.cut.0, self.cut.1));
        for row in &self.rows {
            let level = if row.level == Level::National { "national" } else { "provincial" };
            let (short, name) = (plain(&row.short_name), plain(&row.name));
            let (id, docked) = (row.authority.0, row.docked.key());
            put(&mut out, format_args!("authority\t{id}\t{level}\t{docked}\t{short}\t{name}"));
            counts(&mut out, "now", &row.now);
            counts(&mut out, "before", &row.before);
        }
        put(&mut out, format_args!("nobody\tnow\t{}", asked(self.nobody.0)));
        put(&mut out, format_args!("nobody\tbefore\t{}", asked(self.nobody.1)));
        out.into_bytes()
    }

    /// SHA-256 of [`Aggregates::bytes`].
    pub fn digest(bytes: &[u8]) -> [u8; 32] {
        Sha256::digest(bytes).into()
    }

    /// Reads what [`Aggregates::bytes`] writes, and nothing else.
    ///
    /// # Errors
    /// The first line that is not as it must be.
    pub fn read(bytes: &[u8]) -> Result<Aggregates, AggregatesError> {
        let text = std::str::from_utf8(bytes).map_err(|_| AggregatesError { line: 1 })?;
        let mut reader = Reader { lines: text.split('\n').collect(), at: 0 };
        let read = reader.all();
        let line = reader.at.max(1);
        // What is read must be what is written: no second way to write the same.
        match read.filter(|it| it.bytes() == bytes) {
            Some(it) => Ok(it),
            None => Err(AggregatesError { line }),
        }
    }
}

fn put(out: &mut String, line: std::fmt::Arguments<'_>) {
    let _ = out.write_fmt(line); // writing to a String does not fail
    out.push('\n');
}

/// A name is one field of one line.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn asked(it: AskedOf) -> String {
    format!("{}\t{}\t{}\t{}", it.scans, it.queries, it.machines, it.failures)
}

fn counts(out: &mut String, side: &str, it: &Counts) {
    let declared = it.declared.map_or("-".to_owned(), |n| n.to_string());
    put(
        out,
        format_args!(
            "counts\t{side}\t{}\t{}\t{}\t{declared}\t{}",
            it.in_force,
            it.coded,
            it.taken_over,
            asked(it.asked)
        ),
    );
    if !it.waited.is_empty() {
        let waited: Vec<String> = it.waited.iter().map(|(days, n)| format!("{days}:{n}")).collect();
        put(out, format_args!("waited\t{side}\t{}", waited.join("\t")));
    }
    if let Some(quality) = &it.quality {
        put(out, format_args!("quality\t{side}\t{}\t{}", quality.certificates, quality.rows));
        for (rule, (certificates, rows)) in &quality.faults {
            put(out, format_args!("fault\t{side}\t{}\t{certificates}\t{rows}", plain(rule)));
        }
    }
}

struct Reader<'t> {
    lines: Vec<&'t str>,
    at: usize,
}

impl<'t> Reader<'t> {
    /// The fields of the next line, if it begins with these words.
    fn next(&mut self, words: &[&str]) -> Option<Split<'t, char>> {
        let mut fields = self.lines.get(self.at)?.split('\t');
        let fits = words.iter().all(|word| fields.next() == Some(word));
        fits.then(|| {
            self.at += 1;
            fields
        })
    }

    fn all(&mut self) -> Option<Aggregates> {
        self.next(&[HEAD])?;
        let period = Period::parse(self.next(&["period"])?.next()?)?;
        let mut edition = self.next(&["edition"])?;
        let (edition, corrects) = (number(&mut edition)?, edition.next()?);
        let corrects = match corrects {
            "-" => None,
            id => Some(BulletinId(id.parse().ok()?)),
        };
        let mut cut = self.next(&["cut"])?;
        let cut = (number(&mut cut)?, number(&mut cut)?);
        let mut rows = Vec::new();
        while let Some(fields) = self.next(&["authority"]) {
            rows.push(self.row(fields)?);
        }
        let nobody = (
            asked_of(&mut self.next(&["nobody", "now"])?)?,
            asked_of(&mut self.next(&["nobody", "before"])?)?,
        );
        let edition = u32::try_from(edition).ok()?;
        let signed = |n: u64| i64::try_from(n).ok();
        Some(Aggregates { period, edition, corrects, cut: (signed(cut.0)?, signed(cut.1)?), rows, nobody })
    }

    fn row(&mut self, mut fields: Split<'t, char>) -> Option<Row> {
        let authority = AuthorityId(i64::try_from(number(&mut fields)?).ok()?);
        let level = match fields.next()? {
            "national" => Level::National,
            "provincial" => Level::Provincial,
            _ => return None,
        };
        let docked = Docked::parse(fields.next()?)?;
        let (short_name, name) = (fields.next()?.to_owned(), fields.next()?.to_owned());
        let (now, before) = (self.counts("now")?, self.counts("before")?);
        Some(Row { authority, level, short_name, name, docked, now, before })
    }

    fn counts(&mut self, side: &str) -> Option<Counts> {
        let mut fields = self.next(&["counts", side])?;
        let (in_force, coded, taken_over) =
            (number(&mut fields)?, number(&mut fields)?, number(&mut fields)?);
        let declared = match fields.next()? {
            "-" => None,
            text => Some(counted(text)?),
        };
        let asked = asked_of(&mut fields)?;
        let mut counts = Counts { in_force, coded, taken_over, declared, asked, ..Counts::default() };
        if let Some(waited) = self.next(&["waited", side]) {
            for pair in waited {
                let (days, n) = pair.split_once(':')?;
                counts.waited.insert(days.parse().ok()?, counted(n)?);
            }
        }
        if let Some(mut fields) = self.next(&["quality", side]) {
            let (certificates, rows) = (number(&mut fields)?, number(&mut fields)?);
            let mut quality = QualityCounts { certificates, rows, ..QualityCounts::default() };
            while let Some(mut fields) = self.next(&["fault", side]) {
                let rule = fields.next()?.to_owned();
                quality.faults.insert(rule, (number(&mut fields)?, number(&mut fields)?));
            }
            counts.quality = Some(quality);
        }
        Some(counts)
    }
}

fn counted(text: &str) -> Option<u64> {
    text.parse().ok().filter(|n| *n <= MOST)
}

fn number(fields: &mut Split<'_, char>) -> Option<u64> {
    counted(fields.next()?)
}

fn asked_of(fields: &mut Split<'_, char>) -> Option<AskedOf> {
    let (scans, queries) = (number(fields)?, number(fields)?);
    let (machines, failures) = (number(fields)?, number(fields)?);
    Some(AskedOf { scans, queries, machines, failures })
}
