//! What an attacker would try to get out of a mounted folder.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use exuvia_core::{Mount as _, MountMode, MountOperation, MountReply};
use exuvia_sandbox::Folder;
use libtest_mimic::{Failed, Trial};
use tempfile::TempDir;

use super::super::fixture::{Verdict, ensure, same, trial};
use super::{prints, sandbox_on};

const SECRET: &str = "nobody may read this";
/// How often something is tried while names change.
const ROUNDS: usize = 3_000;

pub(super) fn trials() -> Vec<Trial> {
    vec![
        trial("mounts::escapes::paths_and_links_of_the_folder", links_of_the_folder),
        trial("mounts::escapes::links_made_by_the_program", links_made),
        trial("mounts::escapes::requests_past_the_file_system", hostile_requests),
        trial("mounts::escapes::a_folder_swapped_for_a_link", swapped),
        trial("mounts::escapes::a_file_swapped_for_a_pipe", swapped_for_a_pipe),
        trial("mounts::escapes::special_files_are_not_there", special_files),
        trial("mounts::escapes::names_of_any_bytes", strange_names),
        trial("mounts::escapes::ten_thousand_components", deep_paths),
        trial("mounts::escapes::permission_bits", permission_bits),
    ]
}

/// A folder to be mounted, beside one with a secret.
struct Place {
    all: TempDir,
}

impl Place {
    fn new() -> Result<Self, Failed> {
        let place = Self { all: TempDir::new()? };
        fs::create_dir_all(place.mounted().join("folder"))?;
        fs::create_dir(place.outside())?;
        fs::write(place.outside().join("file"), SECRET)?;
        fs::write(place.mounted().join("folder/file"), "harmless")?;
        Ok(place)
    }

    fn mounted(&self) -> std::path::PathBuf {
        self.all.path().join("mounted")
    }

    fn outside(&self) -> std::path::PathBuf {
        self.all.path().join("outside")
    }

    /// Checks that nothing outside was touched.
    fn untouched(&self) -> Verdict {
        let names: Vec<_> =
            fs::read_dir(self.outside())?.filter_map(Result::ok).map(|entry| entry.file_name()).collect();
        ensure(names == ["file"], format!("outside there is {names:?}"))?;
        same("the file outside", SECRET, &fs::read_to_string(self.outside().join("file"))?)?;
        let mode = fs::metadata(self.outside().join("file"))?.permissions().mode() & 0o7777;
        ensure(mode == 0o644, format!("its mode is {mode:o}"))
    }
}

const TRY_ALL: &str = "\
import os, shutil
def tries(path):
    yield lambda: open(path).read()
    yield lambda: open(path, 'w').write('pwned')
    yield lambda: open(path, 'a').write('pwned')
    yield lambda: os.truncate(path, 0)
    yield lambda: os.chmod(path, 0o777)
    yield lambda: os.utime(path, (1, 1))
    yield lambda: os.listdir(path)
    yield lambda: os.unlink(path + '/file')
    yield lambda: open(path + '/file').read()
    yield lambda: open(path + '/new', 'w')
    yield lambda: os.rename(path + '/file', 'taken')
    yield lambda: os.mkdir(path + '/new')
    yield lambda: os.symlink('x', path + '/new')
    yield lambda: shutil.copy(path, 'copied')
reached = []
for path in PATHS:
    for number, attempt in enumerate(tries(path)):
        try:
            result = attempt()
        except OSError:
            continue
        reached.append((path, number, result))
print(reached)
";

fn links_of_the_folder() -> Verdict {
    for mode in [MountMode::ReadOnly, MountMode::ReadWrite, MountMode::Overlay] {
        let place = Place::new()?;
        let mounted = place.mounted();
        symlink(place.outside(), mounted.join("absolute"))?;
        symlink("../outside", mounted.join("relative"))?;
        symlink("../../outside", mounted.join("folder/deeper"))?;
        symlink("/proc/self/cwd", mounted.join("magic"))?;
        symlink("/proc/self/root", mounted.join("root"))?;
        let outside = place.outside();
        let outside = outside.display();
        // In an overlay, names that are not shown are free.
        let hidden = if mode == MountMode::Overlay { "" } else { "'absolute', 'magic', 'root', " };
        let source = format!(
            "PATHS = [{hidden}'relative', 'folder/deeper', '../outside', '../../outside', \
             'folder/../../outside', '{outside}', '/proc/self/cwd', '/proc/self/fd/0', '/dev/fd/0', \
             'folder/../../../../../../..{outside}', '/workspace/..{outside}', 'relative/../outside', '/etc']\n{TRY_ALL}"
        );
        prints(&mut sandbox_on(&mounted, mode)?, &source, "[]\n")?;
        place.untouched()?;
    }
    Ok(())
}

