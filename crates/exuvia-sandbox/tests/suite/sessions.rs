//! Cells that share their variables: values, output, and what they leave to the next one.

use std::sync::mpsc::channel;

use exuvia_core::{Outcome, Status, Stream, Value};
use exuvia_sandbox::{Completeness, Completion, SandboxError, Script, ScriptSource, Stdin};
use libtest_mimic::Trial;
use serde_json::json;

use super::fixture::{Verdict, builder, builder_with, ensure, gives, repeatable_host, same, sandbox, trial};

/// Returns the tests of sessions.
pub(crate) fn trials() -> Vec<Trial> {
    vec![
        trial("sessions::state", state),
        trial("sessions::nothing_is_shared", nothing_is_shared),
        trial("sessions::values", values),
        trial("sessions::rich_values", rich_values),
        trial("sessions::json_only_without_loss", json_only_without_loss),
        trial("sessions::long_values_are_cut", long_values_are_cut),
        trial("sessions::top_level_await", top_level_await),
        trial("sessions::tasks_go_on_in_later_cells", tasks_go_on_in_later_cells),
        trial("sessions::output_in_order", output_in_order),
        trial("sessions::output_is_not_kept_if_not_wanted", output_is_not_kept_if_not_wanted),
        trial("sessions::stdin", stdin),
        trial("sessions::world", world),
        trial("sessions::files", files),
        trial("sessions::modules_from_files", modules_from_files),
        trial("sessions::seeds", seeds),
        trial("sessions::terminals", terminals),
        trial("sessions::scripts", scripts),
        trial("sessions::exits", exits),
        trial("sessions::ends", ends),
        trial("sessions::finish", finish),
        trial("sessions::completion", completion),
        trial("sessions::large_source", large_source),
    ]
}

fn finished(stdout: &str) -> serde_json::Value {
    json!({"status": "finished", "stdout": stdout, "stderr": ""})
}

fn repr(outcome: &Outcome) -> &str {
    outcome.value.as_ref().map_or("(none)", |value| &value.repr)
}

fn state() -> Verdict {
    let mut sandbox = sandbox()?;
    gives(&sandbox.run("x = 20")?, &finished(""))?;
    gives(&sandbox.run("def f(n):\n    return n + x\n")?, &finished(""))?;
    gives(
        &sandbox.run("x += 1\nf(x)")?,
        &json!({"status": "finished", "stdout": "", "stderr": "", "value": {"repr": "42", "type": "int", "json": 42}}),
    )?;
    gives(&sandbox.run("print(_, __name__)")?, &finished("42 __main__\n"))?;
    same("an error keeps what came before it", "raised", status(&sandbox.run("y = 1; raise ValueError")?))?;
    same("the variable", "1", repr(&sandbox.run("y")?))?;
    same(
        "a class",
        "[0, 1, 4]",
        repr(&sandbox.run("class A:\n    def f(self): return [n * n for n in range(3)]\nA().f()")?),
    )?;
    same(
        "a future import stays",
        "'x + y'",
        repr(
            &sandbox
                .run("from __future__ import annotations")
                .and_then(|_| sandbox.run("def g(a: x + y): pass\ng.__annotations__['a']"))?,
        ),
    )
}

fn status(outcome: &Outcome) -> &'static str {
    match outcome.status {
        Status::Finished => "finished",
        Status::Raised => "raised",
        Status::Exited { .. } => "exited",
        Status::Stopped { .. } => "stopped",
    }
}

fn nothing_is_shared() -> Verdict {
    let mut first = sandbox()?;
    first.run(
        "import builtins, json, sys; builtins.leak = json.leak = 1; sys.path.append('/leak'); open('/tmp/leak', 'w')",
    )?;
    let mut second = sandbox()?;
    let source = "import json, sys, os; hasattr(json, 'leak'), 'leak' in dir(__builtins__), '/leak' in sys.path, os.listdir('/tmp')";
    same("another sandbox", "(False, False, False, [])", repr(&second.run(source)?))?;
    drop((first, second));
    same("one that takes an old one's place", "(False, False, False, [])", repr(&sandbox()?.run(source)?))
}

