//! Hosts that fail: full disks, garbage, slowness, folders that are gone.

use std::fs;
use std::sync::mpsc::channel;
use std::thread;

use exuvia_core::{Mount, MountAnswer, MountEntry, MountEntryKind, MountFault, MountMode, MountOperation, MountReply};
use exuvia_sandbox::Folder;
use libtest_mimic::{Failed, Trial};
use tempfile::TempDir;

use super::super::fixture::{Verdict, builder_with, ensure, repeatable_host, same, shown, trial};
use super::{WORK, prints, sandbox_on};

pub(super) fn trials() -> Vec<Trial> {
    vec![
        trial("mounts::faults::the_disk_is_full", full_disk),
        trial("mounts::faults::answers_are_garbage", garbage),
        trial("mounts::faults::a_slow_host_is_interrupted", slow_host),
        trial("mounts::faults::an_answer_that_comes_later", later),
        trial("mounts::faults::the_folder_is_gone", gone),
        trial("mounts::faults::the_folder_changes_meanwhile", changes_meanwhile),
    ]
}

/// A mount that is a function.
struct Made<F>(F);

impl<F: FnMut(&MountOperation) -> MountReply + Send> Mount for Made<F> {
    fn answer(&mut self, operation: &MountOperation) -> MountReply {
        (self.0)(operation)
    }
}

fn sandbox_with(
    mount: impl FnMut(&MountOperation) -> MountReply + Send + 'static,
    mode: MountMode,
) -> Result<exuvia_sandbox::Sandbox, Failed> {
    Ok(builder_with(repeatable_host().mount(Made(mount)))?.mount(WORK, mode).build()?)
}

fn full_disk() -> Verdict {
    let folder = TempDir::new()?;
    fs::write(folder.path().join("there"), "content")?;
    let mut real = Folder::open(folder.path())?;
    let mut written = 0;
    let mount = move |operation: &MountOperation| match operation {
        MountOperation::Write { bytes, .. } => {
            written += bytes.len();
            if written > 300_000 { Err(MountFault::NoSpace).into() } else { real.answer(operation) }
        }
        MountOperation::MakeDirectory { .. } => Err(MountFault::NoSpace).into(),
        _ => real.answer(operation),
    };
    let source = "\
import os
def tried(what):
    try:
        print(what())
    except OSError as error:
        print(error.strerror)
def fill():
    with open('big', 'wb') as file:
        for piece in range(10):
            file.write(bytes(100_000))
tried(fill)
tried(lambda: os.path.getsize('big') <= 300_000)
tried(lambda: open('there', 'a').write('more'))
tried(lambda: os.mkdir('d'))
tried(lambda: open('there').read())
tried(lambda: os.unlink('big'))
";
    let expected = "No space left on device\nTrue\n4\nNo space left on device\ncontent\nNone\n";
    let mut sandbox = sandbox_with(mount, MountMode::ReadWrite)?;
    let outcome = sandbox.run(source)?;
    // What a file that is not closed by the program could not write is told on stderr by Python itself.
    same("what is printed", expected, &outcome.stdout)
}

fn garbage() -> Verdict {
    let entry = |name: &str, kind: MountEntryKind| MountEntry { kind, ..MountEntry::file(name, 5) };
    let file = |name: &str| entry(name, MountEntryKind::File);
    let listings = vec![
        vec![file("")],
        vec![file("..")],
        vec![file("a/b")],
        vec![file("a\0")],
        vec![file("twice"), file("twice")],
        vec![MountEntry::file("huge", u64::MAX)],
        vec![entry("l", MountEntryKind::Symlink(Vec::new()))],
        vec![MountEntry::file("n".repeat(256), 1)],
    ];
    for listing in listings {
        let mount = move |_: &MountOperation| Ok(MountAnswer::Entries(listing.clone())).into();
        let source = "import os\ntry:\n    os.listdir()\nexcept OSError as error:\n    print(error.strerror)";
        prints(&mut sandbox_with(mount, MountMode::ReadOnly)?, source, "I/O error\n")?;
    }
    let answers = [
        MountAnswer::Bytes(b"four".to_vec()),
        MountAnswer::Bytes(b"six...".to_vec()),
        MountAnswer::Done,
        MountAnswer::Size(5),
        MountAnswer::Entries(Vec::new()),
    ];
    for answer in answers {
        let mount = move |operation: &MountOperation| match operation {
            MountOperation::List { .. } => Ok(MountAnswer::Entries(vec![MountEntry::file("a", 5)])).into(),
            _ => Ok(answer.clone()).into(),
        };
        let source = "try:\n    print(open('a').read())\nexcept OSError as error:\n    print(error.strerror)";
        prints(&mut sandbox_with(mount, MountMode::ReadWrite)?, source, "I/O error\n")?;
    }
    // A mount that says it has done everything has its word taken, and no more.
    let mount = |operation: &MountOperation| match operation {
        MountOperation::List { .. } => Ok(MountAnswer::Entries(Vec::new())).into(),
        MountOperation::Read { length, .. } => Ok(MountAnswer::Bytes(vec![b'?'; *length as usize])).into(),
        _ => Ok(MountAnswer::Done).into(),
    };
    let source = "open('a', 'w').write('hello'); print(open('a').read())";
    prints(&mut sandbox_with(mount, MountMode::ReadWrite)?, source, "?????\n")
}

