//! What stays from call to call, and from server to server.

use serde_json::{Value, json};

use super::client::{session, text};
use super::{Client, Era, Place};

#[test]
fn state_stays_in_both_eras() {
    for era in Era::BOTH {
        let place = Place::new();
        let mut client = place.client(era, &[]);
        assert_eq!(client.python("import math\nx = 20"), "session: ID · cell 1", "{era:?}");
        assert_eq!(client.python("open('kept', 'w').write('y')\nx + math.floor(1.5)"), "→ 21\nsession: ID · cell 2");
        assert_eq!(client.python("print(open('kept').read(), x)"), "y 20\nsession: ID · cell 3");
        let replayed = {
            let id = client.session();
            assert_eq!(client.end(), 0);
            place.exuvia(&["replay", "--quiet", &id])
        };
        let events = replayed.stderr.strip_prefix("4 cells and ").and_then(|rest| rest.split(' ').next()).unwrap();
        let told = format!("4 cells and {events} events as recorded\n");
        assert_eq!((replayed.status, replayed.stderr), (0, told));
    }
}

#[test]
fn sessions_are_apart() {
    let place = Place::new();
    let mut client = place.client(Era::Modern, &[]);
    assert_eq!(client.python("x = 'own'"), "session: ID · cell 1");
    let other = client.call("python", json!({"code": "x = 'other'", "session": "new"}));
    let other = session(&other);
    assert_eq!(client.python_in(&other, "x"), "→ 'other'\nsession: ID · cell 2");
    assert_eq!(client.python("x"), "→ 'own'\nsession: ID · cell 2");
}

#[test]
fn a_fork_goes_on_from_where_the_other_is() {
    let place = Place::new();
    let mut client = place.client(Era::Modern, &[]);
    client.python("import random\nx = [1]");
    let own = client.session();
    let forked = client.call("fork", json!({}));
    let fork = session(&forked);
    let told = format!("Session {fork} goes on from where {own} is; what happens in one does not touch the other.");
    assert_eq!(forked["content"][0]["text"], format!("{told}\nsession: {fork}"));
    assert_eq!(client.python_in(&fork, "x.append(2); x"), "→ [1, 2]\nsession: ID · cell 3");
    assert_eq!(client.python("x"), "→ [1]\nsession: ID · cell 3");
    assert_ne!(client.python("random.random()"), client.python_in(&fork, "random.random()"));
    assert_eq!(client.end(), 0);
    let mut client = place.client(Era::Modern, &[]);
    assert_eq!(client.python_in(&fork, "x"), "→ [1, 2]\nsession: ID · cell 5");
    assert_eq!(client.end(), 0);
    place.replay_all();
}

#[test]
fn a_reset_session_begins_again() {
    let place = Place::new();
    let mut client = place.client(Era::Modern, &[]);
    client.python("x = 1; open('f', 'w').close()");
    let own = client.session();
    let told = client.call("reset", json!({}));
    let words = "The session begins again: its variables, imports and files are gone.";
    assert_eq!(told["content"][0]["text"], format!("{words}\nsession: {own}"));
    assert_eq!(client.python("import os; os.listdir(), 'x' in globals()"), "→ ([], False)\nsession: ID · cell 1");
    assert_eq!(client.session(), own);
}

#[test]
fn a_handle_outlives_its_server() {
    for ends_well in [true, false] {
        let place = Place::new();
        let mut client = place.client(Era::Modern, &[]);
        client.python("x = 20\ndef f(): return x + 1");
        let own = client.session();
        if ends_well {
            assert_eq!(client.end(), 0);
        } else {
            client.kill();
        }
        let mut client = place.client(Era::Older, &[]);
        assert_eq!(client.python_in(&own, "f()"), "→ 21\nsession: ID · cell 3", "{ends_well}");
        assert_ne!(client.session(), own, "a connection's own is new");
    }
}

#[test]
fn a_client_that_vanishes_leaves_its_session() {
    let place = Place::new();
    let mut client = place.client(Era::Modern, &[]);
    client.python("done = []");
    let own = client.session();
    client.begin_python("done.append(1)\nprint('begun')\nimport time\ntime.sleep(1000)");
    assert_eq!(client.end(), 0);
    let mut client = place.client(Era::Modern, &[]);
    // Whether it had begun when the client left is the machine's affair; that it is at its end, and nothing hangs, is ours.
    let done = client.call("python", json!({"code": "len(done)", "session": own}));
    assert!(matches!(done["structuredContent"]["value"]["json"].as_u64(), Some(0 | 1)), "{done}");
}

