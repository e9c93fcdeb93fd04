//! What a write that did not come to its end leaves.

use std::fs::{self, OpenOptions};
use std::os::unix::fs::FileExt as _;
use std::path::PathBuf;

use libtest_mimic::Failed;

use super::place::Place;

/// What becomes of a file's end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Damage {
    /// It was not written.
    Cut,
    /// It was made, and nothing was written into it.
    Zeros,
}

/// What is left of what the last write added to a store's files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Tear {
    /// All of it.
    Whole,
    /// A part of what it added to this file.
    Torn {
        /// The file, relative to its place.
        file: PathBuf,
        from: u64,
        to: u64,
        damage: Damage,
    },
}

impl Tear {
    /// Whether the store is as it was left.
    pub(super) fn is_whole(&self) -> bool {
        *self == Self::Whole
    }

    /// Does this to a place.
    pub(super) fn apply(&self, place: &Place) -> Result<(), Failed> {
        let Self::Torn { file, from, to, damage } = self else { return Ok(()) };
        let file = OpenOptions::new().write(true).open(place.folder().join(file))?;
        match damage {
            Damage::Cut => file.set_len(*from)?,
            Damage::Zeros => file.write_all_at(&vec![0; usize::try_from(to - from)?], *from)?,
        }
        Ok(())
    }
}

/// Returns what is to be tried of a place in which a process was killed when it had written something: the place as it is,
/// and with the end of each file torn off that has grown. All of it, or two that depend on the number.
pub(super) fn tears(place: &Place, is_exhaustive: bool, number: u64) -> Result<Vec<Tear>, Failed> {
    let mut torn = Vec::new();
    for line in fs::read_to_string(place.growth())?.lines() {
        let mut words = line.splitn(3, ' ');
        let mut next = || words.next().ok_or("a line of growth has three words");
        let (old, new, file) = (next()?.parse::<u64>()?, next()?.parse::<u64>()?, next()?);
        let file = PathBuf::from(file).strip_prefix(place.folder())?.to_owned();
        let added = new - old;
        for from in [old, old + 1, old + added / 3, old + added / 2, new - 1] {
            for damage in [Damage::Cut, Damage::Zeros] {
                let tear = Tear::Torn { file: file.clone(), from: from.min(new - 1), to: new, damage };
                if !torn.contains(&tear) {
                    torn.push(tear);
                }
            }
        }
    }
    if !is_exhaustive && torn.len() > 2 {
        let first = usize::try_from(number)?;
        torn = [first, first + torn.len() / 2 + 1].map(|index| torn[index % torn.len()].clone()).into();
    }
    torn.insert(0, Tear::Whole);
    Ok(torn)
}
