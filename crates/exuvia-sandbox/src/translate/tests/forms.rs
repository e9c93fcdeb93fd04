//! The exact shape of translations, written by hand.

use wasm_encoder::{Module, RawSection};
use wasmparser::{Parser, Payload};

use super::{super::Options, assemble, translate_to_standard};

/// Requires that `input` is translated to `expected`, names apart.
fn check(input: &str, expected: &str) {
    let translated = translate_to_standard(&assemble(input), &Options::default());
    let expected = without_names(&assemble(expected));
    assert_eq!(hexadecimal(&without_names(&translated)), hexadecimal(&expected));
}

/// Returns the module without its custom sections.
fn without_names(wasm: &[u8]) -> Vec<u8> {
    let mut module = Module::new();
    for payload in Parser::new(0).parse_all(wasm) {
        let payload = payload.expect("the module is valid");
        if let Some((id, range)) = payload.as_section()
            && !matches!(payload, Payload::CustomSection(_))
        {
            let data = &wasm[range];
            module.section(&RawSection { id, data });
        }
    }
    module.finish()
}

/// Sixteen bytes a line, so that a difference shows where it is.
fn hexadecimal(bytes: &[u8]) -> Vec<String> {
    bytes
        .chunks(16)
        .map(|line| {
            let digits: Vec<String> = line.iter().map(|byte| format!("{byte:02x}")).collect();
            digits.join(" ")
        })
        .collect()
}

#[test]
fn clause_without_rethrow_does_not_keep_the_exception() {
    check(
        "(module (tag (param i32)) (tag)
           (func (param i32) (result i32)
             try (result i32)
               local.get 0
               throw 0
             catch 0
             catch 1
               i32.const 2
             catch_all
               i32.const 3
             end))",
        "(module (tag (param i32)) (tag)
           (func (param i32) (result i32)
             block (result i32)
               block
                 block
                   block (result i32)
                     try_table (result i32) (catch 0 0) (catch 1 1) (catch_all 2)
                       local.get 0
                       throw 0
                     end
                     br 3
                   end
                   br 2
                 end
                 i32.const 2
                 br 1
               end
               i32.const 3
             end))",
    );
}

#[test]
fn rethrow_keeps_the_exception_in_a_local() {
    check(
        "(module (tag (param i32))
           (func (param i32) (local i64)
             try
               local.get 0
               throw 0
             catch 0
               drop
               try
                 nop
               catch_all
                 rethrow 1
               end
             catch_all
               try
                 nop
               catch_all
                 rethrow 1
                 rethrow 0
               end
             end))",
        "(module (tag (param i32))
           (func (param i32) (local i64) (local exnref exnref)
             block
               block (result exnref)
                 block (result i32 exnref)
                   try_table (catch_ref 0 0) (catch_all_ref 1)
                     local.get 0
                     throw 0
                   end
                   br 2
                 end
                 local.set 2
                 drop
                 block
                   block
                     try_table (catch_all 0)
                       nop
                     end
                     br 1
                   end
                   local.get 2
                   throw_ref
                 end
                 br 1
               end
               local.set 2
               block
                 block (result exnref)
                   try_table (catch_all_ref 0)
                     nop
                   end
                   br 1
                 end
                 local.set 3
                 local.get 2
                 throw_ref
                 local.get 3
                 throw_ref
               end
             end))",
    );
}

#[test]
fn delegate_past_others_goes_to_a_receiver() {
    check(
        "(module
           (type (func (param i64) (result i32)))
           (func (param i64) (result i32)
             local.get 0
             try (type 0)
               try (type 0)
                 try (type 0)
                   i32.wrap_i64
                 delegate 1
               catch_all
                 i32.const 1
               end
             catch_all
               i32.const 2
             end))",
        "(module
           (type (func (param i64) (result i32)))
           (func (param i64) (result i32)
             local.get 0
             block (type 0)
               block (param i64)
                 try_table (type 0) (catch_all 0)
                   block (param i64) (result exnref)
                     block (type 0)
                       block (param i64)
                         try_table (type 0) (catch_all 0)
                           try_table (type 0) (catch_all_ref 3)
                             i32.wrap_i64
                           end
                         end
                         br 1
                       end
                       i32.const 1
                     end
                     br 3
                   end
                   throw_ref
                 end
                 br 1
               end
               i32.const 2
             end))",
    );
}

#[test]
fn delegate_to_the_caller_wraps_the_function() {
    check(
        "(module
           (func (result i32)
             try (result i32)
               try (result i32)
                 i32.const 1
                 br 2
               delegate 1
             catch_all
               i32.const 2
             end))",
        "(module
           (func (result i32)
             block (result exnref)
               block (result i32)
                 block
                   try_table (result i32) (catch_all 0)
                     try_table (result i32) (catch_all_ref 3)
                       i32.const 1
                       br 5
                     end
                   end
                   br 1
                 end
                 i32.const 2
               end
               return
             end
             throw_ref))",
    );
}

