//! Skills: where they come from, what a model is told of them, and what its code does with them.

mod check;

use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::symlink;
use std::path::Path;

use serde_json::{Value as Json, json};

use super::{agent, answer, events, script, told};
use crate::cli::recorded::Place;
use crate::{Run, run};

/// Writes a skill. Returns its folder.
fn write_skill(place: &Place, folder: &str, description: &str, body: &str) -> String {
    let name = folder.rsplit('/').next().unwrap();
    let document = format!("---\nname: {name}\ndescription: {description}\n---\n{body}");
    write_document(place, folder, document.as_bytes())
}

fn write_document(place: &Place, folder: &str, document: &[u8]) -> String {
    let path = place.path(folder);
    fs::create_dir_all(&path).unwrap();
    fs::write(Path::new(&path).join("SKILL.md"), document).unwrap();
    path
}

/// Returns what a model would be told.
fn prompt(place: &Place, options: &[&str]) -> Run {
    place.exuvia(&[&["agent", "do it", "--print-prompt"], options].concat())
}

/// Returns what is said of skills, in order.
fn told_of_skills(prompt: &str) -> Vec<&str> {
    prompt.lines().filter(|line| line.starts_with("- `/skills/")).collect()
}

fn example(path: &str) -> String {
    format!("{}/../../examples/agent/payments/{path}", env!("CARGO_MANIFEST_DIR"))
}

/// Does the example with this table.
fn payments(place: &Place, table: &str) -> Json {
    let model = format!("scripted/{}", example("script.toml"));
    let skill = example("skills");
    let data = format!("payments.csv={table}");
    let command = ["agent", "a task", "--json", "--model", &model, "--skill", &skill, "--input", &data];
    let run = place.exuvia(&command);
    assert_eq!(run.status, 0, "{}", run.stderr);
    // It has read the instructions before it followed them.
    assert!(told(&run.stdout).iter().any(|text| text.contains("Never correct a number yourself")));
    events(&run.stdout).pop().unwrap()["answer"].clone()
}

/// The numbers are the examples of the registry of ISO 13616; what was changed in them makes them wrong.
#[test]
fn a_skill_is_read_and_its_script_is_run() {
    let place = Place::new();
    let table = example("payments.csv");
    let digits = "the check digits are wrong";
    let faults = json!({
        "2026-104": digits, "2026-106": "it has 19 characters, AT has 20", "2026-109": digits, "2026-110": "it is empty",
    });
    // 58.20 + 412.75 + 44.00 + 12.00
    assert_eq!(payments(&place, &table), json!({ "faults": faults, "held_back": 526.95 }));
    let other = fs::read_to_string(&table).unwrap();
    // A number that is put right, and one that is made wrong: 526.95 - 58.20 + 2060.00.
    let other = other.replace("0417 1643 01", "0417 1643 00").replace("0005 1332", "0005 1323");
    let faults = json!({
        "2026-106": "it has 19 characters, AT has 20", "2026-108": digits, "2026-109": digits, "2026-110": "it is empty",
    });
    let other = place.write("other.csv", &other);
    assert_eq!(payments(&place, &other), json!({ "faults": faults, "held_back": 2528.75 }));
}

#[test]
fn a_model_is_told_names_and_descriptions_alone() {
    let place = Place::new();
    let none = prompt(&place, &[]);
    assert_eq!((none.status, none.stdout.contains("Skill"), none.stdout.contains("/skills")), (0, false, false));
    write_skill(
        &place,
        ".agents/skills/tables",
        "Reads tables. Use\n  when there are\t any.",
        "# Tables\n\nSECRET STEPS\n",
    );
    let one = prompt(&place, &[]).stdout;
    assert_eq!(told_of_skills(&one), ["- `/skills/tables/SKILL.md`: Reads tables. Use when there are any."]);
    assert!(!one.contains("SECRET STEPS"));
    // It is no other folder of the host.
    assert!(!one.contains("Folders of the host"));
    assert_eq!(prompt(&place, &["--no-skills"]).stdout, none.stdout);
}

