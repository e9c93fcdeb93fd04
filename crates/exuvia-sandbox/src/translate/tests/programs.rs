//! Random well-typed programs full of exceptions.

use std::fmt::Write as _;

/// How many programs are tried.
pub(super) const PROGRAMS: u64 = 150;

/// How deep constructs nest at most.
const DEPTH_MAX: usize = 9;
/// How many statements a function has at most.
const STATEMENTS_MAX: u32 = 60;
/// How many functions a program has.
const FUNCTIONS: usize = 4;
/// The tags' names and the types of their values.
const TAGS: [(&str, &[Type]); 4] = [
    ("$none", &[]),
    ("$one", &[Type::I32]),
    ("$two", &[Type::I32, Type::I64]),
    ("$three", &[Type::F64, Type::I32, Type::F64]),
];

/// Returns the text of a program; the same for the same seed.
///
/// Each value that is caught, or left by a block, is logged. Loops and calls use
/// up fuel, without which the program traps.
pub(super) fn program(seed: u64) -> String {
    let mut writer =
        Writer { random: Random(seed), text: String::new(), labels: Vec::new(), statements: 0, function: 0 };
    writer.line("(module");
    for import in [
        r#"(import "env" "log" (func $log (param i32)))"#,
        r#"(import "env" "log_i64" (func $log_i64 (param i64)))"#,
        r#"(import "env" "log_f64" (func $log_f64 (param f64)))"#,
        r#"(import "env" "throw_js" (func $throw_js (param i32)))"#,
        r#"(memory (export "memory") 1)"#,
        r#"(global $fuel (mut i32) (i32.const 0))"#,
        r#"(tag $none (export "none"))"#,
        r#"(tag $one (export "one") (param i32))"#,
        r#"(tag $two (export "two") (param i32 i64))"#,
        r#"(tag $three (export "three") (param f64 i32 f64))"#,
        r#"(func $burn
             global.get $fuel
             i32.eqz
             if
               unreachable
             end
             global.get $fuel
             i32.const 1
             i32.sub
             global.set $fuel)"#,
    ] {
        writer.line(import);
    }
    for function in 0..FUNCTIONS {
        writer.function(function);
    }
    writer.line(r#"(func (export "run") (param i32 i32) (result i32)"#);
    writer.line("i32.const 60 global.set $fuel local.get 0 local.get 1");
    writer.line(&format!("call $f{}))", FUNCTIONS - 1));
    writer.text
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Type {
    I32,
    I64,
    F64,
}

impl Type {
    fn name(self) -> &'static str {
        match self {
            Self::I32 => "i32",
            Self::I64 => "i64",
            Self::F64 => "f64",
        }
    }
}

/// An open construct.
struct Label {
    /// What a branch to it takes.
    branch: Vec<Type>,
    /// Whether a handler of it is open.
    in_handler: bool,
}

struct Writer {
    random: Random,
    text: String,
    labels: Vec<Label>,
    statements: u32,
    function: usize,
}

impl Writer {
    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn number(&mut self, instruction: &str, below: u32) {
        let number = self.random.below(below);
        writeln!(self.text, "{instruction} {number}").expect("a string takes all");
    }

    fn function(&mut self, index: usize) {
        self.function = index;
        self.statements = 0;
        self.line(&format!("(func $f{index} (param $x i32) (param $y i32) (result i32) (local $z i32)"));
        self.line("call $burn");
        self.labels.push(Label { branch: vec![Type::I32], in_handler: false });
        self.body(&[], &[Type::I32], 6);
        self.labels.pop();
        self.line(")");
    }

    /// Writes code from `parameters` to `results`.
    fn body(&mut self, parameters: &[Type], results: &[Type], statements: u32) {
        self.consume(parameters);
        for _ in 0..=self.random.below(statements) {
            self.statement();
        }
        self.push(results);
    }

