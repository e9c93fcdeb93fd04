//! Which hosts are asked, and at which addresses.
//!
//! A URL may come from anybody: from the program, or from the server that redirects. So two things are looked at, each time
//! and for each redirect: the host, by name, must be one of those that the configuration lists; and the address to which a
//! connection is made must be a public one, or be listed itself. The second is looked at where the name is resolved, and
//! the connection goes to that very address: a name that changes its address between a look and a connection gains nothing.

use std::error::Error;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// How many hosts can be listed.
const HOSTS_MAX: usize = 1_000;

/// The hosts that may be asked.
#[derive(Debug, Clone, Default)]
pub(crate) struct Hosts(Arc<Vec<Host>>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Host {
    /// Every name.
    Any,
    /// Every name that ends with this, which begins with a dot.
    Below(String),
    Name(String),
    Address(IpAddr),
}

impl Hosts {
    /// Reads a list of hosts.
    pub(crate) fn read(listed: &[String]) -> Result<Self, String> {
        if listed.len() > HOSTS_MAX {
            return Err(format!("`hosts`: there are {}, the limit is {HOSTS_MAX}", listed.len()));
        }
        let hosts: Result<Vec<Host>, String> = listed.iter().map(|text| Host::read(text)).collect();
        Ok(Self(Arc::new(hosts?)))
    }

    /// Returns whether any host is listed.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Says why a URL is not asked for, if it is not.
    pub(crate) fn refuse(&self, url: &Url) -> Option<String> {
        if !matches!(url.scheme(), "http" | "https") {
            return Some(format!("`{}:` is not fetched, only `https:` and `http:`", url.scheme()));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Some("the URL has a name or a password in it".to_owned());
        }
        let Some(host) = url.host_str() else { return Some("the URL has no host".to_owned()) };
        let host = host.trim_end_matches('.');
        match host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>() {
            Ok(address) if self.lists(address) => None,
            Ok(address) if !is_public(address) => Some(format!("the address {address} is not public")),
            _ if self.0.iter().any(|listed| listed.covers(host)) => None,
            _ => Some(format!("the host `{host}` is not among those that may be asked")),
        }
    }

    /// Returns whether an address may be connected to, to which a name leads.
    fn reaches(&self, address: IpAddr) -> bool {
        is_public(address) || self.lists(address)
    }

    fn lists(&self, address: IpAddr) -> bool {
        self.0.contains(&Host::Address(address))
    }
}

impl Host {
    fn read(text: &str) -> Result<Self, String> {
        let name = text.trim().trim_end_matches('.').to_ascii_lowercase();
        if let Ok(address) = name.trim_start_matches('[').trim_end_matches(']').parse() {
            return Ok(Self::Address(address));
        }
        let plain = |name: &str| {
            let is_part =
                |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
            name.split('.').all(is_part)
        };
        match name.strip_prefix('*') {
            Some("") => Ok(Self::Any),
            Some(rest) if rest.strip_prefix('.').is_some_and(plain) => Ok(Self::Below(rest.to_owned())),
            None if plain(&name) => Ok(Self::Name(name)),
            _ => Err(format!(
                "`hosts`: `{text}` is none: write `docs.example.org`, `*.example.org`, `*` or an address, without `https://` \
                 and without a port"
            )),
        }
    }

    /// Returns whether it covers a host, which may be an address: every host that is none of the listed names is only
    /// covered by `*`.
    fn covers(&self, host: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Below(end) => host.len() > end.len() && host.ends_with(end.as_str()),
            Self::Name(name) => host == name,
            Self::Address(_) => false,
        }
    }
}

impl Resolve for Hosts {
    fn resolve(&self, name: Name) -> Resolving {
        let hosts = self.clone();
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let first = found.first().copied();
            let reached: Vec<SocketAddr> = found.into_iter().filter(|address| hosts.reaches(address.ip())).collect();
            if let (Some(address), true) = (first, reached.is_empty()) {
                let problem: Box<dyn Error + Send + Sync> =
                    format!("`{}` leads to {}, which is not public", name.as_str(), address.ip()).into();
                return Err(problem);
            }
            let addresses: Addrs = Box::new(reached.into_iter());
            Ok(addresses)
        })
    }
}

