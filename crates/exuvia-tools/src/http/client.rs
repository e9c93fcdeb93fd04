//! What connects.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use exuvia_core::ToolFailure;
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
}

impl HttpClient {
    /// Returns the client, which follows no redirect, repeats nothing and uses no proxy.
    ///
    /// # Errors
    ///
    /// There can be none here, as where the system gives no random bytes.
    pub fn get(&self) -> Result<&Client, ToolFailure> {
        let client = self.client.get_or_init(|| build().map_err(|error| error.to_string()));
        client.as_ref().map_err(|error| ToolFailure::failed(format!("the host has no HTTP client: {error}")))
    }
}

impl std::fmt::Debug for HttpClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HttpClient").finish_non_exhaustive()
    }
}

fn build() -> Result<Client, Box<dyn std::error::Error>> {
    let mut roots = RootCertStore::empty();
    // A certificate that cannot be read vouches for nobody; connections that need it fail.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let client = Client::builder()
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
