//! A model that answers from a script: what it says is written down beforehand, and what it must have been told before.
//!
//! A script is a TOML file:
//!
//! ```toml
//! [[reply]]
//! expect = ["orders.csv"]        # texts that must be in what it was told since its last reply
//! text = "First a look at the file."
//! code = '''
//! print(open("/input/orders.csv").read()[:500])
//! '''
//!
//! [[reply]]
//! code = "final(sum(amounts))"   # computed by the cells: no script holds an answer
//! ```
//!
//! | key of a reply | meaning |
//! |---|---|
//! | `text` | what it says |
//! | `code` | what it wants run: as a call where the model calls tools, else as a block in its text |
//! | `expect` | texts that what it was told since its last reply must contain; else it fails |
//! | `think` | how many milliseconds it takes |
//! | `calls` | calls as they are, instead of `code`: tables of `id`, `name`, `arguments` (a text) |
//! | `stop` | `end`, `calls`, `length` or `refused`; default: `calls` if it calls something |
//! | `tokens` | what it used: a table of `fresh`, `cached`, `kept`, `output` |
//! | `fail` | it fails instead: a table of `kind` (`busy`, `unavailable`, `timeout`, …) and `message` |
//!
//! What programs ask of it with `llm` is answered by `[[inference]]`: the first one whose `prompt` is in what is asked answers
//! with its `text`, and `stop`, and has used its `tokens`. Where that does not fit a schema, it is asked again: that is answered
//! in the same way, by what it is told then.
//!
//! `context_bytes`, at the beginning of the file, says how long a conversation it can read, in bytes of text.
//!
//! The reply is the one after those that were given before, so that a scripted agent can be resumed and forked.

use std::path::Path;
use std::time::Duration;

use exuvia_core::agent::{
    Call, Content, Delta, Listener, Message, Model, ModelFailure, ModelFailureKind, ModelFuture, ModelReply,
    ModelRequest, PYTHON_TOOL, Part, Stop, Tokens,
};
use exuvia_core::observation::excerpt::shown;
use serde::Deserialize;
use serde_json::json;

/// The provider of all of them.
pub const PROVIDER: &str = "scripted";
/// How much is shown of what a reply did not expect, in bytes.
const TOLD_BYTES_MAX: usize = 400;

/// What a scripted model says.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Script {
    context_bytes: Option<usize>,
    #[serde(default)]
    reply: Vec<Scripted>,
    #[serde(default)]
    inference: Vec<Inference>,
}

/// What it answers to a program.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Inference {
    #[serde(default)]
    prompt: String,
    text: String,
    stop: Option<Stop>,
    #[serde(default)]
    tokens: Tokens,
}

/// One reply.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Scripted {
    #[serde(default)]
    expect: Vec<String>,
    #[serde(default)]
    text: String,
    code: Option<String>,
    think: Option<u64>,
    #[serde(default)]
    calls: Vec<Call>,
    stop: Option<Stop>,
    #[serde(default)]
    tokens: Tokens,
    fail: Option<Fail>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Fail {
    kind: ModelFailureKind,
    message: String,
}

/// Why a script cannot be used: what, and in which line.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ScriptError(String);

impl Script {
    /// Reads a script.
    ///
    /// # Errors
    ///
    /// The text is no script.
    pub fn parse(text: &str) -> Result<Self, ScriptError> {
        let script: Self = toml::from_str(text).map_err(|error| {
            let line = error.span().map_or(1, |span| text[..span.start.min(text.len())].matches('\n').count() + 1);
            ScriptError(format!("line {line}: {}", error.message()))
        })?;
        if script.reply.is_empty() {
            return Err(ScriptError("there is no [[reply]] in it".to_owned()));
        }
        Ok(script)
    }
}