fn values() -> Verdict {
    let mut sandbox = sandbox()?;
    for (source, repr, kind, json) in [
        ("1 + 1", "2", "int", Some(json!(2))),
        ("'a\\n\\u00e9'", "'a\\né'", "str", Some(json!("a\né"))),
        ("2 ** 100", "1267650600228229401496703205376", "int", None),
        ("0.1", "0.1", "float", Some(json!(0.1))),
        ("float('nan')", "nan", "float", None),
        ("True", "True", "bool", Some(json!(true))),
        ("[1, (2, None)]", "[1, (2, None)]", "list", Some(json!([1, [2, null]]))),
        ("{'a': {'b': []}}", "{'a': {'b': []}}", "dict", Some(json!({"a": {"b": []}}))),
        ("b'x'", "b'x'", "bytes", None),
        ("{1}", "{1}", "set", None),
        ("import decimal; decimal.Decimal('1.0')", "Decimal('1.0')", "decimal.Decimal", None),
        ("int", "<class 'int'>", "type", None),
        ("len", "<built-in function len>", "builtin_function_or_method", None),
    ] {
        let value = sandbox.run(source)?.value.ok_or_else(|| format!("`{source}` has no value"))?;
        let json = if source == "2 ** 100" { value.json.clone() } else { json };
        let expected =
            Value { repr: repr.to_owned(), type_name: kind.to_owned(), json, rich: [].into(), truncated: false };
        ensure(value == expected, format!("`{source}` gives {value:?}"))?;
    }
    for source in ["None", "x = 1", "", "# nothing", "def f(): pass", "for i in [1]: i", "1;;"] {
        let outcome = sandbox.run(source)?;
        ensure(outcome.value.is_none(), format!("`{source}` has a value"))?;
    }
    Ok(())
}

fn rich_values() -> Verdict {
    let source = r#"
class Rich:
    def __repr__(self): return "Rich()"
    def _repr_html_(self): return "<b>hi</b>"
    def _repr_png_(self): return b"\x89PNG"
    def _repr_svg_(self): return "<svg/>"
    def _repr_markdown_(self): raise ValueError("left out")
    def _repr_json_(self): return {"a": [1]}
    def _repr_mimebundle_(self): return {"text/x-own": "own", "text/html": "<i>bundle</i>"}
Rich()
"#;
    gives(
        &sandbox()?.run(source)?,
        &json!({"status": "finished", "stdout": "", "stderr": "", "value": {
            "repr": "Rich()", "type": "Rich",
            "rich": {"text/html": "<i>bundle</i>", "image/png": "iVBORw==", "image/svg+xml": "<svg/>",
                     "application/json": {"a": [1]}, "text/x-own": "own"},
        }}),
    )
}

fn json_only_without_loss() -> Verdict {
    let mut sandbox = sandbox()?;
    for source in [
        "{1: 2}",
        "[{1}]",
        "float('inf')",
        "'\\udc00'",
        "type('S', (str,), {})('x')",
        "a = []; a.append(a); a",
        "range(3)",
        "1j",
        "[".repeat(70).as_str(),
    ] {
        let source = if source.starts_with("[[") { format!("{source}{}", "]".repeat(70)) } else { source.to_owned() };
        let value = sandbox.run(&source)?.value.ok_or_else(|| format!("`{source}` has no value"))?;
        ensure(value.json.is_none(), format!("`{source}` gives {value:?}"))?;
    }
    Ok(())
}

fn long_values_are_cut() -> Verdict {
    let value = sandbox()?.run("'x' * 3_000_000")?.value.ok_or("no value")?;
    let expected = format!("'{}", "x".repeat((1 << 20) - 1));
    ensure(value.repr == expected && value.truncated && value.json.is_none(), format!("{} bytes", value.repr.len()))
}

