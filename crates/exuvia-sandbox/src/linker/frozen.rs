//! What native modules a sandbox has loaded, for an image that is derived from it.

use wasmtime::Instance;

use super::packages::Packages;
use super::prelink::{Import, LOAD, PLACE};
use super::symbols::Symbols;
use crate::image::merge::{Resolved, Side, Target};

/// What the names of functions begin with that make a Python module.
pub(super) const INITIALISER: &str = "PyInit_";

/// The native modules of a sandbox, in the order in which they were loaded.
#[derive(Default)]
pub(crate) struct Frozen {
    packages: Option<Packages>,
    pub(crate) libraries: Vec<FrozenLibrary>,
    /// What was put into the function table beside their own parts of it.
    pub(crate) placed: Vec<(u32, Target)>,
    /// The functions that make Python modules: by handle, position and name.
    pub(crate) initialisers: Vec<(u32, usize, String)>,
}

/// A native module that was loaded.
pub(crate) struct FrozenLibrary {
    module: usize,
    table_base: u32,
    imports: Vec<Resolved>,
    pub(crate) instance: Instance,
}

impl Frozen {
    pub(super) fn of(packages: &Packages, symbols: &Symbols) -> Self {
        let position = |module: usize| symbols.libraries.iter().position(|library| library.module == module);
        let libraries = symbols.libraries.iter().map(|library| FrozenLibrary {
            module: library.module,
            table_base: library.table_base,
            imports: resolved(packages, symbols, library.module, [library.memory_base, library.table_base]),
            instance: library.instance,
        });
        let mut placed: Vec<(u32, Target)> = symbols
            .places
            .iter()
            .filter_map(|((owner, name), &slot)| match owner {
                None => Some((slot, Target::Interpreter(name.clone()))),
                Some(module) => Some((slot, Target::Side(position(*module)?, name.clone()))),
            })
            .collect();
        placed.sort_by_key(|(slot, _)| *slot);
        let mut initialisers = Vec::new();
        for (&handle, &module) in &symbols.handles {
            let Some(position) = position(module) else { continue };
            let names = packages.module(module).linked.functions.keys().filter(|name| name.starts_with(INITIALISER));
            initialisers.extend(names.map(|name| (handle, position, name.clone())));
        }
        initialisers.sort();
        Self { packages: Some(packages.clone()), libraries: libraries.collect(), placed, initialisers }
    }

    /// Returns the native modules as they are to be merged.
    pub(crate) fn sides(&self) -> Vec<Side<'_>> {
        let Some(packages) = &self.packages else { return Vec::new() };
        let side = |library: &FrozenLibrary| Side {
            wasm: packages.wasm(library.module),
            imports: library.imports.clone(),
            table_base: library.table_base,
            loaders: [LOAD, PLACE],
        };
        self.libraries.iter().map(side).collect()
    }
}

/// Finds again what became of a module's imports.
fn resolved(packages: &Packages, symbols: &Symbols, module: usize, bases: [u32; 2]) -> Vec<Resolved> {
    let native = packages.module(module);
    let scope = symbols.scope(packages, module);
    let resolve = |import: &Import| match import {
        Import::Interpreter(name) => Resolved::Interpreter(name.clone()),
        Import::MemoryBase => Resolved::Number(bases[0]),
        Import::TableBase => Resolved::Number(bases[1]),
        Import::Function(symbol) => {
            let owner = symbols.library_with_function(packages, &scope, &symbol.name).map(|library| library.module);
            let position = symbols.libraries.iter().position(|library| Some(library.module) == owner);
            position.map_or(Resolved::Absent, |position| Resolved::Function(position, symbol.name.clone()))
        }
        Import::Variable(symbol) => {
            Resolved::Number(symbols.variable(packages, &scope, &symbol.name).unwrap_or_default())
        }
        Import::Address(symbol) => {
            Resolved::Number(symbols.address(packages, &scope, &symbol.name).unwrap_or_default())
        }
    };
    native.linked.imports.iter().map(resolve).collect()
}
