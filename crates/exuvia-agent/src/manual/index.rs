//! Full-text search by BM25 (Robertson and Zaragoza, The Probabilistic Relevance Framework, 2009).

use std::collections::{BTreeMap, BTreeSet};

use super::Section;

/// How soon more of the same word counts no more.
const SATURATION: f64 = 1.2;
/// How far the length of a section counts against it.
const LENGTH_WEIGHT: f64 = 0.75;
/// How often a word of a heading counts as one of the text.
const TITLE_WEIGHT: u32 = 3;
/// How many sections there are at most. What comes after them is not found.
const SECTIONS_MAX: usize = 20_000;
/// Words that say nothing about what somebody wants to know.
const STOP_WORDS: [&str; 38] = [
    "a", "an", "and", "are", "as", "at", "be", "by", "can", "do", "does", "for", "from", "how", "i", "if", "in", "is",
    "it", "my", "no", "not", "of", "on", "or", "that", "the", "there", "this", "to", "use", "what", "when", "which",
    "with", "you", "your", "am",
];

/// Sections, and in which of them each word is.
#[derive(Debug)]
pub(super) struct Index {
    sections: Vec<Section>,
    /// How many words each section has.
    lengths: Vec<u32>,
    /// How many a section has on average.
    length_mean: f64,
    /// For each word the sections that have it, with how often.
    words: BTreeMap<String, Vec<(usize, u32)>>,
}

impl Index {
    #[expect(clippy::cast_precision_loss, reason = "there are no more than SECTIONS_MAX")]
    pub(super) fn new(mut sections: Vec<Section>) -> Self {
        sections.truncate(SECTIONS_MAX);
        let mut words: BTreeMap<String, Vec<(usize, u32)>> = BTreeMap::new();
        let mut lengths: Vec<u32> = Vec::with_capacity(sections.len());
        for (number, section) in sections.iter().enumerate() {
            let mut counts: BTreeMap<String, u32> = BTreeMap::new();
            for (text, weight) in [(&section.title, TITLE_WEIGHT), (&section.text, 1)] {
                for word in split(text) {
                    *counts.entry(word).or_default() += weight;
                }
            }
            lengths.push(counts.values().sum());
            for (word, count) in counts {
                words.entry(word).or_default().push((number, count));
            }
        }
        let length_mean = lengths.iter().copied().map(f64::from).sum::<f64>() / lengths.len().max(1) as f64;
        Self { sections, lengths, length_mean, words }
    }

    /// Returns the sections that say most about this, the best first; of equally good ones, those that come first.
    pub(super) fn search(&self, query: &str, count_max: usize) -> Vec<&Section> {
        let mut scores: BTreeMap<usize, f64> = BTreeMap::new();
        for word in split(query).collect::<BTreeSet<String>>() {
            let Some(places) = self.words.get(&word) else { continue };
            let weight = self.weight(places.len());
            for (number, count) in places {
                *scores.entry(*number).or_default() += weight * self.frequency(*number, *count);
            }
        }
        let mut scores: Vec<(usize, f64)> = scores.into_iter().collect();
        scores.sort_by(|(_, one), (_, other)| other.total_cmp(one));
        scores.into_iter().take(count_max).map(|(number, _)| &self.sections[number]).collect()
    }

    /// Returns how much a word says that so many sections have.
    #[expect(clippy::cast_precision_loss, reason = "there are no more than SECTIONS_MAX")]
    fn weight(&self, places: usize) -> f64 {
        let (all, places) = (self.sections.len() as f64, places as f64);
        ((all - places + 0.5) / (places + 0.5)).ln_1p()
    }

    /// Returns how much it counts that a section has a word so often.
    fn frequency(&self, number: usize, count: u32) -> f64 {
        let relative = f64::from(self.lengths[number]) / self.length_mean;
        let count = f64::from(count);
        count * (SATURATION + 1.0) / (count + SATURATION * (1.0 - LENGTH_WEIGHT + LENGTH_WEIGHT * relative))
    }

    /// Returns a list of all there is.
    pub(super) fn contents(&self, query: &str, bytes_max: usize) -> Section {
        let mut text = match query.trim() {
            "" => "There is:\n".to_owned(),
            _ => "Nothing was found. There is:\n".to_owned(),
        };
        let mut left_out = 0;
        for section in &self.sections {
            let title = if section.title.is_empty() { "(without a heading)" } else { &section.title };
            let line = format!("- {title} ({})\n", section.source);
            if left_out > 0 || text.len() + line.len() > bytes_max {
                left_out += 1;
            } else {
                text.push_str(&line);
            }
        }
        if left_out > 0 {
            text.push_str(&format!("and {left_out} more\n"));
        }
        Section { title: "Contents".to_owned(), source: "manual".to_owned(), text }
    }
}

/// Returns the words of a text that count: in lower case, and without the `s` at their end, so that one is found by its
/// plural. A name in Python is the words that it is made of.
fn split(text: &str) -> impl Iterator<Item = String> {
    let words = text.split(|character: char| !character.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).filter(|word| !STOP_WORDS.contains(&word.as_str())).map(|word| {
        let stem = word.strip_suffix('s').filter(|stem| stem.len() > 2 && !stem.ends_with('s'));
        stem.map_or_else(|| word.clone(), str::to_owned)
    })
}
