//! `fetch_page`.

use std::io::{Read as _, Write as _};

use exuvia_core::ToolFailureKind::{self, Argument, Denied, Failed, Limit, Timeout};
use exuvia_tools::Toolbox;
use serde_json::{Value as Json, json};

use super::server::{Server, answer};
use super::{call, tools};

const PAGE: &str = include_str!("../pages/tides.html");
const MARKDOWN: &str = include_str!("../pages/tides.md");

/// Makes a tool that may ask these hosts; further lines are of its section.
fn fetcher(hosts: &str, more: &str) -> Toolbox {
    tools(&format!("[tools.fetch_page]\nready = \"fetch_page\"\nhosts = [{hosts}]\n{more}"), None).unwrap()
}

fn fetch(url: &str) -> Result<String, (ToolFailureKind, String)> {
    fetched(&fetcher("\"127.0.0.1\"", ""), &json!({ "url": url }))
}

fn fetched(toolbox: &Toolbox, arguments: &Json) -> Result<String, (ToolFailureKind, String)> {
    let page = call(toolbox, "fetch_page", arguments).map_err(|failure| (failure.kind, failure.message))?;
    Ok(page.as_str().unwrap().to_owned())
}

fn failed(kind: ToolFailureKind, message: impl Into<String>) -> Result<String, (ToolFailureKind, String)> {
    Err((kind, message.into()))
}

fn html(body: &str) -> String {
    answer("200 OK\r\nContent-Type: text/html; charset=utf-8", body)
}

#[test]
fn a_page_is_its_content_as_markdown() {
    let server = Server::always(html(PAGE));
    let url = server.url("/en/tides/index.html");
    let expected = MARKDOWN.replace("http://HOST", url.strip_suffix("/en/tides/index.html").unwrap());
    assert_eq!(fetch(&url), Ok(expected));
    let request = &server.requests()[0];
    assert!(
        request.starts_with("GET /en/tides/index.html HTTP/1.1\r\n") && request.contains("accept: text/html,"),
        "{request}"
    );
    let whole = fetched(&fetcher("'127.0.0.1'", ""), &json!({ "url": url, "whole": true })).unwrap();
    assert!(whole.contains("[All pages](") && whole.contains("Copyright") && !whole.contains("never"), "{whole}");
}

#[test]
fn texts_stay_as_they_are() {
    for kind in ["text/plain", "application/json", "text/markdown; charset=utf-8", "application/atom+xml"] {
        let server = Server::always(answer(&format!("200 OK\r\nContent-Type: {kind}"), "{\"a\": [1, *2*]}"));
        let url = server.url("/a");
        assert_eq!(fetch(&url), Ok(format!("---\nsource: {url}\n---\n\n{{\"a\": [1, *2*]}}")), "{kind}");
    }
    let short = Server::always(answer("200 OK", "<p>x"));
    assert!(fetch(&short.url("/")).unwrap().ends_with("---\n\nx\n"));
}

#[test]
fn a_charset_that_is_wrong_breaks_nothing() {
    let mut page =
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=nonsense\r\nConnection: close\r\n\r\n<p>caf\xe9 "
            .to_vec();
    page.extend(b"and a few words more</p>");
    assert!(fetch(&Server::always(page).url("/")).unwrap().contains("café and"));
    let utf8 =
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nConnection: close\r\n\r\n<p>caf\xe9 x</p>"
            .to_vec();
    assert!(fetch(&Server::always(utf8).url("/")).unwrap().contains("caf\u{fffd} x"));
}

