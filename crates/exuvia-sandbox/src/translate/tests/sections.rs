//! What happens to whole sections and to what nothing changes.

use wasm_encoder::{
    BlockType, Catch, CodeSection, CustomSection, Function, FunctionSection, Module, RawSection, TypeSection,
};
use wasmparser::{KnownCustom, Name, Parser, Payload};

use super::{
    super::{Options, translate},
    assemble, translate_to_standard,
};

/// A module whose translation has other code.
const LEGACY: &str = "(module (func try nop catch_all end))";

/// Returns `wasm` with custom sections in front of it and after it.
fn with_custom(before: &[(&str, &[u8])], wasm: &[u8], after: &[(&str, &[u8])]) -> Vec<u8> {
    let mut module = Module::new();
    let add = |module: &mut Module, sections: &[(&str, &[u8])]| {
        for &(name, data) in sections {
            module.section(&CustomSection { name: name.into(), data: data.into() });
        }
    };
    add(&mut module, before);
    for payload in Parser::new(0).parse_all(wasm) {
        let payload = payload.expect("the module is valid");
        if let Some((id, range)) = payload.as_section() {
            let data = &wasm[range];
            module.section(&RawSection { id, data });
        }
    }
    add(&mut module, after);
    module.finish()
}

/// The custom sections' names and contents, and `-` for a section of another
/// kind.
fn outline(wasm: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut outline = Vec::new();
    for payload in Parser::new(0).parse_all(wasm) {
        let payload = payload.expect("the module is valid");
        match &payload {
            Payload::CustomSection(section) => {
                outline.push((section.name().to_owned(), section.data().to_vec()));
            }
            other if other.as_section().is_some() => outline.push(("-".to_owned(), Vec::new())),
            _ => {}
        }
    }
    outline
}

/// What the name section says.
fn names(wasm: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    for payload in Parser::new(0).parse_all(wasm) {
        let Payload::CustomSection(section) = payload.expect("the module is valid") else {
            continue;
        };
        let KnownCustom::Name(reader) = section.as_known() else {
            continue;
        };
        for subsection in reader {
            match subsection.expect("the names are well formed") {
                Name::Function(map) => {
                    for naming in map {
                        let naming = naming.expect("the names are well formed");
                        found.push(format!("function {} {}", naming.index, naming.name));
                    }
                }
                Name::Local(map) => {
                    for function in map {
                        let function = function.expect("the names are well formed");
                        for naming in function.names {
                            let naming = naming.expect("the names are well formed");
                            found.push(format!("local {} {} {}", function.index, naming.index, naming.name));
                        }
                    }
                }
                Name::Global(map) => {
                    for naming in map {
                        let naming = naming.expect("the names are well formed");
                        found.push(format!("global {} {}", naming.index, naming.name));
                    }
                }
                _ => found.push("others".to_owned()),
            }
        }
    }
    found
}

#[test]
fn nothing_changes_in_a_module_without_anything_to_translate() {
    let wasm = with_custom(
        &[("dylink.0", b"\x01\x02\x00\x00")],
        &assemble("(module (tag $t) (memory 1) (func $f (export \"f\") throw $t))"),
        &[(".debug_line", b"kept, as the code is the same")],
    );
    assert_eq!(translate(&wasm, &Options::default()).expect("it is valid"), wasm);
}

#[test]
fn a_translation_needs_no_translation() {
    for text in [
        include_str!("../fixtures/delegate.wat"),
        include_str!("../fixtures/indices.wat"),
        include_str!("../fixtures/rethrow.wat"),
    ] {
        let once = translate_to_standard(&assemble(text), &Options::default());
        let twice = translate_to_standard(&once, &Options::default());
        assert_eq!(once, twice);
    }
}

#[test]
fn custom_sections_keep_their_places_unless_they_describe_code() {
    let wasm = with_custom(
        &[("dylink.0", b"first"), ("metadata.code.branch_hint", b"")],
        &assemble(LEGACY),
        &[
            (".debug_info", b"offsets"),
            ("target_features", b"\x00"),
            ("reloc.CODE", b"offsets"),
            ("linking", b"indices"),
            ("sourceMappingURL", b"offsets"),
            ("producers", b"\x00"),
        ],
    );
    let translated = translate_to_standard(&wasm, &Options::default());
    let expected: Vec<(String, Vec<u8>)> = [
        ("dylink.0", &b"first"[..]),
        ("-", b""),
        ("-", b""),
        ("-", b""),
        ("target_features", b"\x00"),
        ("producers", b"\x00"),
    ]
    .iter()
    .map(|&(name, data)| (name.to_owned(), data.to_vec()))
    .collect();
    assert_eq!(outline(&translated), expected);
}

#[test]
fn names_move_with_their_functions() {
    let wasm = assemble(
        r#"(module
             (import "env" "imported" (func $imported (param i32)))
             (memory 1)
             (global $global i32 (i32.const 0))
             (func $first (param $a i32)
               try $label nop catch_all end)
             (func $second (local $b i32)
               i32.const 0 i32.const 0 i32.const 0 memory.copy
               i32.const 0 i32.const 0 i32.const 0 memory.fill))"#,
    );
    let translated = translate_to_standard(&wasm, &Options::default());
    assert_eq!(
        names(&translated),
        [
            "function 0 imported",
            "function 3 first",
            "function 4 second",
            "local 3 0 a",
            "local 4 0 b",
            "global 0 global",
        ]
    );
}

#[test]
fn malformed_names_are_dropped() {
    let wasm = with_custom(&[], &assemble(LEGACY), &[("name", b"\x01\x7f\xff\xff")]);
    let translated = translate_to_standard(&wasm, &Options::default());
    let sections: Vec<String> = outline(&translated).into_iter().map(|(name, _)| name).collect();
    assert_eq!(sections, ["-", "-", "-"]);
}

#[test]
fn a_body_without_legacy_instructions_is_copied_byte_for_byte() {
    // Numbers in more bytes than they need, which an encoder would not write.
    let plain = b"\x01\x81\x00\x7f\x41\x80\x80\x80\x80\x00\x1a\x0b";
    let legacy = b"\x00\x06\x40\x01\x19\x0b\x0b";
    let mut types = TypeSection::new();
    types.ty().function([], []);
    let mut functions = FunctionSection::new();
    functions.function(0).function(0);
    let mut code = CodeSection::new();
    code.raw(plain).raw(legacy);
    let mut module = Module::new();
    module.section(&types).section(&functions).section(&code);
    let translated = translate_to_standard(&module.finish(), &Options::default());

    let bodies: Vec<Vec<u8>> = Parser::new(0)
        .parse_all(&translated)
        .filter_map(|payload| match payload.expect("the module is valid") {
            Payload::CodeSectionEntry(body) => Some(body.as_bytes().to_vec()),
            _ => None,
        })
        .collect();
    let mut expected = Function::new([]);
    expected
        .instructions()
        .block(BlockType::Empty)
        .block(BlockType::Empty)
        .try_table(BlockType::Empty, [Catch::All { label: 0 }])
        .nop()
        .end()
        .br(1)
        .end()
        .end()
        .end();
    assert_eq!(bodies, [plain.to_vec(), expected.into_raw_body()]);
}
