//! Mounts: real programs on real folders, changes, faults, and what an attacker would try.

mod changes;
mod escapes;
mod faults;
mod fetched;
/// The example, which is run here too.
#[path = "../../examples/object_store/objects.rs"]
mod objects;
mod replayed;

use std::fs;
use std::path::Path;

use exuvia_core::MountMode;
use exuvia_sandbox::{Folder, Sandbox};
use libtest_mimic::{Failed, Trial};
use tempfile::TempDir;

use super::cases::{Case, discover, run_with};
use super::fixture::{Verdict, builder_with, engine, ensure, repeatable_host, same, shown, trial};

/// The areas whose cases are run on mounts too, as their working directory.
const AREAS: &[&str] =
    &["mounts", "stdlib_files", "stdlib_fileinput", "stdlib_glob", "stdlib_gzip", "stdlib_pathlib", "stdlib_sqlite3"];
/// Where the working directory is.
const WORK: &str = "/workspace";

/// Returns the tests of mounts.
pub(crate) fn trials() -> Vec<Trial> {
    let mut trials = vec![
        trial("mounts::a_large_file_is_read_in_any_pieces", large_file),
        trial("mounts::what_is_written_is_there_after_close", written_after_close),
        trial("mounts::the_file_limit_bounds_what_is_written", limited_writing),
        trial("mounts::two_mounts_are_two_file_systems", two_mounts),
        trial("mounts::the_example_of_a_mount_in_rust", example),
    ];
    trials.extend(changes::trials());
    trials.extend(escapes::trials());
    trials.extend(faults::trials());
    trials.extend(fetched::trials());
    trials.extend(replayed::trials());
    for case in discover().into_iter().filter(|case| AREAS.contains(&case.area.as_str())) {
        for (mode, word) in [(MountMode::ReadWrite, "rw"), (MountMode::Overlay, "overlay")] {
            let (name, case) = (format!("mounts::{word}::{}::{}", case.area, case.behaviour), case.clone());
            trials.push(Trial::test(name, move || case_on_mount(&case, mode)));
        }
    }
    trials
}

fn example() -> Verdict {
    let told = pollster::block_on(objects::run(engine()?)).map_err(|error| error.to_string())?;
    same("the store", "['deep', 'old', 'one.txt'] two\ndeep/two.txt: changed\nthree.txt: new\n", &told)
}

fn case_on_mount(case: &Case, mode: MountMode) -> Verdict {
    let folder = TempDir::new()?;
    let host = repeatable_host().mount(Folder::open(folder.path())?);
    run_with(case, builder_with(host)?.mount(WORK, mode))?;
    let left = fs::read_dir(folder.path())?.count();
    ensure(mode == MountMode::ReadWrite || left == 0, format!("an overlay has left {left} names in its folder"))
}

/// Makes a sandbox whose working directory is this folder.
fn sandbox_on(folder: &Path, mode: MountMode) -> Result<Sandbox, Failed> {
    Ok(builder_with(repeatable_host().mount(Folder::open(folder)?))?.mount(WORK, mode).build()?)
}

/// Runs a cell and compares what it prints.
fn prints(sandbox: &mut Sandbox, source: &str, expected: &str) -> Verdict {
    let outcome = sandbox.run(source)?;
    ensure(outcome.error.is_none(), shown(&outcome))?;
    same("what is printed", expected, &outcome.stdout)
}

fn large_file() -> Verdict {
    let folder = TempDir::new()?;
    let content: Vec<u8> = (0..9_000_007_u64).map(|at| (at * at / 1000) as u8).collect();
    fs::write(folder.path().join("large"), &content)?;
    let source = "\
import functools, io, os, zlib
whole = open('large', 'rb').read()
print(len(whole))
for size in (1_000, 65_536, 100_001, 1 << 20, 1 << 23):
    with open('large', 'rb', buffering=0) as file:
        pieces = list(iter(functools.partial(file.read, size), b''))
    print(size, b''.join(pieces) == whole, {len(piece) for piece in pieces[:-1]} == {size})
fd = os.open('large', os.O_RDONLY)
print(os.pread(fd, 300_000, 8_999_000) == whole[8_999_000:], os.pread(fd, 300_000, 262_000) == whole[262_000:562_000])
print(os.pread(fd, 1, 9_000_007), os.lseek(fd, 0, os.SEEK_CUR))
print(zlib.crc32(whole))
";
    let crc = crc32(&content);
    let expected = format!(
        "9000007\n1000 True True\n65536 True True\n100001 True True\n1048576 True True\n8388608 True True\n\
         True True\nb'' 0\n{crc}\n"
    );
    for mode in [MountMode::ReadOnly, MountMode::ReadWrite, MountMode::Overlay] {
        prints(&mut sandbox_on(folder.path(), mode)?, source, &expected)?;
    }
    Ok(())
}

