//! `[packages]` of a configuration file: what a project needs, and how that is changed.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml_edit::{Array, DocumentMut, Item, Table, TomlError, Value};

use crate::error::PackagesError;
use crate::requirement::{PackageName, Requirement};
use crate::write::write_whole;

const SECTION: &str = "packages";
const DEPENDENCIES: &str = "dependencies";

/// `[packages]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackagesSection {
    /// What the project needs.
    #[serde(default)]
    pub dependencies: Vec<Requirement>,
    /// The modules that are imported before a program begins.
    #[serde(default)]
    pub preload: Vec<String>,
    /// The folder with files of Pyodide's distribution, relative to the file's own.
    pub distribution: Option<PathBuf>,
}

/// A configuration file that is being changed. Comments, order and all other sections stay as they are.
#[derive(Debug, Clone)]
pub struct Project {
    path: PathBuf,
    document: DocumentMut,
}

impl Project {
    /// Reads a configuration file. Where there is none, it is an empty one.
    ///
    /// # Errors
    ///
    /// It cannot be read, or is no TOML.
    pub fn open(path: &Path) -> Result<Self, PackagesError> {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
            Err(error) => return Err(PackagesError::file(path)(error)),
        };
        let document = text.parse().map_err(|error: TomlError| unusable(path, error.message()))?;
        let project = Self { path: path.to_owned(), document };
        project.section()?;
        Ok(project)
    }

    /// Returns what its section says.
    ///
    /// # Errors
    ///
    /// It is not written as such a section is.
    pub fn section(&self) -> Result<PackagesSection, PackagesError> {
        /// The other sections are others' matter.
        #[derive(Deserialize)]
        struct Sections {
            #[serde(default)]
            packages: PackagesSection,
        }
        let sections: Sections =
            toml::from_str(&self.document.to_string()).map_err(|error| unusable(&self.path, error.message()))?;
        Ok(sections.packages)
    }

    /// Adds a requirement, in the place of one for the same package if there is one.
    ///
    /// # Errors
    ///
    /// `packages.dependencies` is no list.
    pub fn add(&mut self, requirement: &Requirement) -> Result<(), PackagesError> {
        let list = self.dependencies()?;
        let place = list.iter().position(|value| is_of(value, requirement.name()));
        match place {
            Some(place) => drop(list.replace(place, requirement.as_str())),
            None => list.push(requirement.as_str()),
        }
        Ok(())
    }

    /// Removes the requirement for a package. Returns whether there was one.
    ///
    /// # Errors
    ///
    /// `packages.dependencies` is no list.
    pub fn remove(&mut self, name: &PackageName) -> Result<bool, PackagesError> {
        let list = self.dependencies()?;
        let before = list.len();
        list.retain(|value| !is_of(value, name));
        Ok(list.len() < before)
    }

    /// Writes the file, whole or not at all.
    ///
    /// # Errors
    ///
    /// It cannot be written.
    pub fn write(&self) -> Result<(), PackagesError> {
        write_whole(&self.path, self.document.to_string().as_bytes()).map_err(PackagesError::file(&self.path))
    }

    fn dependencies(&mut self) -> Result<&mut Array, PackagesError> {
        let wrong = || unusable(&self.path, "`packages.dependencies` is no list");
        let section = self.document.entry(SECTION).or_insert_with(|| Item::Table(Table::new()));
        let section = section.as_table_like_mut().ok_or_else(wrong)?;
        let list = section.entry(DEPENDENCIES).or_insert_with(|| Item::Value(Value::Array(Array::new())));
        list.as_array_mut().ok_or_else(wrong)
    }
}

fn is_of(value: &Value, name: &PackageName) -> bool {
    let requirement = value.as_str().and_then(|text| text.parse::<Requirement>().ok());
    requirement.is_some_and(|requirement| requirement.name() == name)
}

fn unusable(path: &Path, problem: &str) -> PackagesError {
    PackagesError::Project { path: path.to_owned(), problem: problem.to_owned() }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{PackagesSection, Project};

    fn changed(text: &str, change: impl Fn(&mut Project)) -> (String, PackagesSection) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("exuvia.toml");
        if !text.is_empty() {
            fs::write(&path, text).unwrap();
        }
        let mut project = Project::open(&path).unwrap();
        change(&mut project);
        project.write().unwrap();
        (fs::read_to_string(path).unwrap(), project.section().unwrap())
    }

    #[test]
    fn requirements_are_added_and_the_rest_stays() {
        let (text, section) = changed("", |project| {
            project.add(&"msgpack>=1".parse().unwrap()).unwrap();
            project.add(&"rich".parse().unwrap()).unwrap();
            project.add(&"MsgPack".parse().unwrap()).unwrap();
        });
        assert_eq!(text, "[packages]\ndependencies = [\"MsgPack\", \"rich\"]\n");
        assert_eq!(section.dependencies.len(), 2);

        let before = "# mine\n[mounts] # these\n\"/x\" = \"x\"\n\n[packages]\npreload = [\"rich\"] # soon\ndependencies = [\n    \"rich\", # colours\n]\n";
        let (text, _) = changed(before, |project| project.add(&"attrs".parse().unwrap()).unwrap());
        assert!(
            text.starts_with("# mine\n[mounts] # these\n\"/x\" = \"x\"\n\n[packages]\npreload = [\"rich\"] # soon\n"),
            "{text}"
        );
        assert!(text.contains("# colours") && text.contains("\"attrs\""), "{text}");
    }

    #[test]
    fn requirements_are_removed() {
        let (text, _) = changed("[packages]\ndependencies = [\"a>=1\", \"b\"]\n", |project| {
            assert!(project.remove(&"A".parse().unwrap()).unwrap());
            assert!(!project.remove(&"c".parse().unwrap()).unwrap());
        });
        assert_eq!(text.replace("[ ", "["), "[packages]\ndependencies = [\"b\"]\n");
    }

    #[test]
    fn what_is_wrong_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("exuvia.toml");
        for (text, problem) in [
            ("[packages]\ndependencies = \"a\"\n", "invalid type: string \"a\", expected a sequence"),
            (
                "[packages]\nmore = 1\n",
                "unknown field `more`, expected one of `dependencies`, `preload`, `distribution`",
            ),
            (
                "[packages]\ndependencies = [\"a @ b\"]\n",
                "`a @ b` is no requirement: it has an address or a path: write the package's name",
            ),
        ] {
            fs::write(&path, text).unwrap();
            let error = Project::open(&path).unwrap_err().to_string();
            assert_eq!(error, format!("`{}` cannot be changed: {problem}", path.display()));
        }
    }
}
