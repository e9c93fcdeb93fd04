//! What is loaded in a sandbox, and who sees whose symbols.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};
use wasmtime::Instance;

use super::packages::Packages;

/// What is loaded in a sandbox.
#[derive(Default)]
pub(super) struct Symbols {
    pub(super) libraries: Vec<Library>,
    /// The module that each handle of the C library's is for.
    pub(super) handles: HashMap<u32, usize>,
    /// The places in the function table of functions that had none: by module (`None` for the interpreter) and name.
    pub(super) places: HashMap<(Option<usize>, String), u32>,
    /// All this as it came about: done again in the same order, it gives the same.
    pub(super) history: Vec<Addition>,
}

/// Something that was added to what is loaded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Addition {
    /// A module is loaded: its number, the address of its data, and the first place of its part of the function table.
    Loaded { module: usize, memory_base: u32, table_base: u32 },
    /// A module could not be loaded: its part of the function table stays empty.
    Failed { places: u32 },
    /// A function was given a place in the table.
    Placed { owner: Option<usize>, name: String, place: u32 },
    /// All other modules see a module's symbols from now on.
    Shared { module: usize },
}

/// A module that is loaded.
#[derive(Debug, Clone, Copy)]
pub(super) struct Library {
    /// Its number among the installed packages' modules.
    pub(super) module: usize,
    pub(super) memory_base: u32,
    pub(super) table_base: u32,
    pub(super) instance: Instance,
    /// Whether all other modules see its symbols.
    pub(super) global: bool,
}

impl Symbols {
    /// Whether nothing is loaded, and no function was given a place.
    pub(super) fn is_empty(&self) -> bool {
        self.libraries.is_empty() && self.handles.is_empty() && self.places.is_empty()
    }

    /// Returns a module if it is loaded.
    pub(super) fn loaded(&self, module: usize) -> Option<&Library> {
        self.libraries.iter().find(|library| library.module == module)
    }

    pub(super) fn add(&mut self, library: Library) {
        self.libraries.push(library);
    }

    /// Makes a handle stand for a module that is loaded.
    pub(super) fn open(&mut self, handle: u32, module: usize, global: bool) -> Option<Library> {
        let library = *self.loaded(module)?;
        if global {
            self.share(module)?;
        }
        self.handles.insert(handle, module);
        Some(library)
    }

    /// Lets all other modules see a module's symbols.
    pub(super) fn share(&mut self, module: usize) -> Option<()> {
        let library = self.libraries.iter_mut().find(|library| library.module == module)?;
        if !std::mem::replace(&mut library.global, true) {
            self.history.push(Addition::Shared { module });
        }
        Some(())
    }

    /// Returns what has to be loaded for a module, itself included, the next one last: what it needs comes before it.
    pub(super) fn wanted(&self, packages: &Packages, module: usize) -> Result<Vec<usize>, String> {
        let mut seen = HashSet::from([module]);
        let mut order = Vec::new();
        // The way from the module asked for to the one that is looked at, with how many of its libraries were.
        let mut way = vec![(module, 0)];
        while let Some((module, looked_at)) = way.last_mut() {
            let native = packages.module(*module);
            let Some(name) = native.linked.needed.get(*looked_at) else {
                order.push(*module);
                way.pop();
                continue;
            };
            *looked_at += 1;
            let needed = packages
                .library_of(*module, name)
                .ok_or_else(|| format!("{} needs the library `{name}`, which is not installed", native.path))?;
            if seen.insert(needed) && self.loaded(needed).is_none() {
                way.push((needed, 0));
            }
        }
        order.retain(|&module| self.loaded(module).is_none());
        order.reverse();
        Ok(order)
    }

    /// Returns the modules in which a module's symbols are looked for, but itself: what it needs, directly and
    /// indirectly, and what was opened for all.
    pub(super) fn scope(&self, packages: &Packages, module: usize) -> Vec<usize> {
        let mut scope = vec![module];
        let mut position = 0;
        while let Some(&module) = scope.get(position) {
            position += 1;
            for name in &packages.module(module).linked.needed {
                if let Some(needed) = packages.library_of(module, name)
                    && !scope.contains(&needed)
                {
                    scope.push(needed);
                }
            }
        }
        scope.remove(0);
        scope.extend(self.libraries.iter().filter(|library| library.global).map(|library| library.module));
        scope
    }

    /// Returns the modules that `dlsym` looks in for a handle; 0 stands for the interpreter and what was opened for all.
    pub(super) fn opened(&self, packages: &Packages, handle: u32) -> Option<Vec<usize>> {
        match self.handles.get(&handle) {
            Some(&module) => {
                let mut scope = vec![module];
                scope.extend(self.scope(packages, module));
                Some(scope)
            }
            None if handle == 0 => {
                Some(self.libraries.iter().filter(|library| library.global).map(|library| library.module).collect())
            }
            None => None,
        }
    }

    /// Returns the first loaded module of these that exports a function.
    pub(super) fn library_with_function(&self, packages: &Packages, scope: &[usize], name: &str) -> Option<&Library> {
        let mut libraries = scope.iter().filter_map(|&module| self.loaded(module));
        libraries.find(|library| packages.module(library.module).linked.functions.contains_key(name))
    }

    /// Returns the address of a variable that one of these modules exports.
    pub(super) fn variable(&self, packages: &Packages, scope: &[usize], name: &str) -> Option<u32> {
        scope.iter().filter_map(|&module| self.loaded(module)).find_map(|library| {
            let offset = packages.module(library.module).linked.variables.get(name)?;
            library.memory_base.checked_add(*offset)
        })
    }

    /// Returns the address of a function of the interpreter's or of one of these modules, if it has a place in the table.
    pub(super) fn address(&self, packages: &Packages, scope: &[usize], name: &str) -> Option<u32> {
        let owner = match packages.interpreter().function(name) {
            Some(function) if function.slot.is_some() => return function.slot,
            Some(_) => None,
            None => {
                let library = self.library_with_function(packages, scope, name)?;
                if let Some(Some(place)) = packages.module(library.module).linked.functions.get(name) {
                    return library.table_base.checked_add(*place);
                }
                Some(library.module)
            }
        };
        self.places.get(&(owner, name.to_owned())).copied()
    }

    pub(super) fn set_place(&mut self, (owner, name): (Option<usize>, String), place: u32) {
        self.history.push(Addition::Placed { owner, name: name.clone(), place });
        self.places.insert((owner, name), place);
    }
}
