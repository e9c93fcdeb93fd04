//! How many tokens a text has.

use tiktoken_rs::o200k_base_singleton;

/// How much is counted at a time, in bytes: so it takes a time that grows with the text alone, whatever that is.
const PIECE_BYTES: usize = 16 << 10;

/// Returns how many tokens a text has: those of the newer models of OpenAI (`o200k_base`), which come near those of others,
/// within a fifth or so for texts in English. Of a long text, one more or less for each 16 KiB.
///
/// The first call takes a few tenths of a second, and 46 MB of memory for the vocabulary, which stay.
#[must_use]
pub fn count(text: &str) -> usize {
    let tokenizer = o200k_base_singleton();
    let (mut rest, mut count) = (text, 0);
    while !rest.is_empty() {
        let most = rest.floor_char_boundary(PIECE_BYTES);
        let end = if most == rest.len() { most } else { rest[..most].rfind(' ').filter(|at| *at > 0).unwrap_or(most) };
        let (piece, after) = rest.split_at(end);
        count += tokenizer.encode_ordinary(piece).len();
        rest = after;
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What OpenAI's own `tiktoken` gives for them.
    #[test]
    fn tokens_are_those_of_the_model() {
        for (text, expected) in [
            ("", 0),
            ("hello world", 2),
            ("antidisestablishmentarianism", 6),
            ("The tide turns twice a day.\n\n- 04:10 | 16:35\n", 18),
            ("for day in days:\n    print(day.high *  2)\n", 14),
            ("漢字とかな", 4),
            ("<|endoftext|>", 7),
            ("naïve café 1234567", 8),
        ] {
            assert_eq!(count(text), expected, "{text}");
        }
    }

    #[test]
    fn long_texts_are_counted_in_pieces() {
        let word = "hello world ".repeat(10_000);
        let whole = o200k_base_singleton().encode_ordinary(&word).len();
        assert!(count(&word).abs_diff(whole) <= word.len() / PIECE_BYTES + 1);
        // No space, no line: it ends all the same.
        assert!(count(&"漢".repeat(100_000)) >= 100_000 / 3);
    }
}
