//! What an image's module looks like when it is compiled.
//!
//! Native modules may use any of the interpreter's functions and variables, which are thousands. The runtime reads the
//! names of all exports whenever it loads compiled code: that would take longer than all else at the start of a program.
//! So the names stay in the image, for those who link ([`Interpreter`](crate::linker::Interpreter)). What is compiled
//! exports what the host itself uses, and has all functions in a table besides, in the order of their exports. The
//! addresses of variables are constants, and need not be looked up.

use std::borrow::Cow;

use wasm_encoder::reencode::{Reencode, RoundtripReencoder};
use wasm_encoder::{ElementSection, Elements, ExportKind, ExportSection, Module, RefType, TableSection, TableType};
use wasmparser::{ConstExpr, Element, ElementItems, ElementKind, Export, ExternalKind, Operator, Parser, Payload};

use super::ImageError;
use super::rewrite::copy;
use crate::linker::only_operator;

/// The name of the table of all functions that are exported in the image.
pub(crate) const TABLE: &str = "exuvia_offers";

/// Changes whenever [`compact`] gives something else for the same module: compiled code is named by it.
pub(super) const FORM: u32 = 1;

/// The functions that the host calls by their names, beside those whose names begin with [`OWN`].
const CALLED: &[&str] = &[
    "calloc",
    "dlerror",
    "dlopen",
    "free",
    "malloc",
    "PyImport_ImportModule",
    "PyObject_GetAttrString",
    "PyRun_SimpleString",
];

/// How the names begin of what was put into the module for the host.
const OWN: &str = "exuvia_";

/// What there is in a module.
#[derive(Default)]
struct Contents<'a> {
    tables: u32,
    mutable: Vec<bool>,
    exports: Vec<Export<'a>>,
}

/// Returns an image's module with fewer exports, as it is compiled.
pub(super) fn compact(wasm: &[u8]) -> Result<Vec<u8>, ImageError> {
    let contents = Contents::read(wasm)?;
    let functions: Vec<_> = contents.exports.iter().filter(|export| is_function(export)).collect();
    let count = functions.len() as u64;
    let mut module = Module::new();
    for payload in Parser::new(0).parse_all(wasm) {
        let payload = payload?;
        match &payload {
            Payload::TableSection(reader) => {
                let mut tables = TableSection::new();
                RoundtripReencoder.parse_table_section(&mut tables, reader.clone())?;
                let (element_type, maximum) = (RefType::FUNCREF, Some(count));
                tables.table(TableType { element_type, table64: false, minimum: count, maximum, shared: false });
                module.section(&tables);
            }
            Payload::ExportSection(_) => {
                let mut exports = ExportSection::new();
                for export in contents.exports.iter().filter(|export| contents.is_kept(export)) {
                    RoundtripReencoder.parse_export(&mut exports, *export)?;
                }
                exports.export(TABLE, ExportKind::Table, contents.tables);
                module.section(&exports);
            }
            Payload::ElementSection(reader) => {
                let mut elements = ElementSection::new();
                for element in reader.clone() {
                    add_plain(&mut elements, element?)?;
                }
                let offered: Vec<_> = functions.iter().map(|export| export.index).collect();
                let offered = Elements::Functions(Cow::Owned(offered));
                elements.active(Some(contents.tables), &wasm_encoder::ConstExpr::i32_const(0), offered);
                module.section(&elements);
            }
            _ => copy(&mut module, wasm, &payload),
        }
    }
    Ok(module.finish())
}

