"""The folded section of the rules by which an acceptor decides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from parley.model.handle import AcceptanceRules, NoContext, TransferSyntaxChoice
from parley.ui.kit.fields import Field
from parley.ui.kit.part_section import PartSection

_CHOICES: list[tuple[str, object]] = [
    ("The first one the peer proposed", TransferSyntaxChoice.FIRST_PROPOSED),
    ("The first one in this side's order", TransferSyntaxChoice.FIRST_PREFERRED),
]
_NO_CONTEXT: list[tuple[str, object]] = [
    ("Accept the association all the same", NoContext.ACCEPT),
    ("Reject it (1/1/1)", NoContext.REJECT),
    ("Abort it", NoContext.ABORT),
]


class RulesSection(PartSection):
    """Edits the part of `AcceptanceRules` that is about whom to accept, and which transfer syntax to answer."""

    field_names = (
        "check_called",
        "called_ae_titles",
        "calling_ae_titles",
        "peer_addresses",
        "check_application_context",
        "choice",
        "no_context",
    )

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        tip = "Whom to accept, which transfer syntax to choose, what to do when nothing fits"
        super().__init__("Acceptance rules", f"{prefix}.rules", tip, AcceptanceRules())

    def _make_fields(self) -> dict[str, Field[Any]]:
        from parley.ui.kit.pieces import CheckField, ChoiceEdit, LinesEdit

        prefix = self._prefix
        return {
            "check_called": CheckField(
                "Reject (1/1/7) unless the called AE title is this one",
                f"{prefix}.check_called",
                "Many devices insist on their own title; off answers to every name",
            ),
            "called_ae_titles": Field(
                "… or one of these called AE titles, one a line",
                LinesEdit("No other"),
                f"{prefix}.called_ae_titles",
                "What else this side may be called; * stands for any characters, ? for any one",
            ),
            "calling_ae_titles": Field(
                "Accept only these calling AE titles, one a line",
                LinesEdit("Everybody"),
                f"{prefix}.calling_ae_titles",
                "Any other is rejected with 1/1/3; empty admits everybody; * stands for any characters, ? for any one",
            ),
            "peer_addresses": Field(
                "Accept only from these addresses, one a line",
                LinesEdit("Everywhere"),
                f"{prefix}.peer_addresses",
                "Addresses, or networks such as 192.0.2.0/24; any other is rejected with 1/1/1",
            ),
            "check_application_context": CheckField(
                "Reject (1/1/2) unless the application context is DICOM's",
                f"{prefix}.check_application_context",
                "DICOM has exactly one, 1.2.840.10008.3.1.1.1",
            ),
            "choice": Field(
                "Of several common transfer syntaxes, answer",
                ChoiceEdit(_CHOICES),
                f"{prefix}.choice",
                "The standard leaves the choice to the acceptor",
            ),
            "no_context": Field(
                "When no context can be accepted",
                ChoiceEdit(_NO_CONTEXT),
                f"{prefix}.no_context",
                "Peers differ in what they expect here",
            ),
        }

    def _words(self, values: Mapping[str, Any]) -> str:
        callers = ", ".join(values["calling_ae_titles"]) or "everybody"
        where = f" at {', '.join(values['peer_addresses'])}" if values["peer_addresses"] else ""
        called = ("own title only", "listed titles only")[bool(values["called_ae_titles"])]
        order = {TransferSyntaxChoice.FIRST_PROPOSED: "peer's order", TransferSyntaxChoice.FIRST_PREFERRED: "own order"}
        empty = {NoContext.ACCEPT: "accept", NoContext.REJECT: "reject", NoContext.ABORT: "abort"}
        parts = (
            f"from {callers}{where}",
            called if values["check_called"] else "any title",
            order[values["choice"]],
            f"no context: {empty[values['no_context']]}",
        )
        return " · ".join(parts)
