//! Which model is asked.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use anyhow::Result;
use exuvia_core::agent::{Listener, Model, ModelFailure, ModelFailureKind, ModelFuture, ModelRequest};
use exuvia_model::scripted::{self, Script, ScriptedModel};
use exuvia_model::{Patience, Provider, RemoteModel, Window, remote};

use super::keys;
use super::settings::ModelSection;
use crate::cli::options::values::Count;
use crate::failure::Failure;

/// Finds the model of this name, `provider/name`, at this address if it is not its provider's own; of a conversation, this much
/// is kept.
pub(super) fn find(
    (name, address): (Option<&str>, Option<&str>),
    context: Option<Count>,
    named: &BTreeMap<String, ModelSection>,
) -> Result<Arc<dyn Model>> {
    let Some(name) = name else {
        let failure = Failure::usage("no model is named");
        return Err(failure.hint("name one with --model: `scripted/FILE.toml` needs no key").into());
    };
    let section = named.get(name);
    let name = section.map_or(name, |section| section.model.as_str());
    let address = address.or(section.and_then(|section| section.url.as_deref()));
    if let Some(address) = address.filter(|address| !remote::is_address(address)) {
        let failure = Failure::usage(format!("`{address}` is no address of a model"));
        return Err(failure.hint("it begins with http:// or https://: `http://127.0.0.1:8080/v1`, say").into());
    }
    let Some((provider, model)) = name.split_once('/').filter(|(_, model)| !model.is_empty()) else {
        let failure = Failure::usage(format!("`{name}` names no model"));
        return Err(failure.hint("a model is PROVIDER/NAME, or one of [models] in the file of --config").into());
    };
    if provider == scripted::PROVIDER {
        return script(Path::new(model));
    }
    let provider: Provider = provider.parse().map_err(|()| {
        let known: Vec<&str> = Provider::ALL.into_iter().map(Provider::name).collect();
        Failure::usage(format!("there is no provider `{provider}`")).hint(format!("there are {}", known.join(", ")))
    })?;
    if provider == Provider::Compatible && address.is_none() {
        let failure = Failure::usage("it is not known where the model is");
        return Err(failure.hint("give its address with --model-url: `http://127.0.0.1:8080/v1`, say").into());
    }
    let client = exuvia_tools::HttpClient::default();
    let client = client.get().map_err(|failure| Failure::new(failure.message))?.clone();
    let key = match section.map(keys::told).transpose()?.flatten() {
        Some(key) => key,
        None => keys::found(provider, address.is_some())?,
    };
    let mut window = section.map(ModelSection::window).unwrap_or_default();
    if provider == Provider::Ollama && window.context.is_none() {
        // Without it, the beginning of a conversation is left out that is to be kept.
        window.context = context.and_then(Count::tokens).and_then(|kept| Window::around(kept).context);
    }
    let model = RemoteModel::new((provider, model), key, address, client, Patience::default());
    Ok(Arc::new(model.window(window).clock(SystemTime::now)))
}

/// No model at all, where none is asked.
pub(super) struct Nothing;

impl Model for Nothing {
    fn name(&self) -> &'static str {
        "none/none"
    }

    fn ask<'a>(&'a self, _request: ModelRequest, _listener: Listener<'a>) -> ModelFuture<'a> {
        let failure = ModelFailure::new(ModelFailureKind::Unknown, "there is no model here");
        Box::pin(std::future::ready(Err(failure)))
    }
}

fn script(path: &Path) -> Result<Arc<dyn Model>> {
    let text = std::fs::read_to_string(path).map_err(|error| Failure::unreadable(path, &error))?;
    let wrong = |error: scripted::ScriptError| Failure::usage(format!("{}: {error}", path.display()));
    Ok(Arc::new(ScriptedModel::new(path, Script::parse(&text).map_err(wrong)?)))
}
