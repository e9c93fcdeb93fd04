//! A booted interpreter frozen to a file.
//!
//! Building one ([`build`]) takes the interpreter's module as it was linked, boots it, imports a set of modules, and
//! writes the memory that results back into the module. Everything that could differ between two buildings (clock,
//! randomness, order of files) is fixed, so that the same input gives the same file, bit by bit.
//!
//! From an image another one can be derived ([`derive`]), in which packages are installed and imported.
//!
//! Compiled code is no part of an image: it is a cache beside it, see [`crate::Engine`].

pub(crate) mod archive;
mod boot;
mod build;
pub(crate) mod compiled;
mod derive;
mod error;
mod format;
mod initial;
pub(crate) mod merge;
pub(crate) mod offers;
mod rewrite;

pub use build::{BuildStep, Source, build};
pub(crate) use derive::compile_packages;
pub use derive::{DeriveStep, Preparation, derive};
pub use error::ImageError;
pub use format::{Identity, Image, Manifest, NativeSymbol, PageRun, Part};

pub(crate) use format::{hexadecimal, sha256};
pub(crate) use initial::Initial;
