//! Conversations that become too long.

use super::*;
use crate::agent::{Attempt, ModelFailure, ModelFailureKind, Reminder, Rule};

fn short(context_tokens: u64) -> Driven {
    Driven::new(Begun { context_tokens: Some(context_tokens), ..begun() })
}

impl Driven {
    /// The model has counted so many tokens, and wants this code run, which raises an error if one is given.
    fn counted(&mut self, code: &str, fresh: u64, error: Option<&str>) {
        let arguments = json!({ "code": code }).to_string();
        let calls = vec![Call { id: "c".to_owned(), name: PYTHON.to_owned(), arguments }];
        let tokens = Tokens { fresh, output: 5, ..Tokens::default() };
        self.reply(ModelReply { calls, stop: Stop::Calls, tokens, ..ModelReply::default() });
        let status = if error.is_some() { Status::Raised } else { Status::Finished };
        self.run(code, |_| {}, status, error);
        self.observe();
    }

    fn told_to_sum_up(&mut self) {
        assert_eq!(self.state.next(self.now), Next::Remark(Remark::Compact));
        self.say(Message::user(Origin::Host, "sum up"), Some(Remark::Compact));
    }

    fn compacted(&mut self, expected: &str) {
        let summary = expected.to_owned();
        assert_eq!(self.state.next(self.now), Next::Compact { summary });
        self.entry(Entry::Compacted { parts: vec![Part::text(Origin::Model, expected)] });
    }

    fn texts(&self) -> Vec<String> {
        let request = self.state.request();
        let parts = request.messages.iter().flat_map(|message| message.parts().to_vec());
        let text = |part: Part| match part.content {
            Content::Text { text } => text,
            Content::Image { .. } => String::new(),
        };
        parts.map(text).collect()
    }
}

#[test]
fn a_long_conversation_is_summed_up_and_left_out() {
    let mut driven = short(1_000);
    driven.counted("a = 1", 600, None);
    driven.counted("b = 2", 900, Some("no"));
    // 905 tokens were counted, and little was said since.
    driven.counted("c = 3", 990, Some("no"));
    assert_eq!(driven.state.context_tokens(), 995);
    driven.counted("d = 4", 996, None);
    driven.told_to_sum_up();
    // What else it says does not count: no code of it is run.
    let calls = vec![Call { id: "x".to_owned(), name: PYTHON.to_owned(), arguments: "{}".to_owned() }];
    driven.reply(ModelReply { text: " a is 1. ".to_owned(), calls, ..ModelReply::default() });
    driven.compacted("a is 1.");
    assert_eq!(driven.texts(), ["do it", "a is 1."]);
    assert_eq!((driven.state.request().messages.len(), driven.state.request().replies), (1, 5));
    let failed = Attempt { cell: 3, code: "c = 3".to_owned(), reason: "ValueError: no".to_owned(), times: 2 };
    assert_eq!(driven.state.attempts(), [failed]);
    // It goes on, and there is a step to go on from for each reply.
    driven.counted("e = 5", 20, None);
    assert_eq!(driven.state.steps().len(), 6);
    driven.reply(text("It is 5."));
    assert_eq!(driven.end(), ending(Reason::Done, "It is 5."));
}

#[test]
fn it_is_not_compacted_before_something_was_done() {
    let mut driven = short(10);
    driven.counted("a = 1", 600, None);
    driven.counted("b = 2", 600, None);
    assert_eq!(driven.state.next(0), Next::Ask);
    driven.counted("c = 3", 600, None);
    driven.told_to_sum_up();
    driven.reply(text("so far"));
    driven.compacted("so far");
    // And not again at once, though the summary alone may be too long.
    driven.counted("d = 4", 600, None);
    assert_eq!(driven.state.next(0), Next::Ask);
}

/// Where a model does not count, the length of what was said stands for that.
#[test]
fn what_nobody_counts_is_taken_by_its_length() {
    let mut driven = short(1_000);
    for code in ["1", "2", "3"] {
        driven.counted(code, 0, None);
    }
    driven.say(Message::user(Origin::Person, "x".repeat(2_900)), None);
    assert_eq!(driven.state.next(0), Next::Ask);
    driven.say(Message::user(Origin::Person, "x".repeat(200)), None);
    driven.told_to_sum_up();
}

#[test]
fn what_a_model_cannot_read_is_left_out_without_a_summary() {
    let mut driven = Driven::new(begun());
    driven.counted("a = 1", 600, None);
    let overflow = |driven: &mut Driven| {
        driven.entry(Entry::Asked { model: "m".to_owned() });
        let failure = ModelFailure::new(ModelFailureKind::TooLong, "too long");
        driven.entry(Entry::Failed { failure });
    };
    overflow(&mut driven);
    driven.compacted("");
    // What is too long now is the task itself.
    overflow(&mut driven);
    assert_eq!(driven.state.next(0), Next::Ask);
    assert_eq!(driven.state.failure().expect("it failed").kind, ModelFailureKind::TooLong);
}

