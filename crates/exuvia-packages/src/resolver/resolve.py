"""Runs pip for an interpreter other than the one that it runs under.

    python3 resolve.py MARKERS ARGUMENTS...

pip can be told which wheels to look for, but evaluates environment markers (`sys_platform == "linux"`) for its own
interpreter, and older pips `Requires-Python`, too. So both are replaced before pip begins. MARKERS is JSON: an object
of texts. Where this pip is made otherwise than we know, that is said, and nothing is resolved.

All that pip says goes to stderr. The exit status is pip's, or one of those below.
"""

import json
import sys

NO_PIP = 90
OLD_PIP = 91
OTHER_PIP = 92

PIP_MIN = 23


def main(markers, arguments):
    try:
        import pip
    except ImportError:
        return NO_PIP
    if int(pip.__version__.split(".")[0]) < PIP_MIN:
        return OLD_PIP
    try:
        from pip._internal.cli.main import main as run
        from pip._internal.resolution.resolvelib.candidates import RequiresPythonCandidate
        from pip._vendor.packaging import markers as module

        module.default_environment = lambda: dict(markers)
        known = all(evaluates(module.Marker, name, value) for name, value in markers.items())
        known = set_version(RequiresPythonCandidate, markers["python_full_version"]) and known
    except Exception:
        # However it fails: this is a pip that we do not know.
        known = False
    if not known:
        return OTHER_PIP
    sys.stdout = sys.stderr
    return run(arguments)


def evaluates(marker, name, value):
    """Returns whether this marker has this value, and is not taken for another one."""
    return marker(f"{name} == '{value}'").evaluate() and not marker(f"{name} == 'another'").evaluate()


def set_version(candidate, version):
    """Makes the candidate that stands for Python be of this version. Returns whether it is."""
    create = candidate.__init__
    numbers = tuple(map(int, version.split(".")))
    candidate.__init__ = lambda self, *ignored: create(self, numbers)
    return str(candidate(None).version) == version


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1]), sys.argv[2:]))
