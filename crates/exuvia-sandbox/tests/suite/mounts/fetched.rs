//! A mount whose files come from a server.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use exuvia_core::{MountFault, MountMode};
use exuvia_sandbox::{FetchLimits, FetchMount, Fetched};
use libtest_mimic::{Failed, Trial};

use super::super::fixture::{Verdict, builder_with, engine, ensure, repeatable_host, same, trial};
use super::prints;

pub(super) fn trials() -> Vec<Trial> {
    vec![
        trial("mounts::fetched::read_from_a_server", from_a_server),
        trial("mounts::fetched::limits_of_size_and_time", limits),
    ]
}

/// A server that answers `GET` with what is asked for, and counts the questions.
struct Server {
    address: SocketAddr,
    asked: Arc<AtomicUsize>,
}

impl Server {
    fn start() -> Result<Self, Failed> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let (address, asked) = (listener.local_addr()?, Arc::new(AtomicUsize::new(0)));
        let count = Arc::clone(&asked);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let number = count.fetch_add(1, Ordering::SeqCst) + 1;
                let _gone = serve(stream, number);
            }
        });
        Ok(Self { address, asked })
    }

    /// Fetches by a request over the loopback interface, on a thread of its own.
    fn fetch(&self) -> impl FnMut(&str, usize) -> Fetched + Send + use<> {
        let address = self.address;
        move |name: &str, _| {
            let (name, (sender, answer)) = (name.to_owned(), pair());
            thread::spawn(move || sender(get(address, &name)));
            answer
        }
    }
}

fn serve(mut stream: TcpStream, number: usize) -> std::io::Result<()> {
    let mut request = Vec::new();
    let mut byte = [0];
    while !request.ends_with(b"\r\n\r\n") && stream.read(&mut byte)? > 0 {
        request.push(byte[0]);
    }
    let request = String::from_utf8_lossy(&request);
    let path = request.split(' ').nth(1).unwrap_or_default();
    let (status, body) = match path {
        "/current-ip" => ("200 OK", format!("192.0.2.{number}\n")),
        "/large" => ("200 OK", "x".repeat(10_000)),
        "/missing" => ("404 Not Found", String::new()),
        "/never" => {
            // Waits until whoever asked has gone.
            return stream.read(&mut byte).map(drop);
        }
        // Ends half-way.
        _ => return stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"),
    };
    write!(stream, "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
}

/// The least of an HTTP client.
fn get(address: SocketAddr, name: &str) -> Result<Vec<u8>, MountFault> {
    let fetched = || -> std::io::Result<Vec<u8>> {
        let mut stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        write!(stream, "GET /{name} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        Ok(answer)
    };
    let answer = fetched().map_err(|_| MountFault::Unreadable)?;
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").ok_or(MountFault::Unreadable)?;
    let (head, body) = (String::from_utf8_lossy(&answer[..end]), &answer[end + 4..]);
    let length: Option<usize> =
        head.lines().find_map(|line| line.strip_prefix("Content-Length: ")).and_then(|n| n.parse().ok());
    match (head.split(' ').nth(1), length) {
        (Some("200"), Some(length)) if body.len() == length => Ok(body.to_vec()),
        (Some("404"), _) => Err(MountFault::NotFound),
        _ => Err(MountFault::Unreadable),
    }
}

/// A promise, and what keeps it.
fn pair() -> (impl FnOnce(Result<Vec<u8>, MountFault>) + Send, Fetched) {
    let (sender, receiver) = std::sync::mpsc::channel();
    let waker = Arc::new(std::sync::Mutex::new(None::<std::task::Waker>));
    let waiting = Arc::clone(&waker);
    let keep = move |answer| {
        let _gone = sender.send(answer);
        if let Some(waker) = waker.lock().ok().and_then(|mut waker| waker.take()) {
            waker.wake();
        }
    };
    let promise = std::future::poll_fn(move |context| {
        if let Ok(mut waiting) = waiting.lock() {
            *waiting = Some(context.waker().clone());
        }
        match receiver.try_recv() {
            Ok(answer) => std::task::Poll::Ready(answer),
            Err(_) => std::task::Poll::Pending,
        }
    });
    (keep, Box::pin(promise))
}

fn from_a_server() -> Verdict {
    let server = Server::start()?;
    let names = ["current-ip", "missing", "half", "no/path"];
    let mount = FetchMount::new(engine()?, names, FetchLimits::default(), server.fetch());
    let builder = builder_with(repeatable_host().mount(mount))?.mount("/network", MountMode::ReadOnly);
    let mut sandbox = builder.build()?;
    prints(&mut sandbox, "import os; print(os.listdir('/network'))", "['current-ip', 'half', 'missing']\n")?;
    ensure(server.asked.load(Ordering::SeqCst) == 0, "it was fetched to be listed")?;
    let source = "\
print(open('/network/current-ip').read(), os.path.getsize('/network/current-ip'), end=' ')
print(open('/network/current-ip').read(), end='')
def tried(what):
    try:
        print(what())
    except OSError as error:
        print(type(error).__name__, error.strerror)
tried(lambda: open('/network/unknown'))
tried(lambda: open('/network/missing'))
tried(lambda: open('/network/half').read())
tried(lambda: open('/network/current-ip', 'w'))
tried(lambda: open('/network/new', 'w'))
tried(lambda: os.unlink('/network/current-ip'))
";
    let expected = "192.0.2.1\n 10 192.0.2.1\nFileNotFoundError No such file or directory\n\
                    FileNotFoundError No such file or directory\nOSError I/O error\n\
                    PermissionError Permission denied\nOSError Read-only file system\nOSError Read-only file system\n";
    let expected = expected.replace("PermissionError Permission denied", "OSError Read-only file system");
    prints(&mut sandbox, source, &expected)?;
    let asked = server.asked.load(Ordering::SeqCst);
    same("how often the server was asked", "3", &asked.to_string())
}

fn limits() -> Verdict {
    let server = Server::start()?;
    let limits = FetchLimits { bytes: 9_999, time: Duration::from_millis(50) };
    let mount = FetchMount::new(engine()?, ["large", "never"], limits, server.fetch());
    let builder = builder_with(repeatable_host().mount(mount))?.mount("/network", MountMode::ReadOnly);
    let source = "\
for name in ('large', 'never'):
    try:
        open('/network/' + name)
    except OSError as error:
        print(error.strerror)
";
    prints(&mut builder.build()?, source, "File too large\nOperation timed out\n")
}
