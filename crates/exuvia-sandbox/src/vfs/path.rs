//! Paths as the guest writes them, and reading them component by component.

use std::sync::Arc;

use super::errno::Errno;

/// The longest path in bytes: `PATH_MAX` without its NUL.
pub const PATH_BYTES_MAX: usize = 4095;
/// The longest name of a directory entry in bytes.
pub const NAME_BYTES_MAX: usize = 255;
/// How many symbolic links one path may lead through.
pub const LINKS_MAX: usize = 40;

/// Where a relative path starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dir {
    /// The working directory.
    Cwd,
    /// An open directory; `EBADF` or `ENOTDIR` if it is none.
    Fd(i32),
}

/// A path together with where it starts if it is relative. The bytes are the guest's: they need
/// not be UTF-8, and may be of any length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place<'a> {
    /// Where a relative path starts.
    pub dir: Dir,
    /// The path, without a NUL at its end.
    pub path: &'a [u8],
}

impl<'a> Place<'a> {
    /// Names a path from the working directory.
    #[must_use]
    pub fn cwd(path: &'a [u8]) -> Self {
        Self { dir: Dir::Cwd, path }
    }

    /// Names a path from an open directory.
    #[must_use]
    pub fn at(fd: i32, path: &'a [u8]) -> Self {
        Self { dir: Dir::Fd(fd), path }
    }
}

/// What an operation on attributes is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target<'a> {
    /// What the path leads to.
    Follow(Place<'a>),
    /// What the path names, even if that is a symbolic link.
    NoFollow(Place<'a>),
    /// What is open.
    Fd(i32),
}

/// Splits a path into its components.
pub(super) fn components(path: &[u8]) -> impl Iterator<Item = &[u8]> {
    path.split(|byte| *byte == b'/').filter(|name| !name.is_empty())
}

/// What is left to walk of a path and of the links inside it.
///
/// The links' targets are stacked, at most [`LINKS_MAX`] of them, rather than walked recursively.
pub(super) struct Cursor<'a> {
    path: &'a [u8],
    links: Vec<(Arc<[u8]>, usize)>,
    followed: usize,
}

impl<'a> Cursor<'a> {
    /// # Errors
    ///
    /// `ENOENT` for an empty path, `ENAMETOOLONG` for one that is too long, `EINVAL` for a NUL.
    pub(super) fn new(path: &'a [u8]) -> Result<Self, Errno> {
        if path.is_empty() {
            return Err(Errno::Noent);
        }
        if path.len() > PATH_BYTES_MAX {
            return Err(Errno::Nametoolong);
        }
        if path.contains(&0) {
            return Err(Errno::Inval);
        }
        Ok(Self { path, links: Vec::new(), followed: 0 })
    }

    /// Puts a link's target before what is left.
    pub(super) fn follow(&mut self, target: Arc<[u8]>) -> Result<(), Errno> {
        self.followed += 1;
        if self.followed > LINKS_MAX {
            return Err(Errno::Loop);
        }
        self.links.push((target, 0));
        Ok(())
    }

    /// Takes the next component into `name`, and returns what follows it; `None` at the end.
    pub(super) fn next(&mut self, name: &mut Vec<u8>) -> Option<Rest> {
        name.clear();
        while let Some((target, position)) = self.links.last_mut() {
            let rest = target.get(*position..).unwrap_or_default();
            let (component, used) = first_component(rest);
            *position += used;
            if !component.is_empty() {
                name.extend_from_slice(component);
                return Some(self.rest());
            }
            self.links.pop();
        }
        let (component, used) = first_component(self.path);
        self.path = self.path.get(used..).unwrap_or_default();
        name.extend_from_slice(component);
        (!component.is_empty()).then(|| self.rest())
    }

    fn rest(&self) -> Rest {
        let links = self.links.iter().rev();
        let links = links.map(|(target, position)| target.get(*position..).unwrap_or_default());
        let mut slash = false;
        for rest in links.chain([self.path]) {
            if rest.iter().any(|byte| *byte != b'/') {
                return Rest::More;
            }
            slash |= !rest.is_empty();
        }
        if slash { Rest::Slash } else { Rest::Nothing }
    }
}

/// What follows a component.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rest {
    More,
    /// Only slashes: the component must lead to a directory.
    Slash,
    Nothing,
}

/// Returns the first component, and how many bytes it takes with the slashes before it.
fn first_component(path: &[u8]) -> (&[u8], usize) {
    let start = path.iter().take_while(|byte| **byte == b'/').count();
    let rest = path.get(start..).unwrap_or_default();
    let end = rest.iter().position(|byte| *byte == b'/').unwrap_or(rest.len());
    (rest.get(..end).unwrap_or_default(), start + end)
}
