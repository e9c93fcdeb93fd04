//! Wheels from PyPI: each is installed and used a little.
//!
//! `cargo xtask test` fetches them into `target/packages/wheels` before. What those with native modules print was worked
//! out by hand or comes from their documentation; what those in pure Python print is what native CPython printed (the
//! files in `cases/packages/uses`).

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use exuvia_core::{Limits, Outcome};
use exuvia_sandbox::{Checkpoint, Packages, PackagesBuilder, SandboxBuilder};
use libtest_mimic::{Failed, Trial};

use super::fixture::{self, Verdict, same};

/// A program and what it prints, with the wheels that it needs.
struct Use {
    name: &'static str,
    wheels: &'static [&'static str],
    program: &'static str,
    output: &'static str,
}

/// What programs with native modules may use: little, so that what they leave behind is noticed.
const NATIVE_MEMORY_BYTES: u64 = 64 << 20;
const PURE_MEMORY_BYTES: u64 = 256 << 20;

/// The first line of a program in `cases/packages/uses`, before the wheels that it needs; and of the next one, before
/// folders of source distributions.
const WHEELS: &str = "# wheels: ";
const SOURCES: &str = "# sources: ";

const USES: &[Use] = &[
    Use {
        name: "msgpack",
        wheels: &["msgpack"],
        program: r#"
import msgpack, msgpack._cmsgpack
print(msgpack.packb({"a": [1, 2.5, None, True]}).hex())
print(msgpack.unpackb(bytes.fromhex("93a3666f6fc4026262cd0100")), msgpack.Packer is msgpack._cmsgpack.Packer)
try:
    msgpack.unpackb(b"\xc1")
except msgpack.exceptions.FormatError as error:
    print(type(error).__name__)
"#,
        // The MessagePack specification, by hand.
        output: "81a1619401cb4004000000000000c0c3\n['foo', b'bb', 256] True\nFormatError\n",
    },
    Use {
        name: "pydantic",
        wheels: &["annotated_types", "pydantic", "pydantic_core", "typing_extensions", "typing_inspection"],
        program: r#"
from datetime import date
from pydantic import BaseModel, Field, ValidationError
class Person(BaseModel):
    name: str = Field(min_length=2)
    born: date
    friends: list["Person"] = []
person = Person.model_validate_json('{"name": "Ada", "born": "1815-12-10", "friends": [{"name": "Al", "born": "1806-06-27"}]}')
print(person.friends[0].born.year, person.model_dump_json(exclude={"friends"}))
try:
    Person(name="A", born="soon")
except ValidationError as error:
    print([(each["loc"], each["type"]) for each in error.errors()])
"#,
        output: "1806 {\"name\":\"Ada\",\"born\":\"1815-12-10\"}\n[(('name',), 'string_too_short'), (('born',), 'date_from_datetime_parsing')]\n",
    },
    Use {
        name: "python_flint",
        wheels: &["python_flint"],
        program: r#"
import flint
print(flint.fmpz(2) ** 100, flint.fmpz(2**61 - 1).is_prime(), flint.fmpz(360).factor())
print(flint.fmpz_poly([-1, 0, 1]).factor(), flint.fmpq(1, 3) + flint.fmpq(1, 6))
print(flint.fmpz_mat([[1, 2], [3, 4]]).det(), (flint.arb(2).sqrt() ** 2).contains(2))
"#,
        // 360 = 2^3 * 3^2 * 5; x^2 - 1 = (x + 1) (x - 1)
        output: "1267650600228229401496703205376 1 [(2, 3), (3, 2), (5, 1)]\n(1, [(x + (-1), 1), (x + 1, 1)]) 1/2\n-2 True\n",
    },
    Use {
        name: "uharfbuzz",
        wheels: &["uharfbuzz"],
        program: r#"
import uharfbuzz
buffer = uharfbuzz.Buffer()
buffer.add_str("שלום")
buffer.guess_segment_properties()
print(buffer.direction, buffer.script, len(buffer.glyph_infos))
"#,
        // Hebrew is written from right to left; four letters.
        output: "rtl Hebr 4\n",
    },
    Use {
        name: "librt",
        wheels: &["librt", "mypy_extensions"],
        program: r#"
import base64, librt.base64, librt.strings
data = bytes(range(256)) * 3
print(librt.base64.b64encode(data) == base64.b64encode(data), librt.base64.b64decode(base64.b64encode(data)) == data)
builder = librt.strings.BytesWriter()
builder.write(b"ab")
builder.append(99)
print(builder.getvalue())
"#,
        output: "True True\nb'abc'\n",
    },
    Use {
        name: "hypothesis",
        wheels: &["hypothesis", "sortedcontainers"],
        program: r#"
from hypothesis import given, settings, strategies as st
@settings(database=None, derandomize=True)
@given(st.lists(st.integers()))
def sorting_twice_changes_nothing(numbers):
    assert sorted(sorted(numbers)) == sorted(numbers)
sorting_twice_changes_nothing()
@settings(database=None, derandomize=True)
@given(st.integers())
def all_integers_are_small(number):
    assert number < 1000
try:
    all_integers_are_small()
except AssertionError as error:
    print(error.__notes__[0].partition("number=")[2].partition(",")[0])
"#,
        // The least integer that is not below 1000.
        output: "1000\n",
    },
    Use {
        name: "requests",
        wheels: &[
            "anyio",
            "certifi",
            "charset_normalizer",
            "h11",
            "httpcore",
            "httpx",
            "idna",
            "requests",
            "typing_extensions",
            "urllib3",
        ],
        // They import, and fail when they connect: as elsewhere, but for the reason.
        program: r#"
import asyncio, httpx, requests, urllib3
print(urllib3.HTTPConnectionPool.ConnectionCls.__module__, requests.Request("GET", "http://a.test/b", params={"c": "d"}).prepare().url)
async def later():
    async with httpx.AsyncClient() as client:
        await client.get("http://a.test/")
for connect in (
    lambda: requests.get("https://a.test/"),
    lambda: httpx.get("http://a.test/"),
    lambda: urllib3.request("GET", "http://127.0.0.1/", retries=False),
    lambda: asyncio.run(later()),
):
    try:
        connect()
    except (requests.ConnectionError, httpx.ConnectError, urllib3.exceptions.NewConnectionError) as error:
        print(type(error).__name__, "the sandbox has no network: its host can lend an HTTP tool or mount" in str(error))
"#,
        output: "urllib3.connection http://a.test/b?c=d\nConnectionError True\nConnectError True\nNameResolutionError True\nConnectError True\n",
    },
    Use {
        name: "boost_histogram_throws",
        wheels: &["boost_histogram"],
        // pybind11 throws a C++ exception where an import fails; there is no numpy here. What it does a hundred thousand
        // times leaves no memory behind.
        program: r#"
import sys, _imp
from importlib.machinery import ModuleSpec
sys.modules["numpy"] = None
path = "/usr/lib/python3.14/site-packages/boost_histogram/_core.cpython-314-wasm32-emscripten.so"
def attempt():
    try:
        _imp.exec_dynamic(_imp.create_dynamic(ModuleSpec("boost_histogram._core", None, origin=path)))
    except ImportError as error:
        return str(error)
print({attempt() for _ in range(100_000)})
"#,
        output: "{'initialization failed'}\n",
    },
];

