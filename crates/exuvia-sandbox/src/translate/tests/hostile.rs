//! Modules that somebody made to hurt.

use std::error::Error;

use wasm_encoder::{
    BlockType, CodeSection, Function, FunctionSection, Module, TagKind, TagSection, TagType, TypeSection, ValType,
};

use super::{
    super::{MODULE_BYTES_MAX, Options, translate},
    assemble, assert_standard,
    programs::Random,
    translate_to_standard,
};

const FIXTURES: [&str; 7] = [
    include_str!("../fixtures/block_types.wat"),
    include_str!("../fixtures/branches.wat"),
    include_str!("../fixtures/catch.wat"),
    include_str!("../fixtures/dead_code.wat"),
    include_str!("../fixtures/delegate.wat"),
    include_str!("../fixtures/indices.wat"),
    include_str!("../fixtures/rethrow.wat"),
];
/// How many damaged modules are tried for each fixture.
const DAMAGED: u32 = 3_000;

/// Requires that a module is refused in the given words, its cause included.
fn check_refused(wasm: &[u8], expected: &str) {
    let error = translate(wasm, &Options::default()).expect_err("the module is to be refused");
    let message = match error.source() {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    };
    assert_eq!(message, expected);
}

/// A module with one function of the type `[] -> []`, and one tag without values.
fn module_of(locals: u32, write: impl FnOnce(&mut Function)) -> Vec<u8> {
    let mut types = TypeSection::new();
    types.ty().function([], []);
    let mut functions = FunctionSection::new();
    functions.function(0);
    let mut tags = TagSection::new();
    tags.tag(TagType { kind: TagKind::Exception, func_type_idx: 0 });
    let mut function = Function::new([(locals, ValType::I32)]);
    write(&mut function);
    function.instructions().end();
    let mut code = CodeSection::new();
    code.function(&function);
    let mut module = Module::new();
    module.section(&types).section(&functions).section(&tags).section(&code);
    module.finish()
}

#[test]
fn bytes_that_are_no_module() {
    check_refused(b"", "the module is not valid WebAssembly: unexpected end-of-file (at offset 0x0)");
    check_refused(
        b"\0asm\x0d\0\x01\0",
        "the module is not valid WebAssembly: unknown binary version and encoding combination: \
         0xd and 0x1, note: encoded as a component but the WebAssembly component model feature \
         is not enabled - enable the feature to allow component validation (at offset 0x0)",
    );
}

#[test]
fn an_unknown_label() {
    let wasm = module_of(0, |function| {
        function.instructions().try_(BlockType::Empty).delegate(1);
    });
    check_refused(
        &wasm,
        "the module is not valid WebAssembly: unknown label: branch depth too large (at offset \
         0x20)",
    );
}

#[test]
fn every_prefix_of_a_module() {
    for text in FIXTURES {
        let wasm = assemble(text);
        for length in 0..wasm.len() {
            if let Ok(translated) = translate(&wasm[..length], &Options::default()) {
                assert_standard(&translated);
            }
        }
    }
}

#[test]
fn damaged_modules_are_refused_or_translated() {
    let mut random = Random(1);
    let mut translated_count = 0;
    for text in FIXTURES {
        let wasm = assemble(text);
        for _ in 0..DAMAGED {
            let mut damaged = wasm.clone();
            for _ in 0..=random.below(3) {
                let position = random.below(damaged.len() as u32) as usize;
                // Mostly to bytes that occur, which are more often valid.
                damaged[position] = if random.below(4) == 0 {
                    random.next() as u8
                } else {
                    wasm[random.below(wasm.len() as u32) as usize]
                };
            }
            if let Ok(translated) = translate(&damaged, &Options::default()) {
                assert_standard(&translated);
                translated_count += 1;
            }
        }
    }
    assert!(translated_count > 1000, "{translated_count} were valid");
}

#[test]
fn both_forms_in_one_function() {
    check_refused(
        &assemble("(module (func) (func try try_table end catch_all end))"),
        "function 1 mixes the legacy exception instructions with `try_table` or `throw_ref`; \
         build it with one form only",
    );
}

#[test]
fn both_forms_in_one_module() {
    let wasm = assemble(
        "(module
           (func (param exnref) try_table end local.get 0 throw_ref)
           (func try catch_all end))",
    );
    translate_to_standard(&wasm, &Options::default());
}

#[test]
fn memories_that_the_imported_functions_do_not_know() {
    let code = |memories: &str, instruction: &str| assemble(&format!("(module {memories} (func {instruction}))"));
    let numbers = "i32.const 0 i32.const 0 i32.const 0";
    for (instruction, name) in
        [("memory.copy 0 1", "memory.copy"), ("memory.copy 1 1", "memory.copy"), ("memory.fill 1", "memory.fill")]
    {
        check_refused(
            &code(
                "(memory 1) (memory 1)",
                &format!("{numbers} {instruction} {numbers} memory.copy {numbers} memory.fill"),
            ),
            &format!(
                "function 0 uses `{name}` on a memory other than the first, or between two \
                 memories; build it for a single memory"
            ),
        );
    }
    check_refused(
        &code("(memory i64 1)", "i64.const 0 i32.const 0 i64.const 0 memory.fill"),
        "function 0 uses `memory.fill` on a 64-bit memory; build it for 32-bit memory",
    );
    check_refused(
        &code("(memory 1) (data $d \"\")", &format!("{numbers} memory.init $d")),
        "function 0 uses `memory.init`, which a sandbox cannot stop safely; build it without \
         passive data segments (no threads)",
    );
}

