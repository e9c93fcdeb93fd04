//! What a model is told of `python`: short, for it is read before each task.

use std::fmt::Write as _;

use exuvia_core::MountMode;
use exuvia_core::journal::Opened;
use exuvia_core::observation::excerpt::shown;
use exuvia_core::tool::python::stub;

use crate::sessions::SessionOptions;

/// How much of a list of names is shown, in bytes.
const LIST_BYTES_MAX: usize = 240;
/// How much of one name is shown, in bytes.
const ITEM_BYTES_MAX: usize = 80;

/// Returns the description of `python`, made of what sessions begin with.
pub(super) fn python(offer: &Opened, options: &SessionOptions) -> String {
    let mut text = format!(
        "Runs Python {} in a sealed sandbox and returns what it prints and the value of its last expression. Variables, \
         imports and files stay for the next call. There is no network, and nothing of this machine but what is named \
         here; the standard library is there. `await` works at the top level. A value that is a picture (PNG, SVG) is \
         shown as one.",
        offer.engine.version
    );
    let mut line = |name: &str, items: Vec<String>, more: &str| {
        if !items.is_empty() {
            // Writing to a string does not fail.
            let _ = write!(text, "\n{name}: {}{more}", list(&items));
        }
    };
    let functions = offer.tools.iter().map(|tool| signature(&stub(tool))).collect();
    line("Functions", functions, ". `help(NAME)` and /tools/*.pyi say more");
    let folders = offer.mounts.iter().map(|mount| {
        let mode = match mount.mode {
            MountMode::ReadOnly => "read-only",
            MountMode::ReadWrite => "read and write",
            MountMode::Overlay => "changes stay in the sandbox",
        };
        format!("{} ({mode})", mount.path)
    });
    line("Folders", folders.collect(), "");
    let packages = offer.packages.iter().map(|package| format!("{} {}", package.name, package.version));
    line("Packages", packages.collect(), "");
    let (timeout, timeout_max) = (options.timeout.as_secs_f64(), options.timeout_max.as_secs_f64());
    let _ = write!(
        text,
        "\nA call may take {timeout} s, or what `timeout` says, at most {timeout_max} s, and has {} MiB of memory. Long \
         output is cut; the answer names the file that has all of it.",
        offer.limits.memory_bytes >> 20
    );
    text
}

/// Returns the first line of a stub without what is Python's own: `name(text: str) -> int`.
fn signature(stub: &str) -> String {
    let line = stub.lines().next().unwrap_or_default();
    let line = line.strip_prefix("def ").unwrap_or(line).trim_end_matches(" ...").trim_end_matches(':');
    shown(line, ITEM_BYTES_MAX).into_owned()
}

/// Joins items, as many as there is room for.
fn list(items: &[String]) -> String {
    let mut text = String::new();
    for (index, item) in items.iter().enumerate() {
        if index > 0 && text.len() + item.len() > LIST_BYTES_MAX {
            let _ = write!(text, " and {} more", items.len() - index);
            break;
        }
        let separator = if index > 0 { ", " } else { "" };
        let _ = write!(text, "{separator}{}", shown(item, ITEM_BYTES_MAX));
    }
    text
}
