//! Packages: resolved by the real pip, from wheels that are made here; and one from its own index.

use std::fs::{self, File, FileTimes};
use std::io::{Cursor, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _, symlink};
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, SystemTime};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::{Run, command, gives, image, run};

/// A place with wheels for pip, a cache, and a folder to work in.
struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["wheels", "cache", "work"] {
            fs::DirBuilder::new().mode(0o700).create(folder.path().join(name)).unwrap();
        }
        // The interpreter itself need not be compiled again.
        for entry in fs::read_dir(image().with_file_name("compiled")).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                symlink(&path, folder.path().join("cache").join(path.file_name().unwrap())).unwrap();
            }
        }
        Self(folder)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Adds a wheel: its tags, further lines of its metadata, and its files.
    fn wheel(&self, stem: &str, tags: &str, headers: &[&str], files: &[(&str, &[u8])]) {
        let (name, version) = stem.split_once('-').unwrap();
        let mut metadata = format!("Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n");
        for header in headers {
            metadata += &format!("{header}\n");
        }
        let own = [
            (format!("{stem}.dist-info/METADATA"), metadata.into_bytes()),
            (format!("{stem}.dist-info/WHEEL"), format!("Wheel-Version: 1.0\nTag: {tags}\n").into_bytes()),
            (format!("{stem}.dist-info/RECORD"), Vec::new()),
        ];
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        let files = files.iter().map(|(path, content)| (*path, *content));
        for (path, content) in own.iter().map(|(path, content)| (path.as_str(), content.as_slice())).chain(files) {
            writer.start_file(path, SimpleFileOptions::default()).unwrap();
            writer.write_all(content).unwrap();
        }
        let content = writer.finish().unwrap().into_inner();
        fs::write(self.path("wheels").join(format!("{stem}-{tags}.whl")), content).unwrap();
    }

    fn pure(&self, stem: &str, headers: &[&str], files: &[(&str, &[u8])]) {
        self.wheel(stem, "py3-none-any", headers, files);
    }

    /// The program, in the folder to work in, with a pip that knows these wheels and nothing else.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = command(arguments);
        command
            .env("EXUVIA_CACHE", self.path("cache"))
            .env("PIP_NO_INDEX", "1")
            .env("PIP_FIND_LINKS", self.path("wheels"))
            .env_remove("EXUVIA_PYTHON")
            .env_remove("EXUVIA_DISTRIBUTION")
            .current_dir(self.path("work"));
        command
    }

    fn exuvia(&self, arguments: &[&str]) -> Run {
        run(&mut self.command(arguments), b"")
    }

    /// The same, where there is no Python that could resolve anything.
    fn without_python(&self, arguments: &[&str]) -> Run {
        run(self.command(arguments).env("EXUVIA_PYTHON", "/no/python"), b"")
    }

    /// The names in a folder, sorted.
    fn list(&self, name: &str) -> Vec<String> {
        let entries = fs::read_dir(self.path(name)).unwrap();
        let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    fn write(&self, name: &str, content: &str) {
        fs::write(self.path("work").join(name), content).unwrap();
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path("work").join(name)).unwrap()
    }
}

#[test]
fn a_package_with_native_modules_comes_from_the_index() {
    let place = Place::new();
    let arguments = ["run", "--with", "msgpack==1.2.4", "-c", "import msgpack; print(msgpack.packb({'a': [1]}).hex())"];
    let online = run(place.command(&arguments).env_remove("PIP_NO_INDEX").env_remove("PIP_FIND_LINKS"), b"");
    // The MessagePack specification, by hand.
    assert_eq!(online, gives(0, "81a1619101\n", ""));
    assert_eq!(place.without_python(&arguments), online);
}

