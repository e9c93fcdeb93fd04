//! What a model is told.

use serde_json::{Value, json};

use super::{Client, Era, Place};
use crate::folder;

fn started() -> (Place, Client) {
    let place = Place::new();
    let client = place.client(Era::Modern, &[]);
    (place, client)
}

#[test]
fn a_failure_says_where_and_what_to_do() {
    let (_place, mut client) = started();
    for (code, told) in [
        (
            "def f(a):\n    return a / (a - 1)\nfor i in range(3):\n    f(i)",
            "ZeroDivisionError: division by zero\n  cell 1, line 4\n    f(i)\n  cell 1, line 2, in f\n    \
             return a / (a - 1)\n           ^^^^^^^^^^^\n",
        ),
        ("x = (1,\ny = 2", "SyntaxError: '(' was never closed\n  cell 2, line 1\n    x = (1,\n        ^\n"),
        (
            "import numpy",
            "ModuleNotFoundError: No module named 'numpy'\n  cell 3, line 1\n    import numpy\nhint: only the standard \
             library is installed, and nothing can be installed from here\n",
        ),
        (
            "import json\ntry:\n    json.loads('{')\nexcept ValueError as error:\n    raise KeyError('k') from error",
            "KeyError: 'k'\n  cell 4, line 5\n    raise KeyError('k') from error\n  caused by \
             json.decoder.JSONDecodeError: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)\n",
        ),
        (
            "import json\njson.loads('[')",
            "json.decoder.JSONDecodeError: Expecting value: line 1 column 2 (char 1)\n  cell 5, line 2\n    \
             json.loads('[')\n",
        ),
        ("import sys\nsys.exit(4)", "SystemExit: the code exited with status 4\nhint: the session goes on\n"),
    ] {
        let result = client.run(code);
        let (text, cell) = super::client::text(&result)
            .rsplit_once("session: ")
            .map(|(text, cell)| (text.to_owned(), cell.to_owned()))
            .unwrap();
        assert_eq!(text, told, "{cell}");
        assert_eq!(result["isError"], true);
    }
    let structured = client.run("def f():\n    return [1][2]\nf()")["structuredContent"]["error"].take();
    let expected = json!({
        "type": "IndexError", "message": "list index out of range", "file": "<cell 7>", "line": 2, "column": 12,
        "end_line": 2, "end_column": 18, "source": "    return [1][2]", "hint": null,
    });
    assert_eq!(structured, expected);
}

#[test]
fn a_name_that_is_missing_may_be_in_another_session() {
    let (_place, mut client) = started();
    let own = client.session();
    let lost = client.call("python", json!({"code": "x", "session": "new"}));
    let told = format!(
        "NameError: name 'x' is not defined\n  cell 1, line 1\n    x\nhint: this session is new; to go on with an earlier \
         one, give its name as `session`: {own}\nsession: ID · cell 1"
    );
    assert_eq!(super::client::text(&lost), told);
}

#[test]
fn values_are_told_as_text_and_as_data() {
    let (_place, mut client) = started();
    let mut result = client.run("print('out')\nimport sys\nprint('err', file=sys.stderr)\n{'a': [1, 2]}");
    assert_eq!(super::client::text(&result), "out\nerr\n→ {'a': [1, 2]}\nsession: ID · cell 1");
    let structured = result["structuredContent"].as_object_mut().unwrap();
    for measured in ["session", "seconds", "memory_bytes"] {
        assert!(structured.remove(measured).is_some());
    }
    let expected = json!({
        "cell": 1, "status": "finished", "undone": false, "stdout": "out\n", "stderr": "err\n", "truncated": false,
        "whole_output": null, "value": {"type": "dict", "repr": "{'a': [1, 2]}", "json": {"a": [1, 2]}},
        "error": null, "files": [], "files_count": 0,
    });
    assert_eq!(result["structuredContent"], expected);
    assert_eq!(client.python("None"), "session: ID · cell 2");
    let markdown = "class M:\n    def _repr_markdown_(self): return '# Title'\nM()";
    assert_eq!(client.python(markdown), "# Title\nsession: ID · cell 3");
}

