//! A running program, and everything that it started.

use std::ffi::OsStr;
use std::io;
use std::os::fd::AsFd;
use std::process::{ExitStatus, Stdio};

use exuvia_core::{ToolFailure, ToolFailureKind, ToolOutcome};
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};
use tokio::signal::unix::{Signal as Signals, SignalKind, signal};

use super::Setting;

/// How much of what a program says on stderr is kept: its end.
const STDERR_BYTES_MAX: usize = 4 << 10;
/// How much is read at a time.
const CHUNK_BYTES: usize = 64 << 10;
/// The most that may lie in a pipe when its writer is gone (`/proc/sys/fs/pipe-max-size`).
const PIPE_BYTES_MAX: usize = 1 << 20;

/// A running program. Dropping it kills its process group.
pub(super) struct Process {
    child: Child,
    /// Its process group, as long as the program has not been waited for: until then no other group has this number.
    group: Option<Pid>,
    /// Wakes when a child of this process has ended.
    ends: Signals,
}

/// What a program has left behind.
pub(super) struct Finished {
    pub(super) status: ExitStatus,
    pub(super) stdout: Vec<u8>,
    stderr: Vec<u8>,
}

impl Finished {
    /// Returns the end of what it said on stderr or else on stdout, for a person.
    pub(super) fn stderr_or_stdout(&self) -> String {
        let said = if self.stderr.iter().all(u8::is_ascii_whitespace) { &self.stdout } else { &self.stderr };
        let end = said.len().saturating_sub(STDERR_BYTES_MAX);
        String::from_utf8_lossy(&said[end..]).trim().to_owned()
    }
}

impl Process {
    /// Starts a program.
    pub(super) fn start(setting: &Setting, argv: &[String]) -> Result<Self, ToolFailure> {
        let Some((program, arguments)) = argv.split_first() else {
            return Err(ToolFailure::failed("the command is empty"));
        };
        let path = if program.contains('/') { setting.folder.join(program) } else { program.into() };
        // Before the program starts, so that its end is not missed.
        let started = signal(SignalKind::child()).and_then(|ends| {
            let child = command(path.as_os_str(), setting).args(arguments).spawn()?;
            Ok((child, ends))
        });
        let (child, ends) = started.map_err(|error| not_started(program, setting, &error))?;
        let group = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        Ok(Self { child, group, ends })
    }

    /// Writes its input, reads what it prints, waits for its end, and ends what it left running.
    pub(super) async fn finish(mut self, stdin: Vec<u8>, stdout_bytes_max: usize) -> Result<Finished, ToolFailure> {
        let mut stdout = Capture::new(Keep::All(stdout_bytes_max));
        let mut stderr = Capture::new(Keep::Last(STDERR_BYTES_MAX));
        let status = self.run(stdin, &mut stdout, &mut stderr).await?;
        Ok(Finished { status, stdout: stdout.bytes, stderr: stderr.bytes })
    }

    /// Returns the beginning of what it prints, on stdout or else on stderr, whatever its status.
    pub(super) async fn print(mut self, bytes_max: usize) -> ToolOutcome {
        let mut stdout = Capture::new(Keep::First(bytes_max));
        let mut stderr = Capture::new(Keep::First(bytes_max));
        self.run(Vec::new(), &mut stdout, &mut stderr).await?;
        let said = if stdout.bytes.is_empty() { stderr.bytes } else { stdout.bytes };
        Ok(String::from_utf8_lossy(&said).into_owned())
    }

    async fn run(
        &mut self,
        stdin: Vec<u8>,
        stdout: &mut Capture,
        stderr: &mut Capture,
    ) -> Result<ExitStatus, ToolFailure> {
        let (Some(input), Some(mut out), Some(mut err)) =
            (self.child.stdin.take(), self.child.stdout.take(), self.child.stderr.take())
        else {
            return Err(ToolFailure::failed("the program has no pipes"));
        };
        self.talk((input, stdin), (&mut out, stdout), (&mut err, stderr)).await?;
        // What it left running must not outlive the call. It can only be addressed while the program is not waited for.
        self.kill();
        stdout.drain(&out)?;
        stderr.drain(&err)?;
        let status = self.child.wait().await.map_err(|error| unreadable(&error))?;
        self.group = None;
        Ok(status)
    }

    /// Writes and reads until the program has ended, even if something that it started still has its pipes.
    async fn talk(
        &mut self,
        (mut input, bytes): (ChildStdin, Vec<u8>),
        (out, stdout): (&mut ChildStdout, &mut Capture),
        (err, stderr): (&mut ChildStderr, &mut Capture),
    ) -> Result<(), ToolFailure> {
        let write = async move {
            // A program may end without having read everything.
            _ = input.write_all(&bytes).await;
            Ok(())
        };
        let talk = async { tokio::try_join!(write, stdout.fill(out), stderr.fill(err)) };
        let group = self.group;
        tokio::select! {
            ended = ended(group, &mut self.ends) => return ended,
            talked = talk => talked?,
        };
        ended(group, &mut self.ends).await
    }

