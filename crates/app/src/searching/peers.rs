//! The rows of the index for the databases it is measured beside, and its questions in their terms. Only `fuma bench search
//! --peers` comes here.

use super::SearchAsk;
use super::load::{Known, RANGE};
use crate::{App, Result};
use ::search::{Dimension, Typed, Word, flat};
use domain::VerdictWord;
use rustc_hash::{FxHashMap, FxHashSet};
use store::peers::{Found, Peer, Question, Stock};

/// The distinct rows: item and limits, each with its number.
#[derive(Default)]
struct Distinct {
    by_item: FxHashMap<i64, FxHashMap<String, u32>>,
    count: u32,
}

impl Distinct {
    fn number(&mut self, item: i64, limits: String) -> u32 {
        let next = self.count;
        let number = *self.by_item.entry(item).or_default().entry(limits).or_insert(next);
        self.count += u32::from(number == next);
        number
    }
}

/// What a peer found.
#[derive(Clone, Debug)]
pub struct PeerFound {
    /// Counts and the first bodies.
    pub found: Found,
    /// Whether it may differ from the index: a word begins or ends with a letter or a digit, which must stand alone there.
    pub looser: bool,
}

impl App {
    /// The capabilities that the public finds, read from the store as those of the index are but without it, so that who
    /// counts the same has counted right.
    pub async fn peer_stock(&self) -> Result<Stock> {
        let mut stock = Stock { certificates: self.peer_certificates().await?, ..Stock::default() };
        let open: FxHashSet<i64> = stock.certificates.iter().map(|it| it[0]).collect();
        let (db, mut distinct) = (&self.near, Distinct::default());
        let last = store::feed::last_certificate(db.into()).await?;
        let mut links: Vec<(u32, i64, u32)> = Vec::new();
        let mut after = 0;
        while after < last {
            let to = last.min(after + RANGE);
            let mut rows = store::feed::capabilities(db, after, to);
            while let Some((of, item, limits)) = rows.next().await? {
                if open.contains(&of.0) {
                    links.push((distinct.number(item, limits), of.0, 1));
                }
            }
            after = to;
        }
        links.sort_unstable();
        links.dedup_by(|next, before| {
            let same = (next.0, next.1) == (before.0, before.1);
            before.2 += if same { next.2 } else { 0 };
            same
        });
        stock.links = links;
        stock.texts = vec![String::new(); distinct.count as usize];
        let mut items = store::feed::items(db);
        while let Some((id, [a, b, c, d, e, f])) = items.next().await? {
            for (limits, number) in distinct.by_item.get(&id).into_iter().flatten() {
                stock.texts[*number as usize] = flat(&[&a, &b, &c, &d, &e, &f, limits]);
            }
        }
        Ok(stock)
    }

    /// Certificates the public finds, with body and province (0: none).
    async fn peer_certificates(&self) -> Result<Vec<[i64; 3]>> {
        let (today, opened) = (self.today(), self.platform().await?);
        let mut provinces = FxHashMap::default();
        let mut bodies = store::feed::bodies(&self.near);
        while let Some(body) = bodies.next().await? {
            let id = body.id;
            provinces.insert(id, self.body_entry(body, Known::default()).province().unwrap_or(0));
        }
        let mut heads = store::feed::heads(&self.near);
        let mut all = Vec::new();
        while let Some(head) = heads.next().await? {
            all.push(head);
        }
        let entries = self.certificate_entries(&all, Default::default()).await?;
        let found = entries
            .into_iter()
            .filter(|it| opened.has(it.authority) && it.word(today) != VerdictWord::Annulled);
        let row = |it: ::search::CertificateEntry| {
            [it.id.0, it.body.0, provinces.get(&it.body).copied().unwrap_or(0).into()]
        };
        Ok(found.map(row).collect())
    }
}

/// Asks a peer what the index is asked: words and province.
pub async fn ask_peer(peer: &Peer, ask: &SearchAsk) -> Result<PeerFound> {
    let words = Typed::read(&ask.text).words;
    let picked = ask.picked.iter().find(|(dimension, _)| *dimension == Dimension::Province);
    let question = Question {
        pieces: words.iter().filter_map(Word::piece).collect(),
        province: picked.map(|(_, province)| *province),
    };
    let found = peer.ask(&question).await?;
    Ok(PeerFound { found, looser: words.iter().any(Word::is_more_than_piece) })
}
