//! The native modules of a sandbox at one moment, apart from it: a part of a checkpoint.
//!
//! What a module holds in memory is in the checkpoint's memory. Beside that there are its place in the function table and
//! its mutable globals. So all modules are linked again, in the order and with the addresses of the first time, and
//! none of their code runs but what fills the table; then their globals are set. What comes of that is compared with what
//! was saved: where it is not the same, there is no sandbox.
//!
//! Saved modules may come from anybody who can write a checkpoint. They are named by their numbers among the packages that
//! the host has installed, and an address in them is the guest's own affair, as it is when it loads a module itself.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use wasmtime::{Global, Instance, StoreContextMut, Val};

use super::load::{attach, function_table, grow, place};
use super::packages::{NativeModule, Packages};
use super::prelink::{GLOBAL, PLACE};
use super::symbols::Addition;
use crate::guest::Guest;

/// The native modules of a sandbox at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SavedModules {
    history: Vec<Addition>,
    /// The modules that handles of the C library stand for.
    handles: BTreeMap<u32, usize>,
    /// The mutable globals of each module, in the order of loading: their bits, extended to 64.
    globals: Vec<Vec<i64>>,
}

impl SavedModules {
    /// Adds them to a hash, if there are any.
    pub(crate) fn hash(&self, hash: &mut Sha256) {
        if *self != Self::default() {
            hash.update(postcard::to_stdvec(self).expect("records can be written to memory"));
        }
    }

    /// Returns by how many places the function table has grown for them. `None`: a module is not there.
    pub(crate) fn table_growth(&self, packages: Option<&Packages>) -> Option<u64> {
        let grown = self.history.iter().map(|addition| match addition {
            Addition::Loaded { module, .. } => Some(u64::from(known(packages, *module)?.linked.table_elements) + 1),
            Addition::Failed { places } => Some(u64::from(*places)),
            Addition::Placed { .. } => Some(1),
            Addition::Shared { .. } => Some(0),
        });
        grown.sum()
    }
}

/// Returns the native modules of a sandbox whose guest has no stack. `None`: they could not be loaded again, since one has
/// been left half-way or has globals of an unusual kind.
pub(crate) fn save(context: &mut StoreContextMut<'_, Guest>) -> Option<SavedModules> {
    let loader = &context.data().loader;
    let symbols = &loader.symbols;
    let loaded = symbols.history.iter().filter(|addition| matches!(addition, Addition::Loaded { .. })).count();
    if !loader.tasks.is_empty() || loaded != symbols.libraries.len() {
        return None;
    }
    let mut saved = SavedModules {
        history: symbols.history.clone(),
        handles: symbols.handles.iter().map(|(&handle, &module)| (handle, module)).collect(),
        globals: Vec::new(),
    };
    let Some(packages) = loader.packages.clone() else { return Some(saved) };
    let libraries: Vec<_> = symbols.libraries.iter().map(|library| (library.module, library.instance)).collect();
    for (module, instance) in libraries {
        let values = globals(context, packages.module(module), instance)?.into_iter().map(|global| {
            match global.get(&mut *context) {
                Val::I32(value) => Some(i64::from(value)),
                Val::I64(value) => Some(value),
                Val::F32(bits) => Some(i64::from(bits)),
                Val::F64(bits) => Some(bits.cast_signed()),
                _ => None,
            }
        });
        saved.globals.push(values.collect::<Option<_>>()?);
    }
    Some(saved)
}

/// Loads modules again into a sandbox that has loaded none. Their memory is not touched. `None`: that does not give what was
/// saved.
pub(crate) async fn restore(context: &mut StoreContextMut<'_, Guest>, saved: &SavedModules) -> Option<()> {
    if *saved == SavedModules::default() {
        return Some(());
    }
    let packages = context.data().loader.packages.clone()?;
    for addition in &saved.history {
        add(context, &packages, addition).await?;
    }
    let symbols = &mut context.data_mut().loader.symbols;
    let is_same = symbols.history == saved.history && saved.globals.len() == symbols.libraries.len();
    if !is_same || saved.handles.values().any(|&module| symbols.loaded(module).is_none()) {
        return None;
    }
    symbols.handles = saved.handles.iter().map(|(&handle, &module)| (handle, module)).collect();
    let libraries: Vec<_> = symbols.libraries.iter().map(|library| (library.module, library.instance)).collect();
    for ((module, instance), values) in libraries.into_iter().zip(&saved.globals) {
        let globals = globals(context, packages.module(module), instance)?;
        if globals.len() != values.len() {
            return None;
        }
        for (global, &value) in globals.into_iter().zip(values) {
            let value = match global.get(&mut *context) {
                Val::I32(_) => Val::I32(i32::try_from(value).ok()?),
                Val::I64(_) => Val::I64(value),
                Val::F32(_) => Val::F32(u32::try_from(value).ok()?),
                Val::F64(_) => Val::F64(value.cast_unsigned()),
                _ => return None,
            };
            global.set(&mut *context, value).ok()?;
        }
    }
    Some(())
}

/// Does again what was done once.
async fn add(context: &mut StoreContextMut<'_, Guest>, packages: &Packages, addition: &Addition) -> Option<()> {
    let symbols = &context.data().loader.symbols;
    match addition {
        Addition::Loaded { module, memory_base, .. } => {
            known(Some(packages), *module)?;
            if symbols.loaded(*module).is_some() {
                return None;
            }
            attach(context, packages, *module, *memory_base).await.ok()?;
            let instance = context.data().loader.symbols.loaded(*module)?.instance;
            let fill = instance.get_typed_func::<(), ()>(&mut *context, PLACE).ok()?;
            fill.call_async(&mut *context, ()).await.ok()
        }
        Addition::Failed { places } => {
            let table = function_table(context)?;
            grow(context, table, *places).ok()?;
            context.data_mut().loader.symbols.history.push(addition.clone());
            Some(())
        }
        // What a module imports was given its place when that was linked.
        Addition::Placed { owner, name, .. } if symbols.places.contains_key(&(*owner, name.clone())) => Some(()),
        Addition::Placed { owner, name, .. } => {
            let table = function_table(context)?;
            place(context, packages, (*owner, name), table).ok()?.map(drop)
        }
        Addition::Shared { module } => context.data_mut().loader.symbols.share(*module),
    }
}

fn known(packages: Option<&Packages>, module: usize) -> Option<&NativeModule> {
    packages.filter(|packages| module < packages.native_modules().count()).map(|packages| packages.module(module))
}

/// Returns a module's mutable globals, in a defined order.
fn globals(context: &mut StoreContextMut<'_, Guest>, native: &NativeModule, instance: Instance) -> Option<Vec<Global>> {
    let names = native.compiled.exports().map(|export| export.name()).filter(|name| name.starts_with(GLOBAL));
    names.map(|name| instance.get_global(&mut *context, name)).collect()
}
