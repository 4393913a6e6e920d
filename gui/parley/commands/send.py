"""`parley send`: store the objects of DICOM files at a peer."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path

from parley.commands.consent import Gate
from parley.commands.interruption import run_until_signal
from parley.commands.output import complain, print_line
from parley.commands.progress import ProgressLine, Sending
from parley.commands.shared import FAILED, PASSED, QUIET, UsageError, printer, warn
from parley.commands.target import patience, target_side
from parley.diagnosis import diagnose
from parley.engine.batch import store_files
from parley.engine.engine import Engine
from parley.engine.results import StoreResult
from parley.model.attempt import AttemptEnd
from parley.model.consent import Party
from parley.model.dicom_files import DicomFile, UnreadableFile, files_below, propose_contexts, read_dicom_files
from parley.model.event import EventKind
from parley.model.handle import ProposedContext
from parley.model.problems.validation import check_requestor
from parley.model.profile import RequestorSide

MOST_CONTEXTS = 128
"""Of one association: their ids are odd and have one byte."""

_BULK = frozenset(
    {
        EventKind.PDU_SENT,
        EventKind.PDU_RECEIVED,
        EventKind.MESSAGE_SENT,
        EventKind.MESSAGE_RECEIVED,
        EventKind.NOTE,
    }
)
"""What a thousand files would fill the screen with."""


def send(options: argparse.Namespace) -> int:
    """Store the files; exit code 0 only where the peer has taken all of them."""
    readings = [reading.found for reading in read_dicom_files(files_below(options.files))]
    files = [found for found in readings if isinstance(found, DicomFile)]
    unreadable = [found for found in readings if isinstance(found, UnreadableFile)]
    for found in unreadable:
        _print_stored(StoreResult(found.path, None, found.reason), as_json=options.json)
    if not files:
        raise UsageError("There is no DICOM file to send.")
    side = target_side(options.target, options)
    if why := Gate([Party.calling(side)], options).forbids(Party.calling(side)):
        raise UsageError(f"Nothing was sent. {why}")
    warn(check_requestor(side))
    side = replace(side, handle=replace(side.handle, contexts=_contexts_for(files)))
    stored = run_until_signal(_send_files(side, [file.path for file in files], options))
    if not options.json:
        print_line(f"{stored} of {len(readings)} files stored")
    return PASSED if stored == len(readings) else FAILED


def _contexts_for(files: list[DicomFile]) -> tuple[ProposedContext, ...]:
    """One per SOP class and transfer syntax, or where that is too many, one per SOP class."""
    contexts = propose_contexts(files, separate=True)
    if len(contexts) > MOST_CONTEXTS:
        contexts = propose_contexts(files)
    if len(contexts) > MOST_CONTEXTS:
        raise UsageError(
            f"The files have {len(contexts)} SOP classes; an association holds {MOST_CONTEXTS} presentation contexts. "
            "Send them in parts."
        )
    return contexts


async def _send_files(side: RequestorSide, paths: list[Path], options: argparse.Namespace) -> int:
    """Send them; returns how many the peer has taken."""
    line = ProgressLine(sys.stderr)
    engine = Engine(printer(options, QUIET | _BULK, line.print_above), options.settings)
    time = patience(options)
    stored = 0
    try:
        association = engine.requestor(side)
        attempt = await association.associate()
        if attempt.end is not AttemptEnd.ESTABLISHED:
            verdict = diagnose(attempt)
            words = f"{verdict.cause} {verdict.remedy}".rstrip()
            if not attempt.end.was_tried:
                raise UsageError(words)
            complain(words)
            return 0
        sending = Sending(line, len(paths))
        progress = sending.part_sent if line.is_shown else None
        async for result in store_files(association, paths, progress, time.whole):
            stored += result.is_stored
            line.clear()
            _print_stored(result, as_json=options.json)
            sending.file_done(result)
        if association.is_established:
            await association.release()
    finally:
        line.clear()
        await engine.close(time.grace)
    return stored


def _print_stored(result: StoreResult, *, as_json: bool) -> None:
    if as_json:
        record = {
            "file": str(result.path),
            "stored": result.is_stored,
            "status": None if result.status is None else f"{result.status:04X}H",
            "text": result.text,
            "ms": round(result.ms, 3),
            "bytes": result.size,
            "context_id": result.context_id,
            "sop_class_uid": result.sop_class_uid,
            "sop_instance_uid": result.sop_instance_uid,
            "transfer_syntax_uid": result.transfer_syntax_uid,
        }
        print_line(json.dumps(record), is_record=True)
    else:
        figures = f"  {result.size} bytes in {result.ms:.1f} ms" if result.status is not None else ""
        print_line(f"{result.path}  {result.text}{figures}")
