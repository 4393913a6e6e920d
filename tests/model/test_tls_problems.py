"""What can be known to be wrong with TLS before anybody connects, and before any file is read."""

import pytest

from parley.model.profile import AcceptorSide, RequestorSide
from parley.model.tls import Tls, TlsProfile, TlsVersion
from parley.model.validation import check_acceptor, check_requestor
from parley.ul.errors import Severity


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


def test_the_port_of_dicom_over_tls_is_odd_without_tls_only():
    assert fields_of(check_requestor(RequestorSide(port=2762)), Severity.WARNING) == ["port"]
    assert fields_of(check_requestor(RequestorSide(port=2762, tls=Tls())), Severity.WARNING) == []
