//! Who asks, as far as it is counted: what kind of device, person or program, from which province, and a hash that tells two
//! visitors of one day apart. Made once a request from its address, which goes no further than here.

use crate::App;
use domain::Two;
use domain::tally::{Agent, Device, Measure, Seen, told_by};
use rustc_hash::{FxHashMap, FxHasher};
use sha2::{Digest, Sha256};
use std::cell::RefCell;
use std::hash::Hasher;

/// What a door knows of a request.
#[derive(Clone, Copy, Debug)]
pub struct Asking<'a> {
    /// The network address as it is told apart from others; none where it says nothing of who asks, as behind a proxy that
    /// nobody named.
    pub source: Option<[u8; 8]>,
    /// What the browser calls itself.
    pub user_agent: &'a str,
    /// Whether an answer for programs is asked for.
    pub json: bool,
    /// The province of the address, where a table tells it.
    pub province: Option<Two>,
}

/// Who asks.
#[derive(Clone, Copy, Debug)]
pub struct Asker {
    device: Device,
    agent: Agent,
    province: Option<Two>,
    /// Told apart from others on this day, and on this day only.
    pub(super) visitor: Option<u64>,
    /// Told apart from others while the node counts how fast it asks.
    pub(super) pace: Option<u64>,
}

impl Asker {
    /// A program that says so: the command line, or a system.
    pub fn program() -> Asker {
        Asker { device: Device::Program, agent: Agent::Machine, province: None, visitor: None, pace: None }
    }

    /// What is counted of it with any question.
    pub(super) fn seen(&self, measure: Measure) -> Seen {
        Seen {
            measure,
            authority: None,
            answer: None,
            way: None,
            province: None,
            visitor: self.province,
            domain: None,
            device: self.device,
            agent: self.agent,
        }
    }
}

/// A number of what a browser calls itself, the same on every node.
fn browser(user_agent: &str) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(user_agent.as_bytes());
    hasher.finish()
}

/// Browsers whose device a thread remembers.
const REMEMBERED: usize = 1_024;

thread_local! {
    static TOLD: RefCell<FxHashMap<u64, (Device, bool)>> = RefCell::default();
}

/// [`told_by`], remembered: most who ask use one of few browsers.
fn told(browser: u64, user_agent: &str) -> (Device, bool) {
    TOLD.with_borrow_mut(|told| {
        if told.len() >= REMEMBERED {
            told.clear();
        }
        *told.entry(browser).or_insert_with(|| told_by(user_agent))
    })
}

impl App {
    /// Who asks: a person, unless the browser says that it is a program, or asks for an answer for programs, or more often than
    /// a person can, or for many codes that nobody has.
    pub async fn asker(&self, asking: Asking<'_>) -> Asker {
        if self.counting.off.load(std::sync::atomic::Ordering::Relaxed) {
            return Asker::program();
        }
        let browser = browser(asking.user_agent);
        let (device, program) = told(browser, asking.user_agent);
        let now = self.now();
        let salt = self.salt_of(now.day()).await;
        let hash = asking.source.map(|source| {
            // One block of SHA-256: what the browser says is longer than all the rest, and nothing secret rests on it.
            let mut sha = Sha256::new();
            sha.update(salt.as_ref().unwrap_or_else(|| self.own_salt()));
            sha.update(source);
            sha.update(browser.to_be_bytes());
            let hash = sha.finalize();
            u64::from_be_bytes(hash.first_chunk().copied().unwrap_or_default())
        });
        let hurried = hash.is_some_and(|hash| self.counting.paces.hurried(hash, now));
        let machine = program || asking.json || hurried;
        Asker {
            device,
            agent: if machine { Agent::Machine } else { Agent::Person },
            province: asking.province,
            visitor: hash.filter(|_| salt.is_some()),
            pace: hash,
        }
    }
}
