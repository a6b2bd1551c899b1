"""Chromium without a window, driven through its debugging pipe: no package is needed, and no port is opened."""

import asyncio
import base64
import contextlib
import itertools
import json
import os
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
)
# Chromium expects its commands at descriptor 3, and answers at 4.
PUTS_THE_PIPES = (
    "import fcntl, os, sys; ends = [fcntl.fcntl(int(end), fcntl.F_DUPFD, 10) for end in sys.argv[1:3]]; "
    "os.dup2(ends[0], 3); os.dup2(ends[1], 4); os.execv(sys.argv[3], sys.argv[3:])"
)
PATIENCE_SECONDS = 40


EXECUTABLE = next((path for name in NAMES if (path := shutil.which(name))), None)
IN_CHROMIUM = [
    pytest.mark.skipif(EXECUTABLE is None, reason="no Chromium is installed here"),
    pytest.mark.timeout(120),
]
"""Marks of tests that need it."""


class Page:
    """The one page of a browser."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.WriteTransport) -> None:
        self._reader = reader
        self._writer = writer
        self._numbers = itertools.count(1)
        self._session: str | None = None

    async def begin(self) -> None:
        """Attach to a new page."""
        target = await self.call("Target.createTarget", url="about:blank")
        session = await self.call("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        self._session = session["sessionId"]

    async def call(self, method: str, **parameters: Any) -> Any:
        """One command of the DevTools protocol; events in between are dropped."""
        number = next(self._numbers)
        message = {"id": number, "method": method, "params": parameters}
        if self._session is not None:
            message["sessionId"] = self._session
        self._writer.write(json.dumps(message).encode() + b"\0")
        while True:
            said = json.loads((await self._reader.readuntil(b"\0"))[:-1])
            if said.get("id") == number:
                assert "error" not in said, said
                return said["result"]

    async def goto(self, url: str) -> None:
        """Open a page."""
        await self.call("Page.navigate", url=url)

    async def run(self, script: str) -> Any:
        """The value of an expression in the page."""
        found = await self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    async def text(self) -> str:
        """What a person reads there."""
        return str(await self.run("document.body ? document.body.innerText : ''"))

    async def until(self, *texts: str) -> str:
        """All of the text, once each of these stands there.

        Raises:
            AssertionError: They do not within 40 s.
        """
        found = ""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while not all(text in found for text in texts):
                    await asyncio.sleep(0.1)
                    found = await self.text()
        except TimeoutError:
            missing = [text for text in texts if text not in found]
            raise AssertionError(f"{missing} do not stand in: {found}") from None
        return found

    async def columns(self, *labels: str) -> None:
        """Which columns the list of workflows has; the Web UI keeps that in the browser."""
        columns = json.dumps({"default": [{"label": label} for label in labels]})
        await self.run(f"localStorage.setItem('namespace-workflow-table-columns', {json.dumps(columns)})")

    async def picture(self, width: int, height: int, left: int = 0) -> bytes:
        """A PNG of the page's top, without so much on the left."""
        clip = {"x": left, "y": 0, "width": width - left, "height": height, "scale": 1}
        shot = await self.call("Page.captureScreenshot", format="png", clip=clip)
        return base64.b64decode(shot["data"])


@contextlib.asynccontextmanager
async def browser(width: int = 1500, height: int = 1100) -> AsyncIterator[Page]:
    """A browser with a page, closed when the block ends."""
    assert EXECUTABLE is not None, "no Chromium is installed here"
    to_read, to_write = os.pipe()
    from_read, from_write = os.pipe()
    with tempfile.TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True) as profile:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            PUTS_THE_PIPES,
            str(to_read),
            str(from_write),
            EXECUTABLE,
            *FLAGS,
            f"--user-data-dir={profile}",
            f"--window-size={width},{height}",
            pass_fds=(to_read, from_write),
            stderr=asyncio.subprocess.DEVNULL,
        )
        os.close(to_read)
        os.close(from_write)
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader(limit=64 * 1024 * 1024)
        pipe, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(from_read, "rb"))
        writer, _ = await loop.connect_write_pipe(asyncio.BaseProtocol, os.fdopen(to_write, "wb"))
        try:
            page = Page(reader, writer)
            await page.begin()
            yield page
        finally:
            writer.close()
            pipe.close()
            process.terminate()
            await process.wait()