/// Were markers those of the machine, `elsewhere` would be looked for, which is nowhere; were it this machine's Python
/// that a package needs, there would be another answer.
#[test]
fn what_is_needed_is_needed_by_the_sandbox() {
    let place = Place::new();
    let requires = [
        "Requires-Python: >=3.14.1",
        "Requires-Dist: needed>=1,<2; sys_platform == 'emscripten' and python_version >= '3.14'",
        "Requires-Dist: elsewhere; sys_platform != 'emscripten' or platform_machine != 'wasm32'",
        "Requires-Dist: elsewhere; python_full_version < '3.14.2' or platform_system == 'Linux'",
    ];
    place.pure("Some_Package-2.0", &requires, &[("some_package.py", b"import needed")]);
    place.pure("Some_Package-2.1", &["Requires-Python: >=3.15"], &[]);
    place.pure("needed-1.1", &[], &[("needed.py", b"print('1.1')")]);
    place.pure("needed-2.0", &[], &[("needed.py", b"print('2.0')")]);
    let code = "import some_package; print(some_package.__file__)";
    let expected = gives(0, "1.1\n/usr/lib/python3.14/site-packages/some_package.py\n", "");
    assert_eq!(place.exuvia(&["run", "--with", "some.package>=1,<3", "-c", code]), expected);
    // What was found is kept until it is asked for again.
    place.pure("needed-1.2", &[], &[("needed.py", b"print('1.2')")]);
    assert_eq!(place.without_python(&["run", "--with", "some.package>=1,<3", "-c", code]), expected);
    let upgraded = place.exuvia(&["run", "--upgrade", "--with", "some.package>=1,<3", "-c", code]);
    assert_eq!(upgraded.stdout.lines().next(), Some("1.2"));
    // A session has packages too.
    let mut repl = place.command(&["repl", "--with", "needed"]);
    assert_eq!(run(&mut repl, b"import needed\n"), gives(0, "2.0\n", ""));
}

#[test]
fn a_script_says_what_it_needs() {
    let place = Place::new();
    place.pure("greeting-1.0", &[], &[("greeting.py", b"print('hello')")]);
    let script = |head: &str| format!("# /// script\n{head}# ///\nimport greeting\n");
    place.write("script.py", &script("# requires-python = \">=3.12\"\n# dependencies = [\"greeting\"]\n"));
    assert_eq!(place.exuvia(&["run", "--with-script", "script.py"]), gives(0, "hello\n", ""));
    // Nobody else than whoever runs it says that this machine fetches packages.
    let refused = place.exuvia(&["run", "script.py"]);
    assert_eq!((refused.status, refused.stdout.as_str()), (1, ""));
    let hint = "    hint: the script names packages that it needs: install them with --with-script\n";
    assert!(
        refused.stderr.ends_with(&format!("ModuleNotFoundError: No module named 'greeting'\n{hint}")),
        "{}",
        refused.stderr
    );

    for (head, problem) in [
        ("# requires-python = \"<3.13\"\n", "the script needs Python <3.13, this is 3.14.2"),
        ("# requires-python = \"new\"\n", "the script's metadata cannot be used: `new` names no versions of Python"),
        (
            "# dependencies = [\"greeting @ file:///x\"]\n",
            "the script's metadata cannot be used: `greeting @ file:///x` is no requirement: it has an address or a \
             path: write the package's name",
        ),
    ] {
        place.write("script.py", &script(head));
        let refused = place.exuvia(&["run", "--with-script", "script.py"]);
        assert_eq!(refused, gives(2, "", &format!("error: {problem}\n")));
    }
}

