"""`parley listen`: be an SCP until somebody ends it."""

from __future__ import annotations

import argparse
import asyncio
from collections import deque
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from parley.commands.consent import Gate
from parley.commands.interruption import on_signal
from parley.commands.misbehaviours import misbehaviour_named
from parley.commands.output import complain
from parley.commands.shared import (
    PASSED,
    UsageError,
    printer,
    secured,
    stored_profile,
    warn,
)
from parley.diagnosis import diagnose_listen
from parley.engine.disk import on_disk_thread
from parley.engine.engine import Engine
from parley.engine.errors import ListenError
from parley.engine.listener import Armed, Listener, Spares
from parley.engine.tasks import spawn
from parley.keystore.terminal import with_values
from parley.model.answering import Answering, AnswerRule, DecisionMode
from parley.model.answers.policy import AnswerPolicy, Resolve, misbehaviours
from parley.model.answers.words import Answer, AnswerError, parse_answer
from parley.model.consent import Party
from parley.model.decision import Caller, Decision, Hold, Misbehave
from parley.model.files.entries import StoreError
from parley.model.files.partial import leftovers_in, remove_leftovers
from parley.model.files.reader import ProfileFileError, read_answers
from parley.model.files.regular import read_regular
from parley.model.handle import AcceptanceRules, AcceptorHandle
from parley.model.misbehaviour.tables import ACCEPTOR
from parley.model.problems.validation import check_acceptor
from parley.model.profile import AcceptorSide, Profile
from parley.model.storage import Duplicates, Storage, StorageMode
from parley.model.storage_contexts import storage_beyond
from parley.model.system_errors import error_words
from parley.model.tls import ClientCertificate

MOST_RULES = 1 << 20
"""Bytes of a file of answer rules, as of a profile."""


def listen(options: argparse.Namespace) -> int:
    """Listen with the side that the options describe, until a signal such as that of Ctrl-C."""
    side = _acceptor_side(options)
    armed = tuple(map(_answer, options.arm or ()))
    spares = _ask_for_misbehaviours(side, armed, options)
    try:
        return asyncio.run(_run_listener(side, armed, options, spares))
    except ListenError as error:
        verdict = diagnose_listen(error)
        raise UsageError(f"{verdict.cause} {verdict.remedy}".rstrip()) from None


async def _run_listener(
    side: AcceptorSide, armed: tuple[Answer, ...], options: argparse.Namespace, spares: Spares | None
) -> int:
    engine = Engine(printer(options), options.settings)
    interrupted = asyncio.Event()
    resolve = _profiles_of(options)
    with on_signal(interrupted.set):
        try:
            listener = await engine.listen(side, resolve=resolve, spares=spares)
            _arm(listener, armed, resolve)
            if side.storage.mode is StorageMode.RECEIVE:
                folder = Path(side.storage.folder)
                spawn(_see_to_leftovers(engine, folder, remove=options.remove_leftovers), name="leftovers")
            await interrupted.wait()
        finally:
            await engine.close()
    return PASSED


async def _see_to_leftovers(engine: Engine, folder: Path, *, remove: bool) -> None:
    """Say what killed programs have left in the folder, or remove it; listening waits for no disk."""
    found = await on_disk_thread(partial(leftovers_in, folder))
    if not found.paths:
        return
    if remove:
        removed = await on_disk_thread(partial(remove_leftovers, found))
        engine.note(f"{removed} of {found.words} removed that a killed program has left in {folder}")
    else:
        engine.note(f"{found.words} of a killed program in {folder}: --remove-leftovers removes them.")


def _profiles_of(options: argparse.Namespace) -> Resolve:
    """Finds the SCP sides that answer rules name."""

    def find(name: str) -> AcceptorSide | None:
        try:
            return stored_profile(options, name).scp
        except StoreError:
            return None

    return find


# --- the side that the options describe ------------------------------------------------------------------------------


def _acceptor_side(options: argparse.Namespace) -> AcceptorSide:
    """The SCP side of a profile, or a default one; the command's options go on top."""
    saved = Profile("")
    if options.profile:
        stored = stored_profile(options, options.profile)
        saved = Profile(stored.name, scp=stored.scp)
    side = with_values(saved).scp
    asked = options.client_certificate
    wanted = {} if asked is None else {"client_certificate": ClientCertificate(asked)}
    side = replace(
        side,
        handle=_handle(side.handle, options),
        rules=_rules(side.rules, options),
        **_answering(side, options),
        storage=_storage(side.storage, options),
        tls=secured(side.tls, options, wanted),
        host=side.host if options.host is None else options.host,
        port=side.port if options.port is None else options.port,
    )
    warn(check_acceptor(side))
    return side


