"""Whole programs, run as `python FILE`, `python -c`, `python -m` or `python < FILE` would.

    {"mode": "file",   "filename": path, "argv": [path, …]}
    {"mode": "code",   "source": str,    "argv": ["-c", …]}
    {"mode": "module", "module": name,   "argv": ["-m", …]}
    {"mode": "stdin",  "source": str,    "argv": ["" or "-", …]}

`argv` is the whole of `sys.argv`. A file is read through the file system, as
bytes, so that its encoding declaration, byte order mark, and what is wrong with
them are CPython's to judge. A top-level `await` is a syntax error, as ever. An
uncaught exception goes to `sys.excepthook`, without this package's frames.
"""

import __main__
import json
import linecache
import os
import sys
import textwrap

from . import _error, _strands


def run(data):
    """Runs the program; returns None, `{"error": ERROR}` or `{"exit": {"code": int}}`."""
    request = json.loads(data)
    mode = request["mode"]
    if request.get("argv") is not None:
        sys.argv[:] = request["argv"]
    try:
        if mode == "file":
            return _run_file(request["filename"])
        if mode == "module":
            _set_first_path(os.getcwd())
            return _run_as_main(request["module"], True)
        _set_first_path("")
        if mode == "code":
            return _run_text(textwrap.dedent(request["source"]), "<string>")
        if mode == "stdin":
            __main__.__file__ = "<stdin>"
            __main__.__cached__ = None
            return _run_text(request["source"], "<stdin>")
    except BaseException as error:
        _strands.recover(error)
        return _uncaught(error)
    raise ValueError(f"mode {mode!r} is not known")


def _run_file(filename):
    """Runs a file, or a directory or archive that has a `__main__` module."""
    if not os.path.isabs(filename):
        filename = os.path.join(os.getcwd(), filename)
    if _importer(filename) is not None:
        _set_first_path(filename)
        return _run_as_main("__main__", False)
    try:
        with open(filename, "rb") as file:
            source = file.read()
    except OSError as error:
        sys.stderr.write(
            f"{sys.executable}: can't open file {filename!r}:"
            f" [Errno {error.errno}] {error.strerror}\n"
        )
        return _error.encode({"exit": {"code": 2}})
    from importlib.machinery import SourceFileLoader

    _set_first_path(os.path.dirname(os.path.realpath(filename)))
    __main__.__loader__ = SourceFileLoader("__main__", filename)
    __main__.__file__ = filename
    __main__.__cached__ = None
    exec(compile_file(source, filename), __main__.__dict__)
    return None


def _importer(filename):
    """Returns the importer of a directory or archive, None for a file to be run."""
    if not os.path.isdir(filename) and filename.endswith(".py"):
        return None
    for hook in sys.path_hooks:
        try:
            return hook(filename)
        except ImportError:
            pass
    return None


def _run_as_main(module, alter_argv):
    """Runs a module as `python -m` does, by the same function."""
    import runpy

    runpy._run_module_as_main(module, alter_argv)


def _run_text(source, filename):
    """Runs a text that is in no file."""
    code = compile(source, filename, "exec", dont_inherit=True)
    if filename == "<string>":
        # Keyed by the code object: another "<string>" does not show these lines.
        linecache._register_code(code, source, filename)
    exec(code, __main__.__dict__)


def compile_file(source, filename):
    """Compiles a file's bytes.

    CPython reads a script with a tokenizer that Python code cannot reach; the
    one for bytes in memory leaves the file's name and the place out of three
    messages, which are put right here.
    """
    zero = source.find(b"\0")
    if zero >= 0:
        line = source.count(b"\n", 0, zero) + 1
        text = source[source.rfind(b"\n", 0, zero) + 1 : zero].decode("utf-8", "replace")
        message = "source code cannot contain null bytes"
        raise SyntaxError(message, (filename, line, 0, text, line, 0))
    try:
        return compile(source, filename, "exec", dont_inherit=True)
    except SyntaxError as error:
        if error.msg.startswith("Non-UTF-8 code ") and " in file " not in error.msg:
            error.msg = error.msg.replace(" on line ", f" in file {filename} on line ", 1)
            error.args = (error.msg, *error.args[1:])
            error.filename = filename
        elif error.msg.startswith("unknown encoding: "):
            name = error.msg.removeprefix("unknown encoding: ")
            raise SyntaxError(f"encoding problem: {name}") from None
        elif error.msg.startswith("encoding problem: "):
            error.filename = filename
        raise


