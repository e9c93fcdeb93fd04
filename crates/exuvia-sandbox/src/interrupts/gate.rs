//! One sandbox's gate: whether guest or host is running, and what is to be stopped.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use exuvia_core::{Interrupt, StopReason};

use super::CpuClock;

/// The host is running, or nobody: memory may not be taken away now.
const HOST: u32 = 1;
/// The sandbox is to be stopped: the guest must not run again.
const STOP: u32 = 2;

const SIGINT: u8 = 2;
const SIGXCPU: u8 = 24;

/// How the message of an interrupt begins that says that a run has used its processor time.
pub(crate) const CPU_EXCEEDED: &str = "used processor time for";

/// Where a sandbox's linear memory lies. The gate's owner must [`detach`](Gate::detach) it before it is freed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct GuestMemory {
    /// The address of its first byte.
    pub(crate) base: usize,
    /// Its size in bytes: all of it accessible.
    pub(crate) length: usize,
    /// The offset of the flag word, which lies within `length` and is aligned to 4.
    pub(crate) flag: usize,
}

/// The limits of one run.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Deadlines {
    /// How long it may take.
    pub(crate) wall: Option<Duration>,
    /// How much processor time it may use.
    pub(crate) cpu: Option<Duration>,
    /// How long it may go on after it was interrupted.
    pub(crate) grace: Duration,
}

/// What became of a run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct EndedRun {
    /// How long it took.
    pub(crate) wall: Duration,
    /// How much processor time it used.
    pub(crate) cpu: Duration,
    /// Why the sandbox was stopped, if it was.
    pub(crate) stopped: Option<StopReason>,
}

/// See the [module](super).
#[derive(Debug)]
pub(crate) struct Gate {
    state: AtomicU32,
    control: Mutex<Control>,
}

#[derive(Debug, Default)]
struct Control {
    memory: Option<GuestMemory>,
    run: Option<Run>,
    /// An interrupt that is due and was not yet delivered.
    due: Option<Interrupt>,
    /// Woken when an interrupt or a stop comes while the guest waits for the host.
    waker: Option<Waker>,
    stopped: Option<StopReason>,
    protected: bool,
    /// Whether the watchdog already looks at this gate, and when it will next.
    watched_until: Option<Instant>,
}

/// One cell that is running.
#[derive(Debug)]
struct Run {
    started: Instant,
    deadlines: Deadlines,
    /// Processor time used before the current poll.
    cpu_used: Duration,
    /// The thread that is polling now, and its clock when it began.
    polling: Option<(Option<CpuClock>, Duration, Instant)>,
    /// When it was told that its time is up, and why it will be stopped if it goes on.
    interrupted: Option<(Instant, StopReason)>,
}

impl Run {
    fn cpu_now(&self, now: Instant) -> Duration {
        self.cpu_used
            + self.polling.map_or(Duration::ZERO, |(clock, began, instant)| match clock.and_then(CpuClock::now) {
                Some(time) => time.saturating_sub(began),
                None => now.saturating_duration_since(instant),
            })
    }
}

impl Gate {
    pub(crate) fn new() -> Self {
        Self { state: AtomicU32::new(HOST), control: Mutex::new(Control::default()) }
    }

    fn control(&self) -> MutexGuard<'_, Control> {
        self.control.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells where the memory is, at the start and after each growth. Called by the host only.
    pub(crate) fn attach(&self, memory: GuestMemory) {
        self.control().memory = Some(memory);
    }

    /// Forgets the memory: after this no other thread touches it. If access to it was taken away, it is given back.
    pub(crate) fn detach(&self) {
        let mut control = self.control();
        control.run = None;
        unprotect(&mut control);
        control.memory = None;
    }

    /// The guest begins to run, or goes on after a host function.
    /// Returns whether it may.
    #[must_use]
    pub(crate) fn enter_guest(&self) -> bool {
        self.state.fetch_and(!HOST, Ordering::SeqCst) & STOP == 0
    }

    /// The guest calls a host function, or returns. Returns whether the host may touch the memory.
    #[must_use]
    pub(crate) fn leave_guest(&self) -> bool {
        self.state.fetch_or(HOST, Ordering::SeqCst) & STOP == 0
    }

