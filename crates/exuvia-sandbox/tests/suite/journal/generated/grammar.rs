//! Makes programs up.
//!
//! A program is a list of cells; a cell is a block of statements, some of which hold further blocks. What a program prints
//! follows from its text alone, so that CPython elsewhere says what that must be: readings of clocks and random numbers
//! are kept, and are in the memory that is compared, but not printed; what goes on while something else is done prints
//! nothing until it is awaited.

use std::fmt::Write as _;

/// What every program begins with.
pub(super) const PRELUDE: &str = r"
import asyncio, os, random, time
from exuvia import parallel
from exuvia.tools import one, two
a, b, c = 3, 5, 7
texts, table, kept = [], {}, []
squares = (n * n for n in range(10_000))

class Mine(Exception):
    pass

def fold(*numbers):
    total = 0
    for number in numbers:
        total = (total * 31 + number) % 10_007
    return total

async def ticks(name, *delays):
    for delay in delays:
        await asyncio.sleep(delay)
        print(name, delay)
    return name

async def both(text, delay):
    await asyncio.sleep(delay)
    return await one.aio(text), await two.aio(text)

async def fill(queue, count):
    for n in range(count):
        await queue.put(n)
        await asyncio.sleep(0.25)
    await queue.put(None)

async def drained(queue):
    while (n := await queue.get()) is not None:
        yield n
";

/// Statements of one line. `N` is a small number, `V` one of the variables, `W` another one, `F` a file's name, `T` a
/// duration that is no other's.
const STATEMENTS: &[&str] = &[
    "V = (W * N + V) % 1009",
    "V, W = W, V",
    "V = fold(V, W, N)",
    "print('N', V, W)",
    "print(f'{V:>8}|{W:<6}|{V * W:,}')",
    "print(next(squares), V)",
    "table[V % 5] = W",
    "print(sorted(table.items()))",
    "texts.append(str(V))",
    "print(len(texts), texts[-1:])",
    "texts[:] = sorted(texts)[:20]",
    // Files.
    "open('F', 'w').write('W' * N)",
    "with open('F', 'a') as f: print(f.write(f'{V}\\n'))",
    "print(os.path.exists('F') and open('F').read())",
    "print(sorted(name for name in os.listdir() if name.startswith('file')))",
    "os.path.exists('F') and os.rename('F', 'F.moved')",
    "print(os.path.exists('F') and os.path.getsize('F'))",
    "f = open('F', 'w+'); f.write('held'); f.seek(N % 4); texts.append(f.read()); f.close()",
    // A mount.
    "print(len(open(mount + '/kept.txt').read(N * 1000)))",
    "print(sorted(os.listdir(mount)))",
    "with open(mount + '/F', 'a') as f: f.write(str(V))",
    "print(os.path.exists(mount + '/F') and open(mount + '/F').read())",
    "with open(mount + '/kept.txt', 'r+') as f: f.seek(N * 50_000); f.write('changed'); f.seek(N * 50_000 - 5); print(f.read(20))",
    // Clocks and random numbers.
    "kept.append(time.time())",
    "kept.append((time.monotonic(), time.process_time()))",
    "kept.append(os.stat('.').st_mtime)",
    "time.sleep(N)",
    "kept.append(random.random())",
    "kept.append(os.urandom(N))",
    "random.shuffle(kept)",
    "kept.append(random.sample(range(100), N))",
    "random.seed(V); print(random.randrange(1000), random.random())",
    "print(random.Random(N).choice(range(V + 1)))",
    // Tools.
    "texts.append(one(str(V)))",
    "print(two(f'N {V}'))",
    "print(one('x' * (V % 50)))",
    "print(parallel(one, [str(n) for n in range(N)]))",
    "print(await one.aio(str(V)))",
    "print(await asyncio.gather(one.aio('N'), two.aio(str(V)), asyncio.sleep(T, 'slept')))",
    "print(await asyncio.gather(*[both(str(n), n / 4) for n in range(N)]))",
    "task = asyncio.create_task(one.aio(f'later {V}')); await asyncio.sleep(0)",
    "print(await task)",
    // Waits.
    "await asyncio.sleep(T)",
    "print(await asyncio.gather(ticks('left', T, T), ticks('right', T, T)))",
    "task = asyncio.create_task(asyncio.sleep(T, 'behind')); await asyncio.sleep(T)",
    "task.cancel(); await asyncio.wait([task]); print(task.done())",
    "done, rest = await asyncio.wait([asyncio.create_task(asyncio.sleep(T, n)) for n in range(N)], timeout=T); print(len(done), len(rest)); [late.cancel() for late in rest]",
    "print(await asyncio.wait_for(asyncio.sleep(T, 'in time'), T))",
    "print(await asyncio.wait_for(two.aio('soon'), 1000))",
    "queue = asyncio.Queue(2); filler = asyncio.create_task(fill(queue, N)); print([n async for n in drained(queue)])",
    // Failures.
    "print(100 // (V % 3))",
    "print(table[V % 9])",
    "print(texts[V])",
    "assert V % 4, V",
    "int('N' * (V % 3))",
    "if V % 5 == 0: raise Mine(V)",
];

