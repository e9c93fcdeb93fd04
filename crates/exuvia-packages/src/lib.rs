//! Packages from PyPI for the sandbox's interpreter: what is asked for, which wheels that comes to, and what is in them.
//!
//! - [`Requirement`]: what somebody asks for; [`ScriptMetadata`] and [`PackagesSection`] are where that is written.
//! - [`Resolver`]: pip, as a program, says which wheels that comes to, and fetches them.
//! - [`Lock`]: the wheels by name, version and hash.
//! - [`Installer`]: all of that together, with a folder where wheels are kept: requirements in, files out.
//! - [`Wheel`]: reading one.
//! - [`Distribution`]: the wheels that Pyodide builds itself, and which an index does not have.
//!
//! This crate connects to nothing: pip does, as the user has configured it. It knows nothing of sandboxes either: it
//! gives files, and the command line hands them on. Nothing of a package is ever run or built on the host.
//!
//! # What a hostile package can do
//!
//! Be refused. Wheels are a stranger's: names, sizes and counts are checked and bounded when one is read, and their files
//! go into a sandbox, where they can do what the program could do before.

mod distribution;
mod error;
mod installer;
mod lock;
mod project;
mod requirement;
mod resolver;
mod script;
mod store;
mod target;
mod wheel;
mod write;

pub use distribution::{Distribution, DistributionFile};
pub use error::PackagesError;
pub use installer::{FetchStep, Installer};
pub use lock::{Lock, LockedPackage};
pub use project::{PackagesSection, Project};
pub use requirement::{PackageName, Requirement};
pub use resolver::{ResolveError, Resolver};
pub use script::{ScriptMetadata, ToolSection, Wishes, Workspace};
pub use store::content_key;
pub use target::{PLATFORM, Target};
pub use wheel::{Wheel, WheelFault};
