//! How many different visitors there were, without a list of them: a HyperLogLog (Flajolet et al. 2007) of 2^14 registers with
//! the estimator of Ertl (2017, "New cardinality estimation algorithms for HyperLogLog sketches", section 4), which needs no
//! tables of bias and holds from none to thousands of millions. Its own code, since the registers are kept for years and nodes
//! hand each other single registers; both would bind the registry to a library's format.

/// log2 of the registers: a standard error of 1.04 / √2^14, which is 0.8 %.
const BITS: u32 = 14;
/// Registers.
const REGISTERS: usize = 1 << BITS;
const _: () = assert!(REGISTERS.is_multiple_of(4));
/// Highest rank: of 64 bits, those that do not choose the register, and one.
const MOST: u8 = (64 - BITS + 1) as u8;

/// A set of hashes, of which only its size can be told.
#[derive(Clone, PartialEq, Eq)]
pub struct Sketch(Vec<u8>);

/// A register that a hash raised: what is handed to another node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Raised {
    /// Which register.
    pub at: u16,
    /// To what.
    pub rank: u8,
}

impl Default for Sketch {
    fn default() -> Sketch {
        Sketch(vec![0; REGISTERS])
    }
}

impl std::fmt::Debug for Sketch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Sketch(about {})", self.count())
    }
}

impl Sketch {
    /// Takes a hash in, whose 64 bits must be evenly spread; what that raised, if anything.
    pub fn insert(&mut self, hash: u64) -> Option<Raised> {
        let at = (hash >> (64 - BITS)) as u16;
        let rank = (hash << BITS).leading_zeros().min(u32::from(MOST) - 1) as u8 + 1;
        let raised = Raised { at, rank };
        self.raise(raised).then_some(raised)
    }

    /// Takes in what another node raised; whether that was news.
    pub fn raise(&mut self, raised: Raised) -> bool {
        let Some(register) = self.0.get_mut(usize::from(raised.at)) else { return false };
        let news = *register < raised.rank && raised.rank <= MOST;
        if news {
            *register = raised.rank;
        }
        news
    }

    /// Takes in all of another one.
    pub fn join(&mut self, other: &Sketch) {
        self.0.iter_mut().zip(&other.0).for_each(|(own, its)| *own = (*own).max(*its));
    }

    /// About how many different hashes it has taken in.
    pub fn count(&self) -> u64 {
        let q = 64 - BITS;
        let m = REGISTERS as f64;
        // Four counts side by side: most registers of a day are of a few ranks, and each would wait for the one before it.
        let mut counts = [[0u32; MOST as usize + 1]; 4];
        for four in self.0.chunks_exact(4) {
            counts.iter_mut().zip(four).for_each(|(counts, rank)| counts[usize::from(*rank)] += 1);
        }
        let of = |rank: u32| f64::from(counts.iter().map(|counts| counts[rank as usize]).sum::<u32>());
        let mut z = m * tau(1.0 - of(q + 1) / m);
        for rank in (1..=q).rev() {
            z = 0.5 * (z + of(rank));
        }
        z += m * sigma(of(0) / m);
        (m * m / (2.0 * std::f64::consts::LN_2 * z)).round() as u64
    }

    /// The registers, a byte each.
    pub fn registers(&self) -> &[u8] {
        &self.0
    }

    /// Of registers as [`Sketch::registers`] gives them; `None` if they cannot be.
    pub fn of_registers(registers: &[u8]) -> Option<Sketch> {
        let fits = registers.len() == REGISTERS && registers.iter().all(|rank| *rank <= MOST);
        fits.then(|| Sketch(registers.to_vec()))
    }
}

/// Σ x^(2^k) 2^(k-1) + x, k = 1…: what empty registers say.
fn sigma(mut x: f64) -> f64 {
    if x >= 1.0 {
        return f64::INFINITY;
    }
    let (mut y, mut z) = (1.0, x);
    loop {
        x *= x;
        let before = z;
        z += x * y;
        y += y;
        if z == before {
            return z;
        }
    }
}

/// ⅓ (1 - x - Σ (1 - x^(2^-k))² 2^-k): what full registers say.
fn tau(mut x: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return 0.0;
    }
    let (mut y, mut z) = (1.0, 1.0 - x);
    loop {
        x = x.sqrt();
        let before = z;
        y *= 0.5;
        z -= (1.0 - x).powi(2) * y;
        if z == before {
            return z / 3.0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// SplitMix64: evenly spread, the same each time.
    fn hash(n: u64) -> u64 {
        let mut z = n.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    #[test]
    fn it_counts_within_two_per_cent_from_none_to_a_million() {
        let mut sketch = Sketch::default();
        assert_eq!(sketch.count(), 0);
        let mut n = 0u64;
        for until in [1, 10, 100, 1_000, 5_000, 20_000, 40_000, 80_000, 200_000, 1_000_000] {
            while n < until {
                sketch.insert(hash(n));
                sketch.insert(hash(n));
                n += 1;
            }
            let off = sketch.count().abs_diff(n);
            assert!(off * 50 <= n, "{n}: {}", sketch.count());
        }
    }

    #[test]
    fn nodes_that_hand_over_what_they_raised_count_as_one() {
        let (mut one, mut other, mut whole) = (Sketch::default(), Sketch::default(), Sketch::default());
        let mut handed = Vec::new();
        for n in 0..30_000 {
            whole.insert(hash(n));
            let node = if n % 3 == 0 { &mut one } else { &mut other };
            handed.extend(node.insert(hash(n)));
        }
        let mut sum = Sketch::default();
        handed.iter().for_each(|raised| {
            sum.raise(*raised);
        });
        assert_eq!(sum, whole);
        one.join(&other);
        assert_eq!(one, whole);
        assert_eq!(Sketch::of_registers(one.registers()), Some(whole));
        assert_eq!(Sketch::of_registers(&[0; 3]), None);
    }
}
