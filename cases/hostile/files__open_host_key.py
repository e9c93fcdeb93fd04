open("/etc/ssh/ssh_host_rsa_key", "rb").read()
