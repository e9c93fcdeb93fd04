//! Rewriting the functions of a side module for its place beside the interpreter.

use std::collections::HashMap;

use wasm_encoder::reencode::{Error, Reencode};
use wasm_encoder::{Function, Instruction, MemArg};
use wasmparser::{FunctionBody, Operator, OperatorsReader};

use super::error::ModuleFault;

/// What an instruction that reads a global becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum GlobalUse {
    /// It stays, with this index.
    Kept(u32),
    /// A number.
    Constant(u32),
    /// A number of bytes from the module's data.
    Memory(u32),
    /// A number of places from the module's part of the function table.
    Table(u32),
}

/// What becomes of `memory.init` and `data.drop` of a segment.
#[derive(Debug, Clone, Copy)]
pub(super) struct PassiveUse {
    /// The function that copies from it.
    pub(super) copy: u32,
    /// The global that holds its length.
    pub(super) length: u32,
}

/// What the indices of a side module become.
pub(super) struct Indices {
    pub(super) functions: Vec<u32>,
    pub(super) globals: Vec<GlobalUse>,
    /// The globals with the addresses of the module's data and of its part of the table.
    pub(super) bases: [u32; 2],
    pub(super) passive: HashMap<u32, PassiveUse>,
}

/// Where the writes of [`guard`] go: no program has anything at the lowest addresses, and what is there is zero.
const GUARD: MemArg = MemArg { offset: 4, align: 2, memory_index: 0 };
/// How far [`stores_at_once`] looks.
const LOOK_AHEAD: usize = 24;

impl Indices {
    /// Writes a function again.
    pub(super) fn rewrite(&mut self, body: &FunctionBody<'_>) -> Result<Function, ModuleFault> {
        let mut function = self.new_function_with_parsed_locals(body)?;
        let mut operators = body.get_operators_reader()?;
        while !operators.eof() {
            let operator = operators.read()?;
            self.write(operator, &operators, &mut function)?;
        }
        Ok(function)
    }

    fn write(
        &mut self,
        operator: Operator<'_>,
        rest: &OperatorsReader<'_>,
        function: &mut Function,
    ) -> Result<(), ModuleFault> {
        match operator {
            Operator::GlobalGet { global_index } => self.read_global(global_index, function)?,
            // The memory grows through the interpreter's allocator, which the sandbox's limit stands behind. That an
            // instruction for it fails is within its meaning.
            Operator::MemoryGrow { .. } => {
                function.instruction(&Instruction::Drop).instruction(&Instruction::I32Const(-1));
            }
            Operator::MemoryInit { data_index, .. } => {
                let copy = self.passive(data_index)?.copy;
                function.instruction(&Instruction::Call(copy));
            }
            Operator::DataDrop { data_index } => {
                let length = self.passive(data_index)?.length;
                function.instruction(&Instruction::I32Const(0)).instruction(&Instruction::GlobalSet(length));
            }
            Operator::TableInit { .. } | Operator::ElemDrop { .. } => {
                return Err(ModuleFault::form("it fills the function table by itself"));
            }
            Operator::MemoryCopy { .. } | Operator::MemoryFill { .. } => {
                unreachable!("the translation leaves none of these")
            }
            Operator::Loop { .. } => {
                function.instruction(&self.instruction(operator)?);
                if !stores_at_once(rest) {
                    guard(function);
                }
            }
            Operator::ReturnCall { .. } | Operator::ReturnCallIndirect { .. } | Operator::ReturnCallRef { .. } => {
                guard(function);
                function.instruction(&self.instruction(operator)?);
            }
            operator => {
                function.instruction(&self.instruction(operator)?);
            }
        }
        Ok(())
    }

    fn read_global(&self, index: u32, function: &mut Function) -> Result<(), ModuleFault> {
        let use_ = self.globals.get(index as usize).ok_or_else(|| ModuleFault::form("a global is missing"))?;
        let [memory, table] = self.bases;
        match *use_ {
            GlobalUse::Kept(index) => function.instruction(&Instruction::GlobalGet(index)),
            GlobalUse::Constant(value) => function.instruction(&Instruction::I32Const(value.cast_signed())),
            GlobalUse::Memory(offset) => add(function, memory, offset),
            GlobalUse::Table(offset) => add(function, table, offset),
        };
        Ok(())
    }

