//! Rewrites one function body: bytes of instructions that stay are copied.

use wasm_encoder::{Encode, InstructionSink, ValType};
use wasmparser::{FunctionBody, Operator};

use super::{
    Bounded, TranslateError,
    plan::Plan,
    scan::{DefinedFunction, Scan},
    signatures::Signatures,
    structure::Structure,
};

/// Returns the new body of `function`: declarations of locals, then
/// instructions.
pub(super) fn rewrite_body(
    scan: &Scan<'_>,
    function: &DefinedFunction<'_>,
    signatures: &mut Signatures<'_>,
) -> Result<Vec<u8>, TranslateError> {
    let mut code = Vec::with_capacity(function.body.as_bytes().len());
    let declarations = declarations(&function.body)?;
    if !function.has_legacy_exceptions {
        code.extend_from_slice(declarations);
        edit(&function.body, &mut code, |operator, sink| Ok(scan.lowering.replace(operator, sink)))?;
        return Ok(code);
    }

    let locals = count_locals(scan, function)?;
    let plan = Plan::new(&function.body)?;
    let mut structure = Structure::new(plan, signatures, locals);
    structure.open_function(&mut InstructionSink::new(&mut code));
    edit(&function.body, &mut code, |operator, sink| {
        Ok(scan.lowering.replace(operator, sink) || structure.replace(operator, sink)?)
    })?;
    let exceptions = structure.exceptions_held_max();
    Bounded::Locals.check(locals as usize + exceptions as usize)?;
    let mut body = declare_exceptions(declarations, exceptions, &function.body)?;
    body.append(&mut code);
    Ok(body)
}

/// Copies the instructions of `body` to `code`, but those that `replace` says
/// (by returning true) it has written a replacement for.
fn edit(
    body: &FunctionBody<'_>,
    code: &mut Vec<u8>,
    mut replace: impl FnMut(&Operator<'_>, &mut InstructionSink<'_>) -> Result<bool, TranslateError>,
) -> Result<(), TranslateError> {
    let bytes = body.as_bytes();
    let start = body.range().start;
    let mut operators = body.get_operators_reader()?;
    let mut copied = operators.original_position() - start;
    let mut replacement = Vec::new();
    while !operators.eof() {
        let from = operators.original_position() - start;
        let operator = operators.read()?;
        if replace(&operator, &mut InstructionSink::new(&mut replacement))? {
            code.extend_from_slice(&bytes[copied..from]);
            code.append(&mut replacement);
            copied = operators.original_position() - start;
        }
    }
    code.extend_from_slice(&bytes[copied..]);
    Ok(())
}

/// Returns the bytes that declare the locals.
fn declarations<'a>(body: &FunctionBody<'a>) -> Result<&'a [u8], TranslateError> {
    let instructions = body.get_binary_reader_for_operators()?.original_position();
    Ok(&body.as_bytes()[..instructions - body.range().start])
}

/// Returns `declarations` with `exceptions` more locals that hold exceptions.
fn declare_exceptions(
    declarations: &[u8],
    exceptions: u32,
    body: &FunctionBody<'_>,
) -> Result<Vec<u8>, TranslateError> {
    if exceptions == 0 {
        return Ok(declarations.to_vec());
    }
    let mut reader = body.get_binary_reader();
    let groups = reader.read_var_u32()?;
    let after_count = reader.original_position() - body.range().start;
    let mut extended = Vec::with_capacity(declarations.len() + 8);
    groups.saturating_add(1).encode(&mut extended);
    extended.extend_from_slice(&declarations[after_count..]);
    exceptions.encode(&mut extended);
    ValType::EXNREF.encode(&mut extended);
    Ok(extended)
}

/// Counts the parameters and locals of `function`.
fn count_locals(scan: &Scan<'_>, function: &DefinedFunction<'_>) -> Result<u32, TranslateError> {
    let mut count = scan.function_type(function.type_index).params().len() as u32;
    for group in function.body.get_locals_reader()? {
        let (locals, _) = group?;
        count = count.saturating_add(locals);
    }
    Ok(count)
}
