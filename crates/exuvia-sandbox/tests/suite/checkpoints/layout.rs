//! The layout of checkpoints: those that were written are read as they were meant, or refused.
//!
//! `golden/checkpoint-N.state` is all but the pages of a checkpoint of format N: three numbers of its header, and blocks. Where a change of a record
//! makes it unreadable, or readable as something else, the format needs another number: then checkpoints that lie in
//! somebody's journal are refused, and their sessions run again instead.

use std::env;
use std::fs;
use std::path::PathBuf;

use exuvia_core::MountMode;
use exuvia_sandbox::{Checkpoint, CheckpointError, Folder};
use libtest_mimic::{Failed, Trial};
use serde_json::Value as Json;
use sha2::{Digest as _, Sha256};

use super::super::fixture::{Verdict, engine, ensure, repeatable_host, trial};
use super::{Tools, declarations, folder};

/// The format that is written, and read, now.
const FORMAT: u32 = 2;
/// Where a header begins: after a line and its length.
const HEADER: usize = 22;
const BLOCK_BYTES: usize = 1 << 20;
const PAGE_BYTES: usize = 4_096;
/// What a header says that is the golden one's own.
const NUMBERS: [&str; 3] = ["memory_bytes", "pages", "state_bytes"];

pub(super) fn trials() -> Vec<Trial> {
    vec![
        trial("checkpoints::layout::what_was_written_is_read_as_it_was_meant", golden),
        trial("checkpoints::layout::other_formats_are_refused", others),
    ]
}

/// A checkpoint, taken apart as the documentation of its encoding says.
struct Parts {
    header: Json,
    state: Vec<u8>,
    pages: Vec<u8>,
}

impl Parts {
    fn of(bytes: &[u8]) -> Result<Self, Failed> {
        let length = u32::from_le_bytes(bytes[HEADER - 4..HEADER].try_into()?) as usize;
        let header: Json = serde_json::from_slice(&bytes[HEADER..HEADER + length])?;
        let size = |key: &str| -> Result<usize, Failed> {
            Ok(usize::try_from(header[key].as_u64().ok_or("the header has no such size")?)?)
        };
        let (state, pages) = (size("state_bytes")?, size("pages")? * PAGE_BYTES);
        let mut rest = &bytes[HEADER + length..];
        Ok(Self { state: unpacked(&mut rest, state)?, pages: unpacked(&mut rest, pages)?, header })
    }

    fn to_bytes(&self) -> Result<Vec<u8>, Failed> {
        let body = [packed(&self.state)?, packed(&self.pages)?].concat();
        let mut header = self.header.clone();
        let digest = Sha256::digest(&body);
        header["sha256"] = digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>().into();
        header["state_bytes"] = self.state.len().into();
        let header = serde_json::to_vec(&header)?;
        let length = u32::try_from(header.len())?.to_le_bytes();
        Ok([&b"EXUVIA CHECKPOINT\n"[..], &length, &header, &body].concat())
    }
}

fn unpacked(rest: &mut &[u8], size: usize) -> Result<Vec<u8>, Failed> {
    let mut plain = Vec::new();
    while plain.len() < size {
        let (length, after) = rest.split_first_chunk().ok_or("it ends too soon")?;
        let (block, after) = after.split_at(u32::from_le_bytes(*length) as usize);
        plain.extend(lz4_flex::block::decompress(block, BLOCK_BYTES.min(size - plain.len()))?);
        *rest = after;
    }
    Ok(plain)
}

fn packed(plain: &[u8]) -> Result<Vec<u8>, Failed> {
    let mut blocks = Vec::new();
    for piece in plain.chunks(BLOCK_BYTES) {
        let block = lz4_flex::block::compress(piece);
        blocks.extend_from_slice(&u32::try_from(block.len())?.to_le_bytes());
        blocks.extend_from_slice(&block);
    }
    Ok(blocks)
}

