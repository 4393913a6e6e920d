"""A line about a PDU of very many items names as many as an honest one could have, and says how many it left out."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from parley.capture.jsonl import to_json
from parley.capture.record import MOST_LISTED
from parley.model.event import EventKind
from parley.model.registry import implementation_name
from parley.ul.pdu import PDataTf, Pdv, PresentationContextAc, PresentationContextRq, RoleSelection, UserInformation
from tests.harness.events import event_of
from tests.harness.samples import AC, RQ


def told(pdu):
    return json.loads(to_json(event_of(EventKind.PDU_RECEIVED, pdu=pdu)))["pdu"]


MANY = MOST_LISTED + 7
CONTEXTS = tuple(PresentationContextRq.of(number % 256, "1.2", ("1.2",)) for number in range(MANY))
ANSWERS = tuple(PresentationContextAc.of(number % 256, 0, "1.2") for number in range(MANY))
ROLES = (UserInformation(tuple(RoleSelection(f"1.{number}", 1, 1) for number in range(MANY))),)


@pytest.mark.parametrize(
    ("pdu", "key"),
    [
        (replace(RQ, items=CONTEXTS), "presentation_contexts"),
        (replace(AC, items=ANSWERS), "presentation_contexts"),
        (replace(RQ, items=ROLES), "other_user_information"),
        (PDataTf((Pdv(1, 2, b"ab"),) * MANY), "pdvs"),
    ],
    ids=["proposed", "answered", "roles", "PDVs"],
)
def test_what_is_left_out_of_a_list_is_counted(pdu, key):
    record = told(pdu)
    assert len(record[key]) == MOST_LISTED
    assert record["not_listed"] == {key: 7}


def test_all_of_a_legal_request_is_listed():
    syntaxes = tuple(f"1.2.840.10008.1.2.4.{number}" for number in range(63))
    contexts = tuple(PresentationContextRq.of(2 * number + 1, f"1.2.{number}", syntaxes) for number in range(128))
    record = told(replace(RQ, items=contexts))
    assert "not_listed" not in record
    assert [context["id"] for context in record["presentation_contexts"]] == list(range(1, 256, 2))
    for context in record["presentation_contexts"]:
        assert [each["uid"] for each in context["transfer_syntaxes"]] == list(syntaxes)


def test_text_that_looks_like_json_stays_text():
    odd = '1","x":"\u00e9\\'
    context = PresentationContextRq.of(1, odd, (odd,))
    (record,) = told(replace(RQ, items=(context,)))["presentation_contexts"]
    assert record["abstract_syntax"]["uid"] == odd
    assert record["transfer_syntaxes"][0]["uid"] == odd


def test_an_implementation_of_very_many_components_is_nobodys():
    assert implementation_name(".".join(["1"] * 30_000)) == ""
