//! The objects of a store as the files of a mount, and the way back.

use std::error::Error;
use std::sync::Arc;

use exuvia_core::{
    Change, Changed, Mount, MountAnswer, MountEntry, MountFault, MountMode, MountOperation, MountOutcome, MountReply,
};
use exuvia_sandbox::{Engine, LiveHost};
use futures_util::{StreamExt as _, TryStreamExt as _};
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt as _};

/// The most bytes that the program's changes may have.
const CHANGED_BYTES_MAX: u64 = 64 << 20;

/// What the program does with the objects.
const PROGRAM: &str = "
import os, pathlib, shutil
notes = pathlib.Path('/notes')
print(sorted(os.listdir(notes)), (notes / 'deep/two.txt').read_text())
(notes / 'one.txt').unlink()
(notes / 'deep/two.txt').write_text('changed')
(notes / 'three.txt').write_text('new')
shutil.rmtree(notes / 'old')
";

/// The objects of a store: a `/` in a name stands between a directory and what is in it.
struct Objects(Arc<dyn ObjectStore>);

impl Mount for Objects {
    fn answer(&mut self, operation: &MountOperation) -> MountReply {
        let (store, operation) = (Arc::clone(&self.0), operation.clone());
        // While a store far away is asked, the sandbox waits and holds no thread.
        MountReply::Later(Box::pin(async move { answer(store.as_ref(), operation).await }))
    }
}

async fn answer(store: &dyn ObjectStore, operation: MountOperation) -> MountOutcome {
    match operation {
        MountOperation::List { path } => {
            let listed = store.list_with_delimiter(Some(&location(&path)?)).await.map_err(fault)?;
            let files = listed.objects.iter().filter_map(|object| {
                let modified = object.last_modified.timestamp_nanos_opt().unwrap_or(0);
                Some(MountEntry { modified, ..MountEntry::file(object.location.filename()?, object.size) })
            });
            let directories =
                listed.common_prefixes.iter().filter_map(|prefix| Some(MountEntry::directory(prefix.filename()?)));
            Ok(MountAnswer::Entries(files.chain(directories).collect()))
        }
        MountOperation::Read { path, offset, length } => {
            let range = offset..offset + u64::from(length);
            let bytes = store.get_range(&location(&path)?, range).await.map_err(fault)?;
            Ok(MountAnswer::Bytes(bytes.to_vec()))
        }
        // A store replaces objects as a whole. So this mount is for reading, or an overlay, which asks for nothing else.
        _ => Err(MountFault::Unsupported),
    }
}

/// Puts what a program has changed into the store.
async fn apply(store: &dyn ObjectStore, changes: Vec<Change>) -> Result<(), Box<dyn Error>> {
    for change in changes {
        let location = location(&change.path)?;
        match change.after {
            Some(Changed::File { content, .. }) => drop(store.put(&location, content.into()).await?),
            None if change.before.is_some_and(|before| before.directory) => {
                let inside: Vec<_> = store.list(Some(&location)).collect().await;
                for object in inside {
                    store.delete(&object?.location).await?;
                }
            }
            None => store.delete(&location).await?,
            // A store has directories only where there is something in them.
            Some(Changed::Directory { .. }) => {}
            Some(Changed::Symlink(_)) => return Err("a store has no links".into()),
        }
    }
    Ok(())
}

fn location(path: &[u8]) -> Result<Path, MountFault> {
    std::str::from_utf8(path).ok().and_then(|path| Path::parse(path).ok()).ok_or(MountFault::BadName)
}

fn fault(error: object_store::Error) -> MountFault {
    match error {
        object_store::Error::NotFound { .. } => MountFault::NotFound,
        object_store::Error::PermissionDenied { .. } | object_store::Error::Unauthenticated { .. } => {
            MountFault::Denied
        }
        _ => MountFault::Unreadable,
    }
}

/// Runs a program on a store with some objects. Returns what it printed, and what is in the store afterwards.
pub(crate) async fn run(engine: &Engine) -> Result<String, Box<dyn Error>> {
    let store: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
    store.put(&Path::from("one.txt"), "one".into()).await?;
    store.put(&Path::from("deep/two.txt"), "two".into()).await?;
    store.put(&Path::from("old/er/gone.txt"), "gone".into()).await?;
    let host = LiveHost::builder().mount(Objects(Arc::clone(&store))).build(engine)?;
    let mut sandbox = engine.sandbox().mount("/notes", MountMode::Overlay).host(host).build()?;
    let outcome = sandbox.run_async(PROGRAM).await?;
    if let Some(error) = outcome.error {
        return Err(error.traceback.into());
    }
    apply(store.as_ref(), sandbox.changes_async(0, CHANGED_BYTES_MAX).await?).await?;
    let mut told = outcome.stdout;
    let mut left: Vec<Path> = store.list(None).map(|object| object.map(|object| object.location)).try_collect().await?;
    left.sort();
    for location in left {
        let content = store.get(&location).await?.bytes().await?;
        told += &format!("{location}: {}\n", String::from_utf8_lossy(&content));
    }
    Ok(told)
}
