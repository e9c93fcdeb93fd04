//! What a translated side module consists of.

use std::collections::HashMap;

use wasmparser::{
    CompositeInnerType, ConstExpr, DataKind, ElementItems, ElementKind, ExternalKind, FuncType, FunctionBody, Global,
    Operator, Parser, Payload, TypeRef,
};

use super::error::ModuleFault;
use super::interpreter::only_operator;

/// The exported function that the C library's start-up code is in.
pub(super) const CONSTRUCTORS: &str = "__wasm_call_ctors";
/// The exported function that writes addresses into the module's data.
pub(super) const RELOCATIONS: &str = "__wasm_apply_data_relocs";

/// A side module, as it came out of translation. Its indices are its own.
#[derive(Default)]
pub(super) struct Side<'a> {
    pub(super) types: Vec<FuncType>,
    pub(super) imported_functions: Vec<Imported<'a, u32>>,
    pub(super) imported_globals: Vec<Imported<'a, wasmparser::GlobalType>>,
    pub(super) imported_tags: Vec<Imported<'a, u32>>,
    /// The types of the functions that it defines.
    pub(super) functions: Vec<u32>,
    pub(super) bodies: Vec<FunctionBody<'a>>,
    pub(super) globals: Vec<Global<'a>>,
    /// The types of the tags that it defines.
    pub(super) tags: Vec<u32>,
    pub(super) exported_functions: HashMap<&'a str, u32>,
    pub(super) exported_globals: HashMap<&'a str, u32>,
    pub(super) start: Option<u32>,
    /// Its part of the function table, by place.
    pub(super) elements: HashMap<u32, u32>,
    /// Functions whose addresses are taken only in code.
    pub(super) declared: Vec<u32>,
    /// Its data, by place.
    pub(super) data: Vec<(u32, &'a [u8])>,
    /// Its data that is copied when the code says so, by segment.
    pub(super) passive: HashMap<u32, &'a [u8]>,
    segments: u32,
}

/// Something imported.
pub(super) struct Imported<'a, T> {
    pub(super) module: &'a str,
    pub(super) name: &'a str,
    pub(super) ty: T,
}

impl<'a> Side<'a> {
    /// Reads a valid module.
    pub(super) fn read(wasm: &'a [u8]) -> Result<Self, ModuleFault> {
        let mut side = Self::default();
        for payload in Parser::new(0).parse_all(wasm) {
            side.add(payload?)?;
        }
        Ok(side)
    }