#[test]
fn what_is_no_page_is_refused() {
    for (head, expected) in [
        ("404 Not Found\r\nContent-Type: text/html", "the server answered 404 Not Found"),
        ("500 Internal Server Error", "the server answered 500 Internal Server Error"),
        ("200 OK\r\nContent-Type: application/pdf", "the server answered `application/pdf`, which is no page"),
        ("200 OK\r\nContent-Type: image/png; x", "the server answered `image/png; x`, which is no page"),
        (
            "200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip",
            "the server answered in the encoding `gzip`, which was not asked for",
        ),
    ] {
        assert_eq!(fetch(&Server::always(answer(head, "x")).url("/")), failed(Failed, expected));
    }
    let toolbox = fetcher("'127.0.0.1'", "");
    let gone = Server::always(answer("503 Service Unavailable", ""));
    assert!(call(&toolbox, "fetch_page", &json!({ "url": gone.url("/") })).unwrap_err().retry);
    assert_eq!(fetch("no url").unwrap_err().0, Argument);
    assert_eq!(
        fetch(&format!("http://127.0.0.1/{}", "x".repeat(9_000))),
        failed(Argument, "the URL has 9017 bytes, the limit is 8192")
    );
}

#[test]
fn what_is_too_much_ends() {
    let limited = |more| fetcher("'127.0.0.1'", more);
    let message = "the page has more than 1000 bytes, the limit";
    let long = Server::always(html(&"x".repeat(1_001)));
    let small = limited("page_bytes = 1000");
    assert_eq!(fetched(&small, &json!({ "url": long.url("/") })), failed(Limit, message));
    let endless = Server::start(|_, stream| {
        _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n");
        while stream.write_all(&[b'x'; 10_000]).is_ok() {}
    });
    assert_eq!(fetched(&small, &json!({ "url": endless.url("/") })), failed(Limit, message));
    let silent = Server::start(|_, stream| _ = stream.read(&mut [0]));
    let hasty = limited("timeout = '100ms'");
    assert_eq!(
        fetched(&hasty, &json!({ "url": silent.url("/") })),
        failed(Timeout, "fetch_page() did not end within 0.1 s")
    );
}

/// Each of these overflows a stack, or takes minutes or gigabytes, if it is read as it comes.
#[test]
fn a_hostile_page_is_too_much() {
    let deep = "the page cannot be read: its parts are nested deeper than 256";
    let formatting: String = (0..50_000).map(|number| format!("<b id=x{number}>")).collect();
    for (page, expected) in [
        ("<div>".repeat(100_000), deep),
        ("<blockquote>".repeat(100_000), deep),
        ("<table><tr><td>".repeat(50_000), deep),
        (format!("{formatting}{}", "<p>x".repeat(50_000)), deep),
        ("<p>x</p>".repeat(200_000), "the page cannot be read: it has more than 300000 parts"),
    ] {
        assert_eq!(fetch(&Server::always(html(&page)).url("/")), failed(Failed, expected));
    }
    // As deep as it may be.
    let page = format!("{}words{}", "<ul><li>".repeat(120), "</li></ul>".repeat(120));
    assert!(fetch(&Server::always(html(&page)).url("/")).unwrap().contains("words"));
}

#[test]
fn redirects_lead_nowhere_else() {
    let target = Server::always(html("<title>There</title><p>You are there."));
    let to = |location: &str| Server::always(answer(&format!("302 Found\r\nLocation: {location}"), ""));
    let there = target.url("/there");
    let page = fetch(&to(&there).url("/")).unwrap();
    assert_eq!(page, format!("---\ntitle: \"There\"\nsource: {there}\n---\n\nYou are there.\n"));
    let before = "the server answered a redirect which is not followed: ";
    for (location, problem) in [
        ("http://127.0.0.2:9/", "the address 127.0.0.2 is not public"),
        ("http://[::1]:9/", "the address ::1 is not public"),
        ("http://169.254.169.254/latest/meta-data/", "the address 169.254.169.254 is not public"),
        ("http://0x7f000002/", "the address 127.0.0.2 is not public"),
        ("http://[::ffff:10.0.0.1]/", "the address ::ffff:10.0.0.1 is not public"),
        ("http://localhost/", "the host `localhost` is not among those that may be asked"),
        ("https://evil.example.net/", "the host `evil.example.net` is not among those that may be asked"),
        ("file:///etc/passwd", "`file:` is not fetched, only `https:` and `http:`"),
        ("http://me:word@127.0.0.1/", "the URL has a name or a password in it"),
    ] {
        assert_eq!(fetch(&to(location).url("/")), failed(Denied, format!("{before}{problem}")), "{location}");
    }
    assert_eq!(fetch(&to("http://").url("/")), failed(Failed, "the server answered a redirect to nowhere"));
    let endless = Server::always(answer("301 Moved Permanently\r\nLocation: /", ""));
    assert_eq!(fetch(&endless.url("/")), failed(Failed, "the server answered more than 5 redirects"));
    assert_eq!(endless.requests().len(), 6);
}

