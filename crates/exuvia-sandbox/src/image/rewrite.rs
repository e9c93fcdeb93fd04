//! Rewriting the interpreter's module before it boots and after.
//!
//! **Before**: the places for the addresses of functions that a linker would fill become constants, and every mutable
//! global and table gets a name, so that its value can be read when the interpreter has booted, and looked at later. What the host offers is exported
//! again, for native modules.
//!
//! **After**: the module is given the memory, the globals and the table that the booted interpreter has, so that
//! instantiating it gives a booted interpreter.

use std::collections::{BTreeMap, BTreeSet};

use wasm_encoder::reencode::{Reencode, RoundtripReencoder};
use wasm_encoder::{
    ConstExpr, DataCountSection, DataSection, ElementSection, Elements, ExportKind, ExportSection, GlobalSection,
    GlobalType, ImportSection, MemorySection, MemoryType, Module, RawSection, RefType, TableSection, ValType,
};
use wasmparser::{ElementSectionReader, GlobalSectionReader, ImportSectionReader, Parser, Payload, TypeRef};

use super::ImageError;
use crate::abi::dispositions::{DISPOSITIONS, Disposition};

/// Memory is kept in pieces of this size; those that are all zero are left out.
const PAGE_BYTES: usize = 4_096;
const WASM_PAGE_BYTES: usize = 65_536;

/// The prefixes of the names that mutable globals and tables get, before their index.
const GLOBAL_PREFIX: &str = "exuvia_global_";
const TABLE_PREFIX: &str = "exuvia_table_";

/// What a booted interpreter has become.
pub(super) struct Booted<'a> {
    /// Its linear memory.
    pub(super) memory: &'a [u8],
    /// The values of its mutable globals, by index.
    pub(super) globals: BTreeMap<u32, Constant>,
    /// What was added to the function table, by the names of the exported functions.
    pub(super) table: Vec<&'static str>,
}

/// The value of a global.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Constant {
    I32(i32),
    I64(i64),
}

impl Constant {
    fn expression(self) -> ConstExpr {
        match self {
            Self::I32(value) => ConstExpr::i32_const(value),
            Self::I64(value) => ConstExpr::i64_const(value),
        }
    }
}

/// Returns the name under which [`prepare`] exports the mutable global with this index.
pub(super) fn global_name(index: u32) -> String {
    format!("{GLOBAL_PREFIX}{index}")
}

/// Returns the index of a mutable global from the name under which it is exported.
pub(super) fn global_index(name: &str) -> Option<u32> {
    name.strip_prefix(GLOBAL_PREFIX)?.parse().ok()
}

/// A module to boot, and its mutable globals.
pub(super) struct Prepared {
    pub(super) wasm: Vec<u8>,
    pub(super) mutable_globals: Vec<u32>,
}

/// Makes a module that can boot of the linked one.
pub(super) fn prepare(wasm: &[u8]) -> Result<Prepared, ImageError> {
    let mut module = Module::new();
    let mut imported = Vec::new();
    let mut mutable_globals = Vec::new();
    let mut offers = Vec::new();
    let mut tables = 0;
    for payload in Parser::new(0).parse_all(wasm) {
        let payload = payload?;
        match &payload {
            Payload::ImportSection(reader) => {
                module.section(&imports_without_globals(reader.clone(), &mut imported)?);
                for (index, import) in (0..).zip(reader.clone().into_imports()) {
                    let import = import?;
                    if offered(import.module, import.name) {
                        offers.push((import.name, index));
                    }
                }
            }
            Payload::TableSection(reader) => {
                tables = reader.count();
                copy(&mut module, wasm, &payload);
            }
            Payload::GlobalSection(reader) => {
                let globals = globals_with(&imported, reader.clone(), &mut mutable_globals)?;
                module.section(&globals);
            }
            Payload::ExportSection(reader) => {
                let mut exports = ExportSection::new();
                RoundtripReencoder.parse_export_section(&mut exports, reader.clone())?;
                let known = reader.clone().into_iter().map(|export| Ok(export?.name));
                let known = known.collect::<Result<BTreeSet<_>, ImageError>>()?;
                for &(name, index) in offers.iter().filter(|(name, _)| !known.contains(name)) {
                    exports.export(name, ExportKind::Func, index);
                }
                for &index in &mutable_globals {
                    exports.export(&global_name(index), ExportKind::Global, index);
                }
                for index in 0..tables {
                    exports.export(&format!("{TABLE_PREFIX}{index}"), ExportKind::Table, index);
                }
                module.section(&exports);
            }
            // Names, producers and what a dynamic linker would want to know are of no use from here on.
            Payload::CustomSection(_) => {}
            _ => copy(&mut module, wasm, &payload),
        }
    }
    Ok(Prepared { wasm: module.finish(), mutable_globals })
}

