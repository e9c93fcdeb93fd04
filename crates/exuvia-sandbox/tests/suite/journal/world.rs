//! What sessions in tests run in: a store, a folder, and tools that count how often they are called.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use exuvia_core::journal::{Event, MountPoint, Opened, Opening, Recorded, SessionId, Store};
use exuvia_core::{MountMode, Outcome, ToolDeclaration, ToolFuture, ToolLimits, ToolRunner, ToolSignature};
use exuvia_journal::LocalStore;
use exuvia_sandbox::{Clock, Folder, LiveHost, LiveHostBuilder};
use exuvia_session::{CheckpointPolicy, Environment, Resumed, Session};
use libtest_mimic::Failed;
use tempfile::TempDir;

use crate::suite::fixture::{START, engine};
use crate::suite::fresh;

/// What a cell printed, and how often a tool was called, with these arguments.
pub(super) type Calls = Arc<Mutex<BTreeMap<String, u32>>>;

/// Everything that a session needs.
pub(super) struct World {
    pub(super) store: Arc<dyn Store>,
    folder: Arc<TempDir>,
    /// The time that people read: it goes on by a millisecond whenever somebody looks.
    now: Arc<AtomicI64>,
    pub(super) calls: Calls,
    pub(super) printed: Arc<Mutex<Vec<u8>>>,
    pub(super) policy: CheckpointPolicy,
}

impl World {
    pub(super) fn new() -> Result<Self, Failed> {
        Self::with(Arc::new(LocalStore::memory()))
    }

    pub(super) fn with(store: Arc<dyn Store>) -> Result<Self, Failed> {
        fresh::keep(&store);
        let folder = tempfile::tempdir()?;
        fill(folder.path())?;
        Ok(Self {
            store,
            folder: Arc::new(folder),
            now: Arc::default(),
            calls: Calls::default(),
            printed: Arc::default(),
            policy: CheckpointPolicy { milliseconds: 0, ..CheckpointPolicy::default() },
        })
    }

    /// Returns a world with the same folder and tools, and with another store.
    pub(super) fn at(&self, store: Arc<dyn Store>) -> Self {
        fresh::keep(&store);
        self.elsewhere(store)
    }

    /// Returns such a world, with a store whose sessions are not replayed in another process: they may have been changed.
    pub(super) fn elsewhere(&self, store: Arc<dyn Store>) -> Self {
        Self {
            store,
            folder: Arc::clone(&self.folder),
            now: Arc::clone(&self.now),
            calls: Calls::default(),
            printed: Arc::default(),
            policy: self.policy,
        }
    }

    pub(super) fn environment(&self) -> Result<Environment, Failed> {
        let engine = engine()?.clone();
        let (made_for, folder) = (engine.clone(), Arc::clone(&self.folder));
        let (now, calls, printed) = (Arc::clone(&self.now), Arc::clone(&self.calls), Arc::clone(&self.printed));
        Ok(Environment {
            engine,
            packages: None,
            package_identities: Vec::new(),
            host: Arc::new(move || {
                let printed = Arc::clone(&printed);
                let folder = Folder::open(folder.path())?;
                let live = live(&calls).mount(folder).output(move |_, bytes| lock(&printed).extend_from_slice(bytes));
                Ok(Box::new(live.build(&made_for)?))
            }),
            now: Arc::new(move || now.fetch_add(1, Ordering::Relaxed)),
            secrets: BTreeMap::new(),
            capture: true,
            checkpoints: self.policy,
            observer: None,
            journal_bytes_max: 64 << 20,
        })
    }

    pub(super) fn opening(&self, id: &str) -> Result<Opening, Failed> {
        let opened = Opened {
            mounts: vec![MountPoint { path: "/mnt".to_owned(), mode: MountMode::Overlay }],
            tools: declarations(),
            ..self.environment()?.opened([7; 32])
        };
        Ok(Opening { session: id.parse()?, name: None, opened, at: 0 })
    }

    pub(super) fn open(&self, id: &str) -> Result<Session, Failed> {
        self.open_with(id, |_| {})
    }

    pub(super) fn open_with(&self, id: &str, change: impl FnOnce(&mut Opened)) -> Result<Session, Failed> {
        let mut opening = self.opening(id)?;
        change(&mut opening.opened);
        Ok(pollster::block_on(Session::open(Arc::clone(&self.store), self.environment()?, opening))?)
    }

