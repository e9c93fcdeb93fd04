//! Random bytes that follow from a seed.
//!
//! They are the key stream of ChaCha with 20 rounds (RFC 8439) under the seed as its key, with a nonce of zeros, from the
//! place on that so many bytes drawn before come to. So a journal need only say how many were drawn.

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};

/// The bytes of a word of the key stream.
const WORD_BYTES: u64 = 4;

/// A stream of random bytes that follow from a seed and from how many were drawn before: the key stream of ChaCha20
/// (RFC 8439) under the seed, with a nonce of zeros.
#[derive(Debug, Clone)]
pub struct RandomStream {
    generator: ChaCha20Rng,
    drawn: u64,
}

impl RandomStream {
    /// Returns the seed that a number stands for: its eight bytes, the lowest first, and zeros.
    #[must_use]
    pub fn seed(number: u64) -> [u8; 32] {
        let mut seed = [0; 32];
        seed[..8].copy_from_slice(&number.to_le_bytes());
        seed
    }

    /// Goes on with the stream of a seed, of which so many bytes have been drawn.
    #[must_use]
    pub fn new(seed: [u8; 32], drawn: u64) -> Self {
        Self { generator: ChaCha20Rng::from_seed(seed), drawn }
    }

    /// Returns how many bytes have been drawn.
    #[must_use]
    pub fn drawn(&self) -> u64 {
        self.drawn
    }

    /// Draws the next bytes.
    pub fn draw(&mut self, count: u32) -> Vec<u8> {
        let skipped = self.drawn % WORD_BYTES;
        self.generator.set_word_pos(u128::from(self.drawn / WORD_BYTES));
        let mut bytes = vec![0; count as usize + usize::try_from(skipped).expect("it is less than a word")];
        self.generator.fill_bytes(&mut bytes);
        bytes.drain(..usize::try_from(skipped).expect("it is less than a word"));
        self.drawn += u64::from(count);
        bytes
    }
}
