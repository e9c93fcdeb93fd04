//! What an instance of an image begins with, and how it is brought back to that.
//!
//! An instance's state is its memory, its mutable globals, its tables, and which of its segments were dropped. If an
//! image's code can change no more than the first two, but for tables that are empty at first ([`is_restorable`]), then
//! an instance whose tables have their first sizes begins anew when its memory and its globals are restored.

use std::ops::Range;

use bytes::Bytes;
use wasmparser::{Chunk, ConstExpr, DataKind, ExternalKind, Operator, Parser, Payload};
use wasmtime::Val;

use super::ImageError;

/// The memory, the mutable globals and the sizes of the tables of a new instance.
pub(crate) struct Initial {
    /// The names under which the mutable globals are exported, and their values.
    pub(crate) globals: Vec<(String, Val)>,
    /// The names under which the tables are exported, and their sizes.
    pub(crate) tables: Vec<(String, u64)>,
    /// The size of the memory, in bytes.
    pub(crate) memory_bytes: usize,
    /// What the memory holds, in the order of the addresses; all else is zero.
    segments: Vec<Segment>,
}

struct Segment {
    start: usize,
    content: Bytes,
}

impl Initial {
    /// Reads it from an image's module, whose code is skipped.
    pub(crate) fn read(module: &Bytes) -> Result<Self, ImageError> {
        let (mut values, mut globals) = (Vec::new(), Vec::new());
        let (mut sizes, mut tables) = (Vec::new(), Vec::new());
        let mut segments = Vec::new();
        let mut memory_bytes = 0;
        for_sections(module, |payload| {
            match payload {
                Payload::TableSection(reader) => {
                    for table in reader {
                        sizes.push(Some(table?.ty.initial));
                    }
                }
                Payload::MemorySection(reader) => {
                    let pages = reader.into_iter().next().transpose()?.map_or(0, |memory| memory.initial);
                    memory_bytes = usize::try_from(pages).map_err(|_| unexpected())? * 65_536;
                }
                Payload::GlobalSection(reader) => {
                    for global in reader {
                        let global = global?;
                        values.push(if global.ty.mutable { Some(constant(&global.init_expr)?) } else { None });
                    }
                }
                Payload::ExportSection(reader) => {
                    for export in reader {
                        let export = export?;
                        let (index, name) = (export.index as usize, export.name.to_owned());
                        if export.kind == ExternalKind::Global {
                            globals.extend(values.get_mut(index).and_then(Option::take).map(|value| (name, value)));
                        } else if export.kind == ExternalKind::Table {
                            tables.extend(sizes.get_mut(index).and_then(Option::take).map(|size| (name, size)));
                        }
                    }
                }
                Payload::DataSection(reader) => {
                    for data in reader {
                        let data = data?;
                        let DataKind::Active { offset_expr, .. } = &data.kind else { return Err(unexpected()) };
                        let Val::I32(start) = constant(offset_expr)? else { return Err(unexpected()) };
                        let start = start.cast_unsigned() as usize;
                        segments.push(Segment { start, content: module.slice_ref(data.data) });
                    }
                }
                _ => {}
            }
            Ok(())
        })?;
        // What has no name cannot be looked at.
        if values.iter().any(Option::is_some) || sizes.iter().any(Option::is_some) {
            return Err(unexpected());
        }
        segments.sort_by_key(|segment| segment.start);
        Ok(Self { globals, tables, memory_bytes, segments })
    }

    /// Returns whether a part of a memory, which begins at `start`, has its first content.
    pub(crate) fn holds(&self, part: &[u8], start: usize) -> bool {
        let (mut place, end) = (start, start + part.len());
        for Segment { start: segment, content } in &self.segments[self.first_reaching(start)..] {
            if *segment >= end {
                break;
            }
            let (from, to) = (place.max(*segment), end.min(segment + content.len()));
            if !is_zero(&part[place - start..from - start])
                || part[from - start..to - start] != content[from - segment..to - segment]
            {
                return false;
            }
            place = to;
        }
        is_zero(&part[place - start..])
    }

    /// Returns the first segment that reaches beyond an address.
    fn first_reaching(&self, address: usize) -> usize {
        self.segments.partition_point(|segment| segment.start + segment.content.len() <= address)
    }

    /// Gives a part of a memory its first content. `memory` is all of it, `range` lies within.
    pub(crate) fn restore(&self, memory: &mut [u8], range: Range<usize>) {
        let mut place = range.start;
        for Segment { start, content } in &self.segments[self.first_reaching(range.start)..] {
            if *start >= range.end {
                break;
            }
            let (from, to) = (place.max(*start), range.end.min(start + content.len()));
            clear(&mut memory[place..from]);
            memory[from..to].copy_from_slice(&content[from - start..to - start]);
            place = to;
        }
        clear(&mut memory[place..range.end]);
    }
}

fn is_zero(bytes: &[u8]) -> bool {
    static ZEROS: [u8; 4_096] = [0; 4_096];
    bytes.chunks(ZEROS.len()).all(|piece| *piece == ZEROS[..piece.len()])
}