#[test]
fn notes_are_kept_and_the_list_is_whole() {
    let mut driven = short(1_000);
    let code = "note('a')";
    driven.code(code);
    driven.run(
        code,
        |driven| {
            for (tool, arguments) in [
                ("note", json!({ "text": "the key is in b" })),
                ("todo", json!({ "items": ["[x] look", "count"] })),
                ("note", json!({ "text": "c is empty" })),
                ("note", json!({ "text": "the key is in b" })),
            ] {
                let position = driven.events.len() as u64;
                let asked = Asked::Tool { tool: tool.to_owned(), arguments: arguments.to_string() };
                driven.event(Event::Asked { asked });
                let answer = HostAnswer::Tool(Ok("null".to_owned()));
                driven.event(Event::Answered { asked: position, answer });
            }
        },
        Status::Finished,
        None,
    );
    driven.observe();
    assert_eq!(driven.state.notes(), ["c is empty", "the key is in b"]);
    assert_eq!(driven.state.list(), ["[x] look", "count"]);
}

#[test]
fn a_model_is_reminded() {
    let reminders = vec![
        Reminder { rule: Rule::Keyword("invoice".to_owned()), text: "net prices".to_owned() },
        Reminder { rule: Rule::Unused { tool: "search".to_owned(), cells: 2 }, text: "there is a search".to_owned() },
    ];
    let mut driven = Driven::new(Begun { reminders, ..begun() });
    driven.code("print(Invoices)");
    driven.finish("print(Invoices)");
    let remark = Remark::Reminder(0);
    assert_eq!(driven.state.next(0), Next::Remark(remark));
    driven.say(Message::user(Origin::Host, "net prices"), Some(remark));
    driven.code("2");
    driven.finish("2");
    let remark = Remark::Reminder(1);
    assert_eq!(driven.state.next(0), Next::Remark(remark));
    driven.say(Message::user(Origin::Host, "there is a search"), Some(remark));
    assert_eq!(driven.state.next(0), Next::Ask);
}

/// However often the conversation is left out, what the person has said is known.
#[test]
fn words_of_the_person_are_kept() {
    let mut driven = short(1_000);
    let said = |driven: &Driven| driven.state.words().map(str::to_owned).collect::<Vec<_>>();
    driven.say(Message::user(Origin::Person, "in euros"), None);
    for summary in ["once", "twice"] {
        for fresh in [100, 200, 1_200] {
            driven.counted(&format!("{summary} = {fresh}"), fresh, None);
            if driven.state.next(0) != Next::Ask {
                break;
            }
        }
        driven.told_to_sum_up();
        driven.reply(text(summary));
        driven.compacted(summary);
        driven.say(Message::user(Origin::Person, format!("said after it was left out {summary}")), None);
    }
    let expected = ["in euros", "said after it was left out once", "said after it was left out twice"];
    assert_eq!(said(&driven), expected);
    // To the next task, this one is something that was said.
    driven.entry(Entry::Begun(Box::new(begun())));
    driven.say(Message::user(Origin::Person, "now that"), None);
    assert_eq!(said(&driven), ["do it", expected[0], expected[1], expected[2]]);
    // Of many, the last ones are kept, and the beginning of each.
    for number in 0..100 {
        driven.say(Message::user(Origin::Person, format!("{number} {}", "ö".repeat(5_000))), None);
    }
    let kept = said(&driven);
    assert_eq!((kept.len(), kept[0].starts_with("50 "), kept[49].starts_with("99 ")), (50, true, true));
    assert!(kept.iter().all(|text| text.len() < 4_200 && text.ends_with("ö…")));
}

/// A word of the task itself is one that is found.
#[test]
fn a_model_is_reminded_of_what_the_task_is_about() {
    let reminders = vec![Reminder { rule: Rule::Keyword("Invoice".to_owned()), text: "net prices".to_owned() }];
    let mut driven = Driven::new(Begun { reminders: reminders.clone(), ..begun() });
    assert_eq!(driven.state.next(0), Next::Ask);
    driven.say(Message::user(Origin::Host, "invoices, say"), None);
    assert_eq!(driven.state.next(0), Next::Ask);
    driven.say(Message::user(Origin::Person, "Add up the invoices."), None);
    assert_eq!(driven.state.next(0), Next::Remark(Remark::Reminder(0)));
}
