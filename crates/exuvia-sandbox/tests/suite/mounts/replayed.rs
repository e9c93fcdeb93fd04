//! What was recorded on a folder is computed again without it.

use std::fs;
use std::sync::PoisonError;

use exuvia_core::{Limits, MountMode, RecordingHost, ReplayingHost};
use exuvia_sandbox::{Folder, LiveHost, Sandbox};
use libtest_mimic::{Failed, Trial};
use tempfile::TempDir;

use super::super::cases::{Case, discover};
use super::super::fixture::{Verdict, engine, same, shown};
use super::{AREAS, WORK};

pub(super) fn trials() -> Vec<Trial> {
    let mut trials = Vec::new();
    for case in discover().into_iter().filter(|case| AREAS.contains(&case.area.as_str())) {
        for (mode, word) in [(MountMode::ReadWrite, "rw"), (MountMode::Overlay, "overlay")] {
            let (name, case) = (format!("mounts::replay::{word}::{}::{}", case.area, case.behaviour), case.clone());
            trials.push(Trial::test(name, move || replays(&case, mode)));
        }
    }
    trials
}

/// What is left when a program has run.
fn left(case: &Case, sandbox: &mut Sandbox) -> Result<[String; 3], Failed> {
    let outcome = case.run_in(sandbox)?;
    Ok([shown(&outcome), sandbox.checks().to_string(), sandbox.memory_hash()])
}

fn replays(case: &Case, mode: MountMode) -> Verdict {
    let folder = TempDir::new()?;
    let limits = Limits { wall_time: None, ..Limits::default() };
    let begin = || Ok::<_, Failed>(engine()?.sandbox().mount(WORK, mode).limits(limits.clone()));
    let live = LiveHost::builder().mount(Folder::open(folder.path())?).build(engine()?)?;
    let (host, recording) = RecordingHost::new(live);
    let mut sandbox = case.put_into(begin()?.host(host))?.build()?;
    let recorded = left(case, &mut sandbox)?;
    let changes = (mode == MountMode::Overlay).then(|| sandbox.changes(0, u64::MAX)).transpose()?;
    drop(sandbox);
    fs::remove_dir_all(folder.path())?;

    let recording = recording.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let (host, divergence) = ReplayingHost::new(recording);
    let mut sandbox = case.put_into(begin()?.host(host))?.build()?;
    let replayed = left(case, &mut sandbox)?;
    let again = (mode == MountMode::Overlay).then(|| sandbox.changes(0, u64::MAX)).transpose()?;
    if let Some(divergence) = divergence.lock().unwrap_or_else(PoisonError::into_inner).clone() {
        return Err(divergence.to_string().into());
    }
    for (what, (recorded, replayed)) in ["outcome", "checks", "memory"].iter().zip(recorded.iter().zip(&replayed)) {
        same(what, recorded, replayed)?;
    }
    same("the changes", &format!("{changes:?}"), &format!("{again:?}"))?;
    if folder.path().exists() { Err("the replay has made its folder again".into()) } else { Ok(()) }
}
