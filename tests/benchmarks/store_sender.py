"""The requestor of a benchmark, in a process of its own: stores the files of a folder, prints how many and the seconds.

``store_sender.py parley|pynetdicom PORT FOLDER COUNT``: files are sent over and over until there were COUNT.
"""

from __future__ import annotations

import asyncio
import itertools
import sys
import time
from pathlib import Path


def with_parley(port: int, paths: list[Path]) -> tuple[int, float]:
    """Our requestor; its events go to a list that is as long as a log."""
    from collections import deque

    from parley.engine.batch import store_files
    from parley.engine.engine import Engine
    from parley.model.dicom_files import DicomFile, propose_contexts, read_dicom_files
    from parley.model.handle import RequestorHandle
    from parley.model.profile import RequestorSide

    async def play() -> tuple[int, float]:
        engine = Engine(deque(maxlen=50_000).append)
        files = [reading.found for reading in read_dicom_files(sorted(set(paths)))]
        contexts = propose_contexts((file for file in files if isinstance(file, DicomFile)), separate=True)
        association = engine.requestor(RequestorSide(port=port, handle=RequestorHandle(contexts=contexts)))
        await association.associate()
        started = time.perf_counter()
        stored = [result.is_stored async for result in store_files(association, paths)].count(True)
        seconds = time.perf_counter() - started
        await engine.close()
        return stored, seconds

    return asyncio.run(play())


def with_pynetdicom(port: int, paths: list[Path]) -> tuple[int, float]:
    """pynetdicom's requestor, given paths."""
    from pydicom import dcmread
    from pynetdicom import AE

    ae = AE()
    first = dcmread(paths[0], stop_before_pixels=True)
    ae.add_requested_context(first.SOPClassUID, first.file_meta.TransferSyntaxUID)
    association = ae.associate("127.0.0.1", port)
    started = time.perf_counter()
    stored = [association.send_c_store(path).get("Status") for path in paths].count(0)
    seconds = time.perf_counter() - started
    association.release()
    return stored, seconds


if __name__ == "__main__":
    _, who, port, folder, count = sys.argv
    found = sorted(Path(folder).iterdir())
    chosen = list(itertools.islice(itertools.cycle(found), int(count)))
    print(*(with_parley if who == "parley" else with_pynetdicom)(int(port), chosen))
