"""Runs a package's own unittest suite and prints a summary that can be compared.

    run_suite.py FOLDER [--without NAME]... TESTS [SOURCE]

FOLDER is the unpacked source distribution, TESTS the folder or dotted module
inside it that holds the suite, SOURCE the folder inside it that is put on the
import path (default: FOLDER itself), NAME a test that is left out. What the
suite itself prints is dropped.
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


def flattened(suite):
    """Yields the tests of a suite and of the suites in it."""
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from flattened(test)
        else:
            yield test


def select(suite, left_out):
    """Returns ``suite`` itself, or all of its tests but those with a name in ``left_out``."""
    if not left_out:
        return suite
    tests = list(flattened(suite))
    missing = left_out - {test.id() for test in tests}
    if missing:
        sys.exit(f"there is no test {', '.join(sorted(missing))}")
    return unittest.TestSuite(test for test in tests if test.id() not in left_out)


def main(folder, *arguments):
    left_out = set()
    while arguments[0] == "--without":
        left_out.add(arguments[1])
        arguments = arguments[2:]
    run(folder, left_out, *arguments)


def run(folder, left_out, tests, source="."):
    folder = os.path.abspath(folder)
    os.chdir(folder)
    sys.path[:0] = [os.path.normpath(os.path.join(folder, source)), folder]
    result = NameResult()
    stdout, stderr = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = io.StringIO(), io.StringIO()
    try:
        select(load(folder, tests), left_out).run(result)
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
