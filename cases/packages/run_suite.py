"""Runs a package's own unittest suite and prints a summary that can be compared.

    run_suite.py FOLDER TESTS [SOURCE]

FOLDER is the unpacked source distribution, TESTS the folder or dotted module
inside it that holds the suite, SOURCE the folder inside it that is put on the
import path (default: FOLDER itself). What the suite itself prints is dropped.
Only the summary and the names of what did not pass reach stdout:

    ran 12 failures 1 errors 0 skipped 2
    failure tests.test_x.TestX.test_y
"""

import io
import os
import sys
import unittest


class NameResult(unittest.TestResult):
    """Counts, and remembers names rather than tracebacks: those hold paths and times."""

    def names(self, pairs):
        return sorted(test.id() for test, _ in pairs)


def load(folder, tests):
    """Returns the suite below ``tests``, and the names of modules that failed to load."""
    loader = unittest.TestLoader()
    if os.path.isdir(os.path.join(folder, tests)):
        return loader.discover(os.path.join(folder, tests), top_level_dir=folder)
    return loader.loadTestsFromName(tests)


def main(folder, tests, source="."):
    folder = os.path.abspath(folder)
    os.chdir(folder)
    sys.path[:0] = [os.path.normpath(os.path.join(folder, source)), folder]
    result = NameResult()
    stdout, stderr = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = io.StringIO(), io.StringIO()
    try:
        load(folder, tests).run(result)
    finally:
        sys.stdout, sys.stderr = stdout, stderr
    print(
        f"ran {result.testsRun} failures {len(result.failures)} "
        f"errors {len(result.errors)} skipped {len(result.skipped)}"
    )
    for kind in ("failures", "errors"):
        for name in result.names(getattr(result, kind)):
            print(kind.rstrip("s"), name)
    if os.environ.get("SUITE_DETAILS"):
        for test, trace in result.failures + result.errors:
            print(test.id(), trace, file=sys.stderr)


main(*sys.argv[1:])
