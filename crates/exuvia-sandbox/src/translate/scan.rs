//! What must be known of the whole module before the first body is rewritten.

use wasmparser::{
    CompositeInnerType, FuncType, FunctionBody, ImportSectionReader, MemoryType, Operator, Parser, Payload, TypeRef,
};

use super::{Bounded, FEATURES, Options, TranslateError, indices::Lowering};

/// The facts about a valid module.
#[derive(Default)]
pub(super) struct Scan<'a> {
    /// The types by index; `None` for those of structures and arrays.
    pub types: Vec<Option<FuncType>>,
    /// The type index of each tag.
    pub tags: Vec<u32>,
    /// The functions that the module defines.
    pub functions: Vec<DefinedFunction<'a>>,
    /// What is done about `memory.copy` and `memory.fill`.
    pub lowering: Lowering,
    /// Whether the module has an import section.
    pub has_import_section: bool,
    first_memory: Option<MemoryType>,
}

/// A function that the module defines.
pub(super) struct DefinedFunction<'a> {
    /// The index of its type.
    pub type_index: u32,
    pub body: FunctionBody<'a>,
    pub has_legacy_exceptions: bool,
}

impl<'a> Scan<'a> {
    /// Reads the module once. It must have been validated.
    pub(super) fn new(wasm: &'a [u8], options: &Options) -> Result<Self, TranslateError> {
        let mut scan = Self::default();
        let mut declarations = Vec::new().into_iter();
        for payload in parser().parse_all(wasm) {
            match payload? {
                Payload::TypeSection(section) => {
                    for group in section {
                        scan.types.extend(group?.into_types().map(function_type));
                    }
                }
                Payload::ImportSection(section) => scan.read_imports(section)?,
                Payload::FunctionSection(section) => {
                    let types = section.into_iter().collect::<Result<Vec<u32>, _>>()?;
                    declarations = types.into_iter();
                }
                Payload::MemorySection(section) => {
                    if let Some(memory) = section.into_iter().next() {
                        scan.first_memory.get_or_insert(memory?);
                    }
                }
                Payload::TagSection(section) => {
                    for tag in section {
                        scan.tags.push(tag?.func_type_idx);
                    }
                }
                Payload::CodeSectionEntry(body) => {
                    let type_index = declarations.next().expect("the module is valid: as many declarations as bodies");
                    scan.read_body(type_index, body, options)?;
                }
                _ => {}
            }
        }
        Bounded::Functions.check(scan.function_count() + scan.lowering.functions_added() as usize)?;
        Ok(scan)
    }

    fn read_imports(&mut self, section: ImportSectionReader<'a>) -> Result<(), TranslateError> {
        self.has_import_section = true;
        for import in section.into_imports() {
            match import?.ty {
                TypeRef::Func(_) | TypeRef::FuncExact(_) => self.lowering.functions_imported += 1,
                TypeRef::Tag(tag) => self.tags.push(tag.func_type_idx),
                TypeRef::Memory(memory) => {
                    self.first_memory.get_or_insert(memory);
                }
                TypeRef::Table(_) | TypeRef::Global(_) => {}
            }
        }
        Ok(())
    }

    fn read_body(&mut self, type_index: u32, body: FunctionBody<'a>, options: &Options) -> Result<(), TranslateError> {
        let facts = BodyFacts::new(&body)?;
        // Valid modules have at most a million functions.
        facts.check(self.function_count() as u32, options, self.first_memory)?;
        if options.lower_bulk_memory {
            self.lowering.copy |= facts.copy.is_some();
            self.lowering.fill |= facts.fill.is_some();
        }
        self.functions.push(DefinedFunction { type_index, body, has_legacy_exceptions: facts.legacy_exceptions });
        Ok(())
    }

    /// How many functions have been read, imported ones included.
    fn function_count(&self) -> usize {
        self.lowering.functions_imported as usize + self.functions.len()
    }

    /// Whether the module's translation differs from it.
    pub(super) fn needs_rewriting(&self) -> bool {
        self.lowering.is_needed() || self.has_legacy_exceptions()
    }

    /// Whether any function has legacy exception instructions.
    pub(super) fn has_legacy_exceptions(&self) -> bool {
        self.functions.iter().any(|function| function.has_legacy_exceptions)
    }

    /// The function type with the index `index`, which a valid module uses as
    /// the type of a function, a tag or a block.
    pub(super) fn function_type(&self, index: u32) -> &FuncType {
        self.types
            .get(index as usize)
            .and_then(Option::as_ref)
            .expect("the module is valid: the index is that of a function type")
    }

    /// The type of the tag with the index `index`.
    pub(super) fn tag_type(&self, index: u32) -> &FuncType {
        let type_index = *self.tags.get(index as usize).expect("the module is valid: the tag exists");
        self.function_type(type_index)
    }
}

/// Returns a parser that reads what the validator accepts.
pub(super) fn parser() -> Parser {
    let mut parser = Parser::new(0);
    parser.set_features(FEATURES);
    parser
}

fn function_type(ty: wasmparser::SubType) -> Option<FuncType> {
    match ty.composite_type.inner {
        CompositeInnerType::Func(function) => Some(function),
        _ => None,
    }
}

/// Which instructions of interest a body has.
#[derive(Default)]
struct BodyFacts {
    legacy_exceptions: bool,
    standard_exceptions: bool,
    /// Whether each `memory.copy`, if there is any, stays in the first memory.
    copy: Option<bool>,
    /// Whether each `memory.fill`, if there is any, fills the first memory.
    fill: Option<bool>,
    init: bool,
}

impl BodyFacts {
    fn new(body: &FunctionBody<'_>) -> Result<Self, TranslateError> {
        let mut facts = Self::default();
        let mut operators = body.get_operators_reader()?;
        while !operators.eof() {
            match operators.read()? {
                Operator::Try { .. }
                | Operator::Catch { .. }
                | Operator::CatchAll
                | Operator::Rethrow { .. }
                | Operator::Delegate { .. } => facts.legacy_exceptions = true,
                Operator::TryTable { .. } | Operator::ThrowRef => facts.standard_exceptions = true,
                Operator::MemoryCopy { dst_mem, src_mem } => {
                    let first = dst_mem == 0 && src_mem == 0;
                    facts.copy = Some(first && facts.copy.unwrap_or(true));
                }
                Operator::MemoryFill { mem } => {
                    facts.fill = Some(mem == 0 && facts.fill.unwrap_or(true));
                }
                Operator::MemoryInit { .. } => facts.init = true,
                _ => {}
            }
        }
        Ok(facts)
    }

    /// Refuses a body that has no translation.
    fn check(&self, function: u32, options: &Options, first_memory: Option<MemoryType>) -> Result<(), TranslateError> {
        if self.legacy_exceptions && self.standard_exceptions {
            return Err(TranslateError::MixedExceptions { function });
        }
        if !options.lower_bulk_memory {
            return Ok(());
        }
        if self.init && !options.keep_memory_init {
            return Err(TranslateError::MemoryInit { function });
        }
        for (instruction, in_first_memory) in [("memory.copy", self.copy), ("memory.fill", self.fill)] {
            let Some(in_first_memory) = in_first_memory else {
                continue;
            };
            if !in_first_memory {
                return Err(TranslateError::OtherMemory { function, instruction });
            }
            if first_memory.is_some_and(|memory| memory.memory64) {
                return Err(TranslateError::Memory64 { function, instruction });
            }
        }
        Ok(())
    }
}
