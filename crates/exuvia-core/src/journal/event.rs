//! What a journal consists of.

use std::fmt;

use crate::cell::Outcome;
use crate::host::{ClockId, HostAnswer, Interrupt, Stream};
use crate::journal::SessionId;
use crate::limits::Limits;
use crate::mount::MountMode;
use crate::recording::Asked;
use crate::tool::ToolDeclaration;

/// How many bytes a hash has.
pub const HASH_BYTES: usize = 32;

/// A SHA-256.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Hash(pub [u8; HASH_BYTES]);

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Something that happened in a session.
///
/// Whatever enters a sandbox from outside is in here; what follows from that is not, but for output and outcomes, which
/// are there for people and for comparing replays with.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// The session began. Always the first event, and never a later one.
    Opened(Box<Opened>),
    /// A piece of Python begins to run.
    CellStarted {
        /// Its number, from 1; a fork goes on counting where it began.
        cell: u32,
        /// What runs.
        source: Source,
    },
    /// Clocks were read, in this order, nanoseconds each.
    Clocks(Vec<(ClockId, i64)>),
    /// Random bytes were drawn. They follow from the seed and from how many were drawn before.
    Random {
        /// How many.
        length: u64,
    },
    /// Something was written to a standard stream. It is journaled before anybody sees it.
    Output {
        /// Which stream.
        stream: Stream,
        /// What; any bytes.
        bytes: Vec<u8>,
    },
    /// An act with an effect outside is about to be done: a tool, a change in a mount. It is done when this is journaled.
    Asked {
        /// The act.
        asked: Asked,
    },
    /// An act has been done, or has failed.
    Answered {
        /// The position of its [`Asked`](Self::Asked).
        asked: u64,
        /// What came of it.
        answer: HostAnswer,
    },
    /// Something without an effect outside was asked and answered: input, a wait, help, a read of a mount.
    Call {
        /// What was asked.
        asked: Asked,
        /// What was answered.
        answer: HostAnswer,
    },
    /// An interrupt was delivered.
    Interrupted {
        /// At which of the interpreter's checks.
        checks: u64,
        /// What was raised.
        interrupt: Interrupt,
    },
    /// The piece of Python that ran has ended.
    CellEnded {
        /// Its number.
        cell: u32,
        /// What came of it.
        outcome: Box<Outcome>,
    },
    /// A checkpoint was taken: where this stands is where it was. The checkpoint itself lies beside the journal and may be
    /// deleted; a replay that comes here compares its own state with these.
    Checkpoint {
        /// Of the memory that differs from the image's.
        memory: Hash,
        /// Of the files.
        files: Option<Hash>,
    },
    /// The cells after this one are undone: what follows goes on from its end. `0`: all of them.
    Undone {
        /// The last cell that stands.
        cell: u32,
    },
    /// A file was put into the sandbox between two cells.
    Given(GivenFile),
    /// Something that is no business of the sandbox, such as what an agent asked its model.
    Note {
        /// What it is, in a word of whoever writes it.
        kind: String,
        /// What it says.
        data: serde_json::Value,
    },
}

impl Event {
    /// Returns the event's kind as journals have it.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Opened(_) => "opened",
            Self::CellStarted { .. } => "cell_started",
            Self::Clocks(_) => "clocks",
            Self::Random { .. } => "random",
            Self::Output { .. } => "output",
            Self::Asked { .. } => "asked",
            Self::Answered { .. } => "answered",
            Self::Call { .. } => "call",
            Self::Interrupted { .. } => "interrupted",
            Self::CellEnded { .. } => "cell_ended",
            Self::Checkpoint { .. } => "checkpoint",
            Self::Undone { .. } => "undone",
            Self::Given(_) => "given",
            Self::Note { .. } => "note",
        }
    }
}

/// What a session began with.
#[derive(Debug, Clone, PartialEq)]
pub struct Opened {
    /// Which interpreter.
    pub engine: EngineIdentity,
    /// The image's identity.
    pub image: String,
    /// The packages that can be imported beyond the image's.
    pub packages: Vec<PackageIdentity>,
    /// What random bytes follow from.
    pub seed: [u8; 32],
    /// What it may use.
    pub limits: Limits,
    /// The mounts, in the order in which they are numbered.
    pub mounts: Vec<MountPoint>,
    /// The tools that may be called.
    pub tools: Vec<ToolDeclaration>,
    /// `sys.argv`.
    pub arguments: Vec<String>,
    /// Environment variables, in the order in which they were given.
    pub environment: Vec<Variable>,
    /// Files that were put there.
    pub files: Vec<GivenFile>,
    /// The working directory; `None`: the image's own.
    pub working_directory: Option<String>,
    /// Which of stdin, stdout and stderr are taken for terminals.
    pub terminals: [bool; 3],
    /// Where it was forked from.
    pub parent: Option<Parent>,
}

impl Opened {
    /// Returns what a session of this image begins with if nothing else is given to it.
    #[must_use]
    pub fn new(engine: EngineIdentity, image: impl Into<String>, seed: [u8; 32]) -> Self {
        Self {
            engine,
            image: image.into(),
            packages: Vec::new(),
            seed,
            limits: Limits::default(),
            mounts: Vec::new(),
            tools: Vec::new(),
            arguments: Vec::new(),
            environment: Vec::new(),
            files: Vec::new(),
            working_directory: None,
            terminals: [false; 3],
            parent: None,
        }
    }
}

/// An interpreter and its version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EngineIdentity {
    /// `cpython`.
    pub name: String,
    /// `3.14.2`.
    pub version: String,
}

/// A package that can be imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackageIdentity {
    /// Its normalised name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The SHA-256 of its wheel, in hexadecimal digits.
    pub hash: String,
}

/// A directory that the host answers for. What is behind it is the host's affair, and in no journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MountPoint {
    /// Where it is seen.
    pub path: String,
    /// What may be done with it.
    pub mode: MountMode,
}

/// An environment variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// Its value; `None`: a secret, which no journal has and which must be given again.
    pub value: Option<String>,
}

/// A file that was put into a session's sandbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenFile {
    /// Its absolute path.
    pub path: String,
    /// What it holds.
    pub content: Vec<u8>,
}

/// Where a fork goes on from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parent {
    /// The session that it was forked from.
    pub session: SessionId,
    /// How many of that session's own events it shares: those at lower positions. At least 1.
    pub position: u64,
}

/// A piece of Python that runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A cell of this text.
    Cell(String),
    /// A program, as `python` would run it.
    Program {
        /// Where its text is.
        program: Program,
        /// `sys.argv[1:]`.
        arguments: Vec<String>,
    },
    /// What Python does when it ends: functions registered with `atexit`, threads that are joined, buffers that are flushed.
    Finish,
}

/// Where the text of a program is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Program {
    /// In a file of the sandbox: `python FILE`.
    File(String),
    /// Here: `python -c`.
    Code(String),
    /// In a module or package of the sandbox: `python -m`.
    Module(String),
    /// Here; it came from stdin: `python -`.
    Stdin(String),
}
