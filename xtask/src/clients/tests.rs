//! Behaviour that needs no network: the programs that would use it are scripts that write down what they are told.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::Clients;

/// A script that one test writes cannot be run while another one starts a process: that has it open to be written, for a
/// moment.
static SCRIPTS: Mutex<()> = Mutex::new(());

fn alone() -> MutexGuard<'static, ()> {
    SCRIPTS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A folder with lock files and programs.
fn prepared(folder: &Path) -> Clients {
    let wanted = folder.join("wanted");
    fs::create_dir(&wanted).unwrap();
    for (name, content) in
        [(".npmrc", ""), ("package.json", "{}"), ("package-lock.json", "{1}"), ("requirements.txt", "a==1")]
    {
        fs::write(wanted.join(name), content).unwrap();
    }
    let log = folder.join("log");
    // As Python it makes an environment that has itself.
    let python = format!(
        "echo \"python $@\" >> {log}\nif [ \"$2\" = venv ]; then mkdir -p \"$4/bin\" && cp \"$0\" \"$4/bin/python\"; fi",
        log = log.display()
    );
    Clients {
        wanted,
        folder: folder.join("installed"),
        npm: program(folder, "npm", &format!("echo \"npm $@\" >> {}", log.display())),
        pythons: vec![folder.join("there-is-none"), program(folder, "python", &python)],
    }
}

fn program(folder: &Path, name: &str, script: &str) -> std::path::PathBuf {
    let path = folder.join(name);
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}

/// Returns what was called since the last time, but for the question whether a Python will do.
fn called(folder: &Path) -> Vec<String> {
    let log = fs::read_to_string(folder.join("log")).unwrap_or_default();
    let _ = fs::remove_file(folder.join("log"));
    let folder = format!("{}/", folder.display());
    let lines = log.lines().filter(|line| !line.starts_with("python -c"));
    lines.map(|line| line.replace(&folder, "")).collect()
}

const NPM: &str = "npm ci --ignore-scripts --no-audit --no-fund";
const VENV: &str = "python -m venv --clear installed/python";
const PIP: &str = "python -m pip install --quiet --disable-pip-version-check --only-binary=:all: --require-hashes --requirement \
                   wanted/requirements.txt";

#[test]
fn what_is_there_is_not_installed_again_unless_something_else_is_wanted() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let clients = prepared(folder);
    clients.install().unwrap();
    assert_eq!(called(folder), [NPM, VENV, PIP]);
    clients.install().unwrap();
    assert_eq!(called(folder), [""; 0]);
    fs::write(clients.wanted.join("package-lock.json"), "{2}").unwrap();
    clients.install().unwrap();
    assert_eq!(called(folder), [NPM]);
    fs::write(clients.wanted.join("requirements.txt"), "a==2").unwrap();
    clients.install().unwrap();
    assert_eq!(called(folder), [VENV, PIP]);
}

#[test]
fn what_was_half_installed_is_installed_again() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let mut clients = prepared(folder);
    let working = std::mem::replace(&mut clients.npm, program(folder, "offline", "echo no network >&2; exit 1"));
    let error = format!("{:#}", clients.install().unwrap_err());
    let expected = format!(
        "the npm packages cannot be installed\n    hint: Node.js with npm must be on the PATH, and npm's registry must be \
         reachable: `cd {} && {} ci --ignore-scripts --no-audit --no-fund` failed (exit status: 1):\nno network",
        folder.join("installed").display(),
        folder.join("offline").display(),
    );
    assert_eq!(error, expected);
    clients.npm = working;
    clients.install().unwrap();
    assert_eq!(called(folder), [NPM, VENV, PIP]);
}

#[test]
fn no_other_python_is_taken() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let mut clients = prepared(folder);
    clients.pythons = vec![program(folder, "old", "exit 1")];
    let error = format!("{:#}", clients.install().unwrap_err());
    let expected = "there is no CPython from 3.11 to 3.14\n    hint: one of these must be on the PATH, with its modules `venv` \
                    and `pip`";
    assert_eq!(error, expected);
}
