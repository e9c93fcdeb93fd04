//! Sessions: sandboxes with their journals.
//!
//! A [`Session`] runs cells like a [`Sandbox`](exuvia_sandbox::Sandbox), and writes down everything that enters its sandbox
//! from outside. From that it can be rebuilt: [`replay`] runs it again without touching anything, [`Session::resume`] goes
//! on with one whose process has ended at any moment, [`Session::fork_at`] opens another one that shares its history.
//!
//! - [`environment`]: what a session needs of the process that it runs in.
//! - [`session`]: cells, checkpoints, resume, fork, undo.
//! - [`replay`]: running a session again and comparing.
//! - [`policy`]: when checkpoints are taken.
//! - [`mod@cells`]: reading what ran, and what came of it.
//! - [`fn@script`]: all that ran, as one script.
//!
//! # What is written when
//!
//! A cell's source is written before it runs, and its outcome before it is told. A call of a tool and a change in a mount
//! are written before they are made, and their answers before the program sees them; output before it is printed. What
//! has no effect outside (clocks, random bytes, waits, reads of mounts) is gathered and written with the next of these.
//! How safe "written" is, is the store's [`Durability`](exuvia_core::journal::Durability).
//!
//! # After a crash
//!
//! A session goes on from its last checkpoint, or from its beginning: the cells since then run again with the answers
//! that the journal has, and from there on live. An act that was asked for and has no answer is done again if the tool
//! says that this does no harm ([`ToolDeclaration::idempotent`](exuvia_core::ToolDeclaration::idempotent)); else the
//! program sees `exuvia.ToolInterrupted`, or an `OSError` for a change in a mount. A wait is waited anew.

pub mod cells;
mod cursor;
mod divergence;
pub mod environment;
mod error;
mod host;
mod log;
pub mod policy;
mod progress;
mod rebuild;
pub mod replay;
mod saved;
mod script;
pub mod session;
mod settled;
mod timeline;

pub use cells::{RecordedCell, cells};
pub use divergence::{Deed, Divergence};
pub use environment::{Environment, HostError, HostFactory, opened_of};
pub use error::SessionError;
pub use log::{Now, Observer};
pub use policy::CheckpointPolicy;
pub use rebuild::run as perform;
pub use replay::{Meter, Output, Passed, Replay, ReplayOptions, ReplayStep, Replayed};
pub use script::{ScriptError, ScriptOptions, script};
pub use session::{Resumed, Session, cell_count, last_cell, undo};
pub use settled::{FILES_MAX, FOLDERS, Settled, output_path, outputs_named_in};
pub use timeline::each as each_event;
