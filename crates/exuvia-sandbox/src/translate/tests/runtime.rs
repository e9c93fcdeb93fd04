//! Runs modules in the sandbox's runtime and returns what they did, in the words
//! of `fixtures/run.mjs`.

use std::fmt::Write as _;

use wasmtime::{
    Caller, Collector, Config, Engine, ExnRef, ExnRefPre, ExnType, Extern, ExternType, FuncType, Instance, Linker,
    Module, Result, Store, StoreContextMut, Tag, TagType, ThrownException, Trap, Val, ValType, bail,
};

/// Inputs of functions with one parameter; as in `run.mjs`.
const ONE: [i32; 13] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 100, -1, i32::MAX];
/// Inputs for each of two parameters; as in `run.mjs`.
const TWO: [i32; 6] = [0, 1, 2, 3, 5, -1];

/// Returns one transcript for each module.
pub(super) fn transcripts(modules: &[Vec<u8>]) -> Vec<String> {
    let mut config = Config::new();
    config
        .wasm_exceptions(true)
        .wasm_gc(true)
        .wasm_function_references(true)
        .wasm_tail_call(true)
        .collector(Collector::DeferredReferenceCounting);
    let engine = Engine::new(&config).expect("the configuration is consistent");
    modules.iter().map(|wasm| transcript(&engine, wasm).expect("the module runs")).collect()
}

struct State {
    lines: String,
    /// The tag of exceptions that imported functions throw.
    outside: Option<Tag>,
}

fn transcript(engine: &Engine, wasm: &[u8]) -> Result<String> {
    let module = Module::new(engine, wasm)?;
    let mut store = Store::new(engine, State { lines: String::new(), outside: None });
    let outside = Tag::new(&mut store, &TagType::new(FuncType::new(engine, [ValType::I32], [])))?;
    store.data_mut().outside = Some(outside);
    let instance = linker(engine)?.instantiate(&mut store, &module)?;

    for export in module.exports() {
        let ExternType::Func(ty) = export.ty() else {
            continue;
        };
        for values in inputs(ty.params().len()) {
            let shown: Vec<String> = values.iter().map(i32::to_string).collect();
            let call = format!("{}({})", export.name(), shown.join(" "));
            writeln!(store.data_mut().lines, "{call}")?;
            let outcome = run(&mut store, &instance, export.name(), &values, &ty)?;
            writeln!(store.data_mut().lines, "  {outcome}")?;
        }
    }
    for export in module.exports() {
        let left = match instance.get_export(&mut store, export.name()) {
            Some(Extern::Global(global)) => format!("= {}", show(&global.get(&mut store))),
            Some(Extern::Memory(memory)) => format!("hashes to {}", hash(memory.data(&store))),
            _ => continue,
        };
        writeln!(store.data_mut().lines, "{} {left}", export.name())?;
    }
    Ok(store.into_data().lines)
}

fn linker(engine: &Engine) -> Result<Linker<State>> {
    let mut linker = Linker::new(engine);
    linker.func_wrap("env", "log", |mut caller: Caller<'_, State>, value: i32| {
        Ok(writeln!(caller.data_mut().lines, "  log {value}")?)
    })?;
    linker.func_wrap("env", "log_i64", |mut caller: Caller<'_, State>, value: i64| {
        Ok(writeln!(caller.data_mut().lines, "  log {value}n")?)
    })?;
    linker.func_wrap("env", "log_f64", |mut caller: Caller<'_, State>, value: f64| {
        Ok(writeln!(caller.data_mut().lines, "  log {value}")?)
    })?;
    linker.func_wrap("env", "throw_js", throw_outside)?;
    linker.func_wrap("env", "exuvia_memory_copy", copy)?;
    linker.func_wrap("env", "exuvia_memory_fill", fill)?;
    Ok(linker)
}

fn throw_outside(mut caller: Caller<'_, State>, value: i32) -> Result<()> {
    let tag = caller.data().outside.expect("the tag was made first");
    let ty = ExnType::from_tag_type(&tag.ty(&caller))?;
    let allocator = ExnRefPre::new(&mut caller, ty);
    let exception = ExnRef::new(&mut caller, &allocator, &tag, &[Val::I32(value)])?;
    StoreContextMut::from(&mut caller).throw(exception)
}

