//! Making native modules a part of the interpreter's module, when an image is derived.
//!
//! A sandbox that has loaded native modules consists of several instances that share one memory and one table. Merged,
//! they are one module again, whose memory, globals and table are all its state: it is frozen as any booted interpreter
//! is, and instantiating it costs the same. Calls between the interpreter and native modules become direct calls, and
//! the addresses that a linker gave them become constants.

use std::collections::HashMap;

use wasm_encoder::reencode::{self, Reencode, RoundtripReencoder};
use wasm_encoder::{
    CodeSection, ConstExpr, ElementSection, Elements, ExportKind, ExportSection, Function, FunctionSection,
    GlobalSection, Instruction, Module, RawSection, RefType, TableSection, TagSection, TypeSection,
};
use wasmparser::{Operator, Parser, Payload, TypeRef};

use super::ImageError;
use super::rewrite::global_name;

/// A native module that an interpreter has loaded.
pub(crate) struct Side<'a> {
    /// The module, linked against the interpreter.
    pub(crate) wasm: &'a [u8],
    /// What became of its imports, in their order.
    pub(crate) imports: Vec<Resolved>,
    /// Where its part of the function table begins.
    pub(crate) table_base: u32,
    /// The exports that made it ready.
    pub(crate) loaders: [&'static str; 2],
}

/// What became of an import of a native module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Resolved {
    /// An export of the interpreter.
    Interpreter(String),
    /// A number.
    Number(u32),
    /// A function that the native module at this position exports.
    Function(usize, String),
    /// A weak function that is not there.
    Absent,
}

/// A function that stands in the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    /// An exported function of the interpreter.
    Interpreter(String),
    /// An exported function of the native module at this position.
    Side(usize, String),
}

/// The interpreter's module with native modules in it.
pub(super) struct Merged {
    pub(super) wasm: Vec<u8>,
    /// The indices of the native modules' mutable globals: by module, what their name was there, and what they are now.
    pub(super) globals: Vec<(usize, String, u32)>,
}

/// Merges native modules into the interpreter's module. `table_size` is how large the table has become, `placed` says
/// what was put into it beside the native modules' own parts.
pub(super) fn merge(
    base: &[u8],
    sides: &[Side<'_>],
    table_size: u64,
    placed: &[(u32, Target)],
) -> Result<Merged, ImageError> {
    let spaces = Spaces::of(base)?;
    let mut next = spaces.counts;
    let mut parsed = Vec::new();
    for side in sides {
        let contents = Contents::of(side.wasm)?;
        let start = next;
        next.types += contents.spaces.counts.types;
        next.functions += contents.spaces.counts.functions - contents.spaces.imported.functions;
        next.globals += contents.spaces.counts.globals - contents.spaces.imported.globals;
        next.tags += contents.spaces.counts.tags - contents.spaces.imported.tags;
        parsed.push((start, contents));
    }
    let merger = Merger { base: spaces, sides, parsed, placed };
    merger.write(base, table_size)
}

/// How many of each kind there are.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    types: u32,
    functions: u32,
    globals: u32,
    tags: u32,
}

/// The index spaces of a module.
#[derive(Default)]
struct Spaces {
    counts: Counts,
    imported: Counts,
    exports: HashMap<String, (ExportKind, u32)>,
}

impl Spaces {
    fn of(wasm: &[u8]) -> Result<Self, ImageError> {
        let mut spaces = Self::default();
        for payload in Parser::new(0).parse_all(wasm) {
            spaces.add(&payload?)?;
        }
        Ok(spaces)
    }

