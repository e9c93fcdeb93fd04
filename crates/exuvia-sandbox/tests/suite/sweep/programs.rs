//! The sessions that are swept.
//!
//! A call of `two` that may or may not have been made raises `ToolInterrupted`: the programs say then that it is lost,
//! where its answer would stand. A change in a mount that may or may not have been made is an `EIO`, or what comes of
//! looking at the folder once more, where its names are (`ENOENT`, `EEXIST`): they say that it is unknown, and touch the
//! place no more.

use exuvia_session::CheckpointPolicy;

/// A session that is swept.
pub(super) struct Program {
    pub(super) name: &'static str,
    pub(super) cells: &'static [&'static str],
    pub(super) checkpoints: CheckpointPolicy,
}

/// A checkpoint after each cell, and wherever one waits.
const OFTEN: CheckpointPolicy = CheckpointPolicy { milliseconds: 0, cells: 1, bytes: 1, kept: 2 };
const NEVER: CheckpointPolicy = CheckpointPolicy::NEVER;

/// What all of them begin with.
pub(super) const PRELUDE: &str = r#"
import asyncio, errno, os, random, time
from exuvia import ToolInterrupted

def once(key):
    try:
        return two(key)
    except ToolInterrupted:
        return f"two: lost {key}"

async def once_later(key):
    try:
        return await two.aio(key)
    except ToolInterrupted:
        return f"two: lost {key}"

def change(path, act):
    try:
        act()
    except OSError as error:
        if error.errno not in (errno.EIO, errno.ENOENT, errno.EEXIST):
            raise
        return f"unknown: {path}"
    return f"changed: {path}"
"#;

/// All of them.
pub(super) const PROGRAMS: &[Program] = &[
    Program {
        name: "calls",
        checkpoints: NEVER,
        cells: &[
            "print(one('a'))\nprint(once('b'))\nfound = []",
            "for n in range(2):\n    found.append(one(f'c{n}'))\n    print(once(f'd{n}'), flush=True)",
            "print(sorted(found), one('e'))\nfound",
        ],
    },
    Program {
        name: "background",
        checkpoints: NEVER,
        cells: &[
            "results = await asyncio.gather(one.aio('slow a'), once_later('b'), one.aio('c'), asyncio.sleep(2, 'slept'))\nfor line in results: print(line)",
            "later = asyncio.create_task(one.aio('slow d'))\nunwanted = asyncio.create_task(one.aio('slow unwanted'))\nawait asyncio.sleep(0)",
            "unwanted.cancel()\ntry:\n    await unwanted\nexcept asyncio.CancelledError:\n    print('cancelled')\nprint(await later)",
            "calls = {asyncio.create_task(one.aio(f'slow e{n}')) for n in range(3)}\nwhile calls:\n    done, calls = await asyncio.wait(calls, return_when=asyncio.FIRST_COMPLETED)\n    results.extend(sorted(call.result() for call in done))",
            "print(*sorted(results), sep='\\n')\nsorted(results)",
        ],
    },
    Program {
        name: "cancelled",
        checkpoints: NEVER,
        cells: &[
            "kept = asyncio.create_task(once_later('slow kept'))\nunwanted = asyncio.create_task(once_later('slow unwanted'))\nawait asyncio.sleep(0)\nprint('begun')",
            "unwanted.cancel()\nawait asyncio.sleep(0)\nprint('unwanted', unwanted.cancelled())\nprint(await kept)",
            "try:\n    async with asyncio.timeout(1):\n        await asyncio.gather(asyncio.sleep(5), one.aio('in time'))\nexcept TimeoutError:\n    print('late')",
            "kept.done(), unwanted.done()",
        ],
    },
    Program {
        name: "mounts",
        checkpoints: NEVER,
        cells: &[
            "text = open('/mnt/kept.txt').read()\nprint(len(text), sorted(os.listdir('/mnt/flat')))",
            "print(change('flat/new.txt', lambda: open('/mnt/flat/new.txt', 'x').close()))",
            "with open('/mnt/kept.txt', 'r+') as f:\n    f.write('first\\n'); f.flush(); f.write('second\\n')\nos.truncate('/mnt/kept.txt', 20)",
            "print(change('flat/one.txt', lambda: os.rename('/mnt/flat/one.txt', '/mnt/flat/moved.txt')))\nprint(change('flat/two.txt', lambda: os.unlink('/mnt/flat/two.txt')))",
            "print(change('made', lambda: os.mkdir('/mnt/made')))\nprint(open('/mnt/kept.txt').read())",
        ],
    },
    Program {
        name: "appended",
        checkpoints: OFTEN,
        cells: &[
            "f = open('/mnt/kept.txt', 'a')\nf.write('one more\\n'); f.flush()\nprint('written')",
            "f.write(one('a')); f.flush()\nawait asyncio.sleep(1)\nf.write('the last'); f.flush()",
            "f.close()\nprint(open('/mnt/kept.txt').read()[-40:], os.path.getsize('/mnt/kept.txt'))",
        ],
    },
    Program {
        name: "waits",
        checkpoints: NEVER,
        cells: &[
            "async def tick(name, delay):\n    for n in range(2):\n        await asyncio.sleep(delay)\n        print(name, n, time.monotonic(), flush=True)",
            "await asyncio.gather(tick('a', 1), tick('b', 1.5))\nprint(random.random(), os.urandom(4).hex())",
            "time.sleep(2)\nprint(time.time(), random.getrandbits(60), os.urandom(3).hex(), time.process_time())",
            "time.time(), random.random()",
        ],
    },
    Program {
        name: "output",
        checkpoints: NEVER,
        cells: &[
            "import sys\nfor n in range(3):\n    print(str(n) * 70_000)",
            "print('to stderr', file=sys.stderr)\nprint('no end', end='')",
            "os.write(1, b'bytes \\xff\\n')\nprint('é' * 20_000, flush=True)",
        ],
    },
    Program {
        name: "failures",
        checkpoints: NEVER,
        cells: &[
            "x = 1 +",
            "print('before')\none('a')\nraise ValueError(once('b'))",
            "def deep(n): return deep(n + 1)\ndeep(0)",
            "print(one('c'), undefined)",
            "import sys; type(sys.last_exc).__name__",
        ],
    },
    Program {
        name: "checkpoints",
        checkpoints: OFTEN,
        cells: &[
            "squares = (n * n for n in range(100))\nf = open('/tmp/log', 'w')\nf.write('begun\\n')\ndata = bytearray(os.urandom(1000)) * 1000",
            "print(next(squares), one('a'))\nawait asyncio.sleep(1)\nf.write(one('b')); print(next(squares))",
            "task = asyncio.create_task(one.aio('slow c'))\nfor n in range(3):\n    await asyncio.sleep(1)\n    data[n * 4096] ^= 1\n    print(n, next(squares), time.time())",
            "print(await task, once('d'))\nf.flush()",
            "f.close()\nprint(open('/tmp/log').read(), next(squares), sum(data), random.random())",
        ],
    },
    Program {
        name: "large",
        checkpoints: NEVER,
        cells: &[
            "data = one('much a')\nprint(len(data))",
            "text = open('/mnt/kept.txt').read()\nprint(len(one('b' + ' '.join(text.split('\n')))), len(once('much c')))",
            "with open('/mnt/kept.txt', 'r+') as f:\n    f.write(data * 4)\nprint(os.path.getsize('/mnt/kept.txt'))",
        ],
    },
];
