"""Speaks to `exuvia mcp` with the official Python client, and prints what it was told as one line of JSON.

    client.py MODE COMMAND [ARGUMENT]...
    client.py MODE http://… [TOKEN]

MODE is `auto`, `legacy` or a revision of the protocol without a handshake.
"""

import asyncio
import json
import sys

import httpx2
from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client


def server(where, *arguments):
    """What the client connects to."""
    if not where.startswith("http://"):
        return StdioServerParameters(command=where, args=list(arguments))
    headers = {"Authorization": f"Bearer {arguments[0]}"} if arguments else {}
    return streamable_http_client(where, http_client=httpx2.AsyncClient(headers=headers, timeout=60))


async def main(mode, *where):
    reports = []

    async def on_progress(progress, total, message):
        reports.append(message)

    async with Client(server(*where), mode=mode) as client:
        async def run(code, **arguments):
            result = await client.call_tool("python", {"code": code, **arguments}, progress_callback=on_progress)
            return result.is_error, result.structured_content

        _, first = await run("import pathlib\nanswer = 6 * 7\npathlib.Path('note.txt').write_text('kept')")
        session = first["session"]
        _, second = await run("answer", session=session)
        failed, third = await run("1 / 0", session=session)
        file = await client.read_resource(f"exuvia://{session}/files/workspace/note.txt")
        await run("import time\nprint('still here', flush=True)\ntime.sleep(2.5)", session=session)
        told = {
            "protocol": client.protocol_version,
            "server": client.server_info.name,
            "tools": [tool.name for tool in (await client.list_tools()).tools],
            "value": second["value"]["repr"],
            "failed": failed,
            "error": third["error"]["type"],
            "file": file.contents[0].text,
            "progress": sorted(set(reports)),
        }
    print(json.dumps(told))


asyncio.run(main(*sys.argv[1:]))
