//! Files of a sandbox as its program finds them: relative to where it is, through links, and in mounts.

use bytes::Bytes;
use exuvia_core::{Host, HostAnswer, HostCall, Reply};

use super::Sandbox;
use crate::vfs::{self, Errno, Fault, FileType, Io, OpenFlags, Place, Target, Vfs};

/// How much of a file is read at a time, in bytes.
const PIECE_BYTES: usize = 256 * 1024;
/// The most answers of the host that one operation may need.
const ANSWERS_MAX: usize = 100_000;

/// Reads files of a sandbox as they were when this was made, with a host that answers for its mounts.
///
/// The sandbox hears nothing of that: what it knows of its mounts stays as it was. So nothing of it is in a journal, and
/// whoever goes on by what is found here has to write that down.
///
/// A hostile program chooses what is at which path; nothing but what it could read itself is read for it.
pub struct FileReader {
    files: Vfs,
    host: Box<dyn Host>,
}

impl Sandbox {
    /// Returns a reader of its files, for which this host has the same mounts as its own.
    #[must_use]
    pub fn file_reader(&self, host: Box<dyn Host>) -> FileReader {
        FileReader { files: self.store.data().vfs.clone(), host }
    }
}

impl FileReader {
    /// Returns the folder in which the program is, if that is still there and its name is text.
    #[must_use]
    pub fn working_directory(&self) -> Option<String> {
        String::from_utf8(self.files.working_directory().ok()?).ok()
    }

    /// Returns whether there is a file at this path.
    pub async fn has(&mut self, path: &str) -> bool {
        let stat = self.told(|files| files.stat(Target::Follow(Place::cwd(path.as_bytes())))).await;
        stat.is_ok_and(|stat| stat.file_type == FileType::Regular)
    }

    /// Returns what is in the file at this path; `None`: there is none that can be read, or it has more than `bytes_max`
    /// bytes.
    pub async fn read(&mut self, path: &str, bytes_max: u64) -> Option<Bytes> {
        // Whatever its permissions.
        if path.starts_with('/')
            && let Ok(content) = self.files.read_file(path.as_bytes(), bytes_max)
        {
            return Some(content);
        }
        let place = Place::cwd(path.as_bytes());
        let stat = self.told(|files| files.stat(Target::Follow(place))).await.ok()?;
        if stat.file_type != FileType::Regular || stat.size > bytes_max {
            return None;
        }
        let opened = self.told(|files| files.open(place, OpenFlags::READ_ONLY, 0)).await.ok()?;
        let mut content = Vec::new();
        let mut piece = vec![0; PIECE_BYTES];
        loop {
            let Ok(Io::Done(count)) = self.told(|files| files.read(opened, &mut piece)).await else { return None };
            if count == 0 {
                return Some(content.into());
            }
            content.extend_from_slice(&piece[..count]);
            if content.len() as u64 > bytes_max {
                return None;
            }
        }
    }

    /// Does a file operation, and has the host tell what it needs for that.
    async fn told<R>(&mut self, mut operation: impl FnMut(&mut Vfs) -> vfs::Result<R>) -> Result<R, Errno> {
        for _ in 0..ANSWERS_MAX {
            let request = match operation(&mut self.files) {
                Ok(result) => return Ok(result),
                Err(Fault::Errno(errno)) => return Err(errno),
                Err(Fault::Needs(request)) => request,
            };
            let answer = match self.host.call(HostCall::Mount(&request)) {
                Reply::Now(answer) => answer,
                Reply::Later(answer) => answer.await,
            };
            let HostAnswer::Mount(outcome) = answer else { return Err(Errno::Intr) };
            // What is wrong with an answer becomes the error of the operation.
            let _bad = self.files.supply(request, outcome);
        }
        Err(Errno::Io)
    }
}

impl std::fmt::Debug for FileReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FileReader").finish_non_exhaustive()
    }
}
