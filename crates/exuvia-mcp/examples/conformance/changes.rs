//! Changes of the lists, which never really change, and those who listen to them.

use std::time::Duration;

use rmcp::model::{PromptListChangedNotification, ServerNotification, ToolListChangedNotification};
use rmcp::service::SubscriptionContext;
use tokio::sync::broadcast::{self, Sender};

/// How many changes may wait for somebody who listens slowly.
const WAITING_MAX: usize = 16;

/// How long a change waits for somebody to listen: that they may is told them before they do.
const LISTENER: Duration = Duration::from_millis(200);

/// What has changed.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Change {
    Prompts,
    Tools,
}

/// Where changes are told.
pub(crate) struct Changes {
    sender: Sender<Change>,
}

impl Default for Changes {
    fn default() -> Self {
        Self { sender: broadcast::channel(WAITING_MAX).0 }
    }
}

impl Changes {
    /// Tells those who listen of a change.
    pub(crate) async fn make(&self, change: Change) {
        let listener = async {
            while self.sender.receiver_count() == 0 {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        let _ = tokio::time::timeout(LISTENER, listener).await;
        // Nobody needs to hear of it.
        let _ = self.sender.send(change);
    }

    /// Tells one listener of changes until it has gone. What it has not asked for is kept from it by rmcp.
    pub(crate) async fn tell(&self, listener: &SubscriptionContext) {
        let mut changes = self.sender.subscribe();
        loop {
            let change = tokio::select! {
                () = listener.cancelled() => return,
                change = changes.recv() => change,
            };
            let Ok(change) = change else { return };
            let notification = match change {
                Change::Prompts => {
                    ServerNotification::PromptListChangedNotification(PromptListChangedNotification::default())
                }
                Change::Tools => {
                    ServerNotification::ToolListChangedNotification(ToolListChangedNotification::default())
                }
            };
            let _ = listener.sink().send(notification).await;
        }
    }
}
