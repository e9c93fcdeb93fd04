//! What histories come to, and what ids are.

use super::*;
use crate::recording::Asked;
use crate::{ClockId, FinishedCall, HostAnswer, Outcome, Status, Stream, Usage};

fn id(text: &str) -> SessionId {
    SessionId::new(text).unwrap()
}

fn opened(seed: u8) -> Event {
    Event::Opened(Box::new(Opened::new(
        EngineIdentity { name: "cpython".into(), version: "3.14.2".into() },
        "0".repeat(64),
        [seed; 32],
    )))
}

fn started(cell: u32) -> Event {
    Event::CellStarted { cell, source: Source::Cell(format!("cell {cell}")) }
}

fn ended(cell: u32) -> Event {
    let status = Status::Finished;
    let outcome = Outcome {
        status,
        stdout: String::new(),
        stderr: String::new(),
        value: None,
        error: None,
        usage: Usage::default(),
    };
    Event::CellEnded { cell, outcome: Box::new(outcome) }
}

fn start(call: u64) -> Asked {
    Asked::Start { call, tool: "fetch".into(), arguments: "{}".into() }
}

fn fold(events: &[Event]) -> Result<State, Misplaced> {
    let mut state = State::new();
    state.begin(id("first"));
    events.iter().zip(0..).try_for_each(|(event, at)| state.push(at, event))?;
    Ok(state)
}

#[test]
fn an_id_can_be_a_part_of_a_files_name() {
    for text in ["a", "0", "2026-11-21-quiet-otter", &"x".repeat(64)] {
        assert_eq!(SessionId::new(text).map(|id| id.to_string()).as_deref(), Ok(text));
    }
    for text in ["", "A", "a.b", "a/b", "..", "a_b", "ä", "a b", "a\n", "a\0", &"x".repeat(65)] {
        assert!(SessionId::new(text).is_err(), "{text:?}");
    }
}

#[test]
fn a_name_is_one_line() {
    for name in ["a", "My session", "größer/kleiner", &"x".repeat(100)] {
        assert_eq!(check_name(name), Ok(()), "{name}");
    }
    for name in ["", " a", "a ", "a\nb", "a\u{1b}[2J", &"x".repeat(101)] {
        assert!(check_name(name).is_err(), "{name:?}");
    }
}

#[test]
fn an_act_that_was_not_answered_stays_open() {
    let tool = Asked::Tool { tool: "pay".into(), arguments: "{}".into() };
    let asked = Event::Asked { asked: tool.clone() };
    let mut state = fold(&[opened(1), started(1), asked.clone()]).unwrap();
    let place = Place { part: 0, position: 2 };
    assert_eq!(state.question(), Some(&OpenQuestion { place, asked: tool }));
    assert_eq!(state.running().map(|cell| cell.number), Some(1));

    assert!(state.push(3, &asked).is_err(), "a second one at a time");
    assert!(state.push(3, &ended(1)).is_err(), "the end of its cell");
    let elsewhere = Event::Answered { asked: 1, answer: HostAnswer::Done };
    assert!(state.push(3, &elsewhere).is_err(), "an answer to something else");
    state.push(3, &Event::Answered { asked: 2, answer: HostAnswer::Interrupted }).unwrap();
    assert_eq!(state.question(), None);
}

#[test]
fn calls_are_open_until_their_end_is_told() {
    let begin = |call: u64, asked: u64| {
        [Event::Asked { asked: start(call) }, Event::Answered { asked, answer: HostAnswer::Done }]
    };
    let failure = crate::ToolFailure::failed("no");
    let finished = HostAnswer::Finished(vec![FinishedCall { call: 8, outcome: Err(failure) }]);
    let mut events = vec![opened(1), started(1)];
    events.extend(begin(7, 2));
    events.extend(begin(8, 4));
    events.extend(begin(9, 6));
    events.push(Event::Call { asked: Asked::Wait { duration: None }, answer: finished });
    events.push(Event::Call { asked: Asked::Cancel { call: 9 }, answer: HostAnswer::Done });
    let state = fold(&events).unwrap();
    let place = Place { part: 0, position: 2 };
    let open = OpenCall { place, tool: "fetch".into(), arguments: "{}".into() };
    assert_eq!(state.calls().iter().collect::<Vec<_>>(), [(&7, &open)]);
}