#[test]
fn a_project_has_a_lock_file() {
    let place = Place::new();
    place.pure("one-1.0", &["Requires-Dist: two"], &[("one.py", b"import two; print('one', two.VERSION)")]);
    place.pure("two-1.0", &[], &[("two.py", b"VERSION = 1")]);
    place.write("exuvia.toml", "# mine\n[mounts]\n\"/data\" = \".\"\n");
    let added = place.exuvia(&["add", "one>=1"]);
    assert_eq!(added, gives(0, "", "+ one 1.0\n+ two 1.0\nlocked 2 packages in `exuvia.lock`\n"));
    let config = "# mine\n[mounts]\n\"/data\" = \".\"\n\n[packages]\ndependencies = [\"one>=1\"]\n";
    assert_eq!(place.read("exuvia.toml"), config);
    let lock = place.read("exuvia.lock");
    let before = "# Written by exuvia: which wheels the requirements came to. Do not edit it.\nversion = 1\n\
                  python = \"3.14\"\nplatform = \"pyemscripten_2026_0_wasm32\"\nrequirements = [\"one>=1\"]\n\n\
                  [[package]]\nname = \"one\"\nversion = \"1.0\"\nfile = \"one-1.0-py3-none-any.whl\"\nsha256 = \"";
    assert!(lock.starts_with(before) && !lock.contains("://") && !lock.contains("wheels/"), "{lock}");

    // Locked is locked: what came later is not taken, nor does locking again change anything.
    place.pure("two-2.0", &[], &[("two.py", b"VERSION = 2")]);
    let program = ["run", "--config", "exuvia.toml", "-c", "import one, os; print(sorted(os.listdir('/data')))"];
    assert_eq!(place.exuvia(&program), gives(0, "one 1\n['exuvia.lock', 'exuvia.toml']\n", ""));
    assert_eq!(place.exuvia(&["lock"]), gives(0, "", "locked 2 packages in `exuvia.lock`\n"));
    assert_eq!(place.read("exuvia.lock"), lock);
    let upgraded = place.exuvia(&["lock", "--upgrade"]);
    assert_eq!(upgraded, gives(0, "", "~ two 1.0 -> 2.0\nlocked 2 packages in `exuvia.lock`\n"));
    assert_eq!(place.exuvia(&program).stdout, "one 2\n['exuvia.lock', 'exuvia.toml']\n");

    let removed = place.exuvia(&["remove", "One"]);
    assert_eq!(removed, gives(0, "", "- one 1.0\n- two 2.0\nlocked 0 packages in `exuvia.lock`\n"));
    let none = place.exuvia(&["remove", "one"]);
    assert_eq!(none, gives(2, "", "error: `one` is none of the dependencies in `exuvia.toml`\n"));
}

#[test]
fn a_lock_file_must_be_there_and_be_right() {
    let place = Place::new();
    place.pure("one-1.0", &[], &[("one.py", b"")]);
    let program = ["run", "--config", "exuvia.toml", "-c", "import one"];
    let hint = "    hint: make it with `exuvia lock --config exuvia.toml`\n";
    let config = "[packages]\ndependencies = [\"one\"]\n";
    place.write("exuvia.toml", config);
    let missing = format!("error: `exuvia.lock` is not there: it says which packages are meant\n{hint}");
    assert_eq!(place.exuvia(&program), gives(2, "", &missing));
    assert_eq!(place.exuvia(&["lock"]).status, 0);
    assert_eq!(place.exuvia(&program), gives(0, "", ""));

    // What cannot be resolved leaves both files as they were.
    let lock = place.read("exuvia.lock");
    assert_eq!(place.exuvia(&["add", "nowhere"]).status, 2);
    assert_eq!((place.read("exuvia.toml"), place.read("exuvia.lock")), (config.to_owned(), lock.clone()));

    place.write("exuvia.toml", "[packages]\ndependencies = [\"one\", \"two\"]\n");
    let problem = "it was made for other dependencies: they differ in `two`";
    assert_eq!(
        place.exuvia(&program),
        gives(2, "", &format!("error: `exuvia.lock` cannot be used: {problem}\n{hint}"))
    );
    place.write("exuvia.toml", config);
    for (from, to, problem) in [
        (
            "\"3.14\"",
            "\"3.13\"",
            "it is for Python 3.13 on `pyemscripten_2026_0_wasm32`, this is Python 3.14 on `pyemscripten_2026_0_wasm32`",
        ),
        ("version = 1\n", "version = 2\n", "its format is 2, known is 1"),
        ("one-1.0-py3", "two-1.0-py3", "`two-1.0-py3-none-any.whl` is no wheel of `one` 1.0"),
        (
            "one-1.0-py3",
            "../one-1.0-py3",
            "the wheel `../one-1.0-py3-none-any.whl` cannot be used: its name is not `NAME-VERSION-PYTHON-ABI-PLATFORM.whl`",
        ),
        ("sha256 = \"", "sha256 = \"x", "`one` has no SHA-256"),
    ] {
        place.write("exuvia.lock", &lock.replacen(from, to, 1));
        let refused = format!("error: `exuvia.lock` cannot be used: {problem}\n{hint}");
        assert_eq!(place.exuvia(&program), gives(2, "", &refused));
    }
}

