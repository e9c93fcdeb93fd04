"""The loop of a worker: a request and an answer per line, both JSON.

    {"op": "hello"}                    {"version": text}
    {"op": "load", "source": text}     {}                     a new session, with this program in it
    {"op": "run", "size": name}        {"seconds": real, "value": text}    `run(SMALL)` or `run(LARGE)`
    {"op": "fresh", "count": int}      {"seconds": [real]}    a new session and `1+1`, each
    {"op": "warm", "cells": [text]}    {"seconds": [real]}    pieces of code in one session where `x` is 0, each
    {"op": "calls", "call": name, "count": int}    {"seconds": real}    that many calls of a function of the host in one
                                                   piece of code; "text": `echo('hello')`, which returns its text;
                                                   "record": `forecast('Paris', 3)`, which returns a dict
    {"op": "snapshots", "source": text, "count": int}    {"taken": [real], "restored": [real]}    snapshots of a
                                                   session in which this ran, and restoring them in another one, each

Whatever goes wrong is answered with {"error": text}. What programs print goes
to the null device.
"""

import json
import os
import sys
import time


def serve(worker):
    """Answers requests with the methods of `worker` that have their names."""
    answers = os.fdopen(os.dup(1), "w")
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    for line in sys.stdin:
        request = json.loads(line)
        operation = request.pop("op")
        try:
            answer = getattr(worker, operation)(**request)
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), file=answers, flush=True)


CALLS = {"text": "echo('hello')", "record": "forecast('Paris', 3)"}
"""What is called, by name."""


def echo(text):
    return text


def forecast(city, days):
    return {"city": city, "celsius": [21.5] * days}


def timed(action):
    """Returns how long it took, in seconds, and what it returned."""
    started = time.perf_counter()
    value = action()
    return time.perf_counter() - started, value


def repeated(action, count):
    """Returns the answer with the time of each of `count` calls."""
    return {"seconds": [timed(action)[0] for _ in range(count)]}


def each(action, arguments):
    """Returns the answer with the time of a call for each of the arguments."""
    return {"seconds": [timed(lambda: action(argument))[0] for argument in arguments]}