    fn add(&mut self, payload: &Payload<'_>) -> Result<(), ImageError> {
        match payload {
            Payload::TypeSection(section) => {
                for group in section.clone() {
                    self.counts.types += u32::try_from(group?.types().len()).unwrap_or(u32::MAX);
                }
            }
            Payload::ImportSection(section) => {
                for import in section.clone().into_imports() {
                    match import?.ty {
                        TypeRef::Func(_) | TypeRef::FuncExact(_) => self.imported.functions += 1,
                        TypeRef::Global(_) => self.imported.globals += 1,
                        TypeRef::Tag(_) => self.imported.tags += 1,
                        TypeRef::Memory(_) | TypeRef::Table(_) => {}
                    }
                }
                let Counts { functions, globals, tags, .. } = self.imported;
                self.counts = Counts { functions, globals, tags, ..self.counts };
            }
            Payload::FunctionSection(section) => self.counts.functions += section.count(),
            Payload::GlobalSection(section) => self.counts.globals += section.count(),
            Payload::TagSection(section) => self.counts.tags += section.count(),
            Payload::ExportSection(section) => {
                for export in section.clone() {
                    let export = export?;
                    let kind = RoundtripReencoder.export_kind(export.kind)?;
                    self.exports.insert(export.name.to_owned(), (kind, export.index));
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn export(&self, kind: ExportKind, name: &str) -> Result<u32, ImageError> {
        match self.exports.get(name) {
            Some(&(found, index)) if found == kind => Ok(index),
            _ => Err(ImageError::Module(format!("`{name}` is not exported"))),
        }
    }
}

/// A linked native module.
struct Contents<'a> {
    spaces: Spaces,
    imports: Vec<TypeRef>,
    sections: Vec<Payload<'a>>,
}

impl<'a> Contents<'a> {
    fn of(wasm: &'a [u8]) -> Result<Self, ImageError> {
        let mut contents = Self { spaces: Spaces::default(), imports: Vec::new(), sections: Vec::new() };
        for payload in Parser::new(0).parse_all(wasm) {
            let payload = payload?;
            contents.spaces.add(&payload)?;
            if let Payload::ImportSection(section) = &payload {
                for import in section.clone().into_imports() {
                    contents.imports.push(import?.ty);
                }
            }
            contents.sections.push(payload);
        }
        Ok(contents)
    }
}

/// What is being merged.
struct Merger<'a> {
    base: Spaces,
    sides: &'a [Side<'a>],
    /// Where the definitions of each native module begin, and what it has.
    parsed: Vec<(Counts, Contents<'a>)>,
    placed: &'a [(u32, Target)],
}

impl Merger<'_> {
    fn write(&self, base: &[u8], table_size: u64) -> Result<Merged, ImageError> {
        let mut maps = (0..self.sides.len()).map(|side| self.indices(side)).collect::<Result<Vec<_>, _>>()?;
        let globals = self.mutable_globals(&maps);
        let mut module = Module::new();
        let mut code = CodeSection::new();
        for payload in Parser::new(0).parse_all(base) {
            let payload = payload?;
            if self.definitions(&payload, &mut maps, &mut module)? {
                continue;
            }
            match &payload {
                Payload::TableSection(reader) => {
                    let mut tables = TableSection::new();
                    for (index, table) in reader.clone().into_iter().enumerate() {
                        let mut ty = RoundtripReencoder.table_type(table?.ty)?;
                        if index == 0 {
                            ty.minimum = table_size;
                        }
                        tables.table(ty);
                    }
                    module.section(&tables);
                }
                Payload::ExportSection(reader) => {
                    let mut exports = ExportSection::new();
                    RoundtripReencoder.parse_export_section(&mut exports, reader.clone())?;
                    for (_, _, index) in &globals {
                        exports.export(&global_name(*index), ExportKind::Global, *index);
                    }
                    module.section(&exports);
                }
                Payload::ElementSection(reader) => {
                    let mut elements = ElementSection::new();
                    RoundtripReencoder.parse_element_section(&mut elements, reader.clone())?;
                    self.elements(&mut maps, &mut elements)?;
                    module.section(&elements);
                }
                Payload::CodeSectionEntry(body) => {
                    code.raw(body.as_bytes());
                    if code.len() == self.base.counts.functions - self.base.imported.functions {
                        self.code(&mut maps, &mut code)?;
                        module.section(&code);
                    }
                }
                Payload::CodeSectionStart { .. } => {}
                _ => {
                    if let Some((id, range)) = payload.as_section() {
                        module.section(&RawSection { id, data: &base[range] });
                    }
                }
            }
        }
        Ok(Merged { wasm: module.finish(), globals })
    }

    /// Writes a section of definitions with those of the native modules behind the interpreter's, and returns true; false
    /// for another section.
    fn definitions(
        &self,
        payload: &Payload<'_>,
        maps: &mut [Indices],
        module: &mut Module,
    ) -> Result<bool, ImageError> {
        match payload {
            Payload::TypeSection(reader) => {
                let mut types = TypeSection::new();
                RoundtripReencoder.parse_type_section(&mut types, reader.clone())?;
                self.append(maps, |map, payload| match payload {
                    Payload::TypeSection(reader) => map.parse_type_section(&mut types, reader.clone()),
                    _ => Ok(()),
                })?;
                module.section(&types);
            }
            Payload::FunctionSection(reader) => {
                let mut functions = FunctionSection::new();
                RoundtripReencoder.parse_function_section(&mut functions, reader.clone())?;
                self.append(maps, |map, payload| match payload {
                    Payload::FunctionSection(reader) => map.parse_function_section(&mut functions, reader.clone()),
                    _ => Ok(()),
                })?;
                module.section(&functions);
            }
            Payload::TagSection(reader) => {
                let mut tags = TagSection::new();
                RoundtripReencoder.parse_tag_section(&mut tags, reader.clone())?;
                self.append(maps, |map, payload| match payload {
                    Payload::TagSection(reader) => map.parse_tag_section(&mut tags, reader.clone()),
                    _ => Ok(()),
                })?;
                module.section(&tags);
            }
            Payload::GlobalSection(reader) => {
                let mut globals = GlobalSection::new();
                RoundtripReencoder.parse_global_section(&mut globals, reader.clone())?;
                self.append(maps, |map, payload| match payload {
                    Payload::GlobalSection(reader) => map.parse_global_section(&mut globals, reader.clone()),
                    _ => Ok(()),
                })?;
                module.section(&globals);
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Does something for each section of each native module.
    fn append(
        &self,
        maps: &mut [Indices],
        mut add: impl FnMut(&mut Indices, &Payload<'_>) -> Result<(), reencode::Error>,
    ) -> Result<(), ImageError> {
        for ((_, contents), map) in self.parsed.iter().zip(maps) {
            for payload in &contents.sections {
                add(map, payload)?;
            }
        }
        Ok(())
    }

    /// Finds out what the indices of a native module become.
    fn indices(&self, position: usize) -> Result<Indices, ImageError> {
        let (start, contents) = &self.parsed[position];
        let mut map = Indices { types: start.types, functions: Vec::new(), globals: Vec::new(), tags: Vec::new() };
        for (ty, resolved) in contents.imports.iter().zip(&self.sides[position].imports) {
            match (ty, resolved) {
                (TypeRef::Memory(_) | TypeRef::Table(_), _) => {}
                (TypeRef::Global(_), Resolved::Number(value)) => map.globals.push(Global::Number(*value)),
                (TypeRef::Global(_), Resolved::Interpreter(name)) => {
                    map.globals.push(Global::Index(self.base.export(ExportKind::Global, name)?));
                }
                (TypeRef::Tag(_), Resolved::Interpreter(name)) => {
                    map.tags.push(self.base.export(ExportKind::Tag, name)?);
                }
                (TypeRef::Func(_), Resolved::Interpreter(name)) => {
                    map.functions.push(self.base.export(ExportKind::Func, name)?);
                }
                (TypeRef::Func(_), Resolved::Function(side, name)) => map.functions.push(self.function(*side, name)?),
                (TypeRef::Func(_), Resolved::Absent) => {
                    return Err(ImageError::Module(
                        "a weak function is missing, which an image cannot have".to_owned(),
                    ));
                }
                _ => return Err(ImageError::Module("an import of a native module was not resolved".to_owned())),
            }
        }
        let own = |total: u32, imported: u32| total - imported;
        let Counts { functions, globals, tags, .. } = contents.spaces.counts;
        let imported = contents.spaces.imported;
        map.functions.extend((start.functions..).take(own(functions, imported.functions) as usize));
        map.globals.extend((start.globals..).take(own(globals, imported.globals) as usize).map(Global::Index));
        map.tags.extend((start.tags..).take(own(tags, imported.tags) as usize));
        Ok(map)
    }

    /// Returns the index of a function that a native module exports.
    fn function(&self, position: usize, name: &str) -> Result<u32, ImageError> {
        let (start, contents) = &self.parsed[position];
        let index = contents.spaces.export(ExportKind::Func, name)?;
        match index.checked_sub(contents.spaces.imported.functions) {
            Some(own) => Ok(start.functions + own),
            None => Err(ImageError::Module(format!("`{name}` is exported by a module that does not define it"))),
        }
    }

    fn mutable_globals(&self, maps: &[Indices]) -> Vec<(usize, String, u32)> {
        let mut found = Vec::new();
        for (position, ((_, contents), map)) in self.parsed.iter().zip(maps).enumerate() {
            let mut names: Vec<_> = contents.spaces.exports.iter().collect();
            names.sort_by_key(|(name, _)| name.as_str());
            for (name, (kind, index)) in names {
                if *kind == ExportKind::Global
                    && let Some(Global::Index(index)) = map.globals.get(*index as usize)
                {
                    found.push((position, name.clone(), *index));
                }
            }
        }
        found
    }

    fn elements(&self, maps: &mut [Indices], elements: &mut ElementSection) -> Result<(), ImageError> {
        for ((side, (_, contents)), map) in self.sides.iter().zip(&self.parsed).zip(maps) {
            for payload in &contents.sections {
                let Payload::ElementSection(reader) = payload else { continue };
                for element in reader.clone() {
                    let mut element = element?;
                    if matches!(element.kind, wasmparser::ElementKind::Passive) {
                        let items = map.element_items(element.items)?;
                        elements.active(Some(0), &address(side.table_base)?, items);
                    } else {
                        element.kind = wasmparser::ElementKind::Declared;
                        map.parse_element(elements, element)?;
                    }
                }
            }
        }
        for (slot, target) in self.placed {
            let function = match target {
                Target::Interpreter(name) => self.base.export(ExportKind::Func, name)?,
                Target::Side(side, name) => self.function(*side, name)?,
            };
            let item = [ConstExpr::ref_func(function)];
            elements.active(Some(0), &address(*slot)?, Elements::Expressions(RefType::FUNCREF, item[..].into()));
        }
        Ok(())
    }

    fn code(&self, maps: &mut [Indices], code: &mut CodeSection) -> Result<(), ImageError> {
        for ((side, (_, contents)), map) in self.sides.iter().zip(&self.parsed).zip(maps) {
            let loader = |name| contents.spaces.export(ExportKind::Func, name);
            let loaders = [loader(side.loaders[0])?, loader(side.loaders[1])?];
            let mut index = contents.spaces.imported.functions;
            for payload in &contents.sections {
                let Payload::CodeSectionEntry(body) = payload else { continue };
                if loaders.contains(&index) {
                    // They have done their work, with a segment that is not there any more.
                    let mut function = Function::new([]);
                    function.instruction(&Instruction::Unreachable).instruction(&Instruction::End);
                    code.function(&function);
                } else {
                    map.parse_function_body(code, body.clone())?;
                }
                index += 1;
            }
        }
        Ok(())
    }
}

fn address(place: u32) -> Result<ConstExpr, ImageError> {
    let place = i32::try_from(place).map_err(|_| ImageError::Module("the table is too large".to_owned()))?;
    Ok(ConstExpr::i32_const(place))
}

/// What the indices of a native module become.
struct Indices {
    /// The index of its first type.
    types: u32,
    functions: Vec<u32>,
    globals: Vec<Global>,
    tags: Vec<u32>,
}

/// What a global of a native module becomes.
#[derive(Debug, Clone, Copy)]
enum Global {
    Index(u32),
    Number(u32),
}

impl Reencode for Indices {
    type Error = std::convert::Infallible;

    fn type_index(&mut self, ty: u32) -> Result<u32, reencode::Error> {
        Ok(self.types + ty)
    }

    fn function_index(&mut self, function: u32) -> Result<u32, reencode::Error> {
        self.functions.get(function as usize).copied().ok_or(reencode::Error::InvalidConstExpr)
    }

    fn global_index(&mut self, global: u32) -> Result<u32, reencode::Error> {
        match self.globals.get(global as usize) {
            Some(Global::Index(index)) => Ok(*index),
            _ => Err(reencode::Error::InvalidConstExpr),
        }
    }

    fn tag_index(&mut self, tag: u32) -> Result<u32, reencode::Error> {
        self.tags.get(tag as usize).copied().ok_or(reencode::Error::InvalidConstExpr)
    }

    fn instruction<'a>(&mut self, operator: Operator<'a>) -> Result<Instruction<'a>, reencode::Error> {
        if let Operator::GlobalGet { global_index } = operator
            && let Some(Global::Number(value)) = self.globals.get(global_index as usize)
        {
            return Ok(Instruction::I32Const(value.cast_signed()));
        }
        reencode::utils::instruction(self, operator)
    }
}
