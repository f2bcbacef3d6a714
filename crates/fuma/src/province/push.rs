//! Pushing: cases leave in calls of one kind each, in an order in which every case finds what it builds on.

use super::book::{Book, Named};
use super::folder::{Answered, Before, Folder, Sent};
use super::ledger::{Ledger, Turn};
use super::mistake::mended;
use super::plan::{Case, Planner};
use crate::client::{Call, Client};
use anyhow::{Context, Result, bail};
use indicatif::ProgressBar;
use serde_json::{Value, json};
use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

/// How much is pushed, and how fast.
#[derive(Clone, Copy, Debug)]
pub struct Order {
    /// Cases to bring in all, those of earlier processes included.
    pub cases: u64,
    /// Items of a call at most.
    pub batch: usize,
    /// Items a second at most.
    pub rate: Option<f64>,
    /// When to begin no further case.
    pub until: Option<Instant>,
}

/// Times a case is sent before it is given up: as it was typed, mended, and as it stands in the file.
const ATTEMPTS: u32 = 3;

/// A case on the desk.
struct Waiting {
    case: Case,
    attempt: u32,
    item: Option<Value>,
    /// Whether the item is in the folder already.
    kept: bool,
}

/// A province at work.
pub struct Pusher<'a> {
    client: &'a Client,
    folder: Folder,
    /// Its files.
    pub book: Book,
    planner: Planner,
    order: Order,
    queue: VecDeque<Waiting>,
    planned: u64,
    /// What it knows.
    pub ledger: Ledger,
    /// How long each call took.
    pub calls: Vec<Duration>,
}

