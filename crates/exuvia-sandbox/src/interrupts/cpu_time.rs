//! Processor time of a thread, read from that thread or from another.

use std::time::Duration;

/// The processor-time clock of one thread. Valid for as long as the thread lives.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CpuClock {
    #[cfg(target_os = "linux")]
    id: libc::clockid_t,
}

#[cfg(target_os = "linux")]
impl CpuClock {
    /// Returns the clock of the calling thread.
    pub(crate) fn current() -> Option<Self> {
        let mut id = 0;
        #[expect(unsafe_code, reason = "the standard library has no processor-time clock")]
        // SAFETY: `pthread_self` is always valid for its own thread, and `id` is a live place for the answer.
        let status = unsafe { libc::pthread_getcpuclockid(libc::pthread_self(), &raw mut id) };
        (status == 0).then_some(Self { id })
    }

    /// Returns how much processor time the thread has used so far; `None` if it has ended.
    pub(crate) fn now(self) -> Option<Duration> {
        let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
        #[expect(unsafe_code, reason = "the standard library has no processor-time clock")]
        // SAFETY: `time` is a live place for the answer; a clock that no longer exists is reported, not followed.
        let status = unsafe { libc::clock_gettime(self.id, &raw mut time) };
        (status == 0).then(|| {
            let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
            Duration::new(seconds, u32::try_from(time.tv_nsec).unwrap_or(0))
        })
    }
}

#[cfg(not(target_os = "linux"))]
impl CpuClock {
    /// Other threads' clocks are not read on this platform: processor time is counted as the time spent running.
    pub(crate) fn current() -> Option<Self> {
        None
    }

    /// See [`current`](Self::current).
    pub(crate) fn now(self) -> Option<Duration> {
        None
    }
}
