//! What somebody asks for: the name of a package, and which versions will do.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::PackagesError;

/// The longest requirement, in bytes.
const REQUIREMENT_BYTES_MAX: usize = 1_000;
/// What may stand in a requirement beside letters and digits. Not among them are `@`, `:`, `/` and `\`, of which
/// addresses and paths are made; `$` and `#`, which mean something in files that pip reads; and ends of lines.
const PUNCTUATION: &str = " ._-[],<>=!~*+();'\"";
/// What stands between a name (with its extras) and the rest.
const AFTER_NAME: &str = "<>=!~;( ";

/// A package's name in its normal form (PEP 503): lower case, with one `-` for each run of `-`, `_` and `.`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct PackageName(String);

/// A requirement (PEP 508) without an address: `pydantic`, `requests[socks]>=2.31`, `tomli; python_version < "3.11"`.
///
/// Its form is checked as far as is needed for handing it on safely; whether it means something, the resolver says.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Requirement {
    name: PackageName,
    text: String,
}

impl PackageName {
    /// Returns the name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for PackageName {
    type Err = PackagesError;

    fn from_str(text: &str) -> Result<Self, PackagesError> {
        let is_inner = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        let ends = [text.bytes().next(), text.bytes().last()];
        let ends_well = ends.iter().all(|end| end.is_some_and(|byte| byte.is_ascii_alphanumeric()));
        if !ends_well || !text.bytes().all(is_inner) || text.len() > REQUIREMENT_BYTES_MAX {
            return Err(PackagesError::Requirement { text: text.to_owned(), problem: "it does not begin with a name" });
        }
        let mut name = String::with_capacity(text.len());
        for character in text.chars().map(|character| character.to_ascii_lowercase()) {
            match character {
                '.' | '_' | '-' if name.ends_with('-') => {}
                '.' | '_' | '-' => name.push('-'),
                other => name.push(other),
            }
        }
        Ok(Self(name))
    }
}

impl TryFrom<String> for PackageName {
    type Error = PackagesError;

    fn try_from(text: String) -> Result<Self, PackagesError> {
        text.parse()
    }
}

impl fmt::Display for PackageName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Requirement {
    /// Returns the package's name.
    #[must_use]
    pub fn name(&self) -> &PackageName {
        &self.name
    }

    /// Returns it as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Sorts requirements and leaves each out that is there twice.
    #[must_use]
    pub fn sorted(requirements: impl IntoIterator<Item = Self>) -> Vec<Self> {
        let mut requirements: Vec<Self> = requirements.into_iter().collect();
        requirements.sort();
        requirements.dedup();
        requirements
    }
}

impl FromStr for Requirement {
    type Err = PackagesError;

    fn from_str(text: &str) -> Result<Self, PackagesError> {
        let text = text.trim();
        let wrong = |problem| PackagesError::Requirement { text: text.to_owned(), problem };
        if text.len() > REQUIREMENT_BYTES_MAX {
            return Err(wrong("it is longer than 1,000 bytes"));
        }
        if text.contains(['@', '/', '\\', ':']) {
            return Err(wrong("it has an address or a path: write the package's name"));
        }
        if !text.chars().all(|character| character.is_ascii_alphanumeric() || PUNCTUATION.contains(character)) {
            return Err(wrong("it has a character that no requirement has"));
        }
        let is_name = |character: char| character.is_ascii_alphanumeric() || "._-".contains(character);
        let (name, rest) = text.split_at(text.find(|character| !is_name(character)).unwrap_or(text.len()));
        let name = name.parse().map_err(|_| wrong("it does not begin with a name"))?;
        let rest = match rest.trim_start().strip_prefix('[') {
            None => rest,
            Some(extras) => extras.split_once(']').ok_or_else(|| wrong("its `[` is not closed"))?.1,
        };
        if !rest.is_empty() && !rest.starts_with(|character| AFTER_NAME.contains(character)) {
            return Err(wrong("after the name, versions are written as `>=1.2,<2`"));
        }
        Ok(Self { name, text: text.to_owned() })
    }
}

impl TryFrom<String> for Requirement {
    type Error = PackagesError;

    fn try_from(text: String) -> Result<Self, PackagesError> {
        text.parse()
    }
}

impl From<Requirement> for String {
    fn from(requirement: Requirement) -> Self {
        requirement.text
    }
}

impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::{PackageName, Requirement};

    /// The examples of PEP 503.
    #[test]
    fn names_are_normalised() {
        for text in [
            "friendly-bard",
            "Friendly-Bard",
            "FRIENDLY-BARD",
            "friendly.bard",
            "friendly_bard",
            "friendly--bard",
            "FrIeNdLy-._.-bArD",
        ] {
            assert_eq!(text.parse::<PackageName>().unwrap().as_str(), "friendly-bard", "`{text}`");
        }
        for text in ["", "-a", "a-", "a b", "ä", "a/b"] {
            assert!(text.parse::<PackageName>().is_err(), "`{text}`");
        }
    }

    #[test]
    fn requirements_have_a_name_and_no_address() {
        for (text, name) in [
            ("requests", "requests"),
            ("  Requests[socks] >=2.31 ", "requests"),
            ("tomli; python_version < \"3.11\"", "tomli"),
            ("zope.interface~=7.0", "zope-interface"),
            ("a[b,c]==1!2.0+local", "a"),
            ("a (>=1)", "a"),
        ] {
            assert_eq!(text.parse::<Requirement>().unwrap().name().as_str(), name, "`{text}`");
        }
        for (text, problem) in [
            ("", "it does not begin with a name"),
            ("--index-url=x", "it does not begin with a name"),
            ("-r", "it does not begin with a name"),
            ("./folder", "it has an address or a path: write the package's name"),
            ("a @ https", "it has an address or a path: write the package's name"),
            ("a\\b", "it has an address or a path: write the package's name"),
            ("a\nb", "it has a character that no requirement has"),
            ("a==${HOME}", "it has a character that no requirement has"),
            ("a # note", "it has a character that no requirement has"),
            ("a[b", "its `[` is not closed"),
            ("a,b", "after the name, versions are written as `>=1.2,<2`"),
            ("a[b]c", "after the name, versions are written as `>=1.2,<2`"),
        ] {
            let error = text.parse::<Requirement>().unwrap_err().to_string();
            assert_eq!(error, format!("`{text}` is no requirement: {problem}"));
        }
    }
}
