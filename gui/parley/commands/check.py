"""`parley check`: try a peer from its name to a C-ECHO, and say what came of it."""

from __future__ import annotations

import argparse
import asyncio
import json
from dataclasses import asdict
from typing import Any

from parley.commands.shared import FAILED, PASSED, print_line, printer
from parley.commands.target import target_of
from parley.diagnosis import context_words, diagnose
from parley.engine.check import Check, run_check
from parley.engine.engine import Engine
from parley.model.profile import RequestorSide
from parley.model.registry import name_of
from parley.ul.negotiation import NegotiatedContext


def check(options: argparse.Namespace) -> int:
    """Try one peer; exit code 0 only where everything passed."""
    side = target_of(options)
    return asyncio.run(_try_peer(side, options))


async def _try_peer(side: RequestorSide, options: argparse.Namespace) -> int:
    engine = Engine(printer(options))
    try:
        result = await run_check(engine, side)
    finally:
        await engine.close()
    _print_check(result, as_json=options.json)
    return PASSED if result.has_passed else FAILED


def _print_check(result: Check, *, as_json: bool) -> None:
    verdict = diagnose(result.attempt)
    if as_json:
        record = {
            "verdict": "passed" if result.has_passed else "failed",
            "steps": [asdict(step) for step in result.steps],
            "negotiation": [_context_record(context) for context in result.contexts],
            "diagnosis": {"code": verdict.code, "cause": verdict.cause, "remedy": verdict.remedy},
        }
        print_line(json.dumps(record))
        return
    print_line()
    for step in result.steps:
        print_line(f"{step.name:<12} {step.outcome:<8} {step.ms:8.1f} ms  {step.detail}".rstrip())
    for context in result.contexts:
        print_line(f"context {context.context_id:>3}  {context_words(context)}")
    print_line(f"\n{'PASSED' if result.has_passed else 'FAILED'}: {verdict.cause}")
    if verdict.remedy:
        print_line(verdict.remedy)


def _context_record(context: NegotiatedContext) -> dict[str, Any]:
    return {
        "id": context.context_id,
        "abstract_syntax": context.abstract_syntax,
        "name": name_of(context.abstract_syntax),
        "result": context.words,
        "accepted": context.is_accepted,
        "transfer_syntax": context.transfer_syntax,
    }
