"""What an answer rule may ask about a caller."""

from __future__ import annotations

import pytest
from hypothesis import given

from parley.model.answers.caller_words import CALLER, CallerSubject
from parley.model.build import request_pdu
from parley.model.decision import Caller
from parley.model.expression import FieldKind, parse
from parley.model.handle import ProposedContext, RequestorHandle, UserIdentity
from parley.model.secret import Secret
from parley.ul.pdu import AAssociateRq
from tests.model.strategies import patient, requestor_handles

CT = "1.2.840.10008.5.1.4.1.1.2"
JPEG = "1.2.840.10008.1.2.4.50"
REQUEST = request_pdu(
    RequestorHandle(
        calling_ae_title="CT_MÜLLER",
        called_ae_title="ARCHIVE",
        contexts=(ProposedContext(CT, (JPEG,)),),
        implementation_class_uid="1.2.276.0.7230010.3.0.3.6.7",
        implementation_version_name="OFFIS_DCMTK_367",
        user_identity=UserIdentity(2, Secret(b"smith"), Secret(b"sesame")),
    )
)
CALL = Caller(REQUEST, "10.1.2.3:40000", is_secured=True, count=3, hour=23)


def matches(text: str, caller: Caller = CALL) -> bool:
    return parse(text, CALLER).matches(CallerSubject(caller))


@pytest.mark.parametrize(
    "text",
    [
        "~calling ct_mül*",
        "~called =ARCHIVE",
        "~addr 10.1.0.0/16",
        "~sop 1.2.840.10008.5.1.4.1.1.2",
        '~sop "CT Image"',
        "~sop CTImageStorage",
        "~ts jpeg",
        "~impl 1.2.276.0.7230010.*",
        "~impl dcmtk",
        "~version OFFIS*",
        "~user smith",
        "~tls",
        "~count 3",
        "~hour 18..7",
        "müller archive offis 10.1.2.3 smith",
        '"ct image"',
    ],
)
def test_every_field_is_known(text: str) -> None:
    assert matches(text)
    assert not matches(f"!({text})")


@pytest.mark.parametrize("text", ["~user *", "~impl *", "~version *", "~sop *", "~ts *", "~tls", "smith"])
def test_what_a_caller_does_not_say_matches_nothing(text: str) -> None:
    assert not matches(text, Caller(AAssociateRq("", "", ()), ""))


def test_what_many_rules_ask_for_is_worked_out_once() -> None:
    """A request may have a hundred thousand contexts, and a side any number of rules."""
    subject = CallerSubject(CALL)
    for field in CALLER:
        assert subject.values(field.name) is subject.values(field.name)


def test_a_secret_is_never_looked_at() -> None:
    ticket = RequestorHandle(user_identity=UserIdentity(3, Secret(b"sesame")))
    for request in (REQUEST, request_pdu(ticket)):
        assert not matches("sesame", Caller(request, ""))
        assert not matches("~user *sesame*", Caller(request, ""))


def test_every_field_has_a_tip_that_shows_it() -> None:
    assert len({field.name for field in CALLER}) == len(CALLER)
    for field in CALLER:
        assert field.kind is FieldKind.FLAG or f"~{field.name} " in field.tip


@patient
@given(requestor_handles)
def test_whoever_calls_is_looked_at_without_trouble(handle: RequestorHandle) -> None:
    subject = CallerSubject(Caller(request_pdu(handle), "?"))
    for field in CALLER:
        assert isinstance(subject.values(field.name), tuple)
    assert subject.haystack == subject.haystack.casefold()