#[test]
fn pictures_are_shown() {
    let (_place, mut client) = started();
    let own = client.session();
    let picture =
        "class P:\n    def _repr_png_(self): return b'\\x89PNG\\r\\n\\x1a\\n'\n    def __repr__(self): return 'P'\nP()";
    let result = client.run(picture);
    assert_eq!(super::client::text(&result), "→ P\nsession: ID · cell 2");
    let image = json!([{"type": "image", "data": "iVBORw0KGgo=", "mimeType": "image/png"}]);
    assert_eq!(&result["content"].as_array().unwrap()[1..], image.as_array().unwrap());
    let drawing = "class S:\n    def _repr_svg_(self): return '<svg/>'\n    def _repr_html_(self): return '<b>'\nS()";
    let shown = json!([
        {"type": "resource", "resource":
            {"uri": format!("exuvia://{own}/cells/3/value.svg"), "mimeType": "image/svg+xml", "text": "<svg/>"}},
        {"type": "resource_link", "uri": format!("exuvia://{own}/cells/3/value.html"), "name": "cell 3, text/html",
            "mimeType": "text/html"},
    ]);
    assert_eq!(&client.run(drawing)["content"].as_array().unwrap()[1..], shown.as_array().unwrap());
    let read = client.ask("resources/read", json!({"uri": format!("exuvia://{own}/cells/2/value.png")}));
    assert_eq!(read["result"]["contents"][0]["blob"], "iVBORw0KGgo=");
    // A program says what it likes of itself: what is no base64 is not passed on as a picture.
    let liar = "class L:\n    def _repr_png_(self): return 'not base64!'\nL()";
    let kinds: Vec<Value> =
        client.run(liar)["content"].as_array().unwrap().iter().map(|block| block["type"].clone()).collect();
    assert!(!kinds.contains(&json!("image")), "{kinds:?}");
    let other =
        client.run("class N:\n    def _repr_png_(self): return b'notpng'\n    def __repr__(self): return 'N'\nN()");
    let uri = format!("exuvia://{own}/cells/5/value.png");
    let told = format!("→ N\nwhat it gives as image/png does not begin like one: resource {uri}\nsession: ID · cell 5");
    assert_eq!(super::client::text(&other), told);
    assert_eq!(other["content"][1]["type"], "resource_link");
    // What is too large for an answer, and what is too large for the journal.
    let large = "class P:\n    def __init__(self, size): self.size = size\n    def __repr__(self): return 'P'\n    \
                 def _repr_png_(self): return b'\\x89PNG\\r\\n\\x1a\\n'.ljust(self.size)\nP(6_000_000)";
    let told = "→ P\nthe picture has 6000000 bytes: resource ";
    assert!(client.python(large).starts_with(told));
    let told = "→ P\na picture, or another form of this value, was left out: it has more than 12 MB, the limit is 16 MiB as \
                text\n    hint: make it smaller, or write it to a file\nsession: ID · cell 7";
    assert_eq!(client.python("P(20_000_000)"), told);
}

#[test]
fn what_was_printed_can_be_read_however_long_it_is() {
    let (_place, mut client) = started();
    let own = client.session();
    client.run("print('k' * 15_000_000)");
    for place in ["cells/2/stdout", "files/tmp/outputs/cell-2.txt"] {
        let read = client.ask("resources/read", json!({"uri": format!("exuvia://{own}/{place}")}));
        let text = read["result"]["contents"][0]["text"].as_str().unwrap_or_else(|| panic!("{read}"));
        assert_eq!(text.len(), 15_000_001, "{place}");
    }
    client.run("open('big', 'wb').truncate(20_000_000)");
    let uri = format!("exuvia://{own}/files/workspace/big");
    let read = client.ask("resources/read", json!({ "uri": uri }));
    let told = format!("there is no `{uri}` of at most 16777216 bytes: it has 20000000");
    assert_eq!(read["error"]["message"], told);
}

#[test]
fn the_whole_of_long_output_is_there_in_two_ways() {
    let (place, mut client) = started();
    let own = client.session();
    let result = client.run("for number in range(10_000): print(number)");
    let whole: String = (0..10_000).map(|number| format!("{number}\n")).collect();
    let text = super::client::text(&result);
    let (head, rest) = text.split_once("… ").unwrap();
    let (note, tail) = rest.split_once(" …\n").unwrap();
    let tail = tail.strip_suffix("session: ID · cell 2").unwrap();
    assert!(whole.starts_with(head) && whole.ends_with(tail) && text.len() < 17_000);
    let left_out = whole.len() - head.len() - tail.len();
    let uri = format!("exuvia://{own}/cells/2/stdout");
    assert_eq!(note, format!("{left_out} bytes left out: open('/tmp/outputs/cell-2.txt'), or resource {uri}"));
    assert_eq!(result["structuredContent"]["whole_output"], "/tmp/outputs/cell-2.txt");

    let read = client.ask("resources/read", json!({ "uri": uri }));
    assert_eq!(read["result"]["contents"], json!([{"uri": uri, "mimeType": "text/plain", "text": whole}]));
    let opened =
        client.python("import hashlib; hashlib.sha256(open('/tmp/outputs/cell-2.txt', 'rb').read()).hexdigest()");
    let expected = client.python("hashlib.sha256(''.join(f'{n}\\n' for n in range(10_000)).encode()).hexdigest()");
    assert_eq!(opened.lines().next(), expected.lines().next());
    assert_eq!(client.end(), 0);
    place.replay_all();
}

