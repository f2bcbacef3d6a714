//! What the index is measured beside: the same rows in PostgreSQL, found by `LIKE` and by pg_trgm, and in SQLite, found by
//! FTS5. Only `fuma bench search --peers` comes here; it stands in this room because it is SQL.
//!
//! The peers get the fairest schema we know: a table of distinct rows, each one text ([`Stock`]), and a table of which
//! certificates have them, so that each text is looked at once, as in the index. Nothing of it touches the registry: it is
//! a schema of its own, or a file of its own, and goes when the measuring ends. What differs between the engines is the subject
//! here, so it stands here and not in `dialect.rs`.

use crate::{Db, Kind, OpenOptions, Result, Row, StoreError, Urgency, Val};
use domain::BodyId;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Rows that go in at a time.
const CHUNK: usize = 20_000;
/// Bodies of an answer, as on a page of results.
pub const FIRST: usize = 20;
/// Pieces of a question that a statement takes; the rest of a longer one is left out.
pub const MOST_PIECES: usize = 4;
/// FTS5's trigrams find nothing shorter, so that is looked for text by text; pg_trgm does so by itself.
const TRIGRAM: usize = 3;
/// Loading and the making of an index take minutes; nothing else waits for them.
const PATIENCE: Duration = Duration::from_secs(3_600);

/// What the peers are given.
#[derive(Clone, Debug, Default)]
pub struct Stock {
    /// Certificate, body, province (0: none).
    pub certificates: Vec<[i64; 3]>,
    /// The texts of the distinct rows, by number.
    pub texts: Vec<String>,
    /// Number of a row, certificate, how many times it has it: in this order.
    pub links: Vec<(u32, i64, u32)>,
}

/// A question to a peer.
#[derive(Clone, Debug, Default)]
pub struct Question {
    /// All of them stand in one text.
    pub pieces: Vec<String>,
    /// Of bodies in this province only.
    pub province: Option<u16>,
}

/// What a peer found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Certificates with a row that answers.
    pub certificates: u64,
    /// Bodies of these.
    pub bodies: u64,
    /// The first [`FIRST`] of them, those with the most rows.
    pub first: Vec<BodyId>,
}

/// A database that holds the rows for a while.
pub struct Peer {
    db: Db,
    place: Place,
    /// Whether pieces are looked up among trigrams; else every text is looked at.
    trigrams: bool,
}

/// What goes in the end.
enum Place {
    File(PathBuf),
    Schema(String),
}

const CERTIFICATE: &[(&str, Kind)] = &[("id", Kind::Int), ("body", Kind::Int), ("province", Kind::Int)];
const TEXT: &[(&str, Kind)] = &[("id", Kind::Int), ("words", Kind::Text)];
const LINK: &[(&str, Kind)] = &[("text_id", Kind::Int), ("certificate", Kind::Int), ("times", Kind::Int)];

impl Peer {
    /// A new file of this name.
    pub async fn sqlite(file: &Path) -> Result<Peer> {
        if file.exists() {
            return Err(StoreError::Address(format!("{} 已经存在，请先移走", file.display())));
        }
        let options = OpenOptions { create: true, idle_timeout: PATIENCE, ..OpenOptions::default() };
        let db = Db::connect(&format!("sqlite:{}", file.display()), options).await?;
        let peer = Peer { db, place: Place::File(file.to_owned()), trigrams: false };
        peer.script(
            "create table peer_certificate (id integer primary key, body integer, province integer);
             create table peer_text (id integer primary key, words text not null);
             create table peer_link (text_id integer, certificate integer, times integer,
                 primary key (text_id, certificate)) without rowid;",
        )
        .await?;
        Ok(peer)
    }

    /// A new schema of this name in a database of PostgreSQL. One connection, as one question is asked after the other.
    pub async fn postgres(address: &str, schema: &str) -> Result<Peer> {
        let options = OpenOptions {
            connections: 1,
            wait: PATIENCE,
            statement_timeout: PATIENCE,
            idle_timeout: PATIENCE,
            ..OpenOptions::default()
        };
        let db = Db::connect(address, options).await?;
        let peer = Peer { db, place: Place::Schema(schema.to_owned()), trigrams: false };
        // A plan for the words that were asked, not one for any.
        peer.bare(&format!(
            "create schema {schema}; set search_path = {schema}, public; set plan_cache_mode = force_custom_plan;"
        ))
        .await?;
        peer.script(
            "create table peer_certificate (id bigint, body bigint, province bigint);
             create table peer_text (id bigint, words text not null);
             create table peer_link (text_id bigint, certificate bigint, times bigint);",
        )
        .await?;
        Ok(peer)
    }

