//! The bulk-memory functions that are imported, and what that does to indices.

use wasm_encoder::{EntityType, ImportSection, InstructionSink};
use wasmparser::{Operator, ValType};

use super::{TranslateError, signatures::Signatures};

/// The module that the functions are imported from.
const IMPORT_MODULE: &str = "env";
/// The name of the function that stands for `memory.copy`.
const COPY: &str = "exuvia_memory_copy";
/// The name of the function that stands for `memory.fill`.
const FILL: &str = "exuvia_memory_fill";

/// Which bulk-memory instructions become calls. The functions are imported
/// after all others, so that the indices of defined functions move up by
/// [`Lowering::functions_added`] and those of imported ones stay.
#[derive(Default)]
pub(super) struct Lowering {
    /// Whether `memory.copy` becomes a call.
    pub copy: bool,
    /// Whether `memory.fill` becomes a call.
    pub fill: bool,
    /// How many functions the input imports.
    pub functions_imported: u32,
}

impl Lowering {
    /// Whether any instruction becomes a call.
    pub(super) fn is_needed(&self) -> bool {
        self.copy || self.fill
    }

    /// How many functions are imported in addition.
    pub(super) fn functions_added(&self) -> u32 {
        u32::from(self.copy) + u32::from(self.fill)
    }

    /// Returns the new index of the function that had the index `function`.
    pub(super) fn function_index(&self, function: u32) -> u32 {
        if function < self.functions_imported { function } else { function.saturating_add(self.functions_added()) }
    }

    /// Returns the imports to be added, in the order of their indices.
    pub(super) fn imports(&self, signatures: &mut Signatures<'_>) -> Result<ImportSection, TranslateError> {
        let mut imports = ImportSection::new();
        if self.is_needed() {
            let ty = signatures.function(&[ValType::I32; 3], &[])?;
            for name in
                [(self.copy, COPY), (self.fill, FILL)].into_iter().filter_map(|(wanted, name)| wanted.then_some(name))
            {
                imports.import(IMPORT_MODULE, name, EntityType::Function(ty));
            }
        }
        Ok(imports)
    }

    /// Writes what replaces `operator` and returns true; false if it stays.
    pub(super) fn replace(&self, operator: &Operator<'_>, sink: &mut InstructionSink<'_>) -> bool {
        if !self.is_needed() {
            return false;
        }
        match *operator {
            Operator::Call { function_index } => sink.call(self.function_index(function_index)),
            Operator::ReturnCall { function_index } => sink.return_call(self.function_index(function_index)),
            Operator::RefFunc { function_index } => sink.ref_func(self.function_index(function_index)),
            Operator::MemoryCopy { .. } if self.copy => sink.call(self.functions_imported),
            Operator::MemoryFill { .. } if self.fill => sink.call(self.functions_imported + u32::from(self.copy)),
            _ => return false,
        };
        true
    }
}
