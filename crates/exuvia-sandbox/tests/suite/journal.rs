//! Sessions: what a journal has is enough to build everything again.
//!
//! Here a process's end is played: a journal is cut after each of its events in turn, and a session goes on from what is
//! left, as if the process that wrote it had been killed there. The [sweep](super::sweep) and the tests of the command line
//! kill real ones. The sessions that a test leaves run once more in another process: see [`fresh`].

mod acts;
mod cut;
mod generated;
mod lives;
mod replays;
pub(super) mod world;

use exuvia_core::journal::Event;
use libtest_mimic::Trial;

use super::checkpoints::sessions::SESSIONS;
use super::fixture::{Verdict, ensure, same};
use super::fresh;
use world::World;

/// Returns the tests of sessions.
pub(crate) fn trials() -> Vec<Trial> {
    let mut trials = vec![fresh::trial("journal::random_bytes_are_those_of_the_specification", random_bytes)];
    for (name, cells) in SESSIONS {
        trials.push(fresh::trial(format!("journal::replayed::{name}"), move || replays::whole(cells)));
        trials.push(fresh::trial(format!("journal::cut::{name}"), move || cut::everywhere(cells)));
    }
    trials.extend(replays::trials());
    trials.extend(lives::trials());
    trials.extend(acts::trials());
    trials.extend(generated::trials());
    trials
}

/// RFC 8439, A.1, test vectors 1 and 2: the key stream under a key and a nonce of zeros. Python's `random` takes its state
/// first, of 624 words.
fn random_bytes() -> Verdict {
    let world = World::new()?;
    let mut session = world.open_with("zeros", |opened| opened.seed = [0; 32])?;
    let code = "import os\n\
        def block(n, counter=[2496]):\n\
        \x20   while counter[0] < 64 * n: counter[0] += len(os.urandom(min(64 * n - counter[0], 7)))\n\
        \x20   counter[0] += 64; return os.urandom(64).hex()\n\
        block(39)";
    let outcome = world.run(&mut session, code)?;
    let oracle = world::key_stream(39 * 64, 64);
    same("a block", &format!("'{oracle}'"), &outcome.value.map(|value| value.repr).unwrap_or_default())?;
    let events = world.events(session.id())?;
    let drawn = events.iter().filter(|event| matches!(event, Event::Random { .. })).count();
    ensure(drawn == 2, format!("{drawn} events for two runs of random bytes"))
}
