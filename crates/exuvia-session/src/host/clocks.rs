//! Readings of clocks that nobody has written down yet.
//!
//! A program that reads a clock all the time does so every 100 ns. While it does nothing else, its readings stay here, and
//! nothing is locked; they are written down before anything else is, and when the sandbox stops running.

use exuvia_core::{ClockId, Host, HostAnswer, HostCall, Reply};

use super::Recorder;

/// How many readings stay here.
const READINGS_MAX: usize = 512;

/// Readings of clocks that nobody has written down yet.
#[derive(Default)]
pub(super) struct Clocks {
    readings: Vec<(ClockId, i64)>,
    /// By how much each clock goes before the live host's, where a reading is all that there is to a call.
    offsets: [Option<i64>; 3],
}

impl Clocks {
    /// Reads a clock, if nothing else is to be seen to.
    pub(super) fn read(&mut self, clock: ClockId, live: &mut dyn Host) -> Option<i64> {
        let offset = self.offsets[clock as usize]?;
        let Reply::Now(HostAnswer::Time(now)) = live.call(HostCall::Clock(clock)) else { return None };
        let time = now.saturating_add(offset);
        self.readings.push((clock, time));
        Some(time)
    }

    /// Returns whether what is here has to be written down.
    pub(super) fn is_full(&self) -> bool {
        self.readings.len() >= READINGS_MAX
    }

    /// Writes down what is here.
    pub(super) fn write(&mut self, recorder: &mut Recorder) {
        if self.readings.is_empty() {
            return;
        }
        if recorder.note_clocks(&self.readings).is_none() {
            self.stop();
        }
        self.readings.clear();
    }

    /// Notes that a reading is all that there is to the next call, too, if it is of this clock.
    pub(super) fn go_on(&mut self, clock: ClockId, recorder: &Recorder) {
        if recorder.is_simply_live() {
            self.offsets[clock as usize] = recorder.known_offset(clock);
        }
    }

    /// Notes that something else is to be seen to with the next call. Returns whether anything is here.
    pub(super) fn stop(&mut self) -> bool {
        self.offsets = [None; 3];
        !self.readings.is_empty()
    }
}
