//! Asking at the terminal whether a call may be made.

use std::future::ready;

use exuvia_tools::{Approval, ApprovalFuture, ApprovalRequest, Approver};

use super::remembered::Remembered;
use crate::desk::{Desk, Question};
use crate::{failure, output};

/// How many characters of a call's arguments are shown.
const SHOWN_MAX: usize = 2_000;

/// Whoever sits at the terminal of this process, and what they have agreed to before.
pub(super) struct Terminal {
    remembered: Option<Remembered>,
    desk: Option<Desk>,
}

impl Terminal {
    /// Returns whoever can be asked: at a terminal at which somebody would see a question, or by what was agreed to.
    pub(super) fn find(remembered: Option<Remembered>) -> Option<Self> {
        let desk = Desk::find();
        (desk.is_some() || remembered.is_some()).then_some(Self { remembered, desk })
    }
}

impl Approver for Terminal {
    fn ask(&self, request: ApprovalRequest) -> ApprovalFuture {
        if self.remembered.as_ref().is_some_and(|remembered| remembered.has(&request.declaration.name)) {
            return Box::pin(ready(Approval::Always));
        }
        let Some(desk) = self.desk.clone() else {
            return Box::pin(ready(Approval::Deny("it needs approval, and nobody is there to ask".to_owned())));
        };
        let remembered = self.remembered.clone();
        Box::pin(async move { ask(&desk, &request, remembered.as_ref()).await })
    }
}

/// Asks until there is an answer. One that nobody waits for any more is none: nothing is remembered then.
async fn ask(desk: &Desk, request: &ApprovalRequest, remembered: Option<&Remembered>) -> Approval {
    let denied = || Approval::Deny("whoever was asked said no".to_owned());
    let prompt = match remembered {
        Some(_) => "allow it? [y]es, [a]lways in this session, [r]emember for later ones, [n]o: ",
        None => "allow it? [y]es, [a]lways, [n]o: ",
    };
    let text = format!("the program wants to call {}", shown(request));
    let question = Question { text, prompt, is_urgent: false };
    // What is agreed to is what there is when it is asked.
    let agreement = remembered.map(|remembered| remembered.agreement(&request.declaration.name));
    loop {
        let Some(line) = desk.ask(question.clone()).await else { return denied() };
        match line.trim().to_ascii_lowercase().as_str() {
            "y" | "yes" => return Approval::Once,
            "a" | "always" => return Approval::Always,
            "r" | "remember" if agreement.is_some() => {
                if let Some(Err(error)) = agreement.map(|agreement| agreement.keep()) {
                    output::say(&format!("it cannot be remembered: {}", failure::reason(&error)));
                }
                return Approval::Always;
            }
            "n" | "no" => return denied(),
            _ => {}
        }
    }
}

/// Returns the call as a line. The arguments are the program's words: nothing in them reaches the terminal as a control.
fn shown(request: &ApprovalRequest) -> String {
    let arguments = request.arguments.to_string();
    let mut call = format!("{}(", request.declaration.name);
    for character in arguments.chars().take(SHOWN_MAX) {
        if character.is_ascii_graphic() || character == ' ' || character.is_alphanumeric() {
            call.push(character);
        } else {
            call.extend(character.escape_unicode());
        }
    }
    if arguments.chars().nth(SHOWN_MAX).is_some() {
        call.push('…');
    }
    call.push(')');
    call
}
