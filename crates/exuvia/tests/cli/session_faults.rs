//! Sessions whose journal, or what else they need, is not to be had: what is told, and that nothing is lost.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{Run, command, gives, image, run};

const DATABASE: &str = "journal.sqlite";

/// Where a test's sessions are.
struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        fs::create_dir(place.path("journal")).unwrap();
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn database(&self) -> PathBuf {
        self.path("journal").join(DATABASE)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = command(arguments);
        command.env("EXUVIA_JOURNAL", self.path("journal")).current_dir(self.0.path());
        command
    }

    fn exuvia(&self, arguments: &[&str]) -> Run {
        run(&mut self.command(arguments), b"")
    }

    /// Runs the program through another one.
    fn through(&self, program: &str, options: &[&str], arguments: &[&str]) -> Run {
        run(&mut through(program, options, &self.command(arguments)), b"")
    }

    /// Has SQLite itself do something with the database.
    fn sql(&self, statements: &str) {
        let program = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1], isolation_level=None); \
                       [c.execute(s) for s in sys.argv[2].split(';')]";
        let python = Command::new("python3").args(["-c", program]).arg(self.database()).arg(statements).status();
        assert!(python.unwrap().success());
    }
}

/// Prints what cannot be compressed: 32 hexadecimal digits of a hash each, 20,000 times.
const NOISE: &str = "import hashlib\nfor n in range(20_000): print(hashlib.md5(b'%d' % n).hexdigest())";

/// A file must not become larger than this any more, in blocks of 512 bytes (POSIX, `ulimit -f`): the log of the database,
/// and the database, are files.
const FULL: &str = "trap '' XFSZ; ulimit -f 1024; exec \"$@\"";

#[test]
fn a_run_on_a_full_disk_goes_on_when_there_is_room() {
    let place = Place::new();
    let whole = place.exuvia(&["run", "--no-record", "-c", NOISE]);
    assert_eq!((whole.status, whole.stdout.len()), (0, 20_000 * 33));
    let stopped = place.through("sh", &["-c", FULL, "sh"], &["run", "--session", "full", "-c", NOISE]);
    assert_eq!(stopped.status, 125, "{stopped:?}");
    let told = "cannot grow: files of this process may have 524288 bytes\n    hint: raise that limit (`ulimit -f`)\n";
    let grows = format!("error: `{}", place.path("journal").display());
    assert!(stopped.stderr.starts_with(&grows) && stopped.stderr.ends_with(told), "{stopped:?}");
    // What was seen was written before.
    assert!(stopped.stdout.len() < whole.stdout.len() && whole.stdout.starts_with(&stopped.stdout));
    assert_eq!(place.exuvia(&["session", "verify", "full"]).status, 0);
    let resumed = place.exuvia(&["resume", "full"]);
    assert_eq!((resumed.status, resumed.stderr.as_str()), (0, ""));
    assert!(whole.stdout.ends_with(&resumed.stdout));
    assert!(stopped.stdout.len() + resumed.stdout.len() >= whole.stdout.len());
    assert_eq!(place.exuvia(&["replay", "full"]).stdout, whole.stdout);
}

#[test]
fn a_folder_that_can_only_be_read_stays_as_it_is() {
    let place = Place::new();
    assert_eq!(run(&mut place.command(&["repl", "--session", "it"]), b"x = 5\n").status, 0);
    place.sql("pragma wal_checkpoint(truncate)");
    let folder = place.path("journal");
    let mode = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    let before = fs::read(place.database()).unwrap();
    mode(&place.database(), 0o400);
    mode(&folder, 0o500);
    let refused: Vec<Run> = [&["run", "-c", "print(1)"][..], &["resume", "it"], &["session", "rm", "it"]]
        .into_iter()
        .map(|arguments| run(&mut unprivileged(place.command(arguments)), b""))
        .collect();
    mode(&folder, 0o700);
    mode(&place.database(), 0o600);
    let told = format!(
        "error: `{}` can only be read\n    hint: make the folder writable, or choose another one\n",
        folder.display()
    );
    for run in refused {
        assert_eq!(run, gives(125, "", &told));
    }
    assert!(fs::read(place.database()).unwrap() == before);
    assert_eq!(run(&mut place.command(&["resume", "it"]), b"x\n"), gives(0, "5\n", ""));
}

/// Returns a command that has another program run it: that one is given it and its arguments as the last of its own.
fn through(program: &str, options: &[&str], plain: &Command) -> Command {
    let mut command = Command::new(program);
    command.args(options).arg(plain.get_program()).args(plain.get_args());
    for (name, value) in plain.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    if let Some(folder) = plain.get_current_dir() {
        command.current_dir(folder);
    }
    command
}

/// Returns a command that is run as somebody who may not overlook permissions.
pub(super) fn unprivileged(plain: Command) -> Command {
    if !rustix::process::geteuid().is_root() {
        return plain;
    }
    let drop = ["--bounding-set=-dac_override,-dac_read_search,-fowner", "--inh-caps=-all"];
    through("setpriv", &drop, &plain)
}

