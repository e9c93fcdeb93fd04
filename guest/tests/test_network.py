"""What a program is told that wants a network."""

import importlib.machinery
import os
import socket
import sys
import tempfile
import unittest

from exuvia import _network, _seal


class Network(unittest.TestCase):
    def test_what_is_refused_says_what_to_do(self):
        def refused(number):
            raise PermissionError(2, f"refused {number}")

        def answered(number):
            return number + 1

        saying = _network.saying(refused, OSError, lambda text: socket.gaierror(socket.EAI_FAIL, text))
        with self.assertRaises(socket.gaierror) as raised:
            saying(1)
        self.assertEqual(raised.exception.args, (socket.EAI_FAIL, _network.MESSAGE))
        self.assertEqual(_network.saying(answered, OSError, OSError)(1), 2)

    def test_what_was_changed_is_not_changed_again(self):
        before = socket.socket.__init__, socket._socket.getaddrinfo
        _seal.seal()
        self.assertEqual((socket.socket.__init__, socket._socket.getaddrinfo), before)

    def test_urllib3_is_not_told_of_a_browser(self):
        with tempfile.TemporaryDirectory() as folder:
            for path, source in [
                ("urllib3/__init__.py", "from .contrib.emscripten import inject_into_urllib3\ninject_into_urllib3()\n"),
                ("urllib3/contrib/__init__.py", ""),
                ("urllib3/contrib/emscripten/__init__.py", "import js\n"),
            ]:
                path = os.path.join(folder, path)
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(path, "w") as file:
                    file.write(source)
            sys.path.insert(0, folder)
            try:
                import urllib3.contrib.emscripten as module

                self.assertIsNone(module.inject_into_urllib3())
                self.assertIsInstance(module.__loader__, importlib.machinery.SourceFileLoader)
            finally:
                sys.path.remove(folder)
                for name in [name for name in sys.modules if name.partition(".")[0] == "urllib3"]:
                    del sys.modules[name]
