//! Many sandboxes at a time.

use std::fs;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;
use std::thread;
use std::time::Duration;

use exuvia_core::{Outcome, Status};
use exuvia_sandbox::{LiveHost, Sandbox, SandboxError};
use libtest_mimic::{Failed, Trial};
use pollster::block_on;

use super::fixture::{Verdict, builder_with, engine, engine_for, ensure, same, sandbox, trial};

/// Returns the tests of many sandboxes.
pub(crate) fn trials() -> Vec<Trial> {
    vec![
        trial("crowd::a_thousand_alive", a_thousand_alive),
        trial("crowd::no_more_than_there_may_be", no_more_than_there_may_be),
        trial("crowd::fifty_wait_on_one_thread", fifty_wait_on_one_thread),
        trial("crowd::made_and_dropped_on_many_threads", made_and_dropped_on_many_threads),
        trial("crowd::moved_between_threads", moved_between_threads),
        trial("crowd::a_million_exceptions", a_million_exceptions),
    ]
}

fn repr(outcome: &Outcome) -> &str {
    outcome.value.as_ref().map_or("(none)", |value| &value.repr)
}

/// Returns the memory that this process has of its own, in bytes; 0 where the system does not tell. How much of the image's
/// file is mapped beside that, which all share, depends on the page cache.
fn private_bytes() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kilobytes = status.lines().find_map(|line| line.strip_prefix("RssAnon:")?.trim().strip_suffix(" kB"));
    kilobytes.and_then(|kilobytes| kilobytes.parse::<u64>().ok()).unwrap_or_default() << 10
}

fn a_thousand_alive() -> Verdict {
    const COUNT: usize = 1_000;
    /// What one may cost, with all that the other tests use at the time.
    const EACH_BYTES_MAX: u64 = 2 << 20;
    let before = private_bytes();
    let mut sandboxes = Vec::with_capacity(COUNT);
    for n in 0..COUNT {
        let mut sandbox = sandbox()?;
        sandbox.run(&format!("x = {n}"))?;
        sandboxes.push(sandbox);
    }
    let grown = private_bytes().saturating_sub(before);
    ensure(grown < COUNT as u64 * EACH_BYTES_MAX, format!("{COUNT} sandboxes took {} MiB", grown >> 20))?;
    for (n, sandbox) in sandboxes.iter_mut().enumerate() {
        same("a variable", &n.to_string(), repr(&sandbox.run("x")?))?;
    }
    Ok(())
}

fn no_more_than_there_may_be() -> Verdict {
    const COUNT: u32 = 5;
    let engine = engine_for(COUNT)?;
    let make = || -> Result<Sandbox, Failed> {
        let mut sandbox = engine.sandbox().build()?;
        sandbox.run("x = 1")?;
        Ok(sandbox)
    };
    let mut sandboxes = (0..COUNT).map(|_| make()).collect::<Result<Vec<_>, _>>()?;
    ensure(matches!(engine.sandbox().build(), Err(SandboxError::Full(_))), "there was room for one more")?;
    sandboxes.pop();
    sandboxes.push(make()?);
    ensure(matches!(engine.sandbox().build(), Err(SandboxError::Full(_))), "there was room for one more")
}

type Running<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// Polls all futures until all are ready.
fn join<T>(futures: Vec<Running<'_, T>>) -> impl Future<Output = Vec<T>> {
    let mut states: Vec<(Option<Running<'_, T>>, Option<T>)> =
        futures.into_iter().map(|one| (Some(one), None)).collect();
    poll_fn(move |context| {
        for (future, result) in &mut states {
            if let Some(running) = future
                && let Poll::Ready(value) = running.as_mut().poll(context)
            {
                (*future, *result) = (None, Some(value));
            }
        }
        if states.iter().any(|(future, _)| future.is_some()) {
            return Poll::Pending;
        }
        Poll::Ready(states.iter_mut().filter_map(|(_, result)| result.take()).collect())
    })
}

#[expect(clippy::disallowed_methods, reason = "this measures real time")]
fn fifty_wait_on_one_thread() -> Verdict {
    const COUNT: usize = 50;
    for source in ["import asyncio; await asyncio.sleep(0.3); 7", "import time; time.sleep(0.3); 7"] {
        let mut sandboxes = Vec::new();
        for _ in 0..COUNT {
            sandboxes.push(builder_with(LiveHost::builder())?.build()?);
        }
        let began = std::time::Instant::now();
        let running = sandboxes.iter_mut().map(|sandbox| Box::pin(sandbox.run_async(source)) as Running<'_, _>);
        let outcomes = block_on(join(running.collect()));
        let took = began.elapsed();
        for outcome in outcomes {
            same("the value", "7", repr(&outcome?))?;
        }
        ensure(took >= Duration::from_millis(300), format!("they waited for {took:?} only"))?;
        ensure(took < Duration::from_secs(5), format!("{COUNT} that wait for 0.3 s took {took:?}"))?;
    }
    Ok(())
}

fn made_and_dropped_on_many_threads() -> Verdict {
    let engine = engine()?;
    thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|thread| {
                scope.spawn(move || -> Verdict {
                    for n in 0..40 {
                        let mut sandbox = engine.sandbox().build()?;
                        let outcome = sandbox.run(&format!("x = [{thread}] * {n}; len(x), sum(x)"))?;
                        same("the value", &format!("({n}, {})", thread * n), repr(&outcome))?;
                    }
                    Ok(())
                })
            })
            .collect();
        threads.into_iter().try_for_each(|thread| thread.join().unwrap_or_else(|_| Err("a thread panicked".into())))
    })
}

fn moved_between_threads() -> Verdict {
    let mut sandbox = sandbox()?;
    for n in 0..10 {
        sandbox = thread::spawn(move || -> Result<_, Failed> {
            sandbox.run(&format!("x{n} = {n}"))?;
            Ok(sandbox)
        })
        .join()
        .map_err(|_| "a thread panicked")??;
    }
    same("the sum", "45", repr(&sandbox.run("sum(globals()[f'x{n}'] for n in range(10))")?))
}

fn a_million_exceptions() -> Verdict {
    let source = "
import re, decimal
def catch(n):
    for i in range(n):
        try:
            raise ValueError(i)
        except ValueError:
            pass
catch(1000)
";
    let mut sandbox = sandbox()?;
    let before = sandbox.run(source)?;
    let after = sandbox.run("catch(1_000_000)")?;
    ensure(after.status == Status::Finished, format!("{:?}", after.status))?;
    let grown = after.usage.memory_bytes - before.usage.memory_bytes;
    ensure(grown <= 1 << 20, format!("the memory grew by {grown} bytes"))
}
