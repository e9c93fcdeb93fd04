//! Where cells compute.
//!
//! What computes for long must not keep the threads that serve. So it has a thread of its own: handing it on takes some ten
//! microseconds, or a hundred where a processor has to be woken for that thread, and as much again to hand back what came of
//! it. Where one thread serves one client, that is more than a short cell takes. There the thread that serves computes it
//! itself, at a desk, and another one stands by: if the cell is not over after a millisecond or two, that one serves until
//! it is. It looks from time to time, as long as cells run; waking it for each would cost what is to be saved.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::{self, Builder, Thread};
use std::time::Duration;

use tokio::runtime::{Handle, Runtime};
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;

/// How often it is looked whether a cell is long.
const LOOK_EACH: Duration = Duration::from_millis(1);
/// How often nothing may have been found to do before nobody looks any more until the next cell begins.
const LOOKS_MAX: u32 = 4;

/// What is to be computed.
type Job = Box<dyn FnOnce() + Send>;

/// The desk of the thread that serves, where one does.
#[derive(Default)]
pub(crate) struct Desk {
    /// Whether a job may be put there.
    free: AtomicBool,
    job: Mutex<Option<Job>>,
    put: Notify,
    /// How often a job has begun or ended: odd while there is one.
    turns: AtomicU64,
    ended: Notify,
    /// Whether the thread that stands by waits to be woken.
    asleep: AtomicBool,
    closed: AtomicBool,
}

impl Desk {
    /// [Computes](computing) on the thread that serves, if it is free.
    pub(crate) async fn computing<T, F>(&self, work: impl FnOnce() -> F + Send + 'static) -> T
    where
        T: Send + 'static,
        F: Future<Output = T>,
    {
        if self.free.compare_exchange(true, false, Ordering::AcqRel, Ordering::Relaxed).is_err() {
            return computing(work).await;
        }
        let (runtime, (done, result)) = (Handle::current(), oneshot::channel());
        *self.job() = Some(Box::new(move || {
            // If nobody waits for it, the runtime ends.
            let _unheard = done.send(catch_unwind(AssertUnwindSafe(|| runtime.block_on(work()))));
        }));
        self.put.notify_one();
        match result.await {
            Ok(result) => result.unwrap_or_else(|panic: Box<dyn Any + Send>| resume_unwind(panic)),
            // The runtime ends, and this with it.
            Err(_) => std::future::pending().await,
        }
    }

    /// Drives a runtime of one thread until a future is ready, and computes on this thread.
    pub(crate) fn drive<F: Future>(&self, runtime: &Runtime, future: F) -> F::Output {
        let mut future = std::pin::pin!(future);
        thread::scope(|scope| {
            let standby =
                Builder::new().name("exuvia-standby".to_owned()).spawn_scoped(scope, || self.stand_by(runtime));
            let Ok(standby) = standby else { return runtime.block_on(future) };
            let open = Open::new(self, standby.thread().clone());
            loop {
                let served = runtime.block_on(async {
                    tokio::select! {
                        biased;
                        output = &mut future => Err(output),
                        job = self.next() => Ok(job),
                    }
                });
                match served {
                    Ok(job) => open.compute(job),
                    Err(output) => return output,
                }
            }
        })
    }

    async fn next(&self) -> Job {
        loop {
            let job = self.job().take();
            match job {
                Some(job) => return job,
                None => self.put.notified().await,
            }
        }
    }

    /// Serves while a long cell computes, until the desk is closed.
    fn stand_by(&self, runtime: &Runtime) {
        let (mut seen, mut looks) = (0, 0);
        loop {
            if looks < LOOKS_MAX {
                thread::park_timeout(LOOK_EACH);
            } else {
                self.asleep.store(true, Ordering::SeqCst);
                if self.turns() == seen && !self.is_closed() {
                    thread::park();
                }
                self.asleep.store(false, Ordering::SeqCst);
            }
            if self.is_closed() {
                return;
            }
            let turns = self.turns();
            let is_computing = turns % 2 == 1;
            if is_computing && turns == seen {
                runtime.block_on(self.past(turns));
            }
            looks = if turns == seen && !is_computing { looks + 1 } else { 0 };
            seen = turns;
        }
    }

    /// Waits until a job has ended.
    async fn past(&self, turns: u64) {
        while self.turns() == turns {
            // Whoever ends one says so afterwards; that it was said of an earlier one does no harm.
            self.ended.notified().await;
        }
    }

    fn turns(&self) -> u64 {
        self.turns.load(Ordering::SeqCst)
    }

    fn is_closed(&self) -> bool {
        self.closed.load(Ordering::SeqCst)
    }

    fn job(&self) -> MutexGuard<'_, Option<Job>> {
        self.job.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A desk at which a thread computes.
struct Open<'a> {
    desk: &'a Desk,
    standby: Thread,
}

impl<'a> Open<'a> {
    fn new(desk: &'a Desk, standby: Thread) -> Self {
        desk.free.store(true, Ordering::Release);
        Self { desk, standby }
    }

