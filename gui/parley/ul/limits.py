"""How many bytes a peer may make this side keep: checked from a PDU's first six bytes, before more is waited for."""

from __future__ import annotations

from dataclasses import dataclass

KIB = 1024
MIB = 1024 * KIB

FIXED_LENGTH = KIB
"""Longest A-ASSOCIATE-RJ, A-RELEASE-RQ, A-RELEASE-RP or A-ABORT, in bytes; the standard's is 4."""

UNLIMITED_DATA_LENGTH = 16 * MIB
"""Longest P-DATA-TF where this side asked for no limit."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Highest PDU length field accepted, per kind of PDU, in bytes (the six of the header not counted).

    Attributes:
        associate_length: of an A-ASSOCIATE-RQ or -AC.
        data_length: of a P-DATA-TF; the maximum length this side announced in its item 51H.
    """

    associate_length: int = MIB
    data_length: int = 16 * KIB

    @classmethod
    def announcing(cls, maximum_length: int | None) -> Limits:
        """The limits of a side that announces this maximum length; 0 and None (no item 51H) mean unlimited."""
        return cls(data_length=min(maximum_length or UNLIMITED_DATA_LENGTH, UNLIMITED_DATA_LENGTH))
