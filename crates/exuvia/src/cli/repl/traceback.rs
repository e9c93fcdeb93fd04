//! Tracebacks in colour.

const FILE: &str = "\x1b[35m";
const SPAN: &str = "\x1b[31m";
const TYPE: &str = "\x1b[1;35m";
const RESET: &str = "\x1b[0m";

/// Returns a traceback in the colours that CPython gives it on a terminal, as far as its lines tell what they are.
pub(super) fn coloured(traceback: &str) -> String {
    let mut text = String::with_capacity(traceback.len() + 256);
    for line in traceback.split_inclusive('\n') {
        let (line, end) = line.strip_suffix('\n').map_or((line, ""), |line| (line, "\n"));
        text.push_str(&coloured_line(line));
        text.push_str(end);
    }
    text
}

fn coloured_line(line: &str) -> String {
    let trimmed = line.trim_start();
    let indented = trimmed.len() < line.len();
    if indented && trimmed.starts_with("File \"") {
        return place(line).unwrap_or_else(|| line.to_owned());
    }
    if indented && !trimmed.is_empty() && trimmed.chars().all(|c| matches!(c, '^' | '~' | ' ')) {
        return format!("{SPAN}{line}{RESET}");
    }
    match line.split_once(": ") {
        Some((kind, message)) if is_type(kind) => format!("{TYPE}{kind}{RESET}: {FILE}{message}{RESET}"),
        None if is_type(line) => format!("{TYPE}{line}{RESET}"),
        _ => line.to_owned(),
    }
}

/// `  File "<cell 1>", line 1, in <module>`, where the last part may be missing.
fn place(line: &str) -> Option<String> {
    let (before, rest) = line.split_once('"')?;
    let (file, rest) = rest.rsplit_once("\", line ")?;
    let (number, function) = match rest.split_once(", in ") {
        Some((number, function)) => (number, format!(", in {FILE}{function}{RESET}")),
        None => (rest, String::new()),
    };
    Some(format!("{before}{FILE}\"{file}\"{RESET}, line {FILE}{number}{RESET}{function}"))
}

/// Whether this can be an exception's type: a dotted name.
fn is_type(text: &str) -> bool {
    let name = |part: &str| {
        part.chars().next().is_some_and(|c| c.is_alphabetic() || c == '_')
            && part.chars().all(|c| c.is_alphanumeric() || c == '_')
    };
    !text.is_empty() && text.split('.').all(name)
}
