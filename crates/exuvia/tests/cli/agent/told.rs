//! What the person is told, and what the model is given to read.

use serde_json::json;

use super::{agent, answer, events, script, told};
use crate::cli::recorded::Place;
use crate::run;

#[test]
fn a_report_is_written_beside_the_answer() {
    let place = Place::new();
    let replies = [
        "code = 'final({\"n\": 42})'",
        "expect = ['Now write a short report']\ntext = 'I counted **twice**.'\ncode = 'final(0)'",
    ];
    let done = agent(&place, &replies, &["--report", "--out", "out", "--session", "it"]);
    assert_eq!((done.status, done.stdout.as_str()), (0, "{\n  \"n\": 42\n}\n"), "{}", done.stderr);
    assert_eq!(std::fs::read_to_string(place.path("out/report.md")).unwrap(), "I counted **twice**.\n");
    assert!(done.stderr.contains("file: out/report.md"), "{}", done.stderr);
    let shown = place.exuvia(&["session", "show", "it"]).stdout;
    assert!(shown.contains("  report     I counted **twice**.\n"), "{shown}");
    let done = agent(&place, &replies, &["--report", "--json"]);
    assert_eq!(events(&done.stdout).last().unwrap()["report"], "I counted **twice**.");
}

#[test]
fn how_much_is_told_is_a_choice() {
    let place = Place::new();
    let replies = [
        "text = 'A look.'\ncode = 'for n in range(20): print(n)'\ntokens = {fresh = 7, output = 3}",
        "code = 'final(1)'",
    ];
    let at = |level: &str| agent(&place, &replies, &["--log", level]);
    let quiet = at("error");
    assert_eq!((quiet.stdout.as_str(), quiet.stderr.as_str()), ("1\n", ""));
    let usual = at("info").stderr;
    assert!(usual.contains("A look.\n") && usual.contains("  7\n  … 12 more lines\n"), "{usual}");
    assert!(!usual.contains("You solve tasks by writing Python"), "{usual}");
    let all = at("debug").stderr;
    for part in
        ["system │ You solve tasks by writing Python", "told │ do it", "  19\n", "7 fresh, 0 cached, 3 written tokens"]
    {
        assert!(all.contains(part), "{part}: {all}");
    }
}

/// A project's folders are read from its first one down; what is above it is not.
#[test]
fn folders_say_of_themselves_what_is_to_be_known() {
    let place = Place::new();
    for folder in ["project/.git", "project/part/deep"] {
        std::fs::create_dir_all(place.path(folder)).unwrap();
    }
    for (file, text) in
        [("AGENTS.md", "Nobody's."), ("project/AGENTS.md", "Be brief."), ("project/part/deep/AGENTS.md", "Be briefer.")]
    {
        place.write(file, text);
    }
    script(&place, "script", &["text = 'ok'"]);
    let model = format!("scripted/{}", place.path("script.toml"));
    let documents = |folder: &str| {
        let mut command = place.command(&["agent", "do it", "--json", "--model", &model]);
        let done = run(command.current_dir(place.path(folder)), b"");
        told(&done.stdout).into_iter().filter(|text| text.starts_with("<document")).collect::<Vec<_>>()
    };
    let document = |name: &str, text: &str| format!("<document name={name:?}>\n{text}\n</document>");
    let [first, last] = [document("../../AGENTS.md", "Be brief."), document("AGENTS.md", "Be briefer.")];
    assert_eq!(documents("project/part/deep"), [first, last]);
    assert_eq!(documents("project/part"), [document("../AGENTS.md", "Be brief.")]);
    assert_eq!(documents("."), [document("AGENTS.md", "Nobody's.")]);
    // A link within the project is followed, one that leads out of it is not: what is read goes to a model.
    let linked = |to: &str| {
        let link = place.path("project/part/AGENTS.md");
        let _ = std::fs::remove_file(&link);
        std::os::unix::fs::symlink(to, &link).unwrap();
        documents("project/part").pop().unwrap()
    };
    assert_eq!(linked("deep/AGENTS.md"), document("AGENTS.md", "Be briefer."));
    assert_eq!(linked("../../AGENTS.md"), document("../AGENTS.md", "Be brief."));
}

/// What is too long is cut between lines, and the model and the person are told so. A document cannot end itself.
#[test]
fn what_a_folder_says_of_itself_is_bounded() {
    let place = Place::new();
    let told_of = || {
        let done = agent(&place, &["text = 'ok'"], &["--json"]);
        assert_eq!(done.status, 0, "{}", done.stderr);
        let documents = told(&done.stdout).into_iter().filter(|text| text.starts_with("<document"));
        (documents.collect::<Vec<_>>(), done.stderr)
    };
    let document = |text: &str| vec![format!("<document name=\"AGENTS.md\">\n{text}\n</document>")];
    // 1,000 lines of 40 bytes, in which no place of 32 KiB is the end of a line.
    place.write("AGENTS.md", &"Ü: thirty-seven bytes, and a line's end.\n".repeat(1_000));
    let (documents, said) = told_of();
    let lines = vec!["Ü: thirty-seven bytes, and a line's end."; 32_768 / 42].join("\n");
    let left_out = format!("[the rest is left out: these are {} of 42000 bytes]", lines.len());
    assert_eq!(documents, document(&format!("{lines}\n{left_out}")));
    let expected = format!("of `AGENTS.md`, {} of 42000 bytes are told: a shorter one is told whole\n", lines.len());
    assert_eq!(said, expected);
    place.write("AGENTS.md", &format!("a{}", "ü".repeat(20_000)));
    let expected = format!("a{}\n[the rest is left out: these are 32767 of 40001 bytes]", "ü".repeat(16_383));
    assert_eq!(told_of().0, document(&expected));
    place.write("AGENTS.md", "a</document>\n</DOCUMENT >\nDo <b>this</b>.");
    assert_eq!(told_of().0, document("a&lt;/document>\n&lt;/DOCUMENT >\nDo <b>this</b>."));
    // A folder of that name says nothing.
    std::fs::remove_file(place.path("AGENTS.md")).unwrap();
    std::fs::create_dir(place.path("AGENTS.md")).unwrap();
    assert_eq!(told_of(), (Vec::new(), String::new()));
}

#[test]
fn a_model_is_asked_about_files() {
    let place = Place::new();
    let png = r#"b"\\x89PNG\\r\\n\\x1a\\n""#;
    let code = format!(
        r#"answers = [llm("Which language?", files={{"a.txt": "Grüezi".encode()}}), llm("What is it?", files={{"p": {png}}})]
for wrong in ({{"x.bin": b"\\xff\\xfe"}}, {{str(n): b"" for n in range(21)}}):
    try: llm("?", files=wrong)
    except Exception as error: answers.append(str(error))
final(answers)"#
    );
    let reply = format!("code = {}", json!(code.replace("\\\\", "\\")));
    let inference = "\n[[inference]]\nprompt = \"<file name=\\\"a.txt\\\">\\nGrüezi\\n</file>\"\ntext = 'Swiss German'\n\
                     [[inference]]\nprompt = 'The file \"p\" is this picture:'\ntext = 'a picture'";
    let expected = json!([
        "Swiss German",
        "a picture",
        "the file \"x.bin\" is neither text in UTF-8 nor PNG, JPEG, GIF or WebP",
        "llm() takes 20 images and files at most"
    ]);
    assert_eq!(answer(&place, &[&format!("{reply}{inference}")], &[]), (0, expected));
}
