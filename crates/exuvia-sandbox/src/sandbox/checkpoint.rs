//! All that a sandbox is at one moment, apart from it.
//!
//! A checkpoint is taken where no WebAssembly stack is held: between cells, and while a cell waits on the event loop that
//! the host drives ([`Sandbox::when_waiting`]). It has the pages of the memory that differ from the image's, the mutable
//! globals, the native modules that were loaded, the files and what the host keeps beside the guest. Which pages those are
//! depends on what the memory holds alone, not on what was written to, so that the same cells give the same checkpoint in
//! any process.
//!
//! What is the host's own is no part of it: its clock, its generator, its input, the tools that it runs.

mod encoding;
mod error;
mod pages;

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use wasmtime::{AsContextMut as _, Val};

use super::{Sandbox, SandboxBuilder, instance};
use crate::error::SandboxError;
use crate::guest::SavedGuest;
use crate::image::{Identity, Initial, hexadecimal};
use crate::linker::{self, SavedModules};
use crate::vfs::SavedFiles;
use pages::Pages;

pub use error::CheckpointError;
pub(crate) use pages::PageBuffers;

/// All that a sandbox is at one moment: see [`Sandbox::checkpoint`]. Cloning it is cheap.
#[derive(Clone)]
pub struct Checkpoint {
    state: Arc<State>,
}

pub(super) struct State {
    pub(super) image: Identity,
    /// The fingerprint of the packages, if there are any.
    pub(super) packages: Option<String>,
    /// The size of the memory.
    pub(super) memory_bytes: usize,
    /// The mutable globals, in the image's order; those of 32 bits are extended.
    pub(super) globals: Vec<i64>,
    pub(super) modules: SavedModules,
    pub(super) pages: Pages,
    pub(super) files: SavedFiles,
    pub(super) guest: SavedGuest,
    /// The cell that waits, if one does.
    pub(super) pending: Option<Pending>,
    memory_hash: OnceLock<String>,
    files_hash: OnceLock<String>,
}

/// A cell that waits and holds no stack.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct Pending {
    /// How long the guest wants to wait; `None`: until something happens.
    pub(super) duration: Option<Duration>,
    /// How many host calls the sandbox had made before the cell.
    pub(super) calls_before: u64,
}

impl Checkpoint {
    /// Returns the SHA-256, in hexadecimal, of the memory as far as it differs from the image's, its size, its globals and
    /// the native modules that were loaded: the same after the same cells with the same answers of the host, on any machine.
    ///
    /// It is computed when it is first asked for.
    #[must_use]
    pub fn memory_hash(&self) -> &str {
        let State { memory_bytes, globals, modules, pages, memory_hash, .. } = &*self.state;
        memory_hash.get_or_init(|| {
            let mut hash = Sha256::new();
            hash.update(b"exuvia memory 1\0");
            hash.update((*memory_bytes as u64).to_le_bytes());
            hash.update((globals.len() as u64).to_le_bytes());
            for global in globals {
                hash.update(global.to_le_bytes());
            }
            pages.hash(&mut hash);
            modules.hash(&mut hash);
            hexadecimal(&hash.finalize())
        })
    }

    /// Returns the SHA-256, in hexadecimal, of all files, open ones among them, and of what is known of mounts: the same
    /// where [`memory_hash`](Self::memory_hash) is, in one version of this library.
    ///
    /// It is computed when it is first asked for.
    #[must_use]
    pub fn files_hash(&self) -> &str {
        self.state.files_hash.get_or_init(|| crate::image::sha256(&self.state.files.encode()))
    }

    /// Returns how many bytes of the memory differ from the image's.
    #[must_use]
    pub fn changed_bytes(&self) -> usize {
        self.state.pages.bytes.len()
    }

    /// Returns whether it was taken while a cell waited: see [`Sandbox::resume`].
    #[must_use]
    pub fn is_waiting(&self) -> bool {
        self.state.pending.is_some()
    }

    pub(super) fn state(&self) -> &State {
        &self.state
    }
}

