//! What a session began with.

use exuvia_core::journal::{
    EngineIdentity, Event, GivenFile, Hash, MountPoint, Opened as CoreOpened, PackageIdentity, Parent as CoreParent,
    SessionId, StoreError, Variable,
};
use exuvia_core::{Limits as CoreLimits, ToolDeclaration, ToolLimits as CoreToolLimits, ToolSignature};
use serde::{Deserialize, Serialize};

use super::super::{Fetch, Unreadable, VERSION};
use super::mount::Mode;
use super::parse;
use super::payload::{Bytes, Digest, Encoder, Span, Text, Tree, texts};

/// The one field that all versions have.
#[derive(Deserialize)]
struct Versioned {
    version: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Opened<'a> {
    version: u64,
    engine: Engine,
    image: String,
    packages: Vec<Package>,
    seed: Digest,
    limits: Limits,
    mounts: Vec<Mount<'a>>,
    tools: Vec<Tool<'a>>,
    arguments: Vec<Text<'a>>,
    environment: Vec<(Text<'a>, Option<Text<'a>>)>,
    files: Vec<File<'a>>,
    working_directory: Option<Text<'a>>,
    terminals: [bool; 3],
    parent: Option<Parent>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Engine {
    name: String,
    version: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Package {
    name: String,
    version: String,
    hash: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Limits {
    wall_time: Option<Span>,
    cpu_time: Option<Span>,
    grace: Span,
    memory_bytes: u64,
    output_bytes: u64,
    file_bytes: u64,
    files: u32,
    open_files: u32,
    recursion: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Mount<'a> {
    path: Text<'a>,
    mode: Mode,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Tool<'a> {
    name: String,
    description: Text<'a>,
    signature: Signature<'a>,
    read_only: bool,
    idempotent: bool,
    needs_approval: bool,
    help: bool,
    limits: ToolLimits,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Signature<'a> {
    Text,
    Json { parameters: Tree<'a>, returns: Option<Tree<'a>> },
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ToolLimits {
    time: Option<Span>,
    argument_bytes: u64,
    result_bytes: u64,
    calls: Option<u64>,
    concurrency: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File<'a> {
    path: Text<'a>,
    content: Bytes<'a>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Parent {
    session: String,
    position: u64,
    hash: Digest,
}

impl<'a> Opened<'a> {
    /// Writes what a session began with. `left_at` is the hash of the parent's last event that is shared.
    pub(super) fn encode(
        opened: &'a CoreOpened,
        left_at: Option<Hash>,
        encoder: &mut Encoder,
    ) -> Result<Self, StoreError> {
        let variable = |variable: &'a Variable, encoder: &mut Encoder| {
            let value = variable.value.as_deref().map(|value| encoder.text(value)).transpose()?;
            Ok::<_, StoreError>((encoder.text(&variable.name)?, value))
        };
        let mount = |mount: &'a MountPoint, encoder: &mut Encoder| {
            Ok::<_, StoreError>(Mount { path: encoder.text(&mount.path)?, mode: mount.mode.into() })
        };
        let file = |file: &'a GivenFile, encoder: &mut Encoder| {
            Ok::<_, StoreError>(File { path: encoder.text(&file.path)?, content: encoder.bytes(&file.content)? })
        };
        let parent = opened.parent.as_ref().zip(left_at).map(|(parent, hash)| Parent {
            session: parent.session.to_string(),
            position: parent.position,
            hash: Digest(hash),
        });
        Ok(Self {
            version: VERSION,
            engine: Engine { name: opened.engine.name.clone(), version: opened.engine.version.clone() },
            image: opened.image.clone(),
            packages: opened.packages.iter().map(Into::into).collect(),
            seed: Digest(Hash(opened.seed)),
            limits: (&opened.limits).into(),
            mounts: opened.mounts.iter().map(|point| mount(point, encoder)).collect::<Result<_, _>>()?,
            tools: opened.tools.iter().map(|tool| Tool::encode(tool, encoder)).collect::<Result<_, _>>()?,
            arguments: encoder.texts(&opened.arguments)?,
            environment: opened.environment.iter().map(|each| variable(each, encoder)).collect::<Result<_, _>>()?,
            files: opened.files.iter().map(|given| file(given, encoder)).collect::<Result<_, _>>()?,
            working_directory: opened.working_directory.as_deref().map(|path| encoder.text(path)).transpose()?,
            terminals: opened.terminals,
            parent,
        })
    }

    pub(super) fn decode(body: &str, fetch: &mut Fetch<'_>) -> Result<(Event, Option<Hash>), Unreadable> {
        // Of a newer version no more than its number can be read.
        let Versioned { version } = parse(body)?;
        if version > VERSION {
            return Err(Unreadable::Newer(version));
        }
        let opened: Self = parse::<Opened<'static>>(body)?;
        let left_at = opened.parent.as_ref().map(|parent| parent.hash.0);
        let mut environment = Vec::new();
        for (name, value) in opened.environment {
            let value = value.map(|value| value.decode(fetch)).transpose()?;
            environment.push(Variable { name: name.decode(fetch)?, value });
        }
        let mut mounts = Vec::new();
        for mount in opened.mounts {
            mounts.push(MountPoint { path: mount.path.decode(fetch)?, mode: mount.mode.into() });
        }
        let mut files = Vec::new();
        for file in opened.files {
            files.push(GivenFile { path: file.path.decode(fetch)?, content: file.content.decode(fetch)? });
        }
        let parent = |parent: Parent| {
            Ok::<_, Unreadable>(CoreParent { session: SessionId::new(parent.session)?, position: parent.position })
        };
        let core = CoreOpened {
            engine: EngineIdentity { name: opened.engine.name, version: opened.engine.version },
            image: opened.image,
            packages: opened.packages.into_iter().map(Into::into).collect(),
            seed: opened.seed.0.0,
            limits: opened.limits.decode()?,
            mounts,
            tools: opened.tools.into_iter().map(|tool| tool.decode(fetch)).collect::<Result<_, _>>()?,
            arguments: texts(opened.arguments, fetch)?,
            environment,
            files,
            working_directory: opened.working_directory.map(|path| path.decode(fetch)).transpose()?,
            terminals: opened.terminals,
            parent: opened.parent.map(parent).transpose()?,
        };
        Ok((Event::Opened(Box::new(core)), left_at))
    }
}

impl From<&PackageIdentity> for Package {
    fn from(package: &PackageIdentity) -> Self {
        Self { name: package.name.clone(), version: package.version.clone(), hash: package.hash.clone() }
    }
}

impl From<Package> for PackageIdentity {
    fn from(package: Package) -> Self {
        Self { name: package.name, version: package.version, hash: package.hash }
    }
}

impl From<&CoreLimits> for Limits {
    fn from(limits: &CoreLimits) -> Self {
        Self {
            wall_time: limits.wall_time.map(Into::into),
            cpu_time: limits.cpu_time.map(Into::into),
            grace: limits.grace.into(),
            memory_bytes: limits.memory_bytes,
            output_bytes: limits.output_bytes,
            file_bytes: limits.file_bytes,
            files: limits.files,
            open_files: limits.open_files,
            recursion: limits.recursion,
        }
    }
}

impl Limits {
    fn decode(self) -> Result<CoreLimits, Unreadable> {
        Ok(CoreLimits {
            wall_time: Span::decode_option(self.wall_time)?,
            cpu_time: Span::decode_option(self.cpu_time)?,
            grace: self.grace.decode()?,
            memory_bytes: self.memory_bytes,
            output_bytes: self.output_bytes,
            file_bytes: self.file_bytes,
            files: self.files,
            open_files: self.open_files,
            recursion: self.recursion,
        })
    }
}

impl<'a> Tool<'a> {
    fn encode(tool: &'a ToolDeclaration, encoder: &mut Encoder) -> Result<Self, StoreError> {
        let limits = &tool.limits;
        Ok(Self {
            name: tool.name.clone(),
            description: encoder.text(&tool.description)?,
            signature: match &tool.signature {
                ToolSignature::Text => Signature::Text,
                ToolSignature::Json { parameters, returns } => Signature::Json {
                    parameters: encoder.tree(parameters)?,
                    returns: returns.as_ref().map(|returns| encoder.tree(returns)).transpose()?,
                },
            },
            read_only: tool.read_only,
            idempotent: tool.idempotent,
            needs_approval: tool.needs_approval,
            help: tool.help,
            limits: ToolLimits {
                time: limits.time.map(Into::into),
                argument_bytes: limits.argument_bytes as u64,
                result_bytes: limits.result_bytes as u64,
                calls: limits.calls,
                concurrency: limits.concurrency as u64,
            },
        })
    }

    fn decode(self, fetch: &mut Fetch<'_>) -> Result<ToolDeclaration, Unreadable> {
        Ok(ToolDeclaration {
            name: self.name,
            description: self.description.decode(fetch)?,
            signature: match self.signature {
                Signature::Text => ToolSignature::Text,
                Signature::Json { parameters, returns } => ToolSignature::Json {
                    parameters: parameters.decode(fetch)?,
                    returns: returns.map(|returns| returns.decode(fetch)).transpose()?,
                },
            },
            read_only: self.read_only,
            idempotent: self.idempotent,
            needs_approval: self.needs_approval,
            help: self.help,
            limits: CoreToolLimits {
                time: Span::decode_option(self.limits.time)?,
                argument_bytes: self.limits.argument_bytes.try_into()?,
                result_bytes: self.limits.result_bytes.try_into()?,
                calls: self.limits.calls,
                concurrency: self.limits.concurrency.try_into()?,
            },
        })
    }
}