#[test]
fn a_newer_journal_is_neither_added_to_nor_read() {
    let place = Place::new();
    assert_eq!(run(&mut place.command(&["repl", "--session", "it"]), b"x = 5\n").status, 0);
    place.sql("pragma user_version = 9;pragma wal_checkpoint(truncate)");
    let before = fs::read(place.database()).unwrap();
    let told = "error: the journal has version 9, this program knows 1 and older\n    hint: use a newer `exuvia`\n";
    for arguments in [&["run", "-c", "print(1)"][..], &["repl"], &["resume", "it"], &["replay", "it"], &["fork", "it"]]
    {
        assert_eq!(place.exuvia(arguments), gives(125, "", told), "{arguments:?}");
    }
    assert!(fs::read(place.database()).unwrap() == before);
    place.sql("pragma user_version = 1");
    assert_eq!(run(&mut place.command(&["resume", "it"]), b"x\n"), gives(0, "5\n", ""));
}

#[test]
fn a_blob_that_is_damaged_is_found_and_harms_no_other_session() {
    let place = Place::new();
    let cells = "x = 5\nprint('y' * 10_000)\nx + 1\n";
    for session in ["it", "other"] {
        let cells = cells.replace('y', &session[..1]);
        assert_eq!(run(&mut place.command(&["repl", "--session", session]), cells.as_bytes()).status, 0);
    }
    place.sql("delete from checkpoints;update blobs set packed = zeroblob(length(packed)) where rowid = 1");
    let damaged = |run: &Run| run.stderr.contains("` is damaged at position ") && run.stderr.contains("blob ");
    let verified = place.exuvia(&["session", "verify", "it"]);
    assert!(verified.status == 1 && damaged(&verified), "{verified:?}");
    for arguments in [&["replay", "it"][..], &["resume", "it"]] {
        let run = place.exuvia(arguments);
        assert!(run.status == 125 && run.stdout.is_empty() && damaged(&run), "{run:?}");
        let hint = "    hint: the events before it are sound; import a copy, or fork the session before it\n";
        assert!(run.stderr.ends_with(hint), "{run:?}");
    }
    // What the hint says can be done.
    let mut fork = place.command(&["fork", "it", "--at", "1"]);
    assert_eq!(run(&mut fork, b"x\n").stdout, "5\n");
    assert_eq!(place.exuvia(&["session", "verify", "other"]).status, 0);
    assert_eq!(run(&mut place.command(&["resume", "other"]), b"x\n"), gives(0, "5\n", ""));
}

#[test]
fn a_session_waits_for_its_image() {
    let place = Place::new();
    let path = place.path("own.exuvia");
    symlink(image(), &path).unwrap();
    let file = path.to_str().unwrap();
    let mut begin = place.command(&["repl", "--session", "it", "--image", file]);
    assert_eq!(run(&mut begin, b"x = 5\n").status, 0);
    fs::remove_file(&path).unwrap();
    let told = format!(
        "error: the image `{file}` cannot be opened: no such file or directory\n    \
         hint: name another one with --image, or build it with `cargo xtask image`\n"
    );
    for command in ["resume", "fork"] {
        assert_eq!(place.exuvia(&[command, "it"]), gives(125, "", &told));
    }
    // The same image is elsewhere: for a replay, where images usually are.
    assert_eq!(place.exuvia(&["replay", "it", "-q"]).status, 0);
    let elsewhere = image();
    let mut resume = place.command(&["resume", "it", "--image", elsewhere.to_str().unwrap()]);
    assert_eq!(run(&mut resume, b"x\n"), gives(0, "5\n", ""));
    symlink(image(), &path).unwrap();
    assert_eq!(run(&mut place.command(&["resume", "it"]), b"x\n"), gives(0, "5\n", ""));
}

/// On a file system of 12 MiB that is full to the last byte: what is to make room needs none.
#[test]
fn sessions_are_removed_from_a_full_disk() {
    let place = Place::new();
    let disk = place.path("journal").display().to_string();
    let script = format!(
        "mount -t tmpfs -o size=12m,mode=700 none '{disk}' || exit 77
         \"$1\" run --session whole -c \"$3\" > /dev/null; echo $?
         \"$1\" run --session first -c \"$2\" > /dev/null 2>&1; echo $?
         head -c 16000000 /dev/zero > '{disk}/fill' 2> /dev/null
         \"$1\" run -c 'print(2)' 2> /dev/null; echo $?
         \"$1\" session rm whole 2> /dev/null; echo $?
         \"$1\" session rm first 2> /dev/null; echo $?
         \"$1\" run --session second -c 'print(3)'; echo $?
         head -c 16000000 /dev/zero >> '{disk}/fill' 2> /dev/null
         \"$1\" session prune --keep-bytes 0 2> /dev/null; echo $?
         \"$1\" session list --json
         rm '{disk}/fill'
         \"$1\" run -c 'print(4)'; echo $?
         [ -e '{disk}/reserve' ] && echo kept"
    );
    let inside = place.command(&[]);
    let mut unshared = Command::new("unshare");
    unshared.args(["--mount", "sh", "-c", &script, "sh"]).arg(inside.get_program());
    // Each line takes some 150 bytes of the database, and until it is there some 350 of a file of its own: far more than there
    // is room for, and a fourth of it.
    unshared.args([&NOISE.replace("20_000", "100_000"), &NOISE.replace("20_000", "5_000")]);
    for (name, value) in inside.get_envs() {
        if let Some(value) = value {
            unshared.env(name, value);
        }
    }
    let ran = run(&mut unshared, b"");
    if ran.status == 77 || ran.stderr.starts_with("unshare:") {
        eprintln!("skipped: no file system can be mounted here: {}", ran.stderr);
        return;
    }
    let expected = "0\n125\n125\n0\n0\n3\n0\n0\n[]\n4\n0\nkept\n";
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), (expected, ""));
}
