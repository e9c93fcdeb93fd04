//! Programs as tools.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::Duration;

use exuvia_core::{ToolFailureKind, ToolLimits, ToolRunner as _};
use exuvia_tools::{CommandTool, Group, Output, Tool, ToolsError};
use futures_util::FutureExt as _;
use serde_json::json;

use super::{call, told, toolbox, wait_until};

/// A tool that runs a shell script with the arguments that follow it.
fn script(script: &str, arguments: &[&[&str]]) -> CommandTool {
    let mut command = vec![Group(vec!["sh".to_owned(), "-c".to_owned(), braces(script), "sh".to_owned()])];
    command.extend(arguments.iter().map(|group| Group(group.iter().map(|&part| part.to_owned()).collect())));
    CommandTool::new("run", "Runs.", command)
}

/// Writes braces as a template does.
fn braces(text: &str) -> String {
    text.replace('{', "{{").replace('}', "}}")
}

fn run(tool: CommandTool, arguments: &str) -> exuvia_core::ToolOutcome {
    call(&toolbox(tool.build().unwrap()), "run", arguments)
}

fn is_running(process: u32) -> bool {
    let status = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    // A zombie has ended.
    status.rsplit(") ").next().is_some_and(|state| !state.is_empty() && !state.starts_with('Z'))
}

fn process_in(file: &Path) -> u32 {
    wait_until("the program has started", || fs::read_to_string(file).is_ok_and(|text| text.ends_with('\n')));
    fs::read_to_string(file).unwrap().trim().parse().unwrap()
}

