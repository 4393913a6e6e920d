"""The list of what the editors check, line by line: each is an error or a warning with its field and a remedy.

That every other value passes is `test_validation`'s business, and `tests/ul/test_conformance`'s.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from parley.model.handle import (
    AcceptorHandle,
    AsynchronousOperations,
    ForcedAnswer,
    ProposedContext,
    RawSubItem,
    RequestorHandle,
    RoleProposal,
    UserIdentity,
)
from parley.model.problems.validation import check_acceptor, check_requestor
from parley.model.profile import AcceptorSide, RequestorSide
from parley.model.secret import Secret
from parley.model.tls import Tls
from parley.ul.codes import (
    APPLICATION_CONTEXT,
    EXPLICIT_VR_LITTLE_ENDIAN,
    IMPLICIT_VR_LITTLE_ENDIAN,
    VERIFICATION,
)
from parley.ul.conformance import check_accept
from parley.ul.errors import Severity
from parley.ul.pdu import (
    AAssociateAc,
    AAssociateRq,
    ApplicationContext,
    AsynchronousOperationsWindow,
    ImplementationClassUid,
    MaximumLength,
    PresentationContextAc,
    PresentationContextRq,
    RoleSelection,
    SopClassExtendedNegotiation,
    TransferSyntax,
    UserIdentityAc,
    UserInformation,
    UserInformationSubItem,
)

E, W = Severity.ERROR, Severity.WARNING
CT = "1.2.840.10008.5.1.4.1.1.2"
JPEG = "1.2.840.10008.1.2.4.50"
DEFLATED = "1.2.840.10008.1.2.1.99"
BIG_ENDIAN = "1.2.840.10008.1.2.2"
ME = Secret.of("me")
TITLES = ("called_ae_title", "calling_ae_title")
SYNTAXES = "contexts[0].transfer_syntaxes"


def proposing(*syntaxes: str, uid: str = VERIFICATION, number: int | None = None) -> dict[str, object]:
    return {"contexts": (ProposedContext(uid, syntaxes, number),)}


def many(count: int) -> dict[str, object]:
    return {"contexts": tuple(ProposedContext(f"1.2.{number}") for number in range(count))}


def identity(kind: int, secondary: str = "") -> dict[str, object]:
    return {"user_identity": UserIdentity(kind, ME, Secret.of(secondary))}


REQUESTS = {
    "AE empty": [({field: ""}, E, field) for field in TITLES],
    "AE all spaces": [({field: " " * 16}, E, field) for field in TITLES],
    "AE > 16": [({field: "X" * 17}, E, field) for field in TITLES],
    "AE non-ASCII": [({field: "MÜNCHEN"}, E, field) for field in TITLES],
    "AE control": [({field: "A\tB"}, E, field) for field in TITLES],
    "AE backslash": [({field: "A\\B"}, E, field) for field in TITLES],
    "AE leading space": [({field: " A"}, W, field) for field in TITLES],
    "AE trailing space": [({field: "A "}, W, field) for field in TITLES],
    "AE lower-case": [({field: "Pacs"}, W, field) for field in TITLES],
    "calling = called": [({"calling_ae_title": "PARLEY_SCP"}, W, "calling_ae_title")],
    "no context": [({"contexts": ()}, E, "contexts")],
    "> 128 contexts": [(many(129), E, "contexts")],
    "id even": [(proposing(IMPLICIT_VR_LITTLE_ENDIAN, number=2), E, "contexts[0].context_id")],
    "id 0": [(proposing(IMPLICIT_VR_LITTLE_ENDIAN, number=0), E, "contexts[0].context_id")],
    "id dup": [({"contexts": (ProposedContext(CT, context_id=3),) * 2}, E, "contexts[1].context_id")],
    "context without TS": [(proposing(), E, SYNTAXES)],
    "duplicate TS": [(proposing(*(IMPLICIT_VR_LITTLE_ENDIAN,) * 2), W, SYNTAXES)],
    "UID > 64": [(proposing(IMPLICIT_VR_LITTLE_ENDIAN, uid="1." * 32 + "1"), E, "contexts[0].abstract_syntax")],
    "UID bad char": [(proposing(IMPLICIT_VR_LITTLE_ENDIAN, "1.2.x"), E, SYNTAXES)],
    "UID leading zero": [({"implementation_class_uid": "1.02"}, E, "implementation_class_uid")],
    "UID trailing dot": [({"application_context": f"{APPLICATION_CONTEXT}."}, E, "application_context")],
    "UID trailing NUL": [(proposing(IMPLICIT_VR_LITTLE_ENDIAN, uid="1.2\0"), E, "contexts[0].abstract_syntax")],
    "no Implicit VR LE": [(proposing(EXPLICIT_VR_LITTLE_ENDIAN), W, SYNTAXES)],
    "compressed and uncompressed mixed": [(proposing(IMPLICIT_VR_LITTLE_ENDIAN, JPEG), W, SYNTAXES)],
    "deflated": [(proposing(IMPLICIT_VR_LITTLE_ENDIAN, DEFLATED), W, SYNTAXES)],
    "big-endian": [(proposing(IMPLICIT_VR_LITTLE_ENDIAN, BIG_ENDIAN), W, SYNTAXES)],
    "max length 1..6": [({"maximum_length": length}, E, "maximum_length") for length in (1, 6)],
    "max length 7..4095": [({"maximum_length": length}, W, "maximum_length") for length in (7, 10, 4095)],
    "max length 0": [({"maximum_length": 0}, W, "maximum_length")],
    "max length > 131072": [({"maximum_length": length}, W, "maximum_length") for length in (131073, 2**32 - 1)],
    "no 51H": [({"maximum_length": None}, W, "maximum_length")],
    "no 52H": [({"implementation_class_uid": None}, W, "implementation_class_uid")],
    "version name empty": [({"implementation_version_name": ""}, E, "implementation_version_name")],
    "version name > 16": [({"implementation_version_name": "X" * 17}, E, "implementation_version_name")],
    "async present": [({"asynchronous_operations": AsynchronousOperations()}, W, "asynchronous_operations")],
    "async not 1/1": [({"asynchronous_operations": AsynchronousOperations(5, 0)}, W, "asynchronous_operations")],
    "role item for a class not proposed": [({"roles": (RoleProposal(CT),)}, W, "roles[0].sop_class_uid")],
    "role 0/0": [({"roles": (RoleProposal(VERIFICATION, 0, 0),)}, W, "roles[0]")],
    "type 2 without passcode": [(identity(2), E, "user_identity.secondary")],
    "secondary with another type": [(identity(kind, "x"), W, "user_identity.secondary") for kind in (1, 3, 4, 5)],
}
"""By the list's own words: fields of a request's handle, and what is said of which field."""


@pytest.mark.parametrize("line", REQUESTS)
def test_of_a_request(line: str) -> None:
    for changes, severity, field in REQUESTS[line]:
        side = RequestorSide(handle=replace(RequestorHandle(), **changes), tls=Tls())
        (problem,) = [problem for problem in check_requestor(side) if problem.field == field]
        assert (problem.severity, bool(problem.text), bool(problem.remedy)) == (severity, True, True)


def test_identity_without_tls() -> None:
    side = RequestorSide(handle=RequestorHandle(user_identity=UserIdentity(1, ME)))
    (problem,) = check_requestor(side)
    assert (problem.severity, problem.field, problem.remedy) == (W, "user_identity", "Use TLS.")
    assert check_requestor(replace(side, tls=Tls())) == ()


# --- an acceptance, as it is typed and as it answers a request --------------------------------------------------------

ANSWERS = {
    "57H in an AC": (RawSubItem(0x57, b"\0\1\x31\0\1\x31\0\0"), E, "raw_sub_items[0]"),
    "58H in an AC": (RawSubItem(0x58, b"\1\0\0\1m\0\0"), E, "raw_sub_items[0]"),
    "53H without partner": (RawSubItem(0x53, b"\0\1\0\1"), W, "raw_sub_items[0]"),
    "54H without partner": (RawSubItem(0x54, b"\0\1\x31\1\1"), W, "raw_sub_items[0]"),
    "56H without partner": (RawSubItem(0x56, b"\0\1\x31"), W, "raw_sub_items[0]"),
    "59H without partner": (RawSubItem(0x59, b"\0\0"), W, "raw_sub_items[0]"),
    "missing context id": (ForcedAnswer(CT, None), E, "forced_answers[0].result"),
    "extra context id": (ForcedAnswer("", 0, context_id=9), W, "forced_answers[0].context_id"),
    "TS not proposed": (ForcedAnswer(CT, 0, (JPEG,)), W, "forced_answers[0].transfer_syntaxes"),
    "> 1 TS": (ForcedAnswer(CT, 0, (JPEG, DEFLATED)), E, "forced_answers[0].transfer_syntaxes"),
    "result > 4": (ForcedAnswer(CT, 7), E, "forced_answers[0].result"),
}
"""What a handle may be made to say; where only the request can tell, typing it gets a warning, the answer an error."""


@pytest.mark.parametrize("line", ANSWERS)
def test_of_an_answer_while_it_is_typed(line: str) -> None:
    forced, severity, field = ANSWERS[line]
    name = "forced_answers" if isinstance(forced, ForcedAnswer) else "raw_sub_items"
    side = AcceptorSide(handle=replace(AcceptorHandle(), **{name: (forced,)}))
    problems = [problem for problem in check_acceptor(side) if problem.field == field]
    assert severity in {problem.severity for problem in problems}
    assert all(problem.text and problem.remedy for problem in problems)


def information(*items: UserInformationSubItem) -> UserInformation:
    return UserInformation((MaximumLength(16384), ImplementationClassUid("1.2.3"), *items))


def answered(number: int, result: int, *syntaxes: str) -> PresentationContextAc:
    return PresentationContextAc(number, result, tuple(map(TransferSyntax, syntaxes)))


NAME = ApplicationContext(APPLICATION_CONTEXT)
ASKED = PresentationContextRq.of(1, CT, (IMPLICIT_VR_LITTLE_ENDIAN,))
GIVEN = answered(1, 0, IMPLICIT_VR_LITTLE_ENDIAN)

AGAINST_A_REQUEST = {
    "missing context id": ((), (), (answered(3, 3, JPEG),), "items"),
    "extra context id": ((), (), (GIVEN, answered(9, 3, JPEG)), "items[2].context_id"),
    "TS not proposed": ((), (), (answered(1, 0, JPEG),), "items[1].sub_items"),
    "> 1 TS": ((), (), (answered(1, 0, IMPLICIT_VR_LITTLE_ENDIAN, JPEG),), "items[1].sub_items"),
    "result > 4": ((), (), (answered(1, 7, JPEG),), "items[1].result"),
    "53H without partner": ((), (AsynchronousOperationsWindow(1, 1),), (GIVEN,), "items[2].sub_items[2]"),
    "54H without partner": ((), (RoleSelection(CT, 1, 1),), (GIVEN,), "items[2].sub_items[2]"),
    "56H without partner": ((), (SopClassExtendedNegotiation(CT, b""),), (GIVEN,), "items[2].sub_items[2]"),
    "59H without partner": ((), (UserIdentityAc(b""),), (GIVEN,), "items[2].sub_items[2]"),
    "role 1 where RQ had 0": (
        (RoleSelection(CT, 1, 0),), (RoleSelection(CT, 1, 1),), (GIVEN,), "items[2].sub_items[2].scp",
    ),
}  # fmt: skip


def errors(asked: Iterable[UserInformationSubItem], said: Iterable[UserInformationSubItem], contexts: Iterable[object]):
    rq = AAssociateRq("SCP", "SCU", (NAME, ASKED, information(*asked)))
    ac = AAssociateAc("SCP", "SCU", (NAME, *contexts, information(*said)))
    return [finding for finding in check_accept(rq, ac) if finding.severity is E]


@pytest.mark.parametrize("line", AGAINST_A_REQUEST)
def test_of_an_answer_to_its_request(line: str) -> None:
    asked, said, contexts, field = AGAINST_A_REQUEST[line]
    found = [finding for finding in errors(asked, said, contexts) if finding.field == field]
    assert found
    assert all(finding.text and finding.remedy for finding in found)


def test_a_fitting_answer_has_none() -> None:
    role = RoleSelection(CT, 1, 1)
    assert errors((role,), (role,), (GIVEN,)) == []
