"""What is wrong or risky in how an acceptor treats the objects that are sent to it."""

from __future__ import annotations

from pathlib import Path

from parley.model.problems.problem import Problems, error, warning
from parley.model.profile import AcceptorSide
from parley.model.storage import StorageMode
from parley.model.storage_contexts import is_for_storage

STATUS = range(0x10000)


def storage_problems(side: AcceptorSide) -> Problems:
    """Without a look at the disk; see `parley.model.storage.folder_trouble` for that."""
    storage = side.storage
    if storage.mode is StorageMode.REFUSE:
        return
    if storage.mode is StorageMode.RECEIVE and not storage.folder.strip():
        text = "No folder is given, so objects would be saved where Parley was started."
        yield error("storage.folder", text, "Choose a folder for them.")
    elif storage.mode is StorageMode.RECEIVE and not Path(storage.folder).is_absolute():
        text = "The folder is looked for where Parley was started, which is not always the same place."
        yield warning("storage.folder", text, "Give its whole path.")
    if storage.status not in STATUS:
        text = f"Status {storage.status} does not fit into its two bytes, so no object can be answered."
        yield error("storage.status", text, "Use 0000H to FFFFH.")
    if not any(is_for_storage(context.abstract_syntax) for context in side.handle.contexts):
        text = "No storage SOP class is supported, so no object can come in."
        yield warning("contexts", text, "Add those that peers send, or all of them.")
