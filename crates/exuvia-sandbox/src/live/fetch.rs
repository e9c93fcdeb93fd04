//! A mount whose files are fetched from elsewhere when they are first looked up.

use std::collections::BTreeMap;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::time::Duration;

use exuvia_core::{
    Mount, MountAnswer, MountEntry, MountEntryKind, MountFault, MountOperation, MountOutcome, MountReply,
};

use crate::engine::Engine;
use crate::interrupts::Watchdog;

/// The promise of what was fetched.
pub type Fetched = Pin<Box<dyn Future<Output = Result<Vec<u8>, MountFault>> + Send>>;

/// Whoever fetches the files of a [`FetchMount`].
pub trait Fetch: Send + 'static {
    /// Fetches the file of this name, which is one of those that were declared. What has more than `bytes_max` bytes is
    /// refused in any case; it need not be fetched to its end.
    fn fetch(&mut self, name: &str, bytes_max: usize) -> Fetched;
}

impl<F: FnMut(&str, usize) -> Fetched + Send + 'static> Fetch for F {
    fn fetch(&mut self, name: &str, bytes_max: usize) -> Fetched {
        self(name, bytes_max)
    }
}

/// The names that there are, and what was fetched.
type Files = BTreeMap<String, Option<Arc<Vec<u8>>>>;

/// The bounds of a [`FetchMount`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FetchLimits {
    /// The most bytes of one file. Default: 10 MiB. `EFBIG` beyond.
    pub bytes: usize,
    /// How long one file may take. Default: 10 s. `ETIMEDOUT` beyond.
    pub time: Duration,
}

impl Default for FetchLimits {
    fn default() -> Self {
        Self { bytes: 10 << 20, time: Duration::from_secs(10) }
    }
}

/// A mount with files that are fetched from elsewhere: of an HTTP server, say.
///
/// Which names there are is known from the start. A file is fetched when its name is first looked up (`open`, `stat`;
/// not when the directory is listed), since its size must be told then; it is kept as long as this mount is. What
/// could not be fetched is tried again at the next look-up: the program sees why as far as an error's number can say it.
/// Mount it [`ReadOnly`](exuvia_core::MountMode::ReadOnly).
pub struct FetchMount {
    watchdog: Watchdog,
    fetch: Box<dyn Fetch>,
    limits: FetchLimits,
    files: Arc<Mutex<Files>>,
}

impl FetchMount {
    /// Makes a mount with files of these names, for sandboxes of this engine. A name with `/` is not shown.
    #[must_use]
    pub fn new(
        engine: &Engine,
        names: impl IntoIterator<Item = impl Into<String>>,
        limits: FetchLimits,
        fetch: impl Fetch,
    ) -> Self {
        let names = names.into_iter().map(Into::into).filter(|name: &String| !name.contains('/'));
        let files = names.map(|name| (name, None)).collect();
        let (watchdog, files) = (engine.watchdog().clone(), Arc::new(Mutex::new(files)));
        Self { watchdog, fetch: Box::new(fetch), limits, files }
    }

    fn entries(&self) -> Vec<MountEntry> {
        let files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = |(name, bytes): (&String, &Option<Arc<Vec<u8>>>)| match bytes {
            Some(bytes) => MountEntry { mode: 0o444, ..MountEntry::file(name.as_str(), bytes.len() as u64) },
            None => MountEntry { kind: MountEntryKind::Unmeasured, mode: 0o444, ..MountEntry::file(name.as_str(), 0) },
        };
        files.iter().map(entry).collect()
    }

    /// Gives what this operation wants of a file's bytes, which may have to be fetched first.
    fn with_bytes(&mut self, path: &[u8], then: impl Fn(&[u8]) -> MountOutcome + Send + 'static) -> MountReply {
        let Ok(name) = std::str::from_utf8(path) else { return Err(MountFault::NotFound).into() };
        match self.files.lock().unwrap_or_else(PoisonError::into_inner).get(name) {
            None => return Err(MountFault::NotFound).into(),
            Some(Some(bytes)) => return then(bytes).into(),
            Some(None) => {}
        }
        let limits = self.limits;
        let fetched = self.fetch.fetch(name, limits.bytes);
        let deadline = self.watchdog.sleep(limits.time);
        let (name, files) = (name.to_owned(), Arc::clone(&self.files));
        MountReply::Later(Box::pin(async move {
            let bytes = within(fetched, deadline).await?;
            if bytes.len() > limits.bytes {
                return Err(MountFault::TooLarge);
            }
            let bytes = Arc::new(bytes);
            files.lock().unwrap_or_else(PoisonError::into_inner).insert(name, Some(Arc::clone(&bytes)));
            then(&bytes)
        }))
    }
}

impl Mount for FetchMount {
    fn answer(&mut self, operation: &MountOperation) -> MountReply {
        match operation {
            MountOperation::List { path } if path.is_empty() => Ok(MountAnswer::Entries(self.entries())).into(),
            MountOperation::List { .. } => Err(MountFault::NotDirectory).into(),
            MountOperation::Measure { path } => {
                self.with_bytes(path, |bytes| Ok(MountAnswer::Size(bytes.len() as u64)))
            }
            MountOperation::Read { path, offset, length } => {
                let (offset, length) = (usize::try_from(*offset).unwrap_or(usize::MAX), *length as usize);
                self.with_bytes(path, move |bytes| {
                    let part = offset.checked_add(length).and_then(|end| bytes.get(offset..end));
                    part.map(|part| MountAnswer::Bytes(part.to_vec())).ok_or(MountFault::Unreadable)
                })
            }
            _ => Err(MountFault::ReadOnly).into(),
        }
    }
}

impl std::fmt::Debug for FetchMount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FetchMount").field("limits", &self.limits).finish_non_exhaustive()
    }
}

/// Waits for what is fetched, but not longer than to the deadline.
async fn within(fetched: Fetched, deadline: impl Future<Output = ()>) -> Result<Vec<u8>, MountFault> {
    let mut fetched = fetched;
    let mut deadline = pin!(deadline);
    poll_fn(|context| match fetched.as_mut().poll(context) {
        Poll::Ready(fetched) => Poll::Ready(fetched),
        Poll::Pending => deadline.as_mut().poll(context).map(|()| Err(MountFault::TimedOut)),
    })
    .await
}