#[test]
fn a_wheel_that_is_wrong_is_named_and_not_installed() {
    let place = Place::new();
    place.pure("climbs-1.0", &[], &[("../climbs.py", b"")]);
    place.pure("breaks-1.0", &[], &[("breaks.so", b"\0asm\x01\0\0\0\x05")]);
    place.wheel("foreign-1.0", "cp314-cp314-manylinux_2_17_x86_64", &[], &[("foreign.py", b"")]);
    place.pure("whole-1.0", &[], &[("whole.py", b"")]);
    for (name, problem) in [
        (
            "climbs",
            "the wheel `climbs-1.0-py3-none-any.whl` cannot be used: the path \"../climbs.py\" in it is not one below \
             its folder",
        ),
        (
            "breaks",
            "the native module `breaks.so` cannot be used: the module is not valid WebAssembly: unexpected end-of-file \
             (at offset 0x9)",
        ),
    ] {
        let refused = place.exuvia(&["run", "--with", name, "-c", ""]);
        assert_eq!(refused, gives(125, "", &format!("error: {problem}\n")));
    }
    let foreign = place.exuvia(&["run", "--with", "foreign", "-c", ""]);
    assert_eq!(foreign.status, 2);
    let foreign = foreign.stderr;
    let begin = "error: the index has no project `foreign`, or none with a wheel for CPython 3.14 on `pyemscripten_2026_0_wasm32`\n    pip: ERROR: ";
    assert!(foreign.starts_with(begin), "{foreign}");
    let newer = place.exuvia(&["run", "--with", "whole==9", "-c", ""]);
    let begin = "error: there is no version `whole==9`: the index has 1.0 for CPython 3.14 on";
    assert!(newer.status == 2 && newer.stderr.starts_with(begin), "{newer:?}");
    assert!(newer.stderr.ends_with("\n    hint: ask for one of these versions\n"), "{newer:?}");

    // A lock file may name what pip would not: neither a wheel for another platform nor one of another hash is taken.
    place.write("exuvia.toml", "[packages]\ndependencies = [\"whole\"]\n");
    assert_eq!(place.exuvia(&["lock"]).status, 0);
    let lock = place.read("exuvia.lock");
    let program = ["run", "--config", "exuvia.toml", "-c", "import whole"];
    place.write("exuvia.lock", &lock.replace("py3-none-any", "cp314-cp314-win_amd64"));
    let fault = "it is for `cp314-cp314-win_amd64`, not for CPython 3.14 on `pyemscripten_2026_0_wasm32`";
    let wheel = "error: the wheel `whole-1.0-cp314-cp314-win_amd64.whl` cannot be used:";
    assert_eq!(place.exuvia(&program), gives(125, "", &format!("{wheel} {fault}\n")));
    let digits = lock.split_once("sha256 = \"").unwrap().1.split_once('"').unwrap().0.to_owned();
    place.write("exuvia.lock", &lock.replace(&digits, &"0".repeat(64)));
    let refused = place.exuvia(&program);
    assert_eq!(refused.status, 125);
    assert!(
        refused.stderr.contains("pip: ") && refused.stderr.contains("whole") && refused.stderr.contains(&digits),
        "{}",
        refused.stderr
    );
    // A store in which somebody has changed a wheel is no better: it is fetched again.
    place.write("exuvia.lock", &lock);
    assert_eq!(place.exuvia(&program), gives(0, "", ""));
    fs::write(place.path("cache/wheels").join(format!("{digits}.whl")), "changed").unwrap();
    assert_eq!(place.exuvia(&program), gives(0, "", ""));
}