/// Whether native modules may use an imported function too: then it is exported.
fn offered(module: &str, name: &str) -> bool {
    let mut rows = DISPOSITIONS.iter().filter(|(_, _, what)| !matches!(what, Disposition::Unreachable(_)));
    module == "env" && rows.any(|(row, known, _)| (*row, *known) == (module, name))
}

fn imports_without_globals(
    reader: ImportSectionReader<'_>,
    globals: &mut Vec<GlobalType>,
) -> Result<ImportSection, ImageError> {
    let mut imports = ImportSection::new();
    for import in reader.into_imports() {
        let import = import?;
        match import.ty {
            TypeRef::Global(global) if import.module == "GOT.func" => {
                globals.push(RoundtripReencoder.global_type(global)?);
            }
            TypeRef::Func(_) => {
                imports.import(import.module, import.name, RoundtripReencoder.entity_type(import.ty)?);
            }
            other => {
                return Err(ImageError::Module(format!(
                    "unexpected import `{}.{}` ({other:?})",
                    import.module, import.name
                )));
            }
        }
    }
    Ok(imports)
}

/// Returns the globals, those first that were imported: their indices stay what they were.
fn globals_with(
    imported: &[GlobalType],
    reader: GlobalSectionReader<'_>,
    mutable: &mut Vec<u32>,
) -> Result<GlobalSection, ImageError> {
    let mut globals = GlobalSection::new();
    for global in imported {
        if global.val_type != ValType::I32 {
            return Err(ImageError::Module("an imported global is no address".to_owned()));
        }
        // Nothing writes to these places any more.
        globals.global(GlobalType { mutable: false, ..*global }, &ConstExpr::i32_const(0));
    }
    for global in reader {
        let global = global?;
        if global.ty.mutable {
            mutable.push(globals.len());
        }
        RoundtripReencoder.parse_global(&mut globals, global)?;
    }
    Ok(globals)
}

/// Returns the size of a memory that begins with this one. Programs that allocate a little find room at its end, so that
/// their memory does not grow and their instance can be used again.
pub(super) fn frozen_bytes(memory: &[u8]) -> usize {
    const ROOM_BYTES: usize = 4 << 20;
    memory.len() + ROOM_BYTES
}

