//! Making a sandbox that begins with a checkpoint.

use std::sync::Arc;

use wasmtime::{AsContextMut as _, Val};

use super::{SandboxBuilder, file_limits};
use crate::error::SandboxError;
use crate::linker::{self, Packages};
use crate::sandbox::checkpoint::{Checkpoint, CheckpointError, State};
use crate::sandbox::{Sandbox, instance};
use crate::vfs::Vfs;

const WASM_PAGE_BYTES: usize = 65_536;

impl SandboxBuilder {
    /// Returns the files of a checkpoint, if it can be used for what this builder makes.
    pub(super) fn saved_files(&self, checkpoint: &Checkpoint) -> Result<Vfs, SandboxError> {
        let state = checkpoint.state();
        let image = self.engine.image().identity();
        if state.image != *image {
            let (found, wanted) = (state.image.to_string(), image.to_string());
            return Err(CheckpointError::OtherImage { found, wanted }.into());
        }
        if self.packages.as_ref().map(Packages::fingerprint) != state.packages.as_deref() {
            return Err(CheckpointError::OtherPackages.into());
        }
        self.check_alike(state)?;
        let library = self.packages.as_ref().map_or_else(|| self.engine.library(), Packages::library);
        Ok(Vfs::restored(&state.files, Arc::clone(library), file_limits(&self.limits)))
    }

    /// Refuses what is the other sandbox's already, and what differs from it.
    fn check_alike(&self, state: &State) -> Result<(), SandboxError> {
        let refused = |message: &str| Err(SandboxError::Config(message.to_owned()));
        if !self.arguments.is_empty() || !self.environment.is_empty() || self.working_directory.is_some() {
            return refused("arguments, environment and working directory are those of the checkpoint's sandbox");
        }
        if !self.files.is_empty() || self.terminals != [false; 3] {
            return refused("files and terminals are those of the checkpoint's sandbox");
        }
        if !self.mounts.iter().map(|(_, mode)| *mode).eq(state.files.mounts()) {
            return refused("the mounts are not those of the checkpoint's sandbox: as many, with the same modes");
        }
        if !self.tools.iter().map(|tool| &tool.name).eq(&state.guest.tools.names) {
            return refused("the tools are not those of the checkpoint's sandbox: as many, with the same names");
        }
        if self.limits.memory_bytes < state.memory_bytes as u64 {
            let (limit, needed) = (self.limits.memory_bytes, state.memory_bytes);
            return Err(SandboxError::Config(format!(
                "the memory limit is {limit} bytes, the checkpoint's sandbox has {needed}"
            )));
        }
        Ok(())
    }

    /// Gives a sandbox that has done nothing yet the state of another one.
    pub(super) async fn restored(
        &mut self,
        mut sandbox: Sandbox,
        checkpoint: &Checkpoint,
    ) -> Result<Sandbox, SandboxError> {
        let state = checkpoint.state();
        let modules = linker::restore(&mut sandbox.store.as_context_mut(), &state.modules).await;
        modules.ok_or(CheckpointError::Damaged("its native modules cannot be loaded as they were"))?;
        sandbox.restore_memory(state)?;
        sandbox.restore_globals(state)?;
        let mut saved = state.guest.clone();
        sandbox.due = saved.due.take();
        sandbox.pending = state.pending;
        sandbox.store.data_mut().restore(saved);
        if self.reseed {
            sandbox.seed_random()?;
        }
        Ok(sandbox)
    }
}

impl Sandbox {
    fn restore_memory(&mut self, state: &State) -> Result<(), SandboxError> {
        let memory = self.handles.memory;
        let missing = state.memory_bytes.saturating_sub(memory.data_size(&*self.store)) / WASM_PAGE_BYTES;
        if missing > 0 {
            memory.grow(&mut *self.store, missing as u64).map_err(SandboxError::Full)?;
        }
        state.pages.write(&mut self.store, &memory);
        Ok(())
    }

    fn restore_globals(&mut self, state: &State) -> Result<(), SandboxError> {
        let initial = self.engine.initial().ok_or(CheckpointError::Image)?;
        let globals = instance::globals(&self.engine, &mut self.store, &self.handles, initial);
        let globals = globals.ok_or(CheckpointError::Image)?;
        for ((global, (_, first)), &value) in globals.into_iter().zip(&initial.globals).zip(&state.globals) {
            let value = match first {
                Val::I32(_) => i32::try_from(value).map(Val::I32).ok(),
                Val::I64(_) => Some(Val::I64(value)),
                _ => None,
            };
            let value = value.ok_or(CheckpointError::Damaged("a global has an impossible value"))?;
            global.set(&mut *self.store, value).map_err(super::super::internal)?;
        }
        Ok(())
    }
}