fn slow_host() -> Verdict {
    let (asked, is_asked) = channel();
    let mount = move |operation: &MountOperation| match operation {
        MountOperation::List { .. } => Ok(MountAnswer::Entries(vec![MountEntry::file("a", 5)])).into(),
        _ => {
            asked.send(()).unwrap_or_default();
            MountReply::Later(Box::pin(std::future::pending()))
        }
    };
    let mut sandbox = sandbox_with(mount, MountMode::ReadWrite)?;
    let interrupter = sandbox.interrupter();
    let source = "\
import os
for attempt in (lambda: open('a').read(), lambda: os.write(os.open('a', os.O_RDWR), b'x')):
    try:
        attempt()
        print('done')
    except KeyboardInterrupt:
        print('interrupted')
";
    let outcome = thread::scope(|scope| {
        let running = scope.spawn(|| sandbox.run(source));
        for _ in is_asked.iter().take(2) {
            interrupter.interrupt();
        }
        running.join().map_err(|_| Failed::from("the cell's thread panicked"))?.map_err(Failed::from)
    })?;
    same("what is printed", "interrupted\ninterrupted\n", &outcome.stdout)
}

/// An answer that comes from another thread, for each kind of operation that a sandbox makes.
fn later() -> Verdict {
    let folder = TempDir::new()?;
    let mut real = Folder::open(folder.path())?;
    let mount = move |operation: &MountOperation| {
        let MountReply::Now(outcome) = real.answer(operation) else { return Err(MountFault::Unreadable).into() };
        let answer = std::sync::Arc::new(std::sync::Mutex::new((None, None::<std::task::Waker>)));
        let given = std::sync::Arc::clone(&answer);
        thread::spawn(move || {
            let mut given = given.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            given.0 = Some(outcome);
            if let Some(waker) = given.1.take() {
                waker.wake();
            }
        });
        MountReply::Later(Box::pin(std::future::poll_fn(move |context| {
            let mut answer = answer.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            match answer.0.take() {
                Some(outcome) => std::task::Poll::Ready(outcome),
                None => {
                    answer.1 = Some(context.waker().clone());
                    std::task::Poll::Pending
                }
            }
        })))
    };
    let source = "\
import os
with open('a', 'w') as file:
    file.write('content')
    file.flush()
    os.fsync(file.fileno())
os.mkdir('d')
os.symlink('a', 'l')
os.rename('a', 'd/a')
os.truncate('d/a', 4)
os.utime('d/a', (1, 2))
os.chmod('d/a', 0o600)
print(open('d/a').read(), os.listdir(), os.stat('d/a').st_mtime)
os.unlink('d/a')
os.rmdir('d')
os.unlink('l')
print(os.listdir())
";
    prints(&mut sandbox_with(mount, MountMode::ReadWrite)?, source, "cont ['d', 'l'] 2.0\n[]\n")
}

fn gone() -> Verdict {
    let all = TempDir::new()?;
    let folder = all.path().join("folder");
    fs::create_dir(&folder)?;
    fs::write(folder.join("a"), "content")?;
    let mut sandbox = sandbox_on(&folder, MountMode::ReadWrite)?;
    prints(&mut sandbox, "import os; print(os.listdir()); file = open('a')", "['a']\n")?;
    fs::remove_dir_all(&folder)?;
    let source = "\
for attempt in (file.read, lambda: open('b', 'w'), lambda: os.unlink('a'), lambda: os.listdir(), lambda: os.mkdir('d')):
    try:
        print(attempt())
    except OSError as error:
        print(type(error).__name__)
print('lives')
";
    let outcome = sandbox.run(source)?;
    ensure(outcome.stdout.ends_with("lives\n") && outcome.error.is_none(), shown(&outcome))?;
    ensure(outcome.stdout.matches("FileNotFoundError").count() >= 3, shown(&outcome))?;
    ensure(!folder.exists(), "the folder has come back")
}

/// What was listed is out of date when it is used: the host's word counts.
fn changes_meanwhile() -> Verdict {
    let folder = TempDir::new()?;
    fs::write(folder.path().join("a"), "content")?;
    let mut sandbox = sandbox_on(folder.path(), MountMode::ReadWrite)?;
    prints(&mut sandbox, "import os; print(os.listdir())", "['a']\n")?;
    fs::remove_file(folder.path().join("a"))?;
    fs::write(folder.path().join("b"), "somebody else's")?;
    let source = "\
def tried(what):
    try:
        print(what())
    except OSError as error:
        print(type(error).__name__)
tried(lambda: os.mkdir('b'))
tried(lambda: open('b', 'x'))
tried(lambda: open('b', 'a').write('!'))
tried(lambda: os.unlink('a'))
tried(lambda: open('a', 'w').write('new'))
tried(lambda: (open('a').read(), open('b').read(), os.listdir()))
";
    let expected = "FileExistsError\nFileExistsError\n1\nFileNotFoundError\n3\n\
                    ('new', \"somebody else's!\", ['b', 'a'])\n";
    prints(&mut sandbox, source, expected)?;
    // So it does where the program has made and listed directories below.
    let source = "\
os.makedirs('made/below')
open('made/below/file', 'w').close()
print(sorted(os.listdir()), os.listdir('made/below'))
";
    prints(&mut sandbox, source, "['a', 'b', 'made'] ['file']\n")?;
    fs::create_dir(folder.path().join("theirs"))?;
    fs::write(folder.path().join("made/below/theirs"), "")?;
    let source = "\
tried(lambda: os.mkdir('theirs'))
tried(lambda: os.path.isdir('theirs'))
tried(lambda: (sorted(os.listdir()), sorted(os.listdir('made/below'))))
";
    let expected = "FileExistsError\nTrue\n(['a', 'b', 'made', 'theirs'], ['file', 'theirs'])\n";
    prints(&mut sandbox, source, expected)
}
