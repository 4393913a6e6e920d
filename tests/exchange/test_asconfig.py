"""DCMTK's negotiation profiles; that DCMTK itself takes what is written is tested in tests/interop."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.exchange.asconfig import read_asconfig, write_asconfig
from parley.exchange.dcmtk_names import uid_of
from parley.model.handle import (
    AcceptorHandle,
    ExtendedNegotiation,
    ProposedContext,
    RequestorHandle,
    RoleProposal,
    SupportedContext,
)
from parley.model.profile import AcceptorSide, Profile, RequestorSide
from tests.harness.steady import steady
from tests.model.strategies import profiles as any_profiles

CT, US, FIND = "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.6.1", "1.2.840.10008.5.1.4.1.2.2.1"
IMPLICIT, EXPLICIT, JPEG = "1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.4.50"

FILE = r"""
# Names, numbers and odd spacing
[[Transfer Syntaxes]]
[Uncompressed]
TransferSyntax1 = LocalEndianExplicit
transfersyntax2=LittleEndianImplicit
[jpeg]
TransferSyntax1 = 1.2.840.10008.1.2.4.50

[[PresentationContexts]]
[ Ultra Sound ]
PresentationContext1 = UltrasoundImageStorage\JPEG
PresentationContext2 = UltrasoundImageStorage\Uncompressed
PresentationContext3 = 1.2.840.10008.5.1.4.1.1.2\ uncompressed

[[SCPSCURoleSelection]]
[Roles]
Role1 = UltrasoundImageStorage\BOTH
Role2 = CTImageStorage\SCP

[[ExtendedNegotiation]]
[Levels]
ExtendedNegotiation1 = UltrasoundImageStorage\02000300

