//! Runs the cases of a target, one after the other, each from its own seed.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

/// Cases of a target unless the environment says otherwise.
const CASES: u64 = 3_000;
/// A case that takes longer hangs a page: honest fixtures take a hundredth of it on a slow machine.
const LONGEST: Duration = Duration::from_secs(20);
/// Memory of the whole process at its highest, with all targets in it (issue 2: a preview takes ≤ 500 MB).
const MEMORY_KB: u64 = 700 << 10;

/// A small generator of our own (splitmix64): its numbers never change with a crate's version.
pub struct Rng(u64);

impl Rng {
    /// The generator of a seed.
    pub fn of(seed: u64) -> Rng {
        Rng(seed)
    }

    /// The next 64 bits.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `n`, which is above 0.
    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    /// One of them.
    pub fn pick<'a, T: ?Sized>(&mut self, of: &[&'a T]) -> &'a T {
        of[self.below(of.len())]
    }
}

fn setting(name: &str, otherwise: u64) -> u64 {
    match std::env::var(name) {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("{name} is not a number: {text}")),
        Err(_) => otherwise,
    }
}

/// Makes and tries the cases of a target. `make` gives the input, `attempt` does all that can be done with it.
pub fn run<I: AsRef<[u8]>>(target: &str, make: impl Fn(&mut Rng) -> I, attempt: impl Fn(&I)) {
    let (cases, seed) = (setting("FUMA_FUZZ_CASES", CASES), setting("FUMA_FUZZ_SEED", 2026));
    let began = Instant::now();
    for case in 0..cases {
        let mut rng = Rng(seed.wrapping_mul(0xD134_2543_DE82_EF95) ^ (case << 20));
        let input = make(&mut rng);
        let start = Instant::now();
        let outcome = catch_unwind(AssertUnwindSafe(|| attempt(&input)));
        let took = start.elapsed();
        if outcome.is_err() || took > LONGEST {
            let kept = std::env::temp_dir().join(format!("fuma-fuzz-{target}-{seed}-{case}"));
            std::fs::write(&kept, input.as_ref()).expect("the folder of temporary files can be written");
            let what = if outcome.is_err() { "panicked" } else { "took too long" };
            panic!("{target}: case {case} of seed {seed} {what} ({took:?}); its input is {}", kept.display());
        }
    }
    let peak = peak_kb();
    println!(
        "{target}: {cases} cases in {:.1} s, seed {seed}, process peak {} MB",
        began.elapsed().as_secs_f32(),
        peak >> 10
    );
    assert!(peak < MEMORY_KB, "{target}: the process grew to {peak} kB");
}

/// Highest resident memory of this process so far, in kB; 0 where the system does not say.
fn peak_kb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|rest| rest.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0)
}
