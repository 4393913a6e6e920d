"""One run of files over the SCU's association: what the engine leaves for the window to fetch.

It is filled from inside a task and emits nothing: the window looks at it by a timer of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import aclosing
from pathlib import Path

from parley.engine.association import Association
from parley.engine.batch import store_files
from parley.engine.results import StoreResult
from parley.model.dicom_files import DicomFile


class StoreRun:
    """Files on their way, one after the other.

    Attributes:
        paths: the files, in their order.
        results: what became of the first so many of them.
        sent: bytes of the one on its way that have been handed to the transport.
        answered: bytes of those before it that the peer has answered.
    """

    def __init__(self, paths: Sequence[Path]) -> None:
        self.paths = tuple(paths)
        self.results: list[StoreResult] = []
        self.sent = self.answered = 0
        self._is_stopping = False

    @property
    def is_stopping(self) -> bool:
        """Whether it ends after the file that is on its way."""
        return self._is_stopping

    def stop(self) -> None:
        """End after the file that is on its way."""
        self._is_stopping = True

    async def send(self, association: Association) -> None:
        """Send them; ends early when it is stopped, or when the association has ended."""
        async with aclosing(store_files(association, self.paths, self._progressed)) as results:
            async for result in results:
                self.results.append(result)
                self.answered += result.size if result.status is not None else 0
                self.sent = 0
                if self._is_stopping or not association.is_established:
                    return

    def _progressed(self, _file: DicomFile, sent: int) -> None:
        self.sent = sent