[[Profiles]]
[Sonography]
PresentationContexts = UltraSound
SCPSCURoleSelection = Roles
ExtendedNegotiation = LEVELS
"""

CONTEXTS = (ProposedContext(US, (JPEG,)), ProposedContext(US, (EXPLICIT, IMPLICIT)), ProposedContext(CT, (EXPLICIT,)))
ROLES = (RoleProposal(US, 1, 1), RoleProposal(CT, 0, 1))
EXTENDED = (ExtendedNegotiation(US, b"\x02\x00\x03\x00"),)


def profile(name: str = "Both sides", **facts) -> Profile:
    handle = RequestorHandle(**{"contexts": CONTEXTS, "roles": ROLES, "extended_negotiation": EXTENDED, **facts})
    supported = (SupportedContext(CT, (IMPLICIT, JPEG)),)
    return Profile(name, RequestorSide(handle=handle), AcceptorSide(handle=AcceptorHandle(contexts=supported)))


def problems(text: str) -> list[str]:
    return [str(problem) for problem in read_asconfig(text).problems]


def test_a_file_is_read():
    imported = read_asconfig(FILE)
    assert imported.problems == ()
    (found,) = imported.profiles
    assert found.name == "Sonography"
    assert found.scu.handle.contexts == (
        CONTEXTS[0],
        CONTEXTS[1],
        replace(CONTEXTS[2], transfer_syntaxes=(EXPLICIT, IMPLICIT)),
    )
    assert found.scu.handle.roles == ROLES
    assert found.scu.handle.extended_negotiation == EXTENDED
    assert found.scp.handle.contexts == (
        SupportedContext(US, (JPEG, EXPLICIT, IMPLICIT)),
        SupportedContext(CT, (EXPLICIT, IMPLICIT)),
    )


def test_what_is_wrong_is_named_and_the_rest_goes_on():
    text = FILE.replace("LittleEndianImplicit", "MiddleEndian").replace(
        "Role2 = CTImageStorage\\SCP", "Role3 = CT\\SCP"
    )
    text = text.replace("02000300", "0200030").replace("PresentationContext3 = ", "PresentationContext3 : ")
    (found,) = read_asconfig(text).profiles
    assert found.scu.handle.contexts == (CONTEXTS[0], replace(CONTEXTS[1], transfer_syntaxes=(EXPLICIT,)))
    assert found.scu.handle.roles == ROLES[:1]
    assert found.scu.handle.extended_negotiation == ()
    assert problems(text) == [
        "line 14: it is neither a section nor a key and value within one",
        "line 6: the transfer syntax 'MiddleEndian' is not known",
        "line 19: it is not read, as there is no Role2",
        "line 23: the extended negotiation is not written as pairs of hexadecimal digits",
    ]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("PresentationContexts = UltraSound\n", "", "line 26: the profile [Sonography] names no PresentationContexts"),
        ("= UltraSound", "= Other", "line 27: there is no section [Other] to refer to"),
        ("\\JPEG\n", "\\Other\n", "line 12: there are no transfer syntaxes [Other]"),
        ("1 = UltrasoundImageStorage\\JPEG", "1 = Nothing\\JPEG", "line 12: the SOP class 'Nothing' is not known"),
        ("\\BOTH", "\\ALL", "line 18: 'ALL' is no role: SCU, SCP or BOTH"),
        ("\\JPEG", "/JPEG", "line 12: there is no backslash between the UID and what belongs to it"),
        ("[jpeg]", "[uncompressed]", "line 7: there is a section [uncompressed] already"),
        ("[[Transfer Syntaxes]]\n", "", "line 3: [Uncompressed] stands in no [[section]]"),
        ("Role1", "Roll1", "line 18: 'ROLL1' is no key that belongs here"),
    ],
)
def test_each_fault_has_its_line(old, new, told):
    assert old in FILE
    assert told in problems(FILE.replace(old, new))


def test_the_files_that_come_with_dcmtk_are_read():
    for path in Path("/etc/dcmtk").glob("store*.cfg"):
        imported = read_asconfig(path.read_text("utf-8"))
        assert all(len(found.scu.handle.contexts) > 100 for found in imported.profiles)
        assert imported.profiles
        assert all("DRAFT_" in problem.reason for problem in imported.problems)


@pytest.mark.parametrize(
    ("name", "uid"),
    [
        ("VerificationSOPClass", "1.2.840.10008.1.1"),
        ("FINDStudyRootQueryRetrieveInformationModel", FIND),
        ("MultiframeTrueColorSecondaryCaptureImageStorage", "1.2.840.10008.5.1.4.1.1.7.4"),
        ("RETIRED_UltrasoundImageStorage", "1.2.840.10008.5.1.4.1.1.6"),
        ("JPEGLossless:Non-hierarchical-1stOrderPrediction", "1.2.840.10008.1.2.4.70"),
        (" 1.2.3 ", "1.2.3"),
        ("Nonsense", ""),
    ],
)
def test_dcmtk_s_names_are_known(name, uid):
    assert uid_of(name) == uid


def test_both_sides_are_written_and_read_back():
    exported = write_asconfig([profile()])
    assert exported.problems == ()
    text = exported.data.decode()
    assert read_asconfig(text).problems == ()
    (found,) = read_asconfig(text).profiles
    assert found == replace(profile(), name="BOTH_SIDES")


def test_equal_lists_of_transfer_syntaxes_are_written_once_and_names_kept_apart():
    text = write_asconfig([profile("a b"), profile("A-B")]).data.decode()
    assert text.count("TransferSyntax1 = 1.2.840.10008.1.2.4.50") == 1
    assert [found.name for found in read_asconfig(text).profiles] == ["A_B", "A_B_2"]


def test_what_dcmtk_would_refuse_is_left_out_and_told():
    exported = write_asconfig(
        [
            profile(
                "P",
                contexts=(
                    ProposedContext("nonsense", (IMPLICIT,)),
                    ProposedContext(US, ()),
                    ProposedContext(CT, (IMPLICIT, IMPLICIT, "x"), 9),
                ),
                roles=(RoleProposal(CT, 0, 0), RoleProposal(US)),
                extended_negotiation=(ExtendedNegotiation(CT, b""), ExtendedNegotiation(US, b"1")),
            )
        ]
    )
    (found,) = read_asconfig(exported.data.decode()).profiles
    assert found.scu.handle.contexts == (ProposedContext(CT, (IMPLICIT,)),)
    assert found.scu.handle.roles == found.scu.handle.extended_negotiation == ()
    assert len(exported.problems) == 8


def test_no_more_contexts_are_written_than_an_association_holds():
    exported = write_asconfig([profile(contexts=(ProposedContext(CT),) * 130, roles=(), extended_negotiation=())])
    assert len(read_asconfig(exported.data.decode()).profiles[0].scu.handle.contexts) == 128
    assert [problem.reason for problem in exported.problems] == ["only the first 128 presentation contexts are written"]


def test_many_profiles_may_refer_to_one_long_list():
    """It once was followed anew for each of them: 1000 times 20 000 contexts."""
    lines = ["[[TransferSyntaxes]]", "[T]", "TransferSyntax1 = 1.2", "[[PresentationContexts]]", "[P]"]
    lines += [f"PresentationContext{number} = 1.2.{number}\\T" for number in range(1, 20_001)]
    lines += ["[[Profiles]]", *(f"[{number}]\nPresentationContexts = P" for number in range(1000))]
    assert len(read_asconfig("\n".join(lines)).profiles) == 1000


@steady
@given(any_profiles)
def test_whatever_is_written_can_be_read(any_profile):
    exported = write_asconfig([any_profile])
    assert read_asconfig(exported.data.decode()).problems == () or exported.problems


LINES = st.sampled_from([line for line in FILE.splitlines() if line]) | st.text(
    st.sampled_from("[]=\\ PaR1#"), max_size=9
)


@steady
@given(st.lists(LINES, max_size=30).map("\n".join) | st.text())
def test_whatever_it_is_it_is_read_without_an_error(text):
    imported = read_asconfig(text)
    assert imported.profiles or imported.problems
