//! Random bytes that follow from a session's seed.
//!
//! They are the key stream of ChaCha with 20 rounds (RFC 8439) under the seed as its key, with a nonce of zeros, from the
//! place on that so many bytes drawn before come to. So a journal need only say how many were drawn.

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};

/// The bytes of a word of the key stream.
const WORD_BYTES: u64 = 4;

/// A stream of random bytes.
#[derive(Debug, Clone)]
pub(crate) struct RandomStream {
    generator: ChaCha20Rng,
    drawn: u64,
}

impl RandomStream {
    /// Goes on with the stream of a seed, of which so many bytes have been drawn.
    pub(crate) fn new(seed: [u8; 32], drawn: u64) -> Self {
        Self { generator: ChaCha20Rng::from_seed(seed), drawn }
    }

    /// Returns how many bytes have been drawn.
    pub(crate) fn drawn(&self) -> u64 {
        self.drawn
    }

    /// Draws the next bytes.
    pub(crate) fn draw(&mut self, count: u32) -> Vec<u8> {
        let skipped = self.drawn % WORD_BYTES;
        self.generator.set_word_pos(u128::from(self.drawn / WORD_BYTES));
        let mut bytes = vec![0; count as usize + usize::try_from(skipped).expect("it is less than a word")];
        self.generator.fill_bytes(&mut bytes);
        bytes.drain(..usize::try_from(skipped).expect("it is less than a word"));
        self.drawn += u64::from(count);
        bytes
    }
}
