//! Asking a model about data.

use std::future::Future;
use std::pin::Pin;

use exuvia_core::ToolFailure;
use serde_json::Value as Json;

/// The promise of what a model answers.
pub type InferenceFuture = Pin<Box<dyn Future<Output = Result<Json, ToolFailure>> + Send>>;

/// A model that tools may ask about data. What is asked may have a stranger's text in it, and the answer is a model's word.
pub trait Inference: Send + Sync {
    /// Asks. The answer is its text, or, with the JSON Schema of an object, such an object: an answer that does not fit is a
    /// failure.
    fn infer(&self, prompt: String, schema: Option<Json>) -> InferenceFuture;
}
