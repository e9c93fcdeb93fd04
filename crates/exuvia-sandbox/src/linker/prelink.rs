//! Linking a side module against an interpreter, as far as that can be done before it is loaded.
//!
//! The module that results imports less, and in a form in which loading it is little work:
//!
//! - Where the interpreter has what a `GOT` entry stands for, its address becomes a constant in the code; where the module
//!   itself has it, an offset from `memory_base` or `table_base`. Only what other libraries have is imported.
//! - Functions that the interpreter does not have and the module itself has are called directly, not through an import.
//! - Its data are taken out: the host writes them. An instantiation that wrote them would do so in native code while the
//!   memory may be taken away from the guest (see [`crate::interrupts`]).
//! - One function, `exuvia_load`, does all that is to be done once the module is there: it fills its part of the function
//!   table, runs what was its start function, applies relocations and runs constructors. Another one, `exuvia_place`, does
//!   the first of these alone: what the others do is in a checkpoint's memory already.
//!
//! And it does nothing that a sandbox has no answer to ([`body`](super::body)): the memory grows only through the
//! interpreter's allocator, and each loop writes to memory, so that a hard stop ends it.

use std::borrow::Cow;
use std::collections::HashMap;

use bytes::Bytes;
use wasm_encoder::reencode::Reencode as _;
use wasm_encoder::{
    CodeSection, ConstExpr, ElementSection, Elements, EntityType, ExportKind, ExportSection, Function, FunctionSection,
    GlobalSection, GlobalType, ImportSection, Instruction, MemoryType, Module, RefType, TableType, TagKind, TagSection,
    TagType, TypeSection, ValType,
};

use super::body::{GlobalUse, Indices, PassiveUse};
use super::dylink::Dylink;
use super::error::ModuleFault;
use super::interpreter::Interpreter;
use super::scan::{CONSTRUCTORS, RELOCATIONS, Side};
use crate::translate::{Options, translate};

/// The function of a linked module that makes it ready.
pub(super) const LOAD: &str = "exuvia_load";
/// The function of a linked module that fills its part of the function table.
pub(super) const PLACE: &str = "exuvia_place";
/// What the names of the linker's own exports begin with.
const OWN: &str = "exuvia_";
/// What the names of the exports of mutable globals begin with, before their index.
pub(super) const GLOBAL: &str = "exuvia_global_";
/// The glue's function that stands for `memory.copy`.
const COPY: &str = "exuvia_memory_copy";

/// A side module that was linked against an interpreter.
#[derive(Debug)]
pub(crate) struct Linked {
    /// The module.
    pub(crate) wasm: Vec<u8>,
    /// What it imports, in its order.
    pub(super) imports: Vec<Import>,
    /// How much memory it wants, in bytes.
    pub(super) memory_bytes: u32,
    /// The alignment of that, in bytes.
    pub(super) alignment: u32,
    /// How many places of the function table it wants; `exuvia_load` is to stand in one behind them.
    pub(super) table_elements: u32,
    /// What is to be written into its memory, by offset; the rest is zero.
    pub(super) data: Vec<(u32, Bytes)>,
    pub(super) needed: Vec<String>,
    pub(super) runtime_paths: Vec<String>,
    /// The exported functions, with their places in the module's part of the table, if they have one.
    pub(super) functions: HashMap<String, Option<u32>>,
    /// The offsets of exported variables.
    pub(super) variables: HashMap<String, u32>,
}

/// Something that a linked module imports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Import {
    /// An export of the interpreter.
    Interpreter(String),
    /// The address of the module's data.
    MemoryBase,
    /// The beginning of the module's part of the function table.
    TableBase,
    /// A function of another library.
    Function(Symbol),
    /// The address of another library's variable.
    Variable(Symbol),
    /// The place of a function in the table.
    Address(Symbol),
}

/// A symbol that a module needs, or can do without.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Symbol {
    pub(super) name: String,
    /// Whether it may be missing.
    pub(super) weak: bool,
}