/// The name is one that may be asked; what counts is where it leads.
#[test]
fn a_name_that_leads_to_this_machine_is_not_asked() {
    let server = Server::always(html("<p>here"));
    let url = server.url("/").replace("127.0.0.1", "localhost");
    let expected = "the server cannot be asked: `localhost` leads to ";
    for hosts in ["'localhost'", "'*'"] {
        let (kind, message) = fetched(&fetcher(hosts, ""), &json!({ "url": url })).unwrap_err();
        assert_eq!(kind, Failed);
        assert!(message.starts_with(expected) && message.ends_with(", which is not public"), "{message}");
    }
    assert_eq!(server.requests(), [""; 0]);
    let page = fetched(&fetcher("'localhost', '127.0.0.1'", ""), &json!({ "url": url })).unwrap();
    assert!(page.ends_with("\n\nhere\n"), "{page}");
    let denied = failed(Denied, "the host `localhost` is not among those that may be asked");
    assert_eq!(fetched(&fetcher("'127.0.0.1'", ""), &json!({ "url": url })), denied);
}

#[test]
fn it_is_configured() {
    let section = "[tools.t]\nready = 'fetch_page'\n";
    for (text, problem) in [
        (section.to_owned(), "it has no `hosts`: list those that it may ask, `\"*\"`: all public ones"),
        (
            format!("{section}hosts = ['http://a/']\n"),
            "`hosts`: `http://a/` is none: write `docs.example.org`, `*.example.org`, `*` or an address, without `https://` and without a port",
        ),
        (format!("{section}hosts = ['a']\nurl = 'http://a/'\n"), "`url` says nothing to `fetch_page`: remove it"),
        (
            format!("{section}hosts = ['a']\nchunk_tokens = 1000\n"),
            "`chunk_tokens` says nothing to `fetch_page`: remove it",
        ),
        (format!("{section}hosts = ['a']\npage_bytes = '1G'\n"), "`page_bytes` is 1073741824, the limit is 52428800"),
        (
            format!("{section}hosts = ['a']\ncommand = ['a']\n"),
            "`command` is no matter of a tool that is `ready`: remove it",
        ),
        (
            "[tools.t]\nready = 'fetch'\n".to_owned(),
            "`ready`: there is no `fetch`: write \"fetch_page\", \"search_web\" or \"extract\"",
        ),
        (
            "[tools.t]\ndescription = ''\nurl = 'http://a/'\nhosts = ['a']\n".to_owned(),
            "`hosts` is for a tool that is `ready`: remove it",
        ),
    ] {
        assert_eq!(tools(&text, None).unwrap_err(), format!("exuvia.toml:1: `tools.t`: {problem}"));
    }
    let toolbox = fetcher("'127.0.0.1'", "description = 'Reads our handbook.'\ntimeout = 5\nneeds_approval = true\n");
    let [declaration] = toolbox.declarations() else { panic!("there is one") };
    assert_eq!((declaration.name.as_str(), declaration.description.as_str()), ("fetch_page", "Reads our handbook."));
    assert!(declaration.read_only && declaration.needs_approval && declaration.limits.time.unwrap().as_secs() == 5);
}
