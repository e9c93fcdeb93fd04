//! Checkpoints that are not what was written.

use exuvia_core::Limits;
use exuvia_sandbox::{Checkpoint, CheckpointError, Engine};
use libtest_mimic::{Failed, Trial};

use super::super::fixture::{Verdict, builder, engine, ensure, sandbox, trial};

pub(super) fn trials() -> Vec<Trial> {
    vec![
        trial("checkpoints::damage::every_byte_counts", every_byte),
        trial("checkpoints::damage::it_is_cut_short", cut_short),
        trial("checkpoints::damage::other_versions_and_images", others),
        trial("checkpoints::damage::what_a_header_says_is_not_believed", headers),
    ]
}

fn written() -> Result<Vec<u8>, Failed> {
    let mut sandbox = sandbox()?;
    sandbox.run("import os; f = open('a', 'w'); f.write('x' * 100_000); r, w = os.pipe(); x = list(range(1000))")?;
    Ok(sandbox.checkpoint()?.to_bytes())
}

/// Reads a checkpoint, and uses it if it can be read.
fn read(engine: &Engine, bytes: &[u8]) -> Result<bool, Failed> {
    let Ok(checkpoint) = Checkpoint::from_bytes(engine, bytes) else { return Ok(false) };
    let limits = Limits { wall_time: Some(std::time::Duration::from_secs(2)), ..Limits::default() };
    if let Ok(mut sandbox) = builder()?.limits(limits).checkpoint(&checkpoint).build() {
        sandbox.run("len(x), open('a').read(3)")?;
    }
    Ok(true)
}

fn every_byte() -> Verdict {
    let engine = engine()?;
    let good = written()?;
    ensure(read(engine, &good)?, "it cannot be read as it was written")?;
    let header = 22..good.len().min(500);
    for at in header.chain((500..good.len()).step_by(997)).chain(0..22) {
        let mut bytes = good.clone();
        bytes[at] ^= 1 << (at % 8);
        // What is said of the packages, say, is only compared when it is used.
        ensure(!read(engine, &bytes)? || at < 500, format!("a change of byte {at} goes unnoticed"))?;
    }
    Ok(())
}

fn cut_short() -> Verdict {
    let engine = engine()?;
    let good = written()?;
    for length in (0..300).chain((300..good.len()).step_by(1_009)) {
        ensure(!read(engine, &good[..length])?, format!("{length} bytes of it are read"))?;
    }
    let longer = [&good[..], b"x"].concat();
    ensure(!read(engine, &longer)?, "what follows it goes unnoticed")
}

/// Changes the header, a text, which keeps its length.
fn changed(good: &[u8], from: &str, to: &str) -> Result<Vec<u8>, Failed> {
    ensure(from.len() == to.len(), "the lengths differ")?;
    let at = good.windows(from.len()).position(|window| window == from.as_bytes()).ok_or("it is not there")?;
    let mut bytes = good.to_vec();
    bytes[at..at + to.len()].copy_from_slice(to.as_bytes());
    Ok(bytes)
}

fn others() -> Verdict {
    let engine = engine()?;
    let good = written()?;
    let error = |bytes: &[u8]| Checkpoint::from_bytes(engine, bytes).err().ok_or("it is read");
    ensure(error(b"something else")? == CheckpointError::Foreign, "it is taken for a checkpoint")?;
    let version = error(&changed(&good, "\"version\":\"0", "\"version\":\"9")?)?;
    ensure(matches!(version, CheckpointError::Version { .. }), format!("{version:?}"))?;
    let identity = engine.image().identity().as_str();
    let image = error(&changed(&good, identity, &"0".repeat(identity.len()))?)?;
    ensure(matches!(image, CheckpointError::OtherImage { .. }), format!("{image:?}"))
}

fn headers() -> Verdict {
    let engine = engine()?;
    let good = written()?;
    let end = 22 + u32::from_le_bytes([good[18], good[19], good[20], good[21]]) as usize;
    let header: serde_json::Value = serde_json::from_slice(&good[22..end])?;
    for (key, values) in [
        ("memory_bytes", [0, 1, 65_535, u64::MAX, 1 << 32, 1 << 33]),
        ("pages", [0, 1, u64::from(u32::MAX), 1 << 20, 100_000, 7]),
        ("state_bytes", [0, 1, u64::MAX, 1 << 40, 1 << 33, 100]),
    ] {
        for value in values {
            let mut header = header.clone();
            header[key] = value.into();
            let header = serde_json::to_vec(&header)?;
            let length = u32::try_from(header.len())?.to_le_bytes();
            let bytes = [&good[..18], &length, &header, &good[end..]].concat();
            // A memory of 4 GiB is one that a sandbox may have; the limit refuses it.
            let possible = key == "memory_bytes" && value == 1 << 32;
            ensure(read(engine, &bytes)? == possible, format!("{key} {value}"))?;
        }
    }
    Ok(())
}
