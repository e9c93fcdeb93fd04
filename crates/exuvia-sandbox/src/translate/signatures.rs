//! Function types: those of the module, and those that blocks need in addition.

use std::{borrow::Cow, collections::HashMap};

use wasm_encoder::{
    BlockType, Encode,
    reencode::{Reencode, RoundtripReencoder},
};
use wasmparser::{FuncType, RefType, ValType};

use super::{Bounded, TranslateError, scan::Scan};

/// The type of a block in front of a `try_table`: it takes what the `try` takes,
/// and leaves what a `catch` clause branches to it with.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct LandingType {
    /// The type index whose parameters the `try` takes, unless it takes none.
    pub parameters_of: Option<u32>,
    /// The tag whose values are left, unless every exception is caught.
    pub tag: Option<u32>,
    /// Whether the exception itself is left, above the values.
    pub exception: bool,
}

/// The types of the module, to be extended.
pub(super) struct Signatures<'s> {
    scan: &'s Scan<'s>,
    /// The index of each function type; filled at the first question.
    known: HashMap<Cow<'s, FuncType>, u32>,
    /// Answers given before. Without them a hostile module makes each of its
    /// million `try` compare a thousand parameters.
    landings: HashMap<LandingType, BlockType>,
    added: AddedTypes,
}

/// Types to be written after those of the module.
#[derive(Default)]
pub(super) struct AddedTypes {
    /// How many there are.
    pub count: u32,
    /// Their encodings, one after the other.
    pub bytes: Vec<u8>,
    /// How many parameters and results they have in all.
    values: usize,
}

impl<'s> Signatures<'s> {
    /// Starts with the types of the scanned module.
    pub(super) fn new(scan: &'s Scan<'s>) -> Self {
        Self { scan, known: HashMap::new(), landings: HashMap::new(), added: AddedTypes::default() }
    }

    /// Returns the types that have been added.
    pub(super) fn into_added(self) -> AddedTypes {
        self.added
    }

    /// Returns the block type for `landing`.
    pub(super) fn landing(&mut self, landing: LandingType) -> Result<BlockType, TranslateError> {
        if let Some(&known) = self.landings.get(&landing) {
            return Ok(known);
        }
        let scan = self.scan;
        let parameters = landing.parameters_of.map_or(&[][..], |index| scan.function_type(index).params());
        let values = landing.tag.map_or(&[][..], |tag| scan.tag_type(tag).params());
        let mut results = values.to_vec();
        if landing.exception {
            results.push(ValType::Ref(RefType::EXNREF));
        }
        let block_type = match (parameters, results.as_slice()) {
            ([], []) => BlockType::Empty,
            ([], &[result]) => BlockType::Result(RoundtripReencoder.val_type(result)?),
            (parameters, results) => BlockType::FunctionType(self.function(parameters, results)?),
        };
        self.landings.insert(landing, block_type);
        Ok(block_type)
    }

    /// Returns the index of the type of functions from `parameters` to
    /// `results`: that of an equal one, or of a new one.
    pub(super) fn function(&mut self, parameters: &[ValType], results: &[ValType]) -> Result<u32, TranslateError> {
        if self.known.is_empty() {
            for (index, ty) in (0..).zip(&self.scan.types) {
                if let Some(ty) = ty {
                    self.known.entry(Cow::Borrowed(ty)).or_insert(index);
                }
            }
        }
        let ty = FuncType::new(parameters.iter().copied(), results.iter().copied());
        if let Some(&index) = self.known.get(&ty) {
            return Ok(index);
        }
        let position = self.scan.types.len() + self.added.count as usize;
        Bounded::Types.check(position + 1)?;
        self.added.push(parameters, results)?;
        let index = position as u32;
        self.known.insert(Cow::Owned(ty), index);
        Ok(index)
    }
}

impl AddedTypes {
    fn push(&mut self, parameters: &[ValType], results: &[ValType]) -> Result<(), TranslateError> {
        self.values += parameters.len() + results.len();
        Bounded::AddedTypeValues.check(self.values)?;
        self.count += 1;
        /// The binary format's mark of a function type.
        const FUNCTION: u8 = 0x60;
        self.bytes.push(FUNCTION);
        for values in [parameters, results] {
            values.len().encode(&mut self.bytes);
            for &value in values {
                RoundtripReencoder.val_type(value)?.encode(&mut self.bytes);
            }
        }
        Ok(())
    }
}