/// Makes all bytes zero. What is zero already is not written to: that would make a page of the shared one.
fn clear(bytes: &mut [u8]) {
    for piece in bytes.chunks_mut(4_096) {
        if piece.iter().any(|&byte| byte != 0) {
            piece.fill(0);
        }
    }
}

/// Whether an instance of this module whose memory and tables have their first sizes can be brought back to how it
/// began.
pub(super) fn is_restorable(wasm: &Bytes) -> Result<bool, ImageError> {
    let mut empty = Vec::new();
    for payload in Parser::new(0).parse_all(wasm) {
        match payload? {
            Payload::TableSection(reader) => {
                for table in reader {
                    empty.push(table?.ty.initial == 0);
                }
            }
            Payload::CodeSectionEntry(body) => {
                for operator in body.get_operators_reader()? {
                    if changes_more(&operator?, &empty) {
                        return Ok(false);
                    }
                }
            }
            _ => {}
        }
    }
    Ok(Initial::read(wasm).is_ok())
}

/// Whether an instruction changes what would not be noticed. A table that is empty at first must grow before anything
/// can be put into it.
fn changes_more(operator: &Operator<'_>, empty: &[bool]) -> bool {
    match operator {
        Operator::TableSet { table }
        | Operator::TableGrow { table }
        | Operator::TableFill { table }
        | Operator::TableInit { table, .. }
        | Operator::TableCopy { dst_table: table, .. } => empty.get(*table as usize) != Some(&true),
        Operator::ElemDrop { .. } | Operator::MemoryInit { .. } | Operator::DataDrop { .. } => true,
        _ => false,
    }
}

/// Shows all sections but that of the code.
fn for_sections<'a>(
    module: &'a [u8],
    mut show: impl FnMut(Payload<'a>) -> Result<(), ImageError>,
) -> Result<(), ImageError> {
    let mut parser = Parser::new(0);
    let mut rest = module;
    loop {
        let (payload, consumed) = match parser.parse(rest, true)? {
            Chunk::Parsed { payload, consumed } => (payload, consumed),
            Chunk::NeedMoreData(_) => return Err(unexpected()),
        };
        rest = &rest[consumed..];
        match payload {
            Payload::CodeSectionStart { size, .. } => {
                parser.skip_section();
                rest = rest.get(size as usize..).ok_or_else(unexpected)?;
            }
            Payload::End(_) => return Ok(()),
            payload => show(payload)?,
        }
    }
}

/// Returns the value of an expression that is one number.
fn constant(expression: &ConstExpr<'_>) -> Result<Val, ImageError> {
    match expression.get_operators_reader().read()? {
        Operator::I32Const { value } => Ok(Val::I32(value)),
        Operator::I64Const { value } => Ok(Val::I64(value)),
        _ => Err(unexpected()),
    }
}

fn unexpected() -> ImageError {
    ImageError::Module("its memory and globals do not begin as those of a frozen interpreter do".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A module with two pages: `abc` at 10, `xyz` at 20, and a global.
    fn module(code: &str, global: &str) -> Bytes {
        let text = format!(
            "(module (memory 2) {global} (table (export \"t\") 1 funcref) (table (export \"u\") 0 funcref) (data (i32.const 20) \"xyz\") (data (i32.const 10) \"abc\")
              (func (export \"run\") {code}))"
        );
        wat::parse_str(text).unwrap().into()
    }

    #[test]
    fn memory_is_restored_from_segments_and_zeros() {
        let initial = Initial::read(&module("", "(global (export \"g\") (mut i64) (i64.const 7))")).unwrap();
        assert_eq!(initial.memory_bytes, 131_072);
        assert!(matches!(&initial.globals[..], [(name, Val::I64(7))] if name == "g"));
        let mut wanted = vec![0; initial.memory_bytes];
        wanted[10..13].copy_from_slice(b"abc");
        wanted[20..23].copy_from_slice(b"xyz");
        for range in [0..131_072, 0..11, 11..12, 9..21, 12..20, 22..100, 23..24, 5..5] {
            let mut memory = wanted.clone();
            memory[range.clone()].fill(0xff);
            assert_eq!(initial.holds(&memory[range.clone()], range.start), range.is_empty(), "{range:?}");
            initial.restore(&mut memory, range.clone());
            assert!(memory == wanted, "{range:?}");
            assert!(initial.holds(&memory[range.clone()], range.start), "{range:?}");
        }
    }

    #[test]
    fn what_cannot_be_restored_is_recognised() {
        assert!(is_restorable(&module("", "")).unwrap());
        assert!(is_restorable(&module("(table.set 1 (i32.const 0) (ref.null func))", "")).unwrap());
        assert!(!is_restorable(&module("(table.set 0 (i32.const 0) (ref.null func))", "")).unwrap());
        assert!(!is_restorable(&module("", "(table 0 funcref)")).unwrap());
        assert!(!is_restorable(&module("data.drop 0", "")).unwrap());
        assert!(!is_restorable(&module("", "(global (mut i32) (i32.const 7))")).unwrap());
        assert!(!is_restorable(&module("", "(global (export \"g\") (mut funcref) (ref.null func))")).unwrap());
    }
}