#[test]
fn a_model_is_not_told_of_more_skills_than_it_can_read() {
    let place = Place::new();
    for number in 0..103 {
        write_skill(&place, &format!("many/s{number:03}"), "Does it.", "Do.\n");
    }
    let many = prompt(&place, &["--skill", "many"]).stdout;
    let skills = told_of_skills(&many);
    assert_eq!((skills.len(), skills[99]), (100, "- `/skills/s099/SKILL.md`: Does it."));
    assert!(many.contains("- and 3 more in `/skills`, which `manual(query)` finds\n"));
    // 1,024 characters of description, and what names each, 34 bytes: 30 of these are less than 32 KiB, 31 are more.
    for number in 0..40 {
        write_skill(&place, &format!("long/long-skill-{number:02}"), &"x".repeat(1024), "Do.\n");
    }
    let long = prompt(&place, &["--skill", "long"]).stdout;
    assert_eq!(told_of_skills(&long).len(), 30);
    assert!(long.contains("- and 10 more in"));
}

#[test]
fn the_nearest_skill_of_a_name_counts() {
    let place = Place::new();
    let places = ["given/x", ".exuvia/skills/x", ".agents/skills/x", ".claude/skills/x", "own/x"];
    let mut hidden: Vec<Json> = Vec::new();
    for (number, folder) in places.iter().enumerate().rev() {
        write_skill(&place, folder, &format!("From {number}."), &format!("body {number}\n"));
        let options: &[&str] = if number == 0 { &["--skill", "given"] } else { &[] };
        let mut list = place.command(&[&["skill", "list", "--json"], options].concat());
        let listed = run(list.env("EXUVIA_SKILLS", place.path("own")), b"");
        let listed: Json = serde_json::from_str(&listed.stdout).unwrap();
        let from = ["command line", "project", "project", "project", "user"][number];
        let path = |folder: &str| if folder == "own/x" { place.path(folder) } else { folder.to_owned() };
        let line = |hidden_by: Json| {
            json!({
                "name": "x", "description": format!("From {number}."), "folder": path(folder), "from": from,
                "hidden_by": hidden_by, "problem": null,
            })
        };
        let expected: Vec<Json> = std::iter::once(line(Json::Null)).chain(hidden.clone()).collect();
        assert_eq!(listed, json!(expected), "{folder}");
        // The next one is nearer than all of them.
        if number > 0 {
            hidden.insert(0, line(json!(places[number - 1])));
            for other in &mut hidden {
                other["hidden_by"] = json!(places[number - 1]);
            }
        }
    }
    let model = script(&place, "script", &["code = 'final(open(\"/skills/x/SKILL.md\").read().split()[-1])'"]);
    for (options, body) in [(&["--skill", "given/x"][..], "0"), (&[], "1"), (&["--no-skills", "--skill", "own"], "4")] {
        let mut agent = place.command(&[&["agent", "do it", "--model", &model], options].concat());
        assert_eq!(run(agent.env("EXUVIA_SKILLS", place.path("own")), b"").stdout, format!("{body}\n"));
    }
}

#[test]
fn the_list_is_a_table() {
    let place = Place::new();
    assert_eq!(
        place.exuvia(&["skill", "list"]),
        crate::gives(0, "", "there are no skills: `exuvia skill new NAME` makes one\n")
    );
    write_skill(&place, ".agents/skills/a", "Does a.", "Do.\n");
    write_skill(&place, ".claude/skills/a", "Does a, too.", "Do.\n");
    write_document(&place, ".claude/skills/b\u{1b}", b"---\nname: b\n---\n");
    let expected = "\
NAME   FROM     FOLDER                WHAT IT IS FOR
a      project  .agents/skills/a      Does a.
a      project  .claude/skills/a      (hidden by .agents/skills/a)
b\\x1b  project  .claude/skills/b\\x1b  (invalid: SKILL.md:2: it says its name is `b`, its folder is called `b\\x1b`)
";
    assert_eq!(place.exuvia(&["skill", "list"]), crate::gives(0, expected, ""));
    // A name that is no text can be told all the same.
    let name = std::ffi::OsStr::from_bytes(b".agents/skills/\xff");
    fs::create_dir(Path::new(&place.path("")).join(name)).unwrap();
    fs::write(Path::new(&place.path("")).join(name).join("SKILL.md"), "").unwrap();
    let listed = place.exuvia(&["skill", "list", "--json"]);
    let listed: Json = serde_json::from_str(&listed.stdout).unwrap();
    assert_eq!(listed[2]["folder"], ".agents/skills/\u{fffd}");
}