fn links_made() -> Verdict {
    let place = Place::new()?;
    let outside = place.outside();
    let outside = outside.display();
    let source = format!(
        "\
import os
for target in ('{outside}', '/etc/passwd', '../outside', 'folder/../../outside', '..', 'folder/..', '/'):
    try:
        os.symlink(target, 'made')
        print('made', target)
    except PermissionError as error:
        pass
os.symlink('folder', 'inside')
print(open('inside/file').read(), sorted(os.listdir()))
"
    );
    prints(&mut sandbox_on(&place.mounted(), MountMode::ReadWrite)?, &source, "harmless ['folder', 'inside']\n")?;
    // In an overlay a link may lead anywhere, and leads nowhere but in the sandbox.
    let source = format!(
        "\
import os
os.symlink('{outside}', 'absolute')
os.symlink('../outside', 'relative')
os.symlink('/etc/passwd', 'file')
PATHS = ['absolute', 'relative', 'file']
{TRY_ALL}"
    );
    let mut sandbox = sandbox_on(&place.mounted(), MountMode::Overlay)?;
    let outcome = sandbox.run(&source)?;
    ensure(!outcome.stdout.contains(SECRET), "the secret was read")?;
    place.untouched()
}

/// Asks the folder itself for what the file system would never ask.
fn hostile_requests() -> Verdict {
    let place = Place::new()?;
    symlink("../outside", place.mounted().join("link"))?;
    let mut folder = Folder::open(&place.mounted())?;
    let absolute = place.outside().join("file").into_os_string().into_encoded_bytes();
    let paths = [b"../outside/file".to_vec(), b"link/file".to_vec(), b"folder/../../outside/file".to_vec(), absolute];
    for path in paths {
        let to = b"folder/taken".to_vec();
        let operations = [
            MountOperation::List { path: path.clone() },
            MountOperation::Read { path: path.clone(), offset: 0, length: 5 },
            MountOperation::Write { path: path.clone(), offset: 0, bytes: b"pwned".to_vec() },
            MountOperation::SetSize { path: path.clone(), size: 0 },
            MountOperation::Create { path: [&path[..], b"2"].concat(), mode: 0o777 },
            MountOperation::MakeDirectory { path: [&path[..], b"2"].concat(), mode: 0o777 },
            MountOperation::MakeSymlink { path: [&path[..], b"2"].concat(), target: b"x".to_vec() },
            MountOperation::MakeSymlink { path: b"folder/l".to_vec(), target: path.clone() },
            MountOperation::Rename { from: path.clone(), to: to.clone() },
            MountOperation::Rename { from: b"folder/file".to_vec(), to: path.clone() },
            MountOperation::SetMode { path: path.clone(), mode: 0o777 },
            MountOperation::SetTimes { path: path.clone(), accessed: Some(0), modified: Some(0) },
            MountOperation::Sync { path: path.clone() },
            MountOperation::Unlink { path: path.clone() },
            MountOperation::RemoveDirectory { path: path.clone() },
        ];
        for operation in operations {
            if matches!(&operation, MountOperation::MakeSymlink { target, .. } if target == b"link/file") {
                // It only descends: where it leads is the doing of whoever made the other link.
                continue;
            }
            match folder.answer(&operation) {
                MountReply::Now(Err(_)) => {}
                other => return Err(format!("{operation:?} gave {other:?}").into()),
            }
            place.untouched()?;
        }
        let mut buffer = [0; 5];
        ensure(matches!(folder.read_into(&path, 0, &mut buffer), Some(Err(_))), "it was read directly")?;
    }
    Ok(())
}

