//! Limits: the program is told first, and stopped if it does not listen.

use crate::{code, gives};

#[test]
fn a_loop_is_told_that_its_time_is_up() {
    let run = code(&["--timeout", "200ms"], "try:\n  while True: pass\nfinally: print('cleaned up')");
    assert_eq!((run.status, run.stdout.as_str()), (124, "cleaned up\n"));
    let end: Vec<&str> = run.stderr.lines().rev().take(2).collect();
    assert_eq!(end, ["    hint: raise it with --timeout", "exuvia.TimeLimit: ran for 0.2 s, the limit is 0.2 s"]);
}

#[test]
fn what_does_not_listen_is_stopped() {
    let run = code(&["--timeout", "0.2"], "sum(range(10**12))");
    let (first, rest) = run.stderr.split_once('\n').unwrap();
    assert_eq!((run.status, run.stdout.as_str(), rest), (124, "", "    hint: raise it with --timeout\n"));
    let seconds = first.strip_prefix("error: the program ran for ").unwrap();
    let seconds: f64 = seconds.strip_suffix(" s, the limit is 0.2 s").unwrap().parse().unwrap();
    assert!((0.2..5.0).contains(&seconds), "{seconds}");
}

#[test]
fn processor_time_is_not_spent_by_sleeping() {
    assert_eq!(code(&["--cpu-time", "0.3"], "import time; time.sleep(0.5)"), gives(0, "", ""));
    let run = code(&["--cpu-time", "0.3"], "sum(range(10**12))");
    assert_eq!((run.status, run.stdout.as_str()), (124, ""));
    assert!(run.stderr.ends_with("the limit is 0.3 s\n    hint: raise it with --cpu-time\n"), "{}", run.stderr);
}

#[test]
fn memory_is_limited() {
    let program = "try: bytearray(200 << 20)\nexcept MemoryError: print('no memory')\nelse: print('memory')";
    assert_eq!(code(&["--memory", "64M"], program), gives(0, "no memory\n", ""));
    assert_eq!(code(&["--memory", "1G"], program), gives(0, "memory\n", ""));
    let message = "error: the memory limit is 1048576 bytes, the interpreter alone needs 31457280\n";
    let run = code(&["--memory", "1M"], "1");
    assert_eq!((run.status, run.stderr.len()), (125, message.len()));
}

#[test]
fn output_is_limited_where_it_is_asked_for() {
    let message = "\
Traceback (most recent call last):
  File \"<string>\", line 1, in <module>
    print('x' * 2000)
    ~~~~~^^^^^^^^^^^^
exuvia.OutputLimit: wrote more output than its limit of 1024 bytes
    hint: raise it with --output-limit
";
    assert_eq!(code(&["--output-limit", "1K"], "print('x' * 2000)"), gives(124, &"x".repeat(1024), message));
    let run = code(&[], "for _ in range(17): print('x' * (1 << 20))");
    assert_eq!((run.status, run.stdout.len(), run.stderr.as_str()), (0, 17 * ((1 << 20) + 1), ""));
}

#[test]
fn files_are_limited() {
    let program = "\
import errno
for name in 'ab':
    try: print(open(name, 'wb').write(bytes(600 << 10)))
    except OSError as error: print(errno.errorcode[error.errno])";
    assert_eq!(code(&["--files-limit", "1M"], program), gives(0, "614400\nENOSPC\n", ""));
}

#[test]
fn limits_must_be_well_formed() {
    for (options, value) in [(["--timeout", "soon"], "soon"), (["--memory", "1X"], "1X"), (["--timeout", "-1"], "-1")] {
        let run = code(&options, "1");
        assert_eq!((run.status, run.stdout.as_str()), (2, ""), "{value}");
        assert!(run.stderr.contains(value), "{}", run.stderr);
    }
}
