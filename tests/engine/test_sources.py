"""Files to be sent: nobody who stops waiting leaves one open."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pydicom.data
import pytest

from parley.engine import disk, sources

CT = Path(str(pydicom.data.get_testdata_file("CT_small.dcm", download=False)))


def test_a_file_that_is_open_only_after_the_loop_has_gone_is_closed(run, monkeypatch):
    streams, may_go_on, is_open = [], threading.Event(), threading.Event()

    def slow_identify(path, stream):
        streams.append(stream)
        is_open.set()
        may_go_on.wait()
        return identify(path, stream)

    identify = sources.identify
    monkeypatch.setattr(sources, "identify", slow_identify)

    async def play():
        opening = asyncio.gather(sources.open_source(CT, 16_378))
        await asyncio.get_running_loop().run_in_executor(None, is_open.wait)
        opening.cancel()
        with pytest.raises(asyncio.CancelledError):
            await opening

    run(play())
    may_go_on.set()
    disk.let_go(wait=True)
    assert [stream.closed for stream in streams] == [True]