#[test]
fn an_undo_goes_back_to_the_end_of_a_cell() {
    let clock = |nanoseconds| Event::Clocks(vec![(ClockId::Monotonic, nanoseconds)]);
    let noted = Event::Checkpoint { memory: Hash([1; 32]), files: None };
    let state = fold(&[
        opened(1),
        started(1),
        Event::Random { length: 10 },
        clock(100),
        ended(1),
        noted.clone(),
        started(2),
        Event::Random { length: 5 },
        clock(200),
        ended(2),
        noted,
        Event::Undone { cell: 1 },
        started(2),
    ])
    .unwrap();
    assert_eq!(state.random_bytes(), 10);
    assert_eq!(state.clock(ClockId::Monotonic), Some(100));
    assert_eq!(state.clock(ClockId::Cpu), None);
    let cells: Vec<_> = state.cells().iter().map(|cell| (cell.number, cell.undone, cell.ended.is_some())).collect();
    assert_eq!(cells, [(1, false, true), (2, true, true), (2, false, false)]);
    assert_eq!(state.checkpoints().iter().map(|noted| noted.undone).collect::<Vec<_>>(), [false, true]);
    assert_eq!(state.cell(2).map(|cell| cell.started.position), Some(12));
}

#[test]
fn a_cell_that_was_stopped_counts_for_nothing() {
    let asked = Event::Asked { asked: Asked::Tool { tool: "pay".into(), arguments: "{}".into() } };
    let stopped = Event::CellEnded { cell: 2, outcome: Box::new(Outcome::stopped(crate::StopReason::Time)) };
    let random = Event::Random { length: 10 };
    let state = fold(&[
        opened(1),
        random.clone(),
        started(1),
        random.clone(),
        ended(1),
        started(2),
        random,
        Event::Checkpoint { memory: Hash([1; 32]), files: None },
        asked,
        stopped,
        started(2),
    ])
    .unwrap();
    assert_eq!(state.random_bytes(), 20);
    let cells: Vec<_> = state.cells().iter().map(|cell| (cell.number, cell.undone, cell.ended.is_some())).collect();
    assert_eq!(cells, [(1, false, true), (2, true, true), (2, false, false)]);
    assert!(state.checkpoints()[0].undone);
    assert_eq!(state.question(), None);
}

#[test]
fn an_undo_ends_what_runs() {
    let asked = Event::Asked { asked: start(1) };
    let state = fold(&[opened(1), started(1), asked, Event::Undone { cell: 0 }, started(1)]).unwrap();
    assert_eq!(state.question(), None);
    assert_eq!(state.cells().len(), 2);
    assert!(fold(&[opened(1), started(1), Event::Undone { cell: 1 }]).is_err(), "to a cell that has not ended");
}

#[test]
fn a_fork_has_a_random_stream_of_its_own() {
    let asked = Asked::Tool { tool: "pay".into(), arguments: "{}".into() };
    let mut state = fold(&[opened(1), started(1), Event::Random { length: 10 }, Event::Asked { asked }]).unwrap();
    state.begin(id("second"));
    state.push(0, &opened(2)).unwrap();
    assert_eq!(state.opening().map(|opened| opened.seed), Some([2; 32]));
    assert_eq!(state.random_bytes(), 0);
    state.push(1, &Event::Answered { asked: 3, answer: HostAnswer::Interrupted }).unwrap();
    state.push(2, &Event::Output { stream: Stream::Stdout, bytes: b"x".to_vec() }).unwrap();
    state.push(3, &ended(1)).unwrap();
    let place = Place { part: 1, position: 3 };
    assert_eq!(state.cell(1).and_then(|cell| cell.ended), Some(place));
    assert_eq!(state.session(place), Some(&id("second")));
    assert_eq!(state.outputs(), [Place { part: 1, position: 2 }]);
}

#[test]
fn events_that_cannot_follow_are_refused() {
    for events in [
        vec![started(1)],
        vec![opened(1), opened(1)],
        vec![opened(1), started(2)],
        vec![opened(1), started(1), started(2)],
        vec![opened(1), ended(1)],
        vec![opened(1), started(1), ended(2)],
        vec![opened(1), Event::Answered { asked: 0, answer: HostAnswer::Done }],
        vec![opened(1), Event::Undone { cell: 1 }],
    ] {
        assert!(fold(&events).is_err(), "{events:?}");
    }
}
