//! What passed between an agent and its model.

use exuvia_core::agent::{Begun, Budget, Content, Entry, Message, ModelReply, Origin, Part, Tokens};
use exuvia_core::observation::seconds;
use serde_json::Value as Json;

use super::fit::fitting_line;
use super::{Emphasis, Text};

impl Text {
    /// Writes an entry. What stands in the cells beside it is not written again: the code that a reply wants run, and what
    /// the model was told of it.
    pub(super) fn agent(&mut self, entry: &Entry) {
        match entry {
            Entry::Begun(begun) => self.begun(begun),
            Entry::Said { message: Message::Observed { .. }, .. } => {}
            Entry::Said { message, .. } => message.parts().iter().for_each(|part| self.said(part)),
            Entry::Asked { model } => self.labelled("asked", Emphasis::Label, [fitting_line(model, self.style.full)]),
            Entry::Replied { reply, micro_dollars } => self.reply(reply, *micro_dollars),
            Entry::Used { model, tokens, micro_dollars } => {
                let used = format!("{model}: {}", used(*tokens, *micro_dollars));
                self.labelled("used", Emphasis::Label, [fitting_line(&used, self.style.full)]);
            }
            Entry::Failed { failure } => {
                self.labelled("failed", Emphasis::Error, [fitting_line(&failure.message, self.style.full)]);
            }
            Entry::Compacted { parts } => parts.iter().for_each(|part| self.said(part)),
            Entry::Allowed { budget } => {
                self.labelled("allowed", Emphasis::Label, [fitting_line(&allowed(budget), self.style.full)]);
            }
            Entry::Ended(ending) => {
                let answer = match &ending.answer {
                    Json::String(text) => text.clone(),
                    value => value.to_string(),
                };
                self.block("answer", Emphasis::Mark, answer.as_bytes());
                if let Some(report) = &ending.report {
                    self.block("report", Emphasis::Label, report.as_bytes());
                }
                self.labelled("ended", Emphasis::Label, [ending.reason.word().to_owned()]);
                for path in &ending.artifacts {
                    self.labelled("artifact", Emphasis::Label, [fitting_line(path, self.style.full)]);
                }
            }
        }
    }

    fn begun(&mut self, begun: &Begun) {
        // The task is among what is said next.
        self.text.push('\n');
        if self.style.full {
            self.block("system", Emphasis::Label, begun.system.as_bytes());
        }
    }

    fn said(&mut self, part: &Part) {
        let label = match part.origin {
            Origin::Person => "person",
            Origin::Host => "remark",
            Origin::Document => "document",
            Origin::Program => "told",
            Origin::Model => "summary",
        };
        match &part.content {
            Content::Text { text } => self.block(label, Emphasis::Label, text.as_bytes()),
            Content::Image { media_type, base64 } => {
                let image = format!("{media_type}, {} bytes", base64.len() / 4 * 3);
                self.labelled(label, Emphasis::Label, [fitting_line(&image, self.style.full)]);
            }
        }
    }

    fn reply(&mut self, reply: &ModelReply, micro_dollars: Option<u64>) {
        if self.style.full && !reply.reasoning.is_empty() {
            self.block("thought", Emphasis::Label, reply.reasoning.as_bytes());
        }
        if !reply.text.is_empty() {
            self.block("reply", Emphasis::Mark, reply.text.as_bytes());
        }
        if reply.tokens.all() > 0 {
            self.labelled("used", Emphasis::Label, [used(reply.tokens, micro_dollars)]);
        }
    }
}

fn used(tokens: Tokens, micro_dollars: Option<u64>) -> String {
    let Tokens { fresh, cached, output, .. } = tokens;
    let tokens = format!("{fresh} fresh, {cached} cached, {output} written tokens");
    match micro_dollars {
        Some(cost) => format!("{tokens}, {}", dollars(cost)),
        None => tokens,
    }
}

fn dollars(micro_dollars: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "it is shown with six digits")]
    let dollars = micro_dollars as f64 / 1e6;
    format!("${dollars:.6}")
}

/// Returns what a budget allows, in words.
fn allowed(budget: &Budget) -> String {
    let mut parts = vec![format!("{} steps", budget.steps)];
    parts.extend(budget.tokens.map(|tokens| format!("{tokens} tokens")));
    parts.extend(budget.micro_dollars.map(dollars));
    parts.extend(budget.time.map(seconds));
    parts.join(", ")
}
