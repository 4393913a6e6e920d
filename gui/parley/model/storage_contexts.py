"""The presentation contexts that objects travel on: which are for storage, and which are missing for it.

Rule: values in, values out; nothing here opens a file.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from parley.model.contexts import ODD_CONTEXT_IDS, not_covered
from parley.model.dicom_files import DicomFile, propose_contexts
from parley.model.handle import ProposedContext, SupportedContext
from parley.model.registry import Kind, entries


def is_for_storage(abstract_syntax: str) -> bool:
    """Whether objects may travel on such a context, as far as anybody can tell of a private one."""
    known = entries().get(abstract_syntax)
    return bool(abstract_syntax) if known is None else known.service == "Storage"


def is_storage_class(abstract_syntax: str) -> bool:
    """Whether it is a storage SOP class for sure; of a private one nobody can tell."""
    known = entries().get(abstract_syntax)
    return known is not None and known.service == "Storage"


def storage_beyond(contexts: Iterable[SupportedContext]) -> tuple[SupportedContext, ...]:
    """Every registered storage SOP class that is not there yet, in every transfer syntax."""
    there = {context.abstract_syntax for context in contexts}
    syntaxes = tuple(entry.uid for entry in entries().values() if entry.kind is Kind.TRANSFER_SYNTAX)
    storage = (entry.uid for entry in entries().values() if entry.service == "Storage")
    return tuple(SupportedContext(uid, syntaxes) for uid in storage if uid not in there)


def missing_for(files: Iterable[DicomFile], there: Sequence[ProposedContext]) -> tuple[ProposedContext, ...]:
    """What has to be proposed besides, so that every file can be sent as it is to whoever knows its encoding.

    Of several transfer syntaxes in one context the acceptor chooses one: a file is sure of its own only where a context
    proposes that one alone. Where one association cannot hold so many contexts, each SOP class gets a single one.
    """
    files = tuple(files)
    syntaxes = {(file.sop_class_uid, file.transfer_syntax_uid) for file in files}

    def is_there(wanted: ProposedContext) -> bool:
        ours = [context for context in there if context.abstract_syntax == wanted.abstract_syntax]
        (syntax,) = wanted.transfer_syntaxes
        if (wanted.abstract_syntax, syntax) in syntaxes:
            return any(context.transfer_syntaxes == wanted.transfer_syntaxes for context in ours)
        return any(syntax in context.transfer_syntaxes for context in ours)

    missing = tuple(context for context in propose_contexts(files, separate=True) if not is_there(context))
    if len(there) + len(missing) <= len(ODD_CONTEXT_IDS):
        return missing
    return not_covered(propose_contexts(files), there)
