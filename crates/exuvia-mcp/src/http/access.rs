//! Who may come in.

use std::fmt;

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use sha2::{Digest as _, Sha256};
use subtle::{Choice, ConditionallySelectable as _, ConstantTimeEq as _};

use crate::Tenant;

/// Who may come in, and as whom.
#[derive(Debug, Clone)]
pub enum Access {
    /// Whoever reaches the server is this tenant. Only on a loopback address.
    Open(Tenant),
    /// Who has one of these tokens is that tenant. A tenant may have several; no two have the same one.
    Tokens(Vec<(Token, Tenant)>),
}

impl Access {
    /// Returns the tenants; some more than once.
    pub(super) fn tenants(&self) -> impl Iterator<Item = &Tenant> {
        let (open, tokens) = match self {
            Self::Open(tenant) => (Some(tenant), &[][..]),
            Self::Tokens(tokens) => (None, &tokens[..]),
        };
        open.into_iter().chain(tokens.iter().map(|(_, tenant)| tenant))
    }

    /// Returns a tenant who has the token of another one.
    pub(super) fn shared(&self) -> Option<&Tenant> {
        let Self::Tokens(tokens) = self else { return None };
        let same = |(index, (token, tenant)): &(usize, &(Token, Tenant))| {
            tokens[..*index].iter().any(|(earlier, of)| earlier.0 == token.0 && of != tenant)
        };
        tokens.iter().enumerate().find(same).map(|(_, (_, tenant))| tenant)
    }

    /// Returns the tenant that a request comes from, if it may come in. How long this takes does not depend on how much of a
    /// token was right.
    pub(super) fn find(&self, headers: &HeaderMap) -> Option<&Tenant> {
        let tokens = match self {
            Self::Open(tenant) => return Some(tenant),
            Self::Tokens(tokens) => tokens,
        };
        let given = digest(bearer(headers)?);
        let (mut found, mut place) = (Choice::from(0), 0_u64);
        for (index, (token, _)) in (0..).zip(tokens) {
            let same = token.0.ct_eq(&given);
            found |= same;
            place.conditional_assign(&index, same);
        }
        let place = usize::try_from(place).expect("it is the index of a list");
        bool::from(found).then(|| &tokens[place].1)
    }
}

/// The token that a request brings (RFC 6750, section 2.1).
fn bearer(headers: &HeaderMap) -> Option<&[u8]> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.as_bytes().split_at_checked("Bearer ".len())?;
    scheme.eq_ignore_ascii_case(b"Bearer ").then_some(token.trim_ascii())
}

/// What a token is remembered by.
fn digest(token: &[u8]) -> [u8; 32] {
    Sha256::digest(token).into()
}

/// A secret that lets a client in. Only its SHA-256 is kept.
#[derive(Clone)]
pub struct Token([u8; 32]);

impl Token {
    /// How many characters one must have: 16 of 64 kinds are 96 bits.
    pub const CHARACTERS_MIN: usize = 16;

    /// Takes a secret, which should be random.
    ///
    /// # Errors
    ///
    /// If it is shorter than [`CHARACTERS_MIN`](Self::CHARACTERS_MIN), or has characters that cannot be sent.
    pub fn new(secret: &str) -> Result<Self, TokenError> {
        if !secret.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(TokenError::Characters);
        }
        if secret.len() < Self::CHARACTERS_MIN {
            return Err(TokenError::Short { characters: secret.len() });
        }
        Ok(Self(digest(secret.as_bytes())))
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Token(…)")
    }
}

/// Why a secret is no token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// It could be guessed.
    #[error("has {characters} characters, it needs at least {}", Token::CHARACTERS_MIN)]
    Short {
        /// How many it has.
        characters: usize,
    },
    /// It could not be sent in a header.
    #[error("has characters other than letters, digits and punctuation of ASCII")]
    Characters,
}
