//! The server that the official conformance suite of MCP wants to test: it has all the tools, prompts and resources that the
//! suite's scenarios name, and speaks through the same code as `exuvia mcp --http`.
//!
//!     cargo run --example conformance -- [--token TENANT=SECRET]... [--bytes MAX]
//!
//! It prints its address, and ends when its stdin does. What the suite wants is told by `conformance list` and in the
//! descriptions of its scenarios; the texts here are theirs.

#![expect(deprecated, reason = "the suite tests older revisions, too, which have logging and sampling")]

mod changes;
mod fixture;
mod input;
mod prompts;
mod resources;
mod tools;

use std::error::Error;
use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use exuvia_mcp::{Access, HttpOptions, HttpServer, Tenant, Token};
use tokio::io::AsyncReadExt as _;

use changes::Changes;
use fixture::Fixture;

fn main() -> Result<(), Box<dyn Error>> {
    let options = options(std::env::args().skip(1))?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(serve(options))?;
    // A read of stdin cannot be given up.
    runtime.shutdown_background();
    Ok(())
}

async fn serve(options: HttpOptions) -> Result<(), Box<dyn Error>> {
    let server = HttpServer::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), options).await?;
    writeln!(std::io::stdout(), "{}", server.url())?;
    let changes = Arc::new(Changes::default());
    let end = async {
        // What is written there means nothing; that it ends, or fails, is the end.
        let _ = tokio::io::stdin().read_to_end(&mut Vec::new()).await;
    };
    server.serve(move |_tenant: &Tenant| Fixture { changes: Arc::clone(&changes) }, end).await;
    Ok(())
}

fn options(mut arguments: impl Iterator<Item = String>) -> Result<HttpOptions, Box<dyn Error>> {
    let mut tokens = Vec::new();
    let mut message_bytes_max = None;
    while let Some(option) = arguments.next() {
        let value = arguments.next().ok_or_else(|| format!("`{option}` wants a value"))?;
        match option.as_str() {
            "--token" => {
                let (tenant, secret) = value.split_once('=').ok_or("a token is `TENANT=SECRET`")?;
                tokens.push((Token::new(secret)?, Tenant::new(tenant)));
            }
            "--bytes" => message_bytes_max = Some(value.parse()?),
            _ => return Err(format!("`{option}` is no option").into()),
        }
    }
    let open = tokens.is_empty().then(|| Access::Open(Tenant::new("anybody")));
    let mut options = HttpOptions::new(open.unwrap_or(Access::Tokens(tokens)));
    options.message_bytes_max = message_bytes_max.unwrap_or(options.message_bytes_max);
    Ok(options)
}
