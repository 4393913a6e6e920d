"""What the subcommands do: the engine without a window, for scripts, CI and machines without a screen.

How they are called stands in `parley.cli`. Exit codes: 0 passed, 1 the check failed, 2 it could not be tried (usage,
file, port in use), 130 interrupted.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import io
import json
import os
import signal
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

from parley.capture.jsonl import to_json
from parley.capture.text import to_text
from parley.diagnosis import context_words, diagnose, diagnose_listen
from parley.engine.batch import store_files
from parley.engine.check import Check, run_check
from parley.engine.engine import Engine
from parley.engine.errors import ListenError
from parley.engine.results import StoreResult
from parley.keystore.store import KeyStoreError
from parley.keystore.terminal import with_values
from parley.model.address import parse_address
from parley.model.attempt import AttemptEnd
from parley.model.dicom_files import DicomFile, UnreadableFile, files_below, propose_contexts, read_dicom_files
from parley.model.event import EngineEvent, EventKind
from parley.model.handle import ProposedContext, RequestorHandle, SupportedContext
from parley.model.profile import AcceptorSide, Profile, RequestorSide
from parley.model.profile_writer import new_text
from parley.model.registry import Kind, entries, name_of
from parley.model.secret import Secret
from parley.model.storage import Storage, StorageMode
from parley.model.store import ProfileStore, StoredProfile, StoreError, default_folder
from parley.model.tls import ClientCertificate, Tls
from parley.model.validation import Problem, check_acceptor, check_requestor
from parley.ul.errors import Severity
from parley.ul.negotiation import NegotiatedContext

PASSED, FAILED, NOT_TRIED, INTERRUPTED = 0, 1, 2, 130

MOST_CONTEXTS = 128
"""Of one association: their ids are odd and have one byte."""

_QUIET = frozenset({EventKind.STATE, EventKind.TIMER_STARTED, EventKind.TIMER_EXPIRED})
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


class UsageError(Exception):
    """The command cannot be tried; the text says why."""


def run(name: str, options: argparse.Namespace) -> int:
    """Run the command of that name; returns its exit code."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        # An arrow that the terminal's encoding has no letter for must not end an association.
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        return _COMMANDS[name](options)
    except (UsageError, StoreError, KeyStoreError) as error:
        print(f"parley: {error}", file=sys.stderr)
        return NOT_TRIED
    except KeyboardInterrupt:
        return INTERRUPTED


def _demo(options: argparse.Namespace) -> int:
    return asyncio.run(_play_demo(_printer(options)))


async def _play_demo(sink: Callable[[EngineEvent], None]) -> int:
    """Parley's SCU against Parley's SCP: accept, echo, release; then one reject."""
    engine = Engine(sink)
    try:
        listener = await engine.listen(AcceptorSide(port=0))
        welcome = await run_check(engine, RequestorSide(port=listener.port))
        await engine.stop(listener)

        refusing = replace(AcceptorSide(port=0), rules=replace(AcceptorSide().rules, check_called=True))
        listener = await engine.listen(refusing)
        stranger = RequestorSide(port=listener.port, handle=RequestorHandle(called_ae_title="SOMEBODY_ELSE"))
        refused = await run_check(engine, stranger)
    finally:
        await engine.close()
    as_expected = welcome.has_passed and not refused.has_passed
    return PASSED if as_expected else FAILED


def _check(options: argparse.Namespace) -> int:
    side = _target(options)
    return asyncio.run(_try_peer(side, options))


async def _try_peer(side: RequestorSide, options: argparse.Namespace) -> int:
    engine = Engine(_printer(options))
    try:
        result = await run_check(engine, side)
    finally:
        await engine.close()
    _print_check(result, as_json=options.json)
    return PASSED if result.has_passed else FAILED


