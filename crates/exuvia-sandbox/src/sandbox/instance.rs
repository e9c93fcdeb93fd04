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

/// Returns by how many places the tables have grown: where they have not, they have, in a restorable image, their first
/// content. `None` if the instance is of another image, or a table has shrunk.
pub(super) fn table_growth(
    engine: &Engine,
    store: &mut Store<Guest>,
    handles: &Handles,
    initial: &Initial,
) -> Option<u64> {
    let module = engine.pre().module();
    let mut growth = 0;
    for (name, size) in &initial.tables {
        let export = module.get_export_index(name)?;
        let table = handles.instance.get_module_export(&mut *store, &export)?.into_table()?;
        growth += table.size(&*store).checked_sub(*size)?;
    }
    Some(growth)
}
