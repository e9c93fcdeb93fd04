//! Readings of clocks, many at a time.
//!
//! `order` says which clock was read when: `r` (realtime), `m` (monotonic) or `c` (cpu), each with how often in a row if
//! that is more than once: `rm2c` is realtime, monotonic twice, cpu. The fields of the clocks hold what they showed: the
//! first reading, then by how much each one differs from the one before, with spaces between.

use exuvia_core::ClockId;
use exuvia_core::journal::StoreError;
use serde::{Deserialize, Serialize};

use super::super::{Fetch, Unreadable};
use super::payload::{Encoder, Text};

/// The most readings in one event.
const READINGS_MAX: u64 = 1 << 26;

/// How long a number and its space are where a clock is read all the time.
const TYPICAL_BYTES: usize = 5;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Clocks<'a> {
    order: Text<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    realtime: Option<Text<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    monotonic: Option<Text<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cpu: Option<Text<'a>>,
}

/// What one clock showed, as text: each number with a space behind it.
#[derive(Default)]
struct Track {
    text: Vec<u8>,
    last: i64,
}

/// What one clock showed, while it is read.
struct Readings<'a> {
    numbers: std::str::Split<'a, char>,
    last: i64,
}

impl<'a> Clocks<'a> {
    pub(super) fn encode(readings: &[(ClockId, i64)], encoder: &mut Encoder) -> Result<Self, StoreError> {
        if readings.len() as u64 > READINGS_MAX {
            let size = readings.len() as u64;
            return Err(StoreError::TooLarge { what: "a run of clock readings", size, size_max: READINGS_MAX });
        }
        let mut order = String::new();
        let mut tracks: [Track; 3] = Default::default();
        let mut digits = itoa::Buffer::new();
        for run in readings.chunk_by(|one, next| one.0 == next.0) {
            let (letter, track) = place(run[0].0);
            order.push(letter);
            if run.len() > 1 {
                order.push_str(digits.format(run.len()));
            }
            let track = &mut tracks[track];
            track.text.reserve(run.len() * TYPICAL_BYTES);
            run.iter().for_each(|(_, reading)| track.push(*reading, &mut digits));
        }
        let mut own = |track: Track| track.into_text().map(|text| encoder.own_text(text)).transpose();
        let [realtime, monotonic, cpu] = tracks;
        let (realtime, monotonic, cpu) = (own(realtime)?, own(monotonic)?, own(cpu)?);
        Ok(Self { order: encoder.own_text(order)?, realtime, monotonic, cpu })
    }

    pub(super) fn decode(self, fetch: &mut Fetch<'_>) -> Result<Vec<(ClockId, i64)>, Unreadable> {
        let order = self.order.decode(fetch)?;
        let mut text = |text: Option<Text<'_>>| text.map_or(Ok(String::new()), |text| text.decode(fetch));
        let texts = [text(self.realtime)?, text(self.monotonic)?, text(self.cpu)?];
        let mut tracks = texts.each_ref().map(|text| Readings { numbers: text.split(' '), last: 0 });
        let mut readings = Vec::new();
        let mut rest = order.as_str();
        while let Some(letter) = rest.chars().next() {
            let clock = clock(letter).ok_or("there is no such clock")?;
            let after = &rest[letter.len_utf8()..];
            let digits = after.bytes().take_while(u8::is_ascii_digit).count();
            let count: u64 = if digits == 0 { 1 } else { after[..digits].parse()? };
            // Only as many as there are numbers for are ever made, whatever the order says.
            for _ in 0..count {
                if readings.len() as u64 == READINGS_MAX {
                    return Err("there are more readings than a journal may have in one event".into());
                }
                readings.push((clock, tracks[place(clock).1].next()?));
            }
            rest = &after[digits..];
        }
        let ended = |text: &String, track: &mut Readings<'_>| text.is_empty() || track.numbers.next().is_none();
        if !texts.iter().zip(&mut tracks).all(|(text, track)| ended(text, track)) {
            return Err("a clock has more readings than the order".into());
        }
        Ok(readings)
    }
}

impl Track {
    fn push(&mut self, reading: i64, digits: &mut itoa::Buffer) {
        let number = reading.wrapping_sub(self.last);
        self.last = reading;
        match u32::try_from(number) {
            Ok(number @ ..10_000) => self.push_short(number),
            _ => {
                self.text.extend_from_slice(digits.format(number).as_bytes());
                self.text.push(b' ');
            }
        }
    }

    /// Appends a number of at most four digits. Whoever reads a clock all the time does so every 100 ns, and finding out
    /// how many bytes to copy would take longer than all of this.
    fn push_short(&mut self, number: u32) {
        let digit = |number: u32| b'0' + (number % 10) as u8;
        let [thousands, hundreds, tens] = [number / 1_000, number / 100, number / 10].map(digit);
        let text = [thousands, hundreds, tens, digit(number), b' ', 0, 0, 0];
        let zeros = u32::from(number < 10) + u32::from(number < 100) + u32::from(number < 1_000);
        let text = u64::from_le_bytes(text) >> (8 * zeros);
        self.text.extend_from_slice(&text.to_le_bytes());
        self.text.truncate(self.text.len() - 3 - zeros as usize);
    }

    /// Returns the numbers with spaces between; `None` if there is none.
    fn into_text(mut self) -> Option<String> {
        self.text.pop()?;
        Some(String::from_utf8(self.text).expect("digits, signs and spaces are UTF-8"))
    }
}

impl Readings<'_> {
    fn next(&mut self) -> Result<i64, Unreadable> {
        let number: i64 = self.numbers.next().ok_or("the order has more readings than a clock")?.parse()?;
        self.last = self.last.wrapping_add(number);
        Ok(self.last)
    }
}

fn place(clock: ClockId) -> (char, usize) {
    match clock {
        ClockId::Realtime => ('r', 0),
        ClockId::Monotonic => ('m', 1),
        ClockId::Cpu => ('c', 2),
    }
}

fn clock(letter: char) -> Option<ClockId> {
    match letter {
        'r' => Some(ClockId::Realtime),
        'm' => Some(ClockId::Monotonic),
        'c' => Some(ClockId::Cpu),
        _ => None,
    }
}