impl Script {
    /// Refuses a conversation that is longer than it can read.
    fn check_length(&self, request: &ModelRequest) -> Result<(), ModelFailure> {
        let Some(bytes_max) = self.context_bytes else { return Ok(()) };
        let length = |message: &Message| match message {
            Message::Model(reply) => {
                reply.text.len() + reply.calls.iter().map(|call| call.arguments.len()).sum::<usize>()
            }
            message => texts(message.parts()).map(str::len).sum(),
        };
        let bytes: usize = request.messages.iter().map(|message| length(message)).sum();
        if bytes <= bytes_max {
            return Ok(());
        }
        let message = format!("the conversation has {bytes} bytes, the script reads {bytes_max}");
        Err(ModelFailure::new(ModelFailureKind::TooLong, message))
    }
}

/// A model that answers from a script.
#[derive(Debug, Clone)]
pub struct ScriptedModel {
    name: String,
    script: Script,
}

impl ScriptedModel {
    /// Makes a model that is named after the script's file.
    #[must_use]
    pub fn new(path: &Path, script: Script) -> Self {
        let name = path.file_stem().map_or("model".into(), |stem| stem.to_string_lossy());
        Self { name: format!("{PROVIDER}/{name}"), script }
    }

    async fn answer(&self, request: ModelRequest, listener: Listener<'_>) -> Result<ModelReply, ModelFailure> {
        if request.is_inference() {
            return self.infer(&request);
        }
        let index = request.replies as usize;
        let failed = |message: String| ModelFailure::new(ModelFailureKind::Script, message);
        self.script.check_length(&request)?;
        let Some(scripted) = self.script.reply.get(index) else {
            let replies = self.script.reply.len();
            return Err(failed(format!("the script of `{}` has {replies} replies, and is asked for more", self.name)));
        };
        let told = told(&request);
        if let Some(missing) = scripted.expect.iter().find(|text| !told.contains(text.as_str())) {
            let told = shown(&told, TOLD_BYTES_MAX);
            return Err(failed(format!(
                "reply {} of the script expects to be told `{missing}`, and was told: {told}",
                index + 1
            )));
        }
        if let Some(think) = scripted.think {
            tokio::time::sleep(Duration::from_millis(think)).await;
        }
        if let Some(fail) = &scripted.fail {
            return Err(ModelFailure::new(fail.kind, fail.message.clone()));
        }
        let reply = scripted.reply(index, request.tool.is_some());
        if !reply.text.is_empty() {
            listener(Delta::Text(&reply.text));
        }
        Ok(reply)
    }
}

impl ScriptedModel {
    fn infer(&self, request: &ModelRequest) -> Result<ModelReply, ModelFailure> {
        let told = told(request);
        let answer = self.script.inference.iter().find(|inference| told.contains(&inference.prompt));
        let answer = answer.ok_or_else(|| {
            let told = shown(&told, TOLD_BYTES_MAX);
            ModelFailure::new(ModelFailureKind::Script, format!("the script has no [[inference]] for this: {told}"))
        })?;
        let stop = answer.stop.clone().unwrap_or_default();
        Ok(ModelReply { text: answer.text.clone(), stop, tokens: answer.tokens, ..ModelReply::default() })
    }
}

impl Model for ScriptedModel {
    fn name(&self) -> &str {
        &self.name
    }

    fn ask<'a>(&'a self, request: ModelRequest, listener: Listener<'a>) -> ModelFuture<'a> {
        Box::pin(self.answer(request, listener))
    }
}

impl Scripted {
    fn reply(&self, index: usize, calls_tools: bool) -> ModelReply {
        let (mut text, mut calls) = (self.text.clone(), self.calls.clone());
        match &self.code {
            Some(code) if calls_tools => {
                let arguments = json!({ "code": code.trim_matches('\n') }).to_string();
                calls.push(Call { id: format!("call_{}", index + 1), name: PYTHON_TOOL.to_owned(), arguments });
            }
            Some(code) => text = format!("{}\n```python\n{}\n```", text.trim_end(), code.trim_matches('\n')),
            None => {}
        }
        let stop = match &self.stop {
            Some(stop) => stop.clone(),
            None if calls.is_empty() => Stop::End,
            None => Stop::Calls,
        };
        let text = text.trim_matches('\n').to_owned();
        ModelReply { text, calls, stop, tokens: self.tokens, ..ModelReply::default() }
    }
}