/// Translates a side module and links it against an interpreter.
pub(crate) fn link(wasm: &[u8], interpreter: &Interpreter) -> Result<Linked, ModuleFault> {
    let dylink = Dylink::read(wasm)?;
    let translated = translate(wasm, &Options { keep_memory_init: true, ..Options::default() })?;
    let side = Side::read(&translated)?;
    Linking::new(&side, &dylink, interpreter)?.finish()
}

/// A module that is being linked.
struct Linking<'s> {
    side: &'s Side<'s>,
    dylink: &'s Dylink,
    imports: Vec<Import>,
    import_section: ImportSection,
    functions_imported: u32,
    globals_imported: u32,
    indices: Indices,
    /// The functions of its part of the table that are its own, by place.
    elements: Vec<Option<u32>>,
    /// The place of each function in it.
    places: HashMap<u32, u32>,
    passive: Passive,
}

/// Where passive segments lie in the module's memory.
#[derive(Default)]
struct Passive {
    /// By segment, in order: its offset and its length.
    segments: Vec<(u32, u32, u32)>,
    /// The size of the module's memory with them.
    memory_bytes: u32,
    /// The index of the import that copies.
    copy: u32,
}

impl<'s> Linking<'s> {
    fn new(side: &'s Side<'s>, dylink: &'s Dylink, interpreter: &Interpreter) -> Result<Self, ModuleFault> {
        let mut linking = Self {
            side,
            dylink,
            imports: Vec::new(),
            import_section: ImportSection::new(),
            functions_imported: 0,
            globals_imported: 0,
            indices: Indices { functions: Vec::new(), globals: Vec::new(), bases: [0, 0], passive: HashMap::new() },
            elements: Vec::new(),
            places: HashMap::new(),
            passive: Passive::default(),
        };
        linking.lay_out_table()?;
        linking.check_data()?;
        linking.import_fixed();
        linking.import_functions(interpreter)?;
        linking.import_globals(interpreter)?;
        linking.import_tags(interpreter)?;
        linking.number_definitions();
        Ok(linking)
    }

    fn lay_out_table(&mut self) -> Result<(), ModuleFault> {
        let size = self.dylink.table_elements;
        self.elements = vec![None; size as usize];
        for (&place, &function) in &self.side.elements {
            let element = self.elements.get_mut(place as usize);
            *element.ok_or_else(|| ModuleFault::form("its table elements lie outside of its part of the table"))? =
                Some(function);
        }
        for (place, function) in (0..).zip(&self.elements) {
            if let Some(function) = function {
                self.places.entry(*function).or_insert(place);
            }
        }
        Ok(())
    }

    fn check_data(&mut self) -> Result<(), ModuleFault> {
        let size = self.dylink.memory_bytes as usize;
        for (offset, data) in &self.side.data {
            if (*offset as usize).saturating_add(data.len()) > size {
                return Err(ModuleFault::form("its data lie outside of its part of the memory"));
            }
        }
        let mut end = size;
        let mut segments: Vec<_> = self.side.passive.iter().collect();
        segments.sort();
        for (&segment, data) in segments {
            let length = data.len();
            let place = |value: usize| u32::try_from(value).map_err(|_| ModuleFault::form("its data are too large"));
            self.passive.segments.push((segment, place(end)?, place(length)?));
            end += length;
        }
        self.passive.memory_bytes = u32::try_from(end).map_err(|_| ModuleFault::form("its data are too large"))?;
        Ok(())
    }