/// Returns whether an address is one of the public Internet's: none of those that IANA's registries of special-purpose
/// addresses (RFC 6890) have for this machine, for private networks and links, for multicast, documentation and tests, or
/// for nobody. The addresses at which clouds tell machines their secrets are link-local (169.254.169.254) or private
/// (`fd00:ec2::254`). Where an IPv6 address is another way to say an IPv4 address, that counts.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_special = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || matches!(
            (a, b, c),
            (0, ..) | (100, 64..128, _) | (192, 0, 0) | (192, 88, 99) | (198, 18..20, _) | (224.., ..)
        );
    !is_special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    let [.., g, h] = segments;
    let v4 = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        Ipv4Addr::new(a, b, c, d)
    };
    match segments {
        // Mapped, and translated (RFC 6052).
        [0, 0, 0, 0, 0, 0xffff, ..] | [0x64, 0xff9b, 0, 0, 0, 0, ..] => is_public_v4(v4(g, h)),
        // 6to4.
        [0x2002, high, low, ..] => is_public_v4(v4(high, low)),
        // Teredo and other protocols, documentation.
        [0x2001, 0..0x200, ..] | [0x2001, 0xdb8, ..] | [0x3fff, 0..0x1000, ..] => false,
        // What is given out of the rest.
        [first, ..] => (0x2000..0x4000).contains(&first),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts(listed: &[&str]) -> Hosts {
        Hosts::read(&listed.iter().map(|&host| host.to_owned()).collect::<Vec<_>>()).unwrap()
    }

    fn is_asked(hosts: &Hosts, url: &str) -> bool {
        hosts.refuse(&Url::parse(url).unwrap()).is_none()
    }

    #[test]
    fn a_host_is_listed_by_name() {
        let some = hosts(&["docs.example.org", "*.example.com", "Upper.Example.net."]);
        for url in [
            "https://docs.example.org/a",
            "http://DOCS.example.org:8080/",
            "https://docs.example.org./",
            "https://a.example.com/",
            "https://a.b.example.com/",
            "https://upper.example.net/",
        ] {
            assert!(is_asked(&some, url), "{url}");
        }
        for url in [
            "https://example.org/",
            "https://x.docs.example.org/",
            "https://example.com/",
            "https://badexample.com/",
            "https://docs.example.org.evil.net/",
            "https://93.184.216.34/",
            "https://docs.example.org@evil.net/",
            "https://me:word@docs.example.org/",
            "ftp://docs.example.org/",
            "file:///etc/passwd",
        ] {
            assert!(!is_asked(&some, url), "{url}");
        }
        for wrong in ["https://example.org", "example.org:80", "*example.org", "a.*.org", "", "*.*", "a b"] {
            assert!(Hosts::read(&[wrong.to_owned()]).is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_address_that_is_not_public_is_listed_itself() {
        let any = hosts(&["*"]);
        // However it is written.
        for url in [
            "http://127.0.0.1/",
            "http://2130706433/",
            "http://0x7f.1/",
            "http://0/",
            "http://[::1]/",
            "http://[::]/",
            "http://[::ffff:10.0.0.1]/",
            "http://[64:ff9b::a00:1]/",
            "http://[2002:7f00:1::]/",
            "http://10.1.2.3/",
            "http://172.16.0.1/",
            "http://192.168.1.1/",
            "http://169.254.169.254/latest/",
            "http://[fd00:ec2::254]/",
            "http://[fe80::1]/",
            "http://100.64.0.1/",
            "http://198.18.0.1/",
            "http://224.0.0.1/",
            "http://255.255.255.255/",
            "http://192.0.2.1/",
            "http://[2001:db8::1]/",
            "http://[ff02::1]/",
            "http://[100::1]/",
        ] {
            assert!(!is_asked(&any, url), "{url}");
        }
        for url in
            ["http://93.184.216.34/", "http://[2606:2800:220:1::1]/", "http://172.32.0.1/", "http://[::ffff:8.8.8.8]/"]
        {
            assert!(is_asked(&any, url), "{url}");
        }
        assert!(
            is_asked(&hosts(&["10.1.2.3"]), "http://10.1.2.3:8080/")
                && !is_asked(&hosts(&["10.1.2.3"]), "http://10.1.2.4/")
        );
        assert!(is_asked(&hosts(&["[::1]"]), "http://[::1]/") && !is_asked(&hosts(&["::1"]), "http://127.0.0.1/"));
    }
}
