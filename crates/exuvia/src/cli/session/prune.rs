//! `exuvia session prune`.

mod plan;

use anyhow::Result;
use exuvia_core::journal::{PrunePolicy, Pruned, Store};

use super::{times, wait};
use crate::cli::options::values::{Size, Time};
use crate::{journal, output};
use plan::Plan;

/// Remove sessions that are old, or more than there is room for; never one that is open
#[derive(clap::Args)]
#[command(group = clap::ArgGroup::new("policy").required(true).multiple(true))]
pub(super) struct Arguments {
    /// Remove those that nothing was written to for this long: `30d`, `12h`
    #[arg(long, value_name = "TIME", group = "policy")]
    older_than: Option<Time>,

    /// Then remove checkpoints of the oldest ones, without which going on takes longer, and then the oldest ones, until all
    /// together have at most this many bytes: `500M`, `1G`
    #[arg(long, value_name = "SIZE", group = "policy")]
    keep_bytes: Option<Size>,

    /// Say what would be removed, and remove nothing
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn run(store: &dyn Store, arguments: &Arguments) -> Result<u8> {
    let before = |age: Time| times::now().saturating_sub(i64::try_from(age.length().as_millis()).unwrap_or(i64::MAX));
    let policy = PrunePolicy {
        written_before: arguments.older_than.map(before),
        bytes_max: arguments.keep_bytes.map(|size| size.0),
    };
    if arguments.dry_run {
        let plan = Plan::new(store, policy).map_err(journal::failure)?;
        tell(&plan.pruned, &WOULD_BE);
        if !plan.is_exact {
            output::say(
                "what forks share of a removed session stays: less room is made, and --keep-bytes may remove more",
            );
        }
        return Ok(0);
    }
    let pruned = wait(store.prune(policy)).map_err(journal::failure)?;
    pruned.removed.iter().try_for_each(journal::forget_begun)?;
    tell(&pruned, &IS);
    Ok(0)
}

/// The words for what was done, or what would be.
struct Words {
    remove: &'static str,
    keep: &'static str,
    one_was: &'static str,
    many_were: &'static str,
    are: &'static str,
}

const IS: Words = Words { remove: "removed", keep: "kept", one_was: "was", many_were: "were", are: "are" };
const WOULD_BE: Words =
    Words { remove: "would remove", keep: "would keep", one_was: "would be", many_were: "would be", are: "would be" };

fn tell(pruned: &Pruned, words: &Words) {
    let Words { remove, keep, one_was, many_were, are } = words;
    for session in &pruned.removed {
        output::say(&format!("{remove} {session}"));
    }
    for session in &pruned.open {
        output::say(&format!("{keep} {session}, which is open"));
    }
    match pruned.checkpoints {
        0 => {}
        1 => output::say(&format!("{remove} 1 checkpoint of sessions that stay")),
        count => output::say(&format!("{remove} {count} checkpoints of sessions that stay")),
    }
    let kept = times::bytes(pruned.bytes);
    match pruned.removed.len() {
        0 if pruned.checkpoints > 0 => output::say(&format!("no session {one_was} removed; {kept} {are} kept")),
        0 => output::say(&format!("nothing {one_was} removed; {kept} {are} kept")),
        1 => output::say(&format!("1 session {one_was} removed; {kept} {are} kept")),
        count => output::say(&format!("{count} sessions {many_were} removed; {kept} {are} kept")),
    }
}