fn top_level_await() -> Verdict {
    let mut sandbox = sandbox()?;
    sandbox.run("import asyncio\nasync def f(n):\n    await asyncio.sleep(n)\n    print('f', n)\n    return n * 2")?;
    let value = |repr: &str, kind: &str, json: serde_json::Value, stdout: &str| json!({"status": "finished", "stdout": stdout, "stderr": "", "value": {"repr": repr, "type": kind, "json": json}});
    gives(&sandbox.run("await f(3)")?, &value("6", "int", json!(6), "f 3\n"))?;
    gives(
        &sandbox.run("x = await asyncio.gather(f(2), f(1))\nx")?,
        &value("[4, 2]", "list", json!([4, 2]), "f 1\nf 2\n"),
    )?;
    gives(&sandbox.run("[await f(n) async for n in agen()] if 0 else sum(x)")?, &value("6", "int", json!(6), ""))?;
    gives(&sandbox.run("asyncio.run(f(5))")?, &value("10", "int", json!(10), "f 5\n"))?;
    same("the cell after a failed one", "raised", status(&sandbox.run("await f(1); await f('x')")?))?;
    gives(&sandbox.run("await f(4)")?, &value("8", "int", json!(8), "f 4\n"))
}

fn tasks_go_on_in_later_cells() -> Verdict {
    let mut sandbox = sandbox()?;
    sandbox.run(
        "import asyncio\nasync def f():\n    for n in range(3):\n        print(n)\n        await asyncio.sleep(1)",
    )?;
    gives(&sandbox.run("task = asyncio.create_task(f()); await asyncio.sleep(0)")?, &finished("0\n"))?;
    gives(&sandbox.run("print('between')")?, &finished("between\n"))?;
    gives(&sandbox.run("await task")?, &finished("1\n2\n"))
}

fn output_in_order() -> Verdict {
    let (sender, pieces) = channel();
    let host = repeatable_host().output(move |stream, bytes| {
        let _ = sender.send((stream, bytes.to_vec()));
    });
    let mut sandbox = builder_with(host)?.build()?;
    let outcome = sandbox.run(
        "import sys, os\nprint('one')\nprint('two', file=sys.stderr)\nprint('thr', end=''); sys.stdout.flush()\n\
         os.write(1, b'ee\\n')\nos.write(2, b'\\xff')\nprint('last', end='')",
    )?;
    gives(&outcome, &json!({"status": "finished", "stdout": "one\nthree\nlast", "stderr": "two\n\u{fffd}"}))?;
    let expected: Vec<(Stream, Vec<u8>)> = [
        (Stream::Stdout, &b"one\n"[..]),
        (Stream::Stderr, b"two\n"),
        (Stream::Stdout, b"thr"),
        (Stream::Stdout, b"ee\n"),
        (Stream::Stderr, b"\xff"),
        (Stream::Stdout, b"last"),
    ]
    .map(|(stream, bytes)| (stream, bytes.to_vec()))
    .into();
    drop(sandbox);
    let pieces: Vec<_> = pieces.iter().collect();
    ensure(pieces == expected, format!("the pieces were {pieces:?}"))?;
    same("the bytes of it", "19", &outcome.usage.output_bytes.to_string())
}

fn output_is_not_kept_if_not_wanted() -> Verdict {
    let (sender, pieces) = channel();
    let host = repeatable_host().output(move |_, bytes| sender.send(bytes.len()).unwrap_or_default());
    let mut sandbox = builder_with(host)?.capture_output(false).build()?;
    gives(&sandbox.run("print('x' * 200_000)")?, &finished(""))?;
    drop(sandbox);
    let lengths: Vec<usize> = pieces.iter().collect();
    ensure(
        lengths.iter().sum::<usize>() == 200_001 && lengths.iter().all(|&length| length <= 65_536),
        format!("{lengths:?}"),
    )
}

fn stdin() -> Verdict {
    let source =
        "import sys\nprint(repr(input()), repr(sys.stdin.readline()), repr(sys.stdin.read()), repr(sys.stdin.read()))";
    let expected = finished("'one' 'zwö\\n' 'three' ''\n");
    let text = "one\nzwö\nthree";
    let mut bytes = text.bytes();
    let bytewise = Stdin::callback(move |_| bytes.next().into_iter().collect());
    for stdin in [Stdin::bytes(text), Stdin::reader(text.as_bytes()), bytewise] {
        gives(&builder_with(repeatable_host().stdin(stdin))?.build()?.run(source)?, &expected)?;
    }
    let outcome = sandbox()?.run("input('? ')")?;
    same("the prompt", "? ", &outcome.stdout)?;
    same("no input", "EOFError", outcome.error.as_ref().map_or("", |error| &error.type_name))
}

