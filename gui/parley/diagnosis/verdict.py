"""A verdict, and the templates that tables of verdicts are made of."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a diagnosis says.

    Attributes:
        code: a stable name for scripts, such as ``rejected_called_ae_title``.
        passed: whether what was tried has worked.
        cause: what happened and why, in sentences.
        remedy: what to do next, in sentences; empty where there is nothing to do.
    """

    code: str
    passed: bool
    cause: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Failure:
    """A row of a table: the verdict on one kind of failure, with places for the facts of the case in braces."""

    code: str
    cause: str
    remedy: str

    def verdict(self, **facts: object) -> Verdict:
        """The verdict with the facts filled in."""
        return Verdict(self.code, False, self.cause.format(**facts), self.remedy.format(**facts))
