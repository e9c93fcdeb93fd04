//! Wheels as they should be, and as an attacker would make them.

use std::io::{Cursor, Write as _};

use bytes::Bytes;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::Wheel;
use crate::target::Target;

const NAME: &str = "a-1.0-py3-none-any.whl";
const WHEEL: (&str, &[u8]) = ("a-1.0.dist-info/WHEEL", b"Wheel-Version: 1.0\nTag: py3-none-any\n");
const RECORD: (&str, &[u8]) = ("a-1.0.dist-info/RECORD", b"");

fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, content) in files {
        writer.start_file(*path, SimpleFileOptions::default()).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A wheel that has its metadata and these files.
fn wheel(files: &[(&str, &[u8])]) -> Vec<u8> {
    archive(&[&[WHEEL, RECORD], files].concat())
}

/// Returns the paths in the wheel, or what is wrong with it.
fn read(content: Vec<u8>) -> Result<Vec<String>, String> {
    let files = Wheel::named(NAME).unwrap().files(content.into());
    files.map(|files| files.into_keys().collect()).map_err(|error| {
        let text = error.to_string();
        text.strip_prefix(&format!("the wheel `{NAME}` cannot be used: ")).unwrap().to_owned()
    })
}

#[track_caller]
fn refused(content: Vec<u8>, fault: &str) {
    assert_eq!(read(content).unwrap_err(), fault);
}

#[test]
fn files_go_to_where_they_belong() {
    let content = wheel(&[
        ("a/__init__.py", b"1"),
        ("a-1.0.data/purelib/b.py", b"2"),
        ("a-1.0.data/platlib/c/d.so", b"3"),
        ("a-1.0.data/scripts/run", b"4"),
        ("a-1.0.data/data/etc/x", b"5"),
        ("a-1.0.data/headers/x.h", b"6"),
    ]);
    let expected = ["a-1.0.dist-info/RECORD", "a-1.0.dist-info/WHEEL", "a/__init__.py", "b.py", "c/d.so"];
    assert_eq!(read(content).unwrap(), expected);
}

/// What `packaging.tags` says that CPython 3.14 on this platform accepts.
#[test]
fn a_wheel_is_for_some_interpreters() {
    let target = Target::new("3.14.2").unwrap();
    for (tags, suits) in [
        ("py3-none-any", true),
        ("py2.py3-none-any", true),
        ("py314-none-any", true),
        ("py39-none-any", true),
        ("py315-none-any", false),
        ("py2-none-any", false),
        ("cp314-none-any", true),
        ("cp313-none-any", false),
        ("cp314-cp314-pyemscripten_2026_0_wasm32", true),
        ("cp314-cp314t-pyemscripten_2026_0_wasm32", false),
        ("cp313-cp313-pyemscripten_2026_0_wasm32", false),
        ("cp311-abi3-pyemscripten_2026_0_wasm32", true),
        ("cp315-abi3-pyemscripten_2026_0_wasm32", false),
        ("cp311-abi3-any", false),
        ("py3-none-pyemscripten_2026_0_wasm32", true),
        ("cp314-cp314-pyodide_2025_0_wasm32", false),
        ("cp314-cp314-manylinux_2_17_x86_64", false),
        ("cp313.cp314-cp314-manylinux_2_17_x86_64.pyemscripten_2026_0_wasm32", true),
    ] {
        let file = format!("a-1.0-{tags}.whl");
        let checked = Wheel::named(&file).unwrap().check(&target);
        let message = checked.err().map(|error| error.to_string());
        let expected = (!suits).then(|| {
            format!("the wheel `{file}` cannot be used: it is for `{tags}`, not for CPython 3.14 on `pyemscripten_2026_0_wasm32`")
        });
        assert_eq!(message, expected);
    }
}

#[test]
fn a_name_says_what_it_is() {
    let wheel = Wheel::named("Foo_Bar-1.0.0-2build-py3-none-any.whl").unwrap();
    assert_eq!(wheel.name().as_str(), "foo-bar");
    assert!(wheel.is_version("1.0") && !wheel.is_version("1.0.1"));
    for name in ["", "a.whl", "a-1.0.tar.gz", "a-1.0-py3-none.whl", "../a-1.0-py3-none-any.whl", "a-x-py3-none-any.whl"]
    {
        let error = Wheel::named(name).unwrap_err().to_string();
        let fault = "its name is not `NAME-VERSION-PYTHON-ABI-PLATFORM.whl`";
        assert_eq!(error, format!("the wheel `{name}` cannot be used: {fault}"));
    }
}

#[test]
fn no_path_leads_out() {
    for path in ["../x", "/x", "a/../../x", "a//x", "./x", "a\\..\\x", "a/..", "a\0b", "a-1.0.data/purelib/../../x"] {
        refused(wheel(&[(path, b"")]), &format!("the path {path:?} in it is not one below its folder"));
    }
    let long = "x".repeat(1_025);
    refused(wheel(&[(&long, b"")]), &format!("the path {long:?} in it is not one below its folder"));
}

#[test]
fn links_are_refused() {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.add_symlink("a/link", "/etc/passwd", SimpleFileOptions::default()).unwrap();
    refused(writer.finish().unwrap().into_inner(), "`a/link` in it is a link");
}

#[test]
fn a_path_is_one_file() {
    // No writer makes two entries of one name: the second one's is changed afterwards, in both places where it stands.
    let mut content = wheel(&[("x/same", b"1"), ("x/diff", b"2")]);
    let places: Vec<usize> =
        content.windows(6).enumerate().filter(|(_, bytes)| *bytes == b"x/diff").map(|(place, _)| place).collect();
    assert_eq!(places.len(), 2);
    for place in places {
        content[place..place + 6].copy_from_slice(b"x/same");
    }
    refused(content, "`x/same` is in it twice");
    refused(wheel(&[("b.py", b"1"), ("a-1.0.data/purelib/b.py", b"2")]), "`b.py` is in it twice");
    refused(wheel(&[("b", b"1"), ("b/c", b"2")]), "`b` in it is a file and a folder");
    refused(wheel(&[("b", b"1"), ("a-1.0.data/platlib/b/c", b"2")]), "`b` in it is a file and a folder");
}

#[test]
fn damage_is_found() {
    let whole = wheel(&[("a.py", &[b'x'; 1_000])]);
    for cut in 0..whole.len() {
        let fault = read(whole[..cut].to_vec()).unwrap_err();
        assert!(fault.starts_with("it is damaged: "), "cut at {cut}: {fault}");
    }
    refused(b"no archive".to_vec(), "it is damaged: invalid Zip archive: Could not find EOCD");
}

/// Whatever is done to a wheel, reading it ends with files or with a fault.
#[test]
fn no_damage_is_the_end() {
    let whole = wheel(&[("a.py", b"print()"), ("b/c.py", &[7; 300])]);
    for place in 0..whole.len() {
        for bit in 0..8 {
            let mut content = whole.clone();
            content[place] ^= 1 << bit;
            let _ = Wheel::named(NAME).unwrap().files(content.into());
        }
    }
}

#[test]
fn bombs_do_not_go_off() {
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let zeros = vec![0; 1 << 20];
    writer.start_file("zeros", options).unwrap();
    for _ in 0..513 {
        writer.write_all(&zeros).unwrap();
    }
    let bomb = writer.finish().unwrap().into_inner();
    assert!(bomb.len() < 1 << 20);
    refused(bomb.clone(), "it has 537919488 bytes in its files, the limit is 536870912");

    // The same, with a size that is a lie: in the entry itself and in the directory.
    let mut liar = bomb;
    let size = 537_919_488_u32.to_le_bytes();
    let places: Vec<usize> =
        liar.windows(4).enumerate().filter(|(_, bytes)| *bytes == size).map(|(place, _)| place).collect();
    for place in places {
        liar[place..place + 4].copy_from_slice(&100_u32.to_le_bytes());
    }
    let fault = read(liar).unwrap_err();
    assert!(fault.starts_with("it is damaged: `zeros`"), "{fault}");

    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for number in 0..50_001 {
        writer.start_file(number.to_string(), SimpleFileOptions::default()).unwrap();
    }
    refused(writer.finish().unwrap().into_inner(), "it has 50001 entries, the limit is 50000");
}

#[test]
fn metadata_are_those_of_the_package() {
    let none = "it does not have one folder `NAME-VERSION.dist-info` with `WHEEL` and `RECORD`";
    refused(archive(&[("a.py", b"")]), none);
    refused(archive(&[WHEEL]), none);
    refused(archive(&[RECORD]), none);
    refused(wheel(&[("b-1.0.dist-info/WHEEL", b"")]), none);
    refused(archive(&[("b-1.0.dist-info/WHEEL", b""), ("b-1.0.dist-info/RECORD", b"")]), "it is `b-1.0`");
    refused(archive(&[("a-2.0.dist-info/WHEEL", b""), ("a-2.0.dist-info/RECORD", b"")]), "it is `a-2.0`");
    refused(archive(&[("a-1.0.dist-info/WHEEL", b"Wheel-Version: 2.0\n"), RECORD]), "its format is `2.0`, known is 1");
}

#[test]
fn files_are_those_of_the_record() {
    // SHA-256 of "abc" (FIPS 180-2), in base64 for URLs.
    let hash = "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0";
    let record = format!("a.py,sha256={hash},3\nnot/there.py,sha256={hash},3\na-1.0.dist-info/RECORD,,\n");
    let entry = ("a-1.0.dist-info/RECORD", record.as_bytes());
    assert!(read(archive(&[WHEEL, entry, ("a.py", b"abc"), ("other.py", b"")])).is_ok());
    refused(archive(&[WHEEL, entry, ("a.py", b"abd")]), "`a.py` in it is not what its RECORD says");
}

#[test]
fn an_archive_without_a_directory_holds_nothing() {
    refused(
        Bytes::from(archive(&[])).to_vec(),
        "it does not have one folder `NAME-VERSION.dist-info` with `WHEEL` and `RECORD`",
    );
}
