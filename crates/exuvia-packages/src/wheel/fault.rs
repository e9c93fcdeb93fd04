//! What can be wrong with a wheel.

/// What can be wrong with a wheel.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WheelFault {
    /// Its file name is not that of a wheel.
    #[error("its name is not `NAME-VERSION-PYTHON-ABI-PLATFORM.whl`")]
    Name,
    /// It is for another interpreter or platform.
    #[error("it is for `{tags}`, not for CPython {version} on `{}`", crate::PLATFORM)]
    Foreign {
        /// What it is for.
        tags: String,
        /// What is wanted.
        version: String,
    },
    /// Its content is not what the lock file, or whoever named it, expects.
    #[error("it has the SHA-256 {found}, wanted is {wanted}")]
    Hash {
        /// What it has.
        found: String,
        /// What it should have.
        wanted: String,
    },
    /// It is no zip archive, or a damaged one.
    #[error("it is damaged: {0}")]
    Damaged(String),
    /// A path in it is absolute, leads out, or is none.
    #[error("the path {0:?} in it is not one below its folder")]
    Path(String),
    /// An entry is neither file nor folder.
    #[error("`{0}` in it is a link")]
    Link(String),
    /// Two entries have the same path.
    #[error("`{0}` is in it twice")]
    Twice(String),
    /// A path is that of a file and of a folder.
    #[error("`{0}` in it is a file and a folder")]
    FileAndFolder(String),
    /// It wants more than a wheel may have.
    #[error("it has {what}, the limit is {limit}")]
    TooLarge {
        /// What it has.
        what: String,
        /// How much there may be.
        limit: u64,
    },
    /// It has no metadata, or more than once.
    #[error("it does not have one folder `NAME-VERSION.dist-info` with `WHEEL` and `RECORD`")]
    NoMetadata,
    /// It is of another package or version than its file name says.
    #[error("it is `{0}`")]
    OtherPackage(String),
    /// It is written in a format that came later.
    #[error("its format is `{0}`, known is 1")]
    Format(String),
    /// A file is not the one that its list of files names.
    #[error("`{0}` in it is not what its RECORD says")]
    Record(String),
}
