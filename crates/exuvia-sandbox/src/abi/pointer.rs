//! Reading and writing the guest's memory at addresses that the guest gave.
//!
//! Every address and length comes from the guest and may be anything: whatever does not lie within the memory is
//! `EFAULT`, and no size that it names is allocated before it is checked.

use crate::vfs::Errno;

/// The longest path that is looked at, its terminating NUL included (`PATH_MAX`).
const PATH_BYTES_MAX: usize = 4_096;

pub(crate) type Result<T> = std::result::Result<T, Errno>;

/// Returns this part of the memory.
pub(crate) fn slice(memory: &[u8], address: u32, length: u32) -> Result<&[u8]> {
    let start = address as usize;
    memory.get(start..start + length as usize).ok_or(Errno::Fault)
}

/// Returns this part of the memory, to be written to.
pub(crate) fn slice_mut(memory: &mut [u8], address: u32, length: u32) -> Result<&mut [u8]> {
    let start = address as usize;
    memory.get_mut(start..start + length as usize).ok_or(Errno::Fault)
}

pub(crate) fn read_u32(memory: &[u8], address: u32) -> Result<u32> {
    Ok(u32::from_le_bytes(array(memory, address)?))
}

pub(crate) fn read_i64(memory: &[u8], address: u32) -> Result<i64> {
    Ok(i64::from_le_bytes(array(memory, address)?))
}

fn array<const N: usize>(memory: &[u8], address: u32) -> Result<[u8; N]> {
    let start = address as usize;
    let bytes = memory.get(start..start + N).ok_or(Errno::Fault)?;
    bytes.try_into().map_err(|_| Errno::Fault)
}

pub(crate) fn write_u32(memory: &mut [u8], address: u32, value: u32) -> Result<()> {
    slice_mut(memory, address, 4)?.copy_from_slice(&value.to_le_bytes());
    Ok(())
}

pub(crate) fn write_i32(memory: &mut [u8], address: u32, value: i32) -> Result<()> {
    write_u32(memory, address, value.cast_unsigned())
}

pub(crate) fn write_u64(memory: &mut [u8], address: u32, value: u64) -> Result<()> {
    slice_mut(memory, address, 8)?.copy_from_slice(&value.to_le_bytes());
    Ok(())
}

/// Returns the path at this address, without its NUL.
pub(crate) fn path(memory: &[u8], address: u32) -> Result<&[u8]> {
    let rest = memory.get(address as usize..).ok_or(Errno::Fault)?;
    let rest = &rest[..rest.len().min(PATH_BYTES_MAX)];
    match rest.iter().position(|&byte| byte == 0) {
        Some(length) => Ok(&rest[..length]),
        None if rest.len() == PATH_BYTES_MAX => Err(Errno::Nametoolong),
        None => Err(Errno::Fault),
    }
}

/// Returns the text at this address up to its NUL, at most `length_max` bytes of it, for a message.
pub(crate) fn text(memory: &[u8], address: u32, length_max: usize) -> String {
    let rest = memory.get(address as usize..).unwrap_or_default();
    let rest = &rest[..rest.len().min(length_max)];
    let length = rest.iter().position(|&byte| byte == 0).unwrap_or(rest.len());
    String::from_utf8_lossy(&rest[..length]).into_owned()
}
