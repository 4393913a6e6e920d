"""Associate handles: immutable descriptions of one end, from which A-ASSOCIATE PDUs are built.

A handle is not a running association. None in an optional field means that the sub-item is not sent, which is not the
same as sending zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from parley.ul.codes import (
    APPLICATION_CONTEXT,
    EXPLICIT_VR_LITTLE_ENDIAN,
    IMPLICIT_VR_LITTLE_ENDIAN,
    VERIFICATION,
)

IMPLEMENTATION_CLASS_UID = "2.25.336139392191971362807047621882184646412"
IMPLEMENTATION_VERSION_NAME = "PARLEY_01"
DEFAULT_TRANSFER_SYNTAXES = (IMPLICIT_VR_LITTLE_ENDIAN, EXPLICIT_VR_LITTLE_ENDIAN)


@dataclass(frozen=True, slots=True)
class ProposedContext:
    """A presentation context an SCU proposes.

    Attributes:
        transfer_syntaxes: UIDs in order of preference.
        context_id: None to number automatically (1, 3, 5 …).
    """

    abstract_syntax: str
    transfer_syntaxes: tuple[str, ...] = DEFAULT_TRANSFER_SYNTAXES
    context_id: int | None = None


@dataclass(frozen=True, slots=True)
class SupportedContext:
    """An abstract syntax an SCP supports, with its transfer syntaxes in the SCP's order of preference."""

    abstract_syntax: str
    transfer_syntaxes: tuple[str, ...] = DEFAULT_TRANSFER_SYNTAXES


@dataclass(frozen=True, slots=True)
class RequestorHandle:
    """All that goes into an A-ASSOCIATE-RQ."""

    called_ae_title: str = "PARLEY_SCP"
    calling_ae_title: str = "PARLEY_SCU"
    contexts: tuple[ProposedContext, ...] = (ProposedContext(VERIFICATION),)
    maximum_length: int | None = 16384
    implementation_class_uid: str | None = IMPLEMENTATION_CLASS_UID
    implementation_version_name: str | None = IMPLEMENTATION_VERSION_NAME
    application_context: str = APPLICATION_CONTEXT
    protocol_version: int = 1


class TransferSyntaxChoice(Enum):
    """Which of several common transfer syntaxes an acceptor answers with."""

    FIRST_PROPOSED = "first-proposed"
    FIRST_PREFERRED = "first-preferred"


class NoContext(Enum):
    """What an acceptor does when it can accept no presentation context at all."""

    ACCEPT = "accept"
    REJECT = "reject"
    ABORT = "abort"


@dataclass(frozen=True, slots=True)
class Rejection:
    """The three numbers of an A-ASSOCIATE-RJ (PS3.8 Table 9-21), written R/S/D like ``1/1/7``."""

    result: int
    source: int
    reason: int

    def __str__(self) -> str:
        return f"{self.result}/{self.source}/{self.reason}"

    @classmethod
    def parse(cls, text: str) -> Rejection:
        """Read ``1/1/7``.

        Raises:
            ValueError: when it is not three numbers from 0 to 255 with slashes between.
        """
        parts = text.split("/")
        if len(parts) != 3 or not all(part.strip().isdecimal() and int(part) <= 255 for part in parts):
            raise ValueError(f"{text!r} is not result/source/reason, three numbers from 0 to 255 such as 1/1/7")
        return cls(*map(int, parts))


@dataclass(frozen=True, slots=True)
class AcceptorHandle:
    """All that an A-ASSOCIATE-AC says of the acceptor, and what it supports."""

    ae_title: str = "PARLEY_SCP"
    contexts: tuple[SupportedContext, ...] = (SupportedContext(VERIFICATION),)
    maximum_length: int | None = 16384
    implementation_class_uid: str | None = IMPLEMENTATION_CLASS_UID
    implementation_version_name: str | None = IMPLEMENTATION_VERSION_NAME
    application_context: str = APPLICATION_CONTEXT
    protocol_version: int = 1


@dataclass(frozen=True, slots=True)
class AcceptanceRules:
    """How an acceptor decides.

    Attributes:
        reject_all: when set, every request is rejected with these codes and the rest does not matter.
        check_called: reject 1/1/7 unless the called AE title is the handle's own.
        calling_ae_titles: reject 1/1/3 unless the calling AE title is one of these; empty admits every one.
        choice: which common transfer syntax is answered.
        no_context: what happens when no context can be accepted.
    """

    reject_all: Rejection | None = None
    check_called: bool = False
    calling_ae_titles: tuple[str, ...] = ()
    choice: TransferSyntaxChoice = TransferSyntaxChoice.FIRST_PROPOSED
    no_context: NoContext = NoContext.ACCEPT