    fn kill(&self) {
        if let Some(group) = self.group {
            // It fails if nobody is left.
            _ = kill_process_group(group, Signal::KILL);
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // The runtime waits for the program itself.
        self.kill();
    }
}

/// Waits until a program has ended, and leaves it to be waited for: its number stays its own.
async fn ended(program: Option<Pid>, ends: &mut Signals) -> Result<(), ToolFailure> {
    let Some(program) = program else { return Ok(()) };
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT | WaitIdOptions::NOHANG;
    loop {
        match waitid(WaitId::Pid(program), options) {
            Ok(None) | Err(rustix::io::Errno::INTR) => {}
            Ok(Some(_)) => return Ok(()),
            Err(error) => return Err(unreadable(&error.into())),
        }
        ends.recv().await;
    }
}

fn command(program: &OsStr, setting: &Setting) -> Command {
    let mut command = Command::new(program);
    command
        .env_clear()
        .envs(&setting.environment)
        .current_dir(&setting.folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .kill_on_drop(true);
    command
}

fn not_started(program: &str, setting: &Setting, error: &io::Error) -> ToolFailure {
    match error.kind() {
        io::ErrorKind::ArgumentListTooLong => {
            ToolFailure::new(ToolFailureKind::Limit, "the arguments are too long for a command line")
                .hint("pass less, or let the program read them from stdin")
        }
        io::ErrorKind::NotFound => {
            let problem = format!(
                "the program `{program}` of tool `{}` is not there: {}",
                setting.tool,
                sought(program, setting)
            );
            ToolFailure::failed(problem).hint("whoever runs the host installs it, or names its folder")
        }
        _ => ToolFailure::failed(format!(
            "the program `{program}` of tool `{}` cannot be started: {error}",
            setting.tool
        )),
    }
}

/// Says where a program was looked for that is not there.
fn sought(program: &str, Setting { folder, environment, .. }: &Setting) -> String {
    let here = folder.display();
    if !folder.is_dir() {
        return format!("there is no folder `{here}` to run it in");
    }
    if !program.contains('/') {
        let path = environment.get("PATH").map(|path| path.to_string_lossy()).unwrap_or_default();
        return format!("it was looked for in `{path}`");
    }
    let path = folder.join(program);
    if path.exists() {
        return format!("`{}` is, but not what is to run it", path.display());
    }
    format!("it was looked for as `{}`", path.display())
}

fn unreadable(error: &io::Error) -> ToolFailure {
    ToolFailure::failed(format!("the program cannot be read from: {error}"))
}

/// What of a stream is kept.
#[derive(Clone, Copy)]
enum Keep {
    /// Everything; more than this many bytes is a failure.
    All(usize),
    /// The first bytes.
    First(usize),
    /// The last bytes.
    Last(usize),
}

/// What was read of a stream.
struct Capture {
    keep: Keep,
    bytes: Vec<u8>,
}

impl Capture {
    fn new(keep: Keep) -> Self {
        Self { keep, bytes: Vec::new() }
    }

    /// Reads to the end.
    async fn fill(&mut self, stream: &mut (impl AsyncRead + Unpin)) -> Result<(), ToolFailure> {
        let mut chunk = vec![0; CHUNK_BYTES];
        loop {
            match stream.read(&mut chunk).await {
                Ok(0) => return Ok(()),
                Ok(length) => self.take(&chunk[..length])?,
                Err(error) => return Err(unreadable(&error)),
            }
        }
    }

    /// Reads what is there, without waiting for more. The stream does not block.
    fn drain(&mut self, stream: &impl AsFd) -> Result<(), ToolFailure> {
        let mut chunk = vec![0; CHUNK_BYTES];
        let mut drained = 0;
        while drained <= PIPE_BYTES_MAX {
            match rustix::io::read(stream, &mut chunk) {
                Ok(0) | Err(rustix::io::Errno::AGAIN) => break,
                Ok(length) => {
                    self.take(&chunk[..length])?;
                    drained += length;
                }
                Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(unreadable(&error.into())),
            }
        }
        Ok(())
    }

    fn take(&mut self, bytes: &[u8]) -> Result<(), ToolFailure> {
        match self.keep {
            Keep::All(limit) if self.bytes.len() + bytes.len() > limit => {
                let message = format!("the program printed more than {limit} bytes");
                return Err(ToolFailure::new(ToolFailureKind::Limit, message).hint("ask for less at a time"));
            }
            Keep::All(_) => self.bytes.extend_from_slice(bytes),
            Keep::First(limit) => {
                let room = limit.saturating_sub(self.bytes.len()).min(bytes.len());
                self.bytes.extend_from_slice(&bytes[..room]);
            }
            Keep::Last(limit) => {
                self.bytes.extend_from_slice(bytes);
                self.bytes.drain(..self.bytes.len().saturating_sub(limit));
            }
        }
        Ok(())
    }
}
