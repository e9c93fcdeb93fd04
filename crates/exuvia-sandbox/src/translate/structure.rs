//! Rewrites the control instructions of one body with legacy exceptions.
//!
//! A `try` with parameters `t*`, results `r*` and two clauses becomes
//!
//! ```text
//! (block $done (t* -> r*)
//!   (block $second (t* -> <what the second clause catches>)
//!     (block $first (t* -> <what the first clause catches>)
//!       (try_table (t* -> r*) (catch $a $first) (catch_all $second)
//!         <body>)
//!       (br $done))
//!     <first handler>
//!     (br $done))
//!   <second handler>)
//! ```
//!
//! A clause whose handler has a `rethrow` catches the exception itself as well
//! (`catch_ref`) and keeps it in a local; `rethrow` is then `throw_ref`. Others
//! use the cheaper `catch`, which need not keep the exception alive.
//!
//! A `delegate` past other handlers catches everything with its exception and
//! branches to a block just inside the `try_table` that is to handle it, or just
//! inside the function, where it is thrown again:
//!
//! ```text
//! (try_table … (catch …)              (try_table … (catch …)
//!   <body>)                becomes      (block $receiver (t* -> exnref)
//!                                         <body>
//!                                         (br $done))
//!                                       (throw_ref))
//! ```
//!
//! A handler begins with an empty stack and reachable, as in the legacy form, so
//! dead code needs no care.

use wasm_encoder::{
    BlockType, Catch, InstructionSink, ValType,
    reencode::{Reencode, RoundtripReencoder},
};
use wasmparser::{BrTable, Operator};

use super::{
    TranslateError,
    plan::{Form, Plan, Target, TryIndex},
    signatures::{LandingType, Signatures},
};

/// A label of the output, counted from the function's own, which is 0. It stays
/// the same while the construct is open; depths count from the other end.
#[derive(Clone, Copy)]
struct Label(u32);

impl Label {
    const FUNCTION: Self = Self(0);
    /// The block just inside the function, if a `delegate` needs it.
    const CALLER_RECEIVER: Self = Self(1);
}

/// A construct of the input that is open.
struct Frame {
    /// Where a branch to it goes.
    label: Label,
    /// The `try` that it is.
    own: Option<OpenTry>,
    /// How many locals hold exceptions here.
    exceptions_held: u32,
}

/// A `try` that is open.
struct OpenTry {
    index: TryIndex,
    /// How many of its clauses have begun.
    clauses: usize,
}

/// The state of the rewriting.
pub(super) struct Structure<'t, 's> {
    plan: Plan,
    signatures: &'t mut Signatures<'s>,
    /// The receiving block of each `try` that has one; the function's label for
    /// others.
    receivers: Vec<Label>,
    tries_opened: TryIndex,
    frames: Vec<Frame>,
    /// How many labels are open in the output.
    labels: u32,
    /// How many locals and parameters the input has.
    locals: u32,
    exceptions_held_max: u32,
}

impl<'t, 's> Structure<'t, 's> {
    /// Prepares for a body with the given `plan` and number of `locals`,
    /// parameters included.
    pub(super) fn new(plan: Plan, signatures: &'t mut Signatures<'s>, locals: u32) -> Self {
        Self {
            receivers: vec![Label::FUNCTION; plan.tries.len()],
            plan,
            signatures,
            tries_opened: 0,
            frames: Vec::new(),
            labels: 0,
            locals,
            exceptions_held_max: 0,
        }
    }

    /// How many locals for exceptions the new body needs.
    pub(super) fn exceptions_held_max(&self) -> u32 {
        self.exceptions_held_max
    }

    /// Writes what comes before the first instruction.
    pub(super) fn open_function(&mut self, sink: &mut InstructionSink<'_>) {
        let label = self.open_label();
        self.open_frame(label, None);
        if self.plan.caller_receives {
            sink.block(BlockType::Result(ValType::EXNREF));
            self.open_label();
        }
    }

