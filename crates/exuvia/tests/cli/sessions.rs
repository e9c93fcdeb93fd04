//! `exuvia repl`, with cells from a pipe.

use crate::{Run, command, gives, run};

fn session(options: &[&str], cells: &str) -> Run {
    run(&mut command(&[&["repl"], options].concat()), cells.as_bytes())
}

#[test]
fn cells_share_their_variables_and_show_their_values() {
    let cells = "x = 20\nx + 1\nNone\nprint('printed')\n'text'\n_\n";
    assert_eq!(session(&[], cells), gives(0, "21\nprinted\n'text'\n'text'\n", ""));
}

#[test]
fn a_block_ends_with_an_empty_line() {
    let cells =
        "def f(x):\n    if x:\n        return 1\n    return 2\n\nf(0)\n\nfor i in range(2):\n    f(i)\n    print(i)\n";
    assert_eq!(session(&[], cells), gives(0, "2\n0\n1\n", ""));
    assert_eq!(session(&[], "s = '''a\n\nb'''\ns\n"), gives(0, "'a\\n\\nb'\n", ""));
}

#[test]
fn an_exception_does_not_end_a_session() {
    let stderr = "\
Traceback (most recent call last):
  File \"<cell 2>\", line 1, in <module>
    1/0
    ~^~
ZeroDivisionError: division by zero
  File \"<cell 3>\", line 1
    x ==
        ^
SyntaxError: invalid syntax
";
    assert_eq!(session(&[], "x = 1\n1/0\nx ==\nx\n"), gives(0, "1\n", stderr));
}

#[test]
fn a_session_ends_with_the_status_that_is_asked_for() {
    let cells = "import atexit, sys\natexit.register(print, 'end')\nsys.exit(4)\nprint('not reached')\n";
    assert_eq!(session(&[], cells), gives(4, "<built-in function print>\nend\n", ""));
    assert_eq!(session(&[], "import os\nos._exit(9)\n1\n"), gives(9, "", ""));
}

#[test]
fn a_session_that_was_stopped_begins_again() {
    let cells = "x = 5\nsum(range(10**12))\n'x' in globals()\n";
    let recorded = session(&["--timeout", "0.3"], cells);
    assert_eq!((recorded.status, recorded.stdout.as_str()), (0, "True\n"));
    assert!(recorded.stderr.ends_with(" s, the limit is 0.3 s\nthe session is where it was before that cell\n"));
    let run = session(&["--timeout", "0.3", "--no-record"], cells);
    assert_eq!((run.status, run.stdout.as_str()), (0, "False\n"));
    let (first, rest) = run.stderr.split_once('\n').unwrap();
    assert!(first.starts_with("error: the program ran for ") && first.ends_with(" s, the limit is 0.3 s"), "{first}");
    assert_eq!(rest, "the session begins again: what its variables held is gone\n");
}