#[test]
fn pyodides_distribution_is_a_folder() {
    let place = Place::new();
    place.pure("wants_numpy-1.0", &["Requires-Dist: numpy>=2"], &[("wants_numpy.py", b"")]);
    let missing = place.exuvia(&["run", "--with", "wants_numpy", "-c", ""]);
    assert_eq!(missing.status, 2);
    let hint = "    hint: Pyodide's distribution 314.0.7 has it: download these files, and name their folder with --distribution\n          \
                numpy-2.4.6-cp314-cp314-pyemscripten_2026_0_wasm32.whl  sha256 \
                a292c1f5d7d8a2208cd5e94fc467604c131cabcd2fc14fed6eefde121e7fabdf\n";
    assert!(missing.stderr.ends_with(hint), "{}", missing.stderr);

    // A file there that only has the name of one of its wheels is found, and refused.
    let name = "numpy-2.4.6-cp314-cp314-pyemscripten_2026_0_wasm32.whl";
    place.wheel("numpy-2.4.6", "cp314-cp314-pyemscripten_2026_0_wasm32", &[], &[("numpy.py", b"")]);
    fs::create_dir(place.path("distribution")).unwrap();
    fs::rename(place.path("wheels").join(name), place.path("distribution").join(name)).unwrap();
    let folder = place.path("distribution");
    let other = place.exuvia(&["run", "--distribution", folder.to_str().unwrap(), "--with", "wants_numpy", "-c", ""]);
    let wanted = "wanted is a292c1f5d7d8a2208cd5e94fc467604c131cabcd2fc14fed6eefde121e7fabdf\n";
    assert_eq!(other.status, 125);
    assert!(
        other.stderr.starts_with(&format!("error: the wheel `{name}` cannot be used: it has the SHA-256 ")),
        "{}",
        other.stderr
    );
    assert!(other.stderr.ends_with(wanted), "{}", other.stderr);

    // Elsewhere there may be another wheel of that name: it is not the distribution's, and nothing is said of it.
    fs::rename(place.path("distribution").join(name), place.path("wheels").join(name)).unwrap();
    let program = ["run", "--with", "wants_numpy", "-c", "import numpy; print(numpy.__file__)"];
    let elsewhere = run(place.command(&program).env("EXUVIA_DISTRIBUTION", &folder), b"");
    assert_eq!(elsewhere, gives(0, "/usr/lib/python3.14/site-packages/numpy.py\n", ""));
}

