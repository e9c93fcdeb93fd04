//! Compatibility tags (PEP 425): which interpreters a wheel is for.

use std::fmt;

use crate::target::{PLATFORM, Target};

/// The tags of a wheel: each part is a set, such as `py2.py3`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tags {
    python: String,
    abi: String,
    platform: String,
}

impl Tags {
    pub(super) fn new([python, abi, platform]: [&str; 3]) -> Self {
        Self { python: python.to_owned(), abi: abi.to_owned(), platform: platform.to_owned() }
    }

    /// Whether one of them suits the interpreter.
    pub(super) fn suit(&self, target: &Target) -> bool {
        let minor = target.minor();
        let platforms = || self.platform.split('.');
        let (any, own) = (platforms().any(|platform| platform == "any"), platforms().any(|each| each == PLATFORM));
        let pairs = self.python.split('.').flat_map(|python| self.abi.split('.').map(move |abi| (python, abi)));
        pairs.into_iter().any(|(python, abi)| {
            let cpython = minor_of(python, "cp3");
            match abi {
                // Without an ABI: Python of this series or before, or this very CPython.
                "none" => {
                    let pure = python == "py3" || minor_of(python, "py3").is_some_and(|other| other <= minor);
                    (any || own) && (pure || cpython == Some(minor))
                }
                "abi3" => own && cpython.is_some_and(|other| other <= minor),
                _ => own && cpython == Some(minor) && minor_of(abi, "cp3") == Some(minor),
            }
        })
    }
}

fn minor_of(tag: &str, prefix: &str) -> Option<u64> {
    let minor = tag.strip_prefix(prefix)?;
    minor.bytes().all(|byte| byte.is_ascii_digit()).then(|| minor.parse().ok())?
}

impl fmt::Display for Tags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}-{}", self.python, self.abi, self.platform)
    }
}
