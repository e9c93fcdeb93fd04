//! Running the tools of one sandbox.

use std::future::ready;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use exuvia_core::{ToolFailure, ToolFailureKind, ToolFuture, ToolRunner};
use tokio::sync::{Mutex, Semaphore, SemaphorePermit};

use crate::approval::{self, Approval, ApprovalRequest};
use crate::guard::Guard;
use crate::json::{self, JsonFault};
use crate::policy::Verdict;
use crate::runtime::Runtime;
use crate::tool::Input;
use crate::toolbox::{Entry, Shared};

/// The most bytes of arguments that the calls of a sandbox which have not ended may have together.
pub const ARGUMENT_BYTES_IN_FLIGHT_MAX: usize = 256 << 20;

/// How much of a name that a guest chose is told.
const NAME_CHARACTERS_MAX: usize = 64;

/// Runs the tools of one sandbox: it has its own counts of calls, places and approvals.
///
/// Each call passes, in this order: the tool's name, the length of its arguments, JSON, schema, defaults, count of calls,
/// policy, a place among the running calls, then the tool itself with its time limit, then the length and the schema of
/// its result. What comes before the policy happens within [`call`](ToolRunner::call), the rest when its future is
/// polled. Dropping the future ends the call, wherever it is.
///
/// A hostile guest can call anything with any text as often as it likes. It gets results or failures. Its calls hold at
/// most [`ARGUMENT_BYTES_IN_FLIGHT_MAX`] bytes of arguments at a time.
pub struct Runner {
    session: Arc<Session>,
    /// How many calls each tool has had.
    calls: Box<[u64]>,
}

/// What the calls of one sandbox share.
pub(crate) struct Session {
    toolbox: Arc<Shared>,
    tools: Box<[Shares]>,
    argument_bytes: AtomicUsize,
    /// One question at a time: the answer to one may answer the next.
    asking: Mutex<()>,
}

/// What the calls of one tool in one sandbox share.
struct Shares {
    places: Semaphore,
    /// Whether somebody has agreed to all calls.
    agreed: AtomicBool,
}

impl Runner {
    pub(crate) fn new(toolbox: Arc<Shared>) -> Self {
        let tools: Box<[Shares]> = toolbox
            .tools
            .iter()
            .map(|entry| Shares {
                places: Semaphore::new(entry.tool.declaration.limits.concurrency),
                agreed: AtomicBool::new(false),
            })
            .collect();
        let calls = vec![0; tools.len()].into();
        let session = Session { toolbox, tools, argument_bytes: AtomicUsize::new(0), asking: Mutex::new(()) };
        Self { session: Arc::new(session), calls }
    }

    fn admit(&mut self, name: &str, arguments: &str) -> Result<ToolFuture, ToolFailure> {
        let toolbox = &self.session.toolbox;
        let Some(&tool) = toolbox.names.get(name) else {
            return Err(unknown(name));
        };
        let entry = &toolbox.tools[tool];
        let input = read(entry, arguments)?;
        let call = Call { tool, bytes: reserve(&self.session, arguments.len())? };
        count(entry, &mut self.calls[tool])?;
        match toolbox.policy.verdict(tool, &entry.tool.declaration, &input) {
            Verdict::Allow => Ok(call.begin(input)),
            Verdict::Deny(reason) => Err(denied(entry, &reason)),
            Verdict::Ask if self.session.tools[tool].agreed.load(Ordering::Acquire) => Ok(call.begin(input)),
            Verdict::Ask => Ok(Box::pin(async move {
                call.ask(&input).await?;
                call.begin(input).await
            })),
        }
    }
}

impl ToolRunner for Runner {
    fn call(&mut self, tool: &str, arguments: &str) -> ToolFuture {
        self.admit(tool, arguments).unwrap_or_else(|failure| Box::pin(ready(Err(failure))))
    }

    fn help(&mut self, tool: &str) -> ToolFuture {
        Shared::help(&self.session.toolbox, tool).unwrap_or_else(|| {
            let failure = ToolFailure::failed(format!("the tool `{}` has no help", bounded(tool)));
            Box::pin(ready(Err(failure)))
        })
    }
}

impl std::fmt::Debug for Runner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Runner").field("calls", &self.calls).finish_non_exhaustive()
    }
}

fn unknown(name: &str) -> ToolFailure {
    ToolFailure::failed(format!("there is no tool `{}`", bounded(name)))
}

/// A name that a guest chose, as far as it is told.
fn bounded(name: &str) -> String {
    name.escape_default().take(NAME_CHARACTERS_MAX).collect()
}

