//! Stopping a guest: softly first, then hard, and at no cost while nothing is to be stopped.
//!
//! **Softly.** The interpreter asks every so many bytecodes whether a signal is due. The glue module answers from a word
//! in linear memory; the [`Watchdog`]'s thread sets that word when a limit is met, and the next check turns it into a
//! Python exception where the program is.
//!
//! **Hard.** A long loop in C code makes no such checks, and a hostile program may swallow the exception. Then the
//! watchdog takes away all access to the sandbox's linear memory (`mprotect`), so that the guest's next access faults,
//! which the runtime reports as a trap. Nothing is added to the guest's code for it, so a guest cannot switch it off.
//! The host's own accesses must not fault: the [`Gate`] knows whether the guest or the host is running, and a stop that
//! comes while the host runs takes effect when it returns to the guest.

mod cpu_time;
mod gate;
mod watchdog;

pub(crate) use cpu_time::CpuClock;
pub(crate) use gate::{CPU_EXCEEDED, Deadlines, Gate, GuestMemory};
pub(crate) use watchdog::Watchdog;
