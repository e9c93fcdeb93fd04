open("/var/run/docker.sock", "rb").read()
