//! By which names a server is reached, and by which pages.
//!
//! A web page may send requests to any address of the reader's machine, and, if the name that it came from is made to mean
//! that address ("DNS rebinding"), may read the answers. A browser tells both the page's origin and the name that it asked
//! for, and lets no page change them.

use std::net::IpAddr;

use axum::http::header::{HOST, ORIGIN};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, StatusCode};

use super::envelope::Refusal;
use super::{HttpError, HttpOptions};

/// The names and origins that are good.
pub(super) struct Names {
    /// Where the server listens.
    address: IpAddr,
    hosts: Vec<Host>,
    origins: Vec<Origin>,
}

impl Names {
    pub(super) fn new(address: IpAddr, options: &HttpOptions) -> Result<Self, HttpError> {
        let host = |text: &String| Host::parse(text).ok_or_else(|| HttpError::Host(text.clone()));
        let origin = |text: &String| Origin::parse(text).ok_or_else(|| HttpError::Origin(text.clone()));
        let hosts = options.hosts.iter().map(host).collect::<Result<_, _>>()?;
        let origins = options.origins.iter().map(origin).collect::<Result<_, _>>()?;
        Ok(Self { address, hosts, origins })
    }

    /// Refuses a request to another name, or from a page of another origin.
    pub(super) fn check(&self, headers: &HeaderMap) -> Result<(), Refusal> {
        let mut told = headers.get_all(HOST).iter();
        let (Some(host), None) = (told.next(), told.next()) else {
            return Err(Refusal::new(StatusCode::BAD_REQUEST, "a request has one header `Host`"));
        };
        let host = host.to_str().ok().and_then(Host::parse);
        let Some(host) = host.filter(|host| self.is_ours(host)) else {
            let message = "the header `Host` has a name that this server does not go by\n    hint: it can be allowed where the \
                           server is started";
            return Err(Refusal::new(StatusCode::FORBIDDEN, message));
        };
        for origin in headers.get_all(ORIGIN) {
            let origin = origin.to_str().ok().and_then(Origin::parse);
            if !origin.is_some_and(|origin| origin.is_of(&host) || self.origins.contains(&origin)) {
                let message = "pages of this `Origin` may not use this server\n    hint: it can be allowed where the server \
                               is started";
                return Err(Refusal::new(StatusCode::FORBIDDEN, message));
            }
        }
        Ok(())
    }

    /// A name is the server's if it was said to be, or if it is its address. The port may be another one, since it may be
    /// forwarded: a page cannot have a name of ours at any port.
    fn is_ours(&self, host: &Host) -> bool {
        let is_address = |address: IpAddr| match self.address {
            own if own.is_loopback() => address.is_loopback(),
            // It listens on all addresses of its machine, whichever they are.
            own if own.is_unspecified() => true,
            own => own == address,
        };
        let allowed =
            |allowed: &Host| allowed.name == host.name && (allowed.port.is_none() || allowed.port == host.port);
        host.address().map_or(self.address.is_loopback() && host.name == "localhost", is_address)
            || self.hosts.iter().any(allowed)
    }
}

/// A name or an address, and a port.
#[derive(Clone, PartialEq, Eq)]
struct Host {
    /// In small letters; an address of version 6 in brackets.
    name: String,
    port: Option<u16>,
}

impl Host {
    fn parse(text: &str) -> Option<Self> {
        let authority = Authority::try_from(text).ok()?;
        // `user@host` is an authority, and no host.
        let rest = text.strip_prefix(authority.host()).filter(|_| !authority.host().is_empty())?;
        let port = match rest.strip_prefix(':') {
            Some(port) => Some(port.parse().ok()?),
            None if rest.is_empty() => None,
            None => return None,
        };
        Some(Self { name: authority.host().to_ascii_lowercase(), port })
    }

    /// Leaves out the port that its scheme has anyway.
    fn at_usual(self, https: bool) -> Self {
        let usual = if https { 443 } else { 80 };
        Self { port: self.port.filter(|port| *port != usual), ..self }
    }

    fn address(&self) -> Option<IpAddr> {
        self.name.trim_start_matches('[').trim_end_matches(']').parse().ok()
    }
}

/// Where a page comes from (RFC 6454).
#[derive(PartialEq, Eq)]
struct Origin {
    https: bool,
    /// Without the port that the scheme has anyway.
    host: Host,
}

impl Origin {
    /// Reads one. `null`, the origin of a page that has none, is none.
    fn parse(text: &str) -> Option<Self> {
        let (scheme, host) = text.split_once("://")?;
        let https = match scheme.to_ascii_lowercase().as_str() {
            "http" => false,
            "https" => true,
            _ => return None,
        };
        Some(Self { https, host: Host::parse(host)?.at_usual(https) })
    }

    /// Whether pages that come from this host have it.
    fn is_of(&self, host: &Host) -> bool {
        self.host == host.clone().at_usual(self.https)
    }
}
