//! An agent that is driven by hand: replies and outcomes are given, and what it wants done is compared.

use serde_json::{Value as Json, json};

mod compaction;

use super::*;
use crate::agent::{Budget, Call, Content, ENTRY, FileNote, Origin, Part, Stop, Tokens};
use crate::recording::Asked;
use crate::{ErrorReport, HostAnswer, Status, StopReason, Usage};

/// An agent, and the events that it is made of.
struct Driven {
    state: State,
    events: Vec<Recorded>,
    cell: u32,
    now: i64,
}

impl Driven {
    fn new(begun: Begun) -> Self {
        let mut state = State::default();
        state.enter("agent".parse().expect("it is an id"));
        let mut driven = Self { state, events: Vec::new(), cell: 0, now: 1_000 };
        assert_eq!(driven.state.next(0), Next::Begin);
        driven.entry(Entry::Begun(Box::new(begun)));
        driven.say(Message::user(Origin::Person, "do it"), None);
        driven
    }

    fn event(&mut self, event: Event) {
        let position = self.events.len() as u64;
        self.state.apply(position, self.now, &event);
        let hash = crate::journal::Hash::default();
        self.events.push(Recorded { position, epoch: 1, at: self.now, event, hash });
        // Whoever folds the same events is at the same place.
        let history = vec![("agent".parse().expect("it is an id"), self.events.clone())];
        assert_eq!(State::fold(&standing(history)).next(self.now), self.state.next(self.now));
    }

    fn entry(&mut self, entry: Entry) {
        self.event(Event::Note { kind: ENTRY.to_owned(), data: entry.data() });
    }

    fn say(&mut self, message: Message, remark: Option<Remark>) {
        self.entry(Entry::Said { message, remark, files: Vec::new() });
    }

    fn reply(&mut self, reply: ModelReply) {
        assert_eq!(self.state.next(self.now), Next::Ask);
        self.entry(Entry::Asked { model: "scripted/test".to_owned() });
        self.entry(Entry::Replied { reply: Box::new(reply), micro_dollars: Some(7) });
    }

    /// The model wants this code run.
    fn code(&mut self, code: &str) {
        let arguments = json!({ "code": code }).to_string();
        let calls = vec![Call { id: "c".to_owned(), name: PYTHON.to_owned(), arguments }];
        let tokens = Tokens { fresh: 10, output: 5, ..Tokens::default() };
        self.reply(ModelReply { calls, stop: Stop::Calls, tokens, ..ModelReply::default() });
    }

    /// The cell that is to be run runs; in it, this happens.
    fn run(&mut self, code: &str, within: impl FnOnce(&mut Self), status: Status, error: Option<&str>) {
        assert_eq!(self.state.next(self.now), Next::Run { code: code.to_owned() });
        self.cell += 1;
        let source = crate::journal::Source::Cell(code.to_owned());
        self.event(Event::CellStarted { cell: self.cell, source });
        assert_eq!(self.state.next(self.now), Next::Resume);
        within(self);
        let error = error.map(|message| Box::new(raised(message)));
        let outcome = Outcome { error, ..outcome(status) };
        self.event(Event::CellEnded { cell: self.cell, outcome: Box::new(outcome) });
    }

    fn finish(&mut self, code: &str) {
        self.run(code, |_| {}, Status::Finished, None);
        self.observe();
    }

    fn observe(&mut self) {
        let Next::Observe(observed) = self.state.next(self.now) else { panic!("{:?}", self.state.next(self.now)) };
        let (call, text) = (observed.call, observed.outcome.stdout.clone());
        self.say(Message::Observed { call, parts: vec![Part::text(Origin::Program, text)] }, None);
    }

    fn end(&self) -> Ending {
        match self.state.next(self.now) {
            Next::End(ending) => ending,
            next => panic!("{next:?}"),
        }
    }
}

const PYTHON: &str = crate::agent::PYTHON_TOOL;