#[test]
fn sessions_of_others_are_not_there() {
    let place = Place::new();
    let begun = place.exuvia(&["run", "--session", "mine", "-c", "x = 1"]);
    assert_eq!(begun.status, 0);
    let list: Value = serde_json::from_str(&place.exuvia(&["session", "list", "--json"]).stdout).unwrap();
    let foreign = list[0]["session"].as_str().unwrap().to_owned();
    let mut client = place.client(Era::Modern, &[]);
    let own = client.session();
    for wanted in [&*foreign, "mine", "aaaaaaaaaa", "../etc", "", &"x".repeat(100)] {
        for tool in ["python", "reset", "fork", "export_script"] {
            let arguments =
                if tool == "python" { json!({"code": "", "session": wanted}) } else { json!({"session": wanted}) };
            let refused = client.call(tool, arguments);
            let shown = if wanted.len() > 64 { format!("{}…", "x".repeat(64)) } else { wanted.to_owned() };
            let told = format!(
                "there is no session `{shown}`; yours are {own}: leave `session` out, or say \"new\" to begin one"
            );
            assert_eq!((&refused["isError"], text(&refused)), (&json!(true), told), "{tool}");
        }
        let read = client.ask("resources/read", json!({"uri": format!("exuvia://{wanted}/script.py")}));
        assert_eq!(read["error"]["code"], -32602, "{wanted}: {read}");
    }
}

#[test]
fn sessions_that_nobody_uses_are_put_away_and_come_back() {
    let place = Place::new();
    let mut client = place.client(Era::Modern, &["--awake", "1"]);
    let mut begin = |value: u32| {
        let begun = client.call("python", json!({"code": format!("x = {value}"), "session": "new"}));
        (session(&begun), value)
    };
    let sessions: Vec<_> = (0..4).map(&mut begin).collect();
    let list: Value = serde_json::from_str(&place.exuvia(&["session", "list", "--json"]).stdout).unwrap();
    let open = list.as_array().unwrap().iter().filter(|session| !session["open_in"].is_null()).count();
    assert_eq!((list.as_array().unwrap().len(), open), (4, 1), "{list}");
    for (id, value) in &sessions {
        assert_eq!(client.python_in(id, "x += 10; x"), format!("→ {}\nsession: ID · cell 2", value + 10));
    }
    assert_eq!(client.end(), 0);
    place.replay_all();
}

#[test]
fn a_session_that_is_idle_is_put_away_and_comes_back() {
    let place = Place::new();
    let mut client = place.client(Era::Modern, &["--idle", "100ms"]);
    client.python("x = [20]");
    loop {
        let list: Value = serde_json::from_str(&place.exuvia(&["session", "list", "--json"]).stdout).unwrap();
        if list[0]["open_in"].is_null() {
            break;
        }
    }
    assert_eq!(client.python("x.append(1); x"), "→ [20, 1]\nsession: ID · cell 2");
}

