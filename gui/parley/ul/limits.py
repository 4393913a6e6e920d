"""How much a peer may make this side keep: bytes are checked from a PDU's first six, items before any is decoded."""

from __future__ import annotations

from dataclasses import dataclass

KIB = 1024
MIB = 1024 * KIB

FIXED_LENGTH = KIB
"""Longest A-ASSOCIATE-RJ, A-RELEASE-RQ, A-RELEASE-RP or A-ABORT, in bytes; the standard's is 4."""

UNLIMITED_DATA_LENGTH = 16 * MIB
"""Longest P-DATA-TF where this side asked for no limit."""

SENT_DATA_LENGTH = 128 * KIB
"""Longest P-DATA-TF that is sent, whatever the peer announces: it is built in memory, and peers that name no limit, or
4 GiB, have limits all the same."""

ASSOCIATE_ITEMS = 20_000
"""Most items in an A-ASSOCIATE-RQ or -AC; 128 presentation contexts with 63 transfer syntaxes each are 8 323."""

DATA_PDVS = 4096
"""Most PDVs in a P-DATA-TF; peers send one or two."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Highest PDU length field accepted, per kind of PDU, in bytes (the six of the header not counted), and items.

    Attributes:
        associate_length: of an A-ASSOCIATE-RQ or -AC.
        data_length: of a P-DATA-TF; the maximum length this side announced in its item 51H.
        associate_items: of an A-ASSOCIATE-RQ or -AC, with those inside others and every repeated element.
        pdvs: of a P-DATA-TF.
    """

    associate_length: int = MIB
    data_length: int = 16 * KIB
    associate_items: int = ASSOCIATE_ITEMS
    pdvs: int = DATA_PDVS
