//! The words of Exuvia as types, and nothing that touches the world.
//!
//! This crate has no input or output, no clock and no WebAssembly: what a sandbox needs from outside is named here
//! ([`HostCall`]) and answered by whoever runs it ([`Host`]).
//!
//! - [`cell`]: what running a piece of Python gave ([`Outcome`]).
//! - [`limits`]: what a sandbox may use ([`Limits`]).
//! - [`host`]: the one typed boundary between a sandbox and everything else.
//! - [`tool`]: functions of the host that cells may call.
//! - [`recording`]: a [`Host`] that writes down what it answers, and one that answers from what was written down.

pub mod cell;
pub mod host;
pub mod limits;
pub mod recording;
pub mod tool;

pub use cell::{ErrorReport, Frame, Outcome, Status, StopReason, SyntaxDetail, Usage, Value};
pub use host::{
    ClockId, Host, HostAnswer, HostCall, Interrupt, MountAnswer, MountEntry, MountEntryKind, MountFault, MountRequest,
    Reply, Stream,
};
pub use limits::{LimitKind, Limits};
pub use recording::{Divergence, Event, Recording, RecordingHost, ReplayingHost};
pub use tool::{
    FinishedCall, ToolDeclaration, ToolFailure, ToolFailureKind, ToolFuture, ToolLimits, ToolOutcome, ToolRunner,
    ToolSignature, is_tool_name,
};
