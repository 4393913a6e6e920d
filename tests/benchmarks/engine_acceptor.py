"""The subject of a benchmark: Parley's engine with nobody who looks at its events. Prints ``PORT n``; ends with
standard input.
"""

import asyncio
import sys

from parley.engine.engine import Engine
from parley.model.event import EngineEvent
from parley.model.profile import AcceptorSide


def forget(_event: EngineEvent) -> None:
    """Nobody looks."""


async def main() -> None:
    """Listen until standard input ends."""
    engine = Engine(forget)
    listener = await engine.listen(AcceptorSide(port=0, maximum_associations=1_000))
    print("PORT", listener.port, flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    await engine.close()


if __name__ == "__main__":
    asyncio.run(main())
