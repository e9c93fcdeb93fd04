import doctest
import io


def good(x):
    """Doubles.

    >>> good(2)
    4
    >>> good("a")
    'aa'
    >>> good(None)
    Traceback (most recent call last):
        ...
    TypeError: unsupported operand type(s) for *: 'NoneType' and 'int'
    >>> print("a\\n\\nb")
    a
    <BLANKLINE>
    b
    >>> list(range(20))  # doctest: +ELLIPSIS
    [0, 1, ..., 19]
    """
    return x * 2


def bad():
    """
    >>> 1 + 1
    3
    >>> 1 / 0
    0
    """


finder = doctest.DocTestFinder()
for f in (good, bad):
    runner = doctest.DocTestRunner(verbose=False)
    out = io.StringIO()
    for test in finder.find(f, f.__name__, globs={"good": good}, module=False):
        runner.run(test, out=out.write)
    print(f.__name__, runner.tries, runner.failures)
    lines = [line for line in out.getvalue().splitlines() if not line.startswith(("File ", "*"))]
    print("\n".join(lines[:6]))
print([(e.source, e.want) for e in doctest.DocTestParser().get_examples(good.__doc__)][:2], doctest.script_from_examples(">>> x\n1\n"))