#[test]
fn delegate_to_the_next_handler_is_a_block() {
    check(
        "(module
           (func
             try
               try
                 nop
               delegate 0
             catch_all
             end
             try
               nop
             delegate 0
             try
               nop
             end))",
        "(module
           (func
             block
               block
                 try_table (catch_all 0)
                   block
                     nop
                   end
                 end
                 br 1
               end
             end
             block
               nop
             end
             block
               nop
             end))",
    );
}

#[test]
fn branches_on_references_are_as_deep_as_before() {
    check(
        "(module (type $s (struct)) (tag (param (ref $s)))
           (func (param (ref null $s) anyref) (result (ref $s))
             block (result anyref)
               block
                 try (result (ref $s))
                   local.get 0
                   br_on_null 1
                   drop
                   local.get 0
                   br_on_non_null 0
                   local.get 1
                   br_on_cast 3 anyref (ref $s)
                   br_on_cast_fail 2 anyref (ref $s)
                 catch 0
                   br_on_null 1
                   br 2
                 end
                 br 2
               end
               unreachable
             end
             ref.cast (ref $s)))",
        "(module (type $s (struct)) (tag (param (ref $s)))
           (func (param (ref null $s) anyref) (result (ref $s))
             block (result anyref)
               block
                 block (result (ref $s))
                   block (result (ref $s))
                     try_table (result (ref $s)) (catch 0 0)
                       local.get 0
                       br_on_null 3
                       drop
                       local.get 0
                       br_on_non_null 2
                       local.get 1
                       br_on_cast 5 anyref (ref $s)
                       br_on_cast_fail 4 anyref (ref $s)
                     end
                     br 1
                   end
                   br_on_null 1
                   br 2
                 end
                 br 2
               end
               unreachable
             end
             ref.cast (ref $s)))",
    );
}

#[test]
fn equal_types_are_added_once_and_known_ones_reused() {
    check(
        "(module (tag (param i32 i64))
           (type $known (func (result i32 i64)))
           (func
             try catch 0 drop drop end
             try catch 0 rethrow 0 end
             try catch 0 rethrow 0 end))",
        "(module (tag (param i32 i64))
           (type $known (func (result i32 i64)))
           (func (local exnref)
             block
               block (type $known) try_table (catch 0 0) end br 1 end
               drop drop
             end
             block
               block (result i32 i64 exnref) try_table (catch_ref 0 0) end br 1 end
               local.set 0 local.get 0 throw_ref
             end
             block
               block (result i32 i64 exnref) try_table (catch_ref 0 0) end br 1 end
               local.set 0 local.get 0 throw_ref
             end))",
    );
}

#[test]
fn bulk_memory_becomes_calls_and_moves_functions() {
    check(
        r#"(module
             (import "env" "other" (func $other (param i32)))
             (memory 1)
             (table $t 1 1 funcref (ref.func $f))
             (global $g funcref (ref.func $f))
             (export "f" (func $f))
             (export "other" (func $other))
             (start $f)
             (elem (table $t) (i32.const 0) func $other $f)
             (func $f
               i32.const 1 call $other
               i32.const 1 i32.const 2 i32.const 3 memory.fill
               i32.const 1 i32.const 2 i32.const 3 memory.copy
               ref.func $f drop
               return_call $f))"#,
        r#"(module
             (import "env" "other" (func $other (param i32)))
             (import "env" "exuvia_memory_copy" (func $copy (type $three)))
             (import "env" "exuvia_memory_fill" (func $fill (type $three)))
             (memory 1)
             (table $t 1 1 funcref (ref.func $f))
             (global $g funcref (ref.func $f))
             (export "f" (func $f))
             (export "other" (func $other))
             (start $f)
             (elem (table $t) (i32.const 0) func $other $f)
             (type (func (param i32)))
             (type (func))
             (type $three (func (param i32 i32 i32)))
             (func $f
               i32.const 1 call $other
               i32.const 1 i32.const 2 i32.const 3 call $fill
               i32.const 1 i32.const 2 i32.const 3 call $copy
               ref.func $f drop
               return_call $f))"#,
    );
}

#[test]
fn only_what_is_used_is_imported() {
    check(
        "(module (memory 1) (func $f i32.const 1 i32.const 2 i32.const 3 memory.fill call $f))",
        r#"(module
             (type (func))
             (import "env" "exuvia_memory_fill" (func $fill (param i32 i32 i32)))
             (memory 1)
             (func $f i32.const 1 i32.const 2 i32.const 3 call $fill call $f))"#,
    );
}
