"""The folded sections of what both ends may negotiate beside presentation contexts, for the SCU and for the SCP."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from parley.model.handle import (
    AcceptanceRules,
    AcceptorHandle,
    AsynchronousOperations,
    CommonExtendedNegotiation,
    ExtendedNegotiation,
    ForcedAnswer,
    RawSubItem,
    RequestorHandle,
    RolePolicy,
    RoleProposal,
)
from parley.ui.kit.fields import Field
from parley.ui.kit.part_section import PartSection

if TYPE_CHECKING:
    from parley.ui.kit.items_editor import ItemsField

_STORAGE_SERVICE = "1.2.840.10008.4.2"
_POLICIES: list[tuple[str, object]] = [
    ("Do not answer: the peer is SCU only", RolePolicy.NONE),
    ("Answer with the default role, SCU", RolePolicy.DISABLED),
    ("Grant what is proposed for supported SOP classes", RolePolicy.ENABLED),
    ("Grant what is proposed, whatever it is", RolePolicy.AS_PROPOSED),
]
_POLICY_WORDS = {
    RolePolicy.DISABLED: "default roles",
    RolePolicy.ENABLED: "roles of supported classes",
    RolePolicy.AS_PROPOSED: "roles as proposed",
}


class ProposalSection(PartSection):
    """What an SCU proposes: operations window, roles, extended negotiations, and sub-items by their bytes."""

    field_names = (
        "asynchronous_operations",
        "roles",
        "extended_negotiation",
        "common_extended_negotiation",
        "raw_sub_items",
    )

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        tip = "Asynchronous operations, roles, extended negotiation, and any other sub-item of the user information"
        super().__init__("Negotiation", f"{prefix}.negotiation", tip, RequestorHandle())

    def _words(self, values: Mapping[str, Any]) -> str:
        return _summary(values)

    def _make_fields(self) -> dict[str, Field[Any]]:
        prefix = self._prefix
        return {
            "asynchronous_operations": operations_field(
                prefix, "Operations that this side wants to invoke at a time", "Operations that it can perform"
            ),
            "roles": roles_field(prefix, "Role selection", "proposed"),
            "extended_negotiation": extended_field(prefix),
            "common_extended_negotiation": common_extended_field(prefix),
            "raw_sub_items": raw_field(prefix),
        }


class AnswerSection(PartSection):
    """What an SCP answers: contexts by force, operations window, roles, extended negotiations, and bytes.

    The role policy is among the rules, all else in the handle.
    """

    field_names: tuple[str, ...] = (
        "forced_answers",
        "asynchronous_operations",
        "role_policy",
        "roles",
        "extended_negotiation",
        "raw_sub_items",
    )

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        tip = "Results by force, asynchronous operations, roles, extended negotiation, and any other sub-item"
        super().__init__("Negotiation", f"{prefix}.negotiation", tip, AcceptorHandle(), AcceptanceRules())

    def _words(self, values: Mapping[str, Any]) -> str:
        return _summary(values)

    def _make_fields(self) -> dict[str, Field[Any]]:
        prefix = self._prefix
        return {
            "forced_answers": forced_field(prefix),
            "asynchronous_operations": operations_field(
                prefix, "The most that the peer may invoke at a time", "The most that this side invokes"
            ),
            "role_policy": policy_field(prefix),
            "roles": roles_field(prefix, "Roles granted, by SOP class", "granted"),
            "extended_negotiation": extended_field(prefix),
            "raw_sub_items": raw_field(prefix),
        }


def _summary(values: Mapping[str, Any]) -> str:
    parts = []
    if forced := values.get("forced_answers"):
        parts.append(f"{len(forced)} by force")
    if policy := _POLICY_WORDS.get(values.get("role_policy", RolePolicy.NONE)):
        parts.append(policy)
    if (window := values["asynchronous_operations"]) is not None:
        parts.append(f"operations {window.invoked or 'any'}/{window.performed or 'any'}")
    for name, one, several in (
        ("roles", "role", "roles"),
        ("extended_negotiation", "extended", "extended"),
        ("common_extended_negotiation", "common extended", "common extended"),
        ("raw_sub_items", "raw sub-item", "raw sub-items"),
    ):
        if count := len(values.get(name, ())):
            parts.append(f"{count} {one if count == 1 else several}")
    return " · ".join(parts) or "none"


# --- the fields ------------------------------------------------------------------------------------------------------


def operations_field(prefix: str, invoked: str, performed: str) -> Field[Any]:
    """Sub-item 53H, or none."""
    from parley.ui.kit.pieces import OperationsEdit, SwitchedField

    name = f"{prefix}.asynchronous_operations"
    tip = "Sub-item 53H; without it, one operation at a time each way"
    editor = OperationsEdit(name, invoked, performed)
    return SwitchedField("Asynchronous operations window", editor, name, tip, "send", AsynchronousOperations())


def roles_field(prefix: str, label: str, verb: str) -> ItemsField:
    """Sub-items 54H."""
    from parley.ui.kit.cells import CodeCell, UidCell
    from parley.ui.kit.items_editor import ItemsEditor, ItemsField

    words = ((1, verb), (0, f"not {verb}"))
    columns = (
        UidCell("sop_class_uid", "SOP class", "By name or UID", 3),
        CodeCell("scu", "SCU", "Whether the requestor is an SCU: 1 or 0", 1, words),
        CodeCell("scp", "SCP", "Whether the requestor is an SCP: 1 or 0", 1, words),
    )
    editor = ItemsEditor(columns, RoleProposal, f"{prefix}.roles", label)
    return ItemsField(label, editor, "Sub-items 54H: which role the requestor has; without them it is SCU only")


def policy_field(prefix: str) -> Field[Any]:
    """The rule for all other role selections."""
    from parley.ui.kit.pieces import ChoiceEdit

    tip = "For SOP classes that the list of granted roles says nothing about"
    return Field("To proposed roles", ChoiceEdit(_POLICIES), f"{prefix}.role_policy", tip)


def extended_field(prefix: str) -> ItemsField:
    """Sub-items 56H, with the flags of the selected one beneath."""
    from parley.ui.kit.cells import HexCell, UidCell
    from parley.ui.kit.items_editor import ItemsField
    from parley.ui.sides.service_flags import ExtendedEditor

    name, label = f"{prefix}.extended_negotiation", "SOP class extended negotiation"
    columns = (
        UidCell("sop_class_uid", "SOP class", "By name or UID", 3),
        HexCell("information", "Information", "Service class application information, in hexadecimal", 2),
    )
    editor = ExtendedEditor(columns, ExtendedNegotiation, name, label)
    return ItemsField(label, editor, "Sub-items 56H: what a service class lets both sides agree on")


def common_extended_field(prefix: str) -> ItemsField:
    """Sub-items 57H."""
    from parley.ui.kit.cells import SERVICE_CLASSES, UidCell, UidsCell
    from parley.ui.kit.items_editor import ItemsEditor, ItemsField

    name, label = f"{prefix}.common_extended_negotiation", "SOP class common extended negotiation"
    columns = (
        UidCell("sop_class_uid", "SOP class", "By name or UID", 3),
        UidCell(
            "service_class_uid", "Service class", "By name or UID; storage is 1.2.840.10008.4.2", 2, SERVICE_CLASSES
        ),
        UidsCell("related_general_sop_class_uids", "Related general classes", "Names or UIDs, with semicolons", 3),
    )
    editor = ItemsEditor(columns, partial(CommonExtendedNegotiation, service_class_uid=_STORAGE_SERVICE), name, label)
    return ItemsField(label, editor, "Sub-items 57H: what kind of SOP class one is, for an SCP that does not know it")


def raw_field(prefix: str) -> ItemsField:
    """Sub-items of any type."""
    from parley.ui.kit.cells import HexCell, TypeCell
    from parley.ui.kit.items_editor import ItemsEditor, ItemsField

    name, label = f"{prefix}.raw_sub_items", "Raw sub-items"
    columns = (
        TypeCell("item_type", "Type", "One byte in hexadecimal, such as 5A", 1),
        HexCell("data", "Bytes", "What stands behind the item's length, in hexadecimal", 4),
    )
    editor = ItemsEditor(columns, partial(RawSubItem, 0x5A), name, label)
    return ItemsField(label, editor, "Any user information sub-item by type and bytes; they go out last, in this order")


def forced_field(prefix: str) -> ItemsField:
    """Answers to contexts, whatever is supported."""
    from parley.model import registry
    from parley.ui.kit.cells import CodeCell, NumberCell, UidCell, UidsCell
    from parley.ui.kit.items_editor import ItemsEditor, ItemsField

    name, label = f"{prefix}.forced_answers", "Answers by force"
    results = (
        (0, "0 acceptance"),
        (1, "1 user rejection"),
        (2, "2 no reason (provider)"),
        (3, "3 abstract syntax not supported"),
        (4, "4 transfer syntaxes not supported"),
        (None, "no answer at all"),
    )
    columns = (
        UidCell(
            "abstract_syntax", "Abstract syntax", "By name or UID; empty for every one", 3, when_empty="(every one)"
        ),
        NumberCell("context_id", "ID", "Only this context id; empty for every one", 1, when_none="every"),
        CodeCell("result", "Result", "0 to 4, or any other number", 2, results),
        UidsCell(
            "transfer_syntaxes",
            "Transfer syntax",
            "What is answered; empty for what negotiation gives, “none” for none at all",
            3,
            registry.TRANSFER_SYNTAXES,
            "as negotiated",
        ),
    )
    editor = ItemsEditor(columns, partial(ForcedAnswer, result=3), name, label)
    return ItemsField(label, editor, "The first row that fits a context is its answer, whatever is supported")
