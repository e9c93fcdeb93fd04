//! The words of Exuvia as types, and nothing that touches the world.
//!
//! This crate has no input or output, no clock and no WebAssembly: what a sandbox needs from outside is named here
//! ([`HostCall`]) and answered by whoever runs it ([`Host`]).
//!
//! - [`agent`]: a model whose action is a piece of Python, as a fold over a journal.
//! - [`cell`]: what running a piece of Python gave ([`Outcome`]).
//! - [`limits`]: what a sandbox may use ([`Limits`]).
//! - [`host`]: the one typed boundary between a sandbox and everything else.
//! - [`journal`]: what happened in a session, and where that is kept.
//! - [`mount`]: directories that the host answers for.
//! - [`tool`]: functions of the host that cells may call.
//! - [`observation`]: what an outcome looks like to somebody who has to go on from it.
//! - [`recording`]: a [`Host`] that writes down what it answers, and one that answers from what was written down.

pub mod agent;
pub mod cell;
pub mod host;
pub mod journal;
pub mod limits;
pub mod mount;
pub mod observation;
pub mod recording;
pub mod tool;

pub use cell::{ErrorReport, Frame, Outcome, Status, StopReason, SyntaxDetail, Usage, Value};
pub use host::{ClockId, Host, HostAnswer, HostCall, Interrupt, Reply, Stream};
pub use limits::{LimitKind, Limits};
pub use mount::{
    Change, Changed, Mount, MountAnswer, MountEntry, MountEntryKind, MountFault, MountMode, MountOperation,
    MountOutcome, MountReply, MountRequest, Original,
};
pub use recording::{Divergence, Event, Recording, RecordingHost, ReplayingHost};
pub use tool::{
    FinishedCall, ToolDeclaration, ToolFailure, ToolFailureKind, ToolFuture, ToolLimits, ToolOutcome, ToolRunner,
    ToolSignature, is_tool_name,
};
