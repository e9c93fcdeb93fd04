from unittest.mock import *
import os

m = Mock(return_value=5)
print(m(1, k=2), m.call_args, m.call_count, m.called, m.mock_calls, m.attr.deep(3) is m.attr.deep.return_value, m.method_calls)
m.side_effect = [1, ValueError("effect"), 3]
for _ in range(3):
    try:
        print(m())
    except ValueError as error:
        print(error)
m.assert_called()
for check in [lambda: m.assert_called_once(), lambda: m.assert_called_with(9), lambda: m.assert_not_called(), lambda: m.assert_has_calls([call(7)]), lambda: m.assert_any_call(8), lambda: m.assert_calld()]:
    try:
        check()
    except (AssertionError, AttributeError) as error:
        print(str(error).splitlines()[0])
with patch("os.getcwd", return_value="/mocked") as g:
    print(os.getcwd(), g.called)
with patch.dict(os.environ, {"MOCKED": "1"}):
    print(os.environ["MOCKED"])
print("MOCKED" in os.environ)


class Real:
    x = 1

    def f(self, a):
        return a


@patch.object(Real, "f", return_value="patched")
def check(f):
    return Real().f(5), f.call_args


print(check())
s = create_autospec(Real)
for bad in ["s().f()", "Mock(spec=Real).nope", "s().f(1, 2, 3)", "Mock(spec=['a']).b", "patch('os.nope_nope').start()"]:
    try:
        eval(bad)
    except (TypeError, AttributeError) as error:
        print(str(error).split(" id=")[0])
mm = MagicMock()
mm.__len__.return_value = 3
mm.__getitem__.side_effect = lambda k: k * 2
print(len(mm), mm["a"], bool(mm), int(mm), list(mm), mm + 1 is not None)
with mm as ctx:
    print(ctx is mm.__enter__.return_value)
print(sentinel.thing, sentinel.thing is sentinel.thing, ANY == 5, call(1, a=2), call.x(3), call(1) == call(1))
p = PropertyMock(return_value=7)
with patch.object(Real, "x", p):
    print(Real().x, p.mock_calls)
o = mock_open(read_data="file\ndata")
with patch("builtins.open", o):
    print(open("any").read())
import asyncio

a = AsyncMock(return_value=1)
print(asyncio.run(a(2)), a.await_count, seal(m))
m.reset_mock()
print(m.called)