    /// Writes what replaces `operator` and returns true; false if it stays.
    pub(super) fn replace(
        &mut self,
        operator: &Operator<'_>,
        sink: &mut InstructionSink<'_>,
    ) -> Result<bool, TranslateError> {
        match *operator {
            Operator::Block { .. } | Operator::Loop { .. } | Operator::If { .. } => {
                let label = self.open_label();
                self.open_frame(label, None);
                return Ok(false);
            }
            Operator::Try { blockty } => self.open_try(blockty, sink)?,
            Operator::Catch { .. } | Operator::CatchAll => self.clause(sink),
            Operator::Rethrow { relative_depth } => {
                let held = self.frame(relative_depth).exceptions_held;
                let local = self.locals + held.saturating_sub(1);
                sink.local_get(local).throw_ref();
            }
            Operator::Delegate { .. } => {
                self.frames.pop();
                self.close_label(sink);
            }
            Operator::End => self.end(sink),
            _ => return self.branch(operator, sink),
        }
        Ok(true)
    }

    /// Replaces a branch, as [`Structure::replace`].
    fn branch(&self, operator: &Operator<'_>, sink: &mut InstructionSink<'_>) -> Result<bool, TranslateError> {
        match *operator {
            Operator::Br { relative_depth } => sink.br(self.branch_depth(relative_depth)),
            Operator::BrIf { relative_depth } => sink.br_if(self.branch_depth(relative_depth)),
            Operator::BrTable { ref targets } => {
                let (depths, default) = self.table_depths(targets)?;
                sink.br_table(depths, default)
            }
            Operator::BrOnNull { relative_depth } => sink.br_on_null(self.branch_depth(relative_depth)),
            Operator::BrOnNonNull { relative_depth } => sink.br_on_non_null(self.branch_depth(relative_depth)),
            Operator::BrOnCast { relative_depth, from_ref_type, to_ref_type } => sink.br_on_cast(
                self.branch_depth(relative_depth),
                RoundtripReencoder.ref_type(from_ref_type)?,
                RoundtripReencoder.ref_type(to_ref_type)?,
            ),
            Operator::BrOnCastFail { relative_depth, from_ref_type, to_ref_type } => sink.br_on_cast_fail(
                self.branch_depth(relative_depth),
                RoundtripReencoder.ref_type(from_ref_type)?,
                RoundtripReencoder.ref_type(to_ref_type)?,
            ),
            _ => return Ok(false),
        };
        Ok(true)
    }

    fn table_depths(&self, table: &BrTable<'_>) -> Result<(Vec<u32>, u32), TranslateError> {
        let depths =
            table.targets().map(|depth| Ok(self.branch_depth(depth?))).collect::<Result<Vec<_>, TranslateError>>()?;
        Ok((depths, self.branch_depth(table.default())))
    }

    fn open_try(
        &mut self,
        block_type: wasmparser::BlockType,
        sink: &mut InstructionSink<'_>,
    ) -> Result<(), TranslateError> {
        let index = self.tries_opened;
        self.tries_opened += 1;
        let own = Some(OpenTry { index, clauses: 0 });
        let output_type = RoundtripReencoder.block_type(block_type)?;
        match self.plan.tries[index].form {
            Form::Block => {
                sink.block(output_type);
                let label = self.open_label();
                self.open_frame(label, own);
            }
            Form::Delegating(target) => {
                let receiver = match target {
                    Target::Try(index) => self.receivers[index],
                    Target::Caller => Label::CALLER_RECEIVER,
                };
                let label = self.depth(receiver);
                sink.try_table(output_type, [Catch::AllRef { label }]);
                let label = self.open_label();
                self.open_frame(label, own);
            }
            Form::Catching => {
                sink.block(output_type);
                let done = self.open_label();
                self.open_catching(index, block_type, sink)?;
                self.open_frame(done, own);
            }
        }
        Ok(())
    }

