"""Verifies an exported session: zcat FILE | jq shows what is in it, this says whether it is whole. See chain.rs."""

import base64, gzip, hashlib, json, sys


def fields(domain, *parts):
    hasher = hashlib.sha256(domain)
    for part in parts:
        hasher.update(part.to_bytes(8, "big", signed=part < 0) if isinstance(part, int) else part)
    return hasher.digest()


sessions = events = 0
blobs, head = {}, None
lines = map(json.loads, gzip.GzipFile(fileobj=sys.stdin.buffer))
next(lines)
for line in lines:
    (kind, value), = line.items()
    if kind == "segment":
        sessions, session, name = sessions + 1, value, value["session"].encode()
        head = fields(b"exuvia journal 1 session\n", len(name), name)
    elif kind == "blob":
        content = value["text"].encode() if value["base64"] is None else base64.b64decode(value["base64"])
        assert hashlib.sha256(content).hexdigest() == value["hash"]
        blobs[value["hash"]] = content
    elif kind == "event":
        texts = [part for text in (value["kind"].encode(), value["body"].encode()) for part in (len(text), text)]
        head = fields(b"exuvia journal 1 event\n", head, value["position"], value["epoch"], value["at"], *texts)
        if head.hex() != value["hash"]:
            sys.exit(print(session["session"], f"{value['position']}: the hash is another one"))
        events += 1
        if value["position"] == session["events"] - 1:
            assert head.hex() == session["head"]
    elif kind == "end":
        assert value["events"] == events
print(f"{sessions} sessions, {events} events, {len(blobs)} blobs: sound")
