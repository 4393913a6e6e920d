"""`parley check`: try peers from their names to a C-ECHO, and say what came of it."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from typing import Any

from parley.commands.consent import Gate
from parley.commands.interruption import run_until_signal
from parley.commands.misbehaviours import misbehaviour_named
from parley.commands.output import complain, print_line
from parley.commands.shared import FAILED, NOT_TRIABLE, NOT_TRIED, PASSED, printer, warn
from parley.commands.target import patience, target_side
from parley.diagnosis import Verdict, context_words, diagnose, diagnose_echo, diagnose_ending
from parley.engine.check import Check, run_check
from parley.engine.engine import Engine
from parley.engine.results import EchoResult
from parley.model.consent import Party
from parley.model.ending import Ending
from parley.model.problems.validation import check_requestor
from parley.model.profile import RequestorSide
from parley.model.registry import name_of
from parley.ul.negotiation import NegotiatedContext


def check(options: argparse.Namespace) -> int:
    """Try each target, one after the other; the worst of their exit codes counts.

    A target that cannot be tried does not keep the others from it. Secrets are asked for before anything is sent.
    """
    code = PASSED
    if options.misbehave is not None:
        from parley.model.misbehaviour.tables import REQUESTOR

        misbehaviour_named(options.misbehave, REQUESTOR)
    tried: list[tuple[str, RequestorSide]] = []
    for target in options.targets:
        try:
            tried.append((target, target_side(target, options)))
        except NOT_TRIABLE as error:
            complain(error)
            code = NOT_TRIED
    allowed = _allowed(tried, options)
    for target, side in allowed:
        code = max(code, _check_one(target, side, options))
    return max(code, NOT_TRIED) if len(allowed) < len(tried) else code


def _allowed(tried: list[tuple[str, RequestorSide]], options: argparse.Namespace) -> list[tuple[str, RequestorSide]]:
    """Those that may be tried: a single check is an echo by hand, all else is a test.

    Raises:
        UsageError: what is to be done takes consent that nobody gave.
    """
    if options.misbehave is None and len(options.targets) == 1:
        return tried
    gate = Gate([Party.calling(side) for _, side in tried], options)
    allowed = []
    for target, side in tried:
        if why := gate.forbids(Party.calling(side)):
            complain(f"{target} was not tried. {why}")
        else:
            allowed.append((target, side))
    if options.misbehave is not None:
        parties = [Party.calling(side) for _, side in allowed]
        deed = f"{options.misbehave} would be sent on purpose"
        gate.ask(lambda whom: f"{deed} to {whom}; it may upset a device.", parties)
    return allowed


def _check_one(target: str, side: RequestorSide, options: argparse.Namespace) -> int:
    """Try one; among several, each one's block says whose it is."""
    name = target if len(options.targets) > 1 else ""
    if name and not options.json:
        print_line(f"--- {name}")
    warn(check_requestor(side), name)
    result = run_until_signal(_try_peer(side, options))
    _print_check(result, name, as_json=options.json)
    return _CODES[_outcome(result)]


_CODES = {"passed": PASSED, "failed": FAILED, "not_tried": NOT_TRIED}


def _outcome(result: Check) -> str:
    if not result.was_tried:
        return "not_tried"
    return "passed" if result.has_passed else "failed"


def verdict_on(result: Check) -> Verdict:
    """On the first step that failed; where none did, on what was agreed."""
    match result.failed_step, result.echo, result.ending:
        case "echo", EchoResult(status=status, text=words), _:
            return diagnose_echo(status, words)
        case "echo" | "release" as step, _, Ending() as ending:
            return diagnose_ending(step, ending)
    return diagnose(result.attempt)


async def _try_peer(side: RequestorSide, options: argparse.Namespace) -> Check:
    engine = Engine(printer(options), options.settings)
    time = patience(options)
    try:
        return await run_check(engine, side, options.misbehave, time.whole)
    finally:
        await engine.close(time.grace)


def _print_check(result: Check, name: str, *, as_json: bool) -> None:
    """Print what came of a check; `name` is the target's where there are several."""
    verdict = verdict_on(result)
    if as_json:
        record: dict[str, Any] = {"target": name} if name else {}
        record |= {
            "verdict": _outcome(result),
            "steps": [asdict(step) for step in result.steps],
            "negotiation": [_context_record(context) for context in result.contexts],
            "diagnosis": {"code": verdict.code, "cause": verdict.cause, "remedy": verdict.remedy},
        }
        print_line(json.dumps(record), is_record=True)
        return
    print_line()
    for step in result.steps:
        print_line(f"{step.name:<12} {step.outcome:<8} {step.ms:8.1f} ms  {step.detail}".rstrip())
    for context in result.contexts:
        print_line(f"context {context.context_id:>3}  {context_words(context)}")
    print_line()
    print_line(f"{_outcome(result).replace('_', ' ').upper()}: {verdict.cause}")
    if verdict.remedy:
        print_line(verdict.remedy)
    if name:
        print_line()


def _context_record(context: NegotiatedContext) -> dict[str, Any]:
    return {
        "id": context.context_id,
        "abstract_syntax": context.abstract_syntax,
        "name": name_of(context.abstract_syntax),
        "result": context.words,
        "accepted": context.is_accepted,
        "transfer_syntax": context.transfer_syntax,
    }