fn begun() -> Begun {
    Begun {
        task: "do it".to_owned(),
        system: "be brief".to_owned(),
        interface: Interface::Calls,
        tool: Some("runs Python".to_owned()),
        reply_ends: true,
        report: false,
        budget: Budget::default(),
        context_tokens: None,
        reminders: Vec::new(),
        caller: None,
    }
}

fn outcome(status: Status) -> Outcome {
    Outcome { status, stdout: String::new(), stderr: String::new(), value: None, error: None, usage: Usage::default() }
}

fn raised(message: &str) -> ErrorReport {
    serde_json::from_value(json!({ "type": "ValueError", "message": message })).expect("it is an error")
}

fn text(text: &str) -> ModelReply {
    ModelReply { text: text.to_owned(), ..ModelReply::default() }
}

fn ending(reason: Reason, answer: impl Into<Json>) -> Ending {
    Ending { reason, answer: answer.into(), artifacts: Vec::new(), report: None }
}

fn finals(driven: &mut Driven, arguments: &Json) {
    let asked = driven.events.len() as u64;
    let arguments = arguments.to_string();
    driven.event(Event::Asked { asked: Asked::Tool { tool: FINAL.to_owned(), arguments } });
    driven.event(Event::Answered { asked, answer: HostAnswer::Tool(Ok("null".to_owned())) });
}

const FINAL: &str = crate::agent::FINAL_TOOL;

#[test]
fn a_cell_is_run_and_told_of_and_a_text_is_the_answer() {
    let mut driven = Driven::new(begun());
    driven.code("print(1)");
    let printed = |driven: &mut Driven| {
        driven.event(Event::Output { stream: Stream::Stdout, bytes: b"1\n".to_vec() });
    };
    driven.run("print(1)", printed, Status::Finished, None);
    let Next::Observe(observed) = driven.state.next(0) else { panic!("there is something to tell") };
    assert_eq!((observed.call.as_deref(), observed.cell, observed.outcome.stdout.as_str()), (Some("c"), 1, "1\n"));
    driven.observe();
    driven.reply(text("It is 1. "));
    assert_eq!(driven.end(), ending(Reason::Done, "It is 1."));
    let steps: Vec<(u32, u64)> = driven.state.steps().iter().map(|mark| (mark.step, mark.position)).collect();
    // Begun, said, asked, replied, started, output, ended, said | asked, replied |
    assert_eq!(steps, [(1, 8), (2, 10)]);
    let spent = driven.state.spent();
    assert_eq!((spent.steps, spent.tokens.all(), spent.micro_dollars), (2, 15, 14));
    driven.entry(Entry::Ended(Box::new(driven.end())));
    assert!(matches!(driven.state.next(0), Next::Ended(_)));
}

#[test]
fn the_conversation_only_grows() {
    let mut driven = Driven::new(begun());
    let mut before = driven.state.request();
    for number in 0..5 {
        let code = format!("x = {number}");
        driven.code(&code);
        driven.finish(&code);
        let request = driven.state.request();
        assert_eq!(request.messages[..before.messages.len()], before.messages[..]);
        assert_eq!((&request.system, &request.tool), (&before.system, &before.tool));
        before = request;
    }
    assert_eq!(before.messages.len(), 11);
}

#[test]
fn what_a_program_gives_to_final_is_the_answer() {
    let mut driven = Driven::new(Begun { reply_ends: false, ..begun() });
    driven.code("final(42)");
    let give = |driven: &mut Driven| finals(driven, &json!({ "answer": 42, "artifacts": ["/workspace/a.csv"] }));
    driven.run("final(42)", give, Status::Finished, None);
    let Next::Observe(observed) = driven.state.next(0) else { panic!("there is something to tell") };
    assert_eq!(observed.artifacts, ["/workspace/a.csv"]);
    driven.observe();
    let artifacts = vec!["/workspace/a.csv".to_owned()];
    assert_eq!(driven.end(), Ending { reason: Reason::Done, answer: json!(42), artifacts, report: None });
}

