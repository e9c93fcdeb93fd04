class JsonMixin:
    def to_json(self):
        import json

        return json.dumps(vars(self), sort_keys=True)


class ReprMixin:
    def __repr__(self):
        args = ", ".join(f"{k}={v!r}" for k, v in sorted(vars(self).items()))
        return f"{type(self).__name__}({args})"


class EqMixin:
    def __eq__(self, other):
        return type(self) is type(other) and vars(self) == vars(other)

    def __hash__(self):
        return hash(tuple(sorted(vars(self).items())))


class User(JsonMixin, ReprMixin, EqMixin):
    def __init__(self, name, age):
        self.name, self.age = name, age


u = User("Ann", 5)
print(u, u.to_json(), u == User("Ann", 5), u != User("Bob", 5), len({u, User("Ann", 5)}))


class Cooperative:
    def __init__(self, **kw):
        print(type(self).__name__, "Cooperative", kw)
        super().__init__(**kw)


class Left(Cooperative):
    def __init__(self, left, **kw):
        print("Left", left)
        super().__init__(**kw)


class Right(Cooperative):
    def __init__(self, right, **kw):
        print("Right", right)
        super().__init__(**kw)


class Both(Left, Right):
    pass


Both(left=1, right=2)
try:
    Both(left=1, right=2, other=3)
except TypeError as error:
    print(error)
u.__class__ = type("Admin", (User,), {"admin": True})
print(u, u.admin, type(u).__mro__[1].__name__)
u.__dict__.update(age=6)
print(u.age, u.__dict__)
