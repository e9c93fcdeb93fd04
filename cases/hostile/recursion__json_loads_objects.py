import json

json.loads('{"a":' * 100000)