#[test]
fn a_skill_that_is_none() {
    let place = Place::new();
    write_document(&place, ".agents/skills/bad", b"---\nname: bad\ndescription:\n---\nDo.\n");
    write_skill(&place, ".agents/skills/good", "Does it.", "Do.\n");
    // One that was not named is left out, and the agent goes on.
    let run = agent(&place, &["code = 'import os; final(os.listdir(\"/skills\"))'"], &[]);
    let warning = "the skill `.agents/skills/bad` is left out: SKILL.md:3: `description` is empty
    hint: say in 1 to 1024 characters what it does and when to use it\n";
    assert!(run.stderr.starts_with(warning), "{}", run.stderr);
    assert_eq!((run.status, run.stdout.as_str()), (0, "[\n  \"good\"\n]\n"));
    // One that was named is a mistake.
    write_document(&place, "two", b"---\nname: Two\nlicense: []\ndescription: d\n---\nDo.\n");
    write_skill(&place, "three/good", "Does it, too.", "Do.\n");
    for (options, message) in [
        (
            &["--skill", ".agents/skills/bad"][..],
            "`.agents/skills/bad` is no skill: SKILL.md:3: `description` is empty\n    \
             hint: say in 1 to 1024 characters what it does and when to use it",
        ),
        (
            &["--skill", "two"],
            "`two` is no skill: SKILL.md:2: `Two` can be no skill's name: it has a 'T' in it\n    hint: a name is 1 to 64 \
             lowercase letters and digits, with single hyphens between them; `exuvia skill check` tells of 1 more",
        ),
        (
            &["--skill", "nowhere"],
            "`nowhere` is no skill: there is no such folder\n    hint: name a folder with a SKILL.md",
        ),
        (
            &["--skill", "script.toml"],
            "`script.toml` is no skill: it is no folder\n    hint: name a folder with a SKILL.md",
        ),
        (
            &["--skill", "three", "--skill", ".agents/skills/good"],
            "`.agents/skills/good` is no skill: `three/good` is called `good`, too\n    hint: name one of them only",
        ),
        (
            &["--mount", "three:/skills"],
            "nothing can be mounted at `/skills`: the skills are there\n    hint: mount it elsewhere, or leave the skills out \
             with --no-skills",
        ),
    ] {
        let run = agent(&place, &["text = 'done'"], options);
        assert_eq!((run.status, run.stdout.as_str()), (2, ""), "{options:?}");
        let stderr = run.stderr.strip_prefix(warning).unwrap_or(&run.stderr);
        assert_eq!(stderr, format!("error: {message}\n"), "{options:?}");
    }
    assert_eq!(agent(&place, &["text = 'done'"], &["--mount", "three:/skills", "--no-skills"]).status, 0);
}