    fn passive(&self, segment: u32) -> Result<PassiveUse, ModuleFault> {
        let known = self.passive.get(&segment).copied();
        known.ok_or_else(|| ModuleFault::form("it copies from a segment that is not passive"))
    }
}

/// The sum of a base and an offset.
fn add(function: &mut Function, base: u32, offset: u32) -> &mut Function {
    function
        .instruction(&Instruction::GlobalGet(base))
        .instruction(&Instruction::I32Const(offset.cast_signed()))
        .instruction(&Instruction::I32Add)
}

/// Writes to memory. The host stops a runaway sandbox by taking access to its memory away: a loop that touches none would
/// run for ever. It is a store since the compiler never leaves one out.
fn guard(function: &mut Function) {
    function
        .instruction(&Instruction::I32Const(0))
        .instruction(&Instruction::I32Const(0))
        .instruction(&Instruction::I32Store(GUARD));
}

/// Whether the instructions that follow write to memory before anything can lead around it: then a loop that begins with
/// them needs no guard.
fn stores_at_once(rest: &OperatorsReader<'_>) -> bool {
    let mut operators = rest.clone();
    for _ in 0..LOOK_AHEAD {
        match operators.read() {
            Ok(
                Operator::I32Store { .. }
                | Operator::I64Store { .. }
                | Operator::F32Store { .. }
                | Operator::F64Store { .. }
                | Operator::I32Store8 { .. }
                | Operator::I32Store16 { .. }
                | Operator::I64Store8 { .. }
                | Operator::I64Store16 { .. }
                | Operator::I64Store32 { .. }
                | Operator::V128Store { .. },
            ) => return true,
            Ok(operator) if leads_on(&operator) => {}
            _ => return false,
        }
    }
    false
}

/// Whether what follows an instruction in the text always follows it in time. (Only what compilers put at the beginning
/// of a loop is listed.)
fn leads_on(operator: &Operator<'_>) -> bool {
    matches!(
        operator,
        Operator::LocalGet { .. }
            | Operator::LocalSet { .. }
            | Operator::LocalTee { .. }
            | Operator::GlobalGet { .. }
            | Operator::I32Const { .. }
            | Operator::I64Const { .. }
            | Operator::F32Const { .. }
            | Operator::F64Const { .. }
            | Operator::I32Load { .. }
            | Operator::I64Load { .. }
            | Operator::F32Load { .. }
            | Operator::F64Load { .. }
            | Operator::I32Load8U { .. }
            | Operator::I32Load8S { .. }
            | Operator::I32Load16U { .. }
            | Operator::I32Load16S { .. }
            | Operator::V128Load { .. }
            | Operator::I32Add
            | Operator::I32Sub
            | Operator::I32Mul
            | Operator::I32And
            | Operator::I32Or
            | Operator::I32Xor
            | Operator::I32Shl
            | Operator::I32ShrU
            | Operator::I32ShrS
            | Operator::I64Add
            | Operator::I64Sub
            | Operator::I64Mul
            | Operator::I64And
            | Operator::I64Or
            | Operator::I64Xor
            | Operator::I64Shl
            | Operator::I64ShrU
            | Operator::I32WrapI64
            | Operator::I64ExtendI32U
            | Operator::F64Add
            | Operator::F64Sub
            | Operator::F64Mul
    )
}

impl Reencode for Indices {
    type Error = ModuleFault;

    fn function_index(&mut self, function: u32) -> Result<u32, Error<ModuleFault>> {
        Ok(*self.functions.get(function as usize).expect("the module is valid: the function exists"))
    }

    fn global_index(&mut self, global: u32) -> Result<u32, Error<ModuleFault>> {
        match self.globals.get(global as usize) {
            Some(GlobalUse::Kept(index)) => Ok(*index),
            _ => Err(Error::UserError(ModuleFault::form("it changes an address that its linker gave it"))),
        }
    }

    fn data_index(&mut self, _data: u32) -> Result<u32, Error<ModuleFault>> {
        Err(Error::UserError(ModuleFault::form("it makes arrays of its data")))
    }
}