#[test]
fn modules_are_imported_already_if_asked() {
    let place = Place::new();
    place.pure("greeting-1.0", &[], &[("greeting.py", b"import random\nCOUNT = 0\nFIRST = random.random()\n")]);
    let code =
        "import sys\nprint('greeting' in sys.modules)\nimport greeting\ngreeting.COUNT += 1\nprint(greeting.COUNT)";
    let arguments = ["run", "--with", "greeting", "--preload", "greeting,colorsys", "-c", code];
    let expected = gives(0, "True\n1\n", "");
    // Of images that were made before, those that were used last stay.
    for age in 0..10 {
        let folder = place.path("cache/derived").join(format!("older-{age}"));
        fs::create_dir_all(&folder).unwrap();
        let times = FileTimes::new().set_modified(SystemTime::now() - Duration::from_secs(3_600 * (1 + age)));
        File::open(folder).unwrap().set_times(times).unwrap();
    }
    let first = place.exuvia(&arguments);
    // Where compiling takes long, that is said.
    let patience = "still compiling the interpreter for this machine, which is done once\n";
    assert!(["", patience].contains(&first.stderr.as_str()), "{}", first.stderr);
    assert_eq!((first.status, &first.stdout), (0, &expected.stdout));
    let mut kept = place.list("cache/derived");
    assert_eq!(kept.len(), 8);
    let (made, older) = (kept.remove(0), kept);
    assert_eq!(older, ["older-0", "older-1", "older-2", "older-3", "older-4", "older-5", "older-6"]);

    // It was made once, and serves the next run without the wheels; a project that wants the same has it, too.
    let image = place.path("cache/derived").join(made).join("image.exuvia");
    let inode = fs::metadata(&image).unwrap().ino();
    fs::remove_dir_all(place.path("cache/wheels")).unwrap();
    assert_eq!(place.without_python(&arguments), expected);
    place.write("exuvia.toml", "[packages]\npreload = [\"greeting\", \"colorsys\"]\n");
    assert_eq!(place.exuvia(&["add", "greeting"]).status, 0);
    assert_eq!(place.without_python(&["run", "--config", "exuvia.toml", "-c", code]), expected);
    assert_eq!(fs::metadata(&image).unwrap().ino(), inode);

    let missing = place.exuvia(&["run", "--with", "greeting", "--preload", "nowhere", "-c", ""]);
    let message = "error: `nowhere` cannot be preloaded: there is no such module\n    \
                   hint: look at --preload and at `preload` in the configuration file\n";
    assert_eq!(missing, gives(2, "", message));
    assert_eq!(place.list("cache/derived").len(), 8);
}

#[test]
fn a_pip_that_cannot_be_used_is_told_of() {
    let place = Place::new();
    let missing = place.without_python(&["run", "--with", "x", "-c", ""]);
    let hint = "    hint: install Python 3 with pip, or name one with EXUVIA_PYTHON\n";
    assert_eq!(
        missing,
        gives(125, "", &format!("error: `/no/python` cannot be started: no such file or directory\n{hint}"))
    );

    // A pip that is made otherwise than we know must not resolve for the machine's own markers.
    for (version, problem) in [
        ("22.3", "has a pip that is too old: 23 is the first that will do"),
        (
            "99.0",
            "has a pip that is made otherwise than those that are known, so that it cannot be used for another platform",
        ),
    ] {
        let pip = place.path("work").join("pip");
        fs::create_dir_all(&pip).unwrap();
        fs::write(pip.join("__init__.py"), format!("__version__ = '{version}'\n")).unwrap();
        let mut command = place.command(&["run", "--with", "x", "-c", ""]);
        let refused = run(command.env("PYTHONPATH", place.path("work")), b"");
        let hint = "    hint: python3 -m pip install --upgrade pip\n";
        assert_eq!(refused, gives(125, "", &format!("error: `python3` {problem}\n{hint}")));
    }
    // What lies in the folder where it is started is not imported by the machine's Python.
    place.pure("one-1.0", &[], &[("one.py", b"print(1)")]);
    assert_eq!(place.exuvia(&["run", "--with", "one", "-c", "import one"]), gives(0, "1\n", ""));

    let python = place.path("work").join("python");
    fs::write(&python, "#!/bin/sh\nexit 90\n").unwrap();
    fs::set_permissions(&python, fs::Permissions::from_mode(0o755)).unwrap();
    let refused = run(place.command(&["run", "--with", "y", "-c", ""]).env("EXUVIA_PYTHON", &python), b"");
    let named = python.display();
    let hint = format!("    hint: {named} -m pip install --upgrade pip\n");
    assert_eq!(refused, gives(125, "", &format!("error: `{named}` has no pip\n{hint}")));
}

