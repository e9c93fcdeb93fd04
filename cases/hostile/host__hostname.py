import socket

raise KeyError(len(socket.gethostname()) < 64)
