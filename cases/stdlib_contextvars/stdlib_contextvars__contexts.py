import contextvars

request = contextvars.ContextVar("request")
user = contextvars.ContextVar("user", default="nobody")


def handle(n):
    request.set(n)
    return describe()


def describe():
    return f"{request.get('none')}/{user.get()}"


contexts = [contextvars.copy_context() for _ in range(3)]
print([c.run(handle, i) for i, c in enumerate(contexts)], describe())
contexts[0].run(user.set, "ann")
print(contexts[0].run(describe), contexts[1].run(describe), dict(contexts[0].items())[user], sorted(v.name for v in contexts[0] if v in (request, user)), user in contexts[1], contexts[0].copy().run(describe))


def generator():
    yield user.get()
    user.set("inside generator")
    yield user.get()


g = generator()
print(next(g), next(g), user.get())
token = user.set("temporary")
print(user.get(), token.var is user, token.old_value)
user.reset(token)
print(user.get())
other = contextvars.Context()
print(other.run(describe), other == contextvars.Context(), request in other)
try:
    other.run(lambda: user.reset(token))
except (ValueError, RuntimeError) as error:
    print(type(error).__name__)
try:
    contextvars.ContextVar("x").get()
except LookupError:
    print("LookupError")
