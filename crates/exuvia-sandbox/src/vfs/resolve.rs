//! Walking a path to the node it names.

use super::Vfs;
use super::errno::{Errno, Fault, Result};
use super::node::{Kind, Name, NodeId};
use super::path::{Cursor, Dir, NAME_BYTES_MAX, Place, Rest, Target};
use super::tree::ROOT;

/// What is to happen at the last component.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rule {
    /// It is not looked up: the directory above it is wanted.
    Parent,
    /// A symbolic link is what is wanted, unless a slash follows it.
    NoFollow,
    /// A symbolic link is followed.
    Follow,
    /// Like `Follow`, and the name must be one that a file could get.
    Create,
    /// Like `NoFollow`, and the name must be one that a file could get.
    CreateNew,
}

/// Where a path led.
#[derive(Debug)]
pub(super) struct Found {
    /// The directory in which the last component was looked up.
    pub(super) parent: NodeId,
    pub(super) last: Last,
    /// Whether slashes followed the last component.
    pub(super) slash: bool,
    /// What it names: `None` if nothing, and always for [`Rule::Parent`] and [`Last::Name`].
    pub(super) node: Option<NodeId>,
}

/// The last component of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Last {
    Name(Name),
    Dot,
    DotDot,
    Root,
}

impl Found {
    /// Returns the name of the last component, or `error` if it is `.`, `..` or the root.
    pub(super) fn name(&self, error: Errno) -> std::result::Result<&Name, Errno> {
        match &self.last {
            Last::Name(name) => Ok(name),
            Last::Dot | Last::DotDot | Last::Root => Err(error),
        }
    }
}

impl Vfs {
    /// Runs an operation, or a part of one, that may need something of the host. What it used of the mounts' caches is
    /// kept until the outermost attempt has run to its end.
    pub(super) fn attempt<T>(&mut self, attempt: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        self.mounts.begin();
        let answer = attempt(self);
        self.mounts.end(matches!(answer, Err(Fault::Needs(_))));
        answer
    }

    /// Walks a path.
    pub(super) fn resolve(&mut self, place: Place<'_>, rule: Rule) -> Result<Found> {
        self.attempt(|vfs| vfs.walk_path(place, rule))
    }

    /// Returns the node that a path names.
    pub(super) fn lookup(&mut self, place: Place<'_>, rule: Rule) -> Result<NodeId> {
        let found = self.resolve(place, rule)?;
        found.node.ok_or(Errno::Noent.into())
    }

    /// Returns what an operation on attributes is about; `None` for an open pipe.
    pub(super) fn target(&mut self, target: Target<'_>) -> Result<Option<NodeId>> {
        match target {
            Target::Follow(place) => Ok(Some(self.lookup(place, Rule::Follow)?)),
            Target::NoFollow(place) => Ok(Some(self.lookup(place, Rule::NoFollow)?)),
            Target::Fd(fd) => Ok(self.descriptors.get(fd)?.node()),
        }
    }

    /// Walks a path within an [`attempt`](Self::attempt).
    ///
    /// A loop, since a guest can make paths and chains of links as long as the limits allow.
    pub(super) fn walk_path(&mut self, place: Place<'_>, rule: Rule) -> Result<Found> {
        let mut cursor = Cursor::new(place.path)?;
        let mut current = self.start(place)?;
        let mut last = Last::Root;
        let mut name = Vec::new();
        while let Some(rest) = cursor.next(&mut name) {
            if !self.is_directory(current) {
                return Err(Errno::Notdir.into());
            }
            self.may_search(current)?;
            match name.as_slice() {
                b"." => {
                    last = Last::Dot;
                    continue;
                }
                b".." => {
                    last = Last::DotDot;
                    current = self.parent(current)?;
                    continue;
                }
                _ if name.len() > NAME_BYTES_MAX => return Err(Errno::Nametoolong.into()),
                _ => {}
            }
            let node = match self.step(current, &name, rest, rule)? {
                Step::Into(child) => {
                    current = child;
                    continue;
                }
                Step::Link(link) => {
                    let target = self.link_target(link)?;
                    if target.starts_with(b"/") {
                        current = NodeId::Memory(ROOT);
                        last = Last::Root;
                    }
                    cursor.follow(target)?;
                    continue;
                }
                Step::End(node) => node,
            };
            let last = Last::Name(name.as_slice().into());
            return Ok(Found { parent: current, last, slash: rest == Rest::Slash, node });
        }
        Ok(Found { parent: current, last, slash: true, node: Some(current) })
    }

    /// Looks one name up and says how to go on.
    fn step(&mut self, current: NodeId, name: &[u8], rest: Rest, rule: Rule) -> Result<Step> {
        if rest != Rest::More && rule == Rule::Parent {
            return Ok(Step::End(None));
        }
        if rest == Rest::Slash && matches!(rule, Rule::Create | Rule::CreateNew) {
            return Err(Errno::Isdir.into());
        }
        let Some(child) = self.child(current, name)? else {
            let missing = if rest == Rest::More { Err(Errno::Noent.into()) } else { Ok(Step::End(None)) };
            return missing;
        };
        let kind = self.kind(child)?;
        let follow = rest != Rest::Nothing || matches!(rule, Rule::Follow | Rule::Create);
        match rest {
            _ if kind == Kind::Symlink && follow => Ok(Step::Link(child)),
            Rest::More => Ok(Step::Into(child)),
            Rest::Slash if kind != Kind::Directory => Err(Errno::Notdir.into()),
            Rest::Slash | Rest::Nothing => Ok(Step::End(Some(child))),
        }
    }

    /// Returns the directory at which a path starts.
    fn start(&self, place: Place<'_>) -> Result<NodeId> {
        if place.path.starts_with(b"/") {
            return Ok(NodeId::Memory(ROOT));
        }
        match place.dir {
            Dir::Cwd => Ok(self.cwd),
            Dir::Fd(fd) => Ok(self.descriptors.get(fd)?.node().ok_or(Errno::Notdir)?),
        }
    }
}

enum Step {
    /// The name is a directory to go on in, or a file, which the next step refuses.
    Into(NodeId),
    Link(NodeId),
    End(Option<NodeId>),
}
