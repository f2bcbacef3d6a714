//! A fixed piece of arithmetic, done again and again beside a measurement: it tells when the machine itself was slow.
//!
//! On a shared host both cores may run at a tenth of their speed for tens of milliseconds with nothing of it in the
//! counter of stolen time. A server at half its capacity queues then, whatever it does; a peer that needs a tenth of the
//! work does not, so its tail cannot tell.

use super::machine::told;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How often it is done beside latencies: each is told by what stood around it.
const LATENCIES: Duration = Duration::from_millis(1);
/// How often beside a long work that keeps all cores busy: seldom enough to take next to nothing from it.
const WORK: Duration = Duration::from_millis(5);
/// One stretch of time that is slow or not.
const SLOT: Duration = Duration::from_millis(10);
/// So many times the usual time is slow.
const SLOW: f64 = 2.0;
/// What queued in a slow slot is worked off in so many slots after it.
const AFTER: usize = 5;

/// Runs until it is read.
pub struct Yardstick {
    began: Instant,
    end: Arc<AtomicBool>,
    thread: JoinHandle<Seen>,
}

/// When it was done and how long it took, and the CPU seconds of all that.
type Seen = (Vec<(Duration, Duration)>, f64);

impl Yardstick {
    /// Beside latencies.
    pub fn start() -> Yardstick {
        Yardstick::every(LATENCIES)
    }

    /// Beside a long work.
    pub fn beside_work() -> Yardstick {
        Yardstick::every(WORK)
    }

    fn every(pause: Duration) -> Yardstick {
        let (began, end) = (Instant::now(), Arc::new(AtomicBool::new(false)));
        let stop = end.clone();
        let thread = std::thread::spawn(move || {
            let mut seen = Vec::new();
            while !stop.load(Ordering::Relaxed) {
                let at = began.elapsed();
                // The least of four: who is put aside by others in one of them is not in all.
                seen.push((at, (0..4).map(|n| work(n).1).min().unwrap_or_default()));
                std::thread::sleep(pause);
            }
            (seen, cpu_of_thread())
        });
        Yardstick { began, end, thread }
    }

    /// What the machine was like since the start.
    pub fn read(self) -> Machine {
        self.end.store(true, Ordering::Relaxed);
        let (seen, cpu) = self.thread.join().unwrap_or_default();
        Machine::of(self.began, &seen, cpu)
    }
}

/// Some microseconds of arithmetic that touches no memory; the sum keeps the compiler from leaving it out.
fn work(seed: u64) -> (u64, Duration) {
    let began = Instant::now();
    let sum = (0..4_000u64).fold(std::hint::black_box(seed), |sum, n| {
        sum.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(n)
    });
    (std::hint::black_box(sum), began.elapsed())
}

/// When the machine was slow.
pub struct Machine {
    began: Instant,
    /// How long the arithmetic took usually: what runs of different hours are compared by.
    usual: Duration,
    /// In each slot, how many times that; nothing where it was not done.
    slots: Vec<Option<f64>>,
    /// CPU seconds of the arithmetic itself.
    pub cpu: f64,
}

impl Machine {
    fn of(began: Instant, seen: &[(Duration, Duration)], cpu: f64) -> Machine {
        let mut all: Vec<Duration> = seen.iter().map(|s| s.1).collect();
        let usual = median(&mut all).unwrap_or_default().max(Duration::from_nanos(1));
        let mut slots: Vec<Vec<Duration>> = Vec::new();
        for (at, took) in seen {
            let slot = (at.as_nanos() / SLOT.as_nanos()) as usize;
            slots.resize_with(slots.len().max(slot + 1), Vec::new);
            slots[slot].push(*took);
        }
        let times = |took: Duration| took.as_secs_f64() / usual.as_secs_f64();
        let slots = slots.iter_mut().map(|slot| median(slot).map(times)).collect();
        Machine { began, usual, slots, cpu }
    }

    /// Latencies, each with the moment of the answer, of what met the machine at its usual speed.
    pub fn steady(&self, times: &[(Instant, Duration)]) -> String {
        let steady = times.iter().filter(|(end, took)| self.spares(*end, *took)).map(|it| it.1);
        let (part, worst) = self.slow();
        let part = part * 100.0;
        let times = told(steady.collect());
        format!(
            "{times}, without the {part:.1} % of the time in which the machine was slow ({worst:.0} times at worst)"
        )
    }

    /// What a work that did `done` pieces in `wall` seconds does a second at the machine's usual speed: a slow slot counts
    /// for as much of its time as it was worth.
    pub fn rate(&self, done: f64, wall: f64) -> String {
        let (part, worst) = self.slow();
        let lost: f64 =
            self.slots.iter().flatten().filter(|times| **times > SLOW).map(|times| 1.0 - 1.0 / times).sum();
        let rate = done / (wall - lost * SLOT.as_secs_f64());
        format!(
            "{rate:.0} rows/s at the machine's usual speed: it was slow {:.1} % of the time ({worst:.0} times at worst); \
             the arithmetic took {:.2} µs usually",
            part * 100.0,
            self.usual.as_secs_f64() * 1e6
        )
    }

    /// Part of the time in which it was slow, and how many times slower it was in the worst slot.
    fn slow(&self) -> (f64, f64) {
        let slow = self.slots.iter().flatten().filter(|times| **times > SLOW).count();
        let worst = self.slots.iter().flatten().copied().fold(1.0, f64::max);
        (slow as f64 / self.slots.len().max(1) as f64, worst)
    }

    /// Whether something that lasted until `end` was neither in a slow stretch nor behind what queued in one.
    fn spares(&self, end: Instant, lasted: Duration) -> bool {
        let slot = |at: Instant| (at.duration_since(self.began).as_nanos() / SLOT.as_nanos()) as usize;
        let from = slot(end - lasted).saturating_sub(AFTER);
        let mut around = self.slots.iter().take(slot(end) + 1).skip(from).flatten();
        !around.any(|times| *times > SLOW)
    }
}

fn median(times: &mut [Duration]) -> Option<Duration> {
    times.sort_unstable();
    times.get(times.len() / 2).copied()
}

/// CPU seconds of the calling thread, as Linux counts them; 0 where it does not.
fn cpu_of_thread() -> f64 {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    stat.split(' ').next().and_then(|ns| ns.parse::<f64>().ok()).unwrap_or(0.0) / 1e9
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_slow_stretches_and_what_queued_behind_them() {
        let ms = Duration::from_millis;
        let took = |at: u64| Duration::from_micros(if (200..230).contains(&at) { 50 } else { 5 });
        let seen: Vec<_> = (0..1_000).map(|at| (ms(at), took(at))).collect();
        let began = Instant::now();
        let machine = Machine::of(began, &seen, 0.0);
        assert_eq!(machine.slow(), (0.03, 10.0));
        assert!(machine.spares(began + ms(150), ms(2)));
        assert!(!machine.spares(began + ms(215), ms(2)));
        assert!(!machine.spares(began + ms(235), ms(30)), "began in it");
        assert!(!machine.spares(began + ms(270), ms(2)), "behind its queue");
        assert!(machine.spares(began + ms(300), ms(2)));
        let told = machine.rate(973.0, 1.0);
        assert!(told.starts_with("1000 rows/s"), "30 ms at a tenth of the speed are 27 lost: {told}");
    }
}
