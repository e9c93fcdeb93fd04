//! Random sequences of operations, on [`Vfs`] and on the machine's own file system: every result
//! must be the same, and be it that the file system is saved and restored before each of them. Denied permissions and limits are left to the other tests: the machine's
//! answers depend on who runs them.

mod machine;
mod model;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use exuvia_core::MountMode;
use machine::Machine;
use model::Model;

use super::FileLimits;

/// Cases in a usual run; `PROPTEST_CASES` sets another number, and makes them random.
const CASES: u32 = 400;
/// Steps in a case.
const STEPS_MAX: usize = 50;
/// How often `..` may come in a case: more levels than this above it keep a case inside its own
/// directory on the machine, since links never lead up.
const UPS_MAX: usize = 10;

/// One operation. Descriptors are numbers of earlier successful opens, taken modulo their count.
#[derive(Debug, Clone)]
enum Step {
    Open { dir: Option<usize>, path: String, flags: u32, mode: u32 },
    Close(usize),
    Duplicate(usize),
    Read { fd: usize, count: usize },
    ReadAt { fd: usize, count: usize, offset: i64 },
    Write { fd: usize, byte: u8, count: usize },
    WriteAt { fd: usize, byte: u8, count: usize, offset: i64 },
    Seek { fd: usize, whence: u8, offset: i64 },
    SetLength { fd: usize, length: i64 },
    SetStatus { fd: usize, flags: u32 },
    StatFd(usize),
    List(usize),
    Enter(usize),
    Truncate { path: String, length: i64 },
    Stat { path: String, follow: bool },
    MakeDirectory { dir: Option<usize>, path: String, mode: u32 },
    RemoveDirectory { path: String },
    Unlink { path: String },
    Rename { from: String, to: String, keep: bool },
    Symlink { target: String, path: String },
    ReadLink { path: String },
    SetMode { path: String, mode: u32 },
    SetTimes { path: String, seconds: i64, follow: bool },
    Access { path: String },
    ChangeDirectory { path: String },
    SetUmask(u32),
}

impl Step {
    fn paths(&mut self) -> Vec<&mut String> {
        match self {
            Self::Open { path, .. }
            | Self::MakeDirectory { path, .. }
            | Self::Truncate { path, .. }
            | Self::Stat { path, .. }
            | Self::RemoveDirectory { path }
            | Self::Unlink { path }
            | Self::Symlink { path, .. }
            | Self::ReadLink { path }
            | Self::SetMode { path, .. }
            | Self::SetTimes { path, .. }
            | Self::Access { path }
            | Self::ChangeDirectory { path } => vec![path],
            Self::Rename { from, to, .. } => vec![from, to],
            _ => Vec::new(),
        }
    }
}

/// What a step came to, in words that both sides use alike.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Outcome {
    Nothing,
    Number(u64),
    Bytes(Vec<u8>),
    Names(Vec<(Vec<u8>, u32)>),
    Stat {
        mode: u32,
        links: Option<u64>,
        size: Option<u64>,
        modified: Option<i64>,
    },
    /// The guest's number of the error.
    Error(i32),
}

/// Times set by [`Step::SetTimes`] lie before this; all others are not compared.
const SET_SECONDS_MAX: i64 = 1_000_000;

fn path() -> impl Strategy<Value = String> {
    let name = prop_oneof![16 => "[abc]", 1 => Just(".".to_owned()), 2 => "[d]"];
    let names = prop_oneof![4 => vec(name.clone(), 1), 4 => vec(name.clone(), 2), 1 => vec(name, 3)];
    let up = prop_oneof![9 => Just(None), 1 => (0_usize..3).prop_map(Some)];
    (names, up, prop_oneof![8 => Just(""), 1 => Just("/"), 1 => Just("//")]).prop_map(|(mut names, up, end)| {
        if let Some(at) = up {
            names.insert(at.min(names.len()), "..".to_owned());
        }
        names.join("/") + end
    })
}

/// A link's target never goes up, so that following many of them cannot either.
fn link_target() -> impl Strategy<Value = String> {
    prop_oneof![8 => "[abcd](/[abc])?/?", 1 => Just(".".to_owned()), 1 => Just("./a".to_owned())]
}

fn open_flags() -> impl Strategy<Value = u32> {
    let access = 0_u32..3;
    let others = [0o100, 0o100, 0o200, 0o1000, 0o2000, 0o200_000, 0o400_000, 0o10_000_000, 0o20_200_000];
    (access, proptest::sample::subsequence(others.to_vec(), 0..4), any::<bool>()).prop_map(
        |(access, others, create)| {
            let flags = others.into_iter().fold(access, |flags, flag| flags | flag);
            if create { flags | 0o100 } else { flags }
        },
    )
}