    /// A run begins. Returns when the watchdog should look at it first, if it does not look at this gate by then anyway.
    pub(crate) fn begin(&self, now: Instant, deadlines: Deadlines) -> Option<Instant> {
        let mut control = self.control();
        control.run = Some(Run { started: now, deadlines, cpu_used: Duration::ZERO, polling: None, interrupted: None });
        let first = [deadlines.wall, deadlines.cpu].into_iter().flatten().min()?;
        let due = now.checked_add(first)?;
        watch(&mut control, due)
    }

    /// The run has ended. Gives access to the memory back if it was taken away.
    pub(crate) fn end(&self, now: Instant) -> EndedRun {
        let mut control = self.control();
        let run = control.run.take();
        unprotect(&mut control);
        control.due = None;
        set_flag(&control, 0);
        EndedRun {
            wall: run.as_ref().map_or(Duration::ZERO, |run| now.saturating_duration_since(run.started)),
            cpu: run.as_ref().map_or(Duration::ZERO, |run| run.cpu_used),
            stopped: control.stopped,
        }
    }

    /// A thread begins to poll the run.
    pub(crate) fn poll_begins(&self, now: Instant) {
        let clock = CpuClock::current();
        let began = clock.and_then(CpuClock::now).unwrap_or_default();
        if let Some(run) = &mut self.control().run {
            run.polling = Some((clock, began, now));
        }
    }

    /// The thread has polled the run.
    pub(crate) fn poll_ends(&self, now: Instant) {
        if let Some(run) = &mut self.control().run {
            run.cpu_used = run.cpu_now(now);
            run.polling = None;
        }
    }

    /// Interrupts the run softly with a `KeyboardInterrupt`. Does nothing when none is running.
    pub(crate) fn interrupt(&self) {
        let mut control = self.control();
        if control.run.is_some() {
            deliver(&mut control, SIGINT, String::new());
        }
    }

    /// Interrupts the run, and stops it if it goes on for longer than its grace period.
    /// Returns when the watchdog should look at it.
    pub(crate) fn cancel(&self, now: Instant) -> Option<Instant> {
        let mut control = self.control();
        let run = control.run.as_mut()?;
        let due = now.checked_add(run.deadlines.grace)?;
        run.interrupted.get_or_insert((due, StopReason::Cancelled));
        deliver(&mut control, SIGINT, String::new());
        watch(&mut control, due)
    }

    /// Makes an interrupt due that the sandbox itself has found (too much output): delivered at the next check.
    pub(crate) fn raise(&self, interrupt: Interrupt) {
        let mut control = self.control();
        control.due.get_or_insert(interrupt);
        set_flag(&control, 1);
    }

    /// Returns the interrupt that is due, which stays so.
    pub(crate) fn due(&self) -> Option<Interrupt> {
        self.control().due.clone()
    }

    /// Returns the interrupt that is due and clears the flag.
    pub(crate) fn take_due(&self) -> Option<Interrupt> {
        let mut control = self.control();
        set_flag(&control, 0);
        control.due.take()
    }

    /// Whether a wait for the host must end: an interrupt is due or the sandbox is to be stopped.
    pub(crate) fn poll_interrupted(&self, context: &Context<'_>) -> Poll<()> {
        let mut control = self.control();
        if control.due.is_some() || self.state.load(Ordering::SeqCst) & STOP != 0 {
            return Poll::Ready(());
        }
        control.waker = Some(context.waker().clone());
        Poll::Pending
    }

    /// The watchdog looks at the run, as was due at `due`. Returns when it should look again.
    pub(crate) fn check(&self, now: Instant, due: Instant) -> Option<Instant> {
        let mut control = self.control();
        if control.watched_until != Some(due) {
            // An earlier look was asked for since, which has taken this one's place.
            return None;
        }
        control.watched_until = None;
        let run = control.run.as_ref()?;
        let next = match run.interrupted {
            Some((end, reason)) if now >= end => {
                self.stop(&mut control, reason);
                return None;
            }
            Some((end, _)) => end,
            None => match exceeded(run, now) {
                Verdict::Exceeded { reason, message } => {
                    let end = now + run.deadlines.grace;
                    if let Some(run) = &mut control.run {
                        run.interrupted = Some((end, reason));
                    }
                    deliver(&mut control, SIGXCPU, message);
                    end
                }
                Verdict::LookAgain(next) => next?,
            },
        };
        control.watched_until = Some(next);
        Some(next)
    }

