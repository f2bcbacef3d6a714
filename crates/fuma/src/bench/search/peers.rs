//! The databases beside the index: the same rows, the same questions, in the same run.

use super::Options;
use super::questions::Kind;
use super::table::{Asked, Engine, times};
use crate::bench::machine::{Watch, cpu, cpu_of_server, told};
use crate::bench::registry::Folder;
use anyhow::Result;
use app::stored::{Peer, Stock};
use app::{App, ask_peer};
use std::time::{Duration, Instant};

/// Questions of a kind to a peer; fewer where they take longer than [`ENOUGH`], but [`LEAST`] of them.
const ASKED: usize = 100;
const LEAST: usize = 5;
const ENOUGH: Duration = Duration::from_secs(20);
/// Questions that are shown of those in which a peer and the index differ.
const SHOWN: usize = 3;

/// All peers there are, one after the other.
pub async fn beside(
    folder: &Folder,
    app: &App,
    options: &Options,
    kinds: &[Kind],
    index: &Engine,
) -> Result<Vec<Engine>> {
    let watch = Watch::start();
    let stock = app.peer_stock().await?;
    folder.tell(
        "peers",
        format!(
            "{} certificates, {} distinct rows, {} rows of certificates, read in {:.1} s",
            stock.certificates.len(),
            stock.texts.len(),
            stock.links.len(),
            watch.read().0
        ),
    );
    let kinds: Vec<&Kind> = kinds.iter().filter(|kind| kind.of_all && !kind.asks.is_empty()).collect();
    let (mut engines, own) = (Vec::new(), format!("peers_{}", std::process::id()));
    let measure = Measure { folder, kinds, index };
    match &options.postgres {
        Some(address) => {
            let mut peer = Peer::postgres(address, &format!("fuma_{own}")).await?;
            let measured = measure.all(&mut peer, &stock, ["PostgreSQL LIKE", "pg_trgm"], true).await;
            peer.end().await?;
            engines.extend(measured?);
        }
        None => folder.tell(
            "PostgreSQL",
            "left out: give its address with --postgres, or run under scripts/pg-test".to_owned(),
        ),
    }
    let mut peer = Peer::sqlite(&folder.path().join(format!("{own}.db"))).await?;
    let measured = measure.all(&mut peer, &stock, ["SQLite", "SQLite FTS5"], false).await;
    peer.end().await?;
    engines.extend(measured?);
    Ok(engines)
}

/// What is the same for all peers.
struct Measure<'a> {
    folder: &'a Folder,
    kinds: Vec<&'a Kind>,
    index: &'a Engine,
}

impl Measure<'_> {
    /// Loads a peer, asks it as far as it is asked without an index, then with one over trigrams.
    async fn all(
        &self,
        peer: &mut Peer,
        stock: &Stock,
        names: [&'static str; 2],
        plain: bool,
    ) -> Result<Vec<Engine>> {
        let (mut engines, watch) = (Vec::new(), Watch::start());
        peer.load(stock).await?;
        let loaded = watch.read().0;
        let bytes = peer.bytes().await?;
        self.folder.tell(names[0], format!("loaded in {loaded:.1} s, {} MB", bytes >> 20));
        if plain {
            engines.push(Engine {
                name: names[0],
                built: loaded,
                bytes,
                asked: self.asked(names[0], peer).await?,
            });
        }
        let watch = Watch::start();
        if !peer.index_trigrams().await? {
            let missing =
                "left out: the server has no pg_trgm; it comes with PostgreSQL's package postgresql-contrib";
            self.folder.tell(names[1], missing.to_owned());
            return Ok(engines);
        }
        let indexed = watch.read().0;
        let bytes = peer.bytes().await?;
        self.folder.tell(names[1], format!("index made in {indexed:.1} s more, {} MB with it", bytes >> 20));
        let asked = self.asked(names[1], peer).await?;
        engines.push(Engine { name: names[1], built: loaded + indexed, bytes, asked });
        Ok(engines)
    }

    async fn asked(&self, name: &'static str, peer: &Peer) -> Result<Vec<Asked>> {
        let mut all = Vec::new();
        let mut agreement = Agreement::default();
        for kind in &self.kinds {
            let Some(index) = self.index.asked(kind.name) else { continue };
            let asked = one(peer, kind, index, &mut agreement).await?;
            let cpu = asked.cpu.map(|cpu| format!("; {cpu:.2} CPU-ms each")).unwrap_or_default();
            let ratio = times(asked.ratio(index));
            self.folder
                .tell(name, format!("{}: {}{cpu}; {ratio} the index", kind.name, told(asked.times.clone())));
            all.push(asked);
        }
        self.folder.tell(name, agreement.told());
        Ok(all)
    }
}

async fn one(peer: &Peer, kind: &Kind, index: &Asked, agreement: &mut Agreement) -> Result<Asked> {
    let process = peer.process().await?;
    let seconds = || process.map_or_else(|| Some(cpu()), cpu_of_server);
    // The first question finds nothing in any cache; it is asked twice, and counted once.
    if let Some(first) = kind.asks.first() {
        ask_peer(peer, first).await?;
    }
    let (mut asked, before, began) = (Asked::of(kind), seconds(), Instant::now());
    for (ask, right) in kind.asks.iter().zip(&index.found).take(ASKED) {
        if asked.times.len() >= LEAST && began.elapsed() > ENOUGH {
            break;
        }
        let start = Instant::now();
        let answer = ask_peer(peer, ask).await?;
        asked.times.push(start.elapsed());
        let (found, right) = (&answer.found, (right.certificates, right.bodies, &right.first));
        if (found.certificates, found.bodies, &found.first) == right {
            agreement.same += 1;
        } else {
            let told = format!("{}: {} certificates, the index {}", ask.text, found.certificates, right.0);
            if answer.looser { &mut agreement.looser } else { &mut agreement.other }.push(told);
        }
        asked.found.push(answer.found);
    }
    let spent = before.zip(seconds()).map(|(before, after)| after - before);
    asked.cpu = spent.map(|it| it * 1e3 / asked.times.len().max(1) as f64);
    Ok(asked)
}

/// Whether a peer counts as the index does.
#[derive(Default)]
struct Agreement {
    same: usize,
    looser: Vec<String>,
    other: Vec<String>,
}

impl Agreement {
    fn told(&self) -> String {
        let all = self.same + self.looser.len() + self.other.len();
        let shown = |of: &[String]| of.iter().take(SHOWN).cloned().collect::<Vec<_>>().join("; ");
        let mut out =
            format!("{} of {all} answers are those of the index: certificates, bodies, first 20", self.same);
        if !self.looser.is_empty() {
            let (many, shown) = (self.looser.len(), shown(&self.looser));
            out += &format!("; {many} differ because letters and digits stand alone in the index ({shown})");
        }
        if !self.other.is_empty() {
            out += &format!("; {} DIFFER WITHOUT A REASON ({})", self.other.len(), shown(&self.other));
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_is_told_with_its_reason_or_as_one_without() {
        let mut it = Agreement { same: 7, ..Agreement::default() };
        assert!(it.told().starts_with("7 of 7") && !it.told().contains("differ"));
        it.looser.push("ph GB 1: 3 certificates, the index 2".into());
        assert!(it.told().starts_with("7 of 8") && it.told().contains("stand alone in the index (ph GB 1"));
        it.other.push("铅: 3 certificates, the index 2".into());
        assert!(it.told().starts_with("7 of 9") && it.told().contains("1 DIFFER WITHOUT A REASON (铅"));
    }
}