fn step() -> impl Strategy<Value = Step> {
    let fd = || 0_usize..8;
    let dir = || prop_oneof![4 => Just(None), 1 => (0_usize..8).prop_map(Some)];
    let offset = || prop_oneof![8 => 0_i64..100, 2 => 65_500_i64..66_000, 1 => -3_i64..0];
    let count = || prop_oneof![4 => 0_usize..40, 1 => 65_400_usize..70_000];
    let data = prop_oneof![
        4 => (fd(), count()).prop_map(|(fd, count)| Step::Read { fd, count }),
        2 => (fd(), count(), offset()).prop_map(|(fd, count, offset)| Step::ReadAt { fd, count, offset }),
        4 => (fd(), any::<u8>(), count()).prop_map(|(fd, byte, count)| Step::Write { fd, byte, count }),
        2 => (fd(), any::<u8>(), count(), offset())
            .prop_map(|(fd, byte, count, offset)| Step::WriteAt { fd, byte, count, offset }),
        3 => (fd(), 0_u8..3, -100_i64..70_000)
            .prop_map(|(fd, whence, offset)| Step::Seek { fd, whence, offset }),
        2 => (fd(), offset()).prop_map(|(fd, length)| Step::SetLength { fd, length }),
        1 => (fd(), proptest::sample::select(vec![0, 0o2000])).prop_map(|(fd, flags)| Step::SetStatus { fd, flags }),
        2 => fd().prop_map(Step::StatFd),
        2 => fd().prop_map(Step::List),
        1 => fd().prop_map(Step::Enter),
        1 => fd().prop_map(Step::Close),
        1 => fd().prop_map(Step::Duplicate),
    ];
    let names = prop_oneof![
        8 => (dir(), path(), open_flags(), 0_u32..0o100)
            .prop_map(|(dir, path, flags, mode)| Step::Open { dir, path, flags, mode: mode | 0o600 }),
        6 => (dir(), path(), 0_u32..0o100)
            .prop_map(|(dir, path, mode)| Step::MakeDirectory { dir, path, mode: mode | 0o700 }),
        6 => (path(), path(), prop_oneof![9 => Just(false), 1 => Just(true)])
            .prop_map(|(from, to, keep)| Step::Rename { from, to, keep }),
        3 => path().prop_map(|path| Step::RemoveDirectory { path }),
        3 => path().prop_map(|path| Step::Unlink { path }),
        4 => (link_target(), path()).prop_map(|(target, path)| Step::Symlink { target, path }),
        2 => path().prop_map(|path| Step::ReadLink { path }),
        4 => (path(), any::<bool>()).prop_map(|(path, follow)| Step::Stat { path, follow }),
        1 => (path(), offset()).prop_map(|(path, length)| Step::Truncate { path, length }),
        1 => (path(), 0_u32..0o100).prop_map(|(path, mode)| Step::SetMode { path, mode: mode | 0o700 }),
        1 => (path(), 0..SET_SECONDS_MAX, any::<bool>())
            .prop_map(|(path, seconds, follow)| Step::SetTimes { path, seconds, follow }),
        1 => path().prop_map(|path| Step::Access { path }),
        2 => path().prop_map(|path| Step::ChangeDirectory { path }),
        1 => (0_u32..0o100).prop_map(Step::SetUmask),
    ];
    prop_oneof![1 => data, 1 => names]
}

/// A tree to start with, so that later steps find something.
fn beginning() -> impl Strategy<Value = Vec<Step>> {
    let directory = |path: &str| Step::MakeDirectory { dir: None, path: path.to_owned(), mode: 0o755 };
    let file = |path: &str| Step::Open { dir: None, path: path.to_owned(), flags: 0o102, mode: 0o644 };
    let link = |target: &str, path: &str| Step::Symlink { target: target.to_owned(), path: path.to_owned() };
    let all = vec![
        directory("a"),
        directory("b"),
        file("c"),
        file("a/a"),
        directory("a/b"),
        link("b", "a/c"),
        directory("b/a"),
        file("b/b"),
        link("a", "d"),
        directory("b/a/c"),
        link("c", "b/c"),
        file("a/b/c"),
    ];
    proptest::sample::subsequence(all, 3..=12)
}

/// Returns steps of which only the first few go up.
fn steps() -> impl Strategy<Value = Vec<Step>> {
    (beginning(), vec(step(), 1..STEPS_MAX)).prop_map(|(mut steps, rest)| {
        steps.extend(rest);
        let mut ups = 0;
        for path in steps.iter_mut().flat_map(Step::paths) {
            if path.contains("..") {
                ups += 1;
                if ups > UPS_MAX {
                    *path = path.replace("..", ".");
                }
            }
        }
        steps
    })
}

