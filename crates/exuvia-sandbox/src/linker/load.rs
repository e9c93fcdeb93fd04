//! Loading native modules into a running sandbox.
//!
//! The C library's `dlopen` reads the file, makes a handle and calls the glue's `_dlopen_js`. That asks the host what to
//! do, again and again, until the host says that all is done: [`Action`]. Between two questions the guest runs (its
//! allocator, constructors of modules, which may call `dlopen` again), so that the host keeps what is under way on a
//! stack of [`Task`]s.
//!
//! A hostile guest may ask anything, in any order: a handle is a number that is looked up, memory is written where the
//! guest said that it is free, within bounds, and each load takes a place in bounded lists.

use std::sync::Arc;

use wasmtime::{
    AsContextMut as _, Caller, Extern, Func, FuncType, Global, GlobalType, Instance, Linker, Mutability, Ref,
    StoreContextMut, Table, Trap, Val, ValType,
};

use super::frozen::Frozen;
use super::packages::{Offer, Packages, TOKEN_BYTES_MAX};
use super::prelink::{Import, LOAD};
use super::symbols::{Addition, Library, Symbols};
use crate::abi::pointer;
use crate::guest::{Guest, parts};
use crate::image::{NativeSymbol, offers};

/// The most modules that may be under way at a time: constructors that load other modules.
const TASKS_MAX: usize = 64;
/// The longest name of a symbol.
const NAME_BYTES_MAX: usize = 4_096;
/// The most missing symbols that a message names.
const MISSING_SHOWN_MAX: usize = 5;

/// The offsets of the fields of a handle (`struct dso` of Emscripten's C library).
mod handle {
    pub(super) const FLAGS: u32 = 4;
    pub(super) const MEMORY: u32 = 12;
    pub(super) const MEMORY_BYTES: u32 = 16;
    pub(super) const TABLE: u32 = 20;
    pub(super) const TABLE_ELEMENTS: u32 = 24;
    pub(super) const FILE: u32 = 28;
    pub(super) const FILE_BYTES: u32 = 32;
    pub(super) const NAME: u32 = 36;
}
const RTLD_GLOBAL: u32 = 256;

/// What has been loaded into a sandbox, and what is being loaded.
#[derive(Default)]
pub(crate) struct Loader {
    pub(super) packages: Option<Packages>,
    /// The interpreter.
    interpreter: Option<Instance>,
    pub(super) symbols: Symbols,
    pub(super) tasks: Vec<Task>,
    /// The functions of native modules that are part of the image.
    frozen: Arc<[NativeSymbol]>,
}

/// A `dlopen` that is under way.
pub(super) struct Task {
    handle: u32,
    /// The module that was asked for.
    module: usize,
    global: bool,
    /// The modules still to be loaded, the next one last.
    pending: Vec<usize>,
    /// Whether the guest is allocating memory for the next one.
    allocating: bool,
}

/// What the glue is to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Action {
    /// Return success.
    Done,
    /// Return failure: the message is written.
    Fail,
    /// Call `memalign` and tell the result.
    Allocate { alignment: u32, bytes: u32 },
    /// Call the function in this place of the table.
    Call { slot: u32 },
}

impl Action {
    fn encode(self) -> (u32, u32, u32) {
        match self {
            Self::Done => (0, 0, 0),
            Self::Fail => (1, 0, 0),
            Self::Allocate { alignment, bytes } => (2, alignment, bytes),
            Self::Call { slot } => (3, slot, 0),
        }
    }
}

/// Where a message for the guest goes.
#[derive(Debug, Clone, Copy)]
struct Place {
    address: u32,
    bytes: u32,
}

/// Why something cannot be loaded, as the program will see it.
pub(super) type Refusal = String;

impl Loader {
    /// Makes these packages' native modules available, beside those that are part of the image.
    pub(crate) fn new(packages: Option<Packages>, frozen: Arc<[NativeSymbol]>) -> Self {
        Self { packages, frozen, ..Self::default() }
    }

    /// Tells which instance is the interpreter's.
    pub(crate) fn set_interpreter(&mut self, instance: Instance) {
        self.interpreter = Some(instance);
    }

    /// Returns the packages whose modules may be loaded.
    pub(crate) fn packages(&self) -> Option<&Packages> {
        self.packages.as_ref()
    }

