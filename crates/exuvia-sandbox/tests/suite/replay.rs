//! What was recorded is computed again from the recording alone.

use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use exuvia_core::recording::Asked;
use exuvia_core::{Divergence, Host, HostAnswer, Limits, Outcome, Recording, RecordingHost, ReplayingHost};
use exuvia_sandbox::{LiveHost, LiveHostBuilder, Sandbox, Stdin};
use libtest_mimic::{Failed, Trial};

use super::cases::Case;
use super::fixture::{Verdict, engine, ensure, limited, same, shown, trial};
use super::repeat::repeated;

/// Returns the tests of recording and replay.
pub(crate) fn trials() -> Vec<Trial> {
    let mut trials = vec![
        trial("replay::real_clock_random_input_and_waits", real_world),
        trial("replay::input_from_a_reader", input_from_a_reader),
        trial("replay::soft_time_limit", soft_time_limit),
        trial("replay::soft_time_limit_in_a_wait", soft_time_limit_in_a_wait),
        trial("replay::output_limit", output_limit),
        trial("replay::interrupts_in_several_cells", interrupts_in_several_cells),
        trial("replay::two_interrupts_in_one_cell", two_interrupts_in_one_cell),
        trial("replay::changed_answer_diverges", changed_answer_diverges),
        trial("replay::shortened_recording_diverges", shortened_recording_diverges),
        trial("replay::other_program_diverges", other_program_diverges),
        trial("replay::recording_as_json", recording_as_json),
    ];
    trials.extend(repeated().into_iter().map(|case| {
        let name = format!("replay::{}::{}", case.area, case.behaviour);
        Trial::test(name, move || replays_case(&case))
    }));
    trials
}

/// What a run left behind.
#[derive(Debug, PartialEq)]
struct Left {
    outcomes: String,
    memory: String,
    checks: u64,
}

impl Left {
    fn of(outcomes: &[Outcome], sandbox: &mut Sandbox) -> Self {
        let outcomes = outcomes.iter().map(shown).collect::<Vec<_>>().join("\n");
        Self { outcomes, memory: sandbox.memory_hash(), checks: sandbox.checks() }
    }

    fn compare(&self, replayed: &Self) -> Verdict {
        same("the replay", &self.outcomes, &replayed.outcomes)?;
        same("the number of checks", &self.checks.to_string(), &replayed.checks.to_string())?;
        same("the memory after the replay", &self.memory, &replayed.memory)
    }
}

fn cells(host: impl Host + 'static, limits: &Limits, cells: &[&str]) -> Result<(Vec<Outcome>, Left), Failed> {
    let mut sandbox = engine()?.sandbox().host(host).limits(limits.clone()).build()?;
    let outcomes = cells.iter().map(|cell| sandbox.run(cell)).collect::<Result<Vec<_>, _>>()?;
    let left = Left::of(&outcomes, &mut sandbox);
    Ok((outcomes, left))
}

fn unlimited() -> Limits {
    Limits { wall_time: None, ..Limits::default() }
}

