"""How benchmark figures are told: ours, theirs, their ratio, and what was asked for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One figure.

    Attributes:
        ours, theirs: in the unit that the name says.
        ratio: as `goal` reads it, of the same run.
        goal: in words; empty where none was set.
    """

    name: str
    ours: float
    theirs: float
    ratio: float
    goal: str


def show(rows: list[Row]) -> None:
    """Print rows as a table."""
    for row in rows:
        print(f"{row.name:<58}{row.ours:>12.4g}{row.theirs:>12.4g}{row.ratio:>10.3g}  {row.goal}", flush=True)


def head() -> None:
    """Print the table's head."""
    print(f"{'':<58}{'Parley':>12}{'other':>12}{'ratio':>10}  goal")
