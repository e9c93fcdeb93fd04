//! Limits: the program is told first, and stopped if it does not listen.

use std::fs;

use crate::{Run, code, exuvia, gives};

#[test]
fn a_loop_is_told_that_its_time_is_up() {
    let run = code(&["--timeout", "200ms"], "try:\n  while True: pass\nfinally: print('cleaned up')");
    assert_eq!((run.status, run.stdout.as_str()), (124, "cleaned up\n"));
    let end: Vec<&str> = run.stderr.lines().rev().take(2).collect();
    assert_eq!(end, ["    hint: raise it with --timeout", "exuvia.TimeLimit: ran for 0.2 s, the limit is 0.2 s"]);
}

#[test]
fn a_recursion_that_is_too_deep_is_told_soon() {
    // Many times longer than the limit, if each frame were looked up or the time grew with the square of their number.
    let program = "import sys\nsys.setrecursionlimit(50_000)\ndef f(n): return f(n + 1)\nf(0)";
    let run = code(&["--timeout", "20"], program);
    let stderr = "\
Traceback (most recent call last):
  File \"<string>\", line 4, in <module>
    f(0)
    ~^^^
  File \"<string>\", line 3, in f
    def f(n): return f(n + 1)
                     ~^^^^^^^
  File \"<string>\", line 3, in f
    def f(n): return f(n + 1)
                     ~^^^^^^^
  File \"<string>\", line 3, in f
    def f(n): return f(n + 1)
                     ~^^^^^^^
  [Previous line repeated 49992 more times]
RecursionError: maximum recursion depth exceeded
";
    assert_eq!(run, gives(1, "", stderr));
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
    // Each run is run again from its journal, where no clock says which limit it was.
    assert_eq!(code(&["--cpu-time", "0.3"], "while True: pass").status, 124);
    let run = code(&["--cpu-time", "0.3"], "sum(range(10**12))");
    assert_eq!((run.status, run.stdout.as_str()), (124, ""));
    assert!(run.stderr.ends_with("the limit is 0.3 s\n    hint: raise it with --cpu-time\n"), "{}", run.stderr);
}