    /// Whether nothing was loaded, nor begun to be, and no function was given a place in the table.
    pub(crate) fn is_empty(&self) -> bool {
        self.tasks.is_empty() && self.symbols.is_empty()
    }

    /// Returns what is loaded, and where.
    pub(crate) fn frozen(&self) -> Frozen {
        self.packages.as_ref().map_or_else(Frozen::default, |packages| Frozen::of(packages, &self.symbols))
    }
}

/// Adds what the glue imports for dynamic linking.
pub(crate) fn register(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    linker.func_wrap_async(
        "exuvia",
        "link",
        |mut caller: Caller<'_, Guest>, (handle, begins, answer, address, bytes): (u32, u32, u32, u32, u32)| {
            Box::new(async move {
                let next =
                    if begins == 0 { go_on(&mut caller, handle, answer).await } else { begin(&mut caller, handle) };
                let action = next.unwrap_or_else(|message| {
                    tell(&mut caller, Place { address, bytes }, &message);
                    Action::Fail
                });
                Ok(action.encode())
            })
        },
    )?;
    linker.func_wrap(
        "exuvia",
        "symbol",
        |mut caller: Caller<'_, Guest>, handle: u32, name: u32, address: u32, bytes: u32| match symbol(
            &mut caller,
            handle,
            name,
        ) {
            Ok(value) => value,
            Err(message) => {
                tell(&mut caller, Place { address, bytes }, &message);
                0
            }
        },
    )?;
    Ok(())
}

/// Writes a message where the guest wants it, as a format without anything to fill in.
fn tell(caller: &mut Caller<'_, Guest>, place: Place, message: &str) {
    let (memory, _) = parts(caller);
    let Ok(place) = pointer::slice_mut(memory, place.address, place.bytes) else { return };
    let text: Vec<u8> = message.replace('%', "%%").replace('\0', " ").into_bytes();
    if let Some(length) = place.len().checked_sub(1).map(|room| room.min(text.len())) {
        place[..length].copy_from_slice(&text[..length]);
        place[length] = 0;
    }
}

/// Begins to load what a handle's file names.
fn begin(caller: &mut Caller<'_, Guest>, handle: u32) -> Result<Action, Refusal> {
    let (memory, guest) = parts(caller);
    let field = |offset| pointer::read_u32(memory, handle.saturating_add(offset)).unwrap_or(0);
    let name = pointer::text(memory, handle.saturating_add(handle::NAME), NAME_BYTES_MAX);
    let (file, bytes) = (field(handle::FILE), field(handle::FILE_BYTES));
    let global = field(handle::FLAGS) & RTLD_GLOBAL != 0;
    let loader = &mut guest.loader;
    if file == 0 {
        return Err(format!("{name}: no such file"));
    }
    let content = Some(bytes as usize).filter(|&bytes| bytes <= TOKEN_BYTES_MAX);
    let content = content.and_then(|_| pointer::slice(memory, file, bytes).ok());
    let foreign = || format!("{name}: native code is only loaded from packages that the host has installed");
    let packages = loader.packages.as_ref().ok_or_else(foreign)?;
    let module = content.and_then(|content| packages.named(content)).ok_or_else(foreign)?;
    // A handle that is begun anew was left half-way, by an exception that a constructor threw.
    loader.tasks.retain(|task| task.handle != handle);
    if loader.tasks.len() >= TASKS_MAX {
        return Err(format!("{name}: more than {TASKS_MAX} native modules are being loaded within each other"));
    }
    let pending = loader.symbols.wanted(packages, module)?;
    loader.tasks.push(Task { handle, module, global, pending, allocating: false });
    next_step(caller)
}

/// Goes on after the guest has done what it was told.
async fn go_on(caller: &mut Caller<'_, Guest>, handle: u32, answer: u32) -> Result<Action, Refusal> {
    let task = caller.data_mut().loader.tasks.last_mut().filter(|task| task.handle == handle);
    let task = task.ok_or_else(|| "nothing is being loaded".to_owned())?;
    if task.allocating {
        task.allocating = false;
        let loaded = match task.pending.pop() {
            Some(module) => load(caller, module, answer).await,
            None => Err("nothing is being loaded".to_owned()),
        };
        if loaded.is_err() {
            caller.data_mut().loader.tasks.pop();
        }
        return Ok(Action::Call { slot: loaded? });
    }
    next_step(caller)
}

