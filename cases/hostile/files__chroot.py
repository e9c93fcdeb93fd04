import os

os.chroot("/")
