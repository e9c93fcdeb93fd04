//! The journal of a session: what happened, in order, from which everything else can be rebuilt.
//!
//! - [`event`]: what a journal consists of.
//! - [`id`]: how sessions are named.
//! - [`state`]: what a run of events comes to, told one by one.
//! - [`store`]: where journals are kept, and who may write to one.
//! - [`error`]: why that does not work, and what to do.
//!
//! Nothing in here touches a disk or a clock. A store takes the time of an event from whoever appends it, for people to
//! read; no replay looks at it.
//!
//! # Positions
//!
//! The events of a session are numbered 0, 1, 2 …; the first one is always [`Event::Opened`]. A range of positions holds
//! its first and not its last. A session that was forked from another one has events of its own from 0, and goes on from
//! a part of the other's: see [`Parent`] and [`Segment`].

pub mod error;
pub mod event;
pub mod id;
pub mod state;
pub mod store;

pub use error::StoreError;
pub use event::{
    EngineIdentity, Event, GivenFile, HASH_BYTES, Hash, MountPoint, Opened, PackageIdentity, Parent, Program, Source,
    Variable,
};
pub use id::{InvalidId, SESSION_ID_BYTES_MAX, SESSION_NAME_BYTES_MAX, SessionId, check_name};
pub use state::{Cell, Misplaced, NotedCheckpoint, OpenCall, OpenQuestion, Place, State};
pub use store::{
    CheckpointEntry, Damage, Durability, Imported, Opening, PrunePolicy, Pruned, Recorded, Segment, SessionSummary,
    Store, StoreFuture, Verification, Writer,
};

#[cfg(test)]
mod tests;
