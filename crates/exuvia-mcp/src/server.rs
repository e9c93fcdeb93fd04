//! What answers one connection: it routes requests, and does nothing else.

use std::sync::Arc;

use rmcp::model::{
    CacheScope, CallToolRequestParams, CallToolResponse, CompleteRequestMethod, CompleteRequestParams, CompleteResult,
    CustomRequest, CustomResult, ErrorData, Implementation, ListPromptsRequestMethod, ListPromptsResult,
    ListResourceTemplatesResult, ListResourcesResult, ListToolsResult, PaginatedRequestParams,
    ReadResourceRequestParams, ReadResourceResponse, ServerCapabilities, ServerConfig, Tool,
};
use rmcp::service::RequestContext;
use rmcp::{RoleServer, ServerHandler};
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

use crate::sessions::{Owner, Sessions, Tenant};
use crate::{call, methods, resources, tools};
use exuvia_core::journal::SessionId;

/// For how long a client may keep what the tools are, in milliseconds: they never change while the server runs.
const TOOLS_MILLISECONDS: u64 = 3_600_000;

/// What answers one connection, or one request where the transport has no connections. A clone is the same one.
#[derive(Clone)]
pub struct Server {
    connection: Arc<Connection>,
}

/// What belongs to one connection.
pub(crate) struct Connection {
    pub(crate) sessions: Arc<Sessions>,
    pub(crate) tenant: Tenant,
    /// The name of the transport.
    pub(crate) transport: &'static str,
    /// The session of calls that name none, once there was one.
    pub(crate) default: Mutex<Option<SessionId>>,
    /// Cancelled when the connection has ended.
    pub(crate) ended: CancellationToken,
}

impl Server {
    /// Makes what answers a connection of this tenant over a transport of this name, `stdio` or `http`. It has a session
    /// of its own for calls that name none.
    #[must_use]
    pub fn new(sessions: Arc<Sessions>, tenant: Tenant, transport: &'static str) -> Self {
        let (default, ended) = (Mutex::new(None), CancellationToken::new());
        Self { connection: Arc::new(Connection { sessions, tenant, transport, default, ended }) }
    }

    /// Cancels all calls that are under way: nobody hears their answers any more.
    pub fn hang_up(&self) {
        self.connection.ended.cancel();
    }

    /// Who its sessions belong to, as their journals have it.
    fn owner(&self, context: &RequestContext<RoleServer>) -> Owner {
        let Connection { tenant, transport, .. } = &*self.connection;
        let client = context.client_info().map(|client| format!("{} {}", client.name, client.version));
        let protocol = context.protocol_version().map(|version| version.as_str().to_owned());
        Owner { tenant: tenant.clone(), transport, client, protocol }
    }
}

/// Refuses a cursor for what comes whole: none was given.
fn only_page(request: Option<PaginatedRequestParams>) -> Result<(), ErrorData> {
    match request.and_then(|request| request.cursor) {
        Some(_) => Err(ErrorData::invalid_params(resources::CURSOR, None)),
        None => Ok(()),
    }
}

impl ServerHandler for Server {
    fn get_info(&self) -> ServerConfig {
        let capabilities = ServerCapabilities::builder().enable_tools().enable_resources().build();
        let implementation = Implementation::new("exuvia", env!("CARGO_PKG_VERSION")).with_title("Exuvia");
        ServerConfig::new(capabilities).with_server_info(implementation).with_instructions(tools::INSTRUCTIONS)
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        let sessions = &self.connection.sessions;
        tools::all(sessions.known_offer()?, sessions.options()).into_iter().find(|tool| tool.name == name)
    }

    async fn list_tools(
        &self,
        request: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        only_page(request)?;
        let sessions = &self.connection.sessions;
        let tools = tools::all(sessions.offer().await, sessions.options());
        Ok(ListToolsResult::with_all_items(tools).with_ttl_ms(TOOLS_MILLISECONDS).with_cache_scope(CacheScope::Private))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let owner = self.owner(&context);
        call::call(&self.connection, owner, request, &context).await.map(Into::into)
    }

    async fn list_prompts(
        &self,
        _request: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListPromptsResult, ErrorData> {
        Err(ErrorData::method_not_found::<ListPromptsRequestMethod>())
    }

    async fn list_resources(
        &self,
        request: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        let cursor = request.and_then(|request| request.cursor);
        resources::list(&self.connection, cursor.as_deref()).await
    }

    async fn list_resource_templates(
        &self,
        request: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        only_page(request)?;
        Ok(resources::templates().with_ttl_ms(TOOLS_MILLISECONDS).with_cache_scope(CacheScope::Private))
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        resources::read(&self.connection, &request.uri).await.map(Into::into)
    }

    async fn complete(
        &self,
        _request: CompleteRequestParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<CompleteResult, ErrorData> {
        Err(ErrorData::method_not_found::<CompleteRequestMethod>())
    }

    /// A request whose method is unknown, or whose parameters are not what its method has.
    async fn on_custom_request(
        &self,
        request: CustomRequest,
        context: RequestContext<RoleServer>,
    ) -> Result<CustomResult, ErrorData> {
        let is_modern = context.protocol_version().is_some_and(|version| !version.has_initialize());
        Err(methods::refusal(&request.method, Some(is_modern)))
    }
}