/// Adds a segment of a table. Where its expressions all name functions, so does it: until it meets expressions, a runtime
/// fills tables in advance, or when their places are first used, and from there on for each new instance.
fn add_plain(elements: &mut ElementSection, element: Element<'_>) -> Result<(), ImageError> {
    let functions = match (&element.kind, &element.items) {
        (ElementKind::Active { .. }, ElementItems::Expressions(_, expressions)) => {
            let function = |expression: ConstExpr<'_>| match only_operator(&expression) {
                Some(Operator::RefFunc { function_index }) => Some(function_index),
                _ => None,
            };
            let functions = expressions.clone().into_iter().map(|expression| Ok(function(expression?)));
            functions.collect::<Result<Option<Vec<_>>, ImageError>>()?
        }
        _ => None,
    };
    match (functions, element.kind) {
        (Some(functions), ElementKind::Active { table_index, offset_expr }) => {
            let offset = RoundtripReencoder.const_expr(offset_expr)?;
            elements.active(table_index, &offset, Elements::Functions(Cow::Owned(functions)));
        }
        (_, kind) => RoundtripReencoder.parse_element(elements, Element { kind, ..element })?,
    }
    Ok(())
}

/// Whether this is a function, which has a place in the table.
pub(crate) fn is_function(export: &Export<'_>) -> bool {
    matches!(export.kind, ExternalKind::Func | ExternalKind::FuncExact)
}

impl<'a> Contents<'a> {
    fn read(wasm: &'a [u8]) -> Result<Self, ImageError> {
        let mut contents = Self::default();
        for payload in Parser::new(0).parse_all(wasm) {
            match payload? {
                Payload::TableSection(reader) => contents.tables = reader.count(),
                Payload::GlobalSection(reader) => {
                    for global in reader {
                        contents.mutable.push(global?.ty.mutable);
                    }
                }
                Payload::ExportSection(reader) => {
                    contents.exports = reader.into_iter().collect::<Result<_, _>>()?;
                }
                _ => {}
            }
        }
        Ok(contents)
    }

    /// Whether an export keeps its name.
    fn is_kept(&self, export: &Export<'_>) -> bool {
        match export.kind {
            ExternalKind::Func | ExternalKind::FuncExact => {
                export.name.starts_with(OWN) || CALLED.contains(&export.name)
            }
            ExternalKind::Global => self.mutable.get(export.index as usize) == Some(&true),
            ExternalKind::Memory | ExternalKind::Table | ExternalKind::Tag => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use wasmtime::{Engine, Instance, Module, Store};

    use super::{TABLE, compact};

    const MODULE: &str = r#"
        (module
          (import "env" "imported" (func $imported (result i32)))
          (table $table 4 funcref)
          (global $variable (export "errno") i32 (i32.const 1024))
          (global $stack (export "__stack_pointer") (mut i32) (i32.const 9))
          (memory (export "memory") 1)
          (func $one (export "PyList_New") (result i32) i32.const 1)
          (func $two (export "malloc") (result i32) i32.const 2)
          (func $three (result i32) i32.const 3)
          (func (export "exuvia_enter") (result i32) (call_indirect (result i32) (i32.const 3)))
          (export "first" (func $imported))
          (export "table" (table $table))
          (elem (table $table) (i32.const 1) funcref (ref.func $one) (ref.func $two) (ref.func $three))
          (elem declare func $one))
    "#;

    #[test]
    fn functions_lie_in_the_order_of_their_exports() {
        let wasm = wat::parse_str(MODULE).unwrap();
        let engine = Engine::default();
        let module = Module::new(&engine, compact(&wasm).unwrap()).unwrap();
        let mut names: Vec<_> = module.exports().map(|export| export.name().to_owned()).collect();
        names.sort();
        assert_eq!(names, ["__stack_pointer", "exuvia_enter", TABLE, "malloc", "memory", "table"]);

        let mut store = Store::new(&engine, ());
        let imported = wasmtime::Func::wrap(&mut store, || 7_i32);
        let instance = Instance::new(&mut store, &module, &[imported.into()]).unwrap();
        let table = instance.get_table(&mut store, TABLE).unwrap();
        let mut offered = Vec::new();
        for index in 0..table.size(&store) {
            let function = *table.get(&mut store, index).unwrap().unwrap_func().unwrap();
            offered.push(function.typed::<(), i32>(&store).unwrap().call(&mut store, ()).unwrap());
        }
        // Those that have a name in the image, in that order: PyList_New, malloc, exuvia_enter, first.
        assert_eq!(offered, [1, 2, 3, 7]);
    }
}
