//! The prompts that scenarios name.

use rmcp::model::{ErrorData, GetPromptRequestParams, GetPromptResponse, GetPromptResult, Prompt};
use serde_json::{Value, json};

use crate::{input, resources};

/// Returns all prompts.
pub(crate) fn all() -> Vec<Prompt> {
    let required = |name: &str, description: &str| json!({"name": name, "description": description, "required": true});
    let prompts = json!([
        {"name": "test_simple_prompt", "description": "A prompt without arguments"},
        {"name": "test_prompt_with_arguments", "description": "A prompt with arguments", "arguments": [
            required("arg1", "First test argument"), required("arg2", "Second test argument"),
        ]},
        {"name": "test_prompt_with_embedded_resource", "description": "A prompt with a resource", "arguments": [
            required("resourceUri", "URI of the resource to embed"),
        ]},
        {"name": "test_prompt_with_image", "description": "A prompt with an image"},
        {"name": "test_input_required_result_prompt", "description": "A prompt that asks for input"},
    ]);
    serde_json::from_value(prompts).expect("these are prompts")
}

/// Answers `prompts/get`.
pub(crate) fn get(request: &GetPromptRequestParams) -> Result<GetPromptResponse, ErrorData> {
    let argument = |name: &str| {
        let value = request.arguments.as_ref().and_then(|arguments| arguments.get(name)?.as_str());
        value.ok_or_else(|| ErrorData::invalid_params(format!("the argument `{name}` is missing"), None))
    };
    let text = |text: &str| json!({"type": "text", "text": text});
    match request.name.as_str() {
        "test_simple_prompt" => messages(&[text("This is a simple prompt for testing.")]),
        "test_prompt_with_arguments" => {
            let (first, second) = (argument("arg1")?, argument("arg2")?);
            messages(&[text(&format!("Prompt with arguments: arg1='{first}', arg2='{second}'"))])
        }
        "test_prompt_with_embedded_resource" => {
            let content = "Embedded resource content for testing.";
            let resource = json!({"uri": argument("resourceUri")?, "mimeType": "text/plain", "text": content});
            let resource = json!({"type": "resource", "resource": resource});
            messages(&[resource, text("Please process the embedded resource above.")])
        }
        "test_prompt_with_image" => {
            let image = json!({"type": "image", "data": resources::PNG, "mimeType": "image/png"});
            messages(&[image, text("Please analyze the image above.")])
        }
        "test_input_required_result_prompt" => match input::context(request) {
            Ok(context) => messages(&[text(&format!("Use this context: {context}"))]),
            Err(required) => Ok((*required).into()),
        },
        name => Err(ErrorData::invalid_params(format!("there is no prompt `{name}`"), None)),
    }
}

fn messages(contents: &[Value]) -> Result<GetPromptResponse, ErrorData> {
    let messages: Vec<Value> = contents.iter().map(|content| json!({"role": "user", "content": content})).collect();
    let result: GetPromptResult =
        serde_json::from_value(json!({"resultType": "complete", "messages": messages})).expect("these are messages");
    Ok(result.into())
}