/// Returns what the model was told since its last reply.
fn told(request: &ModelRequest) -> String {
    let since = request.messages.iter().rposition(|message| matches!(**message, Message::Model(_)));
    let messages = &request.messages[since.map_or(0, |index| index + 1)..];
    messages.iter().flat_map(|message| texts(message.parts())).collect::<Vec<_>>().join("\n")
}

fn texts(parts: &[Part]) -> impl Iterator<Item = &str> {
    parts.iter().filter_map(|part| match &part.content {
        Content::Text { text } => Some(text.as_str()),
        Content::Image { .. } => None,
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use exuvia_core::agent::Origin;

    use super::*;

    const SCRIPT: &str = r#"
        [[reply]]
        expect = ["do it"]
        text = "First this."
        code = '''
        1 + 1
        '''

        [[reply]]
        expect = ["2"]
        text = "It is 2."
        tokens = { fresh = 10, output = 3 }
    "#;

    fn model(script: &str) -> ScriptedModel {
        ScriptedModel::new(Path::new("folder/add.toml"), Script::parse(script).expect("it is a script"))
    }

    fn request(messages: Vec<Message>, tool: bool) -> ModelRequest {
        let replies = messages.iter().filter(|message| matches!(message, Message::Model(_))).count();
        ModelRequest {
            system: "".into(),
            messages: messages.into_iter().map(Arc::new).collect(),
            tool: tool.then(|| "runs Python".into()),
            schema: None,
            output_tokens_max: None,
            replies: u32::try_from(replies).expect("they are few"),
        }
    }

    fn said(text: &str) -> Message {
        Message::user(Origin::Person, text)
    }

    #[tokio::test]
    async fn it_says_what_comes_next() {
        let model = model(SCRIPT);
        assert_eq!(model.name(), "scripted/add");
        let first = model.ask(request(vec![said("do it")], true), &|_| {}).await.expect("it answers");
        assert_eq!((first.text.as_str(), &first.stop), ("First this.", &Stop::Calls));
        assert_eq!(first.calls[0].arguments, r#"{"code":"        1 + 1\n        "}"#);
        let history = vec![said("do it"), Message::Model(Box::new(first)), said("→ 2")];
        let second = model.ask(request(history, true), &|_| {}).await.expect("it answers");
        let tokens = Tokens { fresh: 10, output: 3, ..Tokens::default() };
        assert_eq!((second.text.as_str(), second.stop, second.tokens), ("It is 2.", Stop::End, tokens));
    }

    #[tokio::test]
    async fn without_tools_code_stands_in_the_text() {
        let script = "[[reply]]\ntext = 'So:'\ncode = '1'";
        let reply = model(script).ask(request(vec![said("")], false), &|_| {}).await.expect("it answers");
        assert_eq!((reply.text.as_str(), reply.calls.len()), ("So:\n```python\n1\n```", 0));
    }

    #[tokio::test]
    async fn it_fails_where_it_was_told_something_else() {
        let model = model(SCRIPT);
        let failure = model.ask(request(vec![said("hello")], true), &|_| {}).await.expect_err("it was not told that");
        assert_eq!(failure.to_string(), "reply 1 of the script expects to be told `do it`, and was told: hello");
        let replied = || Message::Model(Box::default());
        let history = vec![said("do it"), replied(), said("2"), replied()];
        let failure = model.ask(request(history, true), &|_| {}).await.expect_err("there are two");
        assert_eq!(failure.to_string(), "the script of `scripted/add` has 2 replies, and is asked for more");
    }

    #[test]
    fn what_is_no_script_is_told_with_its_line() {
        let problem = |text: &str| Script::parse(text).expect_err("it is no script").to_string();
        assert_eq!(problem(""), "there is no [[reply]] in it");
        assert_eq!(problem("[[reply]]\ntext = 1"), "line 2: invalid type: integer `1`, expected a string");
        assert_eq!(problem("[[reply]]\n\nsay = ''").split(',').next(), Some("line 3: unknown field `say`"));
    }
}