/// The same cases every time, or as many others as the environment asks for.
#[allow(clippy::disallowed_methods, reason = "a longer run is asked for by hand")]
fn config() -> ProptestConfig {
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    let rng_seed = if asked.is_some() { RngSeed::Random } else { RngSeed::Fixed(314) };
    let cases = asked.unwrap_or(CASES);
    ProptestConfig { cases, rng_seed, failure_persistence: None, ..ProptestConfig::default() }
}

type Snapshot = Vec<(String, Outcome, Vec<u8>)>;

/// Takes times out, which a folder to which changes are applied has of its own.
fn without_times(mut snapshot: Snapshot) -> Snapshot {
    for (_, outcome, _) in &mut snapshot {
        if let Outcome::Stat { modified, .. } = outcome {
            *modified = None;
        }
    }
    snapshot
}

/// Changes steps so that they set no permission bits that a mount does not let through to the host.
fn masked(mut steps: Vec<Step>) -> Vec<Step> {
    for step in &mut steps {
        if let Step::SetMode { mode, .. } = step {
            *mode &= 0o755;
        }
    }
    steps
}

/// Makes two equal folders, with files of some size in them.
fn two_folders(beginning: &[Step]) -> (Machine, Machine) {
    let [mut oracle, mut folder] = [Machine::new(UPS_MAX + 1), Machine::new(UPS_MAX + 1)];
    let writes = [300_000, 70_000, 65_536, 10].into_iter().enumerate();
    let writes = writes.map(|(fd, count)| Step::Write { fd, byte: 7, count });
    for step in beginning.iter().cloned().chain(writes) {
        assert_eq!(oracle.run(&step), folder.run(&step));
    }
    oracle.settle();
    folder.settle();
    (oracle, folder)
}

/// Limits under which what is kept of a mount goes again and again.
fn tight() -> FileLimits {
    FileLimits { mount_bytes: 0, mount_entries: 24, ..FileLimits::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_folder_that_can_be_written_to_behaves_like_itself(
        beginning in beginning(), steps in steps(), tightly in any::<bool>(), saved in any::<bool>(),
    ) {
        let (mut oracle, folder) = two_folders(&beginning);
        let limits = if tightly { tight() } else { FileLimits::default() };
        let mut model = Model::on_folder(folder.root(), MountMode::ReadWrite, limits, UPS_MAX + 1);
        for (number, step) in masked(steps).iter().enumerate() {
            if saved {
                model.save_and_restore();
            }
            prop_assert_eq!(model.run(step, false), oracle.run(step), "step {}: {:?}", number, step);
        }
        prop_assert_eq!(model.look_around(), oracle.snapshot(), "what the program sees at the end");
        prop_assert_eq!(folder.snapshot(), oracle.snapshot(), "the folder at the end");
    }

    #[test]
    fn an_overlay_behaves_like_a_copy_and_can_be_applied(
        beginning in beginning(), steps in steps(), tightly in any::<bool>(), saved in any::<bool>(),
    ) {
        let (mut oracle, folder) = two_folders(&beginning);
        let before = folder.snapshot();
        let limits = if tightly { tight() } else { FileLimits::default() };
        let mut model = Model::on_folder(folder.root(), MountMode::Overlay, limits, UPS_MAX + 1);
        for (number, step) in masked(steps).iter().enumerate() {
            if saved {
                model.save_and_restore();
            }
            prop_assert_eq!(model.run(step, false), oracle.run(step), "step {}: {:?}", number, step);
        }
        prop_assert_eq!(model.look_around(), oracle.snapshot(), "what the program sees at the end");
        prop_assert_eq!(folder.snapshot(), before, "the folder is untouched");
        let changes = model.changes();
        model.apply(&changes);
        prop_assert_eq!(
            without_times(folder.snapshot()), without_times(oracle.snapshot()), "the folder with the changes applied"
        );
    }

    #[test]
    fn behaves_like_the_machines_file_system(steps in steps(), saved in any::<bool>()) {
        let mut machine = Machine::new(UPS_MAX + 1);
        let mut model = Model::new(UPS_MAX + 1);
        for (number, step) in steps.iter().enumerate() {
            if saved {
                model.save_and_restore();
            }
            let expected = machine.run(step);
            let actual = model.run(step, machine.counts_links());
            prop_assert_eq!(actual, expected, "step {}: {:?}", number, step);
        }
        prop_assert_eq!(model.snapshot(machine.counts_links()), machine.snapshot(), "the trees at the end");
    }
}