    /// Stops the run for good. Only called with the lock of `control` held and a run going on.
    fn stop(&self, control: &mut Control, reason: StopReason) {
        control.stopped.get_or_insert(reason);
        let before = self.state.fetch_or(STOP, Ordering::SeqCst);
        if before & HOST == 0
            && let Some(memory) = control.memory
        {
            protect(memory);
            control.protected = true;
        }
        if let Some(waker) = control.waker.take() {
            waker.wake();
        }
    }
}

/// Notes that the watchdog is to look at `due`; returns it if the watchdog does not look before anyway.
fn watch(control: &mut Control, due: Instant) -> Option<Instant> {
    if control.watched_until.is_some_and(|until| until <= due) {
        return None;
    }
    control.watched_until = Some(due);
    Some(due)
}

enum Verdict {
    Exceeded { reason: StopReason, message: String },
    LookAgain(Option<Instant>),
}

fn exceeded(run: &Run, now: Instant) -> Verdict {
    let wall = now.saturating_duration_since(run.started);
    let over = |used: Duration, limit: Duration, what: &str| {
        format!("{what} {:.1} s, the limit is {} s", used.as_secs_f64(), limit.as_secs_f64())
    };
    if let Some(limit) = run.deadlines.wall
        && wall >= limit
    {
        return Verdict::Exceeded { reason: StopReason::Time, message: over(wall, limit, "ran for") };
    }
    let cpu = run.cpu_now(now);
    if let Some(limit) = run.deadlines.cpu
        && cpu >= limit
    {
        return Verdict::Exceeded { reason: StopReason::Cpu, message: over(cpu, limit, CPU_EXCEEDED) };
    }
    let until_wall = run.deadlines.wall.map(|limit| limit - wall);
    let until_cpu = run.deadlines.cpu.map(|limit| limit - cpu);
    // A sleeping guest uses no processor time: looking a thousand times a second at most is enough.
    let until_cpu = until_cpu.map(|rest| rest.max(Duration::from_millis(1)));
    Verdict::LookAgain([until_wall, until_cpu].into_iter().flatten().min().and_then(|rest| now.checked_add(rest)))
}

fn deliver(control: &mut Control, signal: u8, message: String) {
    control.due = Some(Interrupt { signal, message });
    set_flag(control, 1);
    if let Some(waker) = control.waker.take() {
        waker.wake();
    }
}

/// Writes the flag word, which the guest may be reading (or writing) at the same time; unless there is no memory, or
/// access to it was taken away.
fn set_flag(control: &Control, value: u32) {
    let Some(memory) = control.memory.filter(|_| !control.protected) else { return };
    debug_assert!(memory.flag + 4 <= memory.length && memory.flag.is_multiple_of(4));
    #[expect(unsafe_code, reason = "the word lies in the guest's memory, which another thread is running on")]
    // SAFETY: `GuestMemory` lies in accessible memory until it is detached, which takes the lock that the caller holds;
    // it is only made inaccessible under the same lock, by `stop`, which `protected` tells.
    // The access is atomic; the guest's own are ordinary loads and stores of machine code, not of this language.
    unsafe {
        AtomicU32::from_ptr((memory.base + memory.flag) as *mut u32).store(value, Ordering::SeqCst);
    }
}

fn protect(memory: GuestMemory) {
    set_protection(memory, libc::PROT_NONE);
}

fn unprotect(control: &mut Control) {
    if std::mem::take(&mut control.protected)
        && let Some(memory) = control.memory
    {
        set_protection(memory, libc::PROT_READ | libc::PROT_WRITE);
    }
}

fn set_protection(memory: GuestMemory, protection: libc::c_int) {
    #[expect(unsafe_code, reason = "there is no safe way to change the protection of memory")]
    // SAFETY: the range is exactly the accessible part of a linear memory that the owner keeps alive until it detaches
    // it. While it is inaccessible only the guest can touch it (`leave_guest` told the host so), and a fault of the
    // guest is a trap; its own native helpers for bulk memory are not used (see `translate`).
    let status = unsafe { libc::mprotect(memory.base as *mut libc::c_void, memory.length, protection) };
    assert_eq!(status, 0, "the protection of a mapped range can be changed");
}
