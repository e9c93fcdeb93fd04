import datetime
import io
import xmlrpc.client as rpc
from wsgiref.headers import Headers
from wsgiref.util import request_uri, setup_testing_defaults, shift_path_info
from wsgiref.handlers import SimpleHandler
from wsgiref.validate import validator


def app(environ, start):
    start("200 OK", [("Content-Type", "text/plain")])
    return [b"path ", environ["PATH_INFO"].encode()]


env = {}
setup_testing_defaults(env)
env["PATH_INFO"] = "/a/b"
print(request_uri(env), shift_path_info(env), env["PATH_INFO"], env["SCRIPT_NAME"])
out = io.BytesIO()
h = SimpleHandler(io.BytesIO(), out, io.StringIO(), env)
h.http_version = "1.1"
h.origin_server = False
h.run(app)
print(out.getvalue())
hs = Headers([("A", "1")])
hs.add_header("Content-Disposition", "attachment", filename="x.txt")
print(str(hs), hs["a"], "b" in hs, hs.get_all("A"))
data = rpc.dumps((1, "é", 2.5, True, [1, {"k": None}], datetime.datetime(2024, 1, 2)), "method", allow_none=True)
print(data)
params, method = rpc.loads(data, use_builtin_types=True)
print(params, method)
try:
    rpc.loads(rpc.dumps(rpc.Fault(5, "broken")))
except rpc.Fault as fault:
    print(fault.faultCode, fault.faultString)
for bad in [(None,), (2**40,), (object(),), ({1: 2},)]:
    try:
        rpc.dumps(bad)
    except (TypeError, OverflowError) as error:
        print(str(error).split(" object at")[0])
