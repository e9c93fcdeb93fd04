//! Writers that are killed, stopped and continued. Each is a process of its own: this program, started again.

#![expect(clippy::unwrap_used, reason = "this is how a test fails")]
#![expect(clippy::print_stdout, reason = "this is how the processes tell what they have done")]

use std::io::{BufRead, BufReader, Lines, Write};
use std::path::Path;
use std::pin::pin;
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitCode, Stdio};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use exuvia_core::Stream;
use exuvia_core::journal::{
    Durability, EngineIdentity, Event, Opened, Opening, SessionId, Store, StoreError, StoreFuture, Writer,
};
use exuvia_journal::{LocalStore, SqliteOptions};
use libtest_mimic::{Arguments, Trial};
use rustix::process::{Pid, Signal, kill_process};

/// The first argument of the process that writes.
const WRITER: &str = "write-to-a-journal";

/// How many writers are killed.
const KILLED: u64 = 40;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    if arguments.next().as_deref() == Some(WRITER) {
        let [folder, durability, lease] = [(); 3].map(|()| arguments.next().unwrap());
        write(Path::new(&folder), &durability, lease.parse().unwrap());
        return ExitCode::SUCCESS;
    }
    let tests: [(&str, fn()); 4] = [
        ("what_a_killed_writer_was_told_is_there", what_a_killed_writer_was_told_is_there),
        ("what_an_asynchronous_writer_synced_is_there", what_an_asynchronous_writer_synced_is_there),
        ("who_was_stopped_for_too_long_never_writes_again", who_was_stopped_for_too_long_never_writes_again),
        ("who_is_stopped_for_a_while_goes_on", who_is_stopped_for_a_while_goes_on),
    ];
    let tests = tests.into_iter().map(|(name, test)| {
        Trial::test(name, move || {
            test();
            Ok(())
        })
    });
    libtest_mimic::run(&Arguments::from_args(), tests.collect()).exit_code()
}

/// Killed at some moment in a stream of appends, printing all the while which were acknowledged.
fn what_a_killed_writer_was_told_is_there() {
    for durability in ["sync", "group"] {
        let folder = tempfile::tempdir().unwrap();
        let mut known = 1;
        for number in 0..KILLED / 2 {
            let mut writer = WriterProcess::start(folder.path(), durability, 10_000);
            writer.send("stream");
            // Another moment each time: after so many acknowledgements, and some of what comes next.
            let told = (0..number * 7 % 23).map(|_| writer.told()).last();
            let told = writer.kill().pop().or(told);
            if let Some(told) = told {
                known = told.parse::<u64>().unwrap() + 1;
            }
            // The lease of who is gone is free at once.
            let store = open(folder.path(), Durability::Group, 10_000);
            let writer = ready(store.open(&session())).unwrap();
            assert!(writer.position() >= known, "{durability} {number}: {} of {known}", writer.position());
            assert!(writer.position() <= known + 1, "one that was not acknowledged, at most");
            known = writer.position();
            let printed = ready(store.printed(&session())).unwrap();
            // It is noted before each append, the first one excepted if it was not come to.
            assert!((known - 1).min(7) == printed || known.min(7) == printed || known == 1, "{printed} of {known}");
            assert_sound(&store, known);
        }
        assert!(known > 20, "{known}");
    }
}

fn what_an_asynchronous_writer_synced_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let mut known = 1;
    for _ in 0..KILLED / 4 {
        let mut writer = WriterProcess::start(folder.path(), "async", 10_000);
        let told = writer.ask("sync");
        writer.send("stream");
        writer.told();
        writer.kill();
        let store = open(folder.path(), Durability::Group, 10_000);
        let position = ready(store.open(&session())).unwrap().position();
        assert!(position > told.parse::<u64>().unwrap() && position > known, "{position}, {told}, {known}");
        known = position;
        assert_sound(&store, known);
    }
}

fn who_was_stopped_for_too_long_never_writes_again() {
    for durability in ["sync", "group", "async"] {
        let folder = tempfile::tempdir().unwrap();
        let mut writer = WriterProcess::start(folder.path(), durability, 300);
        assert_eq!(writer.ask("append"), "1");
        assert_eq!(writer.ask("sync"), "2");
        writer.signal(Signal::STOP);
        let store = open(folder.path(), Durability::Group, 300);
        let mut second = take_over(&store);
        assert_eq!((second.position(), second.epoch()), (3, 2), "{durability}");
        ready(second.append(&[(0, output(3))])).unwrap();
        writer.signal(Signal::CONT);
        let refused = "session `s` has been taken over by another writer";
        // An asynchronous writer learns of it when it asks, or soon afterwards.
        let answer = writer.ask(if durability == "async" { "sync" } else { "append" });
        assert_eq!(answer, refused, "{durability}");
        assert_ne!(writer.ask("append"), "5", "{durability}");
        ready(second.append(&[(0, output(4))])).unwrap();
        let read = ready(store.read(&session(), 3, 10)).unwrap();
        let read: Vec<_> = read.into_iter().map(|recorded| (recorded.epoch, recorded.event)).collect();
        assert_eq!(read, [(2, output(3)), (2, output(4))], "{durability}");
        drop(writer);
        assert_sound(&store, 5);
    }
}