fn swapped() -> Verdict {
    let place = Place::new()?;
    let (folder, link, spare) =
        (place.mounted().join("folder"), place.mounted().join("link"), place.mounted().join("spare"));
    symlink("../outside", &link)?;
    symlink(place.outside(), place.mounted().join("absolute"))?;
    let done = AtomicBool::new(false);
    let verdict = thread::scope(|scope| {
        scope.spawn(|| {
            // Whoever looks finds the folder, nothing, or a link that leads out.
            while !done.load(Ordering::Relaxed) {
                let _racing = fs::rename(&folder, &spare).and_then(|()| fs::rename(&link, &folder));
                let _racing = fs::rename(&folder, &link).and_then(|()| fs::rename(&spare, &folder));
            }
        });
        let mut mounted = Folder::open(&place.mounted())?;
        let verdict = race(&mut mounted);
        done.store(true, Ordering::Relaxed);
        verdict
    });
    verdict?;
    place.untouched()
}

fn race(mounted: &mut Folder) -> Verdict {
    let path = || b"folder/file".to_vec();
    let mut reached = 0;
    for round in 0..ROUNDS {
        let new = format!("folder/new{round}").into_bytes();
        let operations = [
            MountOperation::Read { path: path(), offset: 0, length: 8 },
            MountOperation::Write { path: path(), offset: 0, bytes: b"harmless".to_vec() },
            MountOperation::SetMode { path: path(), mode: 0o755 },
            MountOperation::SetTimes { path: path(), accessed: Some(0), modified: Some(0) },
            MountOperation::Create { path: new.clone(), mode: 0o644 },
            MountOperation::Unlink { path: new.clone() },
            MountOperation::MakeDirectory { path: new.clone(), mode: 0o755 },
            MountOperation::RemoveDirectory { path: new },
            MountOperation::List { path: b"folder".to_vec() },
        ];
        for operation in operations {
            match mounted.answer(&operation) {
                MountReply::Now(Ok(exuvia_core::MountAnswer::Bytes(bytes))) => {
                    reached += 1;
                    ensure(bytes == b"harmless", "bytes from outside were read")?;
                }
                MountReply::Now(_) => {}
                MountReply::Later(_) => return Err("a folder lets wait".into()),
            }
        }
    }
    ensure(reached > 0, "nothing was ever read, so nothing was tested")
}

fn make_pipe(path: &Path) -> Verdict {
    ensure(Command::new("mkfifo").arg(path).status()?.success(), "`mkfifo` failed")
}

fn swapped_for_a_pipe() -> Verdict {
    let place = Place::new()?;
    let (file, pipe, spare) =
        (place.mounted().join("folder/file"), place.mounted().join("pipe"), place.mounted().join("spare"));
    make_pipe(&pipe)?;
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                let _racing = fs::rename(&file, &spare).and_then(|()| fs::rename(&pipe, &file));
                let _racing = fs::rename(&file, &pipe).and_then(|()| fs::rename(&spare, &file));
            }
        });
        let mut mounted = Folder::open(&place.mounted())?;
        // Opening a pipe waits for its other end, which never comes: this test would not end.
        let verdict = race(&mut mounted);
        done.store(true, Ordering::Relaxed);
        verdict
    })
}

