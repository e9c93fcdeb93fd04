//! Tests of stores, through what a program sees of them.

#![expect(clippy::unwrap_used, reason = "this is how a test fails")]

mod damage;
mod exchange;
mod files;
mod story;
mod suite;
mod tails;
