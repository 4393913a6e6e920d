"""What all associations of an engine have in common."""

from __future__ import annotations

from dataclasses import dataclass

from parley.engine.deadlines import Deadlines
from parley.engine.recorder import Recorder
from parley.engine.turns import Turns
from parley.model.settings import Settings


@dataclass(frozen=True, slots=True)
class Shared:
    """Handed from the engine to each of its associations.

    Attributes:
        settings: the program's.
        record: tells an event.
        deadlines: their timers.
        turns: who may do what takes long.
    """

    settings: Settings
    record: Recorder
    deadlines: Deadlines
    turns: Turns