    fn import(&mut self, import: Import, ty: EntityType) {
        let (module, name) = match &import {
            Import::Interpreter(name) => ("env", name.as_str()),
            Import::MemoryBase => ("exuvia", "memory_base"),
            Import::TableBase => ("exuvia", "table_base"),
            Import::Function(symbol) => ("function", symbol.name.as_str()),
            Import::Variable(symbol) => ("variable", symbol.name.as_str()),
            Import::Address(symbol) => ("address", symbol.name.as_str()),
        };
        self.import_section.import(module, name, ty);
        match ty {
            EntityType::Function(_) => self.functions_imported += 1,
            EntityType::Global(_) => self.globals_imported += 1,
            _ => {}
        }
        self.imports.push(import);
    }

    /// What every linked module imports, whether it names it or not.
    fn import_fixed(&mut self) {
        let memory = MemoryType { minimum: 0, maximum: None, memory64: false, shared: false, page_size_log2: None };
        self.import(Import::Interpreter("memory".to_owned()), EntityType::Memory(memory));
        let table =
            TableType { element_type: RefType::FUNCREF, table64: false, minimum: 0, maximum: None, shared: false };
        self.import(Import::Interpreter("__indirect_function_table".to_owned()), EntityType::Table(table));
        let memory_base = self.import_address(Import::MemoryBase);
        let table_base = self.import_address(Import::TableBase);
        self.indices.bases = [memory_base, table_base];
    }

    /// Imports an immutable number and returns the global's index.
    fn import_address(&mut self, import: Import) -> u32 {
        let ty = GlobalType { val_type: ValType::I32, mutable: false, shared: false };
        self.import(import, EntityType::Global(ty));
        self.globals_imported - 1
    }

    fn symbol(&self, name: &str) -> Symbol {
        Symbol { name: name.to_owned(), weak: self.dylink.weak.contains(name) }
    }

    fn import_functions(&mut self, interpreter: &Interpreter) -> Result<(), ModuleFault> {
        let side = self.side;
        // Own functions are numbered when it is known how many are imported.
        let mut bound = Vec::new();
        for import in &side.imported_functions {
            if import.module != "env" {
                return Err(ModuleFault::form(format!(
                    "it imports the function `{}.{}`, which no interpreter has",
                    import.module, import.name
                )));
            }
            let ty = &side.types[import.ty as usize];
            if let Some(function) = interpreter.function(import.name) {
                if function.ty != *ty {
                    return Err(ModuleFault::Type { name: import.name.to_owned() });
                }
                self.import(Import::Interpreter(import.name.to_owned()), EntityType::Function(import.ty));
            } else if let Some(&own) = side.exported_functions.get(import.name)
                && side.imported_functions.len() <= own as usize
            {
                if side.type_of(own) != Some(ty) {
                    return Err(ModuleFault::Type { name: import.name.to_owned() });
                }
                bound.push(Some(own));
                continue;
            } else {
                self.import(Import::Function(self.symbol(import.name)), EntityType::Function(import.ty));
            }
            bound.push(None);
        }
        if !self.passive.segments.is_empty() && interpreter.function(COPY).is_some() {
            let ty = u32::try_from(side.types.len()).expect("types are counted in 32 bits");
            self.import(Import::Interpreter(COPY.to_owned()), EntityType::Function(ty + 1));
            self.passive.copy = self.functions_imported - 1;
        }
        self.number_functions(&bound);
        Ok(())
    }

    fn number_functions(&mut self, bound: &[Option<u32>]) {
        let side = self.side;
        let imported = bound.len();
        let first = self.functions_imported;
        let own = |function: u32| first + (function - u32::try_from(imported).unwrap_or(u32::MAX));
        let mut next = 0;
        self.indices.functions = bound
            .iter()
            .map(|bound| match bound {
                Some(function) => own(*function),
                None => {
                    next += 1;
                    next - 1
                }
            })
            .chain((0..side.functions.len()).map(|index| first + u32::try_from(index).unwrap_or(u32::MAX)))
            .collect();
    }

