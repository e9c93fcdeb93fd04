import argparse as _argparse, os as _os, shutil as _shutil, sys as _sys


def _begin(inputs):
    """Reads the command line, and puts the inputs where the cells look for them: in /input."""
    parser = _argparse.ArgumentParser(
        description=(__doc__ or "").replace("%(prog)", "% (prog)"),
        formatter_class=_argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--input", metavar="NAME=PATH", action="append", default=[],
        help="another file, or folder, in the place of an input: " + ", ".join(inputs).replace("%", "%%")
        + "; PATH is seen from the folder of this script; NAME may be left out if there is one input only",
    )
    given = {}
    for text in parser.parse_args().input:
        name, _, path = text.partition("=")
        if name not in inputs and len(inputs) == 1:
            name, path = next(iter(inputs)), text
        if name not in inputs or not path:
            parser.error(f"--input {text}: the inputs are {', '.join(inputs)}")
        given[name] = path
    del _sys.argv[1:]
    if _sys.platform != "emscripten":
        parser.error("it looks for its inputs in /input, a folder of a sandbox: run it with `exuvia run`")
    folder = _os.path.dirname(_os.path.abspath(globals().get("__file__", "-")))
    for name, beside in inputs.items():
        place = _os.path.join("/input", name)
        if name not in given and _os.path.exists(place):
            continue
        path = _os.path.join(folder, given.get(name, beside))
        if not _os.path.exists(path):
            parser.error(
                f"the input {name} is not at {path}: lend it with `exuvia run --input {name}=FILE ...`, or name "
                f"a file in the folder of this script with --input {name}=PATH"
            )
        if _os.path.isdir(place):
            _shutil.rmtree(place)
        (_shutil.copytree if _os.path.isdir(path) else _shutil.copyfile)(path, place)
    if _os.path.exists("/input/.keep"):
        _os.unlink("/input/.keep")
