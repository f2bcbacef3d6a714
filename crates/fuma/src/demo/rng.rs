//! A small generator whose stream is part of the data: the same seed gives the same invented world on every machine.

/// SplitMix64 (Steele, Lea, Flood 2014): tiny, well mixed even from neighbouring seeds, and never to be used for secrets.
#[derive(Clone, Debug)]
pub struct Rng(u64);

impl Rng {
    /// The stream of one thing: `salt` names the kind of thing, `index` which one.
    pub fn of(seed: u64, salt: u64, index: u64) -> Rng {
        let mut rng = Rng(seed ^ salt.rotate_left(32));
        rng.0 = rng.next() ^ index.wrapping_mul(0xD134_2543_DE82_EF95);
        rng.next();
        rng
    }

    /// The next 64 bits.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number in `0..bound`; the bias of the multiplication is far below what invented data could show.
    pub fn below(&mut self, bound: usize) -> usize {
        ((u128::from(self.next()) * bound as u128) >> 64) as usize
    }

    /// Whether something happens that happens `percent` times in a hundred.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of a list that is not empty.
    pub fn pick<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())]
    }

    /// A number in [0, 1).
    pub fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A rank in `0..n` of a Zipf law with exponent 6/7: the inverse of its continuous distribution is u⁷.
    pub fn zipf(&mut self, n: usize) -> usize {
        let u = self.unit();
        let u2 = u * u;
        ((u2 * u2 * u2 * u * n as f64) as usize).min(n - 1)
    }

    /// A log-normal number with median 1 (Box and Muller 1958).
    pub fn log_normal(&mut self, sigma: f64) -> f64 {
        let (u, v) = (1.0 - self.unit(), self.unit());
        (sigma * (-2.0 * u.ln()).sqrt() * (std::f64::consts::TAU * v).cos()).exp()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stream_of_a_seed_never_changes() {
        let mut rng = Rng(1_234_567);
        assert_eq!([rng.next(), rng.next()], [6_457_827_717_110_365_317, 3_203_168_211_198_807_973]);
    }

    #[test]
    fn log_normal_numbers_have_median_one() {
        let mut rng = Rng::of(7, 1, 0);
        let below = (0..10_000).filter(|_| rng.log_normal(1.6) < 1.0).count();
        assert!((4_800..5_200).contains(&below), "{below}");
    }

    #[test]
    fn low_ranks_come_most_often() {
        let mut rng = Rng::of(7, 2, 0);
        let first = (0..10_000).filter(|_| rng.zipf(1_000) < 10).count();
        assert!((4_500..5_800).contains(&first), "0.01^(1/7) = 0.518: {first}");
    }
}