    fn import_globals(&mut self, interpreter: &Interpreter) -> Result<(), ModuleFault> {
        let side = self.side;
        for global in &side.imported_globals {
            let name = global.name;
            let use_ = match (global.module, name) {
                ("env", "__memory_base") => GlobalUse::Kept(self.indices.bases[0]),
                ("env", "__table_base") => GlobalUse::Kept(self.indices.bases[1]),
                ("env", "__stack_pointer") => {
                    let ty = GlobalType { val_type: ValType::I32, mutable: true, shared: false };
                    self.import(Import::Interpreter(name.to_owned()), EntityType::Global(ty));
                    GlobalUse::Kept(self.globals_imported - 1)
                }
                ("GOT.mem", _) => self.variable(name, interpreter),
                ("GOT.func", _) => self.address(name, interpreter)?,
                (module, _) => {
                    return Err(ModuleFault::form(format!("it imports the global `{module}.{name}`")));
                }
            };
            let is_address = global.ty.content_type == wasmparser::ValType::I32;
            if !is_address {
                return Err(ModuleFault::Type { name: name.to_owned() });
            }
            self.indices.globals.push(use_);
        }
        Ok(())
    }

    fn variable(&mut self, name: &str, interpreter: &Interpreter) -> GlobalUse {
        if let Some(address) = interpreter.data(name) {
            GlobalUse::Constant(address)
        } else if let Some(offset) = self.side.data_export(name) {
            GlobalUse::Memory(offset)
        } else {
            let symbol = self.symbol(name);
            GlobalUse::Kept(self.import_address(Import::Variable(symbol)))
        }
    }

    fn address(&mut self, name: &str, interpreter: &Interpreter) -> Result<GlobalUse, ModuleFault> {
        Ok(match (interpreter.function(name), self.side.exported_functions.get(name)) {
            (Some(function), _) if function.slot.is_some() => GlobalUse::Constant(function.slot.unwrap_or_default()),
            (None, Some(&own)) => GlobalUse::Table(self.place(own)?),
            _ => {
                let symbol = self.symbol(name);
                GlobalUse::Kept(self.import_address(Import::Address(symbol)))
            }
        })
    }

    /// Returns the place of an own function in the module's part of the table, giving it one if it has none.
    fn place(&mut self, function: u32) -> Result<u32, ModuleFault> {
        if let Some(&place) = self.places.get(&function) {
            return Ok(place);
        }
        let place = u32::try_from(self.elements.len()).map_err(|_| ModuleFault::form("its table is too large"))?;
        self.elements.push(Some(function));
        self.places.insert(function, place);
        Ok(place)
    }

    fn import_tags(&mut self, interpreter: &Interpreter) -> Result<(), ModuleFault> {
        let side = self.side;
        for tag in &side.imported_tags {
            match interpreter.tag(tag.name) {
                Some(ty) if *ty == side.types[tag.ty as usize] => {}
                Some(_) => return Err(ModuleFault::Type { name: tag.name.to_owned() }),
                None => {
                    return Err(ModuleFault::form(format!(
                        "it throws exceptions of the kind `{}`, of which there are none",
                        tag.name
                    )));
                }
            }
            let ty = TagType { kind: TagKind::Exception, func_type_idx: tag.ty };
            self.import(Import::Interpreter(tag.name.to_owned()), EntityType::Tag(ty));
        }
        Ok(())
    }

    /// Numbers the globals and functions that are defined, when it is known what is imported.
    fn number_definitions(&mut self) {
        let count = |length: usize| u32::try_from(length).expect("definitions are counted in 32 bits");
        let first = self.globals_imported;
        let globals = count(self.side.globals.len());
        self.indices.globals.extend((first..first + globals).map(GlobalUse::Kept));
        let functions = self.functions_imported + count(self.side.functions.len());
        for (number, &(segment, ..)) in (0..).zip(&self.passive.segments) {
            // The functions behind those of the module, the first of which are `exuvia_load` and `exuvia_place`.
            let use_ = PassiveUse { copy: functions + 2 + number, length: first + globals + number };
            self.indices.passive.insert(segment, use_);
        }
    }

