//! What a model is reminded of in the course of a run.

use serde::{Deserialize, Serialize};

/// How many cells have to run before a keyword reminds the model again.
const CELLS_BETWEEN: u32 = 10;

/// Something that a model is told when its rule says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reminder {
    /// When.
    #[serde(flatten)]
    pub rule: Rule,
    /// What.
    pub text: String,
}

/// When a model is reminded of something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// When so many cells have run since the run began, or since it was reminded last.
    Cells(u32),
    /// When this is found, in capitals or not, in what the person or the model says, in what it wants run, or in what comes of
    /// that; not again before ten more cells have run.
    Keyword(String),
    /// When so many cells have run since the run began and the tool was not called yet; once.
    Unused {
        /// Its name.
        tool: String,
        /// How many cells.
        cells: u32,
    },
}

/// How far the rules of a run are.
#[derive(Debug, Clone, Default)]
pub(super) struct Reminders {
    cells: u32,
    each: Vec<Progress>,
}

#[derive(Debug, Clone, Default)]
struct Progress {
    /// After how many cells it was told last.
    told: Option<u32>,
    /// Whether its keyword was found, or its tool called.
    is_met: bool,
}

impl Reminders {
    pub(super) fn new(reminders: &[Reminder]) -> Self {
        Self { cells: 0, each: vec![Progress::default(); reminders.len()] }
    }

    /// Notes that a cell has ended.
    pub(super) fn cell_ended(&mut self) {
        self.cells = self.cells.saturating_add(1);
    }

    /// Notes something that was said or printed.
    pub(super) fn heard(&mut self, reminders: &[Reminder], text: &str) {
        for (reminder, progress) in reminders.iter().zip(&mut self.each) {
            if let Rule::Keyword(keyword) = &reminder.rule
                && contains(text, keyword)
            {
                progress.is_met = true;
            }
        }
    }

    /// Notes that a tool was called.
    pub(super) fn called(&mut self, reminders: &[Reminder], name: &str) {
        for (reminder, progress) in reminders.iter().zip(&mut self.each) {
            if matches!(&reminder.rule, Rule::Unused { tool, .. } if tool == name) {
                progress.is_met = true;
            }
        }
    }

    /// Notes that the model was reminded.
    pub(super) fn told(&mut self, number: u32) {
        if let Some(progress) = self.each.get_mut(number as usize) {
            progress.told = Some(self.cells);
            progress.is_met = false;
        }
    }

    /// Returns the first one that is due.
    pub(super) fn due(&self, reminders: &[Reminder]) -> Option<u32> {
        let since = |progress: &Progress| self.cells - progress.told.unwrap_or(0);
        let is_due = |reminder: &Reminder, progress: &Progress| match &reminder.rule {
            Rule::Cells(cells) => since(progress) >= *cells,
            Rule::Keyword(_) => progress.is_met && (progress.told.is_none() || since(progress) >= CELLS_BETWEEN),
            Rule::Unused { cells, .. } => !progress.is_met && progress.told.is_none() && self.cells >= *cells,
        };
        let place = reminders.iter().zip(&self.each).position(|(reminder, progress)| is_due(reminder, progress))?;
        u32::try_from(place).ok()
    }
}

/// Returns whether a word is in a text; ASCII letters are the same in capitals.
fn contains(text: &str, word: &str) -> bool {
    let (text, word) = (text.as_bytes(), word.as_bytes());
    !word.is_empty() && text.windows(word.len()).any(|window| window.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reminders(rules: &[Rule]) -> Vec<Reminder> {
        rules.iter().map(|rule| Reminder { rule: rule.clone(), text: String::new() }).collect()
    }

    #[test]
    fn each_is_told_when_its_rule_says_so() {
        let all = reminders(&[
            Rule::Cells(3),
            Rule::Keyword("Invoice".to_owned()),
            Rule::Unused { tool: "search".to_owned(), cells: 2 },
        ]);
        let mut state = Reminders::new(&all);
        let mut told = Vec::new();
        for cell in 1..=14 {
            state.cell_ended();
            if cell == 4 || cell == 5 || cell == 14 {
                state.heard(&all, "the INVOICES are there");
            }
            while let Some(number) = state.due(&all) {
                told.push((cell, number));
                state.told(number);
            }
        }
        assert_eq!(told, [(2, 2), (3, 0), (4, 1), (6, 0), (9, 0), (12, 0), (14, 1)]);
    }

    #[test]
    fn a_tool_that_was_called_is_not_told_of() {
        let all = reminders(&[Rule::Unused { tool: "search".to_owned(), cells: 1 }]);
        let mut state = Reminders::new(&all);
        state.called(&all, "other");
        state.called(&all, "search");
        state.cell_ended();
        assert_eq!(state.due(&all), None);
    }

    #[test]
    fn its_form_in_a_journal() {
        let reminder = Reminder { rule: Rule::Unused { tool: "t".to_owned(), cells: 2 }, text: "look".to_owned() };
        let json = serde_json::json!({ "unused": { "tool": "t", "cells": 2 }, "text": "look" });
        assert_eq!(serde_json::to_value(&reminder).expect("it is JSON"), json);
        assert_eq!(serde_json::from_value::<Reminder>(json).expect("it is one"), reminder);
    }
}
