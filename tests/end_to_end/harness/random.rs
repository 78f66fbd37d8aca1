//! Random numbers, the same for the same seed.

/// The generator SplitMix64.
pub(crate) struct Random(u64);

impl Random {
    /// Starts from this seed.
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `end`, which is not 0.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).expect("a usize")
    }

    /// One of the choices.
    pub(crate) fn one_of<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.below(choices.len())]
    }
}

/// `TRIVIUM_TEST_SEED`, or a seed from the clock.
pub(crate) fn seed() -> u64 {
    match std::env::var("TRIVIUM_TEST_SEED") {
        Ok(text) => text.parse().expect("TRIVIUM_TEST_SEED is a number"),
        Err(_) => {
            let now = std::time::SystemTime::now();
            let now = now.duration_since(std::time::UNIX_EPOCH).expect("a clock");
            u64::from(now.subsec_nanos()) ^ (u64::from(std::process::id()) << 32)
        }
    }
}
