//! Places for subagents: an engine has room for so many sandboxes, and whoever finds none waits for another one to end.

use std::future::Future;

use tokio::sync::watch;

/// The places. A clone has the same ones.
#[derive(Clone)]
pub(super) struct Places(watch::Sender<Taken>);

#[derive(Debug, Clone, Copy, Default)]
struct Taken {
    /// How many have a place, or are about to take one.
    count: u64,
    /// How many have left theirs.
    left: u64,
}

/// A place that is taken, until it is dropped.
pub(super) struct Place {
    places: Places,
    /// Whether somebody has been there: else leaving it makes no room.
    is_used: bool,
}

/// There is no place, and nobody has one who could leave it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NoPlace;

impl Default for Places {
    fn default() -> Self {
        Self(watch::Sender::new(Taken::default()))
    }
}

impl Places {
    /// Takes a place by doing what takes one. While that finds no room (`None`), it is done again whenever another one has
    /// left its place.
    pub(super) async fn take<T, F: Future<Output = Option<T>>>(
        &self,
        mut move_in: impl FnMut() -> F,
    ) -> Result<(Place, T), NoPlace> {
        let mut watched = self.0.subscribe();
        loop {
            let left = self.0.borrow().left;
            self.0.send_modify(|taken| taken.count += 1);
            let mut place = Place { places: self.clone(), is_used: false };
            if let Some(thing) = move_in().await {
                place.is_used = true;
                return Ok((place, thing));
            }
            drop(place);
            let now = *self.0.borrow();
            if now.left != left {
                continue;
            }
            if now.count == 0 {
                return Err(NoPlace);
            }
            // Those who are about to take one may give up, too.
            let _closed = watched.wait_for(|taken| taken.left != left || taken.count == 0).await;
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.places.0.send_modify(|taken| {
            taken.count -= 1;
            taken.left += u64::from(self.is_used);
        });
    }
}