    fn add(&mut self, payload: Payload<'a>) -> Result<(), ModuleFault> {
        match payload {
            Payload::TypeSection(section) => {
                for group in section {
                    for ty in group?.into_types() {
                        self.types.push(function_type(&ty)?);
                    }
                }
            }
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    self.add_import(&import?)?;
                }
            }
            Payload::FunctionSection(section) => {
                self.functions = section.into_iter().collect::<Result<_, _>>()?;
            }
            Payload::TableSection(_) => return Err(ModuleFault::form("it has a table of its own")),
            Payload::MemorySection(_) => return Err(ModuleFault::form("it has a memory of its own")),
            Payload::TagSection(section) => {
                for tag in section {
                    let ty = tag?.func_type_idx;
                    self.check_tag(ty)?;
                    self.tags.push(ty);
                }
            }
            Payload::GlobalSection(section) => {
                self.globals = section.into_iter().collect::<Result<_, _>>()?;
            }
            Payload::ExportSection(section) => {
                for export in section {
                    let export = export?;
                    match export.kind {
                        ExternalKind::Func | ExternalKind::FuncExact => {
                            self.exported_functions.insert(export.name, export.index);
                        }
                        ExternalKind::Global => {
                            self.exported_globals.insert(export.name, export.index);
                        }
                        ExternalKind::Memory | ExternalKind::Table | ExternalKind::Tag => {}
                    }
                }
            }
            Payload::StartSection { func, .. } => self.start = Some(func),
            Payload::ElementSection(section) => {
                for element in section {
                    self.add_element(element?)?;
                }
            }
            Payload::DataSection(section) => {
                for data in section {
                    self.add_data(&data?)?;
                }
            }
            Payload::CodeSectionEntry(body) => self.bodies.push(body),
            _ => {}
        }
        Ok(())
    }

    fn add_import(&mut self, import: &wasmparser::Import<'a>) -> Result<(), ModuleFault> {
        let wasmparser::Import { module, name, .. } = *import;
        match import.ty {
            TypeRef::Func(ty) => self.imported_functions.push(Imported { module, name, ty }),
            TypeRef::Global(ty) => self.imported_globals.push(Imported { module, name, ty }),
            TypeRef::Tag(tag) => self.imported_tags.push(Imported { module, name, ty: tag.func_type_idx }),
            TypeRef::Memory(memory) if name == "memory" && !memory.memory64 && !memory.shared => {}
            TypeRef::Table(table) if name == "__indirect_function_table" && !table.table64 => {}
            TypeRef::Memory(_) | TypeRef::Table(_) | TypeRef::FuncExact(_) => {
                return Err(ModuleFault::form(format!("it imports `{module}.{name}`, of a kind that is not there")));
            }
        }
        Ok(())
    }

    /// Exceptions are kept in a heap of the runtime's, which no limit of a sandbox counts: they may not hold others.
    fn check_tag(&self, ty: u32) -> Result<(), ModuleFault> {
        let ty = self.types.get(ty as usize).ok_or_else(|| ModuleFault::form("a tag has no type"))?;
        if ty.params().iter().any(|param| param.is_reference_type()) {
            return Err(ModuleFault::form("it throws exceptions that hold references"));
        }
        Ok(())
    }

    fn add_element(&mut self, element: wasmparser::Element<'a>) -> Result<(), ModuleFault> {
        let mut functions = Vec::new();
        match element.items {
            ElementItems::Functions(items) => {
                for function in items {
                    functions.push(Some(function?));
                }
            }
            ElementItems::Expressions(_, items) => {
                for item in items {
                    functions.push(match only_operator(&item?) {
                        Some(Operator::RefFunc { function_index }) => Some(function_index),
                        Some(Operator::RefNull { .. }) => None,
                        _ => return Err(ModuleFault::form("its table has elements that are computed")),
                    });
                }
            }
        }
        match element.kind {
            ElementKind::Active { offset_expr, .. } => {
                let first = self.offset(&offset_expr, "__table_base")?;
                for (place, function) in (first..).zip(functions) {
                    if let Some(function) = function {
                        self.elements.insert(place, function);
                    }
                }
            }
            ElementKind::Declared => self.declared.extend(functions.into_iter().flatten()),
            ElementKind::Passive => return Err(ModuleFault::form("it has passive table elements")),
        }
        Ok(())
    }

    fn add_data(&mut self, data: &wasmparser::Data<'a>) -> Result<(), ModuleFault> {
        match &data.kind {
            DataKind::Active { offset_expr, .. } => {
                let offset = self.offset(offset_expr, "__memory_base")?;
                self.data.push((offset, data.data));
            }
            DataKind::Passive => {
                self.passive.insert(self.segments, data.data);
            }
        }
        self.segments += 1;
        Ok(())
    }

    /// Returns an offset from the imported global `base`.
    fn offset(&self, expression: &ConstExpr<'_>, base: &str) -> Result<u32, ModuleFault> {
        let is_base = |index: u32| self.imported_globals.get(index as usize).is_some_and(|global| global.name == base);
        let mut operators = expression.get_operators_reader();
        let mut found = Vec::new();
        while !operators.is_end_then_eof() && found.len() < 4 {
            found.push(operators.read()?);
        }
        match found.as_slice() {
            [Operator::GlobalGet { global_index }] if is_base(*global_index) => Ok(0),
            [Operator::GlobalGet { global_index }, Operator::I32Const { value }, Operator::I32Add]
            | [Operator::I32Const { value }, Operator::GlobalGet { global_index }, Operator::I32Add]
                if is_base(*global_index) && *value >= 0 =>
            {
                Ok(value.cast_unsigned())
            }
            _ => Err(ModuleFault::form(format!("a segment does not lie at an offset from `{base}`"))),
        }
    }

    /// Returns the type of a function.
    pub(super) fn type_of(&self, function: u32) -> Option<&FuncType> {
        let function = function as usize;
        let ty = match self.imported_functions.get(function) {
            Some(import) => import.ty,
            None => *self.functions.get(function - self.imported_functions.len())?,
        };
        self.types.get(ty as usize)
    }

    /// Returns the offset of an exported variable from the module's data.
    pub(super) fn data_export(&self, name: &str) -> Option<u32> {
        let index = *self.exported_globals.get(name)? as usize;
        let global = self.globals.get(index.checked_sub(self.imported_globals.len())?)?;
        match only_operator(&global.init_expr)? {
            Operator::I32Const { value } if !global.ty.mutable => Some(value.cast_unsigned()),
            _ => None,
        }
    }
}

/// Structures and arrays would live in the runtime's own heap, which no limit of a sandbox counts.
fn function_type(ty: &wasmparser::SubType) -> Result<FuncType, ModuleFault> {
    match &ty.composite_type.inner {
        CompositeInnerType::Func(function) => Ok(function.clone()),
        _ => Err(ModuleFault::form("it has types other than those of functions")),
    }
}
