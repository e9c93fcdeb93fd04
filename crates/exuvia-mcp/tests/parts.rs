//! The parts that need no sandbox, with the tests that stand in them.
#![allow(dead_code, unreachable_pub, reason = "what the parts offer is used in the library")]

#[path = "../src/http/accept.rs"]
mod accept;
#[path = "../src/tools/arguments.rs"]
mod arguments;
#[path = "../src/desk.rs"]
mod desk;
#[path = "../src/stdio/lines.rs"]
mod lines;
#[path = "../src/stdio/message.rs"]
mod message;
#[path = "../src/methods.rs"]
mod methods;
#[path = "../src/output.rs"]
mod output;
/// Of the sessions, whose own tests are in a program that links the runtime.
#[path = "../../exuvia-session/src/script/text.rs"]
mod text;
#[path = "../src/resources/uri.rs"]
mod uri;
