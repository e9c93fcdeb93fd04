//! Tools that are ready, and the example of how one is written, from the command line.

use std::fs;
use std::path::Path;

use serde_json::{Value as Json, json};

use super::recorded::Place;
use crate::gives;
use crate::server::{Server, answer};

/// Answers as the weather service does that the example names: Oslo has frost on the second day.
fn weather() -> Server {
    Server::start(|request, stream| {
        let is_oslo =
            ["latitude=59.91", "longitude=10.75", "forecast_days=7"].iter().all(|part| request.contains(part));
        let low = if is_oslo { -3.5 } else { 4.0 };
        let daily = json!({
            "time": ["2026-11-01", "2026-11-02"], "temperature_2m_min": [1.0, low], "temperature_2m_max": [9.0, 8.5]
        });
        let body = json!({ "latitude": 59.9, "daily": daily }).to_string();
        _ = std::io::Write::write_all(stream, answer("200 OK\r\nContent-Type: application/json", &body).as_bytes());
    })
}

#[test]
fn the_example_of_a_tool() {
    let place = Place::new();
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/weather");
    fs::copy(example.join("frost.py"), place.path("frost.py")).unwrap();
    let config = fs::read_to_string(example.join("exuvia.toml")).unwrap();
    let server = weather();
    let own = config.replace("https://api.open-meteo.com", server.url("").as_str());
    assert_ne!(own, config);
    place.write("exuvia.toml", &own);
    let run = ["run", "--session", "frost", "--config", "exuvia.toml", "frost.py"];
    let stdout = "Oslo: 2026-11-02\nParis: none\nRome: none\n";
    assert_eq!(place.exuvia(&run), gives(0, stdout, ""));
    let requests = server.requests();
    assert_eq!(requests.len(), 3);
    assert!(
        requests[0].starts_with("GET /v1/forecast?daily=temperature_2m_min%2Ctemperature_2m_max&timezone=UTC&"),
        "{requests:?}"
    );
    let replayed = place.exuvia(&["replay", "frost"]);
    assert_eq!((replayed.status, replayed.stdout.as_str()), (0, stdout));
    assert_eq!(server.requests().len(), 3);
    let listed = place.exuvia(&["tools"]).stdout;
    assert_eq!(
        listed,
        "fetch_weather  Returns the weather forecast of a place: for each day its lowest and highest temperature in °C.\n"
    );
    let wrong = "from exuvia.tools import fetch_weather\nfetch_weather(100.0, 0.0)";
    let refused = place.exuvia(&["run", "--config", "exuvia.toml", "-c", wrong]);
    assert!(refused.stderr.contains("TypeError: "), "{}", refused.stderr);
    assert_eq!(server.requests().len(), 3);
}

#[test]
fn an_agent_reads_a_page() {
    let place = Place::new();
    let page = "<title>Tides</title><main><p>High water is at <b>04:10</b>, and it is low at ten, as on every day of May.</p></main>";
    let server = Server::always(answer("200 OK\r\nContent-Type: text/html", page));
    let config = "[tools.fetch_page]\nready = 'fetch_page'\nhosts = ['127.0.0.1']\n\n\
                  [tools.extract]\nready = 'extract'\nhosts = ['127.0.0.1']\n";
    place.write("exuvia.toml", config);
    let script = format!(
        "[[reply]]\ncode = '''\npage = fetch_page('{url}')\nprint(page)\nwhen = extract('{url}', 'When is high water?', \
         schema={{'type': 'object', 'properties': {{'time': {{'type': 'string'}}}}}})\nfinal([when['time'], '**04:10**' in page])\n'''\n\
         [[inference]]\nprompt = 'When is high water?'\ntext = '{{\"found\": true, \"answer\": {{\"time\": \"04:10\"}}}}'\n\
         tokens = {{ fresh = 50, output = 9 }}\n",
        url = server.url("/tides")
    );
    place.write("script.toml", &script);
    let agent = [
        "agent",
        "When?",
        "--session",
        "tides",
        "--model",
        "scripted/script.toml",
        "--config",
        "exuvia.toml",
        "--json",
    ];
    let run = place.exuvia(&agent);
    let events: Vec<Json> = run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let last = events.last().unwrap();
    assert_eq!((run.status, &last["answer"]), (0, &json!(["04:10", true])), "{}", run.stderr);
    // What the model was asked by the tool is counted.
    assert!(run.stdout.contains("\"fresh\":50"), "{}", run.stdout);
    assert_eq!(server.requests().len(), 2);
    assert_eq!(place.exuvia(&["replay", "tides", "--quiet"]).status, 0);
    assert_eq!(server.requests().len(), 2);
    // Without an agent there is no model.
    let code = "from exuvia.tools import extract\nextract('text', 'When?')";
    let refused = place.exuvia(&["run", "--config", "exuvia.toml", "-c", code]);
    assert!(refused.stderr.contains("extract() needs a model, and there is none here"), "{}", refused.stderr);
}