    fn finish(mut self) -> Result<Linked, ModuleFault> {
        let side = self.side;
        let mut module = Module::new();
        module.section(&self.types()?);
        module.section(&self.import_section);
        module.section(&self.function_section());
        if !side.tags.is_empty() {
            let mut tags = TagSection::new();
            for &ty in &side.tags {
                tags.tag(TagType { kind: TagKind::Exception, func_type_idx: ty });
            }
            module.section(&tags);
        }
        module.section(&self.global_section()?);
        module.section(&self.export_section());
        module.section(&self.element_section());
        module.section(&self.code()?);
        let mut data: Vec<(u32, Bytes)> =
            side.data.iter().map(|(offset, data)| (*offset, Bytes::copy_from_slice(data))).collect();
        for (segment, offset, _) in &self.passive.segments {
            data.push((*offset, Bytes::copy_from_slice(side.passive[segment])));
        }
        let names = side.exported_functions.iter().filter(|(name, _)| !name.starts_with(OWN));
        Ok(Linked {
            wasm: module.finish(),
            memory_bytes: self.passive.memory_bytes,
            alignment: self.dylink.alignment,
            table_elements: u32::try_from(self.elements.len())
                .map_err(|_| ModuleFault::form("its table is too large"))?,
            data,
            needed: self.dylink.needed.clone(),
            runtime_paths: self.dylink.runtime_paths.clone(),
            functions: names.map(|(name, index)| ((*name).to_owned(), self.places.get(index).copied())).collect(),
            variables: side
                .exported_globals
                .keys()
                .filter_map(|name| Some(((*name).to_owned(), side.data_export(name)?)))
                .collect(),
            imports: self.imports,
        })
    }

    /// The module's types; behind them that of `exuvia_load` and `exuvia_place`, and that of functions that copy.
    fn types(&mut self) -> Result<TypeSection, ModuleFault> {
        let mut types = TypeSection::new();
        for ty in &self.side.types {
            types.ty().func_type(&self.indices.func_type(ty.clone())?);
        }
        types.ty().function([], []);
        types.ty().function([ValType::I32; 3], []);
        Ok(types)
    }

    fn function_section(&self) -> FunctionSection {
        let added = u32::try_from(self.side.types.len()).expect("types are counted in 32 bits");
        let mut functions = FunctionSection::new();
        for &ty in &self.side.functions {
            functions.function(ty);
        }
        functions.function(added);
        functions.function(added);
        for _ in &self.passive.segments {
            functions.function(added + 1);
        }
        functions
    }

    fn global_section(&mut self) -> Result<GlobalSection, ModuleFault> {
        let mut globals = GlobalSection::new();
        for global in &self.side.globals {
            self.indices.parse_global(&mut globals, global.clone())?;
        }
        for &(_, _, length) in &self.passive.segments {
            let ty = GlobalType { val_type: ValType::I32, mutable: true, shared: false };
            globals.global(ty, &ConstExpr::i32_const(length.cast_signed()));
        }
        Ok(globals)
    }

    fn export_section(&self) -> ExportSection {
        let side = self.side;
        let mut exports = ExportSection::new();
        let mut names: Vec<_> = side.exported_functions.iter().filter(|(name, _)| !name.starts_with(OWN)).collect();
        names.sort();
        for (name, index) in names {
            exports.export(name, ExportKind::Func, self.indices.functions[*index as usize]);
        }
        let count = u32::try_from(side.functions.len()).expect("functions are counted in 32 bits");
        exports.export(LOAD, ExportKind::Func, self.functions_imported + count);
        exports.export(PLACE, ExportKind::Func, self.functions_imported + count + 1);
        let mutable = side.globals.iter().map(|global| global.ty.mutable);
        let mutable = mutable.chain(self.passive.segments.iter().map(|_| true));
        for (index, _) in (self.globals_imported..).zip(mutable).filter(|(_, mutable)| *mutable) {
            exports.export(&format!("{GLOBAL}{index}"), ExportKind::Global, index);
        }
        exports
    }

