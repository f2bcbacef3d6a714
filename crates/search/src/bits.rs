//! A set of numbers, one bit each.

/// How many numbers [`Bits::each_some`] gives at a time.
const TOGETHER: usize = 64;

#[derive(Clone)]
pub(crate) struct Bits(Vec<u64>);

impl Bits {
    /// For numbers below `len`.
    pub(crate) fn new(len: usize) -> Bits {
        Bits(vec![0; len.div_ceil(64)])
    }

    pub(crate) fn set(&mut self, number: u32) {
        self.0[number as usize / 64] |= 1 << (number % 64);
    }

    pub(crate) fn has(&self, number: u32) -> bool {
        self.0[number as usize / 64] >> (number % 64) & 1 == 1
    }

    /// Its numbers, ascending.
    pub(crate) fn each(&self, mut take: impl FnMut(u32)) {
        for (at, word) in self.0.iter().enumerate() {
            let mut rest = *word;
            while rest != 0 {
                take(at as u32 * 64 + rest.trailing_zeros());
                rest &= rest - 1;
            }
        }
    }

    /// Its numbers, ascending, up to [`TOGETHER`] at a time: who looks things up by them can have the memory fetch several at once.
    pub(crate) fn each_some(&self, mut take: impl FnMut(&[u32])) {
        let mut some = [0; TOGETHER];
        let mut len = 0;
        self.each(|number| {
            some[len] = number;
            len += 1;
            if len == TOGETHER {
                take(&some);
                len = 0;
            }
        });
        if len > 0 {
            take(&some[..len]);
        }
    }

    /// Takes those of its numbers out that do not fit.
    pub(crate) fn retain(&mut self, fits: impl Fn(u32) -> bool) {
        for (at, word) in self.0.iter_mut().enumerate() {
            let mut rest = *word;
            while rest != 0 {
                let bit = rest.trailing_zeros();
                if !fits(at as u32 * 64 + bit) {
                    *word &= !(1 << bit);
                }
                rest &= rest - 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn it_holds_what_was_set(numbers in prop::collection::btree_set(0u32..300, 0..200)) {
            let mut bits = Bits::new(300);
            numbers.iter().for_each(|number| bits.set(*number));
            let mut back = BTreeSet::new();
            bits.each(|number| { back.insert(number); });
            prop_assert_eq!(&back, &numbers);
            let mut some = Vec::new();
            bits.each_some(|it| some.extend_from_slice(it));
            prop_assert!(some.into_iter().eq(numbers.iter().copied()));
            bits.retain(|number| number % 3 == 0);
            let mut back = BTreeSet::new();
            bits.each(|number| { back.insert(number); });
            let kept: BTreeSet<u32> = numbers.iter().copied().filter(|number| number % 3 == 0).collect();
            prop_assert_eq!(&back, &kept);
            let numbers = kept;
            prop_assert!((0..300).all(|number| bits.has(number) == numbers.contains(&number)));
        }
    }
}
