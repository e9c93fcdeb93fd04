//! Keys of providers: from the environment, from a program that the configuration names, or from the system's key store.
//!
//! A key is in no journal, log or error. The key store is asked with the system's own program, so that it can ask the
//! person in its turn: `secret-tool` of libsecret, `security` on macOS.

use std::env;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use anyhow::Result;
use exuvia_model::Provider;

use super::settings::ModelSection;
use crate::failure::{self, Failure};

/// The environment variable that has the key of a server that is named by its address.
const ELSEWHERE: &str = "EXUVIA_MODEL_KEY";
/// Under which name keys lie in the system's key store; the account is the provider's name.
const SERVICE: &str = "exuvia";
/// How long a program may take to find a key: a person may have to be asked for a password.
const TIME_MAX: Duration = Duration::from_mins(2);
/// The longest key, in bytes.
const KEY_BYTES_MAX: usize = 16 << 10;

/// Returns the key that a model of the configuration says where to find, if it does.
pub(super) fn told(section: &ModelSection) -> Result<Option<String>> {
    if let Some(variable) = &section.key_variable {
        let key = in_environment(variable).ok_or_else(|| {
            Failure::usage(format!("there is no key for `{}`", section.model)).hint(format!("set {variable}"))
        })?;
        return Ok(Some(key));
    }
    let [program, arguments @ ..] = &section.key_command[..] else { return Ok(None) };
    let failed = |why: String| Failure::usage(format!("the key of `{}` was not found: {why}", section.model));
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match asked(program, &arguments, Stdio::inherit()) {
        Found::Key(key) => Ok(Some(key)),
        Found::Nothing(why) => Err(failed(format!("`{program}` {why}")).into()),
        Found::NoProgram(why) => Err(failed(format!("`{program}` cannot be started: {why}")).into()),
    }
}

/// Returns a provider's key. At an address that is not the provider's own, a key of its is not sent but by the name that
/// says so.
pub(super) fn found(provider: Provider, is_elsewhere: bool) -> Result<String> {
    if is_elsewhere {
        return Ok(in_environment(ELSEWHERE).unwrap_or_default());
    }
    let Some(variable) = provider.key_variable() else { return Ok(String::new()) };
    if let Some(key) = in_environment(variable).or_else(|| in_key_store(provider.name())) {
        return Ok(key);
    }
    let failure = Failure::usage(format!("there is no key for `{}`", provider.name()));
    Err(failure.hint(format!("set {variable}, or keep it with: {}", keep(provider.name()))).into())
}

fn in_environment(variable: &str) -> Option<String> {
    let key = env::var(variable).ok()?;
    let key = key.trim();
    (!key.is_empty()).then(|| key.to_owned())
}

fn in_key_store(account: &str) -> Option<String> {
    // Where there is no key store, its program says so: that is no news.
    let found = if cfg!(target_os = "macos") {
        asked("security", &["find-generic-password", "-s", SERVICE, "-a", account, "-w"], Stdio::null())
    } else {
        asked("secret-tool", &["lookup", "service", SERVICE, "account", account], Stdio::null())
    };
    match found {
        Found::Key(key) => Some(key),
        Found::Nothing(_) | Found::NoProgram(_) => None,
    }
}

/// Returns the command that puts a key into the system's key store; it asks for it.
fn keep(account: &str) -> String {
    if cfg!(target_os = "macos") {
        format!("security add-generic-password -s {SERVICE} -a {account} -w")
    } else {
        format!("secret-tool store --label=Exuvia service {SERVICE} account {account}")
    }
}

/// What a program says that is asked for a key.
enum Found {
    Key(String),
    /// It has none; why.
    Nothing(String),
    NoProgram(String),
}

/// Asks a program for a key, which is the first line that it prints; `stderr` takes what else it says.
fn asked(program: &str, arguments: &[&str], stderr: Stdio) -> Found {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(stderr);
    let child = match command.spawn() {
        Ok(child) => child,
        Err(error) => return Found::NoProgram(failure::reason(&error)),
    };
    let (told, answer) = mpsc::channel();
    // The thread ends with the program.
    let _unasked = thread::Builder::new().name("exuvia-key".to_owned()).spawn(move || {
        let _gone = told.send(child.wait_with_output());
    });
    let output = match answer.recv_timeout(TIME_MAX) {
        Ok(Ok(output)) => output,
        Ok(Err(error)) => return Found::Nothing(failure::reason(&error)),
        Err(_) => return Found::Nothing(format!("took longer than {} s", TIME_MAX.as_secs())),
    };
    if !output.status.success() {
        return Found::Nothing(format!("ended with {}", output.status));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    match text.lines().next().map(str::trim) {
        Some(key) if !key.is_empty() && key.len() <= KEY_BYTES_MAX => Found::Key(key.to_owned()),
        _ => Found::Nothing("printed no key".to_owned()),
    }
}
