import os

foreign = [k for k in os.environ if k in ("PATH_OF_HOST", "HOSTNAME", "AWS_SECRET_ACCESS_KEY", "SSH_AUTH_SOCK", "USER", "LOGNAME")]
print(foreign, len(os.environ) < 16)