/// Reads and checks arguments.
fn read(entry: &Entry, arguments: &str) -> Result<Input, ToolFailure> {
    let declaration = &entry.tool.declaration;
    let limit = declaration.limits.argument_bytes;
    if arguments.len() > limit {
        let message =
            format!("{}() got arguments of {} bytes, the limit is {limit} bytes", declaration.name, arguments.len());
        return Err(ToolFailure::new(ToolFailureKind::Limit, message).hint("pass less at a time"));
    }
    let Some(schema) = &entry.schema else { return Ok(Input::Text(arguments.to_owned())) };
    let mut arguments = json::parse(arguments).map_err(|fault| {
        let message = match fault {
            JsonFault::Integer { member: Some(name) } => format!(
                "{}() argument '{}': an integer of more than 64 bits, which JSON does not carry exactly",
                declaration.name,
                bounded(&name)
            ),
            fault => format!("{}() got arguments that cannot be read as JSON: {fault}", declaration.name),
        };
        ToolFailure::new(ToolFailureKind::Argument, message)
    })?;
    schema.admit(&declaration.name, &mut arguments)?;
    Ok(Input::Json(arguments))
}

fn count(entry: &Entry, calls: &mut u64) -> Result<(), ToolFailure> {
    let declaration = &entry.tool.declaration;
    if let Some(limit) = declaration.limits.calls
        && *calls >= limit
    {
        let message = format!("{}() was called {limit} times, the limit is {limit}", declaration.name);
        return Err(ToolFailure::new(ToolFailureKind::Limit, message));
    }
    *calls += 1;
    Ok(())
}

fn denied(entry: &Entry, reason: &str) -> ToolFailure {
    let message = format!("{}() is not allowed: {reason}", entry.tool.declaration.name);
    ToolFailure::new(ToolFailureKind::Denied, message)
}

/// Takes note of a call's arguments until it ends.
fn reserve(session: &Arc<Session>, bytes: usize) -> Result<Reservation, ToolFailure> {
    let reservation = Reservation { session: Arc::clone(session), bytes };
    let held = session.argument_bytes.fetch_add(bytes, Ordering::Relaxed) + bytes;
    if held > ARGUMENT_BYTES_IN_FLIGHT_MAX {
        let message = format!(
            "the calls that have not ended have arguments of {held} bytes, the limit is {ARGUMENT_BYTES_IN_FLIGHT_MAX} bytes"
        );
        return Err(ToolFailure::new(ToolFailureKind::Limit, message).hint("wait for some of them").retryable());
    }
    Ok(reservation)
}

/// The bytes of a call's arguments.
struct Reservation {
    session: Arc<Session>,
    bytes: usize,
}

impl Drop for Reservation {
    fn drop(&mut self) {
        self.session.argument_bytes.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

/// A call that has passed its checks.
struct Call {
    tool: usize,
    bytes: Reservation,
}

impl Call {
    fn session(&self) -> &Session {
        &self.bytes.session
    }

    fn entry(&self) -> &Entry {
        &self.session().toolbox.tools[self.tool]
    }

    /// Asks whether the call may be made.
    async fn ask(&self, input: &Input) -> Result<(), ToolFailure> {
        let _turn = self.session().asking.lock().await;
        let agreed = &self.session().tools[self.tool].agreed;
        if agreed.load(Ordering::Acquire) {
            return Ok(());
        }
        let Some(approver) = &self.session().toolbox.approver else {
            return Err(denied(self.entry(), "it needs approval, and nobody is there to ask"));
        };
        let request = ApprovalRequest::new(&self.entry().tool.declaration, input);
        match approval::ask(approver.as_ref(), request).await {
            Approval::Once => Ok(()),
            Approval::Always => {
                agreed.store(true, Ordering::Release);
                Ok(())
            }
            Approval::Deny(reason) => Err(denied(self.entry(), &reason)),
        }
    }

    /// Begins the call: now if there is a place for it, else when there is.
    fn begin(self, input: Input) -> ToolFuture {
        let placed = self.session().tools[self.tool].places.try_acquire().map(SemaphorePermit::forget).is_ok();
        if placed {
            return Place { call: self }.start(input);
        }
        Box::pin(async move {
            // It is never closed.
            if let Ok(permit) = self.session().tools[self.tool].places.acquire().await {
                permit.forget();
            }
            Place { call: self }.start(input).await
        })
    }
}

/// A call's place among the running ones. Dropping it gives it to the next.
pub(crate) struct Place {
    call: Call,
}

impl Place {
    pub(crate) fn entry(&self) -> &Entry {
        self.call.entry()
    }

    pub(crate) fn runtime(&self) -> &Runtime {
        &self.call.session().toolbox.runtime
    }

    fn start(self, input: Input) -> ToolFuture {
        let handler = Arc::clone(&self.entry().tool.handler);
        handler.start(input, Guard::new(self))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.call.session().tools[self.call.tool].places.add_permits(1);
    }
}