def _target(options: argparse.Namespace) -> RequestorSide:
    """The SCU side of a profile, or a default one for ``AE@HOST:PORT``; the command's options go on top."""
    if "@" in options.target:
        try:
            title, host, port = parse_address(options.target)
        except ValueError as error:
            raise UsageError(str(error)) from None
        side = RequestorSide(host=host, port=port, handle=RequestorHandle(called_ae_title=title))
    else:
        side = with_values(Profile("", scu=_profile(options.profiles, options.target).scu)).scu
    if options.calling is not None:
        side = replace(side, handle=replace(side.handle, calling_ae_title=options.calling))
    if options.timeout is not None:
        timers = replace(side.timers, connect=options.timeout, association_response=options.timeout)
        side = replace(side, timers=timers)
    facts: dict[str, Any] = {"verify": False} if options.insecure else {}
    if options.server_name is not None:
        facts["server_name"] = options.server_name
    side = replace(side, tls=_secured(side.tls, options, facts))
    _warn(check_requestor(side))
    return side


def _secured(tls: Tls | None, options: argparse.Namespace, facts: dict[str, Any]) -> Tls | None:
    """The side's TLS with the command's options on top; None where neither wants any."""
    files = {"ca_file": options.ca, "certificate_file": options.cert, "key_file": options.key}
    facts |= {name: str(path) for name, path in files.items() if path is not None}
    if options.passphrase_file is not None:
        try:
            lines = options.passphrase_file.read_text("utf-8").splitlines()
        except (OSError, UnicodeError) as error:
            raise UsageError(f"The passphrase file cannot be read: {error}") from None
        facts["passphrase"] = Secret.of(lines[0] if lines else "")
    return replace(tls or Tls(), **facts) if facts or options.tls else tls


def _send(options: argparse.Namespace) -> int:
    readings = [reading.found for reading in read_dicom_files(files_below(options.files))]
    files = [found for found in readings if isinstance(found, DicomFile)]
    unreadable = [found for found in readings if isinstance(found, UnreadableFile)]
    for found in unreadable:
        _print_stored(StoreResult(found.path, None, found.reason), as_json=options.json)
    if not files:
        raise UsageError("There is no DICOM file to send.")
    side = _target(options)
    side = replace(side, handle=replace(side.handle, contexts=_contexts_for(files)))
    stored = asyncio.run(_send_files(side, [file.path for file in files], options))
    if not options.json:
        _print(f"{stored} of {len(readings)} files stored")
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
    engine = Engine(_printer(options, _QUIET | _BULK))
    stored = 0
    try:
        association = engine.requestor(side)
        attempt = await association.associate()
        if attempt.end is not AttemptEnd.ESTABLISHED:
            verdict = diagnose(attempt)
            print(f"parley: {verdict.cause} {verdict.remedy}".rstrip(), file=sys.stderr)
            return 0
        async for result in store_files(association, paths):
            stored += result.is_stored
            _print_stored(result, as_json=options.json)
        if association.is_established:
            await association.release()
    finally:
        await engine.close()
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
        _print(json.dumps(record, ensure_ascii=False))
    else:
        figures = f"  {result.size} bytes in {result.ms:.1f} ms" if result.status is not None else ""
        _print(f"{result.path}  {result.text}{figures}")


def _listen(options: argparse.Namespace) -> int:
    side = _acceptor_side(options)
    try:
        return asyncio.run(_run_listener(side, _printer(options)))
    except ListenError as error:
        verdict = diagnose_listen(error)
        raise UsageError(f"{verdict.cause} {verdict.remedy}") from None


async def _run_listener(side: AcceptorSide, sink: Callable[[EngineEvent], None]) -> int:
    engine = Engine(sink)
    interrupted = _interruption()
    try:
        await engine.listen(side)
        await interrupted.wait()
    finally:
        await engine.close()
    return PASSED


def _interruption() -> asyncio.Event:
    """Set by Ctrl-C and SIGTERM from now on."""
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        # Windows cannot; there Ctrl-C arrives as KeyboardInterrupt.
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(number, ended.set)
    return ended


