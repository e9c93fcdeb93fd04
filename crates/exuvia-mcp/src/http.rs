//! The transport over HTTP ("Streamable HTTP"), in both of its forms: with connections, as revisions of the protocol up to
//! 2025-11-25 have them, and without, as 2026-07-28 has it.
//!
//! rmcp implements the protocol. What stands before it is ours:
//!
//! - `listener`: connections are bounded in number, and in the time that a request takes to arrive.
//! - `names`: `Host` and `Origin`, so that no web page reaches a server on the reader's own machine.
//! - `access`: who may come in, and as which tenant. Each tenant has a service of its own: another one's `Mcp-Session-Id`
//!   is as unknown to it as one that was made up.
//! - `accept`: which answers a client takes.
//! - `batch`: several messages at once, of the one revision that has that.
//! - `envelope`: messages are bounded, and whatever is refused is refused in JSON-RPC's words.
//!
//! # What a client can do
//!
//! Who has no token gets no further than its headers, 64 KiB of them. Who has one can hold at most
//! [`CONNECTIONS_MAX`](listener::CONNECTIONS_MAX) connections with all others together, [`LEGACY_MAX`] connections of older
//! revisions, and one message of [`HttpOptions::message_bytes_max`] for each connection.

mod accept;
mod access;
mod batch;
mod envelope;
mod guard;
mod listener;
mod names;

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::any;
use rmcp::ServerHandler;
use rmcp::transport::streamable_http_server::session::local::{LocalSessionManager, SessionConfig};
use rmcp::transport::{StreamableHttpServerConfig, StreamableHttpService};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::Tenant;
pub use access::{Access, Token, TokenError};
use guard::Site;
use names::Names;

/// Where the protocol is spoken.
const PATH: &str = "/mcp";

/// For how long a connection of an older revision may be silent before it is forgotten. Its sessions are not.
const LEGACY_IDLE: Duration = Duration::from_secs(24 * 60 * 60);

/// How many connections of older revisions a tenant may have.
pub(crate) const LEGACY_MAX: usize = 1_000;

/// How a server is reached.
#[derive(Debug, Clone)]
pub struct HttpOptions {
    /// Who may come in.
    pub access: Access,
    /// Names, with or without a port, by which it is reached beside its own address and, on a loopback address,
    /// `localhost`. Default: none.
    pub hosts: Vec<String>,
    /// Origins (`https://example.com`) of web pages that may use it beside its own. Default: none.
    pub origins: Vec<String>,
    /// How long a message may be, in bytes. Default: 4 MiB.
    pub message_bytes_max: usize,
}

impl HttpOptions {
    /// Lets these in, with all else as it is by default.
    #[must_use]
    pub fn new(access: Access) -> Self {
        Self { access, hosts: Vec::new(), origins: Vec::new(), message_bytes_max: 4 << 20 }
    }
}

/// Why there is no server.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// Somebody would have to be let in who cannot be told from anybody else.
    #[error("`{0}` is not a loopback address: whoever reaches it could run code without a token")]
    Open(SocketAddr),
    /// The address cannot be had.
    #[error("cannot listen on `{address}`: {error}")]
    Bind {
        /// Which one.
        address: SocketAddr,
        /// Why.
        error: io::Error,
    },
    /// Two tenants could not be told from each other.
    #[error("`{}` has the token of another tenant", .0.name())]
    Shared(Tenant),
    /// A name of the server is none.
    #[error("`{0}` is not a host: it is a name or an address, and a port if only that one will do")]
    Host(String),
    /// An origin is none.
    #[error("`{0}` is not an origin, like `https://example.com`")]
    Origin(String),
}

/// A server that listens.
pub struct HttpServer {
    listener: TcpListener,
    address: SocketAddr,
    names: Names,
    options: HttpOptions,
}

impl HttpServer {
    /// Listens on an address; port 0 takes any that is free.
    ///
    /// # Errors
    ///
    /// If the address cannot be had, if it is not a loopback address and everybody may come in, if two tenants have the same
    /// token, or if a name or an origin in the options is none.
    pub async fn bind(address: SocketAddr, options: HttpOptions) -> Result<Self, HttpError> {
        if matches!(options.access, Access::Open(_)) && !address.ip().is_loopback() {
            return Err(HttpError::Open(address));
        }
        if let Some(tenant) = options.access.shared() {
            return Err(HttpError::Shared(tenant.clone()));
        }
        let names = Names::new(address.ip(), &options)?;
        let listening = async {
            let listener = TcpListener::bind(address).await?;
            let address = listener.local_addr()?;
            Ok((listener, address))
        };
        let (listener, address) = listening.await.map_err(|error| HttpError::Bind { address, error })?;
        Ok(Self { listener, address, names, options })
    }

    /// Returns where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns where the protocol is spoken.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}{PATH}", self.address)
    }

    /// Serves until something has happened. Then nothing new is accepted, streams end, and what is being answered has five
    /// seconds to be.
    ///
    /// `make` is called for each connection of an older revision, for each request of the newer ones, and to look up the
    /// schema of a tool.
    pub async fn serve<H: ServerHandler>(
        self,
        make: impl Fn(&Tenant) -> H + Send + Sync + 'static,
        until: impl Future<Output = ()>,
    ) {
        let (make, stop) = (Arc::new(make), CancellationToken::new());
        let services = self.options.access.tenants().map(|tenant| {
            let (of, make) = (tenant.clone(), Arc::clone(&make));
            (tenant.clone(), service(move || make(&of), self.options.message_bytes_max, stop.clone()))
        });
        let site = Site {
            services: services.collect(),
            names: self.names,
            access: self.options.access.clone(),
            message_bytes_max: self.options.message_bytes_max,
        };
        let router =
            Router::new().route(PATH, any(guard::answer)).fallback(guard::elsewhere).with_state(Arc::new(site));
        let stopping = async {
            until.await;
            stop.cancel();
        };
        tokio::join!(listener::serve(self.listener, router, &stop), stopping);
    }
}

/// Who answers one tenant.
pub(crate) type Service<H> = StreamableHttpService<H, LocalSessionManager>;

fn service<H: ServerHandler>(
    make: impl Fn() -> H + Send + Sync + 'static,
    message_bytes_max: usize,
    stop: CancellationToken,
) -> (Arc<LocalSessionManager>, Service<H>) {
    let mut sessions = SessionConfig::default();
    sessions.keep_alive = Some(LEGACY_IDLE);
    let mut manager = LocalSessionManager::default();
    manager.session_config = sessions;
    let manager = Arc::new(manager);
    // The guard has looked at `Host` and `Origin`, since it does so before it looks at anything else.
    let config = StreamableHttpServerConfig::default()
        .disable_allowed_hosts()
        .with_json_response(true)
        .with_max_request_body_bytes(message_bytes_max)
        .with_cancellation_token(stop);
    (Arc::clone(&manager), StreamableHttpService::new(move || Ok(make()), manager, config))
}
