//! A mount written in Rust: a program works on the objects of a store (here one in memory) as if they were files, and
//! what it has changed is put into the store afterwards.
//!
//!     cargo run --package exuvia-sandbox --example object_store

#![expect(clippy::print_stdout, reason = "an example shows what it has done")]

mod objects;

use std::path::Path;

use exuvia_sandbox::{Engine, EngineOptions, Image};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/image");
    let image = Image::open(&folder.join("cpython.exuvia"))?;
    let engine = Engine::new(&image, &EngineOptions { cache: Some(folder.join("compiled")), ..Default::default() })?;
    print!("{}", pollster::block_on(objects::run(&engine))?);
    Ok(())
}
