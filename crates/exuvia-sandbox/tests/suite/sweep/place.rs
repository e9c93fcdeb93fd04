//! Where a swept session runs: a folder with its store and with everything that it can reach outside of its sandbox, so
//! that a copy of the folder is a copy of its world at that moment.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::task::Poll;

use exuvia_core::journal::{MountPoint, Opened, Opening, SessionId};
use exuvia_core::{Limits, Mount, MountAnswer, MountMode, MountOperation, MountReply, ToolFuture, ToolRunner};
use exuvia_journal::{LocalStore, SqliteOptions};
use exuvia_sandbox::{Clock, Folder, LiveHost};
use exuvia_session::{CheckpointPolicy, Environment};
use libtest_mimic::Failed;

use super::killer::append;
use crate::suite::fixture::{START, engine};
use crate::suite::journal::world::declarations;

/// How many bytes a tool answers with if it is asked for much.
const MUCH_BYTES: usize = 300_000;
/// What is in a file that is mounted, many times.
const KEPT: &str = "a line of a file that is mounted\n";

/// A folder with a store, and with all that its session can reach.
#[derive(Clone)]
pub(super) struct Place(PathBuf);

impl Place {
    /// Takes a folder that is such a place.
    pub(super) fn at(folder: &Path) -> Self {
        Self(folder.to_owned())
    }

    /// Makes such a place.
    pub(super) fn make(folder: &Path) -> io::Result<Self> {
        let place = Self::at(folder);
        fs::create_dir_all(place.mounted().join("flat"))?;
        fs::create_dir(place.store())?;
        fs::write(place.mounted().join("kept.txt"), KEPT.repeat(10_000))?;
        for name in ["one.txt", "two.txt"] {
            fs::write(place.mounted().join("flat").join(name), name)?;
        }
        for log in [place.calls(), place.printed(), place.acknowledged(), place.growth()] {
            fs::write(log, "")?;
        }
        Ok(place)
    }

    /// Makes another one that is as this one is now.
    pub(super) fn copy_to(&self, folder: &Path) -> io::Result<Self> {
        copy(&self.0, folder)?;
        Ok(Self::at(folder))
    }

    pub(super) fn folder(&self) -> &Path {
        &self.0
    }

    pub(super) fn store(&self) -> PathBuf {
        self.0.join("store")
    }

    pub(super) fn mounted(&self) -> PathBuf {
        self.0.join("mounted")
    }

    /// The calls of tools that were made: a line each.
    pub(super) fn calls(&self) -> PathBuf {
        self.0.join("calls")
    }

    /// What was printed.
    pub(super) fn printed(&self) -> PathBuf {
        self.0.join("printed")
    }

    /// The events that were acknowledged: a line each.
    pub(super) fn acknowledged(&self) -> PathBuf {
        self.0.join("acknowledged")
    }

    /// By how much files of the store have grown with the last deed.
    pub(super) fn growth(&self) -> PathBuf {
        self.0.join("growth")
    }

    /// Opens its store.
    pub(super) fn open_store(&self) -> Result<LocalStore, Failed> {
        Ok(LocalStore::open(&self.store(), SqliteOptions::default())?)
    }

    /// Returns how often each call was made.
    pub(super) fn called(&self) -> io::Result<BTreeMap<String, u32>> {
        let mut called = BTreeMap::new();
        for line in fs::read_to_string(self.calls())?.lines() {
            *called.entry(line.to_owned()).or_insert(0) += 1;
        }
        Ok(called)
    }

    /// Returns what was printed, with one character for each byte.
    pub(super) fn text_printed(&self) -> io::Result<String> {
        Ok(fs::read(self.printed())?.into_iter().map(char::from).collect())
    }

    /// Returns what the files of the mount hold, by their paths; nothing for a folder.
    pub(super) fn files(&self) -> io::Result<BTreeMap<String, String>> {
        let mut files = BTreeMap::new();
        let mut folders = vec![self.mounted()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder)? {
                let path = entry?.path();
                let name = path.strip_prefix(self.mounted()).unwrap_or(&path).display().to_string();
                if path.is_dir() {
                    files.insert(name, String::new());
                    folders.push(path);
                } else {
                    files.insert(name, String::from_utf8_lossy(&fs::read(&path)?).into_owned());
                }
            }
        }
        Ok(files)
    }

    /// Returns what a session in here needs of its process.
    pub(super) fn environment(&self, checkpoints: CheckpointPolicy) -> Result<Environment, Failed> {
        let engine = engine()?.clone();
        let (made_for, place) = (engine.clone(), self.clone());
        // The time that people read: it goes on by a second whenever somebody looks.
        let now = AtomicI64::new(0);
        Ok(Environment {
            engine,
            packages: None,
            package_identities: Vec::new(),
            host: Arc::new(move || {
                let printed = place.printed();
                let live = LiveHost::builder()
                    .clock(Clock::Virtual(START))
                    .seed(1)
                    .tools(Logged(place.calls()))
                    .mount(Timeless(Folder::open(&place.mounted())?))
                    .output(move |_, bytes| append(&printed, bytes).expect("what is printed can be noted"));
                Ok(Box::new(live.build(&made_for)?))
            }),
            now: Arc::new(move || now.fetch_add(1_000, Ordering::Relaxed)),
            secrets: BTreeMap::new(),
            capture: true,
            checkpoints,
            observer: None,
            journal_bytes_max: 64 << 20,
        })
    }
}

/// Returns what a swept session of this environment begins with.
pub(super) fn opening(environment: &Environment, session: &SessionId) -> Opening {
    let opened = Opened {
        mounts: vec![MountPoint { path: "/mnt".to_owned(), mode: MountMode::ReadWrite }],
        tools: declarations(),
        // How fast this machine is must make no difference.
        limits: Limits { wall_time: None, cpu_time: None, ..Limits::default() },
        ..environment.opened([7; 32])
    };
    Opening { session: session.clone(), name: None, opened, at: 0 }
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let to = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &to)?;
        } else {
            fs::copy(entry.path(), to)?;
        }
    }
    Ok(())
}

/// A folder whose files are as old as time, in the order of their names: two folders with the same files are the same.
struct Timeless(Folder);

impl Mount for Timeless {
    fn answer(&mut self, operation: &MountOperation) -> MountReply {
        match self.0.answer(operation) {
            MountReply::Now(Ok(MountAnswer::Entries(mut entries))) => {
                entries.sort_by(|one, other| one.name.cmp(&other.name));
                entries.iter_mut().for_each(|entry| entry.modified = 0);
                Ok(MountAnswer::Entries(entries)).into()
            }
            reply => reply,
        }
    }
}

/// Tools that note each call in a file, whatever becomes of the process.
struct Logged(PathBuf);

impl ToolRunner for Logged {
    /// The argument names the call. It may begin with what the call is to do: `slow ` takes a few turns, `much ` gives a
    /// great deal.
    fn call(&mut self, tool: &str, arguments: &str) -> ToolFuture {
        append(&self.0, format!("{tool} {arguments}\n").as_bytes()).expect("a call can be noted");
        let mut answer = format!("{tool}: {arguments}");
        if arguments.starts_with("much ") {
            answer.push_str(&"x".repeat(MUCH_BYTES));
        }
        let mut turns = if arguments.starts_with("slow ") { 3 } else { 0 };
        Box::pin(std::future::poll_fn(move |context| {
            if turns == 0 {
                return Poll::Ready(Ok(std::mem::take(&mut answer)));
            }
            turns -= 1;
            context.waker().wake_by_ref();
            Poll::Pending
        }))
    }
}