fn who_is_stopped_for_a_while_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = WriterProcess::start(folder.path(), "group", 60_000);
    assert_eq!(writer.ask("append"), "1");
    writer.signal(Signal::STOP);
    let store = open(folder.path(), Durability::Group, 60_000);
    let refused = ready(store.open(&session())).map(drop);
    assert!(matches!(refused, Err(StoreError::Busy { until: Some(_), .. })), "{refused:?}");
    writer.signal(Signal::CONT);
    assert_eq!(writer.ask("append"), "2");
    drop(writer);
    drop(ready(store.open(&session())).unwrap());
    assert_sound(&store, 3);
}

/// Opens the session when the lease of who has it has run out.
fn take_over(store: &LocalStore) -> Box<dyn Writer> {
    loop {
        match ready(store.open(&session())) {
            Ok(writer) => return writer,
            Err(StoreError::Busy { .. }) => std::thread::yield_now(),
            Err(error) => panic!("{error}"),
        }
    }
}

/// A process that writes.
struct WriterProcess {
    child: Child,
    to: ChildStdin,
    from: Lines<BufReader<ChildStdout>>,
}

impl WriterProcess {
    /// Starts one, and waits until it has the session open.
    fn start(folder: &Path, durability: &str, lease_milliseconds: u64) -> Self {
        #[expect(clippy::disallowed_methods, reason = "this test starts itself again")]
        let program = std::env::current_exe().unwrap();
        let mut child = Command::new(program)
            .arg(WRITER)
            .arg(folder)
            .args([durability, &lease_milliseconds.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let to = child.stdin.take().unwrap();
        let from = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut writer = Self { child, to, from };
        assert_eq!(writer.told(), "open");
        writer
    }

    fn send(&mut self, order: &str) {
        writeln!(self.to, "{order}").unwrap();
    }

    fn told(&mut self) -> String {
        self.from.next().unwrap().unwrap()
    }

    fn ask(&mut self, order: &str) -> String {
        self.send(order);
        self.told()
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Kills it, and returns what it has told until then.
    fn kill(mut self) -> Vec<String> {
        self.child.kill().unwrap();
        self.from.by_ref().map_while(Result::ok).collect()
    }
}

impl Drop for WriterProcess {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// What the process does: it opens the session, or makes it, and follows orders.
fn write(folder: &Path, durability: &str, lease_milliseconds: u64) {
    let durability = match durability {
        "sync" => Durability::Sync,
        "group" => Durability::Group,
        _ => Durability::Async,
    };
    let store = open(folder, durability, lease_milliseconds);
    let mut writer = match ready(store.open(&session())) {
        Err(StoreError::NotFound { .. }) => ready(store.create(opening())),
        opened => opened,
    }
    .unwrap();
    println!("open");
    for order in std::io::stdin().lines() {
        let order = order.unwrap();
        loop {
            let position = writer.position();
            writer.note_printed(position.min(7)).unwrap();
            let done = ready(writer.append(&[(0, output(position))]));
            let done = if order == "sync" { done.and_then(|_| ready(writer.sync())) } else { done.map(drop) };
            match done {
                Ok(()) => println!("{position}"),
                Err(error) => println!("{}", error.to_string().lines().next().unwrap()),
            }
            if order != "stream" {
                break;
            }
        }
    }
}

fn session() -> SessionId {
    SessionId::new("s").unwrap()
}

fn open(folder: &Path, durability: Durability, lease_milliseconds: u64) -> LocalStore {
    let lease = Duration::from_millis(lease_milliseconds);
    LocalStore::open(folder, SqliteOptions { durability, lease, ..SqliteOptions::default() }).unwrap()
}

fn opening() -> Opening {
    let opened =
        Opened::new(EngineIdentity { name: "cpython".into(), version: "3.14.2".into() }, String::new(), [0; 32]);
    Opening { session: session(), name: None, opened, at: 0 }
}

/// What stands at a position: now and then something large.
fn output(position: u64) -> Event {
    let text = format!("{position}\n").repeat(if position.is_multiple_of(5) { 2_000 } else { 10 });
    Event::Output { stream: Stream::Stdout, bytes: text.into_bytes() }
}

fn assert_sound(store: &LocalStore, events: u64) {
    let verification = ready(store.verify(&session())).unwrap();
    assert_eq!((verification.damage, verification.events), (None, events));
    for recorded in ready(store.read(&session(), 1, usize::MAX)).unwrap() {
        assert_eq!(recorded.event, output(recorded.position));
    }
}

fn ready<T>(future: StoreFuture<'_, T>) -> Result<T, StoreError> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result,
        Poll::Pending => panic!("it is not ready"),
    }
}
