import asyncio

asyncio.run(asyncio.Event().wait())