    pub(super) fn resume(&self, id: &SessionId) -> Result<(Session, Resumed), Failed> {
        Ok(pollster::block_on(Session::resume(Arc::clone(&self.store), self.environment()?, id, false))?)
    }

    pub(super) fn run(&self, session: &mut Session, source: &str) -> Result<Outcome, Failed> {
        Ok(pollster::block_on(session.run(source))?)
    }

    /// Returns all of a session's own events.
    pub(super) fn events(&self, id: &SessionId) -> Result<Vec<Event>, Failed> {
        Ok(self.recorded(id)?.into_iter().map(|recorded| recorded.event).collect())
    }

    pub(super) fn recorded(&self, id: &SessionId) -> Result<Vec<Recorded>, Failed> {
        let mut recorded = Vec::new();
        loop {
            let page = pollster::block_on(self.store.read(id, recorded.len() as u64, 256))?;
            if page.is_empty() {
                return Ok(recorded);
            }
            recorded.extend(page);
        }
    }

    pub(super) fn called(&self) -> BTreeMap<String, u32> {
        lock(&self.calls).clone()
    }

    pub(super) fn printed(&self) -> String {
        String::from_utf8_lossy(&lock(&self.printed)).into_owned()
    }
}

/// Fills the folder that is mounted.
pub(super) fn fill(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder.join("below"))?;
    fs::write(folder.join("kept.txt"), "0123456789\n".repeat(100_000))?;
    fs::write(folder.join("below/other.txt"), "other\n")
}

pub(super) fn lock<T>(shared: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

fn live(calls: &Calls) -> LiveHostBuilder {
    LiveHost::builder().clock(Clock::Virtual(START)).seed(1).tools(Counting(Arc::clone(calls)))
}

/// Answers calls, and counts them.
struct Counting(Calls);

impl ToolRunner for Counting {
    fn call(&mut self, tool: &str, arguments: &str) -> ToolFuture {
        *lock(&self.0).entry(format!("{tool}({arguments})")).or_default() += 1;
        let answer = format!("{tool}: {arguments}");
        Box::pin(async move { Ok(answer) })
    }
}

/// `one` may be called again with the same arguments, `two` may not.
pub(crate) fn declarations() -> Vec<ToolDeclaration> {
    [("one", true), ("two", false)]
        .map(|(name, idempotent)| ToolDeclaration {
            name: name.to_owned(),
            description: String::new(),
            signature: ToolSignature::Text,
            read_only: false,
            idempotent,
            needs_approval: false,
            help: false,
            limits: ToolLimits::default(),
        })
        .into()
}

/// Returns bytes of ChaCha20's key stream under a key and a nonce of zeros, in hexadecimal digits, as RFC 8439, 2.3, says
/// how to compute them.
pub(super) fn key_stream(from: usize, count: usize) -> String {
    fn quarter(state: &mut [u32; 16], [a, b, c, d]: [usize; 4]) {
        for (x, y, z, by) in [(a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)] {
            state[x] = state[x].wrapping_add(state[y]);
            state[z] = (state[z] ^ state[x]).rotate_left(by);
        }
    }
    let block = |counter: u32| {
        let mut first = [0; 16];
        first[..4].copy_from_slice(&[0x6170_7865, 0x3320_646e, 0x7962_2d32, 0x6b20_6574]);
        first[12] = counter;
        let mut state = first;
        for _ in 0..10 {
            for places in [[0, 4, 8, 12], [1, 5, 9, 13], [2, 6, 10, 14], [3, 7, 11, 15]] {
                quarter(&mut state, places);
            }
            for places in [[0, 5, 10, 15], [1, 6, 11, 12], [2, 7, 8, 13], [3, 4, 9, 14]] {
                quarter(&mut state, places);
            }
        }
        let words = state.iter().zip(first).map(|(word, first)| word.wrapping_add(first));
        words.flat_map(u32::to_le_bytes).collect::<Vec<u8>>()
    };
    let blocks = u32::try_from((from + count).div_ceil(64)).expect("a few blocks");
    let stream: Vec<u8> = (0..blocks).flat_map(block).collect();
    stream[from..from + count].iter().map(|byte| format!("{byte:02x}")).collect()
}
