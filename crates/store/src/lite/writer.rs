//! The one thread that writes to a SQLite file, and the two queues before it.
use std::{
    collections::VecDeque,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, mpsc},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use tokio::sync::oneshot;

use super::conn::Conn;
use crate::{Result, StoreError, Urgency, db::Durable};

/// What a transaction asks of the thread.
pub(super) enum Command {
    /// Statements; the closure answers through a channel of its own.
    Work(Box<dyn FnOnce(&mut Conn) + Send>),
    /// The end, unless something was refused of which nobody has heard.
    Commit(oneshot::Sender<Result<()>>, Refused),
}

/// Why a statement was refused whose answer nobody waited for, until somebody hears of it.
#[derive(Clone, Default)]
pub(super) struct Refused(Arc<Mutex<Option<StoreError>>>);
impl Refused {
    fn lock(&self) -> MutexGuard<'_, Option<StoreError>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
    pub(super) fn take(&self) -> Option<StoreError> {
        self.lock().take()
    }
    /// Does `work` unless something before it was refused.
    pub(super) fn unless(&self, work: impl FnOnce() -> Result<()>) {
        let mut refused = self.lock();
        if refused.is_none() {
            *refused = work().err();
        }
    }
}

/// A transaction that waits for its turn. When its sender is dropped, it is rolled back.
struct Request {
    durable: Durable,
    granted: oneshot::Sender<Result<()>>,
    commands: mpsc::Receiver<Command>,
}

/// When nobody came for so long, what the connection keeps to be quick is given back.
const QUIET: Duration = Duration::from_secs(10);

/// What ended a sleep.
enum Come {
    Request,
    Nobody,
    /// The store was closed.
    End,
}

/// The queues.
#[derive(Default)]
struct Waiting {
    acts: VecDeque<Request>,
    batches: VecDeque<Request>,
    closed: bool,
}
#[derive(Default)]
struct Queue {
    waiting: Mutex<Waiting>,
    wake: Condvar,
}

/// The thread.
pub(super) struct Writer {
    queue: Arc<Queue>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    pub(super) fn start(conn: Conn, idle: Duration) -> Result<Writer> {
        let queue = Arc::new(Queue::default());
        let served = Arc::clone(&queue);
        let thread = thread::Builder::new()
            .name("store-writer".into())
            .spawn(move || serve(conn, &served, idle))
            .map_err(StoreError::engine)?;
        Ok(Writer { queue, thread: Some(thread) })
    }
    /// Waits for its turn. Dropping the future gives the turn back.
    pub(super) async fn begin(&self, urgency: Urgency, durable: Durable) -> Result<mpsc::Sender<Command>> {
        let (sender, commands) = mpsc::channel();
        let (granted, turn) = oneshot::channel();
        {
            let mut waiting = self.queue.lock();
            if waiting.closed {
                return Err(StoreError::Away);
            }
            let line = if urgency == Urgency::Act { &mut waiting.acts } else { &mut waiting.batches };
            line.push_back(Request { durable, granted, commands });
        }
        self.queue.wake.notify_one();
        turn.await.map_err(|_| StoreError::Away)??;
        Ok(sender)
    }
}

impl Drop for Writer {
    /// Every transaction holds the store, so the thread is idle here: the file is closed when this returns.
    fn drop(&mut self) {
        self.queue.close();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join(); // a panic of the thread was reported there
        }
    }
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
    fn close(&self) {
        let mut waiting = self.lock();
        waiting.closed = true;
        self.wake.notify_all();
    }
    /// Sleeps until somebody waits, or for [`QUIET`].
    fn wait(&self) -> Come {
        let waiting = self.lock();
        let none = |it: &mut Waiting| it.acts.is_empty() && it.batches.is_empty() && !it.closed;
        let woken = self.wake.wait_timeout_while(waiting, QUIET, none);
        let (waiting, slept) = woken.unwrap_or_else(PoisonError::into_inner);
        match (slept.timed_out(), waiting.acts.is_empty() && waiting.batches.is_empty()) {
            (_, false) => Come::Request,
            (true, true) if !waiting.closed => Come::Nobody,
            _ => Come::End,
        }
    }
    fn take(&self) -> Option<Request> {
        let mut waiting = self.lock();
        waiting.acts.pop_front().or_else(|| waiting.batches.pop_front())
    }
}

/// Lets those who wait know when the thread ends, by whatever way.
struct Closing<'a>(&'a Queue);
impl Drop for Closing<'_> {
    fn drop(&mut self) {
        self.0.close();
        let mut waiting = self.0.lock();
        waiting.acts.clear();
        waiting.batches.clear();
    }
}

fn serve(mut conn: Conn, queue: &Queue, idle: Duration) {
    let _closing = Closing(queue);
    let mut courtesy = Courtesy::new();
    loop {
        match queue.wait() {
            Come::Request => courtesy.pause(),
            Come::Nobody => {
                conn.shrink();
                continue;
            }
            Come::End => return,
        }
        if let Some(request) = queue.take() {
            run(&mut conn, request, idle);
        }
        courtesy.ended = Instant::now();
    }
}

fn run(conn: &mut Conn, request: Request, idle: Duration) {
    if request.granted.is_closed() {
        return;
    }
    let begun = conn.begin(request.durable);
    let failed = begun.is_err();
    let left = request.granted.send(begun).is_err();
    if failed || left {
        return conn.rollback();
    }
    loop {
        match request.commands.recv_timeout(idle) {
            Ok(Command::Work(work)) => work(conn),
            Ok(Command::Commit(reply, refused)) => {
                let outcome = match refused.take() {
                    None => conn.commit(),
                    Some(error) => {
                        conn.rollback();
                        Err(error)
                    }
                };
                let _ = reply.send(outcome); // nobody may be waiting any more
                return;
            }
            Err(_) => return conn.rollback(), // dropped, or idle for too long
        }
    }
}

/// A second process on the same file looks every 1–2 ms whether the lock is free. After 50 ms of transactions without
/// a gap we leave it one.
struct Courtesy {
    since: Instant,
    ended: Instant,
}
const GAP: Duration = Duration::from_millis(3);
const STRETCH: Duration = Duration::from_millis(50);
impl Courtesy {
    fn new() -> Self {
        let now = Instant::now();
        Courtesy { since: now, ended: now }
    }
    fn pause(&mut self) {
        if self.ended.elapsed() >= GAP {
            self.since = Instant::now();
        } else if self.since.elapsed() >= STRETCH {
            thread::sleep(GAP);
            self.since = Instant::now();
        }
    }
}