fn world() -> Verdict {
    let mut sandbox = builder()?
        .arguments(["prog", "-v", "é x"])
        .environment("USER", "eve")
        .environment("EMPTY", "")
        .working_directory("/tmp")
        .build()?;
    let cell = "import sys, os\nsys.argv, dict(os.environ), os.getcwd(), os.getpid() == os.getpid(), os.getuid()";
    same(
        "what it sees",
        "(['prog', '-v', 'é x'], {'EMPTY': '', 'USER': 'eve'}, '/tmp', True, 1000)",
        repr(&sandbox.run(cell)?),
    )?;
    let cell = "import sys, os\nsys.argv, dict(os.environ), os.getcwd()";
    same("without being told", "([''], {}, '/workspace')", repr(&super::fixture::sandbox()?.run(cell)?))
}

fn files() -> Verdict {
    let mut sandbox = builder()?.file("/workspace/in/data.bin", vec![0_u8, 1, 255]).file("/etc/own", "x").build()?;
    gives(
        &sandbox.run("print(open('in/data.bin', 'rb').read(), open('/etc/own').read())")?,
        &finished("b'\\x00\\x01\\xff' x\n"),
    )?;
    gives(&sandbox.run("import os; os.makedirs('a/b'); _ = open('a/b/c', 'w').write('out')")?, &finished(""))?;
    ensure(sandbox.read_file("/workspace/a/b/c").as_deref() == Some(b"out"), "the file that was written is not there")?;
    ensure(sandbox.read_file("/workspace/a").is_none(), "a folder was read")?;
    ensure(sandbox.read_file("/workspace/nothing").is_none(), "a missing file was read")?;
    let refused = builder()?.file("relative", "x").build();
    ensure(matches!(refused, Err(SandboxError::Config(_))), "a relative path was taken")
}

fn modules_from_files() -> Verdict {
    let mut sandbox = builder()?.file("/workspace/given.py", "x = 'given'").build()?;
    same("a module that was there", "'given'", repr(&sandbox.run("import given; given.x")?))?;
    // All in one cell, in which nobody reads the clock.
    let source = "\
for name in 'abc':
    try:
        __import__('missing')
    except ModuleNotFoundError: pass
    open(f'{name}.py', 'w').write(f'x = {name!r}')
    print(__import__(name).x)
import importlib, a
open('a.py', 'w').write('x = 1')
print(importlib.reload(a).x)
";
    gives(&sandbox.run(source)?, &finished("a\nb\nc\n1\n"))
}

fn seeds() -> Verdict {
    let source = "import random, os, uuid, tempfile\nrandom.random(), os.urandom(8), uuid.uuid4(), tempfile.mktemp()";
    let drawn = |seed| -> Result<String, libtest_mimic::Failed> {
        Ok(repr(&builder_with(repeatable_host().seed(seed))?.build()?.run(source)?).to_owned())
    };
    let (one, again, two) = (drawn(1)?, drawn(1)?, drawn(2)?);
    same("the same seed", &one, &again)?;
    let parts = one.split(", ").zip(two.split(", "));
    ensure(parts.clone().all(|(one, two)| one != two), format!("seeds 1 and 2 gave {one} and {two}"))
}

fn terminals() -> Verdict {
    let mut sandbox = builder()?.terminals([true, false, true]).build()?;
    same("the streams", "[True, False, True]", repr(&sandbox.run("import os; [os.isatty(n) for n in range(3)]")?))
}