#[test]
fn memory_is_limited() {
    let program = "try: bytearray(200 << 20)\nexcept MemoryError: print('no memory')\nelse: print('memory')";
    assert_eq!(code(&["--memory", "64M"], program), gives(0, "no memory\n", ""));
    assert_eq!(code(&["--memory", "1G"], program), gives(0, "memory\n", ""));
    let message = "error: the memory limit is 1 MiB, the interpreter alone needs 34 MiB\n";
    assert_eq!(code(&["--memory", "1M"], "1"), gives(2, "", message));
    assert_eq!(code(&["--memory", "34M"], "print(1)"), gives(0, "1\n", ""));
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
fn open_files_are_limited() {
    let program = "\
import errno
files = []
try:
    while True: files.append(open('/dev/null'))
except OSError as error: print(len(files), errno.errorcode[error.errno])";
    // The three standard streams are open already.
    assert_eq!(code(&["--open-files", "10"], program), gives(0, "7 EMFILE\n", ""));
    for number in ["0", "1", "3"] {
        let message = format!(
            "error: the limit of open files is {number}, it must be at least 4: the three standard streams, and one to \
             read a program with\n"
        );
        assert_eq!(code(&["--open-files", number], "1"), gives(2, "", &message));
    }
}

#[test]
fn files_are_counted() {
    let program = "\
import errno, os
made = 0
try:
    while True:
        os.mkdir(f'd{made}')
        made += 1
except OSError as error: print(made, errno.errorcode[error.errno])";
    assert_eq!(code(&["--file-count", "10"], program), gives(0, "10 ENOSPC\n", ""));
}

#[test]
fn the_depth_of_calls_is_limited() {
    let program = "\
def depth(n):
    try: return depth(n + 1)
    except RecursionError: return n
print(depth(1))";
    // What the limit counts: the module's frame, and four that run it as `python -c` would.
    assert_eq!(code(&["--recursion-limit", "200"], program), gives(0, "195\n", ""));
    for (number, shown) in [("1", "1"), ("49", "49"), ("100001", "100001")] {
        let message = format!("error: the recursion limit is {shown}, it must be 50 to 100000\n");
        assert_eq!(code(&["--recursion-limit", number], "1"), gives(2, "", &message));
    }
}

#[test]
fn one_byte_is_told_as_one() {
    let run = code(&["--output-limit", "1"], "print('xy')");
    assert_eq!((run.status, run.stdout.as_str()), (124, "x"));
    assert!(run.stderr.contains("exuvia.OutputLimit: wrote more output than its limit of 1 byte\n"), "{}", run.stderr);
}

#[test]
fn limits_must_be_well_formed() {
    for (options, value) in
        [(["--timeout", "soon"], "soon"), (["--memory", "1X"], "1X"), (["--timeout", "1e-7"], "1e-7")]
    {
        let run = code(&options, "1");
        assert_eq!((run.status, run.stdout.as_str()), (2, ""), "{value}");
        let [option, _] = options;
        let kind = if option == "--memory" { "SIZE" } else { "TIME" };
        let what = match option {
            "--memory" => format!("`{value}` is no size: write bytes, or `64K`, `512M`, `2G`"),
            _ => format!("`{value}` is no time: write seconds, or `500ms`, `1.5s`, `5m`, `1h`, `30d`"),
        };
        let message = format!(
            "error: invalid value '{value}' for '{option} <{kind}>': {what}\n\nFor more information, try '--help'.\n"
        );
        assert_eq!(run.stderr, message);
    }
}

/// Runs a program with a configuration file, of which the answer's file is called `FILE`.
fn configured(text: &str, options: &[&str], program: &str) -> Run {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("exuvia.toml");
    fs::write(&file, text).unwrap();
    let file = file.to_str().unwrap();
    let run = exuvia(&[&["run", "--config", file], options, &["-c", program]].concat());
    Run { stderr: run.stderr.replace(file, "FILE"), ..run }
}

#[test]
fn a_configuration_says_what_the_command_line_does_not() {
    let memory = "try: bytearray(200 << 20)\nexcept MemoryError: print('no memory')\nelse: print('memory')";
    assert_eq!(configured("[limits]\nmemory = \"64M\"", &[], memory), gives(0, "no memory\n", ""));
    assert_eq!(configured("[limits]\nmemory = 67108864", &[], memory), gives(0, "no memory\n", ""));
    assert_eq!(configured("[limits]\nmemory = \"64M\"", &["--memory", "512M"], memory), gives(0, "memory\n", ""));
    let endless = "while True: pass";
    for (text, first) in [
        ("timeout = \"200ms\"", "exuvia.TimeLimit: ran for "),
        ("timeout = 0.2", "exuvia.TimeLimit: ran for "),
        ("cpu_time = \"0.2s\"", "exuvia.TimeLimit: used processor time for "),
    ] {
        let run = configured(&format!("[limits]\n{text}"), &[], endless);
        let lines: Vec<&str> = run.stderr.lines().rev().take(2).collect();
        assert_eq!(run.status, 124, "{text}");
        assert!(lines[1].starts_with(first) && lines[1].ends_with(" s, the limit is 0.2 s"), "{lines:?}");
    }
    let all =
        "[limits]\nrecursion_limit = 77\nopen_files = 4\nfile_count = 1\nfiles_limit = \"1K\"\noutput_limit = 100";
    let program = "import sys\nprint(sys.getrecursionlimit())\nf = open('f', 'w')\n\
                   try: open('f')\nexcept OSError as error: print(error.strerror)\n\
                   try: f.write('x' * 2000); f.close()\nexcept OSError as error: print(error.strerror)\n\
                   try: open('g', 'w')\nexcept OSError as error: print(error.strerror)";
    let told = "77\nNo file descriptors available\nFile too large\nNo space left on device\n";
    assert_eq!(configured(all, &[], program), gives(0, told, ""));
    let run = configured(all, &[], "print('x' * 200)");
    assert!(run.stderr.contains("exuvia.OutputLimit"), "{}", run.stderr);
}

#[test]
fn a_configured_limit_that_cannot_be_is_told_with_its_line() {
    for (line, problem) in [
        ("timeout = \"x\"", "`x` is no time: write seconds, or `500ms`, `1.5s`, `5m`, `1h`, `30d`"),
        ("memory = \"1Q\"", "`1Q` is no size: write bytes, or `64K`, `512M`, `2G`"),
        ("memory = true", "expected a number, or a text as the command line has it"),
        ("memory = \"1M\"", "`limits.memory`: the interpreter alone needs 34 MiB"),
        ("recursion_limit = 10", "the recursion limit is 10, it must be 50 to 100000"),
        (
            "open_files = 3",
            "the limit of open files is 3, it must be at least 4: the three standard streams, and one to read a program with",
        ),
        (
            "time = 1",
            "unknown field `time`, expected one of `timeout`, `cpu_time`, `memory`, `output_limit`, `files_limit`, \
             `file_count`, `open_files`, `recursion_limit`",
        ),
    ] {
        let run = configured(&format!("\n[limits]\n{line}\n"), &[], "1");
        assert_eq!(run, gives(2, "", &format!("error: FILE:3: {problem}\n")), "{line}");
    }
}