#[test]
fn arguments_reach_a_program_as_they_are() {
    let tool = script(
        r#"for x in "$@"; do printf '[%s]' "$x"; done"#,
        &[&["--city={city}"], &["-n", "{days}"], &["--"], &["{tags}"]],
    )
    .parameters(json!({
        "type": "object",
        "properties": {
            "city": { "type": "string" },
            "days": { "type": "integer" },
            "tags": { "type": "array", "items": { "type": "string" }, "default": [] },
        },
        "required": ["city"],
    }));
    let hostile = r#"{"city": "$(id); `id` \n'\"*", "days": 3, "tags": ["-x", "{city}", "${secret:A}"]}"#;
    let expected = "\"[--city=$(id); `id` \\n'\\\"*][-n][3][--][-x][{city}][${secret:A}]\"";
    assert_eq!(run(tool.clone(), hostile).unwrap(), expected);
    assert_eq!(run(tool, r#"{"city": ""}"#).unwrap(), r#""[--city=][--]""#);
}

#[test]
fn input_and_output_are_json_or_text() {
    let parameters = json!({ "type": "object", "properties": { "text": { "type": "string" } }, "required": ["text"] });
    let cat = || CommandTool::new("run", "", ["cat"]).parameters(parameters.clone());
    let arguments = r#"{"text": "a\nb"}"#;
    assert_eq!(run(cat().stdin_json().output(Output::Json), arguments).unwrap(), r#"{"text":"a\nb"}"#);
    assert_eq!(run(cat().stdin_json(), arguments).unwrap(), r#""{\"text\":\"a\\nb\"}""#);
    assert_eq!(run(cat().stdin_template("{text}!"), arguments).unwrap(), r#""a\nb!""#);
    let large = json!({ "text": "x".repeat(5_000_000) }).to_string();
    assert_eq!(run(cat().stdin_template("{text}"), &large).unwrap().len(), 5_000_002);
    let message = "the program printed what cannot be read as JSON: expected value at line 1 column 1".to_owned();
    let outcome = run(cat().stdin_template("{text}").output(Output::Json), arguments);
    assert_eq!(told(outcome), (ToolFailureKind::Failed, message));
    let message = "the program printed what cannot be read as JSON: an integer of more than 64 bits in `n`".to_owned();
    let outcome =
        run(cat().stdin_template("{text}").output(Output::Json), r#"{"text": "{\"n\": [18446744073709551616]}"}"#);
    assert_eq!(told(outcome), (ToolFailureKind::Failed, message));
    // It ends without having read what it was given.
    let ignores = script("echo done", &[]).parameters(parameters.clone()).stdin_template("{text}");
    assert_eq!(run(ignores, &large).unwrap(), r#""done\n""#);
}

#[test]
fn nothing_is_inherited() {
    let folder = tempfile::tempdir().unwrap();
    let tool =
        script("env | grep -v -e '^_=' -e '^SHLVL=' | sort; pwd", &[]).environment("LANG", "C").folder(folder.path());
    let folder = fs::canonicalize(folder.path()).unwrap();
    assert!(!format!("{tool:?}").contains("LANG"));
    let expected = format!("LANG=C\nPATH=/usr/local/bin:/usr/bin:/bin\nPWD={0}\n{0}\n", folder.display());
    assert_eq!(run(tool, "{}").unwrap(), json!(expected).to_string());
}

#[test]
fn a_program_in_the_folder_is_found() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("bin")).unwrap();
    // A link to a program that is not open for writing.
    std::os::unix::fs::symlink("/bin/echo", folder.path().join("bin/say")).unwrap();
    let tool = CommandTool::new("run", "", ["bin/say", "hello"]).folder(folder.path());
    assert_eq!(run(tool, "{}").unwrap(), r#""hello\n""#);
}

#[test]
fn a_program_that_is_not_there_is_said_to_be_missing_from_where_it_was_looked_for() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path().display();
    fs::write(folder.path().join("script"), "#!/nowhere/sh\n").unwrap();
    fs::set_permissions(folder.path().join("script"), fs::Permissions::from_mode(0o755)).unwrap();
    fs::write(folder.path().join("data"), "").unwrap();
    for (program, problem) in [
        ("bin/absent", format!("`bin/absent` of tool `run` is not there: it was looked for as `{here}/bin/absent`")),
        (
            "absent",
            "`absent` of tool `run` is not there: it was looked for in `/usr/local/bin:/usr/bin:/bin`".to_owned(),
        ),
        ("./script", format!("`./script` of tool `run` is not there: `{here}/./script` is, but not what is to run it")),
        ("./data", "`./data` of tool `run` cannot be started: Permission denied (os error 13)".to_owned()),
    ] {
        let tool = CommandTool::new("run", "", [program]).folder(folder.path());
        assert_eq!(told(run(tool, "{}")), (ToolFailureKind::Failed, format!("the program {problem}")));
    }
    let away = CommandTool::new("run", "", ["true"]).folder(folder.path().join("away"));
    let problem =
        format!("the program `true` of tool `run` is not there: there is no folder `{here}/away` to run it in");
    assert_eq!(told(run(away, "{}")), (ToolFailureKind::Failed, problem));
}

#[test]
fn an_exit_status_is_a_failure_unless_it_is_said_to_be_none() {
    let tool = || script("echo out; echo wrong >&2; exit 3", &[]);
    let message = "the program failed (exit status: 3): wrong".to_owned();
    assert_eq!(told(run(tool(), "{}")), (ToolFailureKind::Failed, message));
    assert_eq!(run(tool().success([0, 3]), "{}").unwrap(), r#""out\n""#);
    let message = "the program failed (signal: 9 (SIGKILL))".to_owned();
    assert_eq!(told(run(script("kill -9 $$", &[]), "{}")), (ToolFailureKind::Failed, message));
    // Only the end of much is told.
    let (_, message) = told(run(script("yes error | head -c 600000 >&2; exit 1", &[]), "{}"));
    assert!(message.len() < 5_000 && message.ends_with("error"), "{}", message.len());
}

#[test]
fn output_is_bounded_while_it_is_read() {
    let limits = ToolLimits { result_bytes: 100_000, ..ToolLimits::default() };
    let message = "the program printed more than 100000 bytes".to_owned();
    assert_eq!(told(run(script("yes", &[]).limits(limits), "{}")), (ToolFailureKind::Limit, message));
    let bytes = CommandTool::new("run", "", ["printf", "\\377"]);
    assert_eq!(told(run(bytes, "{}")).1, "the program printed what is not UTF-8");
}

#[test]
fn a_program_that_hangs_is_killed_with_all_that_it_started() {
    let folder = tempfile::tempdir().unwrap();
    let hang = |limit| {
        script("sleep 1000 & echo $! > child; echo $$ > parent; wait", &[])
            .folder(folder.path())
            .limits(ToolLimits { time: limit, ..ToolLimits::default() })
    };
    let outcome = run(hang(Some(Duration::from_millis(300))), "{}");
    assert_eq!(told(outcome), (ToolFailureKind::Timeout, "run() did not end within 0.3 s".to_owned()));
    for file in ["parent", "child"] {
        let process = process_in(&folder.path().join(file));
        wait_until("the processes are gone", || !is_running(process));
        fs::remove_file(folder.path().join(file)).unwrap();
    }

    // The call is cancelled.
    let mut runner = toolbox(hang(None).build().unwrap()).runner();
    let mut call = runner.call("run", "{}");
    assert!((&mut call).now_or_never().is_none());
    let processes = ["parent", "child"].map(|file| process_in(&folder.path().join(file)));
    assert!(processes.into_iter().all(is_running));
    drop(call);
    for process in processes {
        wait_until("the processes are gone", || !is_running(process));
    }
}

#[test]
fn what_a_program_leaves_running_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let tool = script("sleep 1000 & echo $! > child; echo done", &[]).folder(folder.path());
    // It holds the pipe, and nobody waits for it.
    assert_eq!(run(tool, "{}").unwrap(), r#""done\n""#);
    let process = process_in(&folder.path().join("child"));
    wait_until("the process is gone", || !is_running(process));
}

#[test]
fn options_and_oversized_arguments_are_refused() {
    let tool = || {
        CommandTool::new("run", "", ["echo", "{x}"])
            .parameters(json!({ "type": "object", "properties": { "x": { "type": "string" } }, "required": ["x"] }))
    };
    let refused = (ToolFailureKind::Argument, "run() argument 'x' must not begin with '-'".to_owned());
    assert_eq!(told(run(tool(), r#"{"x": "--version"}"#)), refused);
    let refused = (ToolFailureKind::Argument, "run() argument 'x' must not contain a NUL character".to_owned());
    assert_eq!(told(run(tool(), r#"{"x": "\u0000"}"#)), refused);
    let long = json!({ "x": "x".repeat(3_000_000) }).to_string();
    let refused = (ToolFailureKind::Limit, "the arguments are too long for a command line".to_owned());
    assert_eq!(told(run(tool(), &long)), refused);
}

#[test]
fn a_definition_that_contradicts_itself_is_refused() {
    let parameters = || json!({ "type": "object", "properties": { "x": {} } });
    let refused = |tool: CommandTool| match tool.build() {
        Err(ToolsError::Definition { problem, .. }) => problem,
        other => panic!("{other:?}"),
    };
    let unused = "its parameter `x` is used nowhere: put `{x}` where it belongs, or remove it";
    assert_eq!(refused(CommandTool::new("t", "", ["echo"]).parameters(parameters())), unused);
    let unknown = "`{y}` names no parameter: declare it, or write `{{` for a brace";
    assert_eq!(refused(CommandTool::new("t", "", ["echo", "{y}"])), unknown);
    let secret = "a program gets no `${secret:NAME}`: let it see a variable of the host's environment";
    assert_eq!(refused(CommandTool::new("t", "", ["echo", "${secret:A}"])), secret);
}

#[test]
fn help_is_printed_once_and_bounded() {
    let folder = tempfile::tempdir().unwrap();
    let help = "echo asked >> log; echo Usage >&2; exit 1";
    let tool = |help: &str| -> Tool {
        CommandTool::new("run", "", ["true"]).folder(folder.path()).help(["sh", "-c", help]).build().unwrap()
    };
    let toolbox_ = toolbox(tool(help));
    for _ in 0..2 {
        assert_eq!(pollster::block_on(toolbox_.help("run").unwrap()).unwrap(), "Usage\n");
    }
    assert_eq!(fs::read_to_string(folder.path().join("log")).unwrap(), "asked\n");
    let endless = toolbox(tool("yes | head -c 1000000"));
    assert_eq!(pollster::block_on(endless.help("run").unwrap()).unwrap().len(), 65_536);
    assert!(toolbox_.help("absent").is_none());
}