    /// Puts the rows in, with the keys that lead from texts to certificates.
    pub async fn load(&self, stock: &Stock) -> Result<()> {
        self.put("peer_certificate", CERTIFICATE, stock.certificates.iter().map(|it| it.map(Val::Int)))
            .await?;
        let texts = (0i64..).zip(&stock.texts).map(|(id, text)| [Val::Int(id), text.into()]);
        self.put("peer_text", TEXT, texts).await?;
        let links =
            stock.links.iter().map(|(text, of, times)| [(*text).into(), (*of).into(), (*times).into()]);
        self.put("peer_link", LINK, links).await?;
        match self.db {
            Db::Lite(_) => self.script("analyze").await,
            Db::Pg(_) => {
                self.script(
                    "alter table peer_certificate add primary key (id);
                     alter table peer_text add primary key (id);
                     alter table peer_link add primary key (text_id, certificate) include (times);",
                )
                .await?;
                self.bare("vacuum analyze peer_certificate, peer_text, peer_link").await
            }
        }
    }

    async fn put<const N: usize>(
        &self,
        table: &'static str,
        columns: &'static [(&'static str, Kind)],
        rows: impl Iterator<Item = [Val; N]>,
    ) -> Result<()> {
        let mut rows = rows.peekable();
        while rows.peek().is_some() {
            let cells: Vec<Val> = rows.by_ref().take(CHUNK).flatten().collect();
            let tx = self.db.begin(Urgency::Batch).await?;
            tx.bulk(table, columns, cells).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// Makes the index over trigrams. `false` where the server has no pg_trgm.
    pub async fn index_trigrams(&mut self) -> Result<bool> {
        match &self.place {
            // The texts are folded already: case makes no difference but in the keys of standards.
            Place::File(_) => {
                self.script(
                    "create virtual table peer_words using fts5(words, content = 'peer_text', content_rowid = 'id',
                         tokenize = 'trigram case_sensitive 1');
                     insert into peer_words (peer_words) values ('rebuild');
                     insert into peer_words (peer_words) values ('optimize');",
                )
                .await?;
            }
            Place::Schema(schema) => {
                let Some(of) = self.trigrams_of(schema).await? else { return Ok(false) };
                self.script(&format!(
                    "create index peer_words on peer_text using gin (words {of}.gin_trgm_ops)"
                ))
                .await?;
                self.bare("vacuum analyze peer_text").await?;
            }
        }
        self.trigrams = true;
        Ok(true)
    }

    /// The schema in which pg_trgm stands; it is put into ours, and goes with it, where it stands in none yet.
    async fn trigrams_of(&self, schema: &str) -> Result<Option<String>> {
        let sql =
            "select cast(n.nspname as text) from pg_extension e join pg_namespace n on n.oid = e.extnamespace
            where e.extname = 'pg_trgm'";
        if let Some(of) = self.db.query_one(sql, &[], |row| Ok(row.text(0)?.to_owned())).await? {
            return Ok(Some(of));
        }
        let sql = "select count(*) from pg_available_extensions where name = 'pg_trgm'";
        if self.db.query_one(sql, &[], |row| row.int(0)).await? != Some(1) {
            return Ok(None);
        }
        self.script(&format!("create extension pg_trgm with schema {schema}")).await?;
        Ok(Some(schema.to_owned()))
    }

    /// Bytes on disk.
    pub async fn bytes(&self) -> Result<u64> {
        let sql = match self.db {
            Db::Lite(_) => "select page_count * page_size from pragma_page_count(), pragma_page_size()",
            Db::Pg(_) => {
                "select cast(sum(pg_total_relation_size(c.oid)) as bigint) from pg_class c
                 where c.relnamespace = cast(current_schema() as regnamespace) and c.relkind = 'r'"
            }
        };
        Ok(self.db.query_one(sql, &[], |row| row.int(0)).await?.unwrap_or(0).unsigned_abs())
    }

    /// The process of a server that answers, as that server's system numbers it; none of a file.
    pub async fn process(&self) -> Result<Option<u32>> {
        if let Db::Lite(_) = self.db {
            return Ok(None);
        }
        let sql = "select cast(pg_backend_pid() as bigint)";
        let pid = self.db.query_one(sql, &[], |row| row.int(0)).await?;
        Ok(pid.and_then(|it| u32::try_from(it).ok()))
    }

    /// Counts and the first bodies, in one statement.
    pub async fn ask(&self, question: &Question) -> Result<Found> {
        let (sql, args) = self.statement(question);
        let read =
            |row: &Row<'_>| Ok((BodyId(row.int(0)?), row.int(2)?.unsigned_abs(), row.int(3)?.unsigned_abs()));
        let rows = self.db.query(sql, &args, read).await?;
        let (bodies, certificates) = rows.first().map(|it| (it.1, it.2)).unwrap_or_default();
        Ok(Found { certificates, bodies, first: rows.into_iter().map(|it| it.0).collect() })
    }

    /// How the engine is asked.
    fn statement(&self, question: &Question) -> (&'static str, Vec<Val>) {
        let mut args = vec![Val::from(question.province.unwrap_or(0))];
        let pieces = question.pieces.iter().take(MOST_PIECES);
        let in_words = |piece: &&String| {
            self.trigrams && matches!(self.place, Place::File(_)) && piece.chars().count() >= TRIGRAM
        };
        let (words, like): (Vec<&String>, Vec<&String>) = pieces.partition(in_words);
        if !words.is_empty() {
            let quoted: Vec<String> =
                words.iter().map(|it| format!("\"{}\"", it.replace('"', "\"\""))).collect();
            args.push(quoted.join(" AND ").into());
        }
        args.extend(like.iter().map(|piece| Val::from(pattern(piece))));
        (shape(!words.is_empty(), like.len()), args)
    }

    /// Takes away what was made. A schema or a file that stays behind is named by its process.
    pub async fn end(self) -> Result<()> {
        match &self.place {
            Place::Schema(schema) => self.bare(&format!("drop schema {schema} cascade")).await,
            Place::File(file) => {
                let file = file.clone();
                drop(self);
                for tail in ["", "-wal", "-shm"] {
                    let mut name = file.clone().into_os_string();
                    name.push(tail);
                    match std::fs::remove_file(name) {
                        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                            return Err(StoreError::Disk);
                        }
                        Ok(()) | Err(_) => {}
                    }
                }
                Ok(())
            }
        }
    }

    async fn script(&self, text: &str) -> Result<()> {
        let tx = self.db.begin(Urgency::Act).await?;
        tx.script(text.to_owned()).await?;
        tx.commit().await
    }

    /// Outside of a transaction, on the one connection.
    async fn bare(&self, text: &str) -> Result<()> {
        match &self.db {
            Db::Pg(pg) => pg.bare(text).await,
            Db::Lite(_) => self.script(text).await,
        }
    }
}