/// Returns what is to be done next for the task on top.
fn next_step(caller: &mut Caller<'_, Guest>) -> Result<Action, Refusal> {
    let (memory, guest) = parts(caller);
    let Loader { packages: Some(packages), symbols, tasks, .. } = &mut guest.loader else { return Ok(Action::Fail) };
    let Some(task) = tasks.last_mut() else { return Ok(Action::Fail) };
    // A constructor may have loaded by itself what was still to come.
    while let Some(&module) = task.pending.last() {
        if symbols.loaded(module).is_some() {
            task.pending.pop();
            continue;
        }
        task.allocating = true;
        let linked = &packages.module(module).linked;
        return Ok(Action::Allocate { alignment: linked.alignment.max(16), bytes: linked.memory_bytes.max(1) });
    }
    let Some(Task { handle, module, global, .. }) = tasks.pop() else { return Ok(Action::Fail) };
    let Some(library) = symbols.open(handle, module, global) else { return Ok(Action::Fail) };
    let linked = &packages.module(module).linked;
    let fields = [
        (handle::MEMORY, library.memory_base),
        (handle::MEMORY_BYTES, linked.memory_bytes),
        (handle::TABLE, library.table_base),
        (handle::TABLE_ELEMENTS, linked.table_elements),
    ];
    for (offset, value) in fields {
        // The handle lies in the guest's memory: if it does not, that is the guest's loss.
        let _ = pointer::write_u32(memory, handle.saturating_add(offset), value);
    }
    Ok(Action::Done)
}

/// Makes a module a part of the sandbox, with its data at `address`. Returns the place of its `exuvia_load` in the table.
async fn load(caller: &mut Caller<'_, Guest>, module: usize, address: u32) -> Result<u32, Refusal> {
    let packages = caller.data().loader.packages.clone().expect("a task has packages");
    let native = packages.module(module);
    let path = &native.path;
    if address == 0 {
        return Err(format!("{path}: no memory for its {} bytes of data", native.linked.memory_bytes));
    }
    write_data(caller, native, address).map_err(|()| format!("{path}: its memory lies outside of the sandbox's"))?;
    attach(&mut caller.as_context_mut(), &packages, module, address).await
}

/// Links a module with all else, its data being, or to be, at `address`. Returns the place of its `exuvia_load` in the
/// table. No code of it has run then.
pub(super) async fn attach(
    context: &mut StoreContextMut<'_, Guest>,
    packages: &Packages,
    module: usize,
    address: u32,
) -> Result<u32, Refusal> {
    let native = packages.module(module);
    let path = &native.path;
    let table = function_table(context).ok_or_else(|| format!("{path}: there is no function table"))?;
    let elements = native.linked.table_elements + 1;
    let table_base = grow(context, table, elements).map_err(|()| format!("{path}: the function table is full"))?;
    let loaded = Addition::Loaded { module, memory_base: address, table_base };
    let history = &mut context.data_mut().loader.symbols.history;
    let position = history.len();
    history.push(loaded);
    let linked = instantiate(context, packages, module, [address, table_base], table).await;
    let instance = linked.inspect_err(|_| {
        context.data_mut().loader.symbols.history[position] = Addition::Failed { places: elements };
    })?;
    let library = Library { module, memory_base: address, table_base, instance, global: false };
    context.data_mut().loader.symbols.add(library);
    Ok(table_base + native.linked.table_elements)
}

async fn instantiate(
    context: &mut StoreContextMut<'_, Guest>,
    packages: &Packages,
    module: usize,
    bases: [u32; 2],
    table: Table,
) -> Result<Instance, Refusal> {
    let native = packages.module(module);
    let path = &native.path;
    let imports = imports(context, packages, module, bases, table)?;
    let instance = Instance::new_async(&mut *context, &native.compiled, &imports)
        .await
        .map_err(|error| format!("{path}: {error:#}"))?;
    let load = instance.get_func(&mut *context, LOAD).ok_or_else(|| format!("{path}: it cannot be loaded"))?;
    let slot = bases[1] + native.linked.table_elements;
    let set = table.set(&mut *context, u64::from(slot), Ref::Func(Some(load)));
    set.map_err(|_| format!("{path}: the function table is full"))?;
    Ok(instance)
}