#[test]
fn files_of_a_session_that_was_put_away_are_listed() {
    let place = Place::new();
    let mut client = place.client(Era::Modern, &["--idle", "100ms"]);
    let own = session(&client.run("open('a.txt', 'w').write('x')"));
    let uris = |client: &mut Client| {
        let listed = client.ask("resources/list", json!({}));
        let resources = listed["result"]["resources"].as_array().unwrap().clone();
        resources.iter().map(|resource| resource["uri"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let expected = [format!("exuvia://{own}/script.py"), format!("exuvia://{own}/files/workspace/a.txt")];
    let is_away = || {
        let list: Value = serde_json::from_str(&place.exuvia(&["session", "list", "--json"]).stdout).unwrap();
        list[0]["open_in"].is_null()
    };
    while !is_away() {}
    assert_eq!(uris(&mut client), expected);
    assert!(is_away(), "nobody had to wake it for that");
    assert_eq!(client.python("import os; os.remove('a.txt')"), "session: ID · cell 2");
    while !is_away() {}
    assert_eq!(uris(&mut client), expected[..1]);
}

#[test]
fn a_session_that_was_removed_is_not_replaced_without_a_word() {
    let place = Place::new();
    let mut client = place.client(Era::Modern, &["--idle", "100ms"]);
    client.python("x = 1");
    let own = client.session();
    // It can be removed once it is put away.
    while place.exuvia(&["session", "rm", &own]).status != 0 {}
    let told = format!("Session {own} is not there any more: somebody has removed it. This is a new one.");
    let next = client.run("'x' in globals()");
    assert_eq!(text(&next), format!("{told}\n→ False\nsession: ID · cell 1"));
    assert_eq!(next["structuredContent"]["notice"], told);
    assert_eq!(client.python("1"), "→ 1\nsession: ID · cell 2");
}

#[test]
fn calls_of_one_session_take_turns() {
    let place = Place::new();
    let mut client = place.client(Era::Modern, &[]);
    client.python("order = []");
    let calls: Vec<u64> = (0..5)
        .map(|number| {
            client.begin_python(&format!("import asyncio\nawait asyncio.sleep(0.01)\norder.append({number})"))
        })
        .collect();
    for call in calls.into_iter().rev() {
        // Answers that came before are put aside with what is no answer.
        if !client.notifications.iter().any(|message| message["id"] == call) {
            client.answer(call);
        }
    }
    assert_eq!(client.python("sorted(order)"), "→ [0, 1, 2, 3, 4]\nsession: ID · cell 7");
}

#[test]
fn other_sessions_go_on_while_one_computes() {
    let place = Place::new();
    let out = place.folder.path().join("out");
    let mut client = place.client(Era::Modern, &["--out", out.to_str().unwrap()]);
    let other = session(&client.call("python", json!({"code": "", "session": "new"})));
    let busy = client.begin_python("open('/output/begun', 'w').close()\nwhile True: pass");
    crate::wait_for(&out.join("begun"));
    assert_eq!(client.python_in(&other, "1 + 1"), "→ 2\nsession: ID · cell 2");
    client.say(&json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": busy}}));
    assert_eq!(client.python("'here'"), "→ 'here'\nsession: ID · cell 2");
}

#[test]
fn nothing_is_recorded_if_nothing_is_to_be() {
    let place = Place::new();
    let mut client = place.client(Era::Modern, &["--no-record"]);
    assert_eq!(client.python("x = 1"), "session: ID · cell 1");
    assert_eq!(client.python("import os; os._exit(0)").lines().last(), Some("session: ID · cell 2"));
    assert_eq!(client.python("x"), "→ 1\nsession: ID · cell 2");
    assert_eq!(client.end(), 0);
    assert!(!place.folder.path().join("journal").exists());
}

#[test]
fn a_session_goes_on_at_the_command_line() {
    let place = Place::new();
    let mut client = place.client(Era::Modern, &[]);
    client.python("x = 20");
    let own = client.session();
    assert_eq!(client.end(), 0);
    let resumed = crate::run_once(&mut place.command(&["resume", &own]), b"x + 1\n");
    assert_eq!((resumed.status, resumed.stdout.as_str(), resumed.stderr.as_str()), (0, "21\n", ""));
    // A process that was ended there is none here.
    let exited = crate::run_once(&mut place.command(&["resume", &own]), b"import os; x = 0; os._exit(3)\n");
    assert_eq!(exited.status, 3, "{}", exited.stderr);
    let mut client = place.client(Era::Modern, &[]);
    let told = "Cell 4 ended its process. It was undone, variables and files too; what it had done outside of the sandbox stands.";
    assert_eq!(client.python_in(&own, "x"), format!("{told}\n→ 20\nsession: ID · cell 4"));
    assert_eq!(client.end(), 0);
    place.replay_all();
}

/// A client whose only purpose is to be killed: see [`Client::kill`]. Nobody waits for its cell any more: one that would
/// take longer than the call after it may take has ended before that begins.
#[test]
fn a_cell_that_ran_when_its_server_was_killed_is_interrupted() {
    let waits = "import time\ntime.sleep(1000)";
    for rest in
        [waits, "while True: pass", "import asyncio\nawait asyncio.sleep(1000)", "print('on')\nwhile True: pass"]
    {
        let place = Place::new();
        let out = place.folder.path().join("out");
        let options = ["--out", out.to_str().unwrap()];
        let mut client = place.client(Era::Modern, &options);
        client.python("steps = []");
        let own = client.session();
        let code = format!("steps.append(1)\nopen('/output/begun', 'w').close()\n{rest}\nsteps.append(2)");
        client.begin("tools/call", json!({"name": "python", "arguments": {"code": code, "timeout": 500}}));
        crate::wait_for(&out.join("begun"));
        client.kill();
        let mut client: Client = place.client(Era::Modern, &options);
        let next = client.call("python", json!({"code": "steps", "session": own, "timeout": 20}));
        let notice =
            "Cell 3 was running when the server ended. It was interrupted; what it had done until then stands.";
        assert_eq!(text(&next), format!("{notice}\n→ [1]\nsession: ID · cell 4"), "{rest}");
        assert_eq!(next["structuredContent"]["notice"], notice);
        assert_eq!(client.python_in(&own, "steps"), "→ [1]\nsession: ID · cell 5", "it is said once");
        assert_eq!(client.end(), 0);
        place.replay_all();
    }
}

/// A cell that asks nobody anything, and one that does not let itself be interrupted.
#[test]
fn a_cell_that_swallows_its_interrupt_is_undone_when_its_server_was_killed() {
    let place = Place::new();
    let out = place.folder.path().join("out");
    let options = ["--out", out.to_str().unwrap()];
    let mut client = place.client(Era::Modern, &options);
    client.python("steps = []");
    let own = client.session();
    client.begin_python(
        "steps.append(1)\nopen('/output/begun', 'w').close()\nwhile True:\n    try:\n        while True: pass\n    \
         except BaseException: pass",
    );
    crate::wait_for(&out.join("begun"));
    client.kill();
    let mut client: Client = place.client(Era::Modern, &options);
    let next = client.call("python", json!({"code": "steps", "session": own, "timeout": 20}));
    let notice = "Cell 3 was running when the server ended. It was stopped and undone, variables and files too; what it had \
                  done outside of the sandbox stands.";
    assert_eq!(text(&next), format!("{notice}\n→ []\nsession: ID · cell 3"));
    assert_eq!(client.end(), 0);
    place.replay_all();
}
