"""One check from end to end: name, TCP, TLS where it is used, association, C-ECHO, release, each with its outcome."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from parley.engine.association import Association
from parley.engine.engine import Engine
from parley.engine.errors import AssociationError
from parley.model.attempt import Attempt, AttemptEnd, Step
from parley.model.profile import RequestorSide
from parley.ul.codes import VERIFICATION
from parley.ul.negotiation import NegotiatedContext

STEPS = ("name", "tcp", "tls", "association", "echo", "release")


@dataclass(frozen=True, slots=True)
class Check:
    """What came of a check.

    Attributes:
        steps: every one of `STEPS`, in order; those that were never reached are ``skipped``, and without TLS there is
            no step for it.
        contexts: what was agreed; empty where nothing was.
    """

    attempt: Attempt
    steps: tuple[Step, ...]
    contexts: tuple[NegotiatedContext, ...]

    @property
    def was_tried(self) -> bool:
        """Whether it has come as far as the network."""
        return self.attempt.end.was_tried

    @property
    def has_passed(self) -> bool:
        """Whether an association was established with at least one context and nothing failed on the way."""
        return (
            self.attempt.end is AttemptEnd.ESTABLISHED
            and any(context.is_accepted for context in self.contexts)
            and all(step.outcome != "failed" for step in self.steps)
        )


async def run_check(engine: Engine, side: RequestorSide, misbehaviour: str | None = None) -> Check:
    """Try a peer. Never raises for what it does; cancelling aborts the association.

    Args:
        misbehaviour: a name of `parley.model.misbehaviour.tables.REQUESTOR`: what this side does wrong on purpose.
    """
    association = engine.requestor(side, misbehaviour)
    attempt = await association.associate()
    steps = list(attempt.steps)
    contexts = association.contexts
    if attempt.end is AttemptEnd.ESTABLISHED:
        try:
            steps.append(await _echo(association))
            steps.append(await _release(association))
        finally:
            association.abort()
    reached = {step.name for step in steps}
    expected = [name for name in STEPS if name != "tls" or side.tls is not None]
    steps += [Step(name, "skipped", 0.0) for name in expected if name not in reached]
    return Check(attempt, tuple(steps), contexts)


async def _echo(association: Association) -> Step:
    if not any(c.is_accepted and c.abstract_syntax == VERIFICATION for c in association.contexts):
        return Step("echo", "skipped", 0.0, "no accepted presentation context for Verification")
    try:
        result = await association.echo()
    except AssociationError as error:
        return Step("echo", "failed", 0.0, str(error))
    return Step("echo", "failed" if result.status else "passed", result.ms, f"status {result.status:04X}H")


async def _release(association: Association) -> Step:
    loop = asyncio.get_running_loop()
    started = loop.time()
    try:
        was_released = await association.release()
    except AssociationError as error:
        return Step("release", "failed", 0.0, str(error))
    ms = (loop.time() - started) * 1000
    return Step("release", "passed", ms) if was_released else Step("release", "failed", ms, "it ended by an abort")
