//! What a session needs of the process that it runs in.

use std::collections::BTreeMap;
use std::sync::Arc;

use exuvia_core::Host;
use exuvia_core::journal::{EngineIdentity, Event, Opened, PackageIdentity, SessionId, Writer};
use exuvia_sandbox::{Checkpoint, Engine, Packages, SandboxBuilder};

use crate::error::SessionError;
use crate::log::{Log, Now, Observer};
use crate::policy::CheckpointPolicy;

/// Why there is no live host: an error of whoever makes them.
pub type HostError = Box<dyn std::error::Error + Send + Sync>;

/// Makes a live host: clocks, input, mounts, tools. It is asked for one whenever a session has to begin again.
pub type HostFactory = Arc<dyn Fn() -> Result<Box<dyn Host>, HostError> + Send + Sync>;

/// What a session needs of the process that it runs in, and what no journal has.
#[derive(Clone)]
pub struct Environment {
    /// Makes the sandboxes.
    pub engine: Engine,
    /// The packages that can be imported beyond the image's.
    pub packages: Option<Packages>,
    /// Which packages those are.
    pub package_identities: Vec<PackageIdentity>,
    /// Makes live hosts, with as many mounts as the session has. It is not asked for randomness: that follows from the
    /// session's seed.
    pub host: HostFactory,
    /// The time, in milliseconds since 1970, that is written beside events for people to read.
    pub now: Now,
    /// Who is told of events as they are written.
    pub observer: Option<Observer>,
    /// The values of secret environment variables.
    pub secrets: BTreeMap<String, String>,
    /// Whether outcomes have what was written to stdout and stderr.
    pub capture: bool,
    /// When checkpoints are taken.
    pub checkpoints: CheckpointPolicy,
    /// How many bytes this process writes into a session's journal at most, roughly. A program can have as much written down
    /// as it likes, by reading clocks, say: where this is met, its session ends with [`SessionError::Store`].
    pub journal_bytes_max: u64,
}

impl Environment {
    /// Returns what a session of this environment begins with: limits, files and all else are for the caller to fill in.
    #[must_use]
    pub fn opened(&self, seed: [u8; 32]) -> Opened {
        let image = self.engine.image();
        let manifest = image.manifest();
        let engine = EngineIdentity { name: manifest.engine.clone(), version: manifest.version.clone() };
        let packages = self.package_identities.clone();
        Opened { packages, ..Opened::new(engine, image.identity().to_string(), seed) }
    }

    /// Makes the writing side of a journal.
    pub(crate) fn log(&self, writer: Box<dyn Writer>) -> Log {
        Log::new(writer, Arc::clone(&self.now), self.observer.clone(), self.journal_bytes_max)
    }

    /// Makes a live host.
    pub(crate) fn host(&self) -> Result<Box<dyn Host>, SessionError> {
        (self.host)().map_err(SessionError::Host)
    }

    /// Refuses a session that needs another image, other packages, or secrets that are not here.
    pub(crate) fn check(&self, session: &SessionId, opened: &Opened) -> Result<(), SessionError> {
        let unlike = |what: String| Err(SessionError::Unlike { session: session.clone(), what });
        if opened.packages != self.package_identities {
            return unlike(other_packages(&opened.packages, &self.package_identities));
        }
        let image = self.engine.image().identity().to_string();
        if opened.image != image {
            let preloaded = if opened.packages.is_empty() { "" } else { ", or what was imported in it with --preload" };
            let needed = &opened.image;
            return unlike(format!(
                "it needs the image {needed}, this is {image}\n    hint: name its file with --image{preloaded}"
            ));
        }
        for variable in &opened.environment {
            if variable.value.is_none() && !self.secrets.contains_key(&variable.name) {
                let name = &variable.name;
                return unlike(format!("`{name}` is a secret, which is in no journal\n    hint: give it again"));
            }
        }
        Ok(())
    }

    /// Begins to make a sandbox as a session of this opening would have it, for one that is not recorded.
    #[must_use]
    pub fn sandbox(&self, opened: &Opened) -> SandboxBuilder {
        self.builder(opened, None)
    }

    /// Begins to make a session's sandbox, from the beginning or from a checkpoint.
    pub(crate) fn builder(&self, opened: &Opened, checkpoint: Option<&Checkpoint>) -> SandboxBuilder {
        let mut builder =
            self.engine.sandbox().limits(opened.limits.clone()).capture_output(self.capture).tools(&*opened.tools);
        if let Some(packages) = &self.packages {
            builder = builder.packages(packages);
        }
        for mount in &opened.mounts {
            builder = builder.mount(mount.path.clone(), mount.mode);
        }
        if let Some(checkpoint) = checkpoint {
            return builder.checkpoint(checkpoint);
        }
        builder = builder.warm(true).arguments(opened.arguments.iter().cloned()).terminals(opened.terminals);
        for variable in &opened.environment {
            let value = variable.value.as_ref().or_else(|| self.secrets.get(&variable.name));
            builder = builder.environment(variable.name.clone(), value.cloned().unwrap_or_default());
        }
        for file in &opened.files {
            builder = builder.file(file.path.clone(), file.content.clone());
        }
        match &opened.working_directory {
            Some(path) => builder.working_directory(path.clone()),
            None => builder,
        }
    }
}

impl std::fmt::Debug for Environment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Environment").field("engine", &self.engine).finish_non_exhaustive()
    }
}

/// Says which packages a session needs, and how they are named.
fn other_packages(needed: &[PackageIdentity], here: &[PackageIdentity]) -> String {
    let [has, is_here] = [needed, here].map(|packages| match packages {
        [] => "none".to_owned(),
        packages => join(packages, ", ", |package| format!("{} {}", package.name, package.version)),
    });
    if has == is_here {
        let is_other = |package: &&PackageIdentity| !here.contains(package);
        let others: Vec<PackageIdentity> = needed.iter().filter(is_other).cloned().collect();
        return format!(
            "the files of its packages were others than those that are here, with the hashes {}",
            join(&others, ", ", |package| format!("{} ({} {})", package.hash, package.name, package.version))
        );
    }
    let hint = match needed {
        [] => "name no packages".to_owned(),
        needed => {
            let pins = join(needed, ",", |package| format!("{}=={}", package.name, package.version));
            format!("name them with --with {pins}")
        }
    };
    format!("its packages are {has}; here are {is_here}\n    hint: {hint}")
}

fn join(packages: &[PackageIdentity], between: &str, tell: impl Fn(&PackageIdentity) -> String) -> String {
    packages.iter().map(tell).collect::<Vec<_>>().join(between)
}

/// Returns what a session began with, of its first event.
///
/// # Errors
///
/// [`SessionError::Unlike`] if that does not say it.
pub fn opened_of(session: &SessionId, event: Option<Event>) -> Result<Opened, SessionError> {
    match event {
        Some(Event::Opened(opened)) => Ok(*opened),
        _ => Err(SessionError::Unlike {
            session: session.clone(),
            what: "its first event does not say how it was opened".to_owned(),
        }),
    }
}
