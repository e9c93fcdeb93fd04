//! Embeds the interpreter image into the program, where it has been packed for that.
//!
//! `EXUVIA_EMBED_DIR` (default: `target/image` of the workspace) holds `cpython.exuvia.zst` (the image),
//! `compiled.cwasm.zst` (its compiled code; may be missing), both plain zstd frames, and `identity` (the image's
//! identity: 64 hexadecimal digits). Without them the program has no image of its own.

#![expect(clippy::disallowed_methods, reason = "a build script is told everything through its environment")]

use std::path::{Path, PathBuf};
use std::{env, fs};

const IDENTITY_LENGTH: usize = 64;

fn main() {
    println!("cargo::rerun-if-env-changed=EXUVIA_EMBED_DIR");
    let folder = env::var_os("EXUVIA_EMBED_DIR").map_or_else(default_folder, PathBuf::from);
    let [image, compiled, identity] =
        ["cpython.exuvia.zst", "compiled.cwasm.zst", "identity"].map(|name| watched(&folder, name));
    let code = if image.is_file() { embedded(&image, &compiled, &identity) } else { "None".to_owned() };
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR")).join("embedded.rs");
    fs::write(out, code).expect("the build folder can be written to");
}

fn default_folder() -> PathBuf {
    let package = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR"));
    package.join("../../target/image")
}

fn watched(folder: &Path, name: &str) -> PathBuf {
    let path = folder.join(name);
    println!("cargo::rerun-if-changed={}", path.display());
    path
}

/// Returns the expression of an `Option<Embedded>`.
fn embedded(image: &Path, compiled: &Path, identity: &Path) -> String {
    let identity = fs::read_to_string(identity).unwrap_or_default();
    let identity = identity.trim();
    assert!(
        identity.len() == IDENTITY_LENGTH && identity.bytes().all(|byte| byte.is_ascii_hexdigit()),
        "`identity` beside `{}` does not hold {IDENTITY_LENGTH} hexadecimal digits: pack the image again",
        image.display()
    );
    let compiled = if compiled.is_file() { format!("Some({})", bytes(compiled)) } else { "None".to_owned() };
    format!("Some(Embedded {{ identity: {identity:?}, image: {}, compiled: {compiled} }})", bytes(image))
}

fn bytes(path: &Path) -> String {
    let path = fs::canonicalize(path).expect("the file was just found");
    format!("include_bytes!({:?})", path.to_str().expect("the workspace's path is UTF-8"))
}
