//! Rewrites a core WebAssembly module into the form that the runtime accepts.
//!
//! **Exceptions.** Emscripten's interpreters and native wheels use the legacy
//! exception-handling instructions (`try`, `catch`, `catch_all`, `rethrow`,
//! `delegate`); the runtime knows only the standard ones (`try_table`,
//! `throw_ref`). Each function body with legacy instructions is rewritten, with
//! the same meaning; a body without them is copied byte for byte where nothing
//! else changes.
//!
//! **Bulk memory.** The host stops a runaway sandbox by taking away access to
//! its linear memory (`mprotect`). The fault that follows must happen in
//! WebAssembly code, where the runtime turns it into a trap. For `memory.copy`
//! and `memory.fill` the runtime calls its own native `memcpy`: a fault in there
//! would end the host's process. So both become calls of imported functions,
//! `env.exuvia_memory_copy(dst i32, src i32, len i32)` and
//! `env.exuvia_memory_fill(dst i32, value i32, len i32)`, that are themselves
//! WebAssembly. They must do what the instructions do: check both ranges first
//! and trap when one is out of bounds, allow overlap, use the low byte of
//! `value`. `memory.init` has the same flaw and no producer needs it in a module
//! without threads, so it is refused, unless the caller replaces it himself
//! ([`Options::keep_memory_init`]).
//!
//! The flow: validate, [`scan`] once, rewrite the bodies ([`body`], and for
//! exceptions [`plan`] and [`structure`]), which collects the types they need
//! ([`signatures`]), then write the sections
//! (`assemble`).
//!
//! The input is foreign. A hostile module gets an error or a translation that
//! means what it meant: the validator's limits hold for the input, nothing here
//! recurses over its nesting, time is linear in its size, and the sizes of what
//! is added are bounded ([`TranslateError::TooLarge`]).

mod assemble;
mod body;
mod error;
mod indices;
mod plan;
mod scan;
mod signatures;
mod structure;

#[cfg(test)]
mod tests;

pub use error::{Bounded, TranslateError};

use wasm_encoder::CodeSection;
use wasmparser::{Validator, WasmFeatures};

use self::{assemble::assemble, body::rewrite_body, scan::Scan, signatures::Signatures};

/// Most bytes that [`translate`] accepts.
pub const MODULE_BYTES_MAX: usize = 64 << 20;

/// What a module may use: the standard, and the legacy exception instructions.
const FEATURES: WasmFeatures = WasmFeatures::WASM3.union(WasmFeatures::LEGACY_EXCEPTIONS);

/// What the rewriting shall do beyond exceptions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Whether `memory.copy` and `memory.fill` become calls of imported
    /// functions; the module's documentation says why. Default: true.
    pub lower_bulk_memory: bool,
    /// Whether `memory.init` and passive data stay for the caller to deal with,
    /// rather than being refused. Default: false.
    pub keep_memory_init: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { lower_bulk_memory: true, keep_memory_init: false }
    }
}

/// Translates `wasm`, a core module in the binary format, and returns the new
/// module.
///
/// A module in which nothing has to change comes back as it is. Otherwise types
/// and imports may be added at the end of their sections, which moves the
/// indices of defined functions, not those of imported ones. Custom sections
/// keep their places and contents (so `dylink.0` stays first) with two
/// exceptions: those that hold offsets or indices of code that has changed
/// (relocations, debug information, branch hints) are dropped, and `name` is
/// rewritten, without the names of labels.
///
/// # Errors
///
/// Returns an error when the module is invalid, larger than
/// [`MODULE_BYTES_MAX`], or holds something that has no translation: see
/// [`TranslateError`].
pub fn translate(wasm: &[u8], options: &Options) -> Result<Vec<u8>, TranslateError> {
    Bounded::ModuleBytes.check(wasm.len())?;
    Validator::new_with_features(FEATURES).validate_all(wasm)?;
    let scan = Scan::new(wasm, options)?;
    if !scan.needs_rewriting() {
        return Ok(wasm.to_vec());
    }
    let mut signatures = Signatures::new(&scan);
    let code = rewrite_code(&scan, &mut signatures)?;
    let imports = scan.lowering.imports(&mut signatures)?;
    assemble(wasm, &scan, &signatures.into_added(), &imports, &code)
}

/// Rewrites the bodies that need it and copies the others.
fn rewrite_code(scan: &Scan<'_>, signatures: &mut Signatures<'_>) -> Result<CodeSection, TranslateError> {
    let mut code = CodeSection::new();
    for function in &scan.functions {
        if function.has_legacy_exceptions || scan.lowering.is_needed() {
            let body = rewrite_body(scan, function, signatures)?;
            Bounded::FunctionBytes.check(body.len())?;
            code.raw(&body);
        } else {
            code.raw(function.body.as_bytes());
        }
        Bounded::CodeBytes.check(code.byte_len())?;
    }
    Ok(code)
}
