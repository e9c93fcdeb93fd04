//! `exuvia image`: what the interpreter is.

use std::fmt::Write as _;
use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::Subcommand;
use exuvia_sandbox::{Engine, Manifest};
use serde::Serialize;

use crate::interpreter::{Interpreter, Origin};
use crate::output;

/// Show or check the interpreter image
#[derive(clap::Args)]
#[command(disable_help_subcommand = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    action: Option<Action>,

    /// The image; also EXUVIA_IMAGE
    #[arg(long, value_name = "FILE", global = true)]
    image: Option<PathBuf>,

    /// Print JSON
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Subcommand)]
enum Action {
    /// Show what the image is made of and where it is; this is done when nothing else is asked for
    Show,
    /// Read the image and its compiled code and compare them with their hashes
    Verify,
}

#[derive(Serialize)]
struct Description<'a> {
    identity: &'a str,
    #[serde(flatten)]
    manifest: &'a Manifest,
    origin: Origin,
    path: &'a Path,
    /// Whether there is compiled code in the cache.
    compiled: bool,
    cache: &'a Path,
}

#[derive(Serialize)]
struct Verified<'a> {
    identity: &'a str,
    path: &'a Path,
    compiled: Option<PathBuf>,
}

pub(super) fn run(arguments: Arguments) -> Result<u8> {
    let interpreter = Interpreter::find(arguments.image.as_deref())?;
    match arguments.action.unwrap_or(Action::Show) {
        Action::Show => show(&interpreter, arguments.json),
        Action::Verify => verify(&interpreter, arguments.json),
    }
}

fn show(interpreter: &Interpreter, json: bool) -> Result<u8> {
    let image = interpreter.image();
    let description = Description {
        identity: image.identity().as_str(),
        manifest: image.manifest(),
        origin: interpreter.origin(),
        path: interpreter.path(),
        compiled: interpreter.is_compiled()?,
        cache: interpreter.cache(),
    };
    if json {
        return print_json(&description);
    }
    // Writing to a string does not fail.
    let mut text = String::new();
    let _ = describe(&mut text, &description);
    output::print(text.as_bytes());
    Ok(0)
}

fn describe(text: &mut String, description: &Description<'_>) -> std::fmt::Result {
    let manifest = description.manifest;
    writeln!(text, "identity   {}", description.identity)?;
    writeln!(text, "engine     {} {}", manifest.engine, manifest.version)?;
    writeln!(text, "file       {}", description.path.display())?;
    let compiled = if description.compiled { "yes, in" } else { "not yet; it will be in" };
    writeln!(text, "compiled   {compiled} {}", description.cache.display())?;
    writeln!(text, "memory     {}", mebibytes(manifest.memory_bytes))?;
    for (label, part) in labelled("parts", &manifest.parts) {
        writeln!(text, "{label:<11}{:<11}{}", part.name, mebibytes(part.bytes))?;
    }
    for (label, (name, version)) in labelled("sources", &manifest.sources) {
        writeln!(text, "{label:<11}{name:<11}{version}")?;
    }
    let modules: Vec<&str> = manifest.modules.iter().map(String::as_str).collect();
    for (label, line) in labelled("preloaded", modules.chunks(8)) {
        writeln!(text, "{label:<11}{}", line.join(" "))?;
    }
    Ok(())
}

/// Puts a label before the first of some lines.
fn labelled<T>(label: &str, lines: impl IntoIterator<Item = T>) -> impl Iterator<Item = (&str, T)> {
    std::iter::once(label).chain(std::iter::repeat("")).zip(lines)
}

#[expect(clippy::cast_precision_loss, reason = "one digit after the point is shown")]
fn mebibytes(bytes: u64) -> String {
    format!("{:.1} MiB", bytes as f64 / f64::from(1 << 20))
}

fn verify(interpreter: &Interpreter, json: bool) -> Result<u8> {
    let image = interpreter.image();
    image.verify()?;
    let compiled = Engine::verify_compiled(image, interpreter.cache())?;
    let identity = image.identity().as_str();
    if json {
        return print_json(&Verified { identity, path: interpreter.path(), compiled });
    }
    let mut text = format!("the image `{}` is what its identity says\n", interpreter.path().display());
    match compiled {
        Some(path) => text.push_str(&format!("the compiled code `{}` is as it was installed\n", path.display())),
        None => text.push_str("there is no compiled code yet\n"),
    }
    output::print(text.as_bytes());
    Ok(0)
}

fn print_json(value: &impl Serialize) -> Result<u8> {
    let pretty = io::stdout().is_terminal();
    let mut json = if pretty { serde_json::to_vec_pretty(value) } else { serde_json::to_vec(value) }?;
    json.push(b'\n');
    output::print(&json);
    Ok(0)
}