/// What a text with a piece is like.
fn pattern(piece: &str) -> String {
    let mut out = String::from("%");
    for c in piece.chars() {
        if matches!(c, '%' | '_' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('%');
    out
}

macro_rules! asked {
    ($texts:literal $($like:literal)*) => {
        concat!(
            "with hit as (select c.body, c.id, sum(l.times) as times from ", $texts, "
                 join peer_certificate c on c.id = l.certificate
                 where ($1 = 0 or c.province = $1)", $(" and ", $like,)* "
                 group by c.body, c.id)
             select body, cast(sum(times) as bigint), count(*) over (), cast(sum(count(*)) over () as bigint)
             from hit group by body order by 2 desc, body limit 20"
        )
    };
}

/// The statement for a question with so many pieces that are found by looking, beside those that FTS5 finds.
fn shape(words: bool, like: usize) -> &'static str {
    match (words, like) {
        (false, 0) => asked!("peer_link l"),
        (false, 1) => {
            asked!("peer_text t join peer_link l on l.text_id = t.id" r"t.words like $2 escape '\'")
        }
        (false, 2) => asked!(
            "peer_text t join peer_link l on l.text_id = t.id"
            r"t.words like $2 escape '\'" r"t.words like $3 escape '\'"
        ),
        (false, 3) => asked!(
            "peer_text t join peer_link l on l.text_id = t.id"
            r"t.words like $2 escape '\'" r"t.words like $3 escape '\'" r"t.words like $4 escape '\'"
        ),
        (false, _) => asked!(
            "peer_text t join peer_link l on l.text_id = t.id"
            r"t.words like $2 escape '\'" r"t.words like $3 escape '\'" r"t.words like $4 escape '\'"
            r"t.words like $5 escape '\'"
        ),
        (true, 0) => {
            asked!("peer_words w join peer_link l on l.text_id = w.rowid" "peer_words match $2")
        }
        (true, 1) => asked!(
            "peer_words w join peer_text t on t.id = w.rowid join peer_link l on l.text_id = t.id"
            "peer_words match $2" r"t.words like $3 escape '\'"
        ),
        (true, 2) => asked!(
            "peer_words w join peer_text t on t.id = w.rowid join peer_link l on l.text_id = t.id"
            "peer_words match $2" r"t.words like $3 escape '\'" r"t.words like $4 escape '\'"
        ),
        (true, _) => asked!(
            "peer_words w join peer_text t on t.id = w.rowid join peer_link l on l.text_id = t.id"
            "peer_words match $2" r"t.words like $3 escape '\'" r"t.words like $4 escape '\'"
            r"t.words like $5 escape '\'"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_question_has_a_statement_with_as_many_places_as_arguments() {
        for words in [false, true] {
            for like in 0..=MOST_PIECES - usize::from(words) {
                let sql = shape(words, like);
                let last = 1 + usize::from(words) + like;
                assert!(
                    sql.contains(&format!("${last}")) && !sql.contains(&format!("${}", last + 1)),
                    "{sql}"
                );
                assert_eq!(sql.contains("match"), words);
            }
        }
    }

    #[test]
    fn a_piece_stands_for_itself() {
        assert_eq!(pattern("铅"), "%铅%");
        assert_eq!(pattern(r"50%_\"), r"%50\%\_\\%");
    }
}
