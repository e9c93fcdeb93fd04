//! The tools: what a model is told of them.

mod arguments;
mod description;

use std::sync::Arc;

use exuvia_core::MountMode;
use exuvia_core::journal::Opened;
use rmcp::model::{self, JsonObject, ToolAnnotations};
use serde_json::{Value, json};

use crate::sessions::SessionOptions;
use arguments::Parameter;
pub(crate) use arguments::{Arguments, Tool};

/// What a client is told of the server as a whole.
pub(crate) const INSTRUCTIONS: &str = "Runs Python in a sealed sandbox with the tool `python`. Variables, imports and \
    files stay from call to call; everything is recorded.";

/// Returns the tools as a client sees them, in an order that never changes.
pub(crate) fn all(offer: &Opened, options: &SessionOptions) -> Vec<model::Tool> {
    Tool::ALL.into_iter().map(|tool| tool.declaration(offer, options)).collect()
}

impl Tool {
    /// Returns the tool as a client sees it.
    fn declaration(self, offer: &Opened, options: &SessionOptions) -> model::Tool {
        let (title, description) = match self {
            Self::Python => ("Run Python", description::python(offer, options)),
            Self::Reset => ("Begin again", "Takes all variables, imports and files of a session away.".to_owned()),
            Self::Fork => (
                "Fork a session",
                "Makes a second session that goes on from where one is, to try something and leave that as it is. Returns \
                 its name."
                    .to_owned(),
            ),
            Self::ExportScript => (
                "Export as a script",
                "Returns all that was run in a session as one Python script with PEP 723 metadata.".to_owned(),
            ),
        };
        let annotations = match self {
            Self::Python => ToolAnnotations::from_raw(
                Some(title.to_owned()),
                Some(false),
                Some(can_destroy(offer)),
                Some(false),
                Some(!offer.tools.is_empty()),
            ),
            Self::Reset => annotations(title, false, true),
            Self::Fork => annotations(title, false, false),
            Self::ExportScript => annotations(title, true, false),
        };
        model::Tool::new(self.name(), description, self.schema()).with_title(title).with_annotations(annotations)
    }

    fn schema(self) -> Arc<JsonObject> {
        let parameters = self.parameters();
        let property = |Parameter { name, kind, description, .. }: &Parameter| {
            ((*name).to_owned(), json!({"type": kind, "description": description}))
        };
        let required = parameters.iter().filter(|parameter| parameter.is_required);
        let required: Vec<Value> = required.map(|parameter| parameter.name.into()).collect();
        let mut schema = JsonObject::new();
        schema.insert("type".to_owned(), "object".into());
        schema.insert("properties".to_owned(), Value::Object(parameters.iter().map(property).collect()));
        schema.insert("required".to_owned(), Value::Array(required));
        schema.insert("additionalProperties".to_owned(), false.into());
        Arc::new(schema)
    }
}

fn annotations(title: &str, is_read_only: bool, is_destructive: bool) -> ToolAnnotations {
    ToolAnnotations::from_raw(
        Some(title.to_owned()),
        Some(is_read_only),
        Some(is_destructive),
        Some(!is_destructive && is_read_only),
        Some(false),
    )
}

/// Whether something outside can be lost.
fn can_destroy(offer: &Opened) -> bool {
    offer.mounts.iter().any(|mount| mount.mode == MountMode::ReadWrite)
        || offer.tools.iter().any(|tool| !tool.read_only)
}