/// Returns a checkpoint that has something of all that one can have: files of all kinds, a mount, open files, calls of tools,
/// a cell that waits, output.
fn rich() -> Result<Checkpoint, Failed> {
    let folder = folder()?;
    let taken = std::sync::Arc::new(std::sync::Mutex::new(None));
    let host = repeatable_host().tools(Tools).mount(Folder::open(folder.path())?).build(engine()?)?;
    let builder = engine()?.sandbox().host(host).tools(declarations());
    let mut sandbox = builder.mount("/mnt", MountMode::Overlay).terminals([true, false, false]).build()?;
    let slot = taken.clone();
    sandbox.when_waiting(move |waiting| {
        let mut slot = super::lock(&slot);
        if slot.is_none() {
            *slot = waiting.checkpoint().ok();
        }
    });
    sandbox.run(
        "import asyncio, os, sys
from exuvia.tools import one, two
print('printed', end='')
sys.stderr.write('told')
os.makedirs('a/b'); os.symlink('b', 'a/link'); os.umask(0o27); os.chdir('a')
kept = open('b/file', 'wb+'); kept.write(b'x' * 70_000); kept.seek(5)
gone = open('gone', 'w'); gone.write('still there'); gone.flush(); os.remove('gone')
ends = os.pipe(); os.write(ends[1], b'in the pipe'); copy = os.dup(ends[0])
os.listdir('/mnt'); open('/mnt/kept.txt').read(10); open('/mnt/new', 'w').write('new'); os.remove('/mnt/below/other.txt')
with open('/mnt/kept.txt', 'r+') as changed: changed.write('changed')
os.utime('b/file', ns=(1, 2)); os.chmod('b/file', 0o600)
calls = [asyncio.ensure_future(one.aio('first')), asyncio.ensure_future(two.aio('second'))]
await asyncio.sleep(0.5)
",
    )?;
    let checkpoint = super::lock(&taken).take();
    Ok(checkpoint.ok_or("no cell waited")?)
}

fn golden() -> Verdict {
    let mut parts = Parts::of(&rich()?.to_bytes())?;
    let format = parts.header["version"].as_str().and_then(|version| version.rsplit('/').next()).unwrap_or_default();
    ensure(format == FORMAT.to_string(), format!("this is format {format}: let this test say so, and write it anew"))?;
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("tests/golden/checkpoint-{FORMAT}.state"));
    #[expect(clippy::disallowed_methods, reason = "whoever reviews a change has it written")]
    if env::var_os("EXUVIA_REVIEW").is_some() {
        let numbers = NUMBERS.map(|key| parts.header[key].as_u64().unwrap_or_default());
        fs::write(&path, [numbers.map(u64::to_le_bytes).as_flattened(), &packed(&parts.state)?].concat())?;
    }
    let written = fs::read(&path)?;
    let (numbers, mut blocks) = written.split_at(8 * NUMBERS.len());
    for (key, number) in NUMBERS.into_iter().zip(numbers.chunks(8)) {
        parts.header[key] = u64::from_le_bytes(number.try_into()?).into();
    }
    let size = |key: &str| parts.header[key].as_u64().and_then(|size| usize::try_from(size).ok()).unwrap_or_default();
    let (state_bytes, pages) = (size("state_bytes"), size("pages"));
    parts.state = unpacked(&mut blocks, state_bytes)?;
    parts.pages = vec![0; pages * PAGE_BYTES];
    let bytes = parts.to_bytes()?;
    let read = Checkpoint::from_bytes(engine()?, &bytes);
    let again = read.map_err(|error| format!("the records have changed, so FORMAT has to: {error}"))?.to_bytes();
    ensure(again == bytes, "the records mean something else than they did, so FORMAT has to change")
}

fn others() -> Verdict {
    let mut parts = Parts::of(&rich()?.to_bytes())?;
    let version = parts.header["version"].as_str().unwrap_or_default().to_owned();
    for format in [FORMAT - 1, FORMAT + 1] {
        let found = format!("{}{format}", version.trim_end_matches(|digit: char| digit.is_ascii_digit()));
        parts.header["version"] = found.as_str().into();
        let error = Checkpoint::from_bytes(engine()?, &parts.to_bytes()?).err().ok_or("it is read")?;
        let told = format!(
            "the checkpoint was written by version {found}, this is version {version}: replay the session instead"
        );
        ensure(error.to_string() == told && matches!(error, CheckpointError::Version { .. }), error.to_string())?;
    }
    Ok(())
}