/// Gives a prepared module the state of the interpreter that booted from it.
pub(super) fn freeze(prepared: &[u8], booted: &Booted<'_>) -> Result<Vec<u8>, ImageError> {
    let mut module = Module::new();
    let mut functions = BTreeMap::new();
    let mut table_size = 0;
    let runs = non_zero_runs(booted.memory);
    for payload in Parser::new(0).parse_all(prepared) {
        let payload = payload?;
        match &payload {
            Payload::TableSection(reader) => {
                let mut tables = TableSection::new();
                for (index, table) in reader.clone().into_iter().enumerate() {
                    let mut ty = RoundtripReencoder.table_type(table?.ty)?;
                    if index == 0 {
                        table_size = ty.minimum;
                        ty.minimum += booted.table.len() as u64;
                    }
                    tables.table(ty);
                }
                module.section(&tables);
            }
            Payload::MemorySection(reader) => {
                let mut memories = MemorySection::new();
                for memory in reader.clone() {
                    let ty = RoundtripReencoder.memory_type(memory?)?;
                    let minimum = (frozen_bytes(booted.memory) / WASM_PAGE_BYTES) as u64;
                    memories.memory(MemoryType { minimum, ..ty });
                }
                module.section(&memories);
            }
            Payload::GlobalSection(reader) => {
                module.section(&frozen_globals(reader.clone(), &booted.globals)?);
            }
            Payload::ExportSection(reader) => {
                for export in reader.clone() {
                    let export = export?;
                    if export.kind == wasmparser::ExternalKind::Func {
                        functions.insert(export.name.to_owned(), export.index);
                    }
                }
                copy(&mut module, prepared, &payload);
            }
            Payload::ElementSection(reader) => {
                module.section(&elements_with(reader.clone(), table_size, &booted.table, &functions)?);
            }
            Payload::DataCountSection { .. } => {
                module.section(&DataCountSection { count: u32::try_from(runs.len()).unwrap_or(u32::MAX) });
            }
            Payload::DataSection(_) => {
                let mut data = DataSection::new();
                for run in &runs {
                    let offset = i32::try_from(run.start).map_err(|_| too_large())?;
                    data.active(0, &ConstExpr::i32_const(offset), booted.memory[run.clone()].iter().copied());
                }
                module.section(&data);
            }
            _ => copy(&mut module, prepared, &payload),
        }
    }
    Ok(module.finish())
}

fn too_large() -> ImageError {
    ImageError::Module("the booted memory is larger than 2 GiB".to_owned())
}

fn frozen_globals(
    reader: GlobalSectionReader<'_>,
    values: &BTreeMap<u32, Constant>,
) -> Result<GlobalSection, ImageError> {
    let mut globals = GlobalSection::new();
    for global in reader {
        let global = global?;
        match values.get(&globals.len()) {
            Some(value) => {
                globals.global(RoundtripReencoder.global_type(global.ty)?, &value.expression());
            }
            None => RoundtripReencoder.parse_global(&mut globals, global)?,
        }
    }
    Ok(globals)
}

fn elements_with(
    reader: ElementSectionReader<'_>,
    table_size: u64,
    added: &[&str],
    functions: &BTreeMap<String, u32>,
) -> Result<ElementSection, ImageError> {
    let mut elements = ElementSection::new();
    RoundtripReencoder.parse_element_section(&mut elements, reader)?;
    let indices = added
        .iter()
        .map(|name| {
            functions.get(*name).copied().ok_or_else(|| ImageError::Module(format!("`{name}` is not exported")))
        })
        .collect::<Result<Vec<_>, _>>()?;
    let expressions: Vec<_> = indices.iter().map(|&index| ConstExpr::ref_func(index)).collect();
    let offset = i32::try_from(table_size).map_err(|_| too_large())?;
    if !expressions.is_empty() {
        elements.active(
            Some(0),
            &ConstExpr::i32_const(offset),
            Elements::Expressions(RefType::FUNCREF, expressions.into()),
        );
    }
    Ok(elements)
}

/// Returns the ranges of the memory that are not all zero, in pages.
fn non_zero_runs(memory: &[u8]) -> Vec<std::ops::Range<usize>> {
    let mut runs: Vec<std::ops::Range<usize>> = Vec::new();
    for (index, page) in memory.chunks(PAGE_BYTES).enumerate() {
        if page.iter().all(|&byte| byte == 0) {
            continue;
        }
        let start = index * PAGE_BYTES;
        let end = start + page.len();
        match runs.last_mut() {
            Some(run) if run.end == start => run.end = end,
            _ => runs.push(start..end),
        }
    }
    runs
}

/// Copies a section as it is.
pub(super) fn copy(module: &mut Module, wasm: &[u8], payload: &Payload<'_>) {
    if let Some((id, range)) = payload.as_section() {
        module.section(&RawSection { id, data: &wasm[range] });
    }
}

impl<E: std::fmt::Display> From<wasm_encoder::reencode::Error<E>> for ImageError {
    fn from(error: wasm_encoder::reencode::Error<E>) -> Self {
        Self::Module(error.to_string())
    }
}

impl From<wasmparser::BinaryReaderError> for ImageError {
    fn from(error: wasmparser::BinaryReaderError) -> Self {
        Self::Module(error.to_string())
    }
}
