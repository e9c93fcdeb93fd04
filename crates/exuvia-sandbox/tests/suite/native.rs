//! Native modules, as a linker of C would make them, written by hand: what loads, what is refused, what is stopped.

mod side;

use std::collections::BTreeMap;
use std::env;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use exuvia_core::journal::{Opening, Store};
use exuvia_core::{Status, StopReason};
use exuvia_journal::LocalStore;
use exuvia_sandbox::{
    Checkpoint, Engine, EngineOptions, Image, LinkError, Packages, PackagesBuilder, Preparation, Sandbox,
    SandboxBuilder, derive,
};
use exuvia_session::{CheckpointPolicy, Environment, Replay, ReplayOptions, Session};
use libtest_mimic::{Failed, Trial};

use self::side::Side;
use super::fixture::{self, Verdict, ensure, same, trial};

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        trial("native::a_module_loads_once", loads),
        trial("native::data_and_constructors_are_in_place", data),
        trial("native::libraries_are_found_and_share_their_symbols", libraries),
        trial("native::passive_data_are_copied_within_bounds", passive),
        trial("native::memory_grows_only_through_the_allocator", memory),
        trial("native::exceptions_leave_nothing_behind", exceptions),
        trial("native::loops_without_memory_are_stopped", loops),
        trial("native::what_is_missing_is_named", missing),
        trial("native::what_the_program_wrote_is_not_loaded", written),
        trial("native::broken_modules_are_refused_when_they_are_installed", broken),
        trial("native::a_derived_image_has_them", derived),
        trial("native::a_checkpoint_has_them", checkpoint),
        trial("native::they_are_loaded_again_as_they_were", loaded_again),
        trial("native::sessions_with_them_have_checkpoints_and_forks", sessions),
    ]
}

/// Begins an installation, with compiled code kept beside the image's.
fn builder() -> Result<PackagesBuilder, Failed> {
    Ok(Packages::builder(fixture::engine()?).cache(fixture::compiled_folder()))
}

fn install(files: &[(&str, Vec<u8>)]) -> Result<Packages, Failed> {
    let builder = files.iter().fold(builder()?, |builder, (path, content)| builder.file(*path, content.clone()));
    Ok(builder.install(|_| {})?)
}

fn sandbox(files: &[(&str, Vec<u8>)]) -> Result<Sandbox, Failed> {
    Ok(fixture::builder()?.packages(&install(files)?).build()?)
}

/// Runs a program and compares all that it prints.
fn prints(sandbox: &mut Sandbox, program: &str, expected: &str) -> Verdict {
    let outcome = sandbox.run(program)?;
    same("stderr", "", &outcome.stderr)?;
    if let Some(error) = outcome.error {
        return Err(format!("{}: {}", error.type_name, error.message).into());
    }
    same("stdout", expected, &outcome.stdout)
}

fn loads() -> Verdict {
    let probe = Side::new("probe").method("answer", "(call $long (i32.const 42))").wasm();
    let mut sandbox = sandbox(&[("probe.so", probe)])?;
    let program = "
import probe, sys
print(probe.answer(), probe.__file__)
first = probe
del sys.modules['probe']
import probe
print(probe is first, probe.answer())
";
    prints(&mut sandbox, program, "42 /usr/lib/python3.14/site-packages/probe.so\nFalse 42\n")
}

fn checkpoint() -> Verdict {
    let probe = Side::new("probe").method("answer", "(call $long (i32.const 42))").wasm();
    let packages = install(&[("probe.so", probe)])?;
    let builder = || -> Result<SandboxBuilder, Failed> { Ok(fixture::builder()?.packages(&packages)) };
    let mut sandbox = builder()?.build()?;
    // Packages alone are no obstacle, but they have to be there.
    let before = sandbox.checkpoint()?;
    prints(&mut builder()?.checkpoint(&before).build()?, "import probe; print(probe.answer())", "42\n")?;
    let refused = fixture::builder()?.checkpoint(&before).build().err().map(|error| error.to_string());
    same("without them", "the checkpoint is of a sandbox with other packages", &refused.unwrap_or_default())?;
    prints(&mut sandbox, "import probe; print(probe.answer())", "42\n")?;
    let after = sandbox.checkpoint()?;
    let refused = fixture::builder()?.checkpoint(&after).build().err().map(|error| error.to_string());
    same("without them", "the checkpoint is of a sandbox with other packages", &refused.unwrap_or_default())?;
    prints(&mut builder()?.checkpoint(&after).build()?, "print(probe.answer())", "42\n")
}

