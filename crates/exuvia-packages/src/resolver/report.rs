//! What pip reports of a resolution: its own "installation report", version 1.

use std::fs;
use std::path::Path;

use serde::Deserialize;

use super::{REQUIREMENTS_MAX, ResolveError};
use crate::lock::LockedPackage;
use crate::requirement::PackageName;
use crate::store::sha256;

/// The largest report. It has the whole metadata of each package.
const REPORT_BYTES_MAX: u64 = 64 << 20;

#[derive(Deserialize)]
struct Report {
    version: String,
    install: Vec<Item>,
}

#[derive(Deserialize)]
struct Item {
    metadata: Metadata,
    download_info: Download,
}

#[derive(Deserialize)]
struct Metadata {
    name: PackageName,
    version: String,
}

#[derive(Deserialize)]
struct Download {
    url: String,
    #[serde(default)]
    archive_info: Archive,
}

#[derive(Default, Deserialize)]
struct Archive {
    #[serde(default)]
    hashes: Hashes,
}

#[derive(Default, Deserialize)]
struct Hashes {
    sha256: Option<String>,
}

/// A wheel that the resolver chose.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) package: LockedPackage,
    /// Whether it lies on this machine.
    pub(crate) is_local: bool,
}

/// Reads a report.
pub(super) fn read(path: &Path) -> Result<Vec<Found>, ResolveError> {
    let unreadable = |problem: &dyn std::fmt::Display| ResolveError::Report(problem.to_string());
    let size = fs::metadata(path).map_err(|error| unreadable(&error))?.len();
    if size > REPORT_BYTES_MAX {
        return Err(unreadable(&format!("it has {size} bytes, the limit is {REPORT_BYTES_MAX}")));
    }
    let content = fs::read(path).map_err(|error| unreadable(&error))?;
    packages(&content)
}

fn packages(content: &[u8]) -> Result<Vec<Found>, ResolveError> {
    let report: Report = serde_json::from_slice(content).map_err(|error| ResolveError::Report(error.to_string()))?;
    if report.version != "1" {
        return Err(ResolveError::Report(format!("its format is `{}`, known is 1", report.version)));
    }
    if report.install.len() > REQUIREMENTS_MAX {
        return Err(ResolveError::TooMany { count: report.install.len(), limit: REQUIREMENTS_MAX });
    }
    report.install.into_iter().map(package).collect()
}

fn package(item: Item) -> Result<Found, ResolveError> {
    let Item { metadata: Metadata { name, version }, download_info } = item;
    let address = download_info.url.split(['?', '#']).next().unwrap_or_default();
    let file = decoded(address.rsplit('/').next().unwrap_or_default());
    let local = address.strip_prefix("file://").map(decoded);
    let hash = match (download_info.archive_info.hashes.sha256, &local) {
        (Some(hash), _) => Some(hash),
        (None, Some(path)) => fs::read(path).ok().map(|content| sha256(&content)),
        (None, None) => None,
    };
    let sha256 = hash.ok_or_else(|| ResolveError::Report(format!("`{file}` has no SHA-256")))?;
    let package = LockedPackage { name, version, file, sha256 };
    package.check().map_err(ResolveError::Report)?;
    Ok(Found { package, is_local: local.is_some() })
}

/// Undoes percent-encoding; what is none stays.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let digit = |byte: &u8| char::from(*byte).to_digit(16);
        (rest, _) = match (first, tail) {
            (b'%', [high, low, after @ ..]) if digit(high).is_some() && digit(low).is_some() => {
                let value = digit(high).unwrap_or_default() * 16 + digit(low).unwrap_or_default();
                (after, bytes.push(u8::try_from(value).unwrap_or_default()))
            }
            _ => (tail, bytes.push(*first)),
        };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