#[test]
fn files_are_resources() {
    let (_place, mut client) = started();
    let own = client.session();
    let result = client.run("open('a b.csv', 'w').write('1,2\\n'); open('/tmp/x', 'wb').write(b'\\xff\\x00')");
    let csv = json!({"uri": format!("exuvia://{own}/files/workspace/a%20b.csv"), "name": "a b.csv", "mimeType": "text/csv", "size": 4});
    let binary = json!({"uri": format!("exuvia://{own}/files/tmp/x"), "name": "x", "size": 2});
    let mut links = vec![csv.clone(), binary.clone()];
    links.iter_mut().for_each(|link| link["type"] = "resource_link".into());
    assert_eq!(result["content"].as_array().unwrap()[1..], links);
    let list = client.ask("resources/list", json!({}))["result"]["resources"].take();
    let script = json!({"uri": format!("exuvia://{own}/script.py"), "name": "script.py", "mimeType": "text/x-python"});
    assert_eq!(list, json!([script, binary, csv]));
    let mut read = |uri: &Value| client.ask("resources/read", json!({ "uri": uri }))["result"]["contents"][0].take();
    assert_eq!(read(&csv["uri"])["text"], "1,2\n");
    assert_eq!(read(&binary["uri"])["blob"], "/wA=");
    // Only what has changed is told again.
    assert_eq!(client.run("open('/tmp/x', 'wb').write(b'12')")["structuredContent"]["files_count"], 1);
    assert_eq!(client.run("open('/tmp/x').read()")["structuredContent"]["files_count"], 0);
    for missing in ["files/nothing", "files/workspace", "cells/99/stdout", "cells/1/value.png", "cells/1/nonsense", ""]
    {
        let uri = format!("exuvia://{own}/{missing}");
        let error = client.ask("resources/read", json!({ "uri": uri }))["error"].take();
        assert_eq!(error, json!({"code": -32602, "message": format!("there is no `{uri}`"), "data": {"uri": uri}}));
    }
}

#[test]
fn many_files_come_in_pages() {
    let (_place, mut client) = started();
    client.run("for number in range(250): open(f'{number:03}', 'w').close()");
    let (mut names, mut params, mut pages) = (Vec::new(), json!({}), 0);
    loop {
        let result = client.ask("resources/list", params)["result"].take();
        names.extend(
            result["resources"].as_array().unwrap().iter().map(|file| file["name"].as_str().unwrap().to_owned()),
        );
        pages += 1;
        match &result["nextCursor"] {
            Value::Null => break,
            cursor => params = json!({ "cursor": cursor }),
        }
    }
    let expected: Vec<String> =
        std::iter::once("script.py".to_owned()).chain((0..250).map(|number| format!("{number:03}"))).collect();
    assert_eq!((pages, names), (3, expected));
    assert_eq!(client.ask("resources/list", json!({"cursor": "nonsense"}))["error"]["code"], -32602);
}

