//! One call of a tool, from its arguments to its answer.

mod attend;
mod run;

use std::sync::Arc;

use exuvia_core::journal::Opened;
use exuvia_core::observation::excerpt::shown;
use rmcp::RoleServer;
use rmcp::model::{CallToolRequestParams, CallToolResult, ErrorData};
use rmcp::service::RequestContext;

use crate::answer::{self, Facts};
use crate::desk::joined;
use crate::refusal::Refusal;
use crate::script;
use crate::server::Connection;
use crate::sessions::{Notice, Owner, Turn, Visit, awake, computing_in};
use crate::tools::{Arguments, Tool};
use attend::{Cancellation, attend};
use run::Job;
pub(crate) use run::Ran;

/// What makes a call begin a session of its own.
const NEW: &str = "new";

/// Calls a tool.
pub(crate) async fn call(
    connection: &Arc<Connection>,
    owner: Owner,
    request: CallToolRequestParams,
    context: &RequestContext<RoleServer>,
) -> Result<CallToolResult, ErrorData> {
    let Some(tool) = Tool::named(&request.name) else {
        let name = shown(&request.name, 64);
        return Err(ErrorData::invalid_params(format!("there is no tool `{name}`"), None));
    };
    let revision = context.protocol_version();
    let known = |result| answer::as_known_in(revision.as_ref(), result);
    let arguments = match tool.read(request.arguments.unwrap_or_default()) {
        Ok(arguments) => arguments,
        Err(what) => return Ok(known(answer::refusal(&what))),
    };
    let offer = connection.sessions.offer().await;
    let call = Call { connection, owner: &owner, context, offer };
    let told = match tool {
        Tool::Python => call.python(arguments).await,
        Tool::Reset => call.reset(arguments).await,
        Tool::Fork => call.fork(arguments).await,
        Tool::ExportScript => call.export_script(arguments).await,
    };
    Ok(known(told.unwrap_or_else(|error| answer::refusal(&error.to_string()))))
}

/// A call of a tool.
struct Call<'a> {
    connection: &'a Arc<Connection>,
    owner: &'a Owner,
    context: &'a RequestContext<RoleServer>,
    offer: &'a Opened,
}

impl Call<'_> {
    async fn python(&self, arguments: Arguments) -> Result<CallToolResult, Refusal> {
        let visit = self.visit(arguments.session.as_deref()).await?;
        let options = self.connection.sessions.options();
        let timeout = arguments.timeout.unwrap_or(options.timeout).min(options.timeout_max);
        let (id, tail) = (visit.id().clone(), visit.tail().clone());
        let cancellation = Cancellation::default();
        let job = Job {
            sessions: Arc::clone(&self.connection.sessions),
            visit,
            code: arguments.code,
            timeout,
            cpu_time: self.offer.limits.cpu_time,
            cancellation: cancellation.clone(),
        };
        let ran = attend(self.context, &self.connection.ended, (&cancellation, &tail, timeout), job.run()).await?;
        let others = match ran.is_new_and_lost() {
            true => self.connection.sessions.names(&self.connection.tenant),
            false => Vec::new(),
        };
        Ok(answer::ran(&ran, &Facts { session: &id, timeout_max: options.timeout_max, offer: self.offer, others }))
    }

    async fn reset(&self, arguments: Arguments) -> Result<CallToolResult, Refusal> {
        let visit = self.visit(arguments.session.as_deref()).await?;
        let mut turn = self.turn(&visit).await?;
        let (id, sessions) = (visit.id().clone(), Arc::clone(&self.connection.sessions));
        detached(async move {
            sessions.wake(&visit, &mut turn).await?;
            let (mut turn, undone) = computing_in(turn, async |awake| {
                (awake.files, awake.notice, awake.crashes) = (None, None, 0);
                awake.session.undo(0).await
            })
            .await;
            if undone.is_err() {
                sessions.drop_session(&mut turn).await;
            }
            Ok(undone?)
        })
        .await?;
        Ok(answer::done(&id, "The session begins again: its variables, imports and files are gone."))
    }

    async fn fork(&self, arguments: Arguments) -> Result<CallToolResult, Refusal> {
        let visit = self.visit(arguments.session.as_deref()).await?;
        let mut turn = self.turn(&visit).await?;
        let (id, sessions, owner) = (visit.id().clone(), Arc::clone(&self.connection.sessions), self.owner.clone());
        let fork = detached(async move {
            sessions.wake(&visit, &mut turn).await?;
            sessions.fork(&visit, turn, &owner).await
        })
        .await?;
        let fork = fork.id();
        let what = format!("Session {fork} goes on from where {id} is; what happens in one does not touch the other.");
        Ok(answer::done(fork, &what))
    }

    async fn export_script(&self, arguments: Arguments) -> Result<CallToolResult, Refusal> {
        let visit = self.visit(arguments.session.as_deref()).await?;
        let (id, sessions) = (visit.id().clone(), Arc::clone(&self.connection.sessions));
        let script = detached(async move { script::of(&sessions, &visit).await }).await?;
        Ok(answer::script(&id, &script))
    }

    /// Waits for a turn, until the call is cancelled. Whoever has one then goes on to the end.
    async fn turn(&self, visit: &Visit) -> Result<Turn, Refusal> {
        tokio::select! {
            biased;
            () = self.context.ct.cancelled() => Err(Refusal::Cancelled),
            () = self.connection.ended.cancelled() => Err(Refusal::Cancelled),
            turn = visit.turn() => turn,
        }
    }

    /// Finds the session that a call is for, or begins it.
    async fn visit(&self, wanted: Option<&str>) -> Result<Visit, Refusal> {
        let Connection { sessions, tenant, default, .. } = &**self.connection;
        let begin = || {
            let (sessions, owner) = (Arc::clone(sessions), self.owner.clone());
            detached(async move { sessions.begin(&owner).await })
        };
        match wanted {
            Some(NEW) => begin().await,
            Some(wanted) => sessions.find(tenant, wanted).await,
            None => {
                let mut default = default.lock().await;
                if let Some(id) = &*default
                    && let Some(visit) = sessions.find_own(tenant, id).await?
                {
                    return Ok(visit);
                }
                let visit = begin().await?;
                let before = default.replace(visit.id().clone());
                // Somebody has removed it.
                if let Some(before) = before
                    && let Some(mut turn) = visit.try_turn()
                {
                    awake(&mut turn).notice = Some(Notice::Replaced { before });
                }
                Ok(visit)
            }
        }
    }
}

/// Runs something to its end, whoever goes away before: a session must not be left half-way.
pub(crate) async fn detached<T: Send + 'static>(
    work: impl Future<Output = Result<T, Refusal>> + Send + 'static,
) -> Result<T, Refusal> {
    joined(tokio::spawn(work)).await
}
