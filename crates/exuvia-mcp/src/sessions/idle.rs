//! Putting sessions away that nobody uses.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::time::Instant;

use super::{Sessions, Slot, Turn};
use crate::desk::computing;

/// How often it is looked for them.
const LOOK_EACH: Duration = Duration::from_secs(10);
/// How often it is looked for them at most.
const LOOK_EACH_MIN: Duration = Duration::from_millis(100);
/// For how long a session stays of which no checkpoint can be taken: to come back, it runs all its cells again.
const IDLE_WITHOUT_CHECKPOINT: Duration = Duration::from_secs(3_600);

impl Sessions {
    /// Puts sessions away that have been idle for long enough, again and again. It has no end: the program that serves runs
    /// it beside the transports.
    pub async fn tend(self: Arc<Self>) {
        let each = LOOK_EACH.min(self.options.idle).max(LOOK_EACH_MIN);
        loop {
            tokio::time::sleep(each).await;
            let now = Instant::now();
            for slot in self.idle() {
                let idle = now.saturating_duration_since(slot.left());
                if idle >= self.options.idle {
                    self.put_away(slot, idle >= IDLE_WITHOUT_CHECKPOINT).await;
                }
            }
        }
    }

    /// Puts all sessions away that no call is in: the program that serves is about to end.
    pub async fn close(self: &Arc<Self>) {
        for slot in self.idle() {
            self.put_away(slot, true).await;
        }
    }

    /// Puts those away that have been idle for longest, until there is room for all that have a slot and those that are
    /// about to. Where none is idle there are more for a while, as many as there are sandboxes.
    pub(super) async fn make_room(&self) {
        // Several at a time would choose the same ones.
        let _alone = self.room.lock().await;
        let mut idle = self.idle();
        idle.sort_by_cached_key(|slot| slot.left());
        for slot in idle {
            if self.slots().len() + self.coming.load(Ordering::Acquire) <= self.options.awake_max {
                return;
            }
            // If it stays, somebody has come just now.
            self.put_away(slot, true).await;
        }
    }

    fn idle(&self) -> Vec<Arc<Slot>> {
        self.slots().values().filter(|slot| slot.is_idle()).map(Arc::clone).collect()
    }

    /// Takes a session's sandbox away. Its last checkpoint, or all its cells, bring it back. Returns whether it is gone.
    async fn put_away(&self, slot: Arc<Slot>, even_without_checkpoint: bool) -> bool {
        let Some(mut turn) = slot.try_turn() else { return false };
        let (mut turn, (is_kept, files)) = computing(move || async move {
            let is_kept = turn.as_mut().is_none_or(|awake| awake.session.checkpoint().is_ok());
            let files = turn.as_mut().map(|awake| awake.files.take().unwrap_or_else(|| awake.session.files()));
            (turn, (is_kept, files))
        })
        .await;
        if !is_kept && !even_without_checkpoint {
            return false;
        }
        if let Some(files) = files {
            self.away().insert(slot.id().clone(), slot.tenant().clone(), files);
        }
        self.drop_session(&mut turn).await;
        let mut slots = self.slots();
        if !slot.is_idle() {
            // Whoever waits for a turn here brings it back into this slot.
            return false;
        }
        // Where somebody else has put it away just before, it may have another slot by now, which is in use.
        if slots.get(slot.id()).is_some_and(|known| Arc::ptr_eq(known, &slot)) {
            slots.remove(slot.id());
        }
        true
    }

    /// Drops a session: what it has to keep is kept then, on a thread that may wait.
    pub(crate) async fn drop_session(&self, turn: &mut Turn) {
        if let Some(awake) = turn.take() {
            // It only fails if the runtime ends, which drops it, too.
            let _ended = tokio::task::spawn_blocking(move || drop(awake)).await;
        }
    }
}

/// A session that is about to have a slot.
pub(super) struct Coming<'a>(&'a AtomicUsize);

impl<'a> Coming<'a> {
    pub(super) fn new(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::AcqRel);
        Self(count)
    }
}

impl Drop for Coming<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}
