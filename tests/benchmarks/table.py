"""How benchmark figures are told: ours, theirs, their ratio, and what was asked for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One figure.

    Attributes:
        ours, theirs: in the unit that the name says; theirs is None where they have no such thing.
        ratio: as `goal` reads it, of the same run.
        goal: in words; empty where none was set.
    """

    name: str
    ours: float
    theirs: float | None = None
    ratio: float | None = None
    goal: str = ""


def show(rows: Iterable[Row]) -> None:
    """Print rows as a table, each as it comes."""
    for row in rows:
        theirs, ratio = _figure(row.theirs), _figure(row.ratio)
        print(f"{row.name:<58}{_figure(row.ours):>12}{theirs:>12}{ratio:>10}  {row.goal}".rstrip(), flush=True)


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.3g}" if value < 1000 else f"{value:,.0f}"


def head() -> None:
    """Print the table's head."""
    print(f"{'':<58}{'Parley':>12}{'other':>12}{'ratio':>10}  goal")