/// How deep blocks stand in blocks.
const DEPTH_MAX: usize = 2;
const VARIABLES: [&str; 3] = ["a", "b", "c"];

/// Throws numbers that follow from a seed: SplitMix64.
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Returns a number below this one.
    pub(super) fn below(&mut self, count: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % count as u64).expect("it is below a usize")
    }

    fn one_of<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }
}

/// Returns the cells of a program.
pub(super) fn program(dice: &mut Dice) -> Vec<String> {
    let mut cells = vec![PRELUDE.to_owned()];
    for _ in 0..2 + dice.below(4) {
        let mut cell = String::new();
        block(dice, &mut cell, 0);
        if dice.below(2) == 0 {
            let value = dice.one_of(&["a + b", "texts[-3:]", "len(kept)", "fold(a, b, c)", "sorted(table)"]);
            cell.push_str(value);
            cell.push('\n');
        }
        cells.push(cell);
    }
    cells
}

fn block(dice: &mut Dice, cell: &mut String, depth: usize) {
    for _ in 0..1 + dice.below(5) {
        statement(dice, cell, depth);
    }
}

fn statement(dice: &mut Dice, cell: &mut String, depth: usize) {
    let indent = "    ".repeat(depth);
    let kind = if depth < DEPTH_MAX { dice.below(12) } else { 11 };
    let (before, after): (String, &[&str]) = match kind {
        0 => (format!("for _ in range({}):", 1 + dice.below(3)), &[]),
        1 => (format!("if {} % 2:", dice.one_of(&VARIABLES)), &["else:"]),
        2 => ("try:".to_owned(), &["except Exception as error:", "finally:"]),
        3 => ("try:".to_owned(), &["except (ArithmeticError, LookupError, Mine) as error:"]),
        _ => {
            let line = filled(dice);
            let _written = writeln!(cell, "{indent}{line}");
            return;
        }
    };
    let _written = writeln!(cell, "{indent}{before}");
    block(dice, cell, depth + 1);
    for line in after {
        let _written = writeln!(cell, "{indent}{line}");
        if line.contains("error") {
            let _written = writeln!(cell, "{indent}    print(type(error).__name__)");
        }
        block(dice, cell, depth + 1);
    }
}

/// Returns a statement of one line, with everything in it that the capitals stand for.
fn filled(dice: &mut Dice) -> String {
    let mut line = String::new();
    let template = dice.one_of(STATEMENTS);
    let is_letter = |at: Option<char>| at.is_some_and(|at| at.is_alphanumeric());
    let mut before = None;
    let mut rest = template.chars().peekable();
    while let Some(letter) = rest.next() {
        // A capital that is a part of a word stands for itself.
        let is_alone = !is_letter(before) && !is_letter(rest.peek().copied());
        match letter {
            'N' if is_alone => line.push_str(&(1 + dice.below(6)).to_string()),
            'V' | 'W' if is_alone => line.push_str(dice.one_of(&VARIABLES)),
            'F' if is_alone => line.push_str(dice.one_of(&["file1", "file2", "file3"])),
            'T' if is_alone => line.push_str(&format!("{}.{:06}", dice.below(4), 1 + dice.below(999_999))),
            letter => line.push(letter),
        }
        before = Some(letter);
    }
    line
}
