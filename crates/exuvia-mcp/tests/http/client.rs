//! A client that sends what it is told to, and reads what comes.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};

/// The newest revision, which has no connections.
pub(crate) const MODERN: &str = "2026-07-28";
/// The last one that has.
pub(crate) const LEGACY: &str = "2025-11-25";

/// How long an answer may take. It is there so that a test ends.
const PATIENCE: Duration = Duration::from_secs(60);

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// With names in small letters.
    headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Answer {
    /// Reads an answer whose connection was closed behind it.
    fn parse(bytes: &[u8]) -> Self {
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n").expect("an answer has a head");
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        let mut lines = head.lines();
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let headers = lines.map(|line| line.split_once(": ").unwrap());
        let headers: Vec<_> = headers.map(|(name, value)| (name.to_lowercase(), value.to_owned())).collect();
        let mut answer = Self { status, headers, body: String::new() };
        let body = &bytes[end + 4..];
        let body = if answer.header("transfer-encoding") == Some("chunked") { unchunk(body) } else { body.to_vec() };
        answer.body = String::from_utf8(body).unwrap();
        answer
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find_map(|(header, value)| (header == name).then_some(value.as_str()))
    }

    /// Returns the message in the body, or the last one of a stream of events.
    pub(crate) fn message(&self) -> Value {
        let mut events =
            self.body.lines().filter_map(|line| line.strip_prefix("data: ").filter(|data| !data.is_empty()));
        let message = events.next_back().unwrap_or(&self.body);
        serde_json::from_str(message).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// Takes a body out of its chunks (RFC 9112, section 7.1).
fn unchunk(mut bytes: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    loop {
        let end = bytes.windows(2).position(|window| window == b"\r\n").unwrap();
        let length = usize::from_str_radix(std::str::from_utf8(&bytes[..end]).unwrap(), 16).unwrap();
        if length == 0 {
            return body;
        }
        body.extend(&bytes[end + 2..][..length]);
        bytes = &bytes[end + 2 + length + 2..];
    }
}

/// One request, to be changed as a test needs it.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    address: String,
    method: &'static str,
    path: &'static str,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Request {
    /// Sends a message to `address`, a host and a port, as a client of no revision in particular does.
    pub(crate) fn post(address: &str, message: &[u8]) -> Self {
        let headers = [
            ("host", address),
            ("content-type", "application/json"),
            ("accept", "application/json, text/event-stream"),
            ("connection", "close"),
        ];
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        Self { address: address.to_owned(), method: "POST", path: "/mcp", headers, body: message.to_vec() }
            .with("content-length", &message.len().to_string())
    }

    /// Asks for something in the newest revision.
    pub(crate) fn modern(address: &str, id: u64, method: &str, params: Value) -> Self {
        let mut params = params;
        params["_meta"] = json!({
            "io.modelcontextprotocol/protocolVersion": MODERN,
            "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
            "io.modelcontextprotocol/clientCapabilities": {},
        });
        let name = params.get("name").or_else(|| params.get("uri")).and_then(Value::as_str).map(str::to_owned);
        let message = json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params});
        let request = Self::post(address, message.to_string().as_bytes())
            .with("mcp-protocol-version", MODERN)
            .with("mcp-method", method);
        match name {
            Some(name) => request.with("mcp-name", &name),
            None => request,
        }
    }

    /// Begins a connection in the revision before.
    pub(crate) fn initialize(address: &str) -> Self {
        let client = json!({"name": "test", "version": "1"});
        let params = json!({"protocolVersion": LEGACY, "capabilities": {}, "clientInfo": client});
        let message = json!({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": params});
        Self::post(address, message.to_string().as_bytes())
    }

    /// Asks for something over such a connection; `id` is missing in a notification.
    pub(crate) fn legacy(address: &str, connection: &str, id: Option<u64>, method: &str, params: &Value) -> Self {
        let mut message = json!({"jsonrpc": "2.0", "method": method, "params": params});
        if let Some(id) = id {
            message["id"] = id.into();
        }
        Self::post(address, message.to_string().as_bytes())
            .with("mcp-protocol-version", LEGACY)
            .with("mcp-session-id", connection)
    }

    /// Sets a header.
    pub(crate) fn with(self, name: &str, value: &str) -> Self {
        let mut request = self.without(name);
        request.headers.push((name.to_owned(), value.to_owned()));
        request
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(header, _)| header != name);
        self
    }

    /// Sends another method, and no body.
    pub(crate) fn method(self, method: &'static str) -> Self {
        Self { method, body: Vec::new(), ..self.without("content-length") }
    }

    pub(crate) fn path(self, path: &'static str) -> Self {
        Self { path, ..self }
    }

    pub(crate) fn token(self, token: &str) -> Self {
        self.with("authorization", &format!("Bearer {token}"))
    }

    /// Returns all that is sent.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut head = format!("{} {} HTTP/1.1\r\n", self.method, self.path);
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        [head.as_bytes(), b"\r\n", &self.body].concat()
    }

    /// Sends it, and waits for the answer.
    pub(crate) fn send(&self) -> Answer {
        exchange(&self.address, &self.bytes())
    }
}

/// Connects.
pub(crate) fn connect(address: &str) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// Sends bytes, and reads until the other side closes.
pub(crate) fn exchange(address: &str, bytes: &[u8]) -> Answer {
    let mut stream = connect(address);
    // Who refuses a message may not read all of it.
    let _ = stream.write_all(bytes);
    Answer::parse(&rest(&mut stream))
}

/// Reads until the other side closes.
pub(crate) fn rest(stream: &mut TcpStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 16 << 10];
    loop {
        match stream.read(&mut buffer) {
            Ok(0) => return bytes,
            Ok(count) => bytes.extend(&buffer[..count]),
            // It had not read all that was sent.
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset && !bytes.is_empty() => return bytes,
            Err(error) => panic!("{error} after {:?}", String::from_utf8_lossy(&bytes)),
        }
    }
}