    /// Writes all that opens at a `try` with clauses after its outermost block.
    fn open_catching(
        &mut self,
        index: TryIndex,
        block_type: wasmparser::BlockType,
        sink: &mut InstructionSink<'_>,
    ) -> Result<(), TranslateError> {
        let parameters_of = match block_type {
            wasmparser::BlockType::FuncType(index) => Some(index),
            wasmparser::BlockType::Empty | wasmparser::BlockType::Type(_) => None,
        };
        let this = &self.plan.tries[index];
        for catch in this.catches.iter().rev() {
            sink.block(self.signatures.landing(LandingType {
                parameters_of,
                tag: catch.tag,
                exception: catch.rethrown,
            })?);
            self.labels += 1;
        }
        let catches: Vec<Catch> = (0..)
            .zip(&this.catches)
            .map(|(label, catch)| match (catch.tag, catch.rethrown) {
                (Some(tag), false) => Catch::One { tag, label },
                (Some(tag), true) => Catch::OneRef { tag, label },
                (None, false) => Catch::All { label },
                (None, true) => Catch::AllRef { label },
            })
            .collect();
        sink.try_table(RoundtripReencoder.block_type(block_type)?, catches);
        self.labels += 1;
        if this.receives {
            sink.block(self.signatures.landing(LandingType { parameters_of, tag: None, exception: true })?);
            self.receivers[index] = self.open_label();
        }
        Ok(())
    }

    /// Writes the end of what comes before a clause, and the clause's beginning.
    fn clause(&mut self, sink: &mut InstructionSink<'_>) {
        let enclosing = self.frames.iter().nth_back(1);
        let held = enclosing.map_or(0, |frame| frame.exceptions_held);
        let frame = self.frames.last_mut().expect("the module is valid: a clause stands in a `try`");
        let done = frame.label;
        let own = frame.own.as_mut().expect("the module is valid: a clause stands in a `try`");
        let this = &self.plan.tries[own.index];
        let is_first = own.clauses == 0;
        let rethrown = this.catches[own.clauses].rethrown;
        let receives = this.receives;
        own.clauses += 1;
        frame.exceptions_held = held + u32::from(rethrown);
        self.exceptions_held_max = self.exceptions_held_max.max(frame.exceptions_held);

        if is_first && receives {
            sink.br(self.depth(done));
            self.close_label(sink);
            sink.throw_ref();
        }
        if is_first {
            self.close_label(sink);
        }
        sink.br(self.depth(done));
        self.close_label(sink);
        if rethrown {
            sink.local_set(self.locals + held);
        }
    }

    fn end(&mut self, sink: &mut InstructionSink<'_>) {
        self.frames.pop();
        if self.frames.is_empty() && self.plan.caller_receives {
            sink.return_();
            self.close_label(sink);
            sink.throw_ref();
        }
        self.close_label(sink);
    }

    fn open_label(&mut self) -> Label {
        let label = Label(self.labels);
        self.labels += 1;
        label
    }

    fn close_label(&mut self, sink: &mut InstructionSink<'_>) {
        sink.end();
        self.labels -= 1;
    }

    fn open_frame(&mut self, label: Label, own: Option<OpenTry>) {
        let exceptions_held = self.frames.last().map_or(0, |frame| frame.exceptions_held);
        self.frames.push(Frame { label, own, exceptions_held });
    }

    /// The frame that a label of the input with the given depth names.
    fn frame(&self, depth: u32) -> &Frame {
        self.frames.iter().nth_back(depth as usize).expect("the module is valid: the label exists")
    }

    /// The depth in the output of a label with the given depth in the input.
    fn branch_depth(&self, depth: u32) -> u32 {
        self.depth(self.frame(depth).label)
    }

    /// The depth of an open label of the output.
    fn depth(&self, label: Label) -> u32 {
        self.labels - 1 - label.0
    }
}