def _acceptor_side(options: argparse.Namespace) -> AcceptorSide:
    saved = Profile("", scp=_profile(options.profiles, options.profile).scp) if options.profile else Profile("")
    side = with_values(saved).scp
    handle, rules = side.handle, side.rules
    if options.ae_title is not None:
        handle = replace(handle, ae_title=options.ae_title)
    if options.reject is not None:
        rules = replace(rules, reject_all=options.reject)
    if options.check_called:
        rules = replace(rules, check_called=True)
    if options.calling:
        rules = replace(rules, calling_ae_titles=tuple(options.calling))
    storage = side.storage
    if options.store is not None:
        storage = Storage(StorageMode.RECEIVE, str(options.store.absolute()))
    elif options.discard:
        storage = Storage(StorageMode.DISCARD)
    if options.status is not None:
        if storage.mode is StorageMode.REFUSE:
            raise UsageError("--status is for objects that are taken: say --store DIR or --discard too.")
        storage = replace(storage, status=options.status)
    asked = options.client_certificate
    wanted = {} if asked is None else {"client_certificate": ClientCertificate(asked)}
    if options.all_storage or storage is not side.storage:
        handle = replace(handle, contexts=handle.contexts + _storage_beyond(handle.contexts))
    side = replace(
        side,
        handle=handle,
        rules=rules,
        storage=storage,
        tls=_secured(side.tls, options, wanted),
        host=side.host if options.host is None else options.host,
        port=side.port if options.port is None else options.port,
    )
    _warn(check_acceptor(side))
    return side


def _storage_beyond(contexts: tuple[SupportedContext, ...]) -> tuple[SupportedContext, ...]:
    """Every registered storage SOP class that is not there yet, in every transfer syntax."""
    there = {context.abstract_syntax for context in contexts}
    syntaxes = tuple(entry.uid for entry in entries().values() if entry.kind is Kind.TRANSFER_SYNTAX)
    storage = (entry.uid for entry in entries().values() if entry.service == "Storage")
    return tuple(SupportedContext(uid, syntaxes) for uid in storage if uid not in there)


def _certificates(options: argparse.Namespace) -> int:
    # It loads a library that no other command needs.
    from parley.engine.certificate_maker import NAMES, CertificateFilesError, make_test_certificates

    try:
        files = make_test_certificates(options.folder, options.name or NAMES)
    except CertificateFilesError as error:
        raise UsageError(f"{error}.") from None
    for field in fields(files):
        _print(f"{field.name.replace('_', ' '):<12} {getattr(files, field.name)}")
    return PASSED


def _profiles_list(options: argparse.Namespace) -> int:
    for entry in _store(options.profiles).list():
        place = f"  ({entry.key})" if not entry.built_in else "  (built in)"
        line = "" if entry.line is None else f", line {entry.line}"
        trouble = f"  cannot be read{line}: {entry.problem}" if entry.problem else ""
        print(f"{entry.name}{place}{trouble}")
    return PASSED


def _profiles_show(options: argparse.Namespace) -> int:
    profile = _profile(options.profiles, options.name)
    print(new_text(profile), end="")
    return PASSED


def _profiles_import(options: argparse.Namespace) -> int:
    from parley.exchange.files import read_file
    from parley.exchange.results import below

    store = _store(options.profiles)
    imported, troubles = 0, 0
    for path in options.files:
        found = read_file(path)
        arrivals = ((each.profile, below(options.folder, each.folder), each.text) for each in found.arrivals)
        reasons = list(map(str, found.problems))
        for arrival, adopted in zip(found.profiles, store.adopt(arrivals), strict=True):
            if adopted.problem:
                reasons.append(adopted.problem)
                continue
            imported += 1
            renamed = f", as there is a {arrival.name} already" if adopted.profile.name != arrival.name else ""
            _print(f"{adopted.profile.name}  ({adopted.key}){renamed}")
        troubles += len(reasons)
        for reason in reasons:
            print(f"parley: {path}: {reason}", file=sys.stderr)
    if not imported:
        return NOT_TRIED
    return FAILED if troubles else PASSED


