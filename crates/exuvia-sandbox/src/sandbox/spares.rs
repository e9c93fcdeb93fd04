//! Instances that a sandbox has used and the next one will.
//!
//! Making an instance costs page faults above all: each page that an interpreter writes to at once is copied when it is
//! first touched. So the instance of a sandbox that is dropped is kept: its memory and its globals are given what they
//! began with, whatever the guest has done to them, and with a new [`Guest`] beside it, it is a new sandbox's. Not kept
//! are instances in which more than that may have changed: that were stopped, whose memory has grown, into which native
//! modules may have been loaded, or of which the system cannot tell the pages that were written to.

use std::mem;
use std::sync::{Mutex, MutexGuard, PoisonError};

use wasmtime::Store;

use super::Handles;
use super::instance;
use super::pages::written;
use crate::engine::Engine;
use crate::guest::Guest;
use crate::image::Initial;

/// How much of a memory is brought back, in bytes: an instance that has written to more is given up.
const WRITTEN_BYTES_MAX: usize = 4 << 20;

/// The instances that are kept.
pub(crate) struct Spares {
    /// The most that are kept.
    max: usize,
    spares: Mutex<Vec<(Store<Guest>, Handles)>>,
}

impl Spares {
    pub(crate) fn new(max: usize) -> Self {
        Self { max, spares: Mutex::default() }
    }

    /// Returns how many are kept.
    pub(crate) fn count(&self) -> usize {
        self.lock().len()
    }

    /// Takes an instance, if one is kept. What is beside it is [`Guest::nobody`].
    pub(super) fn take(&self) -> Option<(Store<Guest>, Handles)> {
        self.lock().pop()
    }

    /// Brings an instance back to what it began with and keeps it, if that can be.
    pub(super) fn keep(&self, engine: &Engine, mut store: Store<Guest>, handles: Handles) {
        if !store.data().loader.is_empty() || self.count() >= self.max {
            return;
        }
        // What the sandbox held of its owner's goes now.
        drop(mem::replace(store.data_mut(), Guest::nobody(engine.library())));
        if let Some(initial) = engine.initial()
            && restore(engine, &mut store, &handles, initial).is_some()
        {
            self.lock().push((store, handles));
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<(Store<Guest>, Handles)>> {
        self.spares.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Gives an instance the memory and the globals that it began with. `None` if that cannot be.
fn restore(engine: &Engine, store: &mut Store<Guest>, handles: &Handles, initial: &Initial) -> Option<()> {
    if handles.memory.data_size(&*store) != initial.memory_bytes {
        return None;
    }
    if instance::table_growth(engine, store, handles, initial)? != 0 {
        return None;
    }
    for (global, (_, value)) in instance::globals(engine, store, handles, initial)?.into_iter().zip(&initial.globals) {
        global.set(&mut *store, *value).ok()?;
    }
    let ranges = written(store, &handles.memory, WRITTEN_BYTES_MAX)?;
    let memory = handles.memory.data_mut(store);
    for range in ranges {
        initial.restore(memory, range);
    }
    Some(())
}
