//! Why there is no checkpoint, or none of use.

/// Why a checkpoint cannot be taken, read or used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CheckpointError {
    /// It was taken of a sandbox of another image, or this image's sandboxes cannot be saved.
    #[error("this image's sandboxes cannot be saved: build the image again")]
    Image,
    /// A native module was left while it was loaded, by an exception, say, or is of an unusual kind.
    #[error(
        "the sandbox has a native module that cannot be loaded again as it is\n\
         hint: derive an image in which it is imported"
    )]
    Native,
    /// The interpreter's tables have grown.
    #[error("the sandbox's tables have changed, which a checkpoint cannot hold")]
    Tables,
    /// The bytes are no checkpoint.
    #[error("this is no checkpoint")]
    Foreign,
    /// It was written by another version of this library.
    #[error("the checkpoint was written by version {found}, this is version {wanted}: replay the session instead")]
    Version {
        /// Who wrote it.
        found: String,
        /// Who reads it.
        wanted: String,
    },
    /// It is of a sandbox of another image.
    #[error("the checkpoint is of the image {found}, this is the image {wanted}")]
    OtherImage {
        /// The identity of the image that it is of.
        found: String,
        /// The identity of the image that is there.
        wanted: String,
    },
    /// It is of a sandbox with other packages.
    #[error("the checkpoint is of a sandbox with other packages")]
    OtherPackages,
    /// Its bytes are not what was written.
    #[error("the checkpoint is damaged: {0}")]
    Damaged(&'static str),
    /// There is no cell to be resumed.
    #[error("no cell waits in this sandbox")]
    NotWaiting,
    /// A cell waits, and has to end before another one begins.
    #[error("a cell waits in this sandbox: resume it first")]
    Waiting,
}
