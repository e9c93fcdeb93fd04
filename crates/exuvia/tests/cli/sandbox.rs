//! What a program is given: environment, randomness, time, colours.

use crate::{code, command, gives, run};

#[test]
fn the_environment_is_only_what_is_given() {
    let program = "import os; print(sorted(os.environ.items()))";
    assert_eq!(code(&[], program), gives(0, "[]\n", ""));
    let stdout = "[('A', '1'), ('B', 'x=y')]\n";
    assert_eq!(code(&["--env", "A=1", "--env", "B=x=y"], program), gives(0, stdout, ""));
    assert_eq!(code(&["--env", "A"], program).status, 2);
}

#[test]
fn a_program_has_a_home_and_a_name() {
    let program = "\
import getpass, os, pathlib
home = pathlib.Path.home()
(home / 'note').write_text('kept')
print(home, os.path.expanduser('~/x'), getpass.getuser(), home.owner(), os.environ.get('HOME'))";
    assert_eq!(code(&[], program), gives(0, "/home/user /home/user/x user user None\n", ""));
}

#[test]
fn a_seed_makes_randomness_repeat() {
    let program = "import random, os, uuid; print(random.random(), os.urandom(8).hex(), uuid.uuid4())";
    let first = code(&["--seed", "7"], program);
    assert_eq!((first.status, first.stderr.as_str()), (0, ""));
    assert_eq!(first, code(&["--seed", "7"], program));
    let [other, unseeded, again] = [code(&["--seed", "8"], program), code(&[], program), code(&[], program)];
    let words = |run: &crate::Run| run.stdout.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    for (one, two) in [(&first, &other), (&first, &unseeded), (&unseeded, &again)] {
        for (one, two) in words(one).iter().zip(words(two)) {
            assert_ne!(*one, two);
        }
    }
}

#[test]
fn a_fixed_clock_stands_where_it_was_set() {
    let program = "\
import time, datetime
begin = datetime.datetime.now(datetime.UTC)
time.sleep(3600)
end = datetime.datetime.now(datetime.UTC)
print(begin.isoformat(timespec='seconds'), end.isoformat(timespec='seconds'))";
    let stdout = "2026-01-31T10:00:00+00:00 2026-01-31T11:00:00+00:00\n";
    for moment in ["fixed:2026-01-31T10:00:00Z", "fixed:2026-01-31T12:00:00+02:00"] {
        assert_eq!(code(&["--clock", moment], program), gives(0, stdout, ""));
    }
    for wrong in [
        "yesterday",
        "fixed:2026-01-31",
        "fixed:9999-01-01T00:00:00Z",
        "fixed:1969-12-31T23:59:59Z",
        "fixed:2262-04-11T00:00:00Z",
    ] {
        assert_eq!(code(&["--clock", wrong], "1").status, 2, "{wrong}");
    }
}

#[test]
fn colours_are_for_those_who_want_them() {
    let plain = code(&[], "1/0");
    assert!(!plain.stderr.contains('\x1b'));
    assert_eq!(code(&["--color", "never"], "1/0"), plain);
    let coloured = code(&["--color", "always"], "1/0");
    assert!(coloured.stderr.contains("\x1b[1;35mZeroDivisionError\x1b[0m"), "{}", coloured.stderr);
    let program = "import os; print(os.environ)";
    let ran = run(command(&["run", "-c", program]).env("NO_COLOR", "1"), b"");
    assert_eq!(ran, gives(0, "environ({'NO_COLOR': '1'})\n", ""));
}
