//! `exuvia mcp --http`: who may come in, and until when.

use std::future::Future;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::str::FromStr;
use std::sync::Arc;

use anyhow::Result;
use exuvia_mcp::{Access, HttpError, HttpOptions, HttpServer, Server, Sessions, Tenant, Token};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::signal::unix::{SignalKind, signal};

use crate::failure::{self, Failure};
use crate::{output, recording};

/// Whose sessions those are that are begun by who is not named.
const TENANT: &str = "http";
/// How many letters the name of a tenant may have.
const TENANT_LETTERS_MAX: usize = 64;
/// How many letters of 32 a token has that is made here: 160 bits.
const TOKEN_LETTERS: usize = 32;
/// How many files may be open at a time: two for each session that is awake, one for each connection, and some.
const FILES_MAX: u64 = 4_096;
/// How many sessions have a sandbox at a time.
pub(super) const AWAKE: u16 = 256;
/// How many letters the ids of sessions have: 100 bits, so that nobody can guess one.
pub(super) const ID_LETTERS: usize = 20;

#[derive(clap::Args, Debug)]
#[command(next_help_heading = "HTTP")]
pub(super) struct HttpArguments {
    /// Serve over HTTP, at `http://ADDRESS:PORT/mcp`, until this program is stopped; port 0 is any that is free
    #[arg(long, value_name = "[ADDRESS:]PORT")]
    http: Option<Place>,

    /// Let in who sends the token in this environment variable, as this tenant, who sees no other one's sessions; without
    /// any, a token is made and shown
    #[arg(long, value_name = "[TENANT=]VARIABLE", requires = "http")]
    token_env: Vec<Variable>,

    /// Let in whoever reaches a loopback address
    #[arg(long, requires = "http", conflicts_with = "token_env")]
    no_token: bool,

    /// Answer requests to this name, too, and not only to the address
    #[arg(long, value_name = "NAME[:PORT]", requires = "http")]
    allow_host: Vec<String>,

    /// Answer web pages of this origin, like `https://example.com`
    #[arg(long, value_name = "ORIGIN", requires = "http")]
    allow_origin: Vec<String>,
}

impl HttpArguments {
    /// Whether HTTP is spoken, and not stdin and stdout.
    pub(super) fn are_given(&self) -> bool {
        self.http.is_some()
    }

    /// Listens, says where, and serves until this process is told to end.
    pub(super) async fn serve(&self, sessions: Arc<Sessions>, message_bytes_max: usize) -> Result<()> {
        allow_files();
        let stop = asked_to_end()?;
        let (access, made) = self.access()?;
        let options = HttpOptions {
            hosts: self.allow_host.clone(),
            origins: self.allow_origin.clone(),
            message_bytes_max,
            ..HttpOptions::new(access)
        };
        let Place(address) = self.http.expect("they are given");
        let server = HttpServer::bind(address, options).await.map_err(told)?;
        output::say(&format!("listening on {}", server.url()));
        if let Some(token) = made {
            output::say(&format!("    token: {token}"));
        }
        let make = move |tenant: &Tenant| Server::new(Arc::clone(&sessions), tenant.clone(), "http");
        server.serve(make, stop).await;
        Ok(())
    }

    /// Returns who may come in, and the token that was made for it.
    fn access(&self) -> Result<(Access, Option<String>)> {
        if self.no_token {
            return Ok((Access::Open(Tenant::new(TENANT)), None));
        }
        if self.token_env.is_empty() {
            let secret = secret()?;
            let token = Token::new(&secret).expect("it has as many letters as a token needs");
            return Ok((Access::Tokens(vec![(token, Tenant::new(TENANT))]), Some(secret)));
        }
        let mut tokens = Vec::new();
        for Variable { tenant, name } in &self.token_env {
            let secret = std::env::var(name)
                .map_err(|_| Failure::usage(format!("the environment variable `{name}` has no token")))?;
            let token = Token::new(&secret)
                .map_err(|error| Failure::usage(format!("the token in the environment variable `{name}` {error}")))?;
            tokens.push((token, Tenant::new(tenant.as_deref().unwrap_or(TENANT))));
        }
        Ok((Access::Tokens(tokens), None))
    }
}

/// Has the system let this process open as many files as it may need, or as it will.
fn allow_files() {
    let limit = getrlimit(Resource::Nofile);
    let wanted = FILES_MAX.min(limit.maximum.unwrap_or(FILES_MAX));
    if limit.current.is_some_and(|current| current < wanted) {
        // Where it will not, opening one file too many says so.
        let _ = setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), ..limit });
    }
}

fn secret() -> Result<String> {
    const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let mut random = [0; TOKEN_LETTERS];
    recording::fill(&mut random)?;
    Ok(random.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect())
}

fn told(error: HttpError) -> Failure {
    let message = error.to_string();
    match error {
        HttpError::Open(_) => Failure::usage(message).hint("leave --no-token out, or listen on 127.0.0.1"),
        HttpError::Host(_) | HttpError::Origin(_) | HttpError::Shared(_) => Failure::usage(message),
        HttpError::Bind { address, error } => {
            Failure::new(format!("cannot listen on `{address}`: {}", failure::reason(&error)))
        }
    }
}

/// Waits until somebody presses Ctrl-C or asks this process to end.
fn asked_to_end() -> Result<impl Future<Output = ()> + Send + 'static> {
    let catch = |kind| {
        signal(kind).map_err(|error| Failure::new(format!("signals cannot be caught: {}", failure::reason(&error))))
    };
    let (mut interrupt, mut terminate) = (catch(SignalKind::interrupt())?, catch(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Where to listen.
#[derive(Debug, Clone, Copy)]
struct Place(SocketAddr);

impl FromStr for Place {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let port = || text.parse().ok().map(|port| SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
        let local = || {
            let port = text.strip_prefix("localhost:")?.parse().ok()?;
            Some(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port))
        };
        let place = port().or_else(|| text.parse().ok()).or_else(local);
        place
            .map(Place)
            .ok_or_else(|| "it is a port, or an address and a port: `4000`, `0.0.0.0:4000`, `[::1]:4000`".to_owned())
    }
}

/// Where a token is.
#[derive(Debug, Clone)]
struct Variable {
    tenant: Option<String>,
    name: String,
}

impl FromStr for Variable {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let Some((tenant, name)) = text.split_once('=') else {
            return Ok(Self { tenant: None, name: text.to_owned() });
        };
        let is_good = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
        if tenant.is_empty() || tenant.len() > TENANT_LETTERS_MAX || !tenant.chars().all(is_good) {
            return Err(format!(
                "a tenant has a name of letters, digits, `-`, `_` and `.`, at most {TENANT_LETTERS_MAX}"
            ));
        }
        if tenant == super::TENANT {
            return Err(format!("`{tenant}` is who uses a server over stdin and stdout: name the tenant otherwise"));
        }
        Ok(Self { tenant: Some(tenant.to_owned()), name: name.to_owned() })
    }
}
