//! The agent: a model whose action is a piece of Python, as a fold over a session's journal.
//!
//! Everything that an agent is follows from the events of its session: what the model was told and what it answered stand
//! there as [`Entry`] notes, beside the cells that it had run. [`State`] is the fold; [`State::next`] says what is to be
//! done now. Whoever does it (asks the model, runs the cell, tells what came of it) writes that down, and the event brings
//! the state on. So an agent that was killed goes on from its journal as if nothing had been: what the model has said is
//! not asked again, and what ran does not run again.
//!
//! A model is a stranger: its replies are bounded where they are read, and checked here. What a cell printed is the word of
//! a program that a stranger wrote; each [`Part`] of a message says where it comes from.

mod act;
mod budget;
mod entry;
mod message;
mod model;
mod reminder;
mod repeats;
mod state;

pub use act::{Act, Problem};
pub use budget::{Budget, SharedRest, Spent};
pub use entry::{Begun, ENTRY, Ending, Entry, FileNote, Final, Interface, Reason, Remark};
pub use message::{Attachment, Call, Content, Message, ModelReply, Origin, Part, Stop, Tokens};
pub use model::{Delta, Listener, Model, ModelFailure, ModelFailureKind, ModelFuture, ModelRequest};
pub use reminder::{Reminder, Rule};
pub use state::{Attempt, Next, Observed, State, StepMark, standing};

/// The tool that a model is offered, where it calls tools.
pub const PYTHON_TOOL: &str = "python";
/// Where an agent's skills are in its sandbox: each is a folder of its name.
pub const SKILLS_FOLDER: &str = "/skills";
/// The function with which a program keeps a list of what is to be done.
pub const TODO_TOOL: &str = "todo";
/// The function with which a program notes what must not be forgotten.
pub const NOTE_TOOL: &str = "note";
/// The function with which a program has another agent do something.
pub const TASK_TOOL: &str = "task";
/// The function with which a program ends its agent's run.
pub const FINAL_TOOL: &str = "final";
