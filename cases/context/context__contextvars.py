import contextvars

var = contextvars.ContextVar("var", default="default")
nodef = contextvars.ContextVar("nodef")
print(var.get(), var.name, nodef.get("given"))
try:
    nodef.get()
except LookupError as error:
    print(type(error).__name__)
t = var.set("one")
t2 = var.set("two")
print(var.get(), t.old_value is contextvars.Token.MISSING, t2.old_value)
var.reset(t2)
print(var.get())
try:
    var.reset(t2)
except RuntimeError as error:
    print("already used" in str(error))
with var.set("scoped"):
    print(var.get())
print(var.get())
ctx = contextvars.copy_context()


def inside():
    var.set("in context")
    nodef.set(1)
    return var.get()


print(ctx.run(inside), var.get(), ctx[var], ctx.get(nodef), var in ctx, sorted(v.name for v in ctx if v in (var, nodef)))
try:
    ctx.run(ctx.run, inside)
except RuntimeError as error:
    print("cannot enter context" in str(error))
try:
    contextvars.Context().run(lambda: nodef.get())
except LookupError:
    print("empty context")
for bad in ["contextvars.ContextVar(5)", "contextvars.ContextVar()", "ctx['x']", "var.reset(5)", "contextvars.Context(1)"]:
    try:
        eval(bad)
    except Exception as error:
        print(type(error).__name__, error)
import asyncio


async def worker(n):
    var.set(n)
    await asyncio.sleep(0)
    return var.get()


async def main():
    return await asyncio.gather(*map(worker, range(3))), var.get()


print(asyncio.run(main()), var.get())