impl<'a> Pusher<'a> {
    /// Goes on where the folder was left.
    pub fn new(
        client: &'a Client,
        (folder, before): (Folder, Before),
        book: Book,
        planner: Planner,
        order: Order,
    ) -> Pusher<'a> {
        let mut pusher = Pusher {
            client,
            folder,
            book,
            planner,
            order,
            queue: VecDeque::new(),
            planned: 0,
            ledger: Ledger::default(),
            calls: Vec::new(),
        };
        pusher.resume(before);
        pusher
    }

    /// Takes the answers in that are there, case by case, and puts on the desk what waits for one.
    fn resume(&mut self, mut before: Before) {
        let last = before.answers.iter().map(|it| it.n).chain(before.open.keys().copied()).max();
        let mut answers: HashMap<u64, Vec<Answered>> = HashMap::new();
        for it in before.answers {
            answers.entry(it.n).or_default().push(it);
        }
        while last.is_some_and(|last| self.planned <= last) {
            let Some(case) = self.plan() else { return };
            let mut waiting = Waiting { attempt: 1, item: None, kept: false, case };
            let mut settled = false;
            for it in answers.remove(&waiting.case.n).unwrap_or_default() {
                waiting.attempt = it.attempt;
                settled = self.taken(&mut waiting, &it.result);
            }
            if let Some(open) = before.open.remove(&waiting.case.n) {
                waiting = Waiting { attempt: open.attempt, item: Some(open.item), kept: true, ..waiting };
            }
            if !settled {
                self.queue.push_back(waiting);
            }
        }
    }

    fn plan(&mut self) -> Option<Case> {
        let case = self.planner.next()?;
        self.planned += 1;
        self.ledger.begin(&case);
        Some(case)
    }

    /// Pushes until every case is settled.
    ///
    /// # Errors
    /// A server that stays away, a call that is refused as a whole, and a folder that cannot be written.
    pub async fn run(&mut self, bar: &ProgressBar) -> Result<()> {
        let mut paced = Pace::new(self.order.rate);
        loop {
            self.fill();
            self.drop_what_hangs_on_the_lost();
            bar.set_position(self.ledger.acknowledged());
            let Some((act, places)) = self.next_call() else { return Ok(()) };
            paced.wait(places.len()).await;
            self.call(act, &places).await?;
        }
    }

    fn fill(&mut self) {
        let room = (self.order.batch * 4).max(64);
        let open = self.order.until.is_none_or(|until| Instant::now() < until);
        while open && self.queue.len() < room && self.planned < self.order.cases {
            let Some(case) = self.plan() else { return };
            self.queue.push_back(Waiting { case, attempt: 1, item: None, kept: false });
        }
    }

    fn drop_what_hangs_on_the_lost(&mut self) {
        let ledger = &mut self.ledger;
        self.queue.retain(|waiting| {
            let lost = waiting.case.after.filter(|n| ledger.is_lost(*n));
            if let Some(n) = lost {
                ledger.give_up(&waiting.case, format!("前一件{n}没有办成"));
            }
            lost.is_none()
        });
    }

    /// The call of the case that waits longest, and the places of all cases that can go with it.
    fn next_call(&self) -> Option<(&'static str, Vec<usize>)> {
        let ready = |w: &Waiting| w.case.after.is_none_or(|n| self.ledger.is_settled(n));
        let act = self.queue.iter().find(|w| ready(w))?.case.deed.act();
        let fits = |(_, w): &(usize, &Waiting)| w.case.deed.act() == act && ready(w);
        let all = self.queue.iter().enumerate().filter(fits).map(|(at, _)| at);
        Some((act, all.take(self.order.batch).collect()))
    }

    async fn call(&mut self, act: &str, places: &[usize]) -> Result<()> {
        let items = self.items(places)?;
        let call = Call::json(format!("/certificates/{act}"), &json!({ "items": items }));
        let began = Instant::now();
        let answer = self.client.send(&call).await?;
        self.calls.push(began.elapsed());
        if !matches!(answer.status.as_u16(), 200 | 422) {
            bail!("接口没有受理 {act}：{}", answer.told());
        }
        let document = answer.json()?;
        let results = document["results"]
            .as_array()
            .with_context(|| format!("接口没有受理 {act}：{}", answer.told()))?;
        let same = results.iter().zip(&items).all(|(result, item)| result["record_id"] == item["record_id"]);
        if results.len() != items.len() || !same {
            bail!("接口对{}项答复了{}项，或次序不同", items.len(), results.len());
        }
        self.take(places, results)
    }

    /// What goes out, kept before it does.
    fn items(&mut self, places: &[usize]) -> Result<Vec<Value>> {
        let (mut items, mut fresh) = (Vec::with_capacity(places.len()), Vec::new());
        for at in places {
            let named = self.named(&self.queue[*at].case);
            let waiting = &mut self.queue[*at];
            let item = waiting.item.get_or_insert_with(|| self.book.typed(&waiting.case, &named)).clone();
            if !waiting.kept {
                waiting.kept = true;
                fresh.push(Sent { n: waiting.case.n, attempt: waiting.attempt, item: item.clone() });
            }
            items.push(item);
        }
        self.folder.sent(&fresh)?;
        Ok(items)
    }

    /// The certificate that a case is about.
    fn named(&self, case: &Case) -> Named {
        let held = self.ledger.certificates.get(&case.of);
        held.map(|held| Named { number: held.number.clone(), edition: held.edition }).unwrap_or_default()
    }

    fn take(&mut self, places: &[usize], results: &[Value]) -> Result<()> {
        let answered = |(at, result): (&usize, &Value)| {
            let waiting = &self.queue[*at];
            Answered { n: waiting.case.n, attempt: waiting.attempt, result: result.clone() }
        };
        let answers: Vec<Answered> = places.iter().zip(results).map(answered).collect();
        self.folder.answered(&answers)?;
        let mut done = Vec::new();
        for (at, result) in places.iter().zip(results) {
            if let Some(fault) = of_code(result, "manual_mode") {
                let word = |key: &str| fault[key].as_str().unwrap_or_default();
                bail!("{}。{}", word("message"), word("hint"));
            }
            let Some(mut waiting) = self.queue.get_mut(*at).map(Waiting::out) else { continue };
            let settled = self.taken(&mut waiting, result);
            self.queue[*at] = waiting;
            if settled {
                done.push(*at);
            }
        }
        for at in done.into_iter().rev() {
            self.queue.remove(at);
        }
        Ok(())
    }

    /// Whether the answer settles the case; if not, what goes out next is on the desk.
    fn taken(&mut self, waiting: &mut Waiting, result: &Value) -> bool {
        if self.ledger.take(&waiting.case, result) == Turn::Settled {
            return true;
        }
        let attempts = if waiting.case.mistake.is_some() { ATTEMPTS } else { 1 };
        if waiting.attempt >= attempts {
            self.ledger.give_up(&waiting.case, said(result));
            return true;
        }
        waiting.attempt += 1;
        let named = self.named(&waiting.case);
        let right = self.book.right(&waiting.case, &named);
        let typed = self.book.typed(&waiting.case, &named);
        waiting.item = Some(match waiting.attempt {
            2 => mended(&typed, &right, &result["problems"]),
            _ => right,
        });
        waiting.kept = false;
        false
    }
}

impl Waiting {
    /// Takes it off the desk.
    fn out(&mut self) -> Waiting {
        Waiting { case: self.case.clone(), attempt: self.attempt, item: self.item.take(), kept: self.kept }
    }
}

fn of_code<'r>(result: &'r Value, code: &str) -> Option<&'r Value> {
    result["problems"].as_array()?.iter().find(|fault| fault["code"] == code)
}

/// The errors of a result in one line.
fn said(result: &Value) -> String {
    let all = result["problems"].as_array().map(Vec::as_slice).unwrap_or_default();
    let errors = all.iter().filter(|it| it["severity"] == "error");
    let line = |it: &Value| {
        format!(
            "{} {}",
            it["pointer"].as_str().unwrap_or_default(),
            it["message"].as_str().unwrap_or_default()
        )
    };
    errors.take(3).map(line).collect::<Vec<_>>().join("；")
}

/// Keeps to so many items a second.
struct Pace {
    rate: Option<f64>,
    next: tokio::time::Instant,
}

impl Pace {
    fn new(rate: Option<f64>) -> Pace {
        Pace { rate, next: tokio::time::Instant::now() }
    }

    async fn wait(&mut self, items: usize) {
        let Some(rate) = self.rate else { return };
        tokio::time::sleep_until(self.next).await;
        self.next = self.next.max(tokio::time::Instant::now()) + Duration::from_secs_f64(items as f64 / rate);
    }
}
