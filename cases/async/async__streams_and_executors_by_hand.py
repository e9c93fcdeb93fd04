import asyncio


async def main():
    r = asyncio.StreamReader()
    r.feed_data(b"line one\nline two\npartial")
    print(await r.readline(), await r.readuntil(b"two\n"), await r.read(4))
    r.feed_data(b" more")
    r.feed_eof()
    print(await r.readexactly(3), r.at_eof(), await r.read(), r.at_eof(), await r.read())
    s = asyncio.StreamReader(limit=10)
    s.feed_data(b"x" * 30 + b"\n")
    try:
        await s.readline()
    except ValueError as error:
        print(type(error).__name__, error)
    t = asyncio.StreamReader()
    t.feed_data(b"ab")
    t.feed_eof()
    try:
        await t.readexactly(5)
    except asyncio.IncompleteReadError as error:
        print(error.partial, error.expected, error)
    u = asyncio.StreamReader()
    u.set_exception(ConnectionResetError("gone"))
    try:
        await u.read()
    except ConnectionResetError as error:
        print(error)

    async def feeder(reader):
        for chunk in (b"a", b"b\nc", b"\n"):
            await asyncio.sleep(0.1)
            reader.feed_data(chunk)
        reader.feed_eof()

    v = asyncio.StreamReader()
    task = asyncio.create_task(feeder(v))
    print([line async for line in v])
    await task
    f = asyncio.get_running_loop().create_future()
    f.cancel("message")
    try:
        await f
    except asyncio.CancelledError as error:
        print("cancelled", error)
    print(asyncio.iscoroutinefunction(main), isinstance(asyncio.sleep(0), object))


import warnings

warnings.simplefilter("ignore")
asyncio.run(main())
