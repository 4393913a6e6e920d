"""What the editors say beside their fields."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.model.build import request_pdu
from parley.model.handle import (
    AcceptanceRules,
    AcceptorHandle,
    AsynchronousOperations,
    CommonExtendedNegotiation,
    ExtendedNegotiation,
    ForcedAnswer,
    IdentityCheck,
    KnownUser,
    ProposedContext,
    RawSubItem,
    Rejection,
    RequestorHandle,
    RoleProposal,
    SupportedContext,
    UserIdentity,
)
from parley.model.problems.validation import Problem, check_acceptor, check_requestor
from parley.model.profile import LOOPBACK, AcceptorSide, Profile, RequestorSide, Timers
from parley.model.secret import Secret
from parley.model.tls import Tls
from parley.ul.codes import EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN, VERIFICATION
from parley.ul.errors import Severity
from tests.model.strategies import profiles

JPEG = "1.2.840.10008.1.2.4.50"
CT = "1.2.840.10008.5.1.4.1.1.2"
E, W, N = Severity.ERROR, Severity.WARNING, Severity.NOTE


def said(problems: tuple[Problem, ...]) -> set[tuple[Severity, str]]:
    assert all(problem.text.endswith(".") for problem in problems)
    return {(problem.severity, problem.field) for problem in problems}


def of_request(**changes: object) -> set[tuple[Severity, str]]:
    return said(check_requestor(RequestorSide(handle=replace(RequestorHandle(), **changes))))


def of_context(*syntaxes: str, abstract_syntax: str = VERIFICATION, context_id: int | None = None) -> set[object]:
    return of_request(contexts=(ProposedContext(abstract_syntax, syntaxes, context_id),))


def of_answer(**changes: object) -> set[tuple[Severity, str]]:
    return said(check_acceptor(AcceptorSide(handle=replace(AcceptorHandle(), **changes))))


def test_the_defaults_are_beyond_reproach() -> None:
    assert check_requestor(LOOPBACK.scu) == ()
    assert check_acceptor(LOOPBACK.scp) == ()


class TestConnection:
    @pytest.mark.parametrize("host", ["", "  ", "http://pacs/", "my pacs", "pacs:104", "a" * 254])
    def test_hosts_that_cannot_be(self, host: str) -> None:
        assert said(check_requestor(RequestorSide(host))) == {(E, "host")}
        assert said(check_acceptor(AcceptorSide(host))) == {(E, "host")}

    @pytest.mark.parametrize("host", ["pacs", "10.0.0.1", "::1", "fe80::1%eth0", "a" * 253])
    def test_hosts_that_can(self, host: str) -> None:
        assert check_requestor(RequestorSide(host)) == ()

    @pytest.mark.parametrize(
        ("port", "calling", "listening"),
        [
            (104, None, W),
            (0, E, N),
            (-1, E, E),
            (65536, E, E),
            (8042, W, None),
            (22, W, W),
            (65535, None, None),
        ],
    )
    def test_ports(self, port: int, calling: Severity | None, listening: Severity | None) -> None:
        assert said(check_requestor(RequestorSide(port=port))) == ({(calling, "port")} if calling else set())
        assert said(check_acceptor(AcceptorSide(port=port))) == ({(listening, "port")} if listening else set())

    def test_listening_to_everybody_is_worth_a_note(self) -> None:
        assert said(check_acceptor(AcceptorSide("0.0.0.0"))) == {(N, "host")}

    @pytest.mark.parametrize("timer", [field.name for field in fields(Timers)])
    @pytest.mark.parametrize("seconds", [0.0, -1.0, float("nan"), float("inf")])
    def test_timers_are_positive_or_off(self, timer: str, seconds: float) -> None:
        assert said(check_requestor(RequestorSide(timers=Timers(**{timer: seconds})))) == {(E, f"timers.{timer}")}
        assert said(check_acceptor(AcceptorSide(timers=Timers(**{timer: seconds})))) == {(E, f"timers.{timer}")}
        assert check_requestor(RequestorSide(timers=Timers(**{timer: None}))) == ()

    def test_an_association_limit_below_one(self) -> None:
        assert said(check_acceptor(AcceptorSide(maximum_associations=0))) == {(E, "maximum_associations")}


class TestRequest:
    @pytest.mark.parametrize("field", ["called_ae_title", "calling_ae_title"])
    @pytest.mark.parametrize(
        ("title", "severity"),
        [
            ("", E),
            (" " * 16, E),
            ("SEVENTEEN_LETTERS", E),
            ("MÜNCHEN", E),
            ("A\\B", E),
            ("A\n", E),
            (" A", W),
            ("lower", W),
        ],
    )
    def test_titles(self, field: str, title: str, severity: Severity) -> None:
        assert of_request(**{field: title}) == {(severity, field)}

    def test_calling_oneself(self) -> None:
        assert of_request(calling_ae_title="PARLEY_SCP") == {(W, "calling_ae_title")}

    def test_no_context_and_too_many(self) -> None:
        many = tuple(ProposedContext(f"1.2.{number}") for number in range(129))
        assert of_request(contexts=()) == {(E, "contexts")}
        assert (E, "contexts") in of_request(contexts=many)
        assert of_request(contexts=many[:128]) == set()

    def test_ids_as_typed(self) -> None:
        for number in (0, 2, 256, 300, 999, -1):
            assert of_context(IMPLICIT_VR_LITTLE_ENDIAN, context_id=number) == {(E, "contexts[0].context_id")}
        twice = (ProposedContext(VERIFICATION, context_id=3), ProposedContext(CT, context_id=3))
        assert of_request(contexts=twice) == {(E, "contexts[1].context_id")}

    @pytest.mark.parametrize("uid", ["", "1.02", "1.2.", "1.2.x", "1.2\0", "1." * 40 + "1"])
    def test_uids(self, uid: str) -> None:
        assert of_context(IMPLICIT_VR_LITTLE_ENDIAN, abstract_syntax=uid) == {(E, "contexts[0].abstract_syntax")}
        assert of_context(IMPLICIT_VR_LITTLE_ENDIAN, uid) == {(E, "contexts[0].transfer_syntaxes")}
        assert of_request(implementation_class_uid=uid) == {(E, "implementation_class_uid")}
        assert of_request(application_context=uid) == {(E, "application_context")}

    @pytest.mark.parametrize(
        ("syntaxes", "severity"),
        [
            ((), E),
            ((IMPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN), W),
            ((EXPLICIT_VR_LITTLE_ENDIAN,), W),
            ((IMPLICIT_VR_LITTLE_ENDIAN, JPEG), W),
        ],
    )
    def test_transfer_syntaxes(self, syntaxes: tuple[str, ...], severity: Severity) -> None:
        assert of_context(*syntaxes) == {(severity, "contexts[0].transfer_syntaxes")}

    def test_more_transfer_syntaxes_than_an_item_holds(self) -> None:
        problems = check_requestor(
            RequestorSide(handle=RequestorHandle(contexts=(ProposedContext(VERIFICATION, ("1.2.3",) * 9000),)))
        )
        assert any("Only the first 7278 of 9000" in problem.text for problem in problems)

    @pytest.mark.parametrize(
        ("length", "severity"),
        [
            (None, W),
            (-1, E),
            (0, W),
            (1, E),
            (6, E),
            (7, W),
            (4095, W),
            (4096, None),
            (131072, None),
            (131073, W),
            (2**32, E),
        ],
    )
    def test_maximum_length(self, length: int | None, severity: Severity | None) -> None:
        expected = {(severity, "maximum_length")} if severity else set()
        assert of_request(maximum_length=length) == expected
        assert of_answer(maximum_length=length) == expected

    def test_what_is_required_and_off(self) -> None:
        assert of_request(implementation_class_uid=None) == {(W, "implementation_class_uid")}
        assert of_request(maximum_length=None, implementation_class_uid=None) == {
            (W, "maximum_length"),
            (W, "implementation_class_uid"),
        }
        assert of_request(implementation_version_name=None) == set()

    @pytest.mark.parametrize("name", ["", "SEVENTEEN_LETTERS", "Ä"])
    def test_version_names(self, name: str) -> None:
        assert of_request(implementation_version_name=name) == {(E, "implementation_version_name")}

    @pytest.mark.parametrize(("version", "severity"), [(0, E), (2, E), (3, W), (-1, E), (65537, E)])
    def test_protocol_versions(self, version: int, severity: Severity) -> None:
        assert of_request(protocol_version=version) == {(severity, "protocol_version")}

    def test_a_number_that_does_not_fit_is_told_once(self) -> None:
        for changes in ({"maximum_length": -1}, {"maximum_length": 2**32}, {"protocol_version": 65536}):
            (problem,) = check_requestor(RequestorSide(handle=replace(RequestorHandle(), **changes)))
            assert "does not fit into its field" in problem.text


class TestAnswer:
    @pytest.mark.parametrize("title", ["", "SEVENTEEN_LETTERS", "MÜNCHEN"])
    def test_titles(self, title: str) -> None:
        assert of_answer(ae_title=title) == {(E, "ae_title")}
        side = AcceptorSide(rules=AcceptanceRules(calling_ae_titles=("GOOD", title)))
        assert said(check_acceptor(side)) == {(E, "calling_ae_titles")}

    def test_identity(self) -> None:
        assert of_answer(implementation_class_uid=None, application_context="1.2") == {
            (W, "implementation_class_uid"),
            (E, "application_context"),
        }

    def test_contexts(self) -> None:
        assert of_answer(contexts=()) == {(W, "contexts")}
        assert of_answer(contexts=(SupportedContext("x"),)) == {(E, "contexts[0].abstract_syntax")}
        assert of_answer(contexts=(SupportedContext(CT), SupportedContext(CT))) == {
            (W, "storage.mode"),
            (W, "contexts[0].abstract_syntax"),
            (W, "contexts[1].abstract_syntax"),
        }
        assert of_answer(contexts=(SupportedContext(CT, ()),)) == {(W, "contexts[0].transfer_syntaxes")}
        assert of_answer(contexts=(SupportedContext(CT, ("1.",)),)) == {
            (W, "storage.mode"),
            (E, "contexts[0].transfer_syntaxes"),
        }

    def test_supporting_much_is_no_problem(self) -> None:
        """An acceptor may support more than one association can propose, compressed and not, without the default."""
        contexts = tuple(SupportedContext(f"1.2.{number}", (EXPLICIT_VR_LITTLE_ENDIAN, JPEG)) for number in range(200))
        assert of_answer(contexts=contexts) == set()

    @pytest.mark.parametrize(
        ("codes", "severity"), [("1/1/7", None), ("2/3/2", None), ("1/1/8", W), ("3/1/1", W), ("1/4/1", W)]
    )
    def test_rejection_codes(self, codes: str, severity: Severity | None) -> None:
        side = AcceptorSide(rules=AcceptanceRules(reject_all=Rejection.parse(codes)))
        assert said(check_acceptor(side)) == ({(severity, "reject_all")} if severity else set())

    def test_rejection_codes_that_do_not_fit(self) -> None:
        side = AcceptorSide(rules=AcceptanceRules(reject_all=Rejection(1, 256, -1)))
        assert said(check_acceptor(side)) == {(E, "reject_all")}


# --- the whole handle ------------------------------------------------------------------------------------------------

IDENTITY = UserIdentity(2, Secret.of("me"), Secret.of("open-sesame"))
RQ_ONLY = (RawSubItem(0x57, b"\0\1\x31\0\1\x31\0\0"), RawSubItem(0x58, b"\1\0\0\1m\0\0"))


def of_rules(**changes: object) -> set[tuple[Severity, str]]:
    return said(
        check_acceptor(AcceptorSide(rules=replace(AcceptanceRules(), **changes), tls=Tls(certificate_file="own.pem")))
    )


class TestUserInformation:
    @pytest.mark.parametrize(
        ("window", "severity"), [((1, 1), W), ((5, 0), W), ((-1, 1), E), ((1, 65536), E), (None, None)]
    )
    def test_asynchronous_operations(self, window: tuple[int, int] | None, severity: Severity | None) -> None:
        operations = AsynchronousOperations(*window) if window else None
        expected = {(severity, "asynchronous_operations")} if severity else set()
        assert of_request(asynchronous_operations=operations) == expected
        assert of_answer(asynchronous_operations=operations) == expected

    @pytest.mark.parametrize(
        ("role", "severity", "field"),
        [
            (RoleProposal(VERIFICATION, 0, 1), None, ""),
            (RoleProposal(CT, 1, 1), W, "[0].sop_class_uid"),
            (RoleProposal(VERIFICATION, 0, 0), W, "[0]"),
            (RoleProposal(VERIFICATION, 2, 1), E, "[0].scu"),
            (RoleProposal(VERIFICATION, 1, 256), E, "[0].scp"),
            (RoleProposal(VERIFICATION, 1, -1), E, "[0].scp"),
        ],
    )
    def test_roles(self, role: RoleProposal, severity: Severity | None, field: str) -> None:
        expected = {(severity, f"roles{field}")} if severity else set()
        assert of_request(roles=(role,)) == expected
        assert of_answer(roles=(role,)) == expected

    def test_two_items_for_one_sop_class(self) -> None:
        role, details = RoleProposal(VERIFICATION), ExtendedNegotiation(VERIFICATION)
        for of in (of_request, of_answer):
            assert of(roles=(role, role)) == {(E, "roles[1]")}
            assert of(extended_negotiation=(details, details)) == {(E, "extended_negotiation[1].sop_class_uid")}

    def test_extended_negotiation(self) -> None:
        for of in (of_request, of_answer):
            assert of(extended_negotiation=(ExtendedNegotiation(VERIFICATION, b"1"),)) == set()
            assert of(extended_negotiation=(ExtendedNegotiation(CT),)) == {(W, "extended_negotiation[0].sop_class_uid")}
            assert (E, "extended_negotiation[0].sop_class_uid") in of(extended_negotiation=(ExtendedNegotiation("x"),))
            assert of(extended_negotiation=(ExtendedNegotiation(VERIFICATION, bytes(65535)),)) == {
                (E, "extended_negotiation[0].information"),
                (E, "extended_negotiation[0]"),
            }

    @pytest.mark.parametrize(
        ("common", "fields"),
        [
            (CommonExtendedNegotiation("1.2", "1.3", ("1.4",)), []),
            (CommonExtendedNegotiation("1.", "1.3"), ["sop_class_uid"]),
            (
                CommonExtendedNegotiation("1.2", "", ("1.4", "x")),
                ["service_class_uid", "related_general_sop_class_uids"],
            ),
        ],
    )
    def test_common_extended_negotiation(self, common: CommonExtendedNegotiation, fields: list[str]) -> None:
        expected = {(E, f"common_extended_negotiation[0].{field}") for field in fields}
        assert of_request(common_extended_negotiation=(common,)) == expected

    @pytest.mark.parametrize(
        ("identity", "severity", "field"),
        [
            (IDENTITY, None, ""),
            (replace(IDENTITY, secondary=Secret(reference="kept")), None, ""),
            (replace(IDENTITY, secondary=Secret()), E, "secondary"),
            (replace(IDENTITY, identity_type=1), W, "secondary"),
            (UserIdentity(5, Secret()), W, "primary"),
            (UserIdentity(6, Secret(b"x")), E, "identity_type"),
            (UserIdentity(-1, Secret(b"x")), E, "identity_type"),
            (UserIdentity(300, Secret(b"x")), E, "identity_type"),
            (UserIdentity(1, Secret(b"x"), response_requested=2), E, "response_requested"),
            (UserIdentity(1, Secret(b"x"), response_requested=-1), E, "response_requested"),
            (UserIdentity(4, Secret(bytes(70000))), E, "primary"),
        ],
    )
    def test_user_identity(self, identity: UserIdentity, severity: Severity | None, field: str) -> None:
        problems = check_requestor(RequestorSide(handle=RequestorHandle(user_identity=identity), tls=Tls()))
        expected = {(severity, f"user_identity.{field}")} if severity else set()
        assert said(problems) - {(E, "user_identity")} == expected

    def test_an_identity_in_clear_text(self) -> None:
        handle = RequestorHandle(user_identity=IDENTITY)
        assert said(check_requestor(RequestorSide(handle=handle))) == {(W, "user_identity")}
        assert said(check_requestor(RequestorSide(handle=handle, tls=Tls()))) == set()

    @pytest.mark.parametrize(
        ("raw", "severity"),
        [
            (RawSubItem(0x5F, b"x"), W),
            (RawSubItem(0x51, b"\0\0\x40\0"), E),
            (RawSubItem(0x51, b"\0"), E),
            (RawSubItem(0x20, b""), E),
            (RawSubItem(0x53, b"\0\5\0\5"), W),
            (RawSubItem(256), E),
            (RawSubItem(0x60, bytes(70000)), E),
        ],
    )
    def test_raw_sub_items(self, raw: RawSubItem, severity: Severity) -> None:
        for of in (of_request, of_answer):
            problems = of(raw_sub_items=(raw,))
            assert {field for _, field in problems} == {"raw_sub_items[0]"}
            assert (severity, "raw_sub_items[0]") in problems

    def test_raw_sub_items_of_the_other_end(self) -> None:
        assert of_request(raw_sub_items=(RawSubItem(0x59, b"\0\0"),)) == {(E, "raw_sub_items[0]")}
        assert of_answer(raw_sub_items=RQ_ONLY) == {(E, "raw_sub_items[0]"), (E, "raw_sub_items[1]")}
        for item_type, data in ((0x53, b"\0\1\0\1"), (0x54, b"\0\1\x31\1\1"), (0x56, b"\0\1\x31"), (0x59, b"\0\0")):
            assert (W, "raw_sub_items[0]") in of_answer(raw_sub_items=(RawSubItem(item_type, data),))

    def test_more_than_the_user_information_holds(self) -> None:
        half = ExtendedNegotiation(VERIFICATION, bytes(40000)), ExtendedNegotiation(CT, bytes(40000))
        problems = check_requestor(RequestorSide(handle=RequestorHandle(extended_negotiation=half)))
        assert [problem.field for problem in problems if "no room" in problem.text] == ["extended_negotiation[1]"]
        sent = request_pdu(RequestorHandle(extended_negotiation=half)).user_information
        assert len(sent.sub_items) == 4

    @pytest.mark.parametrize(("octets", "severity"), [(b"", E), (bytes(33), E), (b"x" * 32, W), (bytes(32), None)])
    def test_reserved_fields(self, octets: bytes, severity: Severity | None) -> None:
        expected = {(severity, "reserved_43_74")} if severity else set()
        assert of_request(reserved_43_74=octets) == expected
        assert of_answer(reserved_43_74=octets) == expected
        assert of_request(reserved_9_10=b"\0\1") == of_answer(reserved_9_10=b"\0\1") == {(W, "reserved_9_10")}


class TestForcedAnswers:
    @pytest.mark.parametrize(
        ("answer", "severity", "field"),
        [
            (ForcedAnswer(CT, 1), None, ""),
            (ForcedAnswer(CT, 4, context_id=3), None, ""),
            (ForcedAnswer("x", 1), E, ".abstract_syntax"),
            (ForcedAnswer(CT, 7), E, ".result"),
            (ForcedAnswer(CT, 256), E, ".result"),
            (ForcedAnswer(CT, -1), E, ".result"),
            (ForcedAnswer(CT, None), E, ".result"),
            (ForcedAnswer(CT, 0, ()), E, ".transfer_syntaxes"),
            (ForcedAnswer(CT, 3, ()), W, ".transfer_syntaxes"),
            (ForcedAnswer(CT, 0, ("1.2", "1.3")), E, ".transfer_syntaxes"),
            (ForcedAnswer(CT, 0, ("1.2",)), W, ".transfer_syntaxes"),
            (ForcedAnswer(CT, 1, context_id=2), E, ".context_id"),
            (ForcedAnswer(CT, 1, context_id=257), E, ".context_id"),
            (ForcedAnswer("", 1, context_id=3), W, ".context_id"),
        ],
    )
    def test_one(self, answer: ForcedAnswer, severity: Severity | None, field: str) -> None:
        expected = {(severity, f"forced_answers[0]{field}")} if severity else set()
        assert of_answer(forced_answers=(answer,)) == expected

    @pytest.mark.parametrize("first", [ForcedAnswer(CT, 1), ForcedAnswer(result=1), ForcedAnswer(CT, 2, context_id=5)])
    def test_one_that_is_never_used(self, first: ForcedAnswer) -> None:
        later = ForcedAnswer(CT, 3, context_id=5)
        assert of_answer(forced_answers=(first, later)) == {(W, "forced_answers[1]")}
        assert of_answer(forced_answers=(later, first)) <= {(W, "forced_answers[1]")}

    def test_titles_of_the_answer(self) -> None:
        assert of_answer(called_ae_title="A", calling_ae_title="") == {(W, "called_ae_title"), (E, "calling_ae_title")}


class TestRules:
    @pytest.mark.parametrize("field", ["called_ae_titles", "calling_ae_titles"])
    @pytest.mark.parametrize(
        ("title", "is_wrong"),
        [("CT*", False), ("*", False), ("?", False), ("", True), ("SEVENTEEN_LETTERS", True), ("*Ä", True)],
    )
    def test_titles(self, field: str, title: str, is_wrong: bool) -> None:
        assert of_rules(**{field: (title,), "check_called": True}) == ({(E, field)} if is_wrong else set())

    def test_a_list_that_has_no_effect(self) -> None:
        assert of_rules(called_ae_titles=("CT*",)) == {(N, "called_ae_titles")}
        assert of_rules(users=(KnownUser("me"),)) == {(N, "users")}

    @pytest.mark.parametrize("address", ["", "pacs", "10.0.0.0/33", "10.0.0.1:104"])
    def test_addresses(self, address: str) -> None:
        assert of_rules(peer_addresses=("10.0.0.0/8", "::1", address)) == {(E, "peer_addresses")}

    def test_identities(self) -> None:
        some = {"identity": IdentityCheck.CHECK, "users": (KnownUser("me"),)}
        assert of_rules(**some) == set()
        assert of_rules(identity=IdentityCheck.REQUIRE) == {(W, "users")}
        handle = AcceptorHandle(identity_response=Secret())
        side = AcceptorSide(handle=handle, rules=AcceptanceRules(**some))
        assert said(check_acceptor(side)) == {(W, "identity")}

    def test_users(self) -> None:
        users = (
            KnownUser("", Secret(b"x")),
            KnownUser("me", Secret()),
            KnownUser("you", Secret(reference="kept")),
        )
        assert of_rules(identity=IdentityCheck.CHECK, users=users) == {
            (E, "users[0].name"),
            (E, "users[1].passcode"),
        }


def test_no_problem_tells_a_secret() -> None:
    word = "open-sesame"
    scu = RequestorSide(handle=RequestorHandle(user_identity=UserIdentity(1, Secret.of(word), Secret.of(word))))
    users = (KnownUser("me", Secret.of(word)), KnownUser("", Secret.of(word)))
    scp = AcceptorSide(
        handle=AcceptorHandle(identity_response=Secret.of(word)),
        rules=AcceptanceRules(identity=IdentityCheck.CHECK, users=users),
    )
    assert check_requestor(scu)
    assert check_acceptor(scp)
    assert not [p for p in (*check_requestor(scu), *check_acceptor(scp)) if word in f"{p.text}{p.remedy}"]


def base(field: str) -> str:
    return field.partition("[")[0].partition(".")[0]


@given(profiles, st.data())
def test_every_side_gets_problems_of_fields_it_has(profile: Profile, data: st.DataObject) -> None:
    scu = {f.name for kind in (RequestorSide, RequestorHandle) for f in fields(kind)}
    scp = {f.name for kind in (AcceptorSide, AcceptorHandle, AcceptanceRules) for f in fields(kind)}
    assert {base(problem.field) for problem in check_requestor(profile.scu)} <= scu
    assert {base(problem.field) for problem in check_acceptor(profile.scp)} <= scp
