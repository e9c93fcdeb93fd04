//! Metadata of a script (PEP 723): a block of comments in which it says what it needs.

use serde::Deserialize;

use crate::error::PackagesError;
use crate::requirement::Requirement;

const BEGIN: &str = "# /// ";
const END: &str = "# ///";
/// The type of block that says what a script needs.
const TYPE: &str = "script";

/// What a script says that it needs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct ScriptMetadata {
    /// The packages.
    #[serde(default)]
    pub dependencies: Vec<Requirement>,
    /// The versions of Python, as PEP 440 writes them.
    pub requires_python: Option<String>,
    /// What it says to tools.
    #[serde(default)]
    pub tool: ToolSection,
}

/// What a script says to tools; what is for others is not read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct ToolSection {
    /// To Exuvia.
    #[serde(default)]
    pub exuvia: Wishes,
}

/// How a script wants to be run. Nothing of it gives it more than it would have without: whoever wrote the script may be a
/// stranger.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Wishes {
    /// What it may do with the folder in which it lies. Default: read it.
    pub workspace: Option<Workspace>,
    /// The names of the files in `/input` that it works on: that folder is there, for the script to fill if nobody else does.
    #[serde(default)]
    pub inputs: Vec<String>,
}

/// What a script may do with the folder in which it lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Workspace {
    /// Read it, and change what it sees of it: changes stay in the sandbox.
    Overlay,
}

impl ScriptMetadata {
    /// Reads a script's metadata; `None` if it has none.
    ///
    /// # Errors
    ///
    /// There is more than one block, or it is not written as PEP 723 says.
    pub fn read(source: &str) -> Result<Option<Self>, PackagesError> {
        let mut blocks = blocks(source).into_iter().filter(|(kind, _)| *kind == TYPE);
        let Some((_, content)) = blocks.next() else { return Ok(None) };
        if blocks.next().is_some() {
            return Err(PackagesError::Metadata("it has more than one block `# /// script`".to_owned()));
        }
        toml::from_str(&content).map(Some).map_err(|error| PackagesError::Metadata(error.message().to_owned()))
    }
}

/// Returns the blocks of metadata, each with its type and its text without the comment signs.
///
/// This is the regular expression of the PEP's reference implementation: a block ends with the last line `# ///` of the
/// comments that follow its first line without a gap.
fn blocks(source: &str) -> Vec<(&str, String)> {
    let lines: Vec<&str> = source.lines().collect();
    let mut blocks = Vec::new();
    let mut line = 0;
    while line < lines.len() {
        let first = line + 1;
        let Some(kind) = lines[line].strip_prefix(BEGIN).filter(|kind| is_type(kind)) else {
            line = first;
            continue;
        };
        let comments = lines[first..].iter().take_while(|line| **line == "#" || line.starts_with("# ")).count();
        let end = lines[first..first + comments].iter().rposition(|line| *line == END);
        match end {
            Some(count @ 1..) => {
                blocks.push((kind, text(&lines[first..first + count])));
                line = first + count + 1;
            }
            _ => line = first,
        }
    }
    blocks
}

fn is_type(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn text(lines: &[&str]) -> String {
    lines.iter().map(|line| line.strip_prefix("# ").unwrap_or("").to_owned() + "\n").collect()
}

#[cfg(test)]
mod tests {
    use super::{ScriptMetadata, blocks};

    /// The example of PEP 723.
    #[test]
    fn a_script_says_what_it_needs() {
        let source = "\
# /// script
# requires-python = \">=3.11\"
# dependencies = [
#   \"requests<3\",
#   \"rich\",
# ]
# ///

import requests
";
        let metadata = ScriptMetadata::read(source).unwrap().unwrap();
        assert_eq!(metadata.requires_python.as_deref(), Some(">=3.11"));
        let texts: Vec<&str> = metadata.dependencies.iter().map(|each| each.as_str()).collect();
        assert_eq!(texts, ["requests<3", "rich"]);
        assert_eq!(ScriptMetadata::read(&source.replace('\n', "\r\n")).unwrap(), Some(metadata));
    }

    /// What the reference implementation's regular expression gives for these, run by CPython.
    #[test]
    fn blocks_are_found_as_the_reference_implementation_finds_them() {
        for (source, expected) in [
            ("", vec![]),
            ("# /// script\n# a\n", vec![]),
            ("# /// script\n# ///\n", vec![]),
            ("# /// script\n#\n# ///\n", vec![("script", "\n")]),
            ("# /// script\n# a\n# ///\n# b\n# ///\nx\n", vec![("script", "a\n///\nb\n")]),
            ("# /// script\n# a\n# ///\n#b\n# ///\n", vec![("script", "a\n")]),
            ("# /// one\n# a\n\n# /// two\n# b\n# ///\n", vec![("two", "b\n")]),
            ("# /// one two\n# a\n# ///\n", vec![]),
            (" # /// script\n# a\n# ///\n", vec![]),
            (
                "x = 1\n# /// script\n#   a\n# ///\n# /// other\n# c\n# ///",
                vec![("script", "  a\n///\n/// other\nc\n")],
            ),
        ] {
            let expected: Vec<(&str, String)> =
                expected.into_iter().map(|(kind, text)| (kind, text.to_owned())).collect();
            assert_eq!(blocks(source), expected, "{source:?}");
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        let twice = "# /// script\n# a = 1\n# ///\n\n".repeat(2);
        for (source, problem) in [
            (twice.as_str(), "it has more than one block `# /// script`"),
            (
                "# /// script\n# dependencies = [\"a @ b\"]\n# ///\n",
                "`a @ b` is no requirement: it has an address or a path: write the package's name",
            ),
        ] {
            let error = ScriptMetadata::read(source).unwrap_err().to_string();
            assert_eq!(error, format!("the script's metadata cannot be used: {problem}"));
        }
    }
}