#[test]
fn the_answer_of_a_cell_that_fails_does_not_count() {
    let mut driven = Driven::new(begun());
    driven.code("final(1); 1/0");
    let give = |driven: &mut Driven| finals(driven, &json!({ "answer": 1 }));
    driven.run("final(1); 1/0", give, Status::Raised, Some("no"));
    driven.observe();
    assert_eq!(driven.state.next(0), Next::Ask);
    // Neither does one that could not be taken.
    driven.code("final(2)");
    driven.run("final(2)", |driven| finals(driven, &json!({ "answer": 2 })), Status::Finished, None);
    let message = Message::Observed { call: Some("c".to_owned()), parts: Vec::new() };
    driven.say(message, Some(Remark::Unaccepted));
    assert_eq!(driven.state.next(0), Next::Ask);
}

/// A reply of two calls, of which the first one may give the answer.
fn two_calls(driven: &mut Driven) {
    let call = |id: &str, code: &str| Call {
        id: id.to_owned(),
        name: PYTHON.to_owned(),
        arguments: json!({ "code": code }).to_string(),
    };
    let calls = vec![call("a", "final(42)"), call("b", "print(1)")];
    driven.reply(ModelReply { calls, stop: Stop::Calls, ..ModelReply::default() });
}

#[test]
fn what_comes_after_the_answer_is_not_run() {
    let mut driven = Driven::new(Begun { reply_ends: false, ..begun() });
    two_calls(&mut driven);
    driven.run("final(42)", |driven| finals(driven, &json!({ "answer": 42 })), Status::Finished, None);
    driven.observe();
    let call = Some("b".to_owned());
    assert_eq!(driven.state.next(0), Next::Refuse { call: call.clone(), problem: Problem::Answered });
    driven.say(Message::Observed { call, parts: Vec::new() }, None);
    assert_eq!(driven.end(), ending(Reason::Done, 42));
    // An answer that was not taken is none.
    let mut driven = Driven::new(begun());
    two_calls(&mut driven);
    driven.run("final(42)", |driven| finals(driven, &json!({ "answer": 42 })), Status::Finished, None);
    driven.say(Message::Observed { call: Some("a".to_owned()), parts: Vec::new() }, Some(Remark::Unaccepted));
    driven.finish("print(1)");
    assert_eq!(driven.state.next(0), Next::Ask);
}

#[test]
fn a_shared_budget_ends_a_run() {
    let mut driven = Driven::new(begun());
    driven.reply(ModelReply { text: "So far.".to_owned(), stop: Stop::Length, ..ModelReply::default() });
    driven.say(Message::user(Origin::Host, "go on"), Some(Remark::Idle));
    let next = |driven: &Driven, rest| driven.state.next_sharing(driven.now, rest);
    assert_eq!(next(&driven, SharedRest::Some), Next::Ask);
    let partial = ending(Reason::Money, "So far.");
    assert_eq!(next(&driven, SharedRest::Overdrawn(Reason::Money)), Next::End(partial.clone()));
    let closing = Remark::Closing(Reason::Money);
    assert_eq!(next(&driven, SharedRest::UsedUp(Reason::Money)), Next::Remark(closing));
    driven.say(Message::user(Origin::Host, "answer now"), Some(closing));
    // Whoever may answer still may.
    assert_eq!(next(&driven, SharedRest::Overdrawn(Reason::Money)), Next::Ask);
    driven.reply(text("So far."));
    assert_eq!(driven.end(), partial);
}