def _set_first_path(path):
    """Puts the program's place first in `sys.path`, instead of the session's."""
    if sys.path and sys.path[0] == "":
        sys.path[0] = path
    else:
        sys.path.insert(0, path)


def _uncaught(error):
    """Prints an uncaught exception through `sys.excepthook`; returns the answer."""
    kind = type(error)
    if issubclass(kind, SystemExit):
        return _error.exit_answer(error)
    _error.trim(error)
    sys.last_exc = sys.last_value = error
    sys.last_type = kind
    sys.last_traceback = error.__traceback__
    _flush(sys.stdout)
    try:
        hook = sys.excepthook
    except AttributeError:
        sys.stderr.write("sys.excepthook is missing\n")
        hook = sys.__excepthook__
    try:
        hook(kind, error, error.__traceback__)
    except SystemExit as exit:
        return _error.exit_answer(exit)
    except Exception as second:
        _error.trim(second)
        second.__context__ = None
        sys.stderr.write("Error in sys.excepthook:\n")
        sys.__excepthook__(type(second), second, second.__traceback__)
        sys.stderr.write("\nOriginal exception was:\n")
        sys.__excepthook__(kind, error, error.__traceback__)
    return _error.error_answer(error)


def _flush(stream):
    """Flushes a stream; says whether that went well. None and closed streams are well."""
    try:
        if stream is not None and not getattr(stream, "closed", False):
            stream.flush()
    except Exception:
        return False
    return True


def finish(_data):
    """Does what CPython does at exit, as far as a program can see it.

    Joins threads, runs the `atexit` functions (what they raise is printed and
    ignored), flushes, and lets go of what the program has made, so that its
    `__del__` methods run. The interpreter's own modules stay: nobody would see
    them go. Returns None, or `{"exit": {"code": 120}}` if a flush failed.
    """
    threading = sys.modules.get("threading")
    if threading is not None:
        threading._shutdown()
    import atexit

    if sys.unraisablehook is sys.__unraisablehook__:
        sys.unraisablehook = _print_ignored
    atexit._run_exitfuncs()
    flushed = _flush_standard_output()
    flushed = _flush(sys.stderr) and flushed
    _let_go()
    flushed = _flush_standard_output() and flushed
    if _flush(sys.stderr) and flushed:
        return None
    return _error.encode({"exit": {"code": 120}})


def _print_ignored(ignored):
    """Prints what an `atexit` function raised, a limit among it, without this package's frames."""
    kind, error, _, message, where = ignored
    _error.trim(error)
    sys.__unraisablehook__(type(ignored)((kind, error, error.__traceback__, message, where)))


def _let_go():
    """Clears `__main__`, then the modules that the program imported from its own files.

    The order is that of CPython's finalize_modules: modules leave `sys.modules`;
    of each that is still alive the names with one underscore go first.
    """
    import gc

    for name in ("last_exc", "last_type", "last_value", "last_traceback", "ps1", "ps2"):
        sys.__dict__.pop(name, None)
    modules = [each for name, each in sys.modules.items() if name == "__main__" or _is_own(each)]
    for name in [name for name, each in sys.modules.items() if name != "__main__" and _is_own(each)]:
        del sys.modules[name]
    gc.collect()
    for module in modules:
        _clear(module.__dict__)
    modules.clear()
    gc.collect()


def _is_own(module):
    """Says whether a module is the program's: from a file outside of the interpreter's folders."""
    file = getattr(module, "__file__", None)
    return isinstance(file, str) and not file.startswith("/usr/")


def _clear(names):
    """Sets a module's names to None, those with one underscore before the others."""
    for hidden in (True, False):
        for name in list(names):
            if not isinstance(name, str) or name == "__builtins__":
                continue
            if (name[:1] == "_" and name[1:2] != "_") == hidden:
                names[name] = None


def _flush_standard_output():
    """Flushes standard output; prints why not, as CPython does."""
    stream = sys.stdout
    try:
        if stream is not None and not getattr(stream, "closed", False):
            stream.flush()
    except Exception as error:
        _error.trim(error)
        try:
            sys.stderr.write("Exception ignored while flushing sys.stdout:\n")
            sys.__excepthook__(type(error), error, error.__traceback__)
        except Exception:
            pass
        return False
    return True
