//! What all tests share: the engine, sandboxes to start from, and comparison of whole texts.

use std::env;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

use exuvia_core::{Limits, Outcome};
use exuvia_sandbox::{Clock, Engine, EngineOptions, Image, LiveHost, LiveHostBuilder, Sandbox, SandboxBuilder};
use libtest_mimic::{Failed, Trial};
use similar::TextDiff;

/// Enough for the test that holds a thousand at a time beside all others.
const SANDBOXES_MAX: u32 = 1_100;
/// 2026-01-01 00:00 UTC, in nanoseconds.
pub(crate) const START: i64 = 1_767_225_600_000_000_000;
/// The seed of everything that is to repeat.
pub(crate) const SEED: u64 = 20_260_101;

/// What a test gives: a failure says what is wrong.
pub(crate) type Verdict = Result<(), Failed>;

/// Returns the workspace's root.
pub(crate) fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Returns the engine that all tests share.
///
/// # Errors
///
/// There is no image, or it cannot be used.
pub(crate) fn engine() -> Result<&'static Engine, Failed> {
    static ENGINE: OnceLock<Result<Engine, String>> = OnceLock::new();
    ENGINE.get_or_init(|| load(SANDBOXES_MAX)).as_ref().map_err(Failed::from)
}

/// Returns another engine, for this many sandboxes.
///
/// # Errors
///
/// Those of [`engine`].
pub(crate) fn engine_for(sandboxes_max: u32) -> Result<Engine, Failed> {
    load(sandboxes_max).map_err(Failed::from)
}

/// Returns the folder for compiled code, beside the image.
pub(crate) fn compiled_folder() -> PathBuf {
    image_path().with_file_name("compiled")
}

/// Returns whether tests that sweep over very much are to leave nothing out.
#[expect(clippy::disallowed_methods, reason = "tests are an edge of the program: whoever starts them says how much")]
pub(crate) fn is_exhaustive() -> bool {
    env::var("EXUVIA_SWEEP").is_ok_and(|much| much == "all")
}

/// Returns how much memory of this process is in use.
///
/// # Errors
///
/// The operating system does not tell.
pub(crate) fn resident_bytes() -> Result<u64, Failed> {
    const PAGE_BYTES: u64 = 4_096;
    let text = std::fs::read_to_string("/proc/self/statm")?;
    let pages = text.split(' ').nth(1).ok_or("no size is told")?;
    Ok(pages.parse::<u64>()? * PAGE_BYTES)
}

#[expect(clippy::disallowed_methods, reason = "tests are an edge of the program: another image can be named")]
fn image_path() -> PathBuf {
    env::var_os("EXUVIA_IMAGE").map_or_else(|| workspace().join("target/image/cpython.exuvia"), PathBuf::from)
}

fn load(sandboxes_max: u32) -> Result<Engine, String> {
    let path = image_path();
    let unusable = |error: &dyn std::fmt::Display| {
        format!("no image at `{}`: {error}\nhint: run `cargo xtask image`", path.display())
    };
    let image = Image::open(&path).map_err(|error| unusable(&error))?;
    let options = EngineOptions { sandboxes_max, cache: Some(compiled_folder()), ..EngineOptions::default() };
    Engine::new(&image, &options).map_err(|error| unusable(&error))
}

/// Returns a host on which nothing depends on the moment: virtual clock, seeded randomness.
pub(crate) fn repeatable_host() -> LiveHostBuilder {
    LiveHost::builder().clock(Clock::Virtual(START)).seed(SEED)
}

/// Begins a sandbox with a [repeatable host](repeatable_host).
///
/// # Errors
///
/// There is no engine.
pub(crate) fn builder() -> Result<SandboxBuilder, Failed> {
    builder_with(repeatable_host())
}

/// Begins a sandbox with this host.
///
/// # Errors
///
/// There is no engine.
pub(crate) fn builder_with(host: LiveHostBuilder) -> Result<SandboxBuilder, Failed> {
    let engine = engine()?;
    Ok(engine.sandbox().host(host.build(engine)?))
}

/// Makes a sandbox with a [repeatable host](repeatable_host).
///
/// # Errors
///
/// There is no engine.
pub(crate) fn sandbox() -> Result<Sandbox, Failed> {
    Ok(builder()?.build()?)
}

/// Returns limits of this wall time, else the defaults.
pub(crate) fn limited(wall_time: Duration) -> Limits {
    Limits { wall_time: Some(wall_time), ..Limits::default() }
}

/// Returns an outcome as text, without what it used.
pub(crate) fn shown(outcome: &Outcome) -> String {
    let mut value = serde_json::to_value(outcome).expect("an outcome can be written as JSON");
    if let Some(fields) = value.as_object_mut() {
        fields.remove("usage");
    }
    value.sort_all_objects();
    serde_json::to_string_pretty(&value).expect("JSON can be written")
}

/// Compares two texts; a failure shows where they differ.
///
/// # Errors
///
/// They differ.
pub(crate) fn same(what: &str, expected: &str, actual: &str) -> Verdict {
    if expected == actual {
        return Ok(());
    }
    let diff = TextDiff::from_lines(expected, actual);
    let diff = diff.unified_diff().context_radius(2).header("expected", "actual").to_string();
    Err(format!("{what} differs\n{diff}").into())
}

/// Compares an outcome, without what it used, with JSON.
///
/// # Errors
///
/// They differ.
pub(crate) fn gives(outcome: &Outcome, expected: &serde_json::Value) -> Verdict {
    let mut expected = expected.clone();
    expected.sort_all_objects();
    let expected = serde_json::to_string_pretty(&expected).expect("JSON can be written");
    same("the outcome", &expected, &shown(outcome))
}

/// Fails with this text unless the condition holds.
///
/// # Errors
///
/// It does not hold.
pub(crate) fn ensure(condition: bool, otherwise: impl Into<String>) -> Verdict {
    if condition { Ok(()) } else { Err(otherwise.into().into()) }
}

/// Makes a test of a function.
pub(crate) fn trial(name: &str, test: fn() -> Verdict) -> Trial {
    Trial::test(name, test)
}
