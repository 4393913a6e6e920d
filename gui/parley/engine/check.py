"""One check from end to end: name, TCP, TLS where it is used, association, C-ECHO, release, each with its outcome."""

from __future__ import annotations

from dataclasses import dataclass

from parley.engine.association import Association
from parley.engine.deadlines import Deadline
from parley.engine.engine import Engine
from parley.engine.errors import AssociationError
from parley.engine.results import EchoResult
from parley.model.attempt import Attempt, AttemptEnd, Step
from parley.model.ending import Ending, How
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
        echo: the answer to the C-ECHO; None where there was none.
        ending: why the C-ECHO was not answered, or the association not released; None where that did not happen.
    """

    attempt: Attempt
    steps: tuple[Step, ...]
    contexts: tuple[NegotiatedContext, ...]
    echo: EchoResult | None = None
    ending: Ending | None = None

    @property
    def failed_step(self) -> str:
        """The name of the first step that failed; empty where none did."""
        return next((step.name for step in self.steps if step.outcome == "failed"), "")

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
            and not self.failed_step
        )


async def run_check(
    engine: Engine, side: RequestorSide, misbehaviour: str | None = None, within: float | None = None
) -> Check:
    """Try a peer. Never raises for what it does; cancelling aborts the association.

    Args:
        misbehaviour: a name of `parley.model.misbehaviour.tables.REQUESTOR`: what this side does wrong on purpose.
        within: how many seconds all steps together may take. Those before the C-ECHO have timers of their own.
    """
    association = engine.requestor(side, misbehaviour)
    clock = _Clock(association.deadline, within)
    attempt = await association.associate()
    steps = list(attempt.steps)
    contexts = association.contexts
    echo: EchoResult | Ending | None = None
    release: Ending | None = None
    if attempt.end is AttemptEnd.ESTABLISHED:
        try:
            step, echo = await _echo(association, clock)
            steps.append(step)
            if association.is_established:  # Else what failed before has ended it.
                step, release = await _release(association, clock)
                steps.append(step)
        finally:
            association.abort()
    reached = {step.name for step in steps}
    expected = [name for name in STEPS if name != "tls" or side.tls is not None]
    steps += [Step(name, "skipped", 0.0) for name in expected if name not in reached]
    answer, ending = (echo, release) if isinstance(echo, EchoResult) else (None, echo or release)
    return Check(attempt, tuple(steps), contexts, answer, ending)


class _Clock:
    """How much time is left of that for all steps, and how long the one under way has taken, by the engine's clock."""

    def __init__(self, deadline: Deadline, within: float | None) -> None:
        self._time = deadline.now
        self._ends = None if within is None else self._time() + within
        self._step_began = 0.0

    def begin(self) -> float | None:
        """A step begins; returns how many seconds it may take at most."""
        self._step_began = self._time()
        return None if self._ends is None else max(0.0, self._ends - self._step_began)

    def failed(self, name: str, why: object) -> Step:
        """The step has failed."""
        return Step(name, "failed", self.ms, str(why) or "there was no time left for it")

    @property
    def ms(self) -> float:
        """How long the step has taken."""
        return (self._time() - self._step_began) * 1000


async def _echo(association: Association, clock: _Clock) -> tuple[Step, EchoResult | Ending | None]:
    if not any(c.is_accepted and c.abstract_syntax == VERIFICATION for c in association.contexts):
        return Step("echo", "skipped", 0.0, "no accepted presentation context for Verification"), None
    try:
        with association.deadline.limit(clock.begin()):
            result = await association.echo()
    except (AssociationError, TimeoutError) as error:
        return clock.failed("echo", error), _ending(association, error)
    return Step("echo", "failed" if result.status else "passed", result.ms, f"status {result.status:04X}H"), result


async def _release(association: Association, clock: _Clock) -> tuple[Step, Ending | None]:
    try:
        with association.deadline.limit(clock.begin()):
            if await association.release():
                return Step("release", "passed", clock.ms), None
        error: Exception = AssociationError("it ended by an abort")
    except (AssociationError, TimeoutError) as why:
        error = why
    return clock.failed("release", error), _ending(association, error)


def _ending(association: Association, error: Exception) -> Ending:
    """Why a step has come to nothing."""
    if isinstance(error, TimeoutError):
        return Ending(How.NO_TIME)
    return association.ending or Ending(How.FAILED, str(error))
