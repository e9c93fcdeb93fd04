//! What each `try` of a body becomes, found in a first pass over the body.
//!
//! The second pass needs to know at a `try` what comes only later: its `catch`
//! clauses, whether the exception itself is wanted again, and whether it ends in
//! a `delegate`.

use wasmparser::{FunctionBody, Operator};

use super::{Bounded, TranslateError};

/// The position of a `try` among those of its body, in the order in which they
/// open. An enclosing `try` has a smaller one than those inside it.
pub(super) type TryIndex = usize;

/// What the legacy instructions of one body become.
pub(super) struct Plan {
    /// One entry for each `try`.
    pub tries: Vec<Try>,
    /// Whether a `delegate` hands exceptions past everything to the caller.
    pub caller_receives: bool,
}

/// One `try`.
pub(super) struct Try {
    pub form: Form,
    /// The `catch` clauses, and `catch_all` last.
    pub catches: Vec<Catch>,
    /// Whether a `delegate` hands exceptions to this one past others.
    pub receives: bool,
    /// The innermost `try` whose body (not handlers) this one stands in.
    parent: Option<TryIndex>,
}

/// One `catch` or `catch_all` clause.
pub(super) struct Catch {
    /// The tag; `None` for `catch_all`.
    pub tag: Option<u32>,
    /// Whether a `rethrow` in the handler needs the exception itself.
    pub rethrown: bool,
}

/// What a `try` becomes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// A plain block: it changes nothing for exceptions.
    Block,
    /// A `try_table` with a handler for each clause.
    Catching,
    /// A `try_table` that hands all exceptions to another handler, past those
    /// in between.
    Delegating(Target),
}

/// Who is to get an exception.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    /// The `try` with this index, which is [`Form::Catching`].
    Try(TryIndex),
    /// The function's caller.
    Caller,
}

/// A construct that is open.
struct Frame {
    /// The `try` that this frame is.
    own: Option<TryIndex>,
    /// The innermost `try` in whose body code in this frame stands, this frame
    /// included. Kept for each frame, as looking outwards for it at each
    /// `delegate` would take a hostile body quadratic time.
    protector: Option<TryIndex>,
}

impl Plan {
    /// Plans the rewriting of a valid body.
    pub(super) fn new(body: &FunctionBody<'_>) -> Result<Self, TranslateError> {
        let mut pass =
            Pass { tries: Vec::new(), endings: Vec::new(), frames: vec![Frame { own: None, protector: None }] };
        let mut operators = body.get_operators_reader()?;
        while !operators.eof() {
            pass.operator(&operators.read()?)?;
        }
        Ok(pass.resolve())
    }
}

/// The state of the pass.
struct Pass {
    tries: Vec<Try>,
    /// Each `try` that ends in `delegate`, with the `try` that protects the
    /// place it names.
    endings: Vec<(TryIndex, Option<TryIndex>)>,
    frames: Vec<Frame>,
}

impl Pass {
    fn operator(&mut self, operator: &Operator<'_>) -> Result<(), TranslateError> {
        match *operator {
            Operator::Block { .. } | Operator::Loop { .. } | Operator::If { .. } => {
                let protector = self.protector();
                self.frames.push(Frame { own: None, protector });
            }
            Operator::Try { .. } => {
                let index = self.tries.len();
                self.tries.push(Try {
                    form: Form::Block,
                    catches: Vec::new(),
                    receives: false,
                    parent: self.protector(),
                });
                self.frames.push(Frame { own: Some(index), protector: Some(index) });
            }
            Operator::Catch { tag_index } => self.catch(Some(tag_index))?,
            Operator::CatchAll => self.catch(None)?,
            Operator::Rethrow { relative_depth } => {
                if let Some(index) = self.frame(relative_depth).own
                    && let Some(catch) = self.tries[index].catches.last_mut()
                {
                    catch.rethrown = true;
                }
            }
            Operator::Delegate { relative_depth } => {
                let frame = self.frames.pop();
                let index = frame.and_then(|frame| frame.own).expect("the module is valid: `delegate` ends a `try`");
                let target = self.frame(relative_depth).protector;
                self.endings.push((index, target));
            }
            Operator::End => {
                self.frames.pop();
            }
            _ => {}
        }
        Ok(())
    }

    fn catch(&mut self, tag: Option<u32>) -> Result<(), TranslateError> {
        let frame = self.frames.last_mut().expect("the module is valid: `catch` stands in a `try`");
        let index = frame.own.expect("the module is valid: `catch` stands in a `try`");
        let this = &mut self.tries[index];
        // A handler is not protected by its own `try`.
        frame.protector = this.parent;
        this.form = Form::Catching;
        this.catches.push(Catch { tag, rethrown: false });
        Bounded::Catches.check(this.catches.len())
    }

    fn protector(&self) -> Option<TryIndex> {
        self.frames.last().and_then(|frame| frame.protector)
    }

    /// The frame that a label of the given depth names.
    fn frame(&self, depth: u32) -> &Frame {
        self.frames.iter().nth_back(depth as usize).expect("the module is valid: the label exists")
    }

    /// Finds out what each `delegate` comes to.
    fn resolve(self) -> Plan {
        let Self { mut tries, endings, .. } = self;
        let mut delegates = vec![None; tries.len()];
        for (index, target) in endings {
            delegates[index] = Some(target);
        }
        let mut caller_receives = false;
        // Who gets an exception that leaves the body of a `try`. Each depends on
        // enclosing ones only, which come first.
        let mut receivers: Vec<Target> = Vec::with_capacity(tries.len());
        for index in 0..tries.len() {
            let receiver_of =
                |protector: Option<TryIndex>| protector.map_or(Target::Caller, |protector| receivers[protector]);
            let unwinding = receiver_of(tries[index].parent);
            let receiver = match (tries[index].form, delegates[index]) {
                (Form::Catching, _) => Target::Try(index),
                (_, Some(target)) => receiver_of(target),
                (_, None) => unwinding,
            };
            receivers.push(receiver);
            if tries[index].form != Form::Catching && receiver != unwinding {
                tries[index].form = Form::Delegating(receiver);
                match receiver {
                    Target::Try(target) => tries[target].receives = true,
                    Target::Caller => caller_receives = true,
                }
            }
        }
        Plan { tries, caller_receives }
    }
}
