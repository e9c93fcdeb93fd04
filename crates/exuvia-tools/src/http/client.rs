//! What connects.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use exuvia_core::ToolFailure;
use reqwest::dns::Resolve;
use reqwest::{Client, redirect, retry};
use rustls::{ClientConfig, RootCertStore};

/// How long connecting may take.
const CONNECT_TIME: Duration = Duration::from_secs(10);
/// How many headers an answer may have.
const HEADERS_MAX: usize = 100;

/// Connections to HTTP servers. A clone shares them.
///
/// It trusts the certificates that the system trusts, or those that `SSL_CERT_FILE` and `SSL_CERT_DIR` name, as other
/// programs do. Nothing is loaded before the first call.
#[derive(Clone, Default)]
pub struct HttpClient {
    client: Arc<OnceLock<Result<Client, String>>>,
    /// Who says which addresses a name has; `None`: the system.
    resolver: Option<Arc<dyn Resolve>>,
}

impl HttpClient {
    /// Makes a client that connects, where a URL has a name, to those addresses alone that `resolver` gives for it. Where a
    /// URL has an address, nobody is asked.
    #[must_use]
    pub fn resolved_by(resolver: Arc<dyn Resolve>) -> Self {
        Self { resolver: Some(resolver), ..Self::default() }
    }

    /// Returns the client, which follows no redirect, repeats nothing and uses no proxy.
    ///
    /// # Errors
    ///
    /// There can be none here, as where the system gives no random bytes.
    pub fn get(&self) -> Result<&Client, ToolFailure> {
        let client = self.client.get_or_init(|| build(self.resolver.clone()).map_err(|error| error.to_string()));
        client.as_ref().map_err(|error| ToolFailure::failed(format!("the host has no HTTP client: {error}")))
    }
}

impl std::fmt::Debug for HttpClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HttpClient").finish_non_exhaustive()
    }
}

fn build(resolver: Option<Arc<dyn Resolve>>) -> Result<Client, Box<dyn std::error::Error>> {
    let mut roots = RootCertStore::empty();
    // A certificate that cannot be read vouches for nobody; connections that need it fail.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let builder = match resolver {
        Some(resolver) => Client::builder().dns_resolver(resolver),
        None => Client::builder(),
    };
    let client = builder
        .tls_backend_preconfigured(tls)
        .user_agent(concat!("exuvia/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(CONNECT_TIME)
        .http1_max_headers(HEADERS_MAX)
        // Redirects are looked at here; a call that is not known to be idempotent is never repeated; and what the
        // environment says of proxies is not for a library to read.
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .referer(false)
        .no_proxy()
        .build()?;
    Ok(client)
}
