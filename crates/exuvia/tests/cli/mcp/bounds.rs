//! Limits, cancellations, and code that does its worst.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{Era, Place};

#[test]
fn a_call_has_as_much_time_as_it_asks_for() {
    let place = Place::new();
    let mut client = place.client(Era::Modern, &["--timeout", "1"]);
    for (cell, (timeout, limit)) in [(0.5, 0.5), (100.0, 1.0)].into_iter().enumerate() {
        let code = "x = 1\nwhile True: pass";
        let text = super::client::text(&client.call("python", json!({"code": code, "timeout": timeout})));
        // Which part of the line it was in, and by how much the machine was late, is of no matter.
        let lines: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with('^')).collect();
        let (ran, rest) = lines[0].strip_prefix("exuvia.TimeLimit: ran for ").unwrap().split_once(' ').unwrap();
        assert!(ran.parse::<f64>().unwrap() >= limit, "{text}");
        assert_eq!(rest, format!("s, the limit is {limit} s"));
        let cell = cell + 1;
        let told = [
            &format!("  cell {cell}, line 2"),
            "    while True: pass",
            "hint: give the call a larger `timeout`, at most 1 s, or do it in smaller steps",
            &format!("session: ID · cell {cell}"),
        ];
        assert_eq!(lines[1..], told);
    }
    assert_eq!(client.python("x"), "→ 1\nsession: ID · cell 3");
    assert_eq!(client.end(), 0);
    place.replay_all();
}

#[test]
fn long_cells_tell_how_far_they_are() {
    // Both at a time: they take seconds.
    std::thread::scope(|scope| {
        for era in Era::BOTH {
            scope.spawn(move || tells_how_far_it_is(era));
        }
    });
}

fn tells_how_far_it_is(era: Era) {
    let place = Place::new();
    let mut client = place.client(era, &[]);
    // Its first line is there before anything is told, however late the machine is.
    client.python("import time");
    let code = "print('begun')\ntime.sleep(2.5)\nprint('done')";
    let params = json!({"name": "python", "arguments": {"code": code, "timeout": 60}});
    let began = Instant::now();
    let call = client.begin_with("tools/call", params, json!({"progressToken": "token"}));
    let result = client.answer(call)["result"].take();
    let seconds = began.elapsed().as_secs();
    assert_eq!(super::client::text(&result), "begun\ndone\nsession: ID · cell 2");
    let told = std::mem::take(&mut client.notifications);
    assert!((1..=seconds).contains(&(told.len() as u64)), "{told:?}");
    let mut before = 0.0;
    for notification in &told {
        assert_eq!(notification["method"], "notifications/progress");
        let params = &notification["params"];
        let progress = params["progress"].as_f64().unwrap();
        assert!(progress > before, "{told:?}");
        before = progress;
        let rest = (&params["progressToken"], &params["total"], &params["message"]);
        assert_eq!(rest, (&json!("token"), &json!(60.0), &json!("begun")));
    }
    // Without a token nothing is told.
    assert_eq!(client.python("time.sleep(1.1)"), "session: ID · cell 3");
    assert_eq!(client.notifications, Vec::<Value>::new());
}

