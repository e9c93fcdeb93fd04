//! The section `dylink.0`: what a side module says to its linker.
//!
//! Source of the format: the WebAssembly tool conventions, "WebAssembly Dynamic Linking".

use std::collections::HashSet;

use wasmparser::{Dylink0Subsection, KnownCustom, Parser, Payload, SymbolFlags};

use super::error::ModuleFault;

/// The most memory for a module's own data, in bytes.
const MEMORY_BYTES_MAX: u32 = 256 << 20;
/// The largest alignment of it, as a power of 2.
const ALIGNMENT_MAX: u32 = 16;
/// The most table elements of a module.
const TABLE_ELEMENTS_MAX: u32 = 1 << 16;
/// The most libraries that a module may need.
const NEEDED_MAX: usize = 256;

/// What a side module says to its linker.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Dylink {
    /// The size of its data, in bytes.
    pub(super) memory_bytes: u32,
    /// The alignment of its data, in bytes: a power of 2.
    pub(super) alignment: u32,
    /// How many elements of the function table it wants.
    pub(super) table_elements: u32,
    /// The names of the libraries that it needs, each once.
    pub(super) needed: Vec<String>,
    /// The folders to look for them in; `$ORIGIN` is its own.
    pub(super) runtime_paths: Vec<String>,
    /// What it imports but can do without.
    pub(super) weak: HashSet<String>,
}

impl Dylink {
    /// Reads the section, which must come first.
    pub(super) fn read(wasm: &[u8]) -> Result<Self, ModuleFault> {
        let no_side_module = || ModuleFault::form("it is no side module: its section `dylink.0` is missing");
        for payload in Parser::new(0).parse_all(wasm) {
            match payload? {
                Payload::Version { .. } => {}
                Payload::CustomSection(section) => {
                    let KnownCustom::Dylink0(subsections) = section.as_known() else { return Err(no_side_module()) };
                    let mut dylink = Self { alignment: 1, ..Self::default() };
                    for subsection in subsections {
                        dylink.add(subsection?)?;
                    }
                    return Ok(dylink);
                }
                _ => return Err(no_side_module()),
            }
        }
        Err(no_side_module())
    }

    fn add(&mut self, subsection: Dylink0Subsection<'_>) -> Result<(), ModuleFault> {
        match subsection {
            Dylink0Subsection::MemInfo(info) => {
                within("bytes of data", info.memory_size, MEMORY_BYTES_MAX)?;
                within("as the power of 2 of its alignment", info.memory_alignment, ALIGNMENT_MAX)?;
                within("table elements", info.table_size, TABLE_ELEMENTS_MAX)?;
                self.memory_bytes = info.memory_size;
                self.alignment = 1 << info.memory_alignment;
                self.table_elements = info.table_size;
            }
            Dylink0Subsection::Needed(names) => {
                for name in names {
                    if !self.needed.iter().any(|known| known == name) {
                        self.needed.push(name.to_owned());
                    }
                }
                let count = u32::try_from(self.needed.len()).unwrap_or(u32::MAX);
                within("libraries", count, NEEDED_MAX as u32)?;
            }
            Dylink0Subsection::RuntimePath(paths) => self.runtime_paths.extend(paths.into_iter().map(str::to_owned)),
            Dylink0Subsection::ImportInfo(imports) => {
                let weak = imports.into_iter().filter(|import| import.flags.contains(SymbolFlags::BINDING_WEAK));
                self.weak.extend(weak.map(|import| import.field.to_owned()));
            }
            // Whether an export is thread-local means nothing without threads.
            Dylink0Subsection::ExportInfo(_) | Dylink0Subsection::Unknown { .. } => {}
        }
        Ok(())
    }
}

fn within(what: &'static str, value: u32, limit: u32) -> Result<(), ModuleFault> {
    if value > limit {
        return Err(ModuleFault::TooLarge { what, value: value.into(), limit: limit.into() });
    }
    Ok(())
}
