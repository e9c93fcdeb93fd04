//! What pip reports of a resolution: its own "installation report", version 1.

use std::fs;
use std::path::{Path, PathBuf};

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
    /// Where it lies, if that is on this machine.
    pub(crate) local: Option<PathBuf>,
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
    let local = address.strip_prefix("file://").map(|path| PathBuf::from(decoded(path)));
    let hash = match (download_info.archive_info.hashes.sha256, &local) {
        (Some(hash), _) => Some(hash),
        (None, Some(path)) => fs::read(path).ok().map(|content| sha256(&content)),
        (None, None) => None,
    };
    let sha256 = hash.ok_or_else(|| ResolveError::Report(format!("`{file}` has no SHA-256")))?;
    let package = LockedPackage { name, version, file, sha256 };
    package.check().map_err(ResolveError::Report)?;
    Ok(Found { package, local })
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

#[cfg(test)]
mod tests {
    use super::{Found, decoded, packages};

    /// As pip's documentation of its report has it, shortened.
    fn report(address: &str, hashes: &str) -> Result<Vec<Found>, String> {
        let text = format!(
            r#"{{
                "version": "1",
                "pip_version": "26.0",
                "install": [{{
                    "download_info": {{"url": "{address}", "archive_info": {{"hash": "x", "hashes": {hashes}}}}},
                    "is_direct": false,
                    "requested": true,
                    "metadata": {{"name": "Pydantic", "version": "1.9.1", "requires_dist": ["dotenv"]}}
                }}],
                "environment": {{"sys_platform": "emscripten"}}
            }}"#
        );
        packages(text.as_bytes()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_report_says_which_wheels() {
        let sha256 = "0".repeat(64);
        let hashes = format!(r#"{{"sha256": "{sha256}"}}"#);
        let found = report("https://example.org/a/pydantic-1.9.1-py3-none-any.whl?x=1#sha256=2", &hashes).unwrap();
        let [Found { package, local }] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!((package.name.as_str(), package.version.as_str(), local), ("pydantic", "1.9.1", &None));
        assert_eq!((&*package.file, &package.sha256), ("pydantic-1.9.1-py3-none-any.whl", &sha256));
    }

    #[test]
    fn a_report_that_cannot_be_used_is_refused() {
        let zeros = format!(r#"{{"sha256": "{}"}}"#, "0".repeat(64));
        let begin = "what pip reports cannot be used: ";
        for (file, hashes, problem) in [
            ("pydantic-1.9.1-py3-none-any.whl", "{}", "`pydantic-1.9.1-py3-none-any.whl` has no SHA-256"),
            ("pydantic-1.9.1-py3-none-any.whl", r#"{"sha256": "../x"}"#, "`pydantic` has no SHA-256"),
            ("other-1.9.1-py3-none-any.whl", &zeros, "`other-1.9.1-py3-none-any.whl` is no wheel of `pydantic` 1.9.1"),
            (
                "pydantic-1.9.1.tar.gz",
                &zeros,
                "the wheel `pydantic-1.9.1.tar.gz` cannot be used: its name is not `NAME-VERSION-PYTHON-ABI-PLATFORM.whl`",
            ),
        ] {
            let refused = report(&format!("https://example.org/{file}"), hashes).unwrap_err();
            assert_eq!(refused, format!("{begin}{problem}"));
        }
        assert!(packages(br#"{"version": "2", "install": []}"#).is_err());
        assert!(packages(b"").is_err());
    }

    #[test]
    fn addresses_are_decoded() {
        for (text, expected) in [("a%2Bb%21c", "a+b!c"), ("100%", "100%"), ("%zz%4", "%zz%4"), ("%C3%A4", "ä")] {
            assert_eq!(decoded(text), expected);
        }
    }
}
