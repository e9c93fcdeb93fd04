import asyncio


async def slow():
    try:
        await asyncio.sleep(10)
    except asyncio.CancelledError:
        print("slow cancelled")
        raise
    finally:
        print("slow finally")


async def stubborn():
    try:
        await asyncio.sleep(10)
    except asyncio.CancelledError:
        await asyncio.sleep(0.1)
        return "refused"


async def main():
    try:
        await asyncio.wait_for(slow(), 0.1)
    except TimeoutError as error:
        print("timeout", repr(error))
    try:
        async with asyncio.timeout(0.1) as cm:
            await slow()
    except TimeoutError:
        print("expired", cm.expired())
    async with asyncio.timeout(None) as cm:
        cm.reschedule(asyncio.get_running_loop().time() + 5)
        await asyncio.sleep(0.1)
    print("not expired", cm.expired())
    t = asyncio.create_task(stubborn())
    await asyncio.sleep(0)
    t.cancel()
    print(await t, t.cancelled())
    s = asyncio.create_task(slow())
    shield = asyncio.shield(s)
    await asyncio.sleep(0)
    shield.cancel()
    try:
        await shield
    except asyncio.CancelledError:
        print("shield cancelled", s.cancelled())
    s.cancel()
    await asyncio.gather(s, return_exceptions=True)
    try:
        async with asyncio.timeout(1):
            async with asyncio.timeout(0.1):
                await asyncio.sleep(5)
    except TimeoutError:
        print("inner")
    asyncio.current_task().cancel()
    try:
        await asyncio.sleep(0)
    except asyncio.CancelledError:
        print("self cancelled", asyncio.current_task().uncancel())
    print(await asyncio.wait_for(asyncio.sleep(0.1, "value"), 5))


asyncio.run(main())
