//! What a program changes in an overlay: listed, exported, applied.

use std::fs;
use std::path::Path;

use exuvia_core::{Change, Changed, MountMode};
use exuvia_sandbox::{ApplyError, Folder, export};
use libtest_mimic::{Failed, Trial};
use tempfile::TempDir;

use super::super::fixture::{Verdict, ensure, same, trial};
use super::{prints, sandbox_on};

const BYTES_MAX: u64 = 10 << 20;

pub(super) fn trials() -> Vec<Trial> {
    vec![
        trial("mounts::changes::listed_exported_and_applied", listed_exported_and_applied),
        trial("mounts::changes::what_was_applied_is_no_conflict", applied_again),
        trial("mounts::changes::a_conflict_changes_nothing", conflict),
        trial("mounts::changes::a_failure_half_way_is_taken_back", taken_back),
        trial("mounts::changes::what_leads_out_is_refused", leading_out),
        trial("mounts::changes::too_many_bytes_are_refused", too_many_bytes),
        trial("mounts::changes::other_mounts_have_none", other_mounts),
    ]
}

/// Makes a folder with a few files.
fn project() -> Result<TempDir, Failed> {
    let folder = TempDir::new()?;
    fs::create_dir_all(folder.path().join("src/old"))?;
    for (name, content) in [("README", "read me\n"), ("src/main.py", "print(1)\n"), ("src/old/gone.py", "gone\n")] {
        fs::write(folder.path().join(name), content)?;
    }
    Ok(folder)
}

const WORK: &str = "\
import os, shutil
from pathlib import Path
Path('README').write_text('changed\\n')
shutil.rmtree('src/old')
os.makedirs('new/deep')
Path('new/deep/file').write_text('added\\n')
os.rename('src/main.py', 'src/program.py')
os.symlink('src/program.py', 'link')
os.chmod('new/deep/file', 0o4777)
print(sorted(os.listdir()), sorted(os.listdir('src')))
";
const SEEN: &str = "['README', 'link', 'new', 'src'] ['program.py']\n";

fn changes_of(folder: &Path) -> Result<Vec<Change>, Failed> {
    let mut sandbox = sandbox_on(folder, MountMode::Overlay)?;
    prints(&mut sandbox, WORK, SEEN)?;
    Ok(sandbox.changes(0, BYTES_MAX)?)
}

/// Lists a folder, one line for each name in it.
fn tree(folder: &Path) -> Result<String, Failed> {
    use std::os::unix::fs::PermissionsExt as _;
    let mut lines = Vec::new();
    let mut rest = vec![folder.to_path_buf()];
    while let Some(at) = rest.pop() {
        for entry in fs::read_dir(&at)? {
            let path = entry?.path();
            let metadata = path.symlink_metadata()?;
            let what = if metadata.is_symlink() {
                format!("-> {}", fs::read_link(&path)?.display())
            } else if metadata.is_dir() {
                rest.push(path.clone());
                "/".to_owned()
            } else {
                format!("{:o} {:?}", metadata.permissions().mode() & 0o7777, fs::read_to_string(&path)?)
            };
            lines.push(format!("{} {what}\n", path.strip_prefix(folder)?.display()));
        }
    }
    lines.sort();
    Ok(lines.concat())
}

fn listed_exported_and_applied() -> Verdict {
    let folder = project()?;
    let before = tree(folder.path())?;
    let changes = changes_of(folder.path())?;
    same("the folder of an overlay", &before, &tree(folder.path())?)?;
    let line = |change: &Change| {
        let after = match &change.after {
            Some(Changed::File { content, mode }) => format!("{mode:o} {:?}", String::from_utf8_lossy(content)),
            Some(Changed::Directory { .. }) => "/".to_owned(),
            Some(Changed::Symlink(target)) => format!("-> {}", String::from_utf8_lossy(target)),
            None => String::new(),
        };
        format!("{} {} {after}\n", change.word(), String::from_utf8_lossy(&change.path))
    };
    let expected = "\
modified README 644 \"changed\\n\"
added link -> src/program.py
added new /
added new/deep /
added new/deep/file 4777 \"added\\n\"
removed src/main.py \n\
removed src/old \n\
added src/program.py 644 \"print(1)\\n\"
";
    same("the changes", expected, &changes.iter().map(line).collect::<String>())?;

    let exported = TempDir::new()?;
    export(&changes, exported.path())?;
    let expected = "\
README 644 \"changed\\n\"
link -> src/program.py
new /
new/deep /
new/deep/file 755 \"added\\n\"
src /
src/program.py 644 \"print(1)\\n\"
";
    same("what was exported", expected, &tree(exported.path())?)?;
    ensure(export(&changes, exported.path()).is_err(), "it was exported to a folder that is not empty")?;
    Folder::open(folder.path())?.apply(&changes)?;
    same("what was applied", expected, &tree(folder.path())?)
}

