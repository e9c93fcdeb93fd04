import urllib.request

urllib.request.urlopen("file:///etc/passwd")
