//! The integration tests of the sandbox, in one binary, on one engine.
//!
//! They need the interpreter image: `cargo xtask image` builds it. `EXUVIA_IMAGE` names another one; its compiled code is
//! kept in the folder `compiled` beside it.
//!
//! Most of what is tested here is data: every program in `cases/` has the output that the same CPython gave elsewhere.

use std::io::Write as _;
use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};

mod suite {
    pub(crate) mod agents;
    pub(crate) mod cases;
    pub(crate) mod checkpoints;
    pub(crate) mod crowd;
    pub(crate) mod fixture;
    pub(crate) mod fresh;
    pub(crate) mod hostile;
    pub(crate) mod journal;
    pub(crate) mod limited;
    pub(crate) mod modules;
    pub(crate) mod mounts;
    pub(crate) mod native;
    pub(crate) mod packages;
    pub(crate) mod repeat;
    pub(crate) mod replay;
    pub(crate) mod reports;
    pub(crate) mod sessions;
    pub(crate) mod spares;
    pub(crate) mod strikes;
    pub(crate) mod sweep;
    pub(crate) mod tools;
    pub(crate) mod wheels;
}

use suite::fixture::Verdict;
use suite::{
    agents, cases, checkpoints, crowd, fresh, hostile, journal, limited, modules, mounts, native, packages, repeat,
    replay, reports, sessions, spares, strikes, sweep, tools, wheels,
};

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    match arguments.next().as_deref() {
        Some(repeat::ARGUMENT) => return print_fingerprints(),
        Some(native::ALONE) => return told(native::exceptions_alone()),
        Some(sweep::ARGUMENT) => return told(sweep::run_until_killed(arguments)),
        Some(fresh::ARGUMENT) => return told(fresh::replay_sessions(arguments)),
        _ => {}
    }
    let trials: Vec<Trial> = [
        agents::trials(),
        cases::trials(),
        checkpoints::trials(),
        crowd::trials(),
        hostile::trials(),
        journal::trials(),
        limited::trials(),
        modules::trials(),
        mounts::trials(),
        native::trials(),
        packages::trials(),
        repeat::trials(),
        replay::trials(),
        reports::trials(),
        sessions::trials(),
        spares::trials(),
        strikes::trials(),
        sweep::trials(),
        tools::trials(),
        wheels::trials(),
    ]
    .into_iter()
    .flatten()
    .collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

/// Does what the test of repetition asks another process for.
fn print_fingerprints() -> ExitCode {
    let (text, code) = match repeat::fingerprints() {
        Ok(lines) => (lines, ExitCode::SUCCESS),
        Err(failed) => (failed.message().unwrap_or("failed").to_owned(), ExitCode::FAILURE),
    };
    match std::io::stdout().write_all(text.as_bytes()) {
        Ok(()) => code,
        Err(_) => ExitCode::FAILURE,
    }
}

/// Tells whether this has done what a test asks another process for.
fn told(verdict: Verdict) -> ExitCode {
    let Err(failed) = verdict else { return ExitCode::SUCCESS };
    // Where stderr is gone there is nobody to tell; the status says it too.
    let _ = writeln!(std::io::stderr(), "{}", failed.message().unwrap_or("failed"));
    ExitCode::FAILURE
}
