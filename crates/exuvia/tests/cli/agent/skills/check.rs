//! What is wrong with skills, by the specification: https://agentskills.io/specification

use std::fs;
use std::process::Command;

use serde_json::{Value as Json, json};

use super::{prompt, told_of_skills, write_document};
use crate::cli::recorded::Place;

/// What the YAML parser's complaints begin with.
const YAML: &str = "the front matter cannot be read as YAML: ";

/// Returns what `check` finds, as severity, line, and problem.
fn checked(place: &Place, folder: &str, document: &[u8]) -> (i32, Vec<(String, u64, String)>) {
    write_document(place, folder, document);
    let run = place.exuvia(&["skill", "check", "--json", folder]);
    let checked: Json = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!((&checked[0]["folder"], checked.as_array().unwrap().len()), (&json!(folder), 1));
    assert_eq!(checked[0]["valid"], json!(run.status == 0));
    let findings = checked[0]["findings"].as_array().unwrap().iter().map(|finding| {
        assert!(!finding["hint"].as_str().unwrap().is_empty());
        let text = |key: &str| finding[key].as_str().unwrap().to_owned();
        (text("severity"), finding["line"].as_u64().unwrap_or(0), text("problem"))
    });
    (run.status, findings.collect())
}

/// A folder's name, the front matter of its `SKILL.md`, and the faults in that: line and problem.
type Case<'a> = (&'a str, &'a str, &'a [(u64, &'a str)]);

const FAULTS: &[Case<'_>] = &[
    ("x", "", &[(1, "there is no `name`"), (1, "there is no `description`")]),
    ("x", "- name\n", &[(2, "YAML: it is no list of keys with values")]),
    ("x", "name: x\ndescription: Use when: now\n", &[(3, "YAML: mapping values are not allowed in this context")]),
    ("x", "name: x\ndescription: d\nname: x\n", &[(4, "YAML: the key `name` is there twice")]),
    (
        "x",
        "name: &a x\ndescription: *a\n",
        &[(2, "YAML: there is an anchor or alias (`&`, `*`), which has no place here")],
    ),
    ("x", "name: !!str x\ndescription: d\n", &[(2, "YAML: there is a tag (`!`), which has no place here")]),
    (
        "x",
        "name: x\ndescription: d\nmetadata: [[[[[[[[[[]]]]]]]]]]\n",
        &[(4, "YAML: it is nested deeper than 8 levels")],
    ),
    ("x", "name: y\ndescription: d\n", &[(2, "it says its name is `y`, its folder is called `x`")]),
    ("Xy", "name: Xy\ndescription: d\n", &[(2, "`Xy` can be no skill's name: it has a 'X' in it")]),
    ("x_y", "name: x_y\ndescription: d\n", &[(2, "`x_y` can be no skill's name: it has a '_' in it")]),
    ("x--y", "name: x--y\ndescription: d\n", &[(2, "`x--y` can be no skill's name: it has two hyphens in a row")]),
    ("y-", "name: y-\ndescription: d\n", &[(2, "`y-` can be no skill's name: it begins or ends with a hyphen")]),
    ("x", "name: ''\ndescription: d\n", &[(2, "`` can be no skill's name: it is empty")]),
    ("x", "name: [x]\ndescription: {}\n", &[(2, "`name` is no text"), (3, "`description` is no text")]),
    ("x", "name: x\ndescription: ' '\n", &[(3, "`description` is empty")]),
    (
        "x",
        "name: x\ndescription: d\ncompatibility: ''\nlicense: [MIT]\nmetadata: no\nallowed-tools: {}\n",
        &[
            (4, "`compatibility` is empty"),
            (5, "`license` is no text"),
            (6, "`metadata` is no map of texts"),
            (7, "`allowed-tools` is neither a text nor a list of texts"),
        ],
    ),
    ("x", "name: x\ndescription: d\nmetadata:\n  a: b\n  c: [d]\n", &[(6, "`c` of `metadata` is no text")]),
];

fn fault(line: u64, problem: &str) -> (String, u64, String) {
    ("fault".to_owned(), line, problem.replace("YAML: ", YAML))
}

fn warning(line: u64, problem: &str) -> (String, u64, String) {
    ("warning".to_owned(), line, problem.to_owned())
}

#[test]
fn faults_of_a_skill() {
    let place = Place::new();
    for (folder, yaml, faults) in FAULTS {
        let document = format!("---\n{yaml}---\nDo.\n");
        let expected: Vec<_> = faults.iter().map(|(line, problem)| fault(*line, problem)).collect();
        assert_eq!(checked(&place, folder, document.as_bytes()), (2, expected), "{document}");
    }
    let (name, text) = ("n".repeat(65), "d".repeat(1025));
    for (folder, document, line, problem) in [
        ("x", "no front matter\n".to_owned(), 1, "SKILL.md does not begin with front matter".to_owned()),
        ("x", String::new(), 1, "SKILL.md does not begin with front matter".to_owned()),
        ("x", "---\nname: x\ndescription: d\n".to_owned(), 1, "the front matter does not end".to_owned()),
        (
            &name,
            format!("---\nname: {name}\ndescription: d\n---\nDo.\n"),
            2,
            format!("`{name}` can be no skill's name: it has 65 characters, the limit is 64"),
        ),
        (
            "x",
            format!("---\nname: x\ndescription: {text}\n---\nDo.\n"),
            3,
            "`description` has 1025 characters, the limit is 1024".to_owned(),
        ),
        (
            "x",
            format!("---\nname: x\ndescription: d\ncompatibility: {}\n---\nDo.\n", &text[..501]),
            4,
            "`compatibility` has 501 characters, the limit is 500".to_owned(),
        ),
    ] {
        assert_eq!(checked(&place, folder, document.as_bytes()), (2, vec![fault(line, &problem)]));
    }
}

#[test]
fn a_skill_whose_file_is_no_text_or_not_there() {
    let place = Place::new();
    let expected = vec![fault(3, "SKILL.md is no text in UTF-8")];
    assert_eq!(checked(&place, "x", b"---\nname: x\ndescription: \xff\n---\n"), (2, expected));
    fs::rename(place.path("x/SKILL.md"), place.path("x/skill.md")).unwrap();
    let run = place.exuvia(&["skill", "check", "x", "nowhere"]);
    let text = "\
x: fault: its file is called skill.md
    hint: call it SKILL.md
nowhere: fault: there is no such folder
    hint: name a folder with a SKILL.md
";
    assert_eq!(run, crate::gives(2, text, ""));
}

#[test]
fn what_is_no_fault_of_a_skill() {
    let place = Place::new();
    let every = "---\r\nname: \"all-of-it\"\r\ndescription: >\r\n  Use this:\r\n  --- now.\r\nlicense: MIT\r\ncompatibility: any\r\n\
                 metadata:\r\n  version: 1.0\r\nallowed-tools:\r\n  - Read\r\n---\r\n# It\r\n\r\nDo.\r\n";
    assert_eq!(checked(&place, "all-of-it", every.as_bytes()), (0, Vec::new()));
    let prompt = prompt(&place, &["--skill", "all-of-it"]).stdout;
    assert_eq!(told_of_skills(&prompt), ["- `/skills/all-of-it/SKILL.md`: Use this: --- now."]);
    // A number is text like all else; this one is as long as can be.
    let number = format!("---\nname: 123\ndescription: {}\n---\nDo.\n", "9".repeat(1024));
    assert_eq!(checked(&place, "123", number.as_bytes()), (0, Vec::new()));
    let extra = "\u{feff}---\nname: x\nversion: 1\ndescription: d\n---\n\n";
    let expected = vec![
        warning(1, "SKILL.md begins with a byte order mark"),
        warning(3, "the format has no key `version`"),
        warning(6, "there are no instructions in it"),
    ];
    assert_eq!(checked(&place, "x", extra.as_bytes()), (0, expected));
    let letters = "---\nname: über\ndescription: d\n---\nDo.\n";
    let expected = vec![warning(2, "`über` has letters beyond a to z in it")];
    assert_eq!(checked(&place, "über", letters.as_bytes()), (0, expected));
    let long = format!("---\nname: x\ndescription: d\n---\n{}", "line\n".repeat(497));
    assert_eq!(checked(&place, "x", long.as_bytes()), (0, vec![warning(501, "SKILL.md has 501 lines, more than 500")]));
    assert_eq!(checked(&place, "x", &long.as_bytes()[..long.len() - 5]), (0, Vec::new()));
}

#[test]
fn links_of_a_skill_that_lead_nowhere() {
    let place = Place::new();
    place.write("secret", "");
    fs::create_dir_all(place.path("x/references")).unwrap();
    place.write("x/references/a b.md", "");
    let body = "\
---
name: x
description: d
---
[one](references/a%20b.md#part) [two](references/none.md) `[code](none)`

```
[code](none)
```
![picture](assets/p.png) [web](https://example.org/x) [mail](mailto:a@example.org) [here](#it)
[out](../secret) [in](references/../SKILL.md) <https://example.org>
[three][ref]

[ref]: ./gone.py
";
    let expected = vec![
        warning(5, "the link to `references/none.md` leads to no file"),
        warning(10, "the link to `assets/p.png` leads to no file"),
        warning(11, "the link to `../secret` leads out of the folder"),
        warning(12, "the link to `./gone.py` leads to no file"),
    ];
    assert_eq!(checked(&place, "x", body.as_bytes()), (0, expected));
}

#[test]
fn a_hostile_skill_costs_little() {
    let place = Place::new();
    let levels: String = (1..40).map(|level| format!("a{level}: &a{level} [*a{0}, *a{0}]\n", level - 1)).collect();
    let bomb = format!("---\nname: x\ndescription: d\na0: &a0 lol\n{levels}---\nDo.\n");
    assert_eq!(checked(&place, "x", bomb.as_bytes()).0, 2);
    for (document, problem) in [
        (format!("---\nname: x\nmetadata: {}\n---\n", "[".repeat(60_000)), YAML),
        (
            format!("---\nname: x\nmetadata: {}\n---\n", "{a: ".repeat(15_000)),
            "the front matter cannot be read as YAML: ",
        ),
        (format!("---\n{}\n---\n", "? ".repeat(30_000)), YAML),
        (format!("---\n{}\n---\n", "k: v\n".repeat(20_000)), "the front matter has 100001 bytes, the limit is 65536"),
        (format!("---\nname: x\ndescription: d\n---\n{}", "x".repeat(1 << 20)), "SKILL.md has more than 1 MiB"),
    ] {
        let (status, findings) = checked(&place, "x", document.as_bytes());
        assert_eq!(status, 2);
        assert!(findings[0].2.starts_with(problem), "{findings:?}");
    }
    // Nobody ever writes to this pipe.
    fs::remove_file(place.path("x/SKILL.md")).unwrap();
    assert!(Command::new("mkfifo").arg(place.path("x/SKILL.md")).status().unwrap().success());
    let run = place.exuvia(&["skill", "check", "x"]);
    assert_eq!(run, crate::gives(2, "x: fault: SKILL.md is no file\n    hint: make it one\n", ""));
}