def _handle(handle: AcceptorHandle, options: argparse.Namespace) -> AcceptorHandle:
    if options.ae_title is not None:
        handle = replace(handle, ae_title=options.ae_title)
    if options.all_storage or options.store is not None or options.discard or options.status is not None:
        handle = replace(handle, contexts=handle.contexts + storage_beyond(handle.contexts))
    return handle


def _rules(rules: AcceptanceRules, options: argparse.Namespace) -> AcceptanceRules:
    if options.reject is not None:
        rules = replace(rules, reject_all=options.reject)
    if options.check_called:
        rules = replace(rules, check_called=True)
    if options.calling:
        rules = replace(rules, calling_ae_titles=tuple(options.calling))
    return rules


def _answering(side: AcceptorSide, options: argparse.Namespace) -> dict[str, Any]:
    """The side's answer rules and responses, those of the options before them."""
    answering, responses = side.answering, side.responses
    if options.rules is not None:
        try:
            answering, responses = read_answers(read_regular(options.rules, MOST_RULES).decode("utf-8-sig"))
        except (OSError, UnicodeError) as error:
            raise UsageError(f"The rules cannot be read: {error_words(error)}") from None
        except ProfileFileError as error:
            line = "" if error.line is None else f", line {error.line}"
            raise UsageError(f"{options.rules}{line}: {error}.") from None
    if options.misbehave is not None:
        misbehaviour_named(options.misbehave, ACCEPTOR)
        always = AnswerRule("", f"misbehave {options.misbehave}", "--misbehave")
        answering = replace(answering, rules=(*answering.rules, always))
    if answering.mode is DecisionMode.ASK:
        complain("warning: nobody can be asked on the command line: a held request gets its default answer.")
    return {"answering": answering, "responses": responses}


def _answer(text: str) -> Answer:
    try:
        answer = parse_answer(text)
    except AnswerError as error:
        raise UsageError(f"--arm: {text!r} makes no sense at {error}. {error.remedy}") from None
    if isinstance(answer.deed, Misbehave):
        misbehaviour_named(answer.deed.name, ACCEPTOR)
    return answer


def _ask_for_misbehaviours(side: AcceptorSide, armed: tuple[Answer, ...], options: argparse.Namespace) -> Spares | None:
    """Towards this machine it may misbehave as it likes; towards others the person is asked.

    Returns whom to spare all the same; None where nothing misbehaves.
    """
    of_armed = (answer.deed.name for answer in armed if isinstance(answer.deed, Misbehave))
    names = dict.fromkeys((*misbehaviours(side.answering), *of_armed))
    if not names:
        return None
    party = Party.listening(side)
    gate = Gate([party], options)
    words = f"may be answered wrongly on purpose ({', '.join(names)}); it may upset a device."
    gate.ask(lambda where: f"Callers of {where} {words}", [party])
    return gate.why_spared


def _arm(listener: Listener, answers: tuple[Answer, ...], resolve: Resolve) -> None:
    """Answer the next requests with these, one each."""
    policy = AnswerPolicy(replace(listener.side, answering=Answering()), resolve)
    try:
        waiting = deque(policy.always(answer, "--arm") for answer in answers)
    except AnswerError as error:
        raise UsageError(f"--arm makes no sense at {error}. {error.remedy}") from None

    def next_one(caller: Caller) -> Decision | Hold:
        decide = waiting.popleft()
        if not waiting:
            listener.armed = None
        return decide(caller)

    if waiting:
        listener.armed = Armed(next_one, is_for_once=False)


def _storage(storage: Storage, options: argparse.Namespace) -> Storage:
    if options.store is not None:
        storage = Storage(StorageMode.RECEIVE, str(options.store.absolute()))
    elif options.discard:
        storage = Storage(StorageMode.DISCARD)
    if options.status is not None:
        if storage.mode is StorageMode.REFUSE:
            raise UsageError("--status is for objects that are taken: say --store DIR or --discard too.")
        storage = replace(storage, status=options.status)
    return _dealing_with_duplicates(storage, options)


def _dealing_with_duplicates(storage: Storage, options: argparse.Namespace) -> Storage:
    if options.duplicates is not None:
        storage = replace(storage, duplicates=Duplicates(options.duplicates))
    if options.duplicate_status is not None:
        if storage.duplicates is not Duplicates.REFUSE:
            raise UsageError("--duplicate-status is for objects that are refused: say --duplicates refuse too.")
        storage = replace(storage, duplicate_status=options.duplicate_status)
    is_about_files = options.duplicates is not None or options.remove_leftovers
    if is_about_files and storage.mode is not StorageMode.RECEIVE:
        raise UsageError("--duplicates and --remove-leftovers are for objects that are saved: say --store DIR too.")
    return storage
