//! The program that is to be run, and what it may read.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{self, Read as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::Result;
use exuvia_core::journal::{self, Source};
use exuvia_packages::ScriptMetadata;
use exuvia_sandbox::{Script, ScriptSource};

use super::{Arguments, WORK};
use crate::exit;
use crate::failure::{self, Failure};

/// How far into a file its metadata are looked for.
const METADATA_BYTES_MAX: u64 = 1 << 20;

/// A program.
pub(super) struct Program {
    pub(super) script: Script,
    /// The folder of this machine that it reads.
    pub(super) folder: Option<PathBuf>,
    /// A file that is put into the sandbox: its path there and its content.
    pub(super) file: Option<(String, Vec<u8>)>,
    /// Whether it came from stdin, which is at its end then.
    pub(super) reads_stdin: bool,
}

impl Program {
    /// Finds out what the command line names.
    pub(super) fn of(arguments: &Arguments) -> Result<Self> {
        Self::with(arguments, source_on_stdin)
    }

    /// Finds out what the command line named when the program began: one that came on stdin is in its journal.
    pub(super) fn begun(arguments: &Arguments) -> Result<Self> {
        Self::with(arguments, || Ok(String::new()))
    }

    fn with(arguments: &Arguments, stdin: impl FnOnce() -> Result<String>) -> Result<Self> {
        if let Some((code, rest)) = arguments.code.split_first() {
            return Self::new(ScriptSource::Code(text(code, "the code")?), rest);
        }
        if let Some((module, rest)) = arguments.module.split_first() {
            let source = ScriptSource::Module(text(module, "the module's name")?);
            return Ok(Self { folder: Some(PathBuf::from(".")), ..Self::new(source, rest)? });
        }
        let Some((file, rest)) = arguments.file.split_first() else {
            return Err(Failure::usage("no program is named").into());
        };
        if file == "-" {
            let source = ScriptSource::Stdin(stdin()?);
            return Ok(Self { reads_stdin: true, ..Self::new(source, rest)? });
        }
        Self::of_file(Path::new(file), rest)
    }

    /// Returns what is run.
    pub(super) fn source(&self) -> Source {
        let Script { source, arguments } = self.script.clone();
        let program = match source {
            ScriptSource::File(path) => journal::Program::File(path),
            ScriptSource::Code(text) => journal::Program::Code(text),
            ScriptSource::Module(name) => journal::Program::Module(name),
            ScriptSource::Stdin(text) => journal::Program::Stdin(text),
        };
        Source::Program { program, arguments }
    }

    /// Returns what the script says that it needs.
    pub(super) fn metadata(&self) -> Result<ScriptMetadata> {
        let source = match (&self.script.source, &self.file, &self.folder) {
            (ScriptSource::Stdin(source), ..) => source.clone(),
            (_, Some((_, content)), _) => String::from_utf8_lossy(content).into_owned(),
            (ScriptSource::File(inside), None, Some(folder)) => {
                let Some(name) = inside.strip_prefix(WORK).and_then(|name| name.strip_prefix('/')) else {
                    return Ok(ScriptMetadata::default());
                };
                let path = folder.join(name);
                let failed = |error: io::Error| Failure::unreadable(&path, &error);
                let mut content = Vec::new();
                let file = fs::File::open(&path).map_err(failed)?;
                file.take(METADATA_BYTES_MAX).read_to_end(&mut content).map_err(failed)?;
                // An archive has no metadata of this kind, and what is no UTF-8 stands outside of them.
                String::from_utf8_lossy(&content).into_owned()
            }
            _ => return Ok(ScriptMetadata::default()),
        };
        Ok(ScriptMetadata::read(&source).map_err(Failure::from)?.unwrap_or_default())
    }

    fn new(source: ScriptSource, arguments: &[OsString]) -> Result<Self> {
        let arguments = match arguments {
            [first, rest @ ..] if first == "--" => rest,
            all => all,
        };
        let arguments = arguments.iter().map(|argument| text(argument, "an argument")).collect::<Result<_>>()?;
        Ok(Self { script: Script { source, arguments }, folder: None, file: None, reads_stdin: false })
    }

    /// A file is seen in its folder under its own name, wherever links to it lie: so does `python` choose `sys.path[0]`.
    fn of_file(path: &Path, arguments: &[OsString]) -> Result<Self> {
        let failed = |error: io::Error| {
            Failure::unreadable(path, &error).hint("code itself is given with -c, a module's name with -m")
        };
        let metadata = fs::metadata(path).map_err(failed)?;
        if !metadata.is_dir() && !metadata.is_file() {
            // A pipe or a device, such as `<(command)` of a shell: it is read once, and has no folder to speak of.
            let content = fs::read(path).map_err(failed)?;
            let name = text(path.file_name().unwrap_or_default(), "the file's name")?;
            let inside = format!("{WORK}/{name}");
            return Ok(Self {
                file: Some((inside.clone(), content)),
                ..Self::new(ScriptSource::File(inside), arguments)?
            });
        }
        let real = fs::canonicalize(path).map_err(failed)?;
        if metadata.is_dir() {
            if ["__main__.py", "__main__.pyc"].iter().all(|name| fs::metadata(real.join(name)).is_err()) {
                let failure = Failure::usage(format!("the folder `{}` cannot be run", path.display()));
                return Err(failure.hint("a folder is run by its `__main__.py`, and this one has none").into());
            }
            return Ok(Self { folder: Some(real), ..Self::new(ScriptSource::File(WORK.to_owned()), arguments)? });
        }
        let name = text(real.file_name().unwrap_or_default(), "the file's name")?;
        fs::File::open(&real).map_err(failed)?;
        if metadata.permissions().mode() & 0o444 == 0 {
            // Whoever may read all of this machine: the program in the sandbox goes by the mode.
            return Err(failed(io::ErrorKind::PermissionDenied.into()).into());
        }
        let source = ScriptSource::File(format!("{WORK}/{name}"));
        Ok(Self { folder: real.parent().map(Path::to_owned), ..Self::new(source, arguments)? })
    }
}

fn text(text: &OsStr, what: &str) -> Result<String> {
    match text.to_str() {
        Some(text) => Ok(text.to_owned()),
        None => Err(Failure::usage(format!("{what} `{}` is not UTF-8", text.display())).into()),
    }
}

fn source_on_stdin() -> Result<String> {
    let mut source = Vec::new();
    io::stdin().lock().read_to_end(&mut source).map_err(|error| {
        Failure::usage(format!("the program cannot be read from stdin: {}", failure::reason(&error)))
    })?;
    let source = String::from_utf8(source).map_err(|error| {
        let offset = error.utf8_error().valid_up_to();
        Failure::new(format!("the program on stdin is not UTF-8: its byte {offset} is wrong"))
            .hint("put it into a file that declares its encoding")
            .with_status(exit::RAISED)
    })?;
    Ok(source.trim_start_matches('\u{feff}').to_owned())
}