    fn element_section(&self) -> ElementSection {
        let place = |function: &Option<u32>| match function {
            Some(function) => ConstExpr::ref_func(self.indices.functions[*function as usize]),
            None => ConstExpr::ref_null(wasm_encoder::HeapType::FUNC),
        };
        let mut elements = ElementSection::new();
        let places: Vec<_> = self.elements.iter().map(place).collect();
        elements.passive(Elements::Expressions(RefType::FUNCREF, Cow::Owned(places)));
        if !self.side.declared.is_empty() {
            let declared: Vec<u32> =
                self.side.declared.iter().map(|&function| self.indices.functions[function as usize]).collect();
            elements.declared(Elements::Functions(Cow::Owned(declared)));
        }
        elements
    }

    fn code(&mut self) -> Result<CodeSection, ModuleFault> {
        let side = self.side;
        let mut code = CodeSection::new();
        for body in &side.bodies {
            code.function(&self.indices.rewrite(body)?);
        }
        code.function(&self.load());
        code.function(&self.place_all());
        for &(segment, offset, _) in &self.passive.segments {
            code.function(&self.copy_from(segment, offset));
        }
        Ok(code)
    }

    /// The function that makes the module ready.
    fn load(&self) -> Function {
        let side = self.side;
        let mut function = Function::new([]);
        self.fill(&mut function);
        let exported = |name: &str| side.exported_functions.get(name).copied();
        for step in [side.start, exported(RELOCATIONS), exported(CONSTRUCTORS)].into_iter().flatten() {
            if side.type_of(step).is_some_and(|ty| ty.params().is_empty() && ty.results().is_empty()) {
                function.instruction(&Instruction::Call(self.indices.functions[step as usize]));
            }
        }
        function.instruction(&Instruction::End);
        function
    }

    /// The function that fills the module's part of the table.
    fn place_all(&self) -> Function {
        let mut function = Function::new([]);
        self.fill(&mut function);
        function.instruction(&Instruction::End);
        function
    }

    fn fill(&self, function: &mut Function) {
        function
            .instruction(&Instruction::GlobalGet(self.indices.bases[1]))
            .instruction(&Instruction::I32Const(0))
            .instruction(&Instruction::I32Const(i32::try_from(self.elements.len()).unwrap_or(0)))
            .instruction(&Instruction::TableInit { elem_index: 0, table: 0 });
    }

    /// A function that does what `memory.init` does for one segment: (to, from, length).
    fn copy_from(&self, segment: u32, offset: u32) -> Function {
        let PassiveUse { length: segment_length, .. } = self.indices.passive[&segment];
        let [to, from, length] = [0, 1, 2];
        let mut function = Function::new([]);
        // Traps where the source ends behind the segment, without being led astray by a sum that wraps around.
        for larger in [length, from] {
            function.instruction(&Instruction::LocalGet(larger)).instruction(&Instruction::GlobalGet(segment_length));
            if larger == from {
                function.instruction(&Instruction::LocalGet(length)).instruction(&Instruction::I32Sub);
            }
            function
                .instruction(&Instruction::I32GtU)
                .instruction(&Instruction::If(wasm_encoder::BlockType::Empty))
                .instruction(&Instruction::Unreachable)
                .instruction(&Instruction::End);
        }
        function
            .instruction(&Instruction::LocalGet(to))
            .instruction(&Instruction::GlobalGet(self.indices.bases[0]))
            .instruction(&Instruction::I32Const(offset.cast_signed()))
            .instruction(&Instruction::I32Add)
            .instruction(&Instruction::LocalGet(from))
            .instruction(&Instruction::I32Add)
            .instruction(&Instruction::LocalGet(length))
            .instruction(&Instruction::Call(self.passive.copy))
            .instruction(&Instruction::End);
        function
    }
}
