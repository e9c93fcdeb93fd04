//! Where programs come from.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use crate::{command, exuvia, file, folder, gives, run};

#[test]
fn a_file_sees_its_folder_and_its_arguments() {
    let project = folder(&[
        ("main.py", b"import sys, os, helper\nprint(helper.name(), sys.argv, sys.path[0], os.getcwd(), __file__)\n"),
        ("helper.py", b"def name(): return open('data/name.txt').read()\n"),
        ("data/name.txt", b"Ada"),
    ]);
    let stdout =
        "Ada ['/workspace/main.py', 'a', '-c', '--json', '--', 'b'] /workspace /workspace /workspace/main.py\n";
    assert_eq!(file(&project, "main.py", &["a", "-c", "--json", "--", "b"]), gives(0, stdout, ""));
    let stdout = "Ada ['/workspace/main.py', '--json'] /workspace /workspace /workspace/main.py\n";
    assert_eq!(file(&project, "main.py", &["--", "--json"]), gives(0, stdout, ""));
}

#[test]
fn a_files_folder_is_read_only() {
    let project = folder(&[(
        "main.py",
        b"import errno\ntry: open('new', 'w')\nexcept OSError as e: print(errno.errorcode[e.errno])\n",
    )]);
    assert_eq!(file(&project, "main.py", &[]), gives(0, "EROFS\n", ""));
    assert_eq!(std::fs::read_dir(project.path()).unwrap().count(), 1);
}

#[test]
fn a_folder_with_a_main_module_is_a_program() {
    let project = folder(&[
        ("__main__.py", b"import sys, helper; print(helper.x, sys.argv, sys.path[0])"),
        ("helper.py", b"x = 1"),
    ]);
    let path = project.path().to_str().unwrap();
    assert_eq!(exuvia(&["run", path, "a"]), gives(0, "1 ['/workspace', 'a'] /workspace\n", ""));
}

#[cfg(unix)]
#[test]
fn a_link_leads_to_the_programs_own_folder() {
    let project = folder(&[("deep/main.py", b"import helper"), ("deep/helper.py", b"print('found')")]);
    std::os::unix::fs::symlink("deep/main.py", project.path().join("link.py")).unwrap();
    assert_eq!(file(&project, "link.py", &[]), gives(0, "found\n", ""));
}

#[test]
fn code_and_its_arguments_are_on_the_command_line() {
    let code = "import sys, os; print(sys.argv, os.listdir(), os.getcwd()); open('f', 'w').close()";
    let stdout = "['-c', '--json', '-m'] [] /workspace\n";
    assert_eq!(exuvia(&["run", "-c", code, "--json", "-m"]), gives(0, stdout, ""));
    assert_eq!(exuvia(&["run", "-c", code, "--", "--json", "-m"]), gives(0, stdout, ""));
}

#[test]
fn a_program_comes_from_stdin() {
    let source = b"\xef\xbb\xbfimport sys; print(sys.argv, repr(sys.stdin.read()))";
    assert_eq!(run(&mut command(&["run", "-", "a"]), source), gives(0, "['-', 'a'] ''\n", ""));
    let message = "error: the program on stdin is not UTF-8: its byte 7 is wrong\n    \
                   hint: put it into a file that declares its encoding\n";
    assert_eq!(run(&mut command(&["run", "-"]), b"print('\xe9')"), gives(1, "", message));
}

#[test]
fn a_program_reads_stdin() {
    let code = "print(input(), input())";
    assert_eq!(run(&mut command(&["run", "-c", code]), b"one\ntwo\n"), gives(0, "one two\n", ""));
    let code = "import sys; print(sys.stdin.buffer.read())";
    assert_eq!(run(&mut command(&["run", "-c", code]), b"one\n\xff"), gives(0, "b'one\\n\\xff'\n", ""));
}

#[test]
fn a_module_is_found_in_the_current_folder_or_the_library() {
    let project = folder(&[("package/__main__.py", b"import sys; print(sys.argv)"), ("package/__init__.py", b"")]);
    let ran = run(command(&["run", "-m", "package", "-x"]).current_dir(project.path()), b"");
    assert_eq!(ran, gives(0, "['/workspace/package/__main__.py', '-x']\n", ""));
    let ran = run(&mut command(&["run", "-m", "json.tool", "--indent", "1"]), b"[1]");
    assert_eq!(ran, gives(0, "[\n 1\n]\n", ""));
    let ran = run(command(&["run", "-m", "missing"]).current_dir(project.path()), b"");
    assert_eq!((ran.status, ran.stdout.as_str()), (1, ""));
    assert!(ran.stderr.ends_with(": No module named missing\n"), "{}", ran.stderr);
}

#[test]
fn a_file_that_is_not_there_is_a_wrong_command_line() {
    let message = "error: `nowhere.py` cannot be opened: no such file or directory\n    \
                   hint: code itself is given with -c, a module's name with -m\n";
    assert_eq!(exuvia(&["run", "nowhere.py"]), gives(2, "", message));
}

#[test]
fn what_cannot_be_run_is_named_as_it_was_asked_for() {
    let folder = folder(&[("closed.py", b"print(1)")]);
    let message = format!(
        "error: the folder `{}` cannot be run\n    hint: a folder is run by its `__main__.py`, and this one has none\n",
        folder.path().display()
    );
    assert_eq!(exuvia(&["run", folder.path().to_str().unwrap()]), gives(2, "", &message));
    let closed = folder.path().join("closed.py");
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o000)).unwrap();
    let ran = file(&folder, "closed.py", &[]);
    let message = format!("error: `{}` cannot be opened: permission denied\n", closed.display());
    assert_eq!((ran.status, ran.stdout.as_str()), (2, ""));
    assert!(ran.stderr.starts_with(&message), "{}", ran.stderr);
}

#[test]
fn a_files_bytes_are_judged_as_cpython_does() {
    let files = folder(&[
        ("mark.py", b"\xef\xbb\xbfprint('marked')\n"),
        ("latin.py", b"# -*- coding: latin-1 -*-\nprint(ascii('\xe9'))\n"),
        ("bytes.py", b"print(1)\nprint('\xe9')\n"),
        ("zero.py", b"print(1)\nprint(2)\0\n"),
        ("syntax.py", b"x = 1\nif x\n    pass\n"),
    ]);
    assert_eq!(file(&files, "mark.py", &[]), gives(0, "marked\n", ""));
    assert_eq!(file(&files, "latin.py", &[]), gives(0, "'\\xe9'\n", ""));
    let stderr = "  File \"/workspace/bytes.py\", line 2\n    print('\u{fffd}')\n           ^\nSyntaxError: Non-UTF-8 code starting with '\\xe9' in file /workspace/bytes.py \
                  on line 2, but no encoding declared; see https://peps.python.org/pep-0263/ for details\n";
    assert_eq!(file(&files, "bytes.py", &[]), gives(1, "", stderr));
    let run = file(&files, "zero.py", &[]);
    assert_eq!((run.status, run.stdout.as_str()), (1, ""));
    assert!(run.stderr.ends_with("\nSyntaxError: source code cannot contain null bytes\n"), "{}", run.stderr);
    let stderr = "  File \"/workspace/syntax.py\", line 2\n    if x\n        ^\nSyntaxError: expected ':'\n";
    assert_eq!(file(&files, "syntax.py", &[]), gives(1, "", stderr));
}
