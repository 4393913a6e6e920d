"""PS3.8 Table 9-10 as data: 19 events by 13 states, and what each action leads to.

Rule: this module holds the standard's table and nothing that runs it. `parley.ul.machine` does.
"""

from __future__ import annotations

from enum import Enum


class QuickEnum(Enum):
    """Members hashed by identity: an enum's own way is Python code, run at each look-up in the table, for each PDU."""

    __hash__ = object.__hash__


class State(QuickEnum):
    """PS3.8 Tables 9-1 to 9-5."""

    STA_1 = "idle"
    STA_2 = "transport open, awaiting A-ASSOCIATE-RQ"
    STA_3 = "awaiting local accept or reject"
    STA_4 = "awaiting transport connection"
    STA_5 = "awaiting A-ASSOCIATE-AC or -RJ"
    STA_6 = "established"
    STA_7 = "awaiting A-RELEASE-RP"
    STA_8 = "awaiting local release response"
    STA_9 = "release collision (requestor), awaiting local release response"
    STA_10 = "release collision (acceptor), awaiting A-RELEASE-RP"
    STA_11 = "release collision (requestor), awaiting A-RELEASE-RP"
    STA_12 = "release collision (acceptor), awaiting local release response"
    STA_13 = "awaiting transport close"

    @property
    def label(self) -> str:
        """As engineers say it: ``Sta6``."""
        return f"Sta{self._name_[4:]}"


class Evt(QuickEnum):
    """The events of PS3.8 Table 9-10."""

    EVT_1 = "A-ASSOCIATE request (local)"
    EVT_2 = "transport connected"
    EVT_3 = "A-ASSOCIATE-AC received"
    EVT_4 = "A-ASSOCIATE-RJ received"
    EVT_5 = "transport connection accepted"
    EVT_6 = "A-ASSOCIATE-RQ received"
    EVT_7 = "A-ASSOCIATE response, accept (local)"
    EVT_8 = "A-ASSOCIATE response, reject (local)"
    EVT_9 = "P-DATA request (local)"
    EVT_10 = "P-DATA-TF received"
    EVT_11 = "A-RELEASE request (local)"
    EVT_12 = "A-RELEASE-RQ received"
    EVT_13 = "A-RELEASE-RP received"
    EVT_14 = "A-RELEASE response (local)"
    EVT_15 = "A-ABORT request (local)"
    EVT_16 = "A-ABORT received"
    EVT_17 = "transport closed"
    EVT_18 = "ARTIM expired"
    EVT_19 = "unrecognized or invalid PDU received"

    @property
    def label(self) -> str:
        """As engineers say it: ``Evt6``."""
        return f"Evt{self._name_[4:]}"


class Action(QuickEnum):
    """The actions of PS3.8 Tables 9-6 to 9-9, each with the standard's name and what it does."""

    AE_1 = "AE-1", "open the transport"
    AE_2 = "AE-2", "send A-ASSOCIATE-RQ"
    AE_3 = "AE-3", "confirm association accepted"
    AE_4 = "AE-4", "confirm association rejected, close the transport"
    AE_5 = "AE-5", "accept the transport, start ARTIM"
    AE_6 = "AE-6", "stop ARTIM, indicate the request"
    AE_7 = "AE-7", "send A-ASSOCIATE-AC"
    AE_8 = "AE-8", "send A-ASSOCIATE-RJ, start ARTIM"
    DT_1 = "DT-1", "send P-DATA-TF"
    DT_2 = "DT-2", "indicate P-DATA"
    AR_1 = "AR-1", "send A-RELEASE-RQ"
    AR_2 = "AR-2", "indicate release"
    AR_3 = "AR-3", "confirm release, close the transport"
    AR_4 = "AR-4", "send A-RELEASE-RP, start ARTIM"
    AR_5 = "AR-5", "stop ARTIM"
    AR_6 = "AR-6", "indicate P-DATA"
    AR_7 = "AR-7", "send P-DATA-TF"
    AR_8 = "AR-8", "indicate release (collision)"
    AR_9 = "AR-9", "send A-RELEASE-RP"
    AR_10 = "AR-10", "confirm release"
    AA_1 = "AA-1", "send A-ABORT (service-user), start ARTIM"
    AA_2 = "AA-2", "stop ARTIM, close the transport"
    AA_3 = "AA-3", "indicate abort, close the transport"
    AA_4 = "AA-4", "indicate provider abort"
    AA_5 = "AA-5", "stop ARTIM"
    AA_6 = "AA-6", "ignore the PDU"
    AA_7 = "AA-7", "send A-ABORT"
    AA_8 = "AA-8", "send A-ABORT (service-provider), indicate provider abort, start ARTIM"

    def __init__(self, label: str, words: str) -> None:
        self.label = label
        self.words = words