/// Adds globals of all kinds, and a method that changes them and tells what they hold.
fn counting(side: Side) -> Side {
    side.item("(global $count (mut i32) (i32.const 5))")
        .item("(global $wide (mut i64) (i64.const -1))")
        .item("(global $single (mut f32) (f32.const 0.5))")
        .item("(global $double (mut f64) (f64.const 0.25))")
        .method(
            "count",
            "(global.set $count (i32.add (global.get $count) (i32.const 1)))
             (global.set $wide (i64.sub (global.get $wide) (i64.const 1)))
             (global.set $single (f32.mul (global.get $single) (f32.const 2)))
             (global.set $double (f64.mul (global.get $double) (f64.const 2)))
             (call $long (i32.add (i32.mul (global.get $count) (i32.const 10000))
                 (i32.add (i32.mul (i32.wrap_i64 (global.get $wide)) (i32.const -100))
                     (i32.trunc_f64_s (f64.add (f64.promote_f32 (global.get $single)) (global.get $double))))))",
        )
}

/// Adds methods that use a library's function, its address, and its variable.
fn pointing(side: Side) -> Side {
    side.needs("libshared.so")
        .item(r#"(import "env" "twice" (func $twice (param i32) (result i32)))"#)
        .item(r#"(import "GOT.func" "twice" (global $twice_at (mut i32)))"#)
        .item(r#"(import "GOT.mem" "variable" (global $variable_at (mut i32)))"#)
        .method("direct", "(call $long (call $twice (i32.const 10)))")
        .method(
            "pointer",
            "(call $long (call_indirect (param i32) (result i32) (i32.const 20) (global.get $twice_at)))",
        )
        .method(
            "variable",
            "(i32.store (global.get $variable_at) (i32.add (i32.load (global.get $variable_at)) (i32.const 1)))
             (call $long (i32.load (global.get $variable_at)))",
        )
}

/// Libraries, addresses of their functions, globals, data that a constructor has changed, modules that fail, and one that
/// is loaded later: a sandbox that begins with a checkpoint has all that the other one has, and goes on as it does.
fn loaded_again() -> Verdict {
    let shared = Side::library("shared")
        .item(r#"(global (export "variable") i32 (i32.const 600))"#)
        .item(r#"(data (offset (i32.add (global.get $memory_base) (i32.const 600))) "\05\00\00\00")"#)
        .item(r#"(func (export "twice") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 2)))"#)
        .constructor("(i32.store offset=600 (global.get $memory_base) (i32.const 8))")
        .wasm();
    let broken = Side::new("broken")
        .item(r#"(import "env" "nowhere" (func $nowhere))"#)
        .method("call", "(call $nowhere) (i32.const 0)");
    let packages = install(&[
        ("first.so", counting(pointing(Side::new("first"))).wasm()),
        ("later.so", counting(pointing(Side::new("later"))).wasm()),
        ("broken.so", broken.wasm()),
        ("libshared.so", shared),
    ])?;
    let builder = || -> Result<SandboxBuilder, Failed> { Ok(fixture::builder()?.packages(&packages)) };
    let first = "
import sys
def tell(module):
    print(module.direct(), module.pointer(), module.variable(), module.count())
try:
    import broken
except ImportError:
    print('no broken')
import first
tell(first)
";
    let later = "tell(first); import later; tell(later); tell(first)";
    let mut sandbox = builder()?.build()?;
    // 5 + 1, -1 - 1, 0.5 * 2 + 0.25 * 2; then once more.
    prints(&mut sandbox, first, "no broken\n20 40 9 60201\n")?;
    let bytes = sandbox.checkpoint()?.to_bytes();
    let checkpoint = Checkpoint::from_bytes(fixture::engine()?, &bytes)?;
    let mut restored = builder()?.checkpoint(&checkpoint).build()?;
    ensure(restored.checkpoint()?.to_bytes() == bytes, "a checkpoint of the restored sandbox is another one")?;
    let expected = "20 40 10 70303\n20 40 11 60201\n20 40 12 80406\n";
    prints(&mut sandbox, later, expected)?;
    prints(&mut restored, later, expected)?;
    let [straight, again] = [sandbox.checkpoint()?, restored.checkpoint()?];
    same("the memory, and the modules", straight.memory_hash(), again.memory_hash())?;
    same("the whole memory", &sandbox.memory_hash(), &restored.memory_hash())
}

fn sessions() -> Verdict {
    let probe = Side::new("probe").item("(global $count (mut i32) (i32.const 5))").method(
        "count",
        "(global.set $count (i32.add (global.get $count) (i32.const 1))) (call $long (global.get $count))",
    );
    let engine = fixture::engine()?.clone();
    let store: Arc<dyn Store> = Arc::new(LocalStore::memory());
    let environment = Environment {
        engine: engine.clone(),
        packages: Some(install(&[("probe.so", probe.wasm())])?),
        package_identities: Vec::new(),
        host: Arc::new(move || Ok(Box::new(fixture::repeatable_host().build(&engine)?))),
        now: Arc::new(|| 0),
        secrets: BTreeMap::new(),
        capture: true,
        checkpoints: CheckpointPolicy { cells: 1, ..CheckpointPolicy::default() },
        observer: None,
        journal_bytes_max: 1 << 20,
    };
    let opened = environment.opened([7; 32]);
    let opening = Opening { session: "native".parse()?, name: None, opened, at: 0 };
    let gives = |session: &mut Session, expected: &str| {
        let outcome = pollster::block_on(session.run("probe.count()"))?;
        same("the count", expected, &outcome.value.map(|value| value.repr).unwrap_or_default())
    };
    let mut session = pollster::block_on(Session::open(Arc::clone(&store), environment.clone(), opening))?;
    pollster::block_on(session.run("import probe; probe.count()"))?;
    let mut fork = pollster::block_on(session.fork("fork".parse()?, None, [1; 32]))?;
    gives(&mut session, "7")?;
    gives(&mut fork, "7")?;
    let id = session.id().clone();
    // One by policy may have found the last one still being written.
    session.checkpoint()?;
    drop((session, fork));
    let (mut session, resumed) =
        pollster::block_on(Session::resume(Arc::clone(&store), environment.clone(), &id, false))?;
    ensure(resumed.from_checkpoint && resumed.rerun == 0, format!("{resumed:?}"))?;
    gives(&mut session, "8")?;
    drop(session);
    // Each checkpoint is compared with what comes of running all of it again.
    let replay = Replay::new(store, environment, id);
    let replayed = pollster::block_on(replay.run(ReplayOptions::default(), |_| {}))?;
    ensure(replayed.cells == 3, format!("{replayed:?}"))
}

fn data() -> Verdict {
    let probe = Side::new("probe")
        .method("read", "(call $long (i32.load offset=512 (global.get $memory_base)))")
        .method("zero", "(call $long (i32.load offset=900 (global.get $memory_base)))")
        .constructor("(i32.store offset=512 (global.get $memory_base) (i32.add (i32.load offset=512 (global.get $memory_base)) (i32.const 1)))")
        .item(r#"(data (offset (i32.add (global.get $memory_base) (i32.const 512))) "\09\00\00\00")"#)
        .wasm();
    prints(&mut sandbox(&[("probe.so", probe)])?, "import probe\nprint(probe.read(), probe.zero())", "10 0\n")
}

fn libraries() -> Verdict {
    // A function, its address, and a variable of a library that lies elsewhere and needs another one.
    let base = Side::library("base").item(r#"(func (export "seven") (result i32) (i32.const 7))"#).wasm();
    let shared = Side::library("shared")
        .needs("libbase.so")
        .item(r#"(import "env" "seven" (func $seven (result i32)))"#)
        .item(r#"(global (export "variable") i32 (i32.const 600))"#)
        .item(r#"(data (offset (i32.add (global.get $memory_base) (i32.const 600))) "\05\00\00\00")"#)
        .item(r#"(func (export "twice") (param i32) (result i32) (i32.add (i32.mul (local.get 0) (i32.const 2)) (call $seven)))"#)
        .wasm();
    let probe = pointing(Side::new("probe").runtime_path("$ORIGIN/../deps.libs")).wasm();
    let mut sandbox = sandbox(&[
        ("package/__init__.py", Vec::new()),
        ("package/probe.so", probe),
        ("deps.libs/libshared.so", shared),
        ("deps.libs/libbase.so", base),
    ])?;
    let program = "from package import probe\nprint(probe.direct(), probe.pointer(), probe.variable())";
    prints(&mut sandbox, program, "27 47 6\n")
}

fn passive() -> Verdict {
    let probe = Side::new("probe")
        .item(r#"(data $passive "abcdef")"#)
        .method(
            "copy",
            "(memory.init $passive (i32.add (global.get $memory_base) (i32.const 700)) (i32.const 2) (i32.const 4))
             (call $long (i32.load offset=700 (global.get $memory_base)))",
        )
        .method(
            "beyond",
            "(memory.init $passive (global.get $memory_base) (i32.const 3) (i32.const 4)) (call $long (i32.const 0))",
        )
        .method(
            "dropped",
            "(data.drop $passive)
             (memory.init $passive (global.get $memory_base) (i32.const 0) (i32.const 1)) (call $long (i32.const 0))",
        )
        .wasm();
    let files = [("probe.so", probe)];
    let mut first = sandbox(&files)?;
    prints(&mut first, "import probe\nprint(probe.copy().to_bytes(4, 'little'))", "b'cdef'\n")?;
    for method in ["beyond", "dropped"] {
        let outcome = sandbox(&files)?.run(&format!("import probe\nprobe.{method}()"))?;
        let trapped = outcome.status == Status::Stopped { reason: StopReason::Trap };
        ensure(trapped, format!("`{method}` ended with {:?}", outcome.status))?;
    }
    Ok(())
}

fn memory() -> Verdict {
    let probe = Side::new("probe").method("grow", "(call $long (memory.grow (i32.const 1)))").wasm();
    prints(&mut sandbox(&[("probe.so", probe)])?, "import probe\nprint(probe.grow())", "-1\n")
}

/// The argument with which this binary does nothing but [`exceptions_alone`].
pub(crate) const ALONE: &str = "--exceptions-alone";

/// What is measured is the memory of the process, so it has one to itself.
#[expect(clippy::disallowed_methods, reason = "this very program is run in another process")]
fn exceptions() -> Verdict {
    let output = Command::new(env::current_exe()?).arg(ALONE).output()?;
    ensure(output.status.success(), String::from_utf8_lossy(&output.stderr))
}

/// Throws many exceptions in a native module; what is left of them is bounded.
///
/// # Errors
///
/// They leave something behind.
pub(crate) fn exceptions_alone() -> Verdict {
    const COUNT: u32 = 1_000_000;
    let body = format!(
        "(local $left i32)
         (local.set $left (i32.const {COUNT}))
         (loop $again
           try (throw $exception (local.get $left)) catch $exception drop end
           (br_if $again (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
         (call $long (local.get $left))"
    );
    let probe = Side::new("probe")
        .item(r#"(import "env" "__cpp_exception" (tag $exception (param i32)))"#)
        .method("throw_all", &body)
        .wasm();
    let mut sandbox = sandbox(&[("probe.so", probe)])?;
    prints(&mut sandbox, "import probe\nprint(probe.throw_all())", "0\n")?;
    // Each exception is an object of some 32 bytes: kept, they would fill more than 160 MB.
    let before = fixture::resident_bytes()?;
    prints(&mut sandbox, "print(sum(probe.throw_all() for _ in range(5)))", "0\n")?;
    let grown = fixture::resident_bytes()?.saturating_sub(before);
    ensure(grown < 32 << 20, format!("5 million exceptions left {grown} bytes"))
}

fn loops() -> Verdict {
    let probe = Side::new("probe")
        .method("spin", "(loop $again (br $again)) (unreachable)")
        .method("chase", "(return_call $chase (local.get $self) (local.get $argument))")
        .wasm();
    let packages = install(&[("probe.so", probe)])?;
    for method in ["spin", "chase"] {
        let limits = fixture::limited(Duration::from_millis(200));
        let mut sandbox = fixture::builder()?.packages(&packages).limits(limits).build()?;
        let outcome = sandbox.run(&format!("import probe\nprobe.{method}()"))?;
        let stopped = outcome.status == Status::Stopped { reason: StopReason::Time };
        ensure(stopped, format!("`{method}` ended with {:?}", outcome.status))?;
    }
    Ok(())
}

const TELL: &str = "
try:
    import probe
except ImportError as error:
    print(error)
";

fn missing() -> Verdict {
    let symbols = Side::new("probe")
        .item(r#"(import "env" "launch_rockets" (func $launch))"#)
        .item(r#"(import "GOT.mem" "rockets" (global (mut i32)))"#)
        .method("go", "(call $launch) (call $long (i32.const 0))")
        .wasm();
    let expected = "probe.so needs the symbols `launch_rockets`, `rockets`, which this sandbox does not have\n";
    prints(&mut sandbox(&[("probe.so", symbols)])?, TELL, expected)?;
    let library = Side::new("probe").needs("librockets.so").wasm();
    let expected = "probe.so needs the library `librockets.so`, which is not installed\n";
    prints(&mut sandbox(&[("probe.so", library)])?, TELL, expected)
}

fn written() -> Verdict {
    let probe = Side::new("probe").method("answer", "(call $long (i32.const 42))").wasm();
    for sandbox in [fixture::sandbox()?, sandbox(&[("other.so", probe.clone())])?] {
        let mut sandbox = sandbox;
        let hex: String = probe.iter().map(|byte| format!("{byte:02x}")).collect();
        let program = format!("open('probe.so', 'wb').write(bytes.fromhex('{hex}')) and None{TELL}");
        let expected = "/workspace/probe.so: native code is only loaded from packages that the host has installed\n";
        prints(&mut sandbox, &program, expected)?;
    }
    Ok(())
}

fn broken() -> Verdict {
    let refused = |content: Vec<u8>| -> Result<String, Failed> {
        match builder()?.file("probe.so", content).install(|_| {}) {
            Ok(_) => Err("it was installed".into()),
            Err(error @ LinkError::Module { .. }) => Ok(error.to_string()),
            Err(error) => Err(error.into()),
        }
    };
    let cases = [
        (
            b"\0asm\x01\0\0\0\x05".to_vec(),
            "the module is not valid WebAssembly: unexpected end-of-file (at offset 0x9)",
        ),
        (wat("(module)"), "it is no side module: its section `dylink.0` is missing"),
        (Side::new("probe").item("(table 1 funcref)").wasm(), "it has a table of its own"),
        (Side::new("probe").memory_bytes(1 << 30).wasm(), "it wants 1073741824 bytes of data, the limit is 268435456"),
        (
            Side::new("probe").item(r#"(import "env" "PyErr_Clear" (func (param i64)))"#).wasm(),
            "it uses the symbol `PyErr_Clear` with another type than this interpreter has",
        ),
        (Side::new("probe").item("(type $array (array i8))").wasm(), "it has types other than those of functions"),
        (
            Side::new("probe").item(r#"(data (offset (i32.const 1024)) "x")"#).wasm(),
            "a segment does not lie at an offset from `__memory_base`",
        ),
        (
            Side::new("probe")
                .item(r#"(data (offset (i32.add (global.get $memory_base) (i32.const 1024))) "x")"#)
                .wasm(),
            "its data lie outside of its part of the memory",
        ),
    ];
    for (content, fault) in cases {
        let expected = format!("the native module `probe.so` cannot be used: {fault}");
        same("the refusal", &expected, &refused(content)?)?;
    }
    Ok(())
}

fn wat(text: &str) -> Vec<u8> {
    wat::parse_str(text).expect("the test's module is well-formed")
}

fn derived() -> Verdict {
    let shared = Side::library("shared")
        .item(r#"(func $next (export "next") (result i32) (global.set $count (i32.add (global.get $count) (i32.const 1))) (global.get $count))"#)
        .item("(global $count (mut i32) (i32.const 0))")
        .wasm();
    let module = |name: &str| {
        Side::new(name)
            .needs("libshared.so")
            .item(r#"(import "env" "next" (func $next (result i32)))"#)
            .item(r#"(import "GOT.func" "next" (global $next_at (mut i32)))"#)
            .method("count", "(call $long (call $next))")
            .method("count_by_pointer", "(call $long (call_indirect (result i32) (global.get $next_at)))")
            .wasm()
    };
    let files = [("one.so", module("one")), ("two.so", module("two")), ("libshared.so", shared)];
    let packages = install(&files)?;
    let engine = fixture::engine()?;
    let preparation = Preparation { modules: vec!["one".to_owned()], program: "import one; one.count()".to_owned() };
    let bytes = derive(engine, &packages, &preparation, |_| {})?;
    ensure(bytes == derive(engine, &packages, &preparation, |_| {})?, "deriving it again gives another image")?;

    let image = Image::from_bytes(bytes.into())?;
    let options =
        EngineOptions { sandboxes_max: 4, cache: Some(fixture::compiled_folder()), ..EngineOptions::default() };
    let engine = Engine::new(&image, &options)?;
    let program = "
import sys
print('one' in sys.modules, 'two' in sys.modules)
import one, two
print(one.count(), two.count(), one.count_by_pointer(), two.count_by_pointer())
";
    // Twice: sandboxes share nothing.
    for _ in 0..2 {
        prints(&mut engine.sandbox().build()?, program, "True False\n2 3 4 5\n")?;
    }
    Ok(())
}
