//! Tools and policy in a configuration file.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use exuvia_core::{ToolFailureKind, ToolSignature};
use exuvia_tools::config::{ConfigContext, ConfigFile, NothingReady, PolicySection, ToolsSection};
use exuvia_tools::{HttpClient, Tool, Toolbox};
use serde::Deserialize;
use serde_json::json;

use super::server::{Server, answer};
use super::{call, told};

#[derive(Deserialize)]
struct Sections {
    #[serde(default)]
    tools: ToolsSection,
    #[serde(default)]
    policy: PolicySection,
    /// Somebody else's.
    #[serde(default)]
    mounts: toml::Table,
}

fn context() -> ConfigContext {
    let variables = |name: &str| match name {
        "SEEN" => Some("seen".to_owned()),
        "TOKEN" => Some("0123456789".to_owned()),
        _ => None,
    };
    ConfigContext {
        folder: "/".into(),
        variables: Arc::new(variables),
        client: HttpClient::default(),
        ready: Arc::new(NothingReady),
    }
}

fn toolbox(text: &str) -> Result<Toolbox, String> {
    let file = ConfigFile { path: Path::new("exuvia.toml"), text };
    let sections: Sections = file.parse().map_err(|error| error.to_string())?;
    assert!(sections.mounts.is_empty());
    let tools: Vec<Tool> = sections.tools.tools(&file, &context()).map_err(|error| error.to_string())?;
    let policy = sections.policy.policy(&file).map_err(|error| error.to_string())?;
    Toolbox::builder().tools(tools).policy(policy).build().map_err(|error| error.to_string())
}

