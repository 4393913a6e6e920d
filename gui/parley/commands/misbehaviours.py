"""`parley misbehaviours`: what either side can do wrong on purpose, by name."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from difflib import get_close_matches

from parley.commands.output import print_line
from parley.commands.shared import PASSED, UsageError
from parley.model.misbehaviour.steps import Misbehaviour


def misbehaviours(options: argparse.Namespace) -> int:  # noqa: ARG001
    """List them all."""
    from parley.model.misbehaviour.tables import ACCEPTOR, REQUESTOR

    for title, table in (
        ("The acceptor's, for parley listen --misbehave", ACCEPTOR),
        ("The requestor's, for parley check --misbehave", REQUESTOR),
    ):
        print_line(f"{title}:")
        for name, misbehaviour in table.items():
            print_line(f"  {name:<36} {misbehaviour.title}. {misbehaviour.about}")
    return PASSED


def misbehaviour_named(name: str, table: Mapping[str, Misbehaviour]) -> Misbehaviour:
    """The misbehaviour of a name.

    Raises:
        UsageError: there is none.
    """
    try:
        return table[name]
    except KeyError:
        near = get_close_matches(name, list(table), 1, 0.0)[0]
        raise UsageError(
            f"There is no misbehaviour {name}; the nearest is {near}. parley misbehaviours lists them all."
        ) from None