fn copy(mut caller: Caller<'_, State>, to: u32, from: u32, length: u32) -> Result<()> {
    let (to, from, length) = (to as usize, from as usize, length as usize);
    let memory = guest_memory(&mut caller)?;
    if to + length > memory.len() || from + length > memory.len() {
        return Err(Trap::MemoryOutOfBounds.into());
    }
    memory.copy_within(from..from + length, to);
    Ok(())
}

fn fill(mut caller: Caller<'_, State>, to: u32, value: u32, length: u32) -> Result<()> {
    let (to, length) = (to as usize, length as usize);
    let memory = guest_memory(&mut caller)?;
    if to + length > memory.len() {
        return Err(Trap::MemoryOutOfBounds.into());
    }
    memory[to..to + length].fill(value as u8);
    Ok(())
}

fn guest_memory<'c>(caller: &'c mut Caller<'_, State>) -> Result<&'c mut [u8]> {
    match caller.get_export("memory") {
        Some(Extern::Memory(memory)) => Ok(memory.data_mut(caller)),
        _ => bail!("the module exports no memory"),
    }
}

/// Calls a function and says how the call ended.
fn run(store: &mut Store<State>, instance: &Instance, name: &str, values: &[i32], ty: &FuncType) -> Result<String> {
    let function = instance.get_func(&mut *store, name).expect("the module exports the function");
    let values: Vec<Val> = values.iter().copied().map(Val::I32).collect();
    let mut results = vec![Val::I32(0); ty.results().len()];
    match function.call(&mut *store, &values, &mut results) {
        Ok(()) => {
            let shown: Vec<String> = results.iter().map(show).collect();
            Ok(match shown.as_slice() {
                [] => "returns undefined".to_owned(),
                [one] => format!("returns {one}"),
                several => format!("returns [{}]", several.join(" ")),
            })
        }
        Err(error) if error.is::<ThrownException>() => thrown(store, instance),
        Err(error) if error.is::<Trap>() => Ok("traps".to_owned()),
        Err(error) => Err(error),
    }
}

/// Says which exception ended a call.
fn thrown(store: &mut Store<State>, instance: &Instance) -> Result<String> {
    let exception = store.take_pending_exception().expect("the call ended in an exception");
    let tag = exception.tag(&mut *store)?;
    let values: Vec<String> = exception.fields(&mut *store)?.map(|value| show(&value)).collect();
    let values = values.join(" ");
    let outside = store.data().outside.expect("the tag was made first");
    if Tag::eq(&tag, &outside, &*store) {
        return Ok(format!("throws RangeError: from outside {values}"));
    }
    let tags: Vec<(String, Tag)> = instance
        .exports(&mut *store)
        .filter_map(|export| {
            let name = export.name().to_owned();
            match export.into_extern() {
                Extern::Tag(tag) => Some((name, tag)),
                _ => None,
            }
        })
        .collect();
    for (name, exported) in tags {
        if Tag::eq(&tag, &exported, &*store) {
            return Ok(format!("throws {name}({values})"));
        }
    }
    Ok("throws an unknown tag".to_owned())
}

fn inputs(parameters: usize) -> Vec<Vec<i32>> {
    match parameters {
        0 => vec![Vec::new()],
        1 => ONE.iter().map(|&a| vec![a]).collect(),
        _ => TWO.iter().flat_map(|&a| TWO.iter().map(move |&b| vec![a, b])).collect(),
    }
}

fn show(value: &Val) -> String {
    match value {
        Val::I32(value) => value.to_string(),
        Val::I64(value) => format!("{value}n"),
        Val::F64(bits) => f64::from_bits(*bits).to_string(),
        other => panic!("the fixtures show no {other:?}"),
    }
}

fn hash(memory: &[u8]) -> i32 {
    memory.iter().fold(0, |sum: i32, &byte| sum.wrapping_mul(31).wrapping_add(i32::from(byte)))
}