/// Returns a test for each use.
pub(crate) fn trials() -> Vec<Trial> {
    let native = USES.iter().map(|each| {
        let folders = each.wheels.iter().map(|wheel| format!("wheels/{wheel}")).collect::<Vec<_>>();
        Trial::test(format!("wheels::{}", each.name), move || {
            run(&folders, each.program, each.output, NATIVE_MEMORY_BYTES)
        })
    });
    native.chain(pure()).collect()
}

/// Returns a test for each program in `cases/packages/uses`.
fn pure() -> Vec<Trial> {
    let Ok(entries) = fs::read_dir(fixture::workspace().join("cases/packages/uses")) else { return Vec::new() };
    let mut programs: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    programs.retain(|path| path.extension().is_some_and(|extension| extension == "py"));
    programs.sort();
    let trial = |path: PathBuf| {
        let name = path.file_stem().unwrap_or_default().display().to_string();
        Trial::test(format!("wheels::{name}"), move || {
            let program = fs::read_to_string(&path)?;
            let mut folders = Vec::new();
            for line in program.lines() {
                match (line.strip_prefix(WHEELS), line.strip_prefix(SOURCES)) {
                    (Some(names), _) => folders.extend(names.split(' ').map(|name| format!("wheels/{name}"))),
                    (None, Some(names)) => folders.extend(names.split(' ').map(str::to_owned)),
                    (None, None) => break,
                }
            }
            run(&folders, &program, &fs::read_to_string(path.with_extension("out"))?, PURE_MEMORY_BYTES)
        })
    };
    programs.into_iter().map(trial).collect()
}

/// Adds the files of a folder, but for the packages' own tests: compiling those is half of the time.
fn with_files(mut builder: PackagesBuilder, folder: &Path, place: &str) -> Result<PackagesBuilder, Failed> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_dir() && name != "tests" {
            builder = with_files(builder, &path, &format!("{place}{name}/"))?;
        } else if path.is_file() {
            builder = builder.file(format!("{place}{name}"), fs::read(&path)?);
        }
    }
    Ok(builder)
}

/// Installs folders below `target/packages` and runs a program.
fn run(folders: &[String], program: &str, output: &str, memory_bytes: u64) -> Verdict {
    let mut builder = Packages::builder(fixture::engine()?).cache(fixture::compiled_folder());
    for name in folders {
        let folder = fixture::workspace().join("target/packages").join(name);
        if !folder.is_dir() {
            return Err(Failed::from(format!("`{name}` was not fetched\nhint: run `cargo xtask test`")));
        }
        builder = with_files(builder, &folder, "")?;
    }
    let packages = builder.install(|_| {})?;
    let limits = Limits { wall_time: Some(Duration::from_secs(120)), memory_bytes, ..Limits::default() };
    let builder =
        || -> Result<SandboxBuilder, Failed> { Ok(fixture::builder()?.packages(&packages).limits(limits.clone())) };
    let mut sandbox = builder()?.build()?;
    same("the output", output, &told(&sandbox.run(program)?))?;
    if packages.native_modules().next().is_none() {
        return Ok(());
    }
    // The same once more, where what it has loaded was loaded again.
    let checkpoint = Checkpoint::from_bytes(fixture::engine()?, &sandbox.checkpoint()?.to_bytes())?;
    drop(sandbox);
    same("the output after a checkpoint", output, &told(&builder()?.checkpoint(&checkpoint).build()?.run(program)?))
}

fn told(outcome: &Outcome) -> String {
    let error = outcome.error.as_ref();
    let error = error.map_or_else(String::new, |error| format!("{}: {}\n", error.type_name, error.message));
    format!("{}{}{error}", outcome.stdout, outcome.stderr)
}
