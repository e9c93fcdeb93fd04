//! The interpreter that packages are for.

use std::collections::BTreeMap;

use pep440_rs::{Version, VersionSpecifiers};

/// The platform of the sandbox's interpreter, as wheels name it (PEP 783).
pub const PLATFORM: &str = "pyemscripten_2026_0_wasm32";

/// The sandbox's interpreter, as installers see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    version: String,
    series: (u64, u64),
}

impl Target {
    /// CPython of this version, such as `3.14.2`; `None` if that is no version of Python 3.
    #[must_use]
    pub fn new(version: &str) -> Option<Self> {
        let parsed: Version = version.parse().ok()?;
        match parsed.release() {
            [3, minor, _] => Some(Self { version: version.to_owned(), series: (3, *minor) }),
            _ => None,
        }
    }

    /// Returns its whole version, such as `3.14.2`.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Returns the part of its version that compatibility depends on, such as `3.14`.
    #[must_use]
    pub fn series(&self) -> String {
        format!("{}.{}", self.series.0, self.series.1)
    }

    /// Returns the minor version: 14 of 3.14.
    pub(crate) fn minor(&self) -> u64 {
        self.series.1
    }

    /// Returns whether it is one of those that `requires-python` names; `None` if that is no specifier of versions.
    #[must_use]
    pub fn satisfies(&self, requires_python: &str) -> Option<bool> {
        let specifiers: VersionSpecifiers = requires_python.parse().ok()?;
        Some(specifiers.contains(&self.version.parse().ok()?))
    }

    /// Returns what environment markers (PEP 508) evaluate to in the sandbox.
    pub(crate) fn markers(&self) -> BTreeMap<&'static str, String> {
        [
            ("implementation_name", "cpython"),
            ("implementation_version", &self.version),
            ("os_name", "posix"),
            ("platform_machine", "wasm32"),
            ("platform_python_implementation", "CPython"),
            ("platform_release", "5.0.3"),
            ("platform_system", "Emscripten"),
            ("platform_version", "#1"),
            ("python_full_version", &self.version),
            ("python_version", &self.series()),
            ("sys_platform", "emscripten"),
        ]
        .map(|(name, value)| (name, value.to_owned()))
        .into()
    }
}

#[cfg(test)]
mod tests {
    use super::Target;

    /// The expected values are those of Python's own `packaging` (`SpecifierSet(…).contains("3.14.2")`).
    #[test]
    fn requires_python_is_judged_as_pep_440_says() {
        let target = Target::new("3.14.2").unwrap();
        for (text, expected) in [
            ("", Some(true)),
            (">=3.9", Some(true)),
            (">=3.14", Some(true)),
            (">=3.14.3", Some(false)),
            (">=3.9,<3.14", Some(false)),
            ("==3.14.*", Some(true)),
            ("!=3.14.*", Some(false)),
            ("~=3.13", Some(true)),
            ("~=3.13.0", Some(false)),
            ("<4.0a0", Some(true)),
            (">=3.15.0rc1", Some(false)),
            ("3.14", None),
            ("a version", None),
        ] {
            assert_eq!(target.satisfies(text), expected, "`{text}`");
        }
    }

    #[test]
    fn only_a_version_of_python_3_is_one() {
        assert_eq!(Target::new("3.14.2").unwrap().series(), "3.14");
        for text in ["", "2.7.18", "3.14", "three"] {
            assert_eq!(Target::new(text), None, "`{text}`");
        }
    }
}
