"""What can be known to be wrong with TLS before anybody connects, and before any file is read."""

import pytest

from parley.model.problems.validation import check_acceptor, check_requestor
from parley.model.profile import AcceptorSide, RequestorSide
from parley.model.tls import ClientCertificate, Tls, TlsProfile, TlsVersion
from parley.ul.errors import Severity

TO_CHECK_WITH = {"certificate_file": "own.pem", "ca_file": "ca.pem"}


def fields_of(problems, severity=Severity.ERROR):
    return [problem.field for problem in problems if problem.severity is severity]


def test_an_acceptor_needs_a_certificate_a_requestor_does_not():
    assert fields_of(check_acceptor(AcceptorSide(tls=Tls()))) == ["tls.certificate_file"]
    assert fields_of(check_acceptor(AcceptorSide(tls=Tls(certificate_file="own.pem")))) == []
    assert fields_of(check_requestor(RequestorSide(tls=Tls()))) == []


@pytest.mark.parametrize(
    ("profile", "expected"), [(TlsProfile.CUSTOM, ["tls.maximum_version"]), (TlsProfile.BCP_195, [])]
)
def test_versions_the_wrong_way_round_are_an_error_of_the_custom_profile_only(profile, expected):
    tls = Tls(profile, TlsVersion.TLS_1_3, TlsVersion.TLS_1_2)
    assert fields_of(check_requestor(RequestorSide(tls=tls))) == expected


def test_a_key_without_its_certificate_is_an_error():
    assert fields_of(check_requestor(RequestorSide(tls=Tls(key_file="own.key")))) == ["tls.certificate_file"]
    own = Tls(certificate_file="own.pem", key_file="own.key")
    assert check_requestor(RequestorSide(tls=own)) == ()


def test_a_server_that_is_not_verified_is_warned_of_on_the_side_that_calls():
    (problem,) = check_requestor(RequestorSide(tls=Tls(verify=False)))
    assert (problem.severity, problem.field) == (Severity.WARNING, "tls.verify")
    assert "Anybody can answer" in problem.text
    assert problem.remedy
    assert check_acceptor(AcceptorSide(tls=Tls(certificate_file="own.pem", verify=False))) == ()


@pytest.mark.parametrize(
    ("minimum", "maximum", "expected"),
    [
        (TlsVersion.TLS_1_0, TlsVersion.TLS_1_3, ["tls.minimum_version"]),
        (TlsVersion.TLS_1_1, TlsVersion.TLS_1_2, ["tls.minimum_version"]),
        (TlsVersion.TLS_1_0, TlsVersion.TLS_1_1, ["tls.maximum_version"]),
        (TlsVersion.TLS_1_2, TlsVersion.TLS_1_3, []),
    ],
)
def test_withdrawn_versions_are_warned_of_on_both_sides(minimum, maximum, expected):
    tls = Tls(TlsProfile.CUSTOM, minimum, maximum, certificate_file="own.pem")
    for problems in (check_requestor(RequestorSide(tls=tls)), check_acceptor(AcceptorSide(tls=tls))):
        assert fields_of(problems, Severity.WARNING) == expected
        assert all("RFC 8996" in problem.text and problem.remedy for problem in problems)


def test_withdrawn_versions_of_a_profile_that_is_not_chosen_do_not_matter():
    tls = Tls(TlsProfile.BCP_195, TlsVersion.TLS_1_0, TlsVersion.TLS_1_1)
    assert check_requestor(RequestorSide(tls=tls)) == ()


@pytest.mark.parametrize("wanted", [ClientCertificate.OPTIONAL, ClientCertificate.REQUIRED])
def test_client_certificates_want_a_ca_to_be_checked_with(wanted):
    tls = Tls(certificate_file="own.pem", client_certificate=wanted)
    (problem,) = check_acceptor(AcceptorSide(tls=tls))
    assert (problem.severity, problem.field) == (Severity.WARNING, "tls.ca_file")
    assert problem.remedy
    assert check_acceptor(AcceptorSide(tls=Tls(**TO_CHECK_WITH, client_certificate=wanted))) == ()
    assert check_acceptor(AcceptorSide(tls=Tls(certificate_file="own.pem"))) == ()


def test_the_port_of_dicom_over_tls_is_odd_without_tls_only():
    assert fields_of(check_requestor(RequestorSide(port=2762)), Severity.WARNING) == ["port"]
    assert fields_of(check_requestor(RequestorSide(port=2762, tls=Tls())), Severity.WARNING) == []