# The table in the standard's own shape, so that the eye can compare the two; a dot is a cell the standard leaves empty.
_GRID = """
Evt  Sta1  Sta2  Sta3  Sta4  Sta5  Sta6  Sta7  Sta8  Sta9  Sta10 Sta11 Sta12 Sta13
1    AE-1  .     .     .     .     .     .     .     .     .     .     .     .
2    .     .     .     AE-2  .     .     .     .     .     .     .     .     .
3    .     AA-1  AA-8  .     AE-3  AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-6
4    .     AA-1  AA-8  .     AE-4  AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-6
5    AE-5  .     .     .     .     .     .     .     .     .     .     .     .
6    .     AE-6  AA-8  .     AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-7
7    .     .     AE-7  .     .     .     .     .     .     .     .     .     .
8    .     .     AE-8  .     .     .     .     .     .     .     .     .     .
9    .     .     .     .     .     DT-1  .     AR-7  .     .     .     .     .
10   .     AA-1  AA-8  .     AA-8  DT-2  AR-6  AA-8  AA-8  AA-8  AA-8  AA-8  AA-6
11   .     .     .     .     .     AR-1  .     .     .     .     .     .     .
12   .     AA-1  AA-8  .     AA-8  AR-2  AR-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-6
13   .     AA-1  AA-8  .     AA-8  AA-8  AR-3  AA-8  AA-8  AR-10 AR-3  AA-8  AA-6
14   .     .     .     .     .     .     .     AR-4  AR-9  .     .     AR-4  .
15   .     .     AA-1  AA-2  AA-1  AA-1  AA-1  AA-1  AA-1  AA-1  AA-1  AA-1  .
16   .     AA-2  AA-3  .     AA-3  AA-3  AA-3  AA-3  AA-3  AA-3  AA-3  AA-3  AA-2
17   .     AA-5  AA-4  AA-4  AA-4  AA-4  AA-4  AA-4  AA-4  AA-4  AA-4  AA-4  AR-5
18   .     AA-2  .     .     .     .     .     .     .     .     .     .     AA-2
19   .     AA-1  AA-8  .     AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-7
"""


def _read(grid: str) -> dict[tuple[Evt, State], Action]:
    head, *rows = grid.strip().splitlines()
    states = [State[f"STA_{column.removeprefix('Sta')}"] for column in head.split()[1:]]
    cells: dict[tuple[Evt, State], Action] = {}
    for row in rows:
        number, *actions = row.split()
        for state, action in zip(states, actions, strict=True):
            if action != ".":
                cells[Evt[f"EVT_{number}"], state] = Action[action.replace("-", "_")]
    return cells


TRANSITIONS: dict[tuple[Evt, State], Action] = _read(_GRID)
"""PS3.8 Table 9-10: what to do on an event in a state. A pair that is missing here is one the standard leaves empty."""

NEXT_STATES: dict[Action, tuple[State, ...]] = {
    Action.AE_1: (State.STA_4,),
    Action.AE_2: (State.STA_5,),
    Action.AE_3: (State.STA_6,),
    Action.AE_4: (State.STA_1,),
    Action.AE_5: (State.STA_2,),
    Action.AE_6: (State.STA_3, State.STA_13),
    Action.AE_7: (State.STA_6,),
    Action.AE_8: (State.STA_13,),
    Action.DT_1: (State.STA_6,),
    Action.DT_2: (State.STA_6,),
    Action.AR_1: (State.STA_7,),
    Action.AR_2: (State.STA_8,),
    Action.AR_3: (State.STA_1,),
    Action.AR_4: (State.STA_13,),
    Action.AR_5: (State.STA_1,),
    Action.AR_6: (State.STA_7,),
    Action.AR_7: (State.STA_8,),
    Action.AR_8: (State.STA_9, State.STA_10),
    Action.AR_9: (State.STA_11,),
    Action.AR_10: (State.STA_12,),
    Action.AA_1: (State.STA_13,),
    Action.AA_2: (State.STA_1,),
    Action.AA_3: (State.STA_1,),
    Action.AA_4: (State.STA_1,),
    Action.AA_5: (State.STA_1,),
    Action.AA_6: (State.STA_13,),
    Action.AA_7: (State.STA_13,),
    Action.AA_8: (State.STA_13,),
}
"""Where an action leads (PS3.8 Tables 9-6 to 9-9). Two have a choice: AE-6 leads to the first state when the provider
finds the request acceptable, AR-8 when this side is the requestor; otherwise they lead to the second."""
