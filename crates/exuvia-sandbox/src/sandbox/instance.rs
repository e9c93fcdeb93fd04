//! What an instance's state is beside its memory: mutable globals and tables.

use wasmtime::{Global, Store};

use super::Handles;
use crate::engine::Engine;
use crate::guest::Guest;
use crate::image::Initial;

/// Returns the mutable globals, in the order of `initial.globals`. `None` if the instance is of another image.
pub(super) fn globals(
    engine: &Engine,
    store: &mut Store<Guest>,
    handles: &Handles,
    initial: &Initial,
) -> Option<Vec<Global>> {
    let module = engine.pre().module();
    let mut global = |name: &str| {
        let export = module.get_export_index(name)?;
        handles.instance.get_module_export(&mut *store, &export)?.into_global()
    };
    initial.globals.iter().map(|(name, _)| global(name)).collect()
}

/// Returns whether all tables have their first sizes, and so, in a restorable image, their first content. `None` if the
/// instance is of another image.
pub(super) fn tables_are_initial(
    engine: &Engine,
    store: &mut Store<Guest>,
    handles: &Handles,
    initial: &Initial,
) -> Option<bool> {
    let module = engine.pre().module();
    for (name, size) in &initial.tables {
        let export = module.get_export_index(name)?;
        let table = handles.instance.get_module_export(&mut *store, &export)?.into_table()?;
        if table.size(&*store) != *size {
            return Some(false);
        }
    }
    Some(true)
}
