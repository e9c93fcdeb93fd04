//! Descriptors as records.

use super::{Description, Descriptor, Descriptors, Object, Pipe};
use crate::vfs::pipe::PIPE_BYTES_MAX;
use crate::vfs::saved::wire::{DescriptionRecord, DescriptorsRecord, PipeRecord};
use crate::vfs::saved::{Damage, within};

impl Descriptors {
    /// Sets how many descriptors there may be.
    pub(in crate::vfs) fn set_limit(&mut self, limit: u32) {
        self.limit = Self::new(limit).limit;
    }

    pub(in crate::vfs) fn to_record(&self) -> DescriptorsRecord {
        let entry = |descriptor: &Descriptor| (descriptor.description, descriptor.close_on_exec);
        DescriptorsRecord {
            table: self.table.iter().map(|slot| slot.as_ref().map(entry)).collect(),
            descriptions: self
                .descriptions
                .iter()
                .map(|(&number, description)| DescriptionRecord {
                    number,
                    object: description.object,
                    flags: description.flags,
                    access: description.access,
                    position: description.position,
                })
                .collect(),
            pipes: self.pipes.iter().map(|(&number, pipe)| PipeRecord { number, bytes: pipe.bytes() }).collect(),
            next: self.next,
        }
    }

    pub(in crate::vfs) fn from_record(record: DescriptorsRecord) -> Result<Self, Damage> {
        let next = within(record.next, "too many files were opened")?;
        let mut found = Self { next, ..Self::new(0) };
        for PipeRecord { number, bytes } in record.pipes {
            if number >= next || bytes.len() > PIPE_BYTES_MAX {
                return Err(Damage("a pipe is impossible"));
            }
            found.pipes.insert(number, Pipe::holding(bytes));
        }
        for record in record.descriptions {
            let DescriptionRecord { number, object, flags, access, position } = record;
            let position = within(position, "a position in a file is too high")?;
            let description = Description { object, flags, access, position, references: 0 };
            if number >= next || found.descriptions.insert(number, description).is_some() {
                return Err(Damage("an open file is impossible"));
            }
            found.count_end(object)?;
        }
        if found.pipes.values().any(|pipe| pipe.readers == 0 && pipe.writers == 0) {
            return Err(Damage("nobody holds a pipe"));
        }
        if i32::try_from(record.table.len()).is_err() {
            return Err(Damage("there are too many descriptors"));
        }
        for slot in record.table {
            let Some((description, close_on_exec)) = slot else {
                found.table.push(None);
                continue;
            };
            let held = found.descriptions.get_mut(&description).ok_or(Damage("a descriptor is of nothing"))?;
            held.references += 1;
            found.table.push(Some(Descriptor { description, close_on_exec }));
        }
        if found.descriptions.values().any(|description| description.references == 0) {
            return Err(Damage("nobody holds an open file"));
        }
        Ok(found)
    }

    /// Counts an open end of a pipe.
    fn count_end(&mut self, object: Object) -> Result<(), Damage> {
        let (number, readers, writers) = match object {
            Object::Node(_) => return Ok(()),
            Object::PipeReader(number) => (number, 1, 0),
            Object::PipeWriter(number) => (number, 0, 1),
        };
        let pipe = self.pipes.get_mut(&number).ok_or(Damage("an end of a pipe has no pipe"))?;
        pipe.readers += readers;
        pipe.writers += writers;
        Ok(())
    }
}
