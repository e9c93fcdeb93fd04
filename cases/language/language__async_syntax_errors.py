for source in ["await x", "async for a in b: pass", "def f():\n    await x", "def f():\n    async for x in y: pass", "async def f():\n    yield from x", "async def f():\n    return (yield)", "lambda: await x", "async def f():\n    def g():\n        await x", "async def f():\n    class C:\n        x = await y", "async lambda: 0", "async x = 1", "await = 5", "async = 5", "async def f():\n    await", "async def f():\n    x = [await y async for y in z]", "def f():\n    return [x async for x in y]", "async def f():\n    return {x: await x for x in y}", "async with a: pass", "async def f(): yield 1; return"]:
    try:
        compile(source, "<demo>", "exec")
        print("compiles", repr(source))
    except SyntaxError as error:
        print(error.lineno, error.msg)
