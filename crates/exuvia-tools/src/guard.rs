//! What a call is wrapped in while it runs: its place among the running calls, its time limit, its panics, the bounds of
//! its result.

use std::future::{Future, poll_fn, ready};
use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use exuvia_core::{ToolFailure, ToolFailureKind, ToolFuture, ToolOutcome};
use serde_json::Value as Json;
use tokio::time::Sleep;

use crate::runner::Place;
use crate::runtime::Task;
use crate::toolbox::Entry;

/// A call's right to run.
pub(crate) struct Guard {
    place: Place,
}

impl Guard {
    pub(crate) fn new(place: Place) -> Self {
        Self { place }
    }

    fn entry(&self) -> &Entry {
        self.place.entry()
    }

    /// Checks the result of a text tool.
    pub(crate) fn finish_text(&self, text: String) -> ToolOutcome {
        if text.len() > self.entry().tool.declaration.limits.result_bytes {
            return Err(self.too_long(Some(text.len())));
        }
        Ok(text)
    }

    /// Writes and checks the result of a tool with a schema.
    pub(crate) fn finish_json(&self, value: Json) -> ToolOutcome {
        let mut written = Bounded { bytes: Vec::new(), left: self.entry().tool.declaration.limits.result_bytes };
        serde_json::to_writer(&mut written, &value).map_err(|_| self.too_long(None))?;
        if let Some(schema) = &self.entry().schema {
            schema.check_result(&self.entry().tool.declaration.name, &value)?;
        }
        // serde_json writes UTF-8.
        Ok(String::from_utf8(written.bytes).expect("JSON is UTF-8"))
    }

    fn too_long(&self, bytes: Option<usize>) -> ToolFailure {
        let declaration = &self.entry().tool.declaration;
        let limit = declaration.limits.result_bytes;
        let length = bytes.map_or_else(|| format!("more than {limit} bytes"), |bytes| format!("{bytes} bytes"));
        ToolFailure::new(
            ToolFailureKind::Limit,
            format!("{}() gave a result of {length}, the limit is {limit} bytes", declaration.name),
        )
        .hint("ask for less at a time")
    }

    fn panicked(&self) -> ToolFailure {
        ToolFailure::failed(format!("{}() panicked", self.entry().tool.declaration.name))
            .hint("this is a fault of the tool, not of the call")
    }

    /// Waits for work, no longer than the tool may take, and whatever it does.
    async fn watch<T>(&self, work: impl Future<Output = Result<T, ToolFailure>>) -> Result<T, ToolFailure> {
        let mut work = pin!(Some(work));
        let mut work = Contained(work.as_mut());
        let mut deadline = None;
        poll_fn(|context| {
            let polled = catch_unwind(AssertUnwindSafe(|| match work.poll(context) {
                Poll::Pending => self.poll_deadline(&mut deadline, context).map(Err),
                ended => ended,
            }));
            polled.unwrap_or_else(|_| Poll::Ready(Err(self.panicked())))
        })
        .await
    }

    /// Looks whether the time is over. The timer is set when work is first found to be pending: most is ready at once.
    fn poll_deadline(&self, deadline: &mut Option<Pin<Box<Sleep>>>, context: &mut Context<'_>) -> Poll<ToolFailure> {
        let declaration = &self.entry().tool.declaration;
        let Some(time) = declaration.limits.time else { return Poll::Pending };
        let sleep = match deadline {
            Some(sleep) => sleep,
            None => match self.place.runtime().handle() {
                Ok(handle) => {
                    let _entered = handle.enter();
                    deadline.insert(Box::pin(tokio::time::sleep(time)))
                }
                Err(failure) => return Poll::Ready(failure),
            },
        };
        sleep.as_mut().poll(context).map(|()| {
            let message = format!("{}() did not end within {} s", declaration.name, time.as_secs_f64());
            ToolFailure::new(ToolFailureKind::Timeout, message)
        })
    }
}

/// Begins work: on the runtime if the tool wants it, else wherever the future is polled.
pub(crate) fn begin<T, W>(guard: Guard, work: impl FnOnce() -> W, finish: fn(&Guard, T) -> ToolOutcome) -> ToolFuture
where
    T: Send + 'static,
    W: Future<Output = Result<T, ToolFailure>> + Send + 'static,
{
    let Ok(work) = catch_unwind(AssertUnwindSafe(work)) else {
        return Box::pin(ready(Err(guard.panicked())));
    };
    if guard.entry().tool.on_runtime {
        Box::pin(async move {
            let task = Task::spawn(guard.place.runtime().handle()?, work);
            let result = guard.watch(async { task.await.unwrap_or_else(|| Err(guard.panicked())) }).await?;
            finish(&guard, result)
        })
    } else {
        Box::pin(async move {
            let result = guard.watch(work).await?;
            finish(&guard, result)
        })
    }
}

/// Work that may panic when it is dropped, too.
struct Contained<'a, W>(Pin<&'a mut Option<W>>);

impl<W: Future> Contained<'_, W> {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<W::Output> {
        match self.0.as_mut().as_pin_mut() {
            Some(work) => work.poll(context),
            None => Poll::Pending,
        }
    }
}

impl<W> Drop for Contained<'_, W> {
    fn drop(&mut self) {
        // What it was doing is over either way, and its message went to the panic hook.
        _ = catch_unwind(AssertUnwindSafe(|| self.0.set(None)));
    }
}

/// Takes bytes until there are too many.
struct Bounded {
    bytes: Vec<u8>,
    left: usize,
}

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.left = self.left.checked_sub(bytes.len()).ok_or(io::ErrorKind::FileTooLarge)?;
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
