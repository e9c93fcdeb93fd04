//! The loop that accepts connections.

use std::collections::VecDeque;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::{Extension, Router};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{AbortHandle, JoinSet};
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

/// Whether a connection has shown that it may be here. A clone is the same.
#[derive(Debug, Clone, Default)]
pub(super) struct Admitted(Arc<AtomicBool>);

impl Admitted {
    pub(super) fn admit(&self) {
        self.0.store(true, Ordering::Release);
    }

    fn is_admitted(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// Serves all who come until it is told to stop.
pub(super) async fn serve(listener: TcpListener, router: Router, stop: &CancellationToken) {
    let mut connections = JoinSet::new();
    let mut strangers = Strangers::default();
    loop {
        tokio::select! {
            () = stop.cancelled() => break,
            Some(_ended) = connections.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    if connections.len() >= CONNECTIONS_MAX && strangers.dismiss() {
                        // One of them ends now.
                        let _ended = connections.join_next().await;
                    }
                    if connections.len() >= CONNECTIONS_MAX {
                        refuse(stream);
                        continue;
                    }
                    let admitted = Admitted::default();
                    let task = connections.spawn(converse(stream, router.clone(), admitted.clone(), stop.clone()));
                    strangers.add(admitted, task);
                }
                Err(error) if is_of_one(&error) => {}
                Err(_) => sleep(RETRY).await,
            },
        }
    }
    drop(listener);
    // What has not ended by then is dropped.
    let _ = timeout(GRACE, async { while connections.join_next().await.is_some() {} }).await;
}

/// Connections of which nothing good is known: nothing has come over them yet, or nothing with a token. Where there is no room,
/// they give way to others, the oldest first.
#[derive(Debug, Default)]
struct Strangers(VecDeque<(Admitted, AbortHandle)>);

impl Strangers {
    fn add(&mut self, admitted: Admitted, task: AbortHandle) {
        if self.0.len() >= CONNECTIONS_MAX * 2 {
            self.0.retain(|(admitted, task)| !admitted.is_admitted() && !task.is_finished());
        }
        self.0.push_back((admitted, task));
    }

    /// Ends the oldest one. Returns whether there was one.
    fn dismiss(&mut self) -> bool {
        while let Some((admitted, task)) = self.0.pop_front() {
            if !admitted.is_admitted() && !task.is_finished() {
                task.abort();
                return true;
            }
        }
        false
    }
}

/// Answers what comes over one connection.
async fn converse(stream: TcpStream, router: Router, admitted: Admitted, stop: CancellationToken) {
    // An answer is one write, and is waited for.
    let _ = stream.set_nodelay(true);
    let router = router.layer(Extension(admitted));
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
