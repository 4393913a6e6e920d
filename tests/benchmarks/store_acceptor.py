"""The acceptor of a benchmark, in a process of its own: ``store_acceptor.py parley|pynetdicom FOLDER|- [LENGTH]``.

Saves what comes to the folder, or forgets it; LENGTH is our maximum length where it is not the usual one. Prints
``PORT n``; ends with standard input.
"""

from __future__ import annotations

import asyncio
import sys
from collections import deque
from pathlib import Path
from typing import Any

CT = "1.2.840.10008.5.1.4.1.1.2"
EXPLICIT = "1.2.840.10008.1.2.1"


async def parley(folder: str, maximum_length: int = 16_384) -> None:
    """Our acceptor; its events go to a list that is as long as a log."""
    from parley.engine.engine import Engine
    from parley.model.handle import AcceptorHandle, SupportedContext
    from parley.model.profile import AcceptorSide
    from parley.model.storage import Storage, StorageMode

    mode = StorageMode.DISCARD if folder == "-" else StorageMode.RECEIVE
    engine = Engine(deque(maxlen=50_000).append)
    handle = AcceptorHandle(contexts=(SupportedContext(CT, (EXPLICIT,)),), maximum_length=maximum_length)
    listener = await engine.listen(AcceptorSide(port=0, handle=handle, storage=Storage(mode, folder)))
    print("PORT", listener.port, flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    await engine.close()


def pynetdicom(folder: str) -> None:
    """pynetdicom's acceptor, writing the encoded data set as it came."""
    from pynetdicom import AE, evt

    def store(event: Any) -> int:
        if folder != "-":
            Path(folder, f"{event.request.AffectedSOPInstanceUID}.dcm").write_bytes(event.encoded_dataset())
        return 0

    ae = AE()
    ae.add_supported_context(CT, EXPLICIT)
    server = ae.start_server(("127.0.0.1", 0), block=False, evt_handlers=[(evt.EVT_C_STORE, store)])
    print("PORT", server.socket.getsockname()[1], flush=True)
    sys.stdin.read()
    server.shutdown()


if __name__ == "__main__":
    if sys.argv[1] == "parley":
        asyncio.run(parley(sys.argv[2], *map(int, sys.argv[3:])))
    else:
        pynetdicom(sys.argv[2])
