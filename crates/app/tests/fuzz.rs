//! Bad input, a counted number of times: seeded changes of honest files and texts, thrown at every parser a stranger
//! can reach. No panic, no swollen process, no case that takes long.
//!
//! A plain harness: `./test` must give the same verdict twice and say how many cases it ran. New inputs are found by
//! coverage in `fuzz/` (`scripts/fuzz`), which makes the same attempts. A case
//! that fails is named by its number, and its input is kept in the folder of temporary files.
//! `FUMA_FUZZ_CASES` asks for more of them, `FUMA_FUZZ_SEED` for others.

mod fuzz {
    mod attempt;
    mod change;
    mod harness;
    mod sheets;
    mod texts;
}
