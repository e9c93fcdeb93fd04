//! All that was run in a session, as one script.

use exuvia_session::ScriptOptions;

use crate::desk::computing;
use crate::maker::Prepared;
use crate::output::Tail;
use crate::refusal::Refusal;
use crate::sessions::{Sessions, Slot};

/// Returns a session's script.
pub(crate) async fn of(sessions: &Sessions, slot: &Slot) -> Result<String, Refusal> {
    let (store, id) = (sessions.store().await, slot.id().clone());
    let Prepared { environment, .. } = sessions.prepare(&Tail::default()).await?;
    let options = ScriptOptions { time: Some(sessions.options().timeout), ..ScriptOptions::default() };
    let script =
        computing(move || async move { exuvia_session::script(&store, &id, &environment, &options).await }).await;
    Ok(script?)
}
