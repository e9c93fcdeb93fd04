import re

TOKEN = re.compile(r'\s*(?:([{}\[\],:])|"((?:[^"\\]|\\.)*)"|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(true|false|null)|(\S))')
ESC = {"n": "\n", "t": "\t", '"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "r": "\r"}


class Bad(Exception):
    pass


def tokens(text):
    pos = 0
    text = text.rstrip()
    while pos < len(text):
        m = TOKEN.match(text, pos)
        pos = m.end()
        punct, s, num, word, junk = m.groups()
        if junk:
            raise Bad(f"unexpected {junk!r} at {m.start(5)}")
        if punct:
            yield punct, punct
        elif s is not None:
            yield "value", re.sub(r"\\(u[0-9a-f]{4}|.)", lambda e: chr(int(e[1][1:], 16)) if e[1][0] == "u" and len(e[1]) > 1 else ESC[e[1]], s)
        elif num:
            yield "value", float(num) if any(c in num for c in ".eE") else int(num)
        else:
            yield "value", {"true": True, "false": False, "null": None}[word]
    yield "end", None


def parse(text):
    it = tokens(text)
    cur = next(it)

    def advance(kind=None):
        nonlocal cur
        if kind and cur[0] != kind:
            raise Bad(f"expected {kind!r}, found {cur[1]!r}")
        old, cur = cur, next(it, ("end", None))
        return old[1]

    def value():
        if cur[0] == "{":
            advance()
            out = {}
            while cur[0] != "}":
                k = advance("value")
                advance(":")
                out[k] = value()
                if cur[0] != "}":
                    advance(",")
            advance()
            return out
        if cur[0] == "[":
            advance()
            out = []
            while cur[0] != "]":
                out.append(value())
                if cur[0] != "]":
                    advance(",")
            advance()
            return out
        return advance("value")

    v = value()
    advance("end")
    return v


import json

for text in ['{"a": [1, 2.5, -3e2], "b": {"c": null, "d": true}, "e": "x\\n\\"y\\" \\u00e9"}', "[]", "5", '"s"', "[1, [2, [3]]]"]:
    print(parse(text), parse(text) == json.loads(text))
for text in ["{", "[1 2]", '{"a" 1}', "@", "", "[1],", '{"a": }']:
    try:
        print(parse(text))
    except Bad as error:
        print(repr(text), error)
