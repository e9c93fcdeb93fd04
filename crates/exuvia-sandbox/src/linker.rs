//! Native extension modules: `dlopen` and what belongs to it.
//!
//! A wheel's native module is an Emscripten *side module*: WebAssembly that imports the interpreter's memory, function
//! table, stack pointer and functions, and that says in a section `dylink.0` how much memory and table it wants. It
//! becomes part of a sandbox in three steps.
//!
//! 1. **Installing** ([`Packages`]), on the host, once: the module is translated ([`crate::translate`]), linked against
//!    the interpreter of one image ([`prelink`]), compiled, and kept in a cache under the hash of what was compiled.
//!    Everything that can be known then is decided then: the addresses of the interpreter's data and functions become
//!    constants, and calls between functions of one module become direct.
//! 2. **Loading** ([`load`]), in a sandbox, when the program imports it. The C library calls the glue's `_dlopen_js`;
//!    the glue asks the host, step by step, what to do next: allocate this much memory, call that function. So the host
//!    never calls into the guest, here as elsewhere.
//! 3. **Freezing** ([`crate::image`]), if wanted: an image derived from a sandbox that has loaded them, in which they are
//!    part of the interpreter's own module.
//! 4. **Loading again** ([`saved`]), where a sandbox begins with a checkpoint of one that had loaded some.
//!
//! # What a hostile wheel can do
//!
//! What the program could do before: run WebAssembly in its own sandbox. Its sizes are bounded, it is validated by the
//! runtime, it has no memory or table of its own, it cannot make the memory grow but through the interpreter's
//! allocator, and none of its loops escapes a hard stop (see [`prelink`]). A module that the host has not installed is
//! not loaded, whatever the program writes into a file: a sandbox compiles nothing.
//!
//! # Where this is not ELF
//!
//! A module's own functions and data come before those of libraries that were loaded with `RTLD_GLOBAL`; only the
//! interpreter's come before its own. Handles are never closed (`dlclose` does nothing, as in Emscripten).

mod body;
mod dylink;
mod error;
mod frozen;
mod interpreter;
mod load;
mod packages;
mod prelink;
mod saved;
mod scan;
mod symbols;

pub use error::{LinkError, ModuleFault};
pub use packages::{InstallStep, Packages, PackagesBuilder};

pub(crate) use frozen::Frozen;
pub(crate) use interpreter::only_operator;
pub(crate) use load::{Loader, register};
pub(crate) use saved::{SavedModules, restore, save};
