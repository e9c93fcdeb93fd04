//! The host's side of the interface that Emscripten gives a program: what a kernel would be to a process.
//!
//! Every function here may be called by a hostile guest, with any arguments, in any order. None of them calls back into
//! the guest, all memory is reached through [`pointer`], and whatever is not the guest's own state is asked for through
//! the typed boundary ([`exuvia_core::HostCall`]).
//!
//! [`dispositions`] says of each import whether it is implemented here, refused, or unreachable.

mod calendar;
mod clock;
mod descriptors;
pub(crate) mod dispositions;
mod files;
mod layout;
mod mapping;
mod mounts;
pub(crate) mod pointer;
mod process;
mod streams;
pub(crate) mod tools;
pub(crate) mod waiting;

use wasmtime::{Linker, Ref, Val, ValType};

use crate::guest::{Guest, GuestEnd};
use dispositions::{DISPOSITIONS, Disposition};

pub(crate) use clock::read_clock;
pub(crate) use mounts::ask;
pub(crate) use process::random;

/// Adds everything that the interpreter's module imports.
pub(crate) fn register(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    clock::register(linker)?;
    process::register(linker)?;
    files::register(linker)?;
    descriptors::register(linker)?;
    streams::register(linker)?;
    mapping::register(linker)?;
    tools::register(linker)?;
    crate::linker::register(linker)
}

/// Adds what is refused or unreachable: those take their types from the module that imports them.
pub(crate) fn register_rest(linker: &mut Linker<Guest>, module: &wasmtime::Module) -> wasmtime::Result<()> {
    for import in module.imports() {
        let Some(function) = import.ty().func().cloned() else { continue };
        let row = DISPOSITIONS.iter().find(|(module, name, _)| (*module, *name) == (import.module(), import.name()));
        match row {
            Some((module, name, Disposition::Refused { answer, .. })) => {
                let results: Vec<ValType> = function.results().collect();
                let answer = *answer;
                linker.func_new(module, name, function, move |_, _, answers| {
                    for (place, ty) in answers.iter_mut().zip(&results) {
                        *place = nothing(ty, answer);
                    }
                    Ok(())
                })?;
            }
            Some((module, name, Disposition::Unreachable(_))) => {
                linker.func_new(module, name, function, move |_, _, _| Err(GuestEnd::Unreachable(name).into()))?;
            }
            Some((_, _, Disposition::Implemented | Disposition::Glue)) | None => {}
        }
    }
    Ok(())
}

fn nothing(ty: &ValType, answer: i32) -> Val {
    match ty {
        ValType::I64 => Val::I64(i64::from(answer)),
        ValType::F32 => Val::F32(0),
        ValType::F64 => Val::F64(0),
        ValType::Ref(reference) => Val::from(Ref::null(reference.heap_type())),
        _ => Val::I32(answer),
    }
}
