//! Keeps journals of sessions.
//!
//! - [`LocalStore`]: journals in memory, or in a folder, with SQLite.
//! - `wire`: how events are written; versioned, and separate from the types that programs work with.
//! - [`chain`]: the hashes by which it is known that nothing is changed and nothing is missing.
//! - `export`, `import`: one session as one file, to be passed on.
//!
//! What a journal is, and what a store of journals does, is said by [`exuvia_core::journal`]. This crate knows nothing of
//! sandboxes. It reads the clock in one place, for leases, and draws no random numbers.
//!
//! # What somebody can do who can write to the folder, or makes a file that is imported
//!
//! Have it refused. Each event that is read is compared with its chain, each blob with its name, and all sizes are
//! bounded. Hashes are no signatures: who writes a whole chain anew, with its head, has made another journal.

mod blob;
pub mod chain;
mod export;
mod import;
mod local;
mod memory;
mod reading;
mod removal;
mod shelf;
mod sqlite;
mod wire;
mod writer;

pub use local::LocalStore;
pub use sqlite::SqliteOptions;
pub use wire::VERSION;
