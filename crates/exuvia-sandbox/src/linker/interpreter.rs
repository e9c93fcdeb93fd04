//! What the interpreter of an image offers to side modules.

use std::collections::HashMap;

use wasmparser::{
    CompositeInnerType, ConstExpr, ElementItems, ElementKind, ExternalKind, FuncType, Operator, Parser, Payload,
    TypeRef,
};

use crate::image::{ImageError, offers};

/// The symbols of an interpreter's module.
#[derive(Debug, Default)]
pub(crate) struct Interpreter {
    functions: HashMap<String, Function>,
    data: HashMap<String, u32>,
    tags: HashMap<String, FuncType>,
}

/// A function that the interpreter exports.
#[derive(Debug, Clone)]
pub(crate) struct Function {
    pub(crate) ty: FuncType,
    /// Where it stands in the function table, if it does: its address, to C.
    pub(crate) slot: Option<u32>,
    /// Where it stands in the [table](offers::TABLE) of all functions.
    pub(crate) offer: u32,
}

impl Interpreter {
    /// Reads the symbols of an interpreter's module.
    pub(crate) fn read(wasm: &[u8]) -> Result<Self, ImageError> {
        let mut spaces = Spaces::default();
        let mut exports = Vec::new();
        for payload in Parser::new(0).parse_all(wasm) {
            match payload? {
                Payload::TypeSection(section) => {
                    for group in section {
                        spaces.types.extend(group?.into_types().map(|ty| match ty.composite_type.inner {
                            CompositeInnerType::Func(function) => Some(function),
                            _ => None,
                        }));
                    }
                }
                Payload::ImportSection(section) => {
                    for import in section.into_imports() {
                        if let TypeRef::Func(ty) | TypeRef::FuncExact(ty) = import?.ty {
                            spaces.functions.push(ty);
                        }
                    }
                }
                Payload::FunctionSection(section) => {
                    for ty in section {
                        spaces.functions.push(ty?);
                    }
                }
                Payload::TagSection(section) => {
                    for tag in section {
                        spaces.tags.push(tag?.func_type_idx);
                    }
                }
                Payload::GlobalSection(section) => {
                    for global in section {
                        let global = global?;
                        let address = constant(&global.init_expr).filter(|_| !global.ty.mutable);
                        spaces.globals.push(address);
                    }
                }
                Payload::ExportSection(section) => {
                    for export in section {
                        exports.push(export?);
                    }
                }
                Payload::ElementSection(section) => {
                    for element in section {
                        spaces.add_slots(&element?)?;
                    }
                }
                _ => {}
            }
        }
        let mut interpreter = Self::default();
        let mut offers = 0;
        for export in exports {
            interpreter.add(&export, &spaces, offers);
            offers += u32::from(offers::is_function(&export));
        }
        Ok(interpreter)
    }

    fn add(&mut self, export: &wasmparser::Export<'_>, spaces: &Spaces, offer: u32) {
        let name = || export.name.to_owned();
        match export.kind {
            ExternalKind::Func | ExternalKind::FuncExact => {
                if let Some(ty) = spaces.functions.get(export.index as usize).and_then(|&ty| spaces.function_type(ty)) {
                    let slot = spaces.slots.get(&export.index).copied();
                    self.functions.insert(name(), Function { ty: ty.clone(), slot, offer });
                }
            }
            ExternalKind::Global => {
                if let Some(&Some(address)) = spaces.globals.get(export.index as usize) {
                    self.data.insert(name(), address);
                }
            }
            ExternalKind::Tag => {
                if let Some(ty) = spaces.tags.get(export.index as usize).and_then(|&ty| spaces.function_type(ty)) {
                    self.tags.insert(name(), ty.clone());
                }
            }
            ExternalKind::Memory | ExternalKind::Table => {}
        }
    }

    /// Returns a function.
    pub(crate) fn function(&self, name: &str) -> Option<&Function> {
        self.functions.get(name)
    }

    /// Returns the address of a variable.
    pub(crate) fn data(&self, name: &str) -> Option<u32> {
        self.data.get(name).copied()
    }

    /// Returns the type of a tag of exceptions.
    pub(crate) fn tag(&self, name: &str) -> Option<&FuncType> {
        self.tags.get(name)
    }
}

/// The interpreter's index spaces, as far as they are needed.
#[derive(Default)]
struct Spaces {
    types: Vec<Option<FuncType>>,
    functions: Vec<u32>,
    tags: Vec<u32>,
    /// The values of constant 32-bit globals.
    globals: Vec<Option<u32>>,
    /// The first place of each function in the table.
    slots: HashMap<u32, u32>,
}

impl Spaces {
    fn function_type(&self, index: u32) -> Option<&FuncType> {
        self.types.get(index as usize)?.as_ref()
    }

    fn add_slots(&mut self, element: &wasmparser::Element<'_>) -> Result<(), ImageError> {
        let ElementKind::Active { table_index: None | Some(0), offset_expr } = &element.kind else { return Ok(()) };
        let Some(first) = constant(offset_expr) else { return Ok(()) };
        match &element.items {
            ElementItems::Functions(functions) => {
                for (slot, function) in (first..).zip(functions.clone()) {
                    self.slots.entry(function?).or_insert(slot);
                }
            }
            ElementItems::Expressions(_, expressions) => {
                for (slot, expression) in (first..).zip(expressions.clone()) {
                    if let Some(Operator::RefFunc { function_index }) = only_operator(&expression?) {
                        self.slots.entry(function_index).or_insert(slot);
                    }
                }
            }
        }
        Ok(())
    }
}

/// Returns the value of an expression that is a 32-bit constant.
fn constant(expression: &ConstExpr<'_>) -> Option<u32> {
    match only_operator(expression)? {
        Operator::I32Const { value } => Some(value.cast_unsigned()),
        _ => None,
    }
}

/// Returns the operator of an expression that has one.
pub(crate) fn only_operator<'a>(expression: &ConstExpr<'a>) -> Option<Operator<'a>> {
    let mut operators = expression.get_operators_reader();
    let operator = operators.read().ok()?;
    operators.is_end_then_eof().then_some(operator)
}
