//! Texts with places for arguments and secrets: `--city={city}`, `Bearer ${secret:TOKEN}`.

/// A text with places in it. `{{` and `}}` stand for braces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Template {
    pub(crate) pieces: Vec<Piece>,
}

/// A piece of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Piece {
    /// Text as it is.
    Literal(String),
    /// An argument's value: `{name}`.
    Argument(String),
    /// Nothing, but only if an argument is there and not false: `{name?}`.
    Condition(String),
    /// A secret's value: `${secret:NAME}`.
    Secret(String),
}

impl Template {
    /// Reads a template. What an argument's value holds is never read as one.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut pieces = Vec::new();
        let mut literal = String::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}', '$']) {
            literal.push_str(&rest[..at]);
            rest = &rest[at..];
            let (piece, after) = if let Some(after) = rest.strip_prefix("{{") {
                (Piece::Literal("{".to_owned()), after)
            } else if let Some(after) = rest.strip_prefix("}}") {
                (Piece::Literal("}".to_owned()), after)
            } else if let Some(inner) = rest.strip_prefix("${") {
                let (inner, after) = inner.split_once('}').ok_or_else(|| unclosed(text))?;
                (secret(inner, text)?, after)
            } else if let Some(after) = rest.strip_prefix('$') {
                (Piece::Literal("$".to_owned()), after)
            } else if let Some(inner) = rest.strip_prefix('{') {
                let (inner, after) = inner.split_once('}').ok_or_else(|| unclosed(text))?;
                (argument(inner, text)?, after)
            } else {
                return Err(format!("`{text}` has a `}}` that closes nothing: write `}}}}` for a brace"));
            };
            match piece {
                Piece::Literal(character) => literal.push_str(&character),
                place => {
                    if !literal.is_empty() {
                        pieces.push(Piece::Literal(std::mem::take(&mut literal)));
                    }
                    pieces.push(place);
                }
            }
            rest = after;
        }
        literal.push_str(rest);
        if !literal.is_empty() {
            pieces.push(Piece::Literal(literal));
        }
        Ok(Self { pieces })
    }

    /// Returns the parameter's name if the template is one argument and nothing else.
    pub(crate) fn whole(&self) -> Option<&str> {
        match self.pieces.as_slice() {
            [Piece::Argument(name)] => Some(name),
            _ => None,
        }
    }

    /// Returns the names of the arguments in it.
    pub(crate) fn arguments(&self) -> impl Iterator<Item = &str> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Argument(name) | Piece::Condition(name) => Some(name.as_str()),
            Piece::Literal(_) | Piece::Secret(_) => None,
        })
    }

    /// Says whether it depends on an argument without showing it.
    pub(crate) fn has_conditions(&self) -> bool {
        self.pieces.iter().any(|piece| matches!(piece, Piece::Condition(_)))
    }

    /// Returns the names of the secrets in it.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = &str> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Secret(name) => Some(name.as_str()),
            _ => None,
        })
    }
}

fn unclosed(text: &str) -> String {
    format!("`{text}` has a `{{` that is not closed: write `{{{{` for a brace")
}

fn secret(inner: &str, text: &str) -> Result<Piece, String> {
    match inner.strip_prefix("secret:") {
        Some(name) if !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') => {
            Ok(Piece::Secret(name.to_owned()))
        }
        _ => Err(format!("`${{{inner}}}` in `{text}` is no secret: write `${{secret:NAME}}`")),
    }
}

fn argument(inner: &str, text: &str) -> Result<Piece, String> {
    let (name, piece): (&str, fn(String) -> Piece) = match inner.strip_suffix('?') {
        Some(name) => (name, Piece::Condition),
        None => (inner, Piece::Argument),
    };
    if exuvia_core::is_tool_name(name) {
        Ok(piece(name.to_owned()))
    } else {
        Err(format!("`{{{inner}}}` in `{text}` names no parameter: write `{{{{` for a brace"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_read() {
        let parsed = Template::parse("a{{{city}}}$5 ${secret:TOKEN_1}{flag?}").unwrap();
        let expected = [
            Piece::Literal("a{".to_owned()),
            Piece::Argument("city".to_owned()),
            Piece::Literal("}$5 ".to_owned()),
            Piece::Secret("TOKEN_1".to_owned()),
            Piece::Condition("flag".to_owned()),
        ];
        assert_eq!(parsed.pieces, expected);
        assert_eq!(Template::parse("{city}").unwrap().whole(), Some("city"));
        assert_eq!(Template::parse("x{city}").unwrap().whole(), None);
        assert_eq!(Template::parse("").unwrap().pieces, []);
    }

    #[test]
    fn what_is_no_template_is_refused() {
        for text in
            ["{", "{city", "}", "{}", "{a b}", "{class}", "${HOME}", "${secret:}", "${secret:a-b}", "${secret:A"]
        {
            assert!(Template::parse(text).is_err(), "{text}");
        }
    }
}