    fn statement(&mut self) {
        self.statements += 1;
        let is_small = self.statements > STATEMENTS_MAX || self.labels.len() > DEPTH_MAX;
        match self.random.below(if is_small { 11 } else { 30 }) {
            0 => {
                self.number("i32.const", 1000);
                self.line("call $log");
            }
            1 => {
                self.line("local.get $x call $log local.get $y call $log local.get $z call $log");
            }
            2 => {
                self.number("local.get $x i32.const", 5);
                self.line("i32.add local.tee $z local.get $y i32.xor local.set $x");
            }
            3 | 4 => self.branch(),
            5 | 6 => self.throw(),
            7 => self.rethrow(),
            8 => self.call(),
            9 => self.memory(),
            10 => match self.random.below(6) {
                0 => self.line("unreachable"),
                1 => self.line("i32.const 77 return"),
                _ => self.line("nop"),
            },
            11..=14 => self.when(),
            15..=17 => self.block(),
            18..=25 => self.catching(),
            _ => self.delegating(),
        }
    }

    /// Pushes values of the given types.
    fn push(&mut self, types: &[Type]) {
        for ty in types {
            match (ty, self.random.below(3)) {
                (Type::I32, 0) => self.line("local.get $x"),
                (Type::I32, 1) => self.line("local.get $z"),
                _ => self.number(&format!("{}.const", ty.name()), 100),
            }
        }
    }

    /// Logs and drops the values on the stack.
    fn consume(&mut self, types: &[Type]) {
        for ty in types.iter().rev() {
            let code = match ty {
                Type::I32 if self.random.below(3) == 0 => "local.tee $z call $log",
                Type::I32 => "call $log",
                Type::I64 => "call $log_i64",
                Type::F64 => "call $log_f64",
            };
            self.line(code);
        }
    }

    fn types(&mut self) -> Vec<Type> {
        let count = self.random.below(6).saturating_sub(2);
        (0..count)
            .map(|_| match self.random.below(4) {
                0 => Type::I64,
                1 => Type::F64,
                _ => Type::I32,
            })
            .collect()
    }

    /// Writes a condition that depends on the input.
    fn condition(&mut self) {
        let local = ["$x", "$y", "$z"][self.random.below(3) as usize];
        self.line(&format!("local.get {local}"));
        let divisor = 1 + self.random.below(4);
        self.line(&format!("i32.const {divisor} i32.rem_u"));
        self.number("i32.const", divisor);
        self.line("i32.eq");
    }

    /// Opens a construct over values that lie deeper on the stack, writes the
    /// rest by `rest`, and consumes all that is left.
    fn construct(&mut self, name: &str, is_loop: bool, rest: impl FnOnce(&mut Self, &[Type], &[Type])) {
        let (below, parameters, results) = (self.types(), self.types(), self.types());
        self.push(&below);
        self.push(&parameters);
        if name == "if" {
            self.condition();
        }
        let mut head = name.to_owned();
        for (keyword, types) in [("param", &parameters), ("result", &results)] {
            if !types.is_empty() {
                let names: Vec<&str> = types.iter().map(|ty| ty.name()).collect();
                write!(head, " ({keyword} {})", names.join(" ")).expect("a string takes all");
            }
        }
        self.line(&head);
        self.labels
            .push(Label { branch: if is_loop { parameters.clone() } else { results.clone() }, in_handler: false });
        rest(self, &parameters, &results);
        self.labels.pop();
        self.consume(&results);
        self.consume(&below);
    }

    fn when(&mut self) {
        let name = if self.random.below(2) == 0 { "if" } else { "block" };
        self.construct(name, false, |this, parameters, results| {
            this.body(parameters, results, 3);
            if name == "if" {
                this.line("else");
                this.body(parameters, results, 2);
            }
            this.line("end");
        });
    }

    fn block(&mut self) {
        let is_loop = self.random.below(2) == 0;
        let name = if is_loop { "loop" } else { "block" };
        self.construct(name, is_loop, |this, parameters, results| {
            if is_loop {
                this.line("call $burn");
            }
            this.body(parameters, results, 3);
            this.line("end");
        });
    }