#[test]
fn a_script_does_it_all_again() {
    let (place, mut client) = started();
    for code in [
        "from dataclasses import dataclass\nx = 1\nprint('one')",
        "import asyncio\nawait asyncio.sleep(0.01)\nx += 1",
        "from __future__ import annotations\ndef f(a: Nowhere): return a\nx += f(1)",
        "y = []\nfor i in range(5):\n    y.append(i)\n    if i == 2: raise ValueError('said\\'\\'\\' \\\\ \"\"\" ü')",
        "def broken(:",
        "for number in range(5_000): print(number)",
        "text = open('/tmp/outputs/cell-6.txt').read()\nprint(len(text))",
        "import os; os._exit(1)",
        "open('written', 'w').write('w')",
        "# /// script\n# dependencies = [\"nothing-like-this\"]\n# ///\nz = '# ///'",
    ] {
        client.run(code);
    }
    let interrupted = json!({"code": "done = 'yes'\nprint('before')\nwhile True: pass\nnever = 1", "timeout": 1});
    client.call("python", interrupted);
    // What shares a line with what was under way has been run, too.
    let line = "import statistics as st; w = 'ü'; print('here'); [0 for _ in iter(int, 1)]; never = 2";
    client.call("python", json!({"code": line, "timeout": 1}));
    let last = "print((x, y, z, done, st.mean([1]), w, 'never' in globals()))";
    let printed = client.python(last);
    let result = client.call("export_script", json!({}));
    let script = result["content"][0]["text"].as_str().unwrap().to_owned();
    assert!(script.starts_with("# /// script\n# requires-python = \">=3.14\"\n# dependencies = []\n"), "{script}");
    let read = client.ask("resources/read", json!({"uri": result["content"][1]["uri"]}));
    assert_eq!(read["result"]["contents"][0]["text"], script.as_str());
    assert_eq!(client.end(), 0);

    // From stdin, so that /workspace is the script's own.
    let ran = crate::run(&mut place.command(&["run", "--with-script", "-"]), script.as_bytes());
    let numbers: String = (0..5_000).map(|number| format!("{number}\n")).collect();
    let values = printed.lines().next().unwrap();
    assert_eq!(values, "(3, [0, 1, 2], '# ///', 'yes', 1, 'ü', False)");
    let expected = format!("one\n{numbers}{}\nbefore\nhere\n{values}\n", numbers.len());
    assert_eq!((ran.status, ran.stdout, ran.stderr.as_str()), (0, expected, ""), "{script}");
}

#[test]
fn a_long_script_is_told_in_part() {
    let (_place, mut client) = started();
    for letter in ["a", "b", "c"] {
        client.run(&format!("{letter} = '{}'", letter.repeat(30_000)));
    }
    let result = client.call("export_script", json!({}));
    let uri = result["content"][1]["uri"].as_str().unwrap().to_owned();
    let read = client.ask("resources/read", json!({ "uri": uri }));
    let whole = read["result"]["contents"][0]["text"].as_str().unwrap();
    let text = result["content"][0]["text"].as_str().unwrap();
    let (head, rest) = text.split_once("# … ").unwrap();
    let (note, tail) = rest.split_once(" …\n").unwrap();
    assert!(whole.starts_with(head) && whole.ends_with(tail) && text.len() < 66_000);
    assert_eq!(note, format!("{} bytes left out: resource {uri}", whole.len() - head.len() - tail.len()));
    assert_eq!(
        (&result["structuredContent"]["script"], &result["structuredContent"]["uri"]),
        (&Value::Null, &json!(uri))
    );
    for letter in ["a", "b", "c"] {
        assert!(whole.contains(&format!("{letter} = '{}'\n", letter.repeat(30_000))));
    }
}

#[test]
fn a_model_is_told_what_it_has() {
    let config = "[tools.count_lines]\ndescription = \"Counts the lines of a text.\"\nparameters = { text = \"str\" }\n\
                  returns = \"int\"\ncommand = [\"wc\", \"-l\"]\nstdin = \"{text}\"\noutput = \"json\"\n";
    let files = folder(&[("exuvia.toml", config.as_bytes())]);
    let place = Place::new();
    let config = files.path().join("exuvia.toml");
    let lent = format!("{}:/data", files.path().display());
    let mut client =
        place.client(Era::Modern, &["--config", config.to_str().unwrap(), "--mount", &lent, "--timeout", "90"]);
    let tools = client.ask("tools/list", json!({}))["result"]["tools"].take();
    let description = tools[0]["description"].as_str().unwrap().to_owned();
    let lines: Vec<&str> = description.lines().skip(1).collect();
    assert_eq!(
        lines,
        [
            "Functions: count_lines(text: str) -> int. `help(NAME)` and /tools/*.pyi say more",
            "Folders: /data (read-only)",
            "A call may take 60 s, or what `timeout` says, at most 90 s, and has 512 MiB of memory. Long output is cut; \
             the answer names the file that has all of it.",
        ]
    );
    assert!(description.len() <= 900, "{}", description.len());
    assert_eq!(client.python("count_lines('a\\nb\\n')"), "→ 2\nsession: ID · cell 1");
    assert_eq!(
        client.python("open('/data/exuvia.toml').readline()"),
        "→ '[tools.count_lines]\\n'\nsession: ID · cell 2"
    );
}
