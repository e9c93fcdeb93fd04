//! The prompt: editing of several lines, history, completion from the live interpreter.

use std::borrow::Cow;
use std::fs::File;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use anyhow::Result;
use exuvia_sandbox::Completeness;
use reedline::{
    ColumnarMenu, Completer, CompletionResult, Emacs, FileBackedHistory, Highlighter, KeyCode, KeyModifiers,
    MenuBuilder as _, Prompt, PromptEditMode, PromptHistorySearch, Reedline, ReedlineEvent, ReedlineMenu, Signal, Span,
    StyledText, Suggestion, ValidationResult, Validator, default_emacs_keybindings,
};

use super::session::{Session, SharedRunner};
use crate::{failure, folders, output};

/// How many cells the history holds.
const HISTORY_CELLS_MAX: usize = 5_000;
const MENU: &str = "completion";
const INDENTATION: &str = "    ";

/// The prompt at a terminal.
pub(super) struct Editor {
    editor: Reedline,
}

impl Editor {
    pub(super) fn new(session: &Session) -> Result<Self> {
        let mut keys = default_emacs_keybindings();
        let complete = vec![ReedlineEvent::Menu(MENU.to_owned()), ReedlineEvent::MenuNext];
        keys.add_binding(KeyModifiers::NONE, KeyCode::Tab, ReedlineEvent::UntilFound(complete));
        let mut editor = Reedline::create()
            .with_ansi_colors(session.colours())
            .use_bracketed_paste(true)
            .with_highlighter(Box::new(Plain))
            .with_validator(Box::new(WholeStatement(session.runner().clone())))
            .with_completer(Box::new(Names(session.runner().clone())))
            .with_quick_completions(true)
            .with_partial_completions(true)
            .with_menu(ReedlineMenu::EngineCompleter(Box::new(
                ColumnarMenu::default().with_name(MENU).with_word_chars("_."),
            )))
            .with_edit_mode(Box::new(Emacs::new(keys)));
        if let Some(history) = history() {
            editor = editor.with_history(Box::new(history));
        }
        Ok(Self { editor })
    }

    /// Returns the next cell; `None` after Ctrl-D.
    pub(super) fn next(&mut self) -> Result<Option<String>> {
        loop {
            match self.editor.read_line(&Arrows)? {
                Signal::Success(cell) if cell.trim().is_empty() => {}
                Signal::Success(cell) => {
                    // The history is a comfort: that it cannot be written is no reason not to run the cell.
                    let _ = self.editor.sync_history();
                    return Ok(Some(cell));
                }
                Signal::CtrlD => return Ok(None),
                // The line is cleared after Ctrl-C; nothing else is asked for.
                _ => {}
            }
        }
    }
}

/// Opens the history, which nobody else may read; without a place for it there is none.
fn history() -> Option<FileBackedHistory> {
    let folder = folders::state()?;
    let opened = private_file(&folder)
        .map_err(|error| failure::reason(&error))
        .and_then(|path| FileBackedHistory::with_file(HISTORY_CELLS_MAX, path).map_err(|error| error.to_string()));
    opened.inspect_err(|reason| output::say(&format!("there is no history, in `{}`: {reason}", folder.display()))).ok()
}

fn private_file(folder: &Path) -> std::io::Result<PathBuf> {
    folders::create(folder)?;
    let path = folder.join("history");
    let file = File::options().create(true).append(true).mode(0o600).open(&path)?;
    let mut permissions = file.metadata()?.permissions();
    if permissions.mode() & 0o077 != 0 {
        permissions.set_mode(0o600);
        file.set_permissions(permissions)?;
    }
    Ok(path)
}

/// What stands before each line.
struct Arrows;

impl Prompt for Arrows {
    fn render_prompt_left(&self) -> Cow<'_, str> {
        Cow::Borrowed(">>> ")
    }

    fn render_prompt_right(&self) -> Cow<'_, str> {
        Cow::Borrowed("")
    }

    fn render_prompt_indicator(&self, _mode: PromptEditMode) -> Cow<'_, str> {
        Cow::Borrowed("")
    }

    fn render_prompt_multiline_indicator(&self) -> Cow<'_, str> {
        Cow::Borrowed("... ")
    }

    fn render_prompt_history_search_indicator(&self, search: PromptHistorySearch) -> Cow<'_, str> {
        Cow::Owned(format!("(search: {}) ", search.term))
    }
}

/// Shows what is typed in the terminal's own colour: the editor's default is white, which not every terminal shows.
struct Plain;

impl Highlighter for Plain {
    fn highlight(&self, line: &str, _cursor: usize) -> StyledText {
        let mut text = StyledText::new();
        text.push((Default::default(), line.to_owned()));
        text
    }
}

/// Lets Enter begin another line until the statement is whole.
struct WholeStatement(SharedRunner);

impl Validator for WholeStatement {
    fn validate(&self, line: &str) -> ValidationResult {
        match self.0.completeness(line) {
            Completeness::Incomplete => ValidationResult::Incomplete,
            Completeness::Complete | Completeness::Invalid => ValidationResult::Complete,
        }
    }
}

/// Completes names as they are in the session now.
struct Names(SharedRunner);

impl Completer for Names {
    fn complete(&mut self, line: &str, position: usize) -> CompletionResult {
        let before = line.get(..position).unwrap_or(line);
        let start_of_line = before.rfind('\n').map_or(0, |end| end + 1);
        if before[start_of_line..].trim().is_empty() {
            return CompletionResult::fresh(vec![suggestion(INDENTATION.to_owned(), position, position)]);
        }
        let completion = self.0.lock().aside(|sandbox| sandbox.complete(line, position).ok()).unwrap_or_default();
        // Python counts characters, and what it says may be anything.
        let start = line.char_indices().nth(completion.start).map_or(position, |(start, _)| start).min(position);
        let suggestions: Vec<_> =
            completion.matches.into_iter().map(|name| suggestion(name, start, position)).collect();
        CompletionResult::fresh(suggestions)
    }
}

fn suggestion(value: String, start: usize, end: usize) -> Suggestion {
    Suggestion { value, span: Span::new(start, end), ..Suggestion::default() }
}
