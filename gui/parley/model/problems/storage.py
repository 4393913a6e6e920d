"""What is wrong or risky in how an acceptor treats the objects that are sent to it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from parley.model.problems.problem import Problems, error, warning
from parley.model.profile import AcceptorSide
from parley.model.registry import name_of
from parley.model.responses import ResponseRule, rule_for
from parley.model.storage import Duplicates, Storage, StorageMode
from parley.model.storage_contexts import is_for_storage, is_storage_class
from parley.ul.errors import Finding, Severity

STATUS = range(0x10000)


def storage_problems(side: AcceptorSide) -> Problems:
    """Without a look at the disk; see `parley.model.storage.folder_trouble` for that."""
    storage = side.storage
    if words := refusal_of(side):
        yield warning("storage.mode", words, TAKE_THEM)
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
    if storage.mode is StorageMode.RECEIVE and storage.duplicates is Duplicates.REFUSE:
        yield from _refusal_problems(storage.duplicate_status)
    if not any(is_for_storage(context.abstract_syntax) for context in side.handle.contexts):
        text = "No storage SOP class is supported, so no object can come in."
        yield warning("contexts", text, "Add those that peers send, or all of them.")


# --- accepted, and refused all the same ------------------------------------------------------------------------------

TAKE_THEM = "Save the objects that come in, or take and forget them, unless this is what you test."


def refusal_of(side: AcceptorSide) -> str:
    """That objects will be refused whose SOP classes are supported, in a sentence; empty where none will be."""
    classes = (context.abstract_syntax for context in side.handle.contexts if context.transfer_syntaxes)
    return _refusal(side.storage, side.responses, classes, "supported")


def refused_objects(
    storage: Storage, responses: tuple[ResponseRule, ...], accepted: Iterable[str]
) -> tuple[Finding, ...]:
    """The same of one association.

    Args:
        accepted: the abstract syntaxes of the accepted presentation contexts.
    """
    words = _refusal(storage, responses, accepted, "accepted")
    return (Finding(Severity.WARNING, "", -1, words, TAKE_THEM),) if words else ()


def _refusal(storage: Storage, responses: tuple[ResponseRule, ...], classes: Iterable[str], how: str) -> str:
    if storage.mode is not StorageMode.REFUSE or rule_for("C-STORE", responses) is not None:
        return ""
    named = [name_of(uid) for uid in dict.fromkeys(classes) if is_storage_class(uid)]
    match named:
        case []:
            return ""
        case [one]:
            what = f"{one} is"
        case _:
            what = f"{len(named)} storage SOP classes, {named[0]} among them, are"
    return f"{what} {how}, but every object is refused with 0122H, SOP class not supported."


def _refusal_problems(status: int) -> Problems:
    if status not in STATUS:
        text = f"Status {status} does not fit into its two bytes, so no duplicate can be answered."
        yield error("storage.duplicate_status", text, "Use 0000H to FFFFH.")
    elif status == 0:
        text = "0000H is success: the peer would take an object for stored that is refused."
        yield warning("storage.duplicate_status", text, "Use 0111H, duplicate SOP instance.")