#[test]
fn names_are_separated_by_commas() {
    let place = Place::new();
    place.pure("one-1.0", &[], &[("one.py", b"")]);
    place.pure("two-2.5", &[], &[("two.py", b"")]);
    let arguments = ["run", "--with", "one>=1,<2,two[a,b] (>=2,<3)", "--with", "two", "-c", "import one, two"];
    let run = place.exuvia(&arguments);
    assert_eq!((run.status, run.stdout.as_str()), (0, ""), "{}", run.stderr);
    let wrong = place.exuvia(&["run", "--with", "one,./two", "-c", ""]);
    assert_eq!(wrong.status, 2);
    assert!(wrong.stderr.contains("`./two` is no requirement: it has an address or a path"), "{}", wrong.stderr);
}

/// A session's file does not choose what is fetched: its user does, and is told what it was.
#[test]
fn an_imported_session_has_the_packages_that_its_user_names() {
    let place = Place::new();
    place.pure("first-1.0", &["Requires-Dist: second"], &[("first.py", b"import second; x = second.x")]);
    place.pure("second-2.0", &[], &[("second.py", b"x = 'two'")]);
    let journal = place.path("here");
    let own = |arguments: &[&str]| run(place.command(arguments).env("EXUVIA_JOURNAL", place.path("own")), b"");
    let here = |arguments: &[&str]| run(place.command(arguments).env("EXUVIA_JOURNAL", &journal), b"");
    for (session, preload) in [("it", &[][..]), ("preloaded", &["--preload", "first"])] {
        let options = [&["run", "--session", session, "--with", "first"], preload].concat();
        // On stderr it may say that it takes a while.
        let ran = own(&[&options[..], &["-c", "import first; print(first.x)"]].concat());
        assert_eq!((ran.status, ran.stdout.as_str()), (0, "two\n"), "{}", ran.stderr);
        assert_eq!(own(&["session", "export", session, "-o", session]).status, 0);
        assert_eq!(here(&["session", "import", session]).status, 0);
    }
    let needed = "error: session `ID` cannot go on here: its packages are first 1.0, second 2.0; here are none\n    \
                  hint: name them with --with first==1.0,second==2.0\n";
    for session in ["it", "preloaded"] {
        let refused = here(&["replay", session]);
        let (before, rest) = refused.stderr.split_once("session `").unwrap();
        let (_, after) = rest.split_once('`').unwrap();
        assert_eq!((refused.status, format!("{before}session `ID`{after}")), (2, needed.to_owned()));
    }
    assert_eq!(here(&["replay", "it", "--with", "first==1.0,second==2.0"]).stdout, "two\n");
    let image = here(&["replay", "preloaded", "--with", "first"]);
    let hint = "hint: name its file with --image, or what was imported in it with --preload\n";
    assert!(image.status == 2 && image.stderr.ends_with(hint), "{image:?}");
    assert_eq!(here(&["replay", "preloaded", "--with", "first", "--preload", "first"]).stdout, "two\n");

    // There is a newer one meanwhile: what a session that is trusted asks for now is not what it had.
    place.pure("second-2.1", &[], &[("second.py", b"x = 'newer'")]);
    fs::remove_dir_all(place.path("cache/packages")).unwrap_or_default();
    let newer = here(&["fork", "it", "--trust", "--detach", "--with", "first,second==2.1"]);
    let told = "cannot go on here: its packages are first 1.0, second 2.0; here are first 1.0, second 2.1\n    \
                hint: name them with --with first==1.0,second==2.0\n";
    assert!(newer.status == 2 && newer.stderr.ends_with(told), "{newer:?}");
    let fork = here(&["fork", "it", "--trust", "--detach", "--with", "first==1.0,second==2.0"]);
    assert_eq!((fork.status, fork.stderr.as_str()), (0, ""));
}
