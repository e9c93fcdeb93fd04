//! Several messages in one line, which revision 2025-03-26 has and no other: "implementations […] MUST support receiving
//! JSON-RPC batches" (basic). What answers the requests among them goes out in one line, once all are answered (JSON-RPC
//! 2.0, section 6).

use rmcp::model::{
    ClientJsonRpcMessage, ClientNotification, JsonRpcError, JsonRpcMessage, JsonRpcNotification, ProtocolVersion,
    RequestId, ServerJsonRpcMessage, ServerResult,
};
use serde_json::Value;

use super::message::{self, Message};

/// How many messages a batch has at most.
const MESSAGES_MAX: usize = 100;
/// How many batches are answered at a time.
const BATCHES_MAX: usize = 16;

/// The batches that are being answered.
#[derive(Debug, Default)]
pub(super) struct Batches {
    /// Whether the revision was agreed on that has them.
    are_taken: bool,
    open: Vec<Batch>,
}

#[derive(Debug, Default)]
struct Batch {
    /// The requests that are not answered yet.
    waiting: Vec<RequestId>,
    answers: Vec<Value>,
}

/// What becomes of a message that is to be sent.
pub(super) enum Outgoing {
    /// It goes out by itself.
    Alone,
    /// It goes out with others, later.
    Kept,
    /// With it, a batch is answered.
    Batch(Value),
}

impl Batches {
    /// Begins a batch. Returns the messages that are to be answered, and the answer if that is known already.
    pub(super) fn begin(&mut self, messages: Vec<Value>) -> (Vec<ClientJsonRpcMessage>, Option<Value>) {
        let refused = |answer| (Vec::new(), Some(answer));
        if !self.are_taken {
            return refused(message::no_batches());
        }
        if messages.is_empty() || messages.len() > MESSAGES_MAX {
            let count = messages.len();
            return refused(message::no_batch(format!("a batch has {count} messages, it must be 1 to {MESSAGES_MAX}")));
        }
        if self.open.len() >= BATCHES_MAX {
            let why = format!("{BATCHES_MAX} batches are being answered: wait for one of them");
            return refused(message::no_batch(why));
        }
        let (mut batch, mut read) = (Batch::default(), Vec::new());
        for message in messages {
            let line = message.to_string();
            match message::read(line.as_bytes()) {
                Message::Read(message) => {
                    if let JsonRpcMessage::Request(request) = &*message {
                        batch.waiting.push(request.id.clone());
                    }
                    read.push(*message);
                }
                Message::Batch(_) => batch.answers.push(message::no_batch("a batch in a batch".to_owned())),
                Message::Wrong(answer) => batch.answers.push(answer),
                Message::Nothing => {}
            }
        }
        if batch.waiting.is_empty() {
            return (read, batch.whole());
        }
        self.open.push(batch);
        (read, None)
    }

    /// Takes note of a message that is to be answered or not.
    pub(super) fn receive(&mut self, message: &ClientJsonRpcMessage) -> Option<Value> {
        match message {
            // What is cancelled is not answered.
            JsonRpcMessage::Notification(JsonRpcNotification {
                notification: ClientNotification::CancelledNotification(cancelled),
                ..
            }) => self.settle(cancelled.params.request_id.as_ref()?, None),
            _ => None,
        }
    }

    /// Takes note of a message that is to be sent.
    pub(super) fn send(&mut self, message: &ServerJsonRpcMessage) -> Outgoing {
        let id = match message {
            JsonRpcMessage::Response(response) => {
                if let ServerResult::InitializeResult(agreed) = &response.result {
                    self.are_taken = agreed.protocol_version == ProtocolVersion::V_2025_03_26;
                }
                &response.id
            }
            JsonRpcMessage::Error(JsonRpcError { id: Some(id), .. }) => id,
            _ => return Outgoing::Alone,
        };
        if !self.open.iter().any(|batch| batch.waiting.contains(id)) {
            return Outgoing::Alone;
        }
        let answer =
            serde_json::to_value(message).expect("messages are made of texts, numbers, lists and maps by text");
        self.settle(id, Some(answer)).map_or(Outgoing::Kept, Outgoing::Batch)
    }

    /// Has a request answered, or not to be answered. Returns what its batch is answered with, if that was the last one.
    fn settle(&mut self, id: &RequestId, answer: Option<Value>) -> Option<Value> {
        let at = self.open.iter().position(|batch| batch.waiting.contains(id))?;
        let batch = &mut self.open[at];
        let place = batch.waiting.iter().position(|waiting| waiting == id)?;
        batch.waiting.remove(place);
        batch.answers.extend(answer);
        if batch.waiting.is_empty() { self.open.remove(at).whole() } else { None }
    }
}

impl Batch {
    /// Returns the answers; `None`: there are none.
    fn whole(self) -> Option<Value> {
        (!self.answers.is_empty()).then_some(Value::Array(self.answers))
    }
}
