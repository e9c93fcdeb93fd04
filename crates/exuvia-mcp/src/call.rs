//! One call of a tool, from its arguments to its answer.

use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use exuvia_core::Outcome;
use rmcp::RoleServer;
use rmcp::model::{CallToolRequestParams, CallToolResult, ErrorData};
use rmcp::service::RequestContext;

use crate::answer;
use crate::server::Connection;
use crate::sessions::{NoSession, Owner, Slot, State};
use crate::tools::Python;

/// What makes a call begin a session of its own.
const NEW: &str = "new";

/// Calls a tool.
pub(crate) async fn call(
    connection: &Arc<Connection>,
    owner: Owner,
    request: CallToolRequestParams,
    _context: &RequestContext<RoleServer>,
) -> Result<CallToolResult, ErrorData> {
    let arguments = request.arguments.unwrap_or_default();
    match &*request.name {
        "python" => match Python::read(arguments) {
            Ok(arguments) => Ok(python(connection, &owner, arguments).await),
            Err(what) => Ok(answer::refusal(&what)),
        },
        name => Err(ErrorData::invalid_params(format!("there is no tool `{name}`"), None)),
    }
}

async fn python(connection: &Arc<Connection>, owner: &Owner, arguments: Python) -> CallToolResult {
    let slot = match slot(connection, owner, arguments.session.as_deref()).await {
        Ok(slot) => slot,
        Err(error) => return answer::refusal(&error.to_string()),
    };
    let options = connection.sessions.options();
    let timeout = arguments.timeout.unwrap_or(options.timeout).min(options.timeout_max);
    // The cell is a task of its own: whoever asked for it may go away, and it must not be left half-way.
    let cell = tokio::spawn(run(Arc::clone(&slot), arguments.code, timeout));
    match cell.await {
        Ok(Ok((cell, outcome))) => answer::outcome(slot.id(), cell, &outcome),
        Ok(Err(error)) => answer::refusal(&error.to_string()),
        Err(_) => answer::refusal("the server failed while it ran this code"),
    }
}

/// Finds the session that a call is for, or begins it.
async fn slot(connection: &Connection, owner: &Owner, wanted: Option<&str>) -> Result<Arc<Slot>, NoSession> {
    let sessions = &connection.sessions;
    match wanted {
        Some(NEW) => sessions.begin(owner).await,
        Some(wanted) => sessions.find(&connection.tenant, wanted),
        None => {
            let mut default = connection.default.lock().await;
            match &*default {
                Some(id) => sessions.find(&connection.tenant, id.as_str()),
                None => {
                    let slot = sessions.begin(owner).await?;
                    *default = Some(slot.id().clone());
                    Ok(slot)
                }
            }
        }
    }
}

/// Runs a cell in its turn.
async fn run(slot: Arc<Slot>, code: String, timeout: Duration) -> Result<(u32, Outcome), NoSession> {
    let mut turn = slot.turn().await;
    slot.tail().clear();
    let State::Awake(session) = &mut *turn;
    computing(async {
        session.ready().await?;
        session.sandbox().limit_time(Some(timeout), None);
        let outcome = session.run(&code).await?;
        Ok((session.cells(), outcome))
    })
    .await
}

/// Polls a future that computes for long, so that other tasks go on: while it does, another thread takes the place of this
/// one. While it waits, it holds no thread.
async fn computing<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    std::future::poll_fn(|context| {
        tokio::task::block_in_place(|| match future.as_mut().poll(context) {
            Poll::Ready(result) => Poll::Ready(result),
            Poll::Pending => Poll::Pending,
        })
    })
    .await
}