#[test]
fn tools_and_policy_are_read() {
    let server = Server::always(answer("200 OK", r#"{"forecast": [1, 2]}"#));
    let text = format!(
        r#"
        [tools.greet]
        description = "Greets."
        parameters = {{ name = "str", times = {{ type = "int", default = 2 }}, shout = {{ type = "bool", default = false }} }}
        command = ["sh", "-c", 'echo "$SEEN/$UNSEEN/$FIXED" "$@"; cat', "sh", "{{name}}", ["-n", "{{times}}"], ["--shout", "{{shout?}}"]]
        stdin = "json"
        environment = ["SEEN", "UNSEEN"]
        variables = {{ FIXED = "fixed" }}
        timeout = "1.5s"
        result_bytes = "64K"
        concurrency = 3
        read_only = true
        help = ["echo", "Usage"]

        [tools.weather]
        description = "Returns the weather."
        parameters = {{ city = "str" }}
        url = "{}"
        headers = {{ Authorization = "Bearer ${{secret:TOKEN}}" }}
        output = "json"
        pick = "/forecast"
        returns = "list[int]"
        timeout = 3
        needs_approval = true

        [policy]
        default = "deny"
        [[policy.rules]]
        tool = "greet"
        action = "allow"
        arguments = {{ times = 2, name = {{ regex = "^[a-z]+" }} }}
        [[policy.rules]]
        tool = "weather"
        action = "allow"
        arguments.city = "P*"
        [[policy.rules]]
        tool = "*"
        action = "deny"
        reason = "this is not for you"
        "#,
        server.url("/{city}"),
    );
    let toolbox = toolbox(&text).unwrap();
    let expected = "seen//fixed $(a) -n 2 --shout\n{\"name\":\"$(a)\",\"shout\":true,\"times\":2}";
    let greeted = call(&toolbox, "greet", r#"{"name": "$(a)", "shout": true}"#);
    assert!(greeted.is_err(), "a regular expression is tied to the beginning: {greeted:?}");
    let greeted = call(&toolbox, "greet", r#"{"name": "a$(a)", "shout": true}"#);
    assert_eq!(greeted.unwrap(), json!(expected.replace("$(a)", "a$(a)")).to_string());
    assert_eq!(call(&toolbox, "weather", r#"{"city": "Paris"}"#).unwrap(), "[1,2]");
    let denied = (ToolFailureKind::Denied, "weather() is not allowed: this is not for you".to_owned());
    assert_eq!(told(call(&toolbox, "weather", r#"{"city": "Rome"}"#)), denied);
    assert_eq!(pollster::block_on(toolbox.help("greet").unwrap()).unwrap(), "Usage\n");

    let [greet, weather] = toolbox.declarations() else { panic!() };
    assert_eq!((greet.limits.time, greet.limits.result_bytes), (Some(Duration::from_millis(1_500)), 65_536));
    assert_eq!((greet.limits.concurrency, weather.limits.time), (3, Some(Duration::from_secs(3))));
    assert!(greet.read_only && greet.idempotent && weather.read_only && weather.needs_approval);
    let ToolSignature::Json { returns, .. } = &weather.signature else { panic!() };
    assert_eq!(*returns, Some(json!({ "type": "array", "items": { "type": "integer" } })));
}

#[test]
fn a_json_schema_may_stand_for_the_short_form() {
    let text = r#"
        [tools.echo]
        description = ""
        command = ["echo", "{x}"]
        parameters = { type = "object", properties = { x = { type = "integer", maximum = 3 } }, required = ["x"] }
    "#;
    let toolbox = toolbox(text).unwrap();
    assert_eq!(call(&toolbox, "echo", r#"{"x": 3}"#).unwrap(), r#""3\n""#);
    assert_eq!(told(call(&toolbox, "echo", r#"{"x": 4}"#)).0, ToolFailureKind::Argument);
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    let tool = "\n[tools.t]\ndescription = ''\n";
    for (text, expected) in [
        (format!("{tool}command = ['a']\ncomand = 1\n"), "exuvia.toml:5: unknown field `comand`, expected one of `description`, `parameters`, `returns`, `output`, `command`, `stdin`, `environment`, `variables`, `folder`, `success`, `help`, `url`, `method`, `query`, `headers`, `body`, `pick`, `redirects`, `ready`, `hosts`, `page_bytes`, `chunk_tokens`, `timeout`, `argument_bytes`, `result_bytes`, `calls`, `concurrency`, `read_only`, `idempotent`, `needs_approval`"),
        ("\n\n[tools.t\n".to_owned(), "exuvia.toml:3: unclosed table, expected `]`"),
        (tool.to_owned(), "exuvia.toml:2: `tools.t`: it has neither a `command` nor a `url`: add one"),
        (format!("{tool}command = ['a']\nurl = ''\n"), "exuvia.toml:2: `tools.t`: it has a `command` and a `url`: make two tools of it"),
        (format!("{tool}command = ['a']\npick = '/a'\n"), "exuvia.toml:2: `tools.t`: `pick` is for a tool with a `url`: remove it"),
        (format!("{tool}url = 'http://a/'\nstdin = 'json'\n"), "exuvia.toml:2: `tools.t`: `stdin` is for a tool with a `command`: remove it"),
        (format!("{tool}command = ['a', '{{x}}']\n"), "exuvia.toml:2: `tools.t`: `{x}` names no parameter: declare it, or write `{{` for a brace"),
        (format!("{tool}command = ['a']\ntimeout = '5 days'\n"), "exuvia.toml:2: `tools.t`: `timeout`: `5 days` is no time: write `500ms`, `1.5s`, `5m` or `1h`"),
        (format!("{tool}command = ['a']\ntimeout = true\n"), "exuvia.toml:5: expected seconds, or a time such as \"500ms\", \"1.5s\", \"5m\", \"1h\""),
        (format!("{tool}command = ['a']\nparameters = {{ x = 'string' }}\n"), "exuvia.toml:2: `tools.t`: `parameters.x`: `string` is no type: write str, int, float, bool, bytes, date, datetime, list, list[…], dict, dict[str, …], any, or one of them with `| None`"),
        (format!("{tool}command = 'wc -l'\n"), "exuvia.toml:4: write the program and each of its arguments as a list, such as [\"wc\", \"-l\"]: there is no shell"),
        (format!("{tool}command = ['sh', '-c', 'ls {{x}}']\nparameters = {{ x = 'str' }}\n"), "exuvia.toml:2: `tools.t`: what is put into `{x}` would be run as code by `sh`: write `[\"sh\", \"-c\", \"… \\\"$1\\\"\", \"sh\", \"{x}\"]`"),
        ("[[policy.rules]]\ntool = '*'\naction = 'allow'\n\n[[policy.rules]]\ntool = '*'\naction = 'alow'\n".to_owned(), "exuvia.toml:7: unknown variant `alow`, expected one of `allow`, `deny`, `ask`"),
        ("[[policy.rules]]\ntool = '*'\naction = 'allow'\n\n[[policy.rules]]\ntool = '*'\nacton = 'allow'\n".to_owned(), "exuvia.toml:7: unknown field `acton`, expected one of `tool`, `arguments`, `action`, `reason`"),
        ("[policy]\ndefault = 'perhaps'\n".to_owned(), "exuvia.toml:2: unknown variant `perhaps`, expected one of `allow`, `deny`, `ask`"),
        ("[[policy.rules]]\ntool = '*'\naction = 'allow'\n\n[[policy.rules]]\ntool = '*'\naction = 'deny'\narguments.x = { regex = '(' }\n".to_owned(), "exuvia.toml:8: `policy.rules`: `arguments.x`: `(` is no pattern: regex parse error:\n    (\n    ^\nerror: unclosed group"),
        ("[[policy.rules]]\ntool = '*'\naction = 'allow'\nreason = 'x'\n".to_owned(), "exuvia.toml:4: `policy.rules`: `reason` is for a rule that denies: remove it"),
    ] {
        assert_eq!(toolbox(&text).unwrap_err(), expected);
    }
}
