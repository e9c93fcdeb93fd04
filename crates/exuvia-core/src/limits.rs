//! What a sandbox may use.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// The bounds of one sandbox; every one has a default, and none can be switched off by the guest.
///
/// Time, output and memory are reported to Python first (`exuvia.TimeLimit`, `exuvia.OutputLimit`, `MemoryError`), and
/// the session lives on. Code that does not end within [`grace`](Self::grace) after that is stopped from outside, and
/// its sandbox with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// How long one cell may take by the wall's clock, waiting included. Default: 30 s. `None`: for ever.
    pub wall_time: Option<Duration>,
    /// How much processor time one cell may use. Default: none beyond [`wall_time`](Self::wall_time).
    pub cpu_time: Option<Duration>,
    /// How long a cell whose time is up may go on (for its `finally` blocks) before it is stopped hard.
    /// Default: 50 ms.
    pub grace: Duration,
    /// The most linear memory, in bytes: the interpreter's own 30 MiB or so included; rounded down to 64 KiB.
    /// Default: 512 MiB, at most 4 GiB minus 64 KiB.
    pub memory_bytes: u64,
    /// The most bytes one cell may write to stdout and stderr together. Default: 16 MiB.
    pub output_bytes: u64,
    /// The most bytes that all files in the sandbox hold together, with what is changed in overlays, and by how much
    /// folders have grown through mounts that can be written to. Default: 256 MiB.
    pub file_bytes: u64,
    /// The most files, directories and links that the program may make, those in mounts included; what it removes of an
    /// overlay counts like them. Default: 65,536.
    pub files: u32,
    /// The most open files at a time, the three standard streams included. Default: 1,024.
    pub open_files: u32,
    /// How deep Python functions may call each other before `RecursionError` (`sys.setrecursionlimit`), 50–100,000. A
    /// program may set it anew: what stands behind it is the WebAssembly stack, whose end stops the sandbox.
    /// Default: 1,000, as CPython's.
    pub recursion: u32,
}

impl Limits {
    /// The recursion limit that CPython itself has.
    pub const RECURSION: u32 = 1_000;
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            wall_time: Some(Duration::from_secs(30)),
            cpu_time: None,
            grace: Duration::from_millis(50),
            memory_bytes: 512 << 20,
            output_bytes: 16 << 20,
            file_bytes: 256 << 20,
            files: 65_536,
            open_files: 1_024,
            recursion: Self::RECURSION,
        }
    }
}

/// Which limit was met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LimitKind {
    /// [`Limits::wall_time`].
    Time,
    /// [`Limits::cpu_time`].
    Cpu,
    /// [`Limits::memory_bytes`].
    Memory,
    /// [`Limits::output_bytes`].
    Output,
}

impl fmt::Display for LimitKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Time => "time",
            Self::Cpu => "cpu",
            Self::Memory => "memory",
            Self::Output => "output",
        })
    }
}
