//! Programs that carry their image: a folder with what is packed makes a debug build such a one.

use std::fs::{self, DirBuilder, File};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use serde_json::Value;

use crate::cli::images::flip;
use crate::cli::session_faults::unprivileged;
use crate::{Run, command, exuvia, gives, image, run, told};

/// What is packed, and how it is named.
struct Packed {
    folder: tempfile::TempDir,
    identity: String,
}

/// Packs the image and its compiled code, with the least effort.
static PACKED: LazyLock<Packed> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let verified: Value = serde_json::from_str(&exuvia(&["image", "verify", "--json"]).stdout).unwrap();
    let identity = verified["identity"].as_str().unwrap().to_owned();
    let compiled = PathBuf::from(verified["compiled"].as_str().unwrap());
    for (source, name) in [(image(), "cpython.exuvia.zst"), (compiled, "compiled.cwasm.zst")] {
        let target = File::create(folder.path().join(name)).unwrap();
        zstd::stream::copy_encode(File::open(source).unwrap(), target, 1).unwrap();
    }
    fs::write(folder.path().join("identity"), format!("{identity}\n")).unwrap();
    Packed { folder, identity }
});

/// A cache of a test's own.
struct Cache(tempfile::TempDir);

impl Cache {
    fn new() -> Self {
        let place = tempfile::tempdir().unwrap();
        DirBuilder::new().mode(0o700).create(place.path().join("cache")).unwrap();
        Self(place)
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("cache")
    }

    fn image(&self) -> PathBuf {
        self.path().join(format!("{}.exuvia", PACKED.identity))
    }

    /// The program that carries its image, and prints a line.
    fn command(&self) -> Command {
        let mut command = command(&["run", "--no-record", "-c", "print('ran')"]);
        command.env_remove("EXUVIA_IMAGE").env("EXUVIA_CACHE", self.path());
        command.env("EXUVIA_EMBED_DIR", PACKED.folder.path());
        command
    }

    fn start(&self) -> Run {
        run(&mut self.command(), b"")
    }

    /// Which file the unpacked image is: another one if it was unpacked again.
    fn unpacked(&self) -> (u64, i64) {
        let file = fs::metadata(self.image()).unwrap();
        (file.ino(), file.ctime_nsec())
    }

    /// The names of what is there, but for what tells one machine from another.
    fn names(&self) -> Vec<String> {
        let name = |entry: fs::DirEntry| entry.file_name().into_string().unwrap().replace(&PACKED.identity[..16], "ID");
        let mut names: Vec<String> = fs::read_dir(self.path()).unwrap().map(|entry| name(entry.unwrap())).collect();
        names.sort();
        names
    }
}

#[test]
fn the_first_start_unpacks_and_later_ones_do_not() {
    let cache = Cache::new();
    assert_eq!(cache.start(), gives(0, "ran\n", ""));
    assert!(fs::read(cache.image()).unwrap() == fs::read(image()).unwrap());
    let unpacked = cache.unpacked();
    assert_eq!(cache.start(), gives(0, "ran\n", ""));
    let all = cache.names();
    // The image, its code with a hash, and the notes that they were found to be whole: without the code and with it.
    assert_eq!(all.len(), 5, "{all:?}");
    assert_eq!(cache.start(), gives(0, "ran\n", ""));
    assert_eq!((cache.names(), cache.unpacked()), (all, unpacked));
    for entry in fs::read_dir(cache.path()).unwrap() {
        assert_eq!(entry.unwrap().metadata().unwrap().permissions().mode() & 0o077, 0);
    }
}

#[test]
fn what_was_cut_off_is_unpacked_again() {
    let cache = Cache::new();
    cache.start();
    for length in [0, 1_000, fs::metadata(cache.image()).unwrap().len() - 1] {
        File::options().write(true).open(cache.image()).unwrap().set_len(length).unwrap();
        assert_eq!(cache.start(), gives(0, "ran\n", ""), "{length}");
        assert!(fs::read(cache.image()).unwrap() == fs::read(image()).unwrap(), "{length}");
    }
}

#[test]
fn what_is_damaged_is_taken_away_and_unpacked_again() {
    let cache = Cache::new();
    cache.start();
    let mut files = fs::read_dir(cache.path()).unwrap().map(|entry| entry.unwrap().path());
    let code = files.find(|path| path.extension().is_some_and(|kind| kind == "cwasm")).unwrap();
    for damaged in [cache.image(), code] {
        flip(&damaged);
        let refused = cache.start();
        assert_eq!((refused.status, refused.stdout.as_str()), (125, ""), "{}", refused.stderr);
        let hint = "\n    hint: it was removed: run this again, which unpacks it anew\n";
        assert!(refused.stderr.starts_with("error: ") && refused.stderr.ends_with(hint), "{}", refused.stderr);
        assert_eq!(cache.start(), gives(0, "ran\n", ""));
        assert!(fs::read(cache.image()).unwrap() == fs::read(image()).unwrap());
    }
}

#[test]
fn a_folder_that_cannot_be_written_to_is_said_to_be_none() {
    let cache = Cache::new();
    fs::set_permissions(cache.path(), fs::Permissions::from_mode(0o500)).unwrap();
    let message = format!(
        "error: the interpreter cannot be unpacked into `{0}`: permission denied\n    \
         hint: set EXUVIA_CACHE to a folder that you may write to\n",
        cache.path().display()
    );
    let refused = run(&mut unprivileged(cache.command()), b"");
    fs::set_permissions(cache.path(), fs::Permissions::from_mode(0o700)).unwrap();
    assert_eq!((refused.status, refused.stdout.as_str()), (125, ""));
    assert!(refused.stderr.ends_with(&message), "{}", refused.stderr);
    assert_eq!(fs::read_dir(cache.path()).unwrap().count(), 0);
    // What is there already needs nothing to be written.
    cache.start();
    fs::set_permissions(cache.path(), fs::Permissions::from_mode(0o500)).unwrap();
    let ran = run(&mut unprivileged(cache.command()), b"");
    fs::set_permissions(cache.path(), fs::Permissions::from_mode(0o700)).unwrap();
    assert_eq!((ran.status, ran.stdout.as_str()), (0, "ran\n"), "{}", ran.stderr);
}

#[test]
fn several_first_starts_at_a_time_are_no_trouble() {
    let cache = Cache::new();
    let start = |_| cache.command().stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let all: Vec<_> = (0..4).map(start).collect();
    for child in all {
        let ran = told(&child.wait_with_output().unwrap());
        assert_eq!((ran.status, ran.stdout.as_str()), (0, "ran\n"), "{}", ran.stderr);
    }
    assert_eq!(cache.start(), gives(0, "ran\n", ""));
    assert_eq!(cache.names().len(), 5, "{:?}", cache.names());
    assert!(fs::read(cache.image()).unwrap() == fs::read(image()).unwrap());
}
