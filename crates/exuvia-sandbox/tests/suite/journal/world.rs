//! What sessions in tests run in: a store, a folder, tools that count how often they are called, and a clock that goes on
//! where it was when a session is opened again.

use std::collections::BTreeMap;
use std::fs;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use exuvia_core::journal::{Event, MountPoint, Opened, Opening, Recorded, SessionId, Store};
use exuvia_core::recording::Asked;
use exuvia_core::{
    ClockId, Host, HostAnswer, HostCall, MountMode, Outcome, Reply, ToolDeclaration, ToolFuture, ToolLimits,
    ToolRunner, ToolSignature,
};
use exuvia_journal::LocalStore;
use exuvia_sandbox::{Clock, Folder, LiveHost, LiveHostBuilder};
use exuvia_session::{CheckpointPolicy, Environment, Resumed, Session};
use libtest_mimic::Failed;
use tempfile::TempDir;

use crate::suite::fixture::{START, engine};

/// How much the clock goes on at each reading, in nanoseconds.
const TICK: i64 = 1_000;

/// What a cell printed, and how often a tool was called, with these arguments.
pub(super) type Calls = Arc<Mutex<BTreeMap<String, u32>>>;

/// Everything that a session needs.
pub(super) struct World {
    pub(super) store: Arc<dyn Store>,
    folder: Arc<TempDir>,
    /// What the clock has gone on by, in nanoseconds.
    pub(super) passed: Arc<AtomicI64>,
    pub(super) calls: Calls,
    pub(super) printed: Arc<Mutex<Vec<u8>>>,
    pub(super) policy: CheckpointPolicy,
}

impl World {
    pub(super) fn new() -> Result<Self, Failed> {
        Self::with(Arc::new(LocalStore::memory()))
    }

    pub(super) fn with(store: Arc<dyn Store>) -> Result<Self, Failed> {
        let folder = tempfile::tempdir()?;
        fs::create_dir(folder.path().join("below"))?;
        fs::write(folder.path().join("kept.txt"), "0123456789\n".repeat(100_000))?;
        fs::write(folder.path().join("below/other.txt"), "other\n")?;
        Ok(Self {
            store,
            folder: Arc::new(folder),
            passed: Arc::default(),
            calls: Calls::default(),
            printed: Arc::default(),
            policy: CheckpointPolicy { milliseconds: 0, ..CheckpointPolicy::default() },
        })
    }

    /// Returns a world with the same folder and tools, at another moment, with another store.
    pub(super) fn at(&self, store: Arc<dyn Store>, passed: i64) -> Self {
        Self {
            store,
            folder: Arc::clone(&self.folder),
            passed: Arc::new(AtomicI64::new(passed)),
            calls: Calls::default(),
            printed: Arc::default(),
            policy: self.policy,
        }
    }

    pub(super) fn environment(&self) -> Result<Environment, Failed> {
        let engine = engine()?.clone();
        let (made_for, folder) = (engine.clone(), Arc::clone(&self.folder));
        let (passed, calls, printed) = (Arc::clone(&self.passed), Arc::clone(&self.calls), Arc::clone(&self.printed));
        let now = Arc::clone(&self.passed);
        Ok(Environment {
            engine,
            packages: None,
            package_identities: Vec::new(),
            host: Arc::new(move || {
                let printed = Arc::clone(&printed);
                let folder = Folder::open(folder.path()).map_err(|error| {
                    exuvia_sandbox::SandboxError::Host(format!("the folder cannot be opened: {error}"))
                })?;
                let live = live(&calls).mount(folder).output(move |_, bytes| lock(&printed).extend_from_slice(bytes));
                Ok(Box::new(Ticking { live: live.build(&made_for)?, passed: Arc::clone(&passed) }))
            }),
            now: Arc::new(move || now.load(Ordering::Relaxed) / 1_000_000),
            secrets: BTreeMap::new(),
            capture: true,
            checkpoints: self.policy,
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

pub(super) fn lock<T>(shared: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Returns what the clock has gone on by when these events have happened.
pub(super) fn passed_after(events: &[Event]) -> i64 {
    let mut passed = 0;
    for event in events {
        match event {
            Event::Clocks(readings) => {
                for (clock, nanoseconds) in readings {
                    passed = if *clock == ClockId::Realtime { nanoseconds - START } else { *nanoseconds };
                }
            }
            Event::Call { asked: Asked::Wait { duration: Some(duration) }, answer: HostAnswer::Done } => {
                passed += nanoseconds(*duration);
            }
            _ => {}
        }
    }
    passed
}

fn nanoseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_nanos()).unwrap_or(i64::MAX)
}

/// A host whose clock is the world's.
struct Ticking {
    live: LiveHost,
    passed: Arc<AtomicI64>,
}

impl Host for Ticking {
    fn call(&mut self, call: HostCall<'_>) -> Reply {
        match call {
            HostCall::Clock(clock) => {
                let passed = self.passed.fetch_add(TICK, Ordering::Relaxed) + TICK;
                HostAnswer::Time(if clock == ClockId::Realtime { START + passed } else { passed }).into()
            }
            HostCall::Wait { duration } => match self.live.call(call) {
                Reply::Now(answer) => {
                    if answer == HostAnswer::Done {
                        self.passed.fetch_add(duration.map_or(0, nanoseconds), Ordering::Relaxed);
                    }
                    answer.into()
                }
                later => later,
            },
            other => self.live.call(other),
        }
    }
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
fn declarations() -> Vec<ToolDeclaration> {
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