#[test]
fn a_new_skill() {
    let place = Place::new();
    let made = place.exuvia(&["skill", "new", "look-up", "--description", "Looks \"it\" up: # always.\nTwice."]);
    let path = ".agents/skills/look-up/SKILL.md\n";
    let next = "write in it what to do; `exuvia skill check .agents/skills/look-up` looks it over\n";
    assert_eq!(made, crate::gives(0, path, next));
    for name in ["true", "2026"] {
        assert_eq!(place.exuvia(&["skill", "new", name, "--in", ".agents/skills"]).status, 0);
        let document = fs::read_to_string(place.path(&format!(".agents/skills/{name}/SKILL.md"))).unwrap();
        assert_eq!(document.lines().nth(1).unwrap(), format!("name: \"{name}\""));
    }
    let checked = place.exuvia(&["skill", "check", ".agents/skills"]);
    let right = ["2026", "look-up", "true"].map(|name| format!(".agents/skills/{name}: nothing is wrong\n")).concat();
    assert_eq!(checked, crate::gives(0, &right, ""));
    let prompt = prompt(&place, &[]).stdout;
    assert_eq!(told_of_skills(&prompt)[1], "- `/skills/look-up/SKILL.md`: Looks \"it\" up: # always. Twice.");
    let long = "d".repeat(1025);
    for (arguments, message) in [
        (
            &["look-up"][..],
            "`.agents/skills/look-up` is there already\n    hint: choose another name, or another folder with --in",
        ),
        (
            &["../x"],
            "`../x` can be no skill's name: it has a '.' in it\n    \
             hint: a name is 1 to 64 lowercase letters and digits, with single hyphens between them",
        ),
        (
            &["x", "--description", " "],
            "the description has 1 characters\n    hint: it takes 1 to 1024, not spaces alone",
        ),
        (
            &["x", "--description", &long],
            "the description has 1025 characters\n    hint: it takes 1 to 1024, not spaces alone",
        ),
    ] {
        let run = place.exuvia(&[&["skill", "new"], arguments].concat());
        assert_eq!(run, crate::gives(2, "", &format!("error: {message}\n")));
    }
}

