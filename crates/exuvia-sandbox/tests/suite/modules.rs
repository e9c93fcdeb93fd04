//! The standard library's modules: those that import elsewhere import here, and those that do not fail in the same way.

use std::collections::BTreeMap;
use std::fs;

use libtest_mimic::Trial;

use super::fixture::{Verdict, same, sandbox, workspace};

/// What a program is told of `ctypes`, which makes functions while it runs, as this engine does not.
const NO_CTYPES: &str =
    "ModuleNotFoundError: No module named '_ctypes': ctypes calls machine code, and the sandbox runs none";

/// What cannot be here, with the reason that a program is given.
const REFUSED: &[(&str, &str)] = &[
    ("_ctypes", "ModuleNotFoundError: No module named '_ctypes'"),
    ("_pyrepl.windows_console", NO_CTYPES),
    ("ctypes", NO_CTYPES),
    ("multiprocessing.sharedctypes", NO_CTYPES),
];

/// What is here and not elsewhere.
const OURS: &[&str] = &["pwd"];

/// Imports the names that it is given, and prints each one with how it failed, if it did.
const PROGRAM: &str = r#"
import importlib, io, sys, warnings
warnings.simplefilter("ignore")
def attempt(name):
    streams = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = io.StringIO(), io.StringIO()
    try:
        importlib.import_module(name)
    except BaseException as error:
        return f"{name}: {type(error).__name__}: {error}"
    finally:
        sys.stdout, sys.stderr = streams
    return name
"#;

/// Returns one test for each top-level name.
pub(crate) fn trials() -> Vec<Trial> {
    let mut groups: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for list in ["modules.txt", "modules_missing.txt"] {
        for line in lines(list) {
            let top = line.split(['.', ':']).next().unwrap_or_default().to_owned();
            groups.entry(top).or_default().push(line);
        }
    }
    let found = !groups.is_empty();
    let listed = Trial::test("modules::listed", move || {
        if found { Ok(()) } else { Err("`cases/stdlib/modules.txt` cannot be read".into()) }
    });
    let each = groups.into_iter().map(|(top, lines)| Trial::test(format!("modules::{top}"), move || imports(&lines)));
    std::iter::once(listed).chain(each).collect()
}

fn lines(file: &str) -> Vec<String> {
    let text = fs::read_to_string(workspace().join("cases/stdlib").join(file)).unwrap_or_default();
    text.lines().map(expected).collect()
}

/// Returns what is expected here of a module: what it is elsewhere, but for the library's place and what is refused.
fn expected(line: &str) -> String {
    let (name, _) = line.split_once(':').unwrap_or((line, ""));
    if OURS.contains(&name) {
        return name.to_owned();
    }
    let refused = REFUSED.iter().find(|(name, _)| line == *name || line.starts_with(&format!("{name}.")));
    match refused {
        Some((_, error)) => format!("{line}: {error}"),
        None => line.replace("/lib/python314.zip/", "/usr/lib/python3.14/"),
    }
}

fn imports(lines: &[String]) -> Verdict {
    let mut sandbox = sandbox()?;
    let names: Vec<&str> = lines.iter().filter_map(|line| line.split(':').next()).collect();
    let source = format!("{PROGRAM}\nfor name in {names:?}: print(attempt(name))");
    let outcome = sandbox.run(&source)?;
    same("what was imported", &format!("{}\n", lines.join("\n")), &outcome.stdout)
}