fn write_data(caller: &mut Caller<'_, Guest>, native: &super::packages::NativeModule, address: u32) -> Result<(), ()> {
    let (memory, _) = parts(caller);
    let place = pointer::slice_mut(memory, address, native.linked.memory_bytes).map_err(drop)?;
    let mut zeroed = 0;
    for (offset, data) in &native.linked.data {
        let (start, end) = (*offset as usize, *offset as usize + data.len());
        place.get_mut(start..end).ok_or(())?.copy_from_slice(data);
        if start >= zeroed {
            place[zeroed..start].fill(0);
            zeroed = end;
        }
    }
    place[zeroed..].fill(0);
    Ok(())
}

pub(super) fn function_table(context: &mut StoreContextMut<'_, Guest>) -> Option<Table> {
    context.data().loader.interpreter?.get_table(&mut *context, "__indirect_function_table")
}

/// Adds empty places to the table and returns the first one.
pub(super) fn grow(context: &mut StoreContextMut<'_, Guest>, table: Table, elements: u32) -> Result<u32, ()> {
    let first = table.grow(&mut *context, u64::from(elements), Ref::Func(None)).map_err(drop)?;
    u32::try_from(first).map_err(drop)
}

/// Puts a function into the table and returns its place.
fn add_to_table(context: &mut StoreContextMut<'_, Guest>, table: Table, function: Func) -> Result<u32, Refusal> {
    let full = || "the function table is full".to_owned();
    let place = grow(context, table, 1).map_err(|()| full())?;
    let set = table.set(&mut *context, u64::from(place), Ref::Func(Some(function)));
    set.map_err(|_| full())?;
    Ok(place)
}

/// Collects what a module imports.
fn imports(
    context: &mut StoreContextMut<'_, Guest>,
    packages: &Packages,
    module: usize,
    [memory_base, table_base]: [u32; 2],
    table: Table,
) -> Result<Vec<Extern>, Refusal> {
    let native = packages.module(module);
    let loader = &context.data().loader;
    let scope = loader.symbols.scope(packages, module);
    let mut missing = Vec::new();
    let mut externs = Vec::with_capacity(native.linked.imports.len());
    for (import, offer) in native.linked.imports.iter().zip(&native.offers) {
        let (symbol, found) = match import {
            Import::Interpreter(name) => {
                let found = offer.as_ref().and_then(|offer| offered(context, offer));
                externs.push(found.ok_or_else(|| format!("{}: the interpreter has no `{name}`", native.path))?);
                continue;
            }
            Import::MemoryBase => {
                externs.push(number(context, memory_base)?);
                continue;
            }
            Import::TableBase => {
                externs.push(number(context, table_base)?);
                continue;
            }
            Import::Function(symbol) => {
                (symbol, function_in(context, packages, &scope, &symbol.name).map(Extern::Func))
            }
            Import::Variable(symbol) => match context.data().loader.symbols.variable(packages, &scope, &symbol.name) {
                Some(address) => (symbol, Some(number(context, address)?)),
                None => (symbol, None),
            },
            Import::Address(symbol) => match address_of(context, packages, &scope, &symbol.name, table)? {
                Some(place) => (symbol, Some(number(context, place)?)),
                None => (symbol, None),
            },
        };
        match found {
            Some(found) => externs.push(found),
            None if symbol.weak => externs.push(absent(context, native, externs.len())?),
            None => missing.push(symbol.name.as_str()),
        }
    }
    if missing.is_empty() { Ok(externs) } else { Err(missing_symbols(&native.path, &missing)) }
}

fn missing_symbols(path: &str, missing: &[&str]) -> Refusal {
    let shown = missing[..missing.len().min(MISSING_SHOWN_MAX)].join("`, `");
    let noun = if missing.len() == 1 { "symbol" } else { "symbols" };
    let more = match missing.len().saturating_sub(MISSING_SHOWN_MAX) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("{path} needs the {noun} `{shown}`{more}, which this sandbox does not have")
}

/// What stands for a weak symbol that is not there: the address 0, or a function that ends the sandbox.
fn absent(
    context: &mut StoreContextMut<'_, Guest>,
    native: &super::packages::NativeModule,
    index: usize,
) -> Result<Extern, Refusal> {
    let ty = native.compiled.imports().nth(index).map(|import| import.ty());
    match ty.as_ref().and_then(wasmtime::ExternType::func) {
        None => number(context, 0),
        Some(ty) => {
            let trap = |_: Caller<'_, Guest>, _: &[Val], _: &mut [Val]| Err(Trap::UnreachableCodeReached.into());
            Ok(Func::new(&mut *context, FuncType::clone(ty), trap).into())
        }
    }
}