#[test]
fn nothing_outside_of_a_skill_can_be_read() {
    let place = Place::new();
    place.write("secret", "secret");
    let skill = write_skill(&place, ".agents/skills/x", "Does it.", "Do.\n");
    symlink(place.path("secret"), format!("{skill}/absolute")).unwrap();
    symlink("../../../secret", format!("{skill}/relative")).unwrap();
    symlink("../../..", format!("{skill}/above")).unwrap();
    symlink("SKILL.md", format!("{skill}/inside")).unwrap();
    // Neither can a folder of skills name one that lies elsewhere, nor is a file from elsewhere read as one.
    let elsewhere = tempfile::tempdir().unwrap();
    let other = elsewhere.path().join("other");
    fs::create_dir(&other).unwrap();
    fs::write(other.join("SKILL.md"), "---\nname: other\ndescription: private words\n---\n").unwrap();
    symlink(&other, place.path(".agents/skills/other")).unwrap();
    fs::create_dir(place.path(".agents/skills/third")).unwrap();
    symlink(other.join("SKILL.md"), place.path(".agents/skills/third/SKILL.md")).unwrap();
    let code = r#"
import os
def read(name):
    try:
        with open("/skills/" + name) as file:
            return file.read()[-4:]
    except OSError as error:
        return type(error).__name__
def write(name):
    try:
        open("/skills/" + name, "w")
    except OSError as error:
        return error.strerror
names = ["x/SKILL.md", "x/inside", "x/absolute", "x/relative", "x/above/secret", "x/../../secret", "other/SKILL.md"]
final([sorted(os.listdir("/skills")), sorted(os.listdir("/skills/x")), [read(name) for name in names],
       [write(name) for name in ["new", "x/new", "x/SKILL.md"]]])
"#;
    let run = agent(&place, &[&format!("code = '''{code}'''")], &["--json"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let none = "FileNotFoundError";
    let refused = "Read-only file system";
    assert_eq!(
        events(&run.stdout).pop().unwrap()["answer"],
        json!([
            ["x"],
            ["SKILL.md", "above", "inside", "relative"],
            ["Do.\n", "Do.\n", none, none, none, none, none],
            [refused, refused, refused],
        ])
    );
    assert!(!format!("{}{}", run.stdout, run.stderr).contains("private words"));
    let warning =
        "the skill `.agents/skills/other` is left out: it is a link that leads out of the project\n    hint: name it";
    assert!(run.stderr.contains(warning), "{}", run.stderr);
    assert!(run.stderr.contains("the skill `.agents/skills/third` is left out: SKILL.md cannot be read: "));
    // Whoever names it may have it.
    let named = ["--skill", other.to_str().unwrap(), "--no-skills"];
    let code = "code = 'final(open(\"/skills/other/SKILL.md\").readline())'";
    assert_eq!(answer(&place, &[code], &named), (0, json!("---\n")));
}

/// An agent whose script has ended early goes on, is forked, and runs again, whatever has become of its skills.
#[test]
fn an_agent_with_skills_has_a_life() {
    const REPLIES: [&str; 3] = [
        "code = 'import sys; sys.path.insert(0, \"/skills/sums/scripts\"); import adding; print(adding.add(1, 2))'",
        "expect = ['3']\ncode = 'words = open(\"/skills/sums/words.txt\").read(); print(words)'",
        "expect = ['some words']\ncode = 'final([adding.add(20, 22), words])'",
    ];
    let place = Place::new();
    let skill = write_skill(&place, ".agents/skills/sums", "Adds.", "Do.\n");
    fs::create_dir(format!("{skill}/scripts")).unwrap();
    fs::write(format!("{skill}/scripts/adding.py"), "def add(a, b):\n    return a + b\n").unwrap();
    fs::write(format!("{skill}/words.txt"), "some words").unwrap();
    let first = agent(&place, &REPLIES[..2], &["--session", "it", "--out", "out"]);
    assert_eq!(first.status, 125, "{}", first.stderr);
    let all = script(&place, "all", &REPLIES);
    // Another skill that comes before it, and that none of its kind had when the session began, changes nothing.
    write_skill(&place, ".agents/skills/more", "Does more.", "Do.\n");
    let forked = place.exuvia(&["agent", "--fork", "it@1", "--session", "other", "--model", &all, "--json"]);
    assert_eq!(forked.status, 0, "{}", forked.stderr);
    let expected = json!([42, "some words"]);
    assert_eq!(events(&forked.stdout).pop().unwrap()["answer"], expected);
    // What was read is in the journal.
    fs::remove_dir_all(place.path(".agents")).unwrap();
    let resumed = place.exuvia(&["agent", "--resume", "it", "--model", &all, "--json"]);
    assert_eq!(resumed.status, 0, "{}", resumed.stderr);
    assert_eq!(events(&resumed.stdout).pop().unwrap()["answer"], expected);
    for session in ["it", "other"] {
        let replayed = place.exuvia(&["replay", session, "--quiet"]);
        assert_eq!(replayed.status, 0, "{}", replayed.stderr);
    }
    let prompt = place.given(&["fork", "it"], "words\n");
    assert_eq!((prompt.status, prompt.stdout.as_str()), (0, "'some words'\n"), "{}", prompt.stderr);
}

/// What was named and is gone is told when an agent goes on, which can do without it.
#[test]
fn a_skill_that_was_named_and_is_gone() {
    let place = Place::new();
    write_skill(&place, "sums", "Adds.", "Do.\n");
    let replies = ["code = 'print(open(\"/skills/sums/SKILL.md\").read())'", "expect = ['Adds.']\ntext = 'Added.'"];
    assert_eq!(agent(&place, &replies[..1], &["--session", "it", "--skill", "sums"]).status, 125);
    fs::remove_dir_all(place.path("sums")).unwrap();
    let all = script(&place, "all", &replies);
    let resumed = place.exuvia(&["agent", "--resume", "it", "--model", &all]);
    assert_eq!((resumed.status, resumed.stdout.as_str()), (0, "Added.\n"), "{}", resumed.stderr);
    let warning = "the skill `sums` is left out: there is no such folder\n    hint: name a folder with a SKILL.md\n";
    assert!(resumed.stderr.starts_with(warning), "{}", resumed.stderr);
}
