"""What a program is told that wants a network."""

import socket
import unittest

from exuvia import _network, _seal


class Network(unittest.TestCase):
    def test_what_is_refused_says_what_to_do(self):
        def refused(number):
            raise PermissionError(2, f"refused {number}")

        def answered(number):
            return number + 1

        saying = _network.saying(refused, OSError, lambda text: socket.gaierror(socket.EAI_FAIL, text), _network.MESSAGE)
        with self.assertRaises(socket.gaierror) as raised:
            saying(1)
        self.assertEqual(raised.exception.args, (socket.EAI_FAIL, _network.MESSAGE))
        self.assertEqual(_network.saying(answered, OSError, OSError, _network.MESSAGE)(1), 2)

    def test_what_was_changed_is_not_changed_again(self):
        before = socket.socket.__init__, socket._socket.getaddrinfo
        _seal.seal()
        self.assertEqual((socket.socket.__init__, socket._socket.getaddrinfo), before)