#[test]
fn a_final_of_somebody_elses_does_not_count() {
    let mut driven = Driven::new(begun());
    driven.code("other(1)");
    let refused = |driven: &mut Driven| {
        let asked = driven.events.len() as u64;
        let arguments = json!({ "answer": 1 }).to_string();
        driven.event(Event::Asked { asked: Asked::Tool { tool: "other".to_owned(), arguments } });
        driven.event(Event::Answered { asked, answer: HostAnswer::Tool(Ok("null".to_owned())) });
        driven.event(Event::Output { stream: Stream::Stdout, bytes: br#"{"entry": "ended"}"#.to_vec() });
    };
    driven.run("other(1)", refused, Status::Finished, None);
    driven.observe();
    assert_eq!(driven.state.next(0), Next::Ask);
}

#[test]
fn a_reply_without_code_is_no_answer_where_only_final_is_one() {
    let mut driven = Driven::new(Begun { reply_ends: false, ..begun() });
    for _ in 0..2 {
        driven.reply(text("I would say 4."));
        assert_eq!(driven.state.next(0), Next::Remark(Remark::Idle));
        driven.say(Message::user(Origin::Host, "give code"), Some(Remark::Idle));
    }
    driven.reply(text("Still 4."));
    assert_eq!(driven.end(), ending(Reason::Idle, "Still 4."));
}

#[test]
fn a_reply_that_was_cut_off_or_is_empty_is_no_answer() {
    let mut driven = Driven::new(begun());
    driven.reply(ModelReply { stop: Stop::Length, ..text("It is ab") });
    assert_eq!(driven.state.next(0), Next::Remark(Remark::Idle));
    driven.say(Message::user(Origin::Host, "go on"), Some(Remark::Idle));
    driven.reply(text("  \n"));
    assert_eq!(driven.state.next(0), Next::Remark(Remark::Idle));
}

#[test]
fn calls_that_cannot_be_made_are_told_of_in_their_order() {
    let mut driven = Driven::new(begun());
    let call = |id: &str, name: &str, arguments: &str| Call {
        id: id.to_owned(),
        name: name.to_owned(),
        arguments: arguments.to_owned(),
    };
    let calls = vec![call("1", "bash", "{}"), call("2", PYTHON, r#"{"code":"2"}"#), call("3", PYTHON, "no JSON")];
    driven.reply(ModelReply { calls, stop: Stop::Calls, ..ModelReply::default() });
    let refuse = |call: &str, problem| Next::Refuse { call: Some(call.to_owned()), problem };
    assert_eq!(driven.state.next(0), refuse("1", Problem::Tool("bash".to_owned())));
    driven.say(Message::Observed { call: Some("1".to_owned()), parts: Vec::new() }, None);
    driven.finish("2");
    let problem = "expected ident at line 1 column 2".to_owned();
    assert_eq!(driven.state.next(0), refuse("3", Problem::Arguments(problem)));
    driven.say(Message::Observed { call: Some("3".to_owned()), parts: Vec::new() }, None);
    assert_eq!(driven.state.next(0), Next::Ask);
}

#[test]
fn a_cell_that_was_stopped_is_told_of_and_not_run_again() {
    let mut driven = Driven::new(begun());
    driven.code("while True: pass");
    driven.run("while True: pass", |_| {}, Status::Stopped { reason: StopReason::Time }, None);
    assert!(matches!(driven.state.next(0), Next::Observe(Observed { is_undone: false, .. })));
    driven.observe();
    // The session counts it for nothing: its number is given again.
    driven.cell -= 1;
    driven.code("os._exit(0)");
    driven.run("os._exit(0)", |_| {}, Status::Exited { code: 0 }, None);
    driven.event(Event::Undone { cell: 0 });
    assert!(matches!(driven.state.next(0), Next::Observe(Observed { is_undone: true, .. })));
}

#[test]
fn what_a_person_undid_was_never_said() {
    let mut driven = Driven::new(begun());
    for code in ["a", "b"] {
        driven.code(code);
        driven.finish(code);
    }
    let undone = Event::Undone { cell: 1 };
    let hash = crate::journal::Hash::default();
    driven.events.push(Recorded { position: driven.events.len() as u64, epoch: 2, at: 0, event: undone, hash });
    let state = State::fold(&standing(vec![("agent".parse().expect("it is an id"), driven.events)]));
    // Cell 1 has ended, and the model is told so once more.
    assert!(matches!(state.next(0), Next::Observe(Observed { cell: 1, .. })));
    assert_eq!((state.messages().len(), state.spent().steps), (2, 1));
}

#[test]
fn whoever_goes_in_circles_is_told_and_then_stopped() {
    let mut driven = Driven::new(begun());
    let mut told = Vec::new();
    for _ in 0..5 {
        driven.code("f()");
        driven.run("f()", |_| {}, Status::Raised, Some("no"));
        driven.observe();
        while let Next::Remark(remark) = driven.state.next(0) {
            told.push(remark);
            driven.say(Message::user(Origin::Host, "hm"), Some(remark));
        }
    }
    assert_eq!(told, [Remark::Loop(3), Remark::Loop(4), Remark::Closing(Reason::Loop)]);
    driven.reply(text("I could not."));
    assert_eq!(driven.end(), ending(Reason::Loop, "I could not."));
}

/// The model is told of each circle anew.
#[test]
fn whoever_has_found_out_is_told_of_the_next_circle() {
    let mut driven = Driven::new(begun());
    let mut told = Vec::new();
    let cells = ["a", "b", "a", "b", "a", "b", "new", "c", "c", "c"];
    for (step, code) in cells.iter().enumerate() {
        driven.code(code);
        driven.finish(code);
        if let Next::Remark(remark) = driven.state.next(0) {
            told.push((step + 1, remark, driven.state.round()));
            driven.say(Message::user(Origin::Host, "hm"), Some(remark));
        }
    }
    assert_eq!(told, [(6, Remark::Loop(3), 2), (10, Remark::Loop(3), 1)]);
}

#[test]
fn a_budget_that_is_used_up_leaves_room_for_an_answer() {
    let budgets = [
        (Budget { steps: 2, ..Budget::default() }, Reason::Steps),
        (Budget { tokens: Some(30), ..Budget::default() }, Reason::Tokens),
        (Budget { micro_dollars: Some(14), ..Budget::default() }, Reason::Money),
        (Budget { time: Some(Duration::from_secs(2)), ..Budget::default() }, Reason::Time),
    ];
    for (budget, reason) in budgets {
        let mut driven = Driven::new(Begun { budget, ..begun() });
        for code in ["a", "b"] {
            driven.code(code);
            driven.now += 1_000;
            driven.finish(code);
        }
        let closing = Remark::Closing(reason);
        assert_eq!(driven.state.next(driven.now), Next::Remark(closing));
        driven.say(Message::user(Origin::Host, "what have you got?"), Some(closing));
        // It may do one thing more.
        driven.code("final('half')");
        let give = |driven: &mut Driven| finals(driven, &json!({ "answer": "half" }));
        driven.run("final('half')", give, Status::Finished, None);
        driven.observe();
        assert_eq!(driven.end(), ending(reason, "half"));
    }
}

#[test]
fn what_is_open_is_not_forgotten() {
    let mut driven = Driven::new(begun());
    let give = |driven: &mut Driven, items: Json| {
        let asked = driven.events.len() as u64;
        let arguments = json!({ "items": items }).to_string();
        driven.event(Event::Asked { asked: Asked::Tool { tool: "todo".to_owned(), arguments } });
        driven.event(Event::Answered { asked, answer: HostAnswer::Tool(Ok("null".to_owned())) });
    };
    driven.code("todo");
    driven.run("todo", |driven| give(driven, json!(["[x] look", "count", "check"])), Status::Finished, None);
    driven.observe();
    let mut reminded = Vec::new();
    for step in 2..=18 {
        let code = format!("x = {step}");
        driven.code(&code);
        driven.finish(&code);
        if driven.state.next(0) == Next::Remark(Remark::Todo) {
            assert_eq!(driven.state.todos().collect::<Vec<_>>(), ["count", "check"]);
            reminded.push(step);
            driven.say(Message::user(Origin::Host, "still open"), Some(Remark::Todo));
        }
    }
    // The list was given in the first step, and told of again every eight.
    assert_eq!(reminded, [9, 17]);
    driven.code("todo");
    driven.run("todo", |driven| give(driven, json!(["[x] count", " [x] check"])), Status::Finished, None);
    driven.observe();
    assert_eq!(driven.state.todos().count(), 0);
}

#[test]
fn a_failure_of_the_model_changes_nothing() {
    let mut driven = Driven::new(begun());
    let failure = ModelFailure::new(crate::agent::ModelFailureKind::Busy, "too many requests");
    driven.entry(Entry::Asked { model: "a/b".to_owned() });
    driven.entry(Entry::Failed { failure: failure.clone() });
    assert_eq!(driven.state.failure(), Some(&failure));
    driven.reply(text("4"));
    assert_eq!(driven.state.failure(), None);
}

#[test]
fn a_second_task_goes_on_with_what_was_said() {
    let mut driven = Driven::new(begun());
    driven.reply(text("4"));
    driven.entry(Entry::Ended(Box::new(driven.end())));
    driven.entry(Entry::Begun(Box::new(Begun { task: "and now?".to_owned(), ..begun() })));
    driven.say(Message::user(Origin::Person, "and now?"), None);
    assert_eq!((driven.state.next(0), driven.state.messages().len()), (Next::Ask, 3));
    assert_eq!(driven.state.spent().steps, 0);
}

#[test]
fn an_entry_is_read_as_it_was_written() {
    let part = Part {
        origin: Origin::Program,
        content: Content::Image { media_type: "image/png".into(), base64: "AA==".into() },
    };
    let entries = [
        Entry::Begun(Box::new(begun())),
        Entry::Said {
            message: Message::Observed { call: None, parts: vec![part] },
            remark: Some(Remark::Loop(3)),
            files: vec![FileNote { path: "/tmp/a".to_owned(), bytes: 3, modified: 4 }],
        },
        Entry::Replied { reply: Box::new(text("4")), micro_dollars: None },
        Entry::Used {
            model: "a/b".to_owned(),
            tokens: Tokens { output: 1, ..Tokens::default() },
            micro_dollars: Some(2),
        },
        Entry::Ended(Box::new(ending(Reason::Money, json!({ "a": [1] })))),
    ];
    for entry in entries {
        let event = Event::Note { kind: ENTRY.to_owned(), data: entry.data() };
        assert_eq!(Entry::of(&event), Some(entry));
    }
    let said = Entry::said(Message::user(Origin::Person, "hello"));
    let part = json!({ "origin": "person", "type": "text", "text": "hello" });
    assert_eq!(said.data(), json!({ "entry": "said", "message": { "role": "user", "parts": [part] } }));
    let other = Event::Note { kind: ENTRY.to_owned(), data: json!({ "entry": "unknown" }) };
    assert_eq!(Entry::of(&other), None);
}

#[test]
fn a_report_is_written_after_the_answer() {
    for is_final in [true, false] {
        let mut driven = Driven::new(Begun { report: true, ..begun() });
        let answer = if is_final {
            driven.code("final(42)");
            driven.run("final(42)", |driven| finals(driven, &json!({ "answer": 42 })), Status::Finished, None);
            driven.observe();
            json!(42)
        } else {
            driven.reply(text("It is 42."));
            json!("It is 42.")
        };
        assert_eq!(driven.state.next(0), Next::Remark(Remark::Report));
        driven.say(Message::user(Origin::Host, "report"), Some(Remark::Report));
        // Code in it does not run.
        let calls = vec![Call { id: "c".to_owned(), name: PYTHON.to_owned(), arguments: "{}".to_owned() }];
        driven.reply(ModelReply { text: "I looked.".to_owned(), calls, ..ModelReply::default() });
        assert_eq!(driven.end(), Ending { report: Some("I looked.".to_owned()), ..ending(Reason::Done, answer) });
    }
}