fn taken<T: Clone>(shared: &Arc<Mutex<T>>) -> T {
    shared.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

fn undisturbed(divergence: &Arc<Mutex<Option<Divergence>>>) -> Verdict {
    match taken(divergence) {
        None => Ok(()),
        Some(divergence) => Err(divergence.to_string().into()),
    }
}

/// Records these cells, replays them without a time limit, and compares. Returns what was recorded.
fn replays(host: LiveHostBuilder, limits: &Limits, source: &[&str]) -> Result<(Vec<Outcome>, Recording), Failed> {
    let (host, recording) = RecordingHost::new(host.build(engine()?)?);
    let (outcomes, left) = cells(host, limits, source)?;
    let recording = taken(&recording);
    let (host, divergence) = ReplayingHost::new(recording.clone());
    let limits = Limits { wall_time: None, ..limits.clone() };
    let (_, replayed) = cells(host, &limits, source)?;
    undisturbed(&divergence)?;
    left.compare(&replayed)?;
    Ok((outcomes, recording))
}

fn real_world() -> Verdict {
    let mut lines = vec!["second line\n", "first line\n"];
    let stdin = Stdin::callback(move |_| lines.pop().unwrap_or_default().as_bytes().to_vec());
    let source = [
        "import time, os, random, uuid, asyncio, datetime",
        "print(input(), input()); time.time(), time.monotonic_ns(), datetime.datetime.now()",
        "os.urandom(100_000)[:16], random.random(), uuid.uuid4()",
        "began = time.monotonic(); time.sleep(0.02); time.monotonic() - began",
        "async def f(n):\n    await asyncio.sleep(n / 10)\n    print(n, time.time())\n    return n\n\
         await asyncio.gather(*map(f, (3, 1, 2)))",
        "asyncio.run(f(1))",
    ];
    let (outcomes, recording) = replays(LiveHost::builder().stdin(stdin), &Limits::default(), &source)?;
    same("what was read", "first line second line\n", &outcomes[1].stdout)?;
    let waited = recording.events.iter().filter(|event| matches!(event.asked, Asked::Wait { .. })).count();
    ensure(waited >= 5, format!("only {waited} waits were recorded"))
}

fn input_from_a_reader() -> Verdict {
    let stdin = Stdin::reader(&b"one\ntwo\n"[..]);
    let source = ["import sys, time", "print(list(sys.stdin), time.time())"];
    replays(LiveHost::builder().stdin(stdin), &Limits::default(), &source).map(drop)
}

const SPINNING: &str = "\
import time
began = time.monotonic()
count = 0
try:
    while True:
        count += 1
finally:
    print('count', count, 'time', time.monotonic() - began)
";

fn soft_time_limit() -> Verdict {
    let limits = limited(Duration::from_millis(100));
    let limits = Limits { grace: Duration::from_secs(5), ..limits };
    let (outcomes, recording) = replays(LiveHost::builder(), &limits, &[SPINNING, "count"])?;
    let limit = outcomes[0].error.as_ref().map(|error| error.type_name.as_str());
    same("the exception", "exuvia.TimeLimit", limit.unwrap_or_default())?;
    let interrupts = recording.events.iter().filter(|event| matches!(event.asked, Asked::Interrupt { .. })).count();
    same("the number of interrupts", "1", &interrupts.to_string())
}

fn soft_time_limit_in_a_wait() -> Verdict {
    let limits = Limits { grace: Duration::from_secs(5), ..limited(Duration::from_millis(60)) };
    let source = [
        "import time, asyncio",
        "try:\n    time.sleep(1000)\nfinally:\n    print('ended', time.time())",
        "try:\n    await asyncio.sleep(1000)\nfinally:\n    print('ended', time.time())",
        "1 + 1",
    ];
    replays(LiveHost::builder(), &limits, &source).map(drop)
}

fn output_limit() -> Verdict {
    let limits = Limits { output_bytes: 1_000, ..Limits::default() };
    let source = ["i = 0\nwhile True:\n    i += 1\n    print('line', i)", "i"];
    replays(LiveHost::builder(), &limits, &source).map(drop)
}

fn interrupts_in_several_cells() -> Verdict {
    let limits = Limits { grace: Duration::from_secs(5), ..limited(Duration::from_millis(30)) };
    let source = [SPINNING, "sum(range(1000))", SPINNING, "[n for n in range(10**9) if n < 0]", "count"];
    let (_, recording) = replays(LiveHost::builder(), &limits, &source)?;
    let interrupts = recording.events.iter().filter(|event| matches!(event.asked, Asked::Interrupt { .. })).count();
    same("the number of interrupts", "3", &interrupts.to_string())
}

/// Interrupts a cell each time that it prints something.
fn two_interrupts_in_one_cell() -> Verdict {
    let source = "\
import time
counts = []
for name in ('one', 'two'):
    count = 0
    try:
        print(name)
        while True: count += 1
    except KeyboardInterrupt:
        counts.append(count)
try:
    print('three')
    time.sleep(1000)
except KeyboardInterrupt:
    counts.append('slept')
print(counts)
";
    let (sender, printed) = channel();
    let host = LiveHost::builder().output(move |_, bytes| sender.send(bytes.len()).unwrap_or_default());
    let (host, recording) = RecordingHost::new(host.build(engine()?)?);
    let mut sandbox = engine()?.sandbox().host(host).limits(unlimited()).build()?;
    let interrupter = sandbox.interrupter();
    let outcome = thread::scope(|scope| {
        let running = scope.spawn(|| sandbox.run(source));
        for _ in printed.iter().take(3) {
            interrupter.interrupt();
        }
        running.join().map_err(|_| Failed::from("the cell's thread panicked"))?.map_err(Failed::from)
    })?;
    let left = Left::of(&[outcome], &mut sandbox);
    let (host, divergence) = ReplayingHost::new(taken(&recording));
    // Should an interrupt be missing, the replay does not go on for ever.
    let limits = Limits { wall_time: Some(Duration::from_secs(5)), ..Limits::default() };
    let (_, replayed) = cells(host, &limits, &[source])?;
    undisturbed(&divergence)?;
    left.compare(&replayed)
}

fn replays_case(case: &Case) -> Verdict {
    let run = |host: Box<dyn FnOnce() -> Result<Sandbox, Failed>>| -> Result<Left, Failed> {
        let mut sandbox = host()?;
        let outcome = case.run_in(&mut sandbox)?;
        Ok(Left::of(&[outcome], &mut sandbox))
    };
    let (host, recording) = RecordingHost::new(LiveHost::builder().build(engine()?)?);
    let builder = case.put_into(engine()?.sandbox().host(host).limits(unlimited()))?;
    let left = run(Box::new(|| Ok(builder.build()?)))?;
    let (host, divergence) = ReplayingHost::new(taken(&recording));
    let builder = case.put_into(engine()?.sandbox().host(host).limits(unlimited()))?;
    let replayed = run(Box::new(|| Ok(builder.build()?)))?;
    undisturbed(&divergence)?;
    left.compare(&replayed)
}

const DICE: &[&str] = &["import os", "roll = os.urandom(1)[0]", "print('high' if roll > 127 else 'low')", "roll"];

fn recorded_dice() -> Result<Recording, Failed> {
    let (host, recording) = RecordingHost::new(LiveHost::builder().build(engine()?)?);
    cells(host, &Limits::default(), DICE)?;
    Ok(taken(&recording))
}

fn divergence(recording: Recording, source: &[&str]) -> Result<Option<Divergence>, Failed> {
    let (host, divergence) = ReplayingHost::new(recording);
    cells(host, &unlimited(), source)?;
    Ok(taken(&divergence))
}

fn changed_answer_diverges() -> Verdict {
    let mut recording = recorded_dice()?;
    for event in &mut recording.events {
        if let (Asked::Random { .. }, HostAnswer::Bytes(bytes)) = (&event.asked, &mut event.answer)
            && let [byte] = bytes.as_mut_slice()
        {
            *byte = !*byte;
        }
    }
    let divergence = divergence(recording, DICE)?.ok_or("the replay did not see that a roll was changed")?;
    match (divergence.asked, divergence.recorded) {
        (Asked::Output { bytes, .. }, Some(Asked::Output { bytes: recorded, .. })) if bytes != recorded => Ok(()),
        other => Err(format!("diverged elsewhere: {other:?}").into()),
    }
}

fn shortened_recording_diverges() -> Verdict {
    let mut recording = recorded_dice()?;
    let position = recording.events.iter().position(|event| matches!(event.asked, Asked::Output { .. }));
    let position = position.ok_or("nothing was printed")?;
    recording.events.truncate(position);
    let divergence = divergence(recording, DICE)?.ok_or("the replay did not see that the end is missing")?;
    ensure(
        divergence.position == position && divergence.recorded.is_none(),
        format!("diverged elsewhere: {divergence}"),
    )
}

fn other_program_diverges() -> Verdict {
    let mut other = DICE.to_vec();
    other[1] = "import time; roll = time.time_ns()";
    let divergence = divergence(recorded_dice()?, &other)?.ok_or("the replay did not see another program")?;
    match (&divergence.asked, &divergence.recorded) {
        (Asked::Clock(_), Some(Asked::Random { length: 1 })) => Ok(()),
        _ => Err(format!("diverged elsewhere: {divergence}").into()),
    }
}

fn recording_as_json() -> Verdict {
    let recording = recorded_dice()?;
    let again: Recording = serde_json::from_str(&serde_json::to_string(&recording)?)?;
    ensure(again == recording, "JSON changed the recording")
}