impl std::fmt::Debug for Checkpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Checkpoint")
            .field("image", &self.state.image)
            .field("changed_bytes", &self.changed_bytes())
            .field("is_waiting", &self.is_waiting())
            .finish_non_exhaustive()
    }
}

impl Sandbox {
    /// Takes a checkpoint: all that the sandbox is now, between two cells. The sandbox is not changed by that.
    ///
    /// A few megabytes take milliseconds; nothing is compressed or hashed before somebody asks for it.
    ///
    /// # Errors
    ///
    /// [`SandboxError::Stopped`] if a cell has ended the sandbox; [`SandboxError::Checkpoint`] if a native module was left
    /// while it was loaded.
    pub fn checkpoint(&mut self) -> Result<Checkpoint, SandboxError> {
        if let Some(reason) = &self.ended {
            return Err(SandboxError::Stopped(reason.clone()));
        }
        self.capture(self.pending)
    }

    /// Makes a sandbox that begins as this one is now, from a builder with a host, limits and mounts as for
    /// [`SandboxBuilder::checkpoint`]. It has a random stream of its own. For many of one sandbox, take one checkpoint.
    ///
    /// # Errors
    ///
    /// Those of [`checkpoint`](Self::checkpoint) and of [`SandboxBuilder::build`].
    pub fn fork(&mut self, builder: SandboxBuilder) -> Result<Sandbox, SandboxError> {
        builder.checkpoint(&self.checkpoint()?).reseed(true).build()
    }

    /// Takes a checkpoint. The caller knows that the guest has no stack, and which cell waits.
    pub(super) fn capture(&mut self, pending: Option<Pending>) -> Result<Checkpoint, SandboxError> {
        let engine = self.engine.clone();
        let initial = engine.initial().ok_or(CheckpointError::Image)?;
        let modules = linker::save(&mut self.store.as_context_mut()).ok_or(CheckpointError::Native)?;
        let foreign = CheckpointError::Image;
        let growth = instance::table_growth(&self.engine, &mut self.store, &self.handles, initial).ok_or(foreign)?;
        if Some(growth) != modules.table_growth(self.store.data().loader.packages()) {
            return Err(CheckpointError::Tables.into());
        }
        let globals = self.globals(initial)?;
        let guest = self.store.data();
        let (files, mut saved) = (guest.vfs.save(), guest.save());
        // In a cell that was not resumed yet, it is not with the gate.
        saved.due = saved.due.or_else(|| self.due.clone());
        let flag = self.handles.flag as usize;
        let pages = Pages::of(&self.store, &self.handles.memory, flag, initial, engine.page_buffers());
        let state = State {
            image: self.engine.image().identity().clone(),
            packages: self.store.data().loader.packages().map(|packages| packages.fingerprint().to_owned()),
            memory_bytes: self.handles.memory.data_size(&*self.store),
            globals,
            modules,
            pages,
            files,
            guest: saved,
            pending,
            memory_hash: OnceLock::new(),
            files_hash: OnceLock::new(),
        };
        Ok(Checkpoint { state: Arc::new(state) })
    }

    /// Returns the values of the mutable globals. The one that says where a replay interrupts is the host's: it is taken
    /// to say nowhere.
    fn globals(&mut self, initial: &Initial) -> Result<Vec<i64>, SandboxError> {
        let trip = self.handles.trip.get(&mut *self.store);
        let set =
            |sandbox: &mut Self, value| sandbox.handles.trip.set(&mut *sandbox.store, value).map_err(super::internal);
        set(self, Val::I64(NOWHERE))?;
        let globals = instance::globals(&self.engine, &mut self.store, &self.handles, initial);
        let globals = globals.ok_or(CheckpointError::Image)?;
        let values = globals.into_iter().map(|global| match global.get(&mut *self.store) {
            Val::I32(value) => Ok(i64::from(value)),
            Val::I64(value) => Ok(value),
            _ => Err(CheckpointError::Image.into()),
        });
        let values = values.collect();
        set(self, trip)?;
        values
    }
}

/// The check at which nothing is interrupted.
const NOWHERE: i64 = u64::MAX.cast_signed();
