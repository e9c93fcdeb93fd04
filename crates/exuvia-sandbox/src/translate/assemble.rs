//! Writes the new module's sections.

use std::{borrow::Cow, convert::Infallible};

use wasm_encoder::{
    CodeSection, ElementSection, Encode, ExportSection, GlobalSection, ImportSection, Module, NameSection, RawSection,
    SectionId, StartSection, TableSection,
    reencode::{self, Reencode},
};
use wasmparser::{BinaryReader, CustomSectionReader, KnownCustom, Name, Payload};

use super::{
    TranslateError,
    indices::Lowering,
    scan::{Scan, parser},
    signatures::AddedTypes,
};

/// Writes the module `wasm` with the added types and imports and the new code.
pub(super) fn assemble(
    wasm: &[u8],
    scan: &Scan<'_>,
    types: &AddedTypes,
    imports: &ImportSection,
    code: &CodeSection,
) -> Result<Vec<u8>, TranslateError> {
    let mut assembly =
        Assembly { module: Module::new(), lowering: &scan.lowering, drops_labels: scan.has_legacy_exceptions() };
    for payload in parser().parse_all(wasm) {
        let payload = payload?;
        let section = payload.as_section();
        match payload {
            Payload::CodeSectionStart { .. } => {
                assembly.module.section(code);
            }
            Payload::CustomSection(section) => assembly.custom(&section),
            payload if assembly.moves_functions() && assembly.moved(&payload)? => {}
            _ => {
                let Some((id, range)) = section else { continue };
                let contents = wasm.get(range).expect("the parser's ranges lie in the module");
                assembly.section(id, contents, types, imports)?;
                if id == SectionId::Type as u8 && !scan.has_import_section && !imports.is_empty() {
                    assembly.module.section(imports);
                }
            }
        }
    }
    Ok(assembly.module.finish())
}

struct Assembly<'s> {
    module: Module,
    lowering: &'s Lowering,
    drops_labels: bool,
}

impl Assembly<'_> {
    /// Whether functions have other indices than in the input.
    fn moves_functions(&self) -> bool {
        self.lowering.is_needed()
    }

    /// Writes a section in which no function index occurs, with additions.
    fn section(
        &mut self,
        id: u8,
        contents: &[u8],
        types: &AddedTypes,
        imports: &ImportSection,
    ) -> Result<(), TranslateError> {
        let data = if id == SectionId::Type as u8 && types.count > 0 {
            Cow::Owned(append(contents, types.count, &types.bytes)?)
        } else if id == SectionId::Import as u8 && !imports.is_empty() {
            let mut added = Vec::new();
            imports.encode(&mut added);
            let mut added = BinaryReader::new(&added, 0);
            added.read_var_u32()?; // the section's size
            let count = added.read_var_u32()?;
            let items = added.read_bytes(added.bytes_remaining())?;
            Cow::Owned(append(contents, count, items)?)
        } else {
            Cow::Borrowed(contents)
        };
        self.module.section(&RawSection { id, data: &data });
        Ok(())
    }

    /// Writes a section in which function indices may occur, and returns true;
    /// false for one of another kind.
    fn moved(&mut self, payload: &Payload<'_>) -> Result<bool, TranslateError> {
        let mut mover = Mover { lowering: self.lowering, drops_labels: self.drops_labels };
        match payload {
            Payload::TableSection(section) => {
                let mut tables = TableSection::new();
                mover.parse_table_section(&mut tables, section.clone())?;
                self.module.section(&tables);
            }
            Payload::GlobalSection(section) => {
                let mut globals = GlobalSection::new();
                mover.parse_global_section(&mut globals, section.clone())?;
                self.module.section(&globals);
            }
            Payload::ExportSection(section) => {
                let mut exports = ExportSection::new();
                mover.parse_export_section(&mut exports, section.clone())?;
                self.module.section(&exports);
            }
            Payload::StartSection { func, .. } => {
                let function_index = self.lowering.function_index(*func);
                self.module.section(&StartSection { function_index });
            }
            Payload::ElementSection(section) => {
                let mut elements = ElementSection::new();
                mover.parse_element_section(&mut elements, section.clone())?;
                self.module.section(&elements);
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Writes a custom section, unless it would be wrong about the new code.
    fn custom(&mut self, section: &CustomSectionReader<'_>) {
        if describes_code(section.name()) {
            return;
        }
        if let KnownCustom::Name(names) = section.as_known() {
            let mut mover = Mover { lowering: self.lowering, drops_labels: self.drops_labels };
            // A malformed section of names makes no module invalid: drop it.
            if let Ok(names) = mover.custom_name_section(names) {
                self.module.section(&names);
            }
            return;
        }
        self.module.section(&wasm_encoder::CustomSection { name: section.name().into(), data: section.data().into() });
    }
}

/// Whether a custom section with the given name holds offsets or indices of
/// code: debug information, relocations, branch hints.
fn describes_code(name: &str) -> bool {
    ["linking", "external_debug_info", "sourceMappingURL"].contains(&name)
        || [".debug_", "reloc.", "metadata.code."].iter().any(|prefix| name.starts_with(prefix))
}

/// Returns the contents of a section that is a counted sequence, with more items.
fn append(contents: &[u8], count: u32, items: &[u8]) -> Result<Vec<u8>, TranslateError> {
    let mut reader = BinaryReader::new(contents, 0);
    let old_count = reader.read_var_u32()?;
    let old_items = reader.read_bytes(reader.bytes_remaining())?;
    let mut extended = Vec::with_capacity(contents.len() + items.len() + 4);
    old_count.saturating_add(count).encode(&mut extended);
    extended.extend_from_slice(old_items);
    extended.extend_from_slice(items);
    Ok(extended)
}

/// Writes sections again with the new function indices.
struct Mover<'s> {
    lowering: &'s Lowering,
    drops_labels: bool,
}

impl Reencode for Mover<'_> {
    type Error = Infallible;

    fn function_index(&mut self, function: u32) -> Result<u32, reencode::Error> {
        Ok(self.lowering.function_index(function))
    }

    fn parse_custom_name_subsection(
        &mut self,
        names: &mut NameSection,
        subsection: Name<'_>,
    ) -> Result<(), reencode::Error> {
        match subsection {
            // The labels of a rewritten function are others than before.
            Name::Label(_) if self.drops_labels => Ok(()),
            other => reencode::utils::parse_custom_name_subsection(self, names, other),
        }
    }
}
