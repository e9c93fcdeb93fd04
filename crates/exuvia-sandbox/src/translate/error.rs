//! What can be wrong with a module that is to be translated.

use std::{convert::Infallible, fmt};

use wasm_encoder::reencode;

use super::MODULE_BYTES_MAX;

/// Why a module cannot be translated. All of it is the module's fault: the
/// caller can only refuse it. Functions are numbered as in the input.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TranslateError {
    /// The bytes are no valid core module, or it uses a feature that is not
    /// part of the standard (the legacy exception instructions apart).
    #[error("the module is not valid WebAssembly")]
    Invalid(#[from] wasmparser::Error),

    /// One function has legacy and standard exception instructions. What
    /// `delegate` means across a `try_table` is defined nowhere. (Different
    /// functions of one module may use different forms.)
    #[error(
        "function {function} mixes the legacy exception instructions with `try_table` or \
         `throw_ref`; build it with one form only"
    )]
    MixedExceptions {
        /// The function's index.
        function: u32,
    },

    /// A `memory.copy` or `memory.fill` that the imported functions cannot do.
    #[error(
        "function {function} uses `{instruction}` on a memory other than the first, or between \
         two memories; build it for a single memory"
    )]
    OtherMemory {
        /// The function's index.
        function: u32,
        /// The instruction's name.
        instruction: &'static str,
    },

    /// A `memory.copy` or `memory.fill` with 64-bit addresses.
    #[error("function {function} uses `{instruction}` on a 64-bit memory; build it for 32-bit memory")]
    Memory64 {
        /// The function's index.
        function: u32,
        /// The instruction's name.
        instruction: &'static str,
    },

    /// A `memory.init`, which would touch the sandbox's memory in native code.
    #[error(
        "function {function} uses `memory.init`, which a sandbox cannot stop safely; build it \
         without passive data segments (no threads)"
    )]
    MemoryInit {
        /// The function's index.
        function: u32,
    },

    /// The input, or what its translation would become, is too large.
    #[error("the module has {value} {bounded}, the limit is {limit}")]
    TooLarge {
        /// What there is too much of.
        bounded: Bounded,
        /// How much there is; counting stops soon after the limit.
        value: usize,
        /// How much there may be.
        limit: usize,
    },

    /// A valid construct that the encoder cannot write.
    #[error("the module cannot be written again")]
    Encode(#[source] reencode::Error),
}

impl From<reencode::Error<Infallible>> for TranslateError {
    fn from(error: reencode::Error<Infallible>) -> Self {
        match error {
            reencode::Error::ParseError(error) => Self::Invalid(error),
            other => Self::Encode(other),
        }
    }
}

/// A quantity with a named maximum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Bounded {
    /// Bytes of the input.
    ModuleBytes,
    /// Bytes of all translated functions.
    CodeBytes,
    /// Bytes of one translated function; runtimes accept no more.
    FunctionBytes,
    /// Local variables (with parameters) of one translated function.
    Locals,
    /// `catch` clauses of one `try`.
    Catches,
    /// Types, with those that the translation adds.
    Types,
    /// Parameters and results of the types that the translation adds, in all.
    AddedTypeValues,
    /// Functions, with those that the translation imports.
    Functions,
}

impl Bounded {
    /// The maximum. Where runtimes have one, it is theirs, so that a
    /// translation is not refused later with a message that makes no sense to
    /// those who wrote the module.
    fn limit(self) -> usize {
        match self {
            Self::ModuleBytes => MODULE_BYTES_MAX,
            Self::CodeBytes => 4 * MODULE_BYTES_MAX,
            Self::FunctionBytes => 7_654_321,
            Self::Locals => 50_000,
            Self::Catches => 10_000,
            Self::Types | Self::AddedTypeValues | Self::Functions => 1_000_000,
        }
    }

    /// Refuses a `value` above the maximum.
    pub(super) fn check(self, value: usize) -> Result<(), TranslateError> {
        let limit = self.limit();
        if value > limit {
            return Err(TranslateError::TooLarge { bounded: self, value, limit });
        }
        Ok(())
    }
}

impl fmt::Display for Bounded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ModuleBytes => "bytes",
            Self::CodeBytes => "bytes of translated code",
            Self::FunctionBytes => "bytes in a translated function",
            Self::Locals => "locals in a translated function",
            Self::Catches => "`catch` clauses in a `try`",
            Self::Types => "types after translation",
            Self::AddedTypeValues => "parameters and results in types added by translation",
            Self::Functions => "functions after translation",
        })
    }
}
