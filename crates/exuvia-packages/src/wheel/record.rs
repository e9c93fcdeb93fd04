//! `RECORD`: a wheel's own list of its files, with their hashes.

use std::collections::BTreeMap;

use bytes::Bytes;
use sha2::{Digest as _, Sha256};

use super::WheelFault;

/// Compares the files with the hashes that the list has for them. A file that is not in the list passes, and one that is
/// not there: the wheel as a whole has a hash of its own.
pub(super) fn verify(files: &BTreeMap<String, Bytes>, metadata: &str) -> Result<(), WheelFault> {
    let record = files.get(&format!("{metadata}/RECORD")).ok_or(WheelFault::NoMetadata)?;
    let record = std::str::from_utf8(record).map_err(|_| WheelFault::NoMetadata)?;
    for line in record.lines() {
        let Some((path, hash)) = entry(line) else { continue };
        if let Some(content) = files.get(&path)
            && base64_of(&Sha256::digest(content)) != hash
        {
            return Err(WheelFault::Record(path));
        }
    }
    Ok(())
}

/// Returns the path and the SHA-256 of a line, if it has one: `PATH,sha256=HASH,SIZE` as CSV.
fn entry(line: &str) -> Option<(String, &str)> {
    let (path, rest) = match line.strip_prefix('"') {
        None => line.split_once(',').map(|(path, rest)| (path.to_owned(), rest))?,
        Some(quoted) => {
            let end = quoted.rfind("\",")?;
            (quoted[..end].replace("\"\"", "\""), &quoted[end + 2..])
        }
    };
    let hash = rest.split(',').next()?.strip_prefix("sha256=")?;
    Some((path, hash.trim_end_matches('=')))
}

/// Encodes bytes as URLs have them, without padding.
fn base64_of(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let bits = chunk.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for place in 0..=chunk.len() {
            let index = bits >> (18 - 6 * place) & 63;
            text.push(char::from(LETTERS[index as usize]));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{base64_of, entry};

    /// RFC 4648, section 10, and two bytes that tell its two alphabets apart.
    #[test]
    fn bytes_are_encoded_for_urls() {
        for (bytes, text) in [
            (&b""[..], ""),
            (b"f", "Zg"),
            (b"fo", "Zm8"),
            (b"foo", "Zm9v"),
            (b"foobar", "Zm9vYmFy"),
            (b"\xfb\xff", "-_8"),
        ] {
            assert_eq!(base64_of(bytes), text);
        }
    }

    #[test]
    fn lines_are_csv() {
        assert_eq!(entry("a/b.py,sha256=xyz=,12"), Some(("a/b.py".to_owned(), "xyz")));
        assert_eq!(entry("\"a,\"\"b\"\".py\",sha256=xyz,12"), Some(("a,\"b\".py".to_owned(), "xyz")));
        assert_eq!(entry("a.dist-info/RECORD,,"), None);
        assert_eq!(entry("a.py,sha512=xyz,12"), None);
        assert_eq!(entry(""), None);
    }
}