/// Who was killed before it could say that it had applied them does it again.
fn applied_again() -> Verdict {
    let folder = project()?;
    let changes = changes_of(folder.path())?;
    Folder::open(folder.path())?.apply(&changes)?;
    let after = tree(folder.path())?;
    Folder::open(folder.path())?.apply(&changes)?;
    same("what was applied twice", &after, &tree(folder.path())?)?;
    for (path, content) in [("README", "Changed\n"), ("src/main.py", "there again\n")] {
        fs::write(folder.path().join(path), content)?;
        let conflicts = matches!(Folder::open(folder.path())?.apply(&changes), Err(ApplyError::Conflicts(_)));
        ensure(conflicts, "what somebody has changed since was applied")?;
    }
    Ok(())
}

fn conflict() -> Verdict {
    let folder = project()?;
    let changes = changes_of(folder.path())?;
    fs::write(folder.path().join("README"), "somebody else was here\n")?;
    fs::write(folder.path().join("src/old/precious"), "not seen by the program\n")?;
    fs::write(folder.path().join("link"), "in the way\n")?;
    let before = tree(folder.path())?;
    match Folder::open(folder.path())?.apply(&changes) {
        Err(ApplyError::Conflicts(paths)) => {
            let paths: Vec<_> = paths.iter().map(|path| String::from_utf8_lossy(path)).collect();
            same("the conflicts", "README link src/old", &paths.join(" "))?;
        }
        other => return Err(format!("applied in spite of conflicts: {other:?}").into()),
    }
    same("the folder", &before, &tree(folder.path())?)
}

/// The last change cannot be made: its folder is there only for whoever checks, and gone when it is needed.
fn taken_back() -> Verdict {
    let folder = project()?;
    let mut changes = changes_of(folder.path())?;
    let content = b"x".to_vec();
    changes.push(Change {
        path: b"zone/missing/file".to_vec(),
        before: None,
        after: Some(Changed::File { content, mode: 0o644 }),
    });
    let before = tree(folder.path())?;
    match Folder::open(folder.path())?.apply(&changes) {
        Err(ApplyError::Io { path, .. }) => same("where", "zone/missing/file", &path.display().to_string())?,
        other => return Err(format!("applied without a folder to put it in: {other:?}").into()),
    }
    same("the folder", &before, &tree(folder.path())?)
}

fn leading_out() -> Verdict {
    let [folder, outside] = [project()?, TempDir::new()?];
    let before = tree(folder.path())?;
    let secret = outside.path().join("secret");
    fs::write(&secret, "secret")?;
    let file = || Some(Changed::File { content: b"pwned".to_vec(), mode: 0o644 });
    let absolute = secret.as_os_str().as_encoded_bytes().to_vec();
    let above = format!("../{}/secret", outside.path().file_name().unwrap_or_default().to_string_lossy());
    let bad = [
        (above.clone().into_bytes(), file()),
        (absolute.clone(), file()),
        (b"a/../../x".to_vec(), file()),
        (b"l".to_vec(), Some(Changed::Symlink(absolute))),
        (b"l".to_vec(), Some(Changed::Symlink(above.into_bytes()))),
        (b".exuvia-apply-0/new-0".to_vec(), file()),
    ];
    for (path, after) in bad {
        let changes = [Change { path, before: None, after }];
        let applied = Folder::open(folder.path())?.apply(&changes);
        ensure(matches!(applied, Err(ApplyError::Refused { .. })), format!("{:?} gave {applied:?}", changes[0]))?;
        ensure(export(&changes, outside.path()).is_err(), "it was exported")?;
    }
    same("the folder", &before, &tree(folder.path())?)?;
    same("what lies outside", "secret", &fs::read_to_string(&secret)?)
}

fn too_many_bytes() -> Verdict {
    let folder = project()?;
    let mut sandbox = sandbox_on(folder.path(), MountMode::Overlay)?;
    prints(
        &mut sandbox,
        "import os; os.truncate('README', 200_000_000); print(os.path.getsize('README'))",
        "200000000\n",
    )?;
    match sandbox.changes(0, BYTES_MAX) {
        Err(error) => same("the error", "the changes have 200000000 bytes, the limit is 10485760", &error.to_string()),
        Ok(changes) => Err(format!("there are {} changes", changes.len()).into()),
    }
}

fn other_mounts() -> Verdict {
    let folder = project()?;
    let mut sandbox = sandbox_on(folder.path(), MountMode::ReadWrite)?;
    ensure(sandbox.changes(0, BYTES_MAX).is_err() && sandbox.changes(1, BYTES_MAX).is_err(), "it is no overlay")
}