#[test]
fn all_memories_are_fine_without_lowering() {
    let wasm = assemble(
        "(module (memory 1) (memory i64 1) (data $d \"\")
           (func
             try
               i32.const 0 i32.const 0 i32.const 0 memory.init $d
               i64.const 0 i32.const 0 i64.const 0 memory.fill 1
             catch_all
             end))",
    );
    let options = Options { lower_bulk_memory: false, ..Options::default() };
    translate(&wasm, &options).expect("the module has a translation");
}

#[test]
fn too_many_clauses() {
    let wasm = |clauses: u32| {
        module_of(0, |function| {
            let mut sink = function.instructions();
            sink.try_(BlockType::Empty);
            for _ in 0..clauses {
                sink.catch(0);
            }
            sink.end();
        })
    };
    translate_to_standard(&wasm(10_000), &Options::default());
    check_refused(&wasm(10_001), "the module has 10001 `catch` clauses in a `try`, the limit is 10000");
}

#[test]
fn no_room_for_another_local() {
    let wasm = |locals: u32| {
        module_of(locals, |function| {
            function.instructions().try_(BlockType::Empty).catch_all().rethrow(0).end();
        })
    };
    translate_to_standard(&wasm(49_999), &Options::default());
    check_refused(&wasm(50_000), "the module has 50001 locals in a translated function, the limit is 50000");
}

#[test]
fn a_function_that_grows_too_large() {
    let wasm = module_of(0, |function| {
        for _ in 0..1_000_000 {
            function.instructions().try_(BlockType::Empty).catch_all().end();
        }
    });
    check_refused(&wasm, "the module has 14000004 bytes in a translated function, the limit is 7654321");
}

/// Few types of blocks and tags, but many pairs of them.
#[test]
fn types_that_multiply() {
    let mut types = TypeSection::new();
    types.ty().function([], []);
    let kinds = [ValType::I32, ValType::I64, ValType::F32, ValType::F64];
    const VARIANTS: u32 = 40;
    for variant in 0..VARIANTS as usize {
        let values: Vec<ValType> = (0..1000)
            .map(|position| kinds[(position + variant / 4 * position + variant) % 4])
            .chain([kinds[variant % 4]])
            .take(1000 - variant)
            .collect();
        types.ty().function(values, []);
    }
    let mut functions = FunctionSection::new();
    functions.function(0);
    let mut tags = TagSection::new();
    for variant in 0..VARIANTS {
        tags.tag(TagType { kind: TagKind::Exception, func_type_idx: 1 + variant });
    }
    let mut function = Function::new([]);
    let mut sink = function.instructions();
    sink.unreachable();
    for block in 0..VARIANTS {
        sink.try_(BlockType::FunctionType(1 + block)).unreachable();
        for tag in 0..VARIANTS {
            sink.catch(tag).unreachable();
        }
        sink.end();
    }
    sink.end();
    let mut code = CodeSection::new();
    code.function(&function);
    let mut module = Module::new();
    module.section(&types).section(&functions).section(&tags).section(&code);
    let error = translate(&module.finish(), &Options::default()).expect_err("it is too large");
    let message = error.to_string();
    let value: usize = message.split(' ').find_map(|word| word.parse().ok()).expect("the message has a number");
    assert!((1_000_001..=1_002_000).contains(&value));
    assert_eq!(
        message,
        format!(
            "the module has {value} parameters and results in types added by translation, the \
             limit is 1000000"
        )
    );
}

/// Time and stack must not depend on the product, or the depth, of nesting.
#[test]
fn deep_nesting() {
    const DEPTH: u32 = 300_000;
    let wasm = module_of(0, |function| {
        let mut sink = function.instructions();
        for _ in 0..DEPTH {
            sink.block(BlockType::Empty);
        }
        for _ in 0..DEPTH {
            sink.try_(BlockType::Empty).delegate(DEPTH);
        }
        for _ in 0..DEPTH {
            sink.end();
        }
        for _ in 0..DEPTH {
            sink.try_(BlockType::Empty);
        }
        for _ in 0..DEPTH {
            sink.delegate(0);
        }
    });
    translate_to_standard(&wasm, &Options::default());
}

#[test]
fn a_module_that_is_too_large() {
    check_refused(&vec![0; MODULE_BYTES_MAX + 1], "the module has 67108865 bytes, the limit is 67108864");
}
