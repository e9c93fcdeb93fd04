//! How programs end: exit statuses, and outcomes as JSON.

use serde_json::{Value, json};

use crate::{code, command, exuvia, gives};

#[test]
fn the_exit_status_is_the_programs_own() {
    for (program, status, stderr) in [
        ("print(end='')", 0, ""),
        ("import sys; sys.exit()", 0, ""),
        ("import sys; sys.exit(3)", 3, ""),
        ("import sys; sys.exit(-1)", 255, ""),
        ("raise SystemExit('x')", 1, "x\n"),
        ("import os; os._exit(3)", 3, ""),
    ] {
        assert_eq!(code(&[], program), gives(status, "", stderr), "{program}");
    }
}

#[test]
fn an_uncaught_exception_is_told_as_cpython_does() {
    let stderr = "\
Traceback (most recent call last):
  File \"<string>\", line 1, in <module>
    1/0
    ~^~
ZeroDivisionError: division by zero
";
    assert_eq!(code(&[], "1/0"), gives(1, "", stderr));
    let stderr = "  File \"<string>\", line 1\n    def f(: pass\n          ^\nSyntaxError: invalid syntax\n";
    assert_eq!(code(&[], "def f(: pass"), gives(1, "", stderr));
}

#[test]
fn aborting_and_crashing_are_told_apart() {
    let run = code(&[], "import os; os.abort()");
    assert_eq!((run.status, run.stdout.as_str()), (134, ""));
    assert!(run.stderr.ends_with("error: the program aborted\n"), "{}", run.stderr);
    assert_eq!(code(&[], "raise KeyboardInterrupt").status, 130);
}

#[test]
fn the_end_of_a_program_is_pythons() {
    let program = "import atexit; atexit.register(print, 'end'); print('begin')";
    assert_eq!(code(&[], program), gives(0, "begin\nend\n", ""));
    let program = "import atexit, os; atexit.register(lambda: os._exit(9)); import sys; sys.exit(3)";
    assert_eq!(code(&[], program), gives(9, "", ""));
    let run = code(&[], "import atexit, sys; atexit.register(lambda: 1/0); sys.exit(3)");
    assert_eq!((run.status, run.stdout.as_str()), (3, ""));
    assert!(run.stderr.starts_with("Exception ignored in atexit callback <function <lambda> at 0x"), "{}", run.stderr);
    assert!(run.stderr.ends_with("\nZeroDivisionError: division by zero\n"), "{}", run.stderr);
}

#[test]
fn an_object_that_lives_to_the_end_is_deleted() {
    let program = "class C:\n    def __del__(self): print('deleted')\nkept = C()\nprint('end')";
    assert_eq!(code(&[], program), gives(0, "end\ndeleted\n", ""));
}

#[test]
fn an_outcome_is_printed_as_json() {
    let run = code(&["--json"], "import sys; print('out'); print('err', file=sys.stderr); int('x')");
    assert_eq!((run.status, run.stderr.as_str()), (1, ""));
    let mut outcome: Value = serde_json::from_str(run.stdout.strip_suffix('\n').unwrap()).unwrap();
    let usage = outcome.as_object_mut().unwrap().remove("usage").unwrap();
    let traceback = "\
Traceback (most recent call last):
  File \"<string>\", line 1, in <module>
    import sys; print('out'); print('err', file=sys.stderr); int('x')
                                                             ~~~^^^^^
ValueError: invalid literal for int() with base 10: 'x'
";
    let source = "import sys; print('out'); print('err', file=sys.stderr); int('x')";
    let frame = json!({
        "file": "<string>", "line": 1, "end_line": 1, "column": 58, "end_column": 66,
        "function": "<module>", "source": source,
    });
    let error = json!({
        "type": "ValueError", "message": "invalid literal for int() with base 10: 'x'",
        "frames": [frame], "traceback": traceback,
    });
    let expected = json!({
        "status": "raised", "stdout": "out\n", "stderr": format!("err\n{traceback}"), "error": error,
    });
    assert_eq!(outcome, expected);
    let mut names: Vec<&String> = usage.as_object().unwrap().keys().collect();
    names.sort();
    assert_eq!(names, ["cpu_seconds", "host_calls", "memory_bytes", "output_bytes", "wall_seconds"]);
}

#[test]
fn a_stopped_outcome_says_so_in_json_too() {
    let run = code(&["--json", "--timeout", "0.2"], "sum(range(10**12))");
    let outcome: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!((run.status, run.stderr.as_str()), (124, ""));
    assert_eq!((&outcome["status"], &outcome["reason"]), (&json!("stopped"), &json!("time")));
    let run = exuvia(&["run", "--json", "-c", "import sys; sys.exit(7)"]);
    let outcome: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(run.status, 7);
    assert_eq!((&outcome["status"], &outcome["code"]), (&json!("exited"), &json!(7)));
}

#[test]
fn nobody_reading_ends_the_program_quietly() {
    use std::io::Read as _;
    use std::process::Stdio;

    let mut child = command(&["run", "-c", "while True: print('y')"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = [0; 2];
    child.stdout.take().unwrap().read_exact(&mut first).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!((first, output.status.code(), output.stderr.as_slice()), (*b"y\n", Some(141), b"".as_slice()));
}
