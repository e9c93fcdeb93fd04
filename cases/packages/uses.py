"""Writes or checks what the programs in `uses/` print, under the Python that runs this: the oracle is native CPython.

    python3 cases/packages/uses.py --write|--check [NAME...]

The first lines of each program name the wheels (and folders of source distributions) that it uses, which
`cargo xtask test` fetches into `target/packages`.
"""

import difflib
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).parent
PACKAGES = HERE.parent.parent / "target" / "packages"


def places(program):
    """Returns the folders that the program imports from."""
    for line in program.read_text("utf-8").splitlines():
        kind, _, names = line.partition(": ")
        if kind == "# wheels":
            yield from (PACKAGES / "wheels" / name for name in names.split())
        elif kind == "# sources":
            yield from (PACKAGES / name for name in names.split())
        else:
            return


def main(action, names):
    """Returns the exit status."""
    different = 0
    for program in sorted((HERE / "uses").glob("*.py")):
        if names and program.stem not in names:
            continue
        path = os.pathsep.join(map(str, places(program)))
        # Not in the programs' own folder: they are called as the packages are.
        command = [sys.executable, "-P", str(program)]
        environment = {"PYTHONPATH": path, "PYTHONUTF8": "1", "PATH": os.environ["PATH"]}
        output = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True).stdout
        expected = program.with_suffix(".out")
        if action == "--write":
            expected.write_bytes(output)
        elif expected.read_bytes() != output:
            different = 1
            lines = expected.read_text("utf-8").splitlines(), output.decode().splitlines()
            print("\n".join(difflib.unified_diff(*lines, str(expected), "printed", lineterm="")))
    return different


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
