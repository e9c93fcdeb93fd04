//! `exuvia session prune`.

use anyhow::Result;
use exuvia_core::journal::{PrunePolicy, Store};

use super::{times, wait};
use crate::cli::options::values::{Size, Time};
use crate::{journal, output};

/// Remove sessions that are old, or more than there is room for; never one that is open
#[derive(clap::Args)]
#[command(group = clap::ArgGroup::new("policy").required(true).multiple(true))]
pub(super) struct Arguments {
    /// Remove those that nothing was written to for this long: `30d`, `12h`
    #[arg(long, value_name = "TIME", group = "policy")]
    older_than: Option<Time>,

    /// Then remove the oldest ones, until all together have at most this many bytes: `500M`, `1G`
    #[arg(long, value_name = "SIZE", group = "policy")]
    keep_bytes: Option<Size>,
}

pub(super) fn run(store: &dyn Store, arguments: &Arguments) -> Result<u8> {
    let before = |age: Time| times::now().saturating_sub(i64::try_from(age.length().as_millis()).unwrap_or(i64::MAX));
    let policy = PrunePolicy {
        written_before: arguments.older_than.map(before),
        bytes_max: arguments.keep_bytes.map(|size| size.0),
    };
    let pruned = wait(store.prune(policy)).map_err(journal::failure)?;
    for session in &pruned.removed {
        output::say(&format!("removed {session}"));
    }
    for session in &pruned.open {
        output::say(&format!("kept {session}, which is open"));
    }
    let kept = times::bytes(pruned.bytes);
    match pruned.removed.len() {
        0 => output::say(&format!("nothing was removed; {kept} are kept")),
        1 => output::say(&format!("1 session was removed; {kept} are kept")),
        count => output::say(&format!("{count} sessions were removed; {kept} are kept")),
    }
    Ok(0)
}