fn special_files() -> Verdict {
    let place = Place::new()?;
    make_pipe(&place.mounted().join("pipe"))?;
    let _socket = std::os::unix::net::UnixListener::bind(place.mounted().join("socket"))?;
    // Where devices can be made at all.
    let _maybe = Command::new("mknod").arg(place.mounted().join("device")).args(["c", "1", "3"]).status()?;
    for mode in [MountMode::ReadOnly, MountMode::ReadWrite, MountMode::Overlay] {
        let source = "\
import os
print(sorted(os.listdir()))
for name in ('pipe', 'socket'):
    for attempt in (lambda: open(name), lambda: os.unlink(name), lambda: os.rename(name, 'x')):
        try:
            attempt()
            print('done')
        except OSError:
            pass
for make in (os.mkfifo, os.mknod) if hasattr(os, 'mkfifo') else ():
    try:
        make('made', 0o10644)
        print('made')
    except (OSError, AttributeError):
        pass
";
        prints(&mut sandbox_on(&place.mounted(), mode)?, source, "['folder']\n")?;
    }
    // A name that is taken by what is not shown is not taken over.
    let source = "\
import os
for attempt in (lambda: open('pipe', 'x'), lambda: os.rename('folder/file', 'pipe'), lambda: os.mkdir('socket')):
    try:
        attempt()
        print('done')
    except OSError as error:
        print(type(error).__name__)
";
    let expected = "FileExistsError\nPermissionError\nFileExistsError\n";
    prints(&mut sandbox_on(&place.mounted(), MountMode::ReadWrite)?, source, expected)?;
    use std::os::unix::fs::FileTypeExt as _;
    ensure(fs::symlink_metadata(place.mounted().join("pipe"))?.file_type().is_fifo(), "the pipe is gone")
}

fn strange_names() -> Verdict {
    let place = Place::new()?;
    let source = "\
import os
names = [b'new\\nline', b'\\xff\\xfe', b'n' * 255, b'*?[', b' ', b'-rf', b'\\\\', b'COM1', b'a' * 127 + 'ä'.encode() * 64]
for name in names:
    with open(name, 'wb') as file:
        file.write(name)
    os.mkdir(name + b'2') if len(name) < 255 else None
print(sorted(os.listdir(b'.')) == sorted(names + [n + b'2' for n in names if len(n) < 255] + [b'folder']))
print(all(open(name, 'rb').read() == name for name in names))
for name in (b'n' * 256, b'n' * 5000):
    try:
        open(name, 'wb')
    except OSError as error:
        print(error.strerror)
try:
    open('a\\0b', 'w')
except ValueError:
    print('no NUL')
";
    let expected = "True\nTrue\nFilename too long\nFilename too long\nno NUL\n";
    prints(&mut sandbox_on(&place.mounted(), MountMode::ReadWrite)?, source, expected)?;
    // The names are the host's too.
    let source = "import os; print(len(os.listdir(b'.')), open(b'\\xff\\xfe', 'rb').read())";
    prints(&mut sandbox_on(&place.mounted(), MountMode::ReadOnly)?, source, "17 b'\\xff\\xfe'\n")
}

fn deep_paths() -> Verdict {
    let place = Place::new()?;
    let source = "\
import os
for path in ('/'.join(['d'] * 10_000), '/'.join(['..'] * 10_000), 'folder/' * 10_000, './' * 2_000 + 'folder/file'):
    try:
        print(open(path).read())
    except OSError as error:
        print(error.strerror)
made = 0
try:
    for made in range(10_000):
        os.mkdir('d')
        os.chdir('d')
except OSError as error:
    print(error.strerror, 1_900 < made < 2_100)
os.chdir('/workspace')
print(os.path.exists('/'.join(['d'] * 1_000)))
";
    let expected = "Filename too long\nFilename too long\nFilename too long\nharmless\n\
                    Filename too long True\nTrue\n";
    prints(&mut sandbox_on(&place.mounted(), MountMode::ReadWrite)?, source, expected)
}

fn permission_bits() -> Verdict {
    let place = Place::new()?;
    let source = "\
import os
os.umask(0)
os.close(os.open('made', os.O_CREAT | os.O_WRONLY, 0o6777))
os.mkdir('d', 0o7777)
os.chmod('folder/file', 0o4777)
os.chmod('folder', 0o3777)
print([oct(os.stat(name).st_mode & 0o7777) for name in ('made', 'd', 'folder/file', 'folder')])
";
    let expected = "['0o755', '0o755', '0o755', '0o755']\n";
    prints(&mut sandbox_on(&place.mounted(), MountMode::ReadWrite)?, source, expected)?;
    for name in ["made", "d", "folder/file", "folder"] {
        let mode = fs::metadata(place.mounted().join(name))?.permissions().mode() & 0o7777;
        ensure(mode & !0o755 == 0, format!("`{name}` has mode {mode:o}"))?;
    }
    Ok(())
}
