//! Images: what is shown of them, and what is said about bad ones.

use std::fs::{self, DirBuilder};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::{command, exuvia, folder, gives, image, run};

/// The bytes that an image file begins with, and how long they are.
const HEAD_BYTES: usize = 100_000;

#[test]
fn a_damaged_image_is_our_failure() {
    let head = fs::read(image()).unwrap()[..HEAD_BYTES].to_vec();
    let bad = folder(&[("cut.exuvia", &head), ("other.exuvia", b"something else")]);
    let hint = "    hint: name another one with --image, or build it again with `cargo xtask image`\n";
    for (name, what) in [
        ("cut.exuvia", "the image is damaged: it is cut short"),
        ("other.exuvia", "this is no Exuvia image (of format 1)"),
    ] {
        let path = bad.path().join(name);
        let path = path.to_str().unwrap();
        let message = format!("error: the image `{path}` cannot be used: {what}\n{hint}");
        assert_eq!(exuvia(&["run", "--image", path, "-c", "1"]), gives(125, "", &message));
        assert_eq!(run(command(&["image", "verify"]).env("EXUVIA_IMAGE", path), b""), gives(125, "", &message));
    }
}

#[test]
fn an_image_that_is_not_there_is_our_failure() {
    let message = "error: the image `nowhere.exuvia` cannot be opened: no such file or directory\n    \
                   hint: name another one with --image, or build it with `cargo xtask image`\n";
    assert_eq!(exuvia(&["run", "--image", "nowhere.exuvia", "-c", "1"]), gives(125, "", message));
}

/// Changes one byte in the middle of a file, as a failing disk would.
pub(super) fn flip(path: &Path) {
    let mut bytes = fs::read(path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(path, bytes).unwrap();
}

#[test]
fn a_byte_that_has_changed_is_noticed_when_it_is_used() {
    let bad = folder(&[]);
    let [path, cache] = ["cpython.exuvia", "cache"].map(|name| bad.path().join(name));
    fs::copy(image(), &path).unwrap();
    DirBuilder::new().mode(0o700).create(&cache).unwrap();
    let shown = exuvia(&["image", "verify", "--json"]);
    let compiled = PathBuf::from(serde_json::from_str::<Value>(&shown.stdout).unwrap()["compiled"].as_str().unwrap());
    let code = cache.join(compiled.file_name().unwrap());
    for (from, to) in [(compiled.clone(), code.clone()), (digest(&compiled), digest(&code))] {
        fs::copy(from, to).unwrap();
    }
    let here = |arguments: &[&str]| {
        let mut command = command(arguments);
        run(command.env("EXUVIA_IMAGE", &path).env("EXUVIA_CACHE", &cache), b"")
    };
    let (runs, verifies) = (["run", "--no-record", "-c", "print(1)"], ["image", "verify"]);
    assert_eq!(here(&runs), gives(0, "1\n", ""));

    let whole = fs::read(&code).unwrap();
    flip(&code);
    let message = format!(
        "error: the compiled code `{}` is not what was installed\n    hint: delete it: it is made anew\n",
        code.display()
    );
    assert_eq!(here(&runs), gives(125, "", &message));
    assert_eq!(here(&verifies), gives(125, "", &message));
    fs::write(&code, whole).unwrap();
    assert_eq!(here(&runs), gives(0, "1\n", ""));

    flip(&path);
    for arguments in [&runs[..], &verifies] {
        let ran = here(arguments);
        assert_eq!((ran.status, ran.stdout.as_str()), (125, ""));
        assert!(ran.stderr.contains("the image is damaged: its part `"), "{}", ran.stderr);
        assert_eq!(ran.stderr.matches("hint:").count(), 1, "{}", ran.stderr);
    }
}

fn digest(code: &Path) -> PathBuf {
    code.with_extension("cwasm.sha256")
}

#[test]
fn an_image_that_is_a_folder_names_the_file_in_it() {
    let folder = image().parent().unwrap().to_path_buf();
    let message = format!(
        "error: the image `{0}` is a folder\n    hint: name the file in it: {0}/cpython.exuvia\n",
        folder.display()
    );
    assert_eq!(exuvia(&["run", "--image", folder.to_str().unwrap(), "-c", "1"]), gives(2, "", &message));
}

#[test]
fn an_image_says_what_it_is() {
    let shown = exuvia(&["image", "show", "--json"]);
    assert_eq!((shown.status, shown.stderr.as_str()), (0, ""));
    let shown: Value = serde_json::from_str(&shown.stdout).unwrap();
    assert_eq!(shown["engine"], "cpython");
    assert_eq!(shown["origin"], "named");
    assert_eq!(shown["compiled"], true);
    assert_eq!(shown["identity"].as_str().unwrap().len(), 64);
    let parts: u64 = shown["parts"].as_array().unwrap().iter().map(|part| part["bytes"].as_u64().unwrap()).sum();
    assert!(parts < fs::metadata(image()).unwrap().len());
    assert_eq!(exuvia(&["image"]), exuvia(&["image", "show"]));
}

#[test]
fn an_image_and_its_code_are_verified() {
    let verified = exuvia(&["image", "verify", "--json"]);
    assert_eq!((verified.status, verified.stderr.as_str()), (0, ""));
    let verified: Value = serde_json::from_str(&verified.stdout).unwrap();
    let compiled = verified["compiled"].as_str().unwrap();
    assert!(compiled.contains(&verified["identity"].as_str().unwrap()[..16]), "{compiled}");
}

#[test]
fn a_shell_is_told_how_to_complete() {
    for shell in ["bash", "zsh", "fish"] {
        let run = exuvia(&["completions", shell]);
        assert_eq!((run.status, run.stderr.as_str()), (0, ""));
        assert!(run.stdout.contains("exuvia"));
    }
}
