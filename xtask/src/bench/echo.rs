//! A bare server with one tool that returns what it is given, made as the protocol library shows it: what `exuvia mcp` is
//! compared with.

use std::sync::Arc;

use anyhow::Result;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, ErrorData, ListToolsResult,
    PaginatedRequestParams, ServerCapabilities, ServerConfig, Tool,
};
use rmcp::service::RequestContext;
use rmcp::{RoleServer, ServerHandler, ServiceExt as _};

/// By what the server reads and writes.
#[derive(Clone, Copy, clap::ValueEnum)]
pub(super) enum Stdio {
    /// Threads that block, the library's default.
    Threads,
    /// The reactor, which pipes allow.
    Pipes,
}

/// Serves until stdin ends.
pub(super) fn serve(stdio: Stdio) -> Result<()> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(async {
        match stdio {
            Stdio::Threads => Echo.serve(rmcp::transport::stdio()).await?.waiting().await?,
            Stdio::Pipes => Echo.serve(rmcp::transport::stdio_pipes()).await?.waiting().await?,
        };
        Ok(())
    })
}

struct Echo;

impl ServerHandler for Echo {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
    }

    async fn list_tools(
        &self,
        _request: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let schema = serde_json::json!({"type": "object", "properties": {"text": {"type": "string"}}});
        let schema = Arc::new(schema.as_object().cloned().unwrap_or_default());
        Ok(ListToolsResult::with_all_items(vec![Tool::new("echo", "Returns its text", schema)]))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let arguments = request.arguments.unwrap_or_default();
        let text = arguments.get("code").and_then(|text| text.as_str()).unwrap_or_default();
        Ok(CallToolResult::success(vec![ContentBlock::text(text)]).into())
    }
}