def _profiles_export(options: argparse.Namespace) -> int:
    from parley.exchange.files import SUFFIXES, Format, write
    from parley.model.atomic import write_atomically

    form = Format(options.format) if options.format else SUFFIXES.get(Path(options.to).suffix.lower())
    if form is None:
        raise UsageError(f"what is {options.to} to be? Say it with --format.")
    store = _store(options.profiles)
    entries = _chosen(store, options.names)
    readable = [entry for entry in entries if entry.profile is not None]
    if not readable:
        raise UsageError("there is no profile to export")
    if form is Format.TOML and len(readable) > 1:
        raise UsageError("a TOML file holds one profile: choose zip for several")
    exported = write(
        [entry.profile for entry in readable if entry.profile],
        [(entry.key, store.text(entry.key)) for entry in readable],
        form,
    )
    if options.to == "-":
        sys.stdout.buffer.write(exported.data)
    else:
        try:
            write_atomically(Path(options.to), exported.data)
        except OSError as error:
            raise UsageError(f"{options.to} was not written: {error.strerror or error}") from None
    unreadable = [f"{entry.key} cannot be read: {entry.problem}" for entry in entries if entry.profile is None]
    for reason in (*unreadable, *exported.problems):
        print(f"parley: {reason}", file=sys.stderr)
    return FAILED if unreadable or exported.problems else PASSED


def _chosen(store: ProfileStore, names: list[str]) -> list[StoredProfile]:
    """The profiles of these names and in these folders, each once; all that have files where there is no name."""
    entries = store.list()
    if not names:
        return [entry for entry in entries if not entry.built_in]
    folders = set(store.folders())
    chosen: dict[str, StoredProfile] = {}
    for name in names:
        folder = name.rstrip("/")
        inside = [e for e in entries if f"{e.folder}/".startswith(f"{folder}/")] if folder in folders else []
        chosen |= {entry.key: entry for entry in inside or [store.find(name)]}
    return list(chosen.values())


# --- what they share -------------------------------------------------------------------------------------------------


def _store(folder: Path | None) -> ProfileStore:
    return ProfileStore(folder or default_folder())


def _profile(folder: Path | None, name: str) -> Profile:
    store = _store(folder)
    return store.load(store.find(name).key)


def _warn(problems: Iterable[Problem]) -> None:
    """Tell what is wrong with values that are used all the same, as a tester must be able to."""
    for problem in problems:
        if problem.severity is not Severity.NOTE:
            words = f"{problem.severity.value}: {problem.text} {problem.remedy}".rstrip()
            print(f"parley: {words}", file=sys.stderr)


def _printer(options: argparse.Namespace, quiet: frozenset[EventKind] = _QUIET) -> Callable[[EngineEvent], None]:
    """A sink that prints each event as it comes, those of the quiet kinds only to who wants all."""
    write = to_json if options.json else to_text
    hidden = frozenset() if options.json or options.verbose else quiet

    def show(event: EngineEvent) -> None:
        if event.kind not in hidden:
            _print(write(event))

    return show


def _print(text: str = "") -> None:
    """Print a line at once; a reader that has seen enough, as in ``parley demo | head``, ends the printing only."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _print_check(result: Check, *, as_json: bool) -> None:
    verdict = diagnose(result.attempt)
    if as_json:
        record = {
            "verdict": "passed" if result.has_passed else "failed",
            "steps": [asdict(step) for step in result.steps],
            "negotiation": [_context_record(context) for context in result.contexts],
            "diagnosis": {"code": verdict.code, "cause": verdict.cause, "remedy": verdict.remedy},
        }
        _print(json.dumps(record))
        return
    _print()
    for step in result.steps:
        _print(f"{step.name:<12} {step.outcome:<8} {step.ms:8.1f} ms  {step.detail}".rstrip())
    for context in result.contexts:
        _print(f"context {context.context_id:>3}  {context_words(context)}")
    _print(f"\n{'PASSED' if result.has_passed else 'FAILED'}: {verdict.cause}")
    if verdict.remedy:
        _print(verdict.remedy)


def _context_record(context: NegotiatedContext) -> dict[str, Any]:
    return {
        "id": context.context_id,
        "abstract_syntax": context.abstract_syntax,
        "name": name_of(context.abstract_syntax),
        "result": context.words,
        "accepted": context.is_accepted,
        "transfer_syntax": context.transfer_syntax,
    }


_COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "demo": _demo,
    "check": _check,
    "send": _send,
    "listen": _listen,
    "certificates": _certificates,
    "profiles list": _profiles_list,
    "profiles show": _profiles_show,
    "profiles import": _profiles_import,
    "profiles export": _profiles_export,
}
