//! The protocol over stdin and stdout: a message a line.
//!
//! Whatever comes in, the connection lives on: what is no message is answered with the protocol's error for it, as long as
//! anybody could want to know.

mod batch;
mod lines;
mod message;
mod pipe;

use std::collections::VecDeque;
use std::io;
use std::os::fd::OwnedFd;
use std::sync::{Arc, Mutex as Lock, MutexGuard, PoisonError};

use rmcp::service::{RxJsonRpcMessage, ServerInitializeError, TxJsonRpcMessage};
use rmcp::transport::Transport;
use rmcp::{RoleServer, ServiceExt as _};
use serde::Serialize;
use tokio::sync::Mutex;

use crate::server::Server;
use batch::{Batches, Outgoing};
use lines::{Line, Lines};
use message::Message;
use pipe::{Input, Output};

/// How many lines in a row that are no messages are answered. Whoever sends more of them does not read the answers.
const ERRORS_MAX: usize = 100;

/// Serves whoever writes to `input` and reads `output`, until `input` ends. Calls that are under way then are cancelled.
///
/// A line of more than `message_bytes_max` bytes is refused.
///
/// # Errors
///
/// The system cannot watch the input.
pub async fn serve_stdio(server: Server, input: OwnedFd, output: OwnedFd, message_bytes_max: usize) -> io::Result<()> {
    let batches = Arc::<Lock<Batches>>::default();
    let reader = Reader {
        input: Input::new(input)?,
        lines: Lines::new(message_bytes_max),
        errors: 0,
        read: VecDeque::new(),
        batches: Arc::clone(&batches),
    };
    let lines = Connection { reader: Arc::new(Mutex::new(Some(reader))), batches, output: Output::new(output), server };
    loop {
        // Until a client has said which revision it speaks, the library ends with the first message that is out of place.
        match lines.server.clone().serve(lines.clone()).await {
            Ok(running) => {
                // It ends with the input, and with nothing else.
                let _reason = running.waiting().await;
            }
            Err(ServerInitializeError::ConnectionClosed(_) | ServerInitializeError::TransportError { .. }) => {}
            Err(_) if lines.is_open().await => continue,
            Err(_) => {}
        }
        return Ok(());
    }
}

/// The connection. A clone is the same.
#[derive(Clone)]
struct Connection {
    /// `None`: its input has ended.
    reader: Arc<Mutex<Option<Reader>>>,
    batches: Arc<Lock<Batches>>,
    output: Output,
    server: Server,
}

struct Reader {
    input: Input,
    lines: Lines,
    /// How many lines in a row were no messages.
    errors: usize,
    /// What of a batch was read already.
    read: VecDeque<RxJsonRpcMessage<RoleServer>>,
    batches: Arc<Lock<Batches>>,
}

impl Connection {
    async fn is_open(&self) -> bool {
        self.reader.lock().await.is_some()
    }
}

impl Transport<RoleServer> for Connection {
    type Error = io::Error;

    fn send(&mut self, message: TxJsonRpcMessage<RoleServer>) -> impl Future<Output = io::Result<()>> + Send + 'static {
        let outgoing = locked(&self.batches).send(&message);
        let written = match outgoing {
            Outgoing::Alone => Some(self.output.write(line(&message))),
            Outgoing::Kept => None,
            Outgoing::Batch(answers) => Some(self.output.write(line(&answers))),
        };
        async move {
            match written {
                Some(written) => written.await,
                None => Ok(()),
            }
        }
    }

    async fn receive(&mut self) -> Option<RxJsonRpcMessage<RoleServer>> {
        let mut reader = self.reader.lock().await;
        // Who does not read what is answered is not read from either.
        self.output.has_room().await;
        let message = match &mut *reader {
            Some(reader) => reader.next(&self.output).await,
            None => None,
        };
        if message.is_none() {
            *reader = None;
            self.server.hang_up();
        }
        message
    }

    async fn close(&mut self) -> io::Result<()> {
        self.output.flush().await
    }
}

impl Reader {
    /// Returns the next message; `None` at the end. It may be dropped and asked again: nothing is lost.
    async fn next(&mut self, output: &Output) -> Option<RxJsonRpcMessage<RoleServer>> {
        loop {
            if let Some(message) = self.read.pop_front() {
                let settled = locked(&self.batches).receive(&message);
                if let Some(answers) = settled {
                    drop(output.write(line(&answers)));
                }
                return Some(message);
            }
            let next = match self.lines.next() {
                Some(line) => line,
                None => match self.input.read(self.lines.space()).await {
                    Ok(1..) => continue,
                    // What was not ended by a line feed is not a message.
                    Ok(0) | Err(_) => return None,
                },
            };
            let message = match next {
                Line::Whole(bytes) => message::read(&bytes),
                Line::TooLong => message::too_long(self.lines.length_max()),
            };
            match message {
                Message::Read(message) => {
                    self.errors = 0;
                    self.read.push_back(*message);
                }
                Message::Batch(messages) => {
                    let (read, answer) = locked(&self.batches).begin(messages);
                    self.read.extend(read);
                    if let Some(answer) = answer {
                        self.refuse(output, &answer);
                    }
                }
                Message::Nothing => {}
                Message::Wrong(error) => self.refuse(output, &error),
            }
        }
    }

    /// Answers what is no message, unless too many before were none.
    fn refuse(&mut self, output: &Output, error: &serde_json::Value) {
        self.errors += 1;
        if self.errors <= ERRORS_MAX {
            // Where nobody reads, nobody wants to know.
            drop(output.write(line(error)));
        }
    }
}

fn locked(batches: &Lock<Batches>) -> MutexGuard<'_, Batches> {
    batches.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Writes a message as a line.
fn line(message: &impl Serialize) -> Vec<u8> {
    let mut line = serde_json::to_vec(message).expect("messages are made of texts, numbers, lists and maps by text");
    line.push(b'\n');
    line
}