    fn compute(&self, job: Job) {
        let Desk { turns, asleep, ended, free, .. } = self.desk;
        turns.fetch_add(1, Ordering::SeqCst);
        if asleep.swap(false, Ordering::SeqCst) {
            self.standby.unpark();
        }
        job();
        turns.fetch_add(1, Ordering::SeqCst);
        ended.notify_one();
        free.store(true, Ordering::Release);
    }
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.desk.free.store(false, Ordering::Release);
        self.desk.closed.store(true, Ordering::SeqCst);
        self.standby.unpark();
    }
}

/// Runs something that computes for long on a thread that may, so that other tasks go on. It runs to its end, whoever goes
/// away before.
///
/// It must not wait for something else that is run so: the threads are bounded. The future is made where it runs, for what a
/// session does is large, and would be copied from task to task.
pub(crate) async fn computing<T, F>(work: impl FnOnce() -> F + Send + 'static) -> T
where
    T: Send + 'static,
    F: Future<Output = T>,
{
    let runtime = Handle::current();
    joined(tokio::task::spawn_blocking(move || runtime.block_on(work()))).await
}

/// Waits for a task, and panics if it does.
pub(crate) async fn joined<T>(task: JoinHandle<T>) -> T {
    match task.await {
        Ok(result) => result,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => resume_unwind(panic),
            // The runtime ends, and this with it.
            Err(_) => std::future::pending().await,
        },
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, mpsc};

    use super::*;

    /// Drives a runtime of one thread, as the server over stdin does.
    fn driven<F: Future>(serve: impl FnOnce(Arc<Desk>) -> F) -> F::Output {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let desk = Arc::new(Desk::default());
        let output = desk.drive(&runtime, serve(Arc::clone(&desk)));
        assert!(desk.job().is_none() && !desk.free.load(Ordering::Relaxed));
        output
    }

    #[test]
    fn the_thread_that_serves_computes() {
        let here = thread::current().id();
        let ids = driven(async move |desk| {
            let mut ids = Vec::new();
            for _ in 0..100 {
                ids.push(desk.computing(async || thread::current().id()).await);
            }
            ids
        });
        assert!(ids.iter().all(|id| *id == here));
    }

    #[test]
    fn others_go_on_while_it_computes() {
        let (served, computed, here) = driven(async |desk| {
            let (sender, receiver) = mpsc::channel();
            // Somebody else has to be served for what is computed to go on.
            let ask = tokio::spawn(async move {
                sender.send(thread::current().id()).unwrap();
            });
            let computing = desk.computing(move || async move { (receiver.recv().unwrap(), thread::current().id()) });
            let (served, computed) = computing.await;
            ask.await.unwrap();
            (served, computed, thread::current().id())
        });
        assert_ne!(served, here);
        assert_eq!(computed, here);
    }

    #[test]
    fn who_comes_while_it_computes_has_a_thread_of_its_own() {
        let (first, second) = driven(async |desk| {
            let (sender, receiver) = mpsc::channel();
            let waiting = desk.computing(move || async move {
                let other = receiver.recv().unwrap();
                (thread::current().id(), other)
            });
            let other = desk.computing(move || async move { sender.send(thread::current().id()).unwrap() });
            let ((here, other), ()) = tokio::join!(waiting, other);
            (here, other)
        });
        assert_eq!(first, thread::current().id());
        assert_ne!(first, second);
    }

    #[test]
    fn a_panic_is_that_of_who_asked() {
        let seen = driven(async |desk| {
            let panics = Arc::clone(&desk);
            let asked = tokio::spawn(async move { panics.computing(async || panic!("here")).await });
            let panic = asked.await.unwrap_err().into_panic();
            (panic.downcast_ref::<&str>().copied(), desk.computing(async || 1).await)
        });
        assert_eq!(seen, (Some("here"), 1));
    }

    #[test]
    fn without_a_thread_that_serves_another_one_computes() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let there = runtime.block_on(async { Desk::default().computing(async || thread::current().id()).await });
        assert_ne!(there, thread::current().id());
    }
}
