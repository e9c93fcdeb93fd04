//! Tests of stores, through what a program sees of them.

mod damage;
mod exchange;
mod files;
mod story;
mod suite;