/// The checksum of zip files, bit by bit: RFC 1952, section 8.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, byte: &u8| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 & 0_u32.wrapping_sub(crc & 1)))
    };
    !bytes.iter().fold(u32::MAX, step)
}

fn written_after_close() -> Verdict {
    let folder = TempDir::new()?;
    let mut sandbox = sandbox_on(folder.path(), MountMode::ReadWrite)?;
    prints(&mut sandbox, "file = open('note', 'w'); print(file.write('half ')); file.flush()", "5\n")?;
    same("after the flush", "half ", &fs::read_to_string(folder.path().join("note"))?)?;
    prints(&mut sandbox, "print(file.write('done')); file.close()", "4\n")?;
    same("after the close", "half done", &fs::read_to_string(folder.path().join("note"))?)?;
    prints(
        &mut sandbox,
        "import os; os.rename('note', 'kept'); os.mkdir('d'); print(os.listdir())",
        "['kept', 'd']\n",
    )?;
    ensure(folder.path().join("d").is_dir() && !folder.path().join("note").exists(), "the names have not changed")
}

fn limited_writing() -> Verdict {
    let folder = TempDir::new()?;
    let limits = exuvia_core::Limits { file_bytes: 1_000_000, files: 5, ..exuvia_core::Limits::default() };
    let host = repeatable_host().mount(Folder::open(folder.path())?);
    let mut sandbox = builder_with(host)?.mount(WORK, MountMode::ReadWrite).limits(limits).build()?;
    let source = "\
import os
def tried(what):
    try:
        what()
    except OSError as error:
        print(error.strerror)
fd = os.open('fat', os.O_CREAT | os.O_RDWR | os.O_APPEND)
for piece in (400_000, 400_000, 200_000, 1):
    tried(lambda: print(os.write(fd, bytes(piece))))
tried(lambda: os.truncate('fat', 1_000_000))
tried(lambda: os.truncate('fat', 0))
tried(lambda: print(os.write(fd, bytes(400_000))))
for number in range(4):
    tried(lambda: open(f'f{number}', 'w').close())
tried(lambda: open('one too many', 'w'))
tried(lambda: os.mkdir('another'))
";
    let refused = "No space left on device\n";
    let expected = format!("400000\n400000\n200000\nFile too large\n400000\n{refused}{refused}");
    let outcome = sandbox.run(source)?;
    ensure(outcome.error.is_none(), shown(&outcome))?;
    let size = |name: &str| fs::metadata(folder.path().join(name)).map_or(0, |metadata| metadata.len());
    ensure(size("fat") <= 1_000_000, format!("{} bytes were written", size("fat")))?;
    let names = fs::read_dir(folder.path())?.count();
    ensure(names == 5, format!("{names} names were made, the limit is 5"))?;
    same("what is printed", &expected, &outcome.stdout)
}

fn two_mounts() -> Verdict {
    let [one, other] = [TempDir::new()?, TempDir::new()?];
    fs::write(one.path().join("a"), "content")?;
    let host = repeatable_host().mount(Folder::open(one.path())?).mount(Folder::open(other.path())?);
    let builder = builder_with(host)?.mount("/one", MountMode::ReadWrite).mount("/other", MountMode::ReadWrite);
    let source = "\
import errno, os, shutil
for places in (('/one/a', '/other/a'), ('/one/a', '/workspace/a'), ('/one', '/other/one')):
    try:
        os.rename(*places)
    except OSError as error:
        print(errno.errorcode[error.errno])
try:
    os.link('/one/a', '/one/b')
except (OSError, AttributeError) as error:
    print(type(error).__name__)
print(shutil.move('/one/a', '/other/a'), open('/other/a').read(), os.listdir('/one'))
print(len({os.stat(path).st_dev for path in ('/one', '/other', '/workspace', '/usr/lib/python3.14')}))
";
    let mut sandbox = builder.build()?;
    let outcome = sandbox.run(source)?;
    ensure(outcome.error.is_none(), shown(&outcome))?;
    let lines: Vec<&str> = outcome.stdout.lines().collect();
    ensure(lines[..2] == ["EXDEV", "EXDEV"], shown(&outcome))?;
    ensure(lines.ends_with(&["/other/a content []", "4"]), shown(&outcome))?;
    same("the file on the other side", "content", &fs::read_to_string(other.path().join("a"))?)
}