fn number(context: &mut StoreContextMut<'_, Guest>, value: u32) -> Result<Extern, Refusal> {
    let ty = GlobalType::new(ValType::I32, Mutability::Const);
    let global = Global::new(&mut *context, ty, Val::I32(value.cast_signed()));
    global.map(Extern::Global).map_err(|error| error.to_string())
}

/// Returns what the interpreter offers.
fn offered(context: &mut StoreContextMut<'_, Guest>, offer: &Offer) -> Option<Extern> {
    let interpreter = context.data().loader.interpreter?;
    match offer {
        Offer::Export(export) => interpreter.get_module_export(&mut *context, export),
        Offer::Function(index) => {
            let table = interpreter.get_table(&mut *context, offers::TABLE)?;
            let Ref::Func(function) = table.get(&mut *context, u64::from(*index))? else { return None };
            function.map(Extern::Func)
        }
    }
}

/// Finds a function in libraries.
fn function_in(
    context: &mut StoreContextMut<'_, Guest>,
    packages: &Packages,
    scope: &[usize],
    name: &str,
) -> Option<Func> {
    let instance = context.data().loader.symbols.library_with_function(packages, scope, name)?.instance;
    instance.get_func(&mut *context, name)
}

/// Returns the address of a function of the interpreter's or of a library's, giving it a place in the table if it has
/// none.
fn address_of(
    context: &mut StoreContextMut<'_, Guest>,
    packages: &Packages,
    scope: &[usize],
    name: &str,
    table: Table,
) -> Result<Option<u32>, Refusal> {
    let symbols = &context.data().loader.symbols;
    if let Some(address) = symbols.address(packages, scope, name) {
        return Ok(Some(address));
    }
    let owner = if packages.interpreter().function(name).is_some() {
        None
    } else if let Some(library) = symbols.library_with_function(packages, scope, name) {
        Some(library.module)
    } else {
        return Ok(None);
    };
    place(context, packages, (owner, name), table)
}

/// Gives a function of a module, or of the interpreter's, a place in the table. `None`: there is no such function.
pub(super) fn place(
    context: &mut StoreContextMut<'_, Guest>,
    packages: &Packages,
    (owner, name): (Option<usize>, &str),
    table: Table,
) -> Result<Option<u32>, Refusal> {
    let loader = &context.data().loader;
    let function = match owner {
        None => {
            let offer = packages.interpreter().function(name).map(|function| function.offer);
            offer.and_then(|offer| offered(context, &Offer::Function(offer))).and_then(Extern::into_func)
        }
        Some(module) => {
            let library = loader.symbols.loaded(module).map(|library| library.instance);
            library.and_then(|instance| instance.get_func(&mut *context, name))
        }
    };
    let Some(function) = function else { return Ok(None) };
    let place = add_to_table(context, table, function)?;
    context.data_mut().loader.symbols.set_place((owner, name.to_owned()), place);
    Ok(Some(place))
}

/// `dlsym`: the address of a function or variable, or 0.
fn symbol(caller: &mut Caller<'_, Guest>, handle: u32, name: u32) -> Result<u32, Refusal> {
    let (memory, guest) = parts(caller);
    let name = pointer::text(memory, name, NAME_BYTES_MAX);
    let unknown = || format!("undefined symbol: {name}");
    let mut frozen = guest.loader.frozen.iter();
    if let Some(symbol) = frozen.find(|symbol| symbol.handle == handle && symbol.name == name) {
        return Ok(symbol.address);
    }
    let packages = guest.loader.packages.clone().ok_or_else(unknown)?;
    let scope = guest.loader.symbols.opened(&packages, handle).ok_or_else(unknown)?;
    if let Some(address) = guest.loader.symbols.variable(&packages, &scope, &name) {
        return Ok(address);
    }
    if handle == 0
        && let Some(address) = packages.interpreter().data(&name)
    {
        return Ok(address);
    }
    let context = &mut caller.as_context_mut();
    let table = function_table(context).ok_or_else(unknown)?;
    address_of(context, &packages, &scope, &name, table)?.ok_or_else(unknown)
}
