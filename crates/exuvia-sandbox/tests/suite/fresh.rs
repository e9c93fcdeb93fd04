//! Sessions that tests have made run again in a process that has made none of them.
//!
//! A test's sessions are handed over with [`keep`], and looked at when the test has ended: [`trial`]. So nothing that
//! only lives in a process, such as what is kept of earlier sandboxes, can make a replay come out right.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::process::Command;
use std::sync::Arc;

use exuvia_core::journal::Store;
use exuvia_journal::LocalStore;
use exuvia_session::{CheckpointPolicy, Environment, Replay, ReplayOptions};
use libtest_mimic::{Failed, Trial};
use tempfile::TempDir;

use super::fixture::{Verdict, engine, ensure};

/// The argument with which this program replays the sessions in a folder, instead of testing.
pub(crate) const ARGUMENT: &str = "--replay-sessions";

thread_local! {
    /// The stores of the test that this thread runs.
    static KEPT: RefCell<Vec<Arc<dyn Store>>> = const { RefCell::new(Vec::new()) };
    /// The folders of some of them.
    static FOLDERS: RefCell<Vec<TempDir>> = const { RefCell::new(Vec::new()) };
}

/// Hands over a store: all sessions that it has when the test that runs here has ended are to be replayed.
pub(crate) fn keep(store: &Arc<dyn Store>) {
    KEPT.with_borrow_mut(|kept| kept.push(Arc::clone(store)));
}

/// Keeps the folder of a store until its sessions are replayed.
pub(crate) fn keep_folder(folder: TempDir) {
    FOLDERS.with_borrow_mut(|kept| kept.push(folder));
}

/// Makes a test of a function; then its sessions are replayed elsewhere.
pub(crate) fn trial(name: impl Into<String>, test: impl FnOnce() -> Verdict + Send + 'static) -> Trial {
    Trial::test(name, move || {
        // Those of a test that failed before are nobody's any more.
        KEPT.take();
        let verdict = test().and_then(|()| replay_elsewhere(&KEPT.take()));
        FOLDERS.take();
        verdict
    })
}

#[expect(clippy::disallowed_methods, reason = "tests are an edge of the program: this runs itself again")]
fn replay_elsewhere(stores: &[Arc<dyn Store>]) -> Verdict {
    let folder = tempfile::tempdir()?;
    let mut exported = 0;
    for store in stores {
        for summary in pollster::block_on(store.list())? {
            let mut file = File::create(folder.path().join(exported.to_string()))?;
            pollster::block_on(store.export(&summary.session, false, &mut file))?;
            exported += 1;
        }
    }
    if exported == 0 {
        return Ok(());
    }
    let output = Command::new(std::env::current_exe()?).arg(ARGUMENT).arg(folder.path()).output()?;
    ensure(output.status.success(), format!("in another process: {}", String::from_utf8_lossy(&output.stderr)))
}

/// Does what [`trial`] asks another process for, with the arguments that come after [`ARGUMENT`].
///
/// # Errors
///
/// A session is not what is recorded.
pub(crate) fn replay_sessions(mut arguments: impl Iterator<Item = String>) -> Verdict {
    let folder = arguments.next().ok_or("an argument is missing")?;
    let environment = Environment {
        engine: engine()?.clone(),
        packages: None,
        package_identities: Vec::new(),
        host: Arc::new(|| Err("a replay asks for no host".into())),
        now: Arc::new(|| 0),
        secrets: BTreeMap::new(),
        capture: true,
        checkpoints: CheckpointPolicy::NEVER,
        observer: None,
        journal_bytes_max: 0,
    };
    for entry in fs::read_dir(folder)? {
        let store: Arc<dyn Store> = Arc::new(LocalStore::memory());
        let imported = pollster::block_on(store.import(&mut File::open(entry?.path())?))?;
        let replay = Replay::new(store, environment.clone(), imported.session.clone());
        let replayed = pollster::block_on(replay.run(ReplayOptions::default(), |_| {}));
        replayed.map_err(|error| Failed::from(format!("session {}: {error}", imported.session)))?;
    }
    Ok(())
}
