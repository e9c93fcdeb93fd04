//! A derived image: a new sandbox in which pydantic is imported, and a first model in it.

use std::fs;
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use exuvia_sandbox::{Engine, EngineOptions, Image, Packages, Preparation, derive};

use super::report::{OURS, Row};
use super::{exuvia, statistics, target};
use crate::{image, packages, tools, workspace};

/// The row that is aimed at.
pub(super) const FIRST_MODEL: &str = "derived image, fresh and first model";

/// What is installed, from the wheels that the tests use.
const WHEELS: &[&str] = &["annotated_types", "pydantic", "pydantic_core", "typing_extensions", "typing_inspection"];
/// The cell that is measured.
const MODEL: &str = "
from pydantic import BaseModel

class Person(BaseModel):
    name: str
    age: int

Person(name='Ada', age='36').age
";
/// What is done before the image is frozen: something like it, with other names and fields.
const PREPARATION: &str = "
from pydantic import BaseModel

class Warm(BaseModel):
    count: int
    label: str

Warm(count='1', label='x').model_dump_json()
";

/// Measures this many new sandboxes.
pub(super) fn measure(count: u32) -> Result<Vec<Row>> {
    tools::say("a derived image");
    let engine = engine()?;
    let mut times = Vec::new();
    for _ in 0..count {
        let started = Instant::now();
        let mut sandbox = engine.sandbox().build()?;
        let value = exuvia::cell(&mut sandbox, MODEL)?;
        times.push(started.elapsed().as_secs_f64());
        ensure!(value.as_deref() == Some("36"), "the model's field is {value:?}");
    }
    let mut row = Row::new("derived", FIRST_MODEL, "ms");
    row.set(OURS, statistics::median(&mut times) * 1e3);
    Ok(vec![row])
}

/// Returns an engine with the derived image, which is kept until the base image is another one.
fn engine() -> Result<Engine> {
    let base = Image::open(&image::path())?;
    let path = target().join(format!("derived-{}.exuvia", &base.identity().as_str()[..16]));
    if !path.is_file() {
        packages::fetch()?;
        tools::say("deriving an image with pydantic");
        let engine = exuvia::engine(4)?;
        let mut builder = Packages::builder(&engine).cache(image::cache());
        for wheel in WHEELS {
            builder = builder.folder(&workspace().join("target/packages/wheels").join(wheel))?;
        }
        let packages = builder.install(|_| {})?;
        let preparation = Preparation { modules: vec!["pydantic".to_owned()], program: PREPARATION.to_owned() };
        let bytes = derive(&engine, &packages, &preparation, |_| {}).context("the image cannot be derived")?;
        fs::create_dir_all(target())?;
        fs::write(&path, bytes)?;
    }
    let options = EngineOptions { cache: Some(image::cache()), ..EngineOptions::default() };
    Ok(Engine::new(&Image::open(&path)?, &options)?)
}