    fn catching(&mut self) {
        self.construct("try", false, |this, parameters, results| {
            this.body(parameters, results, 4);
            for _ in 0..this.random.below(4) {
                let (name, values) = TAGS[this.random.below(4) as usize];
                this.handler(&format!("catch {name}"), values, results);
            }
            if this.random.below(2) == 0 {
                this.handler("catch_all", &[], results);
            }
            this.line("end");
        });
    }

    fn handler(&mut self, clause: &str, values: &[Type], results: &[Type]) {
        self.line(clause);
        if let Some(label) = self.labels.last_mut() {
            label.in_handler = true;
        }
        self.consume(values);
        if self.random.below(3) == 0 && self.labels.len() <= DEPTH_MAX {
            self.throwing_and_catching();
        }
        self.rethrow();
        self.body(&[], results, 3);
    }

    /// Makes sure that a handler inside a handler is reached.
    fn throwing_and_catching(&mut self) {
        self.construct("try", false, |this, parameters, results| {
            this.consume(parameters);
            let (name, values) = TAGS[this.random.below(4) as usize];
            this.push(values);
            this.line(&format!("throw {name}"));
            this.handler("catch_all", &[], results);
            this.line("end");
        });
    }

    fn delegating(&mut self) {
        self.construct("try", false, |this, parameters, results| {
            this.body(parameters, results, 4);
            // The `try` itself is no target.
            let target = this.random.below(this.labels.len() as u32 - 1);
            this.line(&format!("delegate {target}"));
        });
    }

    fn branch(&mut self) {
        let target = self.random.below(self.labels.len() as u32) as usize;
        let types = self.branch_types(target);
        self.push(&types);
        match self.random.below(4) {
            0 => self.line(&format!("br {target}")),
            1 | 2 => {
                self.condition();
                self.line(&format!("br_if {target}"));
                self.consume(&types);
            }
            _ => {
                let targets: Vec<String> = (0..self.labels.len())
                    .filter(|&depth| self.branch_types(depth) == types)
                    .map(|depth| depth.to_string())
                    .collect();
                self.line("local.get $x");
                self.line(&format!("br_table {} {target}", targets.join(" ")));
            }
        }
    }

    fn branch_types(&self, depth: usize) -> Vec<Type> {
        self.labels[self.labels.len() - 1 - depth].branch.clone()
    }

    fn throw(&mut self) {
        let (name, values) = TAGS[self.random.below(4) as usize];
        let is_conditional = self.random.below(4) != 0;
        if is_conditional {
            self.condition();
            self.line("if");
        }
        self.push(values);
        self.line(&format!("throw {name}"));
        if is_conditional {
            self.line("end");
        }
    }

    fn rethrow(&mut self) {
        let targets: Vec<usize> =
            (0..self.labels.len()).filter(|depth| self.labels[self.labels.len() - 1 - depth].in_handler).collect();
        if targets.is_empty() {
            return;
        }
        let target = targets[self.random.below(targets.len() as u32) as usize];
        if self.random.below(8) == 0 {
            self.line(&format!("rethrow {target}"));
        } else {
            self.condition();
            self.line(&format!("if rethrow {} end", target + 1));
        }
    }

    fn call(&mut self) {
        match self.random.below(3) {
            0 => {
                self.condition();
                self.line("if local.get $x call $throw_js end");
            }
            _ if self.function > 0 => {
                let callee = self.random.below(self.function as u32);
                self.push(&[Type::I32, Type::I32]);
                self.line(&format!("call $f{callee} local.set $y"));
            }
            _ => {}
        }
    }

    fn memory(&mut self) {
        for _ in 0..3 {
            self.number("i32.const", 300);
        }
        let instruction = ["memory.fill", "memory.copy"][self.random.below(2) as usize];
        self.line(instruction);
    }
}

/// The generator SplitMix64.
pub(super) struct Random(pub u64);

impl Random {
    /// Returns the next number.
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Returns a number below `bound`, which is not 0.
    pub(super) fn below(&mut self, bound: u32) -> u32 {
        (self.next() % u64::from(bound)) as u32
    }
}