#[test]
fn a_cancelled_cell_leaves_the_state() {
    for era in Era::BOTH {
        let place = Place::new();
        let out = place.folder.path().join("out");
        let mut client = place.client(era, &["--out", out.to_str().unwrap()]);
        for (number, code) in [
            "time.sleep(1000)",
            "while True: pass",
            "while True:\n    try:\n        while True: pass\n    except BaseException: pass",
        ]
        .into_iter()
        .enumerate()
        {
            let mark = format!("begun-{number}");
            let running = client
                .begin_python(&format!("import time\nkept = {number}\nopen('/output/{mark}', 'w').close()\n{code}"));
            crate::wait_for(&out.join(&mark));
            let waiting = client.begin_python("lost = 1");
            for id in [waiting, running] {
                client
                    .say(&json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": id}}));
            }
            let began = Instant::now();
            // Code that does not listen is stopped, and counts for nothing.
            let kept = if number == 2 { 1 } else { number };
            let value = client.run("(kept, 'lost' in globals())")["structuredContent"]["value"]["repr"].take();
            assert_eq!(value, format!("({kept}, False)"), "{era:?} {code}");
            assert!(began.elapsed() < Duration::from_secs(20), "{era:?} {code}");
        }
        assert_eq!(client.notifications, Vec::<Value>::new(), "a cancelled request has no answer");
        assert_eq!(client.end(), 0);
        place.replay_all();
    }
}

#[test]
fn code_that_kills_its_sandbox_is_undone() {
    let place = Place::new();
    let mut client = place.client(Era::Modern, &["--memory", "128M"]);
    client.python("x = 'kept'");
    let undone =
        "hint: this cell was undone: the session is as before it, variables and files too\nsession: ID · cell 2";
    let deep = "import sys\nsys.setrecursionlimit(10**9)\ndef f(): f()\nf()";
    for (code, told) in [
        (
            "x = 'lost'; import os; os._exit(3)",
            "Stopped: the code ended its process, with status 3\nhint: this cell was undone: the session is as before it. \
             Leave `os._exit` out\nsession: ID · cell 2"
                .to_owned(),
        ),
        ("x = 'lost'; import os; os.abort()", format!("abort() was called\nStopped: the code aborted its process\n{undone}")),
        (deep, format!("Stopped: the code exhausted the stack\n{undone}")),
    ] {
        let result = client.run(code);
        assert_eq!((super::client::text(&result), &result["isError"]), (told, &json!(true)), "{code}");
        assert_eq!(result["structuredContent"]["undone"], true);
        assert_eq!(client.python("print(x)"), "kept\nsession: ID · cell 2");
        // The next one has the number that this one had.
        client.call("reset", json!({}));
        client.python("x = 'kept'");
    }
    let memory = client.run("y = bytearray(10**9)");
    let text = super::client::text(&memory);
    assert!(text.starts_with("MemoryError") && text.contains("hint: the sandbox has 128 MiB of memory"), "{text}");
    assert_eq!(client.run("x")["structuredContent"]["value"]["json"], "kept");
    let own = client.session();
    assert_eq!(client.end(), 0);
    let shown = place.exuvia(&["session", "show", &own]);
    assert_eq!((shown.status, shown.stderr.as_str()), (0, ""), "stopped cells are a part of its history");
    place.replay_all();
}

/// Without its modules, the sandbox's own part fails again and again.
#[test]
fn a_session_that_crashes_again_and_again_can_begin_again() {
    let place = Place::new();
    let mut client = place.client(Era::Modern, &[]);
    client.python("import sys; sys.modules.clear()");
    let undone = "this cell was undone: the session is as before it, variables and files too";
    let reset = "; if more cells end like this, the tool `reset` begins the session again";
    for hint in [undone.to_owned(), format!("{undone}{reset}")] {
        let crashed = client.run("1/0");
        let error = &crashed["structuredContent"]["error"];
        assert_eq!((&error["type"], &error["hint"]), (&json!("Stopped"), &json!(hint)), "{crashed}");
    }
    client.call("reset", json!({}));
    assert!(client.python("1/0").starts_with("ZeroDivisionError"));
}

#[test]
fn limits_come_from_the_configuration_too() {
    let place = Place::new();
    let config = place.folder.path().join("exuvia.toml");
    std::fs::write(&config, "[limits]\nmemory = \"100M\"\ntimeout = \"5s\"\n").unwrap();
    for (options, told) in [
        (&[][..], "at most 5 s, and has 100 MiB of memory."),
        (&["--timeout", "7", "--memory", "200M"], "at most 7 s, and has 200 MiB of memory."),
    ] {
        let options = [&["--config", config.to_str().unwrap()], options].concat();
        let mut client = place.client(Era::Modern, &options);
        let tools = client.ask("tools/list", json!({}));
        let description = tools["result"]["tools"][0]["description"].as_str().unwrap();
        assert!(description.contains(told), "{description}");
    }
}

#[test]
fn output_without_end_is_stopped() {
    let place = Place::new();
    let mut client = place.client(Era::Modern, &["--output-limit", "100K"]);
    let result = client.run("while True: print('x' * 100)");
    assert_eq!(result["structuredContent"]["error"]["type"], "exuvia.OutputLimit");
    assert_eq!(result["structuredContent"]["error"]["hint"], "print less: write to a file instead");
    assert_eq!(client.python("1"), "→ 1\nsession: ID · cell 2");
}

#[test]
fn an_answer_is_bounded_whatever_is_said() {
    let place = Place::new();
    let mut client = place.client(Era::Modern, &[]);
    let code = "class Big:\n    def __repr__(self): return 'r' * 10**6\n    def _repr_markdown_(self): return 'm' * 10**6\n    \
                def _repr_png_(self): return b'p' * (4 * 10**6)\n\
                import sys\nprint('o' * 10**6); print('e' * 10**6, file=sys.stderr)\n\
                for n in range(50): open('f' * 100 + str(n), 'w').close()\n";
    let value = client.run(&format!("{code}Big()"));
    assert!(value.to_string().len() < 80_000, "{}", value.to_string().len());
    assert_eq!(value["structuredContent"]["files_count"], 50);
    let raised = client.run(&format!(
        "{code}error = type('N' * 10**5, (Exception,), {{}})('m' * 10**6)\nerror.add_note('n' * 10**6)\nraise error"
    ));
    assert!(raised.to_string().len() < 80_000, "{}", raised.to_string().len());
    let deep = "import os\nos.chdir('/tmp')\nfor n in range(12): os.mkdir('d' * 250); os.chdir('d' * 250)\n\
                for n in range(20): open(str(n), 'w').close()\n\
                exec(compile('def f(error): raise error', 'n' * 10**6, 'exec'))\n\
                f(type('E' * 10**6, (Exception,), {})('said'))";
    let named = client.run(deep);
    assert!(named.to_string().len() < 80_000, "{}", named.to_string().len());
    assert_eq!(named["structuredContent"]["error"]["message"], "said");
    assert_eq!(named["structuredContent"]["files_count"], 20);
    let typed = client.run("type('T' * 10**6, (), {'__repr__': lambda self: 'short'})()");
    assert!(typed.to_string().len() < 80_000, "{}", typed.to_string().len());
}

#[test]
fn a_call_that_is_cancelled_in_its_line_does_nothing() {
    let place = Place::new();
    let out = place.folder.path().join("out");
    let mut client = place.client(Era::Modern, &["--out", out.to_str().unwrap()]);
    let running = client.begin_python("kept = 1\nopen('/output/begun', 'w').close()\nwhile True: pass");
    crate::wait_for(&out.join("begun"));
    let own = {
        // Its name is not known yet: the connection's own session is in none of its answers.
        let list: Value = serde_json::from_str(&place.exuvia(&["session", "list", "--json"]).stdout).unwrap();
        list[0]["session"].as_str().unwrap().to_owned()
    };
    let reset = client.begin("tools/call", json!({"name": "reset", "arguments": {"session": own}}));
    let fork = client.begin("tools/call", json!({"name": "fork", "arguments": {}}));
    for id in [reset, fork, running] {
        client.say(&json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": id}}));
    }
    assert_eq!(client.python("kept"), "→ 1\nsession: ID · cell 2");
    assert_eq!(client.notifications, Vec::<Value>::new(), "a cancelled request has no answer");
    assert_eq!(client.end(), 0);
    let list: Value = serde_json::from_str(&place.exuvia(&["session", "list", "--json"]).stdout).unwrap();
    assert_eq!(list.as_array().unwrap().len(), 1, "{list}");
}
