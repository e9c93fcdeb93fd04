//! Sessions of several cells that keep what is hard to keep.

/// Names and cells. A cell with `await ` waits at least once.
pub(crate) const SESSIONS: &[(&str, &[&str])] = &[
    ("nothing", &["", "1"]),
    (
        "functions",
        &[
            "squares = (n * n for n in range(10)); add = lambda a, b: a + b; next(squares), next(squares)",
            "def counter():\n    n = 0\n    def count():\n        nonlocal n\n        n += 1\n        return n\n    return count\ncount = counter(); count()",
            "class Point:\n    def __init__(self, x): self.x = x\n    def __repr__(self): return f'<{self.x}>'\npoints = [Point(n) for n in range(3)]",
            "add(3, next(squares)), count(), points, _",
            "list(squares), count(), add('a', 'b'), points[0] is points[0], id(points)",
        ],
    ),
    (
        "exceptions",
        &[
            "try:\n    1 / 0\nexcept Exception as error:\n    kept = error",
            "kept, kept.__traceback__.tb_lineno, kept.__traceback__.tb_frame.f_globals is globals()",
            "raise kept",
            "import traceback; ''.join(traceback.format_exception(kept))",
            "import sys; sys.last_exc",
        ],
    ),
    (
        "files",
        &[
            "import os; f = open('a.txt', 'w+'); f.write('first\\nsecond\\nthird\\n'); f.flush(); f.seek(0); f.readline()",
            "f.readline(), f.tell()",
            "os.unlink('a.txt'); g = open('b.bin', 'wb'); g.write(b'x' * 200_000); os.listdir()",
            "f.read(), os.fstat(f.fileno()).st_nlink, g.tell()",
            "g.close(); os.makedirs('/tmp/p/q'); os.chdir('/tmp/p/q'); os.rmdir('/tmp/p/q'); os.symlink('b.bin', '/workspace/link')",
            "os.path.getsize('/workspace/link'), os.listdir('/workspace'), os.stat('/workspace/b.bin')",
            "os.chdir('/workspace'); os.truncate('b.bin', 100_000); os.open('b.bin', os.O_RDWR), os.umask(0o77), os.dup2(1, 9)",
            "os.lseek(4, 0, os.SEEK_CUR), os.umask(0o22), os.write(9, b'to stdout\\n'), open('big', 'wb').truncate(1 << 28)",
            "os.stat('big'), open('b.bin', 'rb').read(3), sorted(os.listdir('/tmp'))",
        ],
    ),
    (
        "pipes",
        &[
            "import os; r, w = os.pipe(); os.write(w, b'abc' * 1000)",
            "os.read(r, 10), os.set_blocking(r, False)",
            "os.close(w)",
            "len(os.read(r, 10_000)), os.read(r, 1)",
            "os.close(r); os.pipe()",
        ],
    ),
    (
        "threads",
        &[
            "import threading, queue, concurrent.futures as futures; q = queue.Queue(); done = []",
            "t = threading.Thread(target=lambda: done.append(q.get())); t.start(); q.put(7)",
            "t.join(5); done, t.is_alive()",
            "pool = futures.ThreadPoolExecutor(2); list(pool.map(lambda n: n + 1, range(5)))",
            "lock = threading.Lock(); lock.acquire(); local = threading.local(); local.x = 1",
            "pool.submit(pow, 2, 10).result(), lock.locked(), local.x, threading.active_count()",
            "pool.shutdown(); lock.release()",
        ],
    ),
    (
        "contexts",
        &[
            "import contextvars, decimal; var = contextvars.ContextVar('var', default=0); token = var.set(5)",
            "context = contextvars.copy_context(); var.set(6); decimal.getcontext().prec = 5",
            "var.get(), context[var], decimal.Decimal(1) / 3",
            "var.reset(token); var.get()",
        ],
    ),
    (
        "tasks",
        &[
            "import asyncio, time\nasync def tick(name, delay):\n    for n in range(3):\n        await asyncio.sleep(delay)\n        print(name, n, time.monotonic())\n    return name",
            "task = asyncio.create_task(tick('background', 2)); await asyncio.sleep(3)",
            "print('between')",
            "await asyncio.gather(tick('a', 1), tick('b', 1.5), task)",
            "event = asyncio.Event(); asyncio.get_running_loop().call_later(4, event.set); await event.wait()",
            "async with asyncio.timeout(1): await asyncio.sleep(10)",
            "async def values():\n    for n in range(3):\n        await asyncio.sleep(0.5)\n        yield n\n[n async for n in values()]",
        ],
    ),
    (
        "random",
        &[
            "import random, os, uuid, secrets; random.random(), random.gauss(0, 1), os.urandom(4)",
            "random.shuffle(x := list(range(20))); x, uuid.uuid4(), secrets.token_hex()",
            "random.seed(5); random.random()",
            "random.random(), random.getrandbits(100), hash('x')",
        ],
    ),
    (
        "modules",
        &[
            "import json, re, collections, sqlite3, xml.etree.ElementTree as tree, email.message",
            "db = sqlite3.connect(':memory:'); db.execute('create table t (x)'); db.executemany('insert into t values (?)', [(n,) for n in range(100)])",
            "cursor = db.execute('select x from t order by x'); cursor.fetchmany(3)",
            "cursor.fetchone(), db.in_transaction, re.findall('a+', 'aabaaa')",
            "open('module.py', 'w').write('value = 1\\ndef f(): return value'); import module; module.value = 2",
            "module.f(), list(tree.fromstring('<a><b/></a>')), collections.Counter('abca')",
            "db.commit(); disk = sqlite3.connect('file.db'); disk.execute('create table u (y)'); disk.execute('insert into u values (1)')",
            "disk.commit(); disk.execute('select * from u').fetchall()",
        ],
    ),
    (
        "memory",
        &[
            "data = bytearray(60_000_000); data[::4096] = b'x' * len(data[::4096])",
            "big = [str(n) for n in range(200_000)]; len(data), sum(data)",
            "del data; big[::50_000]",
            "import gc; gc.collect(); len(bytearray(90_000_000))",
            "big[-1]",
        ],
    ),
    (
        "mounts",
        &[
            "import os; f = open('/mnt/kept.txt'); f.readline(), sorted(os.listdir('/mnt'))",
            "f.read(10), open('/mnt/below/other.txt', 'a').write('more\\n')",
            "os.rename('/mnt/below', '/mnt/moved'); open('/mnt/moved/new.txt', 'w').write('new\\n')",
            "with open('/mnt/kept.txt', 'r+b') as g:\n    g.seek(300_000); g.write(b'changed')",
            "f.seek(299_990); f.read(30), open('/mnt/moved/other.txt').read(), sorted(os.listdir('/mnt/moved'))",
            "os.unlink('/mnt/kept.txt'); os.listdir('/mnt')",
            "f.read(5), f.seek(0), len(f.read()), os.stat('/mnt/moved')",
        ],
    ),
    (
        "tools",
        &[
            "one('a'), two('b')",
            "import asyncio; call = asyncio.create_task(one.aio('later')); await asyncio.sleep(0)",
            "print('between')",
            "await call",
            "async def both():\n    return await asyncio.gather(one.aio('x'), two.aio('y'), asyncio.sleep(3))\nawait both()",
            "from exuvia.tools import two as again; again('c')",
        ],
    ),
    (
        "settings",
        &[
            "import signal, sys, atexit, gc, warnings; signal.signal(signal.SIGINT, lambda *a: print('caught'))",
            "sys.setrecursionlimit(500); gc.disable(); atexit.register(print, 'never'); sys.ps1 = 'x'; warnings.simplefilter('error')",
            "signal.getsignal(2), sys.getrecursionlimit(), gc.isenabled()",
            "signal.raise_signal(signal.SIGINT)",
            "def f(n): return f(n + 1)",
            "f(0)",
            "import time; time.sleep(2); time.time()",
        ],
    ),
    (
        "failures",
        &[
            "x = 1 +",
            "raise SystemExit(3)",
            "import exuvia; raise exuvia.TimeLimit('mine')",
            "print('é' * 3); undefined",
            "x = 1",
        ],
    ),
];
