//! What is reported of an exception that nobody caught.

use libtest_mimic::Trial;
use serde_json::{Value, json};

use super::fixture::{Verdict, ensure, gives, same, sandbox, trial};

/// Returns the tests of error reports.
pub(crate) fn trials() -> Vec<Trial> {
    vec![
        trial("reports::frames_with_columns", frames_with_columns),
        trial("reports::cause_and_note", cause_and_note),
        trial("reports::context", context),
        trial("reports::group", group),
        trial("reports::syntax", syntax),
        trial("reports::deep_recursion_is_bounded", deep_recursion_is_bounded),
        trial("reports::hostile_exceptions", hostile_exceptions),
    ]
}

fn frame(line: u64, columns: (u64, u64), function: &str, source: &str) -> Value {
    json!({"file": "<cell 1>", "line": line, "end_line": line, "column": columns.0, "end_column": columns.1,
           "function": function, "source": source})
}

fn raised(error: &Value) -> Value {
    json!({"status": "raised", "stdout": "", "stderr": "", "error": error})
}

fn frames_with_columns() -> Verdict {
    let source = "def divide(a, b):\n    é = 'ü'; return a / b\n\ndivide(1,\n       0)";
    let traceback = "\
Traceback (most recent call last):
  File \"<cell 1>\", line 4, in <module>
    divide(1,
    ~~~~~~^^^
           0)
           ^^
  File \"<cell 1>\", line 2, in divide
    é = 'ü'; return a / b
                    ~~^~~
ZeroDivisionError: division by zero
";
    let mut outer = frame(4, (1, 10), "<module>", "divide(1,");
    outer["end_line"] = json!(5);
    let inner = frame(2, (21, 26), "divide", "    é = 'ü'; return a / b");
    gives(
        &sandbox()?.run(source)?,
        &raised(&json!({"type": "ZeroDivisionError", "message": "division by zero", "frames": [outer, inner],
                        "traceback": traceback})),
    )
}

fn cause_and_note() -> Verdict {
    let source = "\
try:
    raise ValueError('first')
except ValueError as error:
    error.add_note('a note')
    raise KeyError('second') from error";
    let traceback = "\
Traceback (most recent call last):
  File \"<cell 1>\", line 2, in <module>
    raise ValueError('first')
ValueError: first
a note

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File \"<cell 1>\", line 5, in <module>
    raise KeyError('second') from error
KeyError: 'second'
";
    gives(
        &sandbox()?.run(source)?,
        &raised(&json!({
            "type": "KeyError", "message": "'second'",
            "frames": [frame(5, (5, 40), "<module>", "    raise KeyError('second') from error")],
            "cause": {
                "type": "ValueError", "message": "first", "notes": ["a note"], "traceback": "",
                "frames": [frame(2, (5, 30), "<module>", "    raise ValueError('first')")],
            },
            "traceback": traceback,
        })),
    )
}

fn context() -> Verdict {
    let source = "\
try:
    {}['k']
except KeyError:
    undefined_name";
    let traceback = "\
Traceback (most recent call last):
  File \"<cell 1>\", line 2, in <module>
    {}['k']
    ~~^^^^^
KeyError: 'k'

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File \"<cell 1>\", line 4, in <module>
    undefined_name
NameError: name 'undefined_name' is not defined
";
    gives(
        &sandbox()?.run(source)?,
        &raised(&json!({
            "type": "NameError", "message": "name 'undefined_name' is not defined",
            "frames": [frame(4, (5, 19), "<module>", "    undefined_name")],
            "context": {
                "type": "KeyError", "message": "'k'", "traceback": "",
                "frames": [frame(2, (5, 12), "<module>", "    {}['k']")],
            },
            "traceback": traceback,
        })),
    )
}

fn group() -> Verdict {
    let source = "raise ExceptionGroup('g', [ValueError('a'), ExceptionGroup('h', [TypeError('b')])])";
    let traceback = "  \
  + Exception Group Traceback (most recent call last):
  |   File \"<cell 1>\", line 1, in <module>
  |     raise ExceptionGroup('g', [ValueError('a'), ExceptionGroup('h', [TypeError('b')])])
  | ExceptionGroup: g (2 sub-exceptions)
  +-+---------------- 1 ----------------
    | ValueError: a
    +---------------- 2 ----------------
    | ExceptionGroup: h (1 sub-exception)
    +-+---------------- 1 ----------------
      | TypeError: b
      +------------------------------------
";
    gives(
        &sandbox()?.run(source)?,
        &raised(&json!({
            "type": "ExceptionGroup", "message": "g (2 sub-exceptions)",
            "frames": [frame(1, (1, 84), "<module>", source)],
            "group": [
                {"type": "ValueError", "message": "a", "traceback": ""},
                {"type": "ExceptionGroup", "message": "h (1 sub-exception)", "traceback": "",
                 "group": [{"type": "TypeError", "message": "b", "traceback": ""}]},
            ],
            "traceback": traceback,
        })),
    )
}

fn syntax() -> Verdict {
    let traceback = "  File \"<cell 1>\", line 2\n    x = = 1\n        ^\nSyntaxError: invalid syntax\n";
    gives(
        &sandbox()?.run("y = 1\nx = = 1")?,
        &raised(&json!({
            "type": "SyntaxError", "message": "invalid syntax",
            "syntax": {"file": "<cell 1>", "line": 2, "column": 5, "text": "x = = 1"},
            "traceback": traceback,
        })),
    )
}

fn deep_recursion_is_bounded() -> Verdict {
    let outcome = sandbox()?.run("def f(n): return f(n + 1)\nf(0)")?;
    let error = outcome.error.ok_or("nothing was raised")?;
    same("the type", "RecursionError", &error.type_name)?;
    same("the message", "maximum recursion depth exceeded", &error.message)?;
    same("the frames", "100", &error.frames.len().to_string())
}

fn hostile_exceptions() -> Verdict {
    let mut sandbox = sandbox()?;
    for source in [
        "class E(Exception):\n    def __str__(self): raise ValueError\nraise E",
        "class E(Exception):\n    def __str__(self): raise SystemExit(9)\nraise E",
        "a = ValueError(); b = KeyError(); a.__cause__ = b; b.__cause__ = a; raise a",
        "e = ValueError()\nfor _ in range(10_000):\n    n = KeyError(); n.__context__ = e; e = n\nraise e",
        "class M(type):\n    __name__ = property(lambda s: 1 / 0)\nclass E(Exception, metaclass=M): pass\nraise E",
        "raise ValueError('x' * 50_000_000)",
        "raise ExceptionGroup('g', [ValueError(n) for n in range(100_000)])",
        "class E(Exception):\n    __notes__ = property(lambda s: 1 / 0)\nraise E",
        "e = ValueError('\\udc00'); e.add_note('\\udcff'); raise e",
        "import traceback; traceback.TracebackException = None\nraise ValueError",
    ] {
        let outcome = sandbox.run(source)?;
        let error = outcome.error.ok_or_else(|| format!("`{source}` raised nothing: {:?}", outcome.status))?;
        ensure(error.traceback.len() <= 1 << 20, format!("`{source}` has a report of {}", error.traceback.len()))?;
        let after = sandbox.run("1 + 1")?;
        same("the cell after it", "2", after.value.as_ref().map_or("", |value| &value.repr))?;
    }
    Ok(())
}
