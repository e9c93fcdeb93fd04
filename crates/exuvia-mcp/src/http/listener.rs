//! The loop that accepts connections.

use std::io;
use std::pin::pin;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

/// How many connections there may be at a time.
pub(super) const CONNECTIONS_MAX: usize = 512;

/// How long the head of a request may take to arrive, and how long a connection may be idle between two.
const HEAD_TIME: Duration = Duration::from_secs(30);

/// How many bytes the head of a request may have.
const HEAD_BYTES_MAX: usize = 64 << 10;

/// How long answers that are under way may take once the server is to stop.
const GRACE: Duration = Duration::from_secs(5);

/// How long to wait if no connection can be accepted, as when too many files are open.
const RETRY: Duration = Duration::from_millis(100);

/// What is told to one connection too many.
const FULL: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\nretry-after: 1\r\ncontent-length: 0\r\n\r\n";

/// Serves all who come until it is told to stop.
pub(super) async fn serve(listener: TcpListener, router: Router, stop: &CancellationToken) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            () = stop.cancelled() => break,
            Some(_ended) = connections.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) if connections.len() < CONNECTIONS_MAX => {
                    connections.spawn(converse(stream, router.clone(), stop.clone()));
                }
                Ok((stream, _)) => refuse(stream),
                Err(error) if is_of_one(&error) => {}
                Err(_) => sleep(RETRY).await,
            },
        }
    }
    drop(listener);
    // What has not ended by then is dropped.
    let _ = timeout(GRACE, async { while connections.join_next().await.is_some() {} }).await;
}

/// Answers what comes over one connection.
async fn converse(stream: TcpStream, router: Router, stop: CancellationToken) {
    // An answer is one write, and is waited for.
    let _ = stream.set_nodelay(true);
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME)
        .max_header_size(HEAD_BYTES_MAX)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    let mut connection = pin!(connection);
    // That a client speaks no HTTP, or goes, is no failure of ours.
    tokio::select! {
        _ended = connection.as_mut() => {}
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            let _ = connection.await;
        }
    }
}

/// Tells one connection too many to come back. If it does not even take that, it is closed without a word.
fn refuse(stream: TcpStream) {
    let _ = stream.try_write(FULL);
}

/// Whether it failed for the one that wanted to come in, not for all.
fn is_of_one(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}
