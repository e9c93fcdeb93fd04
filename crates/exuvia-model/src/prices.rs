//! What a reply costs.
//!
//! `prices.toml` has the list prices of some models. They change, and what is charged in the end is the provider's affair: a
//! budget of money is kept to as far as these are right.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use exuvia_core::agent::Tokens;
use serde::Deserialize;

/// The prices of a model, in dollars for a million tokens, which is as many millionths of a dollar for one.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
struct Rates {
    fresh: f64,
    cached: f64,
    /// Of those that the provider keeps for later requests; default: as fresh ones.
    kept: Option<f64>,
    output: f64,
}

#[derive(Debug, Clone, Copy, Deserialize)]
struct Price {
    #[serde(flatten)]
    rates: Rates,
    above: Option<u64>,
    long: Option<Rates>,
}

static PRICES: LazyLock<BTreeMap<String, BTreeMap<String, Price>>> =
    LazyLock::new(|| toml::from_str(include_str!("prices.toml")).expect("our own list is right"));

/// Returns what a reply costs, in millionths of a dollar; `None`: nobody here knows. `model` is `provider/name`; a name that
/// ends with a date is the model's without it.
#[must_use]
pub fn cost(model: &str, tokens: Tokens) -> Option<u64> {
    let (provider, name) = model.split_once('/')?;
    // Both ways to speak to it cost the same.
    let models = PRICES.get(provider.trim_end_matches("-chat"))?;
    let is_dated = |known: &str| {
        let date = name.strip_prefix(known).and_then(|rest| rest.strip_prefix('-'));
        date.is_some_and(|date| !date.is_empty() && date.chars().all(|c| c.is_ascii_digit() || c == '-'))
    };
    let price =
        models.get(name).or_else(|| models.iter().find(|(known, _)| is_dated(known)).map(|(_, price)| price))?;
    let prompt = tokens.fresh.saturating_add(tokens.cached);
    let is_long = price.above.is_some_and(|above| prompt > above);
    let rates = price.long.filter(|_| is_long).unwrap_or(price.rates);
    let kept = tokens.kept.min(tokens.fresh);
    #[expect(clippy::cast_precision_loss, reason = "a price has a few digits")]
    let times = |count: u64, rate: f64| count as f64 * rate;
    let sum = times(tokens.fresh - kept, rates.fresh)
        + times(kept, rates.kept.unwrap_or(rates.fresh))
        + times(tokens.cached, rates.cached)
        + times(tokens.output, rates.output);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it saturates, and is not negative")]
    let micro_dollars = sum.ceil() as u64;
    Some(micro_dollars)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_costs_what_its_tokens_do() {
        let tokens = Tokens { fresh: 1_000, cached: 9_000, kept: 400, output: 200 };
        // 600 at 4, 400 at 5, 9,000 at 0.20, 200 at 20 millionths.
        assert_eq!(cost("anthropic/claude-opus-5-5", tokens), Some(2_400 + 2_000 + 1_800 + 4_000));
        assert_eq!(cost("anthropic/claude-opus-5-5-20261001", tokens), Some(10_200));
        assert_eq!(cost("openai/gpt-6.1-sol", tokens), cost("openai-chat/gpt-6.1-sol", tokens));
        for unknown in ["anthropic/claude-opus-5-5-turbo", "anthropic/claude", "scripted/x", "nothing"] {
            assert_eq!(cost(unknown, tokens), None, "{unknown}");
        }
    }

    #[test]
    fn a_long_prompt_costs_more() {
        let tokens = |fresh| Tokens { fresh, ..Tokens::default() };
        assert_eq!(cost("gemini/gemini-3.1-pro-preview", tokens(200_000)), Some(400_000));
        assert_eq!(cost("gemini/gemini-3.1-pro-preview", tokens(200_001)), Some(800_004));
    }
}