fn scripts() -> Verdict {
    let mut sandbox = builder()?
        .file("/workspace/package/__init__.py", "")
        .file("/workspace/package/__main__.py", "import sys; print(__name__, sys.argv); sys.exit(4)")
        .build()?;
    let script = |source| Script { source, arguments: vec!["a".to_owned()] };
    let outcome = sandbox.script(&script(ScriptSource::Module("package".to_owned())))?;
    gives(
        &outcome,
        &json!({"status": "exited", "code": 4, "stdout": "__main__ ['/workspace/package/__main__.py', 'a']\n", "stderr": ""}),
    )?;
    let mut sandbox = super::fixture::sandbox()?;
    let outcome = sandbox.script(&script(ScriptSource::Code("import sys\nprint(sys.argv)\n1 / 0".to_owned())))?;
    same("stdout", "['-c', 'a']\n", &outcome.stdout)?;
    same(
        "stderr",
        "Traceback (most recent call last):\n  File \"<string>\", line 3, in <module>\n    1 / 0\n    ~~^~~\n\
         ZeroDivisionError: division by zero\n",
        &outcome.stderr,
    )?;
    let outcome = sandbox.script(&script(ScriptSource::File("nothing.py".to_owned())))?;
    gives(
        &outcome,
        &json!({"status": "exited", "code": 2, "stdout": "",
            "stderr": "/usr/bin/python3: can't open file '/workspace/nothing.py': [Errno 44] No such file or directory\n"}),
    )
}

fn exits() -> Verdict {
    let mut sandbox = sandbox()?;
    for (source, code, stderr) in [
        ("import sys; sys.exit()", 0, ""),
        ("sys.exit(3)", 3, ""),
        ("sys.exit('bye')", 1, "bye\n"),
        ("raise SystemExit(256 + 7)", 7, ""),
        ("exit(2)", 2, ""),
        ("sys.exit(-1)", 255, ""),
        ("sys.exit(2**70)", 255, ""),
    ] {
        gives(&sandbox.run(source)?, &json!({"status": "exited", "code": code, "stdout": "", "stderr": stderr}))?;
    }
    ensure(sandbox.is_alive(), "`sys.exit` ended the sandbox")
}

fn ends() -> Verdict {
    for (source, expected) in [
        (
            "import os; print('x', end=''); os._exit(7)",
            json!({"status": "exited", "code": 7, "stdout": "", "stderr": ""}),
        ),
        (
            "import os; os.abort()",
            json!({"status": "stopped", "reason": "abort", "stdout": "", "stderr": "abort() was called\n"}),
        ),
    ] {
        let mut sandbox = sandbox()?;
        gives(&sandbox.run(source)?, &expected)?;
        ensure(!sandbox.is_alive(), "it is still alive")?;
        ensure(matches!(sandbox.run("1"), Err(SandboxError::Stopped(_))), "it ran another cell")?;
        ensure(matches!(sandbox.finish(), Err(SandboxError::Stopped(_))), "it was finished once more")?;
        let _ = sandbox.memory_hash();
    }
    Ok(())
}

fn finish() -> Verdict {
    let mut sandbox = sandbox()?;
    sandbox.run("import atexit, sys\natexit.register(print, 'at exit')\nclass A:\n    def __del__(self): print('deleted')\na = A()")?;
    gives(&sandbox.finish()?, &finished("at exit\ndeleted\n"))?;
    ensure(matches!(sandbox.run("1"), Err(SandboxError::Stopped(_))), "it ran another cell")
}

fn completion() -> Verdict {
    let mut sandbox = sandbox()?;
    sandbox.run("import os; zebra_one = zebra_two = 1")?;
    let found = sandbox.complete("é = zeb", "é = zeb".len())?;
    ensure(
        found == Completion { start: 4, matches: vec!["zebra_one".to_owned(), "zebra_two".to_owned()] },
        format!("{found:?}"),
    )?;
    let found = sandbox.complete("os.getcw(", 8)?;
    ensure(found.start == 3 && found.matches.iter().all(|name| name.starts_with("getcw")), format!("{found:?}"))?;
    for (source, expected) in [
        ("1 + 1", Completeness::Complete),
        ("def f():", Completeness::Incomplete),
        ("x = (", Completeness::Incomplete),
        ("x = )", Completeness::Invalid),
        ("", Completeness::Complete),
    ] {
        let found = sandbox.completeness(source)?;
        ensure(found == expected, format!("`{source}` is {found:?}"))?;
    }
    Ok(())
}

fn large_source() -> Verdict {
    let source = format!("x = {:?}\nlen(x)", "y".repeat(3_000_000));
    same("the length", "3000000", repr(&sandbox()?.run(&source)?))
}
