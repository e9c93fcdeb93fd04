import socket

socket.getaddrinfo("localhost", 80)
