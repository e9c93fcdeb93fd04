"""What the sandbox has not: a program is told so, in a sentence that says what to do."""

import errno
import os
import unittest

from exuvia import _absent, _processes
from stand_in import cell, value

PROCESSES = {
    "import os; os.system('ls')": "OSError",
    "import os; os.popen('ls')": "OSError",
    "import os; os.fork()": "OSError",
    "import os; os.execvp('/bin/ls', ['ls'])": "OSError",
    "import os; os.spawnl(os.P_WAIT, '/bin/ls', 'ls')": "OSError",
    "import os; os.waitpid(1, 0)": "OSError",
    "import subprocess; subprocess.run(['ls'])": "OSError",
    "import subprocess; subprocess.getoutput('ls')": "OSError",
    "import multiprocessing; multiprocessing.Process(target=print).start()": "OSError",
    "import multiprocessing; multiprocessing.Pool(2)": "OSError",
    "import multiprocessing; multiprocessing.Queue()": "OSError",
    "import multiprocessing; multiprocessing.get_context('fork').Process(target=print).start()": "OSError",
    "import multiprocessing; multiprocessing.get_context('spawn').Process(target=print).start()": "OSError",
    "from concurrent.futures import ProcessPoolExecutor; ProcessPoolExecutor()": "NotImplementedError",
    "import asyncio; asyncio.run(asyncio.create_subprocess_exec('ls'))": "NotImplementedError",
}

TLS = (
    "ssl.create_default_context().wrap_socket(None)",
    "ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO())",
    "ssl.get_server_certificate(('a', 443))",
)


def failure(source):
    """Returns the class and the text of what a cell raises."""
    report = cell(source)["error"]
    return report["type"], report["message"].removeprefix(f"[Errno {errno.ENOTSUP}] ")


class Absent(unittest.TestCase):
    def test_processes(self):
        for source, kind in PROCESSES.items():
            with self.subTest(source):
                self.assertEqual(failure(source), (kind, _processes.MESSAGE))

    def test_tls(self):
        for source in TLS:
            with self.subTest(source):
                kind, message = failure("import ssl; " + source)
                self.assertEqual((kind, message), ("_ssl.SSLError", _absent.NO_TLS))
        self.assertIsNone(cell("import ssl; ssl_context = ssl.create_default_context()"))

    def test_ctypes(self):
        # Where the oracle has the module there is nothing to explain.
        if cell("import _ctypes") is not None:
            self.assertEqual(failure("import ctypes"), ("ModuleNotFoundError", _absent.NO_CTYPES))
            self.assertEqual(value("try: import ctypes\nexcept ImportError as error: absent = error.name\nabsent"), "'_ctypes'")

    def test_parallel_is_listed(self):
        self.assertEqual(value("import exuvia; 'parallel' in dir(exuvia), 'Limit' in dir(exuvia)"), "(True, True)")

    def test_signatures_stay(self):
        self.assertEqual((os.system.__name__, os.system.__module__), ("system", "posix"))
        self.assertEqual(value("import inspect, subprocess; 'capture_output' in str(inspect.signature(subprocess.run))"), "True")
        self.assertEqual(value("'args' in str(inspect.signature(subprocess.Popen))"), "True")
